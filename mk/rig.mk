# SPDX-License-Identifier: GPL-2.0
# The emulated machine: set-up, root file system, demo, tests. What set-up finds is in $(O)/rig/env.mk.
-include $(O)/rig/env.mk

.PHONY: setup
setup: ## install and unpack what the build and the emulated machine need
	@O='$(O)' scripts/setup
