// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions: caught at instructions that expect one, reported otherwise.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

struct ex_table_entry {
	u32 insn;
	u32 fixup;
};

extern const struct ex_table_entry ex_table_start[], ex_table_end[];

struct excp_caught excp_caught = { .vector = EXCP_NONE };

static const char *const excp_names[NUM_EXCP_VECTORS] = {
	[0] = "#DE", [1] = "#DB", [2] = "NMI", [3] = "#BP", [4] = "#OF", [5] = "#BR", [6] = "#UD", [7] = "#NM",
	[8] = "#DF", [10] = "#TS", [11] = "#NP", [12] = "#SS", [13] = "#GP", [14] = "#PF", [16] = "#MF", [17] = "#AC",
	[18] = "#MC", [19] = "#XM", [29] = "#VC",
};

void excp_reporting_init(void)
{
	unsigned int vector;

	for (vector = 0; vector < NUM_EXCP_VECTORS; vector++)
		idt_set_gate(vector);
}

static bool fix_up(struct excp_frame *frame)
{
	const struct ex_table_entry *entry;

	for (entry = ex_table_start; entry < ex_table_end; entry++) {
		if (entry->insn != frame->ip)
			continue;
		excp_caught.vector = (unsigned int)frame->vector;
		excp_caught.error = frame->error;
		excp_caught.address = frame->vector == EXCP_PF ? read_cr2() : 0;
		frame->ip = entry->fixup;
		return true;
	}
	return false;
}

static void report(const struct excp_frame *frame)
{
	const char *name = excp_names[frame->vector];

	printk("EXCEPTION: %s (vector %lu, error code 0x%lx)\n", name ? name : "reserved", frame->vector, frame->error);
	printk(" ip %p flags %p cr2 %p cr3 %p\n", (void *)frame->ip, (void *)frame->flags, (void *)read_cr2(), (void *)read_cr3());
	printk(" ax %p bx %p cx %p dx %p\n", (void *)frame->ax, (void *)frame->bx, (void *)frame->cx, (void *)frame->dx);
	printk(" si %p di %p bp %p\n", (void *)frame->si, (void *)frame->di, (void *)frame->bp);
#ifdef __x86_64__
	printk(" sp %p\n", (void *)frame->sp);
	printk(" r8 %p r9 %p r10 %p r11 %p\n", (void *)frame->r8, (void *)frame->r9, (void *)frame->r10, (void *)frame->r11);
	printk(" r12 %p r13 %p r14 %p r15 %p\n", (void *)frame->r12, (void *)frame->r13, (void *)frame->r14, (void *)frame->r15);
#endif
	printk("CPU stopped.\n");
}

void excp_handle(struct excp_frame *frame)
{
	if (fix_up(frame))
		return;
	report(frame);
	stop();
}
