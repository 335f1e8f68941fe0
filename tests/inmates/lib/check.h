/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of a test inmate, line by line on its console:
 *
 *	ok 3 - sentence
 *	not ok 4 - sentence
 *	NAME: 3 passed, 1 failed		always last; then the cell is SHUT_DOWN
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_CHECK_H
#define TESTS_INMATES_CHECK_H

#include <inmate.h>

/** First of all. Exceptions are reported from now on, and EXCP_CATCH works. */
void test_begin(const char *name);

/** One result; the sentence says what holds if @ok. Returns @ok. */
bool check(bool ok, const char *sentence, ...) __printf(2, 3);

/** Summary; the cell's state becomes SHUT_DOWN, the CPU stops. */
void __attribute__((noreturn)) test_end(void);

/** For programs that run until they are told to go: answers messages of the hypervisor, agrees to shut down and then does not return. */
void test_answer_messages(void);

/* Instructions that may raise an exception. All return the vector, or EXCP_NONE. */
unsigned int try_read_msr(u32 msr, u64 *value);
unsigned int try_write_msr(u32 msr, u64 value);
unsigned int try_xsetbv(u32 index, u64 value);

#endif /* TESTS_INMATES_CHECK_H */
