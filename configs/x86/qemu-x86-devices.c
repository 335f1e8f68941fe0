// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The machine of qemu-x86.c with a network card and QEMU's "edu" device, which can be given to a cell
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define QEMU_X86_TEST_DEVICES
#include "qemu-x86.c"
