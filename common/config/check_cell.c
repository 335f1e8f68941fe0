// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that a cell's configuration keeps by itself, whatever machine it is for.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

#define KNOWN_CELL_FLAGS \
	(JAILHOUSE_CELL_PASSIVE_COMMREG | JAILHOUSE_CELL_TEST_DEVICE | JAILHOUSE_CELL_AARCH32 | JAILHOUSE_CELL_X_EXTENSION | \
	 JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED | JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE)

#define ANY_IO_WIDTH \
	(JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64)
#define KNOWN_MEMORY_FLAGS \
	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_IO | \
	 JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_LOADABLE | JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_NO_HUGEPAGES | \
	 JAILHOUSE_MEM_IO_UNALIGNED | ANY_IO_WIDTH)
#define NOT_FOR_SUBPAGE \
	(JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_LOADABLE)
/* The page belongs to the hypervisor: neither code, nor DMA, nor root's business. */
#define NOT_FOR_COMM_REGION \
	(JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE | JAILHOUSE_MEM_IO)

#define CACHE_WAYS	32

/* --- header --- */

static int check_name(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	const char *name = cell->desc->name;
	unsigned int n;

	if (!name[0])
		return REFUSE(r, RULE_NAME_EMPTY, cell, .object = JAILHOUSE_OBJ_HEADER);
	for (n = 0; n < sizeof(cell->desc->name); n++) {
		if (!name[n])
			return 0;
		if (name[n] < 0x20 || name[n] > 0x7e)
			return REFUSE(r, RULE_NAME_CHARACTERS, cell, .object = JAILHOUSE_OBJ_HEADER,
				      .value = { (__u8)name[n] });
	}
	return REFUSE(r, RULE_NAME_UNTERMINATED, cell, .object = JAILHOUSE_OBJ_HEADER);
}

static int check_flags(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 flags = cell->desc->flags;

	if (flags & ~KNOWN_CELL_FLAGS)
		return REFUSE(r, RULE_CELL_FLAGS, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { flags, flags & ~KNOWN_CELL_FLAGS });
	if (flags & JAILHOUSE_CELL_AARCH32 && (CONFIG_ARCHITECTURE != JAILHOUSE_ARM64 || cell->is_root))
		return REFUSE(r, RULE_CELL_FLAG_ARCH, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { JAILHOUSE_CELL_AARCH32, CONFIG_ARCHITECTURE });
	return 0;
}

static int check_extension(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	const struct jailhouse_ext_block *ext = cell->extension;
	__u64 there;

	if (!ext)
		return 0;
	if (ext->magic != JAILHOUSE_EXT_MAGIC)
		return REFUSE(r, RULE_EXTENSION_MAGIC, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { ext->magic, JAILHOUSE_EXT_MAGIC });
	there = cell->size - (__u64)((const __u8 *)ext - (const __u8 *)cell->desc);
	if (ext->size != there)
		return REFUSE(r, RULE_EXTENSION_SIZE, cell, .object = JAILHOUSE_OBJ_HEADER, .value = { ext->size, there });
	if (there == sizeof(*ext))
		return 0;
	if (there < sizeof(*ext) + sizeof(struct jailhouse_ext_element))
		return REFUSE(r, RULE_EXTENSION_SIZE, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { ext->size, sizeof(*ext) });
	/* No tag is defined yet, so the first element decides. */
	return REFUSE(r, RULE_EXTENSION_TAG, cell, .object = JAILHOUSE_OBJ_HEADER,
		      .value = { ((const struct jailhouse_ext_element *)(ext + 1))->tag });
}

/* --- CPUs --- */

