// SPDX-License-Identifier: GPL-2.0
/*
 * scrub_msrs - model-specific registers that are cleared when a CPU changes its owner: what would go on working for the last one (it
 * would record what the next one does, or write into its memory), or show the last one's values to the next. What is in the VMCB or
 * VMCS is not here, nor what XRSTOR resets. tests/unit/vdev_vmsr_test.c holds it against the policy (vdev/x86/vmsr.c).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <x86/scrub_msrs.h>

const struct x86_msr_range x86_scrub_msrs[] = {
	{ 0x48, 0x48 },			/* SPEC_CTRL */
	{ 0x140, 0x140 },		/* MISC_FEATURES_ENABLES: CPUID faulting */
	{ 0x186, 0x18d },		/* PERFEVTSEL */
	{ 0x1c4, 0x1c4 },		/* XFD */
	{ 0x1d9, 0x1d9 },		/* DEBUGCTL: branch records, branch trace store */
	{ 0x38d, 0x38d },		/* FIXED_CTR_CTRL */
	{ 0x38f, 0x38f },		/* PERF_GLOBAL_CTRL */
	{ 0x3f1, 0x3f1 },		/* PEBS_ENABLE: writes records through whatever tables are in use */
	{ 0x600, 0x600 },		/* DS_AREA: to there */
	{ 0x6a0, 0x6a0 },		/* U_CET and PL0-PL3_SSP: what XRSTORS could have loaded */
	{ 0x6a4, 0x6a7 },
	{ 0xd90, 0xd90 },		/* BNDCFGS */
	{ 0xda0, 0xda0 },		/* XSS */
	{ 0xc0000103, 0xc0000103 },	/* TSC_AUX */
	{ 0xc000010f, 0xc000010f },	/* DBG_EXTN_CFG: branch records, version 2 */
	{ 0xc0000301, 0xc0000301 },	/* PERF_CNTR_GLOBAL_CTL */
	{ 0xc0010000, 0xc0010007 },	/* PERF_CTL, PERF_CTR */
	{ 0xc0010200, 0xc001020b },	/* the same, six of them */
	{ 0xc0011019, 0xc001101b },	/* DR1-3 address masks */
	{ 0xc0011027, 0xc0011027 },	/* DR0 address mask */
	{ 0xc0011030, 0xc0011030 },	/* IBS_FETCH_CTL */
	{ 0xc0011033, 0xc0011033 },	/* IBS_OP_CTL */
};
const u32 x86_scrub_msr_ranges = ARRAY_SIZE(x86_scrub_msrs);
