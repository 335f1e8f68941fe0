// SPDX-License-Identifier: GPL-2.0
/* sources: tools/linux_layout.c tools/linux_fdt.c common/config/ */
/* cflags: -DCONFIG_FOR_ARM64 -D_GNU_SOURCE -Itools */
/* libs: -lfdt */
/*
 * What "jailhouse cell linux" makes of a cell's configuration: addresses, and a device tree.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <libfdt.h>

#include "linux_fdt.h"
#include "linux_layout.h"
#include "report.h"

#define config linux_demo
#include <configs/arm64/linux-demo.c>
#undef config

#define MIB	0x100000ULL
#define GIC	"/interrupt-controller@8000000"

static char reported[1024];

int report_error(int error, const char *way_out, const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	vsnprintf(reported, sizeof(reported), what, ap);
	va_end(ap);
	return EXIT_ERROR;
}

static struct cell_view view(void)
{
	struct jailhouse_refusal r;
	struct cell_view v;

	assert_int_equal(cell_view_init(&v, &linux_demo, sizeof(linux_demo), &r), 0);
	return v;
}

/* --- the kernel's header --- */

struct header {
	__u32 code[2];
	__u64 text_offset, image_size, flags, reserved[3];
	__u32 magic, reserved2;
};

static void an_image_says_how_much_it_takes(void **state)
{
	struct header h = { .text_offset = 0x1000, .image_size = 5 * MIB, .magic = 0x644d5241 };
	struct linux_kernel k;

	assert_true(linux_kernel_parse(&k, &h, sizeof(h)));
	assert_int_equal(k.text_offset, 0x1000);
	assert_int_equal(k.image_size, 5 * MIB);
	assert_int_equal(k.file_size, sizeof(h));
	h.image_size = 0;
	assert_true(linux_kernel_parse(&k, &h, sizeof(h)));
	assert_int_equal(k.text_offset, 0x80000);
	assert_int_equal(k.image_size, sizeof(h));
}

/* arch/arm/boot/compressed/head.S, vmlinux.lds.S: place of each word in the file */
struct zimage {
	__u32 code[9], magic, start, end, endian, mark, table;
	__u32 tag_words, tag, size_at, bss;
	__u32 unpacked;
};

static struct zimage zimage(void)
{
	return (struct zimage){ .magic = 0x016f2818, .mark = 0x45454545, .table = offsetof(struct zimage, tag_words), .tag_words = 4,
				.tag = 0x5a534c4b, .size_at = offsetof(struct zimage, unpacked), .bss = 3 * MIB,
				.unpacked = 20 * MIB + 5 };
}

static void a_zimage_says_how_much_it_unpacks_to(void **state)
{
	struct zimage z = zimage();
	struct linux_kernel k;

	assert_true(linux_kernel_parse(&k, &z, sizeof(z)));
	assert_int_equal(k.text_offset, 0);
	/* 23 MiB and 5 bytes behind the first 3 MiB and 32 KiB, in units of 2 MiB */
	assert_int_equal(k.room, 28 * MIB);
	assert_true(k.image_size > sizeof(z));
	/* older kernels do not say; nor does a table that is not all in the file */
	z.mark = 0;
	assert_true(linux_kernel_parse(&k, &z, sizeof(z)));
	assert_true(k.room >= 64 * MIB);
	z = zimage();
	z.table = 0xfffffff0;
	assert_true(linux_kernel_parse(&k, &z, sizeof(z)));
	assert_true(k.room >= 64 * MIB);
	z.magic = 0;
	assert_false(linux_kernel_parse(&k, &z, sizeof(z)));
}

static void a_zimage_has_nothing_where_it_unpacks_itself(void **state)
{
	struct linux_kernel k = { .room = 28 * MIB, .image_size = 6 * MIB, .file_size = 5 * MIB };
	struct cell_view v = view();
	struct linux_layout l;
	__u64 needed;

	assert_true(linux_layout(&l, &v, &k, 0x3000, MIB, 1, &needed));
	assert_true(l.dtb >= 0x70000000 + k.room);
	assert_true(l.kernel > l.dtb && l.initrd >= l.kernel + k.image_size);
}