static int check_cpus(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	bool empty = true;
	__u32 cpu;

	if (cell->cpu_set_size > CONFIG_MAX_CPU_SET_SIZE)
		return REFUSE(r, RULE_CPU_SET_SIZE, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { cell->cpu_set_size, CONFIG_MAX_CPU_SET_SIZE });
	for (cpu = 0; cpu < cell->cpu_set_size * 8; cpu++) {
		if (!cell_view_has_cpu(cell, cpu))
			continue;
		empty = false;
		if (cpu >= CONFIG_MAX_CPUS)
			return REFUSE(r, RULE_CPU_NUMBER, cell, .object = JAILHOUSE_OBJ_CPU, .index = (__u16)cpu,
				      .value = { cpu, CONFIG_MAX_CPUS });
	}
	if (empty)
		return REFUSE(r, RULE_CPU_SET_EMPTY, cell, .object = JAILHOUSE_OBJ_HEADER);
	if (!cell->is_root && CONFIG_ARCHITECTURE == JAILHOUSE_X86 && cell_view_has_cpu(cell, 0))
		return REFUSE(r, RULE_CPU_ZERO, cell, .object = JAILHOUSE_OBJ_CPU);
	return 0;
}

/* --- memory --- */

#define REFUSE_REGION(r, rule, cell, n, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_MEMORY, .index = (__u16)(n), .value = { __VA_ARGS__ })
#define REFUSE_REGIONS(r, rule, cell, n, m, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_MEMORY, .index = (__u16)(n), \
	       .other_object = JAILHOUSE_OBJ_MEMORY, .other_index = (__u16)(m), .value = { __VA_ARGS__ })

/* R/W and output sections of an ivshmem device may be left out; the state table may not. */
static bool is_optional_section(const struct cell_view *cell, __u32 region)
{
	__u32 n;

	for (n = 0; n < cell->num_pci_devices; n++)
		if (config_region_in_link(&cell->pci_devices[n], region) &&
		    region != cell->pci_devices[n].shmem_regions_start)
			return true;
	return false;
}

static int check_comm_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];

	if (cell->is_root)
		return REFUSE_REGION(r, RULE_COMM_REGION_ROOT, cell, n);
	if (m->size != CONFIG_PAGE_SIZE || CONFIG_PAGE_OFFSET(m->virt_start))
		return REFUSE_REGION(r, RULE_COMM_REGION_SIZE, cell, n, m->size, m->virt_start);
	if (m->flags & NOT_FOR_COMM_REGION)
		return REFUSE_REGION(r, RULE_COMM_REGION_FLAGS, cell, n, m->flags & NOT_FOR_COMM_REGION);
	return 0;
}

static int check_subpage_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];

	if (m->flags & NOT_FOR_SUBPAGE)
		return REFUSE_REGION(r, RULE_SUBPAGE_FLAGS, cell, n, m->flags & NOT_FOR_SUBPAGE);
	if (!(m->flags & ANY_IO_WIDTH))
		return REFUSE_REGION(r, RULE_SUBPAGE_WIDTH, cell, n);
	return 0;
}

static int check_mapped_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];

	if (CONFIG_PAGE_OFFSET(m->phys_start))
		return REFUSE_REGION(r, RULE_MEMORY_ALIGNMENT, cell, n, m->phys_start);
	/* APM 2, 15.25.5: a nested page that is present can be read */
	if (!(m->flags & JAILHOUSE_MEM_READ) && m->flags & (JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE))
		return REFUSE_REGION(r, RULE_MEMORY_WRITE_ONLY, cell, n);
	return 0;
}

static int check_virt_range(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];
	__u64 end;

	if (!range_end(m->virt_start, m->size, &end))
		return REFUSE_REGION(r, RULE_MEMORY_WRAP_VIRT, cell, n, m->virt_start, m->size);
	if (end > 1ULL << CONFIG_VIRT_BITS)
		return REFUSE_REGION(r, RULE_MEMORY_WIDTH_VIRT, cell, n, end, CONFIG_VIRT_BITS);
	return 0;
}

