// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * qemu-system-aarch64 -M virt,virtualization=on,gic-version=2 -m 1G -smp 4; kernel parameter mem=768M
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define NAME		"qemu-arm64-gicv2"
#define NUM_CPUS	4
#define GIC		.gic_version = 2, .gicc_base = 0x08010000, .gich_base = 0x08030000, .gicv_base = 0x08040000,
#include "qemu-arm64.inc"
