// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vlapic.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c
 */
/*
 * The local APIC filter: no access of a cell reaches a CPU outside of it, whatever mode, shorthand
 * and destination say.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"
#include <hv/cpu_ctrl.h>
#include <hv/x86/vlapic_fast.h>

enum { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, STARTUP, EXTINT };
enum { TO_DEST, TO_SELF, TO_ALL, TO_OTHERS };
#define LOGICAL		(1u << 11)
#define ASSERT_LEVEL	(1u << 14)
#define LEVEL		(1u << 15)
#define SHORTHAND(s)	((u32)(s) << 18)
#define MODE(m)		((u32)(m) << 8)
#define VECTOR		0x55
#define MASKED		0x10000

enum {
	REG_ID = 2,
	REG_VERSION = 3,
	REG_TPR = 8,
	REG_EOI = 0xb,
	REG_LDR = 0xd,
	REG_DFR = 0xe,
	REG_SVR = 0xf,
	REG_ESR = 0x28,
	REG_CMCI = 0x2f,
	REG_ICR = 0x30,
	REG_ICR_HI = 0x31,
	REG_TIMER = 0x32,
	REG_LINT0 = 0x35,
	REG_TMICT = 0x38,
	REG_TMCCT = 0x39,
	REG_DCR = 0x3e,
	REG_SELF = 0x3f
};

/* --- physical APIC: remembers ----------------------------------------------------------------- */

static struct {
	u32 regs[0x60];
	unsigned int writes;
	u32 last_reg;
	u32 sent[MOCK_CPUS];		/* number of IPIs that reached the CPU */
	u32 stray, last_icr;
	unsigned int current_cpu;
} apic;

static u32 apic_read(u32 reg)
{
	return apic.regs[reg];
}

static void apic_write(u32 reg, u32 value)
{
	apic.writes++;
	apic.last_reg = reg;
	apic.regs[reg] = value;
}

static u32 apic_id(void)
{
	return MOCK_HW_ID(apic.current_cpu);
}

static void apic_send(u32 dest, u32 icr)
{
	u32 cpu;

	apic.last_icr = icr;
	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		if (dest == MOCK_HW_ID(cpu)) {
			apic.sent[cpu]++;
			return;
		}
	}
	apic.stray++;
}

static const struct apic_ops ops = { apic_read, apic_write, apic_id, apic_send };

static int setup(void **state)
{
	memset(&apic, 0, sizeof(apic));
	apic.regs[REG_VERSION] = 0x00050014;
	return mock_setup(state);
}

static enum vdev_result mmio(unsigned int cpu, u32 reg, bool is_write, u32 *value)
{
	apic.current_cpu = cpu;
	return vlapic_mmio(&mock.vcpus[cpu], &ops, reg, is_write, value);
}

static enum vdev_result mmio_write(unsigned int cpu, u32 reg, u32 value)
{
	return mmio(cpu, reg, true, &value);
}

static u32 mmio_read(unsigned int cpu, u32 reg)
{
	u32 value = 0xdeadbeef;

	assert_int_equal(mmio(cpu, reg, false, &value), VDEV_OK);
	return value;
}

static enum vdev_result msr(unsigned int cpu, u32 reg, bool is_write, u64 *value)
{
	apic.current_cpu = cpu;
	return vlapic_msr(&mock.vcpus[cpu], &ops, 0x800 + reg, is_write, value);
}

static enum vdev_result msr_write(unsigned int cpu, u32 reg, u64 value)
{
	return msr(cpu, reg, true, &value);
}

static u64 msr_read(unsigned int cpu, u32 reg)
{
	u64 value = 0;

	assert_int_equal(msr(cpu, reg, false, &value), VDEV_OK);
	return value;
}

static enum vdev_result send_x2apic(unsigned int cpu, u32 dest, u32 icr)
{
	return msr_write(cpu, REG_ICR, (u64)dest << 32 | icr);
}

static enum vdev_result send_xapic(unsigned int cpu, u8 dest, u32 icr)
{
	assert_int_equal(mmio_write(cpu, REG_ICR_HI, (u32)dest << 24), VDEV_OK);
	return mmio_write(cpu, REG_ICR, icr);
}

