/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way beneath Linux. Lives in the module's text: the hypervisor returns by ERET to the instruction behind the HVC, in Linux's own
 * address space.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/linkage.h>
#include <asm/virt.h>

	.text

/*
 * int enter_trampoline(u64 entry, u32 cpu, u64 hv_phys)
 *
 * Needs: interrupts off. Returns what the hypervisor's entry returned; on 0 Linux runs beneath the hypervisor on this CPU from the
 * second HVC on. What the hypervisor may change, X0 to X17, is the caller's to lose by the procedure call standard.
 */
SYM_FUNC_START(enter_trampoline)
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	mov	x9, x0
	mov	w10, w1
	mov	x11, x2

	/* Whoever has EL2 gives it back to the stub; the stub itself does nothing. */
	mov	x0, #HVC_RESET_VECTORS
	hvc	#0

	/* entry; then what it gets in x0, x1 and x2 */
	mov	x1, x9
	mov	x2, x10
	mov	x3, x11
	mov	x4, xzr
	mov	x0, #HVC_SOFT_RESTART
	hvc	#0

	ldp	x29, x30, [sp], #16
	ret
SYM_FUNC_END(enter_trampoline)
