// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jailhouse/cell-config.h>

#include "keys.h"

static __u64 *number_at(const struct key *key, void *to)
{
	return (__u64 *)((char *)to + key->to);
}

static const char *kind_of(const struct node *n)
{
	return n->kind == NODE_LIST ? "a list" : n->kind == NODE_MAP ? "a map" : n->text;
}

static bool is_scalar(struct text *t, const struct node *value, const char *key)
{
	if (value->kind == NODE_SCALAR)
		return true;
	return complain(t, value->at, "Give one value.", "\"%s\" is %s", key, kind_of(value));
}

/* --- numbers --- */

static int digit_of(char c, unsigned int base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' : isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;

	return digit < (int)base ? digit : -1;
}

/* Digits, "_" between them; the first character behind them, or NULL */
static const char *parse_digits(const char *s, unsigned int base, __u64 *value)
{
	*value = 0;
	if (digit_of(*s, base) < 0)
		return NULL;
	for (; digit_of(*s, base) >= 0 || (*s == '_' && digit_of(s[1], base) >= 0); s++) {
		if (*s == '_')
			continue;
		if (__builtin_mul_overflow(*value, (__u64)base, value) || __builtin_add_overflow(*value, (__u64)digit_of(*s, base), value))
			return NULL;
	}
	return s;
}

bool parse_number(const char *s, const char *suffixes, __u64 *value)
{
	bool is_hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *suffix;
	unsigned int shift;

	s = parse_digits(is_hex ? s + 2 : s, is_hex ? 16 : 10, value);
	while (s && *s == ' ')
		s++;
	if (!s || !*s)
		return s;
	suffix = strchr(suffixes, toupper((unsigned char)*s));
	if (!suffix || s[1])
		return false;
	shift = 10 * (unsigned int)(suffix - suffixes + 1);
	if (*value > ~0ULL >> shift)
		return false;
	*value <<= shift;
	return true;
}

static bool take_number(struct text *t, const struct node *value, const struct key *key, void *to, const char *suffixes)
{
	__u64 n;

	if (!is_scalar(t, value, key->name))
		return false;
	if (!parse_number(value->text, suffixes, &n))
		return complain(t, value->at, *suffixes ? "Write it in decimal, or with 0x in hexadecimal; K, M, G or T may follow." :
				"Write it in decimal, or with 0x in hexadecimal.", "\"%s\" of \"%s\" is no number of 64 bits", value->text, key->name);
	if (key->max && n > key->max)
		return complain(t, value->at, NULL, "\"%s\" of \"%s\" is too large: the binary has room for %llu (0x%llx)", value->text, key->name,
				key->max, key->max);
	*number_at(key, to) = n;
	return true;
}

bool key_number(struct text *t, const struct node *value, const struct key *key, void *to)
{
	return take_number(t, value, key, to, "");
}

bool key_size(struct text *t, const struct node *value, const struct key *key, void *to)
{
	return take_number(t, value, key, to, "KMGT");
}

/* Microseconds */
bool key_time(struct text *t, const struct node *value, const struct key *key, void *to)
{
	static const struct { const char *unit; __u64 factor; } units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 }, { "", 1 } };
	const char *end;
	unsigned int n;
	__u64 number;

	if (!is_scalar(t, value, key->name))
		return false;
	if (parse_number(value->text, "", &number)) {
		*number_at(key, to) = number;
		return true;
	}
	end = parse_digits(value->text, 10, &number);
	while (end && *end == ' ')
		end++;
	for (n = 0; end && n < sizeof(units) / sizeof(units[0]); n++)
		if (!strcmp(end, units[n].unit) && !__builtin_mul_overflow(number, units[n].factor, number_at(key, to)))
			return true;
	return complain(t, value->at, "Write a number with us, ms or s.", "\"%s\" of \"%s\" is no time", value->text, key->name);
}

bool key_bool(struct text *t, const struct node *value, const struct key *key, void *to)
{
	bool is_true = value->kind == NODE_SCALAR && !strcmp(value->text, "true");

	if (!is_true && (value->kind != NODE_SCALAR || strcmp(value->text, "false")))
		return complain(t, value->at, "Write true or false.", "\"%s\" is %s", key->name, kind_of(value));
	*number_at(key, to) = is_true;
	return true;
}

/* --- names --- */

static bool find_name(struct text *t, const struct node *value, const struct key *key, __u64 *number)
{
	const char *like;
	char list[512];

	if (!is_scalar(t, value, key->name))
		return false;
	if (name_find(key->more, value->text, number))
		return true;
	like = name_like(key->more, value->text);
	name_list(key->more, list, sizeof(list));
	return complain(t, value->at, like ? text_format(t, "Did you mean \"%s\"?", like) : text_format(t, "Use one of: %s.", list),
			"\"%s\" has no \"%s\"", key->name, value->text);
}

bool key_name(struct text *t, const struct node *value, const struct key *key, void *to)
{
	return find_name(t, value, key, number_at(key, to));
}

