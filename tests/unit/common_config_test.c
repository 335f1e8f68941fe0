// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/view.c common/config/check_cell.c common/config/check_pci.c common/config/check_system.c common/config/check_pair.c common/config/rules.c */
/*
 * Every rule of a configuration, broken by a blob, and the sentence that a user reads then. The last test sees to it that no rule of
 * rules.inc below 800 is left out.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <common/config/config.h>
#include "common_blob.h"

static bool triggered[1200];

/* @err came with @r: it is the rule's error, and the sentence is @sentence. */
static void assert_refused(int err, const struct jailhouse_refusal *r, const char *sentence)
{
	char text[1024];

	assert_int_not_equal(err, 0);
	assert_true(err < 0);
	assert_int_equal(err, r->error);
	refusal_format(text, sizeof(text), r);
	assert_string_equal(text, sentence);
	triggered[r->rule] = true;
}

static void assert_accepted(int err, const struct jailhouse_refusal *r)
{
	char text[1024];

	if (!err)
		return;
	refusal_format(text, sizeof(text), r);
	fail_msg("%s", text);
}

static struct cell_view view_cell(struct blob *b)
{
	struct jailhouse_refusal r;
	struct cell_view v;

	blob_pack(b);
	assert_accepted(cell_view_init(&v, b->bytes, b->size, &r), &r);
	return v;
}

static struct system_view view_system(struct blob *b)
{
	struct jailhouse_refusal r;
	struct system_view v;

	blob_pack(b);
	assert_accepted(system_view_init(&v, b->bytes, b->size, &r), &r);
	return v;
}

static void check_cell(struct blob *b, const char *sentence)
{
	struct jailhouse_refusal r;
	struct cell_view v = view_cell(b);

	if (sentence)
		assert_refused(config_check_cell(&v, &r), &r, sentence);
	else
		assert_accepted(config_check_cell(&v, &r), &r);
	blob_free(b);
}

static void check_system(struct blob *b, const char *sentence)
{
	struct jailhouse_refusal r;
	struct system_view v = view_system(b);

	if (sentence)
		assert_refused(config_check_system(&v, &r), &r, sentence);
	else
		assert_accepted(config_check_system(&v, &r), &r);
	blob_free(b);
}

/* Both are good by themselves; @sentence is about the cell on that machine. */
static void check_cell_in_system(struct blob *b, struct blob *sys, const char *sentence)
{
	struct cell_view cell = view_cell(b);
	struct system_view system = view_system(sys);
	struct jailhouse_refusal r;

	assert_accepted(config_check_system(&system, &r), &r);
	assert_accepted(config_check_cell(&cell, &r), &r);
	if (sentence)
		assert_refused(config_check_cell_in_system(&cell, &system, &r), &r, sentence);
	else
		assert_accepted(config_check_cell_in_system(&cell, &system, &r), &r);
	blob_free(b);
	blob_free(sys);
}

static void check_pair(struct blob *b, struct blob *other, const char *sentence)
{
	struct cell_view cell = view_cell(b), other_cell = view_cell(other);
	struct jailhouse_refusal r;

	assert_accepted(config_check_cell(&cell, &r), &r);
	assert_accepted(config_check_cell(&other_cell, &r), &r);
	if (sentence) {
		assert_refused(config_check_cell_pair(&cell, &other_cell, &r), &r, sentence);
		assert_int_equal(r.other_cell, 7);
		assert_int_equal(r.cell, -1);
	} else {
		assert_accepted(config_check_cell_pair(&cell, &other_cell, &r), &r);
		assert_accepted(config_check_cell_pair(&other_cell, &cell, &r), &r);
	}
	blob_free(b);
	blob_free(other);
}

static void extend(struct blob *b, __u32 magic, __u32 size, __u32 tag, __u32 length)
{
	const struct jailhouse_ext_block block = { .magic = magic, .size = size };
	const struct jailhouse_ext_element element = { .tag = tag, .length = length };

	b->cell.flags |= JAILHOUSE_CELL_X_EXTENSION;
	memcpy(b->extension, &block, sizeof(block));
	memcpy(b->extension + sizeof(block), &element, sizeof(element));
	b->extension_size = size > sizeof(block) ? size : sizeof(block);
}

static void add_msix(struct blob *b, __u16 bdf, __u64 address, __u16 size, __u16 vectors)
{
	struct jailhouse_pci_device *d = blob_add_pci(b, JAILHOUSE_PCI_TYPE_DEVICE, bdf);

	d->msix_address = address;
	d->msix_region_size = size;
	d->num_msix_vectors = vectors;
}

static void sys_iommu(struct blob *sys)
{
	sys->system.platform_info.iommu_units[0] = (struct jailhouse_iommu){
		.type = JAILHOUSE_IOMMU_AMD, .base = 0xfed90000, .size = 0x1000,
	};
}

/* Make room in root's memory for shared memory at 0x3c000000, 1 MiB. */
static void sys_share(struct blob *sys)
{
	sys->mem[1].size = 0x3c000000 - 0x3a600000;
	blob_add_mem(sys, 0x3c100000, 0x3c100000, 0x3f00000, BLOB_RAM | JAILHOUSE_MEM_DMA);
}

/* --- what is accepted --- */

static void good_configurations_are_accepted(void **state)
{
	struct blob cell = blob_cell(), other = blob_other_cell(), sys = blob_system();

	(void)state;
	check_cell_in_system(&cell, &sys, NULL);
	check_pair(&cell, &other, NULL);
}

static void subpage_windows_may_share_a_page(void **state)
{
	struct blob cell = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_mem(&cell, 0xc0000010, 0x200010, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	blob_add_mem(&cell, 0xc0000014, 0x200014, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_8);
	blob_add_mem(&other, 0xc0000018, 0x200010, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	check_pair(&cell, &other, NULL);
}

static void memory_may_have_two_names_that_cannot_write(void **state)
{
	struct blob cell = blob_cell();

	(void)state;
	blob_add_mem(&cell, 0x3d000000, 0x200000, 0x1000, JAILHOUSE_MEM_READ);
	blob_add_mem(&cell, 0x3d000000, 0x300000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE);
	check_cell(&cell, NULL);
}

static void cells_may_share_memory_that_both_mark(void **state)
{
	struct blob cell = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_mem(&cell, 0x3d000000, 0x200000, 0x1000, BLOB_RAM | JAILHOUSE_MEM_ROOTSHARED);
	blob_add_mem(&other, 0x3d000000, 0x300000, 0x1000, BLOB_RAM | JAILHOUSE_MEM_ROOTSHARED);
	check_pair(&cell, &other, NULL);
}

static void sections_of_one_link_are_common_memory(void **state)
{
	struct blob cell = blob_cell(), other = blob_other_cell();
	__u32 n;

	(void)state;
	blob_add_ivshmem(&cell, 0x100, 2, 0, 0x3c000000);
	blob_add_ivshmem(&other, 0x100, 2, 1, 0x3c000000);
	for (n = 2; n < cell.cell.num_memory_regions; n++)
		cell.mem[n].flags &= ~(__u64)JAILHOUSE_MEM_ROOTSHARED;
	check_pair(&cell, &other, NULL);
}

static void a_link_may_leave_out_all_sections_but_the_state_table(void **state)
{
	struct blob cell = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&cell, 0x100, 2, 0, 0x3c000000);
	__u32 n;

	(void)state;
	for (n = 1; n < 4; n++)
		cell.mem[d->shmem_regions_start + n] = (struct jailhouse_memory){ 0 };
	check_cell(&cell, NULL);
}

static void the_network_macro_gives_a_good_link(void **state)
{
	const struct jailhouse_memory root_regions[] = { JAILHOUSE_SHMEM_NET_REGIONS(0x3c000000, 0) };
	const struct jailhouse_memory cell_regions[] = { JAILHOUSE_SHMEM_NET_REGIONS(0x3c000000, 1) };
	struct blob cell = blob_cell(), sys = blob_system();
	struct jailhouse_pci_device *d;
	__u32 n;

	(void)state;
	sys_share(&sys);
	d = blob_add_pci(&sys, JAILHOUSE_PCI_TYPE_IVSHMEM, 0x100);
	*d = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = 0x100, .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
		.shmem_regions_start = sys.cell.num_memory_regions, .shmem_dev_id = 0, .shmem_peers = 2,
		.shmem_protocol = JAILHOUSE_SHMEM_PROTO_VETH,
	};
	cell.pci[cell.cell.num_pci_devices] = *d;
	cell.pci[cell.cell.num_pci_devices].shmem_dev_id = 1;
	cell.pci[cell.cell.num_pci_devices++].shmem_regions_start = cell.cell.num_memory_regions;
	for (n = 0; n < 4; n++) {
		sys.mem[sys.cell.num_memory_regions++] = root_regions[n];
		cell.mem[cell.cell.num_memory_regions++] = cell_regions[n];
	}
	check_cell_in_system(&cell, &sys, NULL);
}

static void memory_may_be_taken_across_adjacent_root_regions(void **state)
{
	struct blob cell = blob_cell(), sys = blob_system();

	(void)state;
	sys.mem[1].size = 0x4a80000;	/* ends in the middle of the cell's */
	blob_add_mem(&sys, 0x3f080000, 0x3f080000, 0x1000000, BLOB_RAM);
	check_cell_in_system(&cell, &sys, NULL);
}

static void a_device_with_the_msix_table_of_root_is_accepted(void **state)
{
	struct blob cell = blob_cell(), sys = blob_system();

	(void)state;
	add_msix(&sys, 0x18, 0xd0000000, 0x1000, 8);
	add_msix(&cell, 0x18, 0xd0000000, 0x1000, 5);
	check_cell_in_system(&cell, &sys, NULL);
}

static void an_empty_extension_block_is_accepted(void **state)
{
	struct blob cell = blob_cell();

	(void)state;
	extend(&cell, JAILHOUSE_EXT_MAGIC, 8, 0, 0);
	check_cell(&cell, NULL);
}

