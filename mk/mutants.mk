# SPDX-License-Identifier: GPL-2.0
# The escape suite against hypervisors that are broken on purpose (tests/inmates/mutants). Long: not a part of "make test".
.PHONY: escape-mutants mutant-image
escape-mutants: ## can the escape suite fail? runs it against broken hypervisors (MUTANTS='NAME ...': these alone)
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' tests/inmates/mutants/run $(MUTANTS)

# One image below MUTANT, with the changed sources that lie there, for tests/inmates/mutants/run: MUTANT_SRC is compiled anew, the rest
# is the real image's.
MUTANT_INC = $(addprefix -I$(MUTANT)/,. hypervisor hypervisor/include hypervisor/arch/x86/include)
mutant_object = $(MUTANT)/$(basename $(1)).o
mutant_flags = $(if $(filter $(HV_FAST),$(HV_O)/$(basename $(1)).o),-fcall-saved-r8 -fcall-saved-r9 -fcall-saved-r10 -fcall-saved-r11)
mutant_source = $(firstword $(wildcard $(MUTANT)/$(1)) $(1))
mutant-image:
	@$(foreach src,$(MUTANT_SRC),mkdir -p $(MUTANT)/$(dir $(src)) && $(CC) $(MUTANT_INC) -iquote $(dir $(src)) $(HV_ALL_CFLAGS) -w \
		$(call mutant_flags,$(src)) -c -o $(call mutant_object,$(src)) $(call mutant_source,$(src)) &&) true
	@$(LD) -nostdlib -static --build-id=sha1 -z max-page-size=4096 --gc-sections --no-warn-rwx-segments -T $(HV_O)/hypervisor.lds \
		-o $(MUTANT)/jailhouse.elf $(filter-out $(foreach src,$(MUTANT_SRC),$(HV_O)/$(basename $(src)).o),$(HV_OBJ)) \
		$(foreach src,$(MUTANT_SRC),$(call mutant_object,$(src)))
	@$(OBJCOPY) -O binary $(MUTANT)/jailhouse.elf $(MUTANT)/jailhouse.bin
