// SPDX-License-Identifier: GPL-2.0
/*
 * vioapic - each cell's view of the IOAPICs (82093AA data sheet, chapter 3)
 *
 * A pin has one owner; the others read 0 and write into the void. The owner's entry is kept as
 * written; hardware gets it unless it is unmasked and aims beyond the owner's CPUs. When CPUs
 * change hands, entries are judged again.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <hv/x86/vdev.h>
#include "irq_route.h"

#define OFFSET_INDEX		0x00
#define OFFSET_DATA		0x10
#define OFFSET_EOI		0x40

#define REG_VERSION		0x01
#define REG_ENTRIES		0x10

#define ENTRY_STATUS		(1ULL << 12)	/* read only */
#define ENTRY_REMOTE_IRR	(1ULL << 14)	/* read only */
#define ENTRY_LEVEL		(1ULL << 15)
#define ENTRY_MASKED		(1ULL << 16)
#define ENTRY_READ_ONLY		(ENTRY_STATUS | ENTRY_REMOTE_IRR)
#define ENTRY_WRITABLE		(0xff0000000001afffULL & ~ENTRY_READ_ONLY)

/**
 * struct ioapic_pin - @route.raw_data: entry as its owner wrote it; @root_entry: root's, while
 * another cell has the pin
 */
struct ioapic_pin {
	const struct cell *owner;
	struct irq_route route;
	u64 root_entry;
};

/** struct ioapic - physical chip; one for each of root's irqchips */
struct ioapic {
	u64 address;
	u32 pin_count;
	spinlock_t lock;		/* guards index/data pair in hardware and the pins */
	struct ioapic_pin pins[CONFIG_MAX_IOAPIC_PINS];
};

/** struct vioapic_view - one chip as one cell sees it */
struct vioapic_view {
	struct ioapic *chip;
	u32 index;			/* the cell's own index register */
};

struct vioapic {
	u32 count;
	struct vioapic_view views[CONFIG_MAX_IRQCHIPS];
	/* root only */
	struct ioapic *chips[CONFIG_MAX_IRQCHIPS];
	u32 chip_count;
};

#define CHIP_PAGES	(PAGE_ALIGN(sizeof(struct ioapic)) / PAGE_SIZE)
#define VIOAPIC_PAGES	(PAGE_ALIGN(sizeof(struct vioapic)) / PAGE_SIZE)

/* --- hardware; needs chip->lock --------------------------------------------------------------- */

static u32 hw_read(const struct ioapic *chip, u32 reg)
{
	arch_device_write(hpa(chip->address + OFFSET_INDEX), 4, reg);
	return (u32)arch_device_read(hpa(chip->address + OFFSET_DATA), 4);
}

static void hw_write(const struct ioapic *chip, u32 reg, u32 value)
{
	arch_device_write(hpa(chip->address + OFFSET_INDEX), 4, reg);
	arch_device_write(hpa(chip->address + OFFSET_DATA), 4, value);
}

static u64 hw_read_entry(const struct ioapic *chip, u32 pin)
{
	u64 low = hw_read(chip, REG_ENTRIES + 2 * pin);

	return low | (u64)hw_read(chip, REG_ENTRIES + 2 * pin + 1) << 32;
}

/* An unmasked half-written entry must not exist: masked first, the half with the mask bit last. */
static void hw_write_entry(const struct ioapic *chip, u32 pin, u64 entry)
{
	hw_write(chip, REG_ENTRIES + 2 * pin, (u32)(entry | ENTRY_MASKED));
	hw_write(chip, REG_ENTRIES + 2 * pin + 1, entry >> 32);
	if (!(entry & ENTRY_MASKED))
		hw_write(chip, REG_ENTRIES + 2 * pin, (u32)entry);
}

/* --- pins; need chip->lock -------------------------------------------------------------------- */

static bool pin_in_config(const struct jailhouse_irqchip *config, u32 pin)
{
	return config->pin_bitmap[pin / 32] >> (pin % 32) & 1;
}