static void the_ids_of_root_and_of_no_cell_are_refused(void **state)
{
	struct blob cell = blob_cell(), other = blob_other_cell();
	struct cell_view v = view_cell(&cell), good = view_cell(&other);
	struct jailhouse_refusal r;

	(void)state;
	assert_refused(config_check_cell_id(&v, &r), &r, "The cell id 0 is the root cell's. Choose an id above 0.");
	assert_accepted(config_check_cell_id(&good, &r), &r);
	((struct jailhouse_cell_desc *)v.desc)->id = 0xffffffff;
	assert_refused(config_check_cell_id(&v, &r), &r,
		"The cell id 4294967295 means \"no cell\". Choose an id below it.");
	blob_free(&cell);
	blob_free(&other);
}

static void the_size_of_a_system_is_found_step_by_step(void **state)
{
	struct blob sys = blob_system();
	__u64 have = 0, next;
	unsigned int steps = 0;

	(void)state;
	extend(&sys, JAILHOUSE_EXT_MAGIC, 20, 1, 4);
	blob_pack(&sys);
	while ((next = config_system_size(sys.bytes, have)) > have) {
		assert_true(next <= sys.size);
		have = next;
		steps++;
	}
	assert_int_equal(have, sys.size);
	assert_int_equal(steps, 3);	/* header, arrays with the block's header, block */
	blob_free(&sys);
}

static void the_largest_counts_do_not_overflow(void **state)
{
	struct blob sys = blob_system();
	struct jailhouse_cell_desc *d = &sys.cell;

	(void)state;
	d->cpu_set_size = d->num_memory_regions = d->num_cache_regions = d->num_irqchips = 0;
	d->num_pio_regions = d->num_pci_devices = d->num_pci_caps = 0;
	blob_pack(&sys);
	d = &((struct jailhouse_system *)sys.bytes)->root_cell;
	d->cpu_set_size = d->num_memory_regions = d->num_cache_regions = d->num_irqchips = 0xffffffff;
	d->num_pio_regions = d->num_pci_devices = d->num_pci_caps = d->num_stream_ids = 0xffffffff;
	assert_true(config_system_size(sys.bytes, sys.size) == 488 + 0xffffffffULL * (1 + 32 + 12 + 32 + 4 + 56 + 8 + 4));
	blob_free(&sys);
}

/* Every prefix of a good blob, with a good header: refused, and nothing beyond the end is read (the sanitizer watches). */
static void no_truncated_blob_is_read_beyond_its_end(void **state)
{
	struct blob cell = blob_cell(), sys = blob_system();
	struct jailhouse_refusal r;
	struct system_view s;
	struct cell_view v;
	size_t size;

	(void)state;
	blob_pack(&cell);
	for (size = 0; size < cell.size; size++) {
		void *part = malloc(size ? size : 1);

		memcpy(part, cell.bytes, size);
		assert_true(cell_view_init(&v, part, size, &r) < 0);
		free(part);
	}
	blob_pack(&sys);
	for (size = 0; size < sys.size; size++) {
		void *part = malloc(size ? size : 1);

		memcpy(part, sys.bytes, size);
		assert_true(system_view_init(&s, part, size, &r) < 0);
		free(part);
	}
	blob_free(&cell);
	blob_free(&sys);
}

/* --- what is refused --- */

static void blob_shorter_than_its_fixed_part_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	b.size = 131;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 131 bytes, fewer than the 132 of its fixed part. Give a complete "
		".cell file.");
	blob_free(&b);
}

static void file_that_is_no_configuration_is_refused_as_cell(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "#!/bin", 6);
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"This is not a cell configuration: the signature is missing. Give a .cell file that "
		"describes a non-root cell.");
	blob_free(&b);
}

static void file_that_is_no_configuration_is_refused_as_system(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "#!/bin", 6);
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"This is not a system configuration: the signature is missing. Give the .cell file that "
		"describes the machine and its root cell.");
	blob_free(&b);
}

static void system_configuration_is_refused_as_cell(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHSYS", 5);
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"This is a system configuration, not that of a cell. Use it with \"jailhouse enable\".");
	blob_free(&b);
}

static void cell_configuration_is_refused_as_system(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHCLL", 5);
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"This is the configuration of a cell, not of a system. Use it with \"jailhouse cell "
		"create\".");
	blob_free(&b);
}

static void cell_of_revision_10_is_refused_by_name(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHCELL\12\0", 8);
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has revision 10, this Jailhouse reads revision 14 only. Convert it: "
		"compile its C source again with the current <jailhouse/cell-config.h>.");
	blob_free(&b);
}

static void system_of_revision_10_is_refused_by_name(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHSYST\12\0", 8);
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has revision 10, this Jailhouse reads revision 14 only. Convert it: "
		"compile its C source again with the current <jailhouse/cell-config.h>.");
	blob_free(&b);
}

static void cell_of_revision_12_is_refused_by_name(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHCELL\14\0", 8);
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has revision 12, this Jailhouse reads revision 14 only. Convert it: "
		"compile its C source again with the current <jailhouse/cell-config.h>.");
	blob_free(&b);
}

static void system_of_revision_12_is_refused_by_name(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	memcpy(b.bytes, "JHSYST\14\0", 8);
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has revision 12, this Jailhouse reads revision 14 only. Convert it: "
		"compile its C source again with the current <jailhouse/cell-config.h>.");
	blob_free(&b);
}

static void cell_of_a_later_revision_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_cell_desc *)b.bytes)->revision = 15;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has revision 15, this Jailhouse reads revision 14 only. Convert it: "
		"compile its C source again with the current <jailhouse/cell-config.h>.");
	blob_free(&b);
}

static void cell_of_another_architecture_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_cell_desc *)b.bytes)->architecture = JAILHOUSE_ARM64;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration is for ARM64, this machine is x86. Give a configuration for x86.");
	blob_free(&b);
}

static void system_of_another_architecture_is_refused(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_system *)b.bytes)->architecture = JAILHOUSE_ARM;
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration is for ARM, this machine is x86. Give a configuration for x86.");
	blob_free(&b);
}

static void counts_beyond_the_blob_are_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_cell_desc *)b.bytes)->num_memory_regions = 0xffffffff;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 240 bytes, but its counts ask for 137438953616. Make the counts "
		"match the arrays and give the whole file.");
	blob_free(&b);
}

static void bytes_behind_the_last_array_are_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_cell_desc *)b.bytes)->num_pio_regions = 0;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 240 bytes, but its counts ask for 236. Make the counts match the "
		"arrays and give the whole file.");
	blob_free(&b);
}

static void counts_beyond_the_system_blob_are_refused(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	((struct jailhouse_system *)b.bytes)->root_cell.num_pci_caps = 1;
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 688 bytes, but its counts ask for 696. Make the counts match the "
		"arrays and give the whole file.");
	blob_free(&b);
}

static void truncated_system_is_refused(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	b.size = 487;
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 487 bytes, fewer than the 488 of its fixed part. Give a complete "
		".cell file.");
	blob_free(&b);
}

static void blob_that_is_too_large_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_refusal r;
	struct cell_view v;

	(void)state;
	blob_pack(&b);
	b.size = 65537;
	assert_refused(cell_view_init(&v, b.bytes, b.size, &r), &r,
		"The configuration has 65537 bytes, more than the 65536 that are accepted. Merge "
		"adjacent regions and remove unused entries.");
	blob_free(&b);
}

static void system_without_a_root_cell_is_refused(void **state)
{
	struct blob b = blob_system();
	struct jailhouse_refusal r;
	struct system_view v;

	(void)state;
	blob_pack(&b);
	memcpy(&((struct jailhouse_system *)b.bytes)->root_cell, "JHSYS", 5);
	assert_refused(system_view_init(&v, b.bytes, b.size, &r), &r,
		"The system configuration contains no root cell: its signature is missing. Set "
		".root_cell.signature to JAILHOUSE_CELL_DESC_SIGNATURE.");
	blob_free(&b);
}

static void name_without_end_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	memset(b.cell.name, 'x', 32);
	check_cell(&b,
		"The cell's name fills all of its 32 bytes and has no end. Use a name of at most 31 "
		"characters.");
}

static void empty_name_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.name[0] = 0;
	check_cell(&b,
		"The cell has no name. Set .name in the configuration.");
}

static void unprintable_name_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.name[1] = 7;
	check_cell(&b,
		"The cell's name contains the unprintable character 0x7. Use printable ASCII characters.");
}

static void unknown_cell_flags_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.flags = 0x80000800;
	check_cell(&b,
		"The cell's flags 0x80000800 contain unknown bits 0x800. Use the JAILHOUSE_CELL_* flags "
		"only.");
}

static void an_answer_may_take_an_hour_but_not_longer(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.msg_reply_timeout = 3600000000ULL;
	check_cell(&b, NULL);
	b = blob_cell();
	b.cell.msg_reply_timeout = 3600000001ULL;
	check_cell(&b,
		"The cell may take 3600000001 microseconds to answer a message, more than 3600000000, which is "
		"an hour. Set .msg_reply_timeout to at most an hour, or to 0 for 10 seconds.");
}

static void aarch32_flag_is_refused_on_x86(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.flags = JAILHOUSE_CELL_AARCH32;
	check_cell(&b,
		"The cell's flag 0x4 does not exist on x86. Remove it.");
}

static void extension_without_magic_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	extend(&b, 1, 8, 0, 0);
	check_cell(&b,
		"The extension block does not start with its magic number: 0x1 in place of 0x5458454a. "
		"Write the block behind the last array, or clear JAILHOUSE_CELL_X_EXTENSION.");
}

static void extension_with_a_broken_size_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	extend(&b, JAILHOUSE_EXT_MAGIC, 4, 0, 0);
	check_cell(&b,
		"The extension block says that it has 4 bytes, 8 are there. Set its size to header plus "
		"elements.");
}

static void unknown_extension_tag_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	extend(&b, JAILHOUSE_EXT_MAGIC, 20, 0x77, 4);
	check_cell(&b,
		"The extension block contains the unknown tag 0x77. Remove it, or use a Jailhouse that "
		"knows it; with tag 0x1, memory to be found, use \"jailhouse enable\" or \"cell create\".");
}