static void forget(void)
{
	memset(apic.sent, 0, sizeof(apic.sent));
	memset(mock.posted, 0, sizeof(mock.posted));
	apic.stray = 0;
}

/* CPUs that got anything: by IPI or by request. */
static u32 reached(void)
{
	u32 cpu, set = 0;

	assert_int_equal(apic.stray, 0);
	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		assert_true(apic.sent[cpu] <= 1);
		if (apic.sent[cpu] || mock.posted[cpu])
			set |= 1u << cpu;
	}
	forget();
	return set;
}

/* --- every mode, shorthand and destination ---------------------------------------------------- */

static bool permitted(u32 mode, u32 shorthand)
{
	if (mode == SMI || mode == RESERVED || mode == EXTINT)
		return false;
	return mode == FIXED || shorthand == TO_DEST || shorthand == TO_OTHERS;
}

static u32 cpu_bit_of_hw_id(u32 hw_id)
{
	u32 cpu;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		if (MOCK_HW_ID(cpu) == hw_id)
			return 1u << cpu;
	return 0;
}

static u32 logical_x2apic_set(u32 dest)
{
	u32 cpu, set = 0;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		if (dest >> 16 == MOCK_HW_ID(cpu) >> 4 && (dest >> (MOCK_HW_ID(cpu) & 15) & 1))
			set |= 1u << cpu;
	return set;
}

/*
 * What an IPI may reach, from the manual's words and the rules of the filter; the code goes another
 * way.
 */
static u32 expected(unsigned int cpu, u32 mode, u32 shorthand, u32 named)
{
	u32 own = cpu == 2 || cpu == 3 ? 0x0c : 0x33, self = 1u << cpu, set;

	set = shorthand == TO_DEST   ? named
	      : shorthand == TO_SELF ? self
	      : shorthand == TO_ALL  ? own
				     : own & ~self;
	set &= own;
	if (mode == LOWEST)
		set &= -set;
	if (mode == INIT || mode == STARTUP)
		set &= ~self;
	if (mode == NMI && own == 0x0c)
		set = 0;
	return set;
}

static void try_all_modes(unsigned int cpu, bool x2apic, u32 dest, bool logical, u32 named)
{
	u32 mode, shorthand;

	for (mode = 0; mode < 8; mode++) {
		for (shorthand = 0; shorthand < 4; shorthand++) {
			u32 icr = MODE(mode) | SHORTHAND(shorthand) | (logical ? LOGICAL : 0) |
				  ASSERT_LEVEL | VECTOR;
			enum vdev_result r = x2apic ? send_x2apic(cpu, dest, icr)
						    : send_xapic(cpu, dest, icr);
			u32 want = permitted(mode, shorthand)
					   ? expected(cpu, mode, shorthand, named)
					   : 0,
			    got = reached();

			assert_int_equal(r, permitted(mode, shorthand) ? VDEV_OK : VDEV_DENIED);
			if (got != want) {
				print_error("CPU %u %s mode %u shorthand %u dest %x logical %d: "
					    "reached %x, not %x\n",
					    cpu, x2apic ? "x2APIC" : "xAPIC", mode, shorthand, dest,
					    logical, got, want);
				fail();
			}
		}
	}
}

static void xapic_ipis_reach_the_own_cell_only(void **state)
{
	unsigned int cpu, dest;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		for (dest = 0; dest < 256; dest++) {
			try_all_modes(cpu, false, dest, false,
				      dest == 0xff ? 0x3f : cpu_bit_of_hw_id(dest));
			try_all_modes(cpu, false, dest, true, dest & 0x3f);
		}
	}
}

static void emulated_x2apic_ipis_reach_the_own_cell_only(void **state)
{
	static const u32 dests[] = { 0,	    1,	  4,	      7,	 10,	  13,
				     16,    0xff, 0x102,      0xffff,	 0x10001, 0x1ffff,
				     0x480, 0x92, 0xfffffffe, 0xfee00000 };
	unsigned int cpu, i;

	for (cpu = 2; cpu <= 3; cpu++) {
		for (i = 0; i < ARRAY_SIZE(dests); i++) {
			try_all_modes(cpu, true, dests[i], false, cpu_bit_of_hw_id(dests[i]));
			try_all_modes(cpu, true, dests[i], true, logical_x2apic_set(dests[i]));
		}
		try_all_modes(cpu, true, 0xffffffff, false, 0x3f);
		try_all_modes(cpu, true, 0xffffffff, true, 0x3f);
	}
}

