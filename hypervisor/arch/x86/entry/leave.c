// SPDX-License-Identifier: GPL-2.0
/*
 * leave - a CPU goes back to plain Linux, from any exit: its guest state becomes the machine's state.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <arch/contract.h>
#include <x86/entry.h>
#include <x86/hal.h>

/* Kicks that are under way, or were sent again, must not reach Linux as unknown NMIs. */
static void drain_kicks(struct pcpu *pcpu)
{
	for (x86_take_nmis(); __atomic_load_n(&pcpu->arch.kick_pending, __ATOMIC_ACQUIRE); x86_take_nmis())
		arch_cpu_kick_again(pcpu);
}

/*
 * An NMI of Linux that was not delivered yet: where a global interrupt flag keeps it pending it is sent again, until Linux's own tables are
 * loaded. Elsewhere those that come in between are dropped, and cpu_restore() makes up for this one.
 */
static void keep_nmi(struct vcpu *v)
{
	v->arch.nmi_waits |= virt->nmi_is_queued(v);
	if (!x86_has_gif)
		x86_idt_load(IDT_WITHOUT_NMI);
	else if (v->arch.nmi_waits)
		vcpu_percpu(v)->apic->send_ipi((u32)v->pcpu->hw_id, 0x400 | 0x4000 /* NMI, assert */);
}

void __noreturn x86_leave(struct vcpu *v, u64 rax)
{
	struct percpu *p = vcpu_percpu(v);

	drain_kicks(v->pcpu);
	keep_nmi(v);
	x86_leave_switch(p->linear, p->transition_cr3, rax);
}

void __noreturn x86_leave_finish(struct percpu *linear, u64 rax)
{
	struct hv_cpu_handover *h = linear->handover;

	virt->cpu_restore(linear, rax);
	__asm__ volatile("jmp *%0" : : "r"(h->leave_thunk), "D"(&h->leave) : "memory");
	__builtin_unreachable();
}
