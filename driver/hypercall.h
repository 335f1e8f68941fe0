/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls to the hypervisor. Only valid while this CPU runs beneath it: VMCALL and VMMCALL are #UD
 * otherwise.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_HYPERCALL_H
#define DRIVER_HYPERCALL_H

#include <jailhouse/hypercall.h>
#include <jailhouse/status.h>

/** Choose the instruction. Called once, before any hypercall. */
void hypercall_init(void);

/**
 * Issue a management call and wait until it is done. Sleeps while the hypervisor answers "in
 * progress": not even a deadly signal ends that, since half of the work would be left behind; the
 * hypervisor's own time-outs bound it. Returns the result; on an error that the hypervisor gave a
 * reason for, @why holds it.
 */
int hypercall_manage(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why);

#endif /* DRIVER_HYPERCALL_H */
