/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way beneath Linux. Lives in the module's text: the hypervisor returns by ERET to the instruction behind the HVC, in Linux's own
 * address space.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include <asm/opcodes-virt.h>
#include <asm/virt.h>

	.text

/*
 * int enter_trampoline(u32 entry, u32 cpu, u32 hv_phys)
 *
 * Needs: interrupts off. Returns what the hypervisor's entry returned; on 0 Linux runs beneath the hypervisor on this CPU from the
 * HVC on. What the hypervisor may change, r0 to r3 and r12, is the caller's to lose by the procedure call standard.
 */
ENTRY(enter_trampoline)
	mov	r3, r2
	mov	r2, r1
	mov	r1, r0
	mov	r0, #HVC_SOFT_RESTART
	__HVC(0)
	ret	lr
ENDPROC(enter_trampoline)
