// SPDX-License-Identifier: GPL-2.0
/*
 * dump - what a CPU that stops for good knows of itself, as lines "PANIC: key=value …"
 * (jailhouse-explain(8)).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/cell.h>

#define MAX_RETURNS	24

static void dump_registers(arch_print_t print, const char *whose, const unsigned long *x)
{
	unsigned int n;

	for (n = 0; n < ARM_GENERAL_REGS; n++)
		print("PANIC: %s " ARM_REG_LETTER "%u=%lx\n", whose, ARM_REG_NUMBER(n), x[n]);
}

static bool is_on_stack(unsigned long address)
{
	return address >= LOCAL_BASE + PAGE_SIZE && address < LOCAL_BASE + PERCPU_REGS;
}

/* Every word of the stack that looks like a return address: some are left over from earlier calls. */
static void dump_stack(arch_print_t print, unsigned long sp)
{
	const unsigned long *word = (const unsigned long *)(sp & ~(sizeof(sp) - 1));
	unsigned int found = 0;

	for (; is_on_stack((unsigned long)word) && found < MAX_RETURNS; word++) {
		if (*word < (unsigned long)__image_start || *word >= (unsigned long)__text_end)
			continue;
		print("PANIC: stack at=%lx value=%lx\n", (unsigned long)word, *word);
		found++;
	}
}

static void dump_exits(arch_print_t print, const struct hv_exit_ring *ring)
{
	u64 seq = ring->count > HV_EXIT_RING_SIZE ? ring->count - HV_EXIT_RING_SIZE : 0;

	for (; seq < ring->count; seq++) {
		const struct hv_exit_record *r = &ring->record[seq % HV_EXIT_RING_SIZE];

		print("PANIC: exit seq=%llu tsc=%llx reason=%llx rip=%llx info1=%llx info2=%llx\n", r->seq,
		      r->tsc, r->reason, r->rip, r->info1, r->info2);
	}
}

void arch_cpu_dump(arch_print_t print)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);
	const struct percpu *p = this_cpu();

	print("PANIC: control sctlr=%llx ttbr=%llx hcr=%llx vttbr=%llx\n", (__u64)read_sysreg(sctlr_el2),
	      (__u64)read_sysreg(ttbr0_el2), (__u64)read_sysreg(hcr_el2), (__u64)read_sysreg(vttbr_el2));
	if (!is_on_stack(sp))	/* still on the tables of the entry: there is no private area */
		return;
	print("PANIC: on cpu=%u cell=%u name=\"%s\"\n", p->vcpu.pcpu->id, p->vcpu.pcpu->cell ? p->vcpu.pcpu->cell->id : 0,
	      p->vcpu.pcpu->cell ? p->vcpu.pcpu->cell->config->name : "");
	if (p->fault) {
		print("PANIC: host vector=%lu esr=%llx elr=%lx far=%llx sp=%lx\n", p->fault->vector,
		      (__u64)read_sysreg(esr_el2), p->fault->elr, (__u64)read_sysreg(far_el2), p->fault->sp);
		dump_registers(print, "host", p->fault->x);
	}
	dump_stack(print, p->fault ? p->fault->sp : sp);
	dump_registers(print, "guest", p->regs.x);
	dump_exits(print, &p->exits);
}