static void what_is_no_image_is_refused(void **state)
{
	struct header h = { .magic = 0x644d5241 };
	struct linux_kernel k;

	assert_false(linux_kernel_parse(&k, &h, sizeof(h) - 1));
	h.text_offset = 0x200000;
	h.image_size = MIB;
	assert_false(linux_kernel_parse(&k, &h, sizeof(h)));
	h.text_offset = 0;
	h.image_size = ~0ULL;
	assert_false(linux_kernel_parse(&k, &h, sizeof(h)));
	h.image_size = MIB;
	h.magic = 0;
	assert_false(linux_kernel_parse(&k, &h, sizeof(h)));
}

/* --- addresses --- */

static void everything_is_placed_behind_each_other(void **state)
{
	struct linux_kernel k = { .text_offset = 0, .image_size = 40 * MIB, .file_size = 30 * MIB };
	struct cell_view v = view();
	struct linux_layout l;
	__u64 needed;

	assert_true(linux_layout(&l, &v, &k, 0x4800, 2 * MIB, 1, &needed));
	assert_int_equal(l.loader, 0);
	assert_int_equal(l.params, 0x1000);
	assert_int_equal(l.dtb, 0x70000000);
	assert_int_equal(l.kernel, 0x70200000);
	assert_int_equal(l.initrd, 0x70200000 + 70 * MIB);
	k.text_offset = 0x1000;
	assert_true(linux_layout(&l, &v, &k, 0x4800, 0, 0, &needed));
	assert_int_equal(l.kernel, 0x70201000);
}

static void a_region_that_holds_the_loader_is_used_behind_it(void **state)
{
	struct linux_kernel k = { .image_size = MIB, .file_size = MIB };
	struct jailhouse_memory ram = linux_demo.mem_regions[2];
	struct cell_view v = view();
	struct linux_layout l;
	__u64 needed;

	ram.virt_start = 0;
	v.mem = &ram;
	v.num_mem = 1;
	assert_true(linux_layout(&l, &v, &k, 0x1000, 0, 1, &needed));
	assert_int_equal(l.dtb, 0x2000);
	assert_int_equal(l.kernel, 0x200000);
}

static void too_little_memory_is_refused_with_the_size(void **state)
{
	struct linux_kernel k = { .image_size = 239 * MIB, .file_size = MIB };
	struct cell_view v = view();
	struct linux_layout l;
	__u64 needed;

	assert_false(linux_layout(&l, &v, &k, 0x1000, 0, 1, &needed));
	assert_int_equal(needed, 241 * MIB);
	k.image_size = 238 * MIB;
	assert_true(linux_layout(&l, &v, &k, 0x1000, 0, 1, &needed));
}

static void only_loadable_ram_of_the_cell_alone_counts(void **state)
{
	struct jailhouse_memory m = linux_demo.mem_regions[2];

	assert_true(linux_region_is_ram(&m));
	m.flags &= ~(__u64)JAILHOUSE_MEM_LOADABLE;
	assert_false(linux_region_is_ram(&m));
	m.flags = linux_demo.mem_regions[2].flags | JAILHOUSE_MEM_ROOTSHARED;
	assert_false(linux_region_is_ram(&m));
	assert_false(linux_region_is_ram(&linux_demo.mem_regions[0]));
	assert_false(linux_region_is_ram(&linux_demo.mem_regions[3]));
}

/* --- the device tree --- */

static char folder[] = "/tmp/jailhouse-cpus-XXXXXX";

static void make_cpu(unsigned int cpu, __u32 mpidr)
{
	fdt32_t reg = cpu_to_fdt32(mpidr);
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cpu%u", folder, cpu);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/cpu%u/of_node", folder, cpu);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/cpu%u/of_node/reg", folder, cpu);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(&reg, sizeof(reg), 1, file);
	fclose(file);
}

