// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/linux_layout.c tools/machine/dt.c tests/fuzz/no_tree.c common/config/ */
/* cflags: -DCONFIG_FOR_ARM64 -D_GNU_SOURCE -Itools */
/* libs: -lfdt */
/*
 * What "cell linux" is given: a kernel's file, and a device tree, of the machine or of the cell. One byte of flags, regions of the cell's RAM, sizes
 * of tree and initrd, 64 bytes of kernel, then the tree.
 *
 * Held: what has a place lies in one region of the cell's RAM, kernel, tree and initrd apart from each other and from the loader, the kernel
 * aligned. A tree that is made or completed can be walked to its end; it has one node of memory, which is the cell's RAM, and the command line.
 */
#include <libfdt.h>
#include "fuzz.h"

/* Where the affinity of a CPU is read from */
static FILE *open_affinity(const char *path, const char *mode)
{
	static unsigned char reg[8] = { [7] = 1 };

	return fmemopen(reg, sizeof(reg), mode);
}

#define fopen(path, mode)	open_affinity(path, mode)
#include "../../tools/linux_fdt.c"
#undef fopen
#include "linux_layout.h"
#include "machine/dt.h"
#include "report.h"

#define config linux_demo
#include <configs/arm64/linux-demo.c>
#undef config

#define ALIGN	0x200000ULL
#define CMDLINE	"console=ttyAMA0 quiet"

static unsigned int told;

int report_error(int error, const char *way_out, const char *what, ...)
{
	told++;
	return EXIT_ERROR;
}

/* --- places ---------------------------------------------------------------------------------------------------------------------- */

struct piece {
	__u64 start, size;
};

static bool is_within(const struct piece *p, const struct jailhouse_memory *m)
{
	return p->start >= m->virt_start && p->start - m->virt_start <= m->size && p->size <= m->size - (p->start - m->virt_start);
}

static bool meet(const struct piece *a, const struct piece *b)
{
	return a->size && b->size && a->start <= b->start + b->size - 1 && b->start <= a->start + a->size - 1;
}

static bool are_in_one_region(const struct cell_view *cell, const struct piece *piece, unsigned int count)
{
	unsigned int n, i;

	for (n = 0; n < cell->num_mem; n++) {
		for (i = 0; linux_region_is_ram(&cell->mem[n]) && i < count && is_within(&piece[i], &cell->mem[n]); i++)
			;
		if (i == count)
			return true;
	}
	return false;
}

static void check_places(const struct linux_layout *l, const struct cell_view *cell, const struct linux_kernel *kernel, __u64 tree, __u64 initrd)
{
	const struct piece piece[] = {
		{ l->dtb, tree }, { l->kernel, kernel->image_size }, { initrd ? l->initrd : l->kernel, initrd }, { l->loader, LINUX_LOADER_SIZE }
	};
	unsigned int a, b;

	FUZZ_CHECK(are_in_one_region(cell, piece, 3));
	FUZZ_CHECK(!((l->kernel - kernel->text_offset) % ALIGN) && kernel->image_size >= kernel->file_size);
	FUZZ_CHECK(l->params - l->loader < LINUX_LOADER_SIZE);
	for (a = 0; a < 4; a++) {
		for (b = 0; b < a; b++)
			FUZZ_CHECK(!meet(&piece[a], &piece[b]));
	}
}

static __u64 take_size(struct fuzz_input *in)
{
	const __u64 n = fuzz_take(in, 1);

	return (n & 0xf) << (4 * (n >> 4));
}

static void check_layout(struct fuzz_input *in, const struct cell_view *cell)
{
	const __u64 tree = take_size(in) + 1, initrd = take_size(in), more = take_size(in) & 0xffff;
	const unsigned int factor = (unsigned int)fuzz_take(in, 2) % 1000;
	struct linux_kernel kernel;
	struct linux_layout l;
	void *image = fuzz_take_block(in, 64 + more);
	__u64 needed;

	if (linux_kernel_parse(&kernel, image, 64 + more) && tree < 1ULL << 40 && initrd < 1ULL << 40 &&
	    linux_layout(&l, cell, &kernel, tree, initrd, factor, &needed))
		check_places(&l, cell, &kernel, tree, initrd);
	free(image);
}

/* --- the cell -------------------------------------------------------------------------------------------------------------------- */

static typeof(linux_demo) cell_config;

/* Of RAM that is loadable; what the rules of all cells refuse comes no further. */
static bool take_cell(struct fuzz_input *in, struct cell_view *v)
{
	struct jailhouse_refusal r;
	unsigned int n;

	memcpy(&cell_config, &linux_demo, sizeof(cell_config));
	for (n = 0; n < sizeof(cell_config.mem_regions) / sizeof(cell_config.mem_regions[0]); n++) {
		struct jailhouse_memory *m = &cell_config.mem_regions[n];

		if (!linux_region_is_ram(m) || !(fuzz_take(in, 1) & 1))
			continue;
		m->virt_start = take_size(in) + take_size(in);
		m->size = take_size(in);
	}
	cell_config.cell.cpu_reset_address = take_size(in);
	return !cell_view_init(v, &cell_config, sizeof(cell_config), &r) && !config_check_cell(v, &r);
}

/* --- trees ----------------------------------------------------------------------------------------------------------------------- */

static void check_memory(const void *tree, const struct cell_view *cell)
{
	int node = fdt_node_offset_by_prop_value(tree, -1, "device_type", "memory", sizeof("memory"));
	unsigned int n, count = 0;
	int length = 0;

	FUZZ_CHECK(node >= 0);
	FUZZ_CHECK(fdt_node_offset_by_prop_value(tree, node, "device_type", "memory", sizeof("memory")) < 0);
	fdt_getprop(tree, node, "reg", &length);
	for (n = 0; n < cell->num_mem; n++)
		count += linux_region_is_ram(&cell->mem[n]) && (cell->mem[n].virt_start || cell->mem[n].size > 0x10000);
	FUZZ_CHECK(length == (int)count * 4 * (fdt_address_cells(tree, 0) + fdt_size_cells(tree, 0)));
}

static void check_completed(const void *tree, const struct cell_view *cell)
{
	const struct linux_boot boot = { CMDLINE, 0x40000000, 0x40001000 };
	void *whole;
	int chosen;

	told = 0;
	whole = linux_fdt_complete(tree, cell, &boot);
	FUZZ_CHECK(!whole == !!told);
	if (!whole)
		return;
	FUZZ_CHECK(!fdt_check_full(whole, fdt_totalsize(whole)));
	check_memory(whole, cell);
	chosen = fdt_path_offset(whole, "/chosen");
	FUZZ_CHECK(chosen >= 0 && !strcmp(fdt_getprop(whole, chosen, "bootargs", NULL), CMDLINE));
	free(whole);
}

static void check_tree(struct fuzz_input *in, const struct cell_view *cell)
{
	const size_t size = in->size;
	void *blob = fuzz_take_block(in, size), *made;

	if (dt_valid(blob, size)) {
		check_completed(blob, cell);
		told = 0;
		made = linux_fdt_make(cell, blob);
		FUZZ_CHECK(!made == !!told);
		if (made) {
			FUZZ_CHECK(!fdt_check_full(made, fdt_totalsize(made)));
			check_completed(made, cell);
		}
		free(made);
	}
	free(blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct cell_view cell;

	if (!take_cell(&in, &cell))
		return 0;
	check_layout(&in, &cell);
	check_tree(&in, &cell);
	return 0;
}
