// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c inmates/lib/param.c */
/* cflags: -Iinmates/lib/include */
/*
 * The command line of an inmate: root writes it, its length is not checked by anybody. Name of the parameter, size of the value, text.
 *
 * Held: nothing is read behind the limit; the value is terminated and holds no blank; a name that is not there gives the default; the
 * same answers as a second parser that cuts the text into words.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include "fuzz.h"
#include <inmate_format.h>

/* The first word that is NAME or NAME=…: NULL, or what stands behind the name */
static const char *second_parser(char *words, const char *name)
{
	char *rest = words, *word;
	size_t len = strlen(name);

	while ((word = strtok_r(rest, " \t\n", &rest)))
		if (!strncmp(word, name, len) && (word[len] == '=' || !word[len]))
			return word + len;
	return NULL;
}

static bool plain_decimal(const char *text)
{
	return *text && strlen(text) <= 18 && text[strspn(text, "0123456789")] == '\0';
}

static void check_numbers(const char *text, size_t limit, const char *name, const char *found)
{
	long long value = param_int(text, limit, name, -77);
	bool yes = param_bool(text, limit, name, true), no = param_bool(text, limit, name, false);

	if (!found)
		FUZZ_CHECK(value == -77 && yes && !no);
	else if (found[0] != '=')
		FUZZ_CHECK(value == -77 && yes && no);
	else if (plain_decimal(found + 1))
		FUZZ_CHECK(value == strtoll(found + 1, NULL, 10));
	if (found && !strcmp(found, "=false"))
		FUZZ_CHECK(!yes && !no);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	size_t name_len = 1 + fuzz_take(&in, 1) % 8, room = 1 + fuzz_take(&in, 1) % 40, limit, n;
	char *name = fuzz_take_block(&in, name_len + 1), *text, *value = malloc(room), *words;
	const char *found;

	/* a name is chosen by the program: no blank, no '=' */
	for (n = 0; n < name_len; n++)
		name[n] = 'a' + (uint8_t)name[n] % 26;
	name[name_len] = '\0';
	limit = in.size;
	text = fuzz_take_block(&in, limit);
	words = strndup(text, limit);
	found = second_parser(words, name);

	FUZZ_CHECK(param_str(text, limit, name, value, room, "default") == value);
	FUZZ_CHECK(strnlen(value, room) < room && !strpbrk(value, " \t\n"));
	if (!found)
		FUZZ_CHECK(!strncmp(value, "default", room - 1));
	else if (*found == '=')
		FUZZ_CHECK(!strncmp(value, found + 1, room - 1));
	else
		FUZZ_CHECK(!*value);
	FUZZ_CHECK(param_str(text, limit, name, value, 0, NULL) == value);
	check_numbers(text, limit, name, found);
	free(words);
	free(value);
	free(text);
	free(name);
	return 0;
}
