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

bool arm_fetch(struct vcpu *v, u64 pc, unsigned int size, u32 *insn)
{
	u64 ipa, pa;

	if (!arm_translate(pc, &ipa) || guest_translate(v, gpa(ipa), &pa))
		return false;
	*insn = arm_read_guest(pa, size);
	return true;
}

/* Another CPU may have changed the instruction meanwhile: it has to be one that makes this very access. */
static bool explains(struct vcpu *v, const struct arm_access *a, u32 iss)
{
	unsigned long start = arm_get_base(v, a->base) + (unsigned long)a->offset;

	return start == read_sysreg(far_el2) && a->is_write == !!ISS_IS_WRITE(iss) &&
	       (start & ~PAGE_MASK) + a->size * a->count <= PAGE_SIZE;
}

static bool transfer(struct vcpu *v, const struct arm_access *a, u64 address, u64 pc)
{
	struct arm_transfer t = { .size = a->size, .is_write = a->is_write, .sign_extend = a->sign_extend, .is_64 = a->is_64 };
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
	u64 pc = read_sysreg(elr_el2), base;
	struct arm_access a;

	if (!arm_fetch_access(v, pc, &a) || !explains(v, &a, iss)) {
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
		return;
	}
	base = arm_get_base(v, a.base) + (u64)a.writeback;
	if (!transfer(v, &a, address, pc))
		return;
	if (a.writeback)
		arm_set_base(v, a.base, base);
	/* of such an abort the syndrome does not say how long the instruction is */
	arm_skip_bytes(a.length);
}