static int check_phys_range(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];
	__u64 end;

	if (!range_end(m->phys_start, m->size, &end))
		return REFUSE_REGION(r, RULE_MEMORY_WRAP_PHYS, cell, n, m->phys_start, m->size);
	if (end > 1ULL << CONFIG_PHYS_BITS)
		return REFUSE_REGION(r, RULE_MEMORY_WIDTH_PHYS, cell, n, end, CONFIG_PHYS_BITS);
	return 0;
}

static int check_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];
	int err;

	if (m->flags & ~(__u64)KNOWN_MEMORY_FLAGS)
		return REFUSE_REGION(r, RULE_MEMORY_FLAGS, cell, n, m->flags, m->flags & ~(__u64)KNOWN_MEMORY_FLAGS);
	if (m->size == 0)
		return is_optional_section(cell, n) ? 0 : REFUSE_REGION(r, RULE_MEMORY_EMPTY, cell, n);
	err = check_virt_range(cell, n, r);
	if (err)
		return err;
	if (region_is_comm(m))
		return check_comm_region(cell, n, r);
	err = check_phys_range(cell, n, r);
	if (err)
		return err;
	return JAILHOUSE_MEMORY_IS_SUBPAGE(m) ? check_subpage_region(cell, n, r) : check_mapped_region(cell, n, r);
}

/* The same memory twice in one cell: harmless when root has it as well, or when neither name allows to write. */
static bool may_alias(const struct jailhouse_memory *a, const struct jailhouse_memory *b)
{
	return (a->flags & b->flags & JAILHOUSE_MEM_ROOTSHARED) ||
		!((a->flags | b->flags) & JAILHOUSE_MEM_WRITE);
}

static int check_region_pair(const struct cell_view *cell, __u32 n, __u32 o, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *a = &cell->mem[n], *b = &cell->mem[o];

	if (region_is_comm(a) && region_is_comm(b))
		return REFUSE_REGIONS(r, RULE_COMM_REGION_TWICE, cell, n, o);
	if (range_overlap(a->virt_start, a->size, b->virt_start, b->size))
		return REFUSE_REGIONS(r, RULE_MEMORY_OVERLAP_VIRT, cell, n, o,
				      range_first_common(a->virt_start, b->virt_start));
	if (region_is_comm(a) || region_is_comm(b) || may_alias(a, b))
		return 0;
	if (range_overlap(a->phys_start, a->size, b->phys_start, b->size))
		return REFUSE_REGIONS(r, RULE_MEMORY_OVERLAP_PHYS, cell, n, o,
				      range_first_common(a->phys_start, b->phys_start));
	return 0;
}

static int check_regions(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n, o;
	int err;

	for (n = 0; n < cell->num_mem; n++) {
		err = check_region(cell, n, r);
		if (err)
			return err;
		for (o = 0; o < n; o++) {
			err = check_region_pair(cell, n, o, r);
			if (err)
				return err;
		}
	}
	return 0;
}

static int check_comm_presence(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	if (cell->is_root || cell->desc->flags & JAILHOUSE_CELL_PASSIVE_COMMREG)
		return 0;
	if (cell_view_comm_region(cell) < 0)
		return REFUSE(r, RULE_COMM_REGION_MISSING, cell, .object = JAILHOUSE_OBJ_HEADER);
	return 0;
}

/* The device fills the page behind the communication region. */
static int check_test_device(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int comm = cell_view_comm_region(cell);
	__u64 page;
	__u32 n;

	if (!(cell->desc->flags & JAILHOUSE_CELL_TEST_DEVICE))
		return 0;
	if (comm < 0)
		return REFUSE(r, RULE_TEST_DEVICE, cell, .object = JAILHOUSE_OBJ_HEADER);
	page = cell->mem[comm].virt_start + CONFIG_PAGE_SIZE;
	for (n = 0; n < cell->num_mem; n++)
		if (range_overlap(page, CONFIG_PAGE_SIZE, cell->mem[n].virt_start, cell->mem[n].size))
			return REFUSE_REGION(r, RULE_TEST_DEVICE, cell, n, page);
	return 0;
}

