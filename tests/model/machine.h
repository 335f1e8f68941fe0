/* SPDX-License-Identifier: GPL-2.0 */
/*
 * machine - a small machine on the fake architecture: root cell with 4 CPUs, 16 MiB of RAM, a
 * device region, the core booted on it.
 *
 *	0x000000 - 0xbfffff	root's, identity
 *	0xc00000 - 0xdfffff	root's at 0x40000000
 *	0xe00000 - 0xffffff	hypervisor
 *	0xd0000000, 64 KiB	device registers, root's
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_MODEL_MACHINE_H
#define TESTS_MODEL_MACHINE_H

#include <fake/fake.h>
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/subsys.h>
#include <common/config/rules.h>

#define MACHINE_CPUS		4
#define ROOT_RAM_END		0xc00000ULL
#define ROOT_MOVED_PHYS		0xc00000ULL
#define ROOT_MOVED_VIRT		0x40000000ULL
#define ROOT_MOVED_SIZE		0x200000ULL
#define HV_PHYS			0xe00000ULL
#define HV_SIZE			0x200000ULL
#define DEVICE_PHYS		0xd0000000ULL
#define DEVICE_SIZE		0x10000ULL
#define BLOB_ADDRESS		0x10000ULL	/* where root puts configurations */
#define COMM_VIRT		0x100000ULL

#define RAM_FLAGS (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE)

#define SPEC_MAX_MEM 24

/** struct cell_spec - what the tests vary in a cell's configuration */
struct cell_spec {
	const char *name;
	u32 id, flags;
	u64 cpus;			/* bit = logical CPU */
	u64 reset_address, timeout;
	u32 mem_count;
	struct jailhouse_memory mem[SPEC_MAX_MEM];
	bool no_comm;
	/* only on a machine with devices */
	u32 pins;			/* bitmap of IOAPIC pins */
	u32 functions;			/* bitmap of the fake's PCI functions */
	struct jailhouse_pio ports;	/* length 0: none */
};

/**
 * Set before booting: the real subsystems of vdev and iommu on the fake's devices
 * (machine_devices.c), instead of the recorder alone.
 */
extern const struct subsys_ops *const *machine_subsystems;
#define ROOT_PORT_BASE	0x200
#define ROOT_PORT_COUNT	0x400
#define MMCONFIG_BASE	0xb0000000ULL

extern struct system machine;

/** Boot; returns system_init()'s result. The root cell has @root_cpus. */
int machine_boot_with(u64 root_cpus, u32 online);
void machine_boot(void);
/** The n-th private page of the next boot is not to be had; 0: all are. */
extern u32 machine_boot_fail_in;
/** Of the next boots: address bits of the model CPUs. */
extern u32 machine_phys_bits;
/** Of the next boots: so much of root's device region, in small pages; DEVICE_SIZE otherwise. */
extern u64 machine_device_size;
/** Set before booting: the model IOMMU is there (it is, by default). */
extern bool machine_has_iommu;

/** Write the blob into root's memory at @address; returns its size. */
u32 machine_write_blob(const struct cell_spec *spec, u64 address);
/**
 * A cell with its own RAM (image region LOADABLE), one shared page and the communication page; id 1
 * or 2.
 */
struct cell_spec machine_spec(u32 id);

/*
 * Hypercalls of a CPU; the others run before and after. machine_call() is one call,
 * machine_finish() repeats while -EAGAIN.
 */
s64 machine_call(u32 cpu, u32 nr, u64 arg1, u64 arg2);
s64 machine_finish(u32 cpu, u32 nr, u64 arg1, u64 arg2);
s64 machine_create(const struct cell_spec *spec);
struct cell *machine_cell(u32 id);
u32 machine_last_rule(void);

/** What a polite cell does once: answers messages in its page. */
enum manners { POLITE, DENYING, SILENT, CONFUSED };
void machine_answer(u32 id, enum manners manners);

extern const struct subsys_ops machine_recorder;

/* Subsystem that records and fails on request */
struct test_subsystem {
	u32 prepare_error_in;		/* n-th cell_prepare from now fails with -ERANGE; 0: none */
	u32 init, prepared, aborted, committed, released, reset, assigned, freed, shutdown;
};
extern struct test_subsystem test_subsystem;
extern const char *machine_console(void);

#endif /* TESTS_MODEL_MACHINE_H */
