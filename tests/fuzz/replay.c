// SPDX-License-Identifier: GPL-2.0
/*
 * replay - runs a fuzz target over kept inputs, without libFuzzer: those of tests/fuzz/corpus/NAME as a test, or the files that the
 * command line names.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "fuzz.h"

#define INPUT_ROOM	(1 << 20)

static const char *program;

static bool replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_ROOM), *exact;
	size_t size;

	if (!f) {
		free(data);
		return false;
	}
	size = fread(data, 1, INPUT_ROOM, f);
	fclose(f);
	exact = malloc(size ? size : 1);
	memcpy(exact, data, size);
	free(data);
	/* what is printed last is the input that broke it */
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return true;
}

/* .../NAME_fuzz: the corpus of NAME */
static void corpus_of(const char *name, char *path, size_t size)
{
	const char *base = strrchr(name, '/');
	size_t len;

	base = base ? base + 1 : name;
	len = strlen(base);
	if (len > 5 && !strcmp(base + len - 5, "_fuzz"))
		len -= 5;
	snprintf(path, size, "tests/fuzz/corpus/%.*s", (int)len, base);
}

static void every_kept_input_keeps_the_invariants(void **state)
{
	char folder[512], path[1024];
	struct dirent *entry;
	unsigned int count = 0;
	DIR *dir;

	(void)state;
	corpus_of(program, folder, sizeof(folder));
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		assert_true(replay(path));
		count++;
	}
	closedir(dir);
	assert_true(count > 0);
}

static void the_empty_input_does_no_harm(void **state)
{
	uint8_t *nothing = calloc(1, 1);

	(void)state;
	LLVMFuzzerTestOneInput(nothing, 0);
	free(nothing);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_empty_input_does_no_harm),
		cmocka_unit_test(every_kept_input_keeps_the_invariants),
	};
	int n;

	program = argv[0];
	for (n = 1; n < argc; n++)
		if (!replay(argv[n])) {
			perror(argv[n]);
			return 1;
		}
	return argc > 1 ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