bool key_names(struct text *t, const struct node *value, const struct key *key, void *to)
{
	bool fine = true;
	unsigned int n;
	__u64 bit;

	*number_at(key, to) = 0;
	if (value->kind != NODE_LIST)
		return complain(t, value->at, "Write a list, such as [read, write].", "\"%s\" is no list", key->name);
	for (n = 0; n < value->count; n++) {
		if (find_name(t, value->items[n], key, &bit))
			*number_at(key, to) |= bit;
		else
			fine = false;
	}
	return fine;
}

bool key_label(struct text *t, const struct node *value, const struct key *key, void *to)
{
	if (!is_scalar(t, value, key->name))
		return false;
	*(const char **)((char *)to + key->to) = value->text;
	return true;
}

bool key_node(struct text *t, const struct node *value, const struct key *key, void *to)
{
	*(const struct node **)((char *)to + key->to) = value;
	return true;
}

bool key_map(struct text *t, const struct node *value, const struct key *key, void *to)
{
	read_keys(t, value, key->more, (char *)to + key->to);
	return true;
}

/* --- PCI addresses, ports --- */

static const char *hex_part(const char *s, __u64 max, char behind, __u64 *value)
{
	s = s ? parse_digits(s, 16, value) : NULL;
	return s && *value <= max && *s == behind ? s + (behind != '\0') : NULL;
}

/* [domain:]bus:device.function: domain 31:16, bus 15:8, device 7:3, function 2:0 */
bool parse_bdf(const char *s, __u64 *address)
{
	__u64 domain = 0, bus, device, function;
	const char *first = strchr(s, ':'), *pos = s;

	if (first && strchr(first + 1, ':'))
		pos = hex_part(s, 0xffff, ':', &domain);
	pos = hex_part(pos, 0xff, ':', &bus);
	pos = hex_part(pos, 0x1f, '.', &device);
	pos = hex_part(pos, 7, '\0', &function);
	if (!pos)
		return false;
	*address = domain << 16 | bus << 8 | device << 3 | function;
	return true;
}

bool key_bdf(struct text *t, const struct node *value, const struct key *key, void *to)
{
	if (!is_scalar(t, value, key->name))
		return false;
	if (!parse_bdf(value->text, number_at(key, to)))
		return complain(t, value->at, "Write \"BUS:DEVICE.FUNCTION\" in hexadecimal as lspci does, such as \"00:1f.2\".",
				"\"%s\" is no PCI address", value->text);
	if (key->max && *number_at(key, to) > key->max)
		return complain(t, value->at, "Leave the domain out.", "\"%s\" has a domain, which this address cannot have", value->text);
	return true;
}

bool key_port(struct text *t, const struct node *value, const struct key *key, void *to)
{
	if (value->kind == NODE_SCALAR && name_find(port_names, value->text, number_at(key, to)))
		return true;
	return key_number(t, value, key, to);
}

/* --- ranges, sets --- */

static bool parse_range(const char *s, __u64 *first, __u64 *last)
{
	const char *dash = strchr(s, '-');
	char before[40];

	if (!dash) {
		if (!parse_number(s, "", first))
			return false;
		*last = *first;
		return true;
	}
	if (dash - s >= (long)sizeof(before))
		return false;
	snprintf(before, sizeof(before), "%.*s", (int)(dash - s), s);
	dash++;
	while (*dash == ' ')
		dash++;
	return parse_number(before, "", first) && parse_number(dash, "", last) && *first <= *last;
}

bool read_range(struct text *t, const struct node *value, __u64 max, __u64 *first, __u64 *last)
{
	if (!is_scalar(t, value, "range"))
		return false;
	if (name_find(port_names, value->text, first)) {
		*last = *first + 7;
		return true;
	}
	if (!parse_range(value->text, first, last))
		return complain(t, value->at, "Write one number, or FIRST-LAST.", "\"%s\" is no range", value->text);
	return *last <= max || complain(t, value->at, NULL, "\"%s\" goes beyond %llu (0x%llx)", value->text, max, max);
}

#define MAX_SET	0xffff

static bool visit_range(struct text *t, const struct node *value, const char *s, __u64 max, void (*visit)(void *, __u64), void *context)
{
	__u64 first, last, n;

	if (!parse_range(s, &first, &last))
		return complain(t, value->at, "Write numbers and ranges, such as 2-3 or \"0,2-3\".", "\"%s\" is no set of numbers", value->text);
	if (last > max || last - first > MAX_SET)
		return complain(t, value->at, NULL, "\"%s\" goes beyond %llu", value->text, max < MAX_SET ? max : first + MAX_SET);
	for (n = first; n <= last; n++)
		visit(context, n);
	return true;
}

static bool visit_text(struct text *t, const struct node *value, __u64 max, void (*visit)(void *, __u64), void *context)
{
	char part[48];
	const char *s, *comma;

	for (s = value->text; *s; s = *comma ? comma + 1 : comma) {
		while (*s == ' ')
			s++;
		comma = s + strcspn(s, ",");
		if (comma - s >= (long)sizeof(part))
			return complain(t, value->at, NULL, "\"%s\" is no set of numbers", value->text);
		snprintf(part, sizeof(part), "%.*s", (int)(comma - s), s);
		if (!visit_range(t, value, part, max, visit, context))
			return false;
	}
	return true;
}

