// SPDX-License-Identifier: GPL-2.0
/*
 * none - a machine without an IOMMU that the hypervisor drives: everything succeeds and nothing is
 * isolated
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/iommu.h>

static const struct pt_format *none_format(void)
{
	return NULL;
}

static int none_init(struct system *s)
{
	return 0;
}

static int none_domain_prepare(struct cell *c)
{
	return 0;
}

static void none_cell(struct cell *c)
{
}

static void none_device(struct cell *c, u32 device)
{
}

static void none_system(struct system *s)
{
}

const struct iommu_ops iommu_none = {
	.name = "none",
	.isolates = false,
	.format = none_format,
	.init = none_init,
	.domain_prepare = none_domain_prepare,
	.domain_abort = none_cell,
	.start = none_system,
	.attach = none_device,
	.detach = none_device,
	.flush = none_cell,
	.poll_faults = none_system,
	.shutdown = none_system,
};
