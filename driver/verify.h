/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The proof of isolation that the hypervisor makes of itself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_VERIFY_H
#define DRIVER_VERIFY_H

#include <jailhouse/status.h>

struct system;

/** JAILHOUSE_VERIFY. Needs sys->lock. 0 with the result at @arg, or -Exxx with @why filled where there is a rule. */
int system_verify(struct system *sys, struct jailhouse_verify __user *arg, struct jailhouse_refusal *why);

#endif /* DRIVER_VERIFY_H */