static u64 permitted_entry(struct ioapic_pin *p)
{
	u64 entry = p->route.raw_data;

	return irq_route_decode_pin(p->owner, &p->route) ? entry : entry | ENTRY_MASKED;
}

static void sync_pin(struct ioapic *chip, u32 pin)
{
	hw_write_entry(chip, pin, permitted_entry(&chip->pins[pin]));
}

static void give_pin(struct ioapic *chip, u32 pin, const struct cell *owner, u64 entry)
{
	struct ioapic_pin *p = &chip->pins[pin];

	p->owner = owner;
	p->route.raw_data = entry | ENTRY_MASKED;
	sync_pin(chip, pin);
}

/* --- guest accesses --------------------------------------------------------------------------- */

static u32 read_entry_half(struct ioapic *chip, const struct cell *c, u32 reg)
{
	u32 pin = (reg - REG_ENTRIES) / 2;
	u64 entry;

	if (pin >= chip->pin_count || chip->pins[pin].owner != c)
		return 0;
	entry = chip->pins[pin].route.raw_data | (hw_read_entry(chip, pin) & ENTRY_READ_ONLY);
	return reg & 1 ? entry >> 32 : (u32)entry;
}

static enum vdev_result write_entry_half(struct ioapic *chip, const struct cell *c, u32 reg,
					 u32 value)
{
	u32 pin = (reg - REG_ENTRIES) / 2;
	struct irq_route wanted;
	u64 entry;

	if (pin >= chip->pin_count || chip->pins[pin].owner != c)
		return VDEV_SKIP;

	wanted = chip->pins[pin].route;
	entry = wanted.raw_data;
	entry = reg & 1 ? (u32)entry | (u64)value << 32 : (entry & ~0xffffffffULL) | value;
	wanted.raw_data = entry & ENTRY_WRITABLE;
	if (!irq_route_decode_pin(c, &wanted) && !wanted.masked)
		return VDEV_DENIED;
	chip->pins[pin].route = wanted;
	sync_pin(chip, pin);
	return VDEV_OK;
}

static enum vdev_result access_data(struct vioapic_view *view, const struct cell *c,
				    struct mmio_access *a)
{
	struct ioapic *chip = view->chip;
	u32 reg = READ_ONCE(view->index);
	enum vdev_result result = VDEV_OK;

	spin_lock(&chip->lock);
	if (a->is_write)
		result = reg < REG_ENTRIES ? VDEV_SKIP
					   : write_entry_half(chip, c, reg, (u32)a->value);
	else
		a->value = reg < REG_ENTRIES ? hw_read(chip, reg) : read_entry_half(chip, c, reg);
	spin_unlock(&chip->lock);
	return result;
}

/*
 * The hardware register would end the interrupt of every pin with that vector, whoever owns it.
 * Making an entry edge-triggered for a moment ends it for one pin (82093AA, 3.2.4: remote IRR is
 * meaningless then; Linux does the same where the register is missing).
 */
static void end_interrupt(struct ioapic *chip, u32 pin)
{
	u64 entry = permitted_entry(&chip->pins[pin]);

	if (!(hw_read_entry(chip, pin) & ENTRY_REMOTE_IRR))
		return;
	hw_write(chip, REG_ENTRIES + 2 * pin, (u32)((entry | ENTRY_MASKED) & ~ENTRY_LEVEL));
	hw_write_entry(chip, pin, entry);
}

static enum vdev_result access_eoi(struct ioapic *chip, const struct cell *c, struct mmio_access *a)
{
	u32 pin;

	if (!a->is_write)
		return VDEV_SKIP;
	spin_lock(&chip->lock);
	for (pin = 0; pin < chip->pin_count; pin++) {
		const struct ioapic_pin *p = &chip->pins[pin];

		if (p->owner == c && (p->route.raw_data & ENTRY_LEVEL) &&
		    (u8)p->route.raw_data == (u8)a->value)
			end_interrupt(chip, pin);
	}
	spin_unlock(&chip->lock);
	return VDEV_OK;
}

