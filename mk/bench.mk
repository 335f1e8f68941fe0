# SPDX-License-Identifier: GPL-2.0
# What exits and management calls cost, in instructions (docs/BENCH.md).
BENCH_O := $(O)/bench

$(BENCH_O)/guest: tests/bench/guest.c $(wildcard include/*/*.h) mk/bench.mk
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -O2 -static -Iinclude -o $@ $<

.PHONY: bench bench-quick bench-reference bench-build
bench-build:
	@$(MAKE) --no-print-directory -j$(JOBS) hypervisor driver configs inmates $(BENCH_O)/guest

ifneq ($(filter arm64 arm,$(ARCH)),)
bench: ## what an exit costs a cell, beside the original's figures and the targets
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' tests/bench/run-arm

bench-quick: ## ARM: one boot; no figure of a cell is worse than the reference
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' tests/bench/run-arm --quick

bench-reference: ## the same, and take the figures as the new reference
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' tests/bench/run-arm --update
else
bench: bench-build ## what an exit costs a cell, beside the original's figures and the targets
	@O='$(O)' tests/bench/run
	@O='$(O)' tests/bench/run --cpu intel

bench-quick: bench-build ## one boot: no figure of a cell is worse than the reference
	@O='$(O)' tests/bench/run --quick

bench-reference: bench-build ## the same, and take the figures as the new reference
	@O='$(O)' tests/bench/run --update
endif