static void cell_without_cpus_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cpus[0] = 0;
	check_cell(&b,
		"The cell has no CPU. Set at least one bit in the CPU bitmap.");
}

static void cpu_bitmap_of_size_0_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.cpu_set_size = 0;
	check_cell(&b,
		"The cell has no CPU. Set at least one bit in the CPU bitmap.");
}

static void cpu_bitmap_beyond_a_page_is_refused(void **state)
{
	struct jailhouse_cell_desc d = blob_descriptor("demo");
	struct jailhouse_refusal r;
	struct cell_view v;
	__u8 *blob;

	(void)state;
	d.cpu_set_size = 4104;
	blob = calloc(1, sizeof(d) + d.cpu_set_size);
	memcpy(blob, &d, sizeof(d));
	assert_accepted(cell_view_init(&v, blob, sizeof(d) + d.cpu_set_size, &r), &r);
	assert_refused(config_check_cell(&v, &r), &r,
		"The CPU bitmap has 4104 bytes, more than 4096. Make it shorter.");
	free(blob);
}

static void cpu_number_beyond_the_limit_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.cpu_set_size = 64;
	b.cpus[32] = 1;
	check_cell(&b,
		"The cell asks for CPU 256, beyond the limit of 255 CPUs. Use CPU numbers as in "
		"/proc/cpuinfo.");
}

static void cpu_0_is_refused_on_x86(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cpus[0] = 0x09;
	check_cell(&b,
		"The cell asks for CPU 0, which Linux cannot give away on x86. Use another CPU.");
}

static void cpu_that_the_machine_does_not_list_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	b.cpus[0] = 0x18;
	check_cell_in_system(&b, &sys,
		"The cell asks for CPU 4, which is not in the root cell's configuration. Use a CPU that "
		"the system configuration lists.");
}

static void cpu_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.cpus[0] = 0x0c;
	check_pair(&b, &other,
		"The cell asks for CPU 2, which belongs to cell \"other\". Destroy that cell first or use "
		"another CPU.");
}

static void name_of_the_root_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	strcpy(b.cell.name, "machine");
	check_cell_in_system(&b, &sys,
		"A cell with the name of the root cell exists already. Destroy that cell first or choose "
		"another name.");
}

static void name_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	strcpy(b.cell.name, "other");
	check_pair(&b, &other,
		"A cell with the name of cell \"other\" exists already. Destroy that cell first or choose "
		"another name.");
}

static void id_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.cell.id = 7;
	check_pair(&b, &other,
		"The cell id 7 belongs to cell \"other\" already. Choose another id.");
}

static void unknown_memory_flags_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].flags |= 1ULL << 40;
	check_cell(&b,
		"Memory region 0 has unknown flag bits 0x10000000000 in 0x10000000047. Use the "
		"JAILHOUSE_MEM_* flags only.");
}

static void empty_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].size = 0;
	check_cell(&b,
		"Memory region 0 has size 0 and is not an optional section of an ivshmem device. Give it "
		"a size or remove it.");
}

static void region_that_wraps_around_physically_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].phys_start = 0xfffffffffffff000;
	check_cell(&b,
		"Memory region 0 at physical 0xfffffffffffff000, 0x100000 bytes, runs past the end of "
		"the address space. Correct phys_start or size.");
}

static void region_that_wraps_around_for_the_cell_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].virt_start = 0xfffffffffffff000;
	check_cell(&b,
		"Memory region 0 at 0xfffffffffffff000, 0x100000 bytes, runs past the end of the cell's "
		"address space. Correct virt_start or size.");
}

static void region_beyond_physical_addresses_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].phys_start = 1ULL << 52;
	check_cell(&b,
		"Memory region 0 ends at physical 0x10000000100000, beyond the 52 address bits of the "
		"machine. Correct phys_start or size.");
}

static void region_beyond_guest_addresses_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].virt_start = (1ULL << 48) - 0xff000;
	check_cell(&b,
		"Memory region 0 ends at 0x1000000001000, beyond the 48 address bits of a cell. Correct "
		"virt_start or size.");
}

static void mapped_region_with_unaligned_physical_address_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].phys_start += 0x10;
	check_cell(&b,
		"Memory region 0 fills whole pages of the cell, but its physical address 0x3f000010 is "
		"not a multiple of 4096. Align phys_start.");
}

static void writable_region_that_cannot_be_read_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].flags = JAILHOUSE_MEM_WRITE;
	check_cell(&b,
		"Memory region 0 carries WRITE or EXECUTE without READ, which this architecture cannot "
		"map. Add JAILHOUSE_MEM_READ.");
}

static void executable_region_that_cannot_be_read_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[0].flags = JAILHOUSE_MEM_EXECUTE;
	check_cell(&b,
		"Memory region 0 carries WRITE or EXECUTE without READ, which this architecture cannot "
		"map. Add JAILHOUSE_MEM_READ.");
}

static void regions_that_overlap_for_the_cell_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0x3d000000, 0xff000, 0x2000, BLOB_RAM);
	check_cell(&b,
		"Memory region 2 and memory region 0 overlap at 0xff000 in the address space of cell "
		"\"demo\". Correct virt_start or size of one of them.");
}

static void region_over_the_communication_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0x3d000000, 0x100000, 0x1000, BLOB_RAM);
	check_cell(&b,
		"Memory region 2 and memory region 1 overlap at 0x100000 in the address space of cell "
		"\"demo\". Correct virt_start or size of one of them.");
}

static void subpage_window_inside_a_mapped_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0xc0000010, 0x10, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	check_cell(&b,
		"Memory region 2 and memory region 0 overlap at 0x10 in the address space of cell "
		"\"demo\". Correct virt_start or size of one of them.");
}

static void writable_memory_with_two_names_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0x3f0ff000, 0x200000, 0x2000, JAILHOUSE_MEM_READ);
	check_cell(&b,
		"Memory region 2 and memory region 0 of cell \"demo\" name the same physical memory at "
		"0x3f0ff000, and not both of them are ROOTSHARED or without WRITE. Correct phys_start or "
		"size of one of them, or mark both JAILHOUSE_MEM_ROOTSHARED.");
}

static void second_communication_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0, 0x200000, 0x1000, BLOB_COMM);
	check_cell(&b,
		"Memory region 2 and memory region 1 are both communication regions. Keep one of them.");
}

static void communication_region_of_two_pages_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[1].size = 0x2000;
	check_cell(&b,
		"The communication region, memory region 1, has 8192 bytes. Make it 4096 bytes long, at "
		"a page boundary.");
}

static void communication_region_across_pages_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[1].virt_start = 0x200800;
	check_cell(&b,
		"The communication region, memory region 1, has 4096 bytes. Make it 4096 bytes long, at "
		"a page boundary.");
}

static void executable_communication_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.mem[1].flags |= JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE;
	check_cell(&b,
		"The communication region, memory region 1, carries the flags 0x44, which it cannot "
		"have. Use READ and WRITE together with COMM_REGION only.");
}

static void cell_that_cannot_answer_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_memory_regions = 1;
	check_cell(&b,
		"Cell \"demo\" has no communication region and could not answer a message. Add a region "
		"with JAILHOUSE_MEM_COMM_REGION, or set JAILHOUSE_CELL_PASSIVE_COMMREG.");
}

static void communication_region_of_root_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	blob_add_mem(&b, 0, 0xd0000000, 0x1000, BLOB_COMM);
	check_system(&b,
		"Memory region 3 of the root cell is a communication region, which only other cells "
		"have. Remove it.");
}

static void executable_subpage_window_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0xc0000010, 0x200010, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_EXECUTE);
	check_cell(&b,
		"Memory region 2 does not fill whole pages, so it is emulated and cannot carry 0x4 "
		"(EXECUTE, DMA, COMM_REGION, LOADABLE). Align virt_start and size to 4096 bytes, or "
		"remove these flags.");
}

static void subpage_window_without_widths_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_mem(&b, 0xc0000010, 0x200010, 4, BLOB_MMIO);
	check_cell(&b,
		"Memory region 2 does not fill whole pages, so it is emulated, and permits no access "
		"width. Align virt_start and size to 4096 bytes, or add JAILHOUSE_MEM_IO_8, _16, _32 or "
		"_64.");
}

static void test_device_without_communication_region_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_memory_regions = 1;
	b.cell.flags = JAILHOUSE_CELL_TEST_DEVICE | JAILHOUSE_CELL_PASSIVE_COMMREG;
	check_cell(&b,
		"The test device needs a communication region and the free page behind it in the cell's "
		"address space. Add the region, move what is at 0x0, or clear "
		"JAILHOUSE_CELL_TEST_DEVICE.");
}

static void test_device_over_memory_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.flags = JAILHOUSE_CELL_TEST_DEVICE;
	blob_add_mem(&b, 0x3d000000, 0x101000, 0x1000, BLOB_RAM);
	check_cell(&b,
		"The test device needs a communication region and the free page behind it in the cell's "
		"address space. Add the region, move what is at 0x101000, or clear "
		"JAILHOUSE_CELL_TEST_DEVICE.");
}

static void root_region_over_the_hypervisor_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.mem[0].size = 0x3a001000;
	check_system(&b,
		"Memory region 0 of the root cell overlaps at 0x3a000000 with the hypervisor's memory "
		"0x3a000000-0x3a5fffff. Leave that range out of the region.");
}

static void cell_region_over_the_hypervisor_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0x3a5ff000, 0x200000, 0x2000, JAILHOUSE_MEM_READ);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps at 0x3a5ff000 with the hypervisor's memory "
		"0x3a000000-0x3a5fffff. Leave that range out of the region.");
}

static void subpage_window_into_the_hypervisor_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0x3a000ffc, 0x200ffc, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps at 0x3a000ffc with the hypervisor's memory "
		"0x3a000000-0x3a5fffff. Leave that range out of the region.");
}

