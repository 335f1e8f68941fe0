// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <endian.h>
#include <string.h>

#include "linux_layout.h"

#define PAGE		0x1000ULL
#define KERNEL_ALIGN	0x200000ULL

/* Documentation/arch/arm64/booting.rst, 4: all little endian */
struct image_header {
	__u32 code0, code1;
	__u64 text_offset;
	__u64 image_size;
	__u64 flags;
	__u64 res2, res3, res4;
	__u32 magic;
	__u32 res5;
};

#define IMAGE_MAGIC	0x644d5241U	/* "ARM\x64" */
#define OLD_TEXT_OFFSET	0x80000ULL	/* of kernels that leave image_size out, before 3.17 */

static __u64 align_up(__u64 value, __u64 to)
{
	return (value + to - 1) & ~(to - 1);
}

/* Offsets in a zImage (arch/arm/boot/compressed/head.S, vmlinux.lds.S): all words, little endian */
#define ZIMAGE_MAGIC_AT		0x24
#define ZIMAGE_MAGIC		0x016f2818U
#define ZIMAGE_TABLE_MARK_AT	0x34
#define ZIMAGE_TABLE_MARK	0x45454545U
#define ZIMAGE_TABLE_AT		0x38
#define ZIMAGE_TAG_SIZE		0x5a534c4bU	/* words of the tag, itself, place of the unpacked size, bss */
/* The most of arch/arm/Makefile's textofs: below the kernel are its first tables. The unpacker has a stack and a heap behind itself. */
#define ZIMAGE_TEXT_OFFSET	0x308000ULL
#define ZIMAGE_BEHIND		0x100000ULL
/* Of kernels that do not say how large they are */
#define ZIMAGE_USUAL_ROOM	0x4000000ULL

static __u32 word_at(const void *image, size_t size, __u64 offset)
{
	__u32 word;

	if (offset > size || size - offset < sizeof(word))
		return 0;
	memcpy(&word, (const char *)image + offset, sizeof(word));
	return le32toh(word);
}

static __u64 unpacked_size(const void *image, size_t size)
{
	__u64 table = word_at(image, size, ZIMAGE_TABLE_AT);

	if (word_at(image, size, ZIMAGE_TABLE_MARK_AT) != ZIMAGE_TABLE_MARK || word_at(image, size, table + 4) != ZIMAGE_TAG_SIZE)
		return ZIMAGE_USUAL_ROOM;
	return (__u64)word_at(image, size, word_at(image, size, table + 8)) + word_at(image, size, table + 12);
}

static bool parse_zimage(struct linux_kernel *kernel, const void *image, size_t size)
{
	if (word_at(image, size, ZIMAGE_MAGIC_AT) != ZIMAGE_MAGIC)
		return false;
	kernel->text_offset = 0;
	kernel->image_size = size + ZIMAGE_BEHIND;
	kernel->room = align_up(ZIMAGE_TEXT_OFFSET + unpacked_size(image, size), KERNEL_ALIGN);
	return true;
}

static bool parse_image(struct linux_kernel *kernel, const void *image, size_t size)
{
	struct image_header h;

	if (size < sizeof(h))
		return false;
	memcpy(&h, image, sizeof(h));
	if (le32toh(h.magic) != IMAGE_MAGIC)
		return false;
	kernel->image_size = le64toh(h.image_size);
	kernel->text_offset = kernel->image_size ? le64toh(h.text_offset) : OLD_TEXT_OFFSET;
	if (kernel->image_size < size)
		kernel->image_size = size;
	/* Nonsense would overflow below. */
	return kernel->text_offset < KERNEL_ALIGN && kernel->image_size < 1ULL << 40;
}

bool linux_kernel_parse(struct linux_kernel *kernel, const void *image, size_t size)
{
	*kernel = (struct linux_kernel){ .file_size = size };
	return parse_image(kernel, image, size) || parse_zimage(kernel, image, size);
}

bool linux_region_is_ram(const struct jailhouse_memory *m)
{
	const __u64 needed = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE;
	const __u64 not = JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED;

	return (m->flags & needed) == needed && !(m->flags & not) && !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

/* Into the region from @start on. Returns the end of what is placed. */
static __u64 place(struct linux_layout *l, __u64 start, const struct linux_kernel *kernel, size_t dtb_size, size_t initrd_size,
		   unsigned int factor)
{
	/* Behind the device tree a page of room, as for the kernel: both may be changed by it. */
	l->dtb = kernel->room ? align_up(start + kernel->room, KERNEL_ALIGN) : start;
	l->kernel = align_up(l->dtb + align_up(dtb_size, PAGE) + PAGE, KERNEL_ALIGN) + kernel->text_offset;
	l->initrd = l->kernel + align_up(kernel->image_size, PAGE) + factor * align_up(kernel->file_size, PAGE);
	return initrd_size ? l->initrd + initrd_size : l->kernel + kernel->image_size;
}

/* Where images may begin in @m: behind the loader, if any of that is in there. */
static __u64 usable_start(const struct jailhouse_memory *m, __u64 loader)
{
	if (loader >= m->virt_start ? loader - m->virt_start < m->size : m->virt_start - loader < LINUX_LOADER_SIZE)
		return align_up(loader + LINUX_LOADER_SIZE, PAGE);
	return m->virt_start;
}

bool linux_layout(struct linux_layout *l, const struct cell_view *cell, const struct linux_kernel *kernel, size_t dtb_size,
		  size_t initrd_size, unsigned int factor, __u64 *needed)
{
	__u32 n;

	l->loader = cell->desc->cpu_reset_address;
	l->params = l->loader + LINUX_PARAMS_OFFSET;
	*needed = place(l, 0, kernel, dtb_size, initrd_size, factor);
	for (n = 0; n < cell->num_mem; n++) {
		const struct jailhouse_memory *m = &cell->mem[n];

		if (linux_region_is_ram(m) &&
		    place(l, usable_start(m, l->loader), kernel, dtb_size, initrd_size, factor) <= m->virt_start + m->size)
			return true;
	}
	return false;
}
