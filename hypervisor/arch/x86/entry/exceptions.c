// SPDX-License-Identifier: GPL-2.0
/*
 * exceptions - the host's own IDT: kicks (NMI), stray interrupts that are only acknowledged, and faults of ours.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <x86/entry.h>
#include <x86/hal.h>

#define IDT_GATE64_PRESENT	0x8e00
#define VECTOR_STUB_SIZE	16
#define APIC_EOI		0x0b

struct idt_gate {
	u16 offset_lo, selector, flags, offset_mid;
	u32 offset_hi, reserved;
} __attribute__((packed));

struct host_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

extern const u8 x86_vector_stubs[], x86_vector_ignore[];
static struct idt_gate idt[256], quiet_idt[256];

/* Same selectors as Linux. "Accessed" is set in advance: the CPU never writes here. */
static const u64 gdt[] = {
	[HOST_CS / 8] = 0x00af9b000000ffffUL,
	[HOST_DS / 8] = 0x00cf93000000ffffUL,
};

/* Written once by the first CPU, when every CPU is on tables of its own; before that an NMI finds no private area to work with. */
static bool kicks_begun;

static struct idt_gate gate(const u8 *stub)
{
	u64 offset = (u64)stub;

	return (struct idt_gate){
		.offset_lo = offset, .offset_mid = offset >> 16, .offset_hi = offset >> 32,
		.selector = HOST_CS, .flags = IDT_GATE64_PRESENT,
	};
}

void x86_idt_init(void)
{
	for (int i = 0; i < 256; i++) {
		idt[i] = gate(x86_vector_stubs + i * VECTOR_STUB_SIZE);
		quiet_idt[i] = i == X86_VEC_NMI ? idt[i] : gate(x86_vector_ignore);
	}
}

static void load_idt(const struct idt_gate *table)
{
	struct x86_desc_ptr p = { sizeof(idt) - 1, (u64)table };

	lidt(&p);
}

void x86_idt_load(void)
{
	load_idt(idt);
}

void x86_idt_load_quiet(void)
{
	load_idt(quiet_idt);
}

void x86_host_tables_load(void)
{
	struct x86_desc_ptr p = { sizeof(gdt) - 1, (u64)gdt };

	/* IDT first: its handlers get along with Linux's GDT, those of Linux would not with ours */
	x86_idt_load();
	lgdt(&p);
}

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