static void region_over_the_physical_apic_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0xfee00000, 0x200000, 0x1000, BLOB_MMIO);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the local APIC and interrupt messages "
		"0xfee00000-0xfeefffff, which the hypervisor handles. Leave that range out of the "
		"region.");
}

static void memory_at_the_guest_address_of_the_apic_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0x3d000000, 0xfee00000, 0x1000, BLOB_RAM);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the local APIC and interrupt messages "
		"0xfee00000-0xfeefffff, which the hypervisor handles. Leave that range out of the "
		"region.");
}

static void region_over_interrupt_messages_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0xfeeff000, 0x200000, 0x1000, BLOB_MMIO);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the local APIC and interrupt messages "
		"0xfee00000-0xfeefffff, which the hypervisor handles. Leave that range out of the "
		"region.");
}

static void region_over_the_ioapic_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0xfebff000, 0xfebff000, 0x2000, BLOB_MMIO);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the IOAPIC at 0xfec00000, which the "
		"hypervisor handles. Leave that page out of the region.");
}

static void subpage_window_into_the_ioapic_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0xfec00010, 0x200010, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the IOAPIC at 0xfec00000, which the "
		"hypervisor handles. Leave that page out of the region.");
}

static void region_over_mmconfig_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0xb3fff000, 0x200000, 0x1000, BLOB_MMIO);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps at 0xb3fff000 with the PCI configuration space "
		"0xb0000000-0xb3ffffff, which the hypervisor handles. Leave that range out of the "
		"region.");
}

static void region_over_an_iommu_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	sys_iommu(&sys);
	blob_add_mem(&b, 0xfed90000, 0x200000, 0x1000, BLOB_MMIO);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" overlaps with the registers of the IOMMU at 0xfed90000. "
		"Leave them out of the region.");
}

static void memory_that_root_does_not_have_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_mem(&b, 0x3fff0000, 0x200000, 0x20000, JAILHOUSE_MEM_READ);
	check_cell_in_system(&b, &sys,
		"Memory region 2 of cell \"demo\" asks for physical 0x40000000, which is not in the root "
		"cell's configuration. Correct phys_start and size, or list that memory in the system "
		"configuration.");
}

static void memory_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.mem[0].phys_start = 0x3e0ff000;
	check_pair(&b, &other,
		"Memory region 0 of cell \"demo\" asks for physical 0x3e0ff000, which memory region 0 of "
		"cell \"other\" has, and not both are ROOTSHARED or of one ivshmem link. Use other memory, "
		"destroy that cell first, or mark both JAILHOUSE_MEM_ROOTSHARED.");
}

static void memory_that_only_one_of_two_cells_shares_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.mem[0].phys_start = 0x3e000000;
	b.mem[0].flags |= JAILHOUSE_MEM_ROOTSHARED;
	check_pair(&b, &other,
		"Memory region 0 of cell \"demo\" asks for physical 0x3e000000, which memory region 0 of "
		"cell \"other\" has, and not both are ROOTSHARED or of one ivshmem link. Use other memory, "
		"destroy that cell first, or mark both JAILHOUSE_MEM_ROOTSHARED.");
}

static void subpage_window_into_the_page_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_mem(&b, 0x3e000ff0, 0x200ff0, 4, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	check_pair(&b, &other,
		"Memory region 2 of cell \"demo\" asks for physical 0x3e000ff0, which memory region 0 of "
		"cell \"other\" has, and not both are ROOTSHARED or of one ivshmem link. Use other memory, "
		"destroy that cell first, or mark both JAILHOUSE_MEM_ROOTSHARED.");
}

static void different_sections_of_one_link_do_not_make_memory_common(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 0, 0x3c000000);

	(void)state;
	blob_add_ivshmem(&other, 0x100, 2, 1, 0x3c000000);
	b.mem[d->shmem_regions_start + 2].flags &= ~(__u64)JAILHOUSE_MEM_ROOTSHARED;
	b.mem[d->shmem_regions_start + 2].phys_start = 0x3c012000;
	b.mem[d->shmem_regions_start + 3].phys_start = 0x3c002000;
	check_pair(&b, &other,
		"Memory region 4 of cell \"demo\" asks for physical 0x3c012000, which memory region 5 of "
		"cell \"other\" has, and not both are ROOTSHARED or of one ivshmem link. Use other memory, "
		"destroy that cell first, or mark both JAILHOUSE_MEM_ROOTSHARED.");
}

static void region_over_an_msix_table_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0x3f010000, 0x1000, 4);
	check_cell(&b,
		"Memory region 0 of cell \"demo\" contains physical 0x3f010000, the MSI-X table of device "
		"00:02.0, which the hypervisor handles. Leave the table's pages out of the region.");
}

static void irqchip_with_a_pin_base_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.irqchips[0].pin_base = 32;
	check_cell(&b,
		"Interrupt controller 0 has pin_base 32, which does not exist on this architecture. Use "
		"0 on x86; a multiple of 32, from 32 to 896, on ARM.");
}

static void irqchip_with_too_many_pins_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.irqchips[0].pin_bitmap[3] = 1 << 24;
	check_cell(&b,
		"Interrupt controller 0 names pin 120, but an IOAPIC has at most 120 pins. Correct the "
		"pin bitmap.");
}

static void irqchip_twice_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_irqchip(&b, 0xfec00000, 1);
	check_cell(&b,
		"Interrupt controller 1 and interrupt controller 0 of cell \"demo\" are the same chip at "
		"0xfec00000. Merge their pin bitmaps.");
}

static void unaligned_irqchip_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.irqchips[0].address = 0xfec00010;
	check_cell(&b,
		"Interrupt controller 0 is at 0xfec00010, which is not a multiple of 4096. Correct the "
		"address.");
}

static void irqchip_beyond_physical_addresses_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.irqchips[0].address = 1ULL << 52;
	check_cell(&b,
		"Interrupt controller 0 is at 0x10000000000000, beyond the 52 address bits of the "
		"machine. Correct the address.");
}

static void more_irqchips_than_the_limit_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_irqchips = 17;
	check_cell(&b,
		"The configuration has 17 interrupt controllers, more than 16. Remove those that are not "
		"used.");
}

static void irqchip_that_the_machine_does_not_have_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	b.irqchips[0].address = 0xfec10000;
	check_cell_in_system(&b, &sys,
		"Interrupt controller 0 of cell \"demo\" is at 0xfec10000, where the system configuration "
		"has no interrupt controller. Use the address of one of the root cell's.");
}

static void pin_that_root_does_not_have_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	b.irqchips[0].pin_bitmap[0] = 1 << 30;
	check_cell_in_system(&b, &sys,
		"Interrupt controller 0 of cell \"demo\" asks for pin 30, which is not the root cell's by "
		"configuration. Correct the pin bitmap of one of them.");
}

static void pin_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.irqchips[0].pin_bitmap[0] = 0x18;
	check_pair(&b, &other,
		"Interrupt controller 0 of cell \"demo\" asks for pin 4, which belongs to cell \"other\". "
		"Destroy that cell first or correct the pin bitmap.");
}

static void empty_port_range_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.pio[0].length = 0;
	check_cell(&b,
		"Port range 0 at 0x2f8 has length 0. Give it a length or remove it.");
}

static void port_range_that_wraps_around_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.pio[0] = (struct jailhouse_pio){ 0xfffe, 3 };
	check_cell(&b,
		"Port range 0 at 0xfffe, 3 ports, runs past port 0xffff. Correct base or length.");
}

static void port_range_over_pci_configuration_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.pio[0] = (struct jailhouse_pio){ 0xcf0, 9 };
	check_cell(&b,
		"Port range 0, 0xcf0-0xcf8, contains the PCI configuration ports 0xcf8-0xcff, which the "
		"hypervisor handles. Leave them out of the range.");
}

static void port_ranges_that_overlap_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pio(&b, 0x2ff, 2);
	check_cell(&b,
		"Port range 1 and port range 0 of cell \"demo\" overlap at port 0x2ff. Correct one of "
		"them.");
}

static void port_that_root_does_not_have_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	sys.pio[1] = (struct jailhouse_pio){ 0x1000, 1 };
	b.pio[0] = (struct jailhouse_pio){ 0xd00, 2 };
	check_cell_in_system(&b, &sys,
		"Port range 0 of cell \"demo\" asks for port 0xd00, which is not the root cell's by "
		"configuration. Correct the range, or list the port in the system configuration.");
}

static void port_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	b.pio[0].base = 0x2ef;
	check_pair(&b, &other,
		"Port range 0 of cell \"demo\" asks for port 0x2ef, which belongs to cell \"other\". Destroy "
		"that cell first or use other ports.");
}

static void pci_device_of_unknown_type_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 4, 0x10);
	check_cell(&b,
		"PCI device 0, 00:02.0, has the unknown type 4. Use JAILHOUSE_PCI_TYPE_DEVICE, _BRIDGE "
		"or _IVSHMEM.");
}

static void pci_device_of_type_0_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 0, 0x10);
	check_cell(&b,
		"PCI device 0, 00:02.0, has the unknown type 0. Use JAILHOUSE_PCI_TYPE_DEVICE, _BRIDGE "
		"or _IVSHMEM.");
}

static void pci_domain_is_refused_on_x86(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 1, 0x10)->domain = 1;
	check_cell(&b,
		"PCI device 0, 0001:00:02.0, is in PCI domain 1, but only domain 0 is supported on x86. "
		"Set .domain to 0.");
}

static void pci_device_twice_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 1, 0x10);
	blob_add_pci(&b, 2, 0x10);
	check_cell(&b,
		"PCI device 1 and PCI device 0 of cell \"demo\" are the same device 00:02.0. Remove one of "
		"them.");
}

static void capabilities_beyond_the_array_are_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_pci(&b, 1, 0x10);

	(void)state;
	blob_add_cap(&b, PCI_CAP_ID_MSI, 0x50, 14);
	d->caps_start = 0xffff;
	d->num_caps = 2;
	check_cell(&b,
		"PCI device 0, 00:02.0, names capabilities 65535 to 65536, but only 1 are there. Correct "
		"caps_start or num_caps.");
}

