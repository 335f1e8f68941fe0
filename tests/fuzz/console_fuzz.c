// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c */
/* cflags: -Itests/fuzz/kernel -Idriver -Wno-unused-function */
/*
 * The reader of the hypervisor's console ring, while the hypervisor writes: bytes are added, by content first and count afterwards,
 * between any two looks of the reader.
 *
 * Held: what a reader gets are the bytes that were written, in order and untorn; what it does not get is counted, to the byte, in a note.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../../driver/vconsole.c"
#include "fuzz.h"

void (*kernel_race)(void);

static struct hv_console_ring *ring;
static bool half_written;
static uint32_t race_budget, race_state;

/* Every byte of the log follows from its place; 83 does not divide the size, so an overtaken byte is never the same. */
static char byte_at(uint64_t position)
{
	return (char)(' ' + position % 83);
}

/* Half a step of the hypervisor: content, or count */
static void write_half(void)
{
	if (half_written)
		ring->head++;
	else
		ring->content[ring->head % HV_CONSOLE_CONTENT_SIZE] = byte_at(ring->head);
	half_written = !half_written;
}

static void write_bytes(uint32_t count)
{
	while (count--)
		do
			write_half();
		while (half_written);
}

static void race(void)
{
	uint32_t steps;

	race_state = race_state * 1103515245 + 12345;
	for (steps = race_state >> 29; race_budget && steps; steps--, race_budget--)
		write_half();
}

/* --- what the reader got ------------------------------------------------------------------------ */

struct account { uint64_t got, missed; };

static void check_fetched(struct vconsole_reader *reader, struct account *a, const char *buf, ssize_t n, bool is_note)
{
	unsigned long long missed;
	const char *text;
	ssize_t i;

	if (is_note) {
		if (reader->note_position < reader->note_length)
			return;
		text = memchr(reader->note, '<', reader->note_length);
		FUZZ_CHECK(text && sscanf(text, "<missed %llu bytes", &missed) == 1 && missed > 0);
		a->missed += missed;
		return;
	}
	for (i = 0; i < n; i++)
		FUZZ_CHECK(buf[i] == byte_at(reader->position - n + i));
	a->got += n;
}

static void fetch(struct vconsole_reader *reader, struct account *a, size_t size)
{
	char *buf = malloc(size);
	uint64_t before = reader->position;
	bool note_waits = reader->note_position < reader->note_length;
	ssize_t n = reader_fetch(reader, buf, size);
	bool note_now = reader->note_length && (note_waits || reader->position != before + n);

	FUZZ_CHECK(n >= 0 && (size_t)n <= size);
	FUZZ_CHECK(reader->position >= before && reader->position <= ring->head);
	if (n)
		check_fetched(reader, a, buf, n, note_now);
	/* a note counts as missed as soon as it stands, so the account is even when none waits */
	if (reader->note_position == reader->note_length)
		FUZZ_CHECK(a->got + a->missed == reader->position);
	free(buf);
}

static void tail(size_t size)
{
	char *buf = malloc(size);
	ssize_t n = vconsole_tail(buf, size), i;

	FUZZ_CHECK(n >= 0 && (size_t)n <= size);
	/* where it starts is not told: the bytes follow each other */
	for (i = 1; i < n; i++)
		FUZZ_CHECK((buf[i] - ' ') == (buf[i - 1] - ' ' + 1) % 83);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct vconsole_reader reader;
	struct account account = { 0 };

	ring = calloc(1, sizeof(*ring));
	ring->size = HV_CONSOLE_CONTENT_SIZE;
	half_written = false;
	memset(&console, 0, sizeof(console));
	FUZZ_CHECK(!vconsole_start(ring, true));
	vconsole_reader_init(&reader);
	kernel_race = race;
	race_state = fuzz_take(&in, 4);
	while (in.size) {
		uint8_t step = fuzz_take(&in, 1);
		uint32_t amount = fuzz_take(&in, 2);

		race_budget = step & 0x10 ? amount : 0;
		if ((step & 3) == 0)
			write_bytes(amount);
		else if ((step & 3) == 3)
			tail(1 + amount % 5000);
		else
			fetch(&reader, &account, 1 + amount % 5000);
	}
	kernel_race = NULL;
	vconsole_exit();
	free(ring);
	return 0;
}
