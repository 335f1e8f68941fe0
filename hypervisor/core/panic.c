// SPDX-License-Identifier: GPL-2.0
/*
 * panic - the end of a CPU on which an invariant of ours is broken. The other CPUs go on.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell.h>
#include <hv/log.h>
#include <arch/contract.h>
#include <arch/cpu.h>

/* A CPU that panics lets another one finish its report, if that takes no longer than this. */
#define PANIC_TURN_SPINS 100000000

static const struct system *known_system;
static spinlock_t panic_turn;

static void take_turn(void)
{
	unsigned int spins;

	for (spins = 0; spins < PANIC_TURN_SPINS; spins++) {
		if (!__atomic_exchange_n(&panic_turn.locked, 1, __ATOMIC_ACQUIRE))
			return;
		arch_cpu_relax();
	}
}

void panic_init(const struct system *s)
{
	known_system = s;
}

/* Nothing is locked: who panics may hold any lock. The list may be in the middle of a change, so the walk is bounded. */
static void dump_cells(const struct system *s)
{
	const struct cell *c = s->cells;
	u32 n;

	for (n = 0; c && n < JAILHOUSE_STATUS_MAX_CELLS; c = c->next, n++)
		log_printf_panic("PANIC: cell id=%u name=\"%s\" state=%u loadable=%u pending=%u cpus=%llx\n",
				 c->id, c->config->name, c->hv_state, c->loadable, c->pending,
				 (unsigned long long)c->cpu_set[0]);
}

static void dump_cpus(const struct system *s)
{
	u32 n;

	for (n = 0; n < s->max_cpus; n++)
		if (s->pcpus[n].online && s->pcpus[n].cell)
			log_printf_panic("PANIC: cpu id=%u cell=%u parked=%u failed=%u suspended=%u requests=%x exits=%u\n",
					 n, s->pcpus[n].cell->id, s->pcpus[n].parked, s->pcpus[n].failed,
					 s->pcpus[n].ctrl.suspended, s->pcpus[n].ctrl.requests,
					 s->pcpus[n].stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL]);
}

void hv_panic(const char *file, int line, const char *what)
{
	take_turn();
	log_printf_panic("PANIC: at=%s:%d what=\"%s\"\n", file, line, what);
	arch_cpu_dump(log_printf_panic);
	if (known_system) {
		dump_cells(known_system);
		dump_cpus(known_system);
	}
	log_printf_panic("PANIC: end: this CPU stops\n");
	spin_unlock(&panic_turn);
	arch_cpu_stop();
}