static void pci_device_beyond_the_last_bus_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_pci(&b, 1, 0x4000);
	check_cell_in_system(&b, &sys,
		"PCI device 0, 40:00.0, is beyond the last bus 63 of the PCI configuration space. "
		"Correct the device's bdf or pci_mmconfig_end_bus.");
}

static void number_of_msi_vectors_has_to_be_a_power_of_two(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 1, 0x10)->num_msi_vectors = 3;
	check_cell(&b,
		"PCI device 0, 00:02.0, has 3 MSI vectors. Use 0 or a power of two up to 32.");
}

static void too_many_msi_vectors_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_pci(&b, 1, 0x10)->num_msi_vectors = 64;
	check_cell(&b,
		"PCI device 0, 00:02.0, has 64 MSI vectors. Use 0 or a power of two up to 32.");
}

static void unaligned_msix_table_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0xc0000800, 0x1000, 4);
	check_cell(&b,
		"The MSI-X table of PCI device 0, 00:02.0, is at 0xc0000800, which is not the start of a "
		"page of the machine. Set msix_address to the page of the table.");
}

static void msix_table_at_address_0_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0, 0x1000, 4);
	check_cell(&b,
		"The MSI-X table of PCI device 0, 00:02.0, is at 0x0, which is not the start of a page of the machine. "
		"Set msix_address to the page of the table.");
}

static void msix_region_smaller_than_its_vectors_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0xc0000000, 0x1000, 257);
	check_cell(&b,
		"The MSI-X region of PCI device 0, 00:02.0, has 4096 bytes, but 257 vectors need a "
		"multiple of 4096 that holds 4112. Correct msix_region_size or num_msix_vectors.");
}

static void msix_region_of_part_of_a_page_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0xc0000000, 0x40, 4);
	check_cell(&b,
		"The MSI-X region of PCI device 0, 00:02.0, has 64 bytes, but 4 vectors need a multiple "
		"of 4096 that holds 64. Correct msix_region_size or num_msix_vectors.");
}

static void too_many_msix_vectors_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0xc0000000, 0xf000, 2049);
	check_cell(&b,
		"PCI device 0, 00:02.0, has 2049 MSI-X vectors, more than 2048. Correct "
		"num_msix_vectors.");
}

static void msix_tables_that_overlap_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	add_msix(&b, 0x10, 0xc0000000, 0x2000, 4);
	add_msix(&b, 0x18, 0xc0001000, 0x1000, 4);
	check_cell(&b,
		"The MSI-X regions of PCI device 1 and PCI device 0 of cell \"demo\" overlap at "
		"0xc0001000. Correct msix_address or msix_region_size of one of them.");
}

static void pci_device_that_root_does_not_have_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_pci(&b, 1, 0x18);
	check_cell_in_system(&b, &sys,
		"PCI device 0 of cell \"demo\", device 00:03.0, is not the root cell's by configuration. "
		"Correct the bdf, or list the device in the system configuration.");
}

static void pci_device_of_another_cell_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_pci(&b, 1, 0x10);
	blob_add_pci(&other, 1, 0x10);
	check_pair(&b, &other,
		"PCI device 0 of cell \"demo\", device 00:02.0, belongs to cell \"other\". Destroy that cell "
		"first or remove the device.");
}

static void pci_device_of_an_iommu_unit_that_is_not_there_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	sys_iommu(&sys);
	blob_add_pci(&b, 1, 0x10)->iommu = 1;
	check_cell_in_system(&b, &sys,
		"PCI device 0, 00:02.0, is behind IOMMU unit 1, but the system has 1. Correct .iommu.");
}

static void msix_table_over_the_hypervisor_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	add_msix(&b, 0x18, 0x3a000000, 0x1000, 4);
	check_system(&b,
		"The MSI-X region of PCI device 1, 00:03.0, at 0x3a000000 overlaps with what the "
		"hypervisor uses at 0x3a000000. Correct msix_address.");
}

static void pci_device_of_another_type_than_roots_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_pci(&b, 2, 0x10);
	check_cell_in_system(&b, &sys,
		"PCI device 0 of cell \"demo\", device 00:02.0, has type 2, but type 1 in the system "
		"configuration. Use the same type in both.");
}

static void msix_table_at_another_place_than_roots_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	add_msix(&b, 0x10, 0xd0000000, 0x1000, 4);
	check_cell_in_system(&b, &sys,
		"PCI device 0 of cell \"demo\", device 00:02.0, has its MSI-X table at 0xd0000000, the "
		"system configuration says 0x0. Use the same msix_address in both.");
}

static void capability_across_the_end_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 5, 0xf8, 9);
	check_cell(&b,
		"PCI capability 0, id 0x5, at 0xf8, 9 bytes, is outside of the configuration space of "
		"its kind. Use 0x40-0xff for a capability, 0x100-0xfff for one with "
		"JAILHOUSE_PCI_EXT_CAP.");
}

static void capability_in_the_header_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 5, 0x3e, 4);
	check_cell(&b,
		"PCI capability 0, id 0x5, at 0x3e, 4 bytes, is outside of the configuration space of "
		"its kind. Use 0x40-0xff for a capability, 0x100-0xfff for one with "
		"JAILHOUSE_PCI_EXT_CAP.");
}

static void extended_capability_across_the_end_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 0x8001, 0xfff, 2);
	check_cell(&b,
		"PCI capability 0, id 0x8001, at 0xfff, 2 bytes, is outside of the configuration space "
		"of its kind. Use 0x40-0xff for a capability, 0x100-0xfff for one with "
		"JAILHOUSE_PCI_EXT_CAP.");
}

static void extended_capability_in_the_first_256_bytes_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 0x8001, 0x50, 2);
	check_cell(&b,
		"PCI capability 0, id 0x8001, at 0x50, 2 bytes, is outside of the configuration space of "
		"its kind. Use 0x40-0xff for a capability, 0x100-0xfff for one with "
		"JAILHOUSE_PCI_EXT_CAP.");
}

static void empty_capability_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 5, 0x50, 0);
	check_cell(&b,
		"PCI capability 0, id 0x5, at 0x50, 0 bytes, is outside of the configuration space of "
		"its kind. Use 0x40-0xff for a capability, 0x100-0xfff for one with "
		"JAILHOUSE_PCI_EXT_CAP.");
}

static void capability_with_unknown_flags_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	blob_add_cap(&b, 5, 0x50, 4)->flags = 3;
	check_cell(&b,
		"PCI capability 0, id 0x5, has unknown flag bits 0x2. Use JAILHOUSE_PCICAPS_WRITE only.");
}

static void ivshmem_without_peers_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->shmem_peers = 0;
	check_cell(&b,
		"PCI device 0, 01:00.0, has 0 peers. Use 1 to 12.");
}

static void ivshmem_with_too_many_peers_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->shmem_peers = 13;
	check_cell(&b,
		"PCI device 0, 01:00.0, has 13 peers. Use 1 to 12.");
}

static void ivshmem_device_id_beyond_its_peers_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->shmem_dev_id = 2;
	check_cell(&b,
		"PCI device 0, 01:00.0, is peer 2 on a link of 2. Use a shmem_dev_id below shmem_peers.");
}

static void ivshmem_with_missing_regions_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->shmem_regions_start = 3;
	check_cell(&b,
		"PCI device 0, 01:00.0, needs memory regions 3 to 6, but only 6 are there. Correct "
		"shmem_regions_start, or add the state table, R/W and output sections.");
}

static void ivshmem_regions_far_beyond_the_array_are_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->shmem_regions_start = 0xffffffff;
	check_cell(&b,
		"PCI device 0, 01:00.0, needs memory regions 4294967295 to 4294967298, but only 6 are "
		"there. Correct shmem_regions_start, or add the state table, R/W and output sections.");
}

static void ivshmem_with_too_many_vectors_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->num_msix_vectors = 17;
	check_cell(&b,
		"PCI device 0, 01:00.0, has 17 MSI-X vectors, more than 16. Correct num_msix_vectors.");
}

static void writable_state_table_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	b.mem[d->shmem_regions_start].flags |= JAILHOUSE_MEM_WRITE;
	check_cell(&b,
		"Memory region 2, the state table of PCI device 0, has 4096 bytes and flags 0x83. Give "
		"it at least 4 bytes for each peer, and no WRITE: only the device writes it.");
}

static void ivshmem_section_of_part_of_a_page_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	b.mem[d->shmem_regions_start + 1].size = 0x800;
	b.mem[d->shmem_regions_start + 1].flags |= JAILHOUSE_MEM_IO_32;
	check_cell(&b,
		"Memory region 3 of PCI device 0 does not fill whole pages. Align address and size of "
		"the section to 4096 bytes.");
}

static void output_sections_of_different_sizes_are_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	b.mem[d->shmem_regions_start + 3].size = 0x8000;
	check_cell(&b,
		"Memory region 5, the output section of peer 1 on the link of PCI device 0, has 32768 "
		"bytes, that of peer 0 has 65536. Give all output sections the same size.");
}

static void output_section_of_a_peer_must_not_be_writable(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	b.mem[d->shmem_regions_start + 2].flags |= JAILHOUSE_MEM_WRITE;
	check_cell(&b,
		"Memory region 4, the output section of peer 0, is writable for peer 1 on the link of "
		"PCI device 0. Remove JAILHOUSE_MEM_WRITE: only the owner writes its section.");
}

static void gap_between_ivshmem_sections_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	b.mem[d->shmem_regions_start + 3].virt_start += 0x1000;
	check_cell(&b,
		"Memory region 5 of PCI device 0 is at 0x3c013000, but the section before it ends at "
		"0x3c012000. Let the sections follow each other without gaps: state table, R/W section, "
		"output sections.");
}

static void ivshmem_without_a_register_bar_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->bar_mask[0] = 0;
	check_cell(&b,
		"BAR 0 of PCI device 0, 01:00.0, has the mask 0x0, which leaves no room for a page of "
		"registers. Use JAILHOUSE_IVSHMEM_BAR_MASK_INTX, or _MSIX if there are vectors.");
}

