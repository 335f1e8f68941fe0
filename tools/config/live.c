// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <common/lib/range.h>

#include "../machine/cpus.h"
#include "../machine/dt.h"
#include "../machine/groups.h"
#include "../machine/iomem.h"
#include "../machine/memory.h"
#include "../machine/pci.h"
#include "live.h"

struct machine {
	struct verdict *v;
	const struct files *files;
	const struct tree *tree;
	const struct draft *root;
	struct memory_block *blocks;
	size_t num_blocks;
};

static struct side system_side(const struct machine *m, enum jailhouse_object object, unsigned int index)
{
	return (struct side){ &m->files->system, object, index };
}

/* --- CPUs --- */

static bool has_cpu(const struct draft *d, unsigned int cpu)
{
	return cpu / 8 < d->cpu_set_size && d->cpus[cpu / 8] >> cpu % 8 & 1;
}

/* CPUs of cells that run are offline for Linux. */
static void check_cpus(struct machine *m)
{
	struct cpu_numbers present;
	unsigned int n;

	if (!cpus_read(m->tree, "present", &present)) {
		m->v->incomplete = true;
		return;
	}
	for (n = 0; n < 8 * m->root->cpu_set_size; n++)
		if (has_cpu(m->root, n) && !cpus_contain(&present, n))
			find_other(m->v, true, "CPU_ABSENT", system_side(m, JAILHOUSE_OBJ_CPU, n),
				   "The configuration has CPU %u, the machine does not. Correct cpus.", n);
	for (n = 0; n < present.count; n++)
		if (!has_cpu(m->root, present.cpu[n]))
			find_other(m->v, true, "CPU_UNLISTED", system_side(m, JAILHOUSE_OBJ_CPU, present.cpu[n]),
				   "The machine has CPU %u, the configuration does not. Add it to cpus, or keep Linux from using it (maxcpus=).",
				   present.cpu[n]);
}

/* --- what root would lose --- */

/* struct cover - ranges that are root's, or that the hypervisor handles */
struct cover {
	struct range64 *range;
	unsigned int count;
};

static void cover_add(struct cover *c, __u64 start, __u64 size)
{
	struct range64 *grown;

	if (!size)
		return;
	grown = realloc(c->range, (c->count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	c->range = grown;
	c->range[c->count++] = (struct range64){ start, range_last(start, size) };
}

/* The first number from @at to @end that is not covered; *next is the first behind it that is, or behind @end. */
static bool find_hole(const struct cover *c, __u64 at, __u64 end, __u64 *hole, __u64 *next)
{
	unsigned int n;

	for (n = 0; n < c->count; n++)
		if (c->range[n].start <= at && at <= c->range[n].end) {
			if (c->range[n].end >= end)
				return false;
			at = c->range[n].end + 1;
			n = ~0u;	/* begin anew */
		}
	*hole = at;
	*next = end + 1;
	for (n = 0; n < c->count; n++)
		if (c->range[n].start > at && c->range[n].start < *next)
			*next = c->range[n].start;
	return true;
}

static struct cover cover_memory(const struct draft *d)
{
	const struct jailhouse_system *s = &d->system;
	const struct jailhouse_pci_device *dev = d->array[DRAFT_PCI].data;
	const struct jailhouse_irqchip *chip = d->array[DRAFT_IRQCHIPS].data;
	const struct jailhouse_memory *m = d->array[DRAFT_MEMORY].data;
	struct cover c = { 0 };
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++)
		cover_add(&c, m[n].phys_start, m[n].size);
	for (n = 0; n < d->array[DRAFT_IRQCHIPS].count; n++)
		cover_add(&c, chip[n].address & ~0xfffULL, s->architecture == JAILHOUSE_X86 ? 0x1000 : 0x10000);
	for (n = 0; n < d->array[DRAFT_PCI].count; n++)
		cover_add(&c, dev[n].msix_address, dev[n].msix_region_size);
	for (n = 0; n < JAILHOUSE_MAX_IOMMU_UNITS; n++)
		cover_add(&c, s->platform_info.iommu_units[n].base, s->platform_info.iommu_units[n].size);
	cover_add(&c, s->hypervisor_memory.phys_start, s->hypervisor_memory.size);
	if (s->platform_info.pci_mmconfig_base)
		cover_add(&c, s->platform_info.pci_mmconfig_base, (s->platform_info.pci_mmconfig_end_bus + 1ULL) << 20);
	if (s->debug_console.flags & JAILHOUSE_CON_ACCESS_MMIO)
		cover_add(&c, s->debug_console.address, s->debug_console.size);
	if (s->architecture == JAILHOUSE_X86) {
		cover_add(&c, 0xfee00000, 0x100000);	/* local APIC and interrupt messages */
	} else {
		cover_add(&c, s->platform_info.arm.gicd_base, s->platform_info.arm.gicd_base ? 0x10000 : 0);
		cover_add(&c, s->platform_info.arm.gicc_base, s->platform_info.arm.gicc_base ? 0x10000 : 0);
		cover_add(&c, s->platform_info.arm.gich_base, s->platform_info.arm.gich_base ? 0x10000 : 0);
		cover_add(&c, s->platform_info.arm.gicv_base, s->platform_info.arm.gicv_base ? 0x10000 : 0);
		cover_add(&c, s->platform_info.arm.gicr_base, s->platform_info.arm.gicr_base ? 0x20000ULL * CONFIG_MAX_CPUS : 0);
	}
	return c;
}

static struct cover cover_ports(const struct draft *d)
{
	const struct jailhouse_console *console = &d->system.debug_console;
	const struct jailhouse_pio *pio = d->array[DRAFT_PIO].data;
	struct cover c = { 0 };
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_PIO].count; n++)
		cover_add(&c, pio[n].base, pio[n].length);
	cover_add(&c, 0xcf8, 8);	/* PCI configuration: the hypervisor handles them */
	if (console->type == JAILHOUSE_CON_TYPE_8250 && !(console->flags & JAILHOUSE_CON_ACCESS_MMIO))
		cover_add(&c, console->address, 8);
	cover_add(&c, d->system.platform_info.x86.pm_timer_address, 4);
	return c;
}

