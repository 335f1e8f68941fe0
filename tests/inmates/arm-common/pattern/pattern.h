/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * pattern: what main.c and the ways out of the guest of each architecture know of each other.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <inmate.h>
#include <pattern/frame.h>

#define SGI		5
#define GICD_ISENABLER1	0x104
#define GICD_SGIR	0xf00
#define MAX_WAYS	3

/** One way to leave the guest; @n: number of the variant, below VARIANTS. */
struct way {
	const char *name;
	void (*leave)(struct frame *f, unsigned int n);
};

/** struct kind - ways that are tried in turn */
struct kind {
	const char *name;
	struct way ways[MAX_WAYS];
};

#define WAY(name) { #name, name }

/* main.c */
/** What the general registers have to be afterwards. */
extern unsigned long expected[GENERAL];
/** An argument: it is there before, and afterwards, too, if it is not replaced by a result. */
void set(struct frame *f, unsigned int reg, unsigned long argument);
/** A number that differs from exit to exit. */
unsigned long pattern_now(void);
/** An exception has come by the interrupt @irq: it is taken, and what the exception changed put back. */
void after_interrupt(struct frame *f, unsigned int irq);

/* Of the architecture: ways.c */
extern const struct kind own_kinds[];
extern const unsigned int num_own_kinds;

/* registers.c */
#define MAX_REGISTERS	64
/** System registers by number, @names ends with NULL. */
extern const char *const names[];
void read_system_registers(u64 *values);
/** Those that nothing depends on hold a pattern from now on. */
void fill_system_registers(void);
/** The interrupt has changed these: as they are in @before. @f: flags in the moment of the interrupt are those afterwards */
void undo_exception(struct frame *f, const u64 *before);
/** FP registers and the exception table of exits.S. */
void use_registers(void);

static inline void *gicd(unsigned int reg)
{
	return (void *)(unsigned long)(comm_region->gicd_base + reg);
}

/** The register that follows the one with number @n, as exits.S has it. */
static inline unsigned int address_register(unsigned int n)
{
	return (n + 1) % VARIANTS;
}

#endif /* PATTERN_H */
