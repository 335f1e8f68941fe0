# SPDX-License-Identifier: GPL-2.0
# Compiler choice and the warning set that every C file of the project is built with.
CROSS_arm64 := aarch64-linux-gnu-
CROSS_arm := arm-linux-gnueabihf-
ifeq ($(filter x86 arm64 arm,$(ARCH)),)
$(error ARCH=$(ARCH) is not known; there are x86, arm64 and arm)
endif
CROSS_COMPILE ?= $(CROSS_$(ARCH))
CC := $(if $(filter default,$(origin CC)),$(CROSS_COMPILE)gcc,$(CC))
LD := $(if $(filter default,$(origin LD)),$(CROSS_COMPILE)ld,$(LD))
AR := $(if $(filter default,$(origin AR)),$(CROSS_COMPILE)ar,$(AR))
OBJCOPY ?= $(CROSS_COMPILE)objcopy
WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-unused-parameter

# Cortex-A53, r0p0 to r0p4: a multiply-add behind a memory access (835769), and ADRP at the end of a page (843419)
ERRATA_CFLAGS := $(if $(filter arm64,$(ARCH)),-mfix-cortex-a53-835769)
ERRATA_LDFLAGS := $(if $(filter arm64,$(ARCH)),--fix-cortex-a53-835769 --fix-cortex-a53-843419)

# Freestanding code, relative to the program counter at a fixed link address: hypervisor (inmates have their own set in mk/inmates.mk).
# arm64: with the MMU off all memory is of device type, where an unaligned access faults.
HV_CFLAGS_x86 := -mcmodel=small -mno-red-zone -fcf-protection=none
# A frequent exit saves x0 to x7, x16, x17, x29 and x30 alone (entry.S): of the others functions save what they use.
HV_CFLAGS_arm64 := -mcmodel=small -mstrict-align -mno-outline-atomics -mbranch-protection=none \
	$(patsubst %,-fcall-saved-x%,8 9 10 11 12 13 14 15 18) $(ERRATA_CFLAGS)
# arm: HYP mode's addresses are below 2 GiB, so a pointer is the same number in 64 bits.
HV_CFLAGS_arm := -march=armv7ve+simd -marm -mno-unaligned-access -Wno-pointer-to-int-cast -Wno-int-to-pointer-cast
HV_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fpie -fvisibility=hidden \
	-mgeneral-regs-only -fno-asynchronous-unwind-tables -fno-strict-aliasing \
	-fno-common -ffunction-sections -fdata-sections $(HV_CFLAGS_$(ARCH)) $(WARNINGS)

# Host programs: tests (sanitizers on) and tools
HOST_CFLAGS := -std=gnu11 -O1 -g $(WARNINGS)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# User programs of another architecture: its headers and libraries (SYSROOT comes from the set-up)
USER_CC = $(CC) $(if $(SYSROOT),--sysroot=$(SYSROOT))
PKG_CONFIG = $(if $(SYSROOT),PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(CROSS_COMPILE:-=)/pkgconfig:$(SYSROOT)/usr/share/pkgconfig) pkg-config
