// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes, offsets and values of everything that crosses a border: configurations, hypercalls, communication region, ioctls. The
 * numbers stand here a second time on purpose: whoever changes a header by mistake fails here.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>
#include <jailhouse/ioctl.h>
#include <jailhouse/status.h>
#include <jailhouse/image.h>

#define OFFSET(type, member, offset)	assert_int_equal(offsetof(struct type, member), offset)
#define SIZE(type, size)		assert_int_equal(sizeof(struct type), size)

static void cell_descriptor(void **state)
{
	(void)state;
	SIZE(jailhouse_cell_desc, 132);
	OFFSET(jailhouse_cell_desc, signature, 0);
	OFFSET(jailhouse_cell_desc, architecture, 5);
	OFFSET(jailhouse_cell_desc, revision, 6);
	OFFSET(jailhouse_cell_desc, name, 8);
	OFFSET(jailhouse_cell_desc, id, 40);
	OFFSET(jailhouse_cell_desc, flags, 44);
	OFFSET(jailhouse_cell_desc, cpu_set_size, 48);
	OFFSET(jailhouse_cell_desc, num_memory_regions, 52);
	OFFSET(jailhouse_cell_desc, num_cache_regions, 56);
	OFFSET(jailhouse_cell_desc, num_irqchips, 60);
	OFFSET(jailhouse_cell_desc, num_pio_regions, 64);
	OFFSET(jailhouse_cell_desc, num_pci_devices, 68);
	OFFSET(jailhouse_cell_desc, num_pci_caps, 72);
	OFFSET(jailhouse_cell_desc, num_stream_ids, 76);
	OFFSET(jailhouse_cell_desc, vpci_irq_base, 80);
	OFFSET(jailhouse_cell_desc, cpu_reset_address, 84);
	OFFSET(jailhouse_cell_desc, msg_reply_timeout, 92);
	OFFSET(jailhouse_cell_desc, console, 100);
}

static void elements_of_the_arrays(void **state)
{
	(void)state;
	SIZE(jailhouse_memory, 32);
	OFFSET(jailhouse_memory, virt_start, 8);
	OFFSET(jailhouse_memory, size, 16);
	OFFSET(jailhouse_memory, flags, 24);
	SIZE(jailhouse_cache, 12);
	OFFSET(jailhouse_cache, type, 8);
	OFFSET(jailhouse_cache, flags, 10);
	SIZE(jailhouse_irqchip, 32);
	OFFSET(jailhouse_irqchip, id, 8);
	OFFSET(jailhouse_irqchip, pin_base, 12);
	OFFSET(jailhouse_irqchip, pin_bitmap, 16);
	SIZE(jailhouse_pio, 4);
	OFFSET(jailhouse_pio, length, 2);
	SIZE(jailhouse_pci_capability, 8);
	OFFSET(jailhouse_pci_capability, start, 2);
	OFFSET(jailhouse_pci_capability, len, 4);
	OFFSET(jailhouse_pci_capability, flags, 6);
	assert_int_equal(sizeof(union jailhouse_stream_id), 4);
	assert_int_equal(offsetof(union jailhouse_stream_id, mmu500.mask_out), 2);
	SIZE(jailhouse_console, 32);
	OFFSET(jailhouse_console, size, 8);
	OFFSET(jailhouse_console, type, 12);
	OFFSET(jailhouse_console, flags, 14);
	OFFSET(jailhouse_console, divider, 16);
	OFFSET(jailhouse_console, gate_nr, 20);
	OFFSET(jailhouse_console, clock_reg, 24);
}

