// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "../device.h"
#include "../report.h"
#include "compile.h"
#include "devices.h"
#include "source.h"

/* As much of a file as shows whether it is text */
#define LOOK	4096

bool source_is_text(const void *data, size_t size)
{
	static const char *const binaries[] = { JAILHOUSE_CELL_DESC_SIGNATURE, JAILHOUSE_SYSTEM_SIGNATURE, "JHCELL", "JHSYST" };
	const unsigned char *s = data;
	size_t n;

	for (n = 0; n < sizeof(binaries) / sizeof(binaries[0]); n++)
		if (size >= strlen(binaries[n]) && !memcmp(data, binaries[n], strlen(binaries[n])))
			return false;
	for (n = 0; n < size && n < LOOK; n++)
		if (s[n] < 0x20 && s[n] != '\t' && s[n] != '\n' && s[n] != '\r')
			return false;
	return size;
}

/* --- reports --- */

static void print_complaint(const struct complaint *c)
{
	fprintf(stderr, "%s", c->at.file ? c->at.file : "-");
	if (c->at.line)
		fprintf(stderr, ":%u:%u", c->at.line, c->at.column);
	fprintf(stderr, ": %s\n", c->what);
	if (c->way_out)
		fprintf(stderr, "    %s\n", c->way_out);
}

static struct json_object *complaint_json(const struct complaint *c)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "file", json_object_new_string(c->at.file ? c->at.file : "-"));
	json_object_object_add(o, "line", json_object_new_int64(c->at.line));
	json_object_object_add(o, "column", json_object_new_int64(c->at.column));
	json_object_object_add(o, "what", json_object_new_string(c->what));
	json_object_object_add(o, "way_out", c->way_out ? json_object_new_string(c->way_out) : NULL);
	return o;
}

static void print_json_complaints(const struct text *t, unsigned int kept)
{
	struct json_object *top = json_object_new_object(), *error = json_object_new_object(), *list = json_object_new_array();
	unsigned int n;

	for (n = 0; n < kept; n++)
		json_object_array_add(list, complaint_json(&t->complaints[n]));
	json_object_object_add(error, "what", json_object_new_string("the configuration's text is wrong"));
	json_object_object_add(error, "count", json_object_new_int64(t->num_complaints));
	json_object_object_add(error, "complaints", list);
	json_object_object_add(top, "error", error);
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}

int report_complaints(const struct text *t)
{
	unsigned int kept = t->num_complaints < TEXT_MAX_COMPLAINTS ? t->num_complaints : TEXT_MAX_COMPLAINTS, n;

	if (report_json) {
		print_json_complaints(t, kept);
		return EXIT_ERROR;
	}
	for (n = 0; n < kept; n++)
		print_complaint(&t->complaints[n]);
	if (t->num_complaints > kept)
		fprintf(stderr, "and %u more\n", t->num_complaints - kept);
	return EXIT_ERROR;
}

/* --- files --- */

static char *read_included(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL, part[4096];
	size_t n, used = 0;
	FILE *out;

	if (!f)
		return NULL;
	out = open_memstream(&data, &used);
	while (out && (n = fread(part, 1, sizeof(part), f)) > 0)
		fwrite(part, 1, n, out);
	n = (size_t)ferror(f);
	fclose(f);
	if (out)
		fclose(out);
	if (n) {
		free(data);
		errno = EISDIR;
		return NULL;
	}
	*size = used;
	return data;
}

static bool take_text(struct source *s, const void *data, size_t size)
{
	struct node *root = text_read(&s->text, s->path, data, size);

	root = root ? devices_expand(&s->text, root) : NULL;
	if (!root || !config_compile(&s->text, root, &s->draft)) {
		report_complaints(&s->text);
		return false;
	}
	s->binary = draft_binary(&s->draft, &s->size);
	return true;
}

static bool take_binary(struct source *s, void *data, size_t size)
{
	struct jailhouse_refusal refusal;
	int err;

	s->binary = data;
	s->size = size;
	err = source_view(&s->draft, data, size, s->path, &refusal);
	if (err)
		report_refusal(s->path, -err, &refusal);
	return !err;
}

bool source_take(struct source *s, const char *path, void *data, size_t size)
{
	bool fine;

	memset(s, 0, sizeof(*s));
	s->path = path;
	text_init(&s->text, read_included);
	draft_init(&s->draft);
	s->is_text = source_is_text(data, size);
	fine = s->is_text ? take_text(s, data, size) : take_binary(s, data, size);
	if (s->is_text)
		free(data);
	s->judge = judge_of(s->draft.system.root_cell.architecture);
	return fine;
}

bool source_load(struct source *s, const char *path)
{
	size_t size;
	void *data = file_read(path, &size);

	memset(s, 0, sizeof(*s));
	return data && source_take(s, path, data, size);
}

void source_free(struct source *s)
{
	draft_free(&s->draft);
	text_free(&s->text);
	free(s->binary);
	memset(s, 0, sizeof(*s));
}

void *config_read(const char *path, size_t *size)
{
	struct source s;
	void *data = file_read(path, size);

	if (!data || !source_is_text(data, *size))
		return data;
	if (!source_take(&s, path, data, *size)) {
		source_free(&s);
		return NULL;
	}
	data = s.binary;
	*size = s.size;
	s.binary = NULL;
	source_free(&s);
	return data;
}
