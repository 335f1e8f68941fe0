/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hypervisor does against leaks by speculation.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_MITIGATIONS_H
#define DRIVER_MITIGATIONS_H

#include "image.h"

/** The module's parameter, as flags of struct hv_image_header. */
u32 mitigations_flags(void);

/** A line for sysfs about a hypervisor that runs: "off", or what at least one CPU has chosen. */
ssize_t mitigations_text(const struct image *img, char *buf);

#endif /* DRIVER_MITIGATIONS_H */
