// SPDX-License-Identifier: GPL-2.0
/*
 * A plan in the text format (docs/CONFIG.md).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "text.h"

/* Columns in which comments begin */
#define COMMENT	78

static void write_region(const struct plan_region *r, FILE *out)
{
	static const char *const roles[] = { [PLAN_RAM] = "ram", [PLAN_CELLS] = "ram", [PLAN_ROM] = "rom", [PLAN_MMIO] = "mmio" };
	char size[32], name[PLAN_NAME + 16], line[256];

	text_size(r->end - r->start + 1, size, sizeof(size));
	text_quoted(r->name, name, sizeof(name));
	snprintf(line, sizeof(line), "  - {name: %s, role: %s, phys: 0x%" PRIx64 ", size: %s}", name, roles[r->role], r->start, size);
	text_commented(out, line, COMMENT, r->from);
}

/* Cut out of the RAM above when it is found */
static void write_cells_anywhere(const struct plan *p, FILE *out)
{
	char size[32], line[128];

	text_size(p->cells_size, size, sizeof(size));
	snprintf(line, sizeof(line), "  - {name: RAM for cells, role: ram, phys: anywhere, size: %s}", size);
	text_commented(out, line, COMMENT, "behind the hypervisor's memory");
}

static void write_memory(const struct plan *p, FILE *out)
{
	size_t n;

	if (p->regions || p->anywhere)
		fputs("\nmemory:\n", out);
	for (n = 0; n < p->regions; n++)
		write_region(&p->region[n], out);
	if (p->anywhere)
		write_cells_anywhere(p, out);
}

static void write_ports(const struct plan *p, FILE *out)
{
	char line[64];
	size_t n;

	if (p->num_ports)
		fputs("\nports:\n", out);
	for (n = 0; n < p->num_ports; n++) {
		if (p->ports[n].start == p->ports[n].end)
			snprintf(line, sizeof(line), "  - 0x%x", p->ports[n].start);
		else
			snprintf(line, sizeof(line), "  - 0x%x-0x%x", p->ports[n].start, p->ports[n].end);
		text_commented(out, line, 24, p->ports[n].name);
	}
}

static void write_irqchips(const struct plan *p, FILE *out)
{
	char line[160], bdf[16];
	size_t n;

	if (p->irqchips)
		fputs("\nirqchips:\n", out);
	for (n = 0; n < p->irqchips; n++) {
		const struct plan_irqchip *c = &p->irqchip[n];
		size_t used = (size_t)snprintf(line, sizeof(line), "  - {name: %s, address: 0x%" PRIx64 ", pins: %u-%u",
					       p->gic.version ? "GIC" : "IOAPIC", c->address, c->first_pin, c->first_pin + c->pins - 1);

		if (c->has_bdf) {
			text_bdf(0, c->bdf, bdf, sizeof(bdf));
			used += (size_t)snprintf(line + used, sizeof(line) - used, ", bdf: \"%s\", iommu: %u", bdf, c->unit);
		}
		snprintf(line + used, sizeof(line) - used, "}");
		text_commented(out, line, COMMENT, c->from);
	}
}

/* --- PCI --------------------------------------------------------------------------------------------------------------------- */

static void write_bars(const struct pci_function *f, FILE *out)
{
	const char *between = "    bars: {";
	char size[32];
	unsigned int n;

	for (n = 0; n < PCI_BARS; n++) {
		if (!f->bar[n].size)
			continue;
		text_size(f->bar[n].size, size, sizeof(size));
		fprintf(out, "%s%u: %s%s", between, n, size, f->bar[n].wide ? " 64bit" : "");
		between = ", ";
	}
	if (*between == ',')
		fputs("}\n", out);
}

static void write_caps(const struct pci_function *f, FILE *out)
{
	char name[24];
	unsigned int n;

	if (f->num_caps)
		fputs("    caps:\n", out);
	for (n = 0; n < f->num_caps; n++) {
		const struct pci_cap *c = &f->cap[n];

		pci_cap_name(c->id, name, sizeof(name));
		fprintf(out, "      - {id: %s, at: 0x%x, size: %u%s}\n", name, c->start, c->length, c->write ? ", write: true" : "");
	}
}

static uint64_t msix_table(const struct pci_function *f)
{
	return f->bar[f->msix_bar].start + f->msix_offset;
}

static void write_function(const struct plan *p, size_t n, FILE *out)
{
	const struct pci_function *f = &p->pci[n];
	char bdf[16], line[128], from[PLAN_FROM];

	text_bdf(f->domain, f->bdf, bdf, sizeof(bdf));
	snprintf(from, sizeof(from), f->driver[0] ? "sysfs; driver %s" : "sysfs", f->driver);
	snprintf(line, sizeof(line), "  - name: %s", pci_class_name(f->class));
	text_commented(out, line, 40, from);
	fprintf(out, "    bdf: \"%s\"\n", bdf);
	if (f->bridge)
		fputs("    type: bridge\n", out);
	if (p->pci_unit && p->iommus)
		fprintf(out, "    iommu: %u\n", p->pci_unit[n]);
	write_bars(f, out);
	if (f->msi_vectors)
		fprintf(out, "    msi: {vectors: %u%s%s}\n", f->msi_vectors, f->msi_64 ? ", 64bit: true" : "", f->msi_maskable ? ", maskable: true" : "");
	if (f->msix_vectors)
		fprintf(out, "    msix: {vectors: %u, table: 0x%" PRIx64 "}\n", f->msix_vectors, msix_table(f));
	write_caps(f, out);
}

