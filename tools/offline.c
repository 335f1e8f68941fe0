// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is reserved, or offline already, or that nobody takes for RAM, is left alone here: whether it can be used is the driver's
 * question.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <common/config/config.h>

#include "machine/iomem.h"
#include "machine/memory.h"
#include "offline.h"
#include "progress.h"
#include "report.h"

#define NOTE	"/run/jailhouse-offline-memory"
#define MIB	((uint64_t)1 << 20)

static int set_state(unsigned int block, const char *state)
{
	char path[96];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", block);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	/* once: stdio would ask again when the file is closed */
	if (write(fd, state, strlen(state)) < 0)
		error = errno;
	close(fd);
	return error;
}

static bool note(unsigned int block)
{
	FILE *f = fopen(NOTE, "ae");
	bool done = f && fprintf(f, "%u\n", block) > 0;

	return f && !fclose(f) && done;
}

/* --- which ------------------------------------------------------------------------------------------------------------------- */

static bool is_linux_ram(const struct resources *iomem, uint64_t start, uint64_t end)
{
	size_t n;

	for (n = 0; n < iomem->count; n++) {
		const struct resource *r = &iomem->item[n];

		if (!strcmp(r->name, "System RAM") && r->start <= end && r->end >= start)
			return true;
	}
	return false;
}

static int cannot(const struct memory_block *b, int error)
{
	return report_error(error, "Another block may be free: \"jailhouse config create\" looks for one. Or reserve the memory at boot (memmap= on "
			    "x86, mem= or reserved-memory on ARM).", "memory block %u (0x%llx-0x%llx) is Linux's and cannot be taken offline", b->number,
			    (unsigned long long)b->start, (unsigned long long)(b->start + b->size - 1));
}

/* --- taking ------------------------------------------------------------------------------------------------------------------ */

/* Who interrupts the command gets back what is taken so far: nothing else would know of it. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	if (signal != SIGALRM)
		interrupted = 1;
}

static const int signals[] = { SIGALRM, SIGINT, SIGTERM, SIGHUP };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/* struct taking - @before: what signals did before it began */
struct taking {
	struct sigaction before[SIGNALS];
	struct tree *t;
	struct resources iomem;
	struct memory_block *block;
	size_t count;
	bool *taken;	/* by us, now */
};

static bool taking_start(struct taking *k)
{
	const struct sigaction action = { .sa_handler = interrupt };
	size_t n;

	*k = (struct taking){ .t = tree_open(NULL) };
	for (n = 0; n < SIGNALS; n++)
		sigaction(signals[n], &action, &k->before[n]);
	if (!k->t || resources_read(k->t, "iomem", &k->iomem) != RESOURCES_SEEN)
		return false;
	k->block = memory_blocks(k->t, &k->count);
	k->taken = calloc(k->count + 1, sizeof(*k->taken));
	return k->taken;
}

static void taking_end(struct taking *k)
{
	size_t n;

	for (n = 0; n < SIGNALS; n++)
		sigaction(signals[n], &k->before[n], NULL);
	free(k->taken);
	free(k->block);
	resources_free(&k->iomem);
	tree_close(k->t);
}

static void undo(struct taking *k)
{
	size_t n;

	for (n = 0; n < k->count; n++) {
		if (k->taken[n])
			k->block[n].online = !set_state(k->block[n].number, "online");
		k->taken[n] = false;
	}
}

/* Linux goes on trying while something, such as a device's buffer, pins a page of the block, until a signal comes. */
#define PATIENCE	20	/* s */

/* Returns errno. */
static int try_block(struct taking *k, size_t n)
{
	int error = EINTR;

	alarm(PATIENCE);
	if (!interrupted)
		error = set_state(k->block[n].number, "offline");
	alarm(0);
	k->taken[n] = !error;
	k->block[n].online = error;
	return error;
}

static int take_block(struct taking *k, size_t n)
{
	int error = try_block(k, n);

	return error ? cannot(&k->block[n], error) : EXIT_SUCCESS;
}

