/* SPDX-License-Identifier: GPL-2.0 */
/*
 * linux_fdt - the device tree of a Linux in a cell: made from the cell's configuration and the tree of the running machine, or given
 * and completed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_LINUX_FDT_H
#define TOOLS_LINUX_FDT_H

#include <stddef.h>
#include <common/config/config.h>

/** struct linux_boot - what Linux is told in /chosen. @initrd_end 0: there is none */
struct linux_boot {
	const char *cmdline;
	__u64 initrd_start, initrd_end;
};

/**
 * A tree for @cell: its CPUs, memory, interrupt controller, timer, console, PSCI by SMC, and no device that it does not own. @machine
 * is the tree of the running machine; MPIDRs come from sysfs. The caller frees the result. NULL: reported.
 */
void *linux_fdt_make(const struct cell_view *cell, const void *machine);

/** Memory of @cell and @boot into the tree @fdt, with room for more. The caller frees the result, another tree. NULL: reported. */
void *linux_fdt_complete(const void *fdt, const struct cell_view *cell, const struct linux_boot *boot);

#endif /* TOOLS_LINUX_FDT_H */
