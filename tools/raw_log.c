// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <string.h>
#include <jailhouse/crash_log.h>

#include "raw_log.h"

static size_t raw_size(unsigned int cpus)
{
	return sizeof(struct hv_crash_log) + sizeof(struct hv_console_ring) + (size_t)cpus * sizeof(struct hv_exit_ring);
}

bool raw_log_is(const void *data, size_t size)
{
	const struct hv_crash_log *log = data;

	return size >= sizeof(log->magic) && log->magic == HV_CRASH_LOG_MAGIC;
}

const char *raw_log_check(const void *data, size_t size)
{
	const struct hv_crash_log *log = data;

	if (size < sizeof(*log) || !raw_log_is(data, size))
		return "it is no log of the hypervisor";
	if (log->version != HV_CRASH_LOG_VERSION)
		return "another version of the hypervisor wrote it";
	if (log->check != hv_fnv1a(HV_FNV1A_START, log, offsetof(struct hv_crash_log, check)))
		return "the checksum of its directory is wrong";
	if (log->max_cpus == 0 || log->max_cpus > HV_MAX_CPUS || size < raw_size(log->max_cpus))
		return "it ends early";
	return NULL;
}

/* Cells may have written it: nothing that a terminal obeys. */
static void print_byte(FILE *out, unsigned char c)
{
	if (c == '\n' || c == '\t' || (c < 0x80 && isprint(c)))
		fputc(c, out);
	else if (c != '\r')
		fprintf(out, "\\x%02x", c);
}

static const char *sum_word(bool right)
{
	return right ? "ok" : "wrong";
}

static void print_directory(FILE *out, const struct hv_crash_log *log)
{
	static const char *const states[] = { "unknown", "running", "left" };
	unsigned int n;

	fprintf(out, "LOG: generation=%llu state=%s hv_phys=%llx hv_size=%llx cpus=%u image=", log->generation,
		states[log->state <= HV_CRASH_LEFT ? log->state : 0], log->hv_phys, log->hv_size, log->max_cpus);
	for (n = 0; n < 20; n++)
		fprintf(out, "%02x", log->image_id[n]);
	fputc('\n', out);
}

static void print_console(FILE *out, const struct hv_console_ring *ring)
{
	__u64 oldest = ring->head > HV_CONSOLE_CONTENT_SIZE ? ring->head - HV_CONSOLE_CONTENT_SIZE : 0, at, sum = 0;
	unsigned char last = '\n';

	for (at = 0; at < HV_CONSOLE_CONTENT_SIZE; at++)
		sum += hv_text_sum(at, 0, ring->content[at]);
	fprintf(out, "LOG: console bytes=%llu missed=%llu sum=%s\n", ring->head - oldest, oldest, sum_word(sum == ring->sum));
	for (at = oldest; at < ring->head; at++) {
		last = ring->content[at % HV_CONSOLE_CONTENT_SIZE];
		print_byte(out, last);
	}
	if (last != '\n')
		fputc('\n', out);
}

static void print_panic(FILE *out, const struct hv_crash_log *log)
{
	__u32 length = log->panic_length <= HV_PANIC_TEXT_SIZE ? log->panic_length : HV_PANIC_TEXT_SIZE, at;
	__u64 sum = 0;

	for (at = 0; at < length; at++)
		sum += hv_text_sum(at, 0, log->panic_text[at]);
	fprintf(out, "LOG: panic bytes=%u sum=%s\n", length, sum_word(sum == log->panic_sum && length == log->panic_length));
	for (at = 0; at < length; at++)
		print_byte(out, log->panic_text[at]);
	if (length && log->panic_text[length - 1] != '\n')
		fputc('\n', out);
}

static void print_exits(FILE *out, unsigned int cpu, const struct hv_exit_ring *ring)
{
	__u64 seq = ring->count > HV_EXIT_RING_SIZE ? ring->count - HV_EXIT_RING_SIZE : 0;

	if (!ring->count)
		return;
	fprintf(out, "LOG: exits cpu=%u count=%llu\n", cpu, ring->count);
	for (; seq < ring->count; seq++) {
		const struct hv_exit_record *r = &ring->record[seq % HV_EXIT_RING_SIZE];
		bool right = r->seq == seq && r->check == hv_exit_check(r);

		fprintf(out, "EXIT: cpu=%u seq=%llu tsc=%llx reason=%llx rip=%llx info1=%llx info2=%llx%s\n", cpu, r->seq, r->tsc,
			r->reason, r->rip, r->info1, r->info2, right ? "" : " sum=wrong");
	}
}

void raw_log_print(FILE *out, const void *data)
{
	const struct hv_crash_log *log = data;
	const struct hv_console_ring *console = (const void *)(log + 1);
	const struct hv_exit_ring *exits = (const void *)(console + 1);
	unsigned int cpu;

	print_directory(out, log);
	print_console(out, console);
	print_panic(out, log);
	for (cpu = 0; cpu < log->max_cpus; cpu++)
		print_exits(out, cpu, &exits[cpu]);
}
