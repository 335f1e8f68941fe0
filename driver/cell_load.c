// SPDX-License-Identifier: GPL-2.0
/*
 * Loading of images into a cell. All images are checked before the cell is stopped: a request that
 * cannot be met leaves it running.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "cell.h"
#include "hypercall.h"
#include "refusal.h"
#include "system.h"

#define MAX_IMAGES	1024
#define PIECE		SZ_1M
#define LOADABLE	(JAILHOUSE_MEM_LOADABLE | JAILHOUSE_MEM_WRITE)

/* struct load_request - the caller's arguments, copied once */
struct load_request {
	struct jailhouse_cell_load head;
	struct jailhouse_preload_image *images;
};

static bool holds(const struct jailhouse_memory *mem, u64 start, u64 size)
{
	u64 offset;

	if ((mem->flags & LOADABLE) != LOADABLE || start < mem->virt_start)
		return false;
	offset = start - mem->virt_start;
	return offset <= mem->size && size <= mem->size - offset;
}

/* The region that has all of @image, or NULL */
static const struct jailhouse_memory *region_of(const struct cell_view *config,
						const struct jailhouse_preload_image *image)
{
	u32 i;

	for (i = 0; i < config->num_mem; i++) {
		if (holds(&config->mem[i], image->target_address, image->size))
			return &config->mem[i];
	}
	return NULL;
}

static int refuse_image(struct jailhouse_refusal *why, const struct cell *cell, u32 index,
			const struct jailhouse_preload_image *image)
{
	refuse(why, RULE_IMAGE_REGION, JAILHOUSE_OBJ_CELL, 0, index, image->size,
	       image->target_address);
	why->cell = cell->id;
	return refuse_for(why, &cell->config);
}

static int check_images(const struct cell *cell, const struct load_request *load,
			struct jailhouse_refusal *why)
{
	const struct jailhouse_preload_image *image;
	u32 i;

	for (i = 0; i < load->head.num_preload_images; i++) {
		image = &load->images[i];
		if (image->size && !region_of(&cell->config, image))
			return refuse_image(why, cell, i, image);
	}
	return 0;
}

static int copy_piece(u64 phys, const void __user *from, size_t size)
{
	u64 start = round_down(phys, PAGE_SIZE);
	size_t offset = phys - start;
	void *window = memremap(start, PAGE_ALIGN(offset + size), MEMREMAP_WB);
	int err;

	if (!window)
		return -ENOMEM;
	err = copy_from_user(window + offset, from, size) ? -EFAULT : 0;
	arch_publish_memory(window + offset, size);
	memunmap(window);
	return err;
}

static int copy_pieces(u64 phys, const void __user *from, u64 size)
{
	u64 done, n;
	int err;

	for (done = 0; done < size; done += n) {
		if (fatal_signal_pending(current))
			return -EINTR;
		n = min_t(u64, size - done, PIECE);
		err = copy_piece(phys + done, from + done, n);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int refuse_copy(struct jailhouse_refusal *why, const struct cell *cell, u32 index, int err,
		       u64 phys, u64 size)
{
	if (err == -EFAULT)
		refuse(why, RULE_IMAGE_ADDRESS, JAILHOUSE_OBJ_CELL, 0, index, 0, 0);
	else if (err == -ENOMEM)
		refuse(why, RULE_CELL_MEMORY_MAP, JAILHOUSE_OBJ_CELL, 0, phys, size, 0);
	else
		return err;
	why->cell = cell->id;
	return refuse_for(why, &cell->config);
}

static int copy_image(const struct cell *cell, u32 index,
		      const struct jailhouse_preload_image *image, struct jailhouse_refusal *why)
{
	const struct jailhouse_memory *mem;
	u64 phys;
	int err;

	if (!image->size)
		return 0;
	mem = region_of(&cell->config, image);
	phys = mem->phys_start + (image->target_address - mem->virt_start);
	err = copy_pieces(phys, u64_to_user_ptr(image->source_address), image->size);
	return err ? refuse_copy(why, cell, index, err, phys, image->size) : 0;
}

static int copy_images(const struct cell *cell, const struct load_request *load,
		       struct jailhouse_refusal *why)
{
	u32 i;
	int err;

	for (i = 0; i < load->head.num_preload_images; i++) {
		err = copy_image(cell, i, &load->images[i], why);
		if (err)
			return err;
	}
	return 0;
}

/* A load that fails on the way leaves the cell shut down and loadable. */
static int load(struct system *sys, const struct load_request *load, struct jailhouse_refusal *why)
{
	struct cell *cell;
	int err = cell_find(sys, &load->head.cell_id, &cell, why);

	if (err)
		return err;
	err = check_images(cell, load, why);
	if (err)
		return err;
	err = hypercall_manage(cell->status, JAILHOUSE_HC_CELL_SET_LOADABLE, cell->id, why);
	if (err)
		return err;
	return copy_images(cell, load, why);
}

int cell_load(struct system *sys, const struct jailhouse_cell_load __user *arg,
	      struct jailhouse_refusal *why)
{
	struct load_request request;
	u32 count;
	int err;

	if (copy_from_user(&request.head, arg, sizeof(request.head)))
		return -EFAULT;
	count = request.head.num_preload_images;
	if (count > MAX_IMAGES)
		return refuse(why, RULE_IMAGE_COUNT, JAILHOUSE_OBJ_NONE, 0, count, MAX_IMAGES, 0);
	request.images = memdup_user(arg->image, array_size(count, sizeof(*request.images)));
	if (IS_ERR(request.images))
		return PTR_ERR(request.images);
	err = load(sys, &request, why);
	kfree(request.images);
	return err;
}
