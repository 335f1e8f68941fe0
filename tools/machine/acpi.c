// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "acpi.h"

#define HEADER_SIZE	36
#define HEADER_LENGTH	4

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

bool acpi_table_init(struct acpi_table *table, const void *data, size_t size, const char *signature)
{
	uint32_t length;

	table->data = data;
	if (size < HEADER_SIZE || memcmp(data, signature, 4))
		return false;
	length = get32(table->data + HEADER_LENGTH);
	if (length < HEADER_SIZE)
		return false;
	table->size = length < size ? length : size;
	return true;
}

/*
 * Structures of type, length and content follow each other in many tables. @type and @length are bytes or words. The size that is handed
 * on is what is there. False at the end; *broken when the end came too early.
 */
struct walk {
	const uint8_t *p, *end;
	const uint8_t *item;
	unsigned int type;
	size_t size;
	bool broken;
};

static struct walk walk_from(const uint8_t *data, size_t size, size_t offset)
{
	return (struct walk){ .p = data + (offset < size ? offset : size), .end = data + size, .broken = offset > size };
}

static bool walk_item(struct walk *w, unsigned int type, size_t length, size_t least)
{
	if (length < least || length > (size_t)(w->end - w->p)) {
		w->broken = true;
		return false;
	}
	w->item = w->p;
	w->type = type;
	w->size = length;
	w->p += length;
	return true;
}

static bool walk_bytes(struct walk *w)
{
	if (w->end - w->p < 2) {
		w->broken |= w->p != w->end;
		return false;
	}
	return walk_item(w, w->p[0], w->p[1], 2);
}

static bool walk_words(struct walk *w)
{
	if (w->end - w->p < 4) {
		w->broken |= w->p != w->end;
		return false;
	}
	return walk_item(w, get16(w->p), get16(w->p + 2), 4);
}

/* --- MADT (ACPI 5.2.12), MCFG, FADT (5.2.9) ---------------------------------------------------------------------------------- */

#define MADT_FIRST	44
#define MADT_IOAPIC	1

bool acpi_parse_madt(const struct acpi_table *table, struct acpi_madt *out)
{
	struct walk w = walk_from(table->data, table->size, MADT_FIRST);

	while (walk_bytes(&w)) {
		if (w.type != MADT_IOAPIC || w.size < 12 || out->count == ACPI_MAX_IOAPICS)
			continue;
		out->ioapic[out->count++] = (struct acpi_ioapic){
			.id = w.item[2], .address = get32(w.item + 4), .gsi_base = get32(w.item + 8),
		};
	}
	return !w.broken;
}

#define MCFG_FIRST	44
#define MCFG_ENTRY	16

bool acpi_parse_mcfg(const struct acpi_table *table, struct acpi_mcfg *out)
{
	size_t at;

	for (at = MCFG_FIRST; at + MCFG_ENTRY <= table->size && out->count < ACPI_MAX_ECAMS; at += MCFG_ENTRY) {
		const uint8_t *e = table->data + at;

		out->ecam[out->count++] = (struct acpi_ecam){
			.base = get64(e), .segment = get16(e + 8), .start_bus = e[10], .end_bus = e[11],
		};
	}
	return at == table->size;
}

#define FADT_PM_TIMER		76
#define FADT_PM_TIMER_LENGTH	91
#define FADT_X_PM_TIMER		208
#define GAS_SYSTEM_IO		1

bool acpi_parse_fadt(const struct acpi_table *table, struct acpi_fadt *out)
{
	uint64_t port = 0;

	if (table->size <= FADT_PM_TIMER_LENGTH)
		return false;
	if (table->size >= FADT_X_PM_TIMER + 12 && table->data[FADT_X_PM_TIMER] == GAS_SYSTEM_IO)
		port = get64(table->data + FADT_X_PM_TIMER + 4);
	if (!port && table->data[FADT_PM_TIMER_LENGTH])
		port = get32(table->data + FADT_PM_TIMER);
	out->pm_timer = port <= 0xfffc ? (uint16_t)port : 0;
	return true;
}

/* --- DMAR (VT-d 8.1) --------------------------------------------------------------------------------------------------------- */

#define DMAR_FIRST		48
#define DMAR_DRHD		0
#define DMAR_RMRR		1
#define DRHD_INCLUDE_ALL	1
#define DRHD_SIZE		16
#define RMRR_SIZE		24
#define SCOPE_SIZE		6
#define SCOPE_ENDPOINT		1
#define SCOPE_BRIDGE		2
#define SCOPE_IOAPIC		3

