// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets are those of the old layouts; nothing is believed about counts before they were compared with the size.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "names.h"

/* Both signatures have six characters, and the revision follows. */
#define OLD_CELL	"JHCELL"
#define OLD_SYSTEM	"JHSYST"
#define OLD_SIGNATURE	6

#define REVISION_10	10
#define REVISION_12	12

/**
 * struct layout - what differs between the two
 * @pci_caps:	ends with the capabilities' count; revision 12 has a count of stream ids behind it
 * @root:	of the root cell in a system
 * @port_bits:	ports are a bitmap in place of a list
 */
struct layout {
	unsigned int descriptor, root, iommu_at, iommu_size, vpci, reset, console;
	bool port_bits, has_streams;
};

static const struct layout layout_10 = {
	.descriptor = 128, .root = 266, .iommu_at = 106, .iommu_size = 20, .vpci = 76, .reset = 80, .console = 96, .port_bits = true,
};

static const struct layout layout_12 = {
	.descriptor = 132, .root = 354, .iommu_at = 106, .iommu_size = 28, .vpci = 80, .reset = 84, .console = 100, .has_streams = true,
};

enum { COUNT_CPUS, COUNT_MEMORY, COUNT_CACHE, COUNT_IRQCHIPS, COUNT_PIO, COUNT_PCI, COUNT_CAPS, COUNT_STREAMS, COUNTS };

#define FIRST_COUNT	48	/* in the descriptor, 4 bytes each in this order */

struct old {
	struct text *t;
	struct place at;
	const struct layout *layout;
	const __u8 *binary, *cell, *array[COUNTS];
	unsigned int revision, count[COUNTS];
	bool is_system;
};

static __u64 number(const __u8 *at, unsigned int bytes)
{
	__u64 value = 0;

	memcpy(&value, at, bytes);
	return value;
}

static bool starts(const void *binary, size_t size, const char *signature)
{
	return size >= OLD_SIGNATURE + 2 && !memcmp(binary, signature, OLD_SIGNATURE);
}

static const struct layout *layout_of(const void *binary)
{
	__u64 revision = number((const __u8 *)binary + OLD_SIGNATURE, 2);

	return revision == REVISION_10 ? &layout_10 : revision == REVISION_12 ? &layout_12 : NULL;
}

bool convert_knows(const void *binary, size_t size)
{
	return (starts(binary, size, OLD_CELL) || starts(binary, size, OLD_SYSTEM)) && layout_of(binary);
}

/* The arrays stand behind each other and end with the binary. */
static bool find_arrays(struct old *o, size_t size)
{
	static const unsigned int sizes[COUNTS] = { 1, 32, 12, 32, 4, 56, 8, 4 };
	size_t start = o->is_system ? o->layout->root : 0, end = start + o->layout->descriptor;
	unsigned int n, each;

	if (size < end || (o->is_system && memcmp(o->binary + start, OLD_CELL, OLD_SIGNATURE)))
		return complain(o->t, o->at, "Give a complete file.", "the binary is shorter than its fixed part, or has no root cell");
	o->cell = o->binary + start;
	for (n = 0; n < COUNTS; n++) {
		o->count[n] = n < COUNT_STREAMS || o->layout->has_streams ? (unsigned int)number(o->cell + FIRST_COUNT + 4 * n, 4) : 0;
		each = n == COUNT_PIO && o->layout->port_bits ? 1 : sizes[n];
		o->array[n] = o->binary + end;
		if (o->count[n] > (size - end) / each)
			return complain(o->t, o->at, "Give a complete file.", "the binary has %zu bytes, and its counts ask for more", size);
		end += (size_t)o->count[n] * each;
	}
	return end == size || complain(o->t, o->at, "Give the file as it was built.", "the binary has %zu bytes, and its counts ask for %zu", size, end);
}

static void note(struct old *o, const char *way_out, const char *what)
{
	complain(o->t, o->at, way_out, "%s", what);
}

/* --- architecture: the old formats do not name it --- */

static bool looks_like_x86(const struct old *o)
{
	unsigned int n;

	for (n = 0; n < o->count[COUNT_IRQCHIPS]; n++)
		if (number(o->array[COUNT_IRQCHIPS] + 32 * n, 8) == 0xfec00000)
			return true;
	return o->count[COUNT_PIO];
}

static int find_architecture(struct old *o, int arch)
{
	if (arch >= 0)
		return arch;
	arch = looks_like_x86(o) ? JAILHOUSE_X86 : JAILHOUSE_ARM64;
	complain(o->t, o->at, "Give -a x86, -a arm or -a arm64 if that is wrong.", "the old format does not name the architecture; taken as %s",
		 name_of(arch_names, (__u64)arch));
	return arch;
}

/* --- arrays --- */

#define OLD_IO_UNALIGNED	0x100

