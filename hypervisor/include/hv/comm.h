/* SPDX-License-Identifier: GPL-2.0 */
/*
 * comm - communication page: what the cell says about itself, and messages to it. The page is the
 * cell's: every word is read once and believed only as far as docs/STATES.md says.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_COMM_H
#define HV_COMM_H

#include <hv/cell.h>

/**
 * State of the cell, JAILHOUSE_CELL_*; a terminal state that the cell reports is kept from then on.
 * Other words count as RUNNING.
 */
u32 comm_cell_state(struct cell *c);
/** Like comm_cell_state(); -EINVAL when the running cell shows a word that is none. */
int comm_reported_state(struct cell *c);
/** The hypervisor decides the state. */
void comm_set_state(struct cell *c, u32 state);
/**
 * Fresh page for a start: everything zero, then the fields of the interface; the cell is RUNNING.
 */
void comm_start(struct cell *c);

enum comm_answer {
	COMM_WAIT,		/* ask again later */
	COMM_APPROVED,		/* or nobody there to ask */
	COMM_DENIED,
	COMM_TIMEOUT,
};
/**
 * Shutdown request: the first call posts it, the following ones look for the answer. Never waits.
 */
enum comm_answer comm_request_shutdown(struct cell *c);
/**
 * Tell every running cell but @except that the partitioning has changed. Answers are not waited
 * for.
 */
void comm_post_reconfig(struct system *s, const struct cell *except);

#endif /* HV_COMM_H */
