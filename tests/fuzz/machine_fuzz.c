// SPDX-License-Identifier: GPL-2.0
/* cflags: -D_GNU_SOURCE -Itools -Ihypervisor -I/usr/include/json-c */
/* libs: -lyaml -lfdt -ljson-c */
/* sources: tests/fuzz/replay.c tests/fuzz/file_tree.c tools/machine/create_x86.c tools/machine/create_memory.c tools/machine/plan.c tools/machine/plan_write.c tools/machine/text.c
 * tools/machine/iomem.c tools/machine/memory.c tools/machine/pci.c tools/machine/acpi.c tools/machine/groups.c tools/machine/carve.c tools/machine/cpus.c tools/machine/dt.c tools/machine/findings.c
 * tools/machine/hardware_x86.c tools/machine/hardware_vmx.c tools/machine/hardware_arm.c tools/machine/hardware_kernel.c hypervisor/virt/vmx_caps.c tools/config/node.c tools/config/yaml_read.c
 * tools/config/yaml_write.c tools/config/names.c tools/config/keys.c tools/config/draft.c tools/config/place.c tools/config/compile.c tools/config/compile_pci.c tools/config/binary.c
 * tools/config/check.c tools/config/live.c tools/config/judge.c tools/config/judge_x86.c tools/config/judge_arm.c tools/config/judge_arm64.c common/config/rules.c common/config/view.c */
/*
 * The files of a machine, as an archive has them: what "hardware check", "config create" and "config check --root" make of them.
 *
 * Held: every item that was looked at has a name and a reason, and a text if it is not fine. A plan's regions are whole pages, in order, without
 * overlaps, and none has a page of the hypervisor's; the text that is written of it compiles, and so does that of a cell that is carved out of it. The
 * machine that a configuration was made from has no PCI function that differs from it.
 */
#include "file_tree.h"
#include "config/check.h"
#include "config/compile.h"
#include "config/live.h"
#include "machine/carve.h"
#include "machine/create.h"
#include "machine/hardware.h"
#include "machine/scratch.h"
#include "report.h"

bool report_json;

int report_error(int error, const char *way_out, const char *what, ...)
{
	return EXIT_ERROR;
}

/* Modules are loaded on the running machine only. */
int scratch_run(char *const argv[])
{
	abort();
}

/* --- hardware check -------------------------------------------------------------------------------------------------------------- */

static void check_findings(struct findings *f)
{
	size_t n;

	for (n = 0; n < f->count; n++) {
		FUZZ_CHECK(f->items[n].name[0] && f->items[n].why[0]);
		FUZZ_CHECK(f->items[n].state == FINDING_OK || f->items[n].text[0]);
	}
	findings_free(f);
}

static void check_hardware(const struct tree *t)
{
	const enum machine_arch arch = machine_arch(t);
	struct findings f = { 0 };
	struct cpu_numbers online;

	f.group = "group";
	cpus_read(t, "online", &online);
	if (arch == MACHINE_ARM || arch == MACHINE_ARM64)
		hardware_arm(t, arch, &f);
	else
		hardware_x86(t, &online, &f);
	hardware_kernel(t, arch, &f);
	hardware_vmx(t, 0, &f);
	check_findings(&f);
}

/* --- config create --------------------------------------------------------------------------------------------------------------- */

static void check_plan(const struct plan *p)
{
	size_t n;

	for (n = 0; n < p->regions; n++) {
		const struct plan_region *r = &p->region[n];

		FUZZ_CHECK(!(r->start & 4095) && (r->end & 4095) == 4095 && r->start < r->end);
		FUZZ_CHECK(!n || r[-1].end < r->start);
		FUZZ_CHECK(p->anywhere || !p->hv_size || r->start > p->hv_start + p->hv_size - 1 || r->end < p->hv_start);
	}
}

static char *created(const struct tree *t, size_t *size)
{
	struct create_options options = { 0 };
	struct plan plan = { .arch = "x86", .name = "fuzz" };
	char *text = NULL;
	FILE *out;

	if (cpus_read(t, "online", &plan.cpus) && !create_x86(t, &options, &plan)) {
		plan_settle(&plan);
		check_plan(&plan);
		out = open_memstream(&text, size);
		plan_write(&plan, out);
		fclose(out);
	}
	plan_free(&plan);
	return text;
}

/* --- config check ---------------------------------------------------------------------------------------------------------------- */

static void check_against(struct source *system, const struct tree *t)
{
	struct files files = { .system = *system };
	struct verdict v = { 0 };
	unsigned int n;

	check_machine(&v, &files, t);
	for (n = 0; n < v.count; n++) {
		FUZZ_CHECK(v.list[n].sentence[0] && v.list[n].name);
		if (!strncmp(v.list[n].name, "PCI_", 4) && strcmp(v.list[n].name, "PCI_UNLISTED")) {
			fprintf(stderr, "%s: %s\n", v.list[n].name, v.list[n].sentence);
			FUZZ_CHECK(!"the machine is as it was");
		}
	}
	verdict_free(&v);
}

static void compile(struct source *s, const char *text, size_t size)
{
	struct node *root;

	*s = (struct source){ .path = "created" };
	text_init(&s->text, NULL);
	draft_init(&s->draft);
	root = text_read(&s->text, "created", text, size);
	if (!root || !config_compile(&s->text, root, &s->draft)) {
		fprintf(stderr, "%u: %s\n%s", s->text.complaints[0].at.line, s->text.complaints[0].what, text);
		FUZZ_CHECK(!"compiles");
	}
}

static void forget(struct source *s)
{
	draft_free(&s->draft);
	text_free(&s->text);
}

/* --- config create --cell -------------------------------------------------------------------------------------------------------- */

static void carve_one(const struct tree *t, const struct source *system, unsigned int device, bool unsafe)
{
	const struct jailhouse_pci_device *dev = draft_at(&system->draft, DRAFT_PCI, device);
	struct carve_options o = { .name = "cell", .cpus = { 1, { 1 } }, .ram = 0x201000, .uart = { "com2" }, .pcis = 1, .unsafe_dma = unsafe };
	struct source cell;
	char bdf[16], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int status;

	snprintf(bdf, sizeof(bdf), "%02x:%02x.%x", dev->bdf >> 8, dev->bdf >> 3 & 0x1f, dev->bdf & 7);
	o.pci[0] = bdf;
	o.uarts = device & 1;
	status = carve(t, NULL, &o, system, NULL, 0, out);
	fclose(out);
	if (!status) {
		compile(&cell, text, size);
		forget(&cell);
	}
	free(text);
}

static void check_text(const char *text, size_t size, const struct tree *t)
{
	struct source s;
	unsigned int n;

	compile(&s, text, size);
	check_against(&s, t);
	for (n = 0; n < s.draft.array[DRAFT_PCI].count && n < 4; n++) {
		carve_one(t, &s, n, false);
		carve_one(t, &s, n, true);
	}
	forget(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	const struct tree *t = file_tree(&in);
	char *text;

	check_hardware(t);
	text = created(t, &size);
	if (text)
		check_text(text, size, t);
	free(text);
	return 0;
}
