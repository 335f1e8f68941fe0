// SPDX-License-Identifier: GPL-2.0
/*
 * What an x86 machine needs. Numbers of leaves and bits: SDM vol. 2A (CPUID), APM vol. 3, appendix E.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acpi.h"
#include "hardware.h"
#include "scratch.h"

#define LEAF_FEATURES		1
#define LEAF_TOPOLOGY		0xb
#define LEAF_EXTENDED		0x80000001U
#define LEAF_SVM		0x8000000aU

#define ECX_VMX			(1U << 5)
#define ECX_X2APIC		(1U << 21)
#define ECX_OSXSAVE		(1U << 27)	/* mirrors CR4, not a feature */
#define EXT_ECX_SVM		(1U << 2)
#define EXT_EDX_1G		(1U << 26)
#define EXT_EDX_LONG		(1U << 29)
#define SVM_NESTED_PAGING	(1U << 0)
#define SVM_NEXT_RIP		(1U << 3)
#define SVM_FLUSH_BY_ASID	(1U << 6)
#define SVM_DECODE		(1U << 7)

#define VM_CR_SVMDIS		(1U << 4)
#define MSR_VMX_BASIC		0x480

#define MAX_APIC_ID		254	/* beyond it an APIC id does not fit a message without interrupt remapping */

struct x86 {
	const struct tree *t;
	const struct cpu_numbers *cpus;
	struct findings *f;
	bool intel, amd;
};

/* --- leaves ------------------------------------------------------------------------------------------------------------------ */

/* Zeros where there is no such leaf */
static bool leaf(const struct x86 *x, unsigned int cpu, uint32_t number, uint32_t r[4])
{
	memset(r, 0, 4 * sizeof(r[0]));
	if (!cpus_cpuid(x->t, cpu, number & 0x80000000U, 0, r))
		return false;
	if (r[0] < number) {
		memset(r, 0, 4 * sizeof(r[0]));
		return true;
	}
	return cpus_cpuid(x->t, cpu, number, 0, r);
}

static uint32_t first_leaf(const struct x86 *x, uint32_t number, unsigned int reg)
{
	uint32_t r[4];

	return leaf(x, x->cpus->cpu[0], number, r) ? r[reg] : 0;
}

static bool cpuid_seen(const struct x86 *x)
{
	uint32_t r[4];

	return x->cpus->count && cpus_cpuid(x->t, x->cpus->cpu[0], 0, 0, r);
}

static void read_vendor(struct x86 *x, char vendor[13])
{
	uint32_t r[4] = { 0 };

	leaf(x, x->cpus->cpu[0], 0, r);
	memcpy(vendor, &r[1], 4);
	memcpy(vendor + 4, &r[3], 4);
	memcpy(vendor + 8, &r[2], 4);
	vendor[12] = '\0';
	x->amd = !strcmp(vendor, "AuthenticAMD") || !strcmp(vendor, "HygonGenuine");
	x->intel = !strcmp(vendor, "GenuineIntel");
}

/* --- model-specific registers ------------------------------------------------------------------------------------------------ */

bool hardware_msr(const struct tree *t, unsigned int cpu, uint32_t msr, uint64_t *value)
{
	char *const argv[] = { "modprobe", "-q", "msr", NULL };

	if (cpus_msr(t, cpu, msr, value))
		return true;
	if (errno != ENXIO || !tree_is_live(t))
		return false;
	scratch_run(argv);
	return cpus_msr(t, cpu, msr, value);
}

static bool msr_seen(const struct x86 *x, uint32_t msr, uint64_t *value)
{
	return hardware_msr(x->t, x->cpus->cpu[0], msr, value);
}

static const char *msr_reason(const struct x86 *x)
{
	if (!tree_is_live(x->t))
		return "The archive does not contain the registers. Collect it as root, with the module msr loaded.";
	return errno == ENXIO ? "The kernel's module msr is not loaded. Load it (\"modprobe msr\"), as root." :
				"Reading model-specific registers takes root. Run the command as root.";
}

/* --- items ------------------------------------------------------------------------------------------------------------------- */

static bool same_leaf(const struct x86 *x, unsigned int cpu, uint32_t number, uint32_t mask_b, uint32_t mask_c)
{
	uint32_t a[4], b[4];

	if (!leaf(x, x->cpus->cpu[0], number, a) || !leaf(x, cpu, number, b))
		return true;
	return a[0] == b[0] && !((a[1] ^ b[1]) & mask_b) && !((a[2] ^ b[2]) & mask_c) && a[3] == b[3];
}

