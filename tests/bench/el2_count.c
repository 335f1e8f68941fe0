// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of the emulator (TCG) that counts the instructions that its CPUs execute in a range of virtual addresses: the hypervisor's text.
 * The sum is the first word of a file, which whoever wants to know maps or reads.
 *
 *	-plugin el2_count.so,from=ADDRESS,to=ADDRESS,out=PATH
 *
 * Of the emulator's interface (its documentation, "TCG Plugins") it declares what it uses: Debian has no package with the header. A block
 * of instructions counts as a whole when it is entered, so one that faults counts a few too many.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT	__attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*tb_trans_cb)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exec_cb)(unsigned int cpu, void *data);
enum { NO_REGISTERS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_cb cb, int registers, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

/* The lowest that all emulators of the rig with this interface take */
int qemu_plugin_version = 2;

static uint64_t from, to, *count;

static void executed(unsigned int cpu, void *data)
{
	__atomic_fetch_add(count, (uintptr_t)data, __ATOMIC_RELAXED);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	uint64_t start = qemu_plugin_tb_vaddr(tb);

	if (start >= from && start < to)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, NO_REGISTERS, (void *)qemu_plugin_tb_n_insns(tb));
}

static const char *value_of(int argc, char **argv, const char *name)
{
	size_t length = strlen(name);

	for (; argc > 0; argc--, argv++)
		if (!strncmp(*argv, name, length) && (*argv)[length] == '=')
			return *argv + length + 1;
	return "";
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	int fd = open(value_of(argc, argv, "out"), O_RDWR | O_CREAT, 0644);

	if (fd < 0 || ftruncate(fd, sizeof(*count)))
		return -1;
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (count == MAP_FAILED)
		return -1;
	from = strtoull(value_of(argc, argv, "from"), NULL, 0);
	to = strtoull(value_of(argc, argv, "to"), NULL, 0);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
