// SPDX-License-Identifier: GPL-2.0
/*
 * Calls to the hypervisor.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <common/config/config.h>
#include <common/config/rules.h>

#include "hypercall.h"
#include "status.h"

#define PROGRESS_POLL_US	1000
#define BUSY_LIMIT		(2 * HZ)
#define GOING_DOWN_LIMIT	(10 * HZ)

static bool going_down;			/* set once, after @down_at */
static unsigned long down_at;		/* jiffies */

void hypercall_going_down(void)
{
	down_at = jiffies + GOING_DOWN_LIMIT;
	/* Pairs with the acquire in must_end(). */
	smp_store_release(&going_down, true);
}

static bool must_end(void)
{
	if (fatal_signal_pending(current))
		return true;
	return smp_load_acquire(&going_down) && time_after(jiffies, down_at);
}

/* One call, and the reason if it was refused */
static int call(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		struct jailhouse_refusal *why)
{
	u32 seq = status_refusal_seq(status);
	int err = jailhouse_call_arg1(num, arg);

	if (err < 0 && err != -EAGAIN)
		status_get_refusal(status, seq, err, why);
	return err;
}

/*
 * Our callers come one by one, so what the hypervisor is busy with has been left behind by one that
 * was killed: memory is being cleared, which is soon over, or a cell is asked, which is not for us
 * to wait for.
 */
static bool is_left_behind(int err, const struct jailhouse_refusal *why)
{
	return err == -EBUSY && why->rule == RULE_NUMBER(RULE_MANAGEMENT_BUSY);
}

static int call_until_done(const struct hv_status_page *status, unsigned int num, unsigned long arg,
			   bool killable, struct jailhouse_refusal *why)
{
	unsigned long busy_until = jiffies + BUSY_LIMIT;
	int err;

	for (;;) {
		err = call(status, num, arg, why);
		if (err != -EAGAIN &&
		    !(is_left_behind(err, why) && time_before(jiffies, busy_until)))
			return err;
		memset(why, 0, sizeof(*why));
		if (killable && must_end())
			return -EINTR;
		usleep_range(PROGRESS_POLL_US, 2 * PROGRESS_POLL_US);
	}
}

int hypercall_manage(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why)
{
	return call_until_done(status, num, arg, true, why);
}

int hypercall_finish(const struct hv_status_page *status, unsigned int num, unsigned long arg,
		     struct jailhouse_refusal *why)
{
	return call_until_done(status, num, arg, false, why);
}
