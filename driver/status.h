/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Readers of the hypervisor's status page. It changes under the reader at any time.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_STATUS_H
#define DRIVER_STATUS_H

#include <linux/compiler.h>
#include <jailhouse/status.h>

static inline u32 status_refusal_seq(const struct hv_status_page *status)
{
	return READ_ONCE(status->refusal_seq);
}

/**
 * Fetch the reason for @err into @why, if the hypervisor wrote one since @seq was read. Else @why
 * stays as it is.
 */
void status_get_refusal(const struct hv_status_page *status, u32 seq, int err,
			struct jailhouse_refusal *why);

/** The entry of cell @id. Returns false if the hypervisor lists none. */
bool status_get_cell(const struct hv_status_page *status, s32 id,
		     struct jailhouse_status_cell *cell);

#endif /* DRIVER_STATUS_H */
