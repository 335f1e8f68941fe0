// SPDX-License-Identifier: GPL-2.0
/*
 * Source: the device tree. Every range of the CPU's addresses that a node names is the root cell's, those of disabled nodes too: a cell may
 * get what Linux was kept from.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>

#include "../report.h"
#include "create.h"
#include "dt.h"
#include "hardware.h"

#define MIB		(1ULL << 20)
#define HV_ALIGN	(2 * MIB)	/* RULE_HV_MEMORY_BLOCK */
#define FIRST_SPI	32U
#define LAST_SPI	1019U
#define PATH_SIZE	128

#define GIC_FRAME_V2	0x1000ULL
#define GIC_CPU_V2	0x2000ULL
#define GIC_FRAME_V3	0x10000ULL
#define REDISTRIBUTOR	0x20000ULL

static const char *const gic3[] = { "arm,gic-v3", NULL };
static const char *const gic2[] = { "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", NULL };
static const char *const smmus[] = { "arm,mmu-500", "arm,smmu-v1", "arm,smmu-v2", "arm,smmu-v3", NULL };
static const char *const cores_32[] = {
	"arm,cortex-a5", "arm,cortex-a7", "arm,cortex-a8", "arm,cortex-a9", "arm,cortex-a12", "arm,cortex-a15", "arm,cortex-a17", "qcom,krait", NULL
};

struct arm {
	const void *dt;
	const struct tree *t;
	const struct create_options *o;
	struct plan *p;
};

static bool has_type(const void *dt, int node, const char *type)
{
	int length;
	const char *is = fdt_getprop(dt, node, "device_type", &length);

	return is && length > 0 && !is[length - 1] && !strcmp(is, type);
}

/* --- CPUs -------------------------------------------------------------------------------------------------------------------- */

static bool is_32bit(const struct arm *a)
{
	return dt_find(a->dt, -1, cores_32) >= 0;
}

static int count_cpus(const void *dt)
{
	int node, cpus = fdt_path_offset(dt, "/cpus"), count = 0;

	if (cpus < 0)
		return 0;
	for (node = fdt_first_subnode(dt, cpus); node >= 0; node = fdt_next_subnode(dt, node))
		count += has_type(dt, node, "cpu") && dt_enabled(dt, node);
	return count;
}

/* Linux numbers them in the order of the tree, the boot CPU first. */
static int add_cpus(const struct arm *a)
{
	struct plan *p = a->p;
	int n, count = count_cpus(a->dt);

	if (a->t && cpus_read(a->t, "online", &p->cpus))
		return EXIT_SUCCESS;
	if (!count || count > CPUS_MAX)
		return report_error(0, "Give the device tree that the firmware hands to the kernel.", "%s: the tree has %d CPUs", p->source, count);
	for (n = 0; n < count; n++)
		p->cpus.cpu[p->cpus.count++] = (unsigned int)n;
	return EXIT_SUCCESS;
}

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

static void add_ram(const struct arm *a)
{
	uint64_t start, size;
	unsigned int n;
	int node;

	for (node = fdt_next_node(a->dt, -1, NULL); node >= 0; node = fdt_next_node(a->dt, node, NULL)) {
		if (!has_type(a->dt, node, "memory") || !dt_enabled(a->dt, node))
			continue;
		for (n = 0; dt_reg(a->dt, node, n, &start, &size); n++)
			plan_add(a->p, PLAN_RAM, start, start + size - 1, "memory node", "RAM");
	}
	for (n = 0; n < a->o->num_ram; n++)
		plan_add(a->p, PLAN_RAM, a->o->ram[n].start, a->o->ram[n].end, "--memory", "RAM");
}

static void cut_firmware(const struct arm *a)
{
	struct dt_firmware f;
	unsigned int n;

	for (n = 0; dt_firmware(a->dt, n, &f); n++)
		plan_hole(a->p, f.start, f.end, f.name);
}

static bool in_reserved_memory(const void *dt, int node)
{
	const char *name;

	for (; node > 0; node = fdt_parent_offset(dt, node)) {
		name = fdt_get_name(dt, node, NULL);
		if (name && !strcmp(name, "reserved-memory"))
			return true;
	}
	return false;
}

static void add_node(const struct arm *a, int node)
{
	char path[PATH_SIZE], from[PLAN_FROM];
	uint64_t start, size;
	unsigned int n;

	for (n = 0; dt_reg(a->dt, node, n, &start, &size); n++) {
		dt_path(a->dt, node, path, sizeof(path));
		snprintf(from, sizeof(from), "%.*s%s", (int)sizeof(from) - 16, path, dt_enabled(a->dt, node) ? "" : ", disabled");
		plan_add(a->p, PLAN_MMIO, start, start + size - 1, from, "%s", fdt_get_name(a->dt, node, NULL));
	}
}

