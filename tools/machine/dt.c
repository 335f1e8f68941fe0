// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>

#include "dt.h"

#define VERSION		17	/* Devicetree specification 0.4, 5.2 */
#define SPI_BASE	32
#define PPI_BASE	16
#define DEPTH_MAX	32

bool dt_valid(const void *blob, size_t size)
{
	/* Of trees older than 16, fdt_check_full() of libfdt 1.6.1 follows a null pointer where the root's name is no path. */
	return size >= sizeof(struct fdt_header) && fdt_magic(blob) == FDT_MAGIC && fdt_version(blob) >= VERSION && fdt_totalsize(blob) <= size &&
	       !fdt_check_full(blob, size);
}

void *dt_read(const struct tree *t)
{
	size_t size;
	void *blob = tree_read(t, &size, "sys/firmware/fdt");

	if (blob && dt_valid(blob, size))
		return blob;
	if (blob)
		errno = EINVAL;
	free(blob);
	return NULL;
}

bool dt_is_compatible(const void *dt, int node, const char *const *names)
{
	for (; *names; names++) {
		if (!fdt_node_check_compatible(dt, node, *names))
			return true;
	}
	return false;
}

static bool okay(const void *dt, int node)
{
	int length;
	const char *status = fdt_getprop(dt, node, "status", &length);

	return !status || (length > 0 && !strncmp(status, "ok", 2) && !status[length - 1]);
}

bool dt_enabled(const void *dt, int node)
{
	for (; node >= 0; node = fdt_parent_offset(dt, node)) {
		if (!okay(dt, node))
			return false;
	}
	return true;
}

int dt_find(const void *dt, int after, const char *const *names)
{
	int node;

	for (node = fdt_next_node(dt, after, NULL); node >= 0; node = fdt_next_node(dt, node, NULL)) {
		if (dt_is_compatible(dt, node, names) && dt_enabled(dt, node))
			return node;
	}
	return -1;
}

uint32_t dt_u32(const void *dt, int node, const char *name, unsigned int index, uint32_t or)
{
	int length;
	const fdt32_t *cells = fdt_getprop(dt, node, name, &length);

	if (!cells || length < 0 || index >= (unsigned int)length / sizeof(*cells))
		return or;
	return fdt32_ld(&cells[index]);
}

/* --- addresses --------------------------------------------------------------------------------------------------------------- */

static uint64_t number(const fdt32_t *cells, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_ld(cells++);
	return value;
}

static bool cells_of(const void *dt, int node, unsigned int *address, unsigned int *size)
{
	*address = dt_u32(dt, node, "#address-cells", 0, 2);
	*size = dt_u32(dt, node, "#size-cells", 0, 1);
	return *address >= 1 && *address <= 3 && *size <= 2;
}

/* One level up: through "ranges" of @bus, whose addresses have @cells cells. Empty: the same addresses. None: not the CPU's. */
static bool translate(const void *dt, int bus, uint64_t *address, uint64_t size)
{
	int length, parent = fdt_parent_offset(dt, bus);
	const fdt32_t *entry = fdt_getprop(dt, bus, "ranges", &length), *end;
	unsigned int a, s, pa, ps;

	if (!entry || length < 0 || parent < 0 || !cells_of(dt, bus, &a, &s) || !cells_of(dt, parent, &pa, &ps))
		return false;
	if (!length)
		return true;
	end = entry + (unsigned int)length / sizeof(*entry);
	for (; (size_t)(end - entry) >= a + pa + s; entry += a + pa + s) {
		uint64_t child = number(entry, a), room = number(entry + a + pa, s);

		if (*address < child || *address - child >= room || size > room - (*address - child))
			continue;
		*address = *address - child + number(entry + a, pa);
		return true;
	}
	return false;
}

bool dt_reg(const void *dt, int node, unsigned int index, uint64_t *start, uint64_t *size)
{
	int length, bus = fdt_parent_offset(dt, node);
	const fdt32_t *reg = fdt_getprop(dt, node, "reg", &length);
	unsigned int a, s, depth;

	if (!reg || length < 0 || bus < 0 || !cells_of(dt, bus, &a, &s))
		return false;
	if ((index + 1UL) * (a + s) > (unsigned int)length / sizeof(*reg))
		return false;
	reg += index * (a + s);
	*start = number(reg, a);
	*size = number(reg + a, s);
	for (depth = 0; bus > 0 && depth < DEPTH_MAX; depth++, bus = fdt_parent_offset(dt, bus)) {
		if (!translate(dt, bus, start, *size))
			return false;
	}
	return bus == 0 && *size && *start + *size - 1 >= *start;
}

static bool is_firmware(const void *dt, int node)
{
	const char *name = fdt_get_name(dt, node, NULL);

	return fdt_getprop(dt, node, "no-map", NULL) && name && strncmp(name, "jailhouse", 9);
}

bool dt_firmware(const void *dt, unsigned int n, struct dt_firmware *out)
{
	int node, parent = fdt_path_offset(dt, "/reserved-memory");
	unsigned int index;
	uint64_t size;

	for (node = parent < 0 ? -1 : fdt_first_subnode(dt, parent); node >= 0; node = fdt_next_subnode(dt, node)) {
		for (index = 0; is_firmware(dt, node) && dt_reg(dt, node, index, &out->start, &size); index++) {
			if (n--)
				continue;
			out->name = fdt_get_name(dt, node, NULL);
			out->end = out->start + size - 1;
			return true;
		}
	}
	return false;
}

