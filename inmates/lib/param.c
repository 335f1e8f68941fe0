// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parameters out of a line of text.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate_format.h>

struct word {
	const char *start;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static size_t text_len(const char *text, size_t limit)
{
	size_t n = 0;

	while (n < limit && text[n])
		n++;
	return n;
}

/* Take the next word off the front of @rest. Returns false at the end. */
static bool next_word(struct word *rest, struct word *word)
{
	while (rest->len && is_blank(*rest->start)) {
		rest->start++;
		rest->len--;
	}
	word->start = rest->start;
	word->len = 0;
	while (rest->len && !is_blank(*rest->start)) {
		rest->start++;
		rest->len--;
		word->len++;
	}
	return word->len > 0;
}

/* Returns whether @word is @name, alone or followed by '='; then @value is what follows, with start NULL if nothing does */
static bool word_is(const struct word *word, const char *name, struct word *value)
{
	size_t len = text_len(name, (size_t)-1), n;

	if (word->len < len)
		return false;
	for (n = 0; n < len; n++)
		if (word->start[n] != name[n])
			return false;
	if (word->len == len) {
		*value = (struct word){ NULL, 0 };
		return true;
	}
	*value = (struct word){ word->start + len + 1, word->len - len - 1 };
	return word->start[len] == '=';
}

static bool find_param(const char *text, size_t limit, const char *name, struct word *value)
{
	struct word rest = { text, text_len(text, limit) };
	struct word word;

	while (next_word(&rest, &word))
		if (word_is(&word, name, value))
			return true;
	return false;
}

const char *param_str(const char *text, size_t limit, const char *name, char *buffer, size_t size, const char *default_value)
{
	struct word value;
	size_t n;

	if (!size)
		return buffer;
	if (!find_param(text, limit, name, &value)) {
		value.start = default_value;
		value.len = default_value ? text_len(default_value, (size_t)-1) : 0;
	}
	for (n = 0; n < value.len && n < size - 1; n++)
		buffer[n] = value.start[n];
	buffer[n] = 0;
	return buffer;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Hexadecimal covers all 64 bits, decimal what long long holds. Returns false if anything but digits is there or it is too large. */
static bool parse_digits(struct word word, unsigned int base, unsigned long long max, unsigned long long *result)
{
	unsigned long long v = 0;

	if (!word.len)
		return false;
	for (; word.len; word.start++, word.len--) {
		unsigned int d = digit(*word.start);

		if (d >= base || v > (max - d) / base)
			return false;
		v = v * base + d;
	}
	*result = v;
	return true;
}

static bool skip(struct word *word, char c)
{
	if (!word->len || *word->start != c)
		return false;
	word->start++;
	word->len--;
	return true;
}

static bool is_hex(const struct word *word)
{
	return word->len > 2 && word->start[0] == '0' && (word->start[1] == 'x' || word->start[1] == 'X');
}

long long param_int(const char *text, size_t limit, const char *name, long long default_value)
{
	const unsigned long long max = ~0ULL >> 1;
	unsigned long long v;
	struct word value;
	bool negative;

	if (!find_param(text, limit, name, &value))
		return default_value;
	if (is_hex(&value)) {
		value.start += 2;
		value.len -= 2;
		return parse_digits(value, 16, ~0ULL, &v) ? (long long)v : default_value;
	}
	negative = skip(&value, '-');
	if (!negative)
		skip(&value, '+');
	if (!parse_digits(value, 10, max, &v))
		return default_value;
	return negative ? -(long long)v : (long long)v;
}

static bool is_word(const struct word *value, const char *word)
{
	size_t n;

	for (n = 0; n < value->len; n++)
		if ((value->start[n] | 0x20) != word[n])	/* folds letters to lower case; ends at the NUL of @word */
			return false;
	return word[n] == 0;
}

bool param_bool(const char *text, size_t limit, const char *name, bool default_value)
{
	struct word value;

	if (!find_param(text, limit, name, &value))
		return default_value;
	if (!value.start)
		return true;
	if (value.len && value.start[0] == '1')
		return true;
	if (value.len && value.start[0] == '0')
		return false;
	if (is_word(&value, "true"))
		return true;
	if (is_word(&value, "false"))
		return false;
	return default_value;
}
