// SPDX-License-Identifier: GPL-2.0
/*
 * Calls to the hypervisor.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/delay.h>
#include <asm/cpufeature.h>

#include "hypercall.h"
#include "status.h"

#define PROGRESS_POLL_US	1000

bool jailhouse_use_vmmcall __ro_after_init;

void hypercall_init(void)
{
	jailhouse_use_vmmcall = boot_cpu_has(X86_FEATURE_VMMCALL);
}

int hypercall_manage(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why)
{
	u32 seq = status_refusal_seq(status);
	int err;

	while ((err = jailhouse_call_arg1(num, arg)) == -EAGAIN)
		usleep_range(PROGRESS_POLL_US, 2 * PROGRESS_POLL_US);
	if (err < 0)
		status_get_refusal(status, seq, err, why);
	return err;
}