/* Start bus and path: a device, or bridges and the device behind the last of them. */
static bool scope_init(const struct walk *w, struct acpi_scope *s)
{
	const size_t pairs = (w->size - SCOPE_SIZE) / 2;
	size_t n;

	if (w->size < SCOPE_SIZE + 2 || w->size % 2 || pairs > 1 + ACPI_MAX_STEPS || w->type < SCOPE_ENDPOINT || w->type > SCOPE_IOAPIC)
		return false;
	s->first = s->last = (uint16_t)(w->item[5] << 8 | (w->item[6] & 0x1f) << 3 | (w->item[7] & 7));
	s->steps = (unsigned int)pairs - 1;
	for (n = 0; n < s->steps; n++)
		s->step[n] = (uint8_t)((w->item[8 + 2 * n] & 0x1f) << 3 | (w->item[9 + 2 * n] & 7));
	s->bridge = w->type == SCOPE_BRIDGE;
	s->is_ioapic = w->type == SCOPE_IOAPIC;
	s->ioapic = w->item[4];
	return true;
}

static void add_scope(struct acpi_iommus *out, const struct acpi_scope *scope)
{
	if (out->scopes < ACPI_MAX_SCOPES)
		out->scope[out->scopes++] = *scope;
}

static void parse_drhd(const struct walk *unit, struct acpi_iommus *out)
{
	struct walk w = walk_from(unit->item, unit->size, DRHD_SIZE);
	struct acpi_scope scope = { .unit = out->count };

	if (unit->size < DRHD_SIZE || out->count == ACPI_MAX_IOMMUS)
		return;
	out->unit[out->count++] = (struct acpi_iommu){
		.base = get64(unit->item + 8), .size = 0x1000, .segment = get16(unit->item + 6), .all = unit->item[4] & DRHD_INCLUDE_ALL,
	};
	while (walk_bytes(&w)) {
		if (scope_init(&w, &scope))
			add_scope(out, &scope);
	}
}

static void add_reserved(struct acpi_iommus *out, const struct acpi_reserved *r)
{
	if (r->start <= r->end && out->reserveds < ACPI_MAX_RESERVED)
		out->reserved[out->reserveds++] = *r;
}

static void parse_rmrr(const struct walk *region, struct acpi_iommus *out)
{
	struct walk w = walk_from(region->item, region->size, RMRR_SIZE);
	struct acpi_reserved r;

	if (region->size < RMRR_SIZE)
		return;
	r = (struct acpi_reserved){ .segment = get16(region->item + 6), .start = get64(region->item + 8), .end = get64(region->item + 16) };
	while (walk_bytes(&w)) {
		if (scope_init(&w, &r.who))
			add_reserved(out, &r);
	}
}

bool acpi_parse_dmar(const struct acpi_table *table, struct acpi_iommus *out)
{
	struct walk w = walk_from(table->data, table->size, DMAR_FIRST);

	while (walk_words(&w)) {
		if (w.type == DMAR_DRHD)
			parse_drhd(&w, out);
		else if (w.type == DMAR_RMRR)
			parse_rmrr(&w, out);
	}
	return !w.broken;
}

/* --- IVRS (AMD IOMMU 5.2.2) -------------------------------------------------------------------------------------------------- */

#define IVRS_FIRST		48
#define IVHD_10			0x10
#define IVHD_11			0x11
#define IVHD_40			0x40
#define IVHD_10_SIZE		24
#define IVHD_11_SIZE		40
#define IVHD_EFR_10		20
#define DEV_ALL			1
#define DEV_SELECT		2
#define DEV_START		3
#define DEV_END			4
#define DEV_ALIAS		66	/* as SELECT and START, with another requester's number: 66, 67; with other settings: 70, 71 */
#define DEV_ALIAS_START		67
#define DEV_EXT			70
#define DEV_EXT_START		71
#define DEV_SPECIAL		72
#define SPECIAL_IOAPIC		1

static size_t device_entry_size(uint8_t type)
{
	return (size_t)4 << (type >> 6 & 3);	/* 5.2.2.4: the upper two bits tell the length */
}

