/* SPDX-License-Identifier: GPL-2.0 */
/*
 * el2 - EL2, on ARMv7 HYP mode, of one CPU: what hal/, virt/ and entry/ of all ARMs share, beyond <arm/hal.h>, which
 * vdev/ and irqchip/ see too. An architecture adds <arch/el2.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARM_EL2_H
#define ARM_EL2_H

#include <arch/contract.h>
#include <arch/el2.h>
#include <arm/hal.h>
#include <arm/percpu.h>
#include <hv/system.h>

struct cell;

/* EL0 of AArch64, and user mode */
#define SPSR_IS_USER(s)	(((s) & 0xf) == 0)

/** What a vector of EL2's own exceptions leaves on the stack. */
struct hv_fault_frame {
	unsigned long x[ARM_GENERAL_REGS], vector, elr, sp;
};

/* linker script */
extern u8 __image_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[], __core_end[];
extern u8 __idmap_start[];

extern struct hv_image_header hv_header;

/** The CPU's physical address range says how wide stage 2 is and where a walk of it starts. */
void arm_stage2_init(void);
extern u64 arm_stage2_vtcr;
/** What the walk begins with, as of now. */
u64 arm_stage2_root(const struct cell *c);
/** Registers of EL2 as Linux has them. */
void arm_save_linux_el2(struct arm_linux_el2 *l);
void arm_restore_linux_el2(const struct arm_linux_el2 *l);
/** What a guest may do by itself, from now on. */
void arm_enable_traps(struct vcpu *v);
/** Stage 2 and width of the CPU's cell, and nothing of another. */
void arm_load_cell(struct vcpu *v);
/** The guest goes on at @entry, as after a reset. */
void arm_set_entry(struct vcpu *v, u64 entry);
/** Of arm_enable_traps(): what differs. */
void arm_trap_registers(void);
/* Who locks the debug registers for the OS could switch on halting debug: a CPU that halts answers nobody (ARM ARM, MDSCR_EL1.HDE). */
#define ARM_MDCR_TDOSA	(1U << 10)
/** Counters of the performance monitors, 0: there are none. */
u32 arm_pmu_counters(void);
/** FP, debug, performance and timer registers, and EL1's own, to what a reset leaves. */
void arm_scrub_registers(void);
/** Of these, what only this architecture has. */
void arm_scrub_own(void);
#define SCRUB_SYSREG(name)	write_sysreg(0, name);
/** A breakpoint or watchpoint that is not there cannot be written: @x(n) for each of @count, of which ten are as good as sixteen. */
#define ARM_FOR_EACH_PAIR(count, x)					\
	do {								\
		switch (count) {					\
		default: x(15); x(14); x(13); x(12); x(11); x(10); x(9); x(8); x(7); x(6); /* fall through */	\
		case 6: x(5); /* fall through */			\
		case 5: x(4); /* fall through */			\
		case 4: x(3); /* fall through */			\
		case 3: x(2); /* fall through */			\
		case 2: x(1); x(0); break;				\
		case 1: x(0);						\
		}							\
	} while (0)
/** All of EL1's translation in this CPU. */
void arm_flush_tlb(void);
/** @size bytes, at most four, of a guest's memory; all ones, which is no instruction, if nothing answers. */
u32 arm_read_guest(u64 pa, unsigned int size);
/** What stage 1 of the guest makes of @va, as of now; false: nothing. */
bool arm_translate(u64 va, u64 *ipa);

/* tables.S */
/**
 * Go on in @fn with the tables at @ttbr, which have the private area, on the CPU's own stack. The way
 * leads through the page that all tables map at its physical address.
 */
void __noreturn arm_run_private(u64 ttbr, unsigned long sctlr, void *idmap_function, void (*fn)(struct percpu *local));
extern u8 arm_idmap_switch[], arm_idmap_leave[];
/** EL2 as Linux had it, MMU off; the guest's registers and ERET. Does not return. */
void __noreturn arm_leave_el2(const struct arm_regs *regs, void *idmap_function, unsigned long sctlr);

/** Number of the entry for @va in a table of EL2. */
static inline unsigned int arm_slot(u64 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static inline void *arm_idmap(const u8 *function)
{
	return (void *)(unsigned long)arch_virt_to_phys(function);
}

#endif /* ARM_EL2_H */
