// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * All CPUs of the cell: the first one starts the others one by one; each says hello and sends an interrupt back.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define ANSWER_VECTOR	(IRQ_BASE_VECTOR + 3)

static volatile unsigned int answers;
static unsigned int primary;

static void handle_irq(unsigned int irq)
{
	if (irq == ANSWER_VECTOR)
		answers++;
}

static void secondary_main(void)
{
	printk("Hello from CPU %u!\n", cpu_id());
	irq_send_ipi(primary, ANSWER_VECTOR);
}

/* Interrupts are off except in the halt itself, or the answer might come in front of it. */
static void wait_for_answers(unsigned int wanted)
{
	while (answers < wanted)
		asm volatile("sti; hlt; cli" : : : "memory");
}

void inmate_main(void)
{
	unsigned int n, started = 0;

	primary = cpu_id();
	printk("SMP demo, primary CPU: %u\n", primary);
	irq_init(handle_irq);
	irq_enable(ANSWER_VECTOR);

	printk("Waiting for the rest of the CPUs...\n");
	smp_wait_for_all_cpus();
	printk("CPUs found:");
	for (n = 0; n < smp_num_cpus; n++)
		printk(" %u", smp_cpu_ids[n]);
	printk("\n");

	disable_irqs();
	for (n = 1; n < smp_num_cpus; n++) {
		if (smp_start_cpu(smp_cpu_ids[n], secondary_main)) {
			printk("CPU %u does not start\n", smp_cpu_ids[n]);
			continue;
		}
		wait_for_answers(++started);
		printk("Received IPI from CPU %u\n", smp_cpu_ids[n]);
	}
	printk("SMP demo done, %u of %u secondary CPUs answered\n", answers, smp_num_cpus - 1);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
