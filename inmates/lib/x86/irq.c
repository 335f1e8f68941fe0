// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Interrupt table, dispatch, and the local APIC as far as interrupts need it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define NUM_IDT_VECTORS		256
#define STUB_SIZE		16
#define GATE_INTERRUPT		0x8e	/* present, ring 0, interrupt gate of 32 or 64 bits */
#define APIC_SPIV_ENABLE	(1 << 8)

/* SDM 3A 6.11, 6.14.1: gates of protected and long mode */
struct idt_gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_mid;
#ifdef __x86_64__
	u32 offset_high;
	u32 reserved;
#endif
} __attribute__((packed));

struct table_register {
	u16 limit;
	unsigned long base;
} __attribute__((packed));

extern u8 interrupt_stubs[], delay_stub[];

static struct idt_gate idt[NUM_IDT_VECTORS] __attribute__((aligned(16)));
static irq_handler_t irq_handler;

void idt_load(void)
{
	struct table_register idtr = { sizeof(idt) - 1, (unsigned long)idt };

	asm volatile("lidt %0" : : "m" (idtr));
}

void idt_set_gate(unsigned int vector)
{
	unsigned long entry = (unsigned long)interrupt_stubs + vector * STUB_SIZE;
	struct idt_gate gate = { 0 };

	if (vector == DELAY_VECTOR)
		entry = (unsigned long)delay_stub;
	gate.offset_low = (u16)entry;
	gate.selector = SEL_CODE;
	gate.type = GATE_INTERRUPT;
	gate.offset_mid = (u16)(entry >> 16);
	idt[vector] = gate;
}

void apic_enable(void)
{
	write_msr(X2APIC_SPIV, APIC_SPIV_ENABLE | 0xff);
}

void irq_init(irq_handler_t handler)
{
	irq_handler = handler;
	apic_enable();
}

void irq_enable(unsigned int irq)
{
	if (irq >= IRQ_BASE_VECTOR && irq < IRQ_BASE_VECTOR + IRQ_NUM_VECTORS)
		idt_set_gate(irq);
}

void interrupt_dispatch(struct excp_frame *frame)
{
	if (frame->vector < NUM_EXCP_VECTORS) {
		excp_handle(frame);
		return;
	}
	if (frame->vector != DELAY_VECTOR && irq_handler)
		irq_handler((unsigned int)frame->vector);
	write_msr(X2APIC_EOI, 0);
}

void irq_send_ipi(unsigned int cpu_id, unsigned int vector)
{
	write_msr(X2APIC_ICR, ((u64)cpu_id << 32) | APIC_DM_FIXED | APIC_ASSERT | vector);
}
