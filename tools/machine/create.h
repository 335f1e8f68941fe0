/* SPDX-License-Identifier: GPL-2.0 */
/*
 * create - a system configuration from the files of a machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_CREATE_H
#define TOOLS_MACHINE_CREATE_H

#include "iomem.h"
#include "plan.h"
#include "tree.h"

/** struct create_options - @console: "none", a name such as ttyS2, NULL: choose; sizes in bytes, 0: choose */
struct create_options {
	const char *console;
	uint64_t hv_size, cells_size;
	/* RAM that a device tree does not tell of */
	struct range64 ram[RESERVED_MAX];
	unsigned int num_ram;
};

/** Fill the plan of an x86 machine. 0, or the exit status of a failure that was reported. */
int create_x86(const struct tree *t, const struct create_options *o, struct plan *p);

/** The same of the ARM machine that device tree @dt describes; @t: its files, NULL: there is nothing but the tree. */
int create_arm(const struct tree *t, const void *dt, const struct create_options *o, struct plan *p);

/** struct memory_choice - what is known of memory that Linux does not use: @reserved ranges, and by what */
struct memory_choice {
	struct range64 reserved[RESERVED_MAX];
	unsigned int count;
	const char *from;
	uint64_t align;		/* of the hypervisor's memory */
	bool top;		/* a place that is proposed is the end of RAM, which the parameter mem= reserves; otherwise memmap= */
};

/**
 * Choose memory for hypervisor and cells, reserved or to be taken offline, out of the RAM that is in the plan, and put it there.
 * @t: NULL, there are no blocks to be looked at. 0, or the exit status of a failure that was reported.
 */
int create_choose_memory(const struct tree *t, const struct create_options *o, const struct memory_choice *c, struct plan *p);

#endif /* TOOLS_MACHINE_CREATE_H */
