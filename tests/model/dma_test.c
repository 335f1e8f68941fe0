/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * What devices reach by DMA while cells come and go. The model IOMMU forgets nothing on its own:
 * each test lets the device use what it is to lose before it loses it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../unit/core_support.h"
#include <arch/contract.h>
#include <hv/x86/vdev.h>

#define ID		1
#define ROOTS		2		/* a function that stays root's */
#define CELLS		1		/* the one that the cell gets */
#define HEAP_PHYS	0x323000ULL	/* DMA region of machine_spec(1) */
#define HEAP_VIRT	0x200000ULL
#define IMAGE_PHYS	0x200000ULL	/* its image: not for DMA */

static const struct subsys_ops *const real_subsystems[] = {
	&subsys_pci, &subsys_iommu, &machine_recorder, NULL,
};

static void make_bus_master(u32 function)
{
	arch_pci_cfg_write(FAKE_PCI_BDF(function), 4, 2, 4);
}

static int boot_machine(void **state)
{
	u32 n;

	machine_subsystems = real_subsystems;
	machine_boot();
	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		make_bus_master(n);
	return 0;
}

static int boot_without_iommu(void **state)
{
	machine_has_iommu = false;
	return boot_machine(state);
}

static int restore_iommu(void **state)
{
	machine_has_iommu = true;
	return check_afterwards(state);
}

static struct cell_spec dma_spec(void)
{
	struct cell_spec spec = machine_spec(ID);

	spec.functions = 1 << CELLS;
	return spec;
}

static void create_started(void)
{
	struct cell_spec spec = dma_spec();

	start_cell(&spec);
	make_bus_master(CELLS);
}

static void destroy(void)
{
	machine_cell(ID)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
}

static bool reaches(u32 function, u64 iova, u64 expected)
{
	u64 hpa;

	if (!fake_dma(function, iova, PT_READ, &hpa))
		return false;
	assert_int_equal(hpa, expected);
	return true;
}

static void roots_devices_reach_roots_dma_regions_and_not_the_hypervisor(void **state)
{
	assert_true(reaches(ROOTS, 0x5000, 0x5000));
	assert_true(reaches(ROOTS, ROOT_MOVED_VIRT + 0x1000, ROOT_MOVED_PHYS + 0x1000));
	assert_false(reaches(ROOTS, HV_PHYS, 0));
	assert_false(reaches(ROOTS, DEVICE_PHYS, 0));
	assert_false(reaches(ROOTS, 1ULL << 52, 0));
}

static void a_device_that_is_no_bus_master_does_no_dma(void **state)
{
	arch_pci_cfg_write(FAKE_PCI_BDF(ROOTS), 4, 2, 3);
	assert_false(reaches(ROOTS, 0x5000, 0x5000));
}

static void a_cells_memory_is_gone_from_roots_devices(void **state)
{
	assert_true(reaches(ROOTS, HEAP_PHYS, HEAP_PHYS));
	assert_true(reaches(ROOTS, IMAGE_PHYS, IMAGE_PHYS));
	create_started();
	assert_false(reaches(ROOTS, HEAP_PHYS, 0));
	assert_false(reaches(ROOTS, IMAGE_PHYS, 0));
	assert_true(reaches(ROOTS, HEAP_PHYS + 0x5000, HEAP_PHYS + 0x5000));
}

static void a_cells_device_reaches_the_cells_dma_regions_alone(void **state)
{
	assert_true(reaches(CELLS, 0x5000, 0x5000));
	create_started();
	assert_true(reaches(CELLS, HEAP_VIRT, HEAP_PHYS));
	assert_false(reaches(CELLS, 0, 0));		/* the image: no DMA region */
	assert_false(reaches(CELLS, 0x5000, 0));	/* root's */
	assert_false(reaches(CELLS, COMM_VIRT, 0));
}

static void what_a_device_knew_of_its_cell_is_gone_after_destroy(void **state)
{
	create_started();
	assert_true(reaches(CELLS, HEAP_VIRT + 0x1000, HEAP_PHYS + 0x1000));
	destroy();
	make_bus_master(CELLS);
	assert_true(reaches(CELLS, HEAP_VIRT + 0x1000, HEAP_VIRT + 0x1000));
	assert_true(reaches(ROOTS, HEAP_PHYS, HEAP_PHYS));
}

/* The next owner may be given it at once, by whoever commits after that. */
static void memory_is_gone_from_roots_devices_when_the_take_returns(void **state)
{
	struct cell *c;

	create_started();
	c = machine_cell(ID);
	mem_plan_start(&c->move, c, MEM_PLAN_EXCLUSIVE);
	assert_int_equal(cell_memory_give_back(c), 0);
	assert_true(reaches(ROOTS, HEAP_PHYS, HEAP_PHYS));
	mem_plan_start(&c->move, c, MEM_PLAN_EXCLUSIVE);
	assert_int_equal(cell_memory_take(c), 0);
	assert_false(reaches(ROOTS, HEAP_PHYS, 0));
}

