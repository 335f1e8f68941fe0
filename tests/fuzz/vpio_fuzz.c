// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c hypervisor/vdev/x86/vpio.c tests/unit/vdev_mock.c hypervisor/core/mmio.c hypervisor/mm/page_pool.c
 * hypervisor/core/ownership.c common/config/
 */
/*
 * Ports: permission maps out of any lists, and intercepted accesses.
 *
 * Held: the map is, port by port, what the lists say; an access that is emulated never reaches a port of hardware but the keyboard
 * controller's command port, and that only for its owner and not to reset the machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <unit/vdev_mock.h>
#include "fuzz.h"

#define BITMAP_SIZE	(3 * 4096)
#define MAX_RANGES	6
#define PM_TIMER	0x608

static struct jailhouse_pio root_ports[MAX_RANGES], cell_ports[MAX_RANGES];
static u32 pci_accesses;

enum vdev_result vpci_cfg_access(struct vcpu *v, u16 bdf, u16 offset, unsigned int size, bool is_write, u32 *value)
{
	FUZZ_CHECK(size == 1 || size == 2 || size == 4);
	FUZZ_CHECK(offset < 256 && offset % size == 0 && offset + size <= 256);
	FUZZ_CHECK(v->pcpu->cell->pci_address_port >> 31);
	pci_accesses++;
	return VDEV_OK;
}

/* One byte a port: does @c's list name it? */
static void paint(const struct cell *c, u8 *ports, u8 colour)
{
	u32 n, base;

	for (n = 0; n < c->view.num_pio; n++) {
		base = c->view.pio[n].base;
		memset(ports + base, colour, base + c->view.pio[n].length > 0x10000 ? 0x10000 - base : c->view.pio[n].length);
	}
}

static void paint_owned(const struct cell *c, u8 *ports)
{
	memset(ports, 0, 0x10000);
	paint(c, ports, 1);
	if (c == &mock.root)
		paint(&mock.cell, ports, 0);
}

static void check_map(struct cell *c)
{
	static u8 bitmap[BITMAP_SIZE], open[0x10000];
	u32 byte, bit, expected;

	memset(bitmap, 0x5a, sizeof(bitmap));
	vpio_fill_bitmap(c, bitmap);
	paint_owned(c, open);
	memset(open + PM_TIMER, 1, 4);
	open[0x64] = 0;
	memset(open + 0xcf8, 0, 8);
	for (byte = 0; byte < 0x10000 / 8; byte++) {
		for (expected = bit = 0; bit < 8; bit++)
			expected |= !open[8 * byte + bit] << bit;
		FUZZ_CHECK(bitmap[byte] == expected);
	}
	for (; byte < BITMAP_SIZE; byte++)
		FUZZ_CHECK(bitmap[byte] == 0xff);
}

static bool owns_keyboard(const struct cell *c)
{
	static u8 owned[0x10000];

	paint_owned(c, owned);
	return owned[0x64];
}

static void check_access(struct cell *c, struct fuzz_input *in)
{
	static const u16 likely[] = { 0x64, 0xcf8, 0xcfc, 0xcfd, 0xcfe, 0xcff, 0x80, 0x60 };
	u8 choice = fuzz_take(in, 1);
	struct pio_access a = { .port = choice & 0x80 ? (u16)fuzz_take(in, 2) : likely[choice & 7], .size = 1 << (choice >> 3 & 3) % 3,
				.is_write = choice & 0x20, .value = fuzz_take(in, 4) };
	u32 before = mock.pio.count, pci_before = pci_accesses;
	enum vdev_result result = vpio_access(&mock.vcpus[c == &mock.cell ? 2 : 0], &a);

	if (mock.pio.count != before) {
		FUZZ_CHECK(a.port == 0x64 && mock.pio.port == 0x64 && mock.pio.size == 1 && owns_keyboard(c) && result == VDEV_OK);
		if (a.is_write)
			FUZZ_CHECK(mock.pio.value < 0xf0 && mock.pio.value != 0xd1);
	}
	if (pci_accesses != pci_before)
		FUZZ_CHECK(a.port >= 0xcfc && a.port <= 0xcff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 counts = fuzz_take(&in, 1);
	u32 n;

	mock_setup(NULL);
	for (n = 0; n < MAX_RANGES; n++)
		root_ports[n] = (struct jailhouse_pio){ fuzz_take(&in, 2), fuzz_take(&in, 2) };
	for (n = 0; n < MAX_RANGES; n++)
		cell_ports[n] = (struct jailhouse_pio){ fuzz_take(&in, 2), fuzz_take(&in, 1) };
	mock.root.view.pio = root_ports;
	mock.cell.view.pio = cell_ports;
	mock.root.view.num_pio = (counts & 0xf) % (MAX_RANGES + 1);
	mock.cell.view.num_pio = (counts >> 4) % (MAX_RANGES + 1);
	mock.config.platform_info.x86.pm_timer_address = PM_TIMER;
	check_map(&mock.root);
	check_map(&mock.cell);
	while (in.size)
		check_access(fuzz_take(&in, 1) & 1 ? &mock.cell : &mock.root, &in);
	return 0;
}
