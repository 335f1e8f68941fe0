// SPDX-License-Identifier: GPL-2.0
/*
 * exceptions - what arrives through the host's own IDT: kicks (NMI), stray interrupts that are only acknowledged, and faults of ours.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <x86/entry.h>
#include <x86/hal.h>

#define APIC_EOI		0x0b

struct host_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

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
	log_printf("FATAL: exception %lu in the hypervisor, error %lx, RIP %lx, CR2 %lx, RSP %lx\n", f->vector, f->error,
		   f->rip, read_cr2(), f->rsp);
	log_printf("RAX %lx RBX %lx RCX %lx RDX %lx RSI %lx RDI %lx RBP %lx\n", f->rax, f->rbx, f->rcx, f->rdx, f->rsi,
		   f->rdi, f->rbp);
	log_printf("R8 %lx R9 %lx R10 %lx R11 %lx R12 %lx R13 %lx R14 %lx R15 %lx\n", f->r8, f->r9, f->r10, f->r11,
		   f->r12, f->r13, f->r14, f->r15);
	hv_panic(__FILE__, __LINE__, "exception in the hypervisor");
}

/* Called by x86_vector_common with the frame on the stack. */
void x86_host_vector(struct host_frame *f)
{
	struct percpu *p = this_cpu();

	if (f->vector == X86_VEC_NMI) {
		/* pairs with arch_cpu_kick() */
		if (__atomic_load_n(&kicks_begun, __ATOMIC_ACQUIRE))
			__atomic_store_n(&p->vcpu.pcpu->arch.kick_pending, 0, __ATOMIC_SEQ_CST);
	} else if (f->vector >= 32) {
		p->apic->write(APIC_EOI, 0);
	} else if (f->vector == X86_VEC_SX) {
		log_printf("CPU %u: INIT from outside was ignored\n", p->vcpu.pcpu->id);
	} else {
		host_fault(f);
	}
}
