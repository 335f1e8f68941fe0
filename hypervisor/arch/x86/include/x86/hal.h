/* SPDX-License-Identifier: GPL-2.0 */
/* hal - what the x86 entry code and the virt backends use of arch/x86/hal, beyond the arch contract. */
#ifndef X86_HAL_H
#define X86_HAL_H

#include <arch/contract.h>
#include <hv/system.h>
#include <x86/percpu.h>

/** What x86_vector_common leaves on the stack. */
struct host_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

/* linker script */
extern u8 __image_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[], __core_end[];

extern struct hv_image_header hv_header;

/** Intercepts every port and MSR; X86_IOPM_PAGES long. */
extern u8 x86_deny_all_map[];

static inline struct percpu *x86_percpu_linear(u32 cpu)
{
	return (struct percpu *)(HV_BASE + hv_header.core_size + (u64)cpu * PERCPU_SIZE);
}

/** Mapped at DEVICE_CONSOLE(), in whole pages; set by x86_paging_init(). */
extern struct x86_console_area {
	u64 pa, size;
} x86_console_area;

/* window.c */

/** In the CPU's window, to be read: the byte at @pa. Ends with arch_window_unmap(WINDOW_GUEST). */
static inline const u8 *x86_window_peek(u64 pa)
{
	u8 *page = (u8 *)(WINDOW_BASE + WINDOW_GUEST * PAGE_SIZE);

	this_cpu()->window_pt[WINDOW_GUEST] = (pa & PAGE_MASK) | WINDOW_PTE_READ;
	invlpg(page);
	return page + (pa & ~PAGE_MASK);
}

/* cpu.c */

/** Detect what this CPU has; set up what the host needs to run here. */
void x86_cpu_init(struct percpu *p);
/** PCI configuration space in memory; base 0: ports only. */
void x86_pci_init(u64 base, u8 end_bus);
/** False when the access raises #GP. Only with the CPU's own tables and IDT. */
bool rdmsr_safe(u32 msr, u64 *value);
bool wrmsr_safe(u32 msr, u64 value);

/* kick.c */

/** A kick of @target that was not taken yet may be lost: it is sent again. */
void x86_resend_kick(struct pcpu *target);
/** Kicks have been handled, which may have taken long: if one was sent again, what is left of it comes from now on. On the CPU itself. */
void x86_expect_late_kicks(struct pcpu *self);
/** Is an NMI that no kick announced the rest of one that was sent again? Two are, in the second after it was handled. On the CPU itself. */
bool x86_is_late_kick(struct pcpu *self);
/**
 * True: a global interrupt flag is 0 while the hypervisor runs (SVM). False: NMIs come in at any time (VMX). Set at boot with the backend.
 */
extern bool x86_has_gif;
/** NMIs that wait are taken through our IDT. */
static inline void x86_take_nmis(void)
{
	if (x86_has_gif)
		stgi_clgi();
}
/** The same for interrupts. */
static inline void x86_take_interrupts(void)
{
	if (x86_has_gif)
		__asm__ volatile("stgi; sti; nop; nop; cli; clgi" ::: "memory");
	else
		__asm__ volatile("sti; nop; nop; cli" ::: "memory");
}
/** FP, debug and model-specific registers to their reset values: nothing of the last owner stays. */
void x86_scrub_registers(struct percpu *p);

/* apic */
/** Drivers for the two modes, [0] xAPIC and [1] x2APIC; set at boot from irqchip/. */
extern const struct apic_ops *x86_apic_modes[2];
/** Cells' CPUs run in x2APIC mode, even while Linux stays in xAPIC mode; decided at boot when every CPU has it. */
extern bool x86_cells_x2apic;
void x86_apic_init(struct percpu *p);
/** Put this CPU's APIC, which is quiet, into the mode that its owner uses. */
void x86_apic_choose_mode(struct percpu *p);
/** No interrupt of the last owner is in service, pending or can arise from this local APIC. */
void x86_apic_quiesce(struct percpu *p);

/* idt.c */
/** @stubs: 256 of 16 bytes each; @ignore: a handler that only returns. */
void x86_idt_init(const u8 *stubs, const u8 *ignore);
enum x86_idt {
	IDT_NORMAL,
	/*
	 * Interrupts of every vector are taken and ignored, NMIs stay kicks. For emptying an APIC: a guest may have left vectors pending
	 * that look like exceptions (16–31). Errors of ours would go unnoticed.
	 */
	IDT_QUIET,
	/* NMIs are dropped: their handler works on the CPU's own tables, and we are about to leave these. */
	IDT_WITHOUT_NMI,
	IDT_COUNT
};
void x86_idt_load(enum x86_idt which);
/** Host's IDT and GDT. They work on the transition table and on the CPU's own tables, so that an NMI finds a handler while switching. */
void x86_host_tables_load(void);

#endif /* X86_HAL_H */
