// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>

#include "linux_fdt.h"
#include "linux_layout.h"
#include "report.h"

#define TREE_SIZE	0x10000
#define ROOM		0x4000		/* for what is added to a tree: /chosen, /memory, and what Linux adds */
#define GIC_PHANDLE	1
#define CLOCK_PHANDLE	2
#define SPI		0
#define GICC_SIZE	0x2000
#define GICC_REPEATED_SIZE	0x20000

/* Rate of a UART's clock, where the machine's tree refers to a clock controller that the cell does not have. */
#define UART_CLOCK_HZ	24000000

/* --- the running machine --- */

static const char *const gic_names[] = { "arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", NULL };
static const char *const timer_names[] = { "arm,armv8-timer", "arm,armv7-timer", NULL };

static int find_any(const void *fdt, const char *const *names)
{
	int node = -FDT_ERR_NOTFOUND;

	for (; *names && node < 0; names++)
		node = fdt_node_offset_by_compatible(fdt, -1, *names);
	return node;
}

static __u64 read_cells(const fdt32_t *cells, int count)
{
	__u64 value = 0;

	while (count-- > 0)
		value = value << 32 | fdt32_to_cpu(*cells++);
	return value;
}

/* Entry @index of reg. Buses between node and root are taken to map one to one. */
static bool read_reg(const void *fdt, int node, int index, __u64 *start, __u64 *size)
{
	int parent = fdt_parent_offset(fdt, node), address_cells, size_cells, length, each;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || parent < 0)
		return false;
	address_cells = fdt_address_cells(fdt, parent);
	size_cells = fdt_size_cells(fdt, parent);
	each = address_cells + size_cells;
	if (address_cells < 0 || size_cells < 0 || (index + 1) * each * (int)sizeof(*reg) > length)
		return false;
	*start = read_cells(reg + index * each, address_cells);
	*size = read_cells(reg + index * each + address_cells, size_cells);
	return true;
}

static int find_by_address(const void *fdt, __u64 address)
{
	__u64 start, size;
	int node;

	for (node = fdt_next_node(fdt, -1, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL))
		if (read_reg(fdt, node, 0, &start, &size) && start == address && fdt_getprop(fdt, node, "compatible", NULL))
			return node;
	return node;
}

static bool read_mpidr(__u32 cpu, __u64 *mpidr)
{
	fdt32_t cells[2];
	char path[128];
	size_t count;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cpu%u/of_node/reg", getenv("JAILHOUSE_SYSFS_CPU") ?: "/sys/devices/system/cpu", cpu);
	file = fopen(path, "r");
	if (!file) {
		report_error(errno, "Give a device tree with -d.", "the affinity of CPU %u, %s", cpu, path);
		return false;
	}
	count = fread(cells, sizeof(cells[0]), 2, file);
	fclose(file);
	*mpidr = read_cells(cells, (int)count);
	return count > 0;
}

/* --- writing, in the order of the tree; the first error stays in *err --- */

struct writer {
	void *fdt;
	int err;
};

static void note(struct writer *w, int err)
{
	if (!w->err && err < 0)
		w->err = err;
}

static void begin(struct writer *w, const char *name)
{
	note(w, fdt_begin_node(w->fdt, name));
}

static void begin_at(struct writer *w, const char *name, __u64 address)
{
	char text[64];

	snprintf(text, sizeof(text), "%s@%llx", name, address);
	begin(w, text);
}

static void end(struct writer *w)
{
	note(w, fdt_end_node(w->fdt));
}

static void put(struct writer *w, const char *name, const void *value, int size)
{
	note(w, fdt_property(w->fdt, name, value, size));
}

static void put_text(struct writer *w, const char *name, const char *text)
{
	put(w, name, text, (int)strlen(text) + 1);
}

static void put_u32(struct writer *w, const char *name, __u32 value)
{
	fdt32_t cell = cpu_to_fdt32(value);

	put(w, name, &cell, sizeof(cell));
}

static void put_u64s(struct writer *w, const char *name, const __u64 *values, int count)
{
	fdt64_t cells[4];
	int n;

	for (n = 0; n < count; n++)
		cells[n] = cpu_to_fdt64(values[n]);
	put(w, name, cells, count * (int)sizeof(cells[0]));
}

/* As the machine has it, if it has it */
static void put_copy(struct writer *w, const void *machine, int node, const char *name)
{
	int length;
	const void *value = fdt_getprop(machine, node, name, &length);

	if (value)
		put(w, name, value, length);
}

/* --- the nodes --- */

/* As the first CPU of the machine says */
static void put_cpu_kind(struct writer *w, const void *machine)
{
	int node = fdt_node_offset_by_prop_value(machine, -1, "device_type", "cpu", sizeof("cpu"));

	if (node >= 0)
		put_copy(w, machine, node, "compatible");
}

