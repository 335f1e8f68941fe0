/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge - the rules of common/config for an architecture that need not be this machine's: the same sources, compiled for each.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_JUDGE_H
#define TOOLS_CONFIG_JUDGE_H

#include <common/config/config.h>

/** struct judge - the functions of common/config/config.h */
struct judge {
	int (*cell_view_init)(struct cell_view *v, const void *blob, size_t size, struct jailhouse_refusal *r);
	int (*system_view_init)(struct system_view *v, const void *blob, size_t size, struct jailhouse_refusal *r);
	int (*check_cell)(const struct cell_view *cell, struct jailhouse_refusal *r);
	int (*check_system)(const struct system_view *sys, struct jailhouse_refusal *r);
	int (*check_cell_in_system)(const struct cell_view *cell, const struct system_view *sys, struct jailhouse_refusal *r);
	int (*check_cell_pair)(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r);
};

extern const struct judge judge_x86, judge_arm, judge_arm64;

/** The rules of @architecture (JAILHOUSE_X86 …); NULL: there is no such one. */
const struct judge *judge_of(unsigned int architecture);

/** The architecture that the blob names, before anything else is believed; -1: it is no blob. */
int blob_architecture(const void *blob, size_t size);

#endif /* TOOLS_CONFIG_JUDGE_H */
