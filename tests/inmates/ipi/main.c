// SPDX-License-Identifier: GPL-2.0
/*
 * ipi: interrupts between the CPUs of a cell, and their start
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Needs a cell of two CPUs (more do not disturb). They talk through the interrupt command register in its x2APIC form, MSR 0x830
 * (AMD64 APM vol. 2, 16.13; Intel SDM 3A, 10.12.9): a CPU in xAPIC mode gets it emulated by the hypervisor. What holds:
 *
 *  - INIT and start-up IPI start a waiting CPU, and restart a running one, at the page that the start-up IPI names.
 *  - A fixed interrupt reaches the CPU that it names, and no other: by physical id, by logical id, by the shorthands self, all, all
 *    but self, by the self-IPI register 0x83f. Each is delivered once.
 *  - A CPU that is not of this cell cannot be reached, neither by id nor by a shorthand: the interrupt is dropped and the sender
 *    goes on. (That the other CPU saw nothing is for its owner to say; here it is the sender's survival.)
 *  - Interrupts sent in a row to and fro, 1000 times, all arrive. The time per round trip is printed, not judged.
 *
 * Parameters: count=N: round trips (1000). foreign=ID: APIC id of a CPU outside the cell (default: the first below 8).
 */
#include <tests/inmates/lib/check.h>

#define VECTOR_COUNT	(IRQ_BASE_VECTOR + 4)
#define VECTOR_PING	(IRQ_BASE_VECTOR + 5)
#define VECTOR_PONG	(IRQ_BASE_VECTOR + 6)

#define ICR_LOGICAL	(1U << 11)

#define SETTLE_US	20000

static volatile unsigned int counts[2];	/* VECTOR_COUNT on first and second CPU */
static volatile unsigned int pongs;
static volatile unsigned int starts;
static volatile bool ready;

static unsigned int first, second;

static void handle_irq(unsigned int irq)
{
	if (irq == VECTOR_COUNT)
		counts[cpu_id() == second]++;
	else if (irq == VECTOR_PING)
		irq_send_ipi(first, VECTOR_PONG);
	else if (irq == VECTOR_PONG)
		pongs++;
}

static void __attribute__((noreturn)) wait_in_halt(void)
{
	starts++;
	ready = true;
	enable_irqs();
	while (1)
		halt();
}

static void second_main(void)
{
	wait_in_halt();
}

static volatile bool restarted_elsewhere;

static void second_main_again(void)
{
	restarted_elsewhere = true;
	wait_in_halt();
}

static bool wait_until_ready(void)
{
	unsigned int n;

	for (n = 0; n < 100 && !ready; n++)
		delay_us(10000);
	return ready;
}

static void test_start(void)
{
	smp_wait_for_all_cpus();
	second = smp_cpu_ids[1];
	check(smp_num_cpus == comm_region->num_cpus, "all %u CPUs of the cell have registered", comm_region->num_cpus);
	check(!smp_start_cpu(second, second_main) && wait_until_ready(), "INIT and start-up IPI start CPU %u", second);
	check(starts == 1, "it starts once");
}

static void send(u64 icr)
{
	counts[0] = 0;
	counts[1] = 0;
	write_msr(X2APIC_ICR, icr | APIC_DM_FIXED | APIC_ASSERT | VECTOR_COUNT);
	delay_us(SETTLE_US);
}

static void test_delivery(const char *what, u64 icr, unsigned int to_first, unsigned int to_second)
{
	send(icr);
	check(counts[0] == to_first && counts[1] == to_second, "%s: %u to the sender, %u to the sibling (%u, %u)", what, to_first,
	      to_second, counts[0], counts[1]);
}

/* Cluster in bits 31:16, one bit of 16 for the CPU in it (SDM 3A, 10.12.10.2) */
static u64 logical(unsigned int id)
{
	return ((u64)((id >> 4 << 16) | (1U << (id & 0xf))) << 32) | ICR_LOGICAL;
}

static void test_destinations(void)
{
	test_delivery("physical id of the sibling", (u64)second << 32, 0, 1);
	test_delivery("own physical id", (u64)first << 32, 1, 0);
	test_delivery("logical id of the sibling", logical(second), 0, 1);
	test_delivery("own logical id", logical(first), 1, 0);
	test_delivery("shorthand self", APIC_SH_SELF, 1, 0);
	test_delivery("shorthand all but self", APIC_SH_OTHERS, 0, 1);
	test_delivery("shorthand all", APIC_SH_ALL, 1, 1);
}

static void test_self_ipi_register(void)
{
	counts[0] = 0;
	counts[1] = 0;
	write_msr(X2APIC_SELF_IPI, VECTOR_COUNT);
	delay_us(SETTLE_US);
	check(counts[0] == 1 && !counts[1], "self-IPI register: 1 to the sender, 0 to the sibling (%u, %u)", counts[0], counts[1]);
}

static bool in_cell(unsigned int id)
{
	unsigned int n;

	for (n = 0; n < smp_num_cpus; n++)
		if (smp_cpu_ids[n] == id)
			return true;
	return false;
}

static unsigned int foreign_cpu(void)
{
	unsigned int id = 0;

	while (in_cell(id))
		id++;
	return (unsigned int)cmdline_parse_int("foreign", id);
}

static void test_foreign_cpu(void)
{
	unsigned int id = foreign_cpu();

	test_delivery("physical id of a CPU outside the cell", (u64)id << 32, 0, 0);
	write_msr(X2APIC_ICR, ((u64)id << 32) | APIC_DM_INIT | APIC_ASSERT);
	delay_us(SETTLE_US);
	check(true, "INIT to CPU %u outside the cell leaves the sender alone", id);
}

static void test_round_trips(void)
{
	unsigned int n, count = (unsigned int)cmdline_parse_int("count", 1000);
	u64 start, end, min = ~0ULL, sum = 0;

	disable_irqs();
	pongs = 0;
	for (n = 0; n < count; n++) {
		start = rdtsc();
		irq_send_ipi(second, VECTOR_PING);
		while (pongs <= n)
			asm volatile("sti; hlt; cli" : : : "memory");
		end = rdtsc();
		sum += end - start;
		if (end - start < min)
			min = end - start;
	}
	enable_irqs();
	check(pongs == count, "%u round trips between halted CPUs all arrive", count);
	printk("# round trip: %llu TSC cycles at least, %llu in the mean\n", min, count ? sum / count : 0);
}

static void test_restart(void)
{
	ready = false;
	check(!smp_start_cpu(second, second_main_again) && wait_until_ready(), "INIT and start-up IPI restart a running CPU");
	check(restarted_elsewhere && starts == 2, "it goes on at the new entry");
	test_delivery("interrupt to the restarted sibling", (u64)second << 32, 0, 1);
}

void inmate_main(void)
{
	test_begin("ipi");
	tsc_init();
	first = cpu_id();
	if (!check(comm_region->num_cpus >= 2, "the cell has at least two CPUs (%u)", comm_region->num_cpus))
		test_end();

	irq_init(handle_irq);
	irq_enable(VECTOR_COUNT);
	irq_enable(VECTOR_PING);
	irq_enable(VECTOR_PONG);
	enable_irqs();

	test_start();
	test_destinations();
	test_self_ipi_register();
	test_foreign_cpu();
	test_round_trips();
	test_restart();
	test_end();
}
