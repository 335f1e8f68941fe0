// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The machine of bochs-x86.c, whose cells are in x2APIC mode; their CPUs do not come back from there
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define BOCHS_X86_X2APIC
#include "bochs-x86.c"
