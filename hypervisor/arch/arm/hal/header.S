/* SPDX-License-Identifier: GPL-2.0 */
/*
 * header - struct hv_image_header, which the driver reads; first in the image. In C a symbol cannot be the lower half of 64 bits.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

	.macro	number value
	.word	\value, 0
	.endm

	.section .header, "aw"
	.globl	hv_header
	.hidden	hv_header
hv_header:
	.ascii	"JAILHOUS"
	.word	HEADER_VERSION, HEADER_ARCHITECTURE
	number	HV_BASE
	number	__core_size
	number	PERCPU_SIZE
	number	__entry_offset
	number	__console_offset
	number	HV_STATUS_OFFSET	@ size of the console ring
	number	__status_offset
	number	__log_offset
	.skip	HEADER_SIZE - (. - hv_header)	@ written by the driver

	.section .note.GNU-stack, "", %progbits
