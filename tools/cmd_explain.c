// SPDX-License-Identifier: GPL-2.0
/*
 * explain - what stopped the hypervisor, in words.
 *
 * Both outputs come from one JSON object: what --json prints is what the words are made of.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>
#include <jailhouse/crash_log.h>

#include "access.h"
#include "advice.h"
#include "command.h"
#include "device.h"
#include "explain.h"
#include "layout.h"
#include "raw_log.h"
#include "report.h"
#include "symbols.h"
#include "sysfs.h"

#define DEFAULT_ELF	"/lib/firmware/jailhouse.elf"
#define TEXT		512

/* The hypervisor's address space, hypervisor/arch/x86/include/x86/layout.h */
#define HV_BASE		0xffff800000000000ULL
#define LOCAL_BASE	0xffff801000000000ULL
#define WINDOW_BASE	0xffff802000000000ULL
#define DEVICE_BASE	0xffff803000000000ULL
#define DEVICE_END	0xffff804000000000ULL

/* Page fault's error code, APM vol. 2, 8.4.2 */
#define FAULT_WRITE	2
#define FAULT_FETCH	16

static void add_text(struct json_object *o, const char *key, const char *text)
{
	if (text && *text)
		json_object_object_add(o, key, json_object_new_string(text));
}

static void add_number(struct json_object *o, const char *key, unsigned long long value)
{
	json_object_object_add(o, key, json_object_new_uint64(value));
}

static const char *get_text(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : "";
}

static unsigned long long get_number(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_uint64(value) : 0;
}

/* --- from facts to data --------------------------------------------------------------------- */

/* Address and, if the ELF file is there, its name */
static void add_address(struct json_object *o, const struct symbols *s, unsigned long long address, bool is_return)
{
	char name[TEXT] = "";

	add_number(o, "address", address);
	if (s)
		symbols_describe(s, address, is_return, name, sizeof(name));
	add_text(o, "name", name);
}

static const char *owner_in_image(const struct symbols *s, unsigned long long address, char *out, size_t size)
{
	unsigned long long core = 0;

	if (!s || !symbols_value(s, "__core_size", &core))
		return "the hypervisor's memory";
	if (address - HV_BASE >= core)
		return "the hypervisor's memory behind the image: a CPU's private area, which no other CPU maps, or a page of its pools";
	symbols_describe(s, address, false, out, size);
	return *out ? out : "the hypervisor's image";
}

/* Whose address is it that could not be accessed? */
static const char *address_owner(const struct symbols *s, unsigned long long address, char *out, size_t size)
{
	if (address < 0x1000)
		return "a null pointer";
	if (address < HV_BASE || address >= DEVICE_END)
		return "no address of the hypervisor: it maps nothing of Linux or of a cell there";
	if (address >= DEVICE_BASE)
		return "a device of the hypervisor's (local APIC, console)";
	if (address >= WINDOW_BASE)
		return "the CPU's window to memory of others, closed or beyond its page";
	if (address >= LOCAL_BASE)
		return address < LOCAL_BASE + 0x1000 ? "the guard page below the CPU's stack: the stack is too small"
						     : "the CPU's private area";
	return owner_in_image(s, address, out, size);
}

static void add_page_fault(struct json_object *o, const struct fact *host, const struct symbols *s)
{
	unsigned long long address = fact_number(host, "cr2", 16), error = fact_number(host, "error", 16);
	char name[TEXT] = "";

	add_number(o, "fault_address", address);
	add_text(o, "fault_access", error & FAULT_FETCH ? "fetch" : error & FAULT_WRITE ? "write" : "read");
	add_text(o, "fault_owner", address_owner(s, address, name, sizeof(name)));
}

static void add_exception(struct json_object *o, const struct facts *f, const struct symbols *s)
{
	const struct fact *host = facts_find(f, "host", 0);
	unsigned long long vector = fact_number(host, "vector", 10);
	struct json_object *where;

	if (!host)
		return;
	where = json_object_new_object();
	add_number(o, "vector", vector);
	add_text(o, "exception", exception_name(vector) ? exception_name(vector) : "unknown");
	add_number(o, "error", fact_number(host, "error", 16));
	add_address(where, s, fact_number(host, "rip", 16), false);
	json_object_object_add(o, "rip", where);
	if (vector == 14)
		add_page_fault(o, host, s);
}