static void convert_memory(struct old *o, struct draft *d)
{
	struct jailhouse_memory *m;
	bool ambiguous = false;
	unsigned int n;

	for (n = 0; n < o->count[COUNT_MEMORY]; n++) {
		m = draft_add(d, DRAFT_MEMORY, o->array[COUNT_MEMORY] + 32 * n, (struct origin){ .at = o->at });
		if (!(m->flags & OLD_IO_UNALIGNED))
			continue;
		if (o->revision == REVISION_10)
			m->flags = (m->flags & ~(__u64)OLD_IO_UNALIGNED) | JAILHOUSE_MEM_IO_UNALIGNED;
		else
			ambiguous = ambiguous || JAILHOUSE_MEMORY_IS_SUBPAGE(m);
	}
	if (ambiguous)
		note(o, "If the binary is older than that, write io_unaligned in place of no_hugepages.",
		     "bit 0x100 of memory flags changed its meaning within revision 12: taken as no_hugepages, as release 0.12 has it");
}

/* Up to revision 10 a bit that is set means: not allowed. The hypervisor handles 0xcf8-0xcff itself. */
static bool port_allowed(const struct old *o, unsigned int port)
{
	return port / 8 < o->count[COUNT_PIO] && !(o->array[COUNT_PIO][port / 8] >> port % 8 & 1) && (port < 0xcf8 || port > 0xcff);
}

static void convert_port_bits(struct old *o, struct draft *d)
{
	struct jailhouse_pio range;
	unsigned int port, first;

	for (port = 0; port < 0x10000; port++) {
		if (!port_allowed(o, port))
			continue;
		for (first = port; port < 0xffff && port + 1 - first < 0xffff && port_allowed(o, port + 1); port++)
			;
		range = (struct jailhouse_pio){ (__u16)first, (__u16)(port - first + 1) };
		draft_add(d, DRAFT_PIO, &range, (struct origin){ .at = o->at });
	}
}

static void convert_ports(struct old *o, struct draft *d)
{
	unsigned int n;

	if (o->layout->port_bits)
		convert_port_bits(o, d);
	else
		for (n = 0; n < o->count[COUNT_PIO]; n++)
			draft_add(d, DRAFT_PIO, o->array[COUNT_PIO] + 4 * n, (struct origin){ .at = o->at });
}

/* The first version of ivshmem had one region and two ends; its memory cannot be divided into sections without knowing the programs. */
static void convert_devices(struct old *o, struct draft *d)
{
	const struct jailhouse_pci_device *dev = (const void *)o->array[COUNT_PCI];
	struct jailhouse_pci_device *there;
	bool dropped = false, any_msi = false;
	unsigned int n;

	for (n = 0; n < o->count[COUNT_PCI]; n++) {
		if (o->revision == REVISION_10 && dev[n].type == JAILHOUSE_PCI_TYPE_IVSHMEM) {
			dropped = true;
			continue;
		}
		there = draft_add(d, DRAFT_PCI, &dev[n], (struct origin){ .at = o->at });
		any_msi = any_msi || there->num_msi_vectors;
		if (o->revision == REVISION_10)
			memset(&there->shmem_regions_start, 0, sizeof(*there) - offsetof(struct jailhouse_pci_device, shmem_regions_start));
	}
	if (dropped)
		note(o, "Write the link anew: a memory entry with role ivshmem and a device that names it. The region of the old one is still in the list.",
		     "ivshmem devices of revision 10 are left out: state table and sections did not exist");
	if (any_msi && o->revision == REVISION_10)
		note(o, "Look at \"lspci -vv\": Maskable+ needs maskable: true.",
		     "release 0.10 did not say whether MSI vectors can be masked, 0.11 did, with the same revision");
}