static void native_x2apic_ipis_of_root_reach_root_only(void **state)
{
	unsigned int cpu, dest;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		mock.vlapics[cpu].x2apic = true;
	for (dest = 0; dest < 32; dest++)
		try_all_modes(1, true, dest, false, cpu_bit_of_hw_id(dest));
	try_all_modes(1, true, 0xffffffff, false, 0x3f);
}

static void the_message_that_is_sent_is_physical_and_clean(void **state)
{
	send_xapic(2, 0,
		   MODE(LOWEST) | LOGICAL | SHORTHAND(TO_OTHERS) | LEVEL | ASSERT_LEVEL | 0x77);
	assert_int_equal(apic.last_icr, ASSERT_LEVEL | 0x77);
	send_xapic(0, MOCK_HW_ID(1), MODE(NMI) | 0x99);
	assert_int_equal(apic.last_icr, ASSERT_LEVEL | MODE(NMI));
}

static void dropped_ipis_are_logged_with_a_limit(void **state)
{
	unsigned int i;

	mock.root.denied_log_budget = 2;
	for (i = 0; i < 5; i++)
		assert_int_equal(send_xapic(0, MOCK_HW_ID(2), VECTOR), VDEV_OK);
	assert_int_equal(mock.log_lines, 2);
	assert_non_null(strstr(mock.last_log, "root"));
	assert_non_null(strstr(mock.last_log, "0x7"));
	assert_int_equal(reached(), 0);
}

static void startup_carries_its_vector_to_the_target(void **state)
{
	assert_int_equal(send_xapic(2, MOCK_HW_ID(3), MODE(STARTUP) | 0x9a), VDEV_OK);
	assert_int_equal(mock.posted[3], CPU_REQ_ARCH_START);
	assert_int_equal(mock.pcpus[3].ctrl.sipi_vector, 0x9a);
	assert_int_equal(mock.pcpus[3].ctrl.lock.locked, 0);
}

static void lost_startup_is_repeated_for_a_while(void **state)
{
	assert_int_equal(send_xapic(2, MOCK_HW_ID(3), MODE(STARTUP) | 0x9a), VDEV_OK);
	assert_int_equal(mock.repeated_kicks, 0);

	mock.lost_kicks = 3;
	assert_int_equal(send_xapic(2, MOCK_HW_ID(3), MODE(STARTUP) | 0x9a), VDEV_OK);
	assert_int_equal(mock.repeated_kicks, 3);

	mock.lost_kicks = UINT32_MAX;
	mock.time_us = 0;
	assert_int_equal(send_xapic(2, MOCK_HW_ID(3), MODE(STARTUP) | 0x9a), VDEV_OK);
	assert_in_range(mock.time_us, 2000, 5000);
}

/* A cell could make root wait for milliseconds for each of its CPUs, and for each CPU that these name. */
static void who_is_called_does_not_wait_for_a_startup(void **state)
{
	mock.lost_kicks = UINT32_MAX;
	mock.pcpus[2].ctrl.suspend_count = 1;
	assert_int_equal(send_xapic(2, 0, MODE(STARTUP) | SHORTHAND(TO_OTHERS) | 0x9a), VDEV_OK);
	assert_int_equal(mock.posted[3], CPU_REQ_ARCH_START);
	assert_int_equal(mock.time_us, 0);

	mock.pcpus[2].ctrl.suspend_count = 0;
	mock.pcpus[2].ctrl.requests = CPU_REQ_LEAVE;
	assert_int_equal(send_xapic(2, MOCK_HW_ID(3), MODE(STARTUP) | 0x9a), VDEV_OK);
	assert_int_equal(mock.time_us, 0);
}

static void init_deassert_does_nothing(void **state)
{
	assert_int_equal(send_xapic(0, MOCK_HW_ID(1), MODE(INIT) | LEVEL), VDEV_OK);
	assert_int_equal(reached(), 0);
	assert_int_equal(send_xapic(0, MOCK_HW_ID(1), MODE(INIT) | LEVEL | ASSERT_LEVEL), VDEV_OK);
	assert_int_equal(mock.posted[1], CPU_REQ_ARCH_INIT);
}

