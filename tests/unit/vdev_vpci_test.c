// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/vpci.c hypervisor/vdev/vpci_header.c
 * hypervisor/vdev/vpci_msi.c hypervisor/vdev/vpci_msix.c hypervisor/vdev/x86/irq_route.c tests/unit/vdev_mock.c
 * hypervisor/core/mmio.c hypervisor/mm/page_pool.c common/config/rules.c
 */
/*
 * Moderated PCI configuration space, against model functions: an endpoint with MSI and MSI-X that
 * changes hands, a bridge and a second endpoint of root.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"
#include <common/config/rules.h>

#define NIC		0x0018		/* 00:03.0 */
#define BRIDGE		0x0020
#define DISK		0x0028
#define ABSENT		0x0030
#define MMCONFIG	0xb0000000ULL
#define TABLE		0xfe100000ULL
#define VECTORS		4

#define PM		0x40
#define MSI		0x50
#define MSIX		0x70
#define VENDOR		0x90
#define COMMAND		0x04
#define MEMORY_ON	0x0002
#define INTX_OFF	0x0400

#define ENABLE		0x0001
#define MSIX_ENABLE	0x8000
#define MASKED		1u

/* messages */
#define TO_APIC(id)	(0xfee00000u | (u32)(id) << 12)
#define TO_FLAT(mask)	(0xfee0000cu | (u32)(mask) << 12)

static struct jailhouse_pci_device devices[] = {
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE,
	  .bdf = NIC,
	  .bar_mask = { 0xfffff000, 0xfffff000, 0xffffffe0, 0, 0xfff00000, 0xffffffff },
	  .caps_start = 0,
	  .num_caps = 4,
	  .num_msi_vectors = 1,
	  .num_msix_vectors = VECTORS,
	  .msix_region_size = 0x1000,
	  .msix_address = TABLE },
	{ .type = JAILHOUSE_PCI_TYPE_BRIDGE, .bdf = BRIDGE },
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE,
	  .bdf = DISK,
	  .bar_mask = { 0xfffff000 },
	  .caps_start = 4,
	  .num_caps = 1,
	  .num_msi_vectors = 1 },
};
static struct jailhouse_pci_capability caps[] = {
	{ PCI_CAP_ID_PM, PM, 8, 0 }, { PCI_CAP_ID_MSI, MSI, 24, 0 },
	{ PCI_CAP_ID_MSIX, MSIX, 12, 0 },
	{ PCI_CAP_ID_VNDR, VENDOR, 8, JAILHOUSE_PCICAPS_WRITE }, { PCI_CAP_ID_MSI, MSI, 24, 0 },
};

/* --- model of the hardware -------------------------------------------------------------------- */

static u32 table[0x1000 / 4];

static void put(u16 bdf, u16 offset, unsigned int size, u32 value)
{
	memcpy(mock_pci_space(bdf) + offset, &value, size);
}

static u32 get(u16 bdf, u16 offset, unsigned int size)
{
	u32 value = 0;

	memcpy(&value, mock_pci_space(bdf) + offset, size);
	return value;
}

static bool decodes(void)
{
	return get(NIC, COMMAND, 2) & MEMORY_ON;
}

static u64 table_read(u64 addr, unsigned int size)
{
	assert_int_equal(size, 4);
	assert_in_range(addr, TABLE, TABLE + 0xfff);
	return decodes() ? table[(addr - TABLE) / 4] : 0xffffffff;
}

/*
 * An unmasked vector in hardware that aims at a CPU of the wrong cell must not exist, not even for
 * a moment.
 */
static struct cell *nic_owner;
static void check_vector(u32 index)
{
	const u32 *v = &table[index * 4];
	u32 cpu;

	if (index >= VECTORS || (v[3] & MASKED))
		return;
	assert_int_equal(v[1], 0);
	assert_int_equal(v[0] >> 20, 0xfee);
	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		if (!(v[0] & 4) ? (v[0] >> 12 & 0xff) == MOCK_HW_ID(cpu) : (v[0] >> 12 >> cpu & 1))
			assert_ptr_equal(mock.pcpus[cpu].cell, nic_owner);
}

static void table_write(u64 addr, unsigned int size, u64 value)
{
	assert_int_equal(size, 4);
	assert_in_range(addr, TABLE, TABLE + 0xfff);
	if (!decodes())
		return;
	table[(addr - TABLE) / 4] = (u32)value;
	if (nic_owner)
		check_vector((addr - TABLE) / 16);
}

static void add_function(unsigned int slot, u16 bdf, u32 id)
{
	mock.pci[slot].bdf = bdf;
	mock.pci[slot].present = true;
	put(bdf, 0x00, 4, id);
	put(bdf, 0x06, 2, 0x0010);
}

static void build_hardware(void)
{
	memset(table, 0, sizeof(table));
	add_function(0, NIC, 0x10d38086);
	put(NIC, COMMAND, 2, 0x0007);
	put(NIC, 0x10, 4, 0xfe000000);
	put(NIC, 0x14, 4, 0xfe100000);
	put(NIC, 0x18, 4, 0x0000c001);
	put(NIC, 0x20, 4, 0xd000000c);
	put(NIC, 0x24, 4, 0x00000001);
	put(NIC, 0x30, 4, 0xfeb00001);
	put(NIC, 0x34, 1, PM);
	put(NIC, PM, 4, 0x00035001);
	put(NIC, MSI, 4, 0x01807005);		/* 64 bit, maskable, one vector */
	put(NIC, MSIX, 4, 0x00039011);		/* four vectors */
	put(NIC, MSIX + 4, 4, 0x00000001);	/* BAR 1 */
	put(NIC, MSIX + 8, 4, 0x00000801);
	put(NIC, VENDOR, 4, 0x00080009);
	put(NIC, 0x100, 4, 0x12345678);
	add_function(1, BRIDGE, 0x29408086);
	put(BRIDGE, 0x18, 4, 0x00010100);
	put(BRIDGE, 0x1c, 4, 0x0000f0f0);
	add_function(2, DISK, 0x29228086);
	put(DISK, 0x34, 1, MSI);
	put(DISK, MSI, 4, 0x00060005);		/* 32 bit, eight vectors */
}

/* --- helpers ---------------------------------------------------------------------------------- */

