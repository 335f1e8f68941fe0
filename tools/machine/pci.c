// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jailhouse/pci_defs.h>

#include "pci.h"

#define PAGE		4096
#define HEADER_SIZE	64
#define BASIC_SIZE	256
#define FULL_SIZE	4096

#define REG_STATUS	0x06
#define STATUS_CAPS	0x10
#define REG_CLASS	0x09
#define REG_HEADER	0x0e
#define REG_SECONDARY	0x19
#define REG_CAPS	0x34

/* struct kind - how long a capability is, and whether a driver of root writes it. @length 0: it says so itself, or it is not known */
struct kind {
	uint16_t id;
	const char *name;
	uint16_t length;
	bool write;
};

/*
 * Written are those that move power states, errors, links and interrupts of the device itself. Address translation is not among them: it
 * would let the device pass an IOMMU by.
 */
static const struct kind kinds[] = {
	{ PCI_CAP_ID_PM, "pm", 8, true },
	{ PCI_CAP_ID_VPD, "vpd", 8, true },
	{ PCI_CAP_ID_MSI, "msi", 0, true },
	{ PCI_CAP_ID_HT, "ht", 4, false },
	{ PCI_CAP_ID_VNDR, "vndr", 0, false },
	{ PCI_CAP_ID_DBG, "dbg", 4, false },
	{ PCI_CAP_ID_SSVID, "ssvid", 8, false },
	{ PCI_CAP_ID_SECDEV, "secdev", 4, false },
	{ PCI_CAP_ID_EXP, "exp", 0, true },
	{ PCI_CAP_ID_MSIX, "msix", 12, true },
	{ PCI_CAP_ID_SATA, "sata", 8, false },
	{ PCI_CAP_ID_AF, "af", 6, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_ERR, "ext_err", 0x48, true },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_DSN, "ext_dsn", 12, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_ACS, "ext_acs", 8, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_ARI, "ext_ari", 8, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_ATS, "ext_ats", 8, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_SRIOV, "ext_sriov", 64, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_LTR, "ext_ltr", 8, true },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_L1SS, "ext_l1ss", 16, true },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_PTM, "ext_ptm", 12, false },
	{ PCI_EXTENDED | PCI_EXT_CAP_ID_DPC, "ext_dpc", 0x30, false },
};

#define NUM_KINDS	(sizeof(kinds) / sizeof(kinds[0]))
#define LENGTH_UNKNOWN	4

static const struct kind *kind_of(uint16_t id)
{
	size_t n;

	for (n = 0; n < NUM_KINDS; n++) {
		if (kinds[n].id == id)
			return &kinds[n];
	}
	return NULL;
}

