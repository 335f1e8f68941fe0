// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for hypervisor and cells: what the kernel's command line keeps from Linux; else blocks that Linux can take offline, which needs
 * neither a reboot nor a parameter; else a place in RAM with the parameter that would reserve it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../report.h"
#include "create.h"
#include "memory.h"

#define PAGE		4096ULL
#define MIB		(1ULL << 20)
#define HV_BASE		(6 * MIB)
#define HV_PER_CPU	(MIB / 2)	/* beyond the first eight */
#define CELLS_DEFAULT	(76 * MIB)
#define BELOW_4G	(1ULL << 32)

static uint64_t hypervisor_size(const struct create_options *o, const struct plan *p)
{
	uint64_t size = HV_BASE + (p->cpus.count > 8 ? (p->cpus.count - 8) * HV_PER_CPU : 0);

	return o->hv_size ? o->hv_size : (size + 2 * MIB - 1) & ~(2 * MIB - 1);
}

static uint64_t aligned(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* The hypervisor at the start of the range, the cells behind it. */
static void place(struct plan *p, uint64_t start, uint64_t end, uint64_t hv_size, const char *from)
{
	plan_replace(p, PLAN_CELLS, start, end, from, "RAM for cells");
	plan_hole(p, start, start + hv_size - 1, "hypervisor");
	p->hv_start = start;
	p->hv_size = hv_size;
	snprintf(p->hv_from, sizeof(p->hv_from), "%s", from);
}

static int too_small(const struct range64 *r, uint64_t needed)
{
	return report_error(0, "Reserve more, or give --mem-hv a smaller size.", "the reserved memory at 0x%" PRIx64 " has %" PRIu64
			    " MiB, and hypervisor and a cell need %" PRIu64, r->start, (r->end - r->start + 1) >> 20, needed >> 20);
}

/* The largest of the reserved ranges takes the hypervisor; the others are the cells' as a whole. */
static int use_reserved(const struct memory_choice *c, const struct create_options *o, struct plan *p)
{
	const uint64_t hv_size = hypervisor_size(o, p);
	const struct range64 *ranges = c->reserved;
	unsigned int n, best = 0;
	uint64_t start;

	for (n = 1; n < c->count; n++) {
		if (ranges[n].end - ranges[n].start > ranges[best].end - ranges[best].start)
			best = n;
	}
	for (n = 0; n < c->count; n++) {
		if (n != best)
			plan_replace(p, PLAN_CELLS, ranges[n].start, ranges[n].end, c->from, "RAM for cells");
	}
	start = aligned(ranges[best].start, c->align);
	if (start < ranges[best].start || start + hv_size < start || start + hv_size > ranges[best].end)
		return too_small(&ranges[best], hv_size + MIB);
	place(p, start, ranges[best].end, hv_size, c->from);
	return EXIT_SUCCESS;
}

/* --- blocks ------------------------------------------------------------------------------------------------------------------ */

static bool all_ram(const struct plan *p, uint64_t start, uint64_t end)
{
	size_t n;

	for (n = 0; n < p->regions; n++) {
		if (p->region[n].role == PLAN_RAM && p->region[n].start <= start && p->region[n].end >= end)
			return true;
	}
	return false;
}

static bool set_state(const struct tree *t, unsigned int block, const char *state)
{
	char path[96];
	FILE *f;
	bool done;

	(void)t;
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", block);
	f = fopen(path, "we");
	if (!f)
		return false;
	done = fputs(state, f) >= 0;
	return !fclose(f) && done;
}

/*
 * On the running machine, and with the rights for it, a block shows that it can: off and on again. Elsewhere it is believed, but not on ARM:
 * Linux for ARM64 takes no memory offline that was there at boot.
 */
static bool can_go_offline(const struct tree *t, const struct memory_block *b, bool arm)
{
	if (!b->online)
		return true;
	if (!tree_is_live(t) || geteuid())
		return !arm;
	return set_state(t, b->number, "offline") && set_state(t, b->number, "online");
}

static bool row_is_free(const struct plan *p, const struct memory_block *b, size_t count)
{
	size_t n;

	for (n = 0; n < count; n++) {
		if (!all_ram(p, b[n].start, b[n].start + b[n].size - 1))
			return false;
	}
	return memory_row(b, count);
}

static bool row_can_go(const struct tree *t, const struct memory_block *b, size_t count, bool arm)
{
	while (count--) {
		if (!can_go_offline(t, &b[count], arm))
			return false;
	}
	return true;
}

/* The best row of @needed blocks, from the top of memory down. */
static const struct memory_block *find_row(const struct tree *t, const struct plan *p, const struct memory_block *b, size_t count, size_t needed,
					   bool arm)
{
	int grade;
	size_t n;

	for (grade = MEMORY_GRADES - 1; grade >= 0; grade--) {
		for (n = count + 1 - needed; n-- > 0; ) {
			if (memory_row_grade(&b[n], needed) == grade && row_is_free(p, &b[n], needed) && row_can_go(t, &b[n], needed, arm))
				return &b[n];
		}
	}
	return NULL;
}

static void note_blocks(struct plan *p, const struct memory_choice *c, const struct memory_block *row, size_t needed)
{
	const uint64_t size = needed * row->size;
	char other[128] = "";

	if (!c->top)
		snprintf(other, sizeof(other), " To have it for certain, start the kernel with memmap=%" PRIu64 "M$0x%" PRIx64 " (in GRUB's files, write \\$).",
			 size >> 20, row->start);
	plan_note(p, "Memory for hypervisor and cells, %" PRIu64 " MiB, is Linux's so far. \"jailhouse enable\" finds free blocks of that size, such as that "
		  "at 0x%" PRIx64 ", and takes them offline; \"jailhouse disable\" gives them back: no reboot is needed.%s", size >> 20, row->start, other);
}

/* Their addresses are found when they are needed: what is free now may be in use after the next boot. */
static void place_anywhere(struct plan *p, uint64_t size, uint64_t hv_size, const char *from)
{
	p->anywhere = true;
	p->hv_size = hv_size;
	p->cells_size = size - hv_size;
	snprintf(p->hv_from, sizeof(p->hv_from), "found by enable, such as %.64s", from);
}

static bool use_blocks(const struct tree *t, const struct create_options *o, const struct memory_choice *c, struct plan *p)
{
	const uint64_t hv_size = hypervisor_size(o, p);
	const uint64_t wanted = hv_size + (o->cells_size ? o->cells_size : CELLS_DEFAULT);
	const struct memory_block *row = NULL;
	struct memory_block *blocks;
	size_t count, needed;
	char from[PLAN_FROM];

	blocks = memory_blocks(t, &count);
	needed = count ? (wanted + blocks[0].size - 1) / blocks[0].size : 0;
	if (needed && needed < count && !(blocks[0].size % c->align))
		row = find_row(t, p, blocks, count, needed, strcmp(p->arch, "x86"));
	if (row) {
		snprintf(from, sizeof(from), needed == 1 ? "memory block %u" : "memory blocks %u-%u", row->number, row[needed - 1].number);
		place_anywhere(p, needed * row->size, hv_size, from);
		note_blocks(p, c, row, needed);
	}
	free(blocks);
	return row;
}

/* --- neither ----------------------------------------------------------------------------------------------------------------- */

/* Firmware and boot loader like the ends of RAM: stay away from them. */
static uint64_t place_below_4g(const struct plan *p, uint64_t size, uint64_t align)
{
	uint64_t best = 0;
	size_t n;

	for (n = 0; n < p->regions; n++) {
		const struct plan_region *r = &p->region[n];

		if (r->role == PLAN_RAM && r->end < BELOW_4G && r->end - r->start > 2 * size + 32 * MIB)
			best = (r->end + 1 - size - 16 * MIB) & ~(align - 1);
	}
	return best;
}

static uint64_t place_at_top(const struct plan *p, uint64_t size, uint64_t align)
{
	const struct plan_region *last = NULL;
	size_t n;

	for (n = 0; n < p->regions; n++) {
		if (p->region[n].role == PLAN_RAM && (!last || p->region[n].end > last->end))
			last = &p->region[n];
	}
	return last && last->end - last->start >= size + align ? (last->end + 1 - size) & ~(align - 1) : 0;
}

static uint64_t ram_below(const struct plan *p, uint64_t limit)
{
	uint64_t sum = 0;
	size_t n;

	for (n = 0; n < p->regions; n++) {
		const struct plan_region *r = &p->region[n];

		if (r->role == PLAN_RAM && r->start < limit)
			sum += (r->end < limit ? r->end + 1 : limit) - r->start;
	}
	return sum;
}

static int propose(const struct create_options *o, const struct memory_choice *c, struct plan *p)
{
	const uint64_t hv_size = hypervisor_size(o, p), wanted = aligned(hv_size + (o->cells_size ? o->cells_size : CELLS_DEFAULT), 2 * MIB);
	const uint64_t align = c->align < 2 * MIB ? 2 * MIB : c->align;
	const uint64_t start = c->top ? place_at_top(p, wanted, align) : place_below_4g(p, wanted, align);

	if (!start)
		return report_error(0, "Give --mem-hv and --mem-inmates smaller sizes.", "there is no place for %" PRIu64 " MiB in memory", wanted >> 20);
	if (c->top)
		plan_note(p, "No memory is reserved. Start the kernel with mem=%" PRIu64 "M before you use this configuration.", ram_below(p, start) >> 20);
	else
		plan_note(p, "No memory is reserved, and none can be taken offline. Start the kernel with memmap=%" PRIu64 "M$0x%" PRIx64
			  " (in GRUB's files, write \\$) before you use this configuration.", wanted >> 20, start);
	place(p, start, start + wanted - 1, hv_size, "to be reserved");
	return EXIT_SUCCESS;
}

/* Of what is reserved: the rest of a page at its edge is Linux's. */
static struct memory_choice whole_pages(const struct memory_choice *c)
{
	struct memory_choice whole = *c;
	struct range64 r;
	unsigned int n;

	whole.count = 0;
	for (n = 0; n < c->count; n++) {
		r = (struct range64){ aligned(c->reserved[n].start, PAGE), ((c->reserved[n].end + 1) & ~(PAGE - 1)) - 1 };
		if (r.start >= c->reserved[n].start && r.end <= c->reserved[n].end && r.start < r.end)
			whole.reserved[whole.count++] = r;
	}
	return whole;
}

int create_choose_memory(const struct tree *t, const struct create_options *o, const struct memory_choice *c, struct plan *p)
{
	const struct memory_choice reserved = whole_pages(c);

	if (reserved.count)
		return use_reserved(&reserved, o, p);
	if (t && use_blocks(t, o, c, p))
		return EXIT_SUCCESS;
	return propose(o, c, p);
}
