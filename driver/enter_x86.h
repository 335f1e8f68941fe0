/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry beneath Linux on x86-64: the transition page table and the call through the trampoline.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_ENTER_X86_H
#define DRIVER_ENTER_X86_H

#include <linux/list.h>
#include <linux/types.h>
#include <jailhouse/image.h>

/**
 * struct transition - a page table: Linux's kernel half and the hypervisor's memory at its link
 * address
 */
struct transition {
	u64 *top;
	int levels;
	struct list_head tables;	/* struct page, by lru */
};

/**
 * Build @t: @size bytes from physical @phys at @link_base, readable, writable and executable.
 *
 * Needs process context. Nothing of Linux's own tables is changed; what is under @link_base in them
 * must be empty. Returns 0, -ENOMEM, or -EBUSY if Linux uses the address range; on failure @t holds
 * nothing.
 */
int __must_check transition_create(struct transition *t, u64 link_base, u64 phys, u64 size);

/** Free @t. No CPU may be beneath a hypervisor that still leaves through it. */
void transition_destroy(struct transition *t);

/**
 * Fill in what the hypervisor needs to come and go on one CPU. @handover must be memory from
 * kmalloc.
 */
void enter_prepare(struct hv_cpu_handover *handover, const struct transition *t);

/**
 * Call the hypervisor's entry at @entry on this CPU @cpu.
 *
 * Needs: interrupts off. Returns 0 when this CPU runs beneath the hypervisor, else the hypervisor's
 * -Exxx with nothing changed.
 */
int __must_check enter_hypervisor(u32 cpu, struct hv_cpu_handover *handover, u64 entry);

#endif /* DRIVER_ENTER_X86_H */
