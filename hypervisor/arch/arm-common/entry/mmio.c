// SPDX-License-Identifier: GPL-2.0
/*
 * mmio - accesses that stage 2 does not allow.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/entry.h>
#include <arm/hal.h>
#include <hv/cell.h>

void arm_violation(struct vcpu *v, enum fault_kind kind, u64 address, u64 value, u64 pc)
{
	struct fault f = { .kind = kind, .address = address, .value = value, .rip = pc, .fatal = true };

	guest_fault(v, &f);
}

static u64 all_ones(unsigned int size)
{
	return size == 8 ? ~0ULL : (1ULL << size * 8) - 1;
}

static bool denied(struct vcpu *v, struct mmio_access *a, u64 pc)
{
	struct fault f = { .kind = a->is_write ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, .address = a->addr.v,
			   .width = a->size, .value = a->value, .rip = pc };

	a->value = all_ones(a->size);
	return guest_fault(v, &f) == FAULT_COMPLETE;
}

bool arm_emulate(struct vcpu *v, const struct arm_transfer *t, u64 address, u64 pc)
{
	struct mmio_access a = { .addr = gpa(address), .size = t->size, .is_write = t->is_write };
	enum vdev_result result;

	if (a.is_write)
		a.value = arm_get_reg(v, t->reg) & all_ones(a.size);
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MMIO);
	result = mmio_dispatch(v, &a);
	if (result == VDEV_SKIP)
		a.value = all_ones(a.size);
	else if (result != VDEV_OK && !denied(v, &a, pc))
		return false;
	if (!a.is_write)
		arm_set_reg(v, t->reg, arm_loaded_value(t, a.value));
	return true;
}
