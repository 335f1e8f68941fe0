// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c hypervisor/vdev/x86/vioapic.c hypervisor/vdev/x86/irq_route.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c common/config/rules.c
 */
/*
 * The IOAPIC: any sequence of register accesses by root and by a cell, while pins go back and forth between them.
 *
 * Held at every write to hardware, also between the halves of an entry: an unmasked entry reaches nobody but CPUs of the pin's owner, by
 * fixed or lowest-priority delivery (ExtINT for root alone); pins that nobody has by configuration stay as they were.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <unit/vdev_mock.h>
#include "fuzz.h"

#define BASE		0xfec00000ULL
#define PINS		24
#define ROOT_PINS	0x00ffffu
#define CELL_PINS	0x0000d8u
#define NOBODYS_ENTRY	(0x10000ULL | 0x42)
#define MASKED		0x10000ULL
#define LEVEL		0x8000ULL
#define REMOTE_IRR	0x4000ULL
#define LOGICAL		0x800ULL

static struct jailhouse_irqchip root_chips[] = { { .address = BASE, .pin_bitmap = { ROOT_PINS } } };
static struct jailhouse_irqchip cell_chips[] = { { .address = BASE, .pin_bitmap = { CELL_PINS } } };

static struct {
	u32 index;
	u64 entries[PINS];
} chip;
static bool cell_is_there, changing;
static u32 used;	/* pages, before anything was prepared */

static const struct cell *owner_of(u32 pin)
{
	return cell_is_there && CELL_PINS >> pin & 1 ? &mock.cell : &mock.root;
}

static void check_entry(u32 pin)
{
	u64 entry = chip.entries[pin], destination = entry >> 56;
	u32 mode = entry >> 8 & 7, cpu, reached = 0;

	if (!(ROOT_PINS >> pin & 1))
		FUZZ_CHECK((entry & ~REMOTE_IRR) == NOBODYS_ENTRY);
	if ((entry & MASKED) || changing)
		return;
	FUZZ_CHECK(mode <= 1 || (mode == 7 && owner_of(pin) == &mock.root));
	FUZZ_CHECK(mode == 7 || (entry & 0xff) >= 0x10);
	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		if (entry & LOGICAL ? !(destination >> cpu & 1) : destination != MOCK_HW_ID(cpu))
			continue;
		FUZZ_CHECK(mock.pcpus[cpu].cell == owner_of(pin));
		reached++;
	}
	FUZZ_CHECK(reached);
}

static void check_all(void)
{
	u32 pin;

	for (pin = 0; pin < PINS; pin++)
		check_entry(pin);
}

static u64 model_read(u64 addr, unsigned int size)
{
	FUZZ_CHECK(size == 4 && (addr == BASE || addr == BASE + 0x10));
	if (addr == BASE)
		return chip.index;
	if (chip.index == 1)
		return (PINS - 1) << 16 | 0x20;
	if (chip.index < 0x10 || chip.index >= 0x10 + 2 * PINS)
		return 0;
	return (u32)(chip.entries[(chip.index - 0x10) / 2] >> (chip.index & 1 ? 32 : 0));
}

static void model_write(u64 addr, unsigned int size, u64 value)
{
	u64 *entry;

	/* the EOI register of hardware ends interrupts of other owners' pins: it is not used */
	FUZZ_CHECK(size == 4 && (addr == BASE || addr == BASE + 0x10));
	if (addr == BASE) {
		chip.index = (u32)value;
		return;
	}
	FUZZ_CHECK(chip.index >= 0x10 && chip.index < 0x10 + 2 * PINS);
	entry = &chip.entries[(chip.index - 0x10) / 2];
	if (chip.index & 1)
		*entry = (u32)*entry | value << 32;
	else
		*entry = (*entry & 0xffffffff00000000) | (*entry & (value & LEVEL ? REMOTE_IRR : 0)) | (value & ~REMOTE_IRR);
	check_entry((chip.index - 0x10) / 2);
}

static void set_up(void)
{
	u32 pin;

	mock_setup(NULL);
	used = mock.sys.pool.used;
	memset(&chip, 0, sizeof(chip));
	for (pin = 0; pin < PINS; pin++)
		chip.entries[pin] = ROOT_PINS >> pin & 1 ? MASKED : NOBODYS_ENTRY;
	chip.entries[4] = LOGICAL | 1ULL << 56 | 0x34;
	cell_is_there = changing = false;
	mock.device_read = model_read;
	mock.device_write = model_write;
	mock.root.view.irqchips = root_chips;
	mock.cell.view.irqchips = cell_chips;
	mock.root.view.num_irqchips = mock.cell.view.num_irqchips = 1;
	mock_root_alone();
	FUZZ_CHECK(!mock_prepare(&subsys_ioapic, &mock.root));
}

/* CPUs have changed hands already when the pins follow: what root had aimed at them stands for that moment. */
static void change_owner(void)
{
	changing = true;
	if (cell_is_there) {
		cell_is_there = false;
		mock_release(&subsys_ioapic);
		mock_abort(&subsys_ioapic, &mock.cell);
	} else {
		FUZZ_CHECK(!mock_prepare(&subsys_ioapic, &mock.cell));
		cell_is_there = true;
		mock_commit(&subsys_ioapic);
	}
	changing = false;
}

static u64 random_value(struct fuzz_input *in, u32 place)
{
	u8 kind = fuzz_take(in, 1);

	if (place == 0)
		return 0x10 + kind % (2 * PINS + 2);
	if (kind < 80)
		return (u32)(kind & 0x3f) << 24;		/* a destination */
	return kind < 160 ? (u32)(0x30 + (kind & 7) + (kind & 8 ? LEVEL : 0) + (kind & 16 ? LOGICAL : 0)) : fuzz_take(in, 4);
}

static void access_register(struct fuzz_input *in, unsigned int cpu)
{
	static const u16 places[] = { 0, 0, 0x10, 0x10, 0x10, 0x40, 0x20, 0x14 };
	u8 choice = fuzz_take(in, 1);
	u32 place = places[choice & 7];
	u64 value = random_value(in, place);

	mock_mmio(&mock.vcpus[cpu], BASE + place, choice & 0x18 ? 4 : 1 << (choice >> 6), choice & 0x20 || place == 0, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 step;

	set_up();
	while (in.size) {
		step = fuzz_take(&in, 1);
		if (step < 200)
			access_register(&in, step & 1 && cell_is_there ? 2 : 0);
		else if (step < 220)
			change_owner();
		else if (step < 230 && cell_is_there)
			subsys_ioapic.cell_reset(&mock.sys, &mock.cell);
		else
			chip.entries[step % PINS] |= chip.entries[step % PINS] & LEVEL ? REMOTE_IRR : 0;
		check_all();
	}
	if (cell_is_there)
		change_owner();
	check_all();
	mock_abort(&subsys_ioapic, &mock.root);
	FUZZ_CHECK(mock.sys.pool.used == used);
	return 0;
}