/* --- interrupts -------------------------------------------------------------------------------------------------------------- */

static const char *const gics[] = {
	"arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,cortex-a9-gic", "qcom,msm-8660-qgic", NULL
};

static int interrupt_parent(const void *dt, int node)
{
	unsigned int depth;

	for (depth = 0; node >= 0 && depth < DEPTH_MAX; depth++, node = fdt_parent_offset(dt, node)) {
		uint32_t phandle = dt_u32(dt, node, "interrupt-parent", 0, 0);

		if (phandle)
			return fdt_node_offset_by_phandle(dt, phandle);
	}
	return -1;
}

static bool gic_cells(const fdt32_t *cells, struct dt_irq *irq)
{
	const uint32_t kind = fdt32_ld(cells), n = fdt32_ld(cells + 1);

	irq->is_spi = kind == 0;
	irq->id = n + (kind == 0 ? SPI_BASE : PPI_BASE);
	return kind == 0 ? n < 988 : kind == 1 && n < 16;
}

static bool plain_irq(const void *dt, int node, unsigned int index, struct dt_irq *irq)
{
	int length, parent = interrupt_parent(dt, node);
	const fdt32_t *cells = fdt_getprop(dt, node, "interrupts", &length);
	unsigned int each;

	if (!cells || length < 0 || parent < 0 || !dt_is_compatible(dt, parent, gics))
		return false;
	each = dt_u32(dt, parent, "#interrupt-cells", 0, 0);
	if (each < 3 || each > 8 || (index + 1UL) * each > (unsigned int)length / sizeof(*cells))
		return false;
	return gic_cells(cells + index * each, irq);
}

/* interrupts-extended: each entry starts with the controller's phandle */
static bool extended_irq(const void *dt, int node, unsigned int index, struct dt_irq *irq)
{
	int length, controller;
	const fdt32_t *cells = fdt_getprop(dt, node, "interrupts-extended", &length), *end;
	unsigned int each;

	if (!cells || length < 0)
		return false;
	end = cells + (unsigned int)length / sizeof(*cells);
	for (; cells < end; cells += 1 + each, index--) {
		controller = fdt_node_offset_by_phandle(dt, fdt32_ld(cells));
		each = controller < 0 ? 99 : dt_u32(dt, controller, "#interrupt-cells", 0, 99);
		if (each > 8 || (size_t)(end - cells) < 1 + each)
			return false;
		if (!index)
			return each >= 3 && dt_is_compatible(dt, controller, gics) && gic_cells(cells + 1, irq);
	}
	return false;
}

bool dt_irq(const void *dt, int node, unsigned int index, struct dt_irq *irq)
{
	if (fdt_getprop(dt, node, "interrupts-extended", NULL))
		return extended_irq(dt, node, index, irq);
	return plain_irq(dt, node, index, irq);
}

void dt_path(const void *dt, int node, char *buf, size_t size)
{
	if (fdt_get_path(dt, node, buf, (int)size))
		buf[0] = '\0';
}

/* --- UARTs ------------------------------------------------------------------------------------------------------------------- */

struct uart_kind {
	const char *compatible, *type;
	unsigned int regdist;
};

/* regdist 0: reg-shift tells */
static const struct uart_kind uarts[] = {
	{ "arm,pl011", "pl011", 4 }, { "arm,sbsa-uart", "pl011", 4 },
	{ "nvidia,tegra20-uart", "8250", 0 }, { "snps,dw-apb-uart", "8250", 0 }, { "ns16550a", "8250", 0 }, { "ns16550", "8250", 0 },
	{ "brcm,bcm2835-aux-uart", "8250", 4 }, { "brcm,bcm7271-uart", "8250", 0 },
	{ "xlnx,xuartps", "xuartps", 1 }, { "cdns,uart-r1p12", "xuartps", 1 }, { "cdns,uart-r1p8", "xuartps", 1 },
	{ "marvell,armada-3700-uart", "mvebu", 1 }, { "fsl,imx6q-uart", "imx", 1 }, { "fsl,imx7ulp-lpuart", "imx_lpuart", 1 },
	{ "renesas,hscif", "hscif", 1 }, { "renesas,scifa", "scifa", 1 }, { "renesas,scif", "scif", 1 },
};

static const struct uart_kind *uart_kind(const void *dt, int node)
{
	size_t n;

	for (n = 0; node >= 0 && n < sizeof(uarts) / sizeof(uarts[0]); n++) {
		if (!fdt_node_check_compatible(dt, node, uarts[n].compatible))
			return &uarts[n];
	}
	return NULL;
}

bool dt_uart(const void *dt, int node, struct dt_uart *uart)
{
	const struct uart_kind *kind = uart_kind(dt, node);

	if (!kind || !dt_reg(dt, node, 0, &uart->start, &uart->size))
		return false;
	uart->type = kind->type;
	uart->regdist = kind->regdist ? kind->regdist : dt_u32(dt, node, "reg-shift", 0, 0) == 2 ? 4 : 1;
	return true;
}
