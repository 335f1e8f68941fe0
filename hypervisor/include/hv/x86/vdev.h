/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86 devices that cells see; called by arch/x86/entry with decoded exits. Results: enum
 * vdev_result (hv/mmio.h).
 */
#ifndef HV_X86_VDEV_H
#define HV_X86_VDEV_H

#include <hv/cell.h>
#include <hv/mmio.h>
#include <hv/x86/regs.h>

/* --- vmsr: policy table over all three ranges ------------------------------------------------- */

enum vmsr_answer {
	VMSR_PASS,		/* hardware's answer; no exit where the permission map reaches */
	/* handler; a write with a mask: those bits go to hardware, the others are ignored */
	VMSR_EMULATE,
	VMSR_FIXED,		/* read constant, writes ignored */
	VMSR_GP,		/* #GP(0) */
};

enum vmsr_role { VMSR_ROLE_CELL, VMSR_ROLE_ROOT, VMSR_ROLE_COUNT };

/** An MSR or a range, and both answers. */
struct vmsr_row {
	u32 first, last;
	u8 answer[VMSR_ROLE_COUNT][2];	/* enum vmsr_answer: of a read, of a write */
	u64 fixed;		/* VMSR_FIXED: what reads give */
	/*
	 * VMSR_EMULATE: bits that a write may change in hardware, 0: the backend's handler decides
	 */
	u64 mask;
};

/** Never NULL: a register without a row is #GP for everybody. */
const struct vmsr_row *vmsr_lookup(u32 msr);
/**
 * SVM permission map (AMD APM vol. 2, 15.11): 2 bits an MSR, ranges 0, c0000000, c0010000 (2 KiB
 * each), @bitmap 8 KiB. 1 = intercept.
 */
void vmsr_fill_svm_bitmap(enum vmsr_role role, bool x2apic, u8 *bitmap);

/**
 * Emulated MSRs belong to the backend (EFER, PAT, HSAVE, APIC …): entry calls vmsr_access(); for
 * VMSR_EMULATE rows it calls back ops. VDEV_OK, VDEV_GP.
 */
struct vmsr_ops {
	enum vdev_result (*emulate)(struct vcpu *v, u32 msr, bool is_write, u64 *value);
	/*
	 * Physical MSR, surviving a fault: false if the CPU raised #GP. Used for VMSR_PASS rows
	 * that exit and for masked writes.
	 */
	bool (*hw_read)(u32 msr, u64 *value);
	bool (*hw_write)(u32 msr, u64 value);
};
enum vdev_result vmsr_access(struct vcpu *v, const struct vmsr_ops *ops, u32 msr, bool is_write,
			     u64 *value);

/* --- vcpuid ----------------------------------------------------------------------------------- */

/**
 * @regs: EAX EBX ECX EDX as hardware gave them, changed in place; @cr4, @xcr0: guest's, for OSXSAVE
 * and leaf 0xd.
 */
void vcpuid_filter(const struct cell *c, u32 leaf, u32 subleaf, u64 cr4, u32 regs[4]);

/* --- vpio ------------------------------------------------------------------------------------- */

struct pio_access {
	u16 port;
	u8 size;		/* 1, 2, 4 */
	bool is_write;
	u32 value;
};
/**
 * SVM/VMX I/O permission map: bit n = port n, 1 = intercept; @bitmap 12 KiB (SVM) of which 8 KiB +
 * 1 bit count.
 */
void vpio_fill_bitmap(const struct cell *c, u8 *bitmap);
enum vdev_result vpio_access(struct vcpu *v, struct pio_access *a);

/* --- vlapic ----------------------------------------------------------------------------------- */

/**
 * Physical local APIC of this CPU; irqchip/xapic.c and irqchip/x2apic.c implement it, chosen per
 * CPU.
 */
struct apic_ops {
	u32 (*read)(u32 reg);			/* @reg: xAPIC offset >> 4, e.g. 0x30 = ICR low */
	void (*write)(u32 reg, u32 value);
	u32 (*id)(void);
	/* physical destination, no shorthand; waits for idle */
	void (*send_ipi)(u32 dest_hw_id, u32 icr_lo);
};

/**
 * struct vlapic - per-vCPU state; embedded in struct arch_vcpu, all zero but @x2apic after
 * vlapic_reset()
 */
struct vlapic {
	bool x2apic;		/* the physical APIC is in x2APIC mode; set once by arch */
	bool guest_x2apic; /* the cell switched "its" APIC to x2APIC mode (emulated on xAPIC) */
	u64 icr;		/* as the guest wrote it; high half = destination */
};
struct vlapic *arch_vlapic(struct vcpu *v);	/* implemented by arch/x86 */
/** At CPU reset, INIT and change of owner. */
static inline void vlapic_reset(struct vlapic *l)
{
	l->guest_x2apic = false;
	l->icr = 0;
}

/**
 * MSR 0x1b; @hw: its physical value. Nothing may change but, for a cell, the bit that enables
 * x2APIC mode (emulated). VDEV_OK, VDEV_GP.
 */
enum vdev_result vlapic_base_msr(struct vcpu *v, u64 hw, bool is_write, u64 *value);

/*
 * Both return VDEV_OK; VDEV_SKIP for ignored writes; VDEV_DENIED for what would reach beyond the
 * cell; vlapic_msr() VDEV_GP where hardware would raise it, thus also for root on a CPU in xAPIC
 * mode. Bits that the caller must check before: access width (4 bytes) and alignment.
 */
/** xAPIC page access at offset @reg << 4 (root and 32-bit xAPIC guests). */
enum vdev_result vlapic_mmio(struct vcpu *v, const struct apic_ops *apic, u32 reg, bool is_write,
			     u32 *value);
/** x2APIC MSR access (0x800–0x83f), also emulated on a CPU in xAPIC mode. */
enum vdev_result vlapic_msr(struct vcpu *v, const struct apic_ops *apic, u32 msr, bool is_write,
			    u64 *value);

/* --- PCI configuration, physical access ------------------------------------------------------- */

/**
 * Implemented by arch/x86/hal: MMCONFIG when the system has it, else ports 0xcf8/0xcfc under a
 * lock. @size 1, 2, 4.
 */
u32 arch_pci_cfg_read(u16 bdf, u16 offset, unsigned int size);
void arch_pci_cfg_write(u16 bdf, u16 offset, unsigned int size, u32 value);
u32 arch_pio_read(u16 port, unsigned int size);
void arch_pio_write(u16 port, unsigned int size, u32 value);

/**
 * vpci: moderated configuration space of the caller's cell (by ports and by MMCONFIG). @offset <
 * 4096.
 */
enum vdev_result vpci_cfg_access(struct vcpu *v, u16 bdf, u16 offset, unsigned int size,
				 bool is_write, u32 *value);

/* --- subsystems, in the order of main/'s list ------------------------------------------------- */

struct subsys_ops;
extern const struct subsys_ops subsys_ioapic, subsys_testdev, subsys_pci;

#endif