static int setup(void **state)
{
	mock_setup(state);
	build_hardware();
	nic_owner = NULL;
	mock.device_read = table_read;
	mock.device_write = table_write;
	mock.config.platform_info.pci_mmconfig_base = MMCONFIG;
	mock.config.platform_info.pci_mmconfig_end_bus = 0xff;
	mock.root.view.pci_devices = devices;
	mock.root.view.num_pci_devices = ARRAY_SIZE(devices);
	mock.root.view.pci_caps = mock.cell.view.pci_caps = caps;
	mock.root.view.num_pci_caps = mock.cell.view.num_pci_caps = ARRAY_SIZE(caps);
	mock.cell.view.pci_devices = devices;
	mock.cell.view.num_pci_devices = 1;
	devices[0].num_msix_vectors = VECTORS;
	devices[0].msix_address = TABLE;
	devices[0].type = JAILHOUSE_PCI_TYPE_DEVICE;
	mock_root_alone();
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	nic_owner = &mock.root;
	return 0;
}

static int setup_with_cell(void **state)
{
	setup(state);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	nic_owner = &mock.cell;
	mock_commit(&subsys_pci);
	return 0;
}

static int teardown(void **state)
{
	if (mock.cell.pci_devices)
		mock_abort(&subsys_pci, &mock.cell);
	mock_abort(&subsys_pci, &mock.root);
	return 0;
}

static u32 cfg_read(unsigned int cpu, u16 bdf, u16 offset, unsigned int size)
{
	u32 value = 0xdeadbeef;

	assert_int_equal(vpci_cfg_access(&mock.vcpus[cpu], bdf, offset, size, false, &value),
			 VDEV_OK);
	return value;
}

static enum vdev_result cfg_write(unsigned int cpu, u16 bdf, u16 offset, unsigned int size,
				  u32 value)
{
	return vpci_cfg_access(&mock.vcpus[cpu], bdf, offset, size, true, &value);
}

static enum vdev_result vector_write(unsigned int cpu, u32 index, u32 reg, u32 value)
{
	u64 v = value;

	return mock_mmio(&mock.vcpus[cpu], TABLE + 16 * index + reg, 4, true, &v);
}

static u32 vector_read(unsigned int cpu, u32 index, u32 reg)
{
	u64 v = 0;

	assert_int_equal(mock_mmio(&mock.vcpus[cpu], TABLE + 16 * index + reg, 4, false, &v),
			 VDEV_OK);
	return (u32)v;
}

static enum vdev_result set_vector(unsigned int cpu, u32 index, u32 address, u32 high, u32 data)
{
	vector_write(cpu, index, 12, MASKED);
	vector_write(cpu, index, 0, address);
	vector_write(cpu, index, 4, high);
	vector_write(cpu, index, 8, data);
	return vector_write(cpu, index, 12, 0);
}

static enum vdev_result set_msi(unsigned int cpu, u32 address, u32 high, u32 data)
{
	cfg_write(cpu, NIC, MSI + 2, 2, 0);
	assert_int_equal(cfg_write(cpu, NIC, MSI + 4, 4, address), VDEV_OK);
	assert_int_equal(cfg_write(cpu, NIC, MSI + 8, 4, high), VDEV_OK);
	assert_int_equal(cfg_write(cpu, NIC, MSI + 12, 2, data), VDEV_OK);
	return cfg_write(cpu, NIC, MSI + 2, 2, ENABLE);
}

static bool hw_msi_enabled(void)
{
	return get(NIC, MSI + 2, 2) & ENABLE;
}

/* --- ownership -------------------------------------------------------------------------------- */

static void devices_of_others_read_all_ones_and_refuse_writes(void **state)
{
	unsigned int writes = mock.pci[0].writes + mock.pci[1].writes + mock.pci[2].writes;

	assert_int_equal(cfg_read(0, NIC, 0, 4), 0xffffffff);
	assert_int_equal(cfg_read(0, NIC, 0x3d, 1), 0xff);
	assert_int_equal(cfg_write(0, NIC, COMMAND, 2, 7), VDEV_DENIED);
	assert_int_equal(cfg_read(2, DISK, 2, 2), 0xffff);
	assert_int_equal(cfg_write(2, DISK, COMMAND, 2, 7), VDEV_DENIED);
	assert_int_equal(cfg_write(2, BRIDGE, COMMAND, 2, 7), VDEV_DENIED);
	assert_int_equal(cfg_read(0, ABSENT, 0, 4), 0xffffffff);
	assert_int_equal(cfg_write(0, ABSENT, COMMAND, 2, 7), VDEV_DENIED);
	assert_int_equal(mock.pci[0].writes + mock.pci[1].writes + mock.pci[2].writes, writes);
}

static void an_owner_sees_its_device(void **state)
{
	assert_int_equal(cfg_read(2, NIC, 0, 4), 0x10d38086);
	assert_int_equal(cfg_read(2, NIC, 2, 2), 0x10d3);
	assert_int_equal(cfg_read(2, NIC, PM, 4), 0x00035001);
	assert_int_equal(cfg_read(2, NIC, 0x100, 4), 0x12345678);
	assert_int_equal(cfg_read(2, NIC, 0xffc, 4), 0);
	assert_int_equal(cfg_read(2, NIC, 0x40, 1), 0x01);
	assert_int_equal(cfg_read(0, DISK, 0, 4), 0x29228086);
}

static void a_device_changes_hands_quiet(void **state)
{
	assert_int_equal(get(NIC, COMMAND, 2), INTX_OFF);
	assert_int_equal(get(NIC, MSI + 2, 2) & 0x71, 0);
	assert_int_equal(get(NIC, MSIX + 2, 2) & 0xc000, 0);
	assert_int_equal(table[3] & table[7] & table[11] & table[15] & MASKED, MASKED);

	cfg_write(2, NIC, COMMAND, 2, 0x0406);
	assert_int_equal(set_msi(2, TO_APIC(MOCK_HW_ID(2)), 0, 0x41), VDEV_OK);
	assert_int_equal(set_vector(2, 1, TO_APIC(MOCK_HW_ID(3)), 0, 0x42), VDEV_OK);
	assert_int_equal(cfg_write(2, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_OK);
	nic_owner = &mock.root;
	mock_release(&subsys_pci);
	assert_int_equal(get(NIC, COMMAND, 2), INTX_OFF);
	assert_false(hw_msi_enabled());
	assert_int_equal(get(NIC, MSIX + 2, 2) & 0xc000, 0);
	assert_int_equal(table[7] & MASKED, MASKED);
	assert_int_equal(cfg_read(0, NIC, MSI + 4, 4), 0);
	assert_int_equal(cfg_read(0, NIC, 0, 4), 0x10d38086);
}

static void a_restart_resets_the_devices_of_the_cell_only(void **state)
{
	cfg_write(2, NIC, COMMAND, 2, 0x0006);
	cfg_write(2, NIC, 0x10, 4, 0xe0000000);
	cfg_write(0, DISK, COMMAND, 2, 0x0006);
	subsys_pci.cell_reset(&mock.sys, &mock.cell);
	assert_int_equal(get(NIC, COMMAND, 2), INTX_OFF);
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xfe000000);
	assert_int_equal(get(DISK, COMMAND, 2), 0x0006);
}

