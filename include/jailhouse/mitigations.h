/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Mitigations of what CPUs leak by speculation, one bit each: as chosen in the hypervisor, as told in the status page. Read by
 * the assembler too.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_MITIGATIONS_H
#define JAILHOUSE_MITIGATIONS_H

#define JAILHOUSE_MITIGATE_RSB		0x1	/* at each exit: the return stack is filled with addresses of the hypervisor */
#define JAILHOUSE_MITIGATE_IBPB		0x2	/* when a CPU changes its owner: what branch predictors have learnt is forgotten */
#define JAILHOUSE_MITIGATE_VERW		0x4	/* before each entry: the CPU's buffers are overwritten */
#define JAILHOUSE_MITIGATE_L1D		0x8	/* before each entry: the first-level data cache is flushed */

#define JAILHOUSE_MITIGATIONS		4
#define JAILHOUSE_MITIGATION_NAMES	{ "rsb-fill", "ibpb", "verw", "l1d-flush" }

#endif /* JAILHOUSE_MITIGATIONS_H */
