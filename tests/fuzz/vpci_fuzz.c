// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c hypervisor/vdev/vpci.c hypervisor/vdev/vpci_header.c
 * hypervisor/vdev/vpci_msi.c hypervisor/vdev/vpci_msix.c hypervisor/vdev/x86/irq_route.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c common/config/rules.c
 */
/*
 * PCI configuration space, MSI and MSI-X: any sequence of accesses by root and by a cell, while a device goes back and forth between
 * them and is reset.
 *
 * Held after every step: an enabled message in hardware is of fixed or lowest-priority delivery and reaches nobody but CPUs of the
 * device's owner; BARs in hardware are the machine's; what a cell does changes no function but its own; functions of others read as
 * all ones.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <unit/vdev_mock.h>
#include "fuzz.h"

#define NIC		0x0018		/* 00:03.0, goes back and forth */
#define BRIDGE		0x0020
#define DISK		0x0028
#define MMCONFIG	0xb0000000ULL
#define TABLE		0xfe100000ULL
#define VECTORS		4
#define MSI		0x50
#define MSIX		0x70
#define VENDOR		0x90

static struct jailhouse_pci_device devices[] = {
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = NIC, .bar_mask = { 0xfffff000, 0xfffff000, 0xffffffe0 }, .caps_start = 0,
	  .num_caps = 3, .num_msi_vectors = 4, .num_msix_vectors = VECTORS, .msix_region_size = 0x1000, .msix_address = TABLE },
	{ .type = JAILHOUSE_PCI_TYPE_BRIDGE, .bdf = BRIDGE },
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = DISK, .bar_mask = { 0xfffff000 }, .caps_start = 3, .num_caps = 1,
	  .num_msi_vectors = 1 },
};
/* The last but one is laid over MSI and MSI-X as writable: a configuration may be wrong about that. */
static struct jailhouse_pci_capability caps[] = {
	{ PCI_CAP_ID_MSI, MSI, 24, 0 }, { PCI_CAP_ID_MSIX, MSIX, 12, 0 },
	{ PCI_CAP_ID_VNDR, MSI, 0x48, JAILHOUSE_PCICAPS_WRITE }, { PCI_CAP_ID_MSI, MSI, 24, 0 },
};

static const struct { u16 bdf, offset; u8 size; u32 value; } power_on[] = {
	{ NIC, 0x00, 4, 0x10d38086 }, { NIC, 0x04, 4, 0x00100007 }, { NIC, 0x10, 4, 0xfe000000 }, { NIC, 0x14, 4, TABLE },
	{ NIC, 0x18, 4, 0x0000c001 }, { NIC, 0x34, 1, MSI },
	{ NIC, MSI, 4, 0x01847005 },		/* 64 bit, maskable, four vectors */
	{ NIC, MSIX, 4, 0x00039011 }, { NIC, MSIX + 4, 4, 0x00000001 }, { NIC, MSIX + 8, 4, 0x00000801 },
	{ NIC, VENDOR, 4, 0x00080009 },
	{ BRIDGE, 0x00, 4, 0x29408086 }, { BRIDGE, 0x04, 4, 0x00000007 }, { BRIDGE, 0x18, 4, 0x00010100 },
	{ DISK, 0x00, 4, 0x29228086 }, { DISK, 0x04, 4, 0x00100006 }, { DISK, 0x10, 4, 0xfe200000 }, { DISK, 0x34, 1, MSI },
	{ DISK, MSI, 4, 0x00060005 },		/* 32 bit, eight vectors */
};

static u32 table[0x1000 / 4];
static bool cell_has_nic;
static u32 used;	/* pages, before anything was prepared */

static u32 get(u16 bdf, u16 offset, unsigned int size)
{
	u32 value = 0;

	memcpy(&value, mock_pci_space(bdf) + offset, size);
	return value;
}

/* --- what may be in hardware ------------------------------------------------------------------ */

static const struct cell *owner_of(u16 bdf)
{
	return bdf == NIC && cell_has_nic ? &mock.cell : &mock.root;
}

