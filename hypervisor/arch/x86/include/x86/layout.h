/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout - hypervisor virtual addresses; every CPU has its own tables for them.
 *
 *	HV_BASE    linear map of hypervisor memory, without any CPU's private area
 *	LOCAL_BASE this CPU's private area (struct percpu); same address on every CPU
 *	WINDOW_BASE one page per window slot, this CPU only
 *	DEVICE_BASE local APIC page; behind it the debug console's registers or frame buffer if they lie in memory; uncached
 */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

#define HV_BASE			0xffff800000000000
#define LOCAL_BASE		0xffff801000000000
#define WINDOW_BASE		0xffff802000000000
#define DEVICE_BASE		0xffff803000000000
#define DEVICE_APIC		(DEVICE_BASE + 0x0000)
/* aligned like @pa, for large pages */
#define DEVICE_CONSOLE(pa)	(DEVICE_BASE + 0x200000 + ((pa) & 0x1fffff))

#define WINDOW_PTE_READ		0x8000000000000021	/* present, accessed, no execute */

/* Of the status page behind the console ring, main/main.c */
#define HV_STATUS_OFFSET	0x11000

/* Fields of struct hv_image_header that entry.S reads; checked in main/image.c */
#define HEADER_CORE_SIZE	24
#define HEADER_MAX_CPUS		96

/* Same selectors as Linux, so that an NMI between our GDT and Linux's returns into valid segments. */
#define HOST_CS			0x10
#define HOST_DS			0x18

/* struct percpu, checked by static asserts in percpu.h */
#define PERCPU_STACK_SIZE	0x4000
#define PERCPU_STACK_TOP	PERCPU_STACK_SIZE
#define PERCPU_DATA		0xd000
#define PERCPU_LINUX_SP		(PERCPU_DATA + 0)
#define PERCPU_VMCB_PA		(PERCPU_DATA + 8)
#define PERCPU_FAULT_RESUME	(PERCPU_DATA + 16)
#define PERCPU_MITIGATIONS	(PERCPU_DATA + 24)
#define PERCPU_VCPU		(PERCPU_DATA + 32)
#define PERCPU_PCPU		(PERCPU_DATA + 32)
#define PERCPU_REGS		(PERCPU_DATA + 40)
#define PERCPU_SIZE		0xe000

#endif /* X86_LAYOUT_H */
