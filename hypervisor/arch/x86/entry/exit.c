// SPDX-License-Identifier: GPL-2.0
/*
 * exit - parts of handling an exit that do not depend on how the CPU reports it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <hv/x86/vdev.h>
#include <x86/exit.h>
#include <x86/hal.h>

enum vdev_result x86_dispatch_memory(struct vcpu *v, struct mmio_access *a)
{
	enum vdev_result res;
	u32 value = a->value;

	if ((a->addr.v & PAGE_MASK) != XAPIC_BASE) {
		vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MMIO);
		return mmio_dispatch(v, a);
	}
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_XAPIC);
	if (a->size != 4 || a->addr.v & 0xf)
		return VDEV_DENIED;
	res = vlapic_mmio(v, vcpu_percpu(v)->apic, (a->addr.v & ~PAGE_MASK) >> 4, a->is_write, &value);
	a->value = value;
	return res;
}

void x86_count_msr(struct vcpu *v, u32 msr)
{
	vcpu_count(v, msr == MSR_X2APIC_FIRST + 0x30 ? JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR :
						       JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER);
}

/*
 * State components that XRSTORS may load (SDM vol. 1, 13.1). Not what would get around the rest of the policy: processor trace (bit 8)
 * writes to physical addresses, user interrupts (14) go to any CPU. Root keeps what Linux uses of its own CPU.
 */
#define XSS_CELL	(1UL << 11 | 1UL << 12)	/* shadow stacks */
#define XSS_ROOT	(XSS_CELL | 1UL << 10 | 1UL << 13 | 1UL << 15 | 1UL << 16)	/* PASID, duty cycling, branch records, HWP */

static enum vdev_result write_xss(struct vcpu *v, u64 value)
{
	if (value & ~(cell_is_root(v->pcpu->cell) ? XSS_ROOT : XSS_CELL))
		return VDEV_GP;
	return wrmsr_safe(MSR_XSS, value) ? VDEV_OK : VDEV_GP;
}

enum vdev_result x86_common_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	if (msr == MSR_XSS)
		return write_xss(v, *value);
	if (msr == MSR_APIC_BASE)
		return vlapic_base_msr(v, rdmsr(MSR_APIC_BASE), is_write, value);
	return vlapic_msr(v, vcpu_percpu(v)->apic, msr, is_write, value);
}

bool x86_pat_is_valid(u64 pat)
{
	for (int i = 0; i < 8; i++, pat >>= 8)
		if ((pat & 0xff) > 7 || (pat & 0xff) == 2 || (pat & 0xff) == 3)
			return false;
	return true;
}

void x86_note_nmi(struct vcpu *v)
{
	/* pairs with arch_cpu_kick() */
	bool kick = __atomic_exchange_n(&v->pcpu->arch.kick_pending, 0, __ATOMIC_SEQ_CST);

	if (!kick && cell_is_root(v->pcpu->cell) && !v->pcpu->parked && !x86_is_late_kick(v->pcpu))
		v->arch.nmi_waits = true;
}
