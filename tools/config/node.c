// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

/* Allocations of a text form a list, each behind a pointer to the one before. */
struct block {
	struct block *next;
	_Alignas(max_align_t) char data[];
};

void text_init(struct text *t, char *(*read_file)(const char *path, size_t *size))
{
	*t = (struct text){ .read_file = read_file };
}

void text_forget(struct text *t, unsigned int count)
{
	unsigned int n;

	for (n = count; n < t->num_complaints && n < TEXT_MAX_COMPLAINTS; n++) {
		free(t->complaints[n].what);
		free(t->complaints[n].way_out);
	}
	if (t->num_complaints > count)
		t->num_complaints = count;
}

void text_free(struct text *t)
{
	struct block *block = t->blocks, *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
	text_forget(t, 0);
	free(t->complaints);
	*t = (struct text){ 0 };
}

static void *must(void *memory)
{
	if (!memory) {
		fputs("jailhouse: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *text_alloc(struct text *t, size_t size)
{
	struct block *block = must(calloc(1, sizeof(*block) + size));

	block->next = t->blocks;
	t->blocks = block;
	return block->data;
}

static char *vformat(const char *format, va_list ap)
{
	char *s;

	if (vasprintf(&s, format, ap) < 0)
		must(NULL);
	return s;
}

const char *text_format(struct text *t, const char *format, ...)
{
	char *s, *copy;
	va_list ap;

	va_start(ap, format);
	s = vformat(format, ap);
	va_end(ap);
	copy = text_alloc(t, strlen(s) + 1);
	strcpy(copy, s);
	free(s);
	return copy;
}

bool complain(struct text *t, struct place at, const char *way_out, const char *what, ...)
{
	struct complaint *c;
	va_list ap;

	if (t->num_complaints++ >= TEXT_MAX_COMPLAINTS)
		return false;
	if (!t->complaints)
		t->complaints = must(calloc(TEXT_MAX_COMPLAINTS, sizeof(*t->complaints)));
	c = &t->complaints[t->num_complaints - 1];
	c->at = at;
	va_start(ap, what);
	c->what = vformat(what, ap);
	va_end(ap);
	c->way_out = way_out ? must(strdup(way_out)) : NULL;
	return false;
}

struct node *map_get(const struct node *map, const char *key)
{
	unsigned int n;

	for (n = 0; map && map->kind == NODE_MAP && n < map->count; n++)
		if (!strcmp(map->keys[n]->text, key))
			return map->items[n];
	return NULL;
}

struct node *node_new(struct text *t, enum node_kind kind)
{
	struct node *n = text_alloc(t, sizeof(*n));

	n->kind = kind;
	n->text = "";
	t->num_nodes++;
	return n;
}

struct node *node_scalar(struct text *t, const char *format, ...)
{
	struct node *n = node_new(t, NODE_SCALAR);
	va_list ap;
	char *s;

	va_start(ap, format);
	s = vformat(format, ap);
	va_end(ap);
	n->text = text_format(t, "%s", s);
	free(s);
	return n;
}

struct node *node_string(struct text *t, const char *value)
{
	struct node *n = node_scalar(t, "%s", value);

	n->quoted = true;
	return n;
}

static struct node **grown(struct text *t, struct node **old, unsigned int count, unsigned int room)
{
	struct node **array = text_alloc(t, room * sizeof(*array));

	if (count)
		memcpy(array, old, count * sizeof(*array));
	return array;
}

static void make_room(struct text *t, struct node *n)
{
	if (n->count < n->room)
		return;
	n->room = n->room ? 2 * n->room : 8;
	n->items = grown(t, n->items, n->count, n->room);
	if (n->kind == NODE_MAP)
		n->keys = grown(t, n->keys, n->count, n->room);
}

void node_add(struct text *t, struct node *list, struct node *item)
{
	make_room(t, list);
	list->items[list->count++] = item;
}

void node_put(struct text *t, struct node *map, const char *key, struct node *value)
{
	make_room(t, map);
	map->keys[map->count] = node_scalar(t, "%s", key);
	map->items[map->count++] = value;
}
