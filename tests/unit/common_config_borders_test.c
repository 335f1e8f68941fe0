// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/ */
/*
 * Both sides of conditions that the rules are made of: what is nearly wrong is accepted, each way to be wrong is refused by its rule.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <common/config/config.h>
#include "common_blob.h"

#define DEVICE	(0x02 << 3)
#define LINK	(0x10 << 3)
#define SHARED	0x38000000ULL

static struct jailhouse_refusal refusal;

/* The rule that refuses the cell by itself; 0: none */
static __u32 rule_of_cell(struct blob *b)
{
	struct cell_view v;

	memset(&refusal, 0, sizeof(refusal));
	blob_pack(b);
	if (!cell_view_init(&v, b->bytes, b->size, &refusal) && !config_check_cell(&v, &refusal))
		refusal.rule = 0;
	blob_free(b);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static __u32 rule_of_system(struct blob *b)
{
	struct system_view v;

	memset(&refusal, 0, sizeof(refusal));
	blob_pack(b);
	if (!system_view_init(&v, b->bytes, b->size, &refusal) && !config_check_system(&v, &refusal))
		refusal.rule = 0;
	blob_free(b);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static struct cell_view view(struct blob *b)
{
	struct cell_view v;

	blob_pack(b);
	assert_int_equal(cell_view_init(&v, b->bytes, b->size, &refusal), 0);
	return v;
}

static __u32 rule_of_pair(struct blob *a, struct blob *b)
{
	struct cell_view x = view(a), y = view(b);

	memset(&refusal, 0, sizeof(refusal));
	if (!config_check_cell_pair(&x, &y, &refusal))
		refusal.rule = 0;
	blob_free(a);
	blob_free(b);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static __u32 rule_in_system(struct blob *cell, struct blob *system)
{
	struct cell_view c = view(cell);
	struct system_view s;

	blob_pack(system);
	assert_int_equal(system_view_init(&s, system->bytes, system->size, &refusal), 0);
	memset(&refusal, 0, sizeof(refusal));
	if (!config_check_cell_in_system(&c, &s, &refusal))
		refusal.rule = 0;
	blob_free(cell);
	blob_free(system);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

/* --- cells ------------------------------------------------------------------------------------ */

static void an_extension_ends_with_a_whole_element(void **state)
{
	struct jailhouse_ext_block ext = { .magic = JAILHOUSE_EXT_MAGIC, .size = sizeof(ext) + 1 };
	struct blob b = blob_cell();

	b.cell.flags |= JAILHOUSE_CELL_X_EXTENSION;
	memcpy(b.extension, &ext, sizeof(ext));
	b.extension_size = sizeof(ext) + 1;
	assert_int_equal(rule_of_cell(&b), RULE_EXTENSION_SIZE);
	ext.size = sizeof(ext);
	memcpy(b.extension, &ext, sizeof(ext));
	b.extension_size = sizeof(ext);
	assert_int_equal(rule_of_cell(&b), 0);
}

static void a_cache_region_may_be_shared_and_nothing_else(void **state)
{
	struct blob b = blob_cell();

	b.cell.num_cache_regions = 1;
	b.cache[0] = (struct jailhouse_cache){ .start = 0, .size = 4, .type = JAILHOUSE_CACHE_L3, .flags = JAILHOUSE_CACHE_ROOTSHARED };
	assert_int_equal(rule_of_cell(&b), 0);
	b.cache[0].flags = ~0;
	assert_int_equal(rule_of_cell(&b), RULE_CACHE_FLAGS);
}

static void two_interrupt_controllers_have_two_addresses(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	blob_add_irqchip(&b, 0xfec10000, 1 << 4);
	assert_int_equal(rule_of_cell(&b), 0);
	/* pin 4 of another controller is the other cell's */
	assert_int_equal(rule_of_pair(&b, &other), 0);
}

static void memory_may_have_two_names_that_do_not_write(void **state)
{
	struct blob b = blob_cell();
	__u32 n;

	b.mem[0].flags = JAILHOUSE_MEM_READ;
	n = blob_add_mem(&b, b.mem[0].phys_start, 0x200000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE);
	assert_int_equal(rule_of_cell(&b), 0);
	b.mem[n].flags |= JAILHOUSE_MEM_WRITE;
	assert_int_equal(rule_of_cell(&b), RULE_MEMORY_OVERLAP_PHYS);
	b.mem[n].flags |= JAILHOUSE_MEM_ROOTSHARED;
	assert_int_equal(rule_of_cell(&b), RULE_MEMORY_OVERLAP_PHYS);
	b.mem[0].flags |= JAILHOUSE_MEM_ROOTSHARED;
	assert_int_equal(rule_of_cell(&b), 0);
}

static void a_console_in_memory_needs_its_size_only_where_it_is_mapped(void **state)
{
	const struct jailhouse_console mmio = { .address = 0xfe000000, .size = 8, .type = JAILHOUSE_CON_TYPE_8250,
						.flags = JAILHOUSE_CON_ACCESS_MMIO };
	struct blob b = blob_cell(), s = blob_system();

	b.cell.console = s.system.debug_console = mmio;
	b.cell.console.size = 0;
	assert_int_equal(rule_of_cell(&b), 0);
	assert_int_equal(rule_of_system(&s), 0);
	s.system.debug_console.size = 7;
	assert_int_equal(rule_of_system(&s), RULE_CONSOLE_SIZE);
	s.system.debug_console.size = 8;
	s.system.debug_console.address = ~0ULL - 6;
	assert_int_equal(rule_of_system(&s), RULE_CONSOLE_SIZE);
}

static void a_clock_gate_is_one_of_32_bits(void **state)
{
	struct blob b = blob_cell();

	b.cell.console = (struct jailhouse_console){ .type = JAILHOUSE_CON_TYPE_HSCIF, .gate_nr = 31, .clock_reg = 0xe6150144 };
	assert_int_equal(rule_of_cell(&b), 0);
	b.cell.console.gate_nr = 32;
	assert_int_equal(rule_of_cell(&b), RULE_CONSOLE_GATE);
	b.cell.console.clock_reg = 0;
	assert_int_equal(rule_of_cell(&b), 0);
}

static void a_frame_buffer_has_flags_of_its_own(void **state)
{
	struct blob b = blob_cell();

	b.cell.console = (struct jailhouse_console){ .address = 0xc0180123, .type = JAILHOUSE_CON_TYPE_EFIFB,
						     .flags = JAILHOUSE_CON_ACCESS_MMIO };
	assert_int_equal(rule_of_cell(&b), 0);
	b.cell.console.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1920x1080;
	assert_int_equal(rule_of_cell(&b), 0);
	b.cell.console.flags = 0;
	assert_int_equal(rule_of_cell(&b), RULE_CONSOLE_FB_FLAGS);
	b.cell.console.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4;
	assert_int_equal(rule_of_cell(&b), RULE_CONSOLE_FB_FLAGS);
	b.cell.console.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_INVERTED_GATE;
	assert_int_equal(rule_of_cell(&b), RULE_CONSOLE_FB_FLAGS);
}

static void the_hypervisors_frame_buffer_is_whole_and_aligned(void **state)
{
	static const struct { __u16 flag; __u32 size; } modes[] = {
		{ JAILHOUSE_CON_FB_1024x768, 1024 * 768 * 4 }, { JAILHOUSE_CON_FB_1920x1080, 1920 * 1080 * 4 },
	};
	struct blob s = blob_system();
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(modes); n++) {
		struct jailhouse_console *con = &s.system.debug_console;

		*con = (struct jailhouse_console){ .address = 0xc0000000, .size = modes[n].size, .type = JAILHOUSE_CON_TYPE_EFIFB,
						   .flags = JAILHOUSE_CON_ACCESS_MMIO | modes[n].flag };
		assert_int_equal(rule_of_system(&s), 0);
		con->size--;
		assert_int_equal(rule_of_system(&s), RULE_CONSOLE_FB_MEMORY);
		con->size++;
		con->address += 4;
		assert_int_equal(rule_of_system(&s), RULE_CONSOLE_FB_MEMORY);
		con->address = (1ULL << 52) - 0x200000;
		assert_int_equal(rule_of_system(&s), RULE_CONSOLE_FB_MEMORY);
		con->address = ~0xfffULL;
		assert_int_equal(rule_of_system(&s), RULE_CONSOLE_FB_MEMORY);
		con->address = (1ULL << 52) - 0x800000;
		assert_int_equal(rule_of_system(&s), 0);
	}
}

static void the_debug_console_is_beside_what_the_hypervisor_handles(void **state)
{
	struct blob s = blob_system();
	struct jailhouse_console *con = &s.system.debug_console;

	*con = (struct jailhouse_console){ .size = 0x1000, .type = JAILHOUSE_CON_TYPE_8250, .flags = JAILHOUSE_CON_ACCESS_MMIO };
	con->address = s.system.hypervisor_memory.phys_start - 0x1000;
	assert_int_equal(rule_of_system(&s), 0);
	con->address++;
	assert_int_equal(rule_of_system(&s), RULE_CONSOLE_DEVICE);
	con->address = s.system.hypervisor_memory.phys_start + s.system.hypervisor_memory.size - 0x100;
	assert_int_equal(rule_of_system(&s), RULE_CONSOLE_DEVICE);
	con->address += 0x100;
	assert_int_equal(rule_of_system(&s), 0);
	con->address = 0xfee00000;
	assert_int_equal(rule_of_system(&s), RULE_CONSOLE_DEVICE);
	con->type = JAILHOUSE_CON_TYPE_NONE;
	assert_int_equal(rule_of_system(&s), 0);
}

static void msix_tables_end_within_the_address_space(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, DEVICE);

	d->num_msix_vectors = 1;
	d->msix_region_size = 0x2000;
	d->msix_address = (1ULL << 52) - 0x1000;
	assert_int_equal(rule_of_cell(&b), RULE_PCI_MSIX_ADDRESS);
	d->msix_address = ~0xfffULL;
	assert_int_equal(rule_of_cell(&b), RULE_PCI_MSIX_ADDRESS);
	d->msix_address = (1ULL << 52) - 0x2000;
	assert_int_equal(rule_of_cell(&b), 0);
	/* beside a device without a table, on either side */
	blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, DEVICE + 1);
	*blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, DEVICE + 2) = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = DEVICE + 2, .num_msix_vectors = 1, .msix_region_size = 0x1000,
		.msix_address = 0xe0000000 };
	assert_int_equal(rule_of_cell(&b), 0);
}

