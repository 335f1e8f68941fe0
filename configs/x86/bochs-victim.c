// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for Bochs: that of victim.c without the device, which Bochs does not have
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define WITHOUT_DEVICES
#include "victim.c"
