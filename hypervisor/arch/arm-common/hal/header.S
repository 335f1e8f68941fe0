/* SPDX-License-Identifier: GPL-2.0 */
/*
 * header - struct hv_image_header, which the driver reads; first in the image. In C a symbol cannot be the lower half of 64 bits on ARMv7.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

	.section .header, "aw"
	.globl	hv_header
	.hidden	hv_header
hv_header:
	.ascii	"JAILHOUS"
	.word	HEADER_VERSION, HEADER_ARCHITECTURE
	/* link base, sizes of core and private area, entry */
	.word	HV_BASE & 0xffffffff, HV_BASE >> 32, __core_size, 0, PERCPU_SIZE, 0, __entry_offset, 0
	/* console and its size, which is where the status page begins; status page, log */
	.word	__console_offset, 0, HV_STATUS_OFFSET, 0, __status_offset, 0, __log_offset, 0
	/* written by the driver */
	.skip	HEADER_SIZE - (. - hv_header)

	.section .note.GNU-stack, "", %progbits
