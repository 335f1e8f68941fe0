/* SPDX-License-Identifier: GPL-2.0 */
/* hal - what the ARM64 entry code uses of arch/arm64/hal, beyond the arch contract. */
#ifndef ARM64_HAL_H
#define ARM64_HAL_H

#include <arch/contract.h>
#include <arm/hal.h>
#include <arm64/percpu.h>
#include <hv/arm/syndrome.h>
#include <hv/system.h>

struct cell;

#define ARM_ARCHITECTURE	JAILHOUSE_ARM64
/* Of the tables that EL2 itself walks */
#define ARM_HOST_FORMAT		pt_lpae_s1
#define ARM_LINK_BASE		HV_LINK_BASE_ARM64

/** What a vector of EL2's own exceptions leaves on the stack. */
struct hv_fault_frame {
	u64 x[31];
	u64 vector, elr, esr, far, sp;
};

/* linker script */
extern u8 __image_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[], __core_end[];
extern u8 __idmap_start[];

extern struct hv_image_header hv_header;

static inline struct percpu *arm64_percpu_linear(u32 cpu)
{
	return (struct percpu *)(HV_BASE + hv_header.core_size + (u64)cpu * PERCPU_SIZE);
}

/* HCR_EL2 (ARM ARM, D17.2.48) */
#define HCR_VM		(1UL << 0)
#define HCR_SWIO	(1UL << 1)
#define HCR_PTW		(1UL << 2)	/* no walk of stage 1 reads a device */
#define HCR_FMO		(1UL << 3)
#define HCR_VSE		(1UL << 8)
#define HCR_IMO		(1UL << 4)
#define HCR_AMO		(1UL << 5)
#define HCR_TIDCP	(1UL << 20)
#define HCR_TSC		(1UL << 19)
#define HCR_TACR	(1UL << 21)
#define HCR_RW		(1UL << 31)
#define HCR_TLOR	(1UL << 35)
#define HCR_TERR	(1UL << 36)	/* records of errors are the machine's */
#define HCR_APK		(1UL << 40)
#define HCR_API		(1UL << 41)
#define HCR_ATA		(1UL << 56)
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TIDCP | HCR_TSC | HCR_TACR | HCR_TLOR | \
			 HCR_TERR | HCR_APK | HCR_API)

#define SPSR_SVC_MASKED		0x1d3	/* AArch32 supervisor; A, I and F masked */
#define SPSR_MODE_AARCH32	0x10

/** The CPU's physical address range says how wide stage 2 is and where a walk of it starts. */
void arm64_stage2_init(struct system *s);
void arm64_stage2_set_bits(struct system *s, unsigned int pa_bits, u64 vtcr);
extern u64 arm64_stage2_vtcr;
/** What the walk begins with, as of now. */
u64 arm64_stage2_root(const struct cell *c);
/** Registers of EL2 as Linux has them. */
void arm64_save_linux_el2(struct arm64_linux_el2 *l);
/** What a guest may do by itself, from now on. */
void arm64_enable_traps(struct vcpu *v);
/** Stage 2 and width of the CPU's cell, and nothing of another. */
void arm64_load_cell(struct vcpu *v);
/** Counters of the performance monitors, 0: there are none. */
u32 arm64_pmu_counters(void);
/** FP, debug, performance and timer registers, and EL1's own, to what a reset leaves. */
void arm64_scrub_registers(void);
/** Can EL1 of this CPU be in AArch32 state? */
bool arm64_has_aarch32(void);
/** An instruction in a guest's memory; all ones, which is none, if nothing answers. */
u32 arm64_read_insn(u64 pa);
/** What stage 1 of the guest makes of @va, as of now; false: nothing. */
bool arm64_translate(u64 va, u64 *ipa);
/** All of EL1's translation in this CPU. */
void arm64_flush_tlb(void);

/* tables.S */
/**
 * Go on in @fn with the tables at @ttbr, which have the private area, on the CPU's own stack. The way
 * leads through the page that all tables map at its physical address.
 */
void __noreturn arm64_run_private(u64 ttbr, u64 sctlr, void *idmap_function, void (*fn)(struct percpu *local));
extern u8 arm64_idmap_switch[], arm64_idmap_leave[];
/** EL2 as Linux had it, MMU off; the guest's registers and ERET. Does not return. */
void __noreturn arm64_leave_el2(const struct arm64_regs *regs, void *idmap_function, u64 sctlr);

/** Of those that configurations may name for this architecture. */
static inline const struct gic_ops *arm_gic_of_version(u8 version)
{
	return version == 2 ? &gic_v2_ops : &gic_v3_ops;
}

static inline void *arm64_idmap(const u8 *function)
{
	return (void *)(arch_virt_to_phys(function));
}

#endif /* ARM64_HAL_H */
