/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frequencies that the system configuration may leave to the driver.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CLOCK_X86_H
#define DRIVER_CLOCK_X86_H

#include <jailhouse/cell-config.h>

/**
 * Fill in tsc_khz and apic_khz of @config where they are 0. Interrupts are off on one CPU for 10
 * ms.
 */
void clock_fill_in(struct jailhouse_system *config);

#endif /* DRIVER_CLOCK_X86_H */