static void offline_cpus_are_not_reached(void **state)
{
	mock.pcpus[3].online = false;
	send_xapic(2, 0, SHORTHAND(TO_OTHERS) | VECTOR);
	assert_int_equal(reached(), 0);
	send_xapic(2, MOCK_HW_ID(3), VECTOR);
	assert_int_equal(reached(), 0);
}

static void self_ipi_register_interrupts_the_own_cpu(void **state)
{
	assert_int_equal(msr_write(3, REG_SELF, 0x66), VDEV_OK);
	assert_int_equal(apic.last_icr & 0x7ff, 0x66);
	assert_int_equal(reached(), 1 << 3);
	assert_int_equal(msr_write(3, REG_SELF, 0x166), VDEV_GP);
	assert_int_equal(reached(), 0);
}

static void icr_reads_back_what_was_written(void **state)
{
	send_xapic(2, 0xab, SHORTHAND(TO_SELF) | 0x44);
	assert_int_equal(mmio_read(2, REG_ICR_HI), 0xab000000);
	assert_int_equal(mmio_read(2, REG_ICR), SHORTHAND(TO_SELF) | 0x44);
	send_x2apic(3, 0x12345678, SHORTHAND(TO_SELF) | 0x45);
	assert_int_equal(msr_read(3, REG_ICR), 0x12345678ULL << 32 | SHORTHAND(TO_SELF) | 0x45);
	vlapic_reset(&mock.vlapics[3]);
	assert_int_equal(msr_read(3, REG_ICR), 0);
}

static void reserved_bits_of_icr_are_refused(void **state)
{
	assert_int_equal(send_xapic(2, 0, SHORTHAND(TO_SELF) | 0x100000 | VECTOR), VDEV_DENIED);
	assert_int_equal(send_xapic(2, 0, SHORTHAND(TO_SELF) | 0x2000 | VECTOR), VDEV_DENIED);
	/* delivery status: read only */
	assert_int_equal(send_xapic(2, 0, SHORTHAND(TO_SELF) | 0x1000 | VECTOR), VDEV_OK);
	assert_int_equal(reached(), 1 << 2);
	assert_int_equal(send_x2apic(2, 0, SHORTHAND(TO_SELF) | 0x1000 | VECTOR), VDEV_GP);
	assert_int_equal(send_x2apic(2, 0, SHORTHAND(TO_SELF) | 0x30000 | VECTOR), VDEV_GP);
	assert_int_equal(reached(), 0);
}

/* --- LVT -------------------------------------------------------------------------------------- */

static void has_extended_lvts(u32 count)
{
	apic.regs[REG_VERSION] |= 1u << 31;
	apic.regs[0x40] = count << 16;
}

static void lvts_deliver_fixed_or_nmi_or_are_masked(void **state)
{
	u32 mode;

	has_extended_lvts(4);
	for (mode = 0; mode < 8; mode++) {
		enum vdev_result want = mode == FIXED || mode == NMI ? VDEV_OK : VDEV_DENIED;

		apic.regs[REG_LINT0] = MASKED;
		assert_int_equal(mmio_write(2, REG_LINT0, MODE(mode) | VECTOR), want);
		assert_int_equal(msr_write(2, REG_LINT0, MODE(mode) | VECTOR), want);
		assert_int_equal(apic.regs[REG_LINT0],
				 want == VDEV_OK ? MODE(mode) | VECTOR : MASKED);
		assert_int_equal(mmio_write(2, REG_LINT0, MODE(mode) | MASKED | VECTOR), VDEV_OK);
		assert_int_equal(mmio_write(2, 0x50, MODE(mode) | VECTOR), want);
	}
}