bool read_set(struct text *t, const struct node *value, __u64 max, void (*visit)(void *context, __u64 n), void *context)
{
	unsigned int n;

	if (value->kind == NODE_SCALAR)
		return visit_text(t, value, max, visit, context);
	if (value->kind != NODE_LIST)
		return complain(t, value->at, "Write numbers and ranges, such as 2-3 or \"0,2-3\".", "a map is no set of numbers");
	for (n = 0; n < value->count; n++)
		if (!is_scalar(t, value->items[n], "set") || !visit_text(t, value->items[n], max, visit, context))
			return false;
	return true;
}

/* --- maps --- */

static bool unknown_key(struct text *t, const struct node *key, const struct key *keys)
{
	struct name names[65] = { { NULL, 0 } };
	const char *like;
	char list[512];
	unsigned int n;

	for (n = 0; n < 64 && keys[n].name; n++)
		names[n] = (struct name){ keys[n].name, 0 };
	like = name_like(names, key->text);
	name_list(names, list, sizeof(list));
	return complain(t, key->at, like ? text_format(t, "Did you mean \"%s\"?", like) : text_format(t, "The keys here are: %s.", list),
			"there is no key \"%s\" here", key->text);
}

__u64 read_keys(struct text *t, const struct node *map, const struct key *keys, void *to)
{
	unsigned int n, k;
	__u64 seen = 0;

	if (map->kind != NODE_MAP) {
		complain(t, map->at, "Write keys and values, such as {name: …}.", "%s stands where a map is needed", kind_of(map));
		return 0;
	}
	for (n = 0; n < map->count; n++) {
		for (k = 0; keys[k].name && strcmp(keys[k].name, map->keys[n]->text); k++)
			;
		if (!keys[k].name) {
			unknown_key(t, map->keys[n], keys);
			continue;
		}
		keys[k].read(t, map->items[n], &keys[k], to);
		seen |= 1ULL << k;
	}
	return seen;
}

/* --- raw --- */

long read_digits(struct text *t, const struct node *value, __u8 *to, size_t size)
{
	size_t count = 0;
	const char *s;

	if (!is_scalar(t, value, "raw"))
		return -1;
	for (s = value->text; *s; s += 2) {
		while (*s == ' ')
			s++;
		if (!*s)
			break;
		if (digit_of(s[0], 16) < 0 || digit_of(s[1], 16) < 0) {
			complain(t, value->at, "Write two hexadecimal digits a byte.", "these are no bytes");
			return -1;
		}
		if (count < size)
			to[count] = (__u8)(digit_of(s[0], 16) << 4 | digit_of(s[1], 16));
		count++;
	}
	return (long)count;
}

/* "name" or "name.index" */
static bool names_field(const struct field *f, const char *name, unsigned int *index)
{
	size_t length = strlen(f->name);
	__u64 n = 0;

	if (strncmp(name, f->name, length))
		return false;
	*index = 0;
	if (f->count == 1)
		return !name[length];
	if (name[length] != '.' || !parse_number(name + length + 1, "", &n) || n >= f->count)
		return false;
	*index = (unsigned int)n;
	return true;
}

static void read_field(struct text *t, const struct node *value, const struct field *f, __u8 *to)
{
	struct key key = { f->name, NULL, 0, f->bytes < 8 ? (1ULL << 8 * f->bytes) - 1 : ~0ULL, NULL };
	__u8 bytes[64];
	__u64 number;
	long n;

	if (!f->digits) {
		if (take_number(t, value, &key, &number, ""))
			memcpy(to, &number, f->bytes);
		return;
	}
	n = read_digits(t, value, bytes, sizeof(bytes));
	if (n >= 0 && n != (long)f->bytes)
		complain(t, value->at, NULL, "\"%s\" has %ld bytes in place of %u", f->name, n, f->bytes);
	else if (n >= 0)
		memcpy(to, bytes, f->bytes);
}

void read_raw(struct text *t, const struct node *raw, const struct field *fields, void *to)
{
	unsigned int n, index = 0;
	const struct field *f;

	if (!raw)
		return;
	if (raw->kind != NODE_MAP) {
		complain(t, raw->at, "Write raw: {member: number}.", "\"raw\" is no map");
		return;
	}
	for (n = 0; n < raw->count; n++) {
		for (f = fields; f->name && !names_field(f, raw->keys[n]->text, &index); f++)
			;
		if (f->name)
			read_field(t, raw->items[n], f, (__u8 *)to + f->offset + index * f->bytes);
		else
			complain(t, raw->keys[n]->at, "Use the names of <jailhouse/cell-config.h>; elements of arrays are NAME.NUMBER.",
				 "the binary has no member \"%s\" here", raw->keys[n]->text);
	}
}
