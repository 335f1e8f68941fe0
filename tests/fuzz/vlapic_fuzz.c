// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c hypervisor/vdev/x86/vlapic.c tests/unit/vdev_mock.c hypervisor/core/mmio.c hypervisor/mm/page_pool.c
 */
/*
 * The local APIC: any sequence of accesses by page and by MSR, by root and by a cell.
 *
 * Held: an IPI reaches CPUs of the sender's cell alone, and is a fixed one, or root's NMI; INIT and SIPI go by mailbox to the same
 * cell; the command registers of hardware are never written directly; logical addresses are the flat ones; no unmasked local interrupt
 * of a cell has another mode than fixed or NMI; the quick way for writes does what the long way does.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <unit/vdev_mock.h>
#include <hv/cpu_ctrl.h>
#include <hv/x86/vlapic_fast.h>
#include "fuzz.h"

enum { REG_ID = 2, REG_VERSION = 3, REG_LDR = 0xd, REG_DFR = 0xe, REG_ICR_LO = 0x30, REG_ICR_HI = 0x31, REG_SELF_IPI = 0x3f };
#define REG_COUNT	0x60
#define MASKED		0x10000u

/** struct effects - all that an access did to hardware */
struct effects {
	u32 count;
	struct effect { bool ipi; u32 where, value; } list[MOCK_CPUS + 2];
};

static u32 regs[REG_COUNT];
static struct effects effects;
static unsigned int current_cpu;

static const struct cell *sender(void)
{
	return mock.pcpus[current_cpu].cell;
}

static void note(bool ipi, u32 where, u32 value)
{
	FUZZ_CHECK(effects.count < ARRAY_SIZE(effects.list));
	effects.list[effects.count++] = (struct effect){ ipi, where, value };
}

static u32 apic_read(u32 reg)
{
	FUZZ_CHECK(reg < REG_COUNT);
	return regs[reg];
}

static void apic_write(u32 reg, u32 value)
{
	bool is_lvt = reg == 0x2f || (reg >= 0x32 && reg <= 0x37) || (reg >= 0x50 && reg <= 0x53);
	u32 mode = value >> 8 & 7;

	FUZZ_CHECK(reg < REG_COUNT && reg != REG_ICR_LO && reg != REG_ICR_HI && reg != REG_SELF_IPI);
	FUZZ_CHECK(reg != REG_ID && reg != REG_VERSION);
	if (reg == REG_LDR)
		FUZZ_CHECK(value >> 24 == 0 || value >> 24 == 1u << current_cpu);
	if (reg == REG_DFR)
		FUZZ_CHECK(value == 0xffffffff);
	if (is_lvt && !(value & MASKED) && sender() == &mock.cell)
		FUZZ_CHECK(mode == 0 || mode == 4);
	note(false, reg, value);
	regs[reg] = value;
}

static u32 apic_id(void)
{
	return (u32)mock.pcpus[current_cpu].hw_id;
}

static void apic_send(u32 dest, u32 icr)
{
	u32 cpu, mode = icr >> 8 & 7;

	/* physical, no shorthand */
	FUZZ_CHECK(!(icr & (1 << 11)) && !(icr >> 18 & 3));
	FUZZ_CHECK(mode == 0 || (mode == 4 && sender() == &mock.root));
	for (cpu = 0; cpu < MOCK_CPUS && mock.pcpus[cpu].hw_id != dest; cpu++)
		;
	FUZZ_CHECK(cpu < MOCK_CPUS && mock.pcpus[cpu].cell == sender());
	note(true, dest, icr);
}

static const struct apic_ops ops = { apic_read, apic_write, apic_id, apic_send };

static void check_mail(void)
{
	u32 cpu;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		FUZZ_CHECK(!(mock.posted[cpu] & ~(CPU_REQ_ARCH_INIT | CPU_REQ_ARCH_START)));
		FUZZ_CHECK(!mock.posted[cpu] || (cpu != current_cpu && mock.pcpus[cpu].cell == sender()));
		mock.posted[cpu] = 0;
	}
}

