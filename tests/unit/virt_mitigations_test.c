// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/virt/mitigations.c */
/* cflags: -Ihypervisor */
/*
 * Which mitigations a CPU gets: one case for each kind of CPU that the manuals tell apart, and each bit that decides.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <virt/mitigations.h>

#define RSB	JAILHOUSE_MITIGATE_RSB
#define IBPB	JAILHOUSE_MITIGATE_IBPB
#define VERW	JAILHOUSE_MITIGATE_VERW
#define L1D	JAILHOUSE_MITIGATE_L1D

#define RTM		(1U << 11)
#define MD_CLEAR	(1U << 10)
#define SPEC_CTRL	(1U << 26)
#define L1D_FLUSH	(1U << 28)

#define RDCL_NO		(1UL << 0)
#define SKIP_L1DFL	(1UL << 3)
#define MDS_NO		(1UL << 5)
#define TAA_NO		(1UL << 8)
#define MMIO_NO		(7UL << 13)
#define FB_CLEAR	(1UL << 17)
#define RFDS_NO		(1UL << 27)
#define RFDS_CLEAR	(1UL << 28)

#define AIBRSE		(1UL << 21)

struct expectation {
	struct cpu_facts cpu;
	u32 chosen;
};

static void check(const struct expectation *e, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (mitigations_choose(&e[i].cpu) != e[i].chosen)
			fail_msg("CPU %u of the list: %#x instead of %#x", i, mitigations_choose(&e[i].cpu), e[i].chosen);
}

static void a_cpu_of_which_nothing_is_known_fills_its_return_stack(void **state)
{
	static const struct expectation list[] = { { { .svm = true }, RSB }, { { .svm = false }, RSB } };

	check(list, ARRAY_SIZE(list));
}

static void amd_cpus(void **state)
{
	static const struct expectation list[] = {
		{ { .svm = true, .ext8_ebx = 1 << 12 }, RSB | IBPB },			/* Zen 1 and 2 with their microcode */
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_eax = 1 << 5 }, RSB | IBPB | VERW },		/* Zen 3: TSA */
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_eax = 1 << 5, .efer = AIBRSE }, IBPB | VERW },	/* Zen 4 */
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_eax = 1 << 5, .ext21_ecx = 2 }, RSB | IBPB | VERW },
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_eax = 1 << 5, .ext21_ecx = 4 }, RSB | IBPB | VERW },
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_eax = 1 << 5, .ext21_ecx = 6, .efer = AIBRSE }, IBPB },
		{ { .svm = true, .ext8_ebx = 1 << 12, .ext21_ecx = 6, .efer = AIBRSE }, IBPB },			/* Zen 5 */
		{ { .svm = true, .ext8_ebx = ~(1U << 12), .ext21_eax = ~(1U << 5), .efer = ~AIBRSE }, RSB },
	};

	check(list, ARRAY_SIZE(list));
}

static void intel_cpus(void **state)
{
	static const struct expectation list[] = {
		{ { .leaf7_edx = SPEC_CTRL }, RSB | IBPB },
		/* Haswell to Skylake */
		{ { .leaf7_edx = SPEC_CTRL | MD_CLEAR | L1D_FLUSH }, RSB | IBPB | VERW | L1D },
		/* the same in a guest of somebody who flushes */
		{ { .leaf7_edx = SPEC_CTRL | MD_CLEAR | L1D_FLUSH, .arch_capabilities = SKIP_L1DFL }, RSB | IBPB | VERW },
		/* Cascade Lake: no MDS, but TAA as long as it has transactions */
		{ { .leaf7_edx = MD_CLEAR | L1D_FLUSH, .leaf7_ebx = RTM, .arch_capabilities = RDCL_NO | MDS_NO }, RSB | VERW },
		{ { .leaf7_edx = MD_CLEAR | L1D_FLUSH, .arch_capabilities = RDCL_NO | MDS_NO }, RSB },
		{ { .leaf7_edx = MD_CLEAR, .leaf7_ebx = RTM, .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO }, RSB },
		/* Ice Lake: stale data of processor MMIO, by each of its three ways */
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | FB_CLEAR }, RSB | VERW },
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | FB_CLEAR | (MMIO_NO & ~(1UL << 13)) }, RSB | VERW },
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | FB_CLEAR | (MMIO_NO & ~(1UL << 15)) }, RSB | VERW },
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | FB_CLEAR | MMIO_NO }, RSB },
		/* Gracemont: register files */
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | MMIO_NO | RFDS_CLEAR }, RSB | VERW },
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | MMIO_NO | RFDS_NO }, RSB },
		{ { .arch_capabilities = RDCL_NO | MDS_NO | TAA_NO | MMIO_NO | RFDS_CLEAR | RFDS_NO }, RSB },
		/* what AMD's bits say, Intel's CPUs do not mean */
		{ { .ext21_eax = 1 << 5, .efer = AIBRSE, .arch_capabilities = RDCL_NO | MDS_NO }, RSB },
	};

	check(list, ARRAY_SIZE(list));
}

static void what_intels_bits_say_amds_cpus_do_not_mean(void **state)
{
	static const struct expectation list[] = {
		{ { .svm = true, .leaf7_edx = MD_CLEAR | L1D_FLUSH, .arch_capabilities = FB_CLEAR | RFDS_CLEAR }, RSB },
	};

	check(list, ARRAY_SIZE(list));
}

static void each_mitigation_has_a_name(void **state)
{
	static const char *const names[] = JAILHOUSE_MITIGATION_NAMES;

	assert_int_equal(ARRAY_SIZE(names), JAILHOUSE_MITIGATIONS);
	assert_int_equal(RSB | IBPB | VERW | L1D, (1 << JAILHOUSE_MITIGATIONS) - 1);
	assert_int_equal(MITIGATIONS_OF_LOOP, RSB | VERW | L1D);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cpu_of_which_nothing_is_known_fills_its_return_stack),
		cmocka_unit_test(amd_cpus),
		cmocka_unit_test(intel_cpus),
		cmocka_unit_test(what_intels_bits_say_amds_cpus_do_not_mean),
		cmocka_unit_test(each_mitigation_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
