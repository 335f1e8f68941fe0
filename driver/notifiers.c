// SPDX-License-Identifier: GPL-2.0
/*
 * Linux reboots, crashes or wants to sleep.
 *
 * A crash kernel that is loaded is started before the panic notifiers run, unless the kernel has crash_kexec_post_notifiers: with
 * kdump, that parameter is needed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "notifiers.h"
#include "refusal.h"
#include "system.h"

static struct system *system;

/* The reboot goes on in any case: a hypervisor that cannot be left ends with the machine's reset. */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	struct jailhouse_refusal why = { };
	int err = 0;

	mutex_lock(&system->lock);
	if (system->enabled)
		err = system_disable(system, &why);
	mutex_unlock(&system->lock);
	if (err)
		refusal_record(&why, err);
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

	if (action != PM_SUSPEND_PREPARE && action != PM_HIBERNATION_PREPARE && action != PM_RESTORE_PREPARE)
		return NOTIFY_DONE;
	if (!READ_ONCE(system->enabled))
		return NOTIFY_DONE;
	refusal_record(&why, refuse(&why, RULE_SUSPEND, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0));
	return notifier_from_errno(why.error);
}

/* Before the others: what they do may need the whole machine. */
static struct notifier_block reboot_block = { .notifier_call = on_reboot, .priority = INT_MAX };
static struct notifier_block panic_block = { .notifier_call = on_panic, .priority = INT_MAX };
static struct notifier_block sleep_block = { .notifier_call = on_sleep };

int notifiers_init(struct system *sys)
{
	int err;

	system = sys;
	err = register_reboot_notifier(&reboot_block);
	if (err)
		return err;
	err = register_pm_notifier(&sleep_block);
	if (err) {
		unregister_reboot_notifier(&reboot_block);
		return err;
	}
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	return 0;
}

void notifiers_exit(struct system *sys)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	unregister_pm_notifier(&sleep_block);
	unregister_reboot_notifier(&reboot_block);
}