static void convert_rest(struct old *o, struct draft *d)
{
	static const struct { unsigned int count, size; enum draft_array to; } arrays[] = {
		{ COUNT_CACHE, 12, DRAFT_CACHE }, { COUNT_IRQCHIPS, 32, DRAFT_IRQCHIPS }, { COUNT_CAPS, 8, DRAFT_CAPS },
		{ COUNT_STREAMS, 4, DRAFT_STREAMS },
	};
	unsigned int n, i;

	for (i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		for (n = 0; n < o->count[arrays[i].count]; n++)
			draft_add(d, arrays[i].to, o->array[arrays[i].count] + arrays[i].size * n, (struct origin){ .at = o->at });
	d->cpu_set_size = o->count[COUNT_CPUS];
	d->cpus = malloc(d->cpu_set_size + 1);
	if (!d->cpus)
		abort();
	memcpy(d->cpus, o->array[COUNT_CPUS], d->cpu_set_size);
}

/* --- fixed parts --- */

static void convert_descriptor(struct old *o, struct draft *d, int arch)
{
	struct jailhouse_cell_desc *desc = &d->system.root_cell;

	memcpy(desc->signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(desc->signature));
	desc->architecture = (__u8)arch;
	desc->revision = JAILHOUSE_CONFIG_REVISION;
	memcpy(desc->name, o->cell + 8, JAILHOUSE_CELL_NAME_MAXLEN);
	/* the driver has always chosen the id */
	desc->id = 0;
	desc->flags = (__u32)number(o->cell + 44, 4) & ~(__u32)JAILHOUSE_CELL_X_EXTENSION;
	desc->vpci_irq_base = (__u32)number(o->cell + o->layout->vpci, 4);
	desc->cpu_reset_address = number(o->cell + o->layout->reset, 8);
	if (number(o->cell + o->layout->reset + 8, 8))
		note(o, "Write reply_timeout: 2s, or what the cell needs.",
		     "the time for answers counted rounds of a loop: left out, which means 10 s");
	memcpy(&desc->console, o->cell + o->layout->console, sizeof(desc->console));
}

static void convert_iommu(struct old *o, struct jailhouse_iommu *unit, unsigned int n)
{
	const __u8 *at = o->binary + o->layout->iommu_at + n * o->layout->iommu_size;

	if (o->layout->iommu_size == sizeof(*unit)) {
		memcpy(unit, at, sizeof(*unit));
		return;
	}
	unit->base = number(at, 8);
	unit->size = (__u32)number(at + 8, 4);
	unit->amd.bdf = (__u16)number(at + 12, 2);
	unit->amd.base_cap = at[14];
	unit->amd.msi_cap = at[15];
	unit->amd.features = (__u32)number(at + 16, 4);
	if (!unit->base)
		return;
	unit->type = unit->amd.bdf || unit->amd.base_cap || unit->amd.msi_cap ? JAILHOUSE_IOMMU_AMD : JAILHOUSE_IOMMU_INTEL;
	complain(o->t, o->at, "Correct type if that is wrong.", "IOMMU unit %u had no type; taken as %s by its members", n,
		 name_of(iommu_type_names, unit->type));
}

static void convert_x86(struct old *o, struct jailhouse_system *s)
{
	unsigned int n;

	s->platform_info.x86.pm_timer_address = (__u16)number(o->binary + 88, 2);
	s->platform_info.x86.vtd_interrupt_limit = (__u32)number(o->binary + 90, 4);
	s->platform_info.x86.apic_mode = o->binary[94];
	s->platform_info.x86.tsc_khz = (__u32)number(o->binary + 98, 4);
	s->platform_info.x86.apic_khz = (__u32)number(o->binary + 102, 4);
	for (n = 0; n < JAILHOUSE_MAX_IOMMU_UNITS; n++)
		convert_iommu(o, &s->platform_info.iommu_units[n], n);
}

/* Revision 12 has the units behind the addresses of the GIC. */
#define ARM_IOMMU_AT	130

static void convert_arm(struct old *o, struct jailhouse_system *s)
{
	s->platform_info.arm.maintenance_irq = o->binary[88];
	s->platform_info.arm.gic_version = o->binary[89];
	memcpy(&s->platform_info.arm.gicd_base, o->binary + 90, 40);
	if (o->revision == REVISION_12)
		memcpy(s->platform_info.iommu_units, o->binary + ARM_IOMMU_AT, sizeof(s->platform_info.iommu_units));
}

static void convert_system(struct old *o, struct draft *d, int arch)
{
	struct jailhouse_system *s = &d->system;

	memcpy(s->signature, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(s->signature));
	s->architecture = (__u8)arch;
	s->revision = JAILHOUSE_CONFIG_REVISION;
	s->flags = (__u32)number(o->binary + 8, 4);
	memcpy(&s->hypervisor_memory, o->binary + 12, sizeof(s->hypervisor_memory));
	memcpy(&s->debug_console, o->binary + 44, sizeof(s->debug_console));
	s->platform_info.pci_mmconfig_base = number(o->binary + 76, 8);
	s->platform_info.pci_mmconfig_end_bus = o->binary[84];
	s->platform_info.pci_is_virtual = o->binary[85];
	s->platform_info.pci_domain = (__u16)number(o->binary + 86, 2);
	if (arch == JAILHOUSE_X86)
		convert_x86(o, s);
	else
		convert_arm(o, s);
}

bool convert(struct text *t, struct draft *d, const void *binary, size_t size, const char *path, int arch)
{
	struct old o = { .t = t, .at = { path, 0, 0 }, .layout = layout_of(binary), .binary = binary };

	o.revision = (unsigned int)number(o.binary + OLD_SIGNATURE, 2);
	o.is_system = d->is_system = starts(binary, size, OLD_SYSTEM);
	if (!find_arrays(&o, size))
		return false;
	arch = find_architecture(&o, arch);
	convert_descriptor(&o, d, arch);
	if (o.is_system)
		convert_system(&o, d, arch);
	convert_memory(&o, d);
	convert_ports(&o, d);
	convert_devices(&o, d);
	convert_rest(&o, d);
	d->header = o.at;
	return true;
}
