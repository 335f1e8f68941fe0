// SPDX-License-Identifier: GPL-2.0
/*
 * refuse - refusals about an entry of a configuration that does not fit the machine
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/rules.h>
#include <common/lib/string.h>
#include <hv/log.h>
#include <hv/x86/vdev.h>

int vdev_refuse(struct system *s, const struct cell *c, u32 rule, u16 object, u16 index,
		const u64 value[3])
{
	struct jailhouse_refusal r;

	refusal_init(&r, rule);
	r.object = object;
	r.index = index;
	r.cell = cell_is_root(c) ? 0 : -1;
	memcpy(r.value, value, 3 * sizeof(u64));
	return refuse(s, &r);
}
