// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vmsr.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c hypervisor/arch/x86/hal/scrub_msrs.c
 */
/* cflags: -idirafter hypervisor/arch/x86/include */
/*
 * The MSR policy: table, permission map and dispatch agree; nothing that breaks isolation is
 * reachable.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"
#include <x86/scrub_msrs.h>

#define BITMAP_SIZE	0x2000
static const u32 range_base[] = { 0, 0xc0000000, 0xc0010000 };

/* --- a backend that remembers ----------------------------------------------------------------- */

static struct {
	unsigned int reads, writes, hw_reads, hw_writes;
	u64 hw_value, written;
	bool hw_faults;
} backend;

static enum vdev_result emulate(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	if (is_write) {
		backend.writes++;
		backend.written = *value;
	} else {
		backend.reads++;
		*value = 0x1111;
	}
	return VDEV_OK;
}

static bool hw_read(u32 msr, u64 *value)
{
	backend.hw_reads++;
	*value = backend.hw_value;
	return !backend.hw_faults;
}

static bool hw_write(u32 msr, u64 value)
{
	backend.hw_writes++;
	backend.written = value;
	return !backend.hw_faults;
}

static const struct vmsr_ops ops = { emulate, hw_read, hw_write };

static int setup(void **state)
{
	memset(&backend, 0, sizeof(backend));
	return mock_setup(state);
}

static enum vdev_result msr_access(enum vmsr_role role, u32 msr, bool is_write, u64 *value)
{
	return vmsr_access(&mock.vcpus[role == VMSR_ROLE_ROOT ? 0 : 2], &ops, msr, is_write, value);
}

static bool intercepted(const u8 *bitmap, unsigned int range, u32 index, bool write)
{
	unsigned int bit = (range * 0x2000 + index) * 2 + write;

	return bitmap[bit / 8] >> (bit % 8) & 1;
}

/* A row that is out of order is not found; one that crosses the end of a range breaks the map. */
static void every_row_is_found_for_all_its_registers(void **state)
{
	unsigned int range;
	u32 i;

	for (range = 0; range < 3; range++) {
		for (i = 0; i < 0x3000; i++) {
			u32 msr = range_base[range] + i;
			const struct vmsr_row *row = vmsr_lookup(msr);

			assert_true(row->first <= msr && msr <= row->last);
			if (row->last == 0xffffffff)
				continue;
			assert_ptr_equal(vmsr_lookup(row->first), row);
			assert_ptr_equal(vmsr_lookup(row->last), row);
			assert_int_equal(row->first / 0x2000, row->last / 0x2000);
		}
	}
}

static void a_register_without_a_row_is_nobodys(void **state)
{
	static const u32 unknown[] = { 0x2, 0x40000000, 0xc0000000, 0xc001ffff, 0xffffffff };
	unsigned int i, role;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		for (role = 0; role < VMSR_ROLE_COUNT; role++) {
			assert_int_equal(vmsr_lookup(unknown[i])->answer[role][0], VMSR_GP);
			assert_int_equal(vmsr_lookup(unknown[i])->answer[role][1], VMSR_GP);
		}
	}
}

static void permission_map_agrees_with_the_table_for_every_msr(void **state)
{
	static u8 bitmap[BITMAP_SIZE];
	unsigned int role, range;
	u32 i;

	for (role = 0; role < VMSR_ROLE_COUNT; role++) {
		vmsr_fill_svm_bitmap(role, false, bitmap);
		for (range = 0; range < 3; range++) {
			for (i = 0; i < 0x2000; i++) {
				const struct vmsr_row *row = vmsr_lookup(range_base[range] + i);

				assert_int_equal(intercepted(bitmap, range, i, false),
						 row->answer[role][0] != VMSR_PASS);
				assert_int_equal(intercepted(bitmap, range, i, true),
						 row->answer[role][1] != VMSR_PASS);
			}
		}
		for (i = 0x1800; i < BITMAP_SIZE; i++)
			assert_int_equal(bitmap[i], 0xff);
	}
}

