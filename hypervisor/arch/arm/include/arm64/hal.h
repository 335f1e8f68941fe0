/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hal - what the ARM entry code uses of arch/arm/hal, beyond the arch contract.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARM32_HAL_H
#define ARM32_HAL_H

#include <arch/contract.h>
#include <arm/hal.h>
#include <arm64/percpu.h>
#include <hv/arm/psr.h>
#include <hv/system.h>

struct cell;

#define ARM_ARCHITECTURE	JAILHOUSE_ARM
/* Of the tables that EL2 itself walks */
#define ARM_HOST_FORMAT		pt_lpae_s1_32
#define ARM_LINK_BASE		HV_LINK_BASE_ARM

/** What a vector of HYP mode's own exceptions leaves on the stack. */
struct hv_fault_frame {
	u32 x[13], vector, lr, elr, spsr, sp;
};

/* linker script */
extern u8 __image_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[], __core_end[];
extern u8 __idmap_start[];

extern struct hv_image_header hv_header;

static inline struct percpu *arm64_percpu_linear(u32 cpu)
{
	return (struct percpu *)(HV_BASE + (u32)hv_header.core_size + cpu * PERCPU_SIZE);
}

/* HCR (ARM DDI 0406, B4.1.65) */
#define HCR_VM		(1U << 0)
#define HCR_SWIO	(1U << 1)
#define HCR_PTW		(1U << 2)	/* no walk of stage 1 reads a device */
#define HCR_FMO		(1U << 3)
#define HCR_IMO		(1U << 4)
#define HCR_AMO		(1U << 5)
#define HCR_VA		(1U << 8)
#define HCR_TSC		(1U << 19)
#define HCR_TIDCP	(1U << 20)
#define HCR_TAC		(1U << 21)
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TSC | HCR_TIDCP | HCR_TAC)

void arm64_stage2_init(struct system *s);
void arm64_stage2_set_bits(struct system *s, unsigned int pa_bits, u64 vtcr);
extern u64 arm64_stage2_vtcr;
/** What the walk begins with, as of now. */
u64 arm64_stage2_root(const struct cell *c);
/** Registers of HYP mode as Linux has them. */
void arm64_save_linux_el2(struct arm64_linux_el2 *l);
/** What a guest may do by itself, from now on. */
void arm64_enable_traps(struct vcpu *v);
/** Stage 2 of the CPU's cell, and nothing of another. */
void arm64_load_cell(struct vcpu *v);
/** Counters of the performance monitors, 0: there are none. */
u32 arm64_pmu_counters(void);
/** FP, debug, performance and timer registers, and PL1's own, to what a reset leaves. */
void arm64_scrub_registers(void);
/** All of PL1's translation in this CPU. */
void arm64_flush_tlb(void);
/** What stage 1 of the guest makes of @va. */
bool arm64_translate(u64 va, u64 *ipa);
/** Two bytes of an instruction at @pa, all ones where nothing answers. */
u32 arm_read_halfword(u64 pa);
/** Register @n of a guest in @mode (PSR): r13 and r14, and r8 to r12 of FIQ mode, are banked. */
u32 arm_read_banked(u32 mode, unsigned int n);
void arm_write_banked(u32 mode, unsigned int n, u32 value);
u32 arm_read_spsr(u32 mode);
void arm_write_spsr(u32 mode, u32 value);

/* tables.S */
/**
 * Go on in @fn with the tables at @ttbr, which have the private area, on the CPU's own stack. The way
 * leads through the page that all tables map at its physical address.
 */
void __noreturn arm64_run_private(u64 ttbr, u32 sctlr, void *idmap_function, void (*fn)(struct percpu *local));
extern u8 arm64_idmap_switch[], arm64_idmap_leave[];
/** HYP mode as Linux had it, MMU off; the guest's registers and ERET. Does not return. */
void __noreturn arm64_leave_el2(const struct arm64_regs *regs, void *idmap_function, u32 sctlr);

/** Of those that configurations may name for this architecture. */
static inline const struct gic_ops *arm_gic_of_version(u8 version)
{
	return &gic_v2_ops;
}

static inline void *arm64_idmap(const u8 *function)
{
	return (void *)(u32)arch_virt_to_phys(function);
}

#endif /* ARM32_HAL_H */
