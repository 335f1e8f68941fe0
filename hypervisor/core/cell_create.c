// SPDX-License-Identifier: GPL-2.0
/*
 * cell_create - snapshot, validate, prepare, build the tables, take memory, commit. What is large goes in as many calls as it takes, with
 * root running in between: the tables, then the memory, which is nobody's until the cell exists. The commit cannot fail.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/guest.h>
#include <hv/iommu.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <arch/contract.h>
#include <common/config/rules.h>
#include <common/lib/bitmap.h>
#include <common/lib/string.h>

/* --- snapshot ----------------------------------------------------------------------------- */

static int peek(struct system *s, void *dst, u64 src, u64 size)
{
	if (guest_snapshot(s->root, dst, gpa(src), size))
		return REFUSE(s, RULE_CONFIG_ADDRESS, .value = { src, size });
	return 0;
}

/*
 * How many bytes the blob has, from a first look that nothing else relies on: the copy is checked
 * against its own counts.
 */
static int probe_size(struct system *s, gpa_t src, u64 *size)
{
	struct jailhouse_cell_desc desc;
	struct jailhouse_ext_block extension;
	int err = peek(s, &desc, src.v, sizeof(desc));

	if (err)
		return err;
	*size = config_cell_size(&desc, sizeof(desc));
	if (!(desc.flags & JAILHOUSE_CELL_X_EXTENSION))
		return 0;
	*size -= sizeof(extension);
	err = peek(s, &extension, src.v + *size, sizeof(extension));
	*size += extension.size;
	return err;
}

static int snapshot_config(struct system *s, struct cell *c, gpa_t src)
{
	u64 size;
	int err = probe_size(s, src, &size);

	if (err)
		return err;
	if (size > CONFIG_MAX_CELL_SIZE)
		return REFUSE(s, RULE_TOO_LARGE, .value = { size, CONFIG_MAX_CELL_SIZE });
	c->config = page_alloc(&s->pool, PAGE_ALIGN(size) / PAGE_SIZE);
	if (!c->config)
		return -HV_ENOMEM;
	c->config_pages = PAGE_ALIGN(size) / PAGE_SIZE;
	c->config_size = size;
	return peek(s, c->config, src.v, size);
}

/* --- validate ----------------------------------------------------------------------------- */

static int check_configuration(struct system *s, struct cell *c)
{
	struct jailhouse_refusal r;
	const struct cell *other;
	int err = cell_view_init(&c->view, c->config, c->config_size, &r) ?:
		config_check_cell(&c->view, &r) ?:
		config_check_cell_id(&c->view, &r) ?:
		config_check_cell_in_system(&c->view, &s->view, &r);

	for (other = s->cells; other && !err; other = other->next)
		if (!cell_is_root(other))
			err = config_check_cell_pair(&c->view, &other->view, &r);
	return err ? refuse(s, &r) : 0;
}

static int refuse_cpu(struct cell *c, u32 rule, u32 cpu, const struct cell *owner)
{
	return REFUSE(c->sys, rule, .cell = c, .other = owner, .object = JAILHOUSE_OBJ_CPU, .index = cpu, .value = { cpu });
}

static int check_cpus(struct cell *c)
{
	struct system *s = c->sys;
	u32 cpu;

	for (cpu = 0; cpu < HV_CPU_END; cpu++) {
		if (!cell_view_has_cpu(&c->view, cpu))
			continue;
		if (!system_cpu(s, cpu))
			return refuse_cpu(c, RULE_CPU_NOT_IN_SYSTEM, cpu, NULL);
		if (!cell_owns_cpu(s->root, cpu))
			return refuse_cpu(c, RULE_CPU_IN_USE, cpu, s->pcpus[cpu].cell);
		bitmap_set((__u64 *)c->cpu_set, cpu);
	}
	return 0;
}

static int validate(struct cell *c)
{
	struct system *s = c->sys;
	int err = check_configuration(s, c);

	if (err)
		return err;
	if (s->cell_count >= JAILHOUSE_STATUS_MAX_CELLS)
		return REFUSE(s, RULE_TOO_MANY_CELLS, .value = { s->cell_count });
	c->id = c->config->id;
	return check_cpus(c);
}

