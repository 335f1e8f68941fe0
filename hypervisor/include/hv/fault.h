/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fault - what happens when a guest breaks its borders.
 */
#ifndef HV_FAULT_H
#define HV_FAULT_H

#include <hv/vcpu.h>

enum fault_kind {
	FAULT_MMIO_READ,
	FAULT_MMIO_WRITE,
	FAULT_FETCH,
	FAULT_PIO_READ,
	FAULT_PIO_WRITE,
	FAULT_MSR_READ,
	FAULT_MSR_WRITE,
	FAULT_CR,
	FAULT_XSETBV,
	FAULT_PCI_CONFIG,
	FAULT_APIC,
	FAULT_IOAPIC,
	FAULT_DECODE,
	FAULT_SHUTDOWN,
	FAULT_MACHINE_CHECK,
	FAULT_EXIT,
	FAULT_HYPERCALL,
};

struct fault {
	enum fault_kind kind;
	u64 address;		/* gpa, port, MSR, register … */
	u8 width;		/* bytes, 0: not applicable */
	u64 value;
	u64 rip;
	bool fatal;		/* cannot be completed even for root */
};

enum fault_verdict {
	/* root: entry completes the instruction (reads all ones, writes dropped) */
	FAULT_COMPLETE,
	FAULT_STOPPED,		/* this CPU is parked now, pcpu->failed is set */
};

/**
 * Cell: one log line (CPU, cell, kind, address, width, RIP), CPU parked and failed, cell FAILED
 * when all its CPUs are.
 * Root: denied, logged once per address with the owner's name; FAULT_COMPLETE unless @f->fatal.
 */
enum fault_verdict guest_fault(struct vcpu *vcpu, const struct fault *f);

/** Forget what root has been told; boot. */
void fault_init(void);

#endif /* HV_FAULT_H */