static bool is_gic(const void *dt, int node)
{
	return dt_is_compatible(dt, node, gic3) || dt_is_compatible(dt, node, gic2);
}

static void add_devices(const struct arm *a)
{
	int node;

	for (node = fdt_next_node(a->dt, -1, NULL); node >= 0; node = fdt_next_node(a->dt, node, NULL)) {
		if (!has_type(a->dt, node, "memory") && !is_gic(a->dt, node) && !in_reserved_memory(a->dt, node))
			add_node(a, node);
	}
}

/* --- PCI: windows of host bridges (IEEE 1275 PCI binding 2.1, 2.2.1.1) ------------------------------------------------------------ */

#define PCI_ADDRESS_CELLS	3
#define PCI_SIZE_CELLS		2
#define PCI_WINDOWS_MAX		16

static uint64_t cells(const fdt32_t *p, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_ld(p++);
	return value;
}

static void add_windows(const struct arm *a, int node)
{
	const unsigned int parent = dt_u32(a->dt, fdt_parent_offset(a->dt, node), "#address-cells", 0, 2);
	const unsigned int each = PCI_ADDRESS_CELLS + parent + PCI_SIZE_CELLS;
	char path[PATH_SIZE];
	int length;
	const fdt32_t *range = fdt_getprop(a->dt, node, "ranges", &length);
	unsigned int n;

	if (!range || length < 0 || parent < 1 || parent > 2)
		return;
	dt_path(a->dt, node, path, sizeof(path));
	for (n = 0; n < PCI_WINDOWS_MAX && (n + 1) * each <= (unsigned int)length / sizeof(*range); n++) {
		const fdt32_t *r = range + n * each;
		uint64_t start = cells(r + PCI_ADDRESS_CELLS, parent), size = cells(r + PCI_ADDRESS_CELLS + parent, PCI_SIZE_CELLS);

		if (size && start + size - 1 >= start)
			plan_add(a->p, PLAN_MMIO, start, start + size - 1, path, "PCI %s", fdt32_ld(r) >> 24 & 2 ? "memory" : "ports");
	}
}

static void add_pci_hosts(const struct arm *a)
{
	int node;

	for (node = fdt_next_node(a->dt, -1, NULL); node >= 0; node = fdt_next_node(a->dt, node, NULL)) {
		if (has_type(a->dt, node, "pci") && dt_u32(a->dt, node, "#address-cells", 0, 0) == PCI_ADDRESS_CELLS)
			add_windows(a, node);
	}
}

/* --- GIC --------------------------------------------------------------------------------------------------------------------- */

static void gic_hole(const struct arm *a, uint64_t start, uint64_t size)
{
	plan_hole(a->p, start, start + size - 1, "GIC");
}

static bool add_gic3(const struct arm *a, int node)
{
	struct plan_gic *g = &a->p->gic;
	uint64_t size;

	g->version = 3;
	if (!dt_reg(a->dt, node, 0, &g->gicd, &size) || !dt_reg(a->dt, node, 1, &g->gicr, &size))
		return false;
	gic_hole(a, g->gicd, GIC_FRAME_V3);
	gic_hole(a, g->gicr, size > a->p->cpus.count * REDISTRIBUTOR ? size : a->p->cpus.count * REDISTRIBUTOR);
	return true;
}

/*
 * A CPU interface has two pages. Where 64 KiB are between its parts, every 4 KiB of the first are the same, and the tree names the last of
 * them, so that the two follow each other.
 */
static bool add_gic2(const struct arm *a, int node)
{
	struct plan_gic *g = &a->p->gic;
	uint64_t size;

	g->version = 2;
	if (!dt_reg(a->dt, node, 0, &g->gicd, &size) || !dt_reg(a->dt, node, 1, &g->gicc, &size) ||
	    !dt_reg(a->dt, node, 2, &g->gich, &size) || !dt_reg(a->dt, node, 3, &g->gicv, &size))
		return false;
	if (size >= 2 * GIC_FRAME_V3) {
		g->gicc += GIC_FRAME_V3 - GIC_FRAME_V2;
		g->gicv += GIC_FRAME_V3 - GIC_FRAME_V2;
	}
	gic_hole(a, g->gicd, GIC_FRAME_V2);
	gic_hole(a, g->gicc, GIC_CPU_V2);
	gic_hole(a, g->gich, GIC_CPU_V2);
	gic_hole(a, g->gicv, GIC_CPU_V2);
	return true;
}

