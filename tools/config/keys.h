/* SPDX-License-Identifier: GPL-2.0 */
/*
 * keys - maps of the text by tables: which keys there are, what kind of value each has, and where it goes. And values alone.
 *
 * What is wrong is a complaint, with the way out; reading goes on, so that one run tells all of it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_KEYS_H
#define TOOLS_CONFIG_KEYS_H

#include <jailhouse/types.h>

#include "names.h"
#include "node.h"

struct key;

/* Takes a value into @to; false: reported. */
typedef bool key_read_t(struct text *t, const struct node *value, const struct key *key, void *to);

/**
 * struct key - of a table that ends with a name NULL, of at most 64
 * @to:		offset in the struct that is filled, of a __u64 if not said otherwise
 * @max:	largest number; 0: any
 * @more:	a table of names, or of keys
 */
struct key {
	const char *name;
	key_read_t *read;
	size_t to;
	__u64 max;
	const void *more;
};

key_read_t key_number, key_size, key_bool, key_time, key_bdf, key_port;
key_read_t key_name;	/* one of the names @more */
key_read_t key_names;	/* a list of them: the sum of their bits */
key_read_t key_label;	/* to a const char * */
key_read_t key_node;	/* to a const struct node *, as it is */
key_read_t key_map;	/* of the keys @more, into the same struct at @to */

/** Read the keys of @map; the bit of each key that is there, by its place in the table. */
__u64 read_keys(struct text *t, const struct node *map, const struct key *keys, void *to);

/** Set the members that "raw" names; @raw NULL: none. */
void read_raw(struct text *t, const struct node *raw, const struct field *fields, void *to);

/** Hexadecimal digits, two a byte, with blanks. -1: reported; else the number of bytes, of which at most @size are stored. */
long read_digits(struct text *t, const struct node *value, __u8 *to, size_t size);

/** Calls @visit for each number of a set ("0-3", "0,2-3", or a list of those), at most @max. False: reported. */
bool read_set(struct text *t, const struct node *value, __u64 max, void (*visit)(void *context, __u64 n), void *context);

/** "START-END" or one number, each at most @max, or the name of a port for both. */
bool read_range(struct text *t, const struct node *value, __u64 max, __u64 *first, __u64 *last);

/** A number with an optional suffix of @suffixes ("KMGT", each 1024 times the one before). */
bool parse_number(const char *s, const char *suffixes, __u64 *value);

bool parse_bdf(const char *s, __u64 *address);

#endif /* TOOLS_CONFIG_KEYS_H */
