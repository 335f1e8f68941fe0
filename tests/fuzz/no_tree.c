// SPDX-License-Identifier: GPL-2.0
/*
 * A machine without files, for parsers whose callers read some.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <tools/machine/tree.h>

char *tree_read(const struct tree *t, size_t *size, const char *format, ...)
{
	errno = ENOENT;
	return NULL;
}

bool tree_line(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	buf[0] = '\0';
	return false;
}

bool tree_has(const struct tree *t, const char *format, ...)
{
	return false;
}

void tree_link(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	buf[0] = '\0';
}

char **tree_list(const struct tree *t, size_t *count, const char *format, ...)
{
	*count = 0;
	return NULL;
}

void tree_free_list(char **names, size_t count)
{
}
