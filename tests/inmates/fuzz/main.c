// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz: random instructions on random addresses
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. Whatever a cell executes, in whatever state of its CPU: it gets what docs/MSR-POLICY.md, docs/ARCHITECTURE.md and the pages of
 * the escape-* programs say, an exception, nothing, or the end of this CPU, and nobody else notices. This program judges nothing: the
 * victim, root and the hypervisor's console do, on the outside (tests/system/fuzz.py).
 *
 * Each try is one to three instructions, in code of 64, 32 or 16 bits, with registers that mostly point into the cell's own memory,
 * sometimes at devices, seldom at what is not the cell's. Three quarters run step by step, which ends loops even with interrupts off; the
 * others are ended by a timer. The state of the CPU is repaired after each.
 *
 * The same seed gives the same tries, up to the moment of interrupts. When the CPU is stopped, which is a documented answer, the outside
 * goes on with the next seed.
 *
 *	fuzz: seed S tries N steps N divide N debug N ...		every REPORT tries: exceptions by name, interrupts, timeouts
 *	fuzz: seed S done						then the cell is SHUT_DOWN
 *
 * Parameters: seed=N, tries=N. from=N: shows the tries from the N-th on before it makes them, and does not make those before.
 */
#include "fuzz.h"

#define REPORT		50
#define STEPS		12

static u32 caught[256];

static void report(u64 seed, u32 tries)
{
	u32 n, interrupts = 0, other = 0;

	for (n = 32; n < 256; n++)
		interrupts += n == FUZZ_WATCHDOG ? 0 : caught[n];
	for (n = 0; n < 32; n++)
		other += n == 0 || n == 1 || n == 3 || n == 6 || n == 13 || n == 14 ? 0 : caught[n];
	printk("fuzz: seed %llu tries %u steps %u divide %u debug %u ends %u ud %u gp %u pf %u other %u interrupts %u timeouts %u\n",
	       seed, tries, fuzz_steps, caught[0], caught[1], caught[3], caught[6], caught[13], caught[14], other, interrupts,
	       caught[FUZZ_WATCHDOG]);
}

static void show(u32 try, const struct fuzz_registers *r)
{
	u32 n, offset = r->rip & (PAGE_SIZE - 1);

	printk("# try %u: %s bits, flags %llx, ax %llx cx %llx dx %llx:", try,
	       r->cs == SEL_CODE64 ? "64" : r->cs == SEL_CODE32 ? "32" : "16", r->flags, r->r[0], r->r[1], r->r[2]);
	for (n = 0; n < 48; n++)
		printk(" %02x", ((u8 *)CODE)[offset + n]);
	printk("\n");
}

static void one_try(u32 try, u32 from)
{
	static struct fuzz_registers r;

	fuzz_generate((u8 *)CODE, &r);
	if (try < from)
		return;
	if (from)
		show(try, &r);
	fuzz_steps_left = STEPS;
	if (!(r.flags & FLAG_TF))
		arena_watch();
	fuzz_run(&r);
	caught[fuzz_vector & 255]++;
	arena_restore();
}

void inmate_main(void)
{
	u64 seed = (u64)cmdline_parse_int("seed", 1);
	u32 n, tries = (u32)cmdline_parse_int("tries", 20000), from = (u32)cmdline_parse_int("from", 0);

	test_begin("fuzz");
	printk("fuzz: seed %llu begins\n", seed);
	arena_init();
	fuzz_seed(seed);
	for (n = 1; n <= tries; n++) {
		one_try(n, from);
		if (n % REPORT == 0)
			report(seed, n);
	}
	printk("fuzz: seed %llu done\n", seed);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	stop();
}
