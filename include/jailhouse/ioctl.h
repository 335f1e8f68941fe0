/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * ioctls of /dev/jailhouse.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_IOCTL_H
#define JAILHOUSE_IOCTL_H

#include <linux/ioctl.h>
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/status.h>

/** struct jailhouse_cell_create - @config_address: user pointer to the configuration, @config_size in bytes */
struct jailhouse_cell_create {
	__u64 config_address;
	__u32 config_size;
	__u32 padding;
};

/** struct jailhouse_cell_id - a cell by id, or by name if @id is JAILHOUSE_CELL_ID_UNUSED */
#define JAILHOUSE_CELL_ID_UNUSED	(-1)
struct jailhouse_cell_id {
	__s32 id;
	__u32 padding;
	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1];
};

/** struct jailhouse_preload_image - @source_address: user pointer, @size in bytes, @target_address: as the cell sees it */
struct jailhouse_preload_image {
	__u64 source_address;
	__u64 size;
	__u64 target_address;
	__u64 padding;
};

/** struct jailhouse_cell_load - zero images: shut the cell down */
struct jailhouse_cell_load {
	struct jailhouse_cell_id cell_id;
	__u32 num_preload_images;
	__u32 padding;
	struct jailhouse_preload_image image[];
};

#define JAILHOUSE_ENABLE	_IOW(0, 0, void *)	/* the argument is the pointer to the system configuration */
#define JAILHOUSE_DISABLE	_IO(0, 1)
#define JAILHOUSE_CELL_CREATE	_IOW(0, 2, struct jailhouse_cell_create)
#define JAILHOUSE_CELL_LOAD	_IOW(0, 3, struct jailhouse_cell_load)
#define JAILHOUSE_CELL_START	_IOW(0, 4, struct jailhouse_cell_id)
#define JAILHOUSE_CELL_DESTROY	_IOW(0, 5, struct jailhouse_cell_id)

/*
 * This project's own, from 0x40.
 *
 * GET_REFUSAL: why the last ioctl on this open file failed. Every other ioctl resets it; rule 0 means that the failure has no rule
 * (ENOMEM, EFAULT, EINTR …) or that nothing failed. Always succeeds.
 */
#define JAILHOUSE_GET_REFUSAL	_IOR(0, 0x40, struct jailhouse_refusal)

/**
 * struct jailhouse_last_log - @phys_start, @size: the hypervisor's memory, as the system configuration has it, 0: the log that the driver
 * kept when it loaded the hypervisor; @buffer: user pointer, room for @buffer_size bytes
 */
struct jailhouse_last_log {
	__u64 phys_start;
	__u64 size;
	__u64 buffer;
	__u64 buffer_size;
};

/*
 * LAST_LOG: the raw log (crash_log.h) of the last run that is over; returns its size. -ENODATA: there is none; -EBUSY: Linux uses that
 * memory, which thus holds no log, or Jailhouse does; -ENXIO: it is no RAM; -ENOSPC: the buffer is too small.
 */
#define JAILHOUSE_LAST_LOG	_IOW(0, 0x41, struct jailhouse_last_log)

/*
 * VERIFY: prove the isolation of the running system, with the hypervisor's help. 0 with the result, also when a clause is violated.
 */
#define JAILHOUSE_VERIFY	_IOR(0, 0x42, struct jailhouse_verify)

_Static_assert(sizeof(struct jailhouse_last_log) == 32, "ioctl argument is ABI");
_Static_assert(sizeof(struct jailhouse_cell_create) == 16, "ioctl argument is ABI");
_Static_assert(sizeof(struct jailhouse_cell_id) == 40, "ioctl argument is ABI");
_Static_assert(sizeof(struct jailhouse_preload_image) == 32, "ioctl argument is ABI");
_Static_assert(sizeof(struct jailhouse_cell_load) == 48, "ioctl argument is ABI");

#endif /* JAILHOUSE_IOCTL_H */