static void in_x2apic_mode_only_destinations_and_modes_are_intercepted(void **state)
{
	static u8 xapic[BITMAP_SIZE], x2apic[BITMAP_SIZE];
	u32 msr;

	vmsr_fill_svm_bitmap(VMSR_ROLE_CELL, false, xapic);
	vmsr_fill_svm_bitmap(VMSR_ROLE_CELL, true, x2apic);
	for (msr = 0; msr < 0x2000; msr++) {
		bool is_apic = msr >= 0x800 && msr <= 0x83f;
		bool icr = msr == 0x830, lvt = msr == 0x82f || (msr >= 0x832 && msr <= 0x837);

		if (!is_apic) {
			assert_int_equal(intercepted(x2apic, 0, msr, false),
					 intercepted(xapic, 0, msr, false));
			assert_int_equal(intercepted(x2apic, 0, msr, true),
					 intercepted(xapic, 0, msr, true));
			continue;
		}
		assert_true(intercepted(xapic, 0, msr, false) && intercepted(xapic, 0, msr, true));
		assert_int_equal(intercepted(x2apic, 0, msr, false), icr);
		assert_int_equal(intercepted(x2apic, 0, msr, true), icr || lvt);
	}
}

/*
 * What a cell may touch directly, written down a second time: a new row has to be thought about
 * twice.
 */
static void a_cell_is_denied_by_default(void **state)
{
	static const struct { u32 first, last; bool read, write; } direct[] = {
		{ 0x10, 0x10, true, false }, { 0x3b, 0x3b, true, false },
		{ 0x48, 0x48, true, true }, { 0x49, 0x49, false, true },
		{ 0x8b, 0x8b, true, false }, { 0xe7, 0xe8, true, false },
		{ 0x10a, 0x10a, true, false }, { 0x10b, 0x10b, false, true },
		{ 0x174, 0x176, true, true }, { 0x6e0, 0x6e0, true, true },
		{ 0xda0, 0xda0, true, false },
		{ 0xc0000081, 0xc0000084, true, true }, { 0xc00000e7, 0xc00000e9, true, false },
		{ 0xc0000100, 0xc0000103, true, true },
		{ 0xc0010131, 0xc0010131, true, false }, { 0xc0010140, 0xc0010141, true, false },
	};
	static u8 bitmap[BITMAP_SIZE];
	unsigned int range, n;
	u32 i;

	vmsr_fill_svm_bitmap(VMSR_ROLE_CELL, false, bitmap);
	for (range = 0; range < 3; range++) {
		for (i = 0; i < 0x2000; i++) {
			u32 msr = range_base[range] + i;
			bool read = false, write = false;

			for (n = 0; n < ARRAY_SIZE(direct); n++)
				if (msr >= direct[n].first && msr <= direct[n].last) {
					read = direct[n].read;
					write = direct[n].write;
				}
			if (intercepted(bitmap, range, i, false) == read ||
			    intercepted(bitmap, range, i, true) == write) {
				print_error("MSR %x\n", msr);
				fail();
			}
		}
	}
}

static void what_breaks_isolation_is_never_written_by_anybody(void **state)
{
	static const u32 dangerous[] = {
		0x10, 0x1b, 0x3b, 0x79, 0x9b, 0x9e, 0x200, 0x20f, 0x250, 0x268, 0x2ff, 0x277, 0x570,
		0x560, 0x830, 0x832,
		0xc81, 0xc8f, 0xc90, 0xd10, 0xd50, 0xc0000080, 0xc0000104, 0xc0000200, 0xc0010010,
		0xc0010015, 0xc0010016, 0xc0010019,
		0xc001001a, 0xc001001d, 0xc001001f, 0xc0010020, 0xc0010022, 0xc0010050, 0xc0010054,
		0xc0010056, 0xc0010058, 0xc0010064,
		0xc0010111, 0xc0010112, 0xc0010113, 0xc0010114, 0xc0010115, 0xc0010116, 0xc0010117,
		0xc0010118, 0xc0010119, 0xc001011b,
		0xc0010130, 0xc0010132, 0xc0011004, 0xc0011005,
	};
	static u8 bitmap[BITMAP_SIZE];
	unsigned int role, i, range;

	for (role = 0; role < VMSR_ROLE_COUNT; role++) {
		vmsr_fill_svm_bitmap(role, false, bitmap);
		for (i = 0; i < ARRAY_SIZE(dangerous); i++) {
			range = dangerous[i] >= 0xc0010000 ? 2 : dangerous[i] >= 0xc0000000;
			if (!intercepted(bitmap, range, dangerous[i] - range_base[range], true)) {
				print_error("MSR %x\n", dangerous[i]);
				fail();
			}
		}
	}
}

