// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c common/config/ */
/*
 * A system configuration: all checks, a good cell on the machine, and the sentence of the refusal. One byte of flags, then the blob.
 *
 * Held: nothing is read outside of the blob; the size that its first bytes ask for never shrinks as more of them are known; every
 * refusal has a printable sentence; what is accepted keeps the borders, as a second judge finds (unit/common_judge.h).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <unit/common_judge.h>

#define config some_cell
#include <configs/x86/apic-demo.c>
#undef config

static struct cell_view cell;

static void make_cell(void)
{
	struct jailhouse_refusal r;

	FUZZ_CHECK(!cell_view_init(&cell, &some_cell, sizeof(some_cell), &r));
}

/* As the driver reads a blob of unknown size: ask, fetch, ask again. */
static void check_size(const uint8_t *blob, size_t size)
{
	uint64_t have = 0, wanted = config_system_size(blob, 0);

	while (wanted > have && wanted <= size) {
		have = wanted;
		wanted = config_system_size(blob, have);
		FUZZ_CHECK(wanted >= have);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t flags = fuzz_take(&in, 1);
	size_t wanted = in.size;
	struct jailhouse_refusal r;
	struct system_view v;
	uint8_t *blob;
	int err;

	if (!cell.desc)
		make_cell();
	if ((flags & 1) && in.size >= sizeof(struct jailhouse_system) &&
	    config_system_size(in.data, in.size) <= CONFIG_MAX_SYSTEM_SIZE)
		wanted = config_system_size(in.data, in.size);
	blob = fuzz_take_block(&in, wanted);
	check_size(blob, wanted);
	memset(&r, 0xa5, sizeof(r));
	err = system_view_init(&v, blob, wanted, &r);
	if (!err)
		err = config_check_system(&v, &r);
	if (!err) {
		judge_cell(&v.root, &v);
		err = config_check_cell_in_system(&cell, &v, &r);
		if (!err)
			judge_cell(&cell, &v);
	}
	if (err)
		judge_refusal(err, &r);
	free(blob);
	return 0;
}