/* --- ivshmem ---------------------------------------------------------------------------------- */

static struct blob linked_cell(struct blob b)
{
	blob_add_ivshmem(&b, LINK, 2, 0, SHARED);
	return b;
}

static struct jailhouse_pci_device *link_of(struct blob *b)
{
	return &b->pci[b->cell.num_pci_devices - 1];
}

static void the_state_table_is_there_and_is_a_table(void **state)
{
	struct blob b = linked_cell(blob_cell());
	struct jailhouse_memory *table = &b.mem[link_of(&b)->shmem_regions_start];

	assert_int_equal(rule_of_cell(&b), 0);
	table->flags |= JAILHOUSE_MEM_WRITE;
	assert_int_equal(rule_of_cell(&b), RULE_IVSHMEM_STATE_TABLE);
	table->flags &= ~(__u64)JAILHOUSE_MEM_WRITE;
	table->size = 0;
	assert_int_equal(rule_of_cell(&b), RULE_MEMORY_EMPTY);
	/* a window of less than a word for each peer */
	table->size = 4;
	table->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32;
	assert_int_equal(rule_of_cell(&b), RULE_IVSHMEM_STATE_TABLE);
	b = linked_cell(blob_cell());
	/* region 1 is the communication region */
	link_of(&b)->shmem_regions_start = 1;
	assert_int_equal(rule_of_cell(&b), RULE_IVSHMEM_STATE_TABLE);
}

