// SPDX-License-Identifier: GPL-2.0
/*
 * From YAML to nodes, with libyaml's events: places, aliases, merge keys, included files, and limits for all that could grow.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "node.h"

#define MAX_DEPTH	16	/* of maps and lists */
#define MAX_NODES	500000
#define MAX_KEYS	256	/* of one map: their comparison is quadratic */
#define MAX_INCLUDES	8	/* files in files */

struct anchor {
	struct anchor *next;
	const char *name;
	struct node *node;
};

struct reader {
	struct text *t;
	const char *file;
	yaml_parser_t parser;
	struct anchor *anchors;
	unsigned int depth;
};

static struct place place_of(const struct reader *r, yaml_mark_t mark)
{
	return (struct place){ r->file, (unsigned int)mark.line + 1, (unsigned int)mark.column + 1 };
}

/* False: reported. The event has to be deleted then, too; it is empty. */
static bool next_event(struct reader *r, yaml_event_t *event)
{
	const yaml_parser_t *p = &r->parser;

	if (yaml_parser_parse(&r->parser, event))
		return true;
	memset(event, 0, sizeof(*event));
	if (p->context)
		return complain(r->t, place_of(r, p->problem_mark), NULL, "%s %s", p->problem, p->context);
	return complain(r->t, place_of(r, p->problem_mark), NULL, "%s", p->problem ? p->problem : "not YAML");
}

static void remember(struct reader *r, const yaml_char_t *name, struct node *node)
{
	struct anchor *a;

	if (!name)
		return;
	a = text_alloc(r->t, sizeof(*a));
	a->name = text_format(r->t, "%s", (const char *)name);
	a->node = node;
	a->next = r->anchors;
	r->anchors = a;
}

static struct node *alias(struct reader *r, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct anchor *a = r->anchors;

	while (a && strcmp(a->name, name))
		a = a->next;
	if (a && !a->node->open)
		return a->node;
	complain(r->t, place_of(r, event->start_mark), "Write the anchor before its alias, and not around it.",
		 "the alias *%s has no anchor here", name);
	return NULL;
}

static struct node *read_node(struct reader *r, yaml_event_t *event);

static struct node *scalar(struct reader *r, const yaml_event_t *event)
{
	struct node *n = node_new(r->t, NODE_SCALAR);
	char *copy = text_alloc(r->t, event->data.scalar.length + 1);

	memcpy(copy, event->data.scalar.value, event->data.scalar.length);
	n->text = copy;
	n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (strlen(copy) != event->data.scalar.length) {
		complain(r->t, place_of(r, event->start_mark), NULL, "a character of code 0");
		return NULL;
	}
	remember(r, event->data.scalar.anchor, n);
	return n;
}

static bool read_items(struct reader *r, struct node *list)
{
	yaml_event_t event;
	struct node *item;

	for (;;) {
		if (!next_event(r, &event))
			return false;
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&event);
			return true;
		}
		item = read_node(r, &event);
		if (!item)
			return false;
		node_add(r->t, list, item);
	}
}

static bool put_pair(struct reader *r, struct node *map, struct node *key, struct node *value)
{
	if (key->kind != NODE_SCALAR)
		return complain(r->t, key->at, "Write a name and a colon.", "a key that is no name");
	if (strcmp(key->text, "<<") && map_get(map, key->text))
		return complain(r->t, key->at, "Keep one of them.", "the key \"%s\" is here twice", key->text);
	if (map->count == MAX_KEYS)
		return complain(r->t, key->at, NULL, "more than %u keys", MAX_KEYS);
	node_put(r->t, map, key->text, value);
	map->keys[map->count - 1] = key;
	return true;
}

static bool read_pairs(struct reader *r, struct node *map)
{
	struct node *key, *value;
	yaml_event_t event;

	for (;;) {
		if (!next_event(r, &event))
			return false;
		if (event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&event);
			return true;
		}
		key = read_node(r, &event);
		if (!key || !next_event(r, &event))
			return false;
		value = read_node(r, &event);
		if (!value || !put_pair(r, map, key, value))
			return false;
	}
}

/* What a merge key names stands behind the keys that are there. */
static bool merge_from(struct reader *r, struct node *map, const struct node *from)
{
	unsigned int n;

	if (from->kind != NODE_MAP)
		return complain(r->t, from->at, "Name an anchor of a map: <<: *anchor", "a merge key without a map");
	for (n = 0; n < from->count; n++)
		if (!map_get(map, from->keys[n]->text) && !put_pair(r, map, from->keys[n], from->items[n]))
			return false;
	return true;
}

static bool do_merges(struct reader *r, struct node *map)
{
	struct node *with = map_get(map, "<<"), *plain = node_new(r->t, NODE_MAP);
	unsigned int n, i;

	if (!with)
		return true;
	/* The maps to merge, in their order, and the map without that key */
	plain->at = map->at;
	for (n = 0; n < map->count; n++)
		if (strcmp(map->keys[n]->text, "<<") && !put_pair(r, plain, map->keys[n], map->items[n]))
			return false;
	for (n = 0; n < map->count; n++) {
		if (strcmp(map->keys[n]->text, "<<"))
			continue;
		with = map->items[n];
		if (with->kind != NODE_LIST && !merge_from(r, plain, with))
			return false;
		for (i = 0; with->kind == NODE_LIST && i < with->count; i++)
			if (!merge_from(r, plain, with->items[i]))
				return false;
	}
	*map = *plain;
	return true;
}

static struct node *collection(struct reader *r, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT, fine;
	struct node *n = node_new(r->t, is_map ? NODE_MAP : NODE_LIST);

	n->at = place_of(r, event->start_mark);
	n->open = true;
	remember(r, is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor, n);
	if (r->depth == MAX_DEPTH) {
		complain(r->t, n->at, NULL, "more than %u levels", MAX_DEPTH);
		return NULL;
	}
	r->depth++;
	fine = is_map ? read_pairs(r, n) && do_merges(r, n) : read_items(r, n);
	r->depth--;
	n->open = false;
	return fine ? n : NULL;
}