static void enabling_leaves_the_hardware_alone(void **state)
{
	assert_int_equal(mock.pci[0].writes + mock.pci[1].writes + mock.pci[2].writes, 0);
}

/* --- header, dword by dword ------------------------------------------------------------------- */

enum { HW, IGNORED, REJECTED, SHADOW };

static void assert_header_rules(u16 bdf, const u8 rules[16])
{
	u16 offset;

	for (offset = 0; offset < 0x40; offset += 4) {
		u32 before = get(bdf, offset, 4), flipped = ~before;
		enum vdev_result r = cfg_write(0, bdf, offset, 4, flipped),
				 want = rules[offset / 4] == REJECTED ? VDEV_DENIED : VDEV_OK;

		if (r != want || (get(bdf, offset, 4) != before) != (rules[offset / 4] == HW)) {
			print_error("offset %x: result %d, hardware %x → %x\n", offset, r, before,
				    get(bdf, offset, 4));
			fail();
		}
		put(bdf, offset, 4, before);
	}
}

static void header_of_an_endpoint_follows_the_rules(void **state)
{
	static const u8 rules[16] = { REJECTED, HW,	  REJECTED, HW,	     SHADOW,   SHADOW,
				      SHADOW,	SHADOW,	  SHADOW,   SHADOW,  REJECTED, REJECTED,
				      IGNORED,	REJECTED, REJECTED, REJECTED };

	assert_header_rules(NIC, rules);
	assert_int_equal(cfg_write(0, NIC, 0x3c, 1, 0x0b), VDEV_OK);
	assert_int_equal(get(NIC, 0x3c, 4), 0x0b);
	assert_int_equal(cfg_write(0, NIC, 0x3c, 2, 0x010b), VDEV_DENIED);
	assert_int_equal(cfg_write(0, NIC, 0x3d, 1, 1), VDEV_DENIED);
	assert_int_equal(cfg_write(0, NIC, COMMAND, 1, 0x07), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 1), 0x07);
}

static void header_of_a_bridge_follows_the_rules(void **state)
{
	static const u8 rules[16] = { REJECTED, HW,	  REJECTED, HW,	     REJECTED, REJECTED,
				      REJECTED, REJECTED, IGNORED,  IGNORED, IGNORED,  IGNORED,
				      IGNORED,	REJECTED, REJECTED, REJECTED };

	assert_header_rules(BRIDGE, rules);
	assert_int_equal(cfg_write(0, BRIDGE, 0x1c, 2, 0xffff), VDEV_OK);
	assert_int_equal(get(BRIDGE, 0x1c, 4), 0x0000f0f0);
	assert_int_equal(cfg_write(0, BRIDGE, 0x1e, 2, 0xffff), VDEV_DENIED);
	assert_int_equal(cfg_write(0, BRIDGE, 0x3c, 1, 0x0a), VDEV_OK);
	assert_int_equal(cfg_write(0, BRIDGE, 0x3e, 2, 0x0003), VDEV_OK);
	assert_int_equal(get(BRIDGE, 0x3c, 4), 0x0003000a);
}

static void a_bridge_does_not_reset_its_bus(void **state)
{
	assert_int_equal(cfg_write(0, BRIDGE, 0x3e, 2, 0x0043), VDEV_OK);
	assert_int_equal(get(BRIDGE, 0x3e, 2), 0x0003);
	assert_int_equal(cfg_write(0, BRIDGE, 0x3e, 1, 0x40), VDEV_OK);
	assert_int_equal(get(BRIDGE, 0x3e, 2), 0x0000);
}

static void bars_are_sized_and_moved_in_a_shadow(void **state)
{
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xfe000000);
	assert_int_equal(cfg_write(2, NIC, 0x10, 4, 0xffffffff), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xfffff000);
	assert_int_equal(cfg_write(2, NIC, 0x10, 4, 0xe0001234), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xe0001000);
	assert_int_equal(cfg_read(2, NIC, 0x12, 2), 0xe000);
	assert_int_equal(cfg_write(2, NIC, 0x12, 2, 0xd000), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xd0001000);
	assert_int_equal(cfg_write(2, NIC, 0x18, 4, 0xffffffff), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x18, 4), 0xffffffe1);		/* ports */
	assert_int_equal(cfg_write(2, NIC, 0x20, 4, 0xffffffff), VDEV_OK);
	/* 64 bit, prefetchable */
	assert_int_equal(cfg_read(2, NIC, 0x20, 4), 0xfff0000c);
	assert_int_equal(cfg_write(2, NIC, 0x24, 4, 0xffffffff), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x24, 4), 0xffffffff);
	assert_int_equal(cfg_write(2, NIC, 0x1c, 4, 0xffffffff), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, 0x1c, 4), 0);				/* not there */
	assert_int_equal(get(NIC, 0x10, 4), 0xfe000000);
	assert_int_equal(get(NIC, 0x24, 4), 0x00000001);
}

/* As a reset through the PCI Express capability leaves it. */
static void lose_bars(void)
{
	put(NIC, 0x04, 2, 0);
	put(NIC, 0x10, 4, 0);
	put(NIC, 0x24, 4, 0);
}

static void assert_bars_are_back(void)
{
	assert_int_equal(get(NIC, 0x10, 4), 0xfe000000);
	assert_int_equal(get(NIC, 0x24, 4), 0x00000001);
}

static void bars_that_a_reset_lost_are_back_before_the_device_decodes(void **state)
{
	lose_bars();
	assert_int_equal(cfg_write(2, NIC, 0x10, 4, 0xe0000000), VDEV_OK);
	assert_int_equal(cfg_write(2, NIC, 0x04, 2, 0x0004), VDEV_OK);
	assert_int_equal(get(NIC, 0x10, 4), 0);
	assert_int_equal(cfg_write(2, NIC, 0x04, 2, 0x0006), VDEV_OK);
	assert_bars_are_back();
	assert_int_equal(cfg_read(2, NIC, 0x10, 4), 0xe0000000);
}

static void a_device_comes_back_to_root_with_its_bars(void **state)
{
	lose_bars();
	nic_owner = &mock.root;
	mock_release(&subsys_pci);
	assert_bars_are_back();
	assert_int_equal(cfg_read(0, NIC, 0x10, 4), 0xfe000000);
}

