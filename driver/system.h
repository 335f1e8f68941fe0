/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system: everything that exists while Jailhouse is enabled.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_SYSTEM_H
#define DRIVER_SYSTEM_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <common/config/config.h>

#include "arch.h"
#include "image.h"

struct cell;

/**
 * struct system - one, from module load to unload
 * @lock:	serialises management: ioctls, disable at reboot, reading of hypervisor-wide sysfs
 *	files. It guards all that follows. Taken before everything that CPU hotplug takes; never in
 *	a hotplug callback or a cell's sysfs file.
 * @dev:	/sys/devices/jailhouse
 * @beneath:	Linux runs beneath the hypervisor: hypercalls are possible. Read without @lock on
 *	panic.
 * @enabled:	enable is complete
 * @blob:	checked copy of the system configuration, @config its view
 */
struct system {
	struct mutex lock;
	struct device *dev;
	bool beneath, enabled;
	void *blob;
	struct system_view config;
	struct image image;
	struct passage passage;
	u32 num_cpus;
	struct list_head cells;
	struct cell *root;
};

/**
 * Put Linux beneath the hypervisor with the configuration at @user. Needs sys->lock.
 * Returns 0, or -Exxx with every step undone and @why filled where there is a rule.
 */
int system_enable(struct system *sys, const void __user *user, struct jailhouse_refusal *why);

/**
 * Destroy all cells and take Linux out again. Needs sys->lock.
 * Returns 0, or -Exxx: still enabled, but cells destroyed before the failure are gone.
 */
int system_disable(struct system *sys, struct jailhouse_refusal *why);

/**
 * The machine goes down and a cell does not agree: stop it and leave. What was enabled is not
 * cleaned up: other CPUs leave a little later. Needs sys->lock, and nothing of the driver may be
 * used afterwards.
 */
void system_abandon(struct system *sys);

/** A crash: leave at once, from any context, without locks. */
void system_crash(struct system *sys);

#endif /* DRIVER_SYSTEM_H */
