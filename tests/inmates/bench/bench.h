/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Interrupt handlers of the bench: short ones of its own, so that the library's way into C is
 * not measured.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_BENCH_H
#define TESTS_INMATES_BENCH_H

#define VECTOR_STAMP	0x40	/* note the time in bench_arrival */
#define VECTOR_ECHO	0x41	/* send VECTOR_STAMP to bench_first_cpu */
#define VECTOR_WAKE	0xf1	/* only end the halt */

#ifndef __ASSEMBLER__

void bench_vector_stamp(void);
void bench_vector_echo(void);
void bench_vector_wake(void);

/** Put @handler into the interrupt table that this CPU uses; interrupts are off. */
void bench_set_gate(unsigned int vector, void (*handler)(void));

#endif /* __ASSEMBLER__ */

#endif /* TESTS_INMATES_BENCH_H */
