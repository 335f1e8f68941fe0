// SPDX-License-Identifier: GPL-2.0
/*
 * insn - accesses that the syndrome does not describe: the instruction is read through the guest's
 * own tables and decoded.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/entry.h>
#include <arm64/entry.h>
#include <arm64/hal.h>

#define PAR_FAILED	1U
#define PAR_ADDRESS	0x000000fffffff000ULL

/* PAR is the guest's, which may be between its own translation and the look at it. */
bool arm64_translate(u64 va, u64 *ipa)
{
	u64 guests = read_sysreg(par_el1), par;

	if ((read_sysreg(spsr_el2) & PSR_MODE) == MODE_USR)
		CP15_WRITE(va, 0, c7, c8, 2);	/* ATS1CUR */
	else
		CP15_WRITE(va, 0, c7, c8, 0);	/* ATS1CPR */
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(guests, par_el1);
	*ipa = (par & PAR_ADDRESS) | (va & ~PAGE_MASK);
	return !(par & PAR_FAILED);
}

bool arm64_emulate_instruction(struct vcpu *v, u32 iss, u64 address)
{
	arm64_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
	return false;
}
