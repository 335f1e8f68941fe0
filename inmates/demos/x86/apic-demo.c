// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A timer ten times a second, and how late each interrupt was. The cell locks itself: the first request to shut down is denied, the
 * next one approved.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Parameters: pollute-cache (bool): write through a buffer of the size of a small cache between interrupts.
 *             led-reg (address), led-pin (bit): toggle this bit of a 32-bit register at each interrupt.
 */
#include <inmate.h>

#define TIMER_VECTOR		(IRQ_BASE_VECTOR + 2)
#define PERIOD_NS		(100 * NS_PER_MSEC)

#define POLLUTE_SIZE		(512 * 1024UL)
#define CACHE_LINE		64

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
	u64 now = tsc_read_ns();
	u64 jitter;

	if (irq != TIMER_VECTOR)
		return;
	jitter = now > expected ? now - expected : expected - now;
	if (jitter < min_jitter)
		min_jitter = jitter;
	if (jitter > max_jitter)
		max_jitter = jitter;
	printk("Timer fired, jitter: %6llu ns, min: %6llu ns, max: %6llu ns\n", jitter, min_jitter, max_jitter);
	toggle_led();

	expected += PERIOD_NS;
	now = tsc_read_ns();
	apic_timer_set(expected > now ? expected - now : 1);
}

static void start_timer(void)
{
	unsigned long tsc_hz, apic_hz;

	irq_init(handle_irq);
	irq_enable(TIMER_VECTOR);

	tsc_hz = tsc_init();
	printk("Calibrated TSC frequency: %lu.%03lu kHz\n", tsc_hz / 1000, tsc_hz % 1000);
	apic_hz = apic_timer_init(TIMER_VECTOR);
	printk("Calibrated APIC frequency: %lu kHz\n", apic_hz / 1000);

	expected = tsc_read_ns() + PERIOD_NS;
	apic_timer_set(PERIOD_NS);
}

static void pollute_cache(u8 *buffer)
{
	unsigned long pos;

	for (pos = 0; pos < POLLUTE_SIZE; pos += CACHE_LINE)
		buffer[pos] ^= 0xcc;
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

/* A timer interrupt between the test for a message and HLT is no loss: the next one follows 100 ms later. */
void inmate_main(void)
{
	u8 *buffer = NULL;

	setup_led();
	if (cmdline_parse_bool("pollute-cache", false))
		buffer = zalloc(POLLUTE_SIZE, PAGE_SIZE);

	start_timer();
	comm_region->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	enable_irqs();

	while (answer_message()) {
		halt();
		if (buffer)
			pollute_cache(buffer);
	}

	disable_irqs();
	printk("Stopped APIC demo\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_APPROVED);
}
