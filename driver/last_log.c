// SPDX-License-Identifier: GPL-2.0
/*
 * The log of the run before. What lies in memory after a reset was written by anybody: nothing in it is used before it was copied,
 * compared with its checksum and bounded by the region that it was found in.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <jailhouse/crash_log.h>

#include "arch.h"
#include "last_log.h"
#include "memory.h"

/* The image and the areas of 255 CPUs fit in: nothing of interest lies further away. */
#define LOOKED_AT	SZ_32M

/* struct raw_log - from vmalloc, NULL: none */
struct raw_log {
	struct hv_crash_log *data;
	size_t size;
};

static struct raw_log kept;	/* guarded by the management lock */

static void raw_log_free(struct raw_log *log)
{
	vfree(log->data);
	*log = (struct raw_log){ };
}

static size_t raw_size(u32 cpus)
{
	return sizeof(struct hv_crash_log) + sizeof(struct hv_console_ring) +
	       (size_t)cpus * sizeof(struct hv_exit_ring);
}

static bool within(u64 offset, u64 size, u64 limit)
{
	u64 end;

	return !check_add_overflow(offset, size, &end) && end <= limit;
}

static bool exits_within(const struct hv_crash_log *d, u64 limit)
{
	u64 last;

	return !check_mul_overflow(d->exits_stride, (u64)d->max_cpus - 1, &last) &&
	       !check_add_overflow(last, d->exits_offset, &last) &&
	       within(last, sizeof(struct hv_exit_ring), limit);
}

/* @d is a copy; @size bytes of the region can be read. */
static bool directory_is_sane(const struct hv_crash_log *d, u64 phys, u64 size)
{
	return d->magic == HV_CRASH_LOG_MAGIC && d->version == HV_CRASH_LOG_VERSION &&
	       d->check == hv_fnv1a(HV_FNV1A_START, d, offsetof(struct hv_crash_log, check)) &&
	       d->hv_phys == phys && d->max_cpus > 0 && d->max_cpus <= HV_MAX_CPUS &&
	       within(d->console_offset, sizeof(struct hv_console_ring), size) &&
	       exits_within(d, size);
}

/* Where is the directory? False: no image of this version was here. */
static bool find_directory(const void *mem, u64 size, u64 *offset)
{
	struct hv_image_header h;

	if (size < sizeof(h))
		return false;
	memcpy(&h, mem, sizeof(h));
	*offset = h.log_offset;
	return !memcmp(h.signature, HV_IMAGE_SIGNATURE, sizeof(h.signature)) &&
	       h.version == HV_IMAGE_VERSION &&
	       within(h.log_offset, sizeof(struct hv_crash_log), size);
}

static void copy_rings(struct raw_log *log, const void *mem)
{
	const struct hv_crash_log *d = log->data;
	void *to = log->data + 1;
	u32 cpu;

	memcpy(to, mem + d->console_offset, sizeof(struct hv_console_ring));
	to += sizeof(struct hv_console_ring);
	for (cpu = 0; cpu < d->max_cpus; cpu++, to += sizeof(struct hv_exit_ring))
		memcpy(to, mem + d->exits_offset + cpu * d->exits_stride,
		       sizeof(struct hv_exit_ring));
}

/* 0, -ENODATA or -ENOMEM */
static int raw_log_copy(struct raw_log *log, const void *mem, u64 phys, u64 size)
{
	struct hv_crash_log *d;
	u64 offset;

	if (!find_directory(mem, size, &offset))
		return -ENODATA;
	/* room for the largest: the directory is trusted only once it is a copy */
	d = vzalloc(raw_size(HV_MAX_CPUS));
	if (!d)
		return -ENOMEM;
	memcpy(d, mem + offset, sizeof(*d));
	if (!directory_is_sane(d, phys, size)) {
		vfree(d);
		return -ENODATA;
	}
	log->data = d;
	log->size = raw_size(d->max_cpus);
	copy_rings(log, mem);
	return 0;
}

u64 last_log_keep(const void *mem, u64 phys, u64 size)
{
	struct raw_log log;

	if (raw_log_copy(&log, mem, phys, min_t(u64, size, LOOKED_AT)))
		return 1;
	raw_log_free(&kept);
	kept = log;
	return log.data->generation + 1;
}

void last_log_end(void *mem, u64 log_offset)
{
	struct hv_crash_log *log = mem + log_offset;

	log->state = HV_CRASH_LEFT;
}

void last_log_exit(void)
{
	raw_log_free(&kept);
}

/* --- the request -------------------------------------------------------------------------- */

/* RAM for the firmware and not for Linux: reserved at boot. A device's registers are never mapped. */
static bool is_reserved_ram(u64 start, u64 size)
{
	return region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) ==
		       REGION_DISJOINT &&
	       arch_firmware_says_ram(start, size);
}

static int look_at_claimed(struct raw_log *log, u64 start, u64 size)
{
	void *mem;
	int err;

	if (!is_reserved_ram(start, size))
		return -ENXIO;
	mem = memremap(start, size, MEMREMAP_WB);
	if (!mem)
		return -ENOMEM;
	err = raw_log_copy(log, mem, start, size);
	memunmap(mem);
	return err;
}

static int look_at_region(struct raw_log *log, u64 start, u64 size)
{
	struct resource *claim;
	u64 end;
	int err;

	size = min_t(u64, size, LOOKED_AT);
	if (!IS_ALIGNED(start | size, PAGE_SIZE) || check_add_overflow(start, size, &end))
		return -EINVAL;
	err = memory_claim(start, size, &claim);
	if (err)
		return err;
	err = claim ? look_at_claimed(log, start, size) : -EBUSY;
	memory_release(claim);
	return err;
}

static long hand_out(const struct raw_log *log, const struct jailhouse_last_log *request)
{
	if (!log->data)
		return -ENODATA;
	if (request->buffer_size < log->size)
		return -ENOSPC;
	return copy_to_user(u64_to_user_ptr(request->buffer), log->data, log->size) ? -EFAULT
										     : log->size;
}

long last_log_get(const struct jailhouse_last_log __user *arg, bool running)
{
	struct jailhouse_last_log request;
	struct raw_log log;
	long result;

	if (copy_from_user(&request, arg, sizeof(request)))
		return -EFAULT;
	if (!request.size || running)
		return hand_out(&kept, &request);
	result = look_at_region(&log, request.phys_start, request.size);
	if (result)
		return result;
	result = hand_out(&log, &request);
	raw_log_free(&log);
	return result;
}