static void extended_lvts_are_there_if_the_apic_has_them(void **state)
{
	u64 value = 0;

	assert_int_equal(mmio_write(0, 0x50, MASKED), VDEV_SKIP);
	assert_int_equal(mmio_read(0, 0x40), 0);
	has_extended_lvts(2);
	apic.regs[0x51] = 0x55;
	arch_vlapic(&mock.vcpus[0])->x2apic = true;
	assert_int_equal(msr(0, 0x40, false, &value), VDEV_OK);
	assert_int_equal(value, 2 << 16);
	assert_int_equal(msr(0, 0x51, false, &value), VDEV_OK);
	assert_int_equal(value, 0x55);
	assert_int_equal(msr_write(0, 0x51, MODE(NMI)), VDEV_OK);
	assert_int_equal(msr_write(0, 0x51, MODE(SMI)), VDEV_DENIED);
	assert_int_equal(msr(0, 0x52, false, &value), VDEV_GP);
	assert_int_equal(msr_write(0, 0x40, 0), VDEV_GP);
}

static void root_may_write_back_the_lvt_mode_that_it_found(void **state)
{
	apic.regs[REG_LINT0] = MODE(EXTINT);
	assert_int_equal(mmio_write(0, REG_LINT0, MODE(EXTINT)), VDEV_OK);
	assert_int_equal(mmio_write(0, REG_LINT0, MODE(SMI)), VDEV_DENIED);
	assert_int_equal(mmio_write(2, REG_LINT0, MODE(EXTINT)), VDEV_DENIED);
}

static void the_timer_works_in_all_its_modes(void **state)
{
	assert_int_equal(msr_write(2, REG_TIMER, VECTOR), VDEV_OK);
	assert_int_equal(msr_write(2, REG_TIMER, 1 << 17 | VECTOR), VDEV_OK);
	assert_int_equal(msr_write(2, REG_TIMER, 2 << 17 | VECTOR), VDEV_OK);
	assert_int_equal(apic.regs[REG_TIMER], 2 << 17 | VECTOR);
	/* reserved there */
	assert_int_equal(msr_write(2, REG_TIMER, MODE(NMI) | VECTOR), VDEV_GP);
	assert_int_equal(msr_write(2, REG_TMICT, 12345), VDEV_OK);
	assert_int_equal(apic.regs[REG_TMICT], 12345);
	assert_int_equal(msr_write(2, REG_TMCCT, 1), VDEV_GP);
	apic.regs[REG_TMCCT] = 777;
	assert_int_equal(msr_read(2, REG_TMCCT), 777);
	assert_int_equal(msr_write(2, REG_DCR, 0xb), VDEV_OK);
	assert_int_equal(msr_write(2, REG_DCR, 0x4), VDEV_GP);
}

static void the_cmci_lvt_exists_where_the_version_says_so(void **state)
{
	u64 value;

	assert_int_equal(msr_write(2, REG_CMCI, MASKED), VDEV_GP);
	assert_int_equal(msr(2, REG_CMCI, false, &value), VDEV_GP);
	assert_int_equal(mmio_write(2, REG_CMCI, MODE(SMI)), VDEV_SKIP);
	apic.regs[REG_VERSION] = 0x00060014;
	assert_int_equal(msr_write(2, REG_CMCI, MASKED), VDEV_OK);
	assert_int_equal(msr_write(2, REG_CMCI, MODE(SMI)), VDEV_DENIED);
}

/* --- other registers -------------------------------------------------------------------------- */

static void logical_address_is_the_bit_of_the_cpu(void **state)
{
	assert_int_equal(mmio_write(2, REG_LDR, 1u << 26), VDEV_OK);
	assert_int_equal(mmio_write(2, REG_LDR, 0), VDEV_OK);
	assert_int_equal(mmio_write(2, REG_LDR, 1u << 24), VDEV_DENIED);
	assert_int_equal(mmio_write(2, REG_LDR, 3u << 26), VDEV_DENIED);
	assert_int_equal(mmio_write(0, REG_LDR, 1u << 26), VDEV_DENIED);
	assert_int_equal(apic.regs[REG_LDR], 0);
	assert_int_equal(msr_read(2, REG_LDR), 1u << MOCK_HW_ID(2));
	assert_int_equal(msr_read(3, REG_LDR), 1u << MOCK_HW_ID(3));
	assert_int_equal(msr_write(2, REG_LDR, 1), VDEV_GP);
}

static void destination_format_stays_flat(void **state)
{
	u64 value;

	assert_int_equal(mmio_write(2, REG_DFR, 0xffffffff), VDEV_OK);
	assert_int_equal(mmio_write(2, REG_DFR, 0x0fffffff), VDEV_DENIED);
	assert_int_equal(msr(2, REG_DFR, false, &value), VDEV_GP);
}

