/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the fuzzer: what to execute (generate.c), where (arena.c), and into it and out again (run.S).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_FUZZ_H
#define TESTS_INMATES_FUZZ_H

#include <tests/inmates/lib/escape.h>

/** struct fuzz_registers - in the order of their encoding: RAX RCX RDX RBX RSP RBP RSI RDI R8-R15 */
struct fuzz_registers {
	u64 r[16];
	u64 rip, cs, flags;
};

#define FLAG_TF			(1UL << 8)
#define FLAG_IF			(1UL << 9)
#define FLAG_RESERVED		2UL

#define SEL_CODE32		0x08
#define SEL_CODE64		0x10
#define SEL_CODE16		0x20

#define CODE			(OWN_SMALL + 0x10000)		/* where random code lies: own memory on both sides */
#define CODE_SIZE		PAGE_SIZE
#define SCRATCH			(OWN_SMALL + 0x20000)
#define SCRATCH_SIZE		(OWN_SIZE - 0x20000)
#define OWN_PORT		0x2f8				/* the console */
#define FUZZ_WATCHDOG		0xe0				/* vector */

/* --- generate.c: the same for the same seed ---------------------------------------------------------------------------------- */

void fuzz_seed(u64 seed);
/** Fill @code with some random instructions and an end, and @r with what they may find in registers. */
void fuzz_generate(u8 *code, struct fuzz_registers *r);

/* --- arena.c ------------------------------------------------------------------------------------------------------------------- */

/** Tables in which the program itself is read-only, an interrupt table that catches everything, a timer. */
void arena_init(void);
/** What random code may have changed and run.S does not restore. */
void arena_restore(void);
/** An interrupt soon, for code that does not single-step. */
void arena_watch(void);

/* --- run.S ----------------------------------------------------------------------------------------------------------------------- */

void fuzz_run(const struct fuzz_registers *r);
extern volatile u32 fuzz_vector, fuzz_steps, fuzz_steps_left;
extern u8 fuzz_stubs[];
extern u64 normal_cr0, normal_cr3, normal_cr4;

#endif /* TESTS_INMATES_FUZZ_H */
