/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Inmate library for ARMv7: what a bare-metal program in a cell includes.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Programs run in supervisor mode with MMU and caches on. The first 2 MiB and the communication region are mapped one to one; everything else
 * needs map_range().
 */
#ifndef INMATE_H
#define INMATE_H

#define PAGE_SIZE		(4096UL)
#define PAGE_MASK		(~(PAGE_SIZE - 1))
#define HUGE_PAGE_SIZE		(2UL * 1024 * 1024)
#define HUGE_PAGE_MASK		(~(HUGE_PAGE_SIZE - 1))

/** Where cell configurations place the communication region for inmates of this library. */
#define COMM_REGION_BASE	0x80000000

#include <inmate_common.h>
#include <asm/jailhouse_hypercall.h>

/* --- instructions ------------------------------------------------------------------------------------------------ */

/*
 * System registers have the names of AArch64 (ARM DDI 0487, G1.20), for code that is the same on both.
 */
#define CP15_READ(op1, crn, crm, op2) ({									\
	u32 _value;												\
	asm volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r" (_value) : : "memory");		\
	_value;													\
})
#define CP15_WRITE(value, op1, crn, crm, op2) \
	asm volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : : "r" ((u32)(value)) : "memory")
#define CP15_READ64(op1, crm) ({										\
	u64 _value;												\
	asm volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm : "=r" (_value) : : "memory");			\
	_value;													\
})
#define CP15_WRITE64(value, op1, crm) \
	asm volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm : : "r" ((u64)(value)) : "memory")

#define SYSREG_cntfrq_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c0, 0)
#define SYSREG_cntp_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c2, 1)
#define SYSREG_cntv_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c3, 1)
#define SYSREG_ctr_el0(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c0, 1)
#define SYSREG_dfar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 0)
#define SYSREG_dfsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 0)
#define SYSREG_ifar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 2)
#define SYSREG_ifsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 1)
#define SYSREG_mair0(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c2, 0)
#define SYSREG_mpidr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c0, c0, 5)
#define SYSREG_sctlr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 0)
#define SYSREG_tcr_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c2, c0, 2)
#define SYSREG_vbar_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c12, c0, 0)
#define SYSREG_cntv_cval_el0(x, ...)	x(CP15_64, __VA_ARGS__, 3, c14)
#define SYSREG_cntvct_el0(x, ...)	x(CP15_64, __VA_ARGS__, 1, c14)
#define SYSREG_ttbr0_el1(x, ...)	x(CP15_64, __VA_ARGS__, 0, c2)
#define SYSREG_ICC_EOIR1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 1)
#define SYSREG_ICC_IAR1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 0)
#define SYSREG_ICC_IGRPEN1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 7)
#define SYSREG_ICC_PMR_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c4, c6, 0)
#define SYSREG_ICC_SRE_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 5)
#define SYSREG_ICC_SGI1R_EL1(x, ...)	x(CP15_64, __VA_ARGS__, 0, c12)

#define SYSREG_READ_CP15(unused, ...)		((u64)CP15_READ(__VA_ARGS__))
#define SYSREG_READ_CP15_64(unused, ...)	CP15_READ64(__VA_ARGS__)
#define SYSREG_READ(kind, ...)			SYSREG_READ_##kind(__VA_ARGS__)
#define SYSREG_WRITE_CP15(value, ...)		CP15_WRITE(value, __VA_ARGS__)
#define SYSREG_WRITE_CP15_64(value, ...)	CP15_WRITE64(value, __VA_ARGS__)
#define SYSREG_WRITE(kind, ...)			SYSREG_WRITE_##kind(__VA_ARGS__)

#define read_sysreg(name)		SYSREG_##name(SYSREG_READ, 0)
#define write_sysreg(name, value)	SYSREG_##name(SYSREG_WRITE, value)

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

static inline void memory_barrier(void)
{
	asm volatile("dmb ish" : : : "memory");
}

static inline void enable_irqs(void)
{
	asm volatile("cpsie i" : : : "memory");
}

static inline void disable_irqs(void)
{
	asm volatile("cpsid i" : : : "memory");
}

