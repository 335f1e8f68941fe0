/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One attempt of the escape inmate, and what attempts share.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <inmate.h>

/* configs/arm64/qemu-arm64.inc, uart-demo.c */
#define ROOT_MEMORY	0x48000000UL
#define HYPERVISOR	0x7f800000UL
#define OTHER_CELL	0x7f600000UL
#define RTC		0x09010000UL
#define NO_DEVICE	0x09040000UL
#define RAM_END		0x00100000UL

#define GICD_ISENABLER	0x0100

struct attempt {
	const char *name;
	void (*run)(void *arg);
};

#define ATTEMPT(name)	{ #name, name }
/* The last one of a table */
#define NO_MORE		{ NULL, NULL }

/** Of both architectures: memory.c, interrupts.c, calls.c. */
extern const struct attempt memory_attempts[], interrupt_attempts[], call_attempts[];
/** Of this one: accesses that the syndrome does not describe, and registers. */
extern const struct attempt access_attempts[], register_attempts[];

/** What the attempt read, or found out: told at the end. */
extern u64 value;

/** What was written to @code can be executed. */
void sync_code(void *code);
/** An instruction that returns from a function. */
#ifdef __aarch64__
#define RETURN		0xd65f03c0
#define NOP		0xd503201f
#define NOWHERE		0x3000000000UL
#else
#define RETURN		0xe12fff1e
#define NOP		0xe320f000
#define NOWHERE		0xf0000000UL
#endif

static inline void *gicd(unsigned int reg)
{
	return (void *)(unsigned long)(comm_region->gicd_base + reg);
}

static inline void read_at(unsigned long address)
{
	map_range((void *)address, 8, MAP_CACHED);
	value = mmio_read32((void *)address);
}

static inline void write_at(unsigned long address)
{
	map_range((void *)address, 8, MAP_CACHED);
	mmio_write32((void *)address, 0xdeadbeef);
}

#endif /* ESCAPE_H */
