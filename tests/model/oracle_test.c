/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * The oracle can fail: each clause, broken by hand, is reported by its own sentence.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/guest.h>
#include "../unit/core_support.h"
#include <hv/x86/vdev.h>

#define ID		1
static const struct subsys_ops *const with_devices[] = { &subsys_pci, &subsys_iommu, NULL };

#define HEAP_PHYS	0x323000ULL	/* machine_spec(1) */
#define HEAP_VIRT	0x200000ULL

static int boot_with_a_running_cell(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	machine_boot();
	start_cell(&spec);
	assert_isolated();
	return 0;
}

static void assert_reported(const char *words)
{
	const char *broken = oracle_check(&machine);

	assert_non_null(broken);
	if (!strstr(broken, words))
		fail_msg("expected \"%s\", got \"%s\"", words, broken);
}

static void a_page_of_a_cell_that_root_can_still_reach(void **state)
{
	pt_give_back(&machine.root->stage2, HEAP_PHYS, PAGE_SIZE);
	assert_reported("page 0x323000 is reachable by the cells 0x3, expected 0x2");
}

static void a_page_that_root_did_not_get_back(void **state)
{
	plant_root_hole(&machine.root->stage2, 0x5000, PAGE_SIZE);
	assert_reported("page 0x5000 is reachable by the cells 0x0, expected 0x1");
}

static void a_register_page_of_a_device_that_two_cells_can_reach(void **state)
{
	struct cell *c = machine_cell(ID);

	assert_int_equal(
		pt_map(&c->stage2, DEVICE_PHYS, DEVICE_PHYS, PAGE_SIZE, PT_READ | PT_DEVICE), 0);
	assert_reported("which its configuration does not name");
}

static void more_rights_than_configured(void **state)
{
	struct cell_spec spec = machine_spec(2);

	machine_answer(ID, POLITE);
	spec.mem[1].flags = JAILHOUSE_MEM_READ;
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	assert_isolated();
	assert_int_equal(pt_map(&machine_cell(2)->stage2, 0x200000, spec.mem[1].phys_start,
				PAGE_SIZE, PT_READ | PT_WRITE),
			 0);
	assert_reported("more rights at 0x200000");
}

static void another_physical_page_than_configured(void **state)
{
	assert_int_equal(pt_map(&machine_cell(ID)->stage2, HEAP_VIRT, 0x5000, PAGE_SIZE, RAM_FLAGS),
			 0);
	assert_reported("finds physical 0x5000");
}

static void hypervisor_memory_that_a_cell_can_reach(void **state)
{
	u64 pool = arch_virt_to_phys(machine.pool.base);

	/* as if the configuration had been accepted with it */
	((struct jailhouse_memory *)&machine_cell(ID)->view.mem[1])->phys_start = pool;
	assert_int_equal(pt_map(&machine_cell(ID)->stage2, HEAP_VIRT, pool, 0x5000, RAM_FLAGS), 0);
	pt_give_back(&machine.root->stage2, HEAP_PHYS, 0x5000);
	assert_reported("hypervisor memory");
}

static void a_published_page_that_root_can_write(void **state)
{
	u64 status = arch_virt_to_phys(machine.status);

	plant_root_page(&machine.root->stage2, status, status, PT_READ | PT_WRITE);
	assert_reported("more than read the published page");
}

static void tables_that_were_left_split(void **state)
{
	plant_root_page(&machine.root->stage2, 0x801000, 0x801000, RAM_FLAGS);
	assert_reported("left split");
}

/* Behind what a cell has, so that nobody sees it so far */
static void a_full_mapping_that_has_changed(void **state)
{
	struct pt full = machine.root->stage2;

	full.root = (u64 *)full.full;
	full.full = NULL;
	plant_page(&full, HEAP_PHYS, 0, 0);
	assert_reported("full mapping is not complete");
	plant_page(&full, HEAP_PHYS, 0x5000, RAM_FLAGS);
	assert_reported("cell 0 finds physical 0x5000 at 0x323000");
}

