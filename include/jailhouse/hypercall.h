/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hypercalls, cell and CPU states, and the communication region of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_HYPERCALL_H
#define JAILHOUSE_HYPERCALL_H

#include <jailhouse/types.h>
#include <jailhouse/console.h>
#include <jailhouse/errno.h>
#include <asm/jailhouse_hypercall.h>

/*
 * Hypercall numbers. The result is signed; negative means -Exxx of <jailhouse/errno.h>.
 *
 * Between driver and hypervisor only, the management calls CELL_CREATE, CELL_START, CELL_SET_LOADABLE and CELL_DESTROY may answer
 * -EAGAIN: "in progress". It is not an error: root goes on running while a cell answers a message, while its memory is scrubbed, or
 * between two slices of something large, and the driver repeats the same call with the same arguments, sleeping a little in between,
 * until the answer is another one. Until then another management call is answered with -EBUSY, or settles what was left (docs/STATES.md);
 * CELL_CREATE goes on with the copy of the configuration that its first call made.
 */
#define JAILHOUSE_HC_DISABLE			0
#define JAILHOUSE_HC_CELL_CREATE		1	/* physical address of the configuration */
#define JAILHOUSE_HC_CELL_START			2	/* cell id */
#define JAILHOUSE_HC_CELL_SET_LOADABLE		3	/* cell id */
#define JAILHOUSE_HC_CELL_DESTROY		4	/* cell id */
#define JAILHOUSE_HC_HYPERVISOR_GET_INFO	5	/* JAILHOUSE_INFO_* */
#define JAILHOUSE_HC_CELL_GET_STATE		6	/* cell id */
#define JAILHOUSE_HC_CPU_GET_INFO		7	/* logical CPU, JAILHOUSE_CPU_INFO_* */
#define JAILHOUSE_HC_DEBUG_CONSOLE_PUTC		8	/* character */

/*
 * This project's extensions start here.
 *
 * PANIC_DISABLE (root; called by the one CPU that crashes): leave at once, from any state and without other CPUs' help. Cells are
 * stopped, whatever state they are in; the calling CPU returns 0 outside of the hypervisor.
 */
#define JAILHOUSE_HC_X_PANIC_DISABLE		0x1000

/*
 * VERIFY (root): prove the isolation of the running system, a slice per call. Argument JAILHOUSE_VERIFY_START begins anew, JAILHOUSE_VERIFY_NEXT
 * goes on: -EAGAIN while there is more (a management call in between makes it begin anew), then 0 with the result in
 * the status page. Each CPU looks at tables of its own meanwhile, those of cells included: one exit.
 */
#define JAILHOUSE_HC_X_VERIFY			0x1001
#define JAILHOUSE_VERIFY_START			0
#define JAILHOUSE_VERIFY_NEXT			1

/*
 * Debug images only (make debug-image; -ENOSYS in all others), root only: the n-th allocation from now on, in whatever pool,
 * fails. 0: none does.
 */
#define JAILHOUSE_HC_X_FAIL_ALLOCATION		0x1f00

/* HYPERVISOR_GET_INFO (root only): pages, or cells including the root cell */
#define JAILHOUSE_INFO_MEM_POOL_SIZE		0
#define JAILHOUSE_INFO_MEM_POOL_USED		1
#define JAILHOUSE_INFO_REMAP_POOL_SIZE		2
#define JAILHOUSE_INFO_REMAP_POOL_USED		3
#define JAILHOUSE_INFO_NUM_CELLS		4

/* CPU_GET_INFO: the state, or counter n as STAT_BASE + n (31 bits) */
#define JAILHOUSE_CPU_INFO_STATE		0
#define JAILHOUSE_CPU_INFO_STAT_BASE		1000

#define JAILHOUSE_CPU_RUNNING			0
#define JAILHOUSE_CPU_FAILED			2

/* Statistics of all architectures; <asm/jailhouse_hypercall.h> continues */
#define JAILHOUSE_CPU_STAT_VMEXITS_TOTAL	0
#define JAILHOUSE_CPU_STAT_VMEXITS_MMIO		1
#define JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT	2
#define JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL	3

/* Messages to a cell */
#define JAILHOUSE_MSG_NONE			0
#define JAILHOUSE_MSG_SHUTDOWN_REQUEST		1
#define JAILHOUSE_MSG_RECONFIG_COMPLETED	2

/* Replies of a cell */
#define JAILHOUSE_MSG_UNKNOWN			1
#define JAILHOUSE_MSG_REQUEST_DENIED		2
#define JAILHOUSE_MSG_REQUEST_APPROVED		3
#define JAILHOUSE_MSG_RECEIVED			4

/* Cell states */
#define JAILHOUSE_CELL_RUNNING			0
#define JAILHOUSE_CELL_RUNNING_LOCKED		1	/* set by the cell: no other cell may be created or destroyed */
#define JAILHOUSE_CELL_SHUT_DOWN		2	/* terminal */
#define JAILHOUSE_CELL_FAILED			3	/* terminal */
#define JAILHOUSE_CELL_FAILED_COMM_REV		4	/* terminal; set by a cell that does not know the region's revision */

/* Flags of the communication region */
#define JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED	0x0001
#define JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE	0x0002

#define COMM_REGION_ABI_REVISION		2
#define COMM_REGION_MAGIC			"JHCOMM"

#ifndef __ASSEMBLER__

/**
 * struct jailhouse_comm_region - the page that hypervisor and cell share; zeroed and filled again at every start
 * @cell_state:		written by the cell, JAILHOUSE_CELL_*; the hypervisor writes FAILED and SHUT_DOWN
 * @msg_to_cell:	written by the hypervisor, set to NONE by the cell when it has read the message
 * @reply_from_cell:	written by the cell after that
 * @console:		the cell's console
 */
struct jailhouse_comm_region {
	char signature[6];
	__u16 revision;
	volatile __u32 cell_state;
	volatile __u32 msg_to_cell;
	volatile __u32 reply_from_cell;
	__u32 flags;
	struct jailhouse_console console;
	__u64 pci_mmconfig_base;
	JAILHOUSE_COMM_PLATFORM_FIELDS
} __attribute__((packed));

_Static_assert(offsetof(struct jailhouse_comm_region, cell_state) == 8, "communication region is ABI");
_Static_assert(offsetof(struct jailhouse_comm_region, console) == 24, "communication region is ABI");
_Static_assert(offsetof(struct jailhouse_comm_region, pci_mmconfig_base) == 56, "communication region is ABI");
_Static_assert(sizeof(struct jailhouse_comm_region) == JAILHOUSE_COMM_REGION_SIZE, "communication region is ABI");

/**
 * Answer the message in @comm_region with @reply (JAILHOUSE_MSG_*), from within the cell.
 * The message is cleared first: the hypervisor may send the next one as soon as it sees the reply. The barrier pairs with the
 * hypervisor's read of the reply.
 */
static inline void jailhouse_send_reply_from_cell(struct jailhouse_comm_region *comm_region, __u32 reply)
{
	comm_region->msg_to_cell = JAILHOUSE_MSG_NONE;
	jailhouse_comm_write_barrier();
	comm_region->reply_from_cell = reply;
}

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_HYPERCALL_H */
