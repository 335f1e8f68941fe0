# SPDX-License-Identifier: GPL-2.0
# Compiler choice and the warning set that every C file of the project is built with.
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
OBJCOPY ?= objcopy
WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-unused-parameter

# Freestanding x86-64 code, RIP-relative at a fixed link address: hypervisor (inmates have their own set in mk/inmates.mk)
HV_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fpie -mcmodel=small -fvisibility=hidden \
	-mno-red-zone -mgeneral-regs-only -fno-asynchronous-unwind-tables -fno-strict-aliasing \
	-fno-common -ffunction-sections -fdata-sections -fcf-protection=none $(WARNINGS)

# Host programs: tests (sanitizers on) and tools
HOST_CFLAGS := -std=gnu11 -O1 -g $(WARNINGS)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
