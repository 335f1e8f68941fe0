// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A timer ten times a second, and how late each interrupt was. The cell locks itself: the first request to shut down is denied, the
 * next one approved.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Parameters: led-reg (address), led-pin (bit): toggle this bit of a 32-bit register at each interrupt.
 */
#include <inmate.h>

#define BEATS_PER_SEC	10

static u64 expected;
static u64 min_jitter = ~0ULL, max_jitter;

static u32 *led_reg;
static u32 led_mask;

static void toggle_led(void)
{
	if (led_reg)
		mmio_write32(led_reg, mmio_read32(led_reg) ^ led_mask);
}

static void handle_irq(unsigned int irq)
{
	u64 now = timer_get_ticks(), jitter;

	if (irq != TIMER_IRQ)
		return;
	jitter = timer_ticks_to_ns(now > expected ? now - expected : expected - now);
	if (jitter < min_jitter)
		min_jitter = jitter;
	if (jitter > max_jitter)
		max_jitter = jitter;
	printk("Timer fired, jitter: %6llu ns, min: %6llu ns, max: %6llu ns\n", jitter, min_jitter, max_jitter);
	toggle_led();

	expected += timer_get_frequency() / BEATS_PER_SEC;
	now = timer_get_ticks();
	timer_start(expected > now ? expected - now : 1);
}

static void start_timer(void)
{
	irq_init(handle_irq);
	irq_enable(TIMER_IRQ);
	expected = timer_get_ticks() + timer_get_frequency() / BEATS_PER_SEC;
	timer_start(timer_get_frequency() / BEATS_PER_SEC);
}

/* Returns false once the cell has agreed to go. */
static bool answer_message(void)
{
	static bool denied;

	switch (comm_region->msg_to_cell) {
	case JAILHOUSE_MSG_NONE:
		return true;
	case JAILHOUSE_MSG_SHUTDOWN_REQUEST:
		if (denied)
			return false;
		denied = true;
		printk("Rejecting first shutdown request - try again!\n");
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_DENIED);
		return true;
	case JAILHOUSE_MSG_RECONFIG_COMPLETED:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_RECEIVED);
		return true;
	default:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_UNKNOWN);
		return true;
	}
}

static void setup_led(void)
{
	led_reg = (u32 *)(unsigned long)cmdline_parse_int("led-reg", 0);
	led_mask = 1U << (cmdline_parse_int("led-pin", 0) & 31);
	if (led_reg)
		map_range(led_reg, sizeof(*led_reg), MAP_UNCACHED);
}

/* A timer interrupt between the test for a message and WFI is no loss: the next one follows 100 ms later. */
void inmate_main(void)
{
	setup_led();
	printk("Initializing the GIC (version %u), timer at %llu kHz\n", comm_region->gic_version, timer_get_frequency() / 1000);
	start_timer();
	comm_region->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	enable_irqs();

	while (answer_message())
		halt();

	disable_irqs();
	timer_stop();
	printk("Stopped GIC demo\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_APPROVED);
}
