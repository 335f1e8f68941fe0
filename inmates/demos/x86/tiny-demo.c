// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The smallest useful inmate: a greeting, then the PM timer once a second, ten times. Agrees to shut down at any time.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Parameters: lines=N: how often (10).
 */
#include <inmate.h>

#define STEPS_PER_LINE	10

static void __attribute__((noreturn)) leave(void)
{
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_APPROVED);
	stop();
}

static void answer_message(void)
{
	switch (comm_region->msg_to_cell) {
	case JAILHOUSE_MSG_NONE:
		break;
	case JAILHOUSE_MSG_SHUTDOWN_REQUEST:
		leave();
	case JAILHOUSE_MSG_RECONFIG_COMPLETED:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_RECEIVED);
		break;
	default:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_UNKNOWN);
	}
}

static void wait_one_second(void)
{
	int n;

	for (n = 0; n < STEPS_PER_LINE; n++) {
		delay_us(1000000 / STEPS_PER_LINE);
		answer_message();
	}
}

void inmate_main(void)
{
	long long n, lines = cmdline_parse_int("lines", 10);

	printk("Hello from this tiny cell!\n");
	for (n = 0; n < lines; n++) {
		wait_one_second();
		printk("PM Timer: %llu ns\n", pm_timer_read());
	}
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
