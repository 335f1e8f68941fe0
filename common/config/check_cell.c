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
		return REFUSE(r, RULE_NAME_EMPTY, AT(cell, HEADER, 0));
	for (n = 0; n < sizeof(cell->desc->name); n++) {
		if (!name[n])
			return 0;
		if (name[n] < 0x20 || name[n] > 0x7e)
			return REFUSE(r, RULE_NAME_CHARACTERS, AT(cell, HEADER, 0), (__u8)name[n]);
	}
	return REFUSE(r, RULE_NAME_UNTERMINATED, AT(cell, HEADER, 0));
}

static int check_flags(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 flags = cell->desc->flags;

	if (flags & ~KNOWN_CELL_FLAGS)
		return REFUSE(r, RULE_CELL_FLAGS, AT(cell, HEADER, 0), flags, flags & ~KNOWN_CELL_FLAGS);
	if (flags & JAILHOUSE_CELL_AARCH32 && (CONFIG_ARCHITECTURE != JAILHOUSE_ARM64 || cell->is_root))
		return REFUSE(r, RULE_CELL_FLAG_ARCH, AT(cell, HEADER, 0), JAILHOUSE_CELL_AARCH32, CONFIG_ARCHITECTURE);
	return 0;
}

static int check_extension(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	const struct jailhouse_ext_block *ext = cell->extension;
	__u64 there;

	if (!ext)
		return 0;
	if (ext->magic != JAILHOUSE_EXT_MAGIC)
		return REFUSE(r, RULE_EXTENSION_MAGIC, AT(cell, HEADER, 0), ext->magic, JAILHOUSE_EXT_MAGIC);
	there = cell->size - (__u64)((const __u8 *)ext - (const __u8 *)cell->desc);
	if (ext->size != there)
		return REFUSE(r, RULE_EXTENSION_SIZE, AT(cell, HEADER, 0), ext->size, there);
	if (there == sizeof(*ext))
		return 0;
	if (there < sizeof(*ext) + sizeof(struct jailhouse_ext_element))
		return REFUSE(r, RULE_EXTENSION_SIZE, AT(cell, HEADER, 0), ext->size, sizeof(*ext));
	/* No tag is defined yet, so the first element decides. */
	return REFUSE(r, RULE_EXTENSION_TAG, AT(cell, HEADER, 0), ((const struct jailhouse_ext_element *)(ext + 1))->tag);
}

/* --- CPUs --- */

static int check_cpus(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	bool empty = true;
	__u32 cpu;

	if (cell->cpu_set_size > CONFIG_MAX_CPU_SET_SIZE)
		return REFUSE(r, RULE_CPU_SET_SIZE, AT(cell, HEADER, 0), cell->cpu_set_size, CONFIG_MAX_CPU_SET_SIZE);
	for (cpu = 0; cpu < cell->cpu_set_size * 8; cpu++) {
		if (!cell_view_has_cpu(cell, cpu))
			continue;
		empty = false;
		if (cpu >= CONFIG_MAX_CPUS)
			return REFUSE(r, RULE_CPU_NUMBER, AT(cell, CPU, cpu), cpu, CONFIG_MAX_CPUS);
	}
	if (empty)
		return REFUSE(r, RULE_CPU_SET_EMPTY, AT(cell, HEADER, 0));
	if (!cell->is_root && CONFIG_ARCHITECTURE == JAILHOUSE_X86 && cell_view_has_cpu(cell, 0))
		return REFUSE(r, RULE_CPU_ZERO, AT(cell, CPU, 0));
	return 0;
}

/* --- memory --- */

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
	__u32 first = (__u32)cell_view_comm_region(cell);

	if (cell->is_root)
		return REFUSE(r, RULE_COMM_REGION_ROOT, AT(cell, MEMORY, n));
	if (m->size != CONFIG_PAGE_SIZE || CONFIG_WITHIN_PAGE(m->virt_start))
		return REFUSE(r, RULE_COMM_REGION_SIZE, AT(cell, MEMORY, n), m->size, m->virt_start);
	if (m->flags & NOT_FOR_COMM_REGION)
		return REFUSE(r, RULE_COMM_REGION_FLAGS, AT(cell, MEMORY, n), m->flags & NOT_FOR_COMM_REGION);
	return first == n ? 0 : REFUSE_WITH(r, RULE_COMM_REGION_TWICE, AT(cell, MEMORY, n), AT(cell, MEMORY, first));
}

static int check_subpage_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];

	if (m->flags & NOT_FOR_SUBPAGE)
		return REFUSE(r, RULE_SUBPAGE_FLAGS, AT(cell, MEMORY, n), m->flags & NOT_FOR_SUBPAGE);
	return m->flags & ANY_IO_WIDTH ? 0 : REFUSE(r, RULE_SUBPAGE_WIDTH, AT(cell, MEMORY, n));
}

