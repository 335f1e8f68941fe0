// SPDX-License-Identifier: GPL-2.0
/*
 * Files of /proc and /sys have no size until they are read, so they are copied to a folder first, which tar packs.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../report.h"
#include "collect.h"
#include "cpus.h"
#include "hardware.h"
#include "scratch.h"
#include "tree.h"

static const char *const patterns[] = {
	"/proc/cmdline", "/proc/cpuinfo", "/proc/interrupts", "/proc/iomem", "/proc/ioports", "/proc/tty/driver/serial",
	"/sys/firmware/acpi/tables/APIC", "/sys/firmware/acpi/tables/MCFG", "/sys/firmware/acpi/tables/FACP",
	"/sys/firmware/acpi/tables/DMAR", "/sys/firmware/acpi/tables/IVRS",
	"/sys/firmware/fdt",
	"/sys/bus/pci/devices/*/config", "/sys/bus/pci/devices/*/resource", "/sys/bus/pci/devices/*/irq",
	"/sys/bus/pci/devices/*/class",
	"/sys/class/iommu/*/intel-iommu/*", "/sys/class/iommu/*/amd-iommu/*",
	"/sys/devices/system/cpu/online", "/sys/devices/system/cpu/present", "/sys/devices/system/cpu/offline",
	"/sys/devices/system/memory/block_size_bytes", "/sys/devices/system/memory/memory*/state",
	"/sys/devices/system/memory/memory*/removable", "/sys/devices/system/memory/memory*/valid_zones",
	"/sys/kernel/irq/*/hwirq", "/sys/kernel/irq/*/chip_name", "/sys/kernel/irq/*/actions",
	"/sys/kernel/security/lockdown",
	"/sys/module/kvm_amd/initstate", "/sys/module/kvm_amd/refcnt", "/sys/module/kvm_intel/initstate", "/sys/module/kvm_intel/refcnt",
};

static const char *const links[] = { "/sys/bus/pci/devices/*/driver", "/sys/bus/pci/devices/*/physfn", "/sys/bus/pci/devices/*/iommu_group" };

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* What decides about virtualization: leaves that "hardware check" asks for, and their maxima */
static const struct { uint32_t leaf, sub; } leaves[] = {
	{ 0, 0 }, { 1, 0 }, { 7, 0 }, { 0xb, 0 }, { 0xd, 1 }, { 0x80000000, 0 }, { 0x80000001, 0 }, { 0x80000008, 0 }, { 0x8000000a, 0 },
};

struct collection {
	const struct tree *machine;
	char *folder;
	unsigned int unread;
};

/* --- copying ----------------------------------------------------------------------------------------------------------------- */

static FILE *create(const struct collection *c, const char *path)
{
	char full[512], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", c->folder, path);
	for (slash = full + strlen(c->folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	f = fopen(full, "wbe");
	if (!f)
		report_error(errno, NULL, "%s", full);
	return f;
}

static void copy_file(struct collection *c, const char *path)
{
	size_t size;
	char *content = tree_read(c->machine, &size, "%s", path + 1);
	FILE *f;

	if (!content) {
		c->unread += errno == EACCES || errno == EPERM;
		return;
	}
	f = create(c, path + 1);
	if (f) {
		fwrite(content, 1, size, f);
		fclose(f);
	}
	free(content);
}

/* The name that a link ends in is what is asked for: "driver -> e1000e". */
static void copy_link(struct collection *c, const char *path)
{
	char name[256], full[512];
	FILE *f;

	tree_link(c->machine, name, sizeof(name), "%s", path + 1);
	f = name[0] ? create(c, path + 1) : NULL;
	if (!f)
		return;
	fclose(f);
	snprintf(full, sizeof(full), "%s%s", c->folder, path);
	unlink(full);
	if (symlink(name, full))
		report_error(errno, NULL, "%s", full);
}

static void for_each_path(struct collection *c, const char *pattern, void (*copy)(struct collection *c, const char *path))
{
	glob_t found = { 0 };
	size_t n;

	if (!glob(pattern, 0, NULL, &found)) {
		for (n = 0; n < found.gl_pathc; n++)
			copy(c, found.gl_pathv[n]);
	}
	globfree(&found);
}

/* --- what is in no file ------------------------------------------------------------------------------------------------------ */

static void write_cpuid(const struct collection *c, const struct cpu_numbers *cpus)
{
	FILE *f = create(c, "jailhouse/cpuid");
	uint32_t r[4];
	unsigned int n, l;

	for (n = 0; f && n < cpus->count; n++) {
		for (l = 0; l < COUNT(leaves); l++) {
			if (cpus_cpuid(c->machine, cpus->cpu[n], leaves[l].leaf, leaves[l].sub, r))
				fprintf(f, "%u %x %x %08x %08x %08x %08x\n", cpus->cpu[n], leaves[l].leaf, leaves[l].sub, r[0], r[1], r[2], r[3]);
		}
	}
	if (f)
		fclose(f);
}

static void write_msr(FILE *f, const struct collection *c, unsigned int cpu, uint32_t msr)
{
	uint64_t value;

	if (cpus_msr(c->machine, cpu, msr, &value))
		fprintf(f, "%u %x %llx\n", cpu, msr, (unsigned long long)value);
}

static void write_msrs(struct collection *c, const struct cpu_numbers *cpus)
{
	uint64_t value;
	uint32_t msr;
	unsigned int n, i;
	FILE *f;

	if (!hardware_msr(c->machine, cpus->cpu[0], HARDWARE_MSR_VM_CR, &value) && errno != EIO) {
		c->unread++;
		return;
	}
	f = create(c, "jailhouse/msr");
	for (n = 0; f && n < cpus->count; n++) {
		write_msr(f, c, cpus->cpu[n], HARDWARE_MSR_VM_CR);
		for (i = 0; (msr = hardware_vmx_msr(i)); i++)
			write_msr(f, c, cpus->cpu[n], msr);
	}
	if (f)
		fclose(f);
}

static void write_machine(struct collection *c)
{
	struct cpu_numbers cpus;
	struct utsname name;
	FILE *f = create(c, "jailhouse/machine");

	if (f) {
		uname(&name);
		fprintf(f, "%s\n%s\n", name.machine, name.release);
		fclose(f);
	}
	if (machine_arch(c->machine) == MACHINE_X86 && cpus_read(c->machine, "online", &cpus)) {
		write_cpuid(c, &cpus);
		write_msrs(c, &cpus);
	}
}

int collect(const char *file)
{
	struct collection c = { .machine = tree_open(NULL), .folder = scratch_create() };
	char *const argv[] = { "tar", "-c", "-f", (char *)file, "-C", c.folder, ".", NULL };
	int status = EXIT_ERROR;
	size_t n;

	if (c.machine && c.folder) {
		for (n = 0; n < COUNT(patterns); n++)
			for_each_path(&c, patterns[n], copy_file);
		for (n = 0; n < COUNT(links); n++)
			for_each_path(&c, links[n], copy_link);
		write_machine(&c);
		status = scratch_run(argv) ? report_error(0, "Check the path; the program tar has to be installed.", "%s: cannot be written", file)
					   : EXIT_SUCCESS;
		if (c.unread)
			fprintf(stderr, "%u of the machine's files could be read by root only, and are missing. Run the command as root.\n", c.unread);
	}
	scratch_remove(c.folder);
	tree_close((struct tree *)c.machine);
	return status;
}