/* Windows and what firmware has put aside are not used as such; only what is inside of them is. */
static bool is_in_use(const struct resources *r, size_t n)
{
	const char *name = r->item[n].name;
	bool is_leaf = n + 1 == r->count || r->item[n + 1].level <= r->item[n].level;

	return !strcmp(name, "System RAM") ||
		(is_leaf && strncmp(name, "PCI Bus", 7) && strcasecmp(name, "reserved") && strcmp(name, "Kernel code") && strcmp(name, "Kernel data") &&
		 strcmp(name, "Kernel rodata") && strcmp(name, "Kernel bss") && strcmp(name, "Crash kernel"));
}

static bool in_system_ram(const struct resources *r, size_t n)
{
	while (n > 0 && r->item[n].level > 0) {
		n--;
		if (r->item[n].level == 0)
			break;
	}
	return !strcmp(r->item[n].name, "System RAM");
}

/* The entry that ends closest before @at, which is mostly where what is missing should stand; without a source if there is none. */
static struct side entry_before(const struct machine *m, bool ports, __u64 at)
{
	const struct array *list = &m->root->array[ports ? DRAFT_PIO : DRAFT_MEMORY];
	const struct jailhouse_memory *memory = list->data;
	const struct jailhouse_pio *pio = list->data;
	struct side found = { NULL, ports ? JAILHOUSE_OBJ_PIO : JAILHOUSE_OBJ_MEMORY, 0 };
	__u64 start, last, best = 0;
	unsigned int n;

	for (n = 0; n < list->count; n++) {
		start = ports ? pio[n].base : memory[n].phys_start;
		last = range_last(start, ports ? pio[n].length : memory[n].size);
		if (start < at && last < at && (!found.source || last >= best)) {
			found = system_side(m, found.object, n);
			best = last;
		}
	}
	return found;
}

#define MOST_LOST	100

static void check_lost(struct machine *m, const struct resources *r, const struct cover *c, bool ports)
{
	const char *name = ports ? "PORTS_LOST" : "MEMORY_LOST", *what = ports ? "ports" : "memory";
	unsigned int before = m->v->count;
	__u64 at, hole, next;
	size_t n;

	for (n = 0; n < r->count; n++) {
		if (!is_in_use(r, n) || (r->item[n].level && in_system_ram(r, n)))
			continue;
		next = r->item[n].start;
		for (at = next; at >= r->item[n].start && at <= r->item[n].end && m->v->count - before < MOST_LOST &&
		     find_hole(c, at, r->item[n].end, &hole, &next); at = next) {
			find_other(m->v, false, name, system_side(m, JAILHOUSE_OBJ_HEADER, 0),
				   "Linux uses %s 0x%llx-0x%llx (%s), which the root cell would lose. Add it, or see that Linux does not use it.",
				   what, hole, next - 1, r->item[n].name);
			m->v->list[m->v->count - 1].other = entry_before(m, ports, hole);
		}
	}
}

