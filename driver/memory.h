/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Physical memory that the hypervisor or a cell is to have: is it really out of Linux's hands?
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_MEMORY_H
#define DRIVER_MEMORY_H

#include <linux/ioport.h>
#include <linux/types.h>

/**
 * Does [@start, @start + @size) hold RAM that Linux manages at present? Offlined blocks and memory
 * reserved at boot do not count.
 */
bool memory_used_by_linux(u64 start, u64 size);

/**
 * Is [@start, @start + @size) RAM, as far as can be known: of Linux, or taken from it by memmap= or
 * by offlining?
 */
bool memory_is_ram(u64 start, u64 size);

/**
 * Claim [@start, @start + @size) for the hypervisor.
 *
 * *@claim is the resource to give back with memory_release(); NULL for offlined RAM, which Linux's
 * resource tree keeps as its own. Returns 0, or -EBUSY if Linux or a driver uses the range.
 */
int __must_check memory_claim(u64 start, u64 size, struct resource **claim);
void memory_release(struct resource *claim);

#endif /* DRIVER_MEMORY_H */