static void a_translation_that_was_not_flushed(void **state)
{
	struct pt *root = &machine.root->stage2;
	u64 hpa;

	assert_true(fake_guest_access(&fake_vcpus[3], 0x5000, PT_READ, &hpa));
	assert_isolated();
	plant_root_page(root, 0x5000, 0x5000, PT_READ);
	assert_reported("CPU 3 has a stale translation of 0x5000");
}

static void a_translation_of_a_page_that_was_split(void **state)
{
	u64 hpa;

	assert_true(fake_guest_access(&fake_vcpus[3], 0x5000, PT_READ, &hpa));
	fake_vcpus[3].arch.tlb[5].size /= 512;
	assert_reported("CPU 3 has a stale translation of 0x5000");
}

static void a_page_that_exits_remember_without_owning_it(void **state)
{
	u64 value;

	assert_int_equal(guest_read(&fake_vcpus[3], gpa(0x5000), 8, &value), 0);
	assert_isolated();
	fake_vcpus[3].hints[5].page += PAGE_SIZE;
	assert_reported("CPU 3 remembers a stale translation of 0x5000");
}

static void a_cpu_that_uses_the_tables_of_another_cell(void **state)
{
	fake_vcpus[1].arch.loaded_cell = machine.root;
	assert_reported("CPU 1 still uses the tables of another cell");
}

static void a_cpu_with_two_owners_or_none(void **state)
{
	machine.root->cpu_set[0] |= 2;
	assert_reported("CPU 1 has 2 owners");
	machine.root->cpu_set[0] &= ~6ULL;
	assert_reported("CPU 2 has 0 owners");
}

static void a_cpu_that_runs_in_a_stopped_cell(void **state)
{
	struct cell_spec spec = machine_spec(2);

	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	fake_vcpus[2].arch.mode = FAKE_RUNNING;
	assert_reported("CPU 2 runs in a cell that was not started");
}

static void a_failed_cpu_that_runs(void **state)
{
	machine.pcpus[1].failed = true;
	assert_reported("CPU 1 has failed and runs");
}

static void a_cpu_that_was_left_suspended(void **state)
{
	machine.pcpus[3].ctrl.suspend_count++;
	assert_reported("CPU 3 was left suspended");
}

static void a_status_page_that_lies(void **state)
{
	machine_cell(ID)->loadable = true;
	pt_give_back(&machine.root->stage2, 0x200000, 0x100000);
	assert_reported("the status page is wrong about cell 1");
	machine_boot();
	machine.status->cells[3].id = 3;
	assert_reported("lists cell 3, which does not exist");
	machine_boot();
	machine.status->refusal_seq++;
	assert_reported("in the middle of a refusal");
}

/* --- DMA -------------------------------------------------------------------------------------- */

static int boot_with_devices(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.functions = 1;
	machine_subsystems = with_devices;
	machine_boot();
	start_cell(&spec);
	assert_isolated();
	arch_pci_cfg_write(FAKE_PCI_BDF(0), 4, 2, 4);
	arch_pci_cfg_write(FAKE_PCI_BDF(1), 4, 2, 4);
	return 0;
}

static void cell_memory_that_roots_devices_reach(void **state)
{
	pt_give_back(&machine.root->dma, HEAP_PHYS, PAGE_SIZE);
	assert_reported("page 0x323000 is reachable by DMA for the cells 0x3, expected 0x2");
}

static void memory_that_roots_devices_did_not_get_back(void **state)
{
	plant_root_hole(&machine.root->dma, 0x5000, PAGE_SIZE);
	assert_reported("page 0x5000 is reachable by DMA for the cells 0x0, expected 0x1");
}

static void other_memory_than_configured_for_a_cells_devices(void **state)
{
	struct pt *dma = &machine_cell(ID)->dma;

	assert_int_equal(pt_map(dma, HEAP_VIRT, HEAP_PHYS, PAGE_SIZE, PT_READ | PT_EXEC), 0);
	assert_isolated();
	assert_int_equal(pt_map(dma, HEAP_VIRT, 0x5000, PAGE_SIZE, PT_READ), 0);
	assert_reported("reach 0x5000 at 0x200000, which is not configured");
	assert_int_equal(pt_map(dma, HEAP_VIRT, HV_PHYS, PAGE_SIZE, PT_READ), 0);
	assert_reported("devices of cell 1 reach hypervisor memory");
}

