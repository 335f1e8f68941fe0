// SPDX-License-Identifier: GPL-2.0
/*
 * system - from a configuration to a running root cell, and back.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/fault.h>
#include <hv/iommu.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <arch/contract.h>
#include <common/config/rules.h>
#include <common/lib/bitmap.h>

static int validate(struct system *s)
{
	struct jailhouse_refusal r;
	int err = system_view_init(&s->view, s->config, s->config_size, &r) ?: config_check_system(&s->view, &r);

	return err ? refuse(s, &r) : 0;
}

/* --- CPUs: those that are online are exactly those of the configuration ------------------- */

static int take_cpus(struct system *s, struct cell *root)
{
	u32 cpu, online = 0, configured = 0;

	for (cpu = 0; cpu < HV_CPU_END; cpu++) {
		configured += cell_view_has_cpu(&root->view, cpu);
		if (!system_cpu(s, cpu))
			continue;
		if (!cell_view_has_cpu(&root->view, cpu))
			return REFUSE(s, RULE_CPU_NOT_IN_ROOT, .object = JAILHOUSE_OBJ_CPU, .index = cpu, .value = { cpu });
		online++;
		s->pcpus[cpu].cell = root;
		bitmap_set((__u64 *)root->cpu_set, cpu);
	}
	return online == configured ? 0 : REFUSE(s, RULE_CPU_COUNT, .value = { online, configured });
}

/* --- memory: all that root sees of the hypervisor ----------------------------------------- */

static int map_published(struct cell *root, const void *start, u64 size)
{
	u64 pa = arch_virt_to_phys(start);

	return pt_map(&root->stage2, pa, pa, PAGE_ALIGN(size), PT_READ);
}

/* --- subsystems --------------------------------------------------------------------------- */

static int init_subsystems(struct system *s)
{
	const struct subsys_ops *ops;
	int err = 0;

	for (; (ops = s->subsystems[s->subsystems_up]) && !err; s->subsystems_up += !err)
		err = ops->init ? ops->init(s) : 0;
	return err;
}

void system_shutdown(struct system *s)
{
	while (s->subsystems_up > 0) {
		const struct subsys_ops *ops = s->subsystems[--s->subsystems_up];

		if (ops->shutdown)
			ops->shutdown(s);
	}
}

/* --- the root cell ------------------------------------------------------------------------ */

static struct cell *create_root_object(struct system *s)
{
	struct cell *root = cell_alloc(s);

	if (!root)
		return NULL;
	root->config = (struct jailhouse_cell_desc *)&s->config->root_cell;
	root->config_size = s->view.root.size;
	root->view = s->view.root;
	root->hv_state = JAILHOUSE_CELL_RUNNING;
	root->denied_log_budget = CELL_LOG_BUDGET;
	s->root = root;
	s->cells = root;
	s->cell_count = 1;
	return root;
}

static void drop_root_object(struct system *s)
{
	u32 cpu;

	cell_for_each_cpu(cpu, s->root)
		s->pcpus[cpu].cell = NULL;
	while (!cell_free(s, s->root))
		;
	s->root = NULL;
	s->cells = NULL;
	s->cell_count = 0;
}

/* From then on memory is only taken from root, and given back. */
static int build_tables(struct system *s, struct cell *root)
{
	int err;

	do
		err = cell_memory_build(root, s->slice);
	while (err == -HV_EAGAIN);
	err = err ?: map_published(root, s->status, sizeof(*s->status)) ?:
		map_published(root, s->console, sizeof(*s->console)) ?:
		pt_freeze(&root->stage2);
	return err || !root->dma.root ? err : pt_freeze(&root->dma);
}

static int bring_up(struct system *s, struct cell *root)
{
	return take_cpus(s, root) ?:
		init_subsystems(s) ?:
		cell_prepare(s, root) ?:
		build_tables(s, root) ?:
		cell_prepare_subsystems(s, root);
}

int system_init(struct system *s)
{
	struct cell *root;
	u32 seq;
	int err;

	status_init(s);
	fault_init();
	panic_init(s);
	s->slice = SLICE_ENTRIES;
	seq = s->status->refusal_seq;
	err = validate(s);
	if (err)
		return err;
	root = create_root_object(s);
	if (!root)
		return mgmt_explain(s, seq, -HV_ENOMEM);
	err = bring_up(s, root);
	if (err) {
		cell_abort_subsystems(s, root);
		system_shutdown(s);
		drop_root_object(s);
		return mgmt_explain(s, seq, err);
	}
	iommu_start(s);
	status_update(s);
	log_printf("Jailhouse: root cell \"%s\" on %u CPUs; pages in use: %u of %u\n",
		   root->config->name, bitmap_weight((const __u64 *)root->cpu_set, HV_CPU_END),
		   s->pool.used, s->pool.pages);
	return 0;
}
