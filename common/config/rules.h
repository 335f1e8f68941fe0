/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules - every reason for a refusal has a number that never changes, an error, and one sentence with the way out.
 *
 * The list itself is rules.inc: the configuration rules checked by common/config (100-799), and the reasons that only the hypervisor
 * (900-) or the driver (1000-) can see. New reasons are added there and nowhere else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_CONFIG_RULES_H
#define COMMON_CONFIG_RULES_H

#include <jailhouse/types.h>
#include <jailhouse/errno.h>
#include <jailhouse/status.h>

/** enum jailhouse_rule - the number in the lower half, the error in the upper one: whoever refuses needs no table, and no sentences */
enum jailhouse_rule {
	RULE_NONE = 0,
#define RULE(name, number, err, sentence, way_out) RULE_##name = (number) | (err) << 16,
#include <common/config/rules.inc>
#undef RULE
};

/** The number that is in a refusal, and for people */
#define RULE_NUMBER(rule)	((rule) & 0xffff)

/** The rule that @r, not changed since, was started for */
static inline enum jailhouse_rule refusal_rule(const struct jailhouse_refusal *r)
{
	return (enum jailhouse_rule)((__s32)r->rule | -r->error << 16);
}

/** Start @r for @rule: its number and error, no objects, new cell (-1), no other cell, values 0. Returns the (negative) error. */
int refusal_init(struct jailhouse_refusal *r, enum jailhouse_rule rule);

/**
 * Write "what is wrong. What to do." for @r into @buf, always terminated, cut at @size.
 * Names inside @r are printed with anything unprintable replaced. An unknown rule number gives a sentence with that number.
 * Returns the length without the terminator, as if @size were unlimited.
 */
size_t refusal_format(char *buf, size_t size, const struct jailhouse_refusal *r);

/** Identifier of rule number @rule for machines ("MEMORY_OVERLAP"), or NULL. Stable like the number. */
const char *refusal_rule_name(__u32 rule);

/** Identifier of an enum jailhouse_object ("memory"), "unknown" for other numbers. */
const char *refusal_object_name(__u32 object);

#endif /* COMMON_CONFIG_RULES_H */
