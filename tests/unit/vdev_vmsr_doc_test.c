// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/vmsr.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c
 */
/*
 * docs/MSR-POLICY.md is the policy table, rendered. With UPDATE_DOCS=1 in the environment this
 * program writes it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include "vdev_mock.h"

#define DOCUMENT "docs/MSR-POLICY.md"

static const char head[] =
	"# MSR policy\n"
	"\n"
	"Rendered from the table in `hypervisor/vdev/vmsr.c`; do not edit. After a change of the "
	"table:\n"
	"`UPDATE_DOCS=1 build/tests/bin/vdev_vmsr_doc_test`.\n"
	"\n"
	"| answer | meaning |\n"
	"|---|---|\n"
	"| pass | hardware answers |\n"
	"| emulate | the hypervisor answers; *emulate (bits)*: a write changes these bits in "
	"hardware, the others are ignored |\n"
	"| fixed | reads give a constant (0 unless named) |\n"
	"| ignore | writes succeed and change nothing |\n"
	"| #GP | the guest gets a general-protection fault, as for a register that does not exist "
	"|\n"
	"\n"
	"Manuals: APM*n* = AMD64 Architecture Programmer's Manual, volume *n*; PPR, BKDG = AMD's "
	"manual of that processor family; SDM = Intel 64 and IA-32\n"
	"Software Developer's Manual. A CPU in x2APIC mode gives its cell all of 0x800-0x83f "
	"directly, except for the ICR and writes of LVTs.\n"
	"\n"
	"| MSR | name | cell reads | cell writes | root reads | root writes | reason | manual |\n"
	"|---|---|---|---|---|---|---|---|\n";

static void render_read(FILE *f, const struct vmsr_row *row, enum vmsr_role role)
{
	static const char *const words[] = { "pass", "emulate", "fixed", "#GP" };

	fprintf(f, " %s", words[row->answer[role].read]);
	if (row->answer[role].read == VMSR_FIXED && row->fixed)
		fprintf(f, " 0x%llx", (unsigned long long)row->fixed);
	fprintf(f, " |");
}

static void render_write(FILE *f, const struct vmsr_row *row, enum vmsr_role role)
{
	static const char *const words[] = { "pass", "emulate", "ignore", "#GP" };

	fprintf(f, " %s", words[row->answer[role].write]);
	if (row->answer[role].write == VMSR_EMULATE && row->mask)
		fprintf(f, " (0x%llx)", (unsigned long long)row->mask);
	fprintf(f, " |");
}

static void render_row(FILE *f, const struct vmsr_row *row)
{
	if (row->first == 0 && row->last == 0xffffffff)
		fprintf(f, "| all others | |");
	else if (row->first == row->last)
		fprintf(f, "| 0x%x | %s |", row->first, row->name);
	else
		fprintf(f, "| 0x%x-0x%x | %s |", row->first, row->last, row->name);
	render_read(f, row, VMSR_ROLE_CELL);
	render_write(f, row, VMSR_ROLE_CELL);
	render_read(f, row, VMSR_ROLE_ROOT);
	render_write(f, row, VMSR_ROLE_ROOT);
	fprintf(f, " %s | %s |\n", row->reason, row->manual);
}

static char *render(void)
{
	unsigned int count, i;
	const struct vmsr_row *rows = vmsr_table(&count);
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs(head, f);
	for (i = 0; i < count; i++)
		render_row(f, &rows[i]);
	fclose(f);
	return text;
}

static void write_document(const char *text)
{
	FILE *f = fopen(DOCUMENT, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void the_document_is_the_table(void **state)
{
	char *text = render(), *document = calloc(1, strlen(text) + 2);
	FILE *f;

	if (getenv("UPDATE_DOCS"))
		write_document(text);
	f = fopen(DOCUMENT, "r");
	assert_non_null(f);
	assert_int_equal(fread(document, 1, strlen(text) + 1, f), strlen(text));
	fclose(f);
	assert_string_equal(document, text);
	free(document);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_document_is_the_table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