void pci_cap_name(uint16_t id, char *buf, size_t size)
{
	const struct kind *kind = kind_of(id);

	if (kind)
		snprintf(buf, size, "%s", kind->name);
	else
		snprintf(buf, size, id & PCI_EXTENDED ? "ext_0x%02x" : "0x%02x", id & ~PCI_EXTENDED);
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

/* --- capabilities ------------------------------------------------------------------------------------------------------------ */

static uint16_t parse_msi(const uint8_t *cap, struct pci_function *f)
{
	const uint16_t control = get16(cap + 2);

	f->msi_vectors = 1U << (control >> 1 & 7);
	f->msi_64 = control >> 7 & 1;
	f->msi_maskable = control >> 8 & 1;
	if (f->msi_vectors > 32)
		f->msi_vectors = 0;
	return (uint16_t)(10 + 4 * f->msi_64 + 10 * f->msi_maskable);
}

static void parse_msix(const uint8_t *cap, struct pci_function *f)
{
	const unsigned int bar = get32(cap + 4) & 7;

	if (bar >= PCI_BARS)
		return;		/* reserved (6.8.2.4): there is no table */
	f->msix_vectors = (get16(cap + 2) & 0x7ff) + 1;
	f->msix_bar = bar;
	f->msix_offset = get32(cap + 4) & ~7U;
}

/* Source validation, redirection of requests and of completions, upstream forwarding: what Linux asks for when it makes groups, too */
#define ACS_WANTED	0x1d

/* What a function does not implement it does always, or has no use for (6.12.1). */
static enum pci_acs parse_acs(const uint8_t *cap)
{
	const uint16_t wanted = get16(cap + 4) & ACS_WANTED;

	return (get16(cap + 6) & wanted) == wanted ? PCI_ACS_ON : PCI_ACS_OFF;
}

/* @cap has @room bytes, at least 12. */
static uint16_t cap_length(const uint8_t *cap, uint16_t id, struct pci_function *f)
{
	const struct kind *kind = kind_of(id);

	switch (id) {
	case PCI_CAP_ID_MSI:
		return parse_msi(cap, f);
	case PCI_CAP_ID_MSIX:
		parse_msix(cap, f);
		break;
	case PCI_CAP_ID_VNDR:
		return cap[2] > LENGTH_UNKNOWN ? cap[2] : LENGTH_UNKNOWN;
	case PCI_EXTENDED | PCI_EXT_CAP_ID_ACS:
		f->acs = parse_acs(cap);
		break;
	case PCI_CAP_ID_EXP:
		f->express_type = get16(cap + 2) >> 4 & 0xf;
		return (get16(cap + 2) & 0xf) == 1 ? 20 : 60;	/* 7.5.3: version 1 ends behind the link registers */
	}
	return kind && kind->length ? kind->length : LENGTH_UNKNOWN;
}

static bool add_cap(struct pci_function *f, uint16_t id, size_t start, uint16_t length)
{
	const struct kind *kind = kind_of(id);
	unsigned int n;

	for (n = 0; n < f->num_caps; n++) {
		if (f->cap[n].start == start)
			return false;	/* a list that bites its tail */
	}
	if (f->num_caps == PCI_MAX_CAPS)
		return false;
	f->cap[f->num_caps++] = (struct pci_cap){ id, (uint16_t)start, length, kind && kind->write };
	return true;
}

#define LONGEST_READ	12

static void parse_caps(const uint8_t *config, size_t size, struct pci_function *f)
{
	size_t at = config[REG_CAPS] & ~3U;

	if (!(get16(config + REG_STATUS) & STATUS_CAPS) || size < BASIC_SIZE)
		return;
	while (at >= HEADER_SIZE && at + LONGEST_READ <= BASIC_SIZE && config[at] != 0xff) {
		if (!add_cap(f, config[at], at, cap_length(config + at, config[at], f)))
			return;
		at = config[at + 1] & ~3U;
	}
}

static void parse_extended_caps(const uint8_t *config, size_t size, struct pci_function *f)
{
	size_t at = BASIC_SIZE;

	while (at >= BASIC_SIZE && at + LONGEST_READ <= size && size >= FULL_SIZE) {
		uint32_t header = get32(config + at);
		uint16_t id = header & 0x7fff;

		if (!id || header == ~0U)
			return;
		if (!add_cap(f, PCI_EXTENDED | id, at, cap_length(config + at, PCI_EXTENDED | id, f)))
			return;
		at = header >> 20 & ~3U;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct pci_cap *x = a, *y = b;

	return x->start - y->start;
}

/* None reaches into the next one, or out of its space. */
static void clip_caps(struct pci_function *f)
{
	unsigned int n;

	qsort(f->cap, f->num_caps, sizeof(f->cap[0]), by_start);
	for (n = 0; n < f->num_caps; n++) {
		struct pci_cap *c = &f->cap[n];
		uint32_t end = c->start < BASIC_SIZE ? BASIC_SIZE : FULL_SIZE;

		if (n + 1 < f->num_caps && c[1].start < end)
			end = c[1].start;
		if (c->start + (uint32_t)c->length > end)
			c->length = (uint16_t)(end - c->start);
	}
}

/* Conventional PCI has none, wherever a list of capabilities says so. */
static void settle_acs(size_t size, struct pci_function *f)
{
	if (size < BASIC_SIZE || (f->express_type >= 0 && size < FULL_SIZE))
		f->acs = PCI_ACS_UNSEEN;
	else if (f->express_type < 0)
		f->acs = PCI_ACS_NONE;
}

bool pci_parse_config(const uint8_t *config, size_t size, struct pci_function *f)
{
	if (size < HEADER_SIZE || get16(config) == 0xffff)
		return false;
	f->bridge = (config[REG_HEADER] & 0x7f) == 1;
	f->class = get32(config + REG_CLASS - 1) >> 8;
	f->secondary = f->bridge ? config[REG_SECONDARY] : 0;
	f->express_type = f->group = -1;
	parse_caps(config, size, f);
	parse_extended_caps(config, size, f);
	settle_acs(size, f);
	clip_caps(f);
	return true;
}

/* --- sysfs ------------------------------------------------------------------------------------------------------------------- */

#define RESOURCE_IO	0x100
#define RESOURCE_MEM	0x200
#define RESOURCE_WIDE	0x100000

#define PORTS		0x10000

/* A BAR decodes a power of two, at a multiple of it (6.2.5.1). */
static bool is_bar(const struct pci_bar *bar)
{
	const uint64_t limit = bar->io ? PORTS : 1ULL << (bar->wide ? 60 : 31);

	return !(bar->size & (bar->size - 1)) && !(bar->start & (bar->size - 1)) && bar->size <= limit && (!bar->io || bar->start < PORTS);
}

void pci_parse_resources(const char *text, struct pci_function *f)
{
	const unsigned int bars = f->bridge ? 2 : PCI_BARS;
	unsigned int n;

	for (n = 0; n < bars && *text; n++) {
		unsigned long long start, end, flags;
		struct pci_bar bar;

		if (sscanf(text, "%llx %llx %llx", &start, &end, &flags) == 3 && end > start && flags & (RESOURCE_IO | RESOURCE_MEM)) {
			bar = (struct pci_bar){ start, end - start + 1, flags & RESOURCE_IO, flags & RESOURCE_WIDE && n + 1 < bars };
			f->bar[n] = is_bar(&bar) ? bar : (struct pci_bar){ 0 };
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

bool pci_msix_apart(const struct pci_function *f)
{
	const struct pci_bar *bar = &f->bar[f->msix_bar];

	return f->msix_vectors && bar->size && !bar->io && !((bar->start + f->msix_offset) % PAGE) && f->msix_offset + f->msix_vectors * 16ULL <= bar->size;
}

#define FOLDER	"sys/bus/pci/devices"

static bool read_function(const struct tree *t, const char *name, struct pci_function *f)
{
	unsigned int domain, bus, device, function;
	char rest, line[32], *resources;
	uint8_t *config;
	size_t size;
	bool done;

	if (sscanf(name, "%x:%x:%x.%u%c", &domain, &bus, &device, &function, &rest) != 4 || bus > 255 || device > 31 || function > 7)
		return false;
	*f = (struct pci_function){ .domain = domain, .bdf = (uint16_t)(bus << 8 | device << 3 | function) };
	config = (uint8_t *)tree_read(t, &size, FOLDER "/%s/config", name);
	done = config && pci_parse_config(config, size, f);
	free(config);
	resources = tree_read(t, NULL, FOLDER "/%s/resource", name);
	if (resources)
		pci_parse_resources(resources, f);
	free(resources);
	tree_link(t, f->driver, sizeof(f->driver), FOLDER "/%s/driver", name);
	tree_link(t, line, sizeof(line), FOLDER "/%s/iommu_group", name);
	f->group = isdigit((unsigned char)line[0]) ? atoi(line) : -1;
	f->virtual = tree_has(t, FOLDER "/%s/physfn", name);
	tree_line(t, line, sizeof(line), FOLDER "/%s/irq", name);
	f->irq = atoi(line);
	return done;
}

struct pci_function *pci_read_all(const struct tree *t, size_t *count, size_t *unread)
{
	size_t names_count, n;
	char **names = tree_list(t, &names_count, FOLDER);
	struct pci_function *all = calloc(names_count + 1, sizeof(*all));

	*count = 0;
	*unread = 0;
	for (n = 0; all && n < names_count; n++) {
		if (read_function(t, names[n], &all[*count]))
			(*count)++;
		else
			(*unread)++;
	}
	tree_free_list(names, names_count);
	return all;
}

/* PCI code and ID assignment specification 1.11 */
const char *pci_class_name(uint32_t class)
{
	static const struct { uint32_t class, mask; const char *name; } classes[] = {
		{ 0x010600, 0xffff00, "SATA" }, { 0x010800, 0xffff00, "NVMe" }, { 0x010000, 0xff0000, "storage" },
		{ 0x020000, 0xffff00, "Ethernet" }, { 0x020000, 0xff0000, "network" }, { 0x030000, 0xff0000, "display" },
		{ 0x040300, 0xffff00, "audio" }, { 0x060000, 0xffff00, "host bridge" }, { 0x060100, 0xffff00, "ISA bridge" },
		{ 0x060400, 0xffff00, "PCI bridge" }, { 0x060000, 0xff0000, "bridge" }, { 0x070000, 0xffff00, "serial" },
		{ 0x0c0300, 0xffff00, "USB" }, { 0x0c0500, 0xffff00, "SMBus" }, { 0x0d0000, 0xff0000, "wireless" },
		{ 0x080600, 0xffff00, "IOMMU" },
	};
	size_t n;

	for (n = 0; n < sizeof(classes) / sizeof(classes[0]); n++) {
		if ((class & classes[n].mask) == classes[n].class)
			return classes[n].name;
	}
	return "device";
}
