/* SPDX-License-Identifier: GPL-2.0 */
/*
 * create - a system configuration from the files of a machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_CREATE_H
#define TOOLS_MACHINE_CREATE_H

#include "plan.h"
#include "tree.h"

/** struct create_options - @console: "none", a name such as ttyS2, NULL: choose; sizes in bytes, 0: choose */
struct create_options {
	const char *console;
	uint64_t hv_size, cells_size;
};

/** Fill the plan of an x86 machine. 0, or the exit status of a failure that was reported. */
int create_x86(const struct tree *t, const struct create_options *o, struct plan *p);

/** The same of the ARM machine that device tree @dt describes; @t: its files, NULL: there is nothing but the tree. */
int create_arm(const struct tree *t, const void *dt, const struct create_options *o, struct plan *p);

/**
 * Choose memory for hypervisor and cells, reserved or to be taken offline, out of the RAM that is in the plan, and put it there.
 * @align: of the hypervisor's memory.
 */
int create_choose_memory(const struct tree *t, const struct create_options *o, uint64_t align, struct plan *p);

#endif /* TOOLS_MACHINE_CREATE_H */
