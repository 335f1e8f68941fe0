# SPDX-License-Identifier: GPL-2.0
# The emulated machine: set-up, root file system, demo, tests. What set-up finds is in $(O)/rig/env.mk.

JOBS := $(shell nproc)
PARTS := hypervisor driver tools configs inmates python
BUILT_PARTS := $(foreach part,$(PARTS),$(if $(wildcard mk/$(part).mk),$(part)))
# of one architecture only
GUEST_PROGRAMS_x86 := probe ldt blobctl
GUEST_PROGRAMS_arm64 := kvm-guest registers
GUEST_PROGRAMS_arm := registers
GUEST_PROGRAMS_OTHERS := $(filter-out $(GUEST_PROGRAMS_$(ARCH)),$(foreach arch,x86 arm64 arm,$(GUEST_PROGRAMS_$(arch))))
GUEST_PROGRAMS := $(patsubst tests/system/guest/%.c,$(O)/tests/guest/%,$(filter-out \
	$(GUEST_PROGRAMS_OTHERS:%=tests/system/guest/%.c),$(wildcard tests/system/guest/*.c)))

# Targets that build or run something set the machine up first; make reads the result and goes on.
ifneq ($(filter-out help clean setup,$(MAKECMDGOALS)),)
include $(O)/rig/env.mk

$(O)/rig/env.mk: scripts/setup $(wildcard scripts/packages/*)
	@O='$(O)' ARCH='$(ARCH)' scripts/setup
endif

.PHONY: setup rootfs guest-programs demo shell test system-tests check lint
setup: ## install and unpack what the build and the emulated machine need
	@O='$(O)' ARCH='$(ARCH)' scripts/setup

all: $(BUILT_PARTS) guest-programs ## build everything

.PHONY: install
install: install-hypervisor install-driver install-tools install-python install-inmates ## what was built, below $(DESTDIR)

GUEST_MODULES := $(foreach line,$(if $(filter x86,$(ARCH)),$(KERNELS)),$(O)/tests/module/$(KERNEL_$(line))/svm_probe.ko)
guest-programs: $(GUEST_PROGRAMS) $(GUEST_MODULES)

# The kernel builds in the folder of the source: give each kernel a copy.
$(O)/tests/module/%/svm_probe.ko: $(wildcard tests/system/module/*.c) tests/system/module/Kbuild tests/inmates/lib/heartbeat.h
	@mkdir -p $(@D)
	@cp $^ $(@D)/
	@$(MAKE) O= --no-print-directory -s -C $(KDIR_$(strip $(foreach line,$(KERNELS),$(if $(filter $*,$(KERNEL_$(line))),$(line))))) \
		M=$(abspath $(@D)) CONFIG_DEBUG_INFO_BTF_MODULES= modules

$(O)/tests/guest/%: tests/system/guest/%.c include/jailhouse/ioctl.h tests/inmates/lib/heartbeat.h $(wildcard tests/inmates/$(ARCH)/pattern/*)
	@mkdir -p $(@D)
	$(USER_CC) $(HOST_CFLAGS) -O2 -static -Iinclude -I. -Itests/inmates/$(ARCH) -o $@ $<

rootfs: all $(if $(filter x86,$(ARCH)),$(O)/hypervisor/jailhouse-debug.bin)
	@for line in $(KERNELS); do O='$(O)' scripts/mkinitramfs --strict $$line $(O)/rig/initramfs-$$line.cpio || exit 1; done

# A machine with Debian's root file system, for tests: with the oldest kernel.
.PHONY: debian
debian: $(O)/rig/debian.squashfs all
	+@O='$(O)' scripts/mkdebian $(firstword $(KERNELS))

$(O)/rig/debian.squashfs: scripts/setup scripts/packages/debian
	@O='$(O)' ARCH='$(ARCH)' scripts/setup debian

demo: ## the story: a stock Linux is split, runs a cell, and gets everything back (CPU=intel: on VMX, slowly)
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' scripts/demo $(if $(filter intel,$(CPU)),--cpu intel)

shell: ## a root prompt in the emulated machine, to play
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' scripts/demo --shell

test: ## all tests: on the host, and in the emulated machine
	@O='$(O)' scripts/run-tests all

# Part of test-long (mk/host-tests.mk): 500 lives of a cell and 50 of the hypervisor in one boot.
.PHONY: test-long endurance-long
test-long: endurance-long
endurance-long:
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	O='$(O)' ENDURANCE=long /usr/bin/python3 -m pytest -p no:cacheprovider -v tests/system/test_endurance.py

system-tests: ## only the tests in the emulated machine
	@O='$(O)' scripts/run-tests system

check: ## layers, headers, scripts, size
	@O='$(O)' scripts/check-layers
	@O='$(O)' scripts/check-headers
	@scripts/check-rules
	@O='$(O)' scripts/metrics
	@tests/inmates/mutants/run --texts
	@shellcheck $$(grep -d skip -lE '^#!/bin/(ba)?sh' scripts/* scripts/guest/* .ci/run)

lint: check ## the same as check
