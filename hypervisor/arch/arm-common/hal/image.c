// SPDX-License-Identifier: GPL-2.0
/*
 * image - what header.S says in numbers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/cell-config.h>
#include <jailhouse/image.h>
#include <arm/el2.h>

_Static_assert(offsetof(struct hv_image_header, link_base) == 16, "header.S");
_Static_assert(offsetof(struct hv_image_header, core_size) == HEADER_CORE_SIZE, "arm/layout.h");
_Static_assert(offsetof(struct hv_image_header, log_offset) == 72, "header.S");
_Static_assert(offsetof(struct hv_image_header, hv_phys) == HEADER_HV_SIZE - 8, "arm/layout.h");
_Static_assert(offsetof(struct hv_image_header, hv_size) == HEADER_HV_SIZE, "arm/layout.h");
_Static_assert(offsetof(struct hv_image_header, max_cpus) == HEADER_MAX_CPUS, "arm/layout.h");
_Static_assert(sizeof(struct hv_image_header) == HEADER_SIZE, "arm/layout.h");
_Static_assert(HV_IMAGE_VERSION == HEADER_VERSION, "arm/layout.h");
_Static_assert(sizeof(struct hv_console_ring) == HV_STATUS_OFFSET, "arm/layout.h");
ARM_CHECK_LAYOUT
