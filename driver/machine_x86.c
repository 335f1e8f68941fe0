// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an x86 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/cc_platform.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <asm/cacheflush.h>
#include <asm/cpufeature.h>
#include <asm/e820/api.h>
#include <asm/processor.h>
#include <common/config/config.h>
#include <jailhouse/hypercall.h>

#include "arch.h"
#include "clock_x86.h"
#include "kvm_x86.h"
#include "refusal.h"

bool jailhouse_use_vmmcall __ro_after_init;

void __init arch_init(void)
{
	jailhouse_use_vmmcall = boot_cpu_has(X86_FEATURE_VMMCALL);
	config_phys_bits = boot_cpu_data.x86_phys_bits;
}

/* The controllers that a legacy interrupt goes through have names. */
static bool is_remapped(unsigned int irq)
{
	const struct irq_data *d;

	for (d = irq_get_irq_data(irq); d; d = d->parent_data) {
		if (d->chip && d->chip->name && (!strcmp(d->chip->name, "INTEL-IR") || !strcmp(d->chip->name, "AMD-IR")))
			return true;
	}
	return false;
}

/* Messages name entries of the IOMMU's table then, which the hypervisor neither reads nor splits. */
static int check_remapping(struct jailhouse_refusal *why)
{
	unsigned int irq;

	for (irq = 0; irq < NR_IRQS_LEGACY; irq++) {
		if (is_remapped(irq))
			return refuse(why, RULE_IRQ_REMAPPED, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
	}
	return 0;
}

int arch_check_machine(struct jailhouse_refusal *why)
{
	int users = kvm_users();

	if (users)
		return refuse(why, RULE_KVM_IN_USE, JAILHOUSE_OBJ_HARDWARE, 0, users, 0, 0);
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return refuse(why, RULE_MEMORY_ENCRYPTED, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
	return check_remapping(why);
}

int arch_check_hotplug(struct jailhouse_refusal *why)
{
	return 0;
}

int arch_complete_config(struct jailhouse_system *config, struct jailhouse_refusal *why)
{
	clock_fill_in(config);
	if (config->platform_info.x86.tsc_khz && config->platform_info.x86.apic_khz)
		return 0;
	return refuse(why, RULE_TSC_UNKNOWN, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
}

bool arch_header_is_sane(const struct hv_image_header *h)
{
	return h->link_base == HV_LINK_BASE_X86;
}

void arch_header_fill(struct hv_image_header *h, const struct jailhouse_system *config)
{
	h->tsc_khz = config->platform_info.x86.tsc_khz;
	h->apic_khz = config->platform_info.x86.apic_khz;
}

/* Caches are coherent, also for instructions. */
void arch_publish_memory(void *mem, size_t size)
{
}

void arch_write_back(void *mem, size_t size)
{
	clflush_cache_range(mem, size);
}

bool arch_firmware_says_ram(u64 start, u64 size)
{
	u64 page;

	for (page = start; page < start + size; page += PAGE_SIZE)
		if (!e820__mapped_raw_any(page, page + PAGE_SIZE, E820_TYPE_RAM))
			return false;
	return true;
}