static int add_gic(const struct arm *a)
{
	int node = dt_find(a->dt, -1, gic3);
	struct dt_irq irq;
	bool done;

	if (node >= 0) {
		done = add_gic3(a, node);
	} else {
		node = dt_find(a->dt, -1, gic2);
		done = node >= 0 && add_gic2(a, node);
	}
	if (!done || !dt_irq(a->dt, node, 0, &irq))
		return report_error(0, "Only machines with a GICv3, or a GICv2 with virtualization, can be divided.",
				    "%s: the tree has no such interrupt controller", a->p->source);
	a->p->gic.maintenance_irq = irq.id;
	return EXIT_SUCCESS;
}

/* interrupt-map of a PCI host: four cells on the left, the GIC's phandle, its address cells, its interrupt */
static uint32_t highest_of_map(const void *dt, int node)
{
	int length, gic;
	const fdt32_t *map = fdt_getprop(dt, node, "interrupt-map", &length), *end;
	uint32_t highest = 0;

	if (!map || length < 0)
		return 0;
	for (end = map + (unsigned int)length / sizeof(*map); end - map > 5; ) {
		unsigned int address, rest;

		gic = fdt_node_offset_by_phandle(dt, fdt32_ld(map + 4));
		if (gic < 0 || !is_gic(dt, gic))
			break;
		address = dt_u32(dt, gic, "#address-cells", 0, 0);
		rest = 5 + address + dt_u32(dt, gic, "#interrupt-cells", 0, 3);
		if (address > 3 || rest > 16 || (size_t)(end - map) < rest)
			break;
		if (!fdt32_ld(map + 5 + address) && fdt32_ld(map + 6 + address) <= LAST_SPI - FIRST_SPI && fdt32_ld(map + 6 + address) + FIRST_SPI > highest)
			highest = fdt32_ld(map + 6 + address) + FIRST_SPI;
		map += rest;
	}
	return highest;
}

static void add_interrupts(const struct arm *a)
{
	struct plan_irqchip *chip = &a->p->irqchip[a->p->irqchips++];
	uint32_t highest = FIRST_SPI, of_map;
	struct dt_irq irq;
	unsigned int n;
	int node;

	for (node = fdt_next_node(a->dt, -1, NULL); node >= 0; node = fdt_next_node(a->dt, node, NULL)) {
		for (n = 0; dt_irq(a->dt, node, n, &irq); n++)
			highest = irq.is_spi && irq.id > highest ? irq.id : highest;
		of_map = highest_of_map(a->dt, node);
		highest = of_map > highest ? of_map : highest;
	}
	highest |= 31;		/* they come in groups of 32 */
	if (highest > LAST_SPI)
		highest = LAST_SPI;
	*chip = (struct plan_irqchip){ .address = a->p->gic.gicd, .first_pin = FIRST_SPI, .pins = highest + 1 - FIRST_SPI };
	snprintf(chip->from, sizeof(chip->from), "up to the last that a node has");
}

/* --- console ----------------------------------------------------------------------------------------------------------------- */

static int stdout_node(const void *dt)
{
	int chosen = fdt_path_offset(dt, "/chosen"), length;
	const char *path = chosen < 0 ? NULL : fdt_getprop(dt, chosen, "stdout-path", &length);

	if (!path || length < 1 || path[length - 1])
		return -1;
	return fdt_path_offset_namelen(dt, path, (int)strcspn(path, ":"));
}

static bool set_console(const struct arm *a, int node)
{
	struct plan_console *c = &a->p->console;
	struct dt_uart uart;
	char path[PATH_SIZE];

	if (!dt_uart(a->dt, node, &uart))
		return false;
	dt_path(a->dt, node, path, sizeof(path));
	*c = (struct plan_console){
		.type = uart.type, .mmio = true, .address = uart.start, .size = uart.size < 0x1000 ? uart.size : 0x1000, .regdist = uart.regdist,
	};
	snprintf(c->from, sizeof(c->from), "%.*s, set up by Linux", (int)sizeof(c->from) - 24, path);
	return true;
}

