// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>

#include <jailhouse/pci_defs.h>

#include "../config/place.h"
#include "../config/source.h"
#include "../report.h"
#include "carve.h"
#include "dt.h"
#include "groups.h"
#include "iomem.h"
#include "pci.h"
#include "text.h"

#define PAGE		4096ULL
#define MIB		(1ULL << 20)
#define COLUMN		72

/* Where the library of inmates looks for it */
#define COMM_X86	0x100000ULL
#define COMM_ARM	0x80000000ULL

#define TEXTS		64

/* struct cell_text - lines of the lists of the cell, as they come */
struct cell_text {
	char *memory[TEXTS], *ports[TEXTS], *irqs[TEXTS], *pci[TEXTS];
	unsigned int memories, num_ports, num_irqs, pcis;
	char console[160];
};

struct carving {
	const struct tree *t;
	const void *dt;
	const struct carve_options *o;
	const struct source *system, *beside;
	unsigned int count;
	bool x86;
	struct cell_text text;
	struct pci_function *pci;
	size_t functions;
	struct acpi_iommus *iommus;	/* NULL: the firmware tells of none */
};

static bool add(char **list, unsigned int *count, const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool add(char **list, unsigned int *count, const char *format, ...)
{
	va_list ap;
	int n;

	if (*count == TEXTS)
		return false;
	va_start(ap, format);
	n = vasprintf(&list[*count], format, ap);
	va_end(ap);
	*count += n >= 0;
	return n >= 0;
}

/* --- RAM --------------------------------------------------------------------------------------------------------------------- */

static const struct jailhouse_memory *region(const struct source *s, unsigned int n)
{
	return n < s->draft.array[DRAFT_MEMORY].count ? draft_at(&s->draft, DRAFT_MEMORY, n) : NULL;
}

/* The end of what another cell has of a range, 0: nothing */
static uint64_t taken_until(const struct carving *c, uint64_t start, uint64_t size)
{
	const struct jailhouse_memory *m;
	unsigned int cell, n;

	for (cell = 0; cell < c->count; cell++) {
		for (n = 0; (m = region(&c->beside[cell], n)); n++) {
			if (!(m->flags & JAILHOUSE_MEM_COMM_REGION) && m->phys_start < start + size && start < m->phys_start + m->size)
				return m->phys_start + m->size;
		}
	}
	return 0;
}

static uint64_t find_in(const struct carving *c, const struct jailhouse_memory *m, uint64_t size)
{
	const uint64_t align = size >= 2 * MIB ? 2 * MIB : PAGE;
	uint64_t start = (m->phys_start + align - 1) & ~(align - 1), next;

	while (start >= m->phys_start && m->size >= size && start - m->phys_start <= m->size - size) {
		next = taken_until(c, start, size);
		if (!next)
			return start;
		start = (next + align - 1) & ~(align - 1);
	}
	return 0;
}

static uint64_t find_ram(const struct carving *c)
{
	const struct jailhouse_memory *m;
	uint64_t start = 0;
	unsigned int n;
	__u64 align;

	for (n = 0; !start && (m = region(c->system, n)); n++) {
		if (!place_asked(&c->system->draft, n, &align) && place_is_for_cells(&c->system->draft, n))
			start = find_in(c, m, c->o->ram);
	}
	return start;
}

/* Are there addresses of RAM for cells at all? They may be found when the system is enabled, and those of its cells then, too. */
static bool ram_is_anywhere(const struct carving *c)
{
	unsigned int n;
	__u64 align;

	for (n = 0; region(c->system, n); n++) {
		if (place_is_for_cells(&c->system->draft, n) && place_asked(&c->system->draft, n, &align))
			return true;
	}
	return false;
}

/* @phys 0: to be found */
static void add_ram(struct carving *c, uint64_t phys, uint64_t virt, uint64_t size, const char *name)
{
	char text[32], address[32] = "anywhere";

	if (phys)
		snprintf(address, sizeof(address), "0x%" PRIx64, phys);
	text_size(size, text, sizeof(text));
	add(c->text.memory, &c->text.memories, "{name: %s, role: loadable, %sphys: %s, virt: 0x%" PRIx64 ", size: %s}", name,
	    c->o->pcis ? "with: [dma], " : "", address, virt, text);
}

/* From address 0 on; a page is left out for the communication region, where the programs of the library look for it. */
static void add_communication_region(struct carving *c, uint64_t virt)
{
	add(c->text.memory, &c->text.memories, "{name: communication region, role: comm, virt: 0x%" PRIx64 "}", virt);
}

static int no_ram(const struct carving *c)
{
	return report_error(0, "Ask for less, or list more memory named \"RAM for cells\" in the system configuration.",
			    "there are no %" PRIu64 " KiB together in the system's \"RAM for cells\" that no other cell has", c->o->ram >> 10);
}

/* A loader at address 0, and RAM where the machine has it, out of the way of its devices, aligned as a kernel wants it */
#define LOADER_SIZE	0x10000ULL
#define KERNEL_ALIGN	0x200000ULL

/* An address for RAM that is found later: one of the root cell's RAM, where no device is */
static uint64_t guest_address(const struct carving *c, uint64_t size)
{
	const struct jailhouse_memory *m;
	uint64_t start;
	unsigned int n;
	__u64 align;

	for (n = 0; (m = region(c->system, n)); n++) {
		if (place_asked(&c->system->draft, n, &align))
			continue;
		start = m->phys_start < KERNEL_ALIGN ? KERNEL_ALIGN : (m->phys_start + KERNEL_ALIGN - 1) & ~(KERNEL_ALIGN - 1);
		if (start <= COMM_ARM && COMM_ARM - start < size)
			start = COMM_ARM + KERNEL_ALIGN;
		if (m->flags & JAILHOUSE_MEM_EXECUTE && m->flags & JAILHOUSE_MEM_WRITE && start >= m->phys_start &&
		    start - m->phys_start < m->size && size <= m->size - (start - m->phys_start))
			return start;
	}
	return 0;
}

static int carve_ram_anywhere_for_linux(struct carving *c)
{
	const uint64_t size = (c->o->ram - LOADER_SIZE) & ~(KERNEL_ALIGN - 1);
	const uint64_t virt = c->o->ram >= LOADER_SIZE + KERNEL_ALIGN ? guest_address(c, size) : 0;

	if (!virt)
		return no_ram(c);
	add_ram(c, 0, 0, LOADER_SIZE, "loader");
	add_ram(c, 0, virt, size, "RAM");
	add_communication_region(c, COMM_ARM);
	return EXIT_SUCCESS;
}

static int carve_ram_for_linux(struct carving *c)
{
	const uint64_t phys = find_ram(c), start = (phys + LOADER_SIZE + KERNEL_ALIGN - 1) & ~(KERNEL_ALIGN - 1), end = phys + c->o->ram;

	if (c->x86)
		return report_error(0, "Leave out --linux.", "a Linux in a cell runs on ARM so far");
	if (!phys && ram_is_anywhere(c))
		return carve_ram_anywhere_for_linux(c);
	if (!phys || start >= end)
		return no_ram(c);
	add_ram(c, phys, 0, LOADER_SIZE, "loader");
	add_ram(c, start, start, end - start, "RAM");
	add_communication_region(c, COMM_ARM);
	return EXIT_SUCCESS;
}

static int carve_ram(struct carving *c)
{
	const uint64_t comm = c->x86 ? COMM_X86 : COMM_ARM, size = c->o->ram;
	const uint64_t phys = find_ram(c), first = size < comm ? size : comm;
	const bool anywhere = !phys && ram_is_anywhere(c);

	if (!phys && !anywhere)
		return no_ram(c);
	add_ram(c, phys, 0, first, "RAM");
	add_communication_region(c, comm);
	if (size > comm + PAGE)
		add_ram(c, anywhere ? 0 : phys + comm + PAGE, comm + PAGE, size - comm - PAGE, "RAM above the communication region");
	return EXIT_SUCCESS;
}

/* --- interrupts of x86 ------------------------------------------------------------------------------------------------------- */

/* Devices whose pin is on Linux's interrupt @irq, @self left out */
static const struct pci_function *shares_irq(const struct carving *c, int irq, const struct pci_function *self)
{
	size_t n;

	for (n = 0; n < c->functions; n++) {
		if (&c->pci[n] != self && c->pci[n].irq == irq)
			return &c->pci[n];
	}
	return NULL;
}

/* --- UARTs of x86 ------------------------------------------------------------------------------------------------------------ */

struct com {
	const char *name, *tty;
	unsigned int port, irq, partner;
};

static const struct com coms[] = {
	{ "com1", "ttyS0", 0x3f8, 4, 2 }, { "com2", "ttyS1", 0x2f8, 3, 3 }, { "com3", "ttyS2", 0x3e8, 4, 0 }, { "com4", "ttyS3", 0x2e8, 3, 1 },
};

#define NUM_COMS	(sizeof(coms) / sizeof(coms[0]))

/* Is the port in the system's list? */
static bool root_has_port(const struct carving *c, unsigned int port)
{
	unsigned int n;

	for (n = 0; n < c->system->draft.array[DRAFT_PIO].count; n++) {
		const struct jailhouse_pio *p = draft_at(&c->system->draft, DRAFT_PIO, n);

		if (port >= p->base && port < p->base + (unsigned int)p->length)
			return true;
	}
	return false;
}

static int carve_com(struct carving *c, const char *name)
{
	const struct com *com = NULL;
	unsigned int n;

	for (n = 0; n < NUM_COMS; n++) {
		if (!strcasecmp(name, coms[n].name) || !strcmp(name, coms[n].tty))
			com = &coms[n];
	}
	if (!com)
		return report_error(0, "Give com1 to com4.", "%s: there is no such UART on a PC", name);
	if (!root_has_port(c, com->port))
		return report_error(0, "Give another UART, or give the hypervisor another console in the system configuration.",
				    "%s at 0x%x is not the root cell's by configuration", com->name, com->port);
	add(c->text.ports, &c->text.num_ports, "- %s", com->name);
	if (root_has_port(c, coms[com->partner].port))
		add(c->text.ports, &c->text.num_ports, "# interrupt %u is not the cell's: %s has the same line. The UART has to be polled.", com->irq,
		    coms[com->partner].name);
	else
		add(c->text.irqs, &c->text.num_irqs, "%u", com->irq);
	if (!c->text.console[0])
		snprintf(c->text.console, sizeof(c->text.console), "{type: 8250, port: %s, divider: 1}", com->name);
	return EXIT_SUCCESS;
}

/* --- UARTs of ARM ------------------------------------------------------------------------------------------------------------ */

/* Another node with registers in the same page, or with the same interrupt */
static int neighbour(const void *dt, int self, uint64_t page, const struct dt_irq *irq)
{
	uint64_t start, size;
	struct dt_irq other;
	unsigned int n;
	int node;

	for (node = fdt_next_node(dt, -1, NULL); node >= 0; node = fdt_next_node(dt, node, NULL)) {
		if (node == self || fdt_parent_offset(dt, node) == self || !dt_enabled(dt, node))
			continue;
		for (n = 0; !irq && dt_reg(dt, node, n, &start, &size); n++) {
			if (start < page + PAGE && page < start + size)
				return node;
		}
		for (n = 0; irq && dt_irq(dt, node, n, &other); n++) {
			if (other.is_spi && other.id == irq->id)
				return node;
		}
	}
	return -1;
}

static int shared(const struct carving *c, const char *name, const char *what, int node)
{
	char path[128];

	dt_path(c->dt, node, path, sizeof(path));
	return report_error(0, "Give another device: what is shared cannot be isolated.", "%s has the same %s as %s", name, what, path);
}

static bool hypervisor_prints_there(const struct carving *c, uint64_t page)
{
	const struct jailhouse_console *console = &c->system->draft.system.debug_console;

	return console->type != JAILHOUSE_CON_TYPE_NONE && (console->address & ~(PAGE - 1)) == page;
}

static int carve_node(struct carving *c, const char *name, int node)
{
	uint64_t start, size, page;
	struct dt_irq irq;
	int other;

	if (!dt_reg(c->dt, node, 0, &start, &size))
		return report_error(0, "Give the path or alias of a UART's node.", "%s has no registers that the CPU can reach", name);
	page = start & ~(PAGE - 1);
	other = neighbour(c->dt, node, page, NULL);
	if (other >= 0)
		return shared(c, name, "page of registers", other);
	add(c->text.memory, &c->text.memories, "{name: UART, role: mmio, %sphys: 0x%" PRIx64 ", size: 4K}",
	    hypervisor_prints_there(c, page) ? "with: [rootshared], " : "", page);
	if (!dt_irq(c->dt, node, 0, &irq))
		return EXIT_SUCCESS;
	other = neighbour(c->dt, node, 0, &irq);
	if (other >= 0)
		return shared(c, name, "interrupt", other);
	add(c->text.irqs, &c->text.num_irqs, "%u", irq.id);
	return EXIT_SUCCESS;
}

/* As the hypervisor's console is described, if it is that one; the library of inmates knows the others by their type alone. */
static void set_console(struct carving *c, int node)
{
	struct dt_uart uart;
	size_t used;

	if (c->text.console[0] || !dt_uart(c->dt, node, &uart))
		return;
	used = (size_t)snprintf(c->text.console, sizeof(c->text.console), "{type: %s, mmio: 0x%" PRIx64, uart.type, uart.start);
	snprintf(c->text.console + used, sizeof(c->text.console) - used, uart.regdist > 1 ? ", regdist: %u}" : "}", uart.regdist);
}

static int carve_uart(struct carving *c, const char *name)
{
	int node, status;

	if (c->x86)
		return carve_com(c, name);
	node = c->dt ? fdt_path_offset(c->dt, name) : -1;
	if (node < 0)
		return report_error(0, "Give the path or alias of a UART's node.", "%s: the device tree has no such node", name);
	status = carve_node(c, name, node);
	if (!status)
		set_console(c, node);
	return status;
}

/* --- PCI --------------------------------------------------------------------------------------------------------------------- */

static const struct jailhouse_pci_device *root_device(const struct carving *c, uint16_t bdf)
{
	unsigned int n;

	for (n = 0; n < c->system->draft.array[DRAFT_PCI].count; n++) {
		const struct jailhouse_pci_device *d = draft_at(&c->system->draft, DRAFT_PCI, n);

		if (d->bdf == bdf && !d->domain)
			return d;
	}
	return NULL;
}

static const struct pci_function *function_of(const struct carving *c, uint16_t bdf)
{
	size_t n;

	for (n = 0; n < c->functions; n++) {
		if (c->pci[n].bdf == bdf && !c->pci[n].domain)
			return &c->pci[n];
	}
	return NULL;
}

/* Another function with a BAR in the pages of this one's */
static const struct pci_function *shares_page(const struct carving *c, const struct pci_function *f, const struct pci_bar *bar)
{
	const uint64_t start = bar->start & ~(PAGE - 1), end = (bar->start + bar->size - 1) | (PAGE - 1);
	unsigned int b;
	size_t n;

	for (n = 0; n < c->functions; n++) {
		for (b = 0; b < PCI_BARS; b++) {
			const struct pci_bar *other = &c->pci[n].bar[b];

			if (&c->pci[n] != f && !c->pci[n].bridge && other->size && !other->io && other->start <= end &&
			    start <= other->start + other->size - 1)
				return &c->pci[n];
		}
	}
	return NULL;
}

static void bdf_text(uint16_t bdf, char buf[16])
{
	text_bdf(0, bdf, buf, 16);
}

static int refuse_sharing(const struct pci_function *f, const struct pci_function *other, const char *what)
{
	char own[16], others[16];

	bdf_text(f->bdf, own);
	bdf_text(other->bdf, others);
	return report_error(0, "Give another device: what is shared cannot be isolated.", "device %s shares %s with %s (%s)", own, what, others,
			    pci_class_name(other->class));
}

static void add_bar(struct carving *c, const struct pci_function *f, unsigned int b, uint64_t start, uint64_t end)
{
	char size[32], bdf[16];

	if (end <= start)
		return;
	bdf_text(f->bdf, bdf);
	text_size(end - start, size, sizeof(size));
	add(c->text.memory, &c->text.memories, "{name: \"BAR %u of %s\", role: mmio, phys: 0x%" PRIx64 ", size: %s}", b, bdf, start, size);
}

/* Whole pages, but for those of the MSI-X table */
static void carve_memory_bar(struct carving *c, const struct pci_function *f, const struct jailhouse_pci_device *d, unsigned int b)
{
	const uint64_t start = f->bar[b].start & ~(PAGE - 1), end = ((f->bar[b].start + f->bar[b].size - 1) | (PAGE - 1)) + 1;
	const uint64_t table = d->msix_address, behind = table + d->msix_region_size;

	if (!d->num_msix_vectors || table < start || behind > end) {
		add_bar(c, f, b, start, end);
		return;
	}
	add_bar(c, f, b, start, table);
	add_bar(c, f, b, behind, end);
}

static int carve_bars(struct carving *c, const struct pci_function *f, const struct jailhouse_pci_device *d)
{
	const struct pci_function *other;
	unsigned int b;

	for (b = 0; b < PCI_BARS; b++) {
		const struct pci_bar *bar = &f->bar[b];

		if (!bar->size)
			continue;
		if (bar->io) {
			add(c->text.ports, &c->text.num_ports, "- 0x%" PRIx64 "-0x%" PRIx64, bar->start, bar->start + bar->size - 1);
			continue;
		}
		other = shares_page(c, f, bar);
		if (other)
			return refuse_sharing(f, other, "a page of registers");
		carve_memory_bar(c, f, d, b);
	}
	return EXIT_SUCCESS;
}

/* With messages no line is needed; a device that has a line only needs it alone. */
static int carve_pin(struct carving *c, const struct pci_function *f, const struct jailhouse_pci_device *d)
{
	const struct pci_function *other = f->irq > 0 ? shares_irq(c, f->irq, f) : NULL;

	if (d->num_msi_vectors || d->num_msix_vectors || f->irq <= 0)
		return EXIT_SUCCESS;
	if (other)
		return refuse_sharing(f, other, "its interrupt line, the only way it can interrupt,");
	add(c->text.irqs, &c->text.num_irqs, "%d", f->irq);
	return EXIT_SUCCESS;
}

static void describe_device(struct carving *c, const struct pci_function *f, const struct jailhouse_pci_device *d)
{
	char bdf[16], name[24];
	unsigned int n;

	bdf_text(f->bdf, bdf);
	add(c->text.pci, &c->text.pcis, "  - name: %s\n    bdf: \"%s\"", pci_class_name(f->class), bdf);
	if (d->iommu)
		add(c->text.pci, &c->text.pcis, "    iommu: %u", d->iommu);
	for (n = 0; n < PCI_BARS; n++) {
		char size[32];

		if (!f->bar[n].size)
			continue;
		text_size(f->bar[n].size, size, sizeof(size));
		add(c->text.pci, &c->text.pcis, "%s%u: %s%s", c->text.pci[c->text.pcis - 1][0] == '+' ? "+, " : "+    bars: {", n, size,
		    f->bar[n].wide ? " 64bit" : "");
	}
	if (c->text.pci[c->text.pcis - 1][0] == '+')
		add(c->text.pci, &c->text.pcis, "+}\n");
	if (d->num_msi_vectors)
		add(c->text.pci, &c->text.pcis, "    msi: {vectors: %u%s%s}", d->num_msi_vectors, d->msi_64bits ? ", 64bit: true" : "",
		    d->msi_maskable ? ", maskable: true" : "");
	if (d->num_msix_vectors)
		add(c->text.pci, &c->text.pcis, "    msix: {vectors: %u, table: 0x%llx}", d->num_msix_vectors, (unsigned long long)d->msix_address);
	for (n = 0; n < f->num_caps && n < 20; n++) {
		/* Messages are moderated; what else a cell may write is trust in the device, and not given unasked. */
		const bool write = f->cap[n].id == PCI_CAP_ID_MSI || f->cap[n].id == PCI_CAP_ID_MSIX;

		pci_cap_name(f->cap[n].id, name, sizeof(name));
		add(c->text.pci, &c->text.pcis, "%s      - {id: %s, at: 0x%x, size: %u%s}", n ? "" : "    caps:\n", name, f->cap[n].start,
		    f->cap[n].length, write ? ", write: true" : "");
	}
}

static bool parse_bdf(const char *text, uint16_t *bdf)
{
	unsigned int bus, device, function;
	char rest;

	if (sscanf(text, "0000:%x:%x.%u%c", &bus, &device, &function, &rest) != 3 && sscanf(text, "%x:%x.%u%c", &bus, &device, &function, &rest) != 3)
		return false;
	*bdf = (uint16_t)(bus << 8 | (device & 0x1f) << 3 | (function & 7));
	return true;
}

/* Does the cell get it, too? */
static bool is_asked_for(const struct carving *c, const struct pci_function *f)
{
	unsigned int n;
	uint16_t bdf;

	for (n = 0; n < c->o->pcis; n++) {
		if (!f->domain && parse_bdf(c->o->pci[n], &bdf) && bdf == f->bdf)
			return true;
	}
	return false;
}

static int refuse_bond(const struct pci_function *f, const struct pci_function *other, const struct group_bond *bond)
{
	char own[16], others[16], why[192], way_out[512];
	size_t used;

	bdf_text(f->bdf, own);
	bdf_text(other->bdf, others);
	group_bond_text(bond, why, sizeof(why), way_out, sizeof(way_out));
	used = strlen(way_out);
	snprintf(way_out + used, sizeof(way_out) - used, ", or accept it with --unsafe-dma.");
	return report_error(0, way_out, "device %s shares its IOMMU group with %s (%s): %s", own, others, pci_class_name(other->class), why);
}

/* With the IOMMU on, what is in its way all the same */
static int check_isolation(const struct carving *c, const struct pci_function *f)
{
	const struct functions all = { c->pci, c->functions };
	const struct acpi_reserved *r = c->iommus ? reserved_of_function(&all, c->iommus, f) : NULL;
	struct group_bond bond;
	char own[16];
	size_t n;

	bdf_text(f->bdf, own);
	if (r)
		return report_error(0, "Give another device; or switch off in the firmware's set-up what needs it, or accept it with --unsafe-dma.",
				    "device %s uses memory 0x%" PRIx64 "-0x%" PRIx64 " on behalf of the firmware, which a cell does not have", own,
				    r->start, r->end);
	for (n = 0; n < c->functions; n++) {
		const struct pci_function *other = &c->pci[n];

		if (other == f || pci_is_bridge(other) || is_asked_for(c, other))
			continue;
		bond = group_bond(&all, f, other);
		if (bond.reason != GROUP_APART)
			return refuse_bond(f, other, &bond);
	}
	return EXIT_SUCCESS;
}

static int carve_pci(struct carving *c, const char *text)
{
	const struct jailhouse_pci_device *d;
	const struct pci_function *f;
	uint16_t bdf;
	int status;

	if (!parse_bdf(text, &bdf))
		return report_error(0, "Give bus, device and function, such as 00:1f.2.", "%s: this is not a PCI device", text);
	d = root_device(c, bdf);
	f = function_of(c, bdf);
	if (!d || !f)
		return report_error(0, "See \"lspci\", and create the system configuration again if the machine has changed.", d ?
				    "%s: the machine has no such device" : "%s: the device is not the root cell's by configuration", text);
	if (d->type != JAILHOUSE_PCI_TYPE_DEVICE || f->bridge)
		return report_error(0, "Give the devices behind it.", "%s: this is a bridge, on which all devices behind it depend", text);
	if (!c->system->draft.system.platform_info.iommu_units[0].base && !c->o->unsafe_dma)
		return report_error(0, "Use a machine whose IOMMU the system configuration lists, or accept it with --unsafe-dma.",
				    "device %s reaches all memory by DMA: the system configuration has no IOMMU", text);
	status = c->o->unsafe_dma ? EXIT_SUCCESS : check_isolation(c, f);
	if (!status)
		status = carve_bars(c, f, d);
	if (!status)
		status = carve_pin(c, f, d);
	if (!status)
		describe_device(c, f, d);
	return status;
}

/* --- all --------------------------------------------------------------------------------------------------------------------- */

static void write_list(FILE *out, const char *key, char *const *line, unsigned int count)
{
	unsigned int n;

	if (count)
		fprintf(out, "\n%s:\n", key);
	for (n = 0; n < count; n++)
		fprintf(out, "  %s%s\n", line[n][0] == '{' ? "- " : "", line[n]);
}

/* A line that begins with "+" goes on with the one before. */
static void write_pci(FILE *out, char *const *line, unsigned int count)
{
	unsigned int n;

	if (count)
		fputs("\npci:\n", out);
	for (n = 0; n < count; n++) {
		if (line[n][0] == '+')
			fputs(line[n] + 1, out);
		else
			fprintf(out, "%s\n", line[n]);
	}
}

/* Pins are the first chip's: other IOAPICs have none that a cell of ours gets. */
static void write_irqs(FILE *out, const struct carving *c)
{
	const struct jailhouse_irqchip *chip = c->system->draft.array[DRAFT_IRQCHIPS].count ? draft_at(&c->system->draft, DRAFT_IRQCHIPS, 0) : NULL;
	unsigned int n;

	if (!c->text.num_irqs || !chip)
		return;
	fprintf(out, "\nirqchips:\n  - {address: 0x%llx, pins: \"", (unsigned long long)chip->address);
	for (n = 0; n < c->text.num_irqs; n++)
		fprintf(out, "%s%s", n ? "," : "", c->text.irqs[n]);
	fputs("\"}\n", out);
}

static void write_cell(const struct carving *c, FILE *out)
{
	static const char *const archs[] = { [JAILHOUSE_X86] = "x86", [JAILHOUSE_ARM] = "arm", [JAILHOUSE_ARM64] = "arm64" };
	const unsigned int arch = c->system->draft.system.root_cell.architecture;
	char cpus[4096], name[96];

	cpus_format(&c->o->cpus, cpus, sizeof(cpus));
	text_quoted(c->o->name, name, sizeof(name));
	fprintf(out, "# Cell, carved by \"jailhouse config create --cell\" out of %s\n", c->system->path);
	if (c->o->pcis && c->o->unsafe_dma)
		fputs("# Its devices can reach all memory of the machine (--unsafe-dma).\n", out);
	fprintf(out, "jailhouse: cell\narch: %s\nname: %s\nflags: [%svirtual_console_permitted]\n", arch < 3 ? archs[arch] : "?", name,
		c->o->for_linux ? "passive_commreg, " : "");
	if (c->text.console[0])
		fprintf(out, "console: %s\n", c->text.console);
	fprintf(out, strchr(cpus, ',') ? "\ncpus: \"%s\"\n" : "\ncpus: %s\n", cpus);
	write_list(out, "memory", c->text.memory, c->text.memories);
	write_list(out, "ports", c->text.ports, c->text.num_ports);
	write_irqs(out, c);
	write_pci(out, c->text.pci, c->text.pcis);
}

static void free_lines(char **line, unsigned int count)
{
	while (count)
		free(line[--count]);
}

int carve(const struct tree *t, const void *dt, const struct carve_options *o, const struct source *system, const struct source *beside,
	  unsigned int count, FILE *out)
{
	struct carving *c = calloc(1, sizeof(*c));
	size_t unread;
	unsigned int n;
	int status;

	if (!c)
		return report_error(ENOMEM, NULL, "config create");
	*c = (struct carving){ .t = t, .dt = dt, .o = o, .system = system, .beside = beside, .count = count };
	c->x86 = system->draft.system.root_cell.architecture == JAILHOUSE_X86;
	c->pci = t && o->pcis ? pci_read_all(t, &c->functions, &unread) : NULL;
	c->iommus = c->pci && c->x86 ? calloc(1, sizeof(*c->iommus)) : NULL;
	if (c->iommus)
		acpi_iommus(t, c->iommus);
	status = o->for_linux ? carve_ram_for_linux(c) : carve_ram(c);
	for (n = 0; !status && n < o->uarts; n++)
		status = carve_uart(c, o->uart[n]);
	for (n = 0; !status && n < o->pcis; n++)
		status = carve_pci(c, o->pci[n]);
	if (!status)
		write_cell(c, out);
	free_lines(c->text.memory, c->text.memories);
	free_lines(c->text.ports, c->text.num_ports);
	free_lines(c->text.irqs, c->text.num_irqs);
	free_lines(c->text.pci, c->text.pcis);
	free(c->pci);
	free(c->iommus);
	free(c);
	return status;
}
