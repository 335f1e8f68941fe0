/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Firmware image and CPU hand-over: the private interface between driver/ and hypervisor/.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Both are built from one tree; HV_IMAGE_VERSION changes with any layout here and the driver refuses another version.
 *
 * Physical layout of hypervisor_memory (all parts page aligned):
 *
 *	[ image: core_size ][ per-CPU: percpu_size * max_cpus ][ system configuration ][ page pool … end ]
 *
 * x86: the driver maps the whole region at link_base (read, write, execute) in a *transition page table* of its own, whose kernel half is
 * a copy of Linux's, and calls the entry on every online CPU through its trampoline with interrupts disabled.
 *
 * ARM64: the driver maps nothing. It zeroes the whole region, writes the parts and cleans the region to the point of coherency, and
 * enters the image at EL2 with the MMU off, see below.
 */
#ifndef JAILHOUSE_IMAGE_H
#define JAILHOUSE_IMAGE_H

#include <jailhouse/types.h>

#define HV_IMAGE_SIGNATURE	"JAILHOUS"	/* 8 bytes, no terminator */
#define HV_IMAGE_VERSION	4

/* Documented hole of Linux's x86-64 address space, "reserved for hypervisor" (Documentation/arch/x86/x86_64/mm.rst). */
#define HV_LINK_BASE_X86	0xffff800000000000ULL

/* EL2 has one address range of 48 bits; no physical address of 47 bits or less is equal to one of the hypervisor's. */
#define HV_LINK_BASE_ARM64	0x0000800000000000ULL
/* HYP mode has 32 bits; no hypervisor memory may have physical addresses from here to the end of its layout. */
#define HV_LINK_BASE_ARM	0x20000000ULL
#define HV_LAYOUT_END_ARM	0x28600000ULL
/* ARM64, ARM: alignment of the start of hypervisor_memory (the tables of the entry have blocks of this size) */
#define HV_MEMORY_ALIGN_ARM64	0x200000ULL

#define HV_MAX_CPUS		255

#define HV_FLAG_NO_MITIGATIONS	0x1	/* no CPU chooses any (mitigations.h) */

/**
 * struct hv_image_header - first bytes of jailhouse.bin, at link_base
 * Offsets are relative to the start of the image. Fields below the line are written by the driver into the loaded copy before the entry.
 */
struct hv_image_header {
	__u8 signature[8];
	__u32 version;
	__u32 architecture;	/* JAILHOUSE_X86 … */
	__u64 link_base;
	__u64 core_size;	/* bytes, text to bss, page multiple; the file may be shorter (bss) */
	__u64 percpu_size;	/* bytes per CPU, page multiple */
	__u64 entry;		/* offset; x86: int entry(u32 cpu, struct hv_cpu_handover *) (SysV ABI); ARM64: see below */
	__u64 console_offset;	/* struct hv_console_ring, published */
	__u64 console_size;
	__u64 status_offset;	/* struct hv_status_page, published */
	__u64 log_offset;	/* struct hv_crash_log (crash_log.h) */
	/* --- written by the driver --- */
	__u64 hv_phys;		/* physical start of hypervisor_memory */
	__u64 hv_size;
	__u32 max_cpus;		/* per-CPU areas; CPU numbers are Linux's logical ones, < max_cpus */
	__u32 online_cpus;	/* CPUs that will call the entry */
	__u32 tsc_khz;		/* x86 only, 0 elsewhere, as the next */
	__u32 apic_khz;
	__u64 generation;	/* of the crash log: number of this run */
	__u32 flags;		/* HV_FLAG_* */
} __attribute__((packed));

/*
 * Entry contract (ARM64). The driver makes Linux's hypervisor stub, on each online CPU, branch to hv_phys + entry
 * (HVC_RESET_VECTORS, then HVC_SOFT_RESTART, with interrupts masked), which gives
 *
 *	EL2, MMU and data cache off, DAIF masked, ELR_EL2 and SPSR_EL2 as the caller's HVC left them
 *	x0 = logical CPU, x1 = hv_phys, x2 = 0 (reserved)
 *
 * The image needs no stack of the caller and reads nothing but hypervisor memory. It goes back by ERET to the instruction after the HVC,
 * with x19 to x30 and SP as they were, x1 to x18 undefined, and in x0
 *
 *	0      this CPU now runs *beneath* the hypervisor, at EL1 of the root cell;
 *	-Exxx  on every CPU alike; EL2 is as it was found (VBAR_EL2 is the stub's); the reason is in the status page.
 *
 * The hypervisor waits in the entry for online_cpus callers (bounded by 2 s, then -EIO on all). From then on HVC #0 with a number of the
 * stub (x0 <= 3) is answered with 0 and does nothing.
 *
 * Leaving: JAILHOUSE_HC_DISABLE (HVC #0x4a48, x0 = 0) on every root CPU, interrupts masked. 0: EL2 is as the entry found it, the stub
 * included, MMU and cache off, and nothing uses the hypervisor's memory any more once all CPUs are back. Or -Exxx, still in the cell.
 * There is no hand-over structure.
 *
 * ARM (ARMv7): the same in HYP mode, with r2 = logical CPU and r3 = hv_phys, for the stub has HVC_SOFT_RESTART alone (r0 = 1, r1 = the
 * physical address). r4 to r11, SP and LR are as they were, r1 to r3 and r12 undefined, the result is in r0.
 */

