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
#include <hv/cell_ops.h>
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

/** One redirection entry, and its two registers. */
union ioapic_entry {
	u64 all;
	u32 half[2];
};

/**
 * struct ioapic_pin - @entries: as its owner wrote it; [0]: root's, also while another cell has the
 * pin, [1]: that cell's
 */
struct ioapic_pin {
	const struct cell *owner;	/* NULL: nobody's */
	union ioapic_entry entries[2];
};

/** struct ioapic - physical chip; one for each of root's irqchips */
struct ioapic {
	u64 address;
	u32 pin_count;
	/* guards index/data pair in hardware, the pins and the index registers of views */
	spinlock_t lock;
	struct ioapic_pin pins[CONFIG_MAX_IOAPIC_PINS];
};

/** struct vioapic - one chip as one cell sees it; cell->ioapic: one for each of its irqchips */
struct vioapic {
	struct ioapic *chip;
	u32 index;			/* the cell's own index register */
};

#define CHIP_PAGES	(PAGE_ALIGN(sizeof(struct ioapic)) / PAGE_SIZE)
#define VIOAPIC_PAGES	(PAGE_ALIGN(CONFIG_MAX_IRQCHIPS * sizeof(struct vioapic)) / PAGE_SIZE)

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

static union ioapic_entry *owners_entry(struct ioapic_pin *p)
{
	return &p->entries[!cell_is_root(p->owner)];
}

static u64 permitted_entry(struct ioapic_pin *p)
{
	u64 entry = owners_entry(p)->all;

	return irq_entry_is_permitted(p->owner, entry) ? entry : entry | ENTRY_MASKED;
}

static void give_pin(struct ioapic *chip, u32 pin, const struct cell *owner)
{
	struct ioapic_pin *p = &chip->pins[pin];

	p->owner = owner;
	p->entries[1].all = ENTRY_MASKED;
	hw_write_entry(chip, pin, permitted_entry(p));
}

/* --- guest accesses --------------------------------------------------------------------------- */

static enum vdev_result write_entry(struct ioapic *chip, u32 reg, u32 value)
{
	u32 pin = (reg - REG_ENTRIES) / 2;
	struct ioapic_pin *p = &chip->pins[pin];
	union ioapic_entry wanted = *owners_entry(p);

	wanted.half[reg & 1] = value;
	wanted.all &= ENTRY_WRITABLE;
	if (!(wanted.all & ENTRY_MASKED) && !irq_entry_is_permitted(p->owner, wanted.all))
		return VDEV_DENIED;
	*owners_entry(p) = wanted;
	hw_write_entry(chip, pin, permitted_entry(p));
	return VDEV_OK;
}

static u32 read_entry(struct ioapic *chip, u32 reg)
{
	u32 read_only = reg & 1 ? 0 : ENTRY_READ_ONLY;

	return owners_entry(&chip->pins[(reg - REG_ENTRIES) / 2])->half[reg & 1] |
	       (hw_read(chip, reg) & read_only);
}

static enum vdev_result access_data(struct ioapic *chip, const struct cell *c, u32 reg,
				    struct mmio_access *a)
{
	u32 pin = (reg - REG_ENTRIES) / 2;
	bool owned = reg >= REG_ENTRIES && pin < chip->pin_count && chip->pins[pin].owner == c;

	if (a->is_write)
		return owned ? write_entry(chip, reg, (u32)a->value) : VDEV_SKIP;
	if (reg < REG_ENTRIES)
		a->value = hw_read(chip, reg);
	else
		a->value = owned ? read_entry(chip, reg) : 0;
	return VDEV_OK;
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

static void end_interrupts(struct ioapic *chip, const struct cell *c, u8 vector)
{
	u32 pin;

	for (pin = 0; pin < chip->pin_count; pin++) {
		struct ioapic_pin *p = &chip->pins[pin];

		if (p->owner == c && (owners_entry(p)->all & ENTRY_LEVEL) &&
		    (u8)owners_entry(p)->all == vector)
			end_interrupt(chip, pin);
	}
}

static enum vdev_result access_register(struct vioapic *view, const struct cell *c,
					struct mmio_access *a)
{
	switch (a->addr.v - view->chip->address) {
	case OFFSET_INDEX:
		if (a->is_write)
			view->index = a->value & 0xff;
		a->value = view->index;
		return VDEV_OK;
	case OFFSET_DATA:
		return access_data(view->chip, c, view->index, a);
	case OFFSET_EOI:
		if (!a->is_write)
			return VDEV_SKIP;
		end_interrupts(view->chip, c, (u8)a->value);
		return VDEV_OK;
	default:
		return VDEV_SKIP;
	}
}

static enum vdev_result vioapic_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	struct vioapic *view = arg;
	enum vdev_result result;

	if (a->size != 4)
		return VDEV_DENIED;
	spin_lock(&view->chip->lock);
	result = access_register(view, v->pcpu->cell, a);
	spin_unlock(&view->chip->lock);
	return result;
}

/* --- life of a cell --------------------------------------------------------------------------- */

static bool pin_in_config(const struct jailhouse_irqchip *config, u32 pin)
{
	return config->pin_bitmap[pin / 32] >> (pin % 32) & 1;
}