static int check_memory(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = check_regions(cell, r);

	if (!err)
		err = check_comm_presence(cell, r);
	if (!err)
		err = check_test_device(cell, r);
	return err;
}

/* --- cache, interrupt controllers, ports, console, streams --- */

static int check_cache(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n;

	if (cell->num_cache > 1)
		return REFUSE(r, RULE_CACHE_COUNT, cell, .object = JAILHOUSE_OBJ_HEADER, .value = { cell->num_cache });
	for (n = 0; n < cell->num_cache; n++) {
		const struct jailhouse_cache *c = &cell->cache[n];

		if (c->type != JAILHOUSE_CACHE_L3)
			return REFUSE(r, RULE_CACHE_TYPE, cell, .object = JAILHOUSE_OBJ_CACHE, .index = (__u16)n,
				      .value = { c->type });
		if (c->size == 0 || !range_contains(0, CACHE_WAYS, c->start, c->size))
			return REFUSE(r, RULE_CACHE_RANGE, cell, .object = JAILHOUSE_OBJ_CACHE, .index = (__u16)n,
				      .value = { c->start, (__u64)c->start + c->size - 1 });
		if (c->flags & ~JAILHOUSE_CACHE_ROOTSHARED)
			return REFUSE(r, RULE_CACHE_FLAGS, cell, .object = JAILHOUSE_OBJ_CACHE, .index = (__u16)n,
				      .value = { (__u64)c->flags & ~(__u64)JAILHOUSE_CACHE_ROOTSHARED });
	}
	return 0;
}

#define REFUSE_IRQCHIP(r, rule, cell, n, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_IRQCHIP, .index = (__u16)(n), .value = { __VA_ARGS__ })

/* ARM: a part of the GIC's shared interrupts, of which some ids at the end do not exist */
static bool pin_base_valid(const struct jailhouse_irqchip *chip)
{
	if (!CONFIG_IS_ARM)
		return chip->pin_base == 0;
	return chip->pin_base % 32 == 0 && chip->pin_base >= CONFIG_GIC_FIRST_SPI &&
		chip->pin_base <= CONFIG_GIC_IDS - IRQCHIP_BITS;
}

static unsigned int pins_of_a_chip(void)
{
	return CONFIG_IS_ARM ? IRQCHIP_BITS : CONFIG_MAX_IOAPIC_PINS;
}

static int check_irqchip(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_irqchip *chip = &cell->irqchips[n];
	unsigned int pin;

	if (!pin_base_valid(chip))
		return REFUSE_IRQCHIP(r, RULE_IRQCHIP_PIN_BASE, cell, n, chip->pin_base);
	if (CONFIG_PAGE_OFFSET(chip->address))
		return REFUSE_IRQCHIP(r, RULE_IRQCHIP_ALIGNMENT, cell, n, chip->address);
	if (chip->address >> CONFIG_PHYS_BITS)
		return REFUSE_IRQCHIP(r, RULE_IRQCHIP_ADDRESS_WIDTH, cell, n, chip->address, CONFIG_PHYS_BITS);
	for (pin = pins_of_a_chip(); pin < IRQCHIP_BITS; pin++)
		if (irqchip_has_pin(chip, pin))
			return REFUSE_IRQCHIP(r, RULE_IRQCHIP_PINS, cell, n, pin, CONFIG_MAX_IOAPIC_PINS);
	return 0;
}

/* The same pins twice; a GIC may be named once for each part of it. */
static bool irqchips_overlap(const struct jailhouse_irqchip *a, const struct jailhouse_irqchip *b)
{
	return a->address == b->address && range_overlap(a->pin_base, IRQCHIP_BITS, b->pin_base, IRQCHIP_BITS);
}