static int make_cpus(void **state)
{
	assert_non_null(mkdtemp(folder));
	setenv("JAILHOUSE_SYSFS_CPU", folder, 1);
	make_cpu(2, 0x2);
	make_cpu(3, 0x103);
	return 0;
}

static void cells(void *fdt, const char *name, unsigned int count, ...)
{
	fdt32_t value[8];
	unsigned int n;
	va_list ap;

	va_start(ap, count);
	for (n = 0; n < count; n++)
		value[n] = cpu_to_fdt32(va_arg(ap, __u32));
	va_end(ap);
	assert_int_equal(fdt_property(fdt, name, value, (int)(count * 4)), 0);
}

static __u32 gicc_size;

/* A machine with a GIC of version @gic and a UART with interrupt @spi */
static void *machine(int gic, __u32 spi)
{
	static char fdt[4096];

	fdt_create(fdt, sizeof(fdt));
	fdt_finish_reservemap(fdt);
	fdt_begin_node(fdt, "");
	cells(fdt, "#address-cells", 1, 2);
	cells(fdt, "#size-cells", 1, 2);
	fdt_begin_node(fdt, "intc@8000000");
	fdt_property_string(fdt, "compatible", gic == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	cells(fdt, "reg", 8, 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, gic == 3 ? 0xf60000 : gicc_size);
	fdt_end_node(fdt);
	fdt_begin_node(fdt, "timer");
	fdt_property_string(fdt, "compatible", "arm,armv8-timer");
	cells(fdt, "interrupts", 6, 1, 13, 4, 1, 14, 4);
	fdt_end_node(fdt);
	fdt_begin_node(fdt, "pl011@9000000");
	fdt_property_string(fdt, "compatible", "arm,pl011");
	cells(fdt, "reg", 4, 0, 0x09000000, 0, 0x1000);
	cells(fdt, "interrupts", 3, 0, spi, 4);
	cells(fdt, "clocks", 2, 0x8000, 0x8000);
	fdt_end_node(fdt);
	fdt_begin_node(fdt, "disk@a000000");
	fdt_property_string(fdt, "compatible", "virtio,mmio");
	cells(fdt, "reg", 4, 0, 0x0a000000, 0, 0x200);
	fdt_end_node(fdt);
	fdt_end_node(fdt);
	fdt_finish(fdt);
	return fdt;
}

static __u32 word(const void *fdt, const char *path, const char *name, int index)
{
	int length, node = fdt_path_offset(fdt, path);
	const fdt32_t *value = fdt_getprop(fdt, node, name, &length);

	assert_non_null(value);
	assert_true(length >= (index + 1) * 4);
	return fdt32_to_cpu(value[index]);
}

static void a_tree_has_what_the_cell_owns_and_nothing_else(void **state)
{
	struct cell_view v = view();
	void *fdt = linux_fdt_make(&v, machine(3, 1));

	assert_non_null(fdt);
	assert_int_equal(word(fdt, "/cpus/cpu@2", "reg", 1), 0x2);
	assert_int_equal(word(fdt, "/cpus/cpu@103", "reg", 1), 0x103);
	assert_true(fdt_path_offset(fdt, "/cpus/cpu@0") < 0);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/psci"), "method", NULL), "smc");
	assert_int_equal(word(fdt, GIC, "reg", 5), 0x080a0000);
	assert_int_equal(word(fdt, "/timer", "interrupts", 1), 13);
	assert_int_equal(word(fdt, "/serial@9000000", "interrupts", 1), 1);
	assert_int_equal(word(fdt, "/serial@9000000", "clocks", 0), word(fdt, "/clock", "phandle", 0));
	assert_int_equal(word(fdt, "/", "interrupt-parent", 0), word(fdt, GIC, "phandle", 0));
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "stdout-path", NULL), "/serial@9000000");
	assert_true(fdt_node_offset_by_compatible(fdt, -1, "virtio,mmio") < 0);
	free(fdt);
}

