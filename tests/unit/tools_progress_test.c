// SPDX-License-Identifier: GPL-2.0
/* sources: tools/progress.c */
/* cflags: -D_GNU_SOURCE -Itools */
/* libs: -lutil -lpthread */
/*
 * What is shown at a terminal while something takes long.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "progress.h"
#include "report.h"

bool report_json;

static void work(bool steps)
{
	progress_begin("Working");
	if (steps)
		progress_step(1, 4);
	usleep(1700000);
	if (steps)
		progress_step(5, 4);	/* more than all is all */
	usleep(800000);
	progress_end();
}

/* What a child that works writes to a terminal of its own. */
static void shown(bool steps, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;
	int fd, status;
	pid_t child = forkpty(&fd, NULL, NULL, NULL);

	assert_true(child >= 0);
	if (!child) {
		work(steps);
		_exit(0);
	}
	while (used < size - 1 && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void percent_is_shown_where_it_is_known(void **state)
{
	char text[1024];

	shown(true, text, sizeof(text));
	assert_non_null(strstr(text, "Working: 25 %, 1 s"));
	assert_non_null(strstr(text, "Working: 100 %, 2 s"));
	assert_string_equal(text + strlen(text) - 4, "\r\033[K");
}

static void seconds_alone_are_shown_otherwise(void **state)
{
	char text[1024];

	shown(false, text, sizeof(text));
	assert_non_null(strstr(text, "Working: 1 s"));
	assert_null(strstr(text, "%"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_is_shown_where_it_is_known),
		cmocka_unit_test(seconds_alone_are_shown_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
