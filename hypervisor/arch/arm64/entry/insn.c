// SPDX-License-Identifier: GPL-2.0
/*
 * insn - accesses that the syndrome does not describe: the instruction is read through the guest's
 * own tables and decoded.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/arm/decode.h>
#include <hv/guest.h>

#define SPSR_USES_SP0(s) (!((s) & 1))

static bool is_aarch32(void)
{
	return read_sysreg(spsr_el2) & SPSR_MODE_AARCH32;
}

static bool fetch(struct vcpu *v, u32 *insn)
{
	u64 pc = read_sysreg(elr_el2), ipa, pa;

	if (is_aarch32() || pc & 3 || !arm_translate(pc, &ipa) || guest_translate(v, gpa(ipa), &pa))
		return false;
	*insn = arm_read_guest(pa, 4);
	return true;
}

static u64 read_base(struct vcpu *v, u8 reg)
{
	if (reg != 31)
		return arm_get_reg(v, reg);
	return SPSR_USES_SP0(read_sysreg(spsr_el2)) ? read_sysreg(sp_el0) : read_sysreg(sp_el1);
}

static void write_base(struct vcpu *v, u8 reg, u64 value)
{
	if (reg != 31)
		arm_set_reg(v, reg, value);
	else if (SPSR_USES_SP0(read_sysreg(spsr_el2)))
		write_sysreg(value, sp_el0);
	else
		write_sysreg(value, sp_el1);
}

/* Another CPU may have changed the instruction meanwhile: it has to be one that makes this very access. */
static bool explains(struct vcpu *v, const struct arm64_access *a, u32 iss)
{
	u64 start = read_base(v, a->base) + (u64)a->offset;
	u32 bytes = a->transfer[0].size * a->count;

	return start == read_sysreg(far_el2) && a->transfer[0].is_write == !!ISS_IS_WRITE(iss) &&
	       (start & ~PAGE_MASK) + bytes <= PAGE_SIZE;
}

void arm_emulate_instruction(struct vcpu *v, u32 iss, u64 address)
{
	u64 pc = read_sysreg(elr_el2), base;
	struct arm64_access a;
	u32 insn, n;

	if (!fetch(v, &insn) || !arm64_decode(insn, &a) || !explains(v, &a, iss)) {
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
		return;
	}
	base = read_base(v, a.base) + (u64)a.writeback;
	for (n = 0; n < a.count; n++)
		if (!arm_emulate(v, &a.transfer[n], address + n * a.transfer[n].size, pc))
			return;
	if (a.writeback)
		write_base(v, a.base, base);
	arm_skip_instruction(read_sysreg(esr_el2));
}