static void gicv2_has_the_two_pages_of_the_virtual_interface(void **state)
{
	struct cell_view v = view();
	void *fdt;

	gicc_size = 0x10000;
	fdt = linux_fdt_make(&v, machine(2, 1));
	assert_int_equal(word(fdt, GIC, "reg", 5), 0x080a0000);
	assert_int_equal(word(fdt, GIC, "reg", 7), 0x2000);
	free(fdt);
}

static void gicv2_with_repeated_pages_has_the_two_that_follow_each_other(void **state)
{
	struct cell_view v = view();
	void *fdt;

	gicc_size = 0x20000;
	fdt = linux_fdt_make(&v, machine(2, 1));
	assert_int_equal(word(fdt, GIC, "reg", 5), 0x080af000);
	assert_int_equal(word(fdt, GIC, "reg", 7), 0x2000);
	free(fdt);
}

static void a_console_without_its_interrupt_is_left_out(void **state)
{
	struct cell_view v = view();
	void *fdt = linux_fdt_make(&v, machine(3, 2));

	assert_true(fdt_path_offset(fdt, "/serial@9000000") < 0);
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "stdout-path", NULL));
	free(fdt);
}

static void an_unknown_machine_is_refused(void **state)
{
	struct cell_view v = view();
	char fdt[256];

	fdt_create_empty_tree(fdt, sizeof(fdt));
	assert_null(linux_fdt_make(&v, fdt));
	assert_string_equal(reported, "the interrupt controller of this machine is not known");
	setenv("JAILHOUSE_SYSFS_CPU", "/nonexistent", 1);
	assert_null(linux_fdt_make(&v, machine(3, 1)));
	setenv("JAILHOUSE_SYSFS_CPU", folder, 1);
}

static void a_given_tree_gets_memory_and_words(void **state)
{
	struct linux_boot boot = { "console=ttyAMA0", 0x70000000, 0x70001000 };
	struct cell_view v = view();
	char given[512];
	void *fdt;
	int node;

	fdt_create_empty_tree(given, sizeof(given));
	node = fdt_add_subnode(given, 0, "memory@80000000");
	fdt_setprop_string(given, node, "device_type", "memory");
	fdt_setprop_u64(given, node, "reg", 0x80000000);
	fdt_setprop_u32(given, 0, "#address-cells", 1);
	fdt_setprop_u32(given, 0, "#size-cells", 1);
	fdt = linux_fdt_complete(given, &v, &boot);
	assert_non_null(fdt);
	assert_true(fdt_path_offset(fdt, "/memory@80000000") < 0);
	/* the loader's 64 KiB at 0 are not Linux's */
	assert_int_equal(word(fdt, "/memory", "reg", 0), 0x70000000);
	assert_int_equal(word(fdt, "/memory", "reg", 1), 0x0f000000);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL), "console=ttyAMA0");
	assert_int_equal(word(fdt, "/chosen", "linux,initrd-end", 1), 0x70001000);
	free(fdt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_says_how_much_it_takes),
		cmocka_unit_test(a_zimage_says_how_much_it_unpacks_to),
		cmocka_unit_test(a_zimage_has_nothing_where_it_unpacks_itself),
		cmocka_unit_test(what_is_no_image_is_refused),
		cmocka_unit_test(everything_is_placed_behind_each_other),
		cmocka_unit_test(a_region_that_holds_the_loader_is_used_behind_it),
		cmocka_unit_test(too_little_memory_is_refused_with_the_size),
		cmocka_unit_test(only_loadable_ram_of_the_cell_alone_counts),
		cmocka_unit_test(a_tree_has_what_the_cell_owns_and_nothing_else),
		cmocka_unit_test(gicv2_has_the_two_pages_of_the_virtual_interface),
		cmocka_unit_test(gicv2_with_repeated_pages_has_the_two_that_follow_each_other),
		cmocka_unit_test(a_console_without_its_interrupt_is_left_out),
		cmocka_unit_test(an_unknown_machine_is_refused),
		cmocka_unit_test(a_given_tree_gets_memory_and_words),
	};

	return cmocka_run_group_tests_name("tools_linux", tests, make_cpus, NULL);
}
