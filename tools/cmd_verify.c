// SPDX-License-Identifier: GPL-2.0
/*
 * verify
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <json.h>
#include <jailhouse/ioctl.h>

#include "command.h"
#include "device.h"
#include "report.h"

#define EXIT_VIOLATION	2

static const struct { const char *name, *sentence; } clauses[JAILHOUSE_VERIFY_CLAUSES] = {
	[JAILHOUSE_VERIFY_GRANTED] = { "granted", "no cell reaches memory that is not its own, or with more rights" },
	[JAILHOUSE_VERIFY_COMPLETE] = { "complete", "each cell reaches all memory that is its own" },
	[JAILHOUSE_VERIFY_SHARING] = { "sharing", "no memory has several owners unless declared" },
	[JAILHOUSE_VERIFY_HYPERVISOR] = { "hypervisor", "of the hypervisor's memory cells reach published pages only" },
	[JAILHOUSE_VERIFY_PERMISSIONS] = { "permissions", "ports and model-specific registers are open as the policy says" },
	[JAILHOUSE_VERIFY_CPUS] = { "cpus", "each CPU has one owner and works for it" },
	[JAILHOUSE_VERIFY_HOST_TABLES] = { "host-tables", "the hypervisor maps nothing of cells and Linux, and no writable code" },
};

static bool is_sound(const struct jailhouse_verify *v)
{
	unsigned int n;

	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		if (v->violations[n])
			return false;
	return true;
}

/* Of the first violation only the place is known. */
static bool is_first(const struct jailhouse_verify *v, unsigned int clause)
{
	return v->violations[clause] && v->clause == clause;
}

static void print_clause(const struct jailhouse_verify *v, unsigned int n)
{
	printf("%-9s %s", v->violations[n] ? "VIOLATED" : "ok", clauses[n].sentence);
	if (v->violations[n])
		printf(" (%u times)", v->violations[n]);
	if (is_first(v, n) && v->cell >= 0)
		printf(": first in cell %d at 0x%llx", v->cell, v->address);
	else if (is_first(v, n))
		printf(": first at 0x%llx", v->address);
	putchar('\n');
}

static void print_words(const struct jailhouse_verify *v)
{
	unsigned int n;

	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		print_clause(v, n);
	printf("%llu mappings, digest %016llx\n", v->mappings, v->digest);
}

static struct json_object *clause_json(const struct jailhouse_verify *v, unsigned int n)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "clause", json_object_new_string(clauses[n].name));
	json_object_object_add(o, "ok", json_object_new_boolean(!v->violations[n]));
	json_object_object_add(o, "violations", json_object_new_int64(v->violations[n]));
	if (is_first(v, n)) {
		json_object_object_add(o, "cell", v->cell >= 0 ? json_object_new_int(v->cell) : NULL);
		json_object_object_add(o, "address", json_object_new_uint64(v->address));
	}
	return o;
}

static void print_json(const struct jailhouse_verify *v)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	char digest[20];
	unsigned int n;

	snprintf(digest, sizeof(digest), "%016llx", v->digest);
	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		json_object_array_add(list, clause_json(v, n));
	json_object_object_add(o, "ok", json_object_new_boolean(is_sound(v)));
	json_object_object_add(o, "digest", json_object_new_string(digest));
	json_object_object_add(o, "mappings", json_object_new_uint64(v->mappings));
	json_object_object_add(o, "clauses", list);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

int cmd_verify(const struct command *cmd, int argc, char **argv)
{
	struct jailhouse_verify result = { 0 };
	int status;

	if (argc != 0)
		return report_usage(cmd->usage);
	status = device_request(JAILHOUSE_VERIFY, "JAILHOUSE_VERIFY", &result);
	if (status != EXIT_SUCCESS)
		return status;
	if (report_json)
		print_json(&result);
	else
		print_words(&result);
	return is_sound(&result) ? EXIT_SUCCESS : EXIT_VIOLATION;
}