static struct ioapic *find_chip(const struct cell *root, u64 address)
{
	u32 i;

	for (i = 0; root->ioapic && i < root->view.num_irqchips; i++)
		if (root->view.irqchips[i].address == address)
			return root->ioapic[i].chip;
	return NULL;
}

static int refuse_chip(struct system *s, const struct cell *c, u32 index, u32 version)
{
	return REFUSE(s, RULE_IOAPIC_ABSENT, .cell = c, .object = JAILHOUSE_OBJ_IRQCHIP, .index = index,
		      .value = { c->view.irqchips[index].address, version });
}

/* Only reads: Linux's entries stay as they are. */
static int adopt_chip(struct system *s, struct cell *root, u32 index)
{
	const struct jailhouse_irqchip *config = &root->view.irqchips[index];
	struct ioapic *chip = page_alloc(&s->pool, CHIP_PAGES);
	u32 version, pin;

	if (!chip)
		return -HV_ENOMEM;
	root->ioapic[index].chip = chip;
	chip->address = config->address;
	version = hw_read(chip, REG_VERSION);
	chip->pin_count = (version >> 16 & 0xff) + 1;
	if (version == 0 || version == 0xffffffff || chip->pin_count > CONFIG_MAX_IOAPIC_PINS)
		return refuse_chip(s, root, index, version);
	for (pin = 0; pin < chip->pin_count; pin++) {
		if (!pin_in_config(config, pin))
			continue;
		chip->pins[pin].owner = root;
		chip->pins[pin].entries[0].all = hw_read_entry(chip, pin) & ENTRY_WRITABLE;
	}
	return 0;
}

static int add_view(struct system *s, struct cell *c, u32 index)
{
	u64 address = c->view.irqchips[index].address;
	int err = cell_is_root(c) ? adopt_chip(s, c, index) : 0;

	if (err)
		return err;
	c->ioapic[index].chip = find_chip(cell_is_root(c) ? c : s->root, address);
	if (!c->ioapic[index].chip)
		return refuse_chip(s, c, index, 0);
	return mmio_register(c, address, PAGE_SIZE, vioapic_access, &c->ioapic[index]);
}

static void vioapic_cell_abort(struct system *s, struct cell *c)
{
	u32 i;

	if (!c->ioapic)
		return;
	for (i = 0; cell_is_root(c) && i < c->view.num_irqchips && c->ioapic[i].chip; i++)
		page_free(&s->pool, c->ioapic[i].chip, CHIP_PAGES);
	page_free(&s->pool, c->ioapic, VIOAPIC_PAGES);
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

	for (i = 0; !err && i < c->view.num_irqchips; i++)
		err = add_view(s, c, i);
	if (err)
		vioapic_cell_abort(s, c);
	return err;
}

/* Those of @from's pins that @c's configuration names are @to's now: masked, or as root left them. */
static void move_pins(struct cell *c, const struct cell *from, const struct cell *to)
{
	u32 i, pin;

	for (i = 0; c->ioapic && i < c->view.num_irqchips; i++) {
		struct ioapic *chip = c->ioapic[i].chip;

		spin_lock(&chip->lock);
		for (pin = 0; pin < chip->pin_count; pin++)
			if (chip->pins[pin].owner == from && pin_in_config(&c->view.irqchips[i], pin))
				give_pin(chip, pin, to);
		spin_unlock(&chip->lock);
	}
}

/*
 * Root's CPUs changed: entries that aim at a lost CPU go quiet, those at a regained one work again.
 * @always: Linux takes over, with what it wrote, whether we would have permitted it or not.
 */
static void sync_pin(struct ioapic *chip, u32 pin, bool always)
{
	struct ioapic_pin *p = &chip->pins[pin];
	u64 entry = always ? owners_entry(p)->all : permitted_entry(p);

	if (entry != (hw_read_entry(chip, pin) & ENTRY_WRITABLE))
		hw_write_entry(chip, pin, entry);
}

static void sync_root(const struct cell *root, bool always)
{
	u32 i, pin;

	for (i = 0; root && root->ioapic && i < root->view.num_irqchips; i++) {
		struct ioapic *chip = root->ioapic[i].chip;

		spin_lock(&chip->lock);
		for (pin = 0; pin < chip->pin_count; pin++)
			if (chip->pins[pin].owner == root)
				sync_pin(chip, pin, always);
		spin_unlock(&chip->lock);
	}
}

static void vioapic_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	move_pins(c, s->root, c);
	sync_root(s->root, false);
}

static void vioapic_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	move_pins(c, c, s->root);
	sync_root(s->root, false);
}

static void vioapic_cell_reset(struct system *s, struct cell *c)
{
	if (!cell_is_root(c))
		move_pins(c, c, c);
}

static void vioapic_shutdown(struct system *s)
{
	sync_root(s->root, true);
}

const struct subsys_ops subsys_ioapic = {
	.name = "ioapic",
	.cell_prepare = vioapic_cell_prepare,
	.cell_abort = vioapic_cell_abort,
	.cell_commit = vioapic_cell_commit,
	.cell_release = vioapic_cell_release,
	.cell_reset = vioapic_cell_reset,
	.shutdown = vioapic_shutdown,
};
