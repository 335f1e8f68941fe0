// SPDX-License-Identifier: GPL-2.0
/*
 * Reasons that the driver itself finds, and the last one of all.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <common/config/config.h>

#include "refusal.h"

static DEFINE_MUTEX(last_lock);
static struct jailhouse_refusal last;	/* guarded by last_lock */

int refuse(struct jailhouse_refusal *why, enum jailhouse_rule rule, enum jailhouse_object object,
	   u16 index, u64 value0, u64 value1, u64 value2)
{
	int err = refusal_init(why, rule);

	why->object = object;
	why->index = index;
	why->value[0] = value0;
	why->value[1] = value1;
	why->value[2] = value2;
	return err;
}

int refuse_as(struct jailhouse_refusal *why, enum jailhouse_rule rule, int err,
	      enum jailhouse_object object, u16 index, u64 value0, u64 value1, u64 value2)
{
	refuse(why, rule, object, index, value0, value1, value2);
	why->error = err;
	return err;
}

int refuse_for(struct jailhouse_refusal *why, const struct cell_view *config)
{
	BUILD_BUG_ON(sizeof(why->cell_name) != sizeof(config->desc->name));
	memcpy(why->cell_name, config->desc->name, sizeof(why->cell_name));
	why->cell_name[sizeof(why->cell_name) - 1] = 0;
	return why->error;
}

static void log_sentence(const struct jailhouse_refusal *why)
{
	char *text = kmalloc(REFUSAL_TEXT_SIZE, GFP_KERNEL);

	if (!text)
		return;
	refusal_format(text, REFUSAL_TEXT_SIZE, why);
	pr_err("%s\n", text);
	kfree(text);
}

/* These say enough by themselves, and are no judgement on the request. */
static bool needs_no_rule(int err)
{
	return err == -EINTR || err == -EFAULT || err == -ENOMEM;
}

void refusal_record(struct jailhouse_refusal *why, int err)
{
	if (err < 0 && !why->rule && !needs_no_rule(err))
		refuse_as(why, RULE_DRIVER_INTERNAL, err, JAILHOUSE_OBJ_NONE, 0, -err, 0, 0);
	mutex_lock(&last_lock);
	last = *why;
	mutex_unlock(&last_lock);
	if (why->rule)
		log_sentence(why);
}

size_t refusal_last_text(char *buf, size_t size)
{
	struct jailhouse_refusal copy;

	mutex_lock(&last_lock);
	copy = last;
	mutex_unlock(&last_lock);
	buf[0] = 0;
	return copy.rule ? min(refusal_format(buf, size, &copy), size - 1) : 0;
}
