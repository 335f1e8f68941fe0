/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hypervisor's image in its memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_IMAGE_H
#define DRIVER_IMAGE_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <common/config/config.h>
#include <jailhouse/image.h>
#include <jailhouse/status.h>

/**
 * struct image - hypervisor memory with the image, the per-CPU areas and the configuration in place
 * @header:	checked copy; the one in @mem is no longer trusted or readable once the hypervisor
 * runs
 * @mem:	all of the hypervisor's memory. While it runs, only console() and status() may be
 * read.
 */
struct image {
	struct hv_image_header header;
	struct resource *claim;
	void *mem;
};

/**
 * Load the firmware for @cpus CPUs and the system @config (a checked blob with its frequencies
 * filled in). Returns 0, or -Exxx with @why filled and @img holding nothing.
 */
int __must_check image_load(struct image *img, struct device *dev, const struct system_view *config,
			    u32 cpus, u32 online_cpus, struct jailhouse_refusal *why);

/** Give the memory back. The hypervisor must not run. */
void image_unload(struct image *img);

static inline const struct hv_console_ring *image_console(const struct image *img)
{
	return img->mem + img->header.console_offset;
}

static inline const struct hv_status_page *image_status(const struct image *img)
{
	return img->mem + img->header.status_offset;
}

#endif /* DRIVER_IMAGE_H */