static bool put_cpus(struct writer *w, const struct cell_view *cell, const void *machine)
{
	bool wide = cell->desc->architecture == JAILHOUSE_ARM64;
	__u64 mpidr;
	__u32 cpu;

	begin(w, "cpus");
	put_u32(w, "#address-cells", wide ? 2 : 1);
	put_u32(w, "#size-cells", 0);
	for (cpu = 0; cpu < cell->cpu_set_size * 8; cpu++) {
		if (!cell_view_has_cpu(cell, cpu))
			continue;
		if (!read_mpidr(cpu, &mpidr))
			return false;
		begin_at(w, "cpu", mpidr);
		put_text(w, "device_type", "cpu");
		put_cpu_kind(w, machine);
		if (wide)
			put_u64s(w, "reg", &mpidr, 1);
		else
			put_u32(w, "reg", (__u32)mpidr);
		put_text(w, "enable-method", "psci");
		end(w);
	}
	end(w);
	return true;
}

static void put_psci(struct writer *w)
{
	static const char names[] = "arm,psci-1.0\0arm,psci-0.2";

	begin(w, "psci");
	put(w, "compatible", names, sizeof(names));
	put_text(w, "method", "smc");
	end(w);
}

/*
 * GICv2: the cell has its virtual CPU interface there, two pages. Where each page is repeated over 64 KiB, as Linux knows by the size of both
 * (irq-gic.c), the first page is followed by the second at the end of the first 64 KiB: system configurations name that place.
 */
static void take_two_pages(__u64 *start, __u64 *size)
{
	if (*size == GICC_REPEATED_SIZE)
		*start += GICC_REPEATED_SIZE / 2 - GICC_SIZE / 2;
	if (*size > GICC_SIZE)
		*size = GICC_SIZE;
}

static bool put_gic(struct writer *w, const void *machine)
{
	int node = find_any(machine, gic_names);
	__u64 reg[4];

	if (node < 0 || !read_reg(machine, node, 0, &reg[0], &reg[1]) || !read_reg(machine, node, 1, &reg[2], &reg[3])) {
		report_error(0, "Give a device tree with -d.", "the interrupt controller of this machine is not known");
		return false;
	}
	if (fdt_node_check_compatible(machine, node, gic_names[0]))
		take_two_pages(&reg[2], &reg[3]);
	begin_at(w, "interrupt-controller", reg[0]);
	put_copy(w, machine, node, "compatible");
	put_u32(w, "#interrupt-cells", 3);
	put(w, "interrupt-controller", NULL, 0);
	put_u64s(w, "reg", reg, 4);
	put_copy(w, machine, node, "redistributor-stride");
	put_u32(w, "phandle", GIC_PHANDLE);
	end(w);
	return true;
}

static bool put_timer(struct writer *w, const void *machine)
{
	int node = find_any(machine, timer_names);

	if (node < 0) {
		report_error(0, "Give a device tree with -d.", "the timer of this machine is not known");
		return false;
	}
	begin(w, "timer");
	put_copy(w, machine, node, "compatible");
	put_copy(w, machine, node, "interrupts");
	put_copy(w, machine, node, "always-on");
	end(w);
	return true;
}

static bool owns_spi(const struct cell_view *cell, __u32 spi)
{
	__u32 n, pin;

	for (n = 0; n < cell->num_irqchips; n++) {
		const struct jailhouse_irqchip *chip = &cell->irqchips[n];

		pin = spi + 32 - chip->pin_base;
		if (spi + 32 >= chip->pin_base && pin < 128 && chip->pin_bitmap[pin / 32] >> (pin % 32) & 1)
			return true;
	}
	return false;
}

/* The console that the configuration names, if the cell has its interrupt: Linux cannot use it otherwise. */
static int find_console(const struct cell_view *cell, const void *machine)
{
	int node, length;
	const fdt32_t *irq;

	if (cell->desc->console.type == JAILHOUSE_CON_TYPE_NONE)
		return -1;
	node = find_by_address(machine, cell->desc->console.address);
	if (node < 0)
		return -1;
	irq = fdt_getprop(machine, node, "interrupts", &length);
	if (!irq || length < 2 * (int)sizeof(*irq) || fdt32_to_cpu(irq[0]) != SPI || !owns_spi(cell, fdt32_to_cpu(irq[1])))
		return -1;
	return node;
}

static void put_clock(struct writer *w)
{
	begin(w, "clock");
	put_text(w, "compatible", "fixed-clock");
	put_u32(w, "#clock-cells", 0);
	put_u32(w, "clock-frequency", UART_CLOCK_HZ);
	put_u32(w, "phandle", CLOCK_PHANDLE);
	end(w);
}

static void put_console(struct writer *w, const void *machine, int node, __u64 address)
{
	static const char *const copied[] = { "compatible", "interrupts", "clock-names", "clock-frequency", "reg-shift", "reg-io-width" };
	fdt32_t clocks[2] = { cpu_to_fdt32(CLOCK_PHANDLE), cpu_to_fdt32(CLOCK_PHANDLE) };
	__u64 reg[2] = { address, 0x1000 };
	unsigned int n;

	begin_at(w, "serial", address);
	for (n = 0; n < sizeof(copied) / sizeof(copied[0]); n++)
		put_copy(w, machine, node, copied[n]);
	put_u64s(w, "reg", reg, 2);
	if (fdt_getprop(machine, node, "clocks", NULL))
		put(w, "clocks", clocks, sizeof(clocks));
	end(w);
}