static void the_expansion_rom_is_hidden(void **state)
{
	assert_int_equal(cfg_read(2, NIC, 0x30, 4), 0);
	assert_int_equal(cfg_write(2, NIC, 0x30, 4, 0xffffffff), VDEV_OK);
	assert_int_equal(get(NIC, 0x30, 4), 0xfeb00001);
	assert_int_equal(cfg_read(2, NIC, 0x32, 1), 0);
}

static void capabilities_are_read_only_unless_listed_as_writable(void **state)
{
	assert_int_equal(cfg_write(2, NIC, PM + 4, 2, 3), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, VENDOR + 4, 4, 0x1234), VDEV_OK);
	assert_int_equal(get(NIC, VENDOR + 4, 4), 0x1234);
	assert_int_equal(cfg_write(2, NIC, VENDOR + 8, 4, 1), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, 0x100, 4, 1), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, 0xffc, 4, 1), VDEV_DENIED);
}

static void bad_widths_and_offsets_are_refused(void **state)
{
	u32 value = 0;

	assert_int_equal(cfg_write(2, NIC, 0x05, 2, 0), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, 0x06, 4, 0), VDEV_DENIED);
	assert_int_equal(vpci_cfg_access(&mock.vcpus[2], NIC, 0, 8, false, &value), VDEV_DENIED);
	assert_int_equal(vpci_cfg_access(&mock.vcpus[2], NIC, 0, 3, false, &value), VDEV_DENIED);
	assert_int_equal(vpci_cfg_access(&mock.vcpus[2], NIC, 0x1000, 4, false, &value),
			 VDEV_DENIED);
}

static void mmconfig_is_the_same_space(void **state)
{
	u64 v = 0;

	assert_int_equal(mock_mmio(&mock.vcpus[2], MMCONFIG + (NIC << 12), 4, false, &v), VDEV_OK);
	assert_int_equal(v, 0x10d38086);
	assert_int_equal(mock_mmio(&mock.vcpus[2], MMCONFIG + (NIC << 12) + 0x100, 4, false, &v),
			 VDEV_OK);
	assert_int_equal(v, 0x12345678);
	assert_int_equal(mock_mmio(&mock.vcpus[0], MMCONFIG + (NIC << 12), 2, false, &v), VDEV_OK);
	assert_int_equal(v, 0xffff);
	v = 7;
	assert_int_equal(mock_mmio(&mock.vcpus[0], MMCONFIG + (NIC << 12) + COMMAND, 2, true, &v),
			 VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[0], MMCONFIG, 8, false, &v), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[0], MMCONFIG + (256ULL << 20), 4, false, &v),
			 VDEV_UNHANDLED);
}

/* --- messages --------------------------------------------------------------------------------- */

static const struct { u32 address, high, data; } hostile[] = {
	{ TO_APIC(MOCK_HW_ID(0)), 0, 0x41 },		/* root's CPU */
	{ TO_APIC(0xff), 0, 0x41 },			/* everybody */
	{ TO_APIC(0x77), 0, 0x41 },			/* nobody */
	{ TO_FLAT(0x01), 0, 0x41 }, { TO_FLAT(0x0d), 0, 0x41 }, { TO_FLAT(0xff), 0, 0x41 },
	{ TO_FLAT(0), 0, 0x41 },
	{ TO_APIC(MOCK_HW_ID(2)), 1, 0x41 },		/* memory above 4G */
	{ TO_APIC(MOCK_HW_ID(2)), 0xffffffff, 0x41 },
	{ 0x3a000000, 0, 0x41 },			/* the hypervisor's memory */
	{ 0xfed00000, 0, 0x41 }, { 0, 0, 0 }, { 0xfef07000, 0, 0x41 },
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x241 },		/* SMI */
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x400 },		/* NMI */
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x541 },		/* INIT */
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x641 }, { TO_APIC(MOCK_HW_ID(2)), 0, 0x741 },
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x341 },
	{ TO_APIC(MOCK_HW_ID(2)), 0, 0x0f },		/* reserved vector */
};

static void hostile_msi_messages_are_never_enabled(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(set_msi(2, hostile[i].address, hostile[i].high, hostile[i].data),
				 VDEV_DENIED);
		assert_false(hw_msi_enabled());
		assert_int_equal(cfg_read(2, NIC, MSI + 2, 2) & ENABLE, 0);
	}
}

static void an_enabled_msi_message_cannot_be_turned_aside(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(set_msi(2, TO_FLAT(0x0c), 0, 0x141), VDEV_OK);
		if (hostile[i].data == 0x41 && !hostile[i].high) {
			assert_int_equal(cfg_write(2, NIC, MSI + 4, 4, hostile[i].address),
					 VDEV_DENIED);
			assert_int_equal(get(NIC, MSI + 4, 4), TO_FLAT(0x0c));
		} else if (hostile[i].high) {
			assert_int_equal(cfg_write(2, NIC, MSI + 8, 4, hostile[i].high),
					 VDEV_DENIED);
			assert_int_equal(get(NIC, MSI + 8, 4), 0);
		} else {
			assert_int_equal(cfg_write(2, NIC, MSI + 12, 2, hostile[i].data),
					 VDEV_DENIED);
			assert_int_equal(get(NIC, MSI + 12, 2), 0x141);
		}
	}
}

static void good_msi_messages_reach_hardware(void **state)
{
	assert_int_equal(set_msi(2, TO_APIC(MOCK_HW_ID(3)), 0, 0x41), VDEV_OK);
	assert_true(hw_msi_enabled());
	assert_int_equal(get(NIC, MSI + 4, 4), TO_APIC(MOCK_HW_ID(3)));
	assert_int_equal(get(NIC, MSI + 12, 2), 0x41);
	assert_int_equal(cfg_read(2, NIC, MSI, 4), 0x01817005);
	assert_int_equal(cfg_read(2, NIC, MSI + 4, 4), TO_APIC(MOCK_HW_ID(3)));
	assert_int_equal(cfg_read(2, NIC, MSI + 12, 2), 0x41);
	assert_int_equal(cfg_write(2, NIC, MSI + 12, 2, 0x42), VDEV_OK);
	assert_int_equal(get(NIC, MSI + 12, 2), 0x42);
	assert_int_equal(cfg_write(2, NIC, MSI + 16, 4, 1), VDEV_OK);		/* mask bit */
	assert_int_equal(get(NIC, MSI + 16, 4), 1);
	/* whole dword: identification stays */
	assert_int_equal(cfg_write(2, NIC, MSI, 4, 0), VDEV_OK);
	assert_false(hw_msi_enabled());
	assert_int_equal(get(NIC, MSI, 2), 0x7005);
}

