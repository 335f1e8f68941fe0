/* SPDX-License-Identifier: GPL-2.0 */
/*
 * linux_layout - where loader, device tree, kernel and initrd go in the memory of an ARM or ARM64 cell. Only numbers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_LINUX_LAYOUT_H
#define TOOLS_LINUX_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <common/config/config.h>

/* Behind the loader: "kernel=… dtb=…" */
#define LINUX_PARAMS_OFFSET	0x1000
/* Loader and parameters at the cell's reset address: nothing else goes there. */
#define LINUX_LOADER_SIZE	0x2000

/**
 * struct linux_kernel - what an Image says of itself (Documentation/arch/arm64/booting.rst), or a zImage of ARM (Documentation/arch/arm/booting.rst)
 * @room: zImage: bytes from the start of the memory on that it unpacks itself to; 0: an Image
 */
struct linux_kernel {
	__u64 room;
	__u64 text_offset;
	__u64 image_size;	/* with what it takes behind the file: bss */
	__u64 file_size;
};

/** struct linux_layout - guest physical addresses */
struct linux_layout {
	__u64 loader, params, dtb, kernel, initrd;
};

/** Read the header of the @size bytes at @image. False: neither an ARM64 Image nor an ARM zImage. */
bool linux_kernel_parse(struct linux_kernel *kernel, const void *image, size_t size);

/** Is region @m RAM that images can be loaded to and that Linux may use? */
bool linux_region_is_ram(const struct jailhouse_memory *m);

/**
 * Place everything in one region of @cell. The initrd, of @initrd_size bytes (0: none), is @factor times the kernel's size behind the
 * kernel's end. False: there is no region that is large enough; *@needed says how large it has to be.
 */
bool linux_layout(struct linux_layout *l, const struct cell_view *cell, const struct linux_kernel *kernel, size_t dtb_size,
		  size_t initrd_size, unsigned int factor, __u64 *needed);

#endif /* TOOLS_LINUX_LAYOUT_H */
