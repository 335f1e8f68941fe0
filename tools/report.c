// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <json.h>
#include <common/config/rules.h>

#include "report.h"

#define TEXT_SIZE	1024

bool report_json;

static void print_json_error(struct json_object *error)
{
	struct json_object *top = json_object_new_object();

	json_object_object_add(top, "error", error);
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

int report_error(int error, const char *way_out, const char *what, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);

	if (report_json) {
		struct json_object *o = json_object_new_object();

		add_text(o, "what", text);
		add_text(o, "reason", error ? strerror(error) : NULL);
		json_object_object_add(o, "errno", json_object_new_int(error));
		add_text(o, "way_out", way_out);
		print_json_error(o);
		return EXIT_ERROR;
	}
	if (error)
		fprintf(stderr, "%s: %s\n", text, strerror(error));
	else
		fprintf(stderr, "%s\n", text);
	if (way_out)
		fprintf(stderr, "%s\n", way_out);
	return EXIT_ERROR;
}

static struct json_object *party(__s32 id, const __u8 *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", id >= 0 ? json_object_new_int(id) : NULL);
	json_object_object_add(o, "name", name[0] ? json_object_new_string_len((const char *)name,
			       (int)strnlen((const char *)name, sizeof(((struct jailhouse_refusal *)0)->cell_name))) : NULL);
	return o;
}

static void add_object(struct json_object *o, const char *key, const char *index_key, __u16 object, __u16 index)
{
	if (object == JAILHOUSE_OBJ_NONE)
		return;
	add_text(o, key, refusal_object_name(object));
	json_object_object_add(o, index_key, json_object_new_int(index));
}

static struct json_object *refusal_to_json(const char *request, int error, const struct jailhouse_refusal *r, const char *sentence)
{
	struct json_object *o = json_object_new_object(), *values = json_object_new_array();
	const bool has_other = r->other_cell >= 0 || r->other_name[0];
	unsigned int n;

	add_text(o, "request", request);
	json_object_object_add(o, "errno", json_object_new_int(error));
	json_object_object_add(o, "rule", json_object_new_int64(r->rule));
	add_text(o, "name", refusal_rule_name(r->rule));
	add_object(o, "object", "index", r->object, r->index);
	add_object(o, "other_object", "other_index", r->other_object, r->other_index);
	json_object_object_add(o, "cell", party(r->cell, r->cell_name));
	if (has_other)
		json_object_object_add(o, "other_cell", party(r->other_cell, r->other_name));
	for (n = 0; n < 4; n++)
		json_object_array_add(values, json_object_new_uint64(r->value[n]));
	json_object_object_add(o, "values", values);
	add_text(o, "sentence", sentence);
	return o;
}

int report_refusal(const char *request, int error, const struct jailhouse_refusal *r)
{
	char sentence[TEXT_SIZE];

	if (r->rule == 0)
		return report_error(error, "See the end of the kernel log (dmesg) and \"jailhouse console\".", "%s", request);
	refusal_format(sentence, sizeof(sentence), r);
	if (report_json)
		print_json_error(refusal_to_json(request, error, r, sentence));
	else
		fprintf(stderr, "%s: %s\n%s\n", request, strerror(error), sentence);
	return EXIT_ERROR;
}

int report_usage(const char *usage)
{
	fputs(usage, stdout);
	return EXIT_ERROR;
}
