// SPDX-License-Identifier: GPL-2.0
/*
 * image - what header.S says in numbers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/cell-config.h>
#include <jailhouse/image.h>
#include <arm/el2.h>

_Static_assert(offsetof(struct hv_image_header, core_size) == HEADER_CORE_SIZE, "layout.h");
_Static_assert(offsetof(struct hv_image_header, hv_phys) == HEADER_HV_SIZE - 8, "layout.h");
_Static_assert(offsetof(struct hv_image_header, hv_size) == HEADER_HV_SIZE, "layout.h");
_Static_assert(offsetof(struct hv_image_header, max_cpus) == HEADER_MAX_CPUS, "layout.h");
_Static_assert(sizeof(struct hv_image_header) == HEADER_SIZE, "layout.h");
_Static_assert(HV_IMAGE_VERSION == HEADER_VERSION, "layout.h");
_Static_assert(JAILHOUSE_ARM == HEADER_ARCHITECTURE, "layout.h");
_Static_assert(HV_BASE == HV_LINK_BASE_ARM, "layout.h");
_Static_assert(LAYOUT_END == HV_LAYOUT_END_ARM, "layout.h");
_Static_assert(HV_MAX_SIZE == 0x8000000, "common/config/internal.h");
_Static_assert(sizeof(struct hv_console_ring) == HV_STATUS_OFFSET, "layout.h");