static void what_firmware_left_in_the_message_is_overwritten(void **state)
{
	put(NIC, MSI + 8, 4, 0x00000003);
	assert_int_equal(set_msi(2, TO_APIC(MOCK_HW_ID(2)), 0, 0x10), VDEV_OK);
	assert_int_equal(get(NIC, MSI + 8, 4), 0);
}

static void msi_without_a_vector_in_the_configuration_stays_disabled(void **state)
{
	devices[0].num_msi_vectors = 0;
	assert_int_equal(set_msi(2, TO_APIC(MOCK_HW_ID(2)), 0, 0x41), VDEV_DENIED);
	assert_false(hw_msi_enabled());
	devices[0].num_msi_vectors = 1;
}

static void a_disabled_message_is_kept_from_hardware(void **state)
{
	assert_int_equal(cfg_write(2, NIC, MSI + 4, 4, 0x12345677), VDEV_OK);
	assert_int_equal(cfg_write(2, NIC, MSI + 8, 4, 0x9abcdef0), VDEV_OK);
	assert_int_equal(cfg_write(2, NIC, MSI + 12, 4, 0x55554321), VDEV_OK);
	assert_int_equal(cfg_read(2, NIC, MSI + 4, 4), 0x12345674);
	assert_int_equal(cfg_read(2, NIC, MSI + 8, 4), 0x9abcdef0);
	assert_int_equal(cfg_read(2, NIC, MSI + 12, 4), 0x4321);
	assert_int_equal(cfg_read(2, NIC, MSI + 13, 1), 0x43);
	assert_int_equal(get(NIC, MSI + 4, 4) | get(NIC, MSI + 8, 4) | get(NIC, MSI + 12, 4), 0);
}

static void the_number_of_msi_vectors_is_limited_by_the_configuration(void **state)
{
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, 0x30), VDEV_OK);
	assert_int_equal(cfg_read(0, DISK, MSI + 2, 2) & 0x70, 0);
	devices[2].num_msi_vectors = 4;
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, 0x30), VDEV_OK);
	assert_int_equal(cfg_read(0, DISK, MSI + 2, 2) & 0x70, 0x20);
	devices[2].num_msi_vectors = 32;
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, 0x50), VDEV_OK);
	/* the device has eight */
	assert_int_equal(cfg_read(0, DISK, MSI + 2, 2) & 0x70, 0x30);
	devices[2].num_msi_vectors = 1;
	/* 32 bit: data in the third dword */
	assert_int_equal(cfg_write(0, DISK, MSI + 8, 4, 0x1041), VDEV_OK);
	assert_int_equal(cfg_write(0, DISK, MSI + 4, 4, TO_APIC(MOCK_HW_ID(1))), VDEV_OK);
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, ENABLE), VDEV_DENIED);
	assert_int_equal(cfg_write(0, DISK, MSI + 8, 2, 0x41), VDEV_OK);
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, ENABLE), VDEV_OK);
}

static void a_writable_capability_over_msi_gains_nothing(void **state)
{
	struct jailhouse_pci_capability old = caps[3];

	caps[3] = (struct jailhouse_pci_capability){ PCI_CAP_ID_VNDR, PM, 0x60,
						     JAILHOUSE_PCICAPS_WRITE };
	assert_int_equal(set_msi(2, TO_APIC(MOCK_HW_ID(0)), 0, 0x41), VDEV_DENIED);
	assert_false(hw_msi_enabled());
	assert_int_equal(get(NIC, MSI + 4, 4), 0);
	assert_int_equal(cfg_write(2, NIC, MSIX + 4, 4, 0), VDEV_DENIED);
	assert_int_equal(get(NIC, MSIX + 4, 4), 1);
	caps[3] = old;
}

static void an_unlisted_msi_capability_is_read_only(void **state)
{
	struct jailhouse_pci_capability old = caps[1];

	caps[1].id = PCI_CAP_ID_SSVID;
	assert_int_equal(cfg_write(2, NIC, MSI + 4, 4, TO_APIC(MOCK_HW_ID(2))), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, MSI + 2, 2, ENABLE), VDEV_DENIED);
	caps[1] = old;
}

static void hostile_msix_vectors_stay_masked(void **state)
{
	unsigned int i;

	cfg_write(2, NIC, COMMAND, 2, MEMORY_ON);
	assert_int_equal(cfg_write(2, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_OK);
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(set_vector(2, i % VECTORS, hostile[i].address, hostile[i].high,
					    hostile[i].data),
				 VDEV_DENIED);
		assert_int_equal(table[i % VECTORS * 4 + 3] & MASKED, MASKED);
		assert_int_equal(vector_read(2, i % VECTORS, 12), MASKED);
	}
}

static void an_unmasked_msix_vector_cannot_be_turned_aside(void **state)
{
	unsigned int i;

	cfg_write(2, NIC, COMMAND, 2, MEMORY_ON);
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(set_vector(2, 0, TO_FLAT(0x0c), 0, 0x141), VDEV_OK);
		if (hostile[i].data == 0x41 && !hostile[i].high)
			assert_int_equal(vector_write(2, 0, 0, hostile[i].address), VDEV_DENIED);
		else if (hostile[i].high)
			assert_int_equal(vector_write(2, 0, 4, hostile[i].high), VDEV_DENIED);
		else
			assert_int_equal(vector_write(2, 0, 8, hostile[i].data), VDEV_DENIED);
		assert_int_equal(table[0], TO_FLAT(0x0c));
		assert_int_equal(table[1], 0);
		assert_int_equal(table[2], 0x141);
		assert_int_equal(table[3], 0);
	}
}

static void good_msix_vectors_reach_hardware(void **state)
{
	cfg_write(2, NIC, COMMAND, 2, MEMORY_ON);
	assert_int_equal(set_vector(2, 3, TO_APIC(MOCK_HW_ID(2)), 0, 0x43), VDEV_OK);
	assert_int_equal(table[12], TO_APIC(MOCK_HW_ID(2)));
	assert_int_equal(table[14], 0x43);
	assert_int_equal(table[15], 0);
	assert_int_equal(vector_read(2, 3, 0), TO_APIC(MOCK_HW_ID(2)));
	assert_int_equal(vector_write(2, 3, 12, 0xffffffff), VDEV_OK);
	assert_int_equal(table[15], MASKED);
	/* the other bits are reserved */
	assert_int_equal(vector_write(2, 3, 12, 0xfffffffe), VDEV_OK);
	assert_int_equal(table[15], 0);
}

