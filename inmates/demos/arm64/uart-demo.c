// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A greeting with a counter, once a second.
 *
 * Copyright (c) Jailhouse contributors, 2026
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

void inmate_main(void)
{
	unsigned int line, step;

	for (line = 1;; line++) {
		printk("Hello %u from cell!\n", line);
		for (step = 0; step < STEPS_PER_LINE; step++) {
			delay_us(1000000 / STEPS_PER_LINE);
			answer_message();
		}
	}
}
