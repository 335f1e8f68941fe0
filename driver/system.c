// SPDX-License-Identifier: GPL-2.0
/*
 * Enable and disable.
 *
 * Enabling is a list of steps, each with what undoes it. A step that fails has undone itself; those
 * before it are undone in reverse. Disabling undoes them all.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/uaccess.h>

#include "cell.h"
#include "cell_sysfs.h"
#include "cell_cpu.h"
#include "events.h"
#include "hypercall.h"
#include "refusal.h"
#include "status.h"
#include "system_sysfs.h"
#include "system.h"
#include "vconsole.h"

#define GATHER_TRIES	20

/* struct enable_request - what the steps share */
struct enable_request {
	const void __user *user;
	struct jailhouse_refusal *why;
};

/* --- the configuration --- */

/*
 * The size is in the blob itself: take the part that says more, until it says that it is all. Every
 * byte is read once. A blob that ends in unmapped memory is taken as far as it goes, for the check
 * to say what is wrong with it.
 */
static int copy_config(void *blob, const void __user *user, u32 *size,
		       struct jailhouse_refusal *why)
{
	u64 have = 0, wanted, missing = 0;

	while (!missing) {
		wanted = config_system_size(blob, have);
		if (wanted > CONFIG_MAX_SYSTEM_SIZE)
			return refuse(why, RULE_TOO_LARGE, JAILHOUSE_OBJ_HEADER, 0, wanted,
				      CONFIG_MAX_SYSTEM_SIZE, 0);
		if (wanted <= have)
			break;
		missing = copy_from_user(blob + have, user + have, wanted - have);
		have = wanted - missing;
	}
	*size = have;
	return have ? 0 : -EFAULT;
}

static int check_config(struct system *sys, u32 size, struct jailhouse_refusal *why)
{
	int err = system_view_init(&sys->config, sys->blob, size, why);

	return err ? err : config_check_system(&sys->config, why);
}

static void config_free(struct system *sys)
{
	kvfree(sys->blob);
	sys->blob = NULL;
}

static int config_take(struct system *sys, const struct enable_request *req)
{
	u32 size;
	int err;

	sys->blob = kvzalloc(CONFIG_MAX_SYSTEM_SIZE, GFP_KERNEL);
	if (!sys->blob)
		return -ENOMEM;
	err = copy_config(sys->blob, req->user, &size, req->why);
	if (!err)
		err = check_config(sys, size, req->why);
	if (err)
		config_free(sys);
	return err;
}

/* --- the machine --- */

static u32 count_cpu_numbers(const struct cell_view *config)
{
	u32 cpu = 8 * config->cpu_set_size;

	while (cpu > 0 && !cell_view_has_cpu(config, cpu - 1))
		cpu--;
	return cpu;
}

static int machine_check(struct system *sys, const struct enable_request *req)
{
	int err = arch_check_machine(req->why);

	if (err)
		return err;
	sys->num_cpus = count_cpu_numbers(&sys->config.root);
	return cell_cpu_check_root(&sys->config.root, req->why);
}

static int config_complete(struct system *sys, const struct enable_request *req)
{
	return arch_complete_config(sys->blob, req->why);
}

/* --- the hypervisor --- */

static int image_step(struct system *sys, const struct enable_request *req)
{
	return image_load(&sys->image, sys->dev, &sys->config, sys->num_cpus, num_online_cpus(),
			  req->why);
}

static void image_undo(struct system *sys)
{
	image_unload(&sys->image);
}

static int core_step(struct system *sys, const struct enable_request *req)
{
	return system_sysfs_add_core(sys);
}

static int passage_step(struct system *sys, const struct enable_request *req)
{
	return passage_create(&sys->passage, &sys->image, sys->num_cpus);
}

static void passage_undo(struct system *sys)
{
	passage_destroy(&sys->passage);
}

/* The object only; it is shown once its hypercalls work. */
static int root_cell_step(struct system *sys, const struct enable_request *req)
{
	sys->root = cell_new(&sys->config.root, NULL, image_status(&sys->image));
	if (!sys->root)
		return -ENOMEM;
	list_add(&sys->root->link, &sys->cells);
	return 0;
}

static void root_cell_undo(struct system *sys)
{
	list_del(&sys->root->link);
	cell_put(sys->root);
	sys->root = NULL;
}

/* From before the entry: what the hypervisor says when it refuses is of interest too. */
static int console_step(struct system *sys, const struct enable_request *req)
{
	return vconsole_start(image_console(&sys->image),
			      sys->config.system->flags & JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE);
}

static void console_undo(struct system *sys)
{
	vconsole_stop();
}

