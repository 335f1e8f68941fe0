// SPDX-License-Identifier: GPL-2.0
/*
 * What the hypervisor does against leaks by speculation: the user's choice, and the hypervisor's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/bits.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <jailhouse/mitigations.h>

#include "mitigations.h"

static const char *const mitigation_modes[] = { "auto", "off" };
static int mitigations;			/* index of mitigation_modes */

static int mitigations_set(const char *text, const struct kernel_param *param)
{
	int mode = sysfs_match_string(mitigation_modes, text);

	if (mode >= 0)
		WRITE_ONCE(mitigations, mode);
	return mode < 0 ? mode : 0;
}

static int mitigations_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s\n", mitigation_modes[READ_ONCE(mitigations)]);
}

static const struct kernel_param_ops mitigations_ops = {
	.set = mitigations_set,
	.get = mitigations_get,
};
module_param_cb(mitigations, &mitigations_ops, NULL, 0644);
MODULE_PARM_DESC(mitigations, "What the hypervisor does against leaks by speculation, from the next enable on: "
			      "auto, what each CPU needs (default); off");

u32 mitigations_flags(void)
{
	return READ_ONCE(mitigations) ? HV_FLAG_NO_MITIGATIONS : 0;
}

ssize_t mitigations_text(const struct image *img, char *buf)
{
	static const char *const names[] = JAILHOUSE_MITIGATION_NAMES;
	u32 chosen = READ_ONCE(image_status(img)->mitigations);
	unsigned int i;
	int n;

	if (img->header.flags & HV_FLAG_NO_MITIGATIONS)
		return sysfs_emit(buf, "off\n");
	n = sysfs_emit(buf, chosen ? "auto:" : "auto: none needed");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (chosen & BIT(i))
			n += sysfs_emit_at(buf, n, " %s", names[i]);
	return n + sysfs_emit_at(buf, n, "\n");
}