/* As svm_fast.c does: root takes the long way. */
static bool write_quickly(u32 msr, u64 value)
{
	const struct pcpu *self = &mock.pcpus[current_cpu];
	u32 reg = msr - 0x800;

	if (cell_is_root(self->cell))
		return false;
	return reg == VLAPIC_REG_ICR ? vlapic_fast_icr(self, &mock.vlapics[current_cpu], &ops, value)
				     : vlapic_fast_write(self, &ops, reg, value);
}

/* The quick way first, then, from the same state, the long one */
static enum vdev_result write_msr(struct vcpu *v, u32 msr, u64 value)
{
	struct vlapic before = *arch_vlapic(v), after_quick;
	u32 regs_before[REG_COUNT];
	struct effects quick;
	enum vdev_result result;
	bool was_quick;

	memcpy(regs_before, regs, sizeof(regs));
	was_quick = write_quickly(msr, value);
	after_quick = *arch_vlapic(v);
	quick = effects;
	if (!was_quick)
		FUZZ_CHECK(effects.count == 0 && !memcmp(&before, &after_quick, sizeof(before)));
	memset(&effects, 0, sizeof(effects));
	memcpy(regs, regs_before, sizeof(regs));
	*arch_vlapic(v) = before;
	result = vlapic_msr(v, &ops, msr, true, &value);
	if (was_quick)
		FUZZ_CHECK(result == VDEV_OK && !memcmp(&quick, &effects, sizeof(quick)) &&
			   !memcmp(arch_vlapic(v), &after_quick, sizeof(after_quick)));
	return result;
}

static void check_base(struct vcpu *v, bool is_write, u64 value)
{
	const u64 hw = 0xfee00000 | 1 << 11 | (arch_vlapic(v)->x2apic ? 1 << 10 : 0);
	enum vdev_result result = vlapic_base_msr(v, hw, is_write, &value);

	FUZZ_CHECK(result == VDEV_OK || result == VDEV_GP);
	if (result == VDEV_OK)
		FUZZ_CHECK((value & ~(1ULL << 10)) == (hw & ~(1ULL << 10)));
}

static void step(struct fuzz_input *in)
{
	u8 choice = fuzz_take(in, 1);
	u32 reg = fuzz_take(in, 1) & 0x7f;
	u64 value = fuzz_take(in, choice & 8 ? 8 : 4);
	struct vcpu *v;
	u32 small;

	current_cpu = choice & 1 ? 2 + (choice >> 1 & 1) : (choice >> 1 & 1) * 4;
	v = &mock.vcpus[current_cpu];
	memset(&effects, 0, sizeof(effects));
	small = (u32)value;
	switch (choice >> 4 & 3) {
	case 0:
		vlapic_mmio(v, &ops, reg, choice & 4, &small);
		break;
	case 1:
		vlapic_msr(v, &ops, 0x800 + (reg & 0x3f), false, &value);
		FUZZ_CHECK(effects.count == 0);
		break;
	case 2:
		write_msr(v, 0x800 + (reg & 0x3f), value);
		break;
	default:
		check_base(v, choice & 4, value);
		break;
	}
	check_mail();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 modes = fuzz_take(&in, 1);
	unsigned int cpu, n;

	mock_setup(NULL);
	memset(regs, 0, sizeof(regs));
	regs[REG_VERSION] = modes & 0x80 ? 0x00060014 : 0x00050014;
	for (n = 0x32; n <= 0x37; n++)
		regs[n] = MASKED;
	/* as firmware leaves them */
	regs[0x35] = 0x700;
	regs[0x36] = 0x400;
	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		mock.vlapics[cpu].x2apic = modes >> cpu & 1;
	/* APIC ids that are the CPUs' numbers, or not */
	for (cpu = 0; cpu < MOCK_CPUS && modes & 0x40; cpu++)
		mock.pcpus[cpu].hw_id = cpu;
	while (in.size)
		step(&in);
	return 0;
}
