// SPDX-License-Identifier: GPL-2.0
/*
 * cpus - model CPUs: mailbox, time, guest accesses through a TLB that forgets nothing on its own.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <arch/contract.h>
#include <hv/cpu_ctrl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RELAX_US	50
/* Nothing in the core waits longer than this many turns: more is a deadlock. */
#define RELAX_LIMIT	1000000

struct vcpu fake_vcpus[FAKE_MAX_CPUS];
void (*fake_relax_hook)(void);
jmp_buf *fake_stop_target;
bool fake_threads;
__thread u32 fake_current_cpu;

static struct {
	u32 cpus;
	u64 time_us;
	u64 relaxed;
	bool busy[FAKE_MAX_CPUS];	/* in the hypervisor already */
} model;

void fake_cpus_reset(struct system *s, u32 cpus);

void fake_cpus_reset(struct system *s, u32 cpus)
{
	u32 n;

	memset(fake_vcpus, 0, sizeof(fake_vcpus));
	memset(&model, 0, sizeof(model));
	model.cpus = cpus;
	model.time_us = 1000000;
	fake_relax_hook = NULL;
	fake_stop_target = NULL;
	for (n = 0; n < cpus; n++) {
		s->pcpus[n].id = n;
		s->pcpus[n].hw_id = 2 * n;	/* unlike the logical number */
		s->pcpus[n].online = true;
		fake_vcpus[n].pcpu = &s->pcpus[n];
	}
}

/* --- mailbox ------------------------------------------------------------------------------ */

/* A model kick is never lost. */
void arch_cpu_kick_again(struct pcpu *target)
{
}

void arch_cpu_kick(struct pcpu *target)
{
	__atomic_fetch_add(&target->arch.kicked, 1, __ATOMIC_SEQ_CST);
}

static bool step(u32 cpu)
{
	bool again;

	if (model.busy[cpu])
		return false;
	model.busy[cpu] = true;
	fake_vcpus[cpu].pcpu->arch.kicked = 0;
	fake_current_cpu = cpu;
	again = cpu_ctrl_step(&fake_vcpus[cpu]);
	model.busy[cpu] = false;
	return again;
}

static bool run_all_once(void)
{
	bool again = false;
	u32 cpu;

	for (cpu = 0; cpu < model.cpus; cpu++)
		if (fake_vcpus[cpu].pcpu->cell)
			again |= step(cpu);
	return again;
}

bool fake_run_cpus(u32 rounds)
{
	while (rounds-- > 0)
		if (!run_all_once())
			return true;
	return false;
}

void arch_cpu_relax(void)
{
	if (fake_threads) {
		sched_yield();
		return;
	}
	model.time_us += RELAX_US;
	if (++model.relaxed > RELAX_LIMIT) {
		fprintf(stderr, "fake: a CPU waits for ever\n");
		abort();
	}
	if (fake_relax_hook)
		fake_relax_hook();
	run_all_once();
}

void fake_advance_time(u64 us)
{
	model.time_us += us;
	model.relaxed = 0;
}

static u64 real_time_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ULL + now.tv_nsec / 1000;
}

u64 arch_time_us(void)
{
	return fake_threads ? real_time_us() : model.time_us;
}

u64 arch_cycles(void)
{
	return arch_time_us();
}

void arch_cpu_dump(arch_print_t print)
{
	print("PANIC: on cpu=fake\n");
}

void arch_cpu_stop(void)
{
	if (fake_stop_target)
		longjmp(*fake_stop_target, 1);
	fprintf(stderr, "fake: a CPU stopped for good\n");
	abort();
}

/* --- vcpus -------------------------------------------------------------------------------- */

static void flush_tlb(struct vcpu *v)
{
	memset(v->arch.tlb, 0, sizeof(v->arch.tlb));
	vcpu_forget_stage2(v);
}

void arch_vcpu_park(struct vcpu *v)
{
	v->arch.mode = FAKE_PARKED;
}

void arch_vcpu_reset(struct vcpu *v, u64 entry)
{
	memset(v->arch.regs, 0, sizeof(v->arch.regs));
	v->arch.mode = FAKE_RUNNING;
	v->arch.ip = entry;
	v->arch.resets++;
}

void arch_vcpu_switch_cell(struct vcpu *v)
{
	memset(v->arch.regs, 0, sizeof(v->arch.regs));
	v->arch.loaded_cell = v->pcpu->cell;
	v->arch.switches++;
	flush_tlb(v);
}

void arch_vcpu_flush_stage2(struct vcpu *v)
{
	v->arch.flushes++;
	flush_tlb(v);
}

void arch_vcpu_event(struct vcpu *v, u32 requests, u8 sipi_vector)
{
	if (requests & CPU_REQ_ARCH_INIT) {
		v->arch.mode = FAKE_WAIT_FOR_START;
		v->pcpu->parked = true;
	}
	if (requests & CPU_REQ_ARCH_START && v->arch.mode == FAKE_WAIT_FOR_START) {
		arch_vcpu_reset(v, (u64)sipi_vector << PAGE_SHIFT);
		v->pcpu->parked = false;
	}
}

/* --- guest accesses ----------------------------------------------------------------------- */

static struct fake_tlb_entry *tlb_slot(struct vcpu *v, u64 page)
{
	return &v->arch.tlb[page % FAKE_TLB_ENTRIES];
}

static bool fill_tlb(struct vcpu *v, struct fake_tlb_entry *e, u64 page)
{
	const struct cell *c = v->arch.loaded_cell;
	u64 pa, size;
	u32 flags;

	if (!pt_lookup(&c->stage2, page << PAGE_SHIFT, &pa, &flags, &size))
		return false;
	*e = (struct fake_tlb_entry){ .gpa_page = page + 1,
				      .hpa_page = pa >> PAGE_SHIFT,
				      .flags = flags,
				      .size = size };
	return true;
}

bool fake_guest_access(struct vcpu *v, u64 gpa, u32 right, u64 *hpa)
{
	u64 page = gpa >> PAGE_SHIFT;
	struct fake_tlb_entry *e = tlb_slot(v, page);

	if (e->gpa_page != page + 1 && !fill_tlb(v, e, page))
		return false;
	if (!(e->flags & right))
		return false;
	*hpa = e->hpa_page << PAGE_SHIFT | (gpa & ~PAGE_MASK);
	return true;
}

bool fake_guest_write8(struct vcpu *v, u64 gpa, u8 value)
{
	u64 hpa;

	if (!fake_guest_access(v, gpa, PT_WRITE, &hpa) || hpa >= FAKE_RAM_SIZE)
		return false;
	*fake_ram(hpa) = value;
	return true;
}

bool fake_guest_read8(struct vcpu *v, u64 gpa, u8 *value)
{
	u64 hpa;

	if (!fake_guest_access(v, gpa, PT_READ, &hpa) || hpa >= FAKE_RAM_SIZE)
		return false;
	*value = *fake_ram(hpa);
	return true;
}
