/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysregs - what <arch/cpu.h> has on ARMv7 alone.
 *
 * System registers have the names of AArch64, to which the architecture maps them (ARM DDI 0487, G1.20),
 * so that code for both reads and writes them alike; encodings of ARM DDI 0406, B3.17 and B8.2.
 */
#ifndef ARCH_SYSREGS_H
#define ARCH_SYSREGS_H

#include <hv/types.h>

#define CP15_READ(op1, crn, crm, op2)								\
({												\
	u32 value_;										\
	__asm__ volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2			\
			 : "=r"(value_) :: "memory");						\
	value_;											\
})
#define CP15_WRITE(value, op1, crn, crm, op2)							\
	__asm__ volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2			\
			 : : "r"((u32)(value)) : "memory")
#define CP15_READ64(op1, crm)									\
({												\
	u64 value_;										\
	__asm__ volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm : "=r"(value_) :: "memory");	\
	value_;											\
})
#define CP15_WRITE64(value, op1, crm)								\
	__asm__ volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm : : "r"((u64)(value)) : "memory")
#define MSR_WRITE(value, reg)									\
	__asm__ volatile("msr " #reg ", %0" : : "r"((u32)(value)) : "memory")

/* x(kind, arguments …): how a register is reached */
#define SYSREG_actlr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 1)
#define SYSREG_amair0(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c3, 0)
#define SYSREG_amair1(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c3, 1)
#define SYSREG_cnthctl_el2(x, ...)	x(CP15, __VA_ARGS__, 4, c14, c1, 0)
#define SYSREG_cntfrq_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c0, 0)
#define SYSREG_cntkctl_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c1, 0)
#define SYSREG_cntp_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c2, 1)
#define SYSREG_cntv_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c3, 1)
#define SYSREG_contextidr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c13, c0, 1)
#define SYSREG_cpacr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 2)
#define SYSREG_cptr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c1, c1, 2)
#define SYSREG_csselr_el1(x, ...)	x(CP15, __VA_ARGS__, 2, c0, c0, 0)
#define SYSREG_ctr_el0(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c0, 1)
#define SYSREG_dacr(x, ...)		x(CP15, __VA_ARGS__, 0, c3, c0, 0)
#define SYSREG_dfar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 0)
#define SYSREG_dfsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 0)
#define SYSREG_adfsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c1, 0)
#define SYSREG_aifsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c1, 1)
#define SYSREG_esr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c5, c2, 0)
#define SYSREG_far_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c6, c0, 0)	/* HDFAR */
#define SYSREG_hifar(x, ...)		x(CP15, __VA_ARGS__, 4, c6, c0, 2)
#define SYSREG_fcseidr(x, ...)		x(CP15, __VA_ARGS__, 0, c13, c0, 0)
#define SYSREG_hcr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c1, c1, 0)
#define SYSREG_hpfar_el2(x, ...)	x(CP15, __VA_ARGS__, 4, c6, c0, 4)
#define SYSREG_hstr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c1, c1, 3)
#define SYSREG_id_dfr0(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c1, 2)
#define SYSREG_id_pfr0(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c1, 0)
#define SYSREG_id_pfr1(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c1, 1)
#define SYSREG_ifar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 2)
#define SYSREG_ifsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 1)
#define SYSREG_mair0(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c2, 0)
#define SYSREG_mair1(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c2, 1)
#define SYSREG_mdcr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c1, c1, 1)
#define SYSREG_midr_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c0, 0)
#define SYSREG_mpidr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c0, c0, 5)
#define SYSREG_pmcntenclr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c12, 2)
#define SYSREG_pmcr_el0(x, ...)		x(CP15, __VA_ARGS__, 0, c9, c12, 0)
#define SYSREG_pmovsclr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c12, 3)
#define SYSREG_pmselr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c12, 5)
#define SYSREG_pmccntr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c13, 0)
#define SYSREG_pmxevtyper_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c13, 1)
#define SYSREG_pmxevcntr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c13, 2)
#define SYSREG_pmuserenr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c14, 0)
#define SYSREG_pmintenclr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c9, c14, 2)
#define SYSREG_sctlr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 0)
#define SYSREG_sctlr_el2(x, ...)	x(CP15, __VA_ARGS__, 4, c1, c0, 0)
#define SYSREG_tcr_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c2, c0, 2)
#define SYSREG_tpidr_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c13, c0, 2)
#define SYSREG_tpidr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c13, c0, 4)
#define SYSREG_tpidrro_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c13, c0, 3)
#define SYSREG_vbar_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c12, c0, 0)
#define SYSREG_vbar_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c12, c0, 0)
#define SYSREG_vmpidr_el2(x, ...)	x(CP15, __VA_ARGS__, 4, c0, c0, 5)
#define SYSREG_vpidr_el2(x, ...)	x(CP15, __VA_ARGS__, 4, c0, c0, 0)
#define SYSREG_vtcr_el2(x, ...)		x(CP15, __VA_ARGS__, 4, c2, c1, 2)

#define SYSREG_cntp_cval_el0(x, ...)	x(CP15_64, __VA_ARGS__, 2, c14)
#define SYSREG_cntv_cval_el0(x, ...)	x(CP15_64, __VA_ARGS__, 3, c14)
#define SYSREG_cntvct_el0(x, ...)	x(CP15_64, __VA_ARGS__, 1, c14)
#define SYSREG_cntvoff_el2(x, ...)	x(CP15_64, __VA_ARGS__, 4, c14)
#define SYSREG_par_el1(x, ...)		x(CP15_64, __VA_ARGS__, 0, c7)
#define SYSREG_ttbr0_el1(x, ...)	x(CP15_64, __VA_ARGS__, 0, c2)
#define SYSREG_ttbr0_el2(x, ...)	x(CP15_64, __VA_ARGS__, 4, c2)
#define SYSREG_ttbr1_el1(x, ...)	x(CP15_64, __VA_ARGS__, 1, c2)
#define SYSREG_vttbr_el2(x, ...)	x(CP15_64, __VA_ARGS__, 6, c2)

#define SYSREG_elr_el2(x, ...)		x(MRS, __VA_ARGS__, elr_hyp)
/* HYP mode's own, which has no other name there */
#define SYSREG_spsr_el2(x, ...)		x(SPSR, __VA_ARGS__)

#define SYSREG_READ_CP15(unused, ...)		((u64)CP15_READ(__VA_ARGS__))
#define SYSREG_READ_CP15_64(unused, ...)	CP15_READ64(__VA_ARGS__)
#define SYSREG_READ_MRS(unused, ...)		((u64)MRS_READ(__VA_ARGS__))
#define SYSREG_READ_SPSR(...)		((u64)MRS_READ(spsr))
#define SYSREG_READ(kind, ...)			SYSREG_READ_##kind(__VA_ARGS__)
#define SYSREG_WRITE_CP15(value, ...)		CP15_WRITE(value, __VA_ARGS__)
#define SYSREG_WRITE_CP15_64(value, ...)	CP15_WRITE64(value, __VA_ARGS__)
#define SYSREG_WRITE_MRS(value, ...)		MSR_WRITE(value, __VA_ARGS__)
#define SYSREG_WRITE_SPSR(value, ...)		MSR_WRITE(value, spsr_cxsf)
#define SYSREG_WRITE(kind, ...)			SYSREG_WRITE_##kind(__VA_ARGS__)

#define read_sysreg(name)		SYSREG_##name(SYSREG_READ, 0)
#define write_sysreg(value, name)	SYSREG_##name(SYSREG_WRITE, value)

#define MMIO_ACCESSORS(bits, insn)							\
static inline u##bits mmio_read##bits(const volatile void *p)				\
{											\
	u##bits v;									\
	__asm__ volatile("ldr" insn " %0, [%1]" : "=r"(v) : "r"(p) : "memory");		\
	return v;									\
}											\
static inline void mmio_write##bits(volatile void *p, u##bits v)			\
{											\
	__asm__ volatile("str" insn " %0, [%1]" : : "r"(v), "r"(p) : "memory");		\
}
MMIO_ACCESSORS(8, "b")
MMIO_ACCESSORS(16, "h")
MMIO_ACCESSORS(32, "")

/* Two words, the lower one first: no register of a device with 64 bits is there that would mind. */
static inline u64 mmio_read64(const volatile void *p)
{
	u32 low = mmio_read32(p);

	return (u64)mmio_read32((const volatile u8 *)p + 4) << 32 | low;
}

static inline void mmio_write64(volatile void *p, u64 v)
{
	mmio_write32(p, v);
	mmio_write32((volatile u8 *)p + 4, v >> 32);
}

/** Clean and invalidate the line of @address to the point of coherency: DCCIMVAC. */
static inline void dcache_flush_line(unsigned long address) { CP15_WRITE(address, 0, c7, c14, 1); }

#endif /* ARCH_SYSREGS_H */
