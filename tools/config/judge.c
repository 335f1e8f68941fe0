// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <string.h>

#include "judge.h"

const struct judge *judge_of(unsigned int architecture)
{
	switch (architecture) {
	case JAILHOUSE_X86:
		return &judge_x86;
	case JAILHOUSE_ARM:
		return &judge_arm;
	case JAILHOUSE_ARM64:
		return &judge_arm64;
	default:
		return NULL;
	}
}

/* Cell and system have the byte at the same place. */
int blob_architecture(const void *blob, size_t size)
{
	const struct jailhouse_cell_desc *desc = blob;

	if (size < sizeof(desc->signature) + 1)
		return -1;
	if (memcmp(blob, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(desc->signature)) &&
	    memcmp(blob, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(desc->signature)))
		return -1;
	return desc->architecture;
}
