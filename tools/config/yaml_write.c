// SPDX-License-Identifier: GPL-2.0
/*
 * From nodes to YAML, for people. Not with libyaml's emitter, which has no comments and no choice of lines.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

#define LINE	132

/* Plain: what no reader of YAML takes for anything else, also between braces */
static bool is_plain(const struct node *n)
{
	const char *s = n->text;

	if (n->quoted || !isalnum((unsigned char)s[0]))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr(" _-./+()", *s))
			return false;
	return s[-1] != ' ';
}

static void write_scalar(FILE *f, const struct node *n)
{
	const char *s;

	if (is_plain(n)) {
		fputs(n->text, f);
		return;
	}
	fputc('"', f);
	for (s = n->text; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(f, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			fprintf(f, "\\x%02x", (unsigned int)(unsigned char)*s);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

static void write_flow(FILE *f, const struct node *n)
{
	unsigned int i;

	if (n->kind == NODE_SCALAR) {
		write_scalar(f, n);
		return;
	}
	fputc(n->kind == NODE_MAP ? '{' : '[', f);
	for (i = 0; i < n->count; i++) {
		if (i)
			fputs(", ", f);
		if (n->kind == NODE_MAP) {
			write_scalar(f, n->keys[i]);
			fputs(": ", f);
		}
		write_flow(f, n->items[i]);
	}
	fputc(n->kind == NODE_MAP ? '}' : ']', f);
}

static size_t flow_length(const struct node *n)
{
	size_t size = 0;
	char *line = NULL;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		return LINE + 1;
	write_flow(f, n);
	fclose(f);
	free(line);
	return size;
}

static bool has_comment_inside(const struct node *n)
{
	unsigned int i;

	for (i = 0; i < n->count; i++)
		if (n->items[i]->comment || has_comment_inside(n->items[i]))
			return true;
	return false;
}

static void end_line(FILE *f, const struct node *n)
{
	if (n->comment)
		fprintf(f, "   # %s", n->comment);
	fputc('\n', f);
}

static void write_block(FILE *f, const struct node *n, unsigned int indent, bool inside_item);

/* Behind "key:" or "-" */
static void write_value(FILE *f, const struct node *n, unsigned int indent, bool is_item)
{
	bool is_lines = n->count && n->kind != NODE_SCALAR &&
		(flow_length(n) + indent + 20 > LINE || has_comment_inside(n) || (n->kind == NODE_LIST && n->items[0]->kind == NODE_MAP));

	if (!is_lines) {
		fputc(' ', f);
		write_flow(f, n);
		end_line(f, n);
	} else if (is_item) {
		fputc(' ', f);
		write_block(f, n, indent + 2, true);
	} else {
		end_line(f, n);
		write_block(f, n, indent + 2, false);
	}
}

static void write_block(FILE *f, const struct node *n, unsigned int indent, bool inside_item)
{
	unsigned int i;

	for (i = 0; i < n->count; i++) {
		if (i || !inside_item)
			fprintf(f, "%*s", (int)indent, "");
		if (n->kind == NODE_MAP) {
			write_scalar(f, n->keys[i]);
			fputc(':', f);
		} else {
			fputc('-', f);
		}
		write_value(f, n->items[i], indent, n->kind == NODE_LIST);
	}
}

/* A blank line around what has several lines */
void node_write(FILE *f, const struct node *root)
{
	struct node one = { .kind = NODE_MAP, .count = 1 };
	bool blank = false, is_long;
	unsigned int i;

	for (i = 0; i < root->count; i++) {
		is_long = root->items[i]->kind == NODE_MAP ||
			(root->items[i]->kind == NODE_LIST && root->items[i]->count && root->items[i]->items[0]->kind == NODE_MAP);
		if (i && (is_long || blank))
			fputc('\n', f);
		blank = is_long;
		one.keys = &root->keys[i];
		one.items = &root->items[i];
		write_block(f, &one, 0, false);
	}
}