static enum vdev_result access_index(struct vioapic_view *view, struct mmio_access *a)
{
	if (a->is_write)
		WRITE_ONCE(view->index, a->value & 0xff);
	else
		a->value = READ_ONCE(view->index);
	return VDEV_OK;
}

static enum vdev_result vioapic_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	struct vioapic_view *view = arg;
	struct cell *c = v->pcpu->cell;

	if (a->size != 4)
		return VDEV_DENIED;
	switch (a->addr.v - view->chip->address) {
	case OFFSET_INDEX:
		return access_index(view, a);
	case OFFSET_DATA:
		return access_data(view, c, a);
	case OFFSET_EOI:
		return access_eoi(view->chip, c, a);
	default:
		return VDEV_SKIP;
	}
}

/* --- life of a cell --------------------------------------------------------------------------- */

static u32 vioapic_mmio_regions(const struct cell *c)
{
	return c->view.num_irqchips;
}

static struct ioapic *find_chip(const struct cell *root, u64 address)
{
	struct vioapic *io = root->ioapic;
	u32 i;

	for (i = 0; io && i < io->chip_count; i++)
		if (io->chips[i]->address == address)
			return io->chips[i];
	return NULL;
}

static int refuse_chip(struct system *s, const struct cell *c, u32 index, u64 address, u32 version)
{
	struct jailhouse_refusal r;

	refusal_init(&r, RULE_IOAPIC_ABSENT);
	r.object = JAILHOUSE_OBJ_IRQCHIP;
	r.index = (u16)index;
	r.cell = (s32)c->id;
	r.value[0] = address;
	r.value[1] = version;
	return refuse(s, &r);
}

static void adopt_pins(struct ioapic *chip, const struct cell *root,
		       const struct jailhouse_irqchip *config)
{
	u32 pin;

	for (pin = 0; pin < chip->pin_count; pin++) {
		struct ioapic_pin *p = &chip->pins[pin];

		if (!pin_in_config(config, pin))
			continue;
		p->owner = root;
		p->route.source = config->id;
		p->route.index = (u16)pin;
		p->route.valid = true;
		p->route.raw_data = hw_read_entry(chip, pin) & ENTRY_WRITABLE;
	}
}

/* Only reads: Linux's entries stay as they are. */
static int add_chip(struct system *s, struct cell *root, u32 index)
{
	const struct jailhouse_irqchip *config = &root->view.irqchips[index];
	struct ioapic *chip = page_alloc(&s->pool, CHIP_PAGES);
	u32 version;

	if (!chip)
		return -HV_ENOMEM;
	chip->address = config->address;
	version = hw_read(chip, REG_VERSION);
	chip->pin_count = (version >> 16 & 0xff) + 1;
	if (version == 0 || version == 0xffffffff || chip->pin_count > CONFIG_MAX_IOAPIC_PINS) {
		page_free(&s->pool, chip, CHIP_PAGES);
		return refuse_chip(s, root, index, config->address, version);
	}
	adopt_pins(chip, root, config);
	root->ioapic->chips[root->ioapic->chip_count++] = chip;
	return 0;
}

static int add_view(struct system *s, struct cell *c, u32 index)
{
	struct vioapic *io = c->ioapic;
	struct vioapic_view *view = &io->views[io->count];
	u64 address = c->view.irqchips[index].address;
	int err;

	view->chip = find_chip(cell_is_root(c) ? c : s->root, address);
	if (!view->chip)
		return refuse_chip(s, c, index, address, 0);
	err = mmio_register(c, address, PAGE_SIZE, vioapic_access, view);
	if (!err)
		io->count++;
	return err;
}

static void vioapic_cell_abort(struct system *s, struct cell *c)
{
	struct vioapic *io = c->ioapic;
	u32 i;

	if (!io)
		return;
	for (i = 0; i < io->count; i++)
		mmio_unregister(c, io->views[i].chip->address);
	for (i = 0; i < io->chip_count; i++)
		page_free(&s->pool, io->chips[i], CHIP_PAGES);
	page_free(&s->pool, io, VIOAPIC_PAGES);
	c->ioapic = NULL;
}

