// SPDX-License-Identifier: GPL-2.0
/*
 * none - a machine without an IOMMU that the hypervisor drives: everything succeeds and nothing is
 * isolated
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/iommu.h>

static int none_init(struct system *s)
{
	return 0;
}

static int none_domain_prepare(struct cell *c)
{
	return 0;
}

static void none_domain_abort(struct cell *c)
{
}

static int none_prepare_map(struct cell *c, iova_t va, u64 size, u32 flags)
{
	return 0;
}

static void none_commit_map(struct cell *c, iova_t va, hpa_t pa, u64 size, u32 flags)
{
}

static void none_commit_unmap(struct cell *c, iova_t va, u64 size)
{
}

static void none_attach(struct cell *c, u32 device)
{
}

static void none_detach(struct cell *c, u32 device)
{
}

static void none_flush(struct cell *c)
{
}

static void none_poll_faults(struct system *s)
{
}

static void none_shutdown(struct system *s)
{
}

const struct iommu_ops iommu_none = {
	.name = "none",
	.isolates = false,
	.init = none_init,
	.domain_prepare = none_domain_prepare,
	.domain_abort = none_domain_abort,
	.prepare_map = none_prepare_map,
	.commit_map = none_commit_map,
	.commit_unmap = none_commit_unmap,
	.attach = none_attach,
	.detach = none_detach,
	.flush = none_flush,
	.poll_faults = none_poll_faults,
	.shutdown = none_shutdown,
};