/** Disable interrupts; for irq_restore(). */
static inline unsigned long irq_save(void)
{
	unsigned long flags;

	asm volatile("mrs %0, cpsr; cpsid i" : "=r" (flags) : : "memory");
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	asm volatile("msr cpsr_c, %0" : : "r" (flags) : "memory");
}

/** Wait for the next interrupt; it also ends when they are disabled. */
static inline void halt(void)
{
	asm volatile("dsb sy; wfi" : : : "memory");
}

/* One plain load or store each, whose syndrome says everything. */
static inline u8 mmio_read8(void *address)
{
	u32 v;

	asm volatile("ldrb %0, [%1]" : "=r" (v) : "r" (address) : "memory");
	return (u8)v;
}

static inline u16 mmio_read16(void *address)
{
	u32 v;

	asm volatile("ldrh %0, [%1]" : "=r" (v) : "r" (address) : "memory");
	return (u16)v;
}

static inline u32 mmio_read32(void *address)
{
	u32 v;

	asm volatile("ldr %0, [%1]" : "=r" (v) : "r" (address) : "memory");
	return v;
}

/* Two accesses, the lower half first. */
static inline u64 mmio_read64(void *address)
{
	u32 low = mmio_read32(address);

	return (u64)mmio_read32((u8 *)address + 4) << 32 | low;
}

static inline void mmio_write8(void *address, u8 v)
{
	asm volatile("strb %0, [%1]" : : "r" (v), "r" (address) : "memory");
}

static inline void mmio_write16(void *address, u16 v)
{
	asm volatile("strh %0, [%1]" : : "r" (v), "r" (address) : "memory");
}

static inline void mmio_write32(void *address, u32 v)
{
	asm volatile("str %0, [%1]" : : "r" (v), "r" (address) : "memory");
}

static inline void mmio_write64(void *address, u64 v)
{
	mmio_write32(address, (u32)v);
	mmio_write32((u8 *)address + 4, (u32)(v >> 32));
}

/* --- interrupts: ids are those of the GIC ------------------------------------------------------------------------- */

#define TIMER_IRQ		27	/* virtual timer, PPI 11 */
#define NUM_SGIS		16

/** Raise the software-generated interrupt @sgi on the CPU with affinity @mpidr (MPIDR); GICv2: its Aff0 is the GIC's CPU number. */
void gic_send_sgi(u64 mpidr, unsigned int sgi);

/** Take one pending interrupt, if there is one, without waiting for it to be let through. Returns its id, or -1. */
int irq_poll(void);

/* --- time: the virtual counter and timer -------------------------------------------------------------------------- */

u64 timer_get_frequency(void);
u64 timer_get_ticks(void);
u64 timer_ticks_to_ns(u64 ticks);
/** TIMER_IRQ in @timeout ticks; from then on the program owns the timer. It fires until it is started again or stopped. */
void timer_start(u64 timeout);
void timer_stop(void);

/* --- PSCI (ARM DEN0022), by SMC ------------------------------------------------------------------------------------ */

#define PSCI_VERSION		0x84000000
#define PSCI_CPU_SUSPEND	0xc4000001
#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON		0x84000003
#define PSCI_AFFINITY_INFO	0x84000004
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_FEATURES		0x8400000a
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001

#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)

long smc_call(u32 function, u32 arg1, u32 arg2, u32 arg3);
long hvc_call(u32 function, u32 arg1, u32 arg2, u32 arg3);

/** Switch on the CPU with affinity @mpidr: it calls @entry(@arg) with a stack of its own, MMU on, interrupts off. Returns PSCI's answer. */
long smp_start_cpu(u64 mpidr, void (*entry)(void *arg), void *arg);

/** Affinity of this CPU, as PSCI and the GIC take it. */
static inline u64 cpu_id(void)
{
	return read_sysreg(mpidr_el1) & 0xffffff;
}

/* --- exceptions --------------------------------------------------------------------------------------------------- */

/**
 * Run @code(@arg), in which an exception is no error: the instruction that raises one is skipped. Returns the number of the
 * vector of the last exception (1 undefined, 3 prefetch abort, 4 data abort), 0 if there was none. One CPU at a time.
 */
u64 excp_try(void (*code)(void *arg), void *arg);

#endif /* INMATE_H */
