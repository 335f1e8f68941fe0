// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_check - after a VM entry that failed because of the guest's state: which field is it? (SDM vol. 3C, 27.3.1). Pure.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <virt/vmx_check.h>

typedef u64 (*read_fn)(enum vmcs_field);

#define RIGHTS_TYPE(r)		((r) & 0xf)
#define RIGHTS_CODE_OR_DATA(r)	((r) >> 4 & 1)
#define RIGHTS_DPL(r)		((r) >> 5 & 3)
#define RIGHTS_PRESENT(r)	((r) >> 7 & 1)
#define RIGHTS_GRANULAR(r)	((r) >> 15 & 1)

#define RFLAGS_ZERO		(~0UL << 22 | 1UL << 15 | 1UL << 5 | 1UL << 3)

static bool is_canonical(u64 address)
{
	return (u64)((s64)(address << 7) >> 7) == address;	/* 57 bits, or 48 */
}

/* 27.3.1.1 */
static const char *wrong_register(read_fn read)
{
	u64 cr0 = read(GUEST_CR0), cr4 = read(GUEST_CR4), efer = read(GUEST_EFER);
	bool long_mode = read(ENTRY_CONTROLS) & ENTRY_IA32E;

	if ((cr0 & X86_CR0_PG) && !(cr0 & X86_CR0_PE))
		return "CR0 (PG without PE)";
	if (long_mode && (!(cr0 & X86_CR0_PG) || !(cr4 & X86_CR4_PAE)))
		return "CR0, CR4 (64-bit mode without paging or PAE)";
	if (!long_mode && (cr4 & X86_CR4_PCIDE))
		return "CR4 (PCIDE outside of 64-bit mode)";
	if (!(cr4 & X86_CR4_VMXE))
		return "CR4 (VMXE)";
	if (!!(efer & X86_EFER_LMA) != long_mode || ((cr0 & X86_CR0_PG) && !(efer & X86_EFER_LME) == long_mode))
		return "EFER (LMA, LME)";
	if (!is_canonical(read(GUEST_SYSENTER_ESP)) || !is_canonical(read(GUEST_SYSENTER_EIP)))
		return "SYSENTER_ESP, SYSENTER_EIP";
	if (read(GUEST_DR7) >> 32)
		return "DR7";
	return NULL;
}

/* 27.3.1.2, what all usable segments have in common */
static bool has_wrong_limit(u64 limit, u64 rights)
{
	bool low_not_ones = (limit & 0xfff) != 0xfff, high_bits = limit & 0xfff00000;

	return (low_not_ones && RIGHTS_GRANULAR(rights)) || (high_bits && !RIGHTS_GRANULAR(rights));
}

static const char *wrong_segment(read_fn read)
{
	static const char *const names[VMCS_SEGMENTS] = { "ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR" };

	for (enum vmcs_segment n = VMCS_ES; n < VMCS_SEGMENTS; n++) {
		u64 rights = read(GUEST_SEGMENT(GUEST_RIGHTS, n)), base = read(GUEST_SEGMENT(GUEST_BASE, n));
		bool must_be_usable = n == VMCS_CS || n == VMCS_TR, is_system = n >= VMCS_LDTR;

		if (rights & RIGHTS_UNUSABLE && !must_be_usable)
			continue;
		if (rights & (0xf00 | ~0x1ffffUL) || rights & RIGHTS_UNUSABLE || !RIGHTS_PRESENT(rights) ||
		    RIGHTS_CODE_OR_DATA(rights) == is_system || has_wrong_limit(read(GUEST_SEGMENT(GUEST_LIMIT, n)), rights))
			return names[n];
		if (is_system || n >= VMCS_FS ? !is_canonical(base) : base >> 32)
			return names[n];
	}
	return NULL;
}

static const char *wrong_kind_of_segment(read_fn read)
{
	u64 cs = read(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS)), tr = read(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_TR));
	bool long_mode = read(ENTRY_CONTROLS) & ENTRY_IA32E;

	if (!(RIGHTS_TYPE(cs) & 1) || (RIGHTS_TYPE(cs) != 3 && !(RIGHTS_TYPE(cs) & 8)))
		return "CS (type)";
	if (long_mode && (cs & RIGHTS_LONG) && (cs & RIGHTS_DEFAULT_32))
		return "CS (both 64 and 32 bits)";
	if (RIGHTS_TYPE(tr) != 11 && (long_mode || RIGHTS_TYPE(tr) != 3))
		return "TR (not a busy TSS)";
	return NULL;
}

/* 27.3.1.3 to 27.3.1.5 */
static const char *wrong_state(read_fn read)
{
	u64 rflags = read(GUEST_RFLAGS), blocked = read(GUEST_INTERRUPTIBILITY), activity = read(GUEST_ACTIVITY);
	bool is_64bit = read(ENTRY_CONTROLS) & ENTRY_IA32E && read(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS)) & RIGHTS_LONG;

	if (!is_canonical(read(GUEST_GDTR_BASE)) || read(GUEST_GDTR_LIMIT) >> 16)
		return "GDTR";
	if (!is_canonical(read(GUEST_IDTR_BASE)) || read(GUEST_IDTR_LIMIT) >> 16)
		return "IDTR";
	if (is_64bit ? !is_canonical(read(GUEST_RIP)) : read(GUEST_RIP) >> 32)
		return "RIP";
	if (rflags & RFLAGS_ZERO || !(rflags & X86_RFLAGS_RSVD1))
		return "RFLAGS";
	if (activity > 3 || (activity && blocked & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)))
		return "activity state";
	if ((blocked & BLOCKED_BY_STI) && (blocked & BLOCKED_BY_MOV_SS || !(rflags & X86_RFLAGS_IF)))
		return "interruptibility state";
	if (read(VMCS_LINK_POINTER) != ~0UL)
		return "VMCS link pointer";
	return NULL;
}

const char *vmx_wrong_guest_field(read_fn read)
{
	const char *what = wrong_register(read);

	if (!what)
		what = wrong_segment(read);
	if (!what)
		what = wrong_kind_of_segment(read);
	return what ? what : wrong_state(read);
}
