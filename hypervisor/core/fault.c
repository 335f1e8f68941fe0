// SPDX-License-Identifier: GPL-2.0
/*
 * fault - a guest broke its borders. A cell loses the CPU; root is denied, told once who owns what
 * it reached for, and goes on.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/fault.h>
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/log.h>
#include <hv/ownership.h>
#include <arch/contract.h>

/** struct kind - words for the line, and what the address is: @space, if it is one in which root addresses as the machine does */
static const struct kind {
	const char *what;
	bool has_owner;
	enum owned_kind space;
} unknown = { .what = "access" }, kinds[] = {
	[FAULT_MMIO_READ] = { "memory read", true, OWNED_MEMORY },
	[FAULT_MMIO_WRITE] = { "memory write", true, OWNED_MEMORY },
	[FAULT_FETCH] = { "instruction fetch", true, OWNED_MEMORY },
	[FAULT_PIO_READ] = { "port read", true, OWNED_PORT },
	[FAULT_PIO_WRITE] = { "port write", true, OWNED_PORT },
	[FAULT_MSR_READ] = { .what = "MSR read" },
	[FAULT_MSR_WRITE] = { .what = "MSR write" },
	[FAULT_CR] = { .what = "control register write" },
	[FAULT_XSETBV] = { .what = "XSETBV" },
	[FAULT_PCI_CONFIG] = { "PCI configuration access", true, OWNED_PCI },
	[FAULT_APIC] = { .what = "APIC access" },
	[FAULT_IOAPIC] = { .what = "IOAPIC access" },
	[FAULT_DECODE] = { "instruction that cannot be decoded", true, OWNED_MEMORY },
	[FAULT_SHUTDOWN] = { .what = "shutdown" },
	[FAULT_MACHINE_CHECK] = { .what = "machine check" },
	[FAULT_EXIT] = { .what = "unexpected exit" },
	[FAULT_HYPERCALL] = { .what = "hypercall" },
};

static const struct kind *kind_of(const struct fault *f)
{
	return (u32)f->kind < ARRAY_SIZE(kinds) ? &kinds[f->kind] : &unknown;
}

static const char *owner_name(struct system *s, const struct fault *f)
{
	return kind_of(f)->has_owner ? ownership_name(s, kind_of(f)->space, f->address) : "nobody";
}

/* --- root --------------------------------------------------------------------------------- */

#define REMEMBERED_FAULTS	128
/* Root cannot flood the console: so many lines at once, then one a second */
#define LINES_AT_ONCE		128
#define US_PER_LINE		1000000

/* What root has been told about already; a new one takes the place of the oldest. */
static struct {
	spinlock_t lock;		/* guards the rest */
	u64 count;
	u32 lines;
	u64 counted_us;			/* @lines is as of then */
	struct { u64 address; u32 kind; } known[REMEMBERED_FAULTS];
} root_faults;

void fault_init(void)
{
	root_faults.count = 0;
	root_faults.lines = LINES_AT_ONCE;
	root_faults.counted_us = arch_time_us();
	root_faults.lock.locked = 0;
}

static bool may_tell_locked(u64 now)
{
	u64 more = (now - root_faults.counted_us) / US_PER_LINE;

	root_faults.counted_us += more * US_PER_LINE;
	more += root_faults.lines;
	root_faults.lines = more < LINES_AT_ONCE ? more : LINES_AT_ONCE;
	if (!root_faults.lines)
		return false;
	root_faults.lines--;
	return true;
}

static bool is_known_locked(const struct fault *f)
{
	u32 n;

	for (n = 0; n < root_faults.count && n < REMEMBERED_FAULTS; n++)
		if (root_faults.known[n].address == f->address &&
		    root_faults.known[n].kind == f->kind)
			return true;
	return false;
}

static bool first_time(const struct fault *f)
{
	u64 now = arch_time_us();
	bool first;

	spin_lock(&root_faults.lock);
	/* time that another CPU has already counted: the clocks differ by a little */
	if (now < root_faults.counted_us)
		now = root_faults.counted_us;
	first = !is_known_locked(f) && may_tell_locked(now);
	if (first) {
		root_faults.known[root_faults.count % REMEMBERED_FAULTS].address = f->address;
		root_faults.known[root_faults.count % REMEMBERED_FAULTS].kind = f->kind;
		root_faults.count++;
	}
	spin_unlock(&root_faults.lock);
	return first;
}

static void stop_cpu(struct vcpu *v)
{
	v->pcpu->failed = true;
	v->pcpu->parked = true;
	arch_vcpu_park(v);
}

static enum fault_verdict root_fault(struct vcpu *v, const struct fault *f)
{
	struct system *s = v->pcpu->cell->sys;

	if (f->fatal || first_time(f))
		log_printf("root cell, CPU %u: %s at 0x%llx (%u bytes, rip 0x%llx) %s; it belongs "
			   "to %s\n",
			   v->pcpu->id, kind_of(f)->what, (unsigned long long)f->address,
			   f->width, (unsigned long long)f->rip,
			   f->fatal ? "cannot be completed, CPU stopped" : "denied",
			   owner_name(s, f));
	if (!f->fatal)
		return FAULT_COMPLETE;
	stop_cpu(v);
	status_update(s);
	return FAULT_STOPPED;
}

/* --- cells -------------------------------------------------------------------------------- */

static bool all_cpus_failed(const struct cell *c)
{
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		if (!__atomic_load_n(&c->sys->pcpus[cpu].failed, __ATOMIC_SEQ_CST))
			return false;
	return true;
}

/* Two CPUs of the cell may fail at once: the budget never goes below 0. */
static bool may_log(struct cell *c)
{
	u32 left = READ_ONCE(c->denied_log_budget);

	while (left && !__atomic_compare_exchange_n(&c->denied_log_budget, &left, left - 1, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return left;
}

static enum fault_verdict cell_fault(struct vcpu *v, const struct fault *f)
{
	struct cell *c = v->pcpu->cell;

	if (may_log(c))
		log_printf("cell \"%s\", CPU %u: forbidden %s at 0x%llx, %u bytes, rip 0x%llx: CPU "
			   "stopped\n",
			   c->config->name, v->pcpu->id, kind_of(f)->what,
			   (unsigned long long)f->address, f->width, (unsigned long long)f->rip);
	stop_cpu(v);
	/* Full fence: of two CPUs that fail at once, at least the later one sees both flags. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (all_cpus_failed(c)) {
		comm_set_state(c, JAILHOUSE_CELL_FAILED);
		log_printf("cell \"%s\" has failed: all of its CPUs are stopped\n",
			   c->config->name);
	}
	status_update(c->sys);
	return FAULT_STOPPED;
}

enum fault_verdict guest_fault(struct vcpu *vcpu, const struct fault *f)
{
	return cell_is_root(vcpu->pcpu->cell) ? root_fault(vcpu, f) : cell_fault(vcpu, f);
}
