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
#include <hv/arm/decode32.h>
#include <hv/guest.h>

static bool fetch_halfword(struct vcpu *v, u32 pc, u32 *half)
{
	u64 ipa, pa;

	if (!arm_translate(pc, &ipa) || guest_translate(v, gpa(ipa), &pa))
		return false;
	*half = arm_read_guest(pa, 2);
	return true;
}

/* A32: a word; T32: the first halfword in the upper half. */
static bool fetch(struct vcpu *v, u32 *insn)
{
	bool thumb = read_sysreg(spsr_el2) & PSR_T;
	u32 pc = read_sysreg(elr_el2), first, second = 0;

	if (!fetch_halfword(v, pc, &first) || ((!thumb || arm32_is_long(first)) && !fetch_halfword(v, pc + 2, &second)))
		return false;
	*insn = thumb ? first << 16 | second : second << 16 | first;
	return true;
}

/* Another CPU may have changed the instruction meanwhile: it has to be one that makes this very access. */
static bool explains(struct vcpu *v, const struct arm32_access *a, u32 iss)
{
	u32 start = (u32)arm_get_reg(v, a->base) + (u32)a->offset;

	return start == (u32)read_sysreg(far_el2) && a->is_write == !!ISS_IS_WRITE(iss) &&
	       (start & ~PAGE_MASK) + a->size * a->count <= PAGE_SIZE;
}

static bool transfer(struct vcpu *v, const struct arm32_access *a, u64 address, u64 pc)
{
	struct arm_transfer t = { .size = a->size, .is_write = a->is_write, .sign_extend = a->sign_extend };
	u32 n;

	for (n = 0; n < a->count; n++) {
		t.reg = a->reg[n];
		if (!arm_emulate(v, &t, address + n * a->size, pc))
			return false;
	}
	return true;
}

void arm_emulate_instruction(struct vcpu *v, u32 iss, u64 address)
{
	u32 insn, pc = read_sysreg(elr_el2), base;
	struct arm32_access a;

	if (!fetch(v, &insn) || !arm32_decode(insn, read_sysreg(spsr_el2) & PSR_T, &a) || !explains(v, &a, iss)) {
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
		return;
	}
	base = (u32)arm_get_reg(v, a.base) + (u32)a.writeback;
	if (!transfer(v, &a, address, pc))
		return;
	if (a.writeback)
		arm_set_reg(v, a.base, base);
	/* of such an abort the syndrome does not say how long the instruction is */
	write_sysreg(pc + a.length, elr_el2);
	write_sysreg(arm_psr_advance(read_sysreg(spsr_el2)), spsr_el2);
}
