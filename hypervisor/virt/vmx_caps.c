// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_caps - which controls a CPU gets, and the reason when it cannot serve (SDM vol. 3D, appendix A).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/rules.h>
#include <hv/x86/cpudefs.h>
#include <virt/vmcs.h>
#include <virt/vmx_caps.h>

#define FEATURE_LOCKED		(1ULL << 0)
#define FEATURE_VMX		(1ULL << 2)	/* outside of SMX */

#define BASIC_REVISION		0x7fffffffUL
#define BASIC_SIZE(basic)	((basic) >> 32 & 0x1fff)
#define BASIC_MEMORY_TYPE(basic) ((basic) >> 50 & 0xf)
#define BASIC_TRUE_CONTROLS	(1ULL << 55)
#define WRITE_BACK		6

#define MISC_SAVES_LMA		(1ULL << 5)	/* IA-32e mode of the guest is kept in the entry controls */
#define MISC_ACTIVITY_HLT	(1ULL << 6)

#define EPT_FOUR_LEVELS		(1ULL << 6)
#define EPT_WRITE_BACK		(1ULL << 14)
#define EPT_2M			(1ULL << 16)
#define EPT_INVEPT		(1ULL << 20)
#define EPT_INVEPT_SINGLE	(1ULL << 25)
#define EPT_INVEPT_ALL		(1ULL << 26)

/** struct need - one thing that the CPU must offer: bits of a register, and the rule that says that they are missing */
struct need {
	u64 have, bits;
	u32 rule;
};

static int find_missing(const struct need *needs, unsigned int count, u32 *rule, u64 *value)
{
	for (unsigned int i = 0; i < count; i++)
		if (needs[i].bits & ~needs[i].have) {
			*rule = needs[i].rule;
			*value = needs[i].have;
			return -HV_ENODEV;
		}
	return 0;
}

static u64 may_be_1(u64 capability)
{
	return capability >> 32;
}

static u64 may_be_0(u64 capability)
{
	return (u32)~capability;
}

static int check_basics(const struct vmx_caps *c, u32 *rule, u64 *value)
{
	const bool vmcs_fits = BASIC_SIZE(c->basic) <= PAGE_SIZE && BASIC_MEMORY_TYPE(c->basic) == WRITE_BACK;
	const struct need needs[] = {
		{ vmcs_fits, true, RULE_VMX_VMCS },
		{ c->basic, BASIC_TRUE_CONTROLS, RULE_VMX_TRUE_CONTROLS },
		{ may_be_1(c->proc), PROC_SECONDARY, RULE_VMX_SECONDARY },
		{ c->misc, MISC_ACTIVITY_HLT, RULE_VMX_ACTIVITY_HLT },
	};

	return find_missing(needs, ARRAY_SIZE(needs), rule, value);
}

static int check_controls(const struct vmx_caps *c, u32 *rule, u64 *value)
{
	const u64 pin = may_be_1(c->pin), proc = may_be_1(c->proc), proc2 = may_be_1(c->proc2);
	const u64 exit = may_be_1(c->exit), entry = may_be_1(c->entry);
	const struct need needs[] = {
		{ may_be_0(c->pin), PIN_EXTERNAL_INTERRUPT, RULE_VMX_INTERRUPTS },
		{ pin, PIN_NMI, RULE_VMX_NMI },
		{ pin, PIN_VIRTUAL_NMI, RULE_VMX_VIRTUAL_NMI },
		{ pin, PIN_PREEMPTION_TIMER, RULE_VMX_PREEMPTION_TIMER },
		{ may_be_0(c->proc), PROC_HLT | PROC_CR3_LOAD | PROC_CR3_STORE, RULE_VMX_CR3 },
		{ proc, PROC_NMI_WINDOW, RULE_VMX_VIRTUAL_NMI },
		{ proc, PROC_IO_BITMAPS, RULE_VMX_IO_BITMAPS },
		{ proc, PROC_MSR_BITMAPS, RULE_VMX_MSR_BITMAPS },
		{ proc, PROC_RDPMC, RULE_VMX_RDPMC },
		{ proc2, PROC2_WBINVD, RULE_VMX_WBINVD },
		{ proc2, PROC2_EPT, RULE_VMX_EPT },
		{ proc2, PROC2_UNRESTRICTED, RULE_VMX_UNRESTRICTED },
		{ c->misc, MISC_SAVES_LMA, RULE_VMX_UNRESTRICTED },
		{ proc2, c->rdtscp ? PROC2_RDTSCP : 0, RULE_VMX_RDTSCP },
		{ proc2, c->invpcid ? PROC2_INVPCID : 0, RULE_VMX_INVPCID },
		{ proc2, c->xsaves ? PROC2_XSAVES : 0, RULE_VMX_XSAVES },
		{ proc2, c->waitpkg ? PROC2_WAITPKG : 0, RULE_VMX_WAITPKG },
		{ exit, EXIT_SAVE_PAT | EXIT_LOAD_PAT, RULE_VMX_PAT },
		{ entry, ENTRY_LOAD_PAT, RULE_VMX_PAT },
		{ exit, EXIT_SAVE_EFER | EXIT_LOAD_EFER | EXIT_HOST_64BIT, RULE_VMX_EFER },
		{ entry, ENTRY_LOAD_EFER | ENTRY_IA32E, RULE_VMX_EFER },
	};

	return find_missing(needs, ARRAY_SIZE(needs), rule, value);
}

