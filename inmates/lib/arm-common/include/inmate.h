/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Inmate library for ARM64 and ARMv7: what a bare-metal program in a cell includes.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Programs run at EL1, on ARMv7 in supervisor mode, with MMU and caches on. The first 2 MiB and the communication region are mapped one to one; everything else
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
#include <inmate_cpu.h>

/* --- instructions ------------------------------------------------------------------------------------------------ */

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

/** Wait for the next interrupt; it also ends when they are disabled. */
static inline void halt(void)
{
	asm volatile("dsb sy; wfi" : : : "memory");
}

/* One plain load or store each, whose syndrome says everything. */
#define MMIO_ACCESSORS(bits, suffix)							\
static inline u##bits mmio_read##bits(void *address)					\
{											\
	u32 v;										\
											\
	asm volatile("ldr" suffix " " ARM_WORD "0, [%1]" : "=r" (v) : "r" (address) : "memory");	\
	return (u##bits)v;								\
}											\
											\
static inline void mmio_write##bits(void *address, u##bits v)				\
{											\
	asm volatile("str" suffix " " ARM_WORD "0, [%1]" : : "r" (v), "r" (address) : "memory");	\
}
MMIO_ACCESSORS(8, "b")
MMIO_ACCESSORS(16, "h")
MMIO_ACCESSORS(32, "")

/* --- interrupts: ids are those of the GIC ------------------------------------------------------------------------- */

#define TIMER_IRQ		27	/* virtual timer, PPI 11 */
#define NUM_SGIS		16

/** Raise the software-generated interrupt @sgi on the CPU with affinity @mpidr (MPIDR_EL1); GICv2: its Aff0 is the GIC's CPU number. */
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
#define PSCI_CPU_SUSPEND	(0x84000001 | PSCI_64)
#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON		(0x84000003 | PSCI_64)
#define PSCI_AFFINITY_INFO	(0x84000004 | PSCI_64)
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_FEATURES		0x8400000a
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001

#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)

long smc_call(unsigned long function, unsigned long arg1, unsigned long arg2, unsigned long arg3);
long hvc_call(unsigned long function, unsigned long arg1, unsigned long arg2, unsigned long arg3);

/** Switch on the CPU with affinity @mpidr: it calls @entry(@arg) with a stack of its own, MMU on, interrupts off. Returns PSCI's answer. */
long smp_start_cpu(u64 mpidr, void (*entry)(void *arg), void *arg);

/** Affinity of this CPU, as PSCI and the GIC take it. */
static inline u64 cpu_id(void)
{
	return read_sysreg(mpidr_el1) & 0xff00ffffffULL;
}

/* --- exceptions --------------------------------------------------------------------------------------------------- */

/**
 * Run @code(@arg), in which an exception is no error: the instruction that raises one is skipped. Returns what is known of the last
 * exception, 0 if there was none: ARM64: ESR_EL1; ARMv7: number of the vector (1 undefined, 3 prefetch abort, 4 data abort). One CPU at a time.
 */
u64 excp_try(void (*code)(void *arg), void *arg);

#endif /* INMATE_H */
