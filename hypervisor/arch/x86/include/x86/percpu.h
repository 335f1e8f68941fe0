/* SPDX-License-Identifier: GPL-2.0 */
/*
 * percpu - everything private to one CPU, in one area that only its own tables map (at LOCAL_BASE).
 */
#ifndef X86_PERCPU_H
#define X86_PERCPU_H

#include <hv/vcpu.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <hv/x86/virt.h>
#include <arch/cpu.h>
#include <jailhouse/crash_log.h>
#include <jailhouse/image.h>
#include <virt/vmx_caps.h>
#include <x86/layout.h>

struct host_frame;

#define XSAVE_LEGACY_SIZE	576	/* legacy region and header (APM vol. 2, 11.5.2) */

/**
 * Which registers of the APIC's MSR interface fast_common.inc handles: none for root; on a cell's CPU,
 * by the mode of the APIC.
 */
enum x86_fast_apic { X86_FAST_APIC_NONE, X86_FAST_APIC_PAGE, X86_FAST_APIC_MSR };

/*
 * Answers to CPUID leaves 0 to 3 that were given to this CPU's cell; forgotten when the owner
 * changes. The OSXSAVE bit of leaf 1 mirrors CR4: the answer has @cr4_bit and not the bit itself.
 */
#define X86_CPUID_ANSWERS	4
#define X86_CPUID_OSXSAVE_SHIFT	9	/* from CR4 bit 18 to ECX bit 27 */

struct cpuid_answer {
	u32 eax, ebx, ecx, edx;
	u64 cr4_bit;
	u64 known;
};

/**
 * struct fetch_memo - the last emulated access by 64-bit code: everything that its instruction was
 * found by. entry/fetch.c uses it again only after reading all of that again.
 */
struct fetch_memo {
	bool valid;
	u32 entries;			/* of the guest's tables, top level first */
	u64 va;
	struct x86_paging paging;
	struct { u64 pa, value; } entry[5];
	u64 code_pa;
	u64 code[2];			/* bytes 0 to 7 and 7 to 14 */
	struct mmio_insn insn;
};

struct percpu {
	u8 stack[PERCPU_STACK_SIZE];		/* lowest page is not mapped: guard */
	u8 vmcb[PAGE_SIZE];
	u8 host_save[PAGE_SIZE];
	u64 pml5[512], pml4[512], pdpt[512], local_pd[512], local_pt[512], window_pd[512], window_pt[512];
	/* PERCPU_DATA */
	u64 linux_sp;				/* Linux's stack pointer in the entry */
	u64 vmcb_pa;
	u64 fault_resume;			/* #GP in the host continues here (msr_safe), 0: none */
	u64 mitigations;			/* JAILHOUSE_MITIGATE_*, chosen at boot */
	struct vcpu vcpu;			/* begins with pcpu, then regs */
	u64 self_pa;				/* of this area */
	struct percpu *linear;			/* alias while the transition table is loaded */
	struct hv_cpu_handover *handover;	/* Linux virtual; only with the transition table */
	u64 transition_cr3;
	u64 host_cr3, host_cr4;
	const struct apic_ops *apic;
	struct vlapic vlapic;
	enum x86_fast_apic fast_apic;
	struct cpuid_answer cpuid[X86_CPUID_ANSWERS];
	struct fetch_memo fetch;
	struct x86_linux_state linux_state;
	bool has_nrips, has_flush_by_asid, has_decode_assist, has_v_spec_ctrl, has_xsave, has_xss, has_tsc_aux, has_x2apic;
	bool linux_x2apic;			/* mode that Linux's APIC was in */
	u64 xcr0_all;
	u64 linux_vm_cr;			/* SVM: VM_CR as Linux had it */
	struct host_frame *fault;		/* the exception that this CPU panics for, NULL: none */
	struct hv_exit_ring exits;		/* what came before, for the crash log */
	struct vmx_controls vmx;		/* VMX: what was chosen for this CPU */
	bool vmx_on;				/* VMX: the VMCS of this CPU is current */
	u8 xsave_reset[XSAVE_LEGACY_SIZE] __aligned(64);
} __aligned(PAGE_SIZE);

_Static_assert(offsetof(struct percpu, linux_sp) == PERCPU_LINUX_SP, "layout.h");
_Static_assert(offsetof(struct percpu, vmcb_pa) == PERCPU_VMCB_PA, "layout.h");
_Static_assert(offsetof(struct percpu, fault_resume) == PERCPU_FAULT_RESUME, "layout.h");
_Static_assert(offsetof(struct percpu, mitigations) == PERCPU_MITIGATIONS, "layout.h");
_Static_assert(offsetof(struct percpu, vcpu) == PERCPU_VCPU, "layout.h");
_Static_assert(offsetof(struct percpu, vcpu.pcpu) == PERCPU_PCPU, "layout.h");
_Static_assert(offsetof(struct percpu, vcpu.arch.regs) == PERCPU_REGS, "layout.h");
_Static_assert(sizeof(struct percpu) == PERCPU_SIZE, "layout.h");

/** Remember an exit for the crash log. */
static inline void percpu_note_exit(struct percpu *p, u64 reason, u64 rip, u64 info1, u64 info2)
{
	u64 seq = p->exits.count;
	struct hv_exit_record *r = &p->exits.record[seq % HV_EXIT_RING_SIZE];

	*r = (struct hv_exit_record){ .seq = seq, .tsc = rdtsc(), .reason = reason, .rip = rip, .info1 = info1, .info2 = info2 };
	r->check = hv_exit_check(r);
	p->exits.count = seq + 1;
}

/** Only in hal/ and entry/, and only with the CPU's own tables loaded. */
static inline struct percpu *this_cpu(void) { return (struct percpu *)LOCAL_BASE; }

static inline struct percpu *vcpu_percpu(struct vcpu *v) { return container_of(v, struct percpu, vcpu); }

#endif /* X86_PERCPU_H */
