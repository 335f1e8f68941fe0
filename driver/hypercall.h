/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls to the hypervisor. Only valid while this CPU runs beneath it: the instructions are undefined
 * otherwise, or reach somebody else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_HYPERCALL_H
#define DRIVER_HYPERCALL_H

#include <jailhouse/hypercall.h>
#include <jailhouse/status.h>

/**
 * Issue a management call and wait until it is done. Sleeps while the hypervisor answers "in
 * progress", and for a moment while it is still busy with the request of a caller that was killed.
 *
 * Returns the result; on an error that the hypervisor gave a reason for, @why holds it. -EINTR: the
 * caller is being killed, or the machine goes down and has waited long enough. Then nothing is half
 * done: the cell is as it was, or shut down, and the hypervisor settles what is pending with the
 * next call.
 */
int hypercall_manage(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why);

/** The same for what has to be brought to its end: only the hypervisor's time limits bound it. */
int hypercall_finish(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why);

/** The machine goes down: from now on hypercall_manage() waits for ten seconds in all. */
void hypercall_going_down(void);

#endif /* DRIVER_HYPERCALL_H */
