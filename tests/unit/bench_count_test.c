// SPDX-License-Identifier: GPL-2.0
/* sources: tests/bench/count.c */
/*
 * The emulator's plugin that counts instructions for "make bench" (tests/bench/count.c), on an emulator that is an array.
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
#include <unistd.h>

#include <cmocka.h>

#include <tests/bench/count.h>

#define AT		0x1238	/* in the file: not at the start of a page */
#define HYPERVISOR	0x800000000000ULL
#define VECTOR		(HYPERVISOR + 0x2000)
#define GUEST		0x1000ULL
#define LINUX		0xc0000000ULL

/* --- the emulator --- */

typedef void (*exec_cb)(unsigned int cpu, void *data);

struct qemu_plugin_insn {
	uint64_t address;
	uint32_t word;
	exec_cb cb;
	void *data;
};

/* Of one instruction each */
struct qemu_plugin_tb {
	struct qemu_plugin_insn insn;
};

typedef void (*tb_trans_cb)(uint64_t id, struct qemu_plugin_tb *tb);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int registers, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *data, size_t size);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

static tb_trans_cb translated;

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_trans_cb cb)
{
	translated = cb;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int registers, void *data)
{
	insn->cb = cb;
	insn->data = data;
}

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb)
{
	return 1;
}

struct qemu_plugin_insn *qemu_plugin_tb_get_insn(struct qemu_plugin_tb *tb, size_t index)
{
	assert_int_equal(index, 0);
	return &tb->insn;
}

uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn)
{
	return insn->address;
}

size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *data, size_t size)
{
	assert_int_equal(size, sizeof(insn->word));
	memcpy(data, &insn->word, size);
	return size;
}

static void execute_one(unsigned int cpu, uint64_t address, uint32_t word)
{
	struct qemu_plugin_tb tb = { .insn = { .address = address, .word = word } };

	translated(0, &tb);
	if (tb.insn.cb)
		tb.insn.cb(cpu, tb.insn.data);
}

/* @count instructions from @address on */
static void execute(unsigned int cpu, uint64_t address, unsigned int count)
{
	for (; count--; address += 4)
		execute_one(cpu, address, 0);
}

/* --- the tests --- */

static char path[] = "/tmp/bench-count-XXXXXX";

static int install(const char *more)
{
	char words[16][64] = { "from=0x800000000000", "to=0x80000001d000", "vectors=0x800000002000", "entries=16", "step=128", "at=0x1238" };
	char *argv[16], *word, rest[200];
	int n = 6, i;

	snprintf(words[n++], sizeof(words[0]), "out=%s", path);
	snprintf(rest, sizeof(rest), "%s", more);
	for (word = strtok(rest, ","); word; word = strtok(NULL, ","))
		snprintf(words[n++], sizeof(words[0]), "%s", word);
	for (i = 0; i < n; i++)
		argv[i] = words[i];
	return qemu_plugin_install(0, NULL, n, argv);
}

static struct bench_counts read_counts(void)
{
	struct bench_counts counts = { 0 };
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fseek(file, AT, SEEK_SET), 0);
	assert_int_equal(fread(&counts, sizeof(counts), 1, file), 1);
	fclose(file);
	return counts;
}

