// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The machine of qemu-x86.c with UEFI and a display: qemu-system-x86_64 … -m 2G -bios OVMF.fd -device VGA,addr=1,xres=1024,yres=768;
 * Linux with video=efifb:off, so that it leaves the display alone
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define QEMU_X86_EFI
#include "qemu-x86.c"
