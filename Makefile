# SPDX-License-Identifier: GPL-2.0
# Jailhouse: the targets that people type. The rules live in mk/, one fragment a component.
.DEFAULT_GOAL := help
SHELL := /bin/bash
ARCH ?= x86
O ?= build
# What is built for another architecture than x86 has a folder of its own; everything below it is named alike.
ifneq ($(ARCH),x86)
override O := $(patsubst %/$(ARCH),%,$(O))/$(ARCH)
endif
MAKEFLAGS += --no-builtin-rules

include mk/toolchain.mk
include $(filter-out mk/toolchain.mk,$(sort $(wildcard mk/*.mk)))

.PHONY: help all clean
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile mk/*.mk

clean: ## remove everything that was built (downloads stay in the cache folder)
	rm -rf $(O)
