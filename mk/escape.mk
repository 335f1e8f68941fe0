# SPDX-License-Identifier: GPL-2.0
# The escape suite alone, with ARCH=arm64 or arm on their machines; SECONDS=N (x86) lets the random attackers run for N seconds (tests/inmates/README.md).
.PHONY: escape
escape: ## try to break out of a cell in every way that we know, and print the scoreboard (SECONDS=N: random attacks)
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@O='$(O)' ESCAPE_SECONDS='$(if $(filter command%,$(origin SECONDS)),$(SECONDS))' /usr/bin/python3 -m pytest -p no:cacheprovider \
		-q --tb=short $(if $(filter x86,$(ARCH)),tests/system,tests/arm64)/test_escape.py
