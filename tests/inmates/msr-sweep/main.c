// SPDX-License-Identifier: GPL-2.0
/*
 * msr-sweep: model-specific registers, as a cell sees them
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * What a cell may do to MSRs is a white list: what is not on it is a general-protection fault, as on a CPU that lacks the register
 * (AMD64 APM vol. 3, RDMSR and WRMSR), and never the end of the CPU.
 *
 *  - State at start: registers that the cell may use hold their reset values (APM vol. 2, table 14-1); nothing of Linux is left in
 *    them, above all no kernel addresses in LSTAR, KERNEL_GS_BASE or SYSENTER_EIP, and no breakpoints in the debug registers.
 *  - Sweep: reading each of the 24576 MSRs of the three ranges that the MSR permission map covers (0, 0xc0000000, 0xc0010000) gives a
 *    value or #GP; the program survives. Readable ones are listed (as comments) in ranges.
 *  - Registers that would break isolation refuse to be written, and the secret ones to be read: SMM, virtualization, memory types and
 *    routing of the whole machine, cache allocation, microcode. Writes to the APIC base and to MTRRs change nothing.
 *  - A value that the CPU would refuse raises #GP also where the hypervisor emulates: PAT with a reserved type, EFER with a reserved
 *    bit, a reserved bit in the APIC.
 */
#include <tests/inmates/lib/check.h>

#define RANGE_SIZE	0x2000
#define PAT_RESET	0x0007040600070406ULL
#define MSR_PAT		0x277
#define EFER_SVME	(1 << 12)

struct named_msr {
	u32 msr;
	const char *name;
	u64 value;
};

static const struct named_msr reset_values[] = {
	{ 0x174, "SYSENTER_CS", 0 },
	{ 0x175, "SYSENTER_ESP", 0 },
	{ 0x176, "SYSENTER_EIP", 0 },
	{ MSR_PAT, "PAT", PAT_RESET },
	{ 0xc0000081, "STAR", 0 },
	{ 0xc0000082, "LSTAR", 0 },
	{ 0xc0000083, "CSTAR", 0 },
	{ 0xc0000084, "SFMASK", 0 },
	{ 0xc0000100, "FS_BASE", 0 },
	{ 0xc0000101, "GS_BASE", 0 },
	{ 0xc0000102, "KERNEL_GS_BASE", 0 },
	{ 0xc0000103, "TSC_AUX", 0 },
};

static const struct named_msr not_writable[] = {
	{ 0xc81, "L3 cache allocation", 0 },
	{ 0xc90, "L3 cache mask", 0 },
	{ 0xc0010010, "SYSCFG", 0 },
	{ 0xc0010016, "IORR_BASE0", 0 },
	{ 0xc001001a, "TOP_MEM", 0 },
	{ 0xc001001d, "TOP_MEM2", 0 },
	{ 0xc0010020, "PATCH_LOADER", 0 },
	{ 0xc0010058, "MMIO_CFG_BASE", 0 },
	{ 0xc0010111, "SMM_BASE", 0x30000 },
	{ 0xc0010112, "SMM_ADDR", 0 },
	{ 0xc0010113, "SMM_MASK", 0 },
	{ 0xc0010114, "VM_CR", 0 },
	{ 0xc0010115, "IGNNE", 0 },
	{ 0xc0010116, "SMM_CTL", 0 },
	{ 0xc0010117, "VM_HSAVE_PA", 0x1000 },
	{ 0x40000070, "an MSR outside of all ranges", 0 },
};

/* Reading them is harmless. A write may be refused or ignored, but not change anything. */
static const struct named_msr without_effect[] = {
	{ 0x01b, "APIC_BASE", 0xfec00900 },
	{ 0x200, "MTRR_PHYSBASE0", 0x12340006 },
	{ 0x250, "MTRR_FIX64K", 0x0101010101010101ULL },
	{ 0x2ff, "MTRR_DEF_TYPE", 0 },
	{ 0xc0010015, "HWCR", 1 << 3 },
};

static const struct named_msr not_readable[] = {
	{ 0xc0010111, "SMM_BASE", 0 },
	{ 0xc0010117, "VM_HSAVE_PA", 0 },
	{ 0x40000070, "an MSR outside of all ranges", 0 },
};