static void the_id_is_read_only(void **state)
{
	assert_int_equal(mmio_write(2, REG_ID, 0x05000000), VDEV_SKIP);
	assert_int_equal(msr_write(2, REG_ID, 5), VDEV_GP);
	assert_int_equal(apic.writes, 0);
	assert_int_equal(msr_read(2, REG_ID), MOCK_HW_ID(2));
	/* the page shows what hardware's page shows */
	apic.regs[REG_ID] = MOCK_HW_ID(2) << 24;
	apic.regs[REG_LDR] = 1u << 26;
	assert_int_equal(mmio_read(2, REG_ID), MOCK_HW_ID(2) << 24);
	assert_int_equal(mmio_read(2, REG_LDR), 1u << 26);
}

static void end_of_interrupt_writes_zero(void **state)
{
	u64 value;

	assert_int_equal(mmio_write(2, REG_EOI, 0x1234), VDEV_OK);
	assert_int_equal(apic.last_reg, REG_EOI);
	assert_int_equal(apic.regs[REG_EOI], 0);
	assert_int_equal(msr_write(2, REG_EOI, 0), VDEV_OK);
	assert_int_equal(apic.writes, 2);
	assert_int_equal(msr_write(2, REG_EOI, 1), VDEV_GP);
	assert_int_equal(msr_write(2, REG_ESR, 1), VDEV_GP);
	assert_int_equal(msr(2, REG_EOI, false, &value), VDEV_GP);
	assert_int_equal(apic.writes, 2);
}

static void reserved_bits_may_only_be_written_back(void **state)
{
	apic.regs[REG_SVR] = 0x80000;
	assert_int_equal(mmio_write(2, REG_SVR, 0x801ff), VDEV_OK);
	assert_int_equal(mmio_write(2, REG_SVR, 0x401ff), VDEV_DENIED);
	assert_int_equal(msr_write(2, REG_SVR, 0x801ff), VDEV_GP);
	assert_int_equal(msr_write(2, REG_TPR, 0x1ULL << 32), VDEV_GP);
	assert_int_equal(msr_write(2, REG_TPR, 0x20), VDEV_OK);
}

static void registers_that_do_not_exist_read_zero_or_fault(void **state)
{
	u64 value;
	u32 reg;

	for (reg = 0; reg < 0x100; reg++)
		apic.regs[reg % 0x60] = 0x11111111;
	apic.regs[REG_VERSION] = 0x00050014;
	assert_int_equal(mmio_read(2, 0x00), 0);
	assert_int_equal(mmio_read(2, 0x54), 0);
	assert_int_equal(mmio_read(2, 0xff), 0);
	assert_int_equal(mmio_write(2, 0x04, 1), VDEV_SKIP);
	assert_int_equal(msr(2, 0x00, false, &value), VDEV_GP);
	assert_int_equal(msr(2, 0x0c, false, &value), VDEV_GP);
	assert_int_equal(msr(2, 0x31, false, &value), VDEV_GP);
	assert_int_equal(msr_write(2, 0x31, 0), VDEV_GP);
	assert_int_equal(msr(2, 0x50, false, &value), VDEV_GP);
}

static void root_has_one_interface_only(void **state)
{
	u64 value;
	u32 low;

	assert_int_equal(msr(0, REG_ID, false, &value), VDEV_GP);
	assert_int_equal(msr_write(0, REG_EOI, 0), VDEV_GP);
	mock.vlapics[0].x2apic = true;
	assert_int_equal(msr(0, REG_ID, false, &value), VDEV_OK);
	assert_int_equal(mmio(0, REG_ID, false, &low), VDEV_DENIED);
	assert_int_equal(mmio_write(0, REG_ICR, VECTOR), VDEV_DENIED);
}

/* As svm_fast.c does: root takes the long way. */
static bool fast_write(unsigned int cpu, u32 reg, u64 value)
{
	const struct pcpu *self = mock.vcpus[cpu].pcpu;

	if (cell_is_root(self->cell))
		return false;
	return reg == REG_ICR ? vlapic_fast_icr(self, &mock.vlapics[cpu], &ops, value)
			      : vlapic_fast_write(self, &ops, reg, value);
}

