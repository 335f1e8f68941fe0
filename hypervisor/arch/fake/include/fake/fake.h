/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fake - the architecture of the host tests: its controls. The core sees only <arch/contract.h>.
 *
 * One thread plays all CPUs. A kick is remembered; it takes effect when the kicking CPU waits
 * (arch_cpu_relax()), or when the test lets the others run (fake_run_cpus()). Time passes only
 * while somebody waits, and when the test says so.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef FAKE_FAKE_H
#define FAKE_FAKE_H

#include <hv/cell.h>
#include <hv/iommu.h>
#include <setjmp.h>

#define FAKE_RAM_SIZE	0x1000000ULL	/* physical 0 … */
#define FAKE_MAX_CPUS	16

extern const struct pt_format pt_fake;

/** Fresh machine: memory zero, CPUs parked, time 1 s. */
void fake_reset(struct system *s, u32 cpus);
extern struct vcpu fake_vcpus[FAKE_MAX_CPUS];

/**
 * Each CPU is a thread of the test that calls cpu_ctrl_process() itself; time is real. Set after
 * fake_reset().
 */
extern bool fake_threads;

/** Host pointer to physical memory. */
u8 *fake_ram(u64 phys);
/** The code under test did what it must never do: abort with a line. */
void __noreturn fake_broken(const char *what, u64 value);

/**
 * All CPUs look at their mailboxes, @rounds times at most; returns false when somebody still has
 * work after that.
 */
bool fake_run_cpus(u32 rounds);
void fake_advance_time(u64 us);
/** Called at each arch_cpu_relax(), NULL: none. */
extern void (*fake_relax_hook)(void);

/**
 * A guest's access on @v: through its TLB, filled from the tables of the loaded cell. False:
 * violation.
 */
bool fake_guest_access(struct vcpu *v, u64 gpa, u32 right, u64 *hpa);
bool fake_guest_write8(struct vcpu *v, u64 gpa, u8 value);
bool fake_guest_read8(struct vcpu *v, u64 gpa, u8 *value);

/** True when no window slot of the calling thread is left mapped. */
bool fake_windows_closed(void);

/* Devices: PCI functions 00:02.0 and following, one IOAPIC, silent ports */
#define FAKE_PCI_FUNCTIONS	4
#define FAKE_PCI_BDF(n)		((2 + (n)) << 3)
#define FAKE_IOAPIC_ADDRESS	0xfec00000ULL
#define FAKE_IOAPIC_PINS	24
/** Redirection entry as hardware has it. */
u64 fake_ioapic_entry(u32 pin);

/* DMA of the functions, which have to be bus masters, through a model IOMMU while that is on */
#define FAKE_DOMAINS		8
#define FAKE_IOTLB_ENTRIES	256

struct fake_domain {
	const struct cell *cell;	/* NULL: free */
	void *page;
};
struct fake_dma_device {
	struct fake_domain *attached;	/* what the hypervisor has set */
	struct fake_domain *cached;	/* what the unit remembers until a flush; NULL: nothing */
};
struct fake_iotlb_entry {
	struct fake_domain *domain;	/* NULL: empty */
	u32 function;
	u64 iova_page, hpa_page;
	u32 flags;			/* enum pt_flags */
	u64 size;			/* as in struct fake_tlb_entry */
};
extern struct fake_iommu {
	bool absent;			/* the machine has no such unit: set after fake_reset() */
	bool on;
	struct fake_domain domains[FAKE_DOMAINS];
	struct fake_dma_device devices[FAKE_PCI_FUNCTIONS];
	struct fake_iotlb_entry iotlb[FAKE_IOTLB_ENTRIES];
} fake_iommu;
extern const struct iommu_ops iommu_model;

/** A DMA access of function @n: false: it does not take place, or there is no RAM (…8). */
bool fake_dma(u32 function, u64 iova, u32 right, u64 *hpa);
bool fake_dma_write8(u32 function, u64 iova, u8 value);
bool fake_dma_read8(u32 function, u64 iova, u8 *value);

/**
 * What arch_cell_update() and the end of arch_cell_prepare() call to fill the permission pages;
 * NULL: nothing.
 */
extern void (*fake_fill_permissions)(const struct cell *c, u8 *permissions);

/** What arch_check_host_tables() answers. */
extern bool fake_host_tables_broken;
extern u32 fake_own_tables_broken;	/* bit = CPU */
/** The one that looks at its mailbox. */
extern __thread u32 fake_current_cpu;

/** Where arch_cpu_stop() goes in place of aborting the program; NULL: abort. */
extern jmp_buf *fake_stop_target;

#endif /* FAKE_FAKE_H */
