# SPDX-License-Identifier: GPL-2.0
# Host tests: each tests/{unit,contract,model,abi}/NAME_test.c is one cmocka program, built with ASan and UBSan.
#
# Its first lines name what is linked in and, if need be, extra flags:
#	/* sources: hypervisor/mm/page_pool.c hypervisor/core/ */	(a folder: all of its C files)
#	/* cflags: -DTHIS=1 */
#	/* libs: -lcapstone */
# Flags apply to the program's own objects. Results: $(O)/tests/results/NAME.xml (JUnit) and NAME.txt (output).
# Fuzz targets, tests/fuzz/NAME_fuzz.c, are such programs too: here they replay their kept inputs (mk/tests-fuzz.mk runs them in earnest).

HOST_TEST_FILES := $(sort $(wildcard tests/unit/*_test.c tests/contract/*_test.c tests/model/*_test.c tests/abi/*_test.c \
	tests/fuzz/*_fuzz.c))
HOST_TEST_NAMES := $(foreach f,$(HOST_TEST_FILES),$(basename $(notdir $(f))))
HOST_TEST_DIR := $(O)/tests
HOST_TEST_INCLUDES := -Iinclude -I. -Icommon -Icommon/include -Ihypervisor/include -Ihypervisor/arch/fake/include -Itests
HOST_TEST_CFLAGS := $(HOST_CFLAGS) $(SANITIZE) -fno-strict-aliasing -DHV_FAULT_INJECTION $(HOST_TEST_INCLUDES) -MMD -MP

# $(call host_test_line,FILE,WORD): the rest of the comment /* WORD: … */, which may have several lines, at the top of FILE
host_test_line = $(shell head -n 8 $(1) | tr '\n' ' ' | sed 's, \* , ,g' | \
	sed -n 's|^.*/\* *$(2): *\([^*]*[^* ]\) *\*/.*|\1|p')
# A name that ends in / is a folder: all of its C files.
host_test_sources = $(foreach s,$(call host_test_line,$(1),sources),$(if $(filter %/,$(s)),$(wildcard $(s)*.c),$(s)))

# Programs with flags have objects of their own, the others share them.
define host_test_rule
$(1)_cflags := $$(call host_test_line,$(2),cflags)
$(1)_set := $$(if $$($(1)_cflags),$(1),shared)
$(1)_objects := $$(patsubst %.c,$(HOST_TEST_DIR)/obj/$$($(1)_set)/%.o,$(2) $$(call host_test_sources,$(2)))

ifneq ($$($(1)_cflags),)
$$($(1)_objects): $(HOST_TEST_DIR)/obj/$(1)/%.o: %.c $(2) mk/host-tests.mk mk/toolchain.mk
	@mkdir -p $$(@D)
	@echo "  CC    $$<"
	@$$(CC) $$(HOST_TEST_CFLAGS) $$($(1)_cflags) -c -o $$@ $$<
endif

$(HOST_TEST_DIR)/bin/$(1): $$($(1)_objects)
	@mkdir -p $$(@D)
	@echo "  LD    $$@"
	@$$(CC) $$(SANITIZE) -o $$@ $$^ $$(call host_test_line,$(2),libs) -lcmocka

HOST_TEST_OBJECTS += $$($(1)_objects)
endef

$(HOST_TEST_DIR)/obj/shared/%.o: %.c mk/host-tests.mk mk/toolchain.mk
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(HOST_TEST_CFLAGS) -c -o $@ $<

ifneq ($(filter %tests %test %tests-build all test test-long model-long,$(MAKECMDGOALS))$(filter $(HOST_TEST_DIR)/%,$(MAKECMDGOALS)),)
$(foreach f,$(HOST_TEST_FILES),$(eval $(call host_test_rule,$(basename $(notdir $(f))),$(f))))
-include $(sort $(HOST_TEST_OBJECTS:.o=.d))
endif

.PHONY: host-tests host-tests-build
host-tests-build: $(addprefix $(HOST_TEST_DIR)/bin/,$(HOST_TEST_NAMES))

# What takes too long for every push. Other fragments add their part as prerequisites of test-long.
.PHONY: test-long model-long
MODEL_STEPS ?= 10000000
test-long: model-long ## the long runs: random operations on the model (MODEL_STEPS) and what else takes hours
model-long: $(HOST_TEST_DIR)/bin/random_operations_test
	MODEL_STEPS=$(MODEL_STEPS) $<

host-tests: host-tests-build ## unit, contract, model and ABI tests on this machine
	@scripts/run-host-tests $(HOST_TEST_DIR) $(HOST_TEST_NAMES)
