// SPDX-License-Identifier: GPL-2.0
/*
 * KVM beside us. find_module() is not exported; the kset that this module's own kobject lives in is
 * /sys/module, and a reference to a module's kobject keeps its struct module.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/kobject.h>
#include <linux/module.h>

#include "kvm_x86.h"

static int module_users(const char *name)
{
	struct kobject *kobj = kset_find_obj(THIS_MODULE->mkobj.kobj.kset, name);
	struct module *mod;
	int users = 0;

	if (!kobj)
		return 0;
	mod = container_of(kobj, struct module_kobject, kobj)->mod;
	if (mod)
		users = module_refcount(mod);
	kobject_put(kobj);
	/* -1: on its way out */
	return max(users, 0);
}

int kvm_users(void)
{
	return module_users("kvm_amd") + module_users("kvm_intel");
}