/* Deletes the event. NULL: reported */
static struct node *read_node(struct reader *r, yaml_event_t *event)
{
	struct place at = place_of(r, event->start_mark);
	struct node *n = NULL;

	if (r->t->num_nodes > MAX_NODES)
		complain(r->t, at, "Is this a configuration?", "more than %u values", MAX_NODES);
	else if (event->type == YAML_ALIAS_EVENT)
		n = alias(r, event);
	else if (event->type == YAML_SCALAR_EVENT)
		n = scalar(r, event);
	else
		n = collection(r, event);
	if (n && event->type == YAML_SCALAR_EVENT)
		n->at = at;
	yaml_event_delete(event);
	return n;
}

/* The one document of the file; an empty file has an empty map. */
static struct node *read_document(struct reader *r)
{
	struct node *root = NULL;
	yaml_event_t event;

	for (;;) {
		if (!next_event(r, &event))
			return NULL;
		switch (event.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			yaml_event_delete(&event);
			break;
		case YAML_STREAM_END_EVENT:
			yaml_event_delete(&event);
			return root ? root : node_new(r->t, NODE_MAP);
		default:
			if (root) {
				complain(r->t, place_of(r, event.start_mark), "Use one file for each.", "a second document in the file");
				yaml_event_delete(&event);
				return NULL;
			}
			root = read_node(r, &event);
			if (!root)
				return NULL;
		}
	}
}

/* --- included files --- */

static struct node *joined_lists(struct text *t, const struct node *first, const struct node *second)
{
	struct node *n = node_new(t, NODE_LIST);
	unsigned int i;

	n->at = second->at;
	for (i = 0; i < first->count; i++)
		node_add(t, n, first->items[i]);
	for (i = 0; i < second->count; i++)
		node_add(t, n, second->items[i]);
	return n;
}

static struct node *joined(struct text *t, struct node *base, struct node *over);

static struct node *joined_maps(struct text *t, const struct node *base, const struct node *over)
{
	struct node *n = node_new(t, NODE_MAP), *same;
	unsigned int i;

	n->at = over->at;
	for (i = 0; i < base->count; i++) {
		same = map_get(over, base->keys[i]->text);
		node_put(t, n, "", same ? joined(t, base->items[i], same) : base->items[i]);
		n->keys[n->count - 1] = base->keys[i];
	}
	for (i = 0; i < over->count; i++)
		if (!map_get(base, over->keys[i]->text)) {
			node_put(t, n, "", over->items[i]);
			n->keys[n->count - 1] = over->keys[i];
		}
	return n;
}

static struct node *joined(struct text *t, struct node *base, struct node *over)
{
	if (base->kind != over->kind || base->kind == NODE_SCALAR)
		return over;
	return base->kind == NODE_LIST ? joined_lists(t, base, over) : joined_maps(t, base, over);
}

static struct node *include(struct text *t, const struct node *name)
{
	const char *slash = strrchr(name->at.file, '/'), *path;
	struct node *n;
	size_t size;
	char *data;

	if (name->kind != NODE_SCALAR) {
		complain(t, name->at, "include: FILE, or a list of files", "the name of a file is missing");
		return NULL;
	}
	if (t->depth == MAX_INCLUDES || !t->read_file) {
		complain(t, name->at, "Does a file include itself?", "no more files can be included here");
		return NULL;
	}
	path = name->text[0] == '/' || !slash ? name->text :
		text_format(t, "%.*s/%s", (int)(slash - name->at.file), name->at.file, name->text);
	data = t->read_file(path, &size);
	if (!data) {
		complain(t, name->at, "Correct the name; it counts from the folder of the file that it stands in.", "%s: %s", path, strerror(errno));
		return NULL;
	}
	n = text_read(t, path, data, size);
	free(data);
	return n;
}

static struct node *without_key(struct text *t, const struct node *map, const char *key)
{
	struct node *n = node_new(t, NODE_MAP);
	unsigned int i;

	n->at = map->at;
	for (i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, key)) {
			node_put(t, n, "", map->items[i]);
			n->keys[n->count - 1] = map->keys[i];
		}
	return n;
}

static struct node *do_includes(struct text *t, struct node *root)
{
	struct node *names = map_get(root, "include"), *base = NULL, *file;
	unsigned int n, count;

	if (!names)
		return root;
	count = names->kind == NODE_LIST ? names->count : 1;
	for (n = 0; n < count; n++) {
		t->depth++;
		file = include(t, names->kind == NODE_LIST ? names->items[n] : names);
		t->depth--;
		if (!file)
			return NULL;
		base = base ? joined(t, base, file) : file;
	}
	root = without_key(t, root, "include");
	return base ? joined(t, base, root) : root;
}

struct node *text_read(struct text *t, const char *file, const void *data, size_t size)
{
	struct reader r = { .t = t, .file = text_format(t, "%s", file) };
	struct node *root = NULL;

	if (!yaml_parser_initialize(&r.parser)) {
		complain(t, (struct place){ r.file, 0, 0 }, NULL, "%s", strerror(ENOMEM));
		return NULL;
	}
	yaml_parser_set_input_string(&r.parser, data, size);
	root = read_document(&r);
	yaml_parser_delete(&r.parser);
	if (root && root->kind != NODE_MAP) {
		complain(t, root->at, "Start it with \"jailhouse: system\" or \"jailhouse: cell\".", "the file is no map of keys and values");
		return NULL;
	}
	return root ? do_includes(t, root) : NULL;
}
