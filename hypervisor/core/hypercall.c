// SPDX-License-Identifier: GPL-2.0
/*
 * hypercall - the table: who may call, what is called.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/leave.h>
#include <hv/log.h>
#include <arch/cpu.h>
#include <common/lib/bitmap.h>

/** struct hypercall_desc - @handle gets the arguments as the guest gave them */
struct hypercall_desc {
	s64 (*handle)(struct vcpu *v, u64 arg1, u64 arg2);
	bool root_only;
};

static struct system *system_of(const struct vcpu *v)
{
	return v->pcpu->cell->sys;
}

static s64 handle_disable(struct vcpu *v, u64 arg1, u64 arg2)
{
	return leave_all(v);
}

static s64 handle_panic_disable(struct vcpu *v, u64 arg1, u64 arg2)
{
	leave_in_panic(v);
	return 0;
}

static s64 handle_create(struct vcpu *v, u64 arg1, u64 arg2)
{
	return cell_create(v, gpa(arg1));
}

static s64 handle_start(struct vcpu *v, u64 arg1, u64 arg2)
{
	return cell_start(v, arg1);
}

static s64 handle_set_loadable(struct vcpu *v, u64 arg1, u64 arg2)
{
	return cell_set_loadable(v, arg1);
}

static s64 handle_destroy(struct vcpu *v, u64 arg1, u64 arg2)
{
	return cell_destroy(v, arg1);
}

static s64 handle_get_info(struct vcpu *v, u64 type, u64 arg2)
{
	const struct system *s = system_of(v);

	switch (type) {
	case JAILHOUSE_INFO_MEM_POOL_SIZE:
		return s->pool.pages;
	case JAILHOUSE_INFO_MEM_POOL_USED:
		return s->pool.used;
	case JAILHOUSE_INFO_REMAP_POOL_SIZE:
		return s->published.pages;
	case JAILHOUSE_INFO_REMAP_POOL_USED:
		return s->published.used;
	case JAILHOUSE_INFO_NUM_CELLS:
		return s->cell_count;
	default:
		return -HV_EINVAL;
	}
}

/* The list of cells changes only while this CPU, one of root's, is suspended. */
static s64 handle_get_state(struct vcpu *v, u64 id, u64 arg2)
{
	struct cell *c = id <= 0xffffffff ? system_find_cell(system_of(v), id) : NULL;
	int state;

	if (!c)
		return -HV_ENOENT;
	state = comm_reported_state(c);
	status_refresh(c->sys);
	return state;
}

static s64 handle_cpu_info(struct vcpu *v, u64 id, u64 type)
{
	const struct system *s = system_of(v);

	if (id >= CONFIG_MAX_CPUS || id >= s->max_cpus || !cell_view_has_cpu(&s->view.root, id))
		return -HV_EINVAL;
	if (!cell_is_root(v->pcpu->cell) && !cell_owns_cpu(v->pcpu->cell, id))
		return -HV_EPERM;
	return pcpu_info(&s->pcpus[id], type);
}

static s64 handle_verify(struct vcpu *v, u64 what, u64 arg2)
{
	return verify(v, what);
}

static s64 handle_putc(struct vcpu *v, u64 character, u64 arg2)
{
	if (!(v->pcpu->cell->config->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED))
		return -HV_EPERM;
	log_putc(character);
	return 0;
}

static const struct hypercall_desc hypercalls[] = {
	[JAILHOUSE_HC_DISABLE] = { handle_disable, .root_only = true },
	[JAILHOUSE_HC_CELL_CREATE] = { handle_create, .root_only = true },
	[JAILHOUSE_HC_CELL_START] = { handle_start, .root_only = true },
	[JAILHOUSE_HC_CELL_SET_LOADABLE] = { handle_set_loadable, .root_only = true },
	[JAILHOUSE_HC_CELL_DESTROY] = { handle_destroy, .root_only = true },
	[JAILHOUSE_HC_HYPERVISOR_GET_INFO] = { handle_get_info, .root_only = true },
	[JAILHOUSE_HC_CELL_GET_STATE] = { handle_get_state, .root_only = true },
	[JAILHOUSE_HC_CPU_GET_INFO] = { handle_cpu_info, .root_only = false },
	[JAILHOUSE_HC_DEBUG_CONSOLE_PUTC] = { handle_putc, .root_only = false },
};

/* This project's own, from JAILHOUSE_HC_X_PANIC_DISABLE */
static const struct hypercall_desc extensions[] = {
	{ handle_panic_disable, .root_only = true },
	{ handle_verify, .root_only = true },
};

#ifdef HV_FAULT_INJECTION
/* @arg1: the n-th allocation from now on fails, 0: none */
static s64 handle_fail_allocation(struct vcpu *v, u64 arg1, u64 arg2)
{
	page_pool_countdown = arg1;
	return 0;
}

static const struct hypercall_desc fail_allocation = { handle_fail_allocation, .root_only = true };

static const struct hypercall_desc *find_debug_hypercall(u64 nr)
{
	return nr == JAILHOUSE_HC_X_FAIL_ALLOCATION ? &fail_allocation : NULL;
}
#else
static const struct hypercall_desc *find_debug_hypercall(u64 nr)
{
	return NULL;
}
#endif

static const struct hypercall_desc *find_hypercall(u64 nr)
{
	if (nr - JAILHOUSE_HC_X_PANIC_DISABLE < ARRAY_SIZE(extensions))
		return &extensions[nr - JAILHOUSE_HC_X_PANIC_DISABLE];
	return nr < ARRAY_SIZE(hypercalls) ? &hypercalls[nr] : find_debug_hypercall(nr);
}

/* Root's calls manage the system: the time that they take is Linux's loss. */
static s64 handle_for_root(struct vcpu *v, const struct hypercall_desc *desc, u64 arg1, u64 arg2)
{
	u64 start = arch_cycles();
	s64 result = desc->handle(v, arg1, arg2);

	status_root_stopped(system_of(v), arch_cycles() - start);
	return result;
}

s64 hypercall_handle(struct vcpu *vcpu, u64 nr, u64 arg1, u64 arg2)
{
	const struct hypercall_desc *desc = find_hypercall(nr);

	vcpu_count(vcpu, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL);
	if (!desc)
		return -HV_ENOSYS;
	if (!desc->root_only)
		return desc->handle(vcpu, arg1, arg2);
	return cell_is_root(vcpu->pcpu->cell) ? handle_for_root(vcpu, desc, arg1, arg2) : -HV_EPERM;
}
