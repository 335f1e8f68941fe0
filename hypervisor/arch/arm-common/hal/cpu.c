// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - what every ARM CPU offers alike: kicks, time, waiting, and EL2 as Linux has it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/cell.h>

u64 arm_cpu_affinity(void)
{
	return read_sysreg(mpidr_el1) & ARM_AFFINITY_MASK;
}

void arch_cpu_kick(struct pcpu *target)
{
	/* pairs with the exchange in entry/irq.c: one interrupt for each 0 → 1 */
	if (!__atomic_exchange_n(&target->arch.kick_pending, 1, __ATOMIC_SEQ_CST))
		gic->send_kick(target);
}

/* An SGI is never lost: it stays pending until it is acknowledged. */
void arch_cpu_kick_again(struct pcpu *target)
{
}

void __noreturn arch_cpu_stop(void)
{
	/* no guest runs here any more: who suspends this CPU need not wait for an answer */
	__atomic_store_n(&this_cpu()->vcpu.pcpu->ctrl.suspended, true, __ATOMIC_RELEASE);
	for (;;)
		wfi();
}

u64 arch_time_us(void)
{
	u64 hz = read_sysreg(cntfrq_el0), count = arch_cycles();

	return hz ? count / hz * 1000000 + count % hz * 1000000 / hz : count;
}

void arm_wait(void)
{
	wfi();
}

void arm_save_linux_el2(struct arm_linux_el2 *l)
{
#define SAVE(name)	l->name = read_sysreg(name##_el2);
	ARM_LINUX_EL2(SAVE)
}

void arm_restore_linux_el2(const struct arm_linux_el2 *l)
{
#define RESTORE(name)	write_sysreg(l->name, name##_el2);
	ARM_LINUX_EL2(RESTORE)
	isb();
}
