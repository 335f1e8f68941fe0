// SPDX-License-Identifier: GPL-2.0
/*
 * testdev - a device for tests of the instruction decoder: the last eight bytes of the page behind
 * the communication region are the last eight bytes of the communication page. What went through
 * the decoder can be compared with what is in memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/subsys.h>
#include <hv/x86/vdev.h>

#define TESTDEV_FIRST	0xff8

static enum vdev_result testdev_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	u64 *word = (u64 *)((u8 *)v->pcpu->cell->comm + TESTDEV_FIRST);
	u64 offset = a->addr.v & ~PAGE_MASK, shift = 8 * (offset & 7);
	u64 mask = ~0ULL >> (64 - 8 * a->size) << shift;

	if (offset < TESTDEV_FIRST || (offset & (a->size - 1)))
		return VDEV_DENIED;
	if (a->is_write)
		WRITE_ONCE(*word, (READ_ONCE(*word) & ~mask) | (a->value << shift & mask));
	else
		a->value = (READ_ONCE(*word) & mask) >> shift;
	return VDEV_OK;
}

static int testdev_cell_prepare(struct system *s, struct cell *c)
{
	int comm = cell_view_comm_region(&c->view);

	if (comm < 0 || !(c->config->flags & JAILHOUSE_CELL_TEST_DEVICE))
		return 0;
	return mmio_register(c, c->view.mem[comm].virt_start + PAGE_SIZE, PAGE_SIZE,
			     testdev_access, NULL);
}

const struct subsys_ops subsys_testdev = {
	.name = "testdev",
	.cell_prepare = testdev_cell_prepare,
};