static int check_mapped_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];

	if (CONFIG_WITHIN_PAGE(m->phys_start))
		return REFUSE(r, RULE_MEMORY_ALIGNMENT, AT(cell, MEMORY, n), m->phys_start);
	/* APM 2, 15.25.5: a nested page that is present can be read */
	if (!(m->flags & JAILHOUSE_MEM_READ) && m->flags & (JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE))
		return REFUSE(r, RULE_MEMORY_WRITE_ONLY, AT(cell, MEMORY, n));
	return 0;
}

static int check_region(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *m = &cell->mem[n];
	struct item region = AT(cell, MEMORY, n);
	__u64 end;

	if (m->flags & ~(__u64)KNOWN_MEMORY_FLAGS)
		return REFUSE(r, RULE_MEMORY_FLAGS, region, m->flags, m->flags & ~(__u64)KNOWN_MEMORY_FLAGS);
	if (m->size == 0)
		return is_optional_section(cell, n) ? 0 : REFUSE(r, RULE_MEMORY_EMPTY, region);
	if (!range_end(m->virt_start, m->size, &end))
		return REFUSE(r, RULE_MEMORY_WRAP_VIRT, region, m->virt_start, m->size);
	if (end > 1ULL << CONFIG_VIRT_BITS)
		return REFUSE(r, RULE_MEMORY_WIDTH_VIRT, region, end, CONFIG_VIRT_BITS);
	if (region_is_comm(m))
		return check_comm_region(cell, n, r);
	if (!range_end(m->phys_start, m->size, &end))
		return REFUSE(r, RULE_MEMORY_WRAP_PHYS, region, m->phys_start, m->size);
	if (end > 1ULL << config_phys_bits)
		return REFUSE(r, RULE_MEMORY_WIDTH_PHYS, region, end, config_phys_bits);
	return JAILHOUSE_MEMORY_IS_SUBPAGE(m) ? check_subpage_region(cell, n, r) : check_mapped_region(cell, n, r);
}

/* The test device fills the page behind the communication region. */
static int check_comm_presence(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int comm = cell_view_comm_region(cell);
	struct claim other;
	__u64 page;

	if (comm < 0 && !cell->is_root && !(cell->desc->flags & JAILHOUSE_CELL_PASSIVE_COMMREG))
		return REFUSE(r, RULE_COMM_REGION_MISSING, AT(cell, HEADER, 0));
	if (!(cell->desc->flags & JAILHOUSE_CELL_TEST_DEVICE))
		return 0;
	if (comm < 0)
		return REFUSE(r, RULE_TEST_DEVICE, AT(cell, HEADER, 0));
	page = cell->mem[comm].virt_start + CONFIG_PAGE_SIZE;
	return config_find_claim(cell, CLAIM_VIRT, page, CONFIG_PAGE_SIZE, &other) ? REFUSE(r, RULE_TEST_DEVICE, other.by, page) : 0;
}

static int check_memory(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = 0;
	__u32 n;

	for (n = 0; !err && n < cell->num_mem; n++)
		err = check_region(cell, n, r);
	return err ?: check_comm_presence(cell, r);
}

/* --- cache, interrupt controllers, ports, console, streams --- */

static int check_cache(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	const struct jailhouse_cache *c = cell->cache;

	if (cell->num_cache > 1)
		return REFUSE(r, RULE_CACHE_COUNT, AT(cell, HEADER, 0), cell->num_cache);
	if (cell->num_cache == 0)
		return 0;
	if (c->type != JAILHOUSE_CACHE_L3)
		return REFUSE(r, RULE_CACHE_TYPE, AT(cell, CACHE, 0), c->type);
	if (c->size == 0 || !range_contains(0, CACHE_WAYS, c->start, c->size))
		return REFUSE(r, RULE_CACHE_RANGE, AT(cell, CACHE, 0), c->start, (__u64)c->start + c->size - 1);
	if (c->flags & ~JAILHOUSE_CACHE_ROOTSHARED)
		return REFUSE(r, RULE_CACHE_FLAGS, AT(cell, CACHE, 0), c->flags & ~JAILHOUSE_CACHE_ROOTSHARED);
	return 0;
}

/* ARM: a part of the GIC's shared interrupts, of which some ids at the end do not exist */
static bool pin_base_valid(const struct jailhouse_irqchip *chip)
{
	if (!CONFIG_IS_ARM)
		return chip->pin_base == 0;
	return chip->pin_base % 32 == 0 && chip->pin_base >= CONFIG_GIC_FIRST_SPI &&
		chip->pin_base <= CONFIG_GIC_IDS - IRQCHIP_BITS;
}

