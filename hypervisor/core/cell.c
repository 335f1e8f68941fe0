// SPDX-License-Identifier: GPL-2.0
/*
 * cell - the object: making and unmaking it, its place in the list, its CPUs.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/iommu.h>
#include <hv/subsys.h>
#include <arch/contract.h>
#include <common/lib/bitmap.h>
#include <common/lib/string.h>

#define CELL_PAGES (PAGE_ALIGN(sizeof(struct cell)) / PAGE_SIZE)

struct cell *cell_alloc(struct system *s)
{
	struct cell *c = page_alloc(&s->pool, CELL_PAGES);

	if (c)
		c->sys = s;
	return c;
}

struct cell *system_find_cell(struct system *s, u32 id)
{
	struct cell *c;

	for (c = s->cells; c; c = c->next)
		if (c->id == id)
			return c;
	return NULL;
}

struct pcpu *system_cpu_by_hw_id(struct system *s, u64 hw_id)
{
	u32 id;

	/* mostly the two numberings agree */
	if (hw_id < s->max_cpus && s->pcpus[hw_id].online && s->pcpus[hw_id].hw_id == hw_id)
		return &s->pcpus[hw_id];
	for (id = 0; id < s->max_cpus; id++)
		if (s->pcpus[id].online && s->pcpus[id].hw_id == hw_id)
			return &s->pcpus[id];
	return NULL;
}

/* --- prepare ------------------------------------------------------------------------------ */

/* Sub-page regions, MSI-X tables, IOAPICs; MMCONFIG and the test device. */
static u32 mmio_capacity(const struct cell_view *v)
{
	return v->num_mem + v->num_pci_devices + v->num_irqchips + 2;
}

int cell_prepare(struct system *s, struct cell *c)
{
	c->comm = page_alloc(&s->published, 1);
	if (!c->comm || pt_init(&c->stage2, arch_stage2_format(), &s->pool) ||
	    mmio_table_init(c, mmio_capacity(&c->view)) || arch_cell_prepare(s, c))
		return -HV_ENOMEM;
	return iommu_prepare(s, c);
}

int cell_prepare_subsystems(struct system *s, struct cell *c)
{
	const struct subsys_ops *ops;
	int err = 0;

	for (; (ops = s->subsystems[c->subsystems]) && !err; c->subsystems += !err)
		err = ops->cell_prepare ? ops->cell_prepare(s, c) : 0;
	return err;
}

void cell_abort_subsystems(struct system *s, struct cell *c)
{
	for (; c->subsystems > 0; c->subsystems--)
		if (s->subsystems[c->subsystems - 1]->cell_abort)
			s->subsystems[c->subsystems - 1]->cell_abort(s, c);
}

/* The tables, whose number has no limit, first. */
bool cell_free(struct system *s, struct cell *c)
{
	s32 budget = s->slice;

	if (!pt_destroy_some(&c->stage2, &budget) || !pt_destroy_some(&c->dma, &budget))
		return false;
	cell_abort_subsystems(s, c);
	iommu_abort(s, c);
	arch_cell_release(c);
	mmio_table_destroy(c);
	if (c->comm)
		page_free(&s->published, c->comm, 1);
	if (c->config_pages)
		page_free(&s->pool, c->config, c->config_pages);
	page_unreserve(&s->pool, c->reserved_tables);
	page_free(&s->pool, c, CELL_PAGES);
	return true;
}

/* --- list --------------------------------------------------------------------------------- */

void cell_list_insert(struct system *s, struct cell *c)
{
	struct cell **link = &s->cells;

	spin_lock(&s->status_lock);
	while (*link && (*link)->id < c->id)
		link = &(*link)->next;
	c->next = *link;
	*link = c;
	s->cell_count++;
	spin_unlock(&s->status_lock);
}

void cell_list_remove(struct system *s, struct cell *c)
{
	struct cell **link = &s->cells;

	spin_lock(&s->status_lock);
	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	s->cell_count--;
	spin_unlock(&s->status_lock);
}

/* --- CPUs --------------------------------------------------------------------------------- */

u32 cell_next_cpu(const struct cell *c, u32 from)
{
	return bitmap_next((const __u64 *)c->cpu_set, HV_CPU_END, from);
}

void cell_suspend_cpus(struct cell *c)
{
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		cpu_suspend(&c->sys->pcpus[cpu]);
}

void cell_resume_cpus(struct cell *c)
{
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		cpu_resume(&c->sys->pcpus[cpu]);
}

/*
 * All are suspended before the first is commanded: a sibling could otherwise send it INIT or SIPI
 * afterwards.
 */
void cell_park(struct cell *c)
{
	u32 cpu;

	cell_suspend_cpus(c);
	cell_for_each_cpu(cpu, c) {
		c->sys->pcpus[cpu].failed = false;
		cpu_command(&c->sys->pcpus[cpu], CPU_REQ_PARK);
	}
	cell_resume_cpus(c);
}

void cell_assign_cpu(struct cell *c, struct pcpu *cpu)
{
	cpu->cell = c;
	cpu->failed = false;
	memset(cpu->stats, 0, sizeof(cpu->stats));
	cpu_command(cpu, CPU_REQ_ASSIGN);
}

void cell_scrub(struct cell *c)
{
	u32 cpu;

	scrub_start(c);
	if (!scrub_active(c))
		return;
	cell_for_each_cpu(cpu, c)
		cpu_post(&c->sys->pcpus[cpu], CPU_REQ_SCRUB);
}