/* --- commit ------------------------------------------------------------------------------- */

static void commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 cpu;

	cell_for_each_cpu(cpu, c) {
		bitmap_clear((__u64 *)s->root->cpu_set, cpu);
		cell_assign_cpu(c, &s->pcpus[cpu]);
	}
	cell_list_insert(s, c);
	subsystems_call(s, cell_commit, m, s, c);
	arch_cell_update(s->root);
	comm_set_state(c, JAILHOUSE_CELL_SHUT_DOWN);
	cell_scrub(c);
}

static void warn_unisolated(const struct cell *c)
{
	if (iommu_cell_flags(c) & JAILHOUSE_STATUS_DMA_UNISOLATED)
		log_printf("WARNING: cell \"%s\" gets PCI devices and no IOMMU is active: by DMA they "
			   "can read and write all memory, root's and the hypervisor's too; "
			   "isolation rests on the cell's drivers\n", c->config->name);
}

static void publish(struct system *s, struct cell *c)
{
	comm_post_reconfig(s, c);
	status_update(s);
	log_printf("cell \"%s\" (%u) created; pages in use: %u of %u\n", c->config->name, c->id,
		   s->pool.used, s->pool.pages);
	warn_unisolated(c);
}

/* --- the operation ------------------------------------------------------------------------ */

#define MANY_REGIONS 20

static int begin(struct system *s, struct cell *c, gpa_t config)
{
	int err;

	c->build.source = config.v;
	mgmt_set_pending(s, c, CELL_PENDING_BUILD, JAILHOUSE_HC_CELL_CREATE);
	err = snapshot_config(s, c, config) ?: validate(c);
	/* what pairs of them cost is enough for one call */
	return err || c->view.num_mem <= MANY_REGIONS ? err : -HV_EAGAIN;
}

/* Root stands still: what subsystems learn from its devices is so when they take them. */
static int take(struct vcpu *caller, struct system *s, struct cell *c)
{
	struct mgmt_token m = mgmt_quiesce(caller);
	int err = cell_memory_take(c) ?: cell_prepare_subsystems(s, c);

	if (!err) {
		mgmt_clear_pending(s, c);
		commit(m, s, c);
		publish(s, c);
	}
	mgmt_flush_root(m);
	mgmt_release(m);
	return err;
}

static int go_on(struct vcpu *caller, struct system *s, struct cell *c)
{
	int err = mgmt_check_locks(s, NULL);

	if (!err && cell_owns_cpu(c, caller->pcpu->id))
		err = refuse_cpu(c, RULE_CPU_CALLER, caller->pcpu->id, s->root);
	/* permission maps are a good part of what a call may cost; a line on a slow console, in the last call, is the other */
	if (!err && !c->comm)
		err = cell_prepare(s, c) ?: cell_memory_reserve(c) ?: -HV_EAGAIN;
	return err ?: cell_memory_build(c, s->slice) ?: take(caller, s, c);
}

static int create(struct vcpu *caller, struct system *s, struct cell *c, gpa_t config)
{
	int err = 0;

	if (!c) {
		c = cell_alloc(s);
		if (!c)
			return -HV_ENOMEM;
		err = begin(s, c, config);
	}
	if (!err)
		err = go_on(caller, s, c);
	/* what does not go at once goes with the next call */
	if (err && err != -HV_EAGAIN)
		mgmt_free_cell(caller, c);
	return err;
}

/* Called again with the same address, it goes on with what it has copied from there. */
static struct cell *begun_cell(struct system *s, gpa_t config)
{
	struct cell *c = s->pending_cell;

	return c && c->pending == CELL_PENDING_BUILD && c->build.source == config.v ? c : NULL;
}

int cell_create(struct vcpu *caller, gpa_t config)
{
	struct system *s = caller->pcpu->cell->sys;
	u32 seq = s->status->refusal_seq;
	struct cell *c;
	int err = mgmt_begin(s);

	if (err)
		return err;
	c = begun_cell(s, config);
	err = mgmt_no_other_pending(caller, c, JAILHOUSE_HC_CELL_CREATE);
	if (!err)
		err = mgmt_explain(s, seq, create(caller, s, c, config));
	mgmt_end(s);
	return err;
}
