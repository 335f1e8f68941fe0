// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * escape: one attempt to reach what is not the cell's; the parameter attempt=NAME says which. What the hypervisor does not stop is told:
 *
 *	escape: NAME: before
 *	escape: NAME: after VALUE, exception SYNDROME
 *
 * Rules, expected results and their sources are told by the pages of memory.c, interrupts.c and calls.c, which both architectures have, and
 * of accesses.c and registers.c of each; tests/arm64/test_escape.py knows which of them may come so far, and with what value.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "escape.h"

#define TELL		3	/* times: another cell writes a line to the same UART once a second, and one of ours may be torn */

u64 value;

static const struct attempt *const tables[] = { memory_attempts, access_attempts, interrupt_attempts, register_attempts, call_attempts };

static void make(const struct attempt *attempt)
{
	unsigned int n;
	u64 syndrome;

	for (n = 0; n < TELL; n++)
		printk("escape: %s: before\n", attempt->name);
	syndrome = excp_try(attempt->run, NULL);
	for (n = 0; n < TELL; n++)
		printk("escape: %s: after %llx, exception %llx\n", attempt->name, value, syndrome);
}

void inmate_main(void)
{
	const struct attempt *attempt;
	char name[40];
	unsigned int n;

	cmdline_parse_str("attempt", name, sizeof(name), "");
	irq_init(NULL);
	for (n = 0; n < ARRAY_SIZE(tables); n++)
		for (attempt = tables[n]; attempt->name; attempt++)
			if (!strcmp(attempt->name, name))
				make(attempt);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
