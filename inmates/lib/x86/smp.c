// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The other CPUs of the cell, and output shared by all.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define START_TIMEOUT_NS	NS_PER_SEC

static volatile int output_lock;

unsigned long arch_lock_output(void)
{
	unsigned long flags = irqs_save();

	while (__atomic_exchange_n(&output_lock, 1, __ATOMIC_ACQUIRE))
		cpu_relax();
	return flags;
}

void arch_unlock_output(unsigned long flags)
{
	__atomic_store_n(&output_lock, 0, __ATOMIC_RELEASE);
	irqs_restore(flags);
}

void smp_wait_for_all_cpus(void)
{
	while (smp_num_cpus < comm_region->num_cpus)
		cpu_relax();
}

static void send_init_and_startup(unsigned int cpu_id)
{
	u64 destination = (u64)cpu_id << 32;

	write_msr(X2APIC_ICR, destination | APIC_DM_INIT | APIC_ASSERT);
	delay_us(100);
	write_msr(X2APIC_ICR, destination | APIC_DM_SIPI | APIC_ASSERT | 0 /* vector: entry at address 0 */);
}

int smp_start_cpu(unsigned int cpu_id, void (*entry)(void))
{
	u64 start;

	ap_stack = (unsigned long)alloc(INMATE_STACK_SIZE, PAGE_SIZE) + INMATE_STACK_SIZE;
	ap_entry = entry;
	memory_barrier();
	send_init_and_startup(cpu_id);

	start = pm_timer_read();
	while (ap_entry) {
		if (pm_timer_read() - start > START_TIMEOUT_NS)
			return -1;
		cpu_relax();
	}
	return 0;
}
