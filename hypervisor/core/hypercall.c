// SPDX-License-Identifier: GPL-2.0
/*
 * hypercall - who may call, what is called.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/leave.h>
#include <hv/log.h>
#include <arch/cpu.h>
#include <common/lib/bitmap.h>

static struct system *system_of(const struct vcpu *v)
{
	return v->pcpu->cell->sys;
}

static s64 get_info(struct vcpu *v, u64 type)
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
static s64 get_state(struct vcpu *v, u64 id)
{
	struct cell *c = id <= 0xffffffff ? system_find_cell(system_of(v), id) : NULL;
	int state;

	if (!c)
		return -HV_ENOENT;
	state = comm_reported_state(c);
	status_refresh(c->sys);
	return state;
}

static s64 cpu_info(struct vcpu *v, u64 id, u64 type)
{
	const struct system *s = system_of(v);

	if (id >= CONFIG_MAX_CPUS || id >= s->max_cpus || !cell_view_has_cpu(&s->view.root, id))
		return -HV_EINVAL;
	if (!cell_is_root(v->pcpu->cell) && !cell_owns_cpu(v->pcpu->cell, id))
		return -HV_EPERM;
	return pcpu_info(&s->pcpus[id], type);
}

static s64 debug_putc(struct vcpu *v, u64 character)
{
	if (!(v->pcpu->cell->config->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED))
		return -HV_EPERM;
	log_putc(character);
	return 0;
}

#ifdef HV_FAULT_INJECTION
/* @arg1: the n-th allocation from now on fails, 0: none */
static s64 handle_debug_call(u64 nr, u64 arg1)
{
	if (nr != JAILHOUSE_HC_X_FAIL_ALLOCATION)
		return -HV_ENOSYS;
	page_pool_countdown = arg1;
	return 0;
}
#else
static s64 handle_debug_call(u64 nr, u64 arg1)
{
	return -HV_ENOSYS;
}
#endif

static s64 handle_for_root(struct vcpu *v, u64 nr, u64 arg1)
{
	switch (nr) {
	case JAILHOUSE_HC_DISABLE:
		return leave_all(v);
	case JAILHOUSE_HC_CELL_CREATE:
		return cell_create(v, gpa(arg1));
	case JAILHOUSE_HC_CELL_START:
		return cell_start(v, arg1);
	case JAILHOUSE_HC_CELL_SET_LOADABLE:
		return cell_set_loadable(v, arg1);
	case JAILHOUSE_HC_CELL_DESTROY:
		return cell_destroy(v, arg1);
	case JAILHOUSE_HC_HYPERVISOR_GET_INFO:
		return get_info(v, arg1);
	case JAILHOUSE_HC_CELL_GET_STATE:
		return get_state(v, arg1);
	case JAILHOUSE_HC_X_PANIC_DISABLE:
		leave_in_panic(v);
		return 0;
	case JAILHOUSE_HC_X_VERIFY:
		return verify(v, arg1);
	default:
		return handle_debug_call(nr, arg1);
	}
}

static bool is_known(u64 nr)
{
	return nr <= JAILHOUSE_HC_DEBUG_CONSOLE_PUTC || nr == JAILHOUSE_HC_X_PANIC_DISABLE || nr == JAILHOUSE_HC_X_VERIFY;
}

s64 hypercall_handle(struct vcpu *vcpu, u64 nr, u64 arg1, u64 arg2)
{
	u64 start;
	s64 result;

	vcpu_count(vcpu, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL);
	if (nr == JAILHOUSE_HC_CPU_GET_INFO)
		return cpu_info(vcpu, arg1, arg2);
	if (nr == JAILHOUSE_HC_DEBUG_CONSOLE_PUTC)
		return debug_putc(vcpu, arg1);
	if (!cell_is_root(vcpu->pcpu->cell))
		return is_known(nr) ? -HV_EPERM : -HV_ENOSYS;
	/* Root's calls manage the system: the time that they take is Linux's loss. */
	start = arch_cycles();
	result = handle_for_root(vcpu, nr, arg1);
	status_root_stopped(system_of(vcpu), arch_cycles() - start);
	return result;
}
