/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Inmate library for x86: what a bare-metal program in a cell includes.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Works for 64-bit programs (long mode, first 2 MiB mapped one to one) and 32-bit ones (flat protected mode, no paging).
 */
#ifndef INMATE_H
#define INMATE_H

#define PAGE_SIZE		(4096UL)
#define PAGE_MASK		(~(PAGE_SIZE - 1))
#define HUGE_PAGE_SIZE		(2UL * 1024 * 1024)
#define HUGE_PAGE_MASK		(~(HUGE_PAGE_SIZE - 1))

/** Where cell configurations place the communication region for inmates of this library. */
#define COMM_REGION_BASE	0x100000

#include <inmate_common.h>
#include <asm/jailhouse_hypercall.h>

/* --- instructions ------------------------------------------------------------------------------------------------ */

static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void memory_barrier(void)
{
	asm volatile("mfence" : : : "memory");
}

static inline void enable_irqs(void)
{
	asm volatile("sti" : : : "memory");
}

static inline void disable_irqs(void)
{
	asm volatile("cli" : : : "memory");
}

/** Wait for the next interrupt; they must be enabled. */
static inline void halt(void)
{
	asm volatile("hlt" : : : "memory");
}

static inline u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a" (v) : "Nd" (port) : "memory");
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	asm volatile("inw %1, %0" : "=a" (v) : "Nd" (port) : "memory");
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	asm volatile("inl %1, %0" : "=a" (v) : "Nd" (port) : "memory");
	return v;
}

static inline void outb(u8 v, u16 port)
{
	asm volatile("outb %0, %1" : : "a" (v), "Nd" (port) : "memory");
}

static inline void outw(u16 v, u16 port)
{
	asm volatile("outw %0, %1" : : "a" (v), "Nd" (port) : "memory");
}

static inline void outl(u32 v, u16 port)
{
	asm volatile("outl %0, %1" : : "a" (v), "Nd" (port) : "memory");
}

/* One plain MOV each, so that an emulated access sees a simple instruction. */
static inline u8 mmio_read8(void *address)
{
	u8 v;

	asm volatile("movb (%1), %0" : "=q" (v) : "r" (address) : "memory");
	return v;
}

static inline u16 mmio_read16(void *address)
{
	u16 v;

	asm volatile("movw (%1), %0" : "=r" (v) : "r" (address) : "memory");
	return v;
}

static inline u32 mmio_read32(void *address)
{
	u32 v;

	asm volatile("movl (%1), %0" : "=r" (v) : "r" (address) : "memory");
	return v;
}

static inline void mmio_write8(void *address, u8 v)
{
	asm volatile("movb %0, (%1)" : : "q" (v), "r" (address) : "memory");
}

static inline void mmio_write16(void *address, u16 v)
{
	asm volatile("movw %0, (%1)" : : "r" (v), "r" (address) : "memory");
}

static inline void mmio_write32(void *address, u32 v)
{
	asm volatile("movl %0, (%1)" : : "r" (v), "r" (address) : "memory");
}

#ifdef __x86_64__
static inline u64 mmio_read64(void *address)
{
	u64 v;

	asm volatile("movq (%1), %0" : "=r" (v) : "r" (address) : "memory");
	return v;
}

static inline void mmio_write64(void *address, u64 v)
{
	asm volatile("movq %0, (%1)" : : "r" (v), "r" (address) : "memory");
}
#else
/* Two accesses, low half first. */
static inline u64 mmio_read64(void *address)
{
	u32 low = mmio_read32(address);

	return low | ((u64)mmio_read32((u8 *)address + 4) << 32);
}

static inline void mmio_write64(void *address, u64 v)
{
	mmio_write32(address, (u32)v);
	mmio_write32((u8 *)address + 4, v >> 32);
}
#endif

static inline void cpuid(u32 leaf, u32 subleaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	asm volatile("cpuid"
		     : "=a" (*eax), "=b" (*ebx), "=c" (*ecx), "=d" (*edx)
		     : "a" (leaf), "c" (subleaf) : "memory");
}

