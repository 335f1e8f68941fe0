// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of the hypervisor's status page.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/processor.h>
#include <linux/string.h>

#include "status.h"

#define REFUSAL_READ_TRIES	1000

static bool read_refusal_once(const struct hv_status_page *status, struct jailhouse_refusal *copy,
			      u32 *seq)
{
	*seq = status_refusal_seq(status);
	if (*seq & 1)
		return false;
	/* Both pair with the hypervisor's write barriers between refusal_seq and refusal. */
	smp_rmb();
	memcpy(copy, &status->refusal, sizeof(*copy));
	smp_rmb();
	return status_refusal_seq(status) == *seq;
}

void status_get_refusal(const struct hv_status_page *status, u32 seq, int err,
			struct jailhouse_refusal *why)
{
	struct jailhouse_refusal copy;
	u32 now;
	int tries;

	for (tries = 0; tries < REFUSAL_READ_TRIES; tries++) {
		if (read_refusal_once(status, &copy, &now))
			break;
		cpu_relax();
	}
	if (tries == REFUSAL_READ_TRIES || now == seq || copy.error != err)
		return;
	copy.cell_name[sizeof(copy.cell_name) - 1] = 0;
	copy.other_name[sizeof(copy.other_name) - 1] = 0;
	*why = copy;
}

bool status_get_cell(const struct hv_status_page *status, s32 id,
		     struct jailhouse_status_cell *cell)
{
	int i;

	for (i = 0; i < JAILHOUSE_STATUS_MAX_CELLS; i++) {
		if (READ_ONCE(status->cells[i].id) != id)
			continue;
		memcpy(cell, &status->cells[i], sizeof(*cell));
		return cell->id == id;
	}
	return false;
}
