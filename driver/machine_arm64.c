// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an ARM64 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include <common/config/config.h>

#include "arch.h"
#include "refusal.h"

void __init arch_init(void)
{
	u64 range = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1) & 0xf;

	config_phys_bits = min(config_phys_bits, id_aa64mmfr0_parange_to_phys_shift(range));
}

/*
 * Each guest of KVM has a folder in its folder of debugfs, whether that is mounted or not. A folder is linked from its parent, from
 * itself and from each folder in it. -1: Linux has no debugfs.
 */
static int kvm_guests(void)
{
	struct dentry *kvm = debugfs_lookup("kvm", NULL);
	int guests;

	if (IS_ERR_OR_NULL(kvm))
		return -1;
	guests = (int)d_inode(kvm)->i_nlink - 2;
	dput(kvm);
	return max(guests, 0);
}

int arch_check_machine(struct jailhouse_refusal *why)
{
	int err, guests;

	if (read_sysreg(CurrentEL) == CurrentEL_EL2)
		return refuse(why, RULE_KERNEL_AT_EL2, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
	err = arm_check_el2(why);
	if (err)
		return err;
	guests = kvm_guests();
	if (guests > 0)
		return refuse(why, RULE_KVM_IN_USE, JAILHOUSE_OBJ_HARDWARE, 0, guests, 0, 0);
	if (guests < 0)
		pr_warn("Without debugfs it cannot be seen whether KVM has guests: there must be none.\n");
	return 0;
}
