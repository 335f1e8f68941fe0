// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of the emulator (TCG) that counts the instructions that its CPUs execute in the hypervisor's text and, if wanted, at low
 * virtual addresses, where a cell's program is. It keeps a struct bench_counts in a file. The file can be the one behind the machine's
 * memory: then the program that measures itself reads its own counter, with one load.
 *
 *	-plugin count.so,from=ADDRESS,to=ADDRESS,vectors=ADDRESS,entries=NUMBER,step=BYTES,cpus=MASK,out=PATH[,at=OFFSET][,below=ADDRESS][,root=MASK]
 *
 * from, to	virtual addresses of the hypervisor's text
 * vectors	of its exception table there: so many @entries, one each @step bytes; it is entered when the first instruction of one executes
 * cpus		whose instructions count; all into one sum
 * below	count at lower addresses, too
 * root		the CPUs whose longest stay in the hypervisor is kept
 *
 * Each instruction counts when it begins, also if it is one that ends in an exception. Only a round of a loop that waits for another CPU
 * does not, for how many there are is a matter of the host: such a loop has a YIELD or WFI, and was there a few instructions before.
 * Each CPU needs a thread of the host: if one thread is all CPUs, the emulator (10.0) says that who translated an instruction executes it.
 *
 * Of the emulator's interface (its documentation,
 * "TCG Plugins") this file declares what it uses: Debian has no package with the header.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "count.h"

#define EXPORT		__attribute__((visibility("default")))
#define MAX_CPUS	64
#define WAITING		512	/* instructions of a round, at most */
#define YIELD_A64	0xd503203fU
#define WFI_A64		0xd503207fU
#define YIELD_A32	0xe320f001U
#define WFI_A32		0xe320f003U

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*tb_trans_cb)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exec_cb)(unsigned int cpu, void *data);
enum { NO_REGISTERS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int registers, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *data, size_t size);

EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

/* The first with qemu_plugin_insn_data() as it is above */
int qemu_plugin_version = 3;

static struct {
	uint64_t from, to, vectors, entries, step, below, cpus, root;
} what;
static struct bench_counts *counts;
/* What each CPU has executed of what counts, since: the hypervisor was entered; it waited */
static struct {
	uint64_t stay, round;
} cpus[MAX_CPUS];

static int is_in(uint64_t mask, unsigned int cpu)
{
	return cpu < MAX_CPUS && mask >> cpu & 1;
}

static void executed(unsigned int cpu, void *data)
{
	if (!is_in(what.cpus, cpu))
		return;
	cpus[cpu].round++;
	__atomic_fetch_add(&counts->executed, 1, __ATOMIC_RELAXED);
}

/* Of two CPUs that set a record at once either may be kept: the next instruction mends it. */
static void executed_in_hypervisor(unsigned int cpu, void *data)
{
	executed(cpu, data);
	if (is_in(what.root, cpu) && ++cpus[cpu].stay > __atomic_load_n(&counts->longest, __ATOMIC_RELAXED))
		__atomic_store_n(&counts->longest, cpus[cpu].stay, __ATOMIC_RELAXED);
}

static void waits(unsigned int cpu, void *data)
{
	executed_in_hypervisor(cpu, data);
	if (!is_in(what.cpus, cpu))
		return;
	if (cpus[cpu].round <= WAITING) {
		__atomic_fetch_sub(&counts->executed, cpus[cpu].round, __ATOMIC_RELAXED);
		cpus[cpu].stay -= cpus[cpu].round;
	}
	cpus[cpu].round = 0;
}

static void entered(unsigned int cpu, void *data)
{
	if (is_in(what.cpus, cpu)) {
		counts->entered = counts->executed;
		cpus[cpu].stay = 0;
		cpus[cpu].round = WAITING;	/* what comes before it waits is work */
	}
	executed_in_hypervisor(cpu, data);
}

static int is_entry(uint64_t address)
{
	return address >= what.vectors && address < what.vectors + what.entries * what.step && !((address - what.vectors) % what.step);
}

static int is_wait(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;

	return qemu_plugin_insn_data(insn, &word, sizeof(word)) == sizeof(word) &&
	       (word == YIELD_A64 || word == WFI_A64 || word == YIELD_A32 || word == WFI_A32);
}

static exec_cb callback_for(const struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);

	if (address < what.from || address >= what.to)
		return address < what.below ? executed : NULL;
	if (is_entry(address))
		return entered;
	return is_wait(insn) ? waits : executed_in_hypervisor;
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t n, end = qemu_plugin_tb_n_insns(tb);

	for (n = 0; n < end; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		exec_cb cb = callback_for(insn);

		if (cb)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, cb, NO_REGISTERS, NULL);
	}
}

static const char *value_of(int argc, char **argv, const char *name)
{
	size_t length = strlen(name);

	for (; argc > 0; argc--, argv++)
		if (!strncmp(*argv, name, length) && (*argv)[length] == '=')
			return *argv + length + 1;
	return "";
}

static uint64_t number_of(int argc, char **argv, const char *name)
{
	return strtoull(value_of(argc, argv, name), NULL, 0);
}

/* The file exists and is large enough, or is made so. */
static int map_counts(const char *path, uint64_t at)
{
	uint64_t page = at & ~(uint64_t)(sysconf(_SC_PAGESIZE) - 1), end = at + sizeof(*counts);
	int fd = open(path, O_RDWR | O_CREAT, 0644);
	char *map = MAP_FAILED;

	if (fd >= 0 && (lseek(fd, 0, SEEK_END) >= (off_t)end || !ftruncate(fd, (off_t)end)))
		map = mmap(NULL, end - page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)page);
	if (map == MAP_FAILED)
		perror(path);
	else
		counts = (void *)(map + (at - page));
	if (fd >= 0)
		close(fd);
	return map == MAP_FAILED ? -1 : 0;
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	what.from = number_of(argc, argv, "from");
	what.to = number_of(argc, argv, "to");
	what.vectors = number_of(argc, argv, "vectors");
	what.entries = number_of(argc, argv, "entries");
	what.step = number_of(argc, argv, "step");
	what.below = number_of(argc, argv, "below");
	what.cpus = number_of(argc, argv, "cpus");
	what.root = number_of(argc, argv, "root");
	if (!what.step || !what.cpus || what.from >= what.to) {
		fprintf(stderr, "count: from, to, step and cpus are needed\n");
		return -1;
	}
	if (map_counts(value_of(argc, argv, "out"), number_of(argc, argv, "at")))
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