static void a_communication_region_is_no_section(void **state)
{
	struct blob b = blob_cell();
	__u32 first, n;

	/* the one region that is left of the blob stands among the sections */
	b.cell.num_memory_regions = 1;
	blob_add_ivshmem(&b, LINK, 2, 0, SHARED);
	first = link_of(&b)->shmem_regions_start;
	b.mem[first + 1] = (struct jailhouse_memory){ 0, SHARED + 0x1000, 0x1000, BLOB_COMM };
	assert_int_equal(rule_of_cell(&b), RULE_IVSHMEM_ALIGNMENT);
	for (n = 0; n < 4; n++)
		assert_true(config_region_in_link(link_of(&b), first + n));
	assert_false(config_region_in_link(link_of(&b), first + 4));
	assert_false(config_region_in_link(link_of(&b), first - 1));
	link_of(&b)->type = JAILHOUSE_PCI_TYPE_DEVICE;
	assert_false(config_region_in_link(link_of(&b), first));
}

static void register_bars_are_whole_pages(void **state)
{
	struct blob b = linked_cell(blob_cell());

	link_of(&b)->bar_mask[0] = 0xfffff800;
	assert_int_equal(rule_of_cell(&b), RULE_IVSHMEM_BARS);
}

static void only_the_same_section_of_the_same_link_is_shared(void **state)
{
	struct blob a = linked_cell(blob_cell()), b = linked_cell(blob_other_cell());
	__u32 n, first = link_of(&a)->shmem_regions_start;

	for (n = 0; n < 4; n++) {
		a.mem[first + n].flags &= ~(__u64)JAILHOUSE_MEM_ROOTSHARED;
		b.mem[first + n].flags &= ~(__u64)JAILHOUSE_MEM_ROOTSHARED;
	}
	link_of(&b)->shmem_dev_id = 1;
	assert_int_equal(rule_of_pair(&a, &b), 0);
	/* another link */
	link_of(&b)->bdf++;
	assert_int_equal(rule_of_pair(&a, &b), RULE_MEMORY_IN_USE);
	link_of(&b)->bdf--;
	/* another section: the state table of one is what the other writes */
	b.mem[first + 1].phys_start = SHARED;
	assert_int_equal(rule_of_pair(&a, &b), RULE_MEMORY_IN_USE);
	b.mem[first + 1].phys_start = SHARED + 0x1000;
	/* no section at all */
	b.mem[0].phys_start = SHARED;
	assert_int_equal(rule_of_pair(&a, &b), RULE_MEMORY_IN_USE);
	/* what is no section of mine may not be one of the other's */
	b = linked_cell(blob_other_cell());
	link_of(&b)->shmem_dev_id = 1;
	a.mem[0].phys_start = SHARED;
	assert_int_equal(rule_of_pair(&a, &b), RULE_MEMORY_IN_USE);
	/* a link that has no other end so far */
	a = linked_cell(blob_cell());
	b = blob_other_cell();
	assert_int_equal(rule_of_pair(&a, &b), 0);
	/* sections that both leave out agree wherever they would be */
	b = linked_cell(blob_other_cell());
	a = linked_cell(blob_cell());
	link_of(&b)->shmem_dev_id = 1;
	a.mem[first + 1].size = b.mem[first + 1].size = 0;
	b.mem[first + 1].phys_start++;
	assert_int_equal(rule_of_pair(&a, &b), 0);
	/* the same size elsewhere, and another size at the same place */
	a = linked_cell(blob_cell());
	b = linked_cell(blob_other_cell());
	link_of(&b)->shmem_dev_id = 1;
	b.mem[first + 1].phys_start = SHARED + 0x100000;
	assert_int_equal(rule_of_pair(&a, &b), RULE_IVSHMEM_LINK_REGION);
	b.mem[first + 1].phys_start = SHARED + 0x1000;
	b.mem[first + 1].size = 0x800;
	assert_int_equal(rule_of_pair(&a, &b), RULE_IVSHMEM_LINK_REGION);
}