static const char *difference(const struct x86 *x, unsigned int cpu)
{
	uint64_t a, b;
	unsigned int n;
	uint32_t msr;

	if (!same_leaf(x, cpu, 0, ~0U, ~0U))
		return "its vendor";
	if (!same_leaf(x, cpu, LEAF_FEATURES, 0, ~ECX_OSXSAVE) || !same_leaf(x, cpu, LEAF_EXTENDED, ~0U, ~0U) ||
	    !same_leaf(x, cpu, 7, ~0U, ~0U) || !same_leaf(x, cpu, LEAF_SVM, ~0U, ~0U))
		return "its features (CPUID)";
	for (n = 0; x->intel && (msr = hardware_vmx_msr(n)); n++) {
		if (cpus_msr(x->t, x->cpus->cpu[0], msr, &a) && cpus_msr(x->t, cpu, msr, &b) && a != b)
			return "a capability register of VMX";
	}
	if (x->amd && cpus_msr(x->t, x->cpus->cpu[0], HARDWARE_MSR_VM_CR, &a) && cpus_msr(x->t, cpu, HARDWARE_MSR_VM_CR, &b) && a != b)
		return "VM_CR";
	return NULL;
}

static void check_alike(const struct x86 *x)
{
	static const char why[] = "The hypervisor chooses once for all CPUs, and Linux uses a CPU again that a cell had.";
	unsigned int n;

	for (n = 1; n < x->cpus->count; n++) {
		const char *what = difference(x, x->cpus->cpu[n]);

		if (!what)
			continue;
		finding_missing(x->f, NEEDED, "CPUs are alike", why, "CPU %u differs from CPU %u: %s. Switch the odd CPUs off in the firmware, "
				"or update firmware and microcode.", x->cpus->cpu[n], x->cpus->cpu[0], what);
		return;
	}
	finding_ok(x->f, NEEDED, "CPUs are alike", why);
}

static uint32_t apic_id(const struct x86 *x, unsigned int cpu)
{
	uint32_t r[4];

	if (leaf(x, cpu, LEAF_TOPOLOGY, r) && r[1])
		return r[3];
	leaf(x, cpu, LEAF_FEATURES, r);
	return r[1] >> 24;
}

static void check_apic_ids(const struct x86 *x)
{
	static const char why[] = "Interrupt messages name CPUs by eight bits.";
	struct jailhouse_refusal r;
	unsigned int n;

	for (n = 0; n < x->cpus->count; n++) {
		uint32_t id = apic_id(x, x->cpus->cpu[n]);

		if (id <= MAX_APIC_ID)
			continue;
		refusal_init(&r, RULE_APIC_ID);
		r.value[0] = x->cpus->cpu[n];
		r.value[1] = id;
		r.value[2] = MAX_APIC_ID;
		finding_refusal(x->f, "APIC ids up to 254", why, &r);
		return;
	}
	finding_ok(x->f, NEEDED, "APIC ids up to 254", why);
}

static void refused(const struct x86 *x, const char *name, const char *why, enum jailhouse_rule rule, uint64_t value)
{
	struct jailhouse_refusal r;

	refusal_init(&r, rule);
	r.value[0] = x->cpus->cpu[0];
	r.value[1] = value;
	finding_refusal(x->f, name, why, &r);
}

static void check_general(struct x86 *x)
{
	finding(x->f, first_leaf(x, LEAF_EXTENDED, 3) & EXT_EDX_LONG, NEEDED, "Long mode", "The hypervisor is a 64-bit program.",
		"The CPU has no 64-bit mode. Use one that has.");
	check_alike(x);
	check_apic_ids(x);
	finding(x->f, first_leaf(x, LEAF_FEATURES, 2) & ECX_X2APIC, OPTIONAL, "x2APIC",
		"Cells reach their interrupt controller without instructions being emulated.",
		"The CPU has no x2APIC: interrupts between CPUs cost more time.");
}

static void check_svm_enabled(const struct x86 *x)
{
	static const char name[] = "Enabled by the firmware", why[] = "The hypervisor cannot switch on what the firmware has locked.";
	uint64_t value;

	if (!msr_seen(x, HARDWARE_MSR_VM_CR, &value))
		finding_unseen(x->f, NEEDED, name, why, "%s", msr_reason(x));
	else if (value & VM_CR_SVMDIS)
		refused(x, name, why, RULE_VIRT_DISABLED, value);
	else
		finding_ok(x->f, NEEDED, name, why);
}

