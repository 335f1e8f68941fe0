// SPDX-License-Identifier: GPL-2.0
/*
 * aarch32 - cells in AArch32 state, which not every CPU has.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/cell_ops.h>

static bool missing;	/* on a CPU of this machine */

void arm_note_cpu(void)
{
	arm64_note_width();
	if (!arm64_has_aarch32())
		missing = true;
}

static int check_state(struct system *s, struct cell *c)
{
	if (c->config->flags & JAILHOUSE_CELL_AARCH32 && missing)
		return REFUSE(s, RULE_AARCH32_MISSING, .cell = c);
	return 0;
}

const struct subsys_ops subsys_state = { .name = "execution state", .cell_prepare = check_state };
