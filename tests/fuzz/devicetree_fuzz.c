// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c tools/machine/dt.c tools/machine/create_arm.c tools/machine/create_memory.c tools/machine/plan.c
 * tools/machine/plan_write.c tools/machine/text.c tools/machine/iomem.c tools/machine/memory.c tools/machine/pci.c tests/fuzz/no_tree.c
 */
/* cflags: -D_GNU_SOURCE */
/* libs: -lfdt */
/*
 * A device tree on its way to a system configuration.
 *
 * Held: regions of the result are whole pages, in order and without overlaps; none has a page of the hypervisor's or the interrupt
 * controller's; writing it reads nothing that is not there.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <tools/machine/create.h>
#include <tools/machine/dt.h>
#include <tools/report.h>

bool report_json;

int report_error(int error, const char *way_out, const char *what, ...)
{
	return EXIT_ERROR;
}

bool cpus_read(const struct tree *t, const char *which, struct cpu_numbers *out)
{
	return false;
}

void cpus_format(const struct cpu_numbers *cpus, char *buf, size_t size)
{
	snprintf(buf, size, "0");
}

bool tree_is_live(const struct tree *t)
{
	return false;
}

const char *tree_name(const struct tree *t)
{
	return "nothing";
}

static bool meets(const struct plan_region *r, uint64_t start, uint64_t size)
{
	return size && r->start <= start + size - 1 && r->end >= start;
}

static void check_plan(const struct plan *p)
{
	size_t n;

	for (n = 0; n < p->regions; n++) {
		const struct plan_region *r = &p->region[n];

		FUZZ_CHECK(!(r->start & 4095) && (r->end & 4095) == 4095 && r->start < r->end);
		FUZZ_CHECK(!n || r[-1].end < r->start);
		FUZZ_CHECK(!meets(r, p->hv_start, p->hv_size));
		FUZZ_CHECK(!meets(r, p->gic.gicd & ~4095ULL, 4096));
	}
	FUZZ_CHECK(p->irqchip[0].first_pin + p->irqchip[0].pins <= 1020);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct create_options options = { 0 };
	struct plan plan = { .name = "fuzz" };
	void *blob = fuzz_take_block(&in, size);
	FILE *out = fopen("/dev/null", "w");

	if (out && dt_valid(blob, size) && !create_arm(NULL, blob, &options, &plan)) {
		plan_settle(&plan);
		check_plan(&plan);
		plan_write(&plan, out);
	}
	if (out)
		fclose(out);
	plan_free(&plan);
	free(blob);
	return 0;
}