static int check_irqchip(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_irqchip *chip = &cell->irqchips[n];
	unsigned int pin;

	if (!pin_base_valid(chip))
		return REFUSE(r, RULE_IRQCHIP_PIN_BASE, AT(cell, IRQCHIP, n), chip->pin_base);
	if (CONFIG_WITHIN_PAGE(chip->address))
		return REFUSE(r, RULE_IRQCHIP_ALIGNMENT, AT(cell, IRQCHIP, n), chip->address);
	if (chip->address >> config_phys_bits)
		return REFUSE(r, RULE_IRQCHIP_ADDRESS_WIDTH, AT(cell, IRQCHIP, n), chip->address, config_phys_bits);
	for (pin = CONFIG_IS_ARM ? IRQCHIP_BITS : CONFIG_MAX_IOAPIC_PINS; pin < IRQCHIP_BITS; pin++)
		if (irqchip_has_pin(chip, pin))
			return REFUSE(r, RULE_IRQCHIP_PINS, AT(cell, IRQCHIP, n), pin, CONFIG_MAX_IOAPIC_PINS);
	return 0;
}

static int check_irqchips(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = 0;
	__u32 n;

	if (cell->num_irqchips > CONFIG_MAX_IRQCHIPS)
		return REFUSE(r, RULE_IRQCHIP_COUNT, AT(cell, HEADER, 0), cell->num_irqchips, CONFIG_MAX_IRQCHIPS);
	for (n = 0; !err && n < cell->num_irqchips; n++)
		err = check_irqchip(cell, n, r);
	return err;
}

#define PCI_CONFIG_PORTS	0xcf8
#define PCI_CONFIG_PORTS_COUNT	8

static int check_pio_range(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pio *p = &cell->pio[n];

	if (CONFIG_IS_ARM)
		return REFUSE(r, RULE_PIO_ARCH, AT(cell, PIO, n), p->base);
	if (p->length == 0)
		return REFUSE(r, RULE_PIO_EMPTY, AT(cell, PIO, n), p->base);
	if ((__u32)p->base + p->length > 0x10000)
		return REFUSE(r, RULE_PIO_WRAP, AT(cell, PIO, n), p->base, p->length);
	if (range_overlap(p->base, p->length, PCI_CONFIG_PORTS, PCI_CONFIG_PORTS_COUNT))
		return REFUSE(r, RULE_PIO_PCI_CONFIG, AT(cell, PIO, n), p->base, (__u64)p->base + p->length - 1);
	return 0;
}

static int check_pio(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = 0;
	__u32 n;

	for (n = 0; !err && n < cell->num_pio; n++)
		err = check_pio_range(cell, n, r);
	return err;
}

/* --- what no number may have twice --- */

/* The same memory twice in one cell: harmless when root has it as well, or when neither name allows to write. */
static bool regions_clash(const struct claim *a, const struct claim *b, __u64 *first)
{
	__u64 x = a->by.cell->mem[a->by.index].flags, y = b->by.cell->mem[b->by.index].flags;

	return !(x & y & JAILHOUSE_MEM_ROOTSHARED) && (x | y) & JAILHOUSE_MEM_WRITE;
}

/* A GIC may be named once for each part of it. */
static bool irqchips_clash(const struct claim *a, const struct claim *b, __u64 *first)
{
	*first = a->by.cell->irqchips[a->by.index].address;
	return true;
}

static const struct overlap_rule nothing_twice[] = {
	{ CLAIM_VIRT, RULE_MEMORY_OVERLAP_VIRT, NULL },
	{ CLAIM_PHYS, RULE_MEMORY_OVERLAP_PHYS, regions_clash },
	{ CLAIM_IRQCHIP, RULE_IRQCHIP_TWICE, irqchips_clash },
	{ CLAIM_PORT, RULE_PIO_OVERLAP, NULL },
	{ CLAIM_PCI, RULE_PCI_TWICE, NULL },
	{ CLAIM_MSIX, RULE_PCI_MSIX_TWICE, NULL },
};

/* --- console, streams, all of it --- */

#define KNOWN_CONSOLE_FLAGS \
	(JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4 | JAILHOUSE_CON_FB_1920x1080 | JAILHOUSE_CON_INVERTED_GATE | \
	 JAILHOUSE_CON_MDR_QUIRK)

#define UART_8250_REGISTERS	8

static int check_8250(const struct jailhouse_console *console, bool debug, struct item what, struct jailhouse_refusal *r)
{
	__u64 registers = UART_8250_REGISTERS * (console->flags & JAILHOUSE_CON_REGDIST_4 ? 4 : 1);
	__u64 end;

	if (!(console->flags & JAILHOUSE_CON_ACCESS_MMIO)) {
		if (CONFIG_IS_ARM || !range_contains(0, 0x10000, console->address, registers))
			return REFUSE(r, RULE_CONSOLE_ADDRESS, what, console->address);
		return 0;
	}
	/* A cell maps its console by a memory region; only the hypervisor's own needs a size. */
	if (debug && (console->size < registers || !range_end(console->address, console->size, &end)))
		return REFUSE(r, RULE_CONSOLE_SIZE, what, console->address, console->size);
	return 0;
}