static void ignored_writes_do_not_reach_hardware(void **state)
{
	static const u32 ignored[] = { 0x10,  0x79,	  0x2ff,      0x200,	  0x3f1,      0xc8f,
				       0xc90, 0xc0000104, 0xc001001f, 0xc0010020, 0xc0011004 };
	unsigned int i;
	u64 value = ~0ULL;

	for (i = 0; i < ARRAY_SIZE(ignored); i++)
		assert_int_equal(msr_access(VMSR_ROLE_ROOT, ignored[i], true, &value), VDEV_OK);
	assert_int_equal(backend.hw_writes + backend.writes, 0);
}

static void denied_registers_answer_with_a_fault(void **state)
{
	static const u32 denied[] = { 0x2,	  0x9e,	      0xc0010112, 0xc001011b,
				      0x40000000, 0x4b564d00, 0xffffffff };
	unsigned int i, role;
	u64 value;

	for (role = 0; role < VMSR_ROLE_COUNT; role++) {
		for (i = 0; i < ARRAY_SIZE(denied); i++) {
			assert_int_equal(msr_access(role, denied[i], false, &value), VDEV_GP);
			assert_int_equal(msr_access(role, denied[i], true, &value), VDEV_GP);
		}
	}
	assert_int_equal(backend.hw_reads + backend.hw_writes + backend.reads + backend.writes, 0);
}

static void root_gets_what_linux_needs(void **state)
{
	static const u32 readable[] = {
		0x10, 0x1b, 0xe7, 0xfe, 0x179, 0x200, 0x2ff, 0x400, 0xc8d, 0xc8f, 0xc90, 0xc00000e9,
		0xc0002001, 0xc0010000, 0xc0010010,
		0xc001001a, 0xc001001d, 0xc001001f, 0xc0010058, 0xc0010061, 0xc0010062, 0xc0010064,
		0xc0010114, 0xc0010140,
		0xc0010200, 0xc0010240, 0xc0010299, 0xc001029b, 0xc00102b0, 0xc0010400, 0xc0011020,
		0xc0011029, 0xc0011030, 0x8b,
	};
	static const u32 writable[] = { 0x48,	    0x49,	0x17a,	    0x401,	0xc8d,
					0xc0002001, 0xc0010000, 0xc0010062, 0xc0010200, 0xc0010240,
					0xc00102b3, 0xc0011029, 0xc001103a, 0xc00110e3 };
	unsigned int i;
	u64 value;

	backend.hw_value = 0x1234;
	for (i = 0; i < ARRAY_SIZE(readable); i++) {
		assert_int_equal(msr_access(VMSR_ROLE_ROOT, readable[i], false, &value), VDEV_OK);
		assert_int_equal(value, 0x1234);
	}
	for (i = 0; i < ARRAY_SIZE(writable); i++)
		assert_int_equal(msr_access(VMSR_ROLE_ROOT, writable[i], true, &value), VDEV_OK);
	assert_int_equal(backend.hw_reads, ARRAY_SIZE(readable));
	assert_int_equal(backend.hw_writes, ARRAY_SIZE(writable));
}

