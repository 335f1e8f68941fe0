/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout - virtual addresses in HYP mode; every CPU has its own tables for them. All lie in one GiB.
 *
 *	HV_BASE    linear map of hypervisor memory, without any CPU's private area
 *	LOCAL_BASE this CPU's private area (struct percpu); same address on every CPU
 *	WINDOW_BASE one page per window slot, this CPU only
 *	DEVICE_BASE interrupt controller, debug console; device memory
 *
 * And the page __idmap_start at its physical address: where the MMU is switched. Hypervisor memory must
 * therefore not lie where these addresses are (rule HV_MEMORY_LAYOUT of common/config).
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#include <arm/layout.h>

#define HV_BASE			0x20000000
#define HV_MAX_SIZE		0x08000000
#define LOCAL_BASE		0x28000000
#define WINDOW_BASE		0x28200000
#define DEVICE_BASE		0x28400000
#define LAYOUT_END		0x28600000

/* GICv3 is not used: no CPU of ARMv7 has its interface */
#define DEVICE_GICR		(DEVICE_BASE + 0x00100000)

/* Tables of HYP mode that each CPU has of its own, above those of the lowest level */
#define ARM_OWN_LEVELS		2

/* Of the linker */
#define HV_ELF_FORMAT		"elf32-littlearm"

#define HEADER_ARCHITECTURE	1	/* JAILHOUSE_ARM */

/* struct percpu, checked by static asserts in percpu.h */
#define PERCPU_REGS		0x3fc0
#define PERCPU_SIZE		0x9000

/* struct arm_regs, at the top of the stack: r0 to r12, LR of user mode */
#define REGS_LR			(4 * 13)
#define REGS_SIZE		64
#define ARM_GENERAL_REGS	14

/* HTCR: RES1, SH0, ORGN0, IRGN0; 32 bits (ARM DDI 0406, B4.1.76) */
#define HTCR_VALUE		0x80803500
#define HMAIR0_VALUE		0x04ff
/* RES1, CP15BEN, I, C, M (B4.1.75); WXN only with own tables */
#define SCTLR_EL2_RES1		0x30c50838
#define SCTLR_EL2_ON		(SCTLR_EL2_RES1 | 0x1005)
#define SCTLR_EL2_WXN		(1 << 19)
#define SCTLR_EL2_OFF		SCTLR_EL2_RES1

#endif /* ARCH_LAYOUT_H */
