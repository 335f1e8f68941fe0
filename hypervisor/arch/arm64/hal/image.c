// SPDX-License-Identifier: GPL-2.0
/*
 * image - the header that the driver reads; first in the image.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/cell-config.h>
#include <jailhouse/image.h>
#include <arm/el2.h>

/* Absolute symbols of the linker script: their address is the value. */
extern const u8 __core_size[], __entry_offset[], __console_offset[], __status_offset[],
	__log_offset[];

_Static_assert(offsetof(struct hv_image_header, core_size) == HEADER_CORE_SIZE, "layout.h");
_Static_assert(offsetof(struct hv_image_header, hv_size) == HEADER_HV_SIZE, "layout.h");
_Static_assert(offsetof(struct hv_image_header, max_cpus) == HEADER_MAX_CPUS, "layout.h");
_Static_assert(HV_BASE == HV_LINK_BASE_ARM64, "layout.h");

struct hv_image_header hv_header __section(".header") = {
	.signature = { 'J', 'A', 'I', 'L', 'H', 'O', 'U', 'S' },
	.version = HV_IMAGE_VERSION,
	.architecture = JAILHOUSE_ARM64,
	.link_base = HV_LINK_BASE_ARM64,
	.core_size = (u64)__core_size,
	.percpu_size = sizeof(struct percpu),
	.entry = (u64)__entry_offset,
	.console_offset = (u64)__console_offset,
	.console_size = sizeof(struct hv_console_ring),
	.status_offset = (u64)__status_offset,
	.log_offset = (u64)__log_offset,
};
