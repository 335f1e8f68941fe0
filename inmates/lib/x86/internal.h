/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the x86 parts of the library know of each other.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_X86_INTERNAL_H
#define INMATE_X86_INTERNAL_H

#include "../internal.h"
#include "layout.h"

/** Interrupts off; irqs_restore() needs the result. */
static inline unsigned long irqs_save(void)
{
	unsigned long flags;

	asm volatile("pushf; pop %0; cli" : "=r" (flags) : : "memory");
	return flags;
}

static inline void irqs_restore(unsigned long flags)
{
	asm volatile("push %0; popf" : : "r" (flags) : "memory", "cc");
}

/** First C function of the boot CPU, and of a CPU that smp_start_cpu() woke. */
void boot_main(void);
void ap_main(void);

extern void (*volatile ap_entry)(void);
extern unsigned long ap_stack;

/** Give this CPU the interrupt table, which is empty at first. */
void idt_load(void);
/** Open the gate of @vector. */
void idt_set_gate(unsigned int vector);
/** Software-enable this CPU's APIC. */
void apic_enable(void);

/** Called by the assembly stubs for every vector. */
void interrupt_dispatch(struct excp_frame *frame);
/** Fix up the exception in @frame, or report it and stop. */
void excp_handle(struct excp_frame *frame);

/** Enable FPU, SSE and, where CPUID shows them, XSAVE and AVX. */
void cpu_features_init(void);

/** APIC timer of a delay: @vector once after @ns. Returns false if the program uses the timer. */
bool apic_timer_borrow(u64 ns);
/** The timer of this program is in use from now on. */
extern bool apic_timer_claimed;

#endif /* INMATE_X86_INTERNAL_H */
