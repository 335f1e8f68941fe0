# SPDX-License-Identifier: GPL-2.0
# Which lines and branches of the hypervisor's portable folders the host tests reach. Built without sanitizers, whose branches are nobody's.
# Atomic counters: one program has threads.
COVERAGE_O := $(O)/coverage

.PHONY: coverage
coverage: ## lines and branches that the host tests reach; every one left out has a reason
	@$(MAKE) --no-print-directory -j$(JOBS) HOST_TEST_DIR=$(COVERAGE_O)/tests SANITIZE='--coverage -fprofile-update=atomic -O0' host-tests-build >/dev/null
	@O='$(O)' scripts/coverage $(HOST_TEST_NAMES)
