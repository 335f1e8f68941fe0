// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is reserved, or offline already, or that nobody takes for RAM, is left alone here: whether it can be used is the driver's
 * question.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <common/config/config.h>

#include "machine/iomem.h"
#include "machine/memory.h"
#include "offline.h"
#include "report.h"

#define NOTE	"/run/jailhouse-offline-memory"

static int set_state(unsigned int block, const char *state)
{
	char path[96];
	FILE *f;
	int error = 0;

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", block);
	f = fopen(path, "we");
	if (!f)
		return errno;
	if (fputs(state, f) < 0 || fflush(f))
		error = errno;
	fclose(f);
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
	return report_error(error, "Another block may be free: \"jailhouse config create\" looks for one. Or reserve the memory with the kernel parameter "
			    "memmap=.", "memory block %u (0x%llx-0x%llx) is Linux's and cannot be taken offline", b->number,
			    (unsigned long long)b->start, (unsigned long long)(b->start + b->size - 1));
}

/* --- taking ------------------------------------------------------------------------------------------------------------------ */

struct taking {
	struct tree *t;
	struct resources iomem;
	struct memory_block *block;
	size_t count;
	bool *taken;	/* by us, now */
};

static bool taking_start(struct taking *k)
{
	*k = (struct taking){ .t = tree_open(NULL) };
	if (!k->t || resources_read(k->t, "iomem", &k->iomem) != RESOURCES_SEEN)
		return false;
	k->block = memory_blocks(k->t, &k->count);
	k->taken = calloc(k->count + 1, sizeof(*k->taken));
	return k->taken;
}

static void taking_end(struct taking *k)
{
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
			set_state(k->block[n].number, "online");
	}
}

static int take_block(struct taking *k, size_t n)
{
	int error = set_state(k->block[n].number, "offline");

	if (error)
		return cannot(&k->block[n], error);
	k->taken[n] = true;
	k->block[n].online = false;
	return EXIT_SUCCESS;
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
	if (!status)
		status = keep(k);
	if (status)
		undo(k);
	taking_end(k);
	return status;
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
