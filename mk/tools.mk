# SPDX-License-Identifier: GPL-2.0
# The jailhouse command, its man pages and completion.
# "hardware check" asks the hypervisor's own function what a VMX CPU lacks: it is bits only.
TOOLS_SRCS := $(wildcard tools/*.c tools/*/*.c) hypervisor/virt/vmx_caps.c $(COMMON_CONFIG_SRCS)
TOOLS_OBJS := $(patsubst %.c,$(O)/tools/obj/%.o,$(TOOLS_SRCS))
TOOLS_PKGS := json-c smartcols ncurses libdw zlib yaml-0.1
JAILHOUSE_VERSION := $(shell cat VERSION 2>/dev/null || git describe --always --dirty 2>/dev/null || echo unknown)
libexecdir ?= /usr/local/libexec
TOOLS_CFLAGS = -std=gnu11 -O2 -g -D_GNU_SOURCE -fno-strict-aliasing $(WARNINGS) -Iinclude -I. -Ihypervisor/include -Ihypervisor \
	-DJAILHOUSE_VERSION='"$(JAILHOUSE_VERSION)"' -DLIBEXECDIR='"$(libexecdir)"' \
	$(shell $(PKG_CONFIG) --cflags $(TOOLS_PKGS)) -MMD -MP

# Help texts, manual pages and completion are made of one text for each command.
COMMAND_TEXTS := $(wildcard tools/commands/*.txt tools/completion/*)

.PHONY: tools
tools: $(O)/tools/jailhouse ## the jailhouse command

$(O)/tools/commands/commands.inc: scripts/make-commands $(COMMAND_TEXTS)
	/usr/bin/python3 scripts/make-commands $(@D)

$(O)/tools/obj/tools/jailhouse.o: TOOLS_CFLAGS += -I$(O)/tools/commands
$(O)/tools/obj/tools/jailhouse.o: $(O)/tools/commands/commands.inc

$(O)/tools/jailhouse: $(TOOLS_OBJS)
	$(USER_CC) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(TOOLS_PKGS)) -lfdt

$(O)/tools/obj/%.o: %.c mk/tools.mk
	@mkdir -p $(@D)
	$(USER_CC) $(TOOLS_CFLAGS) -c -o $@ $<

.PHONY: install-tools
prefix ?= /usr/local
install-tools: tools ## the command, its man pages and completion, below $(DESTDIR)$(prefix)
	install -D -m 755 $(O)/tools/jailhouse $(DESTDIR)$(prefix)/sbin/jailhouse
	install -d $(DESTDIR)$(prefix)/share/man/man8
	install -m 644 $(O)/tools/commands/man/*.8 $(DESTDIR)$(prefix)/share/man/man8/
	install -D -m 644 $(O)/tools/commands/completion/jailhouse $(DESTDIR)/usr/share/bash-completion/completions/jailhouse
	install -D -m 644 $(O)/tools/commands/completion/_jailhouse $(DESTDIR)/usr/share/zsh/vendor-completions/_jailhouse
	install -D -m 644 $(O)/tools/commands/completion/jailhouse.fish $(DESTDIR)/usr/share/fish/vendor_completions.d/jailhouse.fish

-include $(TOOLS_OBJS:.o=.d)
