/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what changes in the hypervisor by itself, told to user space.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_EVENTS_H
#define DRIVER_EVENTS_H

struct system;

/** Begin to look after @sys, ten times a second. */
void events_start(struct system *sys);

/** End it. May be called with sys->lock held. */
void events_stop(void);

#endif /* DRIVER_EVENTS_H */