/* --- names ------------------------------------------------------------------------------------ */

static void names_without_an_end_are_compared_to_their_last_byte(void **state)
{
	struct blob a = blob_cell(), b = blob_other_cell();

	memset(a.cell.name, 'x', sizeof(a.cell.name));
	memset(b.cell.name, 'x', sizeof(b.cell.name));
	assert_int_equal(rule_of_pair(&a, &b), RULE_NAME_IN_USE);
}

/* --- the machine ------------------------------------------------------------------------------ */

static void a_system_has_a_largest_size(void **state)
{
	struct blob s = blob_system();
	struct system_view v;
	void *bytes;

	blob_pack(&s);
	bytes = calloc(1, CONFIG_MAX_SYSTEM_SIZE + 1);
	memcpy(bytes, s.bytes, s.size);
	assert_true(system_view_init(&v, bytes, CONFIG_MAX_SYSTEM_SIZE + 1, &refusal) < 0);
	assert_int_equal(refusal_rule(&refusal), RULE_TOO_LARGE);
	free(bytes);
	blob_free(&s);
}

static void every_iommu_has_registers_of_its_own(void **state)
{
	struct blob s = blob_system();
	struct jailhouse_iommu *units = s.system.platform_info.iommu_units;
	unsigned int n;

	for (n = 0; n < JAILHOUSE_MAX_IOMMU_UNITS; n++)
		units[n] = (struct jailhouse_iommu){ .type = JAILHOUSE_IOMMU_AMD, .base = 0xf0000000 + n * 0x4000, .size = 0x4000 };
	assert_int_equal(rule_of_system(&s), 0);
	units[1].type = JAILHOUSE_IOMMU_INTEL;
	assert_int_equal(rule_of_system(&s), 0);
	units[1].size = 0;
	assert_int_equal(rule_of_system(&s), RULE_IOMMU_RANGE);
	units[1].size = 0x800;
	assert_int_equal(rule_of_system(&s), RULE_IOMMU_RANGE);
	units[1].size = 0x4000;
	units[1].base = 0xf0004800;
	assert_int_equal(rule_of_system(&s), RULE_IOMMU_RANGE);
	units[1].base = ~0xfffULL;
	assert_int_equal(rule_of_system(&s), RULE_IOMMU_RANGE);
	units[1].base = (1ULL << 52) - 0x1000;
	assert_int_equal(rule_of_system(&s), RULE_IOMMU_RANGE);
}

