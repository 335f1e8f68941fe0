/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Registers before and after one exit, as registers.inc lays them out.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef PATTERN_FRAME_H
#define PATTERN_FRAME_H

/* r0 to r12 and LR, which is number 13 here; v: halves of d0 to d31 */
#define GENERAL		14

#define FLAGS(x)	x(psr) x(fpscr)
struct flags {
	unsigned long psr, fpscr;
};

struct frame {
	unsigned long x[16], v[64], x_after[16], v_after[64];
	struct flags flags, flags_after;
	unsigned long sp;
} __attribute__((aligned(16)));

#define PSR_FLAGS	0xf80f0000UL	/* NZCVQ, GE */
#define FPSCR_VALUE	0xfbc0009fUL	/* NZCV, QC, DN, FZ, RMode, all that accumulate */

static inline struct flags flags_of(unsigned long pattern)
{
	return (struct flags){ pattern & PSR_FLAGS, FPSCR_VALUE };
}

/* One exit each with all registers loaded from the frame; number n of an array uses number n for the data and the one after it for the address. */
#define VARIANTS	GENERAL
typedef void exit_fn(struct frame *f);
extern exit_fn exit_hvc, exit_smc, exit_hvc_smccc, exit_wait, exit_sgi;
extern exit_fn *const exit_read[VARIANTS], *const exit_write[VARIANTS], *const exit_next[VARIANTS], *const exit_pair[VARIANTS],
	*const exit_next_thumb[VARIANTS], *const exit_actlr_read[VARIANTS], *const exit_actlr_write[VARIANTS];
extern char pattern_vectors[];

#endif /* PATTERN_FRAME_H */
