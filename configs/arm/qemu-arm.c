/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* QEMU's virt machine with cortex-a15 or cortex-a7, four CPUs and GICv2. Copyright (c) Jailhouse contributors, 2026 */
#define NAME		"qemu-arm"
#define ARCHITECTURE	JAILHOUSE_ARM
#define NUM_CPUS	4
#define GIC		.gic_version = 2, .gicc_base = 0x08010000, .gich_base = 0x08030000, .gicv_base = 0x08040000,

#include "../arm64/qemu-arm64.inc"
