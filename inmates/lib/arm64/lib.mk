# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# What the inmate library consists of and how inmates are built. INMATE_TREE: top of the project's tree; sources are relative to it.
INMATE_LIB := inmates/lib

# With the MMU off, as in the first instructions, an unaligned access faults.
INMATE_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fno-pic -fno-pie -mgeneral-regs-only -mstrict-align -mno-outline-atomics \
	-mbranch-protection=none -mfix-cortex-a53-835769 -fno-asynchronous-unwind-tables -fno-strict-aliasing -fno-common -fno-builtin -Wall -Wextra \
	-Wno-unused-parameter -I$(INMATE_TREE)/$(INMATE_LIB)/include -I$(INMATE_TREE)/$(INMATE_LIB)/arm64/include \
	-I$(INMATE_TREE)/$(INMATE_LIB)/arm-common/include -I$(INMATE_TREE)/$(INMATE_LIB)/arm64 -I$(INMATE_TREE)/include -I$(INMATE_TREE)
INMATE_BITS := 64
INMATE_LDS := $(INMATE_TREE)/$(INMATE_LIB)/arm-common/inmate.lds
INMATE_LDFLAGS := -nostdlib -z max-page-size=0x1000 --no-warn-rwx-segments -T $(INMATE_LDS)
# errata of Cortex-A53, r0p0 to r0p4
INMATE_LDFLAGS_64 := -m aarch64elf --fix-cortex-a53-835769 --fix-cortex-a53-843419

# The header comes first in a program; the rest is an archive.
INMATE_HEADER_64 := $(INMATE_LIB)/arm64/header.S
INMATE_LIB_SRCS_64 := $(addprefix $(INMATE_LIB)/,alloc.c cmdline.c console.c format.c param.c printk.c string.c) \
	$(addprefix $(INMATE_LIB)/arm64/,report.c secondary.S vectors.S) \
	$(addprefix $(INMATE_LIB)/arm-common/,excp.c gic.c gic-v2.c gic-v3.c mmu.c psci.c setup.c timer.c uart.c) \
	$(addprefix common/uart/,uart.c kinds_arm.c clock_gate.c $(notdir $(wildcard $(INMATE_TREE)/common/uart/uart_*.c)))