static void check_message(u16 bdf, u64 address, u32 data)
{
	u32 destination = address >> 12 & 0xff, cpu, reached = 0;
	bool logical = address & 4;

	FUZZ_CHECK(address >> 20 == 0xfee);
	FUZZ_CHECK((data >> 8 & 7) <= 1 && (data & 0xff) >= 0x10);
	FUZZ_CHECK(logical || destination != 0xff);
	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		if (logical ? !(destination >> cpu & 1) : destination != MOCK_HW_ID(cpu))
			continue;
		FUZZ_CHECK(mock.pcpus[cpu].cell == owner_of(bdf));
		reached++;
	}
	FUZZ_CHECK(reached);
}

static void check_msi(u16 bdf)
{
	u32 control = get(bdf, MSI + 2, 2), data_at = MSI + (control & 0x80 ? 12 : 8);
	u64 address = get(bdf, MSI + 4, 4) | (control & 0x80 ? (u64)get(bdf, MSI + 8, 4) << 32 : 0);

	if (control & 1)
		check_message(bdf, address, get(bdf, data_at, 2));
}

static void check_vector(unsigned int n)
{
	if (!(table[4 * n + 3] & 1))
		check_message(NIC, table[4 * n] | (u64)table[4 * n + 1] << 32, table[4 * n + 2]);
}

static void check_hardware(void)
{
	unsigned int n;

	check_msi(NIC);
	check_msi(DISK);
	for (n = 0; n < VECTORS; n++)
		check_vector(n);
	FUZZ_CHECK(get(NIC, 0x10, 4) == 0xfe000000 && get(NIC, 0x14, 4) == TABLE && get(NIC, 0x18, 4) == 0xc001);
	FUZZ_CHECK(get(DISK, 0x10, 4) == 0xfe200000 && get(BRIDGE, 0x18, 4) == 0x00010100);
}

/* --- model of the table ----------------------------------------------------------------------- */

static bool decodes(void)
{
	return get(NIC, 0x04, 2) & 2;
}

static u64 table_read(u64 addr, unsigned int size)
{
	FUZZ_CHECK(size == 4 && addr >= TABLE && addr < TABLE + 0x1000);
	return decodes() ? table[(addr - TABLE) / 4] : 0xffffffff;
}

static void table_write(u64 addr, unsigned int size, u64 value)
{
	unsigned int vector = (addr - TABLE) / 16;

	FUZZ_CHECK(size == 4 && addr >= TABLE && addr < TABLE + 0x1000);
	/* behind the table nobody but hardware writes */
	FUZZ_CHECK(vector < VECTORS);
	if (!decodes())
		return;
	table[(addr - TABLE) / 4] = (u32)value;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void set_up(void)
{
	static const u16 bdfs[] = { NIC, BRIDGE, DISK };
	unsigned int n;

	mock_setup(NULL);
	used = mock.sys.pool.used;
	memset(table, 0, sizeof(table));
	for (n = 0; n < VECTORS; n++)
		table[4 * n + 3] = 1;
	for (n = 0; n < ARRAY_SIZE(bdfs); n++) {
		mock.pci[n].bdf = bdfs[n];
		mock.pci[n].present = true;
	}
	for (n = 0; n < ARRAY_SIZE(power_on); n++)
		memcpy(mock_pci_space(power_on[n].bdf) + power_on[n].offset, &power_on[n].value, power_on[n].size);
	cell_has_nic = false;
	mock.device_read = table_read;
	mock.device_write = table_write;
	mock.config.platform_info.pci_mmconfig_base = MMCONFIG;
	mock.config.platform_info.pci_mmconfig_end_bus = 0xff;
	mock.root.view.pci_devices = mock.cell.view.pci_devices = devices;
	mock.root.view.num_pci_devices = ARRAY_SIZE(devices);
	mock.cell.view.num_pci_devices = 1;
	mock.root.view.pci_caps = mock.cell.view.pci_caps = caps;
	mock.root.view.num_pci_caps = mock.cell.view.num_pci_caps = ARRAY_SIZE(caps);
	mock_root_alone();
	FUZZ_CHECK(!mock_prepare(&subsys_pci, &mock.root));
}

static void change_owner(void)
{
	if (cell_has_nic) {
		cell_has_nic = false;
		mock_release(&subsys_pci);
		mock_abort(&subsys_pci, &mock.cell);
		return;
	}
	FUZZ_CHECK(!mock_prepare(&subsys_pci, &mock.cell));
	cell_has_nic = true;
	mock_commit(&subsys_pci);
}

/* Identification, capability headers, the number of vectors and the bit that announces capabilities cannot be written in hardware; the model is plain memory. */
static void keep_read_only(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(power_on); n++) {
		u8 *place = mock_pci_space(power_on[n].bdf) + power_on[n].offset;

		if (power_on[n].offset == 0x04)
			place[2] |= 0x10;
		else if (power_on[n].offset < 0x10 || power_on[n].offset >= 0x34)
			memcpy(place, &power_on[n].value, power_on[n].size < 2 ? 1 : 2);
	}
	mock_pci_space(NIC)[MSIX + 2] = VECTORS - 1;
	mock_pci_space(NIC)[MSIX + 3] &= 0xc0;
}

