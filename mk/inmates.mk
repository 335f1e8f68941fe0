# SPDX-License-Identifier: GPL-2.0
# Bare-metal programs for cells: library (x86: 64 and 32 bits), demos, test inmates.
#
# A program is demos/ARCH/NAME.c, or all of tests/inmates/NAME/ (x86) or tests/inmates/ARCH/NAME/ and tests/inmates/arm-common/NAME/ (others);
# where listed also as a 32-bit program NAME-32. One of tests/inmates/arm/ without a main.c has ARM64's.
INMATE_TREE := .
# ARM has the same programs as ARM64.
INMATE_KIN := $(if $(filter arm,$(ARCH)),arm64,$(ARCH))
include inmates/lib/$(ARCH)/lib.mk

INMATE_OUT := $(O)/inmates
INMATE_TESTS := tests/inmates$(if $(filter x86,$(ARCH)),,/$(ARCH))

INMATE_DEMOS_32 := $(if $(filter x86,$(ARCH)),32-bit-demo)
INMATE_DEMOS := $(filter-out $(INMATE_DEMOS_32),$(notdir $(basename $(wildcard inmates/demos/$(INMATE_KIN)/*.c))))
# What both ARM architectures have in common; its files include those of the architecture by <NAME/FILE>, and these them.
INMATE_TEST_DIRS := $(INMATE_TESTS) $(if $(filter x86,$(ARCH)),,tests/inmates/arm-common)
INMATE_CFLAGS += $(if $(filter x86,$(ARCH)),,$(addprefix -I,$(INMATE_TEST_DIRS)))
inmate_main = $(firstword $(wildcard $(INMATE_TEST_DIRS:%=%/$(1)/main.c) $(if $(filter arm,$(ARCH)),tests/inmates/$(INMATE_KIN)/$(1)/main.c)))
INMATE_TEST_NAMES := $(sort $(foreach dir,$(filter-out lib rom,$(notdir $(patsubst %/,%,$(wildcard $(INMATE_TEST_DIRS:%=%/*/))))),$(if $(call inmate_main,$(dir)),$(dir))))
INMATE_TEST_NAMES_32 := $(if $(filter x86,$(ARCH)),$(addsuffix -32,$(filter mmio-decoder,$(INMATE_TEST_NAMES))))
# what the jailhouse command loads itself
INMATE_TOOLS := $(notdir $(basename $(wildcard inmates/tools/$(ARCH)/*.c)))
INMATE_NAMES := $(INMATE_DEMOS) $(INMATE_TOOLS) $(INMATE_DEMOS_32) $(INMATE_TEST_NAMES) $(INMATE_TEST_NAMES_32)

# $(call inmate_objects,sources,bits)
inmate_objects = $(patsubst %,$(INMATE_OUT)/$(2)/%.o,$(1))

# $(call inmate_rules,bits)
define inmate_rules
$(INMATE_OUT)/$(1)/%.o: % mk/inmates.mk inmates/lib/$(ARCH)/lib.mk mk/toolchain.mk
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(CC) $$(INMATE_CFLAGS) $$(WARNINGS) $$(INMATE_CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<

$(INMATE_OUT)/lib$(1).a: $(call inmate_objects,$(INMATE_LIB_SRCS_$(1)),$(1))
	@rm -f $$@
	@$(AR) rcs $$@ $$^

$(INMATE_OUT)/test$(1).a: $(call inmate_objects,$(wildcard $(INMATE_TESTS)/lib/*.c),$(1))
	@rm -f $$@
	@$(AR) rcs $$@ $$^
endef
$(eval $(call inmate_rules,64))
$(if $(filter x86,$(ARCH)),$(eval $(call inmate_rules,32)))

# $(call inmate_program,name,bits,sources)
define inmate_program
$(INMATE_OUT)/$(1)-linked.o: $(call inmate_objects,$(INMATE_HEADER_$(2)) $(3),$(2)) $(INMATE_OUT)/test$(2).a \
		$(INMATE_OUT)/lib$(2).a $(INMATE_LDS)
	@$$(LD) $$(INMATE_LDFLAGS_$(2)) $$(INMATE_LDFLAGS) -o $$@ $$(filter-out %.lds,$$^) $(INMATE_LIBGCC)
endef
$(foreach name,$(INMATE_DEMOS),$(eval $(call inmate_program,$(name),64,inmates/demos/$(INMATE_KIN)/$(name).c)))
$(foreach name,$(INMATE_TOOLS),$(eval $(call inmate_program,$(name),64,inmates/tools/$(ARCH)/$(name).c)))
$(foreach name,$(INMATE_DEMOS_32),$(eval $(call inmate_program,$(name),32,inmates/demos/$(INMATE_KIN)/$(name).c)))
$(foreach name,$(INMATE_TEST_NAMES),$(eval $(call inmate_program,$(name),64,$(sort $(call inmate_main,$(name)) $(wildcard $(INMATE_TEST_DIRS:%=%/$(name)/*.[cS]))))))
$(foreach name,$(INMATE_TEST_NAMES_32),$(eval $(call inmate_program,$(name),32,$(wildcard $(INMATE_TESTS)/$(name:-32=)/*.[cS]))))

# What cells are promised about MSRs, out of the document.
$(INMATE_OUT)/msr-policy.inc: $(INMATE_TESTS)/escape-msr/policy.py docs/MSR-POLICY.md
	@mkdir -p $(@D)
	@$^ >$@.new && mv $@.new $@

$(INMATE_OUT)/64/$(INMATE_TESTS)/escape-msr/main.c.o: INMATE_CFLAGS += -I$(INMATE_OUT)
$(INMATE_OUT)/64/$(INMATE_TESTS)/escape-msr/main.c.o: $(INMATE_OUT)/msr-policy.inc

# A program in AArch32 state: another compiler, no library.
AARCH32_DIR := tests/inmates/arm64/aarch32
AARCH32_CC := arm-linux-gnueabihf-gcc
AARCH32_CFLAGS := -std=gnu11 -O2 -g -marm -march=armv7-a -mfloat-abi=soft -ffreestanding -fno-stack-protector -fno-pic -fno-pie -nostdlib -static -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments $(WARNINGS) -Iinclude
INMATE_OTHERS := $(if $(filter arm64,$(ARCH)),aarch32)
$(INMATE_OUT)/aarch32-linked.o: $(wildcard $(AARCH32_DIR)/*) mk/inmates.mk
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(AARCH32_CC) $(AARCH32_CFLAGS) -o $@ -T $(AARCH32_DIR)/aarch32.lds $(AARCH32_DIR)/start.S $(AARCH32_DIR)/aarch32.c

$(INMATE_OUT)/aarch32.bin: OBJCOPY := arm-linux-gnueabihf-objcopy
$(INMATE_OUT)/%.bin: $(INMATE_OUT)/%-linked.o
	@echo "  INMATE  $@"
	@$(OBJCOPY) -O binary --remove-section=.note* $< $@

.PHONY: inmates
# Intermediate files stay; with a bare .SECONDARY a header that is gone would not have its users compiled again.
.PRECIOUS: %.o
inmates: $(INMATE_NAMES:%=$(INMATE_OUT)/%.bin) $(INMATE_OTHERS:%=$(INMATE_OUT)/%.bin) ## build the inmate library, demos and test inmates

.PHONY: install-inmates
install-inmates: $(INMATE_TOOLS:%=$(INMATE_OUT)/%.bin)
	$(if $^,install -d $(DESTDIR)$(libexecdir)/jailhouse && install -m 644 $^ $(DESTDIR)$(libexecdir)/jailhouse/)

-include $(shell find $(INMATE_OUT) -name '*.d' 2>/dev/null)
