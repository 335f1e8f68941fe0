// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Registers that are banked for other modes (ARM DDI 0406, B9.2.3), SPSR of the own one, CP15's and those of ThumbEE.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pattern/pattern.h>

/* x(name, read, write) */
#define CP15(x, name, ...)	x(name, CP15_READ(__VA_ARGS__), CP15_WRITE(_v, __VA_ARGS__))
#define CP15_64(x, name, ...)	x(name, CP15_READ64(__VA_ARGS__), CP15_WRITE64(_v, __VA_ARGS__))
#define BANKED(x, name)		x(name, read_banked(#name), write_banked(#name, _v))
#define CP14_6(x, name, crn)	x(name, read_cp14_6(#crn), write_cp14_6(#crn, _v))
#define read_banked(name) ({							\
	u32 _b;									\
	asm volatile(".arch_extension virt\n\tmrs %0, " name : "=r" (_b) : : "memory");	\
	_b;									\
})
#define write_banked(name, value) \
	asm volatile(".arch_extension virt\n\tmsr " name ", %0" : : "r" ((u32)(value)) : "memory")
/* A mode's own registers have no other name in it. */
#define read_own_spsr() ({							\
	u32 _b;									\
	asm volatile("mrs %0, spsr" : "=r" (_b) : : "memory");			\
	_b;									\
})
#define write_own_spsr(value)	asm volatile("msr spsr_cxsf, %0" : : "r" ((u32)(value)) : "memory")
#define read_cp14_6(crn) ({							\
	u32 _b;									\
	asm volatile("mrc p14, 6, %0, " crn ", c0, 0" : "=r" (_b) : : "memory");	\
	_b;									\
})
#define write_cp14_6(crn, value) \
	asm volatile("mcr p14, 6, %0, " crn ", c0, 0" : : "r" ((u32)(value)) : "memory")

#define INTERRUPT_REGISTERS(x)	BANKED(x, lr_irq) BANKED(x, spsr_irq)
#define FREE_REGISTERS(x)							\
	INTERRUPT_REGISTERS(x)							\
	BANKED(x, sp_usr) BANKED(x, lr_usr) BANKED(x, sp_irq) x(spsr_svc, read_own_spsr(), write_own_spsr(_v)) BANKED(x, sp_abt) BANKED(x, lr_abt)	\
	BANKED(x, spsr_abt) BANKED(x, sp_und) BANKED(x, lr_und) BANKED(x, spsr_und) BANKED(x, r8_fiq) BANKED(x, r9_fiq)	\
	BANKED(x, r10_fiq) BANKED(x, r11_fiq) BANKED(x, r12_fiq) BANKED(x, sp_fiq) BANKED(x, lr_fiq) BANKED(x, spsr_fiq)	\
	CP15(x, tpidrurw, 0, c13, c0, 2) CP15(x, tpidruro, 0, c13, c0, 3) CP15(x, tpidrprw, 0, c13, c0, 4)	\
	CP15(x, contextidr, 0, c13, c0, 1) CP15(x, dacr, 0, c3, c0, 0) CP15(x, dfsr, 0, c5, c0, 0) CP15(x, ifsr, 0, c5, c0, 1)	\
	CP15(x, adfsr, 0, c5, c1, 0) CP15(x, aifsr, 0, c5, c1, 1) CP15(x, dfar, 0, c6, c0, 0) CP15(x, ifar, 0, c6, c0, 2)	\
	CP15(x, mair1, 0, c10, c2, 1) CP15(x, amair0, 0, c10, c3, 0) CP15(x, amair1, 0, c10, c3, 1)	\
	CP15_64(x, par, 0, c7) CP15_64(x, ttbr1, 1, c2) CP14_6(x, teehbr, c1)
#define USED_REGISTERS(x)							\
	CP15(x, csselr, 2, c0, c0, 0) CP15(x, cntkctl, 0, c14, c1, 0) CP15(x, sctlr, 0, c1, c0, 0) CP15(x, actlr, 0, c1, c0, 1)	\
	CP15(x, cpacr, 0, c1, c0, 2) CP15(x, ttbcr, 0, c2, c0, 2) CP15_64(x, ttbr0, 0, c2) CP15(x, mair0, 0, c10, c2, 0)	\
	CP15(x, vbar, 0, c12, c0, 0) CP15(x, cntv_ctl, 0, c14, c3, 1) CP15_64(x, cntv_cval, 3, c14)

#define NAME(name, read, write)	#name,
#define COUNT(name, read, write)	+1
const char *const names[] = { FREE_REGISTERS(NAME) USED_REGISTERS(NAME) NULL };
#define NUM_ALL		(0 FREE_REGISTERS(COUNT) USED_REGISTERS(COUNT))
_Static_assert(NUM_ALL < MAX_REGISTERS, "pattern.h");

void read_system_registers(u64 *values)
{
	u64 *v = values;

#define READ(name, read, write)	*v++ = read;
	FREE_REGISTERS(READ)
	USED_REGISTERS(READ)
}

void fill_system_registers(void)
{
	u64 _v = 0x5a5a5a5a5a5a5a5aULL;

#define WRITE(name, read, write)	write; _v = _v * 3 + 0x0123456789abcdefULL;
	FREE_REGISTERS(WRITE)
	CP15_WRITE(1, 2, c0, c0, 0);	/* CSSELR */
	CP15_WRITE(3, 0, c14, c1, 0);	/* CNTKCTL */
	isb();
}

/* Where it came from is in LR and SPSR of the interrupt's mode, which has no other use here. */
void undo_exception(struct frame *f, const u64 *before)
{
	const u64 *v = before;
	u64 _v;

	disable_irqs();
#define RESTORE(name, read, write)	_v = *v++; write;
	INTERRUPT_REGISTERS(RESTORE)
	CP15_WRITE64(before[NUM_ALL - 1], 3, c14);	/* CNTV_CVAL */
	isb();
}

void use_registers(void)
{
	write_sysreg(cpacr_el1, 0xf << 20);	/* FP and SIMD */
	isb();
	asm volatile(".fpu vfpv4\n\tvmsr fpexc, %0" : : "r" (1 << 30) : "memory");
	write_sysreg(vbar_el1, (u32)pattern_vectors);
	isb();
}