static void pci_device(void **state)
{
	struct jailhouse_pci_device d;
	__u8 bytes[sizeof(d)];

	(void)state;
	SIZE(jailhouse_pci_device, 56);
	OFFSET(jailhouse_pci_device, iommu, 1);
	OFFSET(jailhouse_pci_device, domain, 2);
	OFFSET(jailhouse_pci_device, bdf, 4);
	OFFSET(jailhouse_pci_device, bar_mask, 6);
	OFFSET(jailhouse_pci_device, caps_start, 30);
	OFFSET(jailhouse_pci_device, num_caps, 32);
	OFFSET(jailhouse_pci_device, num_msi_vectors, 34);
	OFFSET(jailhouse_pci_device, num_msix_vectors, 36);
	OFFSET(jailhouse_pci_device, msix_region_size, 38);
	OFFSET(jailhouse_pci_device, msix_address, 40);
	OFFSET(jailhouse_pci_device, shmem_regions_start, 48);
	OFFSET(jailhouse_pci_device, shmem_dev_id, 52);
	OFFSET(jailhouse_pci_device, shmem_peers, 53);
	OFFSET(jailhouse_pci_device, shmem_protocol, 54);

	memset(&d, 0, sizeof(d));
	d.msi_64bits = 1;
	memcpy(bytes, &d, sizeof(d));
	assert_int_equal(bytes[35], 1);
	d.msi_64bits = 0;
	d.msi_maskable = 1;
	memcpy(bytes, &d, sizeof(d));
	assert_int_equal(bytes[35], 2);
}

static void system_configuration(void **state)
{
	(void)state;
	SIZE(jailhouse_system, 488);
	OFFSET(jailhouse_system, architecture, 5);
	OFFSET(jailhouse_system, revision, 6);
	OFFSET(jailhouse_system, flags, 8);
	OFFSET(jailhouse_system, hypervisor_memory, 12);
	OFFSET(jailhouse_system, debug_console, 44);
	OFFSET(jailhouse_system, platform_info.pci_mmconfig_base, 76);
	OFFSET(jailhouse_system, platform_info.pci_mmconfig_end_bus, 84);
	OFFSET(jailhouse_system, platform_info.pci_is_virtual, 85);
	OFFSET(jailhouse_system, platform_info.pci_domain, 86);
	OFFSET(jailhouse_system, platform_info.iommu_units, 88);
	OFFSET(jailhouse_system, platform_info.x86.pm_timer_address, 312);
	OFFSET(jailhouse_system, platform_info.x86.apic_mode, 314);
	OFFSET(jailhouse_system, platform_info.x86.vtd_interrupt_limit, 316);
	OFFSET(jailhouse_system, platform_info.x86.tsc_khz, 320);
	OFFSET(jailhouse_system, platform_info.x86.apic_khz, 324);
	OFFSET(jailhouse_system, platform_info.arm.maintenance_irq, 312);
	OFFSET(jailhouse_system, platform_info.arm.gic_version, 313);
	OFFSET(jailhouse_system, platform_info.arm.gicd_base, 316);
	OFFSET(jailhouse_system, platform_info.arm.gicc_base, 324);
	OFFSET(jailhouse_system, platform_info.arm.gich_base, 332);
	OFFSET(jailhouse_system, platform_info.arm.gicv_base, 340);
	OFFSET(jailhouse_system, platform_info.arm.gicr_base, 348);
	OFFSET(jailhouse_system, root_cell, 356);
	SIZE(jailhouse_iommu, 28);
	OFFSET(jailhouse_iommu, base, 4);
	OFFSET(jailhouse_iommu, size, 12);
	OFFSET(jailhouse_iommu, amd.bdf, 16);
	OFFSET(jailhouse_iommu, amd.base_cap, 18);
	OFFSET(jailhouse_iommu, amd.msi_cap, 19);
	OFFSET(jailhouse_iommu, amd.features, 20);
	OFFSET(jailhouse_iommu, tipvu.tlb_base, 16);
	OFFSET(jailhouse_iommu, tipvu.tlb_size, 24);
}

