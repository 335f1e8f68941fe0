/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell_ops - the management hypercalls behind the table, and the steps that they share.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_CELL_OPS_H
#define HV_CELL_OPS_H

#include <hv/cell.h>

/*
 * Called with the caller's hypercall arguments; root only. 0, -EAGAIN (call again) or -Exxx with
 * the refusal in the status page.
 */
int cell_create(struct vcpu *caller, gpa_t config);
int cell_start(struct vcpu *caller, u64 id);
int cell_set_loadable(struct vcpu *caller, u64 id);
int cell_destroy(struct vcpu *caller, u64 id);
/** A slice of the proof; @what: JAILHOUSE_VERIFY_*. -EAGAIN, or 0 with the result in the status page. */
int verify(struct vcpu *caller, u64 what);
/** Of the CPU that calls it: its part of the proof. */
void verify_own_tables(struct pcpu *cpu);

/* --- cell object: core/cell.c ------------------------------------------------------------- */

/** What a cell needs besides the content of its tables and the subsystems: 0 or -Exxx. */
int __must_check cell_prepare(struct system *s, struct cell *c);
/** The subsystems; may read devices that root has. */
int __must_check cell_prepare_subsystems(struct system *s, struct cell *c);
void cell_abort_subsystems(struct system *s, struct cell *c);
/* Of system.slice: about 50,000 instructions */
#define SLICE_ENTRIES 15000
void cell_list_insert(struct system *s, struct cell *c);
void cell_list_remove(struct system *s, struct cell *c);
/** First page-aligned memory for a struct cell, zeroed, or NULL. */
struct cell *cell_alloc(struct system *s);
/** Give back all that a cell has got so far, which nobody uses any more, a slice of it; true: @c is gone. */
bool cell_free(struct system *s, struct cell *c);

/**
 * CPUs of @c, one after the other: for (cpu = cell_next_cpu(c, 0); cpu < HV_CPU_END; cpu =
 * cell_next_cpu(c, cpu + 1))
 */
#define HV_CPU_END 256
u32 cell_next_cpu(const struct cell *c, u32 from);
#define cell_for_each_cpu(cpu, c)                                                                  \
	for ((cpu) = cell_next_cpu(c, 0); (cpu) < HV_CPU_END; (cpu) = cell_next_cpu(c, (cpu) + 1))

void cell_suspend_cpus(struct cell *c);
void cell_resume_cpus(struct cell *c);
/** All CPUs parked before they could execute another guest instruction; failed flags cleared. */
void cell_park(struct cell *c);

/** @c's image is not loaded, after all: root loses what it has for that. 0, or -EAGAIN after a slice. */
int cell_withdraw(struct vcpu *caller, struct cell *c);

/** The suspended @cpu is @c's from now on: parked until that starts it, for root by Linux's own hotplug. */
void cell_assign_cpu(struct cell *c, struct pcpu *cpu);

/** Stopped for good or for a new start: CPUs parked, devices quiet, state SHUT_DOWN. */
void cell_stop(struct cell *c);
/* Lines that the guest of one run may cause */
#define CELL_LOG_BUDGET 32

/** scrub_start(), and tell @c's CPUs, which are parked or about to be. */
void cell_scrub(struct cell *c);

/* --- management: core/mgmt.c -------------------------------------------------------------- */

/** One operation at a time; -EBUSY with a refusal when another one runs. */
int __must_check mgmt_begin(struct system *s);
void mgmt_end(struct system *s);
/**
 * Find cell @id for operation @op (JAILHOUSE_HC_*) and make sure that no other operation is
 * pending. 0, -ENOENT, -EINVAL (root), -EBUSY, or -EAGAIN after a slice of what was left behind.
 */
int __must_check mgmt_claim_cell(struct vcpu *caller, u64 id, u32 op, struct cell **out);
int __must_check mgmt_no_other_pending(struct vcpu *caller, const struct cell *c, u32 op);
/**
 * @c, which is not listed, gives its memory back to root, then all that it has: 0, or -EAGAIN after a slice; whoever calls next goes on
 * with it.
 */
int mgmt_free_cell(struct vcpu *caller, struct cell *c);
/**
 * Scrubbing is done and the cell agreed to be stopped, or is not there to be asked: 0, -EAGAIN,
 * -EPERM.
 */
int __must_check mgmt_wait_stoppable(struct system *s, struct cell *c, u32 op);
/** -EPERM when a running cell other than @except has locked the partitioning. */
int __must_check mgmt_check_locks(struct system *s, const struct cell *except);
void mgmt_set_pending(struct system *s, struct cell *c, enum cell_pending pending, u32 op);
void mgmt_clear_pending(struct system *s, struct cell *c);
/** Root's stage 2 changed: flush on every root CPU, the caller's included. */
void mgmt_flush_root(struct mgmt_token m);
/**
 * An error without a refusal of its own since @seq gets one (NO_MEMORY, INTERNAL). Returns @err.
 */
int mgmt_explain(struct system *s, u32 seq, int err);

/* --- scrubbing: core/scrub.c -------------------------------------------------------------- */

/** All of @c's exclusive RAM is to be cleared; done when scrub_active() is false. */
void scrub_start(struct cell *c);
/** One chunk on this CPU; true: there is more to do for it. */
bool scrub_step(struct vcpu *vcpu);
bool scrub_active(const struct cell *c);

/** struct refusal_about - what a refusal tells; what is left out is none, or 0 */
struct refusal_about {
	const struct cell *cell, *other;
	u16 object, index;
	u64 value[3];
};
int refuse_about(struct system *s, u32 rule, const struct refusal_about *about);
#define REFUSE(s, rule, ...) refuse_about(s, rule, &(const struct refusal_about){ __VA_ARGS__ })

#endif /* HV_CELL_OPS_H */
