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
#define TESTDEV_END	0x1000

static bool has_testdev(const struct cell *c)
{
	return (c->config->flags & JAILHOUSE_CELL_TEST_DEVICE) &&
	       cell_view_comm_region(&c->view) >= 0;
}

static u64 testdev_address(const struct cell *c)
{
	return c->view.mem[cell_view_comm_region(&c->view)].virt_start + PAGE_SIZE;
}

/* volatile: the cell sees and writes these bytes at the same time */
static u64 read_bytes(const volatile void *p, u8 size)
{
	switch (size) {
	case 1: return *(const volatile u8 *)p;
	case 2: return *(const volatile u16 *)p;
	case 4: return *(const volatile u32 *)p;
	default: return *(const volatile u64 *)p;
	}
}

static void write_bytes(volatile void *p, u8 size, u64 value)
{
	switch (size) {
	case 1: *(volatile u8 *)p = (u8)value; break;
	case 2: *(volatile u16 *)p = (u16)value; break;
	case 4: *(volatile u32 *)p = (u32)value; break;
	default: *(volatile u64 *)p = value; break;
	}
}

static enum vdev_result testdev_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	struct cell *c = v->pcpu->cell;
	u64 offset = a->addr.v & ~PAGE_MASK;
	u8 *p = (u8 *)c->comm + offset;

	if (offset < TESTDEV_FIRST || offset + a->size > TESTDEV_END || (offset & (a->size - 1)))
		return VDEV_DENIED;
	if (a->is_write)
		write_bytes(p, a->size, a->value);
	else
		a->value = read_bytes(p, a->size);
	return VDEV_OK;
}

static u32 testdev_mmio_regions(const struct cell *c)
{
	return has_testdev(c);
}

static int testdev_cell_prepare(struct system *s, struct cell *c)
{
	return has_testdev(c)
		       ? mmio_register(c, testdev_address(c), PAGE_SIZE, testdev_access, NULL)
		       : 0;
}

static void testdev_cell_abort(struct system *s, struct cell *c)
{
	if (has_testdev(c))
		mmio_unregister(c, testdev_address(c));
}

const struct subsys_ops subsys_testdev = {
	.name = "testdev",
	.mmio_regions = testdev_mmio_regions,
	.cell_prepare = testdev_cell_prepare,
	.cell_abort = testdev_cell_abort,
};