/* Interesting places more often than others */
static u16 place(struct fuzz_input *in)
{
	u8 where = fuzz_take(in, 1);

	if (where < 0x60)
		return MSI + (where & 0x3f);
	return where < 0xf0 ? where : fuzz_take(in, 2) & 0x1fff;
}

static u32 random_value(struct fuzz_input *in)
{
	u8 kind = fuzz_take(in, 1);

	/* messages that are nearly right */
	if (kind < 64)
		return 0xfee00000 | fuzz_take(in, 1) << 12 | (kind & 0xc);
	return kind < 96 ? kind : (u32)fuzz_take(in, 4);
}

static void access_config(struct fuzz_input *in, unsigned int cpu)
{
	static const u16 bdfs[] = { NIC, NIC, NIC, BRIDGE, DISK, 0x30, 0xffff, 0x08 };
	u8 choice = fuzz_take(in, 1);
	u16 bdf = bdfs[choice & 7], offset = place(in);
	unsigned int size = (choice >> 3 & 7) < 6 ? 1u << (choice >> 3 & 7) % 3 : choice >> 6;
	bool is_write = choice & 0x40, is_owner = owner_of(bdf) == mock.pcpus[cpu].cell;
	unsigned int before = mock.pci[0].writes + mock.pci[1].writes + mock.pci[2].writes;
	u32 value = random_value(in);
	enum vdev_result result = vpci_cfg_access(&mock.vcpus[cpu], bdf, offset, size, is_write, &value);

	if (is_owner && (bdf == NIC || bdf == BRIDGE || bdf == DISK))
		return;
	FUZZ_CHECK(mock.pci[0].writes + mock.pci[1].writes + mock.pci[2].writes == before);
	FUZZ_CHECK(!is_write || result == VDEV_DENIED);
	if (!is_write && result == VDEV_OK)
		FUZZ_CHECK(value == 0xffffffff >> (32 - 8 * size));
}

static void access_mmio(struct fuzz_input *in, unsigned int cpu)
{
	u8 choice = fuzz_take(in, 1);
	bool in_table = choice & 1;
	u64 addr = in_table ? TABLE + (fuzz_take(in, 1) & 0x7f) : MMCONFIG + ((u64)NIC << 12) + place(in), value;
	u8 size = 1 << (choice >> 1 & 3);

	if (choice & 0x10)
		size = 4;
	if (choice & 0x20)
		addr &= ~3ULL;
	value = random_value(in);
	mock_mmio(&mock.vcpus[cpu], addr, size, choice & 0x40, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 step;

	set_up();
	check_hardware();
	while (in.size) {
		step = fuzz_take(&in, 1);
		if (step < 100)
			access_config(&in, step & 1 ? 2 : 0);
		else if (step < 200)
			access_mmio(&in, step & 1 ? 2 : 0);
		else if (step < 225)
			change_owner();
		else if (step < 240)
			subsys_pci.cell_reset(&mock.sys, cell_has_nic ? &mock.cell : &mock.root);
		keep_read_only();
		check_hardware();
	}
	if (cell_has_nic)
		change_owner();
	check_hardware();
	mock_abort(&subsys_pci, &mock.root);
	FUZZ_CHECK(mock.sys.pool.used == used);
	return 0;
}
