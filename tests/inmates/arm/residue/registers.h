/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Registers of ARMv7 that change their owner with the CPU (ARM DDI 0406, B3.17, B9.2.3, C11.12; D1 for ThumbEE and Jazelle). What the CPU may
 * lack comes last: its exception changes LR and SPSR of undefined mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef RESIDUE_REGISTERS_H
#define RESIDUE_REGISTERS_H

#include <inmate.h>

#define PATTERN		0xa5a5a5a5a5a5a5a5ULL
#define VECTOR_WORDS	32

#define CP14_READ(op1, crn, crm, op2) ({									\
	u32 _r;													\
	asm volatile("mrc p14, " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r" (_r) : : "memory");		\
	_r;													\
})
#define CP14_WRITE(value, op1, crn, crm, op2) \
	asm volatile("mcr p14, " #op1 ", %0, " #crn ", " #crm ", " #op2 : : "r" ((u32)(value)) : "memory")
#define BANKED_READ(name) ({											\
	u32 _r;													\
	asm volatile(".arch_extension virt\n\tmrs %0, " #name : "=r" (_r) : : "memory");			\
	_r;													\
})
#define BANKED_WRITE(value, name) \
	asm volatile(".arch_extension virt\n\tmsr " #name ", %0" : : "r" ((u32)(value)) : "memory")

/* A mode's own registers have no other name in it. */
#define OWN_SPSR_READ() ({											\
	u32 _r;													\
	asm volatile("mrs %0, spsr" : "=r" (_r) : : "memory");							\
	_r;													\
})
#define OWN_SPSR_WRITE(value)	asm volatile("msr spsr_cxsf, %0" : : "r" ((u32)(value)) : "memory")

#define BANKED(x, name)		x(name, BANKED_READ(name), BANKED_WRITE(_v, name))
#define CP15(x, name, ...)	x(name, CP15_READ(__VA_ARGS__), CP15_WRITE(_v, __VA_ARGS__))
#define CP15_64(x, name, ...)	x(name, CP15_READ64(__VA_ARGS__), CP15_WRITE64(_v, __VA_ARGS__))
#define CP14(x, name, ...)	x(name, CP14_READ(__VA_ARGS__), CP14_WRITE(_v, __VA_ARGS__))
/* Bit 0 enables: it stays off. */
#define BREAK(x, n)		CP14(x, dbgbvr##n, 0, c0, c##n, 4) x(dbgbcr##n, CP14_READ(0, c0, c##n, 5), CP14_WRITE(_v & ~1ULL, 0, c0, c##n, 5))
#define WATCH(x, n)		CP14(x, dbgwvr##n, 0, c0, c##n, 6) x(dbgwcr##n, CP14_READ(0, c0, c##n, 7), CP14_WRITE(_v & ~1ULL, 0, c0, c##n, 7))
/* Event counters are reached through the one that is selected; number 31 counts cycles. */
#define COUNTER_TYPE(x, n)									\
	x(pmevtyper##n, ({ CP15_WRITE(n, 0, c9, c12, 5); isb(); CP15_READ(0, c9, c13, 1); }),	\
	  CP15_WRITE(n, 0, c9, c12, 5); isb(); CP15_WRITE(_v, 0, c9, c13, 1))
#define COUNTER(x, n)	COUNTER_TYPE(x, n)							\
	x(pmevcntr##n, ({ CP15_WRITE(n, 0, c9, c12, 5); isb(); CP15_READ(0, c9, c13, 2); }),	\
	  CP15_WRITE(n, 0, c9, c12, 5); isb(); CP15_WRITE(_v, 0, c9, c13, 2))

