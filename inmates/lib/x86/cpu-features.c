// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * FPU, SSE, AVX: programs may use them, the library itself does not.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define XCR0_X87	(1 << 0)
#define XCR0_SSE	(1 << 1)
#define XCR0_AVX	(1 << 2)

void cpu_features_init(void)
{
	u32 ecx = cpuid_ecx(1, 0);

	write_cr0((read_cr0() & ~(X86_CR0_EM | X86_CR0_TS)) | X86_CR0_MP | X86_CR0_NE);
	if (cpuid_edx(1, 0) & X86_CPUID1_EDX_SSE)
		write_cr4(read_cr4() | X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT);
	if (!(ecx & X86_CPUID1_ECX_XSAVE))
		return;
	write_cr4(read_cr4() | X86_CR4_OSXSAVE);
	xsetbv(0, XCR0_X87 | XCR0_SSE | (ecx & X86_CPUID1_ECX_AVX ? XCR0_AVX : 0));
}