static int new_file(void **state)
{
	int fd;

	memset(path + sizeof(path) - 7, 'X', 6);
	fd = mkstemp(path);
	return fd < 0 || close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

static void a_loop_counts_its_instructions_where_it_runs(void **state)
{
	int n;

	assert_int_equal(install("cpus=0x8,below=0x100000"), 0);
	for (n = 0; n < 1000; n++)
		execute(3, GUEST, 7);
	assert_int_equal(read_counts().executed, 7000);
	/* other CPUs, and other programs */
	execute(2, GUEST, 5);
	execute(64, GUEST, 5);
	execute(3, LINUX, 5);
	execute(3, 0x100000, 1);
	assert_int_equal(read_counts().executed, 7000);
	execute(3, 0x100000 - 4, 2);
	assert_int_equal(read_counts().executed, 7001);
}

static void the_hypervisor_counts_to_its_last_instruction(void **state)
{
	assert_int_equal(install("cpus=0xf"), 0);
	execute(0, HYPERVISOR - 4, 2);
	assert_int_equal(read_counts().executed, 1);
	execute(3, HYPERVISOR + 0x1d000 - 4, 2);
	assert_int_equal(read_counts().executed, 2);
	/* without below= a program does not */
	execute(3, GUEST, 9);
	assert_int_equal(read_counts().executed, 2);
}

static void an_entry_is_the_first_instruction_of_a_vector(void **state)
{
	assert_int_equal(install("cpus=0x8,below=0x100000"), 0);
	execute(3, GUEST, 10);
	execute(3, VECTOR + 8 * 128, 12);
	assert_int_equal(read_counts().entered, 10);
	assert_int_equal(read_counts().executed, 22);
	/* another CPU's, and what follows the table, is none */
	execute(1, VECTOR, 1);
	execute(3, VECTOR + 16 * 128, 1);
	assert_int_equal(read_counts().entered, 10);
	execute(3, VECTOR + 15 * 128, 1);
	assert_int_equal(read_counts().entered, 23);
}

static void the_longest_stay_is_that_of_a_cpu_of_root(void **state)
{
	struct bench_counts none = { 0 };
	FILE *file;

	assert_int_equal(install("cpus=0xf,root=0x7"), 0);
	execute(0, VECTOR, 30);
	execute(0, VECTOR, 20);
	execute(1, VECTOR, 25);
	execute(3, VECTOR, 90);
	assert_int_equal(read_counts().longest, 30);
	/* who is told to forget it sees the next */
	file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, AT, SEEK_SET);
	fwrite(&none, sizeof(none), 1, file);
	fclose(file);
	execute(1, VECTOR, 5);
	assert_int_equal(read_counts().longest, 5);
}

static void wait_rounds(unsigned int cpu, uint32_t word, unsigned int rounds)
{
	while (rounds--) {
		execute(cpu, HYPERVISOR + 0x4000, 10);
		execute_one(cpu, HYPERVISOR + 0x4000 + 40, word);
	}
}

static void rounds_of_waiting_do_not_count(void **state)
{
	static const uint32_t words[] = { 0xd503203f, 0xd503207f, 0xe320f001, 0xe320f003 };
	unsigned int n;

	assert_int_equal(install("cpus=0x3,root=0x1"), 0);
	for (n = 0; n < 4; n++) {
		struct bench_counts before = read_counts();

		execute(0, VECTOR, 1);
		execute(0, HYPERVISOR + 0x3000, 99);
		/* the first is what leads there; then another CPU's in between */
		wait_rounds(0, words[n], 1);
		wait_rounds(1, words[n], 1000);
		wait_rounds(0, words[n], 1000);
		execute(0, HYPERVISOR + 0x4100, 50);
		assert_in_range(read_counts().executed - before.executed, 161, 161 + 11);
		assert_int_equal(read_counts().longest, 161);
	}
	/* who works for a while, and waits again: the last round is in it until it ends */
	execute(0, HYPERVISOR + 0x5000, 600);
	wait_rounds(0, words[0], 1000);
	assert_int_equal(read_counts().longest, 161 + 600 + 11 + 11);
}

static void without_a_range_or_cpus_or_a_file_it_does_not_start(void **state)
{
	assert_int_not_equal(install(""), 0);
	assert_int_not_equal(install("cpus=0"), 0);
	assert_int_equal(install("cpus=1"), 0);
	path[0] = '\0';
	assert_int_not_equal(install("cpus=1"), 0);
	path[0] = '/';
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_loop_counts_its_instructions_where_it_runs, new_file, remove_file),
		cmocka_unit_test_setup_teardown(the_hypervisor_counts_to_its_last_instruction, new_file, remove_file),
		cmocka_unit_test_setup_teardown(an_entry_is_the_first_instruction_of_a_vector, new_file, remove_file),
		cmocka_unit_test_setup_teardown(the_longest_stay_is_that_of_a_cpu_of_root, new_file, remove_file),
		cmocka_unit_test_setup_teardown(rounds_of_waiting_do_not_count, new_file, remove_file),
		cmocka_unit_test_setup_teardown(without_a_range_or_cpus_or_a_file_it_does_not_start, new_file, remove_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