/* /proc/iomem names memory that is offline "System RAM", too. */
static bool is_offline(const struct machine *m, const struct jailhouse_memory *memory)
{
	uint64_t at = memory->phys_start;
	size_t n;

	/* ascending */
	for (n = 0; n < m->num_blocks && at - memory->phys_start < memory->size; n++) {
		const struct memory_block *b = &m->blocks[n];

		if (!b->online && at >= b->start && at - b->start < b->size)
			at = b->start + b->size;
	}
	return at - memory->phys_start >= memory->size;
}

/* Memory of the hypervisor or a cell is to be reserved or taken offline: Linux would go on using it. */
static void check_in_use(struct machine *m, const struct resources *r, struct side who, const struct jailhouse_memory *memory)
{
	char text[256];
	size_t n;

	if (is_offline(m, memory))
		return;
	side_describe(&who, text, sizeof(text));
	for (n = 0; n < r->count; n++)
		if (r->item[n].level == 0 && !strcmp(r->item[n].name, "System RAM") &&
		    range_overlap(memory->phys_start, memory->size, r->item[n].start, r->item[n].end - r->item[n].start + 1))
			find_other(m->v, false, "MEMORY_IN_USE_BY_LINUX", who,
				   "Linux uses the memory of %s as RAM, 0x%llx-0x%llx. Reserve it at boot (memmap= on x86, reserved-memory or mem= on ARM), "
				   "or let \"jailhouse enable\" take it offline.", text, (unsigned long long)r->item[n].start, (unsigned long long)r->item[n].end);
}

static void check_memory_in_use(struct machine *m, const struct resources *r)
{
	const struct jailhouse_memory *memory;
	const struct source *cell;
	unsigned int n, i;

	if (!m->files->system.placed)
		check_in_use(m, r, system_side(m, JAILHOUSE_OBJ_HYPERVISOR, 0), &m->root->system.hypervisor_memory);
	for (n = 0; n < m->files->count; n++) {
		cell = &m->files->cells[n];
		if (cell->placed)
			continue;
		for (i = 0; i < cell->draft.array[DRAFT_MEMORY].count; i++) {
			memory = draft_at(&cell->draft, DRAFT_MEMORY, i);
			if (memory->size && !(memory->flags & (JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_ROOTSHARED)))
				check_in_use(m, r, (struct side){ cell, JAILHOUSE_OBJ_MEMORY, i }, memory);
		}
	}
}

static bool has_row(size_t needed, const struct memory_block *block, size_t count)
{
	size_t n;

	for (n = 0; needed && n + needed <= count; n++) {
		if (memory_row(&block[n], needed))
			return true;
	}
	return false;
}

static bool has_reserved(const struct machine *m, __u64 size)
{
	struct range64 reserved[RESERVED_MAX];
	char cmdline[4096];
	unsigned int n;

	tree_line(m->tree, cmdline, sizeof(cmdline), "proc/cmdline");
	for (n = memmap_parse(cmdline, reserved); n > 0; n--) {
		if (reserved[n - 1].end - reserved[n - 1].start >= size - 1)
			return true;
	}
	return false;
}

/* Memory that enable is to find: whether the blocks are in use at that time, nobody knows now. */
static void check_places(struct machine *m)
{
	const __u64 size = m->files->system.placed;
	struct memory_block *block;
	size_t count, needed;

	if (!size || has_reserved(m, size))
		return;
	block = memory_blocks(m->tree, &count);
	needed = count ? size / block[0].size + (size % block[0].size != 0) : 1;
	if (!has_row(needed, block, count))
		find_other(m->v, false, "MEMORY_UNPLACEABLE", system_side(m, JAILHOUSE_OBJ_HYPERVISOR, 0),
			   "The memory of hypervisor and cells, %llu MiB, is to be found, and Linux has no %zu memory blocks side by side that it can take "
			   "offline. Reserve it at boot, or ask for less.", (size + 0xfffff) >> 20, needed);
	free(block);
}

static bool read_resources(struct machine *m, const char *name, struct resources *r)
{
	enum resources_seen seen = resources_read(m->tree, name, r);

	if (seen != RESOURCES_SEEN)
		find_other(m->v, false, "MACHINE_HIDDEN", system_side(m, JAILHOUSE_OBJ_HEADER, 0),
			   "/proc/%s of %s cannot be read%s, so it was not compared.", name, tree_name(m->tree),
			   seen == RESOURCES_HIDDEN ? " without being root" : "");
	m->v->incomplete = m->v->incomplete || seen != RESOURCES_SEEN;
	return seen == RESOURCES_SEEN;
}

