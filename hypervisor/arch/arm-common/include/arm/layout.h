/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout - what is the same on all ARMs: where devices are behind DEVICE_BASE; struct hv_image_header for assembly, which reads and
 * makes it (checked in hal/image.c). Included by <arch/layout.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARM_LAYOUT_H
#define ARM_LAYOUT_H

#define DEVICE_CONSOLE		(DEVICE_BASE + 0x00000000)
#define DEVICE_CLOCK		(DEVICE_BASE + 0x00001000)	/* of the console */
#define DEVICE_GICD		(DEVICE_BASE + 0x00010000)
#define DEVICE_GICC		(DEVICE_BASE + 0x00020000)
#define DEVICE_GICH		(DEVICE_BASE + 0x00030000)

#define PERCPU_STACK_SIZE	0x4000

/* Of the status page behind the console ring, main/arm-common/main.c */
#define HV_STATUS_OFFSET	0x11000

#define HEADER_CORE_SIZE	24
#define HEADER_HV_SIZE		88
#define HEADER_MAX_CPUS		96
#define HEADER_SIZE		124
#define HEADER_VERSION		4

#endif /* ARM_LAYOUT_H */
