// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "../report.h"
#include "findings.h"

#define EXIT_MISSING	2

#define NAME_WIDTH	32

static struct look *add(struct findings *f, enum finding_state state, bool optional, const char *name, const char *why)
{
	struct look *more = reallocarray(f->items, f->count + 1, sizeof(*more)), *item;

	if (!more) {
		perror("jailhouse");
		exit(EXIT_ERROR);
	}
	f->items = more;
	item = &more[f->count++];
	*item = (struct look){ .group = f->group, .state = state, .optional = optional, .why = why };
	snprintf(item->name, sizeof(item->name), "%s", name);
	return item;
}

static void set_text(struct look *item, const char *format, va_list ap)
{
	if (vasprintf(&item->text, format, ap) < 0)
		item->text = NULL;
}

void finding_ok(struct findings *f, bool optional, const char *name, const char *why)
{
	add(f, FINDING_OK, optional, name, why);
}

void finding_missing(struct findings *f, bool optional, const char *name, const char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_text(add(f, FINDING_MISSING, optional, name, why), format, ap);
	va_end(ap);
}

void finding_unseen(struct findings *f, bool optional, const char *name, const char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_text(add(f, FINDING_UNSEEN, optional, name, why), format, ap);
	va_end(ap);
}

void finding(struct findings *f, bool ok, bool optional, const char *name, const char *why, const char *format, ...)
{
	struct look *item = add(f, ok ? FINDING_OK : FINDING_MISSING, optional, name, why);
	va_list ap;

	if (ok)
		return;
	va_start(ap, format);
	set_text(item, format, ap);
	va_end(ap);
}

void finding_refusal(struct findings *f, const char *name, const char *why, const struct jailhouse_refusal *r)
{
	struct look *item = add(f, FINDING_MISSING, NEEDED, name, why);
	char sentence[1024];

	refusal_format(sentence, sizeof(sentence), r);
	item->text = strdup(sentence);
	item->rule = r->rule;
}

/* --- showing ----------------------------------------------------------------------------------------------------------------- */

static const char *state_words(const struct look *item)
{
	switch (item->state) {
	case FINDING_OK:
		return "ok";
	case FINDING_UNSEEN:
		return item->optional ? "not seen (optional)" : "NOT SEEN";
	default:
		return item->optional ? "missing (optional)" : "MISSING";
	}
}

static int exit_status(const struct findings *f)
{
	int status = EXIT_SUCCESS;
	size_t n;

	for (n = 0; n < f->count; n++) {
		const struct look *item = &f->items[n];

		if (item->optional || item->state == FINDING_OK)
			continue;
		if (item->state == FINDING_MISSING)
			return EXIT_MISSING;
		status = EXIT_ERROR;
	}
	return status;
}

/* Words of @text in lines of about 100 characters below an item */
static void print_folded(const char *text)
{
	const size_t width = 100;

	while (*text) {
		size_t length = strlen(text), n = length;

		if (length > width)
			for (n = width; n && text[n] != ' '; n--)
				;
		if (!n)
			n = length;
		printf("    %.*s\n", (int)n, text);
		text += n + strspn(text + n, " ");
	}
}

static void show_item(const struct look *item)
{
	printf("  %-*s%s\n", NAME_WIDTH - 2, item->name, state_words(item));
	if (item->state == FINDING_OK)
		return;
	if (item->text)
		print_folded(item->text);
	if (item->why)
		print_folded(item->why);
}

static void show_text(const struct findings *f, const char *machine, int status)
{
	static const char *const verdicts[] = {
		"Check passed: Jailhouse can run here.",
		"Check FAILED: something that is needed could not be seen.",
		"Check FAILED: something that is needed is missing.",
	};
	const char *group = "";
	size_t n;

	printf("%-*s%s\n", NAME_WIDTH, "Feature", "Availability");
	printf("%-*s%s\n", NAME_WIDTH, "-----------------------------", "------------------");
	for (n = 0; n < f->count; n++) {
		if (strcmp(group, f->items[n].group))
			printf("%s\n", group = f->items[n].group);
		show_item(&f->items[n]);
	}
	printf("\n%s (%s)\n", verdicts[status], machine);
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

static struct json_object *item_to_json(const struct look *item)
{
	static const char *const states[] = { "ok", "missing", "not seen" };
	struct json_object *o = json_object_new_object();

	add_text(o, "group", item->group);
	add_text(o, "name", item->name);
	add_text(o, "state", states[item->state]);
	json_object_object_add(o, "optional", json_object_new_boolean(item->optional));
	add_text(o, "why", item->why);
	add_text(o, "sentence", item->text);
	json_object_object_add(o, "rule", item->rule ? json_object_new_int((int)item->rule) : NULL);
	add_text(o, "rule_name", item->rule ? refusal_rule_name(item->rule) : NULL);
	return o;
}

static void show_json(const struct findings *f, const char *machine, int status)
{
	struct json_object *top = json_object_new_object(), *items = json_object_new_array();
	size_t n;

	for (n = 0; n < f->count; n++)
		json_object_array_add(items, item_to_json(&f->items[n]));
	add_text(top, "machine", machine);
	json_object_object_add(top, "passed", json_object_new_boolean(status == EXIT_SUCCESS));
	json_object_object_add(top, "items", items);
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}

int findings_show(const struct findings *f, const char *machine)
{
	int status = exit_status(f);

	if (report_json)
		show_json(f, machine, status);
	else
		show_text(f, machine, status);
	return status;
}

void findings_free(struct findings *f)
{
	while (f->count)
		free(f->items[--f->count].text);
	free(f->items);
}