static struct json_object *registers(const struct facts *f)
{
	static const char *const kinds[] = { "host", "control" };
	static const char *const names[] = { "rip", "rsp", "rflags", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9",
					     "r10", "r11", "r12", "r13", "r14", "r15", "cr0", "cr2", "cr3", "cr4", "efer" };
	struct json_object *o = json_object_new_object();
	const struct fact *fact;
	char text[64];
	size_t k, n, i;

	for (k = 0; k < 2; k++)
		for (i = 0; (fact = facts_find(f, kinds[k], i)); i++)
			for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
				if (fact_text(fact, names[n], text, sizeof(text)))
					add_number(o, names[n], strtoull(text, NULL, 16));
	return o;
}

static struct json_object *calls(const struct facts *f, const struct symbols *s)
{
	struct json_object *list = json_object_new_array(), *o;
	const struct fact *fact;
	size_t n;

	for (n = 0; (fact = facts_find(f, "stack", n)); n++) {
		o = json_object_new_object();
		add_address(o, s, fact_number(fact, "value", 16), true);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *one_exit(const struct fact *fact, unsigned long long cpu)
{
	struct json_object *o = json_object_new_object();
	unsigned long long reason = fact_number(fact, "reason", 16);
	char sum[16];

	add_number(o, "cpu", cpu);
	add_number(o, "seq", fact_number(fact, "seq", 10));
	add_number(o, "tsc", fact_number(fact, "tsc", 16));
	add_number(o, "reason", reason);
	add_text(o, "name", exit_reason_name(reason) ? exit_reason_name(reason) : "unknown");
	add_number(o, "rip", fact_number(fact, "rip", 16));
	add_number(o, "info1", fact_number(fact, "info1", 16));
	add_number(o, "info2", fact_number(fact, "info2", 16));
	json_object_object_add(o, "damaged", json_object_new_boolean(fact_text(fact, "sum", sum, sizeof(sum))));
	return o;
}

/* A raw log has those of all CPUs; the text of a panic those of the CPU that panicked. */
static struct json_object *exits(const struct facts *f)
{
	struct json_object *list = json_object_new_array();
	unsigned long long cpu = fact_number(facts_find(f, "on", 0), "cpu", 10);
	const struct fact *fact;
	size_t n;

	for (n = 0; (fact = facts_find(f, "last-exit", n)); n++)
		json_object_array_add(list, one_exit(fact, fact_number(fact, "cpu", 10)));
	for (n = 0; !facts_find(f, "last-exit", 0) && (fact = facts_find(f, "exit", n)); n++)
		json_object_array_add(list, one_exit(fact, cpu));
	return list;
}

static struct json_object *cells(const struct facts *f)
{
	static const char *const states[] = { "running", "running/locked", "shut down", "failed", "failed (revision)" };
	struct json_object *list = json_object_new_array(), *o;
	const struct fact *fact;
	unsigned long long state;
	char name[64];
	size_t n;

	for (n = 0; (fact = facts_find(f, "cell", n)); n++) {
		o = json_object_new_object();
		state = fact_number(fact, "state", 10);
		fact_text(fact, "name", name, sizeof(name));
		add_number(o, "id", fact_number(fact, "id", 10));
		json_object_object_add(o, "name", json_object_new_string(name));
		add_text(o, "state", state < 5 ? states[state] : "unknown");
		add_number(o, "cpus", fact_number(fact, "cpus", 16));
		json_object_array_add(list, o);
	}
	return list;
}

static void add_panic(struct json_object *o, const struct facts *f, const struct symbols *s)
{
	const struct fact *at = facts_find(f, "at", 0), *on = facts_find(f, "on", 0);
	char text[TEXT];

	if (!at)
		return;
	fact_text(at, "at", text, sizeof(text));
	add_text(o, "at", text);
	fact_text(at, "what", text, sizeof(text));
	add_text(o, "what", text);
	if (on) {
		add_number(o, "cpu", fact_number(on, "cpu", 10));
		add_number(o, "cell", fact_number(on, "cell", 10));
		fact_text(on, "name", text, sizeof(text));
		add_text(o, "cell_name", text);
	}
	add_exception(o, f, s);
	json_object_object_add(o, "registers", registers(f));
	json_object_object_add(o, "calls", calls(f, s));
	json_object_object_add(o, "cells", cells(f));
	add_number(o, "more_panics", f->more);
	json_object_object_add(o, "complete", json_object_new_boolean(facts_find(f, "end", 0) != NULL));
}

static void add_run(struct json_object *o, const struct facts *f, const struct symbols *s)
{
	const struct fact *log = facts_find(f, "log", 0);
	char id[64], own[64], text[64];

	if (!log || !fact_text(log, "image", id, sizeof(id)))
		return;
	fact_text(log, "state", text, sizeof(text));
	add_text(o, "state", text);
	add_number(o, "generation", fact_number(log, "generation", 10));
	add_text(o, "image", id);
	if (!s)
		return;
	symbols_build_id(s, own, sizeof(own));
	json_object_object_add(o, "elf_matches", json_object_new_boolean(!strcmp(id, own)));
}

/* --- from data to words --------------------------------------------------------------------- */

static void print_address(const char *before, struct json_object *o)
{
	printf("%s0x%llx %s\n", before, get_number(o, "address"), get_text(o, "name"));
}

static void print_panic(struct json_object *o)
{
	struct json_object *rip;

	printf("CPU %llu, which works for cell %llu \"%s\", stopped.\n", get_number(o, "cpu"), get_number(o, "cell"),
	       get_text(o, "cell_name"));
	if (json_object_object_get_ex(o, "rip", &rip)) {
		printf("Exception %llu (%s) in the hypervisor, error code 0x%llx.\n", get_number(o, "vector"), get_text(o, "exception"),
		       get_number(o, "error"));
		print_address("  at ", rip);
	} else {
		printf("An assertion does not hold: %s (%s).\n", get_text(o, "what"), get_text(o, "at"));
	}
	if (*get_text(o, "fault_owner"))
		printf("  %s of 0x%llx: %s\n", get_text(o, "fault_access"), get_number(o, "fault_address"), get_text(o, "fault_owner"));
	if (get_number(o, "more_panics"))
		printf("Later %llu more of the CPUs panicked.\n", get_number(o, "more_panics"));
	if (!json_object_get_boolean(json_object_object_get(o, "complete")))
		puts("The report of the CPU ends early.");
}

static void print_calls(struct json_object *list)
{
	size_t n;

	if (json_object_array_length(list))
		puts("\nReturn addresses on its stack (some are left over from earlier calls):");
	for (n = 0; n < json_object_array_length(list); n++)
		print_address("  ", json_object_array_get_idx(list, n));
}

static void print_registers(struct json_object *registers)
{
	unsigned int column = 0;

	puts("\nRegisters:");
	json_object_object_foreach(registers, name, value)
		printf("  %-6s %016llx%s", name, (unsigned long long)json_object_get_uint64(value), ++column % 4 ? "" : "\n");
	if (column % 4)
		putchar('\n');
}

static void print_cells(struct json_object *list)
{
	size_t n;

	puts("\nCells:");
	for (n = 0; n < json_object_array_length(list); n++) {
		struct json_object *o = json_object_array_get_idx(list, n);

		printf("  %llu \"%s\": %s, CPUs 0x%llx\n", get_number(o, "id"), get_text(o, "name"), get_text(o, "state"),
		       get_number(o, "cpus"));
	}
}

static void print_exits(struct json_object *list)
{
	size_t n;

	puts("\nLast exits (those that the fast path completes are not noted):");
	for (n = 0; n < json_object_array_length(list); n++) {
		struct json_object *o = json_object_array_get_idx(list, n);

		printf("  CPU %llu #%llu: %s (0x%llx) at RIP 0x%llx, information 0x%llx 0x%llx, TSC %llu%s\n", get_number(o, "cpu"),
		       get_number(o, "seq"), get_text(o, "name"), get_number(o, "reason"), get_number(o, "rip"),
		       get_number(o, "info1"), get_number(o, "info2"), get_number(o, "tsc"),
		       json_object_get_boolean(json_object_object_get(o, "damaged")) ? " (damaged)" : "");
	}
}

static void print_run(struct json_object *o)
{
	struct json_object *matches;

	if (*get_text(o, "state"))
		printf("Run %llu of the hypervisor in its memory; %s.\n", get_number(o, "generation"),
		       !strcmp(get_text(o, "state"), "left") ? "it was left in order" : "it did not end before the machine was reset");
	if (json_object_object_get_ex(o, "elf_matches", &matches) && !json_object_get_boolean(matches))
		puts("The ELF file is not that of this image: the names below may be wrong.");
}

static void print_list(const char *before, struct json_object *list)
{
	size_t n;

	for (n = 0; n < json_object_array_length(list); n++)
		printf("%s%s\n", before, json_object_get_string(json_object_array_get_idx(list, n)));
}

static void print_advice(struct json_object *o)
{
	struct json_object *lines = json_object_object_get(o, "lines");
	bool is_root = json_object_get_boolean(json_object_object_get(o, "is_root"));
	bool stopped = json_object_get_boolean(json_object_object_get(o, "stopped"));
	char text[2048];

	advice_brief(o, text, sizeof(text));
	printf("%s%s%s, %s.\n", is_root ? "The root cell" : "Cell \"", is_root ? "" : get_text(o, "cell"), is_root ? "" : "\"", text);
	printf("  The instruction is at 0x%llx; %s.\n", get_number(o, "rip"),
	       stopped ? "the CPU was stopped" : "it read ones, or its write was dropped, and Linux went on");
	if (json_object_array_length(lines))
		printf("  What would allow it, in the configuration of %s:\n", is_root ? "the system" : "the cell");
	print_list("      ", lines);
	print_list("  Warning: ", json_object_object_get(o, "warnings"));
}

static void print_denied(struct json_object *list)
{
	size_t n;

	for (n = 0; n < json_object_array_length(list); n++) {
		print_advice(json_object_array_get_idx(list, n));
		putchar('\n');
	}
}

static void print_words(struct json_object *o)
{
	struct json_object *panic;

	print_run(o);
	print_denied(json_object_object_get(o, "denied"));
	if (!json_object_object_get_ex(o, "panic", &panic)) {
		puts("No CPU of the hypervisor panicked.");
	} else {
		print_panic(panic);
		print_calls(json_object_object_get(panic, "calls"));
		print_registers(json_object_object_get(panic, "registers"));
		print_cells(json_object_object_get(panic, "cells"));
	}
	if (json_object_array_length(json_object_object_get(o, "exits")))
		print_exits(json_object_object_get(o, "exits"));
}

static struct json_object *denied(const struct access *accesses, size_t count, const struct layout *layout)
{
	struct json_object *list = json_object_new_array();
	size_t n;

	for (n = 0; n < count; n++)
		json_object_array_add(list, advice_make(&accesses[n], layout));
	return list;
}

static struct json_object *explain(const struct facts *f, const struct symbols *s)
{
	struct json_object *o = json_object_new_object(), *panic = json_object_new_object();

	add_run(o, f, s);
	add_panic(panic, f, s);
	if (json_object_object_length(panic))
		json_object_object_add(o, "panic", panic);
	else
		json_object_put(panic);
	json_object_object_add(o, "exits", exits(f));
	return o;
}

/* --- the command ---------------------------------------------------------------------------- */

static char *terminated(const void *data, size_t size)
{
	char *text = malloc(size + 1);
	size_t n;

	if (!text)
		return NULL;
	memcpy(text, data, size);
	for (n = 0; n < size; n++)
		text[n] = text[n] ? text[n] : ' ';
	text[size] = 0;
	return text;
}

/* Cells may have written it: nothing that a terminal obeys or JSON forbids. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (!strchr("\n\r\t", *text) && (*text < ' ' || *text > '~'))
			*text = '?';
}

/* The text of a raw log, or the file as it is. NULL: reported. */
static char *read_text(const char *path)
{
	size_t size, printed;
	void *data = file_read(path, &size);
	char *text = NULL;
	const char *wrong;
	FILE *out;

	if (!data)
		return NULL;
	wrong = raw_log_is(data, size) ? raw_log_check(data, size) : NULL;
	if (wrong) {
		report_error(0, NULL, "%s cannot be read: %s", path, wrong);
	} else if (raw_log_is(data, size)) {
		out = open_memstream(&text, &printed);
		if (out) {
			raw_log_print(out, data);
			fclose(out);
		}
	} else {
		text = terminated(data, size);
	}
	free(data);
	return text;
}

/** struct request - what the command line asks for */
struct request {
	const char *elf;	/* NULL: the default */
	const char *file;	/* NULL: the console of now */
	bool has_configs;
	struct layout layout;
};

static int explain_text(char *text, const struct request *request, const struct symbols *s)
{
	struct access *accesses;
	struct json_object *o;
	struct facts f;
	size_t count;

	make_printable(text);
	accesses = accesses_read(text, &count);
	if (!facts_read(&f, text)) {
		free(accesses);
		return report_error(ENOMEM, NULL, "jailhouse");
	}
	if (!f.count && !count) {
		facts_free(&f);
		return report_error(0, "Give it what \"jailhouse console\" or \"jailhouse console --last\" printed.",
				    "%s tells of no panic and no denied access", request->file ?: "The console");
	}
	o = explain(&f, s);
	json_object_object_add(o, "denied", denied(accesses, count, &request->layout));
	if (report_json)
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		print_words(o);
	json_object_put(o);
	facts_free(&f);
	free(accesses);
	return EXIT_SUCCESS;
}

/* Without the ELF file addresses stay numbers; one that was asked for has to be there. */
static int explain_request(const struct request *request)
{
	struct symbols *s = symbols_open(request->elf ?: DEFAULT_ELF);
	char *text;
	int status;

	if (request->elf && !s)
		return report_error(0, "It is built as build/hypervisor/jailhouse.elf and installed beside the image.",
				    "%s is not the ELF file of the hypervisor", request->elf);
	text = request->file ? read_text(request->file) : device_console_text(true);
	status = text ? explain_text(text, request, s) : EXIT_ERROR;
	free(text);
	symbols_close(s);
	return status;
}

static bool add_names(struct layout *l, const char *root)
{
	struct tree *tree = tree_open(root);

	if (!tree)
		return false;
	layout_add_names(l, tree);
	tree_close(tree);
	return true;
}

enum parsed { PARSED, PARSE_USAGE, PARSE_REPORTED };

static enum parsed parse_options(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "elf", required_argument, NULL, 'e' }, { "config", required_argument, NULL, 'c' }, { "root", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	optind = 0;
	while ((option = getopt_long(argc, argv, "+c:r:", options, NULL)) != -1) {
		if (option == 'e')
			request->elf = optarg;
		else if (option == 'c' && !layout_add_file(&request->layout, optarg))
			return PARSE_REPORTED;
		else if (option == 'r' && !add_names(&request->layout, optarg))
			return PARSE_REPORTED;
		else if (option == '?')
			return PARSE_USAGE;
		request->has_configs |= option == 'c';
	}
	if (argc - optind > 1)
		return PARSE_USAGE;
	request->file = argv[optind];
	return PARSED;
}

int cmd_explain(const struct command *cmd, int argc, char **argv)
{
	struct request request = { .elf = NULL };
	int status = EXIT_ERROR;

	layout_init(&request.layout);
	/* getopt looks behind the word before */
	switch (parse_options(&request, argc + 1, argv - 1)) {
	case PARSED:
		if (!request.has_configs) {
			layout_add_live(&request.layout);
			if (request.layout.system_blob && !request.layout.memory.count && sysfs_is_live())
				add_names(&request.layout, NULL);
		}
		status = explain_request(&request);
		break;
	case PARSE_USAGE:
		status = report_usage(cmd->usage);
		break;
	case PARSE_REPORTED:
		break;
	}
	layout_free(&request.layout);
	return status;
}