static void memory_is_lent_to_root_for_loading_but_not_to_its_devices(void **state)
{
	struct cell_spec spec = dma_spec();

	assert_int_equal(machine_create(&spec), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_true(fake_guest_write8(&fake_vcpus[0], IMAGE_PHYS, 1));
	assert_false(reaches(ROOTS, IMAGE_PHYS, 0));
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_true(reaches(ROOTS, IMAGE_PHYS, IMAGE_PHYS));
}

static void shared_memory_is_for_the_devices_of_both(void **state)
{
	struct cell_spec spec = dma_spec();

	spec.mem_count = 3;
	spec.mem[2] = (struct jailhouse_memory){ 0x600000, 0x80000000, 0x1000,
						 RAM_FLAGS | JAILHOUSE_MEM_DMA |
							 JAILHOUSE_MEM_ROOTSHARED };
	start_cell(&spec);
	make_bus_master(CELLS);
	assert_true(reaches(CELLS, 0x80000000, 0x600000));
	assert_true(reaches(ROOTS, 0x600000, 0x600000));
}

static void create_and_destroy_restore_both_domains(void **state)
{
	struct machine_image before = oracle_image(&machine), after;

	create_started();
	destroy();
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void create_fails_cleanly_at_every_allocation_of_the_domain_too(void **state)
{
	struct machine_image before = oracle_image(&machine), after;
	struct cell_spec spec = dma_spec();
	u32 nth;

	for (nth = 1; ; nth++) {
		assert_true(reaches(CELLS, 0x5000, 0x5000));
		machine.pool.fail_in = nth;
		if (!machine_create(&spec))
			break;
		after = oracle_image(&machine);
		assert_memory_equal(&before, &after, sizeof(before));
		assert_isolated();
	}
	machine.pool.fail_in = 0;
	assert_true(nth > 15);
}

static void disable_gives_the_devices_back_to_linux_untranslated(void **state)
{
	system_shutdown(&machine);
	assert_true(reaches(ROOTS, HV_PHYS, HV_PHYS));
}

static void in_a_crash_the_devices_of_cells_stay_where_they_are(void **state)
{
	create_started();
	hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_X_PANIC_DISABLE, 0, 0);
	fake_run_cpus(10);
	assert_true(reaches(CELLS, HEAP_VIRT, HEAP_PHYS));
	assert_false(reaches(CELLS, 0x5000, 0));
	assert_true(reaches(ROOTS, 0x5000, 0x5000));
}

static void without_an_iommu_a_device_reaches_everything_and_that_is_said(void **state)
{
	create_started();
	assert_false(machine.caps & SYSTEM_CAP_IOMMU);
	assert_true(reaches(CELLS, 0x5000, 0x5000));
	assert_true(reaches(CELLS, HV_PHYS, HV_PHYS));
	assert_true(machine.status->cells[1].flags & JAILHOUSE_STATUS_DMA_UNISOLATED);
	assert_non_null(strstr(machine_console(), "isolation rests on the cell's drivers"));
}

static void with_an_iommu_there_is_nothing_to_say(void **state)
{
	create_started();
	assert_true(machine.caps & SYSTEM_CAP_IOMMU);
	assert_false(machine.status->cells[1].flags & JAILHOUSE_STATUS_DMA_UNISOLATED);
	assert_null(strstr(machine_console(), "isolation rests on the cell's drivers"));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, boot_machine, check_afterwards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(roots_devices_reach_roots_dma_regions_and_not_the_hypervisor),
		TEST(a_device_that_is_no_bus_master_does_no_dma),
		TEST(a_cells_memory_is_gone_from_roots_devices),
		TEST(a_cells_device_reaches_the_cells_dma_regions_alone),
		TEST(what_a_device_knew_of_its_cell_is_gone_after_destroy),
		TEST(memory_is_gone_from_roots_devices_when_the_take_returns),
		TEST(memory_is_lent_to_root_for_loading_but_not_to_its_devices),
		TEST(shared_memory_is_for_the_devices_of_both),
		TEST(create_and_destroy_restore_both_domains),
		TEST(create_fails_cleanly_at_every_allocation_of_the_domain_too),
		TEST(disable_gives_the_devices_back_to_linux_untranslated),
		TEST(in_a_crash_the_devices_of_cells_stay_where_they_are),
		TEST(with_an_iommu_there_is_nothing_to_say),
		cmocka_unit_test_setup_teardown(
			without_an_iommu_a_device_reaches_everything_and_that_is_said,
			boot_without_iommu, restore_iommu),
	};

	return cmocka_run_group_tests_name("dma", tests, NULL, NULL);
}
