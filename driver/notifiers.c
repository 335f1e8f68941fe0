// SPDX-License-Identifier: GPL-2.0
/*
 * Linux reboots, crashes, wants to sleep or to have memory.
 *
 * A crash kernel that is loaded is started before the panic notifiers run, unless the kernel has
 * crash_kexec_post_notifiers: with kdump, that parameter is needed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "hypercall.h"
#include "notifiers.h"
#include "refusal.h"
#include "system.h"

static struct system *system;

/*
 * The machine goes down in any case, so a cell that does not agree is stopped, and neither it nor
 * the request that holds the lock is waited for longer than hypercall_going_down() says.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	struct jailhouse_refusal why = { };
	int err = 0;

	hypercall_going_down();
	mutex_lock(&system->lock);
	if (system->enabled)
		err = system_disable(system, &why);
	if (err) {
		refusal_record(&why, err);
		pr_err("The machine goes down: cells are stopped.\n");
		system_abandon(system);
	}
	mutex_unlock(&system->lock);
	return NOTIFY_DONE;
}

static int on_panic(struct notifier_block *nb, unsigned long action, void *data)
{
	system_crash(system);
	return NOTIFY_DONE;
}

static int on_sleep(struct notifier_block *nb, unsigned long action, void *data)
{
	struct jailhouse_refusal why = { };

	if (action != PM_SUSPEND_PREPARE && action != PM_HIBERNATION_PREPARE &&
	    action != PM_RESTORE_PREPARE)
		return NOTIFY_DONE;
	if (!READ_ONCE(system->enabled))
		return NOTIFY_DONE;
	refusal_record(&why, refuse(&why, RULE_SUSPEND, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0));
	return notifier_from_errno(why.error);
}

/*
 * The hypervisor and cells may live in memory that was taken offline. No lock is taken here: memory
 * hotplug holds some that come after system.lock elsewhere.
 */
static int on_memory(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action != MEM_GOING_ONLINE || !READ_ONCE(system->image.mem))
		return NOTIFY_DONE;
	pr_err("Memory cannot come online while Jailhouse is enabled: it may be the hypervisor's or a cell's.\n");
	return notifier_from_errno(-EBUSY);
}

/* Before the others: what they do may need the whole machine. */
static struct notifier_block reboot_block = { .notifier_call = on_reboot, .priority = INT_MAX };
static struct notifier_block panic_block = { .notifier_call = on_panic, .priority = INT_MAX };
static struct notifier_block sleep_block = { .notifier_call = on_sleep };
static struct notifier_block memory_block = { .notifier_call = on_memory };

static int memory_init(void)
{
	return register_memory_notifier(&memory_block);
}

static void memory_exit(void)
{
	unregister_memory_notifier(&memory_block);
}

static int sleep_init(void)
{
	return register_pm_notifier(&sleep_block);
}

static void sleep_exit(void)
{
	unregister_pm_notifier(&sleep_block);
}

static int reboot_init(void)
{
	return register_reboot_notifier(&reboot_block);
}

static void reboot_exit(void)
{
	unregister_reboot_notifier(&reboot_block);
}

static int panic_init(void)
{
	return atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
}

static void panic_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
}

static const struct {
	int (*init)(void);
	void (*exit)(void);
} chains[] = {
	{ memory_init, memory_exit },
	{ sleep_init, sleep_exit },
	{ reboot_init, reboot_exit },
	{ panic_init, panic_exit },
};

static void exit_chains(int count)
{
	while (count-- > 0)
		chains[count].exit();
}

int notifiers_init(struct system *sys)
{
	int i, err;

	system = sys;
	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		err = chains[i].init();
		if (err) {
			exit_chains(i);
			return err;
		}
	}
	return 0;
}

void notifiers_exit(struct system *sys)
{
	exit_chains(ARRAY_SIZE(chains));
}
