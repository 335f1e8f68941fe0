/* SPDX-License-Identifier: GPL-2.0 */
/*
 * leave - giving the machine back. What a CPU does to leave is the architecture's; here is who
 * leaves when.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_LEAVE_H
#define HV_LEAVE_H

#include <hv/cell.h>

/**
 * HC_DISABLE: waits for all of root's CPUs, 2 s at most. 0: system_should_leave(); -EBUSY on all of
 * them alike.
 */
int leave_all(struct vcpu *v);
/** A crashing CPU leaves at once; all others are told to, cells stop for good. Waits for nobody. */
void leave_in_panic(struct vcpu *v);

#endif /* HV_LEAVE_H */