/*
 * What one write does, by either way: result, what was sent and written, and what ICR reads back.
 */
static void snapshot_write(bool fast, unsigned int cpu, u32 reg, u64 value, u64 out[12])
{
	u32 i;

	memset(&apic, 0, sizeof(apic));
	apic.regs[REG_VERSION] = 0x00050014;
	apic.current_cpu = cpu;
	mock.vlapics[cpu].icr = 0x77;
	memset(mock.posted, 0, sizeof(mock.posted));
	out[0] = fast ? fast_write(cpu, reg, value) : msr_write(cpu, reg, value) == VDEV_OK;
	out[1] = apic.writes;
	out[2] = apic.last_reg << 16 | apic.last_icr;
	out[3] = apic.regs[reg];
	out[4] = mock.vlapics[cpu].icr;
	out[5] = apic.stray;
	for (i = 0; i < MOCK_CPUS; i++)
		out[6 + i] = apic.sent[i] | mock.posted[i] << 8;
}

static void the_short_way_does_what_the_long_way_does(void **state)
{
	static const u64 values[] = {
		0, 1, 0x40, 0xff, 0x100, 0x4055, 0x8055, 0x1055, 0x455, 0x555, 0x655, 0x855,
		0x40055, 0x80055, 0xc0055, 0xfffff, 0x100000000,
		0x400000055, 0x700000055, 0x700004055, 0xa00000055, 0xd00000055, 0xff00000055,
		0xffffffff00000055, 0xffffffffffffffff,
	};
	unsigned int cpu, i, taken = 0;
	u32 reg;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++) {
		for (reg = 0; reg < 0x40; reg++) {
			for (i = 0; i < ARRAY_SIZE(values); i++) {
				u64 fast[12], slow[12];

				snapshot_write(true, cpu, reg, values[i], fast);
				if (!fast[0]) {
					/* nothing was done */
					assert_int_equal(fast[1] | fast[5], 0);
					assert_int_equal(fast[4], 0x77);
					continue;
				}
				taken++;
				assert_true(cpu == 2 || cpu == 3);
				snapshot_write(false, cpu, reg, values[i], slow);
				assert_memory_equal(fast, slow, sizeof(fast));
			}
		}
	}
	assert_true(taken >= 2 * 6);
}

/* Where APIC id and number of a CPU agree: each sender, form and destination, by the rule. */
static void the_short_way_finds_cpus_of_the_own_cell_only(void **state)
{
	static const u32 forms[] = {
		VECTOR, VECTOR | ASSERT_LEVEL, VECTOR | LEVEL, VECTOR | LOGICAL, MODE(LOWEST) | VECTOR,
		MODE(NMI), MODE(INIT), MODE(STARTUP) | VECTOR, SHORTHAND(TO_ALL) | VECTOR,
		SHORTHAND(TO_OTHERS) | VECTOR,
	};
	static const u32 dests[] = { 0, 1, 2, 3, 4, 5, 6, 255, 256, 0x80000002, 0xffffffff };
	unsigned int cpu, f, d;

	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		mock.pcpus[cpu].hw_id = cpu;
	for (cpu = 2; cpu <= 3; cpu++) {
		for (f = 0; f < ARRAY_SIZE(forms); f++) {
			for (d = 0; d < ARRAY_SIZE(dests); d++) {
				bool own = (dests[d] == 2 || dests[d] == 3) && f < 2;

				assert_ptr_equal(vlapic_fast_target(&mock.pcpus[cpu],
								    (u64)dests[d] << 32 | forms[f]),
						 own ? &mock.pcpus[dests[d]] : NULL);
			}
		}
		assert_ptr_equal(vlapic_fast_target(&mock.pcpus[cpu], SHORTHAND(TO_SELF) | VECTOR),
				 &mock.pcpus[cpu]);
	}
	/* a number that another CPU has as its APIC id */
	mock.pcpus[2].hw_id = 3;
	mock.pcpus[3].hw_id = 2;
	assert_null(vlapic_fast_target(&mock.pcpus[2], 3ULL << 32 | VECTOR));
}

