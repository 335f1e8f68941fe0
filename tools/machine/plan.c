// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

#define PAGE	4096ULL

static struct plan_region *new_region(struct plan *p)
{
	struct plan_region *more = reallocarray(p->region, p->regions + 1, sizeof(*more));

	if (!more) {
		p->failed = true;
		return NULL;
	}
	p->region = more;
	return &more[p->regions++];
}

void plan_add(struct plan *p, enum plan_role role, uint64_t start, uint64_t end, const char *from, const char *name, ...)
{
	struct plan_region *r = end < start ? NULL : new_region(p);
	va_list ap;

	if (!r)
		return;
	*r = (struct plan_region){ .start = start & ~(PAGE - 1), .end = end | (PAGE - 1), .role = role };
	snprintf(r->from, sizeof(r->from), "%s", from);
	va_start(ap, name);
	vsnprintf(r->name, sizeof(r->name), name, ap);
	va_end(ap);
}

bool plan_has(const struct plan *p, uint64_t start, uint64_t end)
{
	size_t n;

	for (n = 0; n < p->regions; n++) {
		const struct plan_region *r = &p->region[n];

		if (r->role == PLAN_HOLE || start < r->start || start > r->end)
			continue;
		if (end <= r->end)
			return true;
		start = r->end + 1;
		n = (size_t)-1;	/* begin anew */
	}
	return false;
}

void plan_hole(struct plan *p, uint64_t start, uint64_t end, const char *name)
{
	plan_add(p, PLAN_HOLE, start, end, "", "%s", name);
}

/* Cut [start, end] out of region @n; the part behind it becomes a region of its own. */
static void cut(struct plan *p, size_t n, uint64_t start, uint64_t end)
{
	struct plan_region *r = &p->region[n], *rest;

	if (r->end < start || r->start > end)
		return;
	if (r->start < start && r->end > end) {
		rest = new_region(p);
		r = &p->region[n];
		if (!rest)
			return;
		*rest = *r;
		rest->start = end + 1;
		r->end = start - 1;
	} else if (r->start < start) {
		r->end = start - 1;
	} else if (r->end > end) {
		r->start = end + 1;
	} else {
		*r = p->region[--p->regions];
	}
}

static void cut_all(struct plan *p, uint64_t start, uint64_t end)
{
	size_t n;

	/* Backwards: what takes the place of one that went has been looked at, and what is added does not meet the range. */
	for (n = p->regions; n-- > 0; ) {
		if (p->region[n].role != PLAN_HOLE)
			cut(p, n, start, end);
	}
}

void plan_replace(struct plan *p, enum plan_role role, uint64_t start, uint64_t end, const char *from, const char *name)
{
	cut_all(p, start, end);
	plan_add(p, role, start, end, from, "%s", name);
}

void plan_port(struct plan *p, uint32_t start, uint32_t end, const char *name)
{
	struct plan_ports *more;

	if (end < start || end > 0xffff)
		return;
	more = reallocarray(p->ports, p->num_ports + 1, sizeof(*more));
	if (!more) {
		p->failed = true;
		return;
	}
	p->ports = more;
	more[p->num_ports] = (struct plan_ports){ .start = start, .end = end };
	snprintf(more[p->num_ports++].name, PLAN_NAME, "%s", name);
}

void plan_note(struct plan *p, const char *format, ...)
{
	char **more = reallocarray(p->note, p->notes + 1, sizeof(*more));
	va_list ap;

	if (!more) {
		p->failed = true;
		return;
	}
	p->note = more;
	va_start(ap, format);
	if (vasprintf(&more[p->notes], format, ap) >= 0)
		p->notes++;
	va_end(ap);
}

/* --- settling ---------------------------------------------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct plan_region *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (int)x->role - (int)y->role;
}

/* "a, b", each word once, as far as there is room */
static void join(char *buf, size_t size, const char *more)
{
	size_t used = strlen(buf);

	if (strstr(buf, more) || used + 2 + strlen(more) >= size)
		return;
	snprintf(buf + used, size - used, ", %s", more);
}

static bool belong_together(const struct plan_region *a, const struct plan_region *b)
{
	return a->role == b->role && (b->start <= a->end || b->start - 1 == a->end) && a->role != PLAN_CELLS;
}

/* Regions that touch become one; of two that share pages the later one gives way. */
static void merge(struct plan *p)
{
	size_t n, kept = 0;

	qsort(p->region, p->regions, sizeof(*p->region), by_address);
	for (n = 0; n < p->regions; n++) {
		struct plan_region r = p->region[n], *last = kept ? &p->region[kept - 1] : NULL;

		if (last && belong_together(last, &r)) {
			last->end = r.end > last->end ? r.end : last->end;
			join(last->from, sizeof(last->from), r.from);
			join(last->name, sizeof(last->name), r.name);
			continue;
		}
		if (last && r.end <= last->end)
			continue;
		if (last && r.start <= last->end)
			r.start = last->end + 1;
		p->region[kept++] = r;
	}
	p->regions = kept;
}

static void cut_holes(struct plan *p)
{
	struct plan_region hole;
	size_t n;

	for (;;) {
		for (n = 0; n < p->regions && p->region[n].role != PLAN_HOLE; n++)
			;
		if (n == p->regions)
			return;
		hole = p->region[n];
		p->region[n] = p->region[--p->regions];
		cut_all(p, hole.start, hole.end);
	}
}

static int by_port(const void *a, const void *b)
{
	const struct plan_ports *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Ranges that touch stay apart, each with its name; one that reaches into another gives way. */
static void settle_ports(struct plan *p)
{
	size_t n, kept = 0;

	if (p->num_ports)
		qsort(p->ports, p->num_ports, sizeof(*p->ports), by_port);
	for (n = 0; n < p->num_ports; n++) {
		struct plan_ports r = p->ports[n], *last = kept ? &p->ports[kept - 1] : NULL;

		if (last && r.start <= last->end)
			r.start = last->end + 1;
		if (r.start <= r.end)
			p->ports[kept++] = r;
	}
	p->num_ports = kept;
}

static void cut_ports(struct plan *p, uint32_t start, uint32_t end)
{
	size_t n, count = p->num_ports;

	for (n = 0; n < count; n++) {
		struct plan_ports r = p->ports[n];

		if (r.end < start || r.start > end)
			continue;
		if (r.end > end)
			plan_port(p, end + 1, r.end, r.name);
		if (r.start < start)
			p->ports[n].end = start - 1;
		else
			p->ports[n].end = 0, p->ports[n].start = 1;	/* empty, goes below */
	}
	for (n = 0; n < p->num_ports; ) {
		if (p->ports[n].start > p->ports[n].end)
			p->ports[n] = p->ports[--p->num_ports];
		else
			n++;
	}
	settle_ports(p);
}

#define PORTS_PCI	0xcf8
#define PORTS_PCI_END	0xcff
#define UART_PORTS	8

void plan_settle(struct plan *p)
{
	cut_holes(p);
	merge(p);
	settle_ports(p);
	cut_ports(p, PORTS_PCI, PORTS_PCI_END);
	if (p->console.type && !p->console.mmio)
		cut_ports(p, (uint32_t)p->console.address, (uint32_t)p->console.address + UART_PORTS - 1);
}

void plan_free(struct plan *p)
{
	while (p->notes)
		free(p->note[--p->notes]);
	free(p->note);
	free(p->region);
	free(p->ports);
	free(p->pci);
	free(p->pci_unit);
}
