# SPDX-License-Identifier: GPL-2.0
# The hypervisor image: which folders make it. Alternatives inside one image (VMX/SVM, UARTs, IOMMUs) are tables, not lists here.
HV_O := $(O)/hypervisor
HV_DIRS_x86 := common/efifb hypervisor/mm/formats hypervisor/emul hypervisor/vdev hypervisor/vdev/x86 hypervisor/iommu \
	hypervisor/irqchip hypervisor/virt hypervisor/arch/x86/hal hypervisor/arch/x86/entry hypervisor/main
HV_DIRS_arm64 := hypervisor/mm/formats/arm hypervisor/emul/arm hypervisor/vdev/arm hypervisor/irqchip/arm hypervisor/virt/arm64 hypervisor/virt/arm-common \
	hypervisor/arch/arm-common/hal hypervisor/arch/arm-common/entry \
	hypervisor/arch/arm64/hal hypervisor/arch/arm64/entry hypervisor/main/arm-common hypervisor/main/arm64
HV_DIRS_arm := hypervisor/mm/formats/arm hypervisor/emul/arm hypervisor/vdev/arm hypervisor/virt/arm hypervisor/virt/arm-common \
	hypervisor/arch/arm-common/hal hypervisor/arch/arm-common/entry \
	hypervisor/arch/arm/hal hypervisor/arch/arm/entry hypervisor/main/arm-common hypervisor/main/arm
# Single files of folders that belong to another architecture otherwise
HV_FILES_arm64 := hypervisor/iommu/iommu.c hypervisor/iommu/none.c hypervisor/vdev/subpage.c
HV_FILES_arm := $(HV_FILES_arm64) hypervisor/irqchip/arm/gicv2.c
HV_DIRS := common/lib common/config hypervisor/mm hypervisor/core $(HV_DIRS_$(ARCH))
HV_LDS_x86 := hypervisor/main/hypervisor.lds.S
HV_LDS_arm64 := hypervisor/main/arm-common/hypervisor.lds.S
HV_LDS_arm := $(HV_LDS_arm64)
HV_LDS := $(HV_LDS_$(ARCH))
HV_SRC := $(filter-out %.lds.S,$(foreach d,$(HV_DIRS),$(wildcard $(d)/*.c $(d)/*.S))) $(HV_FILES_$(ARCH)) $(COMMON_UART_SRCS)
HV_OBJ := $(patsubst %,$(HV_O)/%.o,$(basename $(HV_SRC)))
HV_INC_x86 := -Ihypervisor/arch/x86/include
HV_INC_arm64 := -Ihypervisor/arch/arm64/include -Ihypervisor/arch/arm-common/include
HV_INC_arm := -Ihypervisor/arch/arm/include -Ihypervisor/arch/arm-common/include
HV_INC := -I. -Iinclude -Ihypervisor -Ihypervisor/include $(HV_INC_$(ARCH))
# 64-bit division
HV_LIBS_arm = $(shell $(CC) $(HV_CFLAGS_arm) -print-libgcc-file-name)
HV_LIBS = $(HV_LIBS_$(ARCH))
HV_ALL_CFLAGS = $(HV_CFLAGS) -include hypervisor/include/hv/hidden.h $(HV_INC) -MMD -MP

$(HV_O)/%.o: %.c mk/hypervisor.mk mk/toolchain.mk
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(HV_ALL_CFLAGS) -c -o $@ $<

# Entered with the guest's R8–R11 in the CPU: its functions save what they use of them, and it may call nobody who does not.
ifeq ($(ARCH),x86)
HV_FAST := $(HV_O)/hypervisor/arch/x86/entry/svm_fast.o $(HV_O)/hypervisor/arch/x86/entry/vmx_fast.o
$(HV_FAST): HV_CFLAGS += -fcall-saved-r8 -fcall-saved-r9 -fcall-saved-r10 -fcall-saved-r11
endif

$(HV_O)/%.o: %.S mk/hypervisor.mk
	@mkdir -p $(@D)
	@echo "  AS    $<"
	@$(CC) $(HV_INC) -MMD -MP -Wa,--noexecstack -c -o $@ $<

$(HV_O)/hypervisor.lds: $(HV_LDS) $(wildcard hypervisor/arch/*/include/*/layout.h)
	@mkdir -p $(@D)
	@$(CC) $(HV_INC) -E -P -x assembler-with-cpp -o $@ $<

$(HV_O)/jailhouse.elf: $(HV_OBJ) $(HV_O)/hypervisor.lds
	@echo "  LD    $@"
	@$(if $(HV_FAST),! nm -u $(HV_FAST) | grep " U ",true) || { echo "$(HV_FAST:.o=.c) must not call what lies outside of it (see its first lines)"; exit 1; }
	@$(LD) $(ERRATA_LDFLAGS) -nostdlib -static --build-id=sha1 -z max-page-size=4096 --gc-sections --no-warn-rwx-segments -T $(HV_O)/hypervisor.lds -o $@ $(HV_OBJ) $(HV_LIBS)

$(HV_O)/jailhouse.bin: $(HV_O)/jailhouse.elf
	@$(OBJCOPY) -O binary $< $@

# The debug image: the same objects, but for those that can let allocations fail. Nobody installs it.
HV_DEBUG_SRC := hypervisor/mm/page_pool.c hypervisor/core/hypercall.c
HV_DEBUG_OBJ := $(HV_DEBUG_SRC:%.c=$(HV_O)/debug/%.o)
HV_COMMON_OBJ := $(filter-out $(HV_DEBUG_SRC:%.c=$(HV_O)/%.o),$(HV_OBJ))

$(HV_O)/debug/%.o: %.c mk/hypervisor.mk mk/toolchain.mk
	@mkdir -p $(@D)
	@echo "  CC    $< (debug image)"
	@$(CC) $(HV_ALL_CFLAGS) -DHV_FAULT_INJECTION -c -o $@ $<

$(HV_O)/debug/jailhouse.elf: $(HV_COMMON_OBJ) $(HV_DEBUG_OBJ) $(HV_O)/hypervisor.lds
	@echo "  LD    $@"
	@$(LD) $(ERRATA_LDFLAGS) -nostdlib -static --build-id=sha1 -z max-page-size=4096 --gc-sections --no-warn-rwx-segments -T $(HV_O)/hypervisor.lds -o $@ $(HV_COMMON_OBJ) $(HV_DEBUG_OBJ) $(HV_LIBS)

$(HV_O)/jailhouse-debug.bin: $(HV_O)/debug/jailhouse.elf
	@$(OBJCOPY) -O binary $< $@

-include $(HV_OBJ:.o=.d) $(HV_DEBUG_OBJ:.o=.d)

.PHONY: debug-image
debug-image: $(HV_O)/jailhouse-debug.bin ## the hypervisor with fault injection, for tests only

.PHONY: hypervisor
hypervisor: $(HV_O)/jailhouse.bin ## build the hypervisor image

.PHONY: install-hypervisor
install-hypervisor: hypervisor ## the image and, for "jailhouse explain", its ELF file, below $(DESTDIR)/lib/firmware
	install -D -m 644 $(HV_O)/jailhouse.bin $(DESTDIR)/lib/firmware/jailhouse.bin
	install -D -m 644 $(HV_O)/jailhouse.elf $(DESTDIR)/lib/firmware/jailhouse.elf
