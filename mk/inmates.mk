# SPDX-License-Identifier: GPL-2.0
# Bare-metal programs for cells: library (64 and 32 bits), demos, test inmates.
#
# A program is demos/x86/NAME.c, or all of tests/inmates/NAME/; where listed also as a 32-bit program NAME-32.

INMATE_OUT := $(O)/inmates
INMATE_LIB := inmates/lib
INMATE_TESTS := tests/inmates

INMATE_DEMOS := apic-demo ioapic-demo pci-demo smp-demo tiny-demo
INMATE_DEMOS_32 := 32-bit-demo
INMATE_TEST_NAMES := $(filter-out lib rom,$(notdir $(patsubst %/main.c,%,$(wildcard $(INMATE_TESTS)/*/main.c))))
INMATE_TEST_NAMES_32 := $(addsuffix -32,$(filter mmio-decoder,$(INMATE_TEST_NAMES)))
INMATE_NAMES := $(INMATE_DEMOS) $(INMATE_DEMOS_32) $(INMATE_TEST_NAMES) $(INMATE_TEST_NAMES_32)

INMATE_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing -fno-common -fcf-protection=none -fno-builtin $(WARNINGS) \
	-I$(INMATE_LIB)/include -I$(INMATE_LIB)/x86/include -Iinclude -I.
INMATE_CFLAGS_64 := -m64 -mcmodel=small
INMATE_CFLAGS_32 := -m32 -march=i686
INMATE_LDFLAGS := -nostdlib -z max-page-size=0x1000 --no-warn-rwx-segments -T $(INMATE_LIB)/x86/inmate.lds

INMATE_LIB_SRCS := $(addprefix $(INMATE_LIB)/,alloc.c cmdline.c console.c format.c param.c pci.c printk.c string.c) \
	$(addprefix $(INMATE_LIB)/x86/,apic-timer.c cpu-features.c entry.S excp.c ioapic.c irq.c pci-access.c setup.c smp.c timing.c uart.c) \
	common/uart/uart.c common/uart/uart_8250.c
INMATE_LIB_SRCS_64 := $(INMATE_LIB_SRCS) $(INMATE_LIB)/x86/mmu-64.c
INMATE_LIB_SRCS_32 := $(INMATE_LIB_SRCS) $(INMATE_LIB)/x86/mmu-32.c $(INMATE_LIB)/x86/div64.c

# $(call inmate_objects,sources,bits)
inmate_objects = $(patsubst %,$(INMATE_OUT)/$(2)/%.o,$(1))

# $(call inmate_rules,bits)
define inmate_rules
$(INMATE_OUT)/$(1)/%.o: %
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(CC) $$(INMATE_CFLAGS) $$(INMATE_CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<

$(INMATE_OUT)/lib$(1).a: $(call inmate_objects,$(INMATE_LIB_SRCS_$(1)),$(1))
	@rm -f $$@
	@ar rcs $$@ $$^

$(INMATE_OUT)/test$(1).a: $(call inmate_objects,$(wildcard $(INMATE_TESTS)/lib/*.c),$(1))
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(eval $(call inmate_rules,64))
$(eval $(call inmate_rules,32))

# $(call inmate_program,name,bits,source)
define inmate_program
$(INMATE_OUT)/$(1)-linked.o: $(call inmate_objects,$(INMATE_LIB)/x86/header-$(2).S $(3),$(2)) $(INMATE_OUT)/test$(2).a \
		$(INMATE_OUT)/lib$(2).a $(INMATE_LIB)/x86/inmate.lds
	@$$(LD) $(if $(filter 32,$(2)),-m elf_i386,-m elf_x86_64) $$(INMATE_LDFLAGS) -o $$@ $$(filter-out %.lds,$$^)
endef
$(foreach name,$(INMATE_DEMOS),$(eval $(call inmate_program,$(name),64,inmates/demos/x86/$(name).c)))
$(foreach name,$(INMATE_DEMOS_32),$(eval $(call inmate_program,$(name),32,inmates/demos/x86/$(name).c)))
$(foreach name,$(INMATE_TEST_NAMES),$(eval $(call inmate_program,$(name),64,$(wildcard $(INMATE_TESTS)/$(name)/*.[cS]))))
$(foreach name,$(INMATE_TEST_NAMES_32),$(eval $(call inmate_program,$(name),32,$(wildcard $(INMATE_TESTS)/$(name:-32=)/*.[cS]))))

$(INMATE_OUT)/%.bin: $(INMATE_OUT)/%-linked.o
	@echo "  INMATE  $@"
	@$(OBJCOPY) -O binary --remove-section=.note* $< $@

.PHONY: inmates
.SECONDARY:
inmates: $(INMATE_NAMES:%=$(INMATE_OUT)/%.bin) ## build the inmate library, demos and test inmates

-include $(shell find $(INMATE_OUT) -name '*.d' 2>/dev/null)
