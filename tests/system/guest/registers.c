// SPDX-License-Identifier: GPL-2.0
/*
 * registers ROUNDS: on each CPU but the first a thread holds all registers of its exception level filled with a pattern and looks whether one
 * has changed, while the first one interrupts all others so often (membarrier). Says how often they looked; ends with 1 when a register was
 * not kept.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pattern/frame.h>

#define STEP		((unsigned long)0x9e3779b97f4a7c15ULL)	/* odd: no value comes twice */
#define MAX_CPUS	64

/* A while with all registers in use. An emulator that runs all CPUs in turn goes on to the next one at YIELD. */
#ifdef __arm__
#define STATE	"	.arm\n	.type	hold_registers, %function\n"
#else
#define STATE
#endif
asm("	.text\n"
    ".include \"pattern/registers.inc\"\n"
    STATE
    "	.globl	hold_registers\n"
    "hold_registers:\n"
    "	enter\n"
    "	.rept	64\n"
    "	yield\n"
    "	.endr\n"
    "	leave\n");

void hold_registers(struct frame *f);

static volatile bool over;

struct holder {
	pthread_t thread;
	int cpu;
	unsigned long looked;
	bool changed;
};

static void fill(struct frame *f, unsigned long *pattern)
{
	size_t n;

	for (n = 0; n < GENERAL; n++)
		f->x[n] = *pattern += STEP;
	for (n = 0; n < 64; n++)
		f->v[n] = *pattern += STEP;
	f->flags = flags_of(*pattern);
}

static bool same(int cpu, const char *name, size_t number, unsigned long is, unsigned long was)
{
	if (is != was)
		printf("registers: CPU %d: %s%zu is %lx instead of %lx\n", cpu, name, number, is, was);
	return is == was;
}

static bool kept(int cpu, const struct frame *f)
{
	bool good = true;
	size_t n;

	for (n = 0; n < GENERAL; n++)
		good &= same(cpu, "x", n, f->x_after[n], f->x[n]);
	for (n = 0; n < 64; n++)
		good &= same(cpu, "v", n, f->v_after[n], f->v[n]);
#define SAME(name)	& same(cpu, #name, 0, f->flags_after.name, f->flags.name)
	return good FLAGS(SAME);
}

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *hold(void *arg)
{
	struct holder *h = arg;
	unsigned long pattern = STEP * (unsigned long)(h->cpu + 1);
	struct frame f;

	stay_on(h->cpu);
	for (h->looked = 0; !over && !h->changed; h->looked++) {
		fill(&f, &pattern);
		hold_registers(&f);
		h->changed = !kept(h->cpu, &f);
	}
	return NULL;
}

/* Each call sends an interrupt to every CPU on which a thread of this process runs. */
static void interrupt_all(unsigned long rounds)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	while (rounds--)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	over = true;
}

int main(int argc, char *argv[])
{
	static struct holder holders[MAX_CPUS];
	unsigned long looked = 0;
	int n, count = (int)sysconf(_SC_NPROCESSORS_CONF), started = 0;
	bool changed = false;
	cpu_set_t online;

	if (argc != 2 || sched_getaffinity(0, sizeof(online), &online))
		return 2;
	stay_on(0);
	for (n = 1; n < count && n < MAX_CPUS; n++) {
		if (!CPU_ISSET(n, &online))
			continue;
		holders[started].cpu = n;
		if (pthread_create(&holders[started].thread, NULL, hold, &holders[started]))
			return 2;
		started++;
	}
	interrupt_all(strtoul(argv[1], NULL, 0));
	for (n = 0; n < started; n++) {
		pthread_join(holders[n].thread, NULL);
		looked += holders[n].looked;
		changed |= holders[n].changed;
	}
	printf("registers: %lu looks on %d CPUs, %s\n", looked, started, changed ? "changed" : "kept");
	return changed;
}
