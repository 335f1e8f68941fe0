// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "../report.h"
#include "output.h"

int text_output(const char *path, const struct node *root, const char *head)
{
	FILE *f = path ? fopen(path, "w") : stdout;
	bool failed;

	if (!f)
		return report_error(errno, NULL, "%s", path);
	if (head)
		fputs(head, f);
	node_write(f, root);
	failed = fflush(f) || ferror(f);
	if (path && fclose(f))
		failed = true;
	return failed ? report_error(errno, NULL, "%s", path ? path : "standard output") : EXIT_SUCCESS;
}

/* --- for people --- */

static void print_place(const struct side *s)
{
	struct place at = side_place(s);

	fprintf(stderr, "%s", at.file);
	if (at.line)
		fprintf(stderr, ":%u:%u", at.line, at.column);
}

static void print_side(const struct side *s, bool is_first)
{
	char text[256];

	if (!s->source || (is_first && s->object == JAILHOUSE_OBJ_HEADER))
		return;
	side_describe(s, text, sizeof(text));
	fputs("    ", stderr);
	if (!is_first) {
		print_place(s);
		fputs(": ", stderr);
	}
	fprintf(stderr, "%s\n", text);
}

static void print_finding(const struct finding *f)
{
	print_place(&f->what);
	if (f->rule)
		fprintf(stderr, ": error: %s [%u %s]\n", f->sentence, f->rule, f->name ? f->name : "?");
	else
		fprintf(stderr, ": %s: %s [%s]\n", f->is_error ? "error" : "warning", f->sentence, f->name);
	print_side(&f->what, true);
	print_side(&f->other, false);
}

/* --- for machines --- */

static struct json_object *side_json(const struct side *s)
{
	struct json_object *o = json_object_new_object();
	struct place at = side_place(s);
	char text[256], name[JAILHOUSE_CELL_NAME_MAXLEN + 2];

	draft_name(&s->source->draft, name);
	side_describe(s, text, sizeof(text));
	json_object_object_add(o, "file", json_object_new_string(at.file));
	json_object_object_add(o, "line", at.line ? json_object_new_int64(at.line) : NULL);
	json_object_object_add(o, "column", at.line ? json_object_new_int64(at.column) : NULL);
	json_object_object_add(o, "cell", json_object_new_string(name));
	json_object_object_add(o, "object", json_object_new_string(refusal_object_name(s->object)));
	json_object_object_add(o, "index", json_object_new_int64(s->index));
	json_object_object_add(o, "text", json_object_new_string(text));
	return o;
}

static struct json_object *finding_json(const struct finding *f)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "severity", json_object_new_string(f->is_error ? "error" : "warning"));
	json_object_object_add(o, "rule", f->rule ? json_object_new_int64(f->rule) : NULL);
	json_object_object_add(o, "name", f->name ? json_object_new_string(f->name) : NULL);
	json_object_object_add(o, "sentence", json_object_new_string(f->sentence));
	json_object_object_add(o, "what", f->what.source ? side_json(&f->what) : NULL);
	json_object_object_add(o, "other", f->other.source ? side_json(&f->other) : NULL);
	return o;
}

static void print_json(const struct verdict *f)
{
	struct json_object *top = json_object_new_object(), *list = json_object_new_array();
	unsigned int n;

	for (n = 0; n < f->count; n++)
		json_object_array_add(list, finding_json(&f->list[n]));
	json_object_object_add(top, "ok", json_object_new_boolean(!f->errors));
	json_object_object_add(top, "complete", json_object_new_boolean(!f->incomplete));
	json_object_object_add(top, "findings", list);
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}

void verdict_print(const struct verdict *f)
{
	unsigned int n;

	if (report_json) {
		print_json(f);
		return;
	}
	for (n = 0; n < f->count; n++)
		print_finding(&f->list[n]);
	if (f->incomplete)
		fputs("What depends on these could not be checked: correct them and check again.\n", stderr);
}
