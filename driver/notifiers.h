/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux reboots, crashes, wants to sleep or to have memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_NOTIFIERS_H
#define DRIVER_NOTIFIERS_H

struct system;

int __must_check notifiers_init(struct system *sys);
void notifiers_exit(struct system *sys);

#endif /* DRIVER_NOTIFIERS_H */