static void ivshmem_with_vectors_and_without_their_bar_is_refused(void **state)
{
	struct blob b = blob_cell();
	struct jailhouse_pci_device *d = blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);

	(void)state;
	d->bar_mask[1] = 0;
	check_cell(&b,
		"BAR 1 of PCI device 0, 01:00.0, has the mask 0x0, which leaves no room for a page of "
		"registers. Use JAILHOUSE_IVSHMEM_BAR_MASK_INTX, or _MSIX if there are vectors.");
}

static void link_of_different_peers_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_ivshmem(&b, 0x100, 3, 0, 0x3c000000);
	blob_add_ivshmem(&other, 0x100, 2, 1, 0x3c000000);
	check_pair(&b, &other,
		"PCI device 0 of cell \"demo\", 01:00.0, expects 3 peers, PCI device 0 of cell \"other\" on "
		"the same link 2. Use the same shmem_peers everywhere.");
}

static void link_with_different_memory_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_ivshmem(&b, 0x100, 2, 0, 0x3b000000);
	blob_add_ivshmem(&other, 0x100, 2, 1, 0x3c000000);
	check_pair(&b, &other,
		"Section 0 of PCI device 0 of cell \"demo\" is at physical 0x3b000000, on the same link "
		"cell \"other\" has it at 0x3c000000 or in another size. Use the same memory everywhere.");
}

static void link_with_one_device_id_twice_is_refused(void **state)
{
	struct blob b = blob_cell(), other = blob_other_cell();

	(void)state;
	blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);
	blob_add_ivshmem(&other, 0x100, 2, 1, 0x3c000000);
	check_pair(&b, &other,
		"PCI device 0 of cell \"demo\", 01:00.0, is peer 1 of its link, and so is PCI device 0 of "
		"cell \"other\". Give each of them a shmem_dev_id of its own.");
}

static void link_with_one_device_id_twice_is_refused_for_root_too(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_ivshmem(&b, 0x100, 2, 1, 0x3c000000);
	sys_share(&sys);
	blob_add_ivshmem(&sys, 0x100, 2, 1, 0x3c000000);
	check_cell_in_system(&b, &sys,
		"PCI device 0 of cell \"demo\", 01:00.0, is peer 1 of its link, and so is PCI device 1 of "
		"the root cell. Give each of them a shmem_dev_id of its own.");
}

static void ivshmem_at_the_address_of_a_physical_device_is_refused(void **state)
{
	struct blob b = blob_cell(), sys = blob_system();

	(void)state;
	blob_add_ivshmem(&b, 0x10, 2, 1, 0x3c000000);
	check_cell_in_system(&b, &sys,
		"PCI device 0 of cell \"demo\", 00:02.0, is an ivshmem device in one cell and a physical "
		"one in the root cell. Give the ivshmem device another bdf.");
}

static void cache_region_for_code_only_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_cache_regions = 1;
	b.cache[0] = (struct jailhouse_cache){ .start = 0, .size = 4, .type = JAILHOUSE_CACHE_L3_CODE, .flags = 0 };
	check_cell(&b,
		"Cache region 0 has type 1. Use JAILHOUSE_CACHE_L3.");
}

static void cache_region_without_ways_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_cache_regions = 1;
	b.cache[0] = (struct jailhouse_cache){ .start = 4, .size = 0, .type = JAILHOUSE_CACHE_L3, .flags = 0 };
	check_cell(&b,
		"Cache region 0 names ways 4 to 3. Name at least one of the ways 0 to 31.");
}

static void cache_region_beyond_the_ways_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_cache_regions = 1;
	b.cache[0] = (struct jailhouse_cache){ .start = 30, .size = 3, .type = JAILHOUSE_CACHE_L3, .flags = 0 };
	check_cell(&b,
		"Cache region 0 names ways 30 to 32. Name at least one of the ways 0 to 31.");
}

static void cache_region_with_unknown_flags_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_cache_regions = 1;
	b.cache[0] = (struct jailhouse_cache){ .start = 0, .size = 4, .type = JAILHOUSE_CACHE_L3, .flags = 6 };
	check_cell(&b,
		"Cache region 0 has unknown flag bits 0x6. Use JAILHOUSE_CACHE_ROOTSHARED only.");
}

static void two_cache_regions_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_cache_regions = 2;
	check_cell(&b,
		"The cell has 2 cache regions. Use one.");
}

static void unknown_console_type_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.console.type = 11;
	check_cell(&b,
		"The console has the unknown type 11. Use one of JAILHOUSE_CON_TYPE_*.");
}

static void unknown_console_flags_are_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.console.type = 2;
	b.cell.console.flags = 0x4100;
	check_cell(&b,
		"The console has unknown flag bits 0x4100. Use the JAILHOUSE_CON_* flags only.");
}

static void console_beyond_the_ports_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.console.type = 2;
	b.cell.console.address = 0xfff9;
	check_cell(&b,
		"The console is at 0xfff9, where a UART with I/O ports cannot be. Use the first of its 8 "
		"ports, or JAILHOUSE_CON_ACCESS_MMIO.");
}

static void debug_console_without_registers_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.debug_console = (struct jailhouse_console){ .address = 0xfe000000, .size = 16, .type = 2,
		.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4 };
	check_system(&b,
		"The console is at 0xfe000000 in memory, 16 bytes, which is too small or wraps around. "
		"Set .address and .size to its registers.");
}

static void debug_console_that_cannot_be_mapped_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.debug_console = (struct jailhouse_console){ .address = 1ULL << 52, .size = 4096, .type = JAILHOUSE_CON_TYPE_PL011,
		.flags = JAILHOUSE_CON_ACCESS_MMIO };
	check_system(&b,
		"The console is at 0x10000000000000, its clock at 0x0: beyond the 52 address bits of the machine, across a page, or the clock not "
		"at a multiple of 4. Correct the address.");
	b.system.debug_console.address = 0xfe000000;
	b.system.debug_console.clock_reg = 1ULL << 63;
	check_system(&b, "The console is at 0xfe000000, its clock at 0x8000000000000000: beyond the 52 address bits of the machine, across a page, or "
		"the clock not at a multiple of 4. Correct the address.");
	b.system.debug_console.clock_reg = 0xfe001002;
	check_system(&b, "The console is at 0xfe000000, its clock at 0xfe001002: beyond the 52 address bits of the machine, across a page, or "
		"the clock not at a multiple of 4. Correct the address.");
	b.system.debug_console.clock_reg = 0;
	b.system.debug_console.address = 0xfe000f04;
	check_system(&b, "The console is at 0xfe000f04, its clock at 0x0: beyond the 52 address bits of the machine, across a page, or "
		"the clock not at a multiple of 4. Correct the address.");
	b.system.debug_console.address = 0xfe000f00;
	check_system(&b, NULL);
	b.system.debug_console.size = 0;
	b.system.debug_console.address = 0xfee00000;
	check_system(&b, "The console at 0xfee00000-0xfee000ff covers what the hypervisor has at 0xfee00000. Correct .address and .size of .debug_console.");
}

/* As many as the CPU has, where one was asked. */
static void nothing_lies_beyond_the_address_bits_of_the_cpu(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.platform_info.pci_mmconfig_base = 1ULL << 40;
	check_system(&b, NULL);
	config_phys_bits = 40;
	check_system(&b, "The PCI configuration space at 0x10000000000 up to bus 63 is not aligned to a bus (1 MiB) or runs past the address "
		"space. Correct pci_mmconfig_base or pci_mmconfig_end_bus.");
	config_phys_bits = 52;
}

static void clock_gate_beyond_its_register_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.console = (struct jailhouse_console){ .type = JAILHOUSE_CON_TYPE_HSCIF, .gate_nr = 32, .clock_reg = 0xe6150144 };
	check_cell(&b,
		"The console has the gate of its clock at bit 32. Set .gate_nr to one of the bits 0 to 31 of .clock_reg.");
}

static void frame_buffer_behind_ports_is_refused(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.console = (struct jailhouse_console){ .address = 0xc0000000, .type = JAILHOUSE_CON_TYPE_EFIFB,
		.flags = JAILHOUSE_CON_FB_1920x1080 };
	check_cell(&b,
		"The console is a frame buffer with the flags 0x4. Use JAILHOUSE_CON_ACCESS_MMIO and one of JAILHOUSE_CON_FB_*.");
}

static void debug_console_smaller_than_the_screen_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.debug_console = (struct jailhouse_console){ .address = 0xc0000000, .size = 0x300000,
		.type = JAILHOUSE_CON_TYPE_EFIFB, .flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1920x1080 };
	check_system(&b,
		"The console is a frame buffer at 0xc0000000, 3145728 bytes; its mode takes 8294400, from a page's start on. "
		"Set .address and .size to those of the frame buffer, and the JAILHOUSE_CON_FB_* flag to the mode that the firmware has set.");
}

static void debug_console_in_the_hypervisors_memory_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.debug_console = (struct jailhouse_console){ .address = b.system.hypervisor_memory.phys_start - 0x2ff000, .size = 0x300000,
		.type = JAILHOUSE_CON_TYPE_EFIFB, .flags = JAILHOUSE_CON_ACCESS_MMIO };
	check_system(&b,
		"The console at 0x39d01000-0x3a000fff covers what the hypervisor has at 0x3a000000. "
		"Correct .address and .size of .debug_console.");
}

static void stream_ids_are_refused_on_x86(void **state)
{
	struct blob b = blob_cell();

	(void)state;
	b.cell.num_stream_ids = 2;
	check_cell(&b,
		"The configuration has 2 stream ids, which do not exist on this architecture. Remove "
		"them.");
}

static void unknown_system_flags_are_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.flags = 6;
	check_system(&b,
		"The system's flags 0x6 contain unknown bits 0x6. Use the JAILHOUSE_SYS_* flags only.");
}

static void root_cell_with_an_id_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.cell.id = 1;
	check_system(&b,
		"The root cell has the id 1 in the configuration. Remove .id: the root cell's is 0.");
}

