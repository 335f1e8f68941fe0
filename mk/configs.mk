# SPDX-License-Identifier: GPL-2.0
# Configurations: each configs/ARCH/NAME.c becomes $(O)/configs/ARCH/NAME.cell. Their sources compile as those of any user do.
CONFIGS := $(patsubst %.c,$(O)/%.cell,$(wildcard configs/$(ARCH)/*.c))
CONFIG_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wno-missing-field-initializers -Iinclude -fno-pic $(CONFIG_CFLAGS_$(ARCH))
CONFIG_CFLAGS_x86 := -fcf-protection=none

.PHONY: configs
configs: $(CONFIGS) ## cell and system configurations

# Kept, or make takes them for intermediate files and compiles them each time.
.PRECIOUS: $(O)/configs/%.o

$(O)/configs/%.o: configs/%.c mk/configs.mk
	@mkdir -p $(@D)
	$(CC) $(CONFIG_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/configs/%.cell: $(O)/configs/%.o
	$(OBJCOPY) -O binary --remove-section=.note.gnu.property $< $@

-include $(CONFIGS:.cell=.d)