static void the_msix_table_is_its_owners(void **state)
{
	u64 v = 0;

	cfg_write(2, NIC, COMMAND, 2, MEMORY_ON);
	assert_int_equal(vector_write(0, 0, 0, 0), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[0], TABLE, 4, false, &v), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[2], TABLE, 8, false, &v), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[2], TABLE + 2, 4, false, &v), VDEV_DENIED);
	/* pending bits */
	assert_int_equal(mock_mmio(&mock.vcpus[2], TABLE + 0x800, 4, false, &v), VDEV_OK);
	assert_int_equal(mock_mmio(&mock.vcpus[2], TABLE + 0x800, 4, true, &v), VDEV_DENIED);
	cfg_write(2, NIC, COMMAND, 2, 0);
	assert_int_equal(mock_mmio(&mock.vcpus[2], TABLE, 4, false, &v), VDEV_SKIP);
}

static void only_the_control_word_of_msix_is_writable(void **state)
{
	assert_int_equal(cfg_write(2, NIC, MSIX + 2, 2, 0xffff), VDEV_OK);
	/* the model has no read-only bits */
	assert_int_equal(get(NIC, MSIX + 2, 2), 0xc000);
	assert_int_equal(cfg_write(2, NIC, MSIX, 4, 0x80000000), VDEV_OK);
	assert_int_equal(get(NIC, MSIX, 4), 0x80009011);
	assert_int_equal(cfg_write(2, NIC, MSIX, 2, 0), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, MSIX + 3, 1, 0x80), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, MSIX + 4, 4, 0x5000), VDEV_DENIED);
	assert_int_equal(cfg_write(2, NIC, MSIX + 8, 4, 0), VDEV_DENIED);
}

static int setup_with_wrong_table(void **state, u16 vectors, u64 address)
{
	setup(state);
	mock_abort(&subsys_pci, &mock.root);
	devices[0].num_msix_vectors = vectors;
	devices[0].msix_address = address;
	return mock_prepare(&subsys_pci, &mock.root);
}

static void msix_stays_disabled_when_the_configuration_names_no_vectors(void **state)
{
	assert_int_equal(setup_with_wrong_table(state, 0, 0), 0);
	assert_int_equal(cfg_write(0, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_DENIED);
	assert_int_equal(cfg_write(0, NIC, MSIX + 2, 2, 0), VDEV_OK);
	mock_abort(&subsys_pci, &mock.root);
}

static void assert_table_refused(void)
{
	assert_int_equal(refusal_rule(&mock.refusal), RULE_PCI_MSIX_MACHINE);
	assert_int_equal(mock.refusal.object, JAILHOUSE_OBJ_PCI_DEVICE);
	assert_int_equal(mock.refusal.index, 0);
	assert_int_equal(mock.refusal.value[0], NIC);
}

static void a_configuration_that_is_wrong_about_the_msix_table_is_refused(void **state)
{
	static const struct {
		u16 vectors;
		u64 address;
	} wrong[] = { { 3, TABLE }, { 5, TABLE }, { 4, TABLE + 0x1000 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_not_equal(
			setup_with_wrong_table(state, wrong[i].vectors, wrong[i].address), 0);
		assert_table_refused();
		assert_int_equal(mock.refusal.value[1], TABLE);
		assert_int_equal(mock.refusal.value[2], VECTORS);
		mock_abort(&subsys_pci, &mock.root);
	}
}

static void a_cell_that_is_wrong_about_the_msix_table_is_refused(void **state)
{
	u32 used = mock.sys.pool.used;

	devices[0].num_msix_vectors = VECTORS - 1;
	assert_int_not_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	assert_table_refused();
	mock_abort(&subsys_pci, &mock.cell);
	assert_int_equal(mock.sys.pool.used, used);
}

/* A reset of the device by its last owner: hardware has no BARs any more, the machine's are known. */
static void a_device_that_lost_its_bars_can_be_given_away(void **state)
{
	put(NIC, 0x14, 4, 0);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	nic_owner = &mock.cell;
	mock_commit(&subsys_pci);
	assert_int_equal(get(NIC, 0x14, 4), 0xfe100000);
}

/* --- INTx ------------------------------------------------------------------------------------- */

static void a_cell_without_a_pin_cannot_switch_intx_on(void **state)
{
	assert_int_equal(cfg_write(2, NIC, COMMAND, 2, MEMORY_ON), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 2), MEMORY_ON | INTX_OFF);
	assert_int_equal(cfg_write(2, NIC, COMMAND + 1, 1, 0), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 2), MEMORY_ON | INTX_OFF);
	assert_int_equal(cfg_write(2, NIC, COMMAND, 4, 0), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 2), INTX_OFF);
	assert_int_equal(cfg_write(2, NIC, COMMAND, 1, MEMORY_ON), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 2), MEMORY_ON | INTX_OFF);
	assert_int_equal(cfg_read(2, NIC, COMMAND, 2), MEMORY_ON | INTX_OFF);
}

static void a_cell_with_a_pin_may_use_intx(void **state)
{
	static const struct jailhouse_irqchip chip = { .pin_bitmap = { 0, 1 } };

	mock.cell.view.irqchips = &chip;
	mock.cell.view.num_irqchips = 1;
	assert_int_equal(cfg_write(2, NIC, COMMAND, 2, MEMORY_ON), VDEV_OK);
	assert_int_equal(get(NIC, COMMAND, 2), MEMORY_ON);
	mock.cell.view.irqchips = NULL;
	mock.cell.view.num_irqchips = 0;
}

static u64 high_table_read(u64 addr, unsigned int size)
{
	return table_read(addr - 0x1d0000000 + TABLE, size);
}