static const struct named_msr bad_values[] = {
	{ MSR_PAT, "PAT with a reserved memory type", 0x0007040600070402ULL },
	{ MSR_EFER, "EFER with a reserved bit", 1ULL << 40 },
	{ X2APIC_TPR, "task priority with a reserved bit", 0x100 },
	{ X2APIC_SPIV, "spurious vector register with a reserved bit", 1ULL << 20 },
	{ X2APIC_ID, "the APIC id", 0 },
};

static void check_reset_values(void)
{
	unsigned int n;
	u64 v;

	for (n = 0; n < ARRAY_SIZE(reset_values); n++) {
		const struct named_msr *m = &reset_values[n];
		unsigned int vector = try_read_msr(m->msr, &v);

		check(vector == EXCP_NONE && v == m->value, "%s has its reset value at start (0x%llx)", m->name, v);
	}
	v = read_msr(MSR_EFER);
	check(!(v & EFER_SVME), "EFER does not show the hypervisor's SVME bit (0x%llx)", v);
}

#define READ_DR(n) ({ \
	unsigned long v_; \
\
	asm volatile("mov %%dr" #n ", %0" : "=r" (v_)); \
	v_; \
})

static void check_debug_registers(void)
{
	check(!READ_DR(0) && !READ_DR(1) && !READ_DR(2) && !READ_DR(3), "breakpoint addresses are zero at start");
	check(READ_DR(6) == 0xffff0ff0, "DR6 has its reset value at start (0x%lx)", READ_DR(6));
	check(READ_DR(7) == 0x400, "DR7 has its reset value at start (0x%lx)", READ_DR(7));
}

static void print_range(u32 start, u32 end)
{
	if (start == end)
		printk("# readable: 0x%x\n", start);
	else
		printk("# readable: 0x%x - 0x%x\n", start, end);
}

static void sweep(u32 base)
{
	unsigned int readable = 0, faults = 0, run = 0, vector;
	u32 msr;
	u64 v;

	for (msr = base; msr < base + RANGE_SIZE; msr++) {
		vector = try_read_msr(msr, &v);
		if (vector == EXCP_NONE) {
			readable++;
			run++;
			continue;
		}
		faults += vector == EXCP_GP;
		if (run)
			print_range(msr - run, msr - 1);
		run = 0;
	}
	if (run)
		print_range(msr - run, msr - 1);
	check(readable + faults == RANGE_SIZE, "MSRs from 0x%x on: %u can be read, %u raise #GP, none does anything else", base,
	      readable, faults);
}

static bool write_changes_nothing(const struct named_msr *m)
{
	unsigned int vector;
	u64 before = 0, after = 0;

	vector = try_read_msr(m->msr, &before);
	try_write_msr(m->msr, m->value);
	return try_read_msr(m->msr, &after) == vector && after == before;
}

static void check_denied(void)
{
	unsigned int n;
	u64 v;

	for (n = 0; n < ARRAY_SIZE(not_writable); n++)
		check(try_write_msr(not_writable[n].msr, not_writable[n].value) == EXCP_GP, "%s cannot be written",
		      not_writable[n].name);
	for (n = 0; n < ARRAY_SIZE(without_effect); n++)
		check(write_changes_nothing(&without_effect[n]), "writing %s changes nothing", without_effect[n].name);
	for (n = 0; n < ARRAY_SIZE(not_readable); n++)
		check(try_read_msr(not_readable[n].msr, &v) == EXCP_GP, "%s cannot be read", not_readable[n].name);
	for (n = 0; n < ARRAY_SIZE(bad_values); n++)
		check(try_write_msr(bad_values[n].msr, bad_values[n].value) == EXCP_GP, "#GP for writing %s", bad_values[n].name);
}

static void check_pat(void)
{
	const u64 value = 0x0007010600070406ULL;
	u64 v = 0;

	check(try_write_msr(MSR_PAT, value) == EXCP_NONE && try_read_msr(MSR_PAT, &v) == EXCP_NONE && v == value,
	      "PAT holds what was written (0x%llx)", v);
	try_write_msr(MSR_PAT, PAT_RESET);
}

void inmate_main(void)
{
	test_begin("msr-sweep");
	check_reset_values();
	check_debug_registers();
	check_denied();
	check_pat();
	sweep(0);
	sweep(0xc0000000);
	sweep(0xc0010000);
	test_end();
}