static void check_resources(struct machine *m)
{
	struct resources r = { 0 };
	struct cover c;

	if (read_resources(m, "iomem", &r)) {
		c = cover_memory(m->root);
		check_lost(m, &r, &c, false);
		m->blocks = memory_blocks(m->tree, &m->num_blocks);
		check_memory_in_use(m, &r);
		free(m->blocks);
		free(c.range);
	}
	resources_free(&r);
	if (m->root->system.architecture != JAILHOUSE_X86)
		return;
	r = (struct resources){ 0 };
	if (read_resources(m, "ioports", &r)) {
		c = cover_ports(m->root);
		check_lost(m, &r, &c, true);
		free(c.range);
	}
	resources_free(&r);
}

/* --- what the device tree keeps for the firmware --- */

static void check_kept(struct machine *m, const struct dt_firmware *f, struct side who, const struct jailhouse_memory *memory)
{
	char text[256];

	if (!memory->size || memory->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION) ||
	    !range_overlap(memory->phys_start, memory->size, f->start, f->end - f->start + 1))
		return;
	side_describe(&who, text, sizeof(text));
	find_other(m->v, false, "MEMORY_OF_FIRMWARE", who,
		   "The device tree keeps 0x%llx-0x%llx (%.64s) for the firmware, and %s reaches into that: an access may end in an abort. Take it out, or "
		   "create the configuration again.", (unsigned long long)f->start, (unsigned long long)f->end, f->name, text);
}

static void check_kept_from(struct machine *m, const struct dt_firmware *f, const struct source *source)
{
	unsigned int n;

	for (n = 0; n < source->draft.array[DRAFT_MEMORY].count; n++)
		check_kept(m, f, (struct side){ source, JAILHOUSE_OBJ_MEMORY, n }, draft_at(&source->draft, DRAFT_MEMORY, n));
}

/* A boot loader or firmware that is new may keep more than the one before. There is no tree on machines with ACPI. */
static void check_firmware(struct machine *m)
{
	void *dt = m->root->system.architecture == JAILHOUSE_X86 ? NULL : dt_read(m->tree);
	struct dt_firmware f;
	unsigned int n, cell;

	for (n = 0; dt && dt_firmware(dt, n, &f); n++) {
		check_kept(m, &f, system_side(m, JAILHOUSE_OBJ_HYPERVISOR, 0), &m->root->system.hypervisor_memory);
		check_kept_from(m, &f, &m->files->system);
		for (cell = 0; cell < m->files->count; cell++)
			check_kept_from(m, &f, &m->files->cells[cell]);
	}
	free(dt);
}

/* --- PCI --- */

static const struct pci_function *find_function(const struct pci_function *f, size_t count, const struct jailhouse_pci_device *dev)
{
	size_t n;

	for (n = 0; n < count; n++)
		if (f[n].domain == dev->domain && f[n].bdf == dev->bdf)
			return &f[n];
	return NULL;
}

static void check_function(struct machine *m, struct side who, const struct jailhouse_pci_device *dev, const struct pci_function *f)
{
	/* what "config create" leaves out has not changed */
	const unsigned int msix = pci_msix_apart(f) ? f->msix_vectors : 0;
	unsigned int bar;
	__u64 mask;

	if (dev->num_msi_vectors != f->msi_vectors || dev->num_msix_vectors != msix)
		find_other(m->v, false, "PCI_CHANGED", who,
			   "The device has %u MSI and %u MSI-X vectors, the configuration says %u and %u. Correct msi and msix.",
			   f->msi_vectors, msix, dev->num_msi_vectors, dev->num_msix_vectors);
	if (msix && dev->num_msix_vectors && dev->msix_address != ((f->bar[f->msix_bar].start + f->msix_offset) & ~0xfffULL))
		find_other(m->v, true, "PCI_MSIX_MOVED", who, "The MSI-X table of the device is at 0x%llx, the configuration says 0x%llx. Correct msix.",
			   (unsigned long long)(f->bar[f->msix_bar].start + f->msix_offset), dev->msix_address);
	for (bar = 0; bar < PCI_BARS; bar++) {
		mask = f->bar[bar].size ? ~(f->bar[bar].size - 1) : 0;
		if (f->bar[bar].size && dev->bar_mask[bar] != (__u32)mask)
			find_other(m->v, false, "PCI_CHANGED", who,
				   "BAR %u of the device has 0x%llx bytes, the configuration says 0x%x. Correct bars.", bar,
				   (unsigned long long)f->bar[bar].size, ~dev->bar_mask[bar] + 1);
		bar += f->bar[bar].size && f->bar[bar].wide;
	}
}