static void parse_device_entry(const uint8_t *e, struct acpi_iommus *out, struct acpi_scope *range)
{
	struct acpi_scope one = { .unit = range->unit, .first = get16(e + 1), .last = get16(e + 1) };

	switch (e[0]) {
	case DEV_ALL:
		one.first = 0;
		one.last = 0xffff;
		add_scope(out, &one);
		break;
	case DEV_SELECT:
	case DEV_ALIAS:
	case DEV_EXT:
		add_scope(out, &one);
		break;
	case DEV_START:
	case DEV_ALIAS_START:
	case DEV_EXT_START:
		range->first = one.first;
		break;
	case DEV_END:
		range->last = one.last;
		if (range->first <= range->last)
			add_scope(out, range);
		break;
	case DEV_SPECIAL:
		if (e[7] != SPECIAL_IOAPIC)
			break;
		one.first = one.last = get16(e + 5);
		one.is_ioapic = true;
		one.ioapic = e[4];
		add_scope(out, &one);
		break;
	}
}

/* The same unit comes once for each kind of block that the firmware knows: the first counts. */
static bool unit_known(const struct acpi_iommus *out, uint16_t bdf)
{
	unsigned int n;

	for (n = 0; n < out->count; n++) {
		if (out->unit[n].amd && out->unit[n].bdf == bdf)
			return true;
	}
	return false;
}

static void parse_ivhd(const struct walk *w, struct acpi_iommus *out)
{
	const size_t first = w->type == IVHD_10 ? IVHD_10_SIZE : IVHD_11_SIZE;
	struct acpi_scope range = { .unit = out->count };
	const uint8_t *e, *end = w->item + w->size;

	if (w->size < first || out->count == ACPI_MAX_IOMMUS || unit_known(out, get16(w->item + 4)))
		return;
	out->unit[out->count++] = (struct acpi_iommu){
		.base = get64(w->item + 8), .size = 0x4000, .segment = get16(w->item + 16), .amd = true,
		.bdf = get16(w->item + 4), .cap = get16(w->item + 6), .features = get32(w->item + IVHD_EFR_10),
	};
	for (e = w->item + first; e < end; e += device_entry_size(e[0])) {
		if (device_entry_size(e[0]) > (size_t)(end - e))
			break;
		parse_device_entry(e, out, &range);
	}
}

#define IVMD_ALL		0x20
#define IVMD_SELECT		0x21
#define IVMD_RANGE		0x22
#define IVMD_SIZE		32

/* Memory that devices use as it is (5.2.2.8); what is excluded from translation altogether is no less theirs. */
static void parse_ivmd(const struct walk *w, struct acpi_iommus *out)
{
	struct acpi_reserved r = { .who.last = 0xffff };
	uint64_t size;

	if (w->size < IVMD_SIZE)
		return;
	r.start = get64(w->item + 16);
	size = get64(w->item + 24);
	if (!size || size - 1 > UINT64_MAX - r.start)
		return;
	r.end = r.start + size - 1;
	if (w->type != IVMD_ALL)
		r.who.first = r.who.last = get16(w->item + 4);
	if (w->type == IVMD_RANGE)
		r.who.last = get16(w->item + 6);
	if (r.who.first <= r.who.last)
		add_reserved(out, &r);
}

bool acpi_parse_ivrs(const struct acpi_table *table, struct acpi_iommus *out)
{
	struct walk w = walk_from(table->data, table->size, IVRS_FIRST);

	/* Type and flags are a byte each here, the length is a word. */
	while (w.end - w.p >= 4) {
		if (!walk_item(&w, w.p[0], get16(w.p + 2), 4))
			break;
		if (w.type == IVHD_10 || w.type == IVHD_11 || w.type == IVHD_40)
			parse_ivhd(&w, out);
		else if (w.type >= IVMD_ALL && w.type <= IVMD_RANGE)
			parse_ivmd(&w, out);
	}
	return !w.broken && w.p == w.end;
}

/* --- the machine's ----------------------------------------------------------------------------------------------------------- */

void *acpi_read(const struct tree *t, const char *name, struct acpi_table *table)
{
	size_t size;
	void *data = tree_read(t, &size, "sys/firmware/acpi/tables/%s", name);

	if (data && acpi_table_init(table, data, size, name))
		return data;
	if (data)
		errno = EINVAL;
	free(data);
	return NULL;
}

bool acpi_iommus(const struct tree *t, struct acpi_iommus *out)
{
	struct acpi_table table;
	void *dmar = acpi_read(t, "DMAR", &table), *ivrs;
	bool seen = dmar || errno == ENOENT;

	if (dmar)
		acpi_parse_dmar(&table, out);
	free(dmar);
	ivrs = acpi_read(t, "IVRS", &table);
	seen = seen && (ivrs || errno == ENOENT);
	if (ivrs)
		acpi_parse_ivrs(&table, out);
	free(ivrs);
	return seen && tree_has(t, "sys/firmware/acpi/tables");
}
