// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c common/config/ */
/*
 * A cell's configuration: all checks, on a machine and beside another cell, and the sentence of the refusal. One byte of flags, then
 * the blob.
 *
 * Held: nothing is read outside of the blob; every refusal has a printable sentence; what is accepted keeps the borders, as a second
 * judge finds (unit/common_judge.h).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <unit/common_judge.h>

/* the machine with devices, and a cell on it */
#define config machine
#include <configs/x86/qemu-x86-devices.c>
#undef config
#undef RAM
#undef MMIO
#define config neighbour
#include <configs/x86/tiny-demo-2.c>
#undef config

static struct system_view sys;
static struct cell_view other;

static void make_machine(void)
{
	struct jailhouse_refusal r;

	FUZZ_CHECK(!system_view_init(&sys, &machine, sizeof(machine), &r));
	FUZZ_CHECK(!config_check_system(&sys, &r));
	FUZZ_CHECK(!cell_view_init(&other, &neighbour, sizeof(neighbour), &r));
}

/* The size that the counts ask for, so that a changed count is not always the end; what is missing is zero. */
static size_t size_by_counts(const void *blob, size_t size)
{
	struct jailhouse_refusal r;
	struct cell_view v;

	if (size < sizeof(struct jailhouse_cell_desc))
		return size;
	if (cell_view_init(&v, blob, size, &r) == 0 || refusal_rule(&r) != RULE_COUNTS)
		return size;
	return r.value[1] <= CONFIG_MAX_CELL_SIZE ? r.value[1] : size;
}

static int check(const struct cell_view *v, struct jailhouse_refusal *r)
{
	int err = config_check_cell(v, r);

	if (!err)
		err = config_check_cell_in_system(v, &sys, r);
	if (!err) {
		judge_cell(v, &sys);
		err = config_check_cell_pair(v, &other, r);
	}
	if (!err) {
		judge_pair(v, &other);
		FUZZ_CHECK(!config_check_cell_pair(&other, v, r));
		err = config_check_cell_id(v, r);
	}
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t flags = fuzz_take(&in, 1);
	struct jailhouse_refusal r;
	struct cell_view v;
	size_t wanted;
	void *blob;
	int err;

	if (!sys.system)
		make_machine();
	wanted = flags & 1 ? size_by_counts(in.data, in.size) : in.size;
	blob = fuzz_take_block(&in, wanted);
	memset(&r, 0xa5, sizeof(r));
	err = cell_view_init(&v, blob, wanted, &r);
	if (!err)
		err = check(&v, &r);
	if (err)
		judge_refusal(err, &r);
	free(blob);
	return 0;
}