static void put_chosen(struct writer *w, bool has_console, __u64 console)
{
	char path[64];

	begin(w, "chosen");
	snprintf(path, sizeof(path), "/serial@%llx", console);
	if (has_console)
		put_text(w, "stdout-path", path);
	end(w);
}

static bool put_root(struct writer *w, const struct cell_view *cell, const void *machine)
{
	int console = find_console(cell, machine);

	begin(w, "");
	put_u32(w, "#address-cells", 2);
	put_u32(w, "#size-cells", 2);
	put_text(w, "compatible", "jailhouse,cell");
	put_text(w, "model", cell->desc->name);
	put_u32(w, "interrupt-parent", GIC_PHANDLE);
	begin(w, "hypervisor");
	put_text(w, "compatible", "jailhouse,cell");
	end(w);
	put_chosen(w, console >= 0, cell->desc->console.address);
	put_psci(w);
	if (!put_cpus(w, cell, machine) || !put_gic(w, machine) || !put_timer(w, machine))
		return false;
	put_clock(w);
	if (console >= 0)
		put_console(w, machine, console, cell->desc->console.address);
	end(w);
	return true;
}

static bool report_fdt(int err)
{
	if (err >= 0)
		return true;
	report_error(0, err == -FDT_ERR_BADNCELLS ? "Write 2 for #address-cells and #size-cells of the tree's root: the cell's memory needs them." : NULL,
		     "the device tree: %s", fdt_strerror(err));
	return false;
}

void *linux_fdt_make(const struct cell_view *cell, const void *machine)
{
	struct writer w = { .fdt = malloc(TREE_SIZE) };

	if (!w.fdt) {
		report_error(ENOMEM, NULL, "the device tree");
		return NULL;
	}
	note(&w, fdt_create(w.fdt, TREE_SIZE));
	note(&w, fdt_finish_reservemap(w.fdt));
	if (put_root(&w, cell, machine)) {
		note(&w, fdt_finish(w.fdt));
		if (report_fdt(w.err))
			return w.fdt;
	}
	free(w.fdt);
	return NULL;
}

/* --- completion --- */

/* @name below the root, made if it is not there */
static int get_node(void *fdt, const char *name)
{
	int node = fdt_subnode_offset(fdt, 0, name);

	return node < 0 ? fdt_add_subnode(fdt, 0, name) : node;
}

static int append_cells(void *fdt, int node, const char *name, int cells, __u64 value)
{
	if (cells == 1 && value <= UINT32_MAX)
		return fdt_appendprop_u32(fdt, node, name, (__u32)value);
	return cells == 2 ? fdt_appendprop_u64(fdt, node, name, value) : -FDT_ERR_BADNCELLS;
}

/* Small regions at address 0 hold the loader. */
static bool is_linux_memory(const struct jailhouse_memory *m)
{
	return linux_region_is_ram(m) && (m->virt_start || m->size > 0x10000);
}

static void remove_memory_nodes(void *fdt)
{
	int node;

	while ((node = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", sizeof("memory"))) >= 0)
		if (fdt_del_node(fdt, node) < 0)
			return;
}

static int set_memory(void *fdt, const struct cell_view *cell)
{
	int address_cells = fdt_address_cells(fdt, 0), size_cells = fdt_size_cells(fdt, 0);
	int node, err;
	__u32 n;

	remove_memory_nodes(fdt);
	node = get_node(fdt, "memory");
	err = node < 0 ? node : fdt_setprop_string(fdt, node, "device_type", "memory");
	if (err >= 0)
		err = fdt_setprop_empty(fdt, node, "reg");	/* of a node that did not call itself memory */
	for (n = 0; n < cell->num_mem && err >= 0; n++) {
		if (!is_linux_memory(&cell->mem[n]))
			continue;
		err = append_cells(fdt, node, "reg", address_cells, cell->mem[n].virt_start);
		if (err >= 0)
			err = append_cells(fdt, node, "reg", size_cells, cell->mem[n].size);
	}
	return err;
}

static int set_chosen(void *fdt, const struct linux_boot *boot)
{
	int node = get_node(fdt, "chosen");
	int err = node < 0 ? node : fdt_setprop_string(fdt, node, "bootargs", boot->cmdline);

	if (err < 0 || !boot->initrd_end)
		return err;
	err = fdt_setprop_u64(fdt, node, "linux,initrd-start", boot->initrd_start);
	return err < 0 ? err : fdt_setprop_u64(fdt, node, "linux,initrd-end", boot->initrd_end);
}

void *linux_fdt_complete(const void *fdt, const struct cell_view *cell, const struct linux_boot *boot)
{
	int size = fdt_totalsize(fdt) + ROOM + (int)strlen(boot->cmdline);
	void *result = malloc((size_t)size);
	int err;

	if (!result) {
		report_error(ENOMEM, NULL, "the device tree");
		return NULL;
	}
	err = fdt_open_into(fdt, result, size);
	if (err >= 0)
		err = set_memory(result, cell);
	if (err >= 0)
		err = set_chosen(result, boot);
	if (report_fdt(err))
		return result;
	free(result);
	return NULL;
}