static void a_table_above_four_gigabytes_is_found(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	nic_owner = NULL;
	mock.device_read = high_table_read;
	put(NIC, 0x20, 4, 0xd000000c);
	put(NIC, 0x24, 4, 1);
	put(NIC, MSIX + 4, 4, 0x00000004);	/* BAR 4 */
	devices[0].msix_address = 0x1d0000000;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_int_equal(cfg_write(0, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_OK);
	put(NIC, MSIX + 4, 4, 0x00000007);	/* there is no BAR 7 */
	mock_abort(&subsys_pci, &mock.root);
	assert_int_not_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_table_refused();
}

static void roots_messages_to_lost_cpus_are_stopped(void **state)
{
	cfg_write(0, NIC, COMMAND, 2, MEMORY_ON);
	assert_int_equal(cfg_write(0, DISK, MSI + 4, 4, TO_APIC(MOCK_HW_ID(2))), VDEV_OK);
	assert_int_equal(cfg_write(0, DISK, MSI + 8, 2, 0x41), VDEV_OK);
	assert_int_equal(cfg_write(0, DISK, MSI + 2, 2, ENABLE), VDEV_OK);
	assert_int_equal(set_vector(0, 0, TO_APIC(MOCK_HW_ID(2)), 0, 0x41), VDEV_OK);
	assert_int_equal(set_vector(0, 1, TO_APIC(MOCK_HW_ID(0)), 0, 0x42), VDEV_OK);
	/* what cannot be reached at the moment counts too */
	cfg_write(0, NIC, COMMAND, 2, 0);

	mock.cell.view.num_pci_devices = 0;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	mock_commit(&subsys_pci);
	assert_int_equal(get(DISK, MSI + 2, 2) & ENABLE, 0);
	assert_int_equal(table[3] & MASKED, MASKED);
	assert_int_equal(table[7] & MASKED, 0);
	assert_int_equal(get(NIC, COMMAND, 2), 0);

	mock_release(&subsys_pci);
	assert_int_equal(get(DISK, MSI + 2, 2) & ENABLE, ENABLE);
	assert_int_equal(table[3], 0);
}

static void messages_that_linux_set_up_before_stay(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	nic_owner = NULL;
	put(NIC, MSIX + 2, 2, 0x8004 - 1);
	put(DISK, MSI + 4, 4, TO_APIC(MOCK_HW_ID(1)));
	put(DISK, MSI + 8, 2, 0x61);
	put(DISK, MSI + 2, 2, 0x0006 | ENABLE);
	memcpy(table,
	       (const u32[]){ TO_APIC(MOCK_HW_ID(0)), 0, 0x51, 0, TO_APIC(MOCK_HW_ID(2)), 0, 0x52,
			      0, 0, 0, 0, MASKED, 0, 0, 0, MASKED },
	       64);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_int_equal(vector_read(0, 0, 0), TO_APIC(MOCK_HW_ID(0)));
	assert_int_equal(vector_read(0, 1, 8), 0x52);
	assert_int_equal(vector_read(0, 1, 12), 0);
	assert_int_equal(vector_read(0, 2, 12), MASKED);
	assert_int_equal(cfg_read(0, DISK, MSI + 4, 4), TO_APIC(MOCK_HW_ID(1)));

	mock.cell.view.num_pci_devices = 0;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	mock_commit(&subsys_pci);
	assert_int_equal(table[3], 0);
	assert_int_equal(table[7], MASKED);		/* its CPU is the cell's now */
	assert_int_equal(get(DISK, MSI + 2, 2) & ENABLE, ENABLE);
	assert_int_equal(get(DISK, MSI + 4, 4), TO_APIC(MOCK_HW_ID(1)));
}

static void shutdown_leaves_messages_as_root_sees_them(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	nic_owner = NULL;
	put(DISK, MSI + 4, 4, TO_APIC(0xff));		/* a broadcast, which we would not permit */
	put(DISK, MSI + 8, 2, 0x61);
	put(DISK, MSI + 2, 2, 0x0006 | ENABLE);
	memcpy(table, (const u32[]){ TO_APIC(0xff), 0, 0x51, 0 }, 16);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	mock.cell.view.num_pci_devices = 0;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	mock_commit(&subsys_pci);
	assert_int_equal(table[3] & MASKED, MASKED);
	assert_int_equal(get(DISK, MSI + 2, 2) & ENABLE, 0);
	mock_release(&subsys_pci);
	subsys_pci.shutdown(&mock.sys);
	assert_int_equal(table[3], 0);
	assert_int_equal(table[0], TO_APIC(0xff));
	assert_int_equal(get(DISK, MSI + 2, 2) & ENABLE, ENABLE);
	assert_int_equal(get(NIC, COMMAND, 2), 0x0007);
}

static void msi_that_was_never_enabled_is_not_touched_when_cpus_move(void **state)
{
	unsigned int writes = mock.pci[2].writes;

	mock.cell.view.num_pci_devices = 0;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	mock_commit(&subsys_pci);
	assert_int_equal(mock.pci[2].writes, writes);
}

/* --- preparation ------------------------------------------------------------------------------ */

static void ivshmem_devices_are_refused(void **state)
{
	devices[0].type = JAILHOUSE_PCI_TYPE_IVSHMEM;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), -HV_ENOSYS);
	assert_int_equal(refusal_rule(&mock.refusal), RULE_FEATURE_MISSING);
	assert_int_equal(mock.refusal.object, JAILHOUSE_OBJ_PCI_DEVICE);
	assert_null(mock.cell.pci_devices);
	devices[0].type = JAILHOUSE_PCI_TYPE_DEVICE;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
	u32 n, used;
	int err = -1;

	for (n = 1; err; n++) {
		mock.sys.pool.fail_in = 0;
		assert_int_equal(mmio_table_init(&mock.cell, 2), 0);
		used = mock.sys.pool.used;
		mock.sys.pool.fail_in = n;
		err = subsys_pci.cell_prepare(&mock.sys, &mock.cell);
		if (!err)
			break;
		assert_int_equal(err, -HV_ENOMEM);
		assert_int_equal(mock.sys.pool.used, used);
		mmio_table_destroy(&mock.cell);
	}
	assert_true(n > 2);
	mock.sys.pool.fail_in = 0;
	subsys_pci.cell_abort(&mock.sys, &mock.cell);
	assert_int_equal(mock.sys.pool.used, used);
	assert_int_equal(mock.pci[0].writes, 0);
}

static void an_endless_list_of_capabilities_ends(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	put(NIC, PM + 1, 1, PM);
	put(NIC, VENDOR + 1, 1, 0xfc);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_int_equal(cfg_write(0, NIC, MSI + 2, 2, ENABLE), VDEV_DENIED);
}

/* --- machines with little in them -------------------------------------------------------------- */

static void a_machine_without_devices_and_mmconfig_works(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	mock.root.view.num_pci_devices = mock.cell.view.num_pci_devices = 0;
	mock.config.platform_info.pci_mmconfig_base = 0;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_int_equal(mock.root.mmio.count, 0);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.cell), 0);
	mock_commit(&subsys_pci);
	mock_release(&subsys_pci);
	assert_int_equal(cfg_read(0, NIC, 0, 4), 0xffffffff);
	subsys_pci.shutdown(&mock.sys);
	mock.sys.root = NULL;
	subsys_pci.shutdown(&mock.sys);
	mock.sys.root = &mock.root;
	mock_abort(&subsys_pci, &mock.cell);
}

static void root_itself_cannot_have_ivshmem_devices_either(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	devices[0].type = JAILHOUSE_PCI_TYPE_IVSHMEM;
	assert_true(mock_prepare(&subsys_pci, &mock.root) < 0);
	assert_int_equal(mock.refusal.cell, 0);
	mmio_table_destroy(&mock.root);
	devices[0].type = JAILHOUSE_PCI_TYPE_DEVICE;
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
}

