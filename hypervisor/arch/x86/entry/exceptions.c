// SPDX-License-Identifier: GPL-2.0
/*
 * exceptions - what arrives through the host's own IDT: kicks (NMI), stray interrupts that are only acknowledged, and faults of ours.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <virt/vmx.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

#define APIC_EOI		0x0b

/* Written once by the first CPU, when every CPU is on tables of its own; before that an NMI finds no private area to work with. */
static bool kicks_begun;

void x86_kicks_begin(void)
{
	__atomic_store_n(&kicks_begun, true, __ATOMIC_RELEASE);
}

static void host_fault(struct host_frame *f)
{
	struct percpu *p = this_cpu();

	if (f->vector == X86_VEC_GP && p->fault_resume) {
		f->rip = p->fault_resume;
		p->fault_resume = 0;
		return;
	}
	p->fault = f;
	hv_panic(__FILE__, __LINE__, "exception in the hypervisor");
}

/* With a global interrupt flag NMIs come only where the exit handler looks at the mailbox next; otherwise anywhere. */
static void host_nmi(struct percpu *p)
{
	x86_note_nmi(&p->vcpu);
	if (!x86_has_gif)
		vmx_force_exit(p);
}

/* Called by x86_vector_common with the frame on the stack. */
void x86_host_vector(struct host_frame *f)
{
	struct percpu *p = this_cpu();

	if (f->vector == X86_VEC_NMI) {
		if (__atomic_load_n(&kicks_begun, __ATOMIC_ACQUIRE))
			host_nmi(p);
	} else if (f->vector >= 32) {
		p->apic->write(APIC_EOI, 0);
	} else if (f->vector == X86_VEC_SX) {
		log_printf("CPU %u: INIT from outside was ignored\n", p->vcpu.pcpu->id);
	} else {
		host_fault(f);
	}
}