static bool is_listed(const struct draft *d, const struct pci_function *f)
{
	const struct jailhouse_pci_device *dev = d->array[DRAFT_PCI].data;
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_PCI].count; n++)
		if (f->domain == dev[n].domain && f->bdf == dev[n].bdf)
			return true;
	return false;
}

/* On ARM a system without mmconfig leaves PCI's configuration space to the root cell, and nothing is lost. */
static bool hypervisor_has_pci(const struct draft *d)
{
	return d->system.architecture == JAILHOUSE_X86 || d->system.platform_info.pci_mmconfig_base;
}

/* Access control that was on when the cell was made may be off after the next boot. */
static void check_apart(struct machine *m, const struct source *cell, unsigned int n, const struct functions *all)
{
	const struct jailhouse_pci_device *dev = draft_at(&cell->draft, DRAFT_PCI, n);
	const struct pci_function *f = find_function(all->list, all->count, dev), *other = all->list;
	struct group_bond bond = { GROUP_APART, NULL };
	char why[192], way_out[512];

	for (; f && dev->type == JAILHOUSE_PCI_TYPE_DEVICE && other < all->list + all->count; other++) {
		if (!pci_is_bridge(other) && !is_listed(&cell->draft, other))
			bond = group_bond(all, f, other);
		if (bond.reason != GROUP_APART)
			break;
	}
	if (bond.reason == GROUP_APART)
		return;
	group_bond_text(&bond, why, sizeof(why), way_out, sizeof(way_out));
	find_other(m->v, false, "PCI_NOT_APART", (struct side){ cell, JAILHOUSE_OBJ_PCI_DEVICE, n },
		   "The device shares its IOMMU group with %02x:%02x.%x (%s): %s. %s.", other->bdf >> 8, other->bdf >> 3 & 0x1f, other->bdf & 7,
		   pci_class_name(other->class), why, way_out);
}

/* Without an IOMMU, there is another finding about each of them. */
static void check_cells_devices(struct machine *m, const struct functions *all)
{
	const bool has_iommu = m->root->system.platform_info.iommu_units[0].base;
	unsigned int cell, n;

	for (cell = 0; has_iommu && cell < m->files->count; cell++) {
		for (n = 0; n < m->files->cells[cell].draft.array[DRAFT_PCI].count; n++)
			check_apart(m, &m->files->cells[cell], n, all);
	}
}

static void check_pci(struct machine *m)
{
	const struct array *devices = &m->root->array[DRAFT_PCI];
	const struct jailhouse_pci_device *dev = devices->data;
	size_t count = 0, unread = 0, n;
	struct pci_function *f = pci_read_all(m->tree, &count, &unread);
	const struct pci_function *there;

	for (n = 0; n < devices->count; n++) {
		if (dev[n].type == JAILHOUSE_PCI_TYPE_IVSHMEM)
			continue;
		there = find_function(f, count, &dev[n]);
		if (there)
			check_function(m, system_side(m, JAILHOUSE_OBJ_PCI_DEVICE, (unsigned int)n), &dev[n], there);
		else
			find_other(m->v, false, "PCI_ABSENT", system_side(m, JAILHOUSE_OBJ_PCI_DEVICE, (unsigned int)n),
				   "The machine has no such PCI function. Remove the device, or see where it went.");
	}
	for (n = 0; n < count && hypervisor_has_pci(m->root); n++)
		if (!f[n].virtual && !is_listed(m->root, &f[n]))
			find_other(m->v, false, "PCI_UNLISTED", system_side(m, JAILHOUSE_OBJ_HEADER, 0),
				   "The machine has a PCI function %02x:%02x.%x (%s), which the root cell would lose. Add it to pci.",
				   f[n].bdf >> 8, f[n].bdf >> 3 & 0x1f, f[n].bdf & 7, pci_class_name(f[n].class));
	check_cells_devices(m, &(struct functions){ f, count });
	m->v->incomplete = m->v->incomplete || unread;
	free(f);
}

void check_machine(struct verdict *v, const struct files *files, const struct tree *t)
{
	struct machine m = { .v = v, .files = files, .tree = t, .root = &files->system.draft };

	check_cpus(&m);
	check_resources(&m);
	check_places(&m);
	check_firmware(&m);
	check_pci(&m);
}
