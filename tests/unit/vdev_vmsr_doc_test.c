// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vmsr.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c
 */
/*
 * docs/MSR-POLICY.md says why; the table in vmsr.c is what is done. They agree about each register,
 * and the document has a row for each that anybody may use.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include "vdev_mock.h"

#define DOCUMENT	"docs/MSR-POLICY.md"
#define MAX_ROWS	400

/** struct doc_row - a line of the document; @columns: all behind the name */
struct doc_row {
	u32 first, last;
	char name[100], columns[400];
};

static struct doc_row rows[MAX_ROWS];
static unsigned int count;

static bool parse(const char *line, struct doc_row *r)
{
	if (sscanf(line, "| 0x%x-0x%x | %99[^|]|%399[^\n]", &r->first, &r->last, r->name, r->columns) == 4)
		return true;
	if (sscanf(line, "| 0x%x | %99[^|]|%399[^\n]", &r->first, r->name, r->columns) != 3)
		return false;
	r->last = r->first;
	return true;
}

static const char *const read_words[] = { "pass", "emulate", "fixed", "#GP" };
static const char *const write_words[] = { "pass", "emulate", "ignore", "#GP" };

/* What stands in the document for the row's four answers. */
static void render_answers(const struct vmsr_row *row, char *out)
{
	unsigned int role;

	for (role = 0; role < VMSR_ROLE_COUNT; role++) {
		unsigned int read = row->answer[role][0], write = row->answer[role][1];

		out += sprintf(out, " %s", read_words[read]);
		if (read == VMSR_FIXED && row->fixed)
			out += sprintf(out, " 0x%llx", (unsigned long long)row->fixed);
		out += sprintf(out, " | %s", write_words[write]);
		if (write == VMSR_EMULATE && row->mask)
			out += sprintf(out, " (0x%llx)", (unsigned long long)row->mask);
		out += sprintf(out, " |");
	}
}

static int read_document(void **state)
{
	FILE *f = fopen(DOCUMENT, "r");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (count < MAX_ROWS && parse(line, &rows[count]))
			count++;
	fclose(f);
	assert_true(count > 100 && count < MAX_ROWS);
	return 0;
}

static void the_answers_of_the_document_are_those_of_the_table(void **state)
{
	unsigned int n;
	char want[160];
	u32 msr;

	for (n = 0; n < count; n++) {
		for (msr = rows[n].first; msr <= rows[n].last; msr++) {
			render_answers(vmsr_lookup(msr), want);
			if (strncmp(rows[n].columns, want, strlen(want))) {
				print_error("0x%x: the table says%s\n", msr, want);
				fail();
			}
		}
	}
}

static void the_document_is_sorted(void **state)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		assert_true(rows[n].first <= rows[n].last);
	for (n = 1; n < count; n++)
		assert_true(rows[n - 1].last < rows[n].first);
}

static bool documented(u32 msr)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		if (msr >= rows[n].first && msr <= rows[n].last)
			return true;
	return false;
}

static void each_register_that_anybody_may_use_is_in_the_document(void **state)
{
	static const u32 ranges[] = { 0, 0x40000000, 0xc0000000, 0xc0010000 };
	const struct vmsr_row *others = vmsr_lookup(0xffffffff);
	unsigned int i;
	u32 msr;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (msr = ranges[i]; msr < ranges[i] + 0x4000; msr++) {
			if (vmsr_lookup(msr) != others && !documented(msr)) {
				print_error("0x%x is missing\n", msr);
				fail();
			}
		}
	}
}

/* Each line: register, name, four answers, reason, manual. */
static void each_row_has_its_reason_and_manual(void **state)
{
	char reason[160], manual[160];
	unsigned int n;

	for (n = 0; n < count; n++) {
		assert_true(strlen(rows[n].name) > 1);
		assert_int_equal(sscanf(rows[n].columns, "%*[^|]|%*[^|]|%*[^|]|%*[^|]| %159[^|]| %159[^|]|",
					reason, manual), 2);
		assert_true(strlen(reason) > 1 && strlen(manual) > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answers_of_the_document_are_those_of_the_table),
		cmocka_unit_test(the_document_is_sorted),
		cmocka_unit_test(each_register_that_anybody_may_use_is_in_the_document),
		cmocka_unit_test(each_row_has_its_reason_and_manual),
	};

	return cmocka_run_group_tests(tests, read_document, NULL);
}
