// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/jailhouse: ioctls to the functions that carry them out, one at a time.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cell.h"
#include "cell_cpu.h"
#include "last_log.h"
#include "notifiers.h"
#include "cell_pci.h"
#include "refusal.h"
#include "system_sysfs.h"
#include "system.h"
#include "vconsole.h"
#include "verify.h"

MODULE_DESCRIPTION("Management of the Jailhouse partitioning hypervisor");
MODULE_AUTHOR("Jailhouse contributors");
MODULE_LICENSE("GPL");
MODULE_FIRMWARE("jailhouse.bin");

static struct system the_system = {
	.lock = __MUTEX_INITIALIZER(the_system.lock),
	.cells = LIST_HEAD_INIT(the_system.cells),
};

/*
 * struct handle - an open /dev/jailhouse
 * @refusal: of the last ioctl, guarded by the_system.lock
 */
struct handle {
	struct vconsole_reader reader;
	struct jailhouse_refusal refusal;
};

static int handle_open(struct inode *inode, struct file *file)
{
	struct handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);

	if (!handle)
		return -ENOMEM;
	vconsole_reader_init(&handle->reader);
	file->private_data = handle;
	return 0;
}

static int handle_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t handle_read(struct file *file, char __user *buf, size_t count, loff_t *offset)
{
	struct handle *handle = file->private_data;

	return vconsole_read(&handle->reader, buf, count, file->f_flags & O_NONBLOCK);
}

static __poll_t handle_poll(struct file *file, struct poll_table_struct *wait)
{
	struct handle *handle = file->private_data;

	return vconsole_poll(&handle->reader, file, wait);
}

/* Whoever may open the device may read the console; dividing the machine takes more. */
static int manage(struct system *sys, unsigned int cmd, void __user *arg,
		  struct jailhouse_refusal *why)
{
	if (!capable(CAP_SYS_ADMIN))
		return refuse(why, RULE_NOT_PERMITTED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	switch (cmd) {
	case JAILHOUSE_ENABLE:
		return system_enable(sys, arg, why);
	case JAILHOUSE_DISABLE:
		return system_disable(sys, why);
	case JAILHOUSE_CELL_CREATE:
		return cell_create(sys, arg, why);
	case JAILHOUSE_CELL_LOAD:
		return cell_load(sys, arg, why);
	case JAILHOUSE_CELL_START:
		return cell_start(sys, arg, why);
	case JAILHOUSE_CELL_DESTROY:
		return cell_destroy(sys, arg, why);
	case JAILHOUSE_VERIFY:
		return system_verify(sys, arg, why);
	default:
		return refuse(why, RULE_UNKNOWN_IOCTL, JAILHOUSE_OBJ_NONE, 0, cmd, 0, 0);
	}
}

static long manage_and_record(struct handle *handle, unsigned int cmd, void __user *arg)
{
	int err;

	memset(&handle->refusal, 0, sizeof(handle->refusal));
	err = manage(&the_system, cmd, arg, &handle->refusal);
	refusal_record(&handle->refusal, err);
	return err;
}

static long get_refusal(const struct handle *handle, void __user *arg)
{
	return copy_to_user(arg, &handle->refusal, sizeof(handle->refusal)) ? -EFAULT : 0;
}

/* It says what every cell did: not for everybody who may read the console. */
static long get_last_log(const struct system *sys, void __user *arg)
{
	return capable(CAP_SYS_ADMIN) ? last_log_get(arg, sys->enabled || sys->beneath) : -EPERM;
}

/* A request that has begun runs to its end; only waiting for another's can be interrupted. */
static long handle_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct handle *handle = file->private_data;
	long err;

	if (mutex_lock_interruptible(&the_system.lock))
		return -EINTR;
	if (cmd == JAILHOUSE_GET_REFUSAL)
		err = get_refusal(handle, (void __user *)arg);
	else if (cmd == JAILHOUSE_LAST_LOG)
		err = get_last_log(&the_system, (void __user *)arg);
	else
		err = manage_and_record(handle, cmd, (void __user *)arg);
	mutex_unlock(&the_system.lock);
	return err;
}

#ifdef CONFIG_COMPAT
/*
 * A 32-bit program's number of ENABLE contains the size of its own pointers. All arguments are laid
 * out alike.
 */
#define COMPAT_ENABLE	_IOW(0, 0, compat_uptr_t)

static long handle_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == COMPAT_ENABLE)
		cmd = JAILHOUSE_ENABLE;
	return handle_ioctl(file, cmd, (unsigned long)compat_ptr(arg));
}
#else
#define handle_compat_ioctl	NULL
#endif

static const struct file_operations handle_operations = {
	.owner = THIS_MODULE,
	.open = handle_open,
	.release = handle_release,
	.read = handle_read,
	.poll = handle_poll,
	.unlocked_ioctl = handle_ioctl,
	.compat_ioctl = handle_compat_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "jailhouse",
	.fops = &handle_operations,
	.mode = 0600,
};

static int device_init(struct system *sys)
{
	return misc_register(&device);
}

static void device_exit(struct system *sys)
{
	misc_deregister(&device);
}

/* The device comes last: with it come requests. */
static const struct {
	int (*init)(struct system *sys);
	void (*exit)(struct system *sys);
} parts[] = {
	{ system_sysfs_init, system_sysfs_exit },
	{ cell_cpu_init, cell_cpu_exit },
	{ cell_pci_init, cell_pci_exit },
	{ notifiers_init, notifiers_exit },
	{ device_init, device_exit },
};

static void exit_parts(int count)
{
	while (count-- > 0)
		parts[count].exit(&the_system);
}

static int __init jailhouse_init(void)
{
	int i, err;

	arch_init();
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].init(&the_system);
		if (err) {
			exit_parts(i);
			return err;
		}
	}
	return 0;
}

static void __exit jailhouse_exit(void)
{
	exit_parts(ARRAY_SIZE(parts));
	vconsole_exit();
	last_log_exit();
}

module_init(jailhouse_init);
module_exit(jailhouse_exit);