/**
 * struct hv_leave_frame - x86: Linux's state at the moment of leaving
 *
 * Filled by the hypervisor in driver memory (kernel half, mapped in every Linux page table). When the leave thunk runs, everything
 * else (GDT, IDT, TR, LDT, data segments, FS/GS bases, MSRs, debug registers, EFER, CR0, GIF=1) is Linux's again; CR3 is still the
 * transition table, PGE and PCIDE are clear. The thunk, entered by a jump with RDI = frame and interrupts off, loads cr3, then
 * cr4, DS and ES, then the general registers and continues by IRETQ.
 */
struct hv_leave_frame {
	__u64 cr3, cr4;
	__u64 r15, r14, r13, r12, r11, r10, r9, r8;
	__u64 rdi, rsi, rbp, rbx, rdx, rcx, rax;
	__u64 rip, cs, rflags, rsp, ss;		/* IRETQ frame, 8 bytes each */
	__u64 ds, es;				/* selectors; the thunk loads them, for an LDT may not be in the transition table */
} __attribute__((packed));

/**
 * struct hv_cpu_handover - x86: one per CPU, in driver memory that the kernel half of every page table maps (not vmalloc-lazy: kmalloc)
 * Lives from enable to disable.
 */
struct hv_cpu_handover {
	/* in: */
	__u64 transition_cr3;	/* physical address of the transition page table; valid until after the last CPU left */
	__u64 leave_thunk;	/* virtual address in the module's text */
	__u64 cr4;		/* Linux's CR4 before PGE and PCIDE were cleared; informative */
	__u64 cr3;		/* Linux's CR3 at the call; informative */
	__u64 page;		/* virtual and physical address of a page for what follows */
	__u64 page_phys;
	/* out: */
	struct hv_leave_frame leave;
	/*
	 * The CPU goes on using @page after it has left: VMX operation, which KVM had entered, is entered again with it. In: it does so
	 * since the last time.
	 */
	__u64 keeps_page;
} __attribute__((packed));

/*
 * Entry contract (x86-64). Called on each online CPU by the trampoline: IF=0, CR3 = transition table, CR4.PGE = CR4.PCIDE = 0,
 * EDI = logical CPU, RSI = its handover. Returns
 *   0      this CPU now runs as a root-cell CPU *beneath* the hypervisor; registers as the ABI demands, CR3 and CR4 still
 *          the transition values: the trampoline itself restores Linux's CR3 and CR4, now in guest mode;
 *   -Exxx  on every CPU alike; nothing changed; the reason is in the status page.
 * The hypervisor waits in the entry for online_cpus callers (bounded by 2 s of TSC, then -EIO on all).
 *
 * Leaving: hypercall JAILHOUSE_HC_DISABLE on every root CPU returns 0 through the leave thunk, or an error in guest mode.
 */

/**
 * struct hv_console_ring - virtual console, published read-only to root at hv_phys + console_offset
 * Writer: hypervisor. @head counts all bytes ever written; content[head % size] is the next to be written. A reader copies,
 * then re-reads @head and drops what was overtaken: up to head - size, whose place the next byte may have taken before it is
 * counted. Sequence numbers of lost text follow from the counts.
 * @sum: hv_text_sum() over all of @content, for those who read it after a reset (crash_log.h).
 */
#define HV_CONSOLE_CONTENT_SIZE	0x10000
struct hv_console_ring {
	__u64 head;
	__u32 size;		/* HV_CONSOLE_CONTENT_SIZE */
	__u32 reserved;
	__u64 sum;
	__u8 padding[4096 - 24];
	__u8 content[HV_CONSOLE_CONTENT_SIZE];
} __attribute__((packed));

#endif /* JAILHOUSE_IMAGE_H */
