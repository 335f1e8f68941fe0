# SPDX-License-Identifier: GPL-2.0
# The Linux module, for every kernel that set-up found: build/driver/<release>/jailhouse.ko.
-include $(O)/rig/env.mk

DRIVER_SRC := $(wildcard driver/*.c driver/*.h driver/*.S) driver/Kbuild
DRIVER_COMMON := $(wildcard common/config/*.c)
DRIVER_KO := $(foreach line,$(KERNELS),$(O)/driver/$(KERNEL_$(line))/jailhouse.ko)
DRIVER_W ?= W=1
KERNEL_ARCH := $(if $(filter x86,$(ARCH)),x86_64,$(ARCH))

# folder of a release's kernel build: of one that set-up found, or of one whose headers are installed here
driver_kdir = $(or $(KDIR_$(strip $(foreach line,$(KERNELS),$(if $(filter $(1),$(KERNEL_$(line))),$(line))))),/lib/modules/$(strip $(1))/build)

# The kernel builds in the folder of the sources: give each kernel a folder of links. Old links go with their sources.
$(O)/driver/%/jailhouse.ko: $(DRIVER_SRC) $(DRIVER_COMMON) $(wildcard common/config/*.h common/config/*.inc include/*/*.h) mk/driver.mk
	@echo "  KO    $@"
	@test -d $(call driver_kdir,$*) || { echo "the headers of the kernel $* are not there: install linux-headers-$*"; exit 1; }
	@mkdir -p $(@D)
	@find $(@D) -type l -delete
	@ln -s $(abspath $(DRIVER_SRC)) $(@D)/
	@for f in $(DRIVER_COMMON); do ln -s $(CURDIR)/$$f $(@D)/$$(echo $$f | tr / _); done
	@# O on our command line is not for the kernel's makefile
	@$(MAKE) O= --no-print-directory -s -C $(call driver_kdir,$*) M=$(abspath $(@D)) JAILHOUSE_TOP=$(CURDIR) \
		ARCH=$(KERNEL_ARCH) CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= $(DRIVER_W) modules
	@touch $@

.PHONY: driver
driver: $(DRIVER_KO) ## build the Linux module for every kernel that was set up

# On the machine itself for the kernel that runs there, and indexed, so that "modprobe jailhouse" finds it; below DESTDIR for all that set-up found.
INSTALL_RELEASES ?= $(if $(DESTDIR),$(foreach line,$(KERNELS),$(KERNEL_$(line))),$(shell uname -r))
.PHONY: install-driver
install-driver: $(INSTALL_RELEASES:%=$(O)/driver/%/jailhouse.ko) ## the module, below $(DESTDIR)/lib/modules
	@for release in $(INSTALL_RELEASES); do \
		install -D -m 644 $(O)/driver/$$release/jailhouse.ko $(DESTDIR)/lib/modules/$$release/updates/jailhouse.ko || exit 1; \
		[ -n "$(DESTDIR)" ] || PATH=$$PATH:/usr/sbin:/sbin depmod $$release || exit 1; \
	done
