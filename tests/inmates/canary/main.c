// SPDX-License-Identifier: GPL-2.0
/*
 * canary: a cell that notices when somebody else writes its memory
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The victim in tests of isolation. All memory between the program and the communication region, and one more range if the
 * parameters name it, is filled with a pattern that depends on the address. Once per tick the whole of it is verified and rewritten
 * with the next pattern; so are the values kept in registers and on the stack by simply going on. Output per tick:
 *
 *	canary: ok 17
 *	canary: CORRUPTED at 0x2340: 0x0, not 0x9e3779b9...	(at most 8 of these, then the cell's state becomes FAILED)
 *
 * While another cell or root does what it may not do, the count must go on and no word be corrupted. A tick that comes late shows in
 * the count as well. The cell agrees to shut down.
 *
 * In the cell of configs/x86/victim.c it also watches a device of its own, QEMU's "edu", and the interrupts: each tick the device has to
 * invert what is written to its liveness register and to interrupt exactly once, and no other vector may ever arrive (one beyond the
 * table, an NMI or an exception ends the program and with it the count). What it finds is published in a page that others may read
 * (lib/heartbeat.h); after a finding it goes on, so that the counters tell how much there is.
 *
 * Parameters: watch=BYTES: only the last so many of this memory, for slow emulators. nodevice: the victim's cell has no device, memory and
 * interrupts are all that it watches (configs/x86/bochs-victim.c). tick=MS (100). start=ADDRESS, size=BYTES: a further range of the cell's memory. quiet: print every tenth tick only.
 * victim: the cell has the device and the page. suffer=memory|stray|device|stop: from the 20th tick on it is hurt, by itself: those who
 * look at it must see that.
 */
#include <tests/inmates/lib/check.h>
#include <tests/inmates/lib/heartbeat.h>

#define MAX_REPORTS	8

/* QEMU, docs/specs/edu */
#define EDU_BDF		(3 << 3)
#define EDU_LIVENESS	0x04
#define EDU_IRQ_STATUS	0x24
#define EDU_IRQ_RAISE	0x60
#define EDU_IRQ_ACK	0x64
#define EDU_BAR_SIZE	0x100000
#define VECTOR_EDU	(IRQ_BASE_VECTOR + 8)
#define DEVICE_TIME_US	200000

struct patch {
	u64 *words;
	unsigned long count;
};

static struct patch patches[2];
static unsigned int corrupted;

/* With the parameter "victim" */
static volatile struct heartbeat *published;
static u8 *edu;
static volatile unsigned int device_interrupts, stray;
static unsigned int device_errors;

static u64 pattern(const u64 *word, unsigned int tick)
{
	return ((unsigned long)word + tick + 1) * 0x9e3779b97f4a7c15ULL;
}

static void fill(const struct patch *patch, unsigned int tick)
{
	unsigned long n;

	for (n = 0; n < patch->count; n++)
		*(volatile u64 *)&patch->words[n] = pattern(&patch->words[n], tick);
}

static void report(const u64 *word, u64 seen, u64 expected)
{
	if (++corrupted <= MAX_REPORTS)
		printk("canary: CORRUPTED at %p: 0x%llx, not 0x%llx\n", (const void *)word, seen, expected);
}

static void verify(const struct patch *patch, unsigned int tick)
{
	unsigned long n;
	u64 seen;

	for (n = 0; n < patch->count; n++) {
		seen = *(volatile u64 *)&patch->words[n];
		if (seen != pattern(&patch->words[n], tick))
			report(&patch->words[n], seen, pattern(&patch->words[n], tick));
	}
}

static void choose_patches(void)
{
	unsigned long start = (unsigned long)cmdline_parse_int("start", 0);
	unsigned long size = (unsigned long)cmdline_parse_int("size", 0);
	unsigned long watch = (unsigned long)cmdline_parse_int("watch", COMM_REGION_BASE);

	patches[0].words = (u64 *)heap_pos;
	patches[0].count = (COMM_REGION_BASE - heap_pos) / sizeof(u64);
	if (!size && !cmdline_parse_bool("victim", false))
		return;
	heap_pos = COMM_REGION_BASE - 16 * PAGE_SIZE;	/* page tables, and the bait on the last page */
	patches[0].count -= 16 * PAGE_SIZE / sizeof(u64);
	if (watch / sizeof(u64) < patches[0].count) {
		patches[0].words += patches[0].count - watch / sizeof(u64);
		patches[0].count = watch / sizeof(u64);
	}
	if (!size)
		return;
	map_range((void *)start, size, MAP_CACHED);
	patches[1].words = (u64 *)start;
	patches[1].count = size / sizeof(u64);
}