static int vioapic_cell_prepare(struct system *s, struct cell *c)
{
	int err = 0;
	u32 i;

	if (c->view.num_irqchips > CONFIG_MAX_IRQCHIPS)
		return -HV_ERANGE;
	c->ioapic = page_alloc(&s->pool, VIOAPIC_PAGES);
	if (!c->ioapic)
		return -HV_ENOMEM;

	for (i = 0; !err && i < c->view.num_irqchips; i++) {
		if (cell_is_root(c))
			err = add_chip(s, c, i);
		if (!err)
			err = add_view(s, c, i);
	}
	if (err)
		vioapic_cell_abort(s, c);
	return err;
}

/* Call @f for every pin that @c's configuration names and its chip has. */
static void for_each_pin(struct system *s, struct cell *c,
			 void (*f)(struct ioapic *chip, u32 pin, struct cell *c))
{
	u32 i, pin;

	for (i = 0; i < c->view.num_irqchips; i++) {
		struct ioapic *chip = find_chip(s->root, c->view.irqchips[i].address);

		if (!chip)
			continue;
		spin_lock(&chip->lock);
		for (pin = 0; pin < chip->pin_count; pin++)
			if (chip->pins[pin].owner && pin_in_config(&c->view.irqchips[i], pin))
				f(chip, pin, c);
		spin_unlock(&chip->lock);
	}
}

static void take_from_root(struct ioapic *chip, u32 pin, struct cell *c)
{
	chip->pins[pin].root_entry = chip->pins[pin].route.raw_data;
	give_pin(chip, pin, c, 0);
}

static void return_to_root(struct ioapic *chip, u32 pin, struct cell *c)
{
	give_pin(chip, pin, c->sys->root, chip->pins[pin].root_entry);
}

static void mask_own(struct ioapic *chip, u32 pin, struct cell *c)
{
	if (chip->pins[pin].owner == c)
		give_pin(chip, pin, c, 0);
}

/*
 * Root's CPUs changed: entries that aim at a lost CPU go quiet, those at a regained one work again.
 */
static void judge_again(struct ioapic *chip, u32 pin, struct cell *c)
{
	struct ioapic_pin *p = &chip->pins[pin];

	if (p->owner == c && permitted_entry(p) != (hw_read_entry(chip, pin) & ENTRY_WRITABLE))
		sync_pin(chip, pin);
}

/* Linux takes over again: what it wrote, whether we would have permitted it or not. */
static void restore(struct ioapic *chip, u32 pin, struct cell *c)
{
	const struct ioapic_pin *p = &chip->pins[pin];

	if (p->owner == c && p->route.raw_data != (hw_read_entry(chip, pin) & ENTRY_WRITABLE))
		hw_write_entry(chip, pin, p->route.raw_data);
}

static void vioapic_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	for_each_pin(s, c, take_from_root);
	for_each_pin(s, s->root, judge_again);
}

static void vioapic_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	for_each_pin(s, c, return_to_root);
	for_each_pin(s, s->root, judge_again);
}

static void vioapic_cell_reset(struct system *s, struct cell *c)
{
	if (!cell_is_root(c))
		for_each_pin(s, c, mask_own);
}

static void vioapic_shutdown(struct system *s)
{
	if (s->root)
		for_each_pin(s, s->root, restore);
}

const struct subsys_ops subsys_ioapic = {
	.name = "ioapic",
	.mmio_regions = vioapic_mmio_regions,
	.cell_prepare = vioapic_cell_prepare,
	.cell_abort = vioapic_cell_abort,
	.cell_commit = vioapic_cell_commit,
	.cell_release = vioapic_cell_release,
	.cell_reset = vioapic_cell_reset,
	.shutdown = vioapic_shutdown,
};