/* --- in and out, on all CPUs --- */

/* struct crossing - @this_cpu is called on every CPU; results by CPU number */
struct crossing {
	struct system *sys;
	int (*this_cpu)(struct system *sys, unsigned int cpu);
	int *result;
};

static int enter_this_cpu(struct system *sys, unsigned int cpu)
{
	return passage_enter(&sys->passage, &sys->image, cpu);
}

static int leave_this_cpu(struct system *sys, unsigned int cpu)
{
	return passage_leave();
}

static int cross_this_cpu(void *arg)
{
	const struct crossing *c = arg;
	unsigned int cpu = smp_processor_id();

	c->result[cpu] = c->this_cpu(c->sys, cpu);
	return 0;
}

/* By contract all get the same answer; should they not, Linux is half beneath: said loudly. */
static int common_result(const int *result)
{
	int err = result[cpumask_first(cpu_online_mask)];
	unsigned int cpu;

	for_each_online_cpu(cpu)
		WARN_ONCE(result[cpu] != err,
			  "the hypervisor answered CPU %u with %d, others with %d\n", cpu,
			  result[cpu], err);
	return err;
}

/*
 * Call @this_cpu on all online CPUs at once, interrupts off; each waits in the hypervisor for the
 * others, so nothing that one of them holds may be wanted by another that has not come yet.
 *
 * That is what stop_machine() is for: every CPU is at a point where it could be scheduled away, no
 * spinlock is held anywhere. A function call by interrupt (on_each_cpu()) would stop CPUs at any
 * place: one of them may hold a lock that another spins for with interrupts off, or two
 * stop_machine() of others may be half-way, and both only end when the hypervisor loses patience.
 * Needs CPU hotplug disabled.
 */
static int cross(struct system *sys, int (*this_cpu)(struct system *sys, unsigned int cpu))
{
	struct crossing c = { .sys = sys, .this_cpu = this_cpu };
	int err;

	c.result = kcalloc(sys->num_cpus, sizeof(*c.result), GFP_KERNEL);
	if (!c.result)
		return -ENOMEM;
	err = stop_machine(cross_this_cpu, &c, cpu_online_mask);
	if (!err)
		err = common_result(c.result);
	kfree(c.result);
	return err;
}

static int entry_step(struct system *sys, const struct enable_request *req)
{
	const struct hv_status_page *status = image_status(&sys->image);
	u32 seq = status_refusal_seq(status);
	int err = cross(sys, enter_this_cpu);

	if (err) {
		status_get_refusal(status, seq, err, req->why);
		return err;
	}
	WRITE_ONCE(sys->beneath, true);
	cell_cpu_gate_close(&sys->root->cpus);
	return 0;
}

static int leave_all(struct system *sys, struct jailhouse_refusal *why)
{
	const struct hv_status_page *status = image_status(&sys->image);
	u32 seq = status_refusal_seq(status);
	int err;

	err = cross(sys, leave_this_cpu);
	if (err) {
		status_get_refusal(status, seq, err, why);
		return err;
	}
	WRITE_ONCE(sys->beneath, false);
	cell_cpu_gate_open();
	return 0;
}

static void entry_undo(struct system *sys)
{
	struct jailhouse_refusal why = { };

	if (sys->beneath && leave_all(sys, &why))
		panic("Jailhouse: enable failed half-way, and the hypervisor cannot be left");
}

/* --- shown to user space --- */

static int root_sysfs_step(struct system *sys, const struct enable_request *req)
{
	return cell_sysfs_add(sys->root);
}

static void root_sysfs_undo(struct system *sys)
{
	cell_sysfs_remove(sys->root);
}

static int publish_step(struct system *sys, const struct enable_request *req)
{
	__module_get(THIS_MODULE);
	WRITE_ONCE(sys->enabled, true);
	events_start(sys);
	return 0;
}

static void publish_undo(struct system *sys)
{
	events_stop();
	WRITE_ONCE(sys->enabled, false);
	module_put(THIS_MODULE);
}

/* --- the list --- */

/* struct enable_step - @enable undoes itself if it fails; @undo: NULL if there is nothing to undo
 */
struct enable_step {
	int (*enable)(struct system *sys, const struct enable_request *req);
	void (*undo)(struct system *sys);
};

enum {
	STEP_CONFIG,
	STEP_MACHINE,
	STEP_COMPLETE,
	STEP_IMAGE,
	STEP_CORE,
	STEP_PASSAGE,
	STEP_ROOT_CELL,
	STEP_CONSOLE,
	STEP_ENTRY,
	STEP_ROOT_SYSFS,
	STEP_PUBLISH,
	STEPS,
};