static void communication_region(void **state)
{
	(void)state;
	OFFSET(jailhouse_comm_region, signature, 0);
	OFFSET(jailhouse_comm_region, revision, 6);
	OFFSET(jailhouse_comm_region, cell_state, 8);
	OFFSET(jailhouse_comm_region, msg_to_cell, 12);
	OFFSET(jailhouse_comm_region, reply_from_cell, 16);
	OFFSET(jailhouse_comm_region, flags, 20);
	OFFSET(jailhouse_comm_region, console, 24);
	OFFSET(jailhouse_comm_region, pci_mmconfig_base, 56);
#if defined(__x86_64__) || defined(__i386__)
	OFFSET(jailhouse_comm_region, pm_timer_address, 64);
	OFFSET(jailhouse_comm_region, num_cpus, 66);
	OFFSET(jailhouse_comm_region, tsc_khz, 68);
	OFFSET(jailhouse_comm_region, apic_khz, 72);
	SIZE(jailhouse_comm_region, 76);
#endif
	assert_string_equal(COMM_REGION_MAGIC, "JHCOMM");
	assert_int_equal(COMM_REGION_ABI_REVISION, 2);
}

static void a_reply_clears_the_message(void **state)
{
	struct jailhouse_comm_region comm = { .msg_to_cell = JAILHOUSE_MSG_SHUTDOWN_REQUEST };

	(void)state;
	jailhouse_send_reply_from_cell(&comm, JAILHOUSE_MSG_REQUEST_DENIED);
	assert_int_equal(comm.msg_to_cell, 0);
	assert_int_equal(comm.reply_from_cell, 2);
}

static void numbers_of_hypercalls_and_queries(void **state)
{
	(void)state;
	assert_int_equal(JAILHOUSE_HC_DISABLE, 0);
	assert_int_equal(JAILHOUSE_HC_CELL_CREATE, 1);
	assert_int_equal(JAILHOUSE_HC_CELL_START, 2);
	assert_int_equal(JAILHOUSE_HC_CELL_SET_LOADABLE, 3);
	assert_int_equal(JAILHOUSE_HC_CELL_DESTROY, 4);
	assert_int_equal(JAILHOUSE_HC_HYPERVISOR_GET_INFO, 5);
	assert_int_equal(JAILHOUSE_HC_CELL_GET_STATE, 6);
	assert_int_equal(JAILHOUSE_HC_CPU_GET_INFO, 7);
	assert_int_equal(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, 8);
	assert_int_equal(JAILHOUSE_HC_X_PANIC_DISABLE, 0x1000);
	assert_int_equal(JAILHOUSE_INFO_MEM_POOL_SIZE, 0);
	assert_int_equal(JAILHOUSE_INFO_MEM_POOL_USED, 1);
	assert_int_equal(JAILHOUSE_INFO_REMAP_POOL_SIZE, 2);
	assert_int_equal(JAILHOUSE_INFO_REMAP_POOL_USED, 3);
	assert_int_equal(JAILHOUSE_INFO_NUM_CELLS, 4);
	assert_int_equal(JAILHOUSE_CPU_INFO_STATE, 0);
	assert_int_equal(JAILHOUSE_CPU_INFO_STAT_BASE, 1000);
	assert_int_equal(JAILHOUSE_CPU_RUNNING, 0);
	assert_int_equal(JAILHOUSE_CPU_FAILED, 2);
}

static void numbers_of_states_and_messages(void **state)
{
	(void)state;
	assert_int_equal(JAILHOUSE_CELL_RUNNING, 0);
	assert_int_equal(JAILHOUSE_CELL_RUNNING_LOCKED, 1);
	assert_int_equal(JAILHOUSE_CELL_SHUT_DOWN, 2);
	assert_int_equal(JAILHOUSE_CELL_FAILED, 3);
	assert_int_equal(JAILHOUSE_CELL_FAILED_COMM_REV, 4);
	assert_int_equal(JAILHOUSE_MSG_NONE, 0);
	assert_int_equal(JAILHOUSE_MSG_SHUTDOWN_REQUEST, 1);
	assert_int_equal(JAILHOUSE_MSG_RECONFIG_COMPLETED, 2);
	assert_int_equal(JAILHOUSE_MSG_UNKNOWN, 1);
	assert_int_equal(JAILHOUSE_MSG_REQUEST_DENIED, 2);
	assert_int_equal(JAILHOUSE_MSG_REQUEST_APPROVED, 3);
	assert_int_equal(JAILHOUSE_MSG_RECEIVED, 4);
	assert_int_equal(JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED, 1);
	assert_int_equal(JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE, 2);
}

