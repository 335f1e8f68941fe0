/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an architecture owes the driver: machine_ARCH.c and enter_ARCH.c, for ARM and ARM64 also those of arm_common.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_ARCH_H
#define DRIVER_ARCH_H

#include <linux/types.h>
#include <common/config/config.h>
#include <jailhouse/image.h>

/* struct passage: what the way beneath Linux and back needs, from enable to disable */
#ifdef CONFIG_X86
#include "arch_x86.h"
#else
#include "arch_arm.h"
#endif

struct image;

/** Once, before anything else of the driver. */
void arch_init(void);

/** Can this machine be divided: virtualization is there, and nobody else uses it? Returns 0, or -Exxx with @why filled. */
int __must_check arch_check_machine(struct jailhouse_refusal *why);

/** Can Linux switch CPUs off so that others may have them, and on again? Returns 0, or -Exxx with @why filled. */
int __must_check arch_check_hotplug(struct jailhouse_refusal *why);

/** Fill in what the configuration may leave to the driver. Returns 0, or -Exxx with @why filled. */
int __must_check arch_complete_config(struct jailhouse_system *config, struct jailhouse_refusal *why);

/** Is the header's link base the one of this architecture, and the start of the hypervisor's memory aligned for it? */
bool arch_header_is_sane(const struct hv_image_header *h);

/** Fields of the loaded header that only this architecture has. */
void arch_header_fill(struct hv_image_header *h, const struct jailhouse_system *config);

/** Prepare the way for CPUs below @num_cpus into @img. Returns 0, or -Exxx with @p holding nothing. */
int __must_check passage_create(struct passage *p, const struct image *img, u32 num_cpus);

/** No CPU may be beneath a hypervisor that still leaves through @p. */
void passage_destroy(struct passage *p);

/**
 * Call the hypervisor's entry on this CPU @cpu, in the middle of stop_machine().
 *
 * Needs: interrupts off. Returns 0 when this CPU runs beneath the hypervisor, else the hypervisor's -Exxx with nothing changed.
 */
int __must_check passage_enter(struct passage *p, const struct image *img, u32 cpu);

/** The way back, under the same conditions. Returns 0 outside of the hypervisor, or -Exxx with nothing changed. */
int __must_check passage_leave(void);

/** Make what was written to [@mem, @mem + @size) visible to CPUs that run without caches, also as code. */
void arch_publish_memory(void *mem, size_t size);

/** Make what was written to [@mem, @mem + @size) go to where it belongs, and the next read come from there. */
void arch_write_back(void *mem, size_t size);

/** Is [@start, @start + @size) RAM according to the firmware, whether Linux uses it or not? */
bool arch_firmware_says_ram(u64 start, u64 size);

#endif /* DRIVER_ARCH_H */
