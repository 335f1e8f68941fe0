// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/raw_log.c tools/explain.c tools/access.c */
/* cflags: -D_GNU_SOURCE -Itools */
/*
 * The log of a run that is over, as "jailhouse console --last" and "jailhouse explain" read it: a raw log whose header is nearly good, or
 * text.
 *
 * Held: nothing is read outside of the log; what is printed has no character that a terminal obeys; facts are within the text.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/crash_log.h>
#include "fuzz.h"
#include "access.h"
#include "explain.h"
#include "raw_log.h"

static void check_accesses(const char *text)
{
	size_t count, n;
	struct access *list = accesses_read(text, &count);

	FUZZ_CHECK(!count == !list);
	for (n = 0; n < count; n++) {
		FUZZ_CHECK(strlen(list[n].cell) < sizeof(list[n].cell) && strlen(list[n].kind) < sizeof(list[n].kind));
		FUZZ_CHECK(list[n].is_root == !list[n].cell[0]);
	}
	free(list);
}

static void check_facts(char *text, size_t size)
{
	static const char *const kinds[] = { "at", "log", "last-exit", "host", "end" };
	char value[32];
	struct facts f;
	size_t n, k;

	check_accesses(text);
	FUZZ_CHECK(facts_read(&f, text));
	for (n = 0; n < f.count; n++) {
		/* a constant, or a place in the text */
		FUZZ_CHECK(f.fact[n].text >= text && f.fact[n].text <= text + size);
		fact_text(&f.fact[n], "what", value, sizeof(value));
		FUZZ_CHECK(strlen(value) < sizeof(value));
		fact_number(&f.fact[n], "cpu", 10);
	}
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (n = 0; facts_find(&f, kinds[k], n); n++)
			;
	facts_free(&f);
}

static void check_printed(const struct hv_crash_log *log)
{
	size_t size, n;
	char *text;
	FILE *out = open_memstream(&text, &size);

	raw_log_print(out, log);
	fclose(out);
	for (n = 0; n < size; n++)
		FUZZ_CHECK(text[n] == '\n' || text[n] == '\t' || (text[n] >= ' ' && text[n] < 0x7f));
	check_facts(text, size);
	free(text);
}

/* Header, then numbers of the rings; the rest of the input is text for console and panic. */
static void check_raw(struct fuzz_input *in, uint8_t flags)
{
	uint32_t cpus = fuzz_take(in, 1);
	size_t size = sizeof(struct hv_crash_log) + sizeof(struct hv_console_ring) + cpus * sizeof(struct hv_exit_ring);
	struct hv_crash_log *log = calloc(1, size);
	struct hv_console_ring *console = (void *)(log + 1);
	struct hv_exit_ring *exits = (void *)(console + 1);

	log->magic = HV_CRASH_LOG_MAGIC + (flags >> 7);
	log->version = HV_CRASH_LOG_VERSION + (flags >> 6 & 1);
	log->max_cpus = cpus + (flags >> 5 & 1);
	log->hv_phys = fuzz_take(in, 8);
	log->check = hv_fnv1a(HV_FNV1A_START, log, offsetof(struct hv_crash_log, check)) + (flags >> 4 & 1);
	log->state = fuzz_take(in, 1);
	log->panic_length = flags & 8 ? fuzz_take(in, 4) : fuzz_take(in, 1);
	console->head = flags & 4 ? fuzz_take(in, 8) : fuzz_take(in, 2);
	if (cpus) {
		exits[0].count = flags & 2 ? fuzz_take(in, 8) : fuzz_take(in, 1);
		exits[cpus - 1].record[0].rip = fuzz_take(in, 8);
		exits[cpus - 1].count = 1;
	}
	memcpy(log->panic_text, in->data, in->size < HV_PANIC_TEXT_SIZE ? in->size : HV_PANIC_TEXT_SIZE);
	memcpy(console->content, in->data, in->size < HV_CONSOLE_CONTENT_SIZE ? in->size : HV_CONSOLE_CONTENT_SIZE);
	FUZZ_CHECK(raw_log_is(log, size) == !(flags >> 7));
	if (raw_log_check(log, size))
		FUZZ_CHECK(flags & 0xf0 || !cpus);
	else
		check_printed(log);
	FUZZ_CHECK(raw_log_check(log, size - 1));
	free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t flags = fuzz_take(&in, 1);
	char *text;

	if (!(flags & 1)) {
		check_raw(&in, flags);
		return 0;
	}
	size = in.size;
	FUZZ_CHECK(!raw_log_is(in.data, size) || size >= 8);
	raw_log_check(in.data, size);
	text = fuzz_take_block(&in, size + 1);
	check_facts(text, size);
	free(text);
	return 0;
}
