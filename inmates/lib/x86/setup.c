// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * From the assembly entry to the program.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

struct jailhouse_comm_region *comm_region = (struct jailhouse_comm_region *)COMM_REGION_BASE;

bool jailhouse_use_vmmcall;

void stop(void)
{
	disable_irqs();
	while (1)
		halt();
}

/* AMD and Hygon know VMMCALL, all others VMCALL. Only the first letters differ between the vendors' 12. */
static void choose_hypercall(void)
{
	u32 vendor = cpuid_ebx(0, 0);

	jailhouse_use_vmmcall = vendor == 0x68747541 /* "Auth" */ || vendor == 0x6f677948 /* "Hygo" */;
}

static bool comm_region_known(void)
{
	return !memcmp(comm_region->signature, COMM_REGION_MAGIC, sizeof(comm_region->signature)) &&
		comm_region->revision == COMM_REGION_ABI_REVISION;
}

void boot_main(void)
{
	choose_hypercall();
	idt_load();
	cpu_features_init();
	if (!comm_region_known()) {
		comm_region->cell_state = JAILHOUSE_CELL_FAILED_COMM_REV;
		stop();
	}
	console_init();
	inmate_main();
	stop();
}

void ap_main(void)
{
	void (*entry)(void) = ap_entry;

	idt_load();
	cpu_features_init();
	apic_enable();
	ap_entry = NULL;	/* smp_start_cpu() waits for it */
	entry();
	stop();
}