static void write_pci(const struct plan *p, FILE *out)
{
	size_t n;

	if (p->functions)
		fputs("\npci:\n", out);
	for (n = 0; n < p->functions; n++)
		write_function(p, n, out);
}

/* --- head -------------------------------------------------------------------------------------------------------------------- */

static void write_notes(const struct plan *p, FILE *out)
{
	size_t n;

	fprintf(out, "# System and root cell, made by \"jailhouse config create\" from %s\n#\n", p->source);
	for (n = 0; n < p->notes; n++) {
		text_comment_block(out, p->note[n]);
		fputs("#\n", out);
	}
}

static void write_console(const struct plan_console *c, FILE *out)
{
	char line[160], size[32];
	size_t used;

	if (!c->type)
		return;
	used = (size_t)snprintf(line, sizeof(line), "  console: {type: %s, %s: 0x%" PRIx64, c->type, c->mmio ? "mmio" : "port", c->address);
	if (c->mmio) {
		text_size(c->size, size, sizeof(size));
		used += (size_t)snprintf(line + used, sizeof(line) - used, ", size: %s", size);
	}
	if (c->regdist > 1)
		used += (size_t)snprintf(line + used, sizeof(line) - used, ", regdist: %u", c->regdist);
	if (c->divider)
		used += (size_t)snprintf(line + used, sizeof(line) - used, ", divider: %u", c->divider);
	snprintf(line + used, sizeof(line) - used, "}");
	text_commented(out, line, COMMENT, c->from);
}

static void write_hypervisor(const struct plan *p, FILE *out)
{
	char line[96], size[32];

	text_size(p->hv_size, size, sizeof(size));
	fputs("\nhypervisor:\n", out);
	if (p->anywhere)
		snprintf(line, sizeof(line), "  memory: {phys: anywhere, size: %s}", size);
	else
		snprintf(line, sizeof(line), "  memory: {phys: 0x%" PRIx64 ", size: %s}", p->hv_start, size);
	text_commented(out, line, COMMENT, p->hv_from);
	write_console(&p->console, out);
	fputs("  flags: [virtual_debug_console]\n", out);
}

static void write_gic(const struct plan_gic *g, FILE *out)
{
	fprintf(out, "  gic: {version: %u, maintenance_irq: %u, gicd: 0x%" PRIx64, g->version, g->maintenance_irq, g->gicd);
	if (g->version == 2)
		fprintf(out, ", gicc: 0x%" PRIx64 ", gich: 0x%" PRIx64 ", gicv: 0x%" PRIx64 "}\n", g->gicc, g->gich, g->gicv);
	else
		fprintf(out, ", gicr: 0x%" PRIx64 "}\n", g->gicr);
}

static void write_platform(const struct plan *p, FILE *out)
{
	fputs("\nplatform:\n", out);
	if (p->has_mmconfig)
		fprintf(out, "  pci: {mmconfig: 0x%" PRIx64 ", end_bus: %u}\n", p->mmconfig, p->end_bus);
	if (p->pm_timer)
		fprintf(out, "  pm_timer: 0x%x\n", p->pm_timer);
	if (p->gic.version)
		write_gic(&p->gic, out);
	else
		fputs("  apic: auto\n", out);
}

static void write_iommus(const struct plan *p, FILE *out)
{
	char size[32], bdf[16];
	size_t n;

	if (p->iommus)
		fputs("\niommus:\n", out);
	for (n = 0; n < p->iommus; n++) {
		const struct plan_iommu *u = &p->iommu[n];

		text_size(u->size, size, sizeof(size));
		fprintf(out, "  - {name: unit %zu, type: %s, base: 0x%" PRIx64 ", size: %s", n, u->type, u->base, size);
		if (u->amd) {
			text_bdf(0, u->unit.bdf, bdf, sizeof(bdf));
			fprintf(out, ", bdf: \"%s\", base_cap: 0x%x", bdf, u->unit.cap);
		}
		fprintf(out, "}   # %s\n", u->from);
	}
}

/* A person's choice: quoted unless it is the usual kind of name, dashes and all */
static void name_text(const char *name, char *buf, size_t size)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	if (*name && *name != '-' && !name[length])
		snprintf(buf, size, "%s", name);
	else
		text_quoted(name, buf, size);
}

void plan_write(const struct plan *p, FILE *out)
{
	char cpus[4096], name[96];

	cpus_format(&p->cpus, cpus, sizeof(cpus));
	name_text(p->name, name, sizeof(name));
	write_notes(p, out);
	fprintf(out, "jailhouse: system\narch: %s\nname: %s\nflags: [virtual_console_permitted]\n", p->arch, name);
	write_hypervisor(p, out);
	write_platform(p, out);
	write_iommus(p, out);
	fprintf(out, strchr(cpus, ',') ? "\ncpus: \"%s\"\n" : "\ncpus: %s\n", cpus);
	write_memory(p, out);
	write_irqchips(p, out);
	write_ports(p, out);
	write_pci(p, out);
}