static void more_dma_rights_than_configured(void **state)
{
	((struct jailhouse_memory *)&machine_cell(ID)->view.mem[1])->flags &=
		~(u64)JAILHOUSE_MEM_WRITE;
	assert_int_equal(pt_map(&machine_cell(ID)->stage2, HEAP_VIRT, HEAP_PHYS, 0x5000,
				PT_READ | PT_EXEC), 0);
	assert_reported("devices of cell 1 have more rights at 0x200000");
}

static void a_device_in_the_wrong_domain(void **state)
{
	iommu_model.detach(machine_cell(ID), FAKE_PCI_BDF(0));
	assert_reported("function 0 is not in the DMA domain of its owner");
	iommu_model.attach(machine.root, FAKE_PCI_BDF(0));
	assert_reported("function 0 is not in the DMA domain of its owner");
}

static void what_the_iommu_remembers(void **state)
{
	u64 hpa;

	assert_true(fake_dma(0, HEAP_VIRT, PT_READ, &hpa));
	assert_isolated();
	fake_iommu.devices[0].cached = fake_iommu.devices[1].attached;
	assert_reported("function 0 still uses the domain of its last owner");
	fake_iommu.devices[0].cached = NULL;
	assert_true(fake_dma(1, 0x5000, PT_READ, &hpa));
	assert_isolated();
	plant_root_page(&machine.root->dma, 0x5000, 0x5000, PT_READ);
	assert_reported("function 1 has a stale translation of 0x5000");
}

static void an_iommu_that_is_off(void **state)
{
	fake_iommu.on = false;
	assert_reported("the IOMMU was not switched on");
}

static void pages_set_apart_that_are_not_there(void **state)
{
	machine.pool.reserved--;
	assert_reported("set apart for nobody, or missing");
}

static void lost_pages_locks_and_windows(void **state)
{
	machine.pool.used++;
	assert_reported("a pool has lost count");
	machine_boot();
	machine.mgmt_lock.locked = 1;
	assert_reported("a lock was left taken");
	machine_boot();
	arch_window_map(WINDOW_GUEST, hpa(0), false);
	assert_reported("a window into memory was left open");
	machine_boot();
	machine.cell_count++;
	assert_reported("1 cells are listed, 2 counted");
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup(name, boot_with_a_running_cell)

#define DMA_TEST(name) cmocka_unit_test_setup(name, boot_with_devices)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_page_of_a_cell_that_root_can_still_reach),
		TEST(a_page_that_root_did_not_get_back),
		TEST(a_register_page_of_a_device_that_two_cells_can_reach),
		TEST(more_rights_than_configured),
		TEST(another_physical_page_than_configured),
		TEST(hypervisor_memory_that_a_cell_can_reach),
		TEST(a_published_page_that_root_can_write),
		TEST(tables_that_were_left_split),
		TEST(a_full_mapping_that_has_changed),
		TEST(a_translation_that_was_not_flushed),
		TEST(a_translation_of_a_page_that_was_split),
		TEST(a_page_that_exits_remember_without_owning_it),
		TEST(a_cpu_that_uses_the_tables_of_another_cell),
		TEST(a_cpu_with_two_owners_or_none),
		TEST(a_cpu_that_runs_in_a_stopped_cell),
		TEST(a_failed_cpu_that_runs),
		TEST(a_cpu_that_was_left_suspended),
		TEST(a_status_page_that_lies),
		TEST(lost_pages_locks_and_windows),
		TEST(pages_set_apart_that_are_not_there),
		DMA_TEST(cell_memory_that_roots_devices_reach),
		DMA_TEST(memory_that_roots_devices_did_not_get_back),
		DMA_TEST(other_memory_than_configured_for_a_cells_devices),
		DMA_TEST(more_dma_rights_than_configured),
		DMA_TEST(a_device_in_the_wrong_domain),
		DMA_TEST(what_the_iommu_remembers),
		DMA_TEST(an_iommu_that_is_off),
	};

	return cmocka_run_group_tests_name("the oracle reports", tests, NULL, NULL);
}