static void masked_writes_change_the_permitted_bits_only(void **state)
{
	u64 value = ~0ULL;

	backend.hw_value = 0x11;
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0010015, true, &value), VDEV_OK);
	assert_int_equal(backend.written, 0x11 | 1ULL << 18 | 1ULL << 25 | 1ULL << 30 | 1ULL << 35);
	value = 0;
	backend.hw_value = ~0ULL;
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0010015, true, &value), VDEV_OK);
	assert_int_equal(backend.written, ~(1ULL << 18 | 1ULL << 25 | 1ULL << 30 | 1ULL << 35));
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0xc0010015, true, &value), VDEV_GP);
}

static void a_register_that_hardware_lacks_is_a_fault_of_the_guest(void **state)
{
	u64 value = 0;

	backend.hw_faults = true;
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0002001, false, &value), VDEV_GP);
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0002001, true, &value), VDEV_GP);
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0010015, true, &value), VDEV_GP);
	assert_int_equal(backend.writes, 0);
}

static void emulated_registers_go_to_the_backend(void **state)
{
	u64 value;

	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0xc0000080, false, &value), VDEV_OK);
	assert_int_equal(value, 0x1111);
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0x277, true, &value), VDEV_OK);
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0x80b, true, &value), VDEV_OK);
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0010117, true, &value), VDEV_OK);
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0xc0010117, true, &value), VDEV_GP);
	assert_int_equal(backend.reads, 1);
	assert_int_equal(backend.writes, 3);
}

static void fixed_registers_read_their_constant(void **state)
{
	u64 value = ~0ULL;

	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0x1a0, false, &value), VDEV_OK);
	assert_int_equal(value, 1);
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0x2ff, false, &value), VDEV_OK);
	assert_int_equal(value, 0x806);
	assert_int_equal(msr_access(VMSR_ROLE_ROOT, 0xc0000104, false, &value), VDEV_OK);
	assert_int_equal(value, 0x100000000);
	assert_int_equal(msr_access(VMSR_ROLE_CELL, 0x2ff, true, &value), VDEV_OK);
	assert_int_equal(backend.hw_reads + backend.hw_writes, 0);
}

/* --- change of owner -------------------------------------------------------------------------- */

struct range { u32 first, last; };

/* No control: nothing happens because of its value, and a cell cannot read it. */
static const struct range mere_values[] = {
	{ 0xc1, 0xc8 }, { 0x1a6, 0x1a7 }, { 0x1c5, 0x1c5 }, { 0x1c8, 0x1c9 }, { 0x309, 0x30c },
	{ 0x329, 0x329 }, { 0x38e, 0x38e }, { 0x390, 0x397 }, { 0x3f2, 0x3ff }, { 0x4c1, 0x4c8 },
	{ 0x680, 0x69f }, { 0x6c0, 0x6df }, { 0xc8d, 0xc8d }, { 0xdc0, 0xddf },
	{ 0xc000010e, 0xc000010e }, { 0xc0000300, 0xc0000300 }, { 0xc0000302, 0xc0000303 },
	{ 0xc0010300, 0xc001031f }, { 0xc0011031, 0xc0011032 }, { 0xc0011034, 0xc001103d },
};

/* Reset, or loaded with the next guest, by other means: VMCB and VMCS, LVTs (the deadline). */
static const struct range reset_elsewhere[] = {
	{ 0x174, 0x176 }, { 0x6a1, 0x6a3 }, { 0x6a8, 0x6a8 }, { 0x6e0, 0x6e0 }, { 0xc0000081, 0xc0000084 },
	{ 0xc0000100, 0xc0000102 },
};