#define CPUID_REG(reg) \
static inline u32 cpuid_##reg(u32 leaf, u32 subleaf) \
{ \
	u32 eax, ebx, ecx, edx; \
\
	cpuid(leaf, subleaf, &eax, &ebx, &ecx, &edx); \
	return reg; \
}

CPUID_REG(eax)
CPUID_REG(ebx)
CPUID_REG(ecx)
CPUID_REG(edx)
#undef CPUID_REG

static inline u64 read_msr(unsigned int msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a" (low), "=d" (high) : "c" (msr) : "memory");
	return low | ((u64)high << 32);
}

static inline void write_msr(unsigned int msr, u64 v)
{
	asm volatile("wrmsr" : : "c" (msr), "a" ((u32)v), "d" ((u32)(v >> 32)) : "memory");
}

#define CONTROL_REGISTER(name) \
static inline unsigned long read_##name(void) \
{ \
	unsigned long v; \
\
	asm volatile("mov %%" #name ", %0" : "=r" (v) : : "memory"); \
	return v; \
} \
\
static inline void write_##name(unsigned long v) \
{ \
	asm volatile("mov %0, %%" #name : : "r" (v) : "memory"); \
}

CONTROL_REGISTER(cr0)
CONTROL_REGISTER(cr2)
CONTROL_REGISTER(cr3)
CONTROL_REGISTER(cr4)
#undef CONTROL_REGISTER

static inline u64 xgetbv(u32 index)
{
	u32 low, high;

	asm volatile("xgetbv" : "=a" (low), "=d" (high) : "c" (index) : "memory");
	return low | ((u64)high << 32);
}

static inline void xsetbv(u32 index, u64 v)
{
	asm volatile("xsetbv" : : "c" (index), "a" ((u32)v), "d" ((u32)(v >> 32)) : "memory");
}

/** Time-stamp counter, not overtaken by earlier loads. */
static inline u64 rdtsc(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return low | ((u64)high << 32);
}

#define X86_CR0_MP		(1UL << 1)
#define X86_CR0_EM		(1UL << 2)
#define X86_CR0_TS		(1UL << 3)
#define X86_CR0_NE		(1UL << 5)
#define X86_CR4_OSFXSR		(1UL << 9)
#define X86_CR4_OSXMMEXCPT	(1UL << 10)
#define X86_CR4_OSXSAVE		(1UL << 18)

#define X86_CPUID1_ECX_XSAVE	(1U << 26)
#define X86_CPUID1_ECX_AVX	(1U << 28)
#define X86_CPUID1_ECX_DEADLINE	(1U << 24)
#define X86_CPUID1_EDX_SSE	(1U << 25)

#define MSR_EFER		0xc0000080
#define MSR_TSC_DEADLINE	0x6e0

/* The local APIC, through its MSRs. On a CPU in xAPIC mode the hypervisor translates. */
#define X2APIC_ID		0x802
#define X2APIC_VERSION		0x803
#define X2APIC_TPR		0x808
#define X2APIC_EOI		0x80b
#define X2APIC_SPIV		0x80f
#define X2APIC_ICR		0x830
#define X2APIC_LVTT		0x832
#define X2APIC_TMICT		0x838
#define X2APIC_TMCCT		0x839
#define X2APIC_TDCR		0x83e
#define X2APIC_SELF_IPI		0x83f

#define APIC_DM_FIXED		(0U << 8)
#define APIC_DM_NMI		(4U << 8)
#define APIC_DM_INIT		(5U << 8)
#define APIC_DM_SIPI		(6U << 8)
#define APIC_ASSERT		(1U << 14)
#define APIC_SH_SELF		(1U << 18)
#define APIC_SH_ALL		(2U << 18)
#define APIC_SH_OTHERS		(3U << 18)

/** APIC id of this CPU. */
static inline unsigned int cpu_id(void)
{
	return (unsigned int)read_msr(X2APIC_ID);
}

/* --- interrupts and exceptions ----------------------------------------------------------------------------------- */

#define IRQ_BASE_VECTOR		32
#define IRQ_NUM_VECTORS		32

/** Send @vector to the CPU with APIC id @cpu_id. */
void irq_send_ipi(unsigned int cpu_id, unsigned int vector);

/** What the CPU pushed, and the registers at that moment. Members that a 32-bit program lacks are zero. */
struct excp_frame {
#ifdef __x86_64__
	unsigned long r15, r14, r13, r12, r11, r10, r9, r8;
#endif
	unsigned long di, si, bp, bx, dx, cx, ax;
	unsigned long vector, error;
	unsigned long ip, cs, flags;
#ifdef __x86_64__
	unsigned long sp, ss;
#endif
};

#define EXCP_DE		0
#define EXCP_DB		1
#define EXCP_UD		6
#define EXCP_NM		7
#define EXCP_DF		8
#define EXCP_GP		13
#define EXCP_PF		14
#define EXCP_AC		17
#define EXCP_NONE	0xffU

/** Report an exception (name, registers) and stop this CPU instead of running into a triple fault. For all CPUs. */
void excp_reporting_init(void);

/**
 * The last exception that EXCP_CATCH caught.
 * @vector: EXCP_NONE if the instruction went through. The exception handler writes the members.
 */
struct excp_caught {
	volatile unsigned int vector;
	volatile unsigned long error;
	volatile unsigned long address;	/* CR2 of a #PF */
};

extern struct excp_caught excp_caught;

/**
 * Inline assembly text: run @insn; when it raises an exception, note it in excp_caught and go on behind it.
 * Set excp_caught.vector to EXCP_NONE before. Needs excp_reporting_init().
 */
#define EXCP_CATCH(insn) \
	"771: " insn "\n" \
	"772:\n" \
	".pushsection .ex_table, \"a\"\n" \
	".long 771b, 772b\n" \
	".popsection\n"

enum ioapic_trigger_mode {
	TRIGGER_EDGE = 0,
	TRIGGER_LEVEL_ACTIVE_HIGH = 1 << 15,
	TRIGGER_LEVEL_ACTIVE_LOW = (1 << 15) | (1 << 13),
};

/** Map the IOAPIC at its customary address. Needed before ioapic_pin_set_vector(). */
void ioapic_init(void);
/** Route @pin to @vector on this CPU and unmask it. */
void ioapic_pin_set_vector(unsigned int pin, enum ioapic_trigger_mode trigger_mode, unsigned int vector);

/* --- time -------------------------------------------------------------------------------------------------------- */

/** Nanoseconds by the ACPI PM timer, monotonic while it is read at least every 4 s. One CPU only. */
u64 pm_timer_read(void);
/** Learn the TSC frequency from the communication region, else measure it. Returns Hz. */
unsigned long tsc_init(void);
/** Nanoseconds since the TSC was zero. Needs tsc_init(). */
u64 tsc_read_ns(void);
/** Use the APIC timer on this CPU with @vector: TSC deadline where CPUID has it, else one-shot count. Returns the Hz it ticks with. */
unsigned long apic_timer_init(unsigned int vector);
/** One interrupt in @timeout_ns. */
void apic_timer_set(unsigned long long timeout_ns);

/* --- more than one CPU ------------------------------------------------------------------------------------------- */

#define SMP_MAX_CPUS	255

extern volatile u32 smp_num_cpus;
/** APIC ids in order of arrival; [0] is the boot CPU. */
extern u32 smp_cpu_ids[SMP_MAX_CPUS];

/** Wait until all CPUs of the cell (comm_region->num_cpus) have registered. */
void smp_wait_for_all_cpus(void);
/** Start the registered CPU @cpu_id at @entry, on a stack of its own. Returns 0, or -1 if it did not come up within 1 s. */
int smp_start_cpu(unsigned int cpu_id, void (*entry)(void));

#endif /* INMATE_H */