static int check_ept(const struct vmx_caps *c, u32 *rule, u64 *value)
{
	const bool can_flush = c->ept_vpid & (EPT_INVEPT_SINGLE | EPT_INVEPT_ALL);
	const struct need needs[] = {
		{ c->ept_vpid, EPT_FOUR_LEVELS | EPT_WRITE_BACK | EPT_2M, RULE_VMX_EPT_FORMAT },
		{ c->ept_vpid, EPT_INVEPT, RULE_VMX_INVEPT },
		{ can_flush, true, RULE_VMX_INVEPT },
	};

	return find_missing(needs, ARRAY_SIZE(needs), rule, value);
}

/* In VMX operation some bits of CR0 and CR4 are fixed (appendix A.7, A.8); what Linux has must fit. VMXE is set by us. */
static int check_control_registers(const struct vmx_caps *c, u64 cr0, u64 cr4, u32 *rule, u64 *value)
{
	const struct need needs[] = {
		{ cr0, c->cr0_fixed0, RULE_VMX_CR0 },
		{ c->cr0_fixed1, cr0, RULE_VMX_CR0 },
		{ cr4 | X86_CR4_VMXE, c->cr4_fixed0, RULE_VMX_CR4 },
		{ c->cr4_fixed1, cr4, RULE_VMX_CR4 },
	};

	return find_missing(needs, ARRAY_SIZE(needs), rule, value);
}

static void choose(const struct vmx_caps *c, u64 cr4, struct vmx_controls *out)
{
	const u32 optional = (c->rdtscp ? PROC2_RDTSCP : 0) | (c->invpcid ? PROC2_INVPCID : 0) |
			     (c->xsaves ? PROC2_XSAVES : 0) | (c->waitpkg ? PROC2_WAITPKG : 0) |
			     (may_be_1(c->proc2) & PROC2_VPID);

	*out = (struct vmx_controls){
		.pin = PIN_NMI | PIN_VIRTUAL_NMI | (u32)c->pin,
		.proc = PROC_IO_BITMAPS | PROC_MSR_BITMAPS | PROC_SECONDARY | (u32)c->proc,
		.proc2 = PROC2_EPT | PROC2_UNRESTRICTED | optional | (u32)c->proc2,
		.exit = EXIT_SAVE_DEBUG | EXIT_HOST_64BIT | EXIT_SAVE_PAT | EXIT_LOAD_PAT | EXIT_SAVE_EFER | EXIT_LOAD_EFER | (u32)c->exit,
		.entry = ENTRY_LOAD_DEBUG | ENTRY_LOAD_PAT | ENTRY_LOAD_EFER | (u32)c->entry,
		.cell_proc = PROC_RDPMC,
		.cell_proc2 = PROC2_WBINVD,
		.revision = c->basic & BASIC_REVISION,
		.cr0_fixed = c->cr0_fixed0 & ~(X86_CR0_PE | X86_CR0_PG),
		/* where Linux has machine checks on, no guest has them off: they would be shutdowns (SDM vol. 3, 6.15) */
		.cr4_fixed = c->cr4_fixed0 | (cr4 & X86_CR4_MCE),
		.invept_single = c->ept_vpid & EPT_INVEPT_SINGLE,
	};
}

int vmx_choose_controls(const struct vmx_caps *caps, u64 cr0, u64 cr4, struct vmx_controls *out, u32 *rule, u64 *value)
{
	const u64 on = FEATURE_LOCKED | FEATURE_VMX;
	int err;

	*value = caps->feature_control;
	*rule = RULE_VIRT_DISABLED;
	if ((caps->feature_control & on) != on)
		return -HV_EPERM;

	err = check_basics(caps, rule, value);
	if (!err)
		err = check_controls(caps, rule, value);
	if (!err)
		err = check_ept(caps, rule, value);
	if (!err)
		err = check_control_registers(caps, cr0, cr4, rule, value);
	if (!err)
		choose(caps, cr4, out);
	return err;
}