/* What the core or the package has set up: frequency, energy, machine checks, errata, commands. */
static const struct range of_the_machine[] = {
	{ 0x49, 0x49 }, { 0xe1, 0xe1 }, { 0x10b, 0x10b }, { 0x122, 0x123 }, { 0x17a, 0x17b },
	{ 0x180, 0x185 }, { 0x18e, 0x18f }, { 0x198, 0x19d }, { 0x1b0, 0x1b2 }, { 0x280, 0x29f },
	{ 0x400, 0x47f }, { 0x601, 0x67f }, { 0x770, 0x777 }, { 0xc0000410, 0xc0000410 },
	{ 0xc0002000, 0xc0002fff }, { 0xc0010044, 0xc001004c }, { 0xc0010062, 0xc0010062 },
	{ 0xc0010230, 0xc001023b }, { 0xc0010240, 0xc001024f }, { 0xc00102b0, 0xc00102b4 },
	{ 0xc0010400, 0xc001047f }, { 0xc0011020, 0xc0011023 }, { 0xc0011028, 0xc001102c },
	{ 0xc001102e, 0xc001102e }, { 0xc00110e3, 0xc00110e3 },
};

static bool is_in(const struct range *list, unsigned int count, u32 msr)
{
	unsigned int n;

	for (n = 0; n < count && !(msr >= list[n].first && msr <= list[n].last); n++)
		;
	return n < count;
}

static bool is_scrubbed(u32 msr)
{
	unsigned int n;

	for (n = 0; n < x86_scrub_msr_ranges; n++)
		if (msr >= x86_scrub_msrs[n].first && msr <= x86_scrub_msrs[n].last)
			return true;
	return false;
}

static bool is_explained(u32 msr)
{
	return is_in(mere_values, ARRAY_SIZE(mere_values), msr) ||
	       is_in(reset_elsewhere, ARRAY_SIZE(reset_elsewhere), msr) ||
	       is_in(of_the_machine, ARRAY_SIZE(of_the_machine), msr);
}

/* Sampling, branch records and the like would go on recording the next owner, or write into its memory. */
static void what_an_owner_may_set_is_cleared_for_the_next_one(void **state)
{
	unsigned int range;
	u32 i;

	for (range = 0; range < 3; range++) {
		for (i = 0; i < 0x3000; i++) {
			u32 msr = range_base[range] + i;
			const struct vmsr_row *row = vmsr_lookup(msr);
			bool settable = row->answer[VMSR_ROLE_ROOT][1] == VMSR_PASS ||
					row->answer[VMSR_ROLE_CELL][1] == VMSR_PASS;

			if (settable && is_scrubbed(msr) == is_explained(msr)) {
				print_error("MSR %x is %s\n", msr,
					    is_scrubbed(msr) ? "cleared and explained" : "kept");
				fail();
			}
		}
	}
}

static void nothing_is_cleared_that_the_hypervisor_needs(void **state)
{
	static const u32 needed[] = { 0x10, 0x1b, 0x277, 0xc0000080, 0xc0010114, 0xc0010117 };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(needed); n++)
		assert_false(is_scrubbed(needed[n]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_for_all_its_registers),
		cmocka_unit_test(a_register_without_a_row_is_nobodys),
		cmocka_unit_test(permission_map_agrees_with_the_table_for_every_msr),
		cmocka_unit_test(in_x2apic_mode_only_destinations_and_modes_are_intercepted),
		cmocka_unit_test(a_cell_is_denied_by_default),
		cmocka_unit_test(what_breaks_isolation_is_never_written_by_anybody),
		cmocka_unit_test_setup(ignored_writes_do_not_reach_hardware, setup),
		cmocka_unit_test_setup(denied_registers_answer_with_a_fault, setup),
		cmocka_unit_test_setup(root_gets_what_linux_needs, setup),
		cmocka_unit_test_setup(masked_writes_change_the_permitted_bits_only, setup),
		cmocka_unit_test_setup(a_register_that_hardware_lacks_is_a_fault_of_the_guest,
				       setup),
		cmocka_unit_test_setup(emulated_registers_go_to_the_backend, setup),
		cmocka_unit_test_setup(fixed_registers_read_their_constant, setup),
		cmocka_unit_test_setup(what_an_owner_may_set_is_cleared_for_the_next_one, setup),
		cmocka_unit_test_setup(nothing_is_cleared_that_the_hypervisor_needs, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
