// SPDX-License-Identifier: GPL-2.0
/*
 * Events. The hypervisor has no interrupt to root: a cell's state word is written by the cell
 * itself, without any exit. So root looks, and the status page's generation tells when there is
 * something beyond the states.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/jiffies.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "cell.h"
#include "cell_sysfs.h"
#include "events.h"
#include "system.h"
#include "vconsole.h"

#define INTERVAL	(HZ / 10)

static void events_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(poll_work, events_work);
static struct system *system;
static u32 seen_generation;

static void look_at_generation(void)
{
	u32 generation = READ_ONCE(image_status(&system->image)->generation);

	if (generation == seen_generation)
		return;
	seen_generation = generation;
	sysfs_notify(&system->dev->kobj, NULL, "generation");
}

static void look_at_cells(void)
{
	struct cell *cell;

	list_for_each_entry(cell, &system->cells, link)
		cell_sysfs_poll(cell);
}

/*
 * Management that is busy is seen to at the next turn; waiting for it would make events_stop() wait
 * for its caller.
 */
static void events_work(struct work_struct *work)
{
	vconsole_poll_ring();
	if (mutex_trylock(&system->lock)) {
		look_at_generation();
		look_at_cells();
		mutex_unlock(&system->lock);
	}
	queue_delayed_work(system_power_efficient_wq, &poll_work, INTERVAL);
}

void events_start(struct system *sys)
{
	system = sys;
	seen_generation = READ_ONCE(image_status(&sys->image)->generation);
	queue_delayed_work(system_power_efficient_wq, &poll_work, INTERVAL);
}

void events_stop(void)
{
	cancel_delayed_work_sync(&poll_work);
}
