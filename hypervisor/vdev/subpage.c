// SPDX-License-Identifier: GPL-2.0
/*
 * subpage - memory regions that do not fill whole pages: device registers shared out window by
 * window, access by access
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/lib/range.h>
#include <hv/subsys.h>

static bool is_subpage(const struct jailhouse_memory *m)
{
	return m->size && !(m->flags & JAILHOUSE_MEM_COMM_REGION) && JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

static bool width_is_permitted(const struct jailhouse_memory *m, u8 size)
{
	return m->flags & ((u64)size << JAILHOUSE_MEM_IO_WIDTH_SHIFT);
}

static bool access_is_permitted(const struct jailhouse_memory *m, const struct mmio_access *a,
				u64 offset)
{
	if (!(m->flags & (a->is_write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ)))
		return false;
	if (!width_is_permitted(m, a->size))
		return false;
	return !(offset & (a->size - 1)) || (m->flags & JAILHOUSE_MEM_IO_UNALIGNED);
}

/* Does another cell have what root's window shows? */
static bool is_given_away(const struct cell *root, u64 phys, u8 size)
{
	const struct cell *c;
	u32 i;

	for (c = root->sys->cells; c; c = c->next) {
		for (i = 0; !cell_is_root(c) && i < c->view.num_mem; i++) {
			const struct jailhouse_memory *m = &c->view.mem[i];

			if (m->flags & (JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_COMM_REGION))
				continue;
			if (m->size && range_overlap(m->phys_start, m->size, phys, size))
				return true;
		}
	}
	return false;
}

static enum vdev_result subpage_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	const struct jailhouse_memory *m = arg;
	const struct cell *c = v->pcpu->cell;
	u64 offset = a->addr.v - m->virt_start;
	u64 phys = m->phys_start + offset;

	if (!access_is_permitted(m, a, offset))
		return VDEV_DENIED;
	if ((phys & ~PAGE_MASK) + a->size > PAGE_SIZE)
		return VDEV_DENIED;	/* one access cannot be made of two pages */
	if (cell_is_root(c) && is_given_away(c, phys, a->size))
		return VDEV_DENIED;

	if (a->is_write)
		arch_device_write(hpa(phys), a->size, a->value);
	else
		a->value = arch_device_read(hpa(phys), a->size);
	return VDEV_OK;
}

static int subpage_cell_prepare(struct system *s, struct cell *c)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < c->view.num_mem; i++) {
		const struct jailhouse_memory *m = &c->view.mem[i];

		if (is_subpage(m))
			err = mmio_register(c, m->virt_start, m->size, subpage_access, (void *)m);
	}
	return err;
}

const struct subsys_ops subsys_subpage = {
	.name = "subpage",
	.cell_prepare = subpage_cell_prepare,
};
