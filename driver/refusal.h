/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reasons that the driver itself finds, and the last one of all.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_REFUSAL_H
#define DRIVER_REFUSAL_H

#include <common/config/rules.h>

struct cell_view;

#define REFUSAL_TEXT_SIZE	512

/**
 * Fill @why for @rule about element @index of @object; the values are the rule's own. Returns the
 * rule's (negative) error.
 */
int refuse(struct jailhouse_refusal *why, enum jailhouse_rule rule, enum jailhouse_object object,
	   u16 index, u64 value0, u64 value1, u64 value2);

/** The same with the error @err that came from elsewhere in place of the rule's own. Returns @err.
 */
int refuse_as(struct jailhouse_refusal *why, enum jailhouse_rule rule, int err,
	      enum jailhouse_object object, u16 index, u64 value0, u64 value1, u64 value2);

/** Say in @why that it is about the cell @config, which does not exist yet. Returns @why->error. */
int refuse_for(struct jailhouse_refusal *why, const struct cell_view *config);

/**
 * An operation ended with @err: keep @why as the last refusal of all and log its sentence. An error
 * without a rule gets one. Success clears the last refusal.
 */
void refusal_record(struct jailhouse_refusal *why, int err);

/**
 * The sentence of the last refusal into @buf (@size bytes, terminated), empty if there is none.
 * Returns its length.
 */
size_t refusal_last_text(char *buf, size_t size);

#endif /* DRIVER_REFUSAL_H */