static void numbers_of_statistics(void **state)
{
	(void)state;
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_TOTAL, 0);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_MMIO, 1);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT, 2);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL, 3);
#if defined(__x86_64__) || defined(__i386__)
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_PIO, 4);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_XAPIC, 5);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_CR, 6);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_CPUID, 7);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_XSETBV, 8);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION, 9);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 10);
	assert_int_equal(JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR, 11);
	assert_int_equal(JAILHOUSE_NUM_CPU_STATS, 12);
#endif
}

static void values_in_configurations(void **state)
{
	(void)state;
	assert_string_equal(JAILHOUSE_CELL_DESC_SIGNATURE, "JHCLL");
	assert_string_equal(JAILHOUSE_SYSTEM_SIGNATURE, "JHSYS");
	assert_int_equal(JAILHOUSE_CONFIG_REVISION, 14);
	assert_int_equal(JAILHOUSE_CELL_NAME_MAXLEN, 31);
	assert_int_equal(JAILHOUSE_MEM_READ, 0x1);
	assert_int_equal(JAILHOUSE_MEM_WRITE, 0x2);
	assert_int_equal(JAILHOUSE_MEM_EXECUTE, 0x4);
	assert_int_equal(JAILHOUSE_MEM_DMA, 0x8);
	assert_int_equal(JAILHOUSE_MEM_IO, 0x10);
	assert_int_equal(JAILHOUSE_MEM_COMM_REGION, 0x20);
	assert_int_equal(JAILHOUSE_MEM_LOADABLE, 0x40);
	assert_int_equal(JAILHOUSE_MEM_ROOTSHARED, 0x80);
	assert_int_equal(JAILHOUSE_MEM_NO_HUGEPAGES, 0x100);
	assert_int_equal(JAILHOUSE_MEM_IO_UNALIGNED, 0x8000);
	assert_int_equal(JAILHOUSE_MEM_IO_8, 0x10000);
	assert_int_equal(JAILHOUSE_MEM_IO_16, 0x20000);
	assert_int_equal(JAILHOUSE_MEM_IO_32, 0x40000);
	assert_int_equal(JAILHOUSE_MEM_IO_64, 0x80000);
	assert_int_equal(JAILHOUSE_CELL_PASSIVE_COMMREG, 1);
	assert_int_equal(JAILHOUSE_CELL_TEST_DEVICE, 2);
	assert_int_equal(JAILHOUSE_CELL_AARCH32, 4);
	assert_true(JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED == 0x40000000u);
	assert_true(JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE == 0x80000000u);
	assert_int_equal(JAILHOUSE_CON_TYPE_8250, 2);
	assert_int_equal(JAILHOUSE_CON_TYPE_SCIF, 10);
	assert_int_equal(JAILHOUSE_CON_MDR_QUIRK, 0x2000);
	assert_int_equal(JAILHOUSE_CACHE_L3, 3);
	assert_int_equal(JAILHOUSE_PCI_TYPE_IVSHMEM, 3);
	assert_int_equal(JAILHOUSE_SHMEM_PROTO_VETH, 1);
	assert_int_equal(JAILHOUSE_SHMEM_PROTO_CUSTOM, 0x4000);
	assert_int_equal(JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT, 0x8000);
	assert_int_equal(JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK, 0xc000);
	assert_int_equal(JAILHOUSE_PCI_EXT_CAP, 0x8000);
	assert_int_equal(JAILHOUSE_IOMMU_ARM_MMU500, 5);
	assert_int_equal(JAILHOUSE_APIC_MODE_X2APIC, 2);
}