static int choose_console(const struct arm *a)
{
	const char *wanted = a->o->console;

	if (wanted && !strcmp(wanted, "none"))
		return EXIT_SUCCESS;
	if (set_console(a, wanted ? fdt_path_offset(a->dt, wanted) : stdout_node(a->dt)))
		return EXIT_SUCCESS;
	if (wanted)
		return report_error(0, "Give the path or alias of a UART's node, or none.", "%s: this is not a UART that the hypervisor can use", wanted);
	plan_note(a->p, "The tree names no console that the hypervisor can use. Its lines are seen with \"jailhouse console\".");
	return EXIT_SUCCESS;
}

/* --- memory for hypervisor and cells --------------------------------------------------------------------------------------------- */

static void add_reserved(struct memory_choice *c, uint64_t start, uint64_t end)
{
	if (c->count < RESERVED_MAX)
		c->reserved[c->count++] = (struct range64){ start, end };
}

/* Nodes of reserved-memory that are called jailhouse */
static void find_nodes(const struct arm *a, struct memory_choice *c)
{
	int node, parent = fdt_path_offset(a->dt, "/reserved-memory");
	uint64_t start, size;
	unsigned int n;

	for (node = parent < 0 ? -1 : fdt_first_subnode(a->dt, parent); node >= 0; node = fdt_next_subnode(a->dt, node)) {
		if (strncmp(fdt_get_name(a->dt, node, NULL), "jailhouse", 9))
			continue;
		for (n = 0; dt_reg(a->dt, node, n, &start, &size); n++)
			add_reserved(c, start, start + size - 1);
	}
}

static uint64_t mem_limit(const struct arm *a)
{
	int length, chosen = fdt_path_offset(a->dt, "/chosen");
	const char *bootargs = chosen < 0 ? NULL : fdt_getprop(a->dt, chosen, "bootargs", &length), *found;
	char cmdline[4096] = " ", *end;

	if (!a->t || !tree_line(a->t, cmdline + 1, sizeof(cmdline) - 1, "proc/cmdline"))
		snprintf(cmdline + 1, sizeof(cmdline) - 1, "%.*s", bootargs && length > 0 ? length : 0, bootargs ? bootargs : "");
	found = strstr(cmdline, " mem=");
	return found ? parse_size(found + 5, &end) : 0;
}

static int by_start(const void *a, const void *b)
{
	const struct range64 *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* mem=SIZE leaves to Linux the first SIZE bytes of RAM. */
static void find_rest(const struct arm *a, struct memory_choice *c)
{
	uint64_t limit = mem_limit(a);
	struct range64 ram[RESERVED_MAX];
	size_t n, count = 0;

	if (!limit)
		return;
	for (n = 0; n < a->p->regions && count < RESERVED_MAX; n++) {
		if (a->p->region[n].role == PLAN_RAM)
			ram[count++] = (struct range64){ a->p->region[n].start, a->p->region[n].end };
	}
	qsort(ram, count, sizeof(ram[0]), by_start);
	for (n = 0; n < count; n++) {
		uint64_t size = ram[n].end - ram[n].start + 1;

		if (size > limit)
			add_reserved(c, ram[n].start + limit, ram[n].end);
		limit -= size < limit ? size : limit;
	}
}

static int choose_memory(const struct arm *a)
{
	struct memory_choice c = { .align = HV_ALIGN, .top = true, .from = "reserved-memory" };

	find_nodes(a, &c);
	if (!c.count) {
		c.from = "mem=, left alone by Linux";
		find_rest(a, &c);
	}
	return create_choose_memory(a->t, a->o, &c, a->p);
}

/* --- all --------------------------------------------------------------------------------------------------------------------- */

static void note_smmus(const struct arm *a)
{
	if (dt_find(a->dt, -1, smmus) >= 0)
		plan_note(a->p, "The SMMUs of this machine are left to Linux, and are no protection against devices of cells.");
}

static int fill(const struct arm *a)
{
	struct plan *p = a->p;
	int status;

	p->arch = is_32bit(a) ? "arm" : "arm64";
	status = add_cpus(a);
	if (!status)
		status = add_gic(a);
	if (!status)
		status = choose_console(a);
	if (status)
		return status;
	add_ram(a);
	if (!p->regions)
		return report_error(0, "The boot loader fills it in: describe the running machine, or add --memory START+SIZE.",
				    "%s: the tree says of no memory", p->source);
	add_devices(a);
	add_pci_hosts(a);
	add_interrupts(a);
	cut_firmware(a);
	note_smmus(a);
	return choose_memory(a);
}

int create_arm(const struct tree *t, const void *dt, const struct create_options *o, struct plan *p)
{
	const struct arm a = { .dt = dt, .t = t, .o = o, .p = p };

	return fill(&a);
}