static void tick_once(unsigned int tick)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(patches); n++)
		verify(&patches[n], tick);
	for (n = 0; n < ARRAY_SIZE(patches); n++)
		fill(&patches[n], tick + 1);
}

/* --- device and interrupts ----------------------------------------------------------------------------------------- */

static void handle_irq(unsigned int irq)
{
	if (irq != VECTOR_EDU) {
		stray++;
		return;
	}
	device_interrupts++;
	mmio_write32(edu + EDU_IRQ_ACK, mmio_read32(edu + EDU_IRQ_STATUS));
}

static void open_device(void)
{
	edu = (u8 *)(unsigned long)(pci_read_config(EDU_BDF, PCI_CFG_BAR, 4) & ~0xfU);
	map_range(edu, EDU_BAR_SIZE, MAP_UNCACHED);
	pci_write_config(EDU_BDF, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER | PCI_CMD_INTX_OFF, 2);
	pci_msi_set_vector(EDU_BDF, VECTOR_EDU);
}

static void watch_interrupts(void)
{
	unsigned int vector;

	irq_init(handle_irq);
	for (vector = IRQ_BASE_VECTOR; vector < IRQ_BASE_VECTOR + IRQ_NUM_VECTORS; vector++)
		irq_enable(vector);
	enable_irqs();
}

static void become_victim(void)
{
	map_range((void *)HEARTBEAT_ADDRESS, PAGE_SIZE, MAP_CACHED);
	published = (volatile struct heartbeat *)HEARTBEAT_ADDRESS;
	*published = (struct heartbeat){ .magic = HEARTBEAT_MAGIC };
	memcpy((void *)BAIT_ADDRESS, (const u8[])BAIT, sizeof((u8[])BAIT));
	if (!cmdline_parse_bool("nodevice", false)) {
		pci_init();
		open_device();
	}
	watch_interrupts();
}

static bool device_works(unsigned int tick)
{
	unsigned int before = device_interrupts;
	u64 end = tsc_read_ns() + DEVICE_TIME_US * NS_PER_USEC;

	mmio_write32(edu + EDU_LIVENESS, tick);
	if (mmio_read32(edu + EDU_LIVENESS) != ~tick)
		return false;
	mmio_write32(edu + EDU_IRQ_RAISE, 1);
	while (device_interrupts == before && tsc_read_ns() < end)
		cpu_relax();
	return device_interrupts == tick + 1;
}

#define SUFFERS_FROM	20

static void suffer(unsigned int tick)
{
	char how[10];

	if (tick != SUFFERS_FROM)
		return;
	cmdline_parse_str("suffer", how, sizeof(how), "");
	if (!strcmp(how, "memory"))
		patches[0].words[100]++;
	else if (!strcmp(how, "stray"))
		irq_send_ipi(cpu_id(), VECTOR_EDU + 1);
	else if (!strcmp(how, "device"))
		pci_write_config(EDU_BDF, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_INTX_OFF, 2);	/* its messages need mastering */
	else if (!strcmp(how, "stop"))
		stop();
}

static void publish(unsigned int tick)
{
	suffer(tick);
	if (edu && !device_works(tick)) {
		device_errors++;
		device_interrupts = tick + 1;
	}
	published->corrupted = corrupted;
	published->device_errors = device_errors;
	published->stray = stray;
	memory_barrier();
	published->beats = tick + 1;
}

static bool all_is_well(void)
{
	return !corrupted && !device_errors && !stray;
}

static void say(unsigned int tick, bool quiet)
{
	if (all_is_well()) {
		if (!quiet || tick % 10 == 0)
			printk("canary: ok %u\n", tick + 1);
	} else if (tick % 100 == 0) {
		printk("canary: %u words CORRUPTED, %u errors of the device, %u stray interrupts\n", corrupted, device_errors, stray);
	}
}

void inmate_main(void)
{
	unsigned long tick_us = (unsigned long)cmdline_parse_int("tick", 100) * 1000;
	bool quiet = cmdline_parse_bool("quiet", false);
	unsigned int tick, n;

	test_begin("canary");
	tsc_init();
	choose_patches();
	if (cmdline_parse_bool("victim", false))
		become_victim();
	printk("canary: watching %lu KiB\n", (unsigned long)(patches[0].count + patches[1].count) * sizeof(u64) / 1024);

	for (n = 0; n < ARRAY_SIZE(patches); n++)
		fill(&patches[n], 0);
	for (tick = 0; !corrupted || published; tick++) {
		delay_us(tick_us);
		tick_once(tick);
		if (published)
			publish(tick);
		say(tick, quiet);
		test_answer_messages();
	}
	comm_region->cell_state = JAILHOUSE_CELL_FAILED;
}
