/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vdev_mock - a small machine for tests of vdev: six CPUs, a root cell, one other cell, ports,
 * device memory and PCI functions.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef VDEV_MOCK_H
#define VDEV_MOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cell.h>
#include <hv/subsys.h>
#include <hv/x86/vdev.h>

#define MOCK_CPUS	6
/*
 * Logical numbers and APIC ids differ on purpose; CPU 5 is in another x2APIC cluster than the rest.
 */
#define MOCK_HW_ID(cpu)	(3 * (cpu) + 1)

/* Root owns CPUs 0, 1, 4, 5; the cell 2 and 3. */
struct mock_machine {
	struct system sys;
	struct jailhouse_system config;
	struct jailhouse_cell_desc cell_config;
	struct cell root, cell;
	struct pcpu pcpus[MOCK_CPUS];
	struct vcpu vcpus[MOCK_CPUS];
	struct vlapic vlapics[MOCK_CPUS];
	struct jailhouse_comm_region *comm;

	/* what happened */
	unsigned int log_lines;
	char last_log[256];
	struct jailhouse_refusal refusal;
	u32 posted[MOCK_CPUS];

	/* kicks: how often one has to be repeated until it is seen, how often that was done; time passes where one waits */
	u32 lost_kicks, repeated_kicks;
	u64 time_us;

	/* ports: last access, and what reads give */
	struct { u16 port; u8 size; bool is_write; u32 value; unsigned int count; } pio;

	/* device memory: a test's own handlers */
	u64 (*device_read)(u64 addr, unsigned int size);
	void (*device_write)(u64 addr, unsigned int size, u64 value);

	/* PCI functions: plain bytes; BAR and read-only bits are the test's business */
	struct { u16 bdf; bool present; u8 space[4096]; unsigned int writes; } pci[4];
};

extern struct mock_machine mock;

/** A fresh machine; call from each test's setup. */
int mock_setup(void **state);
int mock_teardown(void **state);

/** All CPUs are root's, the other cell is not there yet. */
void mock_root_alone(void);
/** cell_prepare of @ops with an mmio table large enough. */
int mock_prepare(const struct subsys_ops *ops, struct cell *c);
void mock_abort(const struct subsys_ops *ops, struct cell *c);
/** CPUs 2 and 3 and what @ops manages become the cell's; the other way round. */
void mock_commit(const struct subsys_ops *ops);
void mock_release(const struct subsys_ops *ops);

enum vdev_result mock_mmio(struct vcpu *v, u64 addr, u8 size, bool is_write, u64 *value);
u8 *mock_pci_space(u16 bdf);

#endif /* VDEV_MOCK_H */