static int take(struct taking *k, uint64_t start, uint64_t size)
{
	const uint64_t end = start + size - 1;
	size_t n;

	if (!size || end < start || !is_linux_ram(&k->iomem, start, end))
		return EXIT_SUCCESS;
	for (n = 0; n < k->count; n++) {
		const struct memory_block *b = &k->block[n];

		if (b->online && b->start <= end && b->start + b->size - 1 >= start && take_block(k, n))
			return EXIT_ERROR;
	}
	return EXIT_SUCCESS;
}

/* Noted when all are taken: one that cannot be noted would never come back. */
static int keep(struct taking *k)
{
	size_t n;

	for (n = 0; n < k->count; n++) {
		if (k->taken[n] && !note(k->block[n].number))
			return report_error(errno, "Without this note the memory could not be given back.", "%s", NOTE);
	}
	return EXIT_SUCCESS;
}

static bool is_ram_of_cell(const struct jailhouse_memory *m)
{
	return !(m->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION)) && !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

static int take_regions(struct taking *k, const struct cell_view *cell)
{
	__u32 n;

	for (n = 0; n < cell->num_mem; n++) {
		if (is_ram_of_cell(&cell->mem[n]) && take(k, cell->mem[n].phys_start, cell->mem[n].size))
			return EXIT_ERROR;
	}
	return EXIT_SUCCESS;
}

static int finish(struct taking *k, int status)
{
	if (!status && interrupted)
		status = report_error(EINTR, NULL, "taking memory offline");
	if (!status)
		status = keep(k);
	if (status)
		undo(k);
	taking_end(k);
	return status;
}

/* --- finding ----------------------------------------------------------------------------------------------------------------- */

/* struct search - of @needed blocks side by side; @tried of @rows were tried in vain, the last one because of @block */
struct search {
	struct taking *k;
	struct draft *d;
	size_t needed, rows, tried;
	const struct memory_block *block;
	int error;
	uint64_t example;	/* start of a row that would have done */
};

static bool place_in_reserved(struct taking *k, struct draft *d)
{
	const uint64_t align = place_system_align(d), size = place_system_size(d);
	struct range64 reserved[RESERVED_MAX];
	char cmdline[4096];
	unsigned int n, count;
	uint64_t start;

	tree_line(k->t, cmdline, sizeof(cmdline), "proc/cmdline");
	count = memmap_parse(cmdline, reserved);
	for (n = 0; n < count; n++) {
		start = (reserved[n].start + align - 1) & ~(align - 1);
		if (start >= reserved[n].start && start <= reserved[n].end && size - 1 <= reserved[n].end - start && place_system(d, start))
			return true;
	}
	return false;
}

static bool is_candidate(const struct search *s, size_t n, int grade)
{
	const struct memory_block *row = &s->k->block[n];

	return memory_row(row, s->needed) && memory_row_grade(row, s->needed) == grade && place_system_fits(s->d, row->start);
}

static void count_rows(struct search *s)
{
	int grade;
	size_t n;

	for (n = 0; n + s->needed <= s->k->count; n++) {
		for (grade = 0; grade < MEMORY_GRADES; grade++) {
			if (!is_candidate(s, n, grade))
				continue;
			s->rows++;
			s->example = s->k->block[n].start;
		}
	}
}

static bool take_row(struct search *s, size_t first)
{
	size_t n;

	for (n = first; n < first + s->needed; n++) {
		if (!s->k->block[n].online)
			continue;
		s->error = try_block(s->k, n);
		if (!s->error)
			continue;
		s->block = &s->k->block[n];
		undo(s->k);
		return false;
	}
	return true;
}

/* From the top of memory down, what is most likely to be had first */
static bool place_in_blocks(struct search *s)
{
	int grade;
	size_t n;

	for (grade = MEMORY_GRADES - 1; grade >= 0; grade--) {
		for (n = s->k->count >= s->needed ? s->k->count + 1 - s->needed : 0; n-- > 0 && !interrupted; ) {
			if (!is_candidate(s, n, grade))
				continue;
			if (take_row(s, n))
				return place_system(s->d, s->k->block[n].start);
			progress_step(++s->tried, s->rows);
		}
	}
	return false;
}