static void hypervisor_without_memory_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.hypervisor_memory.size = 0;
	check_system(&b,
		"The hypervisor's memory at 0x3a000000, 0x0 bytes, is empty or not made of whole pages. "
		"Align phys_start and size of .hypervisor_memory to 4096 bytes.");
}

static void unaligned_hypervisor_memory_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.hypervisor_memory.phys_start += 8;
	check_system(&b,
		"The hypervisor's memory at 0x3a000008, 0x600000 bytes, is empty or not made of whole "
		"pages. Align phys_start and size of .hypervisor_memory to 4096 bytes.");
}

static void hypervisor_memory_that_wraps_around_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.hypervisor_memory.phys_start = 0xfffffffffffff000;
	check_system(&b,
		"The hypervisor's memory at 0xfffffffffffff000, 0x600000 bytes, runs past the 52 address "
		"bits of the machine. Correct .hypervisor_memory.");
}

static void unaligned_mmconfig_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.platform_info.pci_mmconfig_base = 0xb0001000;
	check_system(&b,
		"The PCI configuration space at 0xb0001000 up to bus 63 is not aligned to a bus (1 MiB) "
		"or runs past the address space. Correct pci_mmconfig_base or pci_mmconfig_end_bus.");
}

static void hypervisor_memory_over_the_apic_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.hypervisor_memory.phys_start = 0xfed00000;
	check_system(&b,
		"The hypervisor's memory 0xfed00000-0xff2fffff overlaps with a device at 0xfee00000. "
		"Correct .hypervisor_memory.");
}

static void iommu_of_another_architecture_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	sys_iommu(&b);
	b.system.platform_info.iommu_units[0].type = JAILHOUSE_IOMMU_SMMUV3;
	check_system(&b,
		"IOMMU unit 0 has the type 3, which does not exist on x86. Use JAILHOUSE_IOMMU_AMD or "
		"_INTEL on x86, the others on ARM.");
}

static void iommu_without_registers_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	sys_iommu(&b);
	b.system.platform_info.iommu_units[0].size = 0;
	check_system(&b,
		"The registers of IOMMU unit 0 at 0xfed90000, 0x0 bytes, are not whole pages or run past "
		"the address space. Correct base and size of the unit.");
}

static void unknown_apic_mode_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.platform_info.x86.apic_mode = 3;
	check_system(&b,
		"The APIC mode 3 does not exist. Use JAILHOUSE_APIC_MODE_AUTO, _XAPIC or _X2APIC.");
}

static void interrupt_limit_beyond_16_bits_is_refused(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.platform_info.x86.vtd_interrupt_limit = 0x10001;
	check_system(&b,
		"The interrupt limit vtd_interrupt_limit is 65537, more than 32768. Use a smaller "
		"number.");
}

static void virtual_mmconfig_is_refused_on_x86(void **state)
{
	struct blob b = blob_system();

	(void)state;
	b.system.platform_info.pci_is_virtual = 1;
	check_system(&b,
		"The flag pci_is_virtual is set, which does not exist on x86. Clear it.");
}

/* --- the table --- */

static const __u32 all_rules[] = {
#define RULE(name, number, err, what, how) RULE_##name,
#include <common/config/rules.inc>
#undef RULE
};

static void every_rule_has_its_own_number_and_a_complete_sentence(void **state)
{
	char text[1024];
	unsigned int n, m;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(all_rules); n++) {
		struct jailhouse_refusal r;
		size_t length;

		for (m = 0; m < n; m++)
			assert_int_not_equal(RULE_NUMBER(all_rules[n]), RULE_NUMBER(all_rules[m]));
		assert_true(refusal_init(&r, all_rules[n]) < 0);
		length = refusal_format(text, sizeof(text), &r);
		assert_true(length > 20 && length < sizeof(text));
		assert_int_equal(text[length - 1], '.');
		assert_null(strchr(text, '{'));
		assert_null(strstr(text, "  "));
		assert_non_null(refusal_rule_name(RULE_NUMBER(all_rules[n])));
	}
}

static void unknown_rules_and_objects_still_give_a_sentence(void **state)
{
	struct jailhouse_refusal r;
	char text[1024];

	(void)state;
	refusal_init(&r, RULE_MEMORY_EMPTY);
	r.rule = 4711;
	refusal_format(text, sizeof(text), &r);
	assert_string_equal(text, "Refused by rule 4711, which this program does not know. "
		"Use command, module and hypervisor of the same build.");
	assert_null(refusal_rule_name(4711));
	assert_string_equal(refusal_object_name(99), "unknown");
	assert_string_equal(refusal_object_name(JAILHOUSE_OBJ_MEMORY), "memory");
}

static void a_short_buffer_cuts_the_sentence_and_ends_it(void **state)
{
	struct jailhouse_refusal r;
	char text[11], full[1024];
	size_t length;

	(void)state;
	refusal_init(&r, RULE_MEMORY_EMPTY);
	memset(text, 'x', sizeof(text));
	length = refusal_format(text, sizeof(text), &r);
	assert_int_equal(length, refusal_format(full, sizeof(full), &r));
	assert_int_equal(length, strlen(full));
	assert_int_equal(strlen(text), 10);
	assert_memory_equal(text, full, 10);
	assert_int_equal(length, refusal_format(NULL, 0, &r));
}

static void bytes_of_names_cannot_leave_the_sentence(void **state)
{
	struct jailhouse_refusal r;
	char text[1024];

	(void)state;
	refusal_init(&r, RULE_COMM_REGION_MISSING);
	memset(r.cell_name, 0x1b, sizeof(r.cell_name));
	refusal_format(text, sizeof(text), &r);
	assert_non_null(strstr(text, "ell \"???????????????????????????????\" has"));
}

/* common_config_arm64_test.c */
static bool is_of_arm(__u32 rule)
{
	return rule == RULE_MEMORY_GIC || rule == RULE_PIO_ARCH || rule == RULE_HV_MEMORY_BLOCK || rule == RULE_GIC_VERSION ||
		rule == RULE_GIC_ADDRESS || rule == RULE_GIC_MAINTENANCE || rule == RULE_HV_MEMORY_LAYOUT || rule == RULE_GIC_NO_INTERFACE;
}

