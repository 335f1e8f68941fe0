/* SPDX-License-Identifier: GPL-2.0 */
/* cpu - x86 part of the arch contract: privileged instructions as static inline accessors. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

static inline void arch_cpu_relax(void) { __asm__ volatile("pause" ::: "memory"); }

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return lo | (u64)hi << 32;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline void cpuid(u32 leaf, u32 subleaf, u32 regs[4])
{
	__asm__ volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "a"(leaf), "c"(subleaf));
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return lo | (u64)hi << 32;
}

static inline u64 arch_cycles(void) { return rdtsc(); }

#define X86_REG_ACCESSORS(name, insn)							\
static inline u64 read_##name(void)							\
{											\
	u64 v;										\
	__asm__ volatile("mov %%" insn ", %0" : "=r"(v) : : "memory");			\
	return v;									\
}											\
static inline void write_##name(u64 v)							\
{											\
	__asm__ volatile("mov %0, %%" insn : : "r"(v) : "memory");			\
}
X86_REG_ACCESSORS(cr0, "cr0")
X86_REG_ACCESSORS(cr2, "cr2")
X86_REG_ACCESSORS(cr3, "cr3")
X86_REG_ACCESSORS(cr4, "cr4")
X86_REG_ACCESSORS(cr8, "cr8")
X86_REG_ACCESSORS(dr0, "dr0")
X86_REG_ACCESSORS(dr1, "dr1")
X86_REG_ACCESSORS(dr2, "dr2")
X86_REG_ACCESSORS(dr3, "dr3")
X86_REG_ACCESSORS(dr6, "dr6")
X86_REG_ACCESSORS(dr7, "dr7")

static inline u64 read_rflags(void)
{
	u64 v;

	__asm__ volatile("pushfq; pop %0" : "=r"(v) : : "memory");
	return v;
}

static inline void xsetbv(u32 index, u64 value)
{
	__asm__ volatile("xsetbv" : : "c"(index), "a"((u32)value), "d"((u32)(value >> 32)));
}

#define X86_SEG_ACCESSOR(seg)								\
static inline u16 read_##seg(void)							\
{											\
	u16 v;										\
	__asm__ volatile("mov %%" #seg ", %0" : "=r"(v));				\
	return v;									\
}
X86_SEG_ACCESSOR(cs)
X86_SEG_ACCESSOR(ss)
X86_SEG_ACCESSOR(ds)
X86_SEG_ACCESSOR(es)
X86_SEG_ACCESSOR(fs)
X86_SEG_ACCESSOR(gs)

static inline u16 read_tr(void)
{
	u16 v;

	__asm__ volatile("str %0" : "=r"(v));
	return v;
}

static inline u16 read_ldtr(void)
{
	u16 v;

	__asm__ volatile("sldt %0" : "=r"(v));
	return v;
}

struct x86_desc_ptr { u16 limit; u64 base; } __attribute__((packed));

static inline void sgdt(struct x86_desc_ptr *p) { __asm__ volatile("sgdt %0" : "=m"(*p)); }
static inline void sidt(struct x86_desc_ptr *p) { __asm__ volatile("sidt %0" : "=m"(*p)); }
static inline void lgdt(const struct x86_desc_ptr *p) { __asm__ volatile("lgdt %0" : : "m"(*p)); }
static inline void lidt(const struct x86_desc_ptr *p) { __asm__ volatile("lidt %0" : : "m"(*p)); }

static inline void stgi(void) { __asm__ volatile("stgi" ::: "memory"); }
static inline void clgi(void) { __asm__ volatile("clgi" ::: "memory"); }
static inline void stgi_clgi(void) { __asm__ volatile("stgi; nop; nop; clgi" ::: "memory"); }
static inline void vmsave(u64 vmcb) { __asm__ volatile("vmsave %%rax" : : "a"(vmcb) : "memory"); }
static inline void vmload(u64 vmcb) { __asm__ volatile("vmload %%rax" : : "a"(vmcb) : "memory"); }

/* VMX instructions: a failure is a defect of ours (SDM vol. 3C, 31.2). */
/* Fails only where no VMCS is current, or for a field that the CPU does not have: neither depends on a guest, and writes are checked. */
static inline u64 vmx_read(u64 field)
{
	u64 value;

	__asm__ volatile("vmread %1, %0" : "=r"(value) : "r"(field) : "cc");
	return value;
}

static inline void vmx_write(u64 field, u64 value)
{
	__asm__ volatile("vmwrite %1, %0; ja 1f; ud2; 1:" : : "r"(field), "r"(value) : "cc");
}

#define X86_VMX_REGION(insn)								\
static inline void insn(u64 pa)								\
{											\
	__asm__ volatile(#insn " %0; ja 1f; ud2; 1:" : : "m"(pa) : "cc", "memory");	\
}
X86_VMX_REGION(vmclear)
X86_VMX_REGION(vmptrld)

/* False: nothing has changed. So it is where the CPU is in VMX operation already (SDM vol. 3D, 31.3). */
static inline bool vmxon(u64 pa)
{
	bool done;

	__asm__ volatile("vmxon %1" : "=@cca"(done) : "m"(pa) : "cc", "memory");
	return done;
}

static inline void vmxoff(void) { __asm__ volatile("vmxoff" : : : "cc", "memory"); }

static inline void invept(u64 type, u64 eptp)
{
	const struct { u64 eptp, zero; } descriptor = { eptp, 0 };

	__asm__ volatile("invept %0, %1; ja 1f; ud2; 1:" : : "m"(descriptor), "r"(type) : "cc", "memory");
}

static inline void ltr(u16 selector) { __asm__ volatile("ltr %0" : : "r"(selector) : "memory"); }
static inline void lldt(u16 selector) { __asm__ volatile("lldt %0" : : "r"(selector) : "memory"); }
static inline void raise_nmi(void) { __asm__ volatile("int $2" : : : "memory"); }

static inline void load_data_segments(u16 ds, u16 es)
{
	__asm__ volatile("mov %0, %%ds; mov %1, %%es" : : "r"((u32)ds), "r"((u32)es));
}

/* Their bases become those of the descriptors. */
static inline void load_fs_gs(u16 fs, u16 gs)
{
	__asm__ volatile("mov %0, %%fs; mov %1, %%gs" : : "r"((u32)fs), "r"((u32)gs) : "memory");
}

static inline void invlpg(const void *p) { __asm__ volatile("invlpg (%0)" : : "r"(p) : "memory"); }

static inline u8 inb(u16 p) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline u16 inw(u16 p) { u16 v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline u32 inl(u16 p) { u32 v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline void outb(u16 p, u8 v) { __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(p)); }
static inline void outw(u16 p, u16 v) { __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(p)); }
static inline void outl(u16 p, u32 v) { __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(p)); }

/* One access of exactly this width, never merged or split by the compiler; by rAX, for AMD's PCI configuration space (BKDG 10h, 2.11.1). */
#define X86_MMIO(bits, mov)								\
static inline u##bits mmio_read##bits(const void *p)					\
{											\
	u##bits v;									\
	__asm__ volatile(mov " %1, %0" : "=a"(v) : "m"(*(const volatile u##bits *)p) : "memory"); \
	return v;									\
}											\
static inline void mmio_write##bits(void *p, u##bits v)					\
{											\
	__asm__ volatile(mov " %1, %0" : "=m"(*(volatile u##bits *)p) : "a"(v) : "memory"); \
}
X86_MMIO(8, "movb")
X86_MMIO(16, "movw")
X86_MMIO(32, "movl")
X86_MMIO(64, "movq")

#endif /* ARCH_CPU_H */
