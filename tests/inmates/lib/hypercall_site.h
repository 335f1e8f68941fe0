/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hypercalls by an attacker's own hands, in any mode: VMMCALL, which escape_main() turns into VMCALL (both are three bytes) where the CPU has
 * that one. Each place is listed in a section.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_HYPERCALL_SITE_H
#define TESTS_INMATES_HYPERCALL_SITE_H

#define VMCALL_LAST_BYTE	0xc1	/* 0f 01 c1; VMMCALL is 0f 01 d9 */

#ifdef __ASSEMBLER__
	.macro	HYPERCALL
781:	vmmcall
	.pushsection hypercall_sites, "a"
	.quad	781b
	.popsection
	.endm
#else
#define HYPERCALL "781: vmmcall\n\t.pushsection hypercall_sites, \"a\"\n\t.quad 781b\n\t.popsection\n\t"
#endif

#endif /* TESTS_INMATES_HYPERCALL_SITE_H */
