// SPDX-License-Identifier: GPL-2.0
/*
 * From a binary of any architecture to a draft.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "source.h"

/* The arrays of a 32-bit ARM are those of any other; there are only no rules for it. */
static int view_as_arm64(struct draft *d, void *copy, size_t size, const char *path, struct jailhouse_refusal *r)
{
	struct jailhouse_system *s = copy;
	struct cell_view v;
	struct system_view sys;
	int err;

	if (size >= sizeof(*s) && !memcmp(copy, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(s->signature))) {
		if (s->root_cell.architecture == JAILHOUSE_ARM)
			s->root_cell.architecture = JAILHOUSE_ARM64;
		s->architecture = JAILHOUSE_ARM64;
		err = judge_arm64.system_view_init(&sys, copy, size, r);
		if (!err)
			draft_from_view(d, &sys.root, sys.system, path);
	} else {
		s->architecture = JAILHOUSE_ARM64;
		err = judge_arm64.cell_view_init(&v, copy, size, r);
		if (!err)
			draft_from_view(d, &v, NULL, path);
	}
	d->system.architecture = d->system.root_cell.architecture = JAILHOUSE_ARM;
	return err;
}

int source_view(struct draft *d, const void *binary, size_t size, const char *path, struct jailhouse_refusal *r)
{
	const struct judge *judge = judge_of((unsigned int)blob_architecture(binary, size));
	bool is_system = size >= 5 && !memcmp(binary, JAILHOUSE_SYSTEM_SIGNATURE, 5);
	struct system_view sys;
	struct cell_view v;
	void *copy;
	int err;

	if (blob_architecture(binary, size) == JAILHOUSE_ARM) {
		copy = malloc(size);
		if (!copy)
			abort();
		memcpy(copy, binary, size);
		err = view_as_arm64(d, copy, size, path, r);
		free(copy);
		return err;
	}
	judge = judge ? judge : &judge_x86;
	if (is_system || (size >= 6 && !memcmp(binary, "JHSYST", 6))) {
		err = judge->system_view_init(&sys, binary, size, r);
		if (!err)
			draft_from_view(d, &sys.root, sys.system, path);
		return err;
	}
	err = judge->cell_view_init(&v, binary, size, r);
	if (!err)
		draft_from_view(d, &v, NULL, path);
	return err;
}