static void every_rule_of_configurations_was_triggered_above(void **state)
{
	unsigned int n, missing = 0;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(all_rules); n++) {
		__u32 number = RULE_NUMBER(all_rules[n]);

		if (number < 800 && !is_of_arm(all_rules[n]) && !triggered[number]) {
			print_error("no test breaks rule %u, %s\n", number, refusal_rule_name(number));
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_configurations_are_accepted),
		cmocka_unit_test(subpage_windows_may_share_a_page),
		cmocka_unit_test(memory_may_have_two_names_that_cannot_write),
		cmocka_unit_test(cells_may_share_memory_that_both_mark),
		cmocka_unit_test(sections_of_one_link_are_common_memory),
		cmocka_unit_test(a_link_may_leave_out_all_sections_but_the_state_table),
		cmocka_unit_test(the_network_macro_gives_a_good_link),
		cmocka_unit_test(memory_may_be_taken_across_adjacent_root_regions),
		cmocka_unit_test(a_device_with_the_msix_table_of_root_is_accepted),
		cmocka_unit_test(an_empty_extension_block_is_accepted),
		cmocka_unit_test(the_ids_of_root_and_of_no_cell_are_refused),
		cmocka_unit_test(the_size_of_a_system_is_found_step_by_step),
		cmocka_unit_test(the_largest_counts_do_not_overflow),
		cmocka_unit_test(no_truncated_blob_is_read_beyond_its_end),
		cmocka_unit_test(blob_shorter_than_its_fixed_part_is_refused),
		cmocka_unit_test(file_that_is_no_configuration_is_refused_as_cell),
		cmocka_unit_test(file_that_is_no_configuration_is_refused_as_system),
		cmocka_unit_test(system_configuration_is_refused_as_cell),
		cmocka_unit_test(cell_configuration_is_refused_as_system),
		cmocka_unit_test(cell_of_revision_10_is_refused_by_name),
		cmocka_unit_test(system_of_revision_10_is_refused_by_name),
		cmocka_unit_test(cell_of_revision_12_is_refused_by_name),
		cmocka_unit_test(system_of_revision_12_is_refused_by_name),
		cmocka_unit_test(cell_of_a_later_revision_is_refused),
		cmocka_unit_test(cell_of_another_architecture_is_refused),
		cmocka_unit_test(system_of_another_architecture_is_refused),
		cmocka_unit_test(counts_beyond_the_blob_are_refused),
		cmocka_unit_test(bytes_behind_the_last_array_are_refused),
		cmocka_unit_test(counts_beyond_the_system_blob_are_refused),
		cmocka_unit_test(truncated_system_is_refused),
		cmocka_unit_test(blob_that_is_too_large_is_refused),
		cmocka_unit_test(system_without_a_root_cell_is_refused),
		cmocka_unit_test(name_without_end_is_refused),
		cmocka_unit_test(empty_name_is_refused),
		cmocka_unit_test(unprintable_name_is_refused),
		cmocka_unit_test(unknown_cell_flags_are_refused),
		cmocka_unit_test(an_answer_may_take_an_hour_but_not_longer),
		cmocka_unit_test(aarch32_flag_is_refused_on_x86),
		cmocka_unit_test(extension_without_magic_is_refused),
		cmocka_unit_test(extension_with_a_broken_size_is_refused),
		cmocka_unit_test(unknown_extension_tag_is_refused),
		cmocka_unit_test(cell_without_cpus_is_refused),
		cmocka_unit_test(cpu_bitmap_of_size_0_is_refused),
		cmocka_unit_test(cpu_bitmap_beyond_a_page_is_refused),
		cmocka_unit_test(cpu_number_beyond_the_limit_is_refused),
		cmocka_unit_test(cpu_0_is_refused_on_x86),
		cmocka_unit_test(cpu_that_the_machine_does_not_list_is_refused),
		cmocka_unit_test(cpu_of_another_cell_is_refused),
		cmocka_unit_test(name_of_the_root_cell_is_refused),
		cmocka_unit_test(name_of_another_cell_is_refused),
		cmocka_unit_test(id_of_another_cell_is_refused),
		cmocka_unit_test(unknown_memory_flags_are_refused),
		cmocka_unit_test(empty_region_is_refused),
		cmocka_unit_test(region_that_wraps_around_physically_is_refused),
		cmocka_unit_test(region_that_wraps_around_for_the_cell_is_refused),
		cmocka_unit_test(region_beyond_physical_addresses_is_refused),
		cmocka_unit_test(region_beyond_guest_addresses_is_refused),
		cmocka_unit_test(mapped_region_with_unaligned_physical_address_is_refused),
		cmocka_unit_test(writable_region_that_cannot_be_read_is_refused),
		cmocka_unit_test(executable_region_that_cannot_be_read_is_refused),
		cmocka_unit_test(regions_that_overlap_for_the_cell_are_refused),
		cmocka_unit_test(region_over_the_communication_region_is_refused),
		cmocka_unit_test(subpage_window_inside_a_mapped_region_is_refused),
		cmocka_unit_test(writable_memory_with_two_names_is_refused),
		cmocka_unit_test(second_communication_region_is_refused),
		cmocka_unit_test(communication_region_of_two_pages_is_refused),
		cmocka_unit_test(communication_region_across_pages_is_refused),
		cmocka_unit_test(executable_communication_region_is_refused),
		cmocka_unit_test(cell_that_cannot_answer_is_refused),
		cmocka_unit_test(communication_region_of_root_is_refused),
		cmocka_unit_test(executable_subpage_window_is_refused),
		cmocka_unit_test(subpage_window_without_widths_is_refused),
		cmocka_unit_test(test_device_without_communication_region_is_refused),
		cmocka_unit_test(test_device_over_memory_is_refused),
		cmocka_unit_test(root_region_over_the_hypervisor_is_refused),
		cmocka_unit_test(cell_region_over_the_hypervisor_is_refused),
		cmocka_unit_test(subpage_window_into_the_hypervisor_is_refused),
		cmocka_unit_test(region_over_the_physical_apic_is_refused),
		cmocka_unit_test(memory_at_the_guest_address_of_the_apic_is_refused),
		cmocka_unit_test(region_over_interrupt_messages_is_refused),
		cmocka_unit_test(region_over_the_ioapic_is_refused),
		cmocka_unit_test(subpage_window_into_the_ioapic_is_refused),
		cmocka_unit_test(region_over_mmconfig_is_refused),
		cmocka_unit_test(region_over_an_iommu_is_refused),
		cmocka_unit_test(memory_that_root_does_not_have_is_refused),
		cmocka_unit_test(memory_of_another_cell_is_refused),
		cmocka_unit_test(memory_that_only_one_of_two_cells_shares_is_refused),
		cmocka_unit_test(subpage_window_into_the_page_of_another_cell_is_refused),
		cmocka_unit_test(different_sections_of_one_link_do_not_make_memory_common),
		cmocka_unit_test(region_over_an_msix_table_is_refused),
		cmocka_unit_test(irqchip_with_a_pin_base_is_refused),
		cmocka_unit_test(irqchip_with_too_many_pins_is_refused),
		cmocka_unit_test(irqchip_twice_is_refused),
		cmocka_unit_test(unaligned_irqchip_is_refused),
		cmocka_unit_test(irqchip_beyond_physical_addresses_is_refused),
		cmocka_unit_test(more_irqchips_than_the_limit_are_refused),
		cmocka_unit_test(irqchip_that_the_machine_does_not_have_is_refused),
		cmocka_unit_test(pin_that_root_does_not_have_is_refused),
		cmocka_unit_test(pin_of_another_cell_is_refused),
		cmocka_unit_test(empty_port_range_is_refused),
		cmocka_unit_test(port_range_that_wraps_around_is_refused),
		cmocka_unit_test(port_range_over_pci_configuration_is_refused),
		cmocka_unit_test(port_ranges_that_overlap_are_refused),
		cmocka_unit_test(port_that_root_does_not_have_is_refused),
		cmocka_unit_test(port_of_another_cell_is_refused),
		cmocka_unit_test(pci_device_of_unknown_type_is_refused),
		cmocka_unit_test(pci_device_of_type_0_is_refused),
		cmocka_unit_test(pci_domain_is_refused_on_x86),
		cmocka_unit_test(pci_device_twice_is_refused),
		cmocka_unit_test(capabilities_beyond_the_array_are_refused),
		cmocka_unit_test(pci_device_beyond_the_last_bus_is_refused),
		cmocka_unit_test(number_of_msi_vectors_has_to_be_a_power_of_two),
		cmocka_unit_test(too_many_msi_vectors_are_refused),
		cmocka_unit_test(unaligned_msix_table_is_refused),
		cmocka_unit_test(msix_table_at_address_0_is_refused),
		cmocka_unit_test(msix_region_smaller_than_its_vectors_is_refused),
		cmocka_unit_test(msix_region_of_part_of_a_page_is_refused),
		cmocka_unit_test(too_many_msix_vectors_are_refused),
		cmocka_unit_test(msix_tables_that_overlap_are_refused),
		cmocka_unit_test(pci_device_that_root_does_not_have_is_refused),
		cmocka_unit_test(pci_device_of_another_cell_is_refused),
		cmocka_unit_test(pci_device_of_an_iommu_unit_that_is_not_there_is_refused),
		cmocka_unit_test(msix_table_over_the_hypervisor_is_refused),
		cmocka_unit_test(pci_device_of_another_type_than_roots_is_refused),
		cmocka_unit_test(msix_table_at_another_place_than_roots_is_refused),
		cmocka_unit_test(capability_across_the_end_is_refused),
		cmocka_unit_test(capability_in_the_header_is_refused),
		cmocka_unit_test(extended_capability_across_the_end_is_refused),
		cmocka_unit_test(extended_capability_in_the_first_256_bytes_is_refused),
		cmocka_unit_test(empty_capability_is_refused),
		cmocka_unit_test(capability_with_unknown_flags_is_refused),
		cmocka_unit_test(ivshmem_without_peers_is_refused),
		cmocka_unit_test(ivshmem_with_too_many_peers_is_refused),
		cmocka_unit_test(ivshmem_device_id_beyond_its_peers_is_refused),
		cmocka_unit_test(ivshmem_with_missing_regions_is_refused),
		cmocka_unit_test(ivshmem_regions_far_beyond_the_array_are_refused),
		cmocka_unit_test(ivshmem_with_too_many_vectors_is_refused),
		cmocka_unit_test(writable_state_table_is_refused),
		cmocka_unit_test(ivshmem_section_of_part_of_a_page_is_refused),
		cmocka_unit_test(output_sections_of_different_sizes_are_refused),
		cmocka_unit_test(output_section_of_a_peer_must_not_be_writable),
		cmocka_unit_test(gap_between_ivshmem_sections_is_refused),
		cmocka_unit_test(ivshmem_without_a_register_bar_is_refused),
		cmocka_unit_test(ivshmem_with_vectors_and_without_their_bar_is_refused),
		cmocka_unit_test(link_of_different_peers_is_refused),
		cmocka_unit_test(link_with_different_memory_is_refused),
		cmocka_unit_test(link_with_one_device_id_twice_is_refused),
		cmocka_unit_test(link_with_one_device_id_twice_is_refused_for_root_too),
		cmocka_unit_test(ivshmem_at_the_address_of_a_physical_device_is_refused),
		cmocka_unit_test(cache_region_for_code_only_is_refused),
		cmocka_unit_test(cache_region_without_ways_is_refused),
		cmocka_unit_test(cache_region_beyond_the_ways_is_refused),
		cmocka_unit_test(cache_region_with_unknown_flags_is_refused),
		cmocka_unit_test(two_cache_regions_are_refused),
		cmocka_unit_test(unknown_console_type_is_refused),
		cmocka_unit_test(unknown_console_flags_are_refused),
		cmocka_unit_test(console_beyond_the_ports_is_refused),
		cmocka_unit_test(debug_console_without_registers_is_refused),
		cmocka_unit_test(debug_console_that_cannot_be_mapped_is_refused),
		cmocka_unit_test(nothing_lies_beyond_the_address_bits_of_the_cpu),
		cmocka_unit_test(clock_gate_beyond_its_register_is_refused),
		cmocka_unit_test(frame_buffer_behind_ports_is_refused),
		cmocka_unit_test(debug_console_smaller_than_the_screen_is_refused),
		cmocka_unit_test(debug_console_in_the_hypervisors_memory_is_refused),
		cmocka_unit_test(stream_ids_are_refused_on_x86),
		cmocka_unit_test(unknown_system_flags_are_refused),
		cmocka_unit_test(root_cell_with_an_id_is_refused),
		cmocka_unit_test(hypervisor_without_memory_is_refused),
		cmocka_unit_test(unaligned_hypervisor_memory_is_refused),
		cmocka_unit_test(hypervisor_memory_that_wraps_around_is_refused),
		cmocka_unit_test(unaligned_mmconfig_is_refused),
		cmocka_unit_test(hypervisor_memory_over_the_apic_is_refused),
		cmocka_unit_test(iommu_of_another_architecture_is_refused),
		cmocka_unit_test(iommu_without_registers_is_refused),
		cmocka_unit_test(unknown_apic_mode_is_refused),
		cmocka_unit_test(interrupt_limit_beyond_16_bits_is_refused),
		cmocka_unit_test(virtual_mmconfig_is_refused_on_x86),
		cmocka_unit_test(every_rule_has_its_own_number_and_a_complete_sentence),
		cmocka_unit_test(unknown_rules_and_objects_still_give_a_sentence),
		cmocka_unit_test(a_short_buffer_cuts_the_sentence_and_ends_it),
		cmocka_unit_test(bytes_of_names_cannot_leave_the_sentence),
		cmocka_unit_test(every_rule_of_configurations_was_triggered_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
