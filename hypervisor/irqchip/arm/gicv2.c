// SPDX-License-Identifier: GPL-2.0
#include <arm/hal.h>
const struct gic_ops gic_v2_ops = { .version = 2 };