#define FB_FLAGS (JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1920x1080)

/* Whole pages, because the hypervisor maps it. A cell maps its own, as it maps a UART. */
static int check_efifb(const struct jailhouse_console *console, bool debug, struct item what, struct jailhouse_refusal *r)
{
	__u64 needed = JAILHOUSE_CON_FB_SIZE(console->flags);

	if ((console->flags | JAILHOUSE_CON_FB_1920x1080) != FB_FLAGS)
		return REFUSE(r, RULE_CONSOLE_FB_FLAGS, what, console->flags);
	if (debug && (console->size < needed || CONFIG_WITHIN_PAGE(console->address) ||
		      !range_fits(console->address, console->size, config_phys_bits)))
		return REFUSE(r, RULE_CONSOLE_FB_MEMORY, what, console->address, console->size, needed);
	return 0;
}

/* The hypervisor maps a page of registers, and one with the clock's, which has 32 bits. */
static int check_mapping(const struct jailhouse_console *console, struct item what, struct jailhouse_refusal *r)
{
	bool is_uart = console->flags & JAILHOUSE_CON_ACCESS_MMIO && console->type != JAILHOUSE_CON_TYPE_EFIFB;

	if (console->address >> config_phys_bits || console->clock_reg >> config_phys_bits || console->clock_reg & 3 ||
	    (is_uart && CONFIG_WITHIN_PAGE(console->address) > CONFIG_PAGE_SIZE - CONFIG_UART_SIZE))
		return REFUSE(r, RULE_CONSOLE_PLACE, what, console->address, console->clock_reg, config_phys_bits);
	return 0;
}

int config_check_console(const struct jailhouse_console *console, bool debug, const struct cell_view *cell,
			 struct jailhouse_refusal *r)
{
	struct item what = AT(cell, CONSOLE, 0);
	int err = 0;

	if (console->type == JAILHOUSE_CON_TYPE_NONE)
		return 0;
	if (console->type > JAILHOUSE_CON_TYPE_SCIF)
		return REFUSE(r, RULE_CONSOLE_TYPE, what, console->type);
	if (console->flags & ~KNOWN_CONSOLE_FLAGS)
		return REFUSE(r, RULE_CONSOLE_FLAGS, what, (__u64)console->flags & ~(__u64)KNOWN_CONSOLE_FLAGS);
	if (console->clock_reg && console->gate_nr > 31)
		return REFUSE(r, RULE_CONSOLE_GATE, what, console->gate_nr);
	if (console->type == JAILHOUSE_CON_TYPE_8250)
		err = check_8250(console, debug, what, r);
	else if (console->type == JAILHOUSE_CON_TYPE_EFIFB)
		err = check_efifb(console, debug, what, r);
	return err || !debug ? err : check_mapping(console, what, r);
}

/* Numbers of the descriptor that need no function of their own */
static int check_numbers(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u64 timeout = cell->desc->msg_reply_timeout;

	if (timeout > CONFIG_MAX_REPLY_TIMEOUT_US)
		return REFUSE(r, RULE_REPLY_TIMEOUT, AT(cell, HEADER, 0), timeout, CONFIG_MAX_REPLY_TIMEOUT_US);
	if (cell->num_stream_ids && !CONFIG_IS_ARM)
		return REFUSE(r, RULE_STREAM_ID_ARCH, AT(cell, HEADER, 0), cell->num_stream_ids);
	return 0;
}

int config_check_cell(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	return check_name(cell, r) ?:
		check_flags(cell, r) ?:
		check_extension(cell, r) ?:
		check_numbers(cell, r) ?:
		config_check_console(&cell->desc->console, false, cell, r) ?:
		check_cpus(cell, r) ?:
		check_memory(cell, r) ?:
		check_cache(cell, r) ?:
		check_irqchips(cell, r) ?:
		check_pio(cell, r) ?:
		config_check_pci(cell, r) ?:
		config_check_overlaps(cell, cell, nothing_twice, sizeof(nothing_twice) / sizeof(nothing_twice[0]), r);
}

int config_check_cell_id(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	if (cell->desc->id == 0)
		return REFUSE(r, RULE_ID_ROOT, AT(cell, HEADER, 0));
	/* an empty slot of the status page, and "none" in refusals */
	if (cell->desc->id == 0xffffffff)
		return REFUSE(r, RULE_ID_RESERVED, AT(cell, HEADER, 0), 0xffffffff);
	return 0;
}
