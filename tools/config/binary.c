// SPDX-License-Identifier: GPL-2.0
/*
 * From a binary of any architecture to a draft.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <string.h>

#include "judge.h"
#include "source.h"

int source_view(struct draft *d, const void *binary, size_t size, const char *path, struct jailhouse_refusal *r)
{
	const struct judge *judge = judge_of((unsigned int)blob_architecture(binary, size));
	bool is_system = size >= 5 && !memcmp(binary, JAILHOUSE_SYSTEM_SIGNATURE, 5);
	struct system_view sys;
	struct cell_view v;
	int err;

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