static void check_svm(struct x86 *x)
{
	static const char nested[] = "Page tables of the hypervisor keep cells from memory of others.";
	uint32_t features = first_leaf(x, LEAF_SVM, 3);

	x->f->group = "AMD-V";
	if (!(first_leaf(x, LEAF_EXTENDED, 2) & EXT_ECX_SVM)) {
		refused(x, "SVM", "Without it there is no hypervisor.", RULE_VIRT_MISSING, 0);
		return;
	}
	finding_ok(x->f, NEEDED, "SVM", "Without it there is no hypervisor.");
	check_svm_enabled(x);
	if (features & SVM_NESTED_PAGING)
		finding_ok(x->f, NEEDED, "Nested paging", nested);
	else
		refused(x, "Nested paging", nested, RULE_NPT_MISSING, 0);
	finding(x->f, features & SVM_DECODE, OPTIONAL, "Decode assists", "The CPU hands over the bytes of an instruction that is to be emulated.",
		"Instructions are fetched by the hypervisor instead, which costs time.");
	finding(x->f, features & SVM_FLUSH_BY_ASID, OPTIONAL, "Flush by ASID", "TLB entries of one guest go without the others'.",
		"All TLB entries are flushed instead, which costs time.");
	finding(x->f, features & SVM_NEXT_RIP, OPTIONAL, "Next RIP", "The CPU tells where the next instruction is.",
		"Instructions are measured by the hypervisor instead, which costs time.");
	finding(x->f, first_leaf(x, LEAF_EXTENDED, 3) & EXT_EDX_1G, OPTIONAL, "1G pages", "Large memory needs few entries of page tables.",
		"Pages of 2 MiB are used instead.");
}

static void check_vmx(struct x86 *x)
{
	uint64_t value;

	x->f->group = "Intel VT-x";
	if (!(first_leaf(x, LEAF_FEATURES, 2) & ECX_VMX)) {
		refused(x, "VMX", "Without it there is no hypervisor.", RULE_VIRT_MISSING, 0);
		return;
	}
	finding_ok(x->f, NEEDED, "VMX", "Without it there is no hypervisor.");
	if (msr_seen(x, MSR_VMX_BASIC, &value))
		hardware_vmx(x->t, x->cpus->cpu[0], x->f);
	else
		finding_unseen(x->f, NEEDED, "VMX capabilities", "What a VMX CPU can do is told by its capability registers.", "%s",
			       msr_reason(x));
	finding(x->f, first_leaf(x, LEAF_EXTENDED, 3) & EXT_EDX_1G, OPTIONAL, "1G pages", "Large memory needs few entries of page tables.",
		"Pages of 2 MiB are used instead.");
}

static void check_iommu(const struct x86 *x)
{
	static const char why[] = "An IOMMU keeps devices of one cell from memory of the others.";
	struct acpi_iommus units = { 0 };
	char name[64];
	bool seen = acpi_iommus(x->t, &units);
	unsigned int n;

	x->f->group = "IOMMU";
	for (n = 0; n < units.count; n++) {
		snprintf(name, sizeof(name), "%s at 0x%llx", units.unit[n].amd ? "AMD-Vi" : "VT-d", (unsigned long long)units.unit[n].base);
		finding_ok(x->f, OPTIONAL, name, why);
	}
	if (units.count && units.reserveds)
		finding_missing(x->f, OPTIONAL, "devices without memory of the firmware", "Devices that use memory on behalf of the firmware (RMRR, IVMD) go on "
				"doing so.", "The firmware's tables name %u devices with such memory, which should stay with the root cell. Switch off in the "
				"firmware's set-up what needs them.", units.reserveds);
	if (units.count)
		return;
	if (seen)
		finding_missing(x->f, OPTIONAL, "IOMMU", why, "The firmware's tables list none (DMAR, IVRS): devices that are given to a cell reach all "
				"memory. Switch VT-d or AMD-Vi on in the firmware's set-up, or give cells no device with DMA.");
	else
		finding_unseen(x->f, OPTIONAL, "IOMMU", why, "The firmware's tables can be read by root only. Run the command as root.");
}

void hardware_x86(const struct tree *t, const struct cpu_numbers *online, struct findings *f)
{
	struct x86 x = { .t = t, .cpus = online, .f = f };
	char vendor[13];

	if (!cpuid_seen(&x)) {
		finding_unseen(f, NEEDED, "CPU features (CPUID)", "They decide whether there can be a hypervisor.",
			       "The archive does not contain them. Make it with \"jailhouse config collect\".");
		check_iommu(&x);
		return;
	}
	read_vendor(&x, vendor);
	check_general(&x);
	if (x.amd || first_leaf(&x, LEAF_EXTENDED, 2) & EXT_ECX_SVM)
		check_svm(&x);
	else if (x.intel || first_leaf(&x, LEAF_FEATURES, 2) & ECX_VMX)
		check_vmx(&x);
	else
		refused(&x, "Hardware virtualization", "Without it there is no hypervisor.", RULE_VIRT_MISSING, 0);
	if (!x.amd && !x.intel)
		fprintf(stderr, "The CPU's vendor \"%s\" is unknown; it is judged by its features.\n", vendor);
	check_iommu(&x);
}