static void apic_base_does_not_change_but_for_a_cells_x2apic_wish(void **state)
{
	u64 hw = 0xfee00800, value;

	value = hw;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[0], hw, true, &value), VDEV_OK);
	value = hw | 0x400;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[0], hw, true, &value), VDEV_GP);
	value = 0xfed00800;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[0], hw, true, &value), VDEV_GP);
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, true, &value), VDEV_GP);
	value = hw & ~0x800ULL;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, true, &value), VDEV_GP);
	value = hw | 0x400;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, true, &value), VDEV_OK);
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, false, &value), VDEV_OK);
	assert_int_equal(value, hw | 0x400);
	value = hw;
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, true, &value), VDEV_GP);
	vlapic_reset(&mock.vlapics[2]);
	assert_int_equal(vlapic_base_msr(&mock.vcpus[2], hw, false, &value), VDEV_OK);
	assert_int_equal(value, hw);
}

/* Flat addresses have eight bits. */
static void the_ninth_cpu_has_no_flat_address(void **state)
{
	mock.pcpus[3].id = 9;
	assert_int_equal(mmio_write(2, REG_ICR_HI, 0xfeu << 24), VDEV_OK);
	assert_int_equal(mmio_write(2, REG_ICR, LOGICAL | VECTOR), VDEV_OK);
	assert_int_equal(apic.sent[2], 1);
	assert_int_equal(apic.sent[3], 0);
	assert_int_equal(mmio_write(3, REG_LDR, 0), VDEV_OK);
	assert_int_equal(mmio_write(3, REG_LDR, 1u << 24), VDEV_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_ninth_cpu_has_no_flat_address, setup),
		cmocka_unit_test_setup(xapic_ipis_reach_the_own_cell_only, setup),
		cmocka_unit_test_setup(emulated_x2apic_ipis_reach_the_own_cell_only, setup),
		cmocka_unit_test_setup(native_x2apic_ipis_of_root_reach_root_only, setup),
		cmocka_unit_test_setup(the_message_that_is_sent_is_physical_and_clean, setup),
		cmocka_unit_test_setup(dropped_ipis_are_logged_with_a_limit, setup),
		cmocka_unit_test_setup(startup_carries_its_vector_to_the_target, setup),
		cmocka_unit_test_setup(lost_startup_is_repeated_for_a_while, setup),
		cmocka_unit_test_setup(who_is_called_does_not_wait_for_a_startup, setup),
		cmocka_unit_test_setup(init_deassert_does_nothing, setup),
		cmocka_unit_test_setup(offline_cpus_are_not_reached, setup),
		cmocka_unit_test_setup(self_ipi_register_interrupts_the_own_cpu, setup),
		cmocka_unit_test_setup(icr_reads_back_what_was_written, setup),
		cmocka_unit_test_setup(reserved_bits_of_icr_are_refused, setup),
		cmocka_unit_test_setup(lvts_deliver_fixed_or_nmi_or_are_masked, setup),
		cmocka_unit_test_setup(extended_lvts_are_there_if_the_apic_has_them, setup),
		cmocka_unit_test_setup(root_may_write_back_the_lvt_mode_that_it_found, setup),
		cmocka_unit_test_setup(the_timer_works_in_all_its_modes, setup),
		cmocka_unit_test_setup(the_cmci_lvt_exists_where_the_version_says_so, setup),
		cmocka_unit_test_setup(logical_address_is_the_bit_of_the_cpu, setup),
		cmocka_unit_test_setup(destination_format_stays_flat, setup),
		cmocka_unit_test_setup(the_id_is_read_only, setup),
		cmocka_unit_test_setup(end_of_interrupt_writes_zero, setup),
		cmocka_unit_test_setup(reserved_bits_may_only_be_written_back, setup),
		cmocka_unit_test_setup(registers_that_do_not_exist_read_zero_or_fault, setup),
		cmocka_unit_test_setup(root_has_one_interface_only, setup),
		cmocka_unit_test_setup(the_short_way_does_what_the_long_way_does, setup),
		cmocka_unit_test_setup(the_short_way_finds_cpus_of_the_own_cell_only, setup),
		cmocka_unit_test_setup(apic_base_does_not_change_but_for_a_cells_x2apic_wish,
				       setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