static const struct enable_step steps[STEPS] = {
	[STEP_CONFIG] = { config_take, config_free },
	[STEP_MACHINE] = { machine_check, NULL },
	[STEP_COMPLETE] = { config_complete, NULL },
	[STEP_IMAGE] = { image_step, image_undo },
	[STEP_CORE] = { core_step, system_sysfs_remove_core },
	[STEP_PASSAGE] = { passage_step, passage_undo },
	[STEP_ROOT_CELL] = { root_cell_step, root_cell_undo },
	[STEP_CONSOLE] = { console_step, console_undo },
	[STEP_ENTRY] = { entry_step, entry_undo },
	[STEP_ROOT_SYSFS] = { root_sysfs_step, root_sysfs_undo },
	[STEP_PUBLISH] = { publish_step, publish_undo },
};

/* Undo steps @from - 1 down to @to. */
static void undo_steps(struct system *sys, int from, int to)
{
	int i;

	for (i = from - 1; i >= to; i--) {
		if (steps[i].undo)
			steps[i].undo(sys);
	}
}

/* Run the steps from @first on; if one fails, those of them that ran are undone. */
static int run_steps(struct system *sys, const struct enable_request *req, int first)
{
	int i, err;

	for (i = first; i < STEPS; i++) {
		err = steps[i].enable(sys, req);
		if (err) {
			undo_steps(sys, i, first);
			return err;
		}
	}
	return 0;
}

int system_enable(struct system *sys, const void __user *user, struct jailhouse_refusal *why)
{
	const struct enable_request req = { .user = user, .why = why };
	int err;

	if (sys->enabled)
		return refuse(why, RULE_ALREADY_ENABLED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	/* The CPUs that are checked are those that enter: hotplug is busy meanwhile. */
	cpu_hotplug_disable();
	err = run_steps(sys, &req, 0);
	cpu_hotplug_enable();
	if (!err)
		pr_info("Enabled: Linux is the root cell now.\n");
	return err;
}

/*
 * What user space sees makes hypercalls: it goes before the hypervisor, and comes back if the
 * hypervisor stays.
 */
static int disable_steps(struct system *sys, struct jailhouse_refusal *why)
{
	int err;

	undo_steps(sys, STEPS, STEP_ENTRY + 1);
	err = leave_all(sys, why);
	if (!err)
		undo_steps(sys, STEP_ENTRY + 1, 0);
	else if (run_steps(sys, NULL, STEP_ENTRY + 1))
		pr_err("The hypervisor could not be left, and its cells are no longer shown in sysfs.\n");
	return err;
}

/*
 * All CPUs of root online, and CPU hotplug disabled. Others may take one offline in between, again
 * and again: then they are in the way, and it is said which CPU it is.
 */
static int gather_cpus(struct system *sys, struct jailhouse_refusal *why)
{
	int tries, err;

	for (tries = 0; tries < GATHER_TRIES; tries++) {
		memset(why, 0, sizeof(*why));
		err = cell_cpu_fetch(sys->root, why);
		if (err)
			return err;
		cpu_hotplug_disable();
		err = cell_cpu_check_root(&sys->config.root, why);
		if (!err)
			return 0;
		cpu_hotplug_enable();
	}
	cell_cpu_put_away();
	return err;
}

/*
 * Only a CPU that runs can leave: those that are offline are brought online for it, and afterwards
 * taken offline again.
 */
static int leave_with_all_cpus(struct system *sys, struct jailhouse_refusal *why)
{
	int err = gather_cpus(sys, why);

	if (err)
		return err;
	err = disable_steps(sys, why);
	cpu_hotplug_enable();
	cell_cpu_put_away();
	return err;
}

int system_disable(struct system *sys, struct jailhouse_refusal *why)
{
	int err;

	if (!sys->enabled)
		return refuse(why, RULE_NOT_ENABLED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	err = cell_destroy_all(sys, why);
	if (!err)
		err = leave_with_all_cpus(sys, why);
	if (!err)
		pr_info("Disabled: Linux has the machine back.\n");
	return err;
}

void system_crash(struct system *sys)
{
	if (!READ_ONCE(sys->beneath))
		return;
	WRITE_ONCE(sys->beneath, false);
	jailhouse_call(JAILHOUSE_HC_X_PANIC_DISABLE);
}

void system_abandon(struct system *sys)
{
	struct cell *cell;

	/* The reference to the module stays: CPUs still leave through its text. */
	events_stop();
	WRITE_ONCE(sys->enabled, false);
	list_for_each_entry(cell, &sys->cells, link)
		cell_sysfs_remove(cell);
	system_crash(sys);
}
