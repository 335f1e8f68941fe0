// SPDX-License-Identifier: GPL-2.0
/*
 * hardware check
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "machine/hardware.h"
#include "report.h"

static void check_cpus(const struct tree *t, struct cpu_numbers *online, struct findings *f)
{
	static const char name[] = "More than one CPU", why[] = "A cell takes whole CPUs, and Linux keeps at least one.";

	if (!cpus_read(t, "online", online))
		finding_unseen(f, NEEDED, name, why, "/sys/devices/system/cpu/online cannot be read.");
	else
		finding(f, online->count > 1, NEEDED, name, why, "One CPU is online. Bring the others online, or use a machine with more.");
}

static void check(const struct tree *t, enum machine_arch arch, struct findings *f)
{
	struct cpu_numbers online;

	f->group = "General";
	check_cpus(t, &online, f);
	if (arch == MACHINE_X86)
		hardware_x86(t, &online, f);
	else
		hardware_arm(t, arch, f);
	hardware_kernel(t, arch, f);
}

int cmd_hardware_check(const struct command *cmd, int argc, char **argv)
{
	struct findings f = { 0 };
	enum machine_arch arch;
	struct tree *t;
	int status;

	if (argc == 2 && (!strcmp(argv[0], "-r") || !strcmp(argv[0], "--root")))
		t = tree_open(argv[1]);
	else if (!argc)
		t = tree_open(NULL);
	else
		return report_usage(cmd->usage);
	if (!t)
		return EXIT_ERROR;
	arch = machine_arch(t);
	if (arch == MACHINE_UNKNOWN) {
		status = report_error(0, "Jailhouse runs on x86-64, ARM64 and ARMv7.", "%s: the architecture is not supported", tree_name(t));
	} else {
		check(t, arch, &f);
		status = findings_show(&f, tree_name(t));
	}
	findings_free(&f);
	tree_close(t);
	return status;
}
