/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tree - the files of a machine (/proc, /sys, …): the running one, a folder with a copy, or an archive of "jailhouse config collect".
 * Links are followed inside of the tree only, absolute ones included. Paths are given without a leading slash.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_TREE_H
#define TOOLS_MACHINE_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct tree;

/** @path: NULL, the running machine; a folder; or an archive that tar can read, which is unpacked until tree_close(). NULL: reported. */
struct tree *tree_open(const char *path);
void tree_close(struct tree *t);

bool tree_is_live(const struct tree *t);

/** What a person would call it: "the running machine", or the path that was given */
const char *tree_name(const struct tree *t);

/** Content with a zero byte behind it, which the caller frees. NULL: errno says why. No file is larger than TREE_MAX_FILE. */
__attribute__((format(printf, 3, 4)))
char *tree_read(const struct tree *t, size_t *size, const char *format, ...);

/** The first line of a file into @buf, without its newline; "" if there is none. Returns whether the file could be read. */
__attribute__((format(printf, 4, 5)))
bool tree_line(const struct tree *t, char *buf, size_t size, const char *format, ...);

/** The file is there, readable or not. */
__attribute__((format(printf, 2, 3)))
bool tree_has(const struct tree *t, const char *format, ...);

/** The last part of what a link points to, into @buf; "" if it is none. */
__attribute__((format(printf, 4, 5)))
void tree_link(const struct tree *t, char *buf, size_t size, const char *format, ...);

/** Names in a folder, sorted, those that start with a dot left out; free with tree_free_list(). None if it cannot be read. */
__attribute__((format(printf, 3, 4)))
char **tree_list(const struct tree *t, size_t *count, const char *format, ...);
void tree_free_list(char **names, size_t count);

#define TREE_MAX_FILE	(16UL << 20)

#endif /* TOOLS_MACHINE_TREE_H */
