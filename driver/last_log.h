/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of the run before: found in the hypervisor's memory after a reset, kept before a new run overwrites it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_LAST_LOG_H
#define DRIVER_LAST_LOG_H

#include <linux/types.h>
#include <jailhouse/ioctl.h>

/**
 * Keep the log that lies in the hypervisor's memory, if there is one; @mem: mapping of [@phys, @phys + @size), which is reserved at
 * boot. Returns the number that the next run in this memory has.
 */
u64 last_log_keep(const void *mem, u64 phys, u64 size);

/** The run in @mem, whose image has its log at @log_offset, is over: the hypervisor was left. */
void last_log_end(void *mem, u64 log_offset);

/**
 * JAILHOUSE_LAST_LOG; @running: the hypervisor's memory must not be touched. Returns the size of the log or -Exxx.
 */
long last_log_get(const struct jailhouse_last_log __user *arg, bool running);

void last_log_exit(void);

#endif /* DRIVER_LAST_LOG_H */
