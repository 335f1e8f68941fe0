// SPDX-License-Identifier: GPL-2.0
/*
 * What Jailhouse needs of the Linux that it is started from.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "hardware.h"
#include "iomem.h"
#include "memory.h"

enum machine_arch machine_arch(const struct tree *t)
{
	struct utsname name;
	char machine[sizeof(name.machine)] = "", *cpuinfo;
	enum machine_arch arch = MACHINE_UNKNOWN;

	if (tree_is_live(t) && !uname(&name))
		snprintf(machine, sizeof(machine), "%s", name.machine);
	else
		tree_line(t, machine, sizeof(machine), "jailhouse/machine");
	if (machine[0])
		return !strcmp(machine, "x86_64") ? MACHINE_X86 : !strcmp(machine, "aarch64") ? MACHINE_ARM64 :
		       !strncmp(machine, "arm", 3) ? MACHINE_ARM : MACHINE_UNKNOWN;
	cpuinfo = tree_read(t, NULL, "proc/cpuinfo");
	if (cpuinfo && strstr(cpuinfo, "vendor_id"))
		arch = MACHINE_X86;
	else if (cpuinfo && strstr(cpuinfo, "CPU implementer"))
		arch = strstr(cpuinfo, "CPU architecture: 8") ? MACHINE_ARM64 : MACHINE_ARM;
	free(cpuinfo);
	return arch;
}

static const char guests_why[] = "A CPU has one hypervisor at a time.";

static void guests_exist(struct findings *f, unsigned long count)
{
	struct jailhouse_refusal r;

	refusal_init(&r, RULE_KVM_IN_USE);
	r.value[0] = count;
	finding_refusal(f, "No KVM guest", guests_why, &r);
}

/* A module that is being loaded, at boot by udev, is in use by its own initialisation. */
static unsigned long module_users(const struct tree *t, const char *name)
{
	char line[32];

	tree_line(t, line, sizeof(line), "sys/module/%s/initstate", name);
	if (!strcmp(line, "coming"))
		return 0;
	tree_line(t, line, sizeof(line), "sys/module/%s/refcnt", name);
	return strtoul(line, NULL, 10);
}

static void check_guests_x86(const struct tree *t, struct findings *f)
{
	unsigned long users = module_users(t, "kvm_amd") + module_users(t, "kvm_intel");

	if (users)
		guests_exist(f, users);
	else
		finding_ok(f, NEEDED, "No KVM guest", guests_why);
}

/* Each guest has a folder here (docs/DRIVER.md). */
static void check_guests_arm(const struct tree *t, struct findings *f)
{
	unsigned long guests = 0;
	size_t count, n;
	char **names;

	if (tree_is_live(t) && !tree_has(t, "sys/kernel/debug/kvm")) {
		finding_unseen(f, OPTIONAL, "No KVM guest", guests_why, "debugfs is not mounted, or to be read by root only; or there is no KVM.");
		return;
	}
	names = tree_list(t, &count, "sys/kernel/debug/kvm");
	for (n = 0; n < count; n++)
		guests += tree_has(t, "sys/kernel/debug/kvm/%s/.", names[n]);
	tree_free_list(names, count);
	if (guests)
		guests_exist(f, guests);
	else
		finding_ok(f, NEEDED, "No KVM guest", guests_why);
}

static void check_encryption(const struct tree *t, struct findings *f)
{
	static const char name[] = "No memory encryption", why[] = "The hypervisor reads and writes memory as it is.";
	struct jailhouse_refusal r;
	char cmdline[4096];

	tree_line(t, cmdline, sizeof(cmdline), "proc/cmdline");
	if (!strstr(cmdline, "mem_encrypt=on")) {
		finding_ok(f, NEEDED, name, why);
		return;
	}
	refusal_init(&r, RULE_MEMORY_ENCRYPTED);
	finding_refusal(f, name, why, &r);
}

bool machine_remaps_interrupts(const struct tree *t)
{
	char *text = tree_read(t, NULL, "proc/interrupts");
	bool remaps = text && strstr(text, " IR-");

	free(text);
	return remaps;
}

static void check_remapping(const struct tree *t, struct findings *f)
{
	static const char name[] = "Interrupts not remapped";
	static const char why[] = "Devices' messages have to name CPUs and vectors, which the hypervisor checks, and not entries of the IOMMU's table.";
	struct jailhouse_refusal r;

	if (!tree_has(t, "proc/interrupts")) {
		finding_unseen(f, NEEDED, name, why, "There is no /proc/interrupts.");
		return;
	}
	if (!machine_remaps_interrupts(t)) {
		finding_ok(f, NEEDED, name, why);
		return;
	}
	refusal_init(&r, RULE_IRQ_REMAPPED);
	finding_refusal(f, name, why, &r);
}

static void check_lockdown(const struct tree *t, struct findings *f)
{
	static const char name[] = "Kernel not locked down", why[] = "Jailhouse's module has to be loaded.";
	char line[128];

	if (!tree_line(t, line, sizeof(line), "sys/kernel/security/lockdown")) {
		if (tree_has(t, "sys/kernel/security/lockdown"))
			finding_unseen(f, OPTIONAL, name, why, "Only root may read it. Run the command as root.");
		else
			finding_ok(f, OPTIONAL, name, why);
		return;
	}
	finding(f, strstr(line, "[none]") || !strchr(line, '['), OPTIONAL, name, why,
		"The kernel takes signed modules only (%s). Sign jailhouse.ko with a key that the kernel trusts, or switch Secure Boot off "
		"in the firmware.", line);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

static bool memory_is_reserved(const struct tree *t, char *what, size_t size)
{
	struct range64 ranges[RESERVED_MAX];
	char cmdline[4096];

	tree_line(t, cmdline, sizeof(cmdline), "proc/cmdline");
	if (memmap_parse(cmdline, ranges)) {
		snprintf(what, size, "Memory reserved (memmap=)");
		return true;
	}
	if (strstr(cmdline, " mem=") || !strncmp(cmdline, "mem=", 4)) {
		snprintf(what, size, "Memory left alone (mem=)");
		return true;
	}
	return false;
}

static void check_memory(const struct tree *t, enum machine_arch arch, struct findings *f)
{
	static const char why[] = "Hypervisor and cells need memory that Linux does not use.";
	struct memory_block *blocks;
	size_t count;
	char name[64];

	if (memory_is_reserved(t, name, sizeof(name))) {
		finding_ok(f, NEEDED, name, why);
		return;
	}
	blocks = memory_blocks(t, &count);
	snprintf(name, sizeof(name), "Memory that can go offline");
	finding(f, count > 1, NEEDED, name, why, "No memory is reserved, and this kernel cannot take any offline. Reserve some with the kernel "
		"parameter %s.", arch == MACHINE_X86 ? "memmap=82M$0x3a000000, or where /proc/iomem shows System RAM" : "mem=, or a node of the device tree's "
		"reserved-memory with no-map");
	free(blocks);
}

void hardware_kernel(const struct tree *t, enum machine_arch arch, struct findings *f)
{
	f->group = "Kernel";
	if (arch == MACHINE_X86) {
		check_guests_x86(t, f);
		check_encryption(t, f);
		check_remapping(t, f);
	} else if (arch == MACHINE_ARM64) { /* KVM has left ARMv7 */
		check_guests_arm(t, f);
	}
	check_lockdown(t, f);
	check_memory(t, arch, f);
}