static void root_is_not_reset_like_a_cell(void **state)
{
	unsigned int writes = mock.pci[0].writes;

	subsys_pci.cell_reset(&mock.sys, &mock.root);
	assert_int_equal(mock.pci[0].writes, writes);
}

/* A table at 0x1010 of its BAR: what stands before it on the page is not the table. */
static void a_table_may_begin_behind_the_start_of_its_page(void **state)
{
	u64 value = 0;

	mock_abort(&subsys_pci, &mock.root);
	put(NIC, MSIX + 4, 4, 0x00000011);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	table[0] = 0x12345678;
	assert_int_equal(mock_mmio(&mock.vcpus[0], TABLE, 4, false, &value), VDEV_OK);
	assert_int_equal(value, 0x12345678);
	assert_int_equal(mock_mmio(&mock.vcpus[0], TABLE, 4, true, &value), VDEV_DENIED);
}

static void a_bridge_shows_its_upper_windows(void **state)
{
	put(BRIDGE, 0x30, 4, 0x12345678);
	assert_int_equal(cfg_read(0, BRIDGE, 0x30, 4), 0x12345678);
}

static void msix_that_the_configuration_does_not_list_is_read_only(void **state)
{
	u8 listed = devices[0].num_caps;

	devices[0].num_caps = 2;
	assert_int_equal(cfg_write(2, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_DENIED);
	devices[0].num_caps = listed;
	assert_int_equal(cfg_write(2, NIC, MSIX + 2, 2, MSIX_ENABLE), VDEV_OK);
}

static void mask_bits_of_a_32_bit_capability_stand_closer(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	put(DISK, MSI + 2, 2, 0x0106);		/* 32 bit, maskable */
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	assert_int_equal(cfg_write(0, DISK, MSI + 12, 4, 0xa5), VDEV_OK);
	assert_int_equal(get(DISK, MSI + 12, 4), 0xa5);
	assert_int_equal(cfg_write(0, DISK, MSI + 20, 4, 1), VDEV_DENIED);
}

static void vectors_of_a_silent_device_are_taken_as_masked(void **state)
{
	mock_abort(&subsys_pci, &mock.root);
	put(NIC, COMMAND, 2, 0);
	assert_int_equal(mock_prepare(&subsys_pci, &mock.root), 0);
	put(NIC, COMMAND, 2, MEMORY_ON);
	assert_int_equal(vector_read(0, 0, 0), 0);
	assert_int_equal(vector_read(0, 0, 12), MASKED);
}

#define PCI_TEST(f)		cmocka_unit_test_setup_teardown(f, setup_with_cell, teardown)
#define PCI_TEST_ROOT(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PCI_TEST(devices_of_others_read_all_ones_and_refuse_writes),
		PCI_TEST(an_owner_sees_its_device),
		PCI_TEST(a_device_changes_hands_quiet),
		PCI_TEST(a_restart_resets_the_devices_of_the_cell_only),
		PCI_TEST_ROOT(enabling_leaves_the_hardware_alone),
		PCI_TEST_ROOT(header_of_an_endpoint_follows_the_rules),
		PCI_TEST_ROOT(header_of_a_bridge_follows_the_rules),
		PCI_TEST_ROOT(a_bridge_does_not_reset_its_bus),
		PCI_TEST(bars_are_sized_and_moved_in_a_shadow),
		PCI_TEST(bars_that_a_reset_lost_are_back_before_the_device_decodes),
		PCI_TEST(a_device_comes_back_to_root_with_its_bars),
		PCI_TEST(the_expansion_rom_is_hidden),
		PCI_TEST(capabilities_are_read_only_unless_listed_as_writable),
		PCI_TEST(bad_widths_and_offsets_are_refused),
		PCI_TEST(mmconfig_is_the_same_space),
		PCI_TEST(hostile_msi_messages_are_never_enabled),
		PCI_TEST(an_enabled_msi_message_cannot_be_turned_aside),
		PCI_TEST(good_msi_messages_reach_hardware),
		PCI_TEST(what_firmware_left_in_the_message_is_overwritten),
		PCI_TEST(msi_without_a_vector_in_the_configuration_stays_disabled),
		PCI_TEST(a_disabled_message_is_kept_from_hardware),
		PCI_TEST_ROOT(the_number_of_msi_vectors_is_limited_by_the_configuration),
		PCI_TEST(a_writable_capability_over_msi_gains_nothing),
		PCI_TEST(an_unlisted_msi_capability_is_read_only),
		PCI_TEST(hostile_msix_vectors_stay_masked),
		PCI_TEST(an_unmasked_msix_vector_cannot_be_turned_aside),
		PCI_TEST(good_msix_vectors_reach_hardware),
		PCI_TEST(the_msix_table_is_its_owners),
		PCI_TEST(only_the_control_word_of_msix_is_writable),
		cmocka_unit_test(msix_stays_disabled_when_the_configuration_names_no_vectors),
		cmocka_unit_test(a_configuration_that_is_wrong_about_the_msix_table_is_refused),
		cmocka_unit_test_setup_teardown(a_cell_that_is_wrong_about_the_msix_table_is_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_that_lost_its_bars_can_be_given_away, setup,
						teardown),
		PCI_TEST(a_cell_without_a_pin_cannot_switch_intx_on),
		PCI_TEST(a_cell_with_a_pin_may_use_intx),
		PCI_TEST_ROOT(a_table_above_four_gigabytes_is_found),
		PCI_TEST_ROOT(roots_messages_to_lost_cpus_are_stopped),
		PCI_TEST_ROOT(messages_that_linux_set_up_before_stay),
		PCI_TEST_ROOT(shutdown_leaves_messages_as_root_sees_them),
		PCI_TEST_ROOT(msi_that_was_never_enabled_is_not_touched_when_cpus_move),
		PCI_TEST_ROOT(ivshmem_devices_are_refused),
		PCI_TEST_ROOT(running_out_of_memory_leaves_nothing_behind),
		PCI_TEST_ROOT(an_endless_list_of_capabilities_ends),
		PCI_TEST_ROOT(a_machine_without_devices_and_mmconfig_works),
		PCI_TEST_ROOT(root_itself_cannot_have_ivshmem_devices_either),
		PCI_TEST_ROOT(root_is_not_reset_like_a_cell),
		PCI_TEST_ROOT(a_table_may_begin_behind_the_start_of_its_page),
		PCI_TEST_ROOT(a_bridge_shows_its_upper_windows),
		PCI_TEST(msix_that_the_configuration_does_not_list_is_read_only),
		PCI_TEST_ROOT(mask_bits_of_a_32_bit_capability_stand_closer),
		PCI_TEST_ROOT(vectors_of_a_silent_device_are_taken_as_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
