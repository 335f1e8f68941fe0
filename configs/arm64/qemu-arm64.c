// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -m 1G -smp 4; kernel parameter mem=768M
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define NAME		"qemu-arm64"
#define NUM_CPUS	4
#define GIC		.gic_version = 3, .gicr_base = 0x080a0000,
#include "qemu-arm64.inc"