static int not_found(const struct search *s, uint64_t size)
{
	const bool x86 = s->d->system.architecture == JAILHOUSE_X86;
	char way_out[256], reason[128] = "";

	if (interrupted)
		return report_error(EINTR, NULL, "taking memory offline");
	if (!s->rows)
		return report_error(0, x86 ? "Reserve memory at boot (memmap=) and create the configuration again, or ask for less."
					   : "Reserve memory at boot (reserved-memory or mem=) and create the configuration again, or ask for less.",
				    "Linux has no %zu memory blocks side by side in the root cell's RAM, for the %" PRIu64 " MiB of hypervisor and cells",
				    s->needed, (size + MIB - 1) / MIB);
	snprintf(reason, sizeof(reason), "; memory block %u at last", s->block->number);
	if (x86)
		snprintf(way_out, sizeof(way_out), "End what uses much memory and try again, ask for less, or start the kernel with memmap=%" PRIu64 "M$0x%" PRIx64
			 " (in GRUB's files, write \\$), which is used as it is.", (s->needed * s->block->size) / MIB, s->example);
	else
		snprintf(way_out, sizeof(way_out), "End what uses much memory and try again, ask for less, or reserve memory at boot (reserved-memory or mem=) and "
			 "create the configuration again.");
	return report_error(s->error, way_out, "none of %zu places for the %" PRIu64 " MiB of hypervisor and cells can be taken offline%s", s->rows,
			    (size + MIB - 1) / MIB, reason);
}

static int report_no_place(const struct draft *d)
{
	const uint64_t size = place_system_size(d);

	return report_error(0, "Ask for less.", "the root cell has no RAM for the %" PRIu64 " MiB of hypervisor and cells", (size + MIB - 1) / MIB);
}

static int place_in_memory(struct taking *k, struct draft *d)
{
	const uint64_t size = place_system_size(d);
	struct search s = { .k = k, .d = d, .needed = 1 };
	bool found;

	if (place_in_reserved(k, d))
		return EXIT_SUCCESS;
	if (k->count)
		s.needed = size / k->block[0].size + (size % k->block[0].size != 0);
	count_rows(&s);
	progress_begin("Taking memory offline");
	if (s.rows)
		progress_step(0, s.rows);
	found = place_in_blocks(&s);
	progress_end();
	return found ? EXIT_SUCCESS : not_found(&s, size);
}

/* Another device than the driver's stands for another machine. */
static bool is_our_machine(void)
{
	return !geteuid() && !getenv("JAILHOUSE_DEVICE") && !access("/dev/jailhouse", R_OK | W_OK);
}

/* What a configuration is worth that cannot be read here is told by who gets it next. */
int offline_for_system(const void *blob, size_t size)
{
	struct jailhouse_refusal refusal;
	struct system_view view;
	struct taking k;
	int status = EXIT_SUCCESS;

	if (!is_our_machine() || system_view_init(&view, blob, size, &refusal))
		return EXIT_SUCCESS;
	if (taking_start(&k))
		status = take(&k, view.system->hypervisor_memory.phys_start, view.system->hypervisor_memory.size);
	return finish(&k, status);
}

int offline_for_cell(const void *blob, size_t size)
{
	struct jailhouse_refusal refusal;
	struct cell_view view;
	struct taking k;
	int status = EXIT_SUCCESS;

	if (!is_our_machine() || cell_view_init(&view, blob, size, &refusal))
		return EXIT_SUCCESS;
	if (taking_start(&k))
		status = take_regions(&k, &view);
	return finish(&k, status);
}

/* Without the machine, or the right to change it, any place will do: whoever gets the configuration decides about it. */
int offline_place_system(struct draft *d)
{
	struct taking k;
	int status = EXIT_ERROR;

	if (!is_our_machine())
		return place_system_somewhere(d) ? EXIT_SUCCESS : report_no_place(d);
	if (taking_start(&k))
		status = place_system_size(d) ? place_in_memory(&k, d) : report_no_place(d);
	else
		report_error(errno, "Give addresses in place of \"anywhere\".", "it cannot be seen what memory there is");
	return finish(&k, status);
}

void offline_give_back(void)
{
	FILE *f = fopen(NOTE, "re");
	unsigned int block;
	int error;

	if (!f)
		return;
	while (fscanf(f, "%u", &block) == 1) {
		error = set_state(block, "online");
		if (error && error != EINVAL)	/* online already */
			fprintf(stderr, "memory block %u did not come back: %s\n", block, strerror(error));
	}
	fclose(f);
	unlink(NOTE);
}
