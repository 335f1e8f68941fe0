// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../report.h"
#include "scratch.h"
#include "tree.h"

struct tree {
	int root;
	bool live;
	char *name;
	char *unpacked;		/* a folder that goes with the tree */
};

/* --- opening ----------------------------------------------------------------------------------------------------------------- */

/* Owners and rights in the archive are nobody's concern: the files are this user's, and can be removed again. */
static int unpack(struct tree *t, const char *archive)
{
	char *argv[] = { "tar", "-x", "-f", (char *)archive, "-C", NULL, "-o", NULL };

	t->unpacked = scratch_create();
	if (!t->unpacked)
		return -1;
	argv[5] = t->unpacked;
	if (!scratch_run(argv))
		return 0;
	report_error(0, "Give a folder, or what \"jailhouse config collect\" has written; the program tar has to be installed.",
		     "%s: this is not an archive that tar can unpack", archive);
	return -1;
}

static int open_tree(struct tree *t, const char *path)
{
	struct stat st;
	const char *folder = path;

	if (stat(path, &st))
		return report_error(errno, "Check the path.", "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		if (unpack(t, path))
			return EXIT_ERROR;
		folder = t->unpacked;
	}
	t->root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return t->root < 0 ? report_error(errno, NULL, "%s", folder) : 0;
}

struct tree *tree_open(const char *path)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->root = -1;
	t->live = !path || !strcmp(path, "/");
	t->name = strdup(t->live ? "the running machine" : path);
	if (open_tree(t, t->live ? "/" : path)) {
		tree_close(t);
		return NULL;
	}
	return t;
}

void tree_close(struct tree *t)
{
	if (!t)
		return;
	if (t->root >= 0)
		close(t->root);
	scratch_remove(t->unpacked);
	free(t->name);
	free(t);
}

bool tree_is_live(const struct tree *t)
{
	return t->live;
}

const char *tree_name(const struct tree *t)
{
	return t->name;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

static int open_inside(const struct tree *t, const char *path, int flags)
{
	struct open_how how = { .flags = (__u64)(flags | O_CLOEXEC), .resolve = t->live ? 0 : RESOLVE_IN_ROOT };

	return (int)syscall(SYS_openat2, t->root, path, &how, sizeof(how));
}

#define PATH_SIZE	512

/* Paths are made of ours and of names that came from the tree: one that does not fit does not exist. */
#define FORMAT_PATH(path, format)						\
	({									\
		va_list ap_;							\
		int n_;								\
		va_start(ap_, format);						\
		n_ = vsnprintf(path, PATH_SIZE, format, ap_);			\
		va_end(ap_);							\
		if (n_ >= PATH_SIZE)						\
			errno = ENAMETOOLONG;					\
		n_ < PATH_SIZE;							\
	})

static char *read_file(int fd, size_t *size)
{
	size_t room = 4096, used = 0;
	char *buf = malloc(room + 1), *larger;
	ssize_t n = 1;

	while (buf && n > 0 && used < TREE_MAX_FILE) {
		if (used == room) {
			larger = realloc(buf, (room *= 2) + 1);
			if (!larger)
				break;
			buf = larger;
		}
		n = read(fd, buf + used, room - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (buf && n == 0) {
		buf[used] = '\0';
		*size = used;
		return buf;
	}
	if (buf && n > 0)
		errno = EFBIG;
	free(buf);
	return NULL;
}

static char *read_path(const struct tree *t, const char *path, size_t *size)
{
	int fd = open_inside(t, path, O_RDONLY | O_NONBLOCK | O_NOCTTY), error;
	char *content;

	if (fd < 0)
		return NULL;
	content = read_file(fd, size);
	error = errno;
	close(fd);
	errno = error;
	return content;
}

char *tree_read(const struct tree *t, size_t *size, const char *format, ...)
{
	char path[PATH_SIZE];
	size_t unused;

	if (!FORMAT_PATH(path, format))
		return NULL;
	return read_path(t, path, size ? size : &unused);
}

bool tree_line(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	char path[PATH_SIZE], *content;
	size_t length;

	buf[0] = '\0';
	if (!FORMAT_PATH(path, format))
		return false;
	content = read_path(t, path, &length);
	if (!content)
		return false;
	snprintf(buf, size, "%.*s", (int)strcspn(content, "\n"), content);
	free(content);
	return true;
}

bool tree_has(const struct tree *t, const char *format, ...)
{
	char path[PATH_SIZE];
	int fd;

	if (!FORMAT_PATH(path, format))
		return false;
	fd = open_inside(t, path, O_PATH);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void tree_link(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	char path[PATH_SIZE], target[PATH_SIZE] = "", *last;
	int fd;

	buf[0] = '\0';
	if (!FORMAT_PATH(path, format))
		return;
	fd = open_inside(t, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (readlinkat(fd, "", target, sizeof(target) - 1) > 0) {
		last = strrchr(target, '/');
		snprintf(buf, size, "%s", last ? last + 1 : target);
	}
	close(fd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **list_dir(DIR *dir, size_t *count)
{
	char **names = NULL, **longer;
	struct dirent *e;

	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		longer = reallocarray(names, *count + 1, sizeof(*names));
		if (!longer)
			break;
		names = longer;
		names[*count] = strdup(e->d_name);
		if (!names[*count])
			break;
		(*count)++;
	}
	if (names)
		qsort(names, *count, sizeof(*names), by_name);
	return names;
}

char **tree_list(const struct tree *t, size_t *count, const char *format, ...)
{
	char path[PATH_SIZE], **names;
	DIR *dir;
	int fd;

	*count = 0;
	if (!FORMAT_PATH(path, format))
		return NULL;
	fd = open_inside(t, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return NULL;
	}
	names = list_dir(dir, count);
	closedir(dir);
	return names;
}

void tree_free_list(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}