#define REGISTERS(x)										\
	BANKED(x, sp_usr) BANKED(x, lr_usr) BANKED(x, sp_irq) BANKED(x, lr_irq) BANKED(x, spsr_irq) x(spsr_svc, OWN_SPSR_READ(), OWN_SPSR_WRITE(_v))	\
	BANKED(x, sp_abt) BANKED(x, lr_abt) BANKED(x, spsr_abt) BANKED(x, sp_und) BANKED(x, lr_und) BANKED(x, spsr_und)	\
	BANKED(x, r8_fiq) BANKED(x, r9_fiq) BANKED(x, r10_fiq) BANKED(x, r11_fiq) BANKED(x, r12_fiq) BANKED(x, sp_fiq)	\
	BANKED(x, lr_fiq) BANKED(x, spsr_fiq)							\
	CP15(x, tpidrurw, 0, c13, c0, 2) CP15(x, tpidruro, 0, c13, c0, 3) CP15(x, tpidrprw, 0, c13, c0, 4)	\
	CP15(x, contextidr, 0, c13, c0, 1) CP15(x, fcseidr, 0, c13, c0, 0) CP15(x, dacr, 0, c3, c0, 0)		\
	CP15(x, dfsr, 0, c5, c0, 0) CP15(x, ifsr, 0, c5, c0, 1) CP15(x, adfsr, 0, c5, c1, 0) CP15(x, aifsr, 0, c5, c1, 1)	\
	CP15(x, dfar, 0, c6, c0, 0) CP15(x, ifar, 0, c6, c0, 2) CP15(x, mair1, 0, c10, c2, 1)	\
	CP15(x, amair0, 0, c10, c3, 0) CP15(x, amair1, 0, c10, c3, 1) CP15_64(x, par, 0, c7) CP15_64(x, ttbr1, 1, c2)	\
	CP15(x, csselr, 2, c0, c0, 0) CP15(x, cpacr, 0, c1, c0, 2) CP15(x, cntkctl, 0, c14, c1, 0)	\
	CP15(x, cntv_ctl, 0, c14, c3, 1) CP15_64(x, cntv_cval, 3, c14) CP15(x, cntp_ctl, 0, c14, c2, 1) CP15_64(x, cntp_cval, 2, c14)	\
	x(dbgdscr, CP14_READ(0, c0, c2, 2) & 1 << 12, CP14_WRITE(_v ? 1 << 12 : 0, 0, c0, c2, 2))	\
	BREAK(x, 0) BREAK(x, 1) BREAK(x, 5) WATCH(x, 0) WATCH(x, 3)				\
	x(pmcr, CP15_READ(0, c9, c12, 0) & 0x3f, CP15_WRITE(_v & 0x20, 0, c9, c12, 0)) CP15(x, pmselr, 0, c9, c12, 5)	\
	CP15(x, pmuserenr, 0, c9, c14, 0) CP15(x, pmccntr, 0, c9, c13, 0)			\
	x(pmcnten, CP15_READ(0, c9, c12, 1), CP15_WRITE(~_v, 0, c9, c12, 2); CP15_WRITE(_v, 0, c9, c12, 1))	\
	x(pminten, CP15_READ(0, c9, c14, 1), CP15_WRITE(~_v, 0, c9, c14, 2); CP15_WRITE(_v, 0, c9, c14, 1))	\
	x(pmovs, CP15_READ(0, c9, c12, 3), CP15_WRITE(~_v, 0, c9, c12, 3); CP15_WRITE(_v, 0, c9, c14, 3))	\
	COUNTER(x, 0) COUNTER(x, 3) COUNTER_TYPE(x, 31)						\
	CP14(x, teecr, 6, c0, c0, 0) CP14(x, teehbr, 6, c1, c0, 0) CP14(x, joscr, 7, c1, c0, 0) CP14(x, jmcr, 7, c2, c0, 0)	\
	CP14(x, dbgvcr, 0, c0, c7, 0) CP14(x, dbgosdlr, 0, c1, c3, 4) CP14(x, dbgdtrtx, 0, c0, c3, 2)	\
	CP14(x, dbgdtrrx, 0, c0, c0, 2) CP14(x, dbgbxvr5, 0, c1, c5, 1)

/* Not those that would interrupt, trap or move this program (FCSE, which QEMU has), and not the lock of the debug registers. */
static inline bool may_fill(const char *name)
{
	return strncmp(name, "cnt", 3) && strncmp(name, "cpacr", 5) && strncmp(name, "dbgosdlr", 8) && strncmp(name, "fcseidr", 7);
}

#define FPEXC_EN	(1U << 30)
#define FPSCR_VALUE	0xfbc0009fU

/* The register that switches FP on is looked at, too. */
static inline void read_vectors(u64 *vectors, u64 *fp)
{
	write_sysreg(cpacr_el1, 0xf << 20);
	isb();
	asm volatile(".fpu neon-vfpv4\n\t"
		     "vmrs r4, fpexc\n\t"
		     "vmsr fpexc, %2\n\t"
		     "vmrs r5, fpscr\n\t"
		     "strd r4, r5, [%1]\n\t"
		     ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		     "vstr d\\n, [%0, #8 * \\n]\n\t"
		     ".endr" : : "r" (vectors), "r" (fp), "r" (FPEXC_EN) : "r4", "r5", "memory");
	fp[1] = fp[0] >> 32;
	fp[0] &= 0xffffffff;
}

static inline void fill_vectors(void)
{
	write_sysreg(cpacr_el1, 0xf << 20);
	isb();
	asm volatile(".fpu neon-vfpv4\n\t"
		     "vmsr fpexc, %2\n\t"
		     ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		     "vmov d\\n, %0, %0\n\t"
		     ".endr\n\t"
		     "vmsr fpscr, %1" : : "r" ((u32)PATTERN), "r" (FPSCR_VALUE), "r" (FPEXC_EN) : "memory");
}

#endif /* RESIDUE_REGISTERS_H */
