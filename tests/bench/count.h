/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the emulator's plugin that counts instructions (count.c) tells: in a file, or in the memory of the program that measures itself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

/**
 * struct bench_counts - instructions
 * @executed:	those that are counted, up to and with the one that executes now
 * @entered:	what @executed was when the hypervisor was entered last
 * @longest:	the most that a CPU of Linux has executed in the hypervisor since an entry, with at most one round of a
 *		loop that waits; may be set to 0
 */
struct bench_counts {
	unsigned long long executed;
	unsigned long long entered;
	unsigned long long longest;
};

#endif /* BENCH_COUNT_H */
