/* SPDX-License-Identifier: GPL-2.0 */
/*
 * oracle - what has to hold after every step, derived from the configurations alone and compared
 * with tables, TLBs, CPUs and the status page.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_MODEL_ORACLE_H
#define TESTS_MODEL_ORACLE_H

#include <hv/cell.h>

/** NULL, or the sentence of the first clause that does not hold. */
const char *oracle_check(struct system *s);

/**
 * The same for one step of many: clauses about tables are asked only if a table, or what they are
 * compared with, has changed since the last call of either. Starts afresh after oracle_forget().
 */
const char *oracle_check_step(struct system *s);
void oracle_forget(void);
/** Does every table have the content that it had at the last check? */
bool oracle_tables_unchanged(struct system *s);

/**
 * struct machine_image - all that create∘destroy has to restore: root's tables by content, pools,
 * CPUs, counts
 */
struct machine_image {
	u64 root_tables;	/* hash of every entry, addresses of tables left out */
	u64 root_dma_tables;
	u64 root_cpus[4];
	u32 root_table_count, pool_used, published_used, cell_count;
	u32 pool_reserved, pad;
};
struct machine_image oracle_image(struct system *s);

#endif /* TESTS_MODEL_ORACLE_H */
