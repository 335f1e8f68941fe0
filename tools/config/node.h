/* SPDX-License-Identifier: GPL-2.0 */
/*
 * node - the tree of a text: what YAML says, with the place where it says it. And the complaints about it.
 *
 * Nodes belong to a struct text, which frees all of them at once. Nobody changes a node that a file was read into: aliases share them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_NODE_H
#define TOOLS_CONFIG_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

/** struct place - for people; line and column start with 1, 0: the file as a whole */
struct place {
	const char *file;
	unsigned int line, column;
};

/**
 * struct node
 * @text:	of a scalar, terminated
 * @items:	of a list or map, @count of them; @keys: scalars, of a map
 * @comment:	written behind the node, never read
 */
struct node {
	enum node_kind kind;
	struct place at;
	bool quoted, open;
	const char *text, *comment;
	struct node **keys, **items;
	unsigned int count, room;
};

/** struct complaint - @way_out may be NULL */
struct complaint {
	struct place at;
	char *what, *way_out;
};

/**
 * struct text - owner of nodes, and of what is wrong with them
 * @read_file:	the whole of an included file, to be freed with free(); NULL: reported in errno. The member NULL: there are no included files.
 */
struct text {
	void *blocks;
	char *(*read_file)(const char *path, size_t *size);
	struct complaint *complaints;
	unsigned int num_complaints, num_nodes, depth;
};

/* More complaints are counted, not kept. */
#define TEXT_MAX_COMPLAINTS	50

void text_init(struct text *t, char *(*read_file)(const char *path, size_t *size));
void text_free(struct text *t);

/** Memory that lives as long as @t; never NULL, zeroed. */
void *text_alloc(struct text *t, size_t size);
__attribute__((format(printf, 2, 3)))
const char *text_format(struct text *t, const char *format, ...);

/** Says that something is wrong at @at. Always returns false. */
__attribute__((format(printf, 4, 5)))
bool complain(struct text *t, struct place at, const char *way_out, const char *what, ...);

/** Keep the first @count complaints only. */
void text_forget(struct text *t, unsigned int count);

/**
 * Read YAML from @data; @file is for complaints and the folder of included files. Merge keys and "include" are done. NULL: there are
 * complaints (there may be some otherwise, too).
 */
struct node *text_read(struct text *t, const char *file, const void *data, size_t size);

/** The value of @key in @map, or NULL. */
struct node *map_get(const struct node *map, const char *key);

/* --- for those who write --- */

struct node *node_new(struct text *t, enum node_kind kind);
__attribute__((format(printf, 2, 3)))
struct node *node_scalar(struct text *t, const char *format, ...);
/* The same, always in quotes */
struct node *node_string(struct text *t, const char *value);
void node_add(struct text *t, struct node *list, struct node *item);
void node_put(struct text *t, struct node *map, const char *key, struct node *value);

/** Write the tree as YAML: the outermost map in blocks, elements of lists in one line as long as they fit. */
void node_write(FILE *f, const struct node *root);

#endif /* TOOLS_CONFIG_NODE_H */
