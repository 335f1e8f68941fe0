/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A modelled x86 CPU in place of <arch/cpu.h>: its registers, MSRs and VMCS are memory that tests fill and read. What a CPU would
 * refuse (an MSR that does not exist, a VMCS field that was never written, VMX instructions without VMXON) ends the test.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "../../hypervisor/arch/x86/include/arch/vcpu.h"
#include "../../hypervisor/arch/x86/include/arch/cell.h"
#include "../../hypervisor/arch/x86/include/x86/layout.h"
#include <hv/types.h>

/* The CPU's private area is where the test has it. */
#undef LOCAL_BASE
#define LOCAL_BASE	machine.local

#define MODEL_MSRS	64
#define MODEL_FIELDS	0x7000

struct x86_desc_ptr { u16 limit; u64 base; } __attribute__((packed));

/** struct machine_state - what Linux has of the CPU, and wants back */
struct machine_state {
	u64 cr0, cr2, cr3, cr4, dr6, dr7;
	struct x86_desc_ptr gdt, idt;
	u16 tr, ldtr, ds, es, fs, gs;
	struct { u32 msr; u64 value; } msrs[MODEL_MSRS];
	u32 msr_count;
};

struct machine {
	struct machine_state now;
	u32 cpuid_1_ecx, cpuid_7_ebx, cpuid_7_ecx, cpuid_svm, cpuid_svm_edx, cpuid_ext_edx;
	/* VMX */
	u64 vmxon_region;		/* 0: not in VMX operation */
	u64 current;			/* VMCS that was made current, 0: none */
	u64 field[MODEL_FIELDS];
	bool written[MODEL_FIELDS];
	/* counted */
	u32 stage2_flushes, vmsaves, vmloads, nmis_raised;
	bool gif;
	void *local;
	u64 tsc;
	void (*on_stgi)(void);		/* NMIs that wait are taken */
};
extern struct machine machine;

void machine_die(const char *why, u64 what);
/* Of the segment that a selector names in the present table: dies where a load with this type (bits 44:40 of the descriptor) would fault. */
u16 machine_segment(u16 selector, u64 type_mask, u64 type);
u64 *machine_msr(u32 msr);	/* NULL: does not exist */

u64 rdmsr(u32 msr);
void wrmsr(u32 msr, u64 value);
void cpuid(u32 leaf, u32 subleaf, u32 regs[4]);
u64 vmx_read(u64 field);
void vmx_write(u64 field, u64 value);
bool vmxon(u64 pa);
void vmclear(u64 pa);
void vmptrld(u64 pa);
void vmxoff(void);
void write_cr4(u64 value);
void vmsave(u64 vmcb);
void vmload(u64 vmcb);

static inline void arch_cpu_relax(void) { }
static inline u64 arch_cycles(void) { return 0; }
static inline u64 rdtsc(void) { return machine.tsc; }
static inline u64 read_cr0(void) { return machine.now.cr0; }
static inline u64 read_cr2(void) { return machine.now.cr2; }
static inline u64 read_cr4(void) { return machine.now.cr4; }
static inline u64 read_dr6(void) { return machine.now.dr6; }
static inline void write_cr0(u64 v) { machine.now.cr0 = v; }
static inline void write_cr2(u64 v) { machine.now.cr2 = v; }
static inline void write_dr6(u64 v) { machine.now.dr6 = v; }
static inline void write_dr7(u64 v) { machine.now.dr7 = v; }
static inline void sgdt(struct x86_desc_ptr *p) { *p = machine.now.gdt; }
static inline void sidt(struct x86_desc_ptr *p) { *p = machine.now.idt; }
static inline void lgdt(const struct x86_desc_ptr *p) { machine.now.gdt = *p; }
static inline void lidt(const struct x86_desc_ptr *p) { machine.now.idt = *p; }
static inline void stgi(void) { machine.gif = true; }
static inline void clgi(void) { machine.gif = false; }
static inline void stgi_clgi(void) { machine.on_stgi(); }
static inline void lldt(u16 selector) { machine.now.ldtr = selector ? machine_segment(selector, 0x1f, 0x02) : 0; }

static inline void ltr(u16 selector)
{
	machine.now.tr = machine_segment(selector, 0x1f, 0x09);
	((u64 *)machine.now.gdt.base)[selector >> 3] |= 2UL << 40;	/* busy */
}
static inline void raise_nmi(void) { machine.nmis_raised++; }
static inline void invlpg(const void *page) { (void)page; }
static inline void invept(u64 type, u64 eptp) { machine.stage2_flushes++; }

static inline void load_data_segments(u16 ds, u16 es)
{
	machine.now.ds = ds;
	machine.now.es = es;
}

static inline void load_fs_gs(u16 fs, u16 gs)
{
	machine.now.fs = fs ? machine_segment(fs, 0x18, 0x10) : 0;
	machine.now.gs = gs ? machine_segment(gs, 0x18, 0x10) : 0;
	wrmsr(0xc0000100, 0);
	wrmsr(0xc0000101, 0);
}

#endif /* ARCH_CPU_H */
