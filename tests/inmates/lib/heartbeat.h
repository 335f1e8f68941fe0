/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a victim publishes in a page that attackers, root and test programs may read: whether it goes on, and what it has noticed.
 *
 * Every beat stands for one round of the victim: all its memory verified, its timer expired once, its device answered and interrupted
 * it exactly once, no other interrupt came. @beats is written last.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_HEARTBEAT_H
#define TESTS_INMATES_HEARTBEAT_H

#define HEARTBEAT_MAGIC		0x54414542	/* "BEAT" */
/* configs/x86/victim.c and escape.c: where both cells see the page, and where it is */
#define HEARTBEAT_ADDRESS	0x208000UL
#define HEARTBEAT_PHYS		0x3ef08000UL

/* In the victim's memory, as it and as the machine addresses it: BAIT, an instruction that it never executes. */
#define BAIT_ADDRESS		0xff000UL
#define BAIT_PHYS		0x3eeff000UL
#define BAIT			{ 0x8b, 0x17, 0xc3 }	/* mov (%rdi), %edx; ret */

/** struct heartbeat - counters of a victim since its start; all zero but @magic and @beats if it was left alone */
struct heartbeat {
	unsigned int magic;
	unsigned int beats;
	unsigned int corrupted;		/* words of memory that did not hold what it wrote */
	unsigned int device_errors;	/* rounds in which its device did not do what it should */
	unsigned int stray;		/* interrupts that it had not asked for */
};

#endif /* TESTS_INMATES_HEARTBEAT_H */
