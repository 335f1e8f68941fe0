/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout - virtual addresses at EL2; every CPU has its own tables for them.
 *
 *	HV_BASE    linear map of hypervisor memory, without any CPU's private area
 *	LOCAL_BASE this CPU's private area (struct percpu); same address on every CPU
 *	WINDOW_BASE one page per window slot, this CPU only
 *	DEVICE_BASE interrupt controller, debug console; device memory
 *
 * The last three share a table of each level but the lowest. And the page __idmap_start at its physical address: where the MMU is switched.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#include <arm/layout.h>

#define HV_BASE			0x0000800000000000
#define HV_MAX_SIZE		0x40000000
#define LOCAL_BASE		0x0000801000000000
#define WINDOW_BASE		0x0000801000200000
#define DEVICE_BASE		0x0000801000400000
#define DEVICE_GICR		(DEVICE_BASE + 0x00200000)
#define DEVICE_GICR_SIZE	0x04000000
#define LAYOUT_END		(DEVICE_GICR + DEVICE_GICR_SIZE)

/* Tables of EL2 that each CPU has of its own, above those of the lowest level */
#define ARM_OWN_LEVELS		3

/* Of the linker */
#define HV_ELF_FORMAT		"elf64-littleaarch64"

#define HEADER_ARCHITECTURE	2	/* JAILHOUSE_ARM64 */

/* struct percpu, checked by static asserts in percpu.h */
#define PERCPU_REGS		0x3f00
#define PERCPU_SIZE		0xa000

/* struct arm_regs, at the top of the stack */
#define REGS_X(n)		(8 * (n))
#define ARM_GENERAL_REGS	31

/* Translation at EL2: 48 bits, 4 KiB, write-back, inner shareable (ARM ARM, D17.2.131) */
#define TCR_EL2_BASE		0x80803510	/* RES1, SH0, ORGN0, IRGN0, T0SZ = 16 */
#define MAIR_EL2_VALUE		0x04ff
/* RES1, I, SA, C, M (D17.2.118); WXN only with own tables */
#define SCTLR_EL2_RES1		0x30c50830
#define SCTLR_EL2_ON		(SCTLR_EL2_RES1 | 0x100d)
#define SCTLR_EL2_WXN		(1 << 19)
#define SCTLR_EL2_OFF		SCTLR_EL2_RES1

#endif /* ARCH_LAYOUT_H */
