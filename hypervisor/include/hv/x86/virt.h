/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virt - CPU virtualization backends (SVM, VMX), chosen once at boot. The exit path does not go through this
 * table: each backend has its own run loop and exit handler.
 */
#ifndef HV_X86_VIRT_H
#define HV_X86_VIRT_H

#include <hv/cell.h>

struct percpu;

/** Linux's execution state at the entry, what the first VM entry continues with. */
struct x86_linux_state {
	u64 rip, rsp, rflags;
	u64 cr0, cr2, cr3, cr4, efer, dr6, dr7, pat;
	/* descriptor 0: null selector; upper_base: bits 63:32, of system segments */
	struct x86_linux_seg { u64 descriptor, upper_base; u16 selector; } cs, ss, ds, es, fs, gs, ldtr, tr;
	u64 gdt_base, idt_base;
	u16 gdt_limit, idt_limit;
};

struct virt_ops {
	const char *name;
	/** A global interrupt flag keeps NMIs out of the hypervisor (x86_has_gif). */
	bool has_gif;
	/**
	 * Is the CPU able and free? 0, -ENODEV (missing feature), -EPERM (locked off), -EBUSY; reason as a refusal rule in *rule, and the
	 * rule's second value in *value.
	 */
	int (*cpu_check)(struct percpu *p, u32 *rule, u64 *value);
	/** Turn virtualization on for this CPU and build its guest from Linux's state; cannot fail after cpu_check. */
	void (*cpu_enable)(struct percpu *p, const struct x86_linux_state *l);
	/** Linux's state back into the frame and the CPU, virtualization off; called with the transition table loaded. */
	void (*cpu_restore)(struct percpu *linear, u64 rax);

	const struct pt_format *(*stage2_format)(void);
	void (*park)(struct vcpu *v);
	/** Also takes the stage 2 and permissions of the CPU's owner. */
	void (*reset)(struct vcpu *v, u16 cs_selector, u64 cs_base, u64 rip);
	void (*flush_stage2)(struct vcpu *v);
	/** An NMI is queued for the guest and was not delivered. */
	bool (*nmi_is_queued)(struct vcpu *v);
	/** Turn a permission map of MSRs from the layout of vmsr_fill_svm_bitmap() into that of this CPU, in place; NULL: it is the same. */
	void (*pack_msr_map)(u8 *map);
};

extern const struct virt_ops virt_svm, virt_vmx;
/** Chosen at boot, before the first CPU is enabled. */
extern const struct virt_ops *virt;

/** Stage 2 of the park page: one executable page at 0 with a halt loop. */
extern struct pt virt_park_stage2;
extern u64 virt_park_top[512];
int __must_check virt_park_init(struct system *s);

/** Writes a cell's permission maps (struct arch_cell); set at boot by those who know the policies. */
extern void (*virt_fill_permissions)(struct cell *c);
/** The same for ports alone: what a cell may do with its MSRs never changes. */
extern void (*virt_fill_ports)(struct cell *c);

/**
 * Root of the nested tables as this CPU walks them: their depth follows the host's CR4.LA57 (APM vol. 2, 15.25.5), so with five levels
 * @top is a table whose first entry is @stage2's root. Returns the physical address.
 */
u64 x86_stage2_top(const struct pt *stage2, u64 *top);

#endif /* HV_X86_VIRT_H */