static void a_guest_address_may_be_one_that_the_machine_uses_otherwise(void **state)
{
	struct blob b = blob_cell(), s = blob_system();
	const __u64 registers = 0xfed00000;

	s.system.platform_info.iommu_units[0] = (struct jailhouse_iommu){ .type = JAILHOUSE_IOMMU_AMD, .base = registers, .size = 0x1000 };
	b.mem[0].virt_start = s.system.hypervisor_memory.phys_start;
	assert_int_equal(rule_in_system(&b, &s), 0);
	b.mem[0].virt_start = registers;
	assert_int_equal(rule_in_system(&b, &s), 0);
	/* root sees the machine as it is */
	s.mem[2].virt_start = s.system.hypervisor_memory.phys_start;
	s.mem[2].size = s.system.hypervisor_memory.size;
	assert_int_equal(rule_of_system(&s), RULE_MEMORY_HYPERVISOR);
}

static void a_link_needs_no_iommu(void **state)
{
	struct blob s = blob_system();
	struct jailhouse_pci_device *d;

	s.system.platform_info.iommu_units[0] =
		(struct jailhouse_iommu){ .type = JAILHOUSE_IOMMU_AMD, .base = 0xf0000000, .size = 0x4000 };
	d = blob_add_ivshmem(&s, LINK, 2, 0, 0xd0000000);
	d->iommu = 7;
	assert_int_equal(rule_of_system(&s), 0);
	d->iommu = 0;
	s.pci[0].iommu = 1;
	assert_int_equal(rule_of_system(&s), RULE_PCI_IOMMU_UNIT);
}

static void the_msix_table_is_the_one_of_the_machine(void **state)
{
	struct blob b = blob_cell(), s = blob_system();
	struct jailhouse_pci_device *d = blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, DEVICE);

	d->num_msix_vectors = s.pci[0].num_msix_vectors = 4;
	d->msix_address = s.pci[0].msix_address = 0xe0000000;
	d->msix_region_size = s.pci[0].msix_region_size = 0x1000;
	assert_int_equal(rule_in_system(&b, &s), 0);
	d->msix_region_size = 0x2000;
	assert_int_equal(rule_in_system(&b, &s), RULE_PCI_MSIX_NOT_ROOTS);
	d->msix_region_size = 0x1000;
	d->num_msix_vectors = 5;
	assert_int_equal(rule_in_system(&b, &s), RULE_PCI_MSIX_NOT_ROOTS);
}

/* --- refusals --------------------------------------------------------------------------------- */

static void a_rule_that_is_not_in_the_table_is_invalid(void **state)
{
	struct jailhouse_refusal r = { .rule = 99999 };
	char text[256];

	assert_null(refusal_rule_name(99999));
	assert_true(refusal_format(text, sizeof(text), &r) > 0);
	assert_non_null(strstr(text, "99999"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_extension_ends_with_a_whole_element),
		cmocka_unit_test(a_cache_region_may_be_shared_and_nothing_else),
		cmocka_unit_test(two_interrupt_controllers_have_two_addresses),
		cmocka_unit_test(memory_may_have_two_names_that_do_not_write),
		cmocka_unit_test(a_console_in_memory_needs_its_size_only_where_it_is_mapped),
		cmocka_unit_test(a_clock_gate_is_one_of_32_bits),
		cmocka_unit_test(a_frame_buffer_has_flags_of_its_own),
		cmocka_unit_test(the_hypervisors_frame_buffer_is_whole_and_aligned),
		cmocka_unit_test(the_debug_console_is_beside_what_the_hypervisor_handles),
		cmocka_unit_test(msix_tables_end_within_the_address_space),
		cmocka_unit_test(the_state_table_is_there_and_is_a_table),
		cmocka_unit_test(a_communication_region_is_no_section),
		cmocka_unit_test(register_bars_are_whole_pages),
		cmocka_unit_test(only_the_same_section_of_the_same_link_is_shared),
		cmocka_unit_test(names_without_an_end_are_compared_to_their_last_byte),
		cmocka_unit_test(a_system_has_a_largest_size),
		cmocka_unit_test(every_iommu_has_registers_of_its_own),
		cmocka_unit_test(a_guest_address_may_be_one_that_the_machine_uses_otherwise),
		cmocka_unit_test(a_link_needs_no_iommu),
		cmocka_unit_test(the_msix_table_is_the_one_of_the_machine),
		cmocka_unit_test(a_rule_that_is_not_in_the_table_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
