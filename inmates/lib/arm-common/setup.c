// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * From the assembly entry to the program.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

struct jailhouse_comm_region *comm_region = (struct jailhouse_comm_region *)COMM_REGION_BASE;

void stop(void)
{
	disable_irqs();
	while (1)
		halt();
}

static u32 output_lock;

static bool take_lock(void)
{
	return !__atomic_exchange_n(&output_lock, 1, __ATOMIC_ACQUIRE);
}

unsigned long arch_lock_output(void)
{
	unsigned long flags = irq_save();

	while (!take_lock())
		cpu_relax();
	return flags;
}

void arch_unlock_output(unsigned long flags)
{
	__atomic_store_n(&output_lock, 0, __ATOMIC_RELEASE);
	irq_restore(flags);
}

static bool comm_region_known(void)
{
	return !memcmp(comm_region->signature, COMM_REGION_MAGIC, sizeof(comm_region->signature)) &&
		comm_region->revision == COMM_REGION_ABI_REVISION;
}

static void cpu_init(void)
{
	write_sysreg(vbar_el1, (unsigned long)vectors);
	isb();
	mmu_enable();
}

void boot_main(void)
{
	mmu_init();
	cpu_init();
	if (!comm_region_known()) {
		comm_region->cell_state = JAILHOUSE_CELL_FAILED_COMM_REV;
		stop();
	}
	console_init();
	inmate_main();
	stop();
}

void secondary_main(struct cpu_start *start)
{
	cpu_init();
	start->entry(start->arg);
	stop();
}
