# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# What the inmate library consists of and how inmates are built. INMATE_TREE: top of the project's tree; sources are relative to it.
INMATE_LIB := inmates/lib

INMATE_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing -fno-common -fcf-protection=none -fno-builtin -Wall -Wextra \
	-Wno-unused-parameter -I$(INMATE_TREE)/$(INMATE_LIB)/include -I$(INMATE_TREE)/$(INMATE_LIB)/x86/include \
	-I$(INMATE_TREE)/include -I$(INMATE_TREE)
INMATE_CFLAGS_64 := -m64 -mcmodel=small
INMATE_CFLAGS_32 := -m32 -march=i686
INMATE_LDS := $(INMATE_TREE)/$(INMATE_LIB)/x86/inmate.lds
INMATE_LDFLAGS := -nostdlib -z max-page-size=0x1000 --no-warn-rwx-segments -T $(INMATE_LDS)
INMATE_LDFLAGS_64 := -m elf_x86_64
INMATE_LDFLAGS_32 := -m elf_i386

# The header comes first in a program; the rest is an archive.
INMATE_HEADER_64 := $(INMATE_LIB)/x86/header-64.S
INMATE_HEADER_32 := $(INMATE_LIB)/x86/header-32.S
INMATE_LIB_SRCS := $(addprefix $(INMATE_LIB)/,alloc.c cmdline.c console.c format.c param.c pci.c printk.c string.c) \
	$(addprefix $(INMATE_LIB)/x86/,apic-timer.c cpu-features.c entry.S excp.c ioapic.c irq.c pci-access.c setup.c smp.c timing.c uart.c) \
	$(addprefix common/efifb/,efifb.c font.c uart_efifb.c) $(addprefix common/uart/,uart.c kinds_x86.c uart_8250.c)
INMATE_LIB_SRCS_64 := $(INMATE_LIB_SRCS) $(INMATE_LIB)/x86/mmu-64.c
INMATE_LIB_SRCS_32 := $(INMATE_LIB_SRCS) $(INMATE_LIB)/x86/mmu-32.c $(INMATE_LIB)/x86/div64.c
