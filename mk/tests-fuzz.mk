# SPDX-License-Identifier: GPL-2.0
# Fuzz targets with libFuzzer: tests/fuzz/NAME_fuzz.c, whose first lines say what is linked in, like those of a host test.
FUZZ_CC ?= clang
FUZZ_NAMES := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_O := $(O)/fuzz
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# gcc has checked the same files with all warnings
FUZZ_CFLAGS := -std=gnu11 -O1 -g -w $(FUZZ_SANITIZE) -fsanitize=fuzzer-no-link -fno-strict-aliasing

# replay.c stands for libFuzzer in the host tests
define fuzz_rule
$(1)_fuzz_objects := $$(patsubst %.c,$(FUZZ_O)/obj/$(1)/%.o,tests/fuzz/$(1)_fuzz.c \
	$$(filter-out tests/fuzz/replay.c,$$(call host_test_sources,tests/fuzz/$(1)_fuzz.c)))

$$($(1)_fuzz_objects): $(FUZZ_O)/obj/$(1)/%.o: %.c tests/fuzz/$(1)_fuzz.c mk/tests-fuzz.mk
	@mkdir -p $$(@D)
	@$$(FUZZ_CC) $$(FUZZ_CFLAGS) $$(HOST_TEST_INCLUDES) $$(call host_test_line,tests/fuzz/$(1)_fuzz.c,cflags) -MMD -MP -c -o $$@ $$<

$(FUZZ_O)/bin/$(1): $$($(1)_fuzz_objects)
	@mkdir -p $$(@D)
	@echo "  FUZZ  $$@"
	@$$(FUZZ_CC) $$(FUZZ_SANITIZE) -fsanitize=fuzzer -o $$@ $$^ $$(call host_test_line,tests/fuzz/$(1)_fuzz.c,libs) -lcmocka

-include $$($(1)_fuzz_objects:.o=.d)
endef

ifneq ($(filter fuzz%,$(MAKECMDGOALS))$(filter $(FUZZ_O)/%,$(MAKECMDGOALS)),)
$(foreach name,$(FUZZ_NAMES),$(eval $(call fuzz_rule,$(name))))
endif

# TARGET=NAME…: these alone; SECONDS=N: for all of them together (both also from the environment)
FUZZ_WANTED = $(if $(TARGET),$(TARGET),$(FUZZ_NAMES))
FUZZ_SECONDS = $(if $(SECONDS),$(SECONDS),300)

.PHONY: fuzz fuzz-build fuzz-corpus
fuzz-build: $(addprefix $(FUZZ_O)/bin/,$(FUZZ_WANTED))

fuzz: ## all parsers and state machines under libFuzzer [SECONDS=300] [TARGET=NAME]
	@$(MAKE) --no-print-directory -j$(JOBS) fuzz-build
	@O='$(O)' scripts/fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_WANTED)

fuzz-corpus: fuzz-build ## take what fuzzing found into tests/fuzz/corpus, minimised
	@O='$(O)' scripts/fuzz --keep $(FUZZ_WANTED)
