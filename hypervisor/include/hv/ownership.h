/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ownership - the ledger: who owns which page, CPU, interrupt pin, port and PCI device.
 *
 * It stores nothing. Who owns what follows from three things that only commits change: the list of
 * cells (a cell's configuration is constant while it is listed), the CPUs that each has, and
 * whether its image is being loaded. A second copy could only be wrong. Ask with management
 * quiesced, on a CPU of root in an exit, or below status_lock: the list must not change meanwhile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_OWNERSHIP_H
#define HV_OWNERSHIP_H

#include <hv/types.h>

struct cell;
struct system;

/** What is numbered how. */
enum owned_kind {
	OWNED_MEMORY,	/* physical address in bytes; extents are whole pages; RAM and registers */
	OWNED_CPU,	/* logical CPU */
	OWNED_PIN,	/* index of the chip in root's configuration * 128 + pin of the chip */
	OWNED_PORT,	/* I/O port */
	OWNED_PCI,	/* segment << 16 | bus << 8 | device << 3 | function */
	OWNED_KINDS
};

/**
 * struct owned_extent - the longest run from @start on that one answer holds for
 * @owners: bit n: the n-th cell of system->cells (0 is root) may use it now
 * @holders: those of them, root never, because of which root may not; while an image is being
 * loaded root is an owner of memory that has a holder
 */
struct owned_extent {
	u64 start, last;	/* inclusive: an extent may reach the end of the numbers */
	u32 owners, holders;
	bool hypervisor;	/* OWNED_MEMORY: the hypervisor's, nobody's else */
};

/** The last number that @kind has: where a walk over all extents ends. */
u64 ownership_last(enum owned_kind kind);
/** The extent that begins at @at. Walk: start at 0, go on at @last + 1 until ownership_last(). */
struct owned_extent ownership_at(struct system *s, enum owned_kind kind, u64 at);
/** The n-th cell of the list, NULL behind its end. */
const struct cell *ownership_cell(struct system *s, u32 n);
/** For people, who keeps root from it: the first holder's name, "the hypervisor" or "nobody". */
const char *ownership_name(struct system *s, enum owned_kind kind, u64 at);

#endif /* HV_OWNERSHIP_H */
