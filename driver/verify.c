// SPDX-License-Identifier: GPL-2.0
/*
 * The proof of isolation that the hypervisor makes of itself, slice after slice.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/sched/signal.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "hypercall.h"
#include "refusal.h"
#include "status.h"
#include "system.h"
#include "verify.h"

/* Each slice keeps Linux waiting for a moment; between two it works. */
static int verify_slices(void)
{
	int err;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		err = jailhouse_call_arg1(JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_NEXT);
	} while (err == -EAGAIN);
	return err;
}

int system_verify(struct system *sys, struct jailhouse_verify __user *arg, struct jailhouse_refusal *why)
{
	const struct hv_status_page *status = image_status(&sys->image);
	struct jailhouse_verify result;
	u32 seq;
	int err;

	if (!sys->enabled)
		return refuse(why, RULE_NOT_ENABLED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	seq = status_refusal_seq(status);
	err = jailhouse_call_arg1(JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_START);
	if (err == -EAGAIN)
		err = verify_slices();
	if (err) {
		status_get_refusal(status, seq, err, why);
		return err;
	}
	result = status->verify;
	return copy_to_user(arg, &result, sizeof(result)) ? -EFAULT : 0;
}
