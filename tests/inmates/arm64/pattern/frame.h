/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Registers before and after one exit, as registers.inc lays them out.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef PATTERN_FRAME_H
#define PATTERN_FRAME_H

#define GENERAL		31

#define FLAGS(x)	x(nzcv) x(fpcr) x(fpsr)
struct flags {
	unsigned long nzcv, fpcr, fpsr;
};

struct frame {
	unsigned long x[32], v[64], x_after[32], v_after[64];
	struct flags flags, flags_after;
	unsigned long sp;
} __attribute__((aligned(16)));

#define FPCR_VALUE	0x03c00000UL		/* DN, FZ, RMode */
#define FPSR_VALUE	0x0800009fUL		/* all that are kept */
#define NZCV_MASK	0xf0000000UL

static inline struct flags flags_of(unsigned long pattern)
{
	return (struct flags){ pattern & NZCV_MASK, FPCR_VALUE, FPSR_VALUE };
}

/* One exit each with all registers loaded from the frame; number n of an array uses wn for the data and the register after it for the address. */
#define VARIANTS	GENERAL
typedef void exit_fn(struct frame *f);
extern exit_fn exit_hvc, exit_smc, exit_hvc_smccc, exit_wait, exit_sgi_v3, exit_sgi_v2, exit_read_zero, exit_write_zero;
extern exit_fn *const exit_read[VARIANTS], *const exit_write[VARIANTS], *const exit_next[VARIANTS], *const exit_pair[VARIANTS],
	*const exit_sgi_write[VARIANTS];
extern char pattern_vectors[];

#endif /* PATTERN_FRAME_H */