static int check_irqchips(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n, o;
	int err;

	if (cell->num_irqchips > CONFIG_MAX_IRQCHIPS)
		return REFUSE(r, RULE_IRQCHIP_COUNT, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { cell->num_irqchips, CONFIG_MAX_IRQCHIPS });
	for (n = 0; n < cell->num_irqchips; n++) {
		err = check_irqchip(cell, n, r);
		if (err)
			return err;
		for (o = 0; o < n; o++)
			if (irqchips_overlap(&cell->irqchips[n], &cell->irqchips[o]))
				return REFUSE(r, RULE_IRQCHIP_TWICE, cell, .object = JAILHOUSE_OBJ_IRQCHIP, .index = (__u16)n,
					      .other_object = JAILHOUSE_OBJ_IRQCHIP, .other_index = (__u16)o,
					      .value = { cell->irqchips[n].address });
	}
	return 0;
}

#define PCI_CONFIG_PORTS	0xcf8
#define PCI_CONFIG_PORTS_COUNT	8

#define REFUSE_PIO(r, rule, cell, n, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_PIO, .index = (__u16)(n), .value = { __VA_ARGS__ })

static int check_pio_range(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pio *p = &cell->pio[n];

	if (CONFIG_IS_ARM)
		return REFUSE_PIO(r, RULE_PIO_ARCH, cell, n, p->base);
	if (p->length == 0)
		return REFUSE_PIO(r, RULE_PIO_EMPTY, cell, n, p->base);
	if ((__u32)p->base + p->length > 0x10000)
		return REFUSE_PIO(r, RULE_PIO_WRAP, cell, n, p->base, p->length);
	if (range_overlap(p->base, p->length, PCI_CONFIG_PORTS, PCI_CONFIG_PORTS_COUNT))
		return REFUSE_PIO(r, RULE_PIO_PCI_CONFIG, cell, n, p->base, (__u64)p->base + p->length - 1);
	return 0;
}

static int check_pio(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n, o;
	int err;

	for (n = 0; n < cell->num_pio; n++) {
		err = check_pio_range(cell, n, r);
		if (err)
			return err;
		for (o = 0; o < n; o++) {
			const struct jailhouse_pio *a = &cell->pio[n], *b = &cell->pio[o];

			if (range_overlap(a->base, a->length, b->base, b->length))
				return REFUSE(r, RULE_PIO_OVERLAP, cell, .object = JAILHOUSE_OBJ_PIO, .index = (__u16)n,
					      .other_object = JAILHOUSE_OBJ_PIO, .other_index = (__u16)o,
					      .value = { range_first_common(a->base, b->base) });
		}
	}
	return 0;
}

#define KNOWN_CONSOLE_FLAGS \
	(JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4 | JAILHOUSE_CON_FB_1920x1080 | JAILHOUSE_CON_INVERTED_GATE | \
	 JAILHOUSE_CON_MDR_QUIRK)

#define UART_8250_REGISTERS	8

static int check_8250(const struct jailhouse_console *console, bool debug, const struct cell_view *cell,
		      struct jailhouse_refusal *r)
{
	__u64 registers = UART_8250_REGISTERS * (console->flags & JAILHOUSE_CON_REGDIST_4 ? 4 : 1);
	__u64 end;

	if (!(console->flags & JAILHOUSE_CON_ACCESS_MMIO)) {
		if (CONFIG_IS_ARM || !range_contains(0, 0x10000, console->address, registers))
			return REFUSE(r, RULE_CONSOLE_ADDRESS, cell, .object = JAILHOUSE_OBJ_CONSOLE,
				      .value = { console->address });
		return 0;
	}
	/* A cell maps its console by a memory region; only the hypervisor's own needs a size. */
	if (debug && (console->size < registers || !range_end(console->address, console->size, &end)))
		return REFUSE(r, RULE_CONSOLE_SIZE, cell, .object = JAILHOUSE_OBJ_CONSOLE,
			      .value = { console->address, console->size });
	return 0;
}

#define FB_FLAGS (JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1920x1080)

