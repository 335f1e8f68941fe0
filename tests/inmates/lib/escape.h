/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An attacker: a table of attempts to reach what is not the cell's own. Rules and output: tests/inmates/README.md, "Escapes".
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_INMATES_ESCAPE_H
#define TESTS_INMATES_ESCAPE_H

#include <tests/inmates/lib/check.h>

/* --- what the cell of configs/x86/escape.c has, and what it has not ------------------------------------------------------ */

#define OWN_END			0x100000UL	/* RAM from 0; behind it the communication region and the test device */
#define OWN_TEST_DEVICE		0x101ff8UL	/* eight bytes */
#define OWN_READ_ONLY		0x200000UL
#define OWN_NO_EXECUTE		0x201000UL
#define OWN_WINDOW_32		0x202010UL	/* 0x20 bytes, 32 bits, aligned */
#define OWN_WINDOW_RO		0x202040UL	/* 0x10 bytes, read only, 8 and 16 bits, unaligned too */
#define OWN_WINDOW_64		0x202080UL	/* 8 bytes, 64 bits */
#define OWN_WINDOW_3		0x202091UL	/* 3 bytes, 8 and 16 bits, unaligned too */
#define OWN_WINDOW_CROSS	0x203ff8UL	/* 0x10 bytes across a border of pages, 32 and 64 bits, unaligned too */
#define OWN_SMALL		0x400000UL	/* 2 MiB in small pages; nothing before and behind */
#define OWN_LARGE		0x800000UL	/* 2 MiB in one page; nothing before and behind */
#define OWN_SIZE		0x200000UL
#define OWN_NIC			(2 << 3)	/* 00:02.0; BAR 0, MSI and MSI-X are its own */
#define OWN_PIN			3

#define ROOT_RAM		0x10000000UL
#define HV_START		0x3a000000UL
#define HV_END			0x3a600000UL
#define VICTIM_RAM		0x3ee00000UL
#define VICTIM_CPU		2
#define VICTIM_DEVICE		(3 << 3)
#define VICTIM_BAR		0xfea00000UL
#define ROOT_CPU		0
#define ROOT_DEVICE		0		/* 00:00.0, the host bridge */
#define MMCONFIG		0xb0000000UL
#define IOAPIC			0xfec00000UL
#define HPET			0xfed00000UL
#define LOCAL_APIC		0xfee00000UL

/* Rows of attacks end where nothing more is to be said. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* --- attacks -------------------------------------------------------------------------------------------------------------- */

/**
 * struct attack - one attempt
 * @name: one word, unique within the program
 * @target: what it reaches for, a few words
 * @expected: the documented answer, word by word what @run returns. "stopped: TEXT": the CPU must be stopped, @run must not return, and
 *	TEXT must stand in the hypervisor's line about it.
 * @run: does it and says what came of it (static text, or answer())
 * @address, @value, @width: for a @run that several attacks share
 */
struct attack {
	const char *name, *target, *expected;
	const char *(*run)(const struct attack *a);
	unsigned long address, value;
	unsigned int width;
};

/**
 * The whole program: what="list" names the attacks; what=NAME does one; what="survivors" does, from the first=N-th to the last=N-th, those that the cell
 * survives, and after each waits for two heartbeats of the victim. Does not return.
 */
void __attribute__((noreturn)) escape_main(const char *program, const struct attack *attacks, unsigned int count);

/** Text for a result, valid until the next one. */
const char *answer(const char *format, ...) __printf(1, 2);

/** "#GP", "#UD", …, or "no exception": of excp_caught.vector after an EXCP_CATCH. */
const char *answer_exception(void);

/** Map @address, wherever it is, one to one for an attack; in the guest's own tables, which does not make it reachable. */
void *reach(unsigned long address);

#endif /* TESTS_INMATES_ESCAPE_H */
