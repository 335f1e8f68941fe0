// SPDX-License-Identifier: GPL-2.0
/*
 * idt - the host's descriptor tables, common to all CPUs.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <x86/hal.h>

#define IDT_GATE64_PRESENT	0x8e00
#define VECTOR_STUB_SIZE	16

struct idt_gate {
	u16 offset_lo, selector, flags, offset_mid;
	u32 offset_hi, reserved;
} __attribute__((packed));

static struct idt_gate idts[IDT_COUNT][256];

/* Same selectors as Linux. "Accessed" is set in advance: the CPU never writes here. */
static const u64 gdt[] = {
	[HOST_CS / 8] = 0x00af9b000000ffffUL,
	[HOST_DS / 8] = 0x00cf93000000ffffUL,
};

static struct idt_gate gate(const u8 *stub)
{
	u64 offset = (u64)stub;

	return (struct idt_gate){
		.offset_lo = offset, .offset_mid = offset >> 16, .offset_hi = offset >> 32,
		.selector = HOST_CS, .flags = IDT_GATE64_PRESENT,
	};
}

void x86_idt_init(const u8 *stubs, const u8 *ignore)
{
	for (int i = 0; i < 256; i++) {
		bool nmi = i == X86_VEC_NMI;
		const u8 *stub = stubs + i * VECTOR_STUB_SIZE;

		idts[IDT_NORMAL][i] = gate(stub);
		idts[IDT_QUIET][i] = gate(nmi ? stub : ignore);
		idts[IDT_WITHOUT_NMI][i] = gate(nmi ? ignore : stub);
	}
}

void x86_idt_load(enum x86_idt which)
{
	struct x86_desc_ptr p = { sizeof(idts[which]) - 1, (u64)idts[which] };

	lidt(&p);
}

void x86_host_tables_load(void)
{
	struct x86_desc_ptr p = { sizeof(gdt) - 1, (u64)gdt };

	/* IDT first: its handlers get along with Linux's GDT, those of Linux would not with ours */
	x86_idt_load(IDT_NORMAL);
	lgdt(&p);
}