/* Whole pages, because the hypervisor maps it. A cell maps its own, as it maps a UART. */
static int check_efifb(const struct jailhouse_console *console, bool debug, const struct cell_view *cell,
		       struct jailhouse_refusal *r)
{
	__u64 needed = JAILHOUSE_CON_FB_SIZE(console->flags), end;

	if ((console->flags | JAILHOUSE_CON_FB_1920x1080) != FB_FLAGS)
		return REFUSE(r, RULE_CONSOLE_FB_FLAGS, cell, .object = JAILHOUSE_OBJ_CONSOLE, .value = { console->flags });
	if (debug && (console->size < needed || CONFIG_PAGE_OFFSET(console->address) ||
		      !range_end(console->address, console->size, &end) || end > 1ULL << CONFIG_PHYS_BITS))
		return REFUSE(r, RULE_CONSOLE_FB_MEMORY, cell, .object = JAILHOUSE_OBJ_CONSOLE,
			      .value = { console->address, console->size, needed });
	return 0;
}

int config_check_console(const struct jailhouse_console *console, bool debug, const struct cell_view *cell,
			 struct jailhouse_refusal *r)
{
	if (console->type == JAILHOUSE_CON_TYPE_NONE)
		return 0;
	if (console->type > JAILHOUSE_CON_TYPE_SCIF)
		return REFUSE(r, RULE_CONSOLE_TYPE, cell, .object = JAILHOUSE_OBJ_CONSOLE, .value = { console->type });
	if (console->flags & ~KNOWN_CONSOLE_FLAGS)
		return REFUSE(r, RULE_CONSOLE_FLAGS, cell, .object = JAILHOUSE_OBJ_CONSOLE,
			      .value = { (__u64)console->flags & ~(__u64)KNOWN_CONSOLE_FLAGS });
	if (console->type == JAILHOUSE_CON_TYPE_8250)
		return check_8250(console, debug, cell, r);
	if (console->type == JAILHOUSE_CON_TYPE_EFIFB)
		return check_efifb(console, debug, cell, r);
	return 0;
}

static int check_stream_ids(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	if (cell->num_stream_ids && !CONFIG_IS_ARM)
		return REFUSE(r, RULE_STREAM_ID_ARCH, cell, .object = JAILHOUSE_OBJ_HEADER, .value = { cell->num_stream_ids });
	return 0;
}

static int check_reply_timeout(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u64 timeout = cell->desc->msg_reply_timeout;

	if (timeout > CONFIG_MAX_REPLY_TIMEOUT_US)
		return REFUSE(r, RULE_REPLY_TIMEOUT, cell, .object = JAILHOUSE_OBJ_HEADER,
			      .value = { timeout, CONFIG_MAX_REPLY_TIMEOUT_US });
	return 0;
}

static int check_header(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = check_name(cell, r);

	if (!err)
		err = check_flags(cell, r);
	if (!err)
		err = check_extension(cell, r);
	if (!err)
		err = check_reply_timeout(cell, r);
	if (!err)
		err = config_check_console(&cell->desc->console, false, cell, r);
	return err;
}

int config_check_cell(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = check_header(cell, r);

	if (!err)
		err = check_cpus(cell, r);
	if (!err)
		err = check_memory(cell, r);
	if (!err)
		err = check_cache(cell, r);
	if (!err)
		err = check_irqchips(cell, r);
	if (!err)
		err = check_pio(cell, r);
	if (!err)
		err = config_check_pci(cell, r);
	if (!err)
		err = check_stream_ids(cell, r);
	return err;
}

int config_check_cell_id(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	if (cell->desc->id == 0)
		return REFUSE(r, RULE_ID_ROOT, cell, .object = JAILHOUSE_OBJ_HEADER);
	/* an empty slot of the status page, and "none" in refusals */
	if (cell->desc->id == 0xffffffff)
		return REFUSE(r, RULE_ID_RESERVED, cell, .object = JAILHOUSE_OBJ_HEADER, .value = { 0xffffffff });
	return 0;
}