static void ioctls(void **state)
{
	(void)state;
	assert_int_equal(JAILHOUSE_ENABLE, sizeof(void *) == 8 ? 0x40080000 : 0x40040000);
	assert_int_equal(JAILHOUSE_DISABLE, 0x00000001);
	assert_int_equal(JAILHOUSE_CELL_CREATE, 0x40100002);
	assert_int_equal(JAILHOUSE_CELL_LOAD, 0x40300003);
	assert_int_equal(JAILHOUSE_CELL_START, 0x40280004);
	assert_int_equal(JAILHOUSE_CELL_DESTROY, 0x40280005);
	OFFSET(jailhouse_cell_create, config_size, 8);
	OFFSET(jailhouse_cell_id, name, 8);
	OFFSET(jailhouse_preload_image, size, 8);
	OFFSET(jailhouse_preload_image, target_address, 16);
	OFFSET(jailhouse_cell_load, num_preload_images, 40);
	OFFSET(jailhouse_cell_load, image, 48);
}

static void what_driver_and_hypervisor_share(void **state)
{
	(void)state;
	SIZE(jailhouse_refusal, 120);
	OFFSET(jailhouse_refusal, cell, 16);
	OFFSET(jailhouse_refusal, value, 24);
	OFFSET(jailhouse_refusal, cell_name, 56);
	OFFSET(jailhouse_refusal, other_name, 88);
	assert_true(sizeof(struct hv_status_page) <= 4096);
	OFFSET(hv_console_ring, content, 4096);
}

/* A description of shared memory as configurations use it: four regions from one macro. */
static const struct jailhouse_memory net_regions[] = {
	JAILHOUSE_SHMEM_NET_REGIONS(0x3f000000, 1),
};

static void network_regions(void **state)
{
	const __u64 shared = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED;
	const struct jailhouse_memory expected[] = {
		{ 0x3f000000, 0x3f000000, 0x1000, shared },
		{ 0, 0, 0, 0 },
		{ 0x3f001000, 0x3f001000, 0x7f000, shared },
		{ 0x3f080000, 0x3f080000, 0x7f000, shared | JAILHOUSE_MEM_WRITE },
	};

	(void)state;
	assert_int_equal(sizeof(net_regions), sizeof(expected));
	assert_memory_equal(net_regions, expected, sizeof(expected));
}

static void subpage_regions(void **state)
{
	struct jailhouse_memory m = { .virt_start = 0x1000, .size = 0x2000 };

	(void)state;
	assert_false(JAILHOUSE_MEMORY_IS_SUBPAGE(&m));
	m.phys_start = 0x10;
	assert_false(JAILHOUSE_MEMORY_IS_SUBPAGE(&m));
	m.size = 0x2001;
	assert_true(JAILHOUSE_MEMORY_IS_SUBPAGE(&m));
	m.size = 0x2000;
	m.virt_start = 0x1004;
	assert_true(JAILHOUSE_MEMORY_IS_SUBPAGE(&m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell_descriptor),
		cmocka_unit_test(elements_of_the_arrays),
		cmocka_unit_test(pci_device),
		cmocka_unit_test(system_configuration),
		cmocka_unit_test(communication_region),
		cmocka_unit_test(a_reply_clears_the_message),
		cmocka_unit_test(numbers_of_hypercalls_and_queries),
		cmocka_unit_test(numbers_of_states_and_messages),
		cmocka_unit_test(numbers_of_statistics),
		cmocka_unit_test(values_in_configurations),
		cmocka_unit_test(ioctls),
		cmocka_unit_test(what_driver_and_hypervisor_share),
		cmocka_unit_test(network_regions),
		cmocka_unit_test(subpage_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
