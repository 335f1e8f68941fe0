// SPDX-License-Identifier: GPL-2.0
/*
 * log - one lock, whole lines, two sinks. A guest's characters may leave a line open; the next line
 * of ours then starts a new one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/log.h>
#include <arch/cpu.h>
#include <common/lib/format.h>
#include <jailhouse/crash_log.h>

#define PANIC_LOCK_SPINS 10000000

static struct {
	struct hv_console_ring *ring;
	struct hv_crash_log *crash;	/* lines of a panic go there too */
	void (*putc)(char c);
	/*
	 * Guard the sinks and the rest. Tickets, so that whoever comes is next after those that
	 * wait: a cell that writes without a pause delays others by one character, no more.
	 */
	u32 next_ticket, serving;
	bool holder_died;		/* nobody waits any more */
	bool line_open;
	bool panic;			/* the line that is printed is one of a panic */
} console;

static u32 take_ticket(void)
{
	return __atomic_fetch_add(&console.next_ticket, 1, __ATOMIC_RELAXED);
}

static bool is_served(u32 ticket)
{
	/* acquire: pairs with unlock() */
	return __atomic_load_n(&console.serving, __ATOMIC_ACQUIRE) == ticket ||
	       READ_ONCE(console.holder_died);
}

static void lock(void)
{
	u32 ticket = take_ticket();

	while (!is_served(ticket))
		arch_cpu_relax();
}

static void unlock(void)
{
	__atomic_store_n(&console.serving, console.serving + 1, __ATOMIC_RELEASE);
}

void log_init(struct hv_console_ring *ring, void (*putc)(char c))
{
	console.ring = ring;
	console.putc = putc;
	console.next_ticket = console.serving = 0;
	console.holder_died = false;
	console.line_open = false;
	if (ring)
		ring->size = HV_CONSOLE_CONTENT_SIZE;
}

void log_set_crash_log(struct hv_crash_log *crash)
{
	console.crash = crash;
}

/* &ring->head: aligned, though the struct is packed. */
static u64 *first_word(void *page)
{
	return page;
}

static void ring_put(struct hv_console_ring *ring, char c)
{
	u64 *count = first_word(ring);
	u64 head = *count, at = head % HV_CONSOLE_CONTENT_SIZE;

	ring->sum += hv_text_sum(at, ring->content[at], c);
	ring->content[at] = c;
	/* content before count: pairs with the reader's second look at @head (image.h) */
	barrier();
	WRITE_ONCE(*count, head + 1);
}

static void crash_put(struct hv_crash_log *crash, char c)
{
	u32 at = crash->panic_length;

	if (at >= HV_PANIC_TEXT_SIZE)
		return;
	crash->panic_text[at] = c;
	crash->panic_sum += hv_text_sum(at, 0, c);
	crash->panic_length = at + 1;
}

static void put_locked(void *arg, char c)
{
	if (console.panic && console.crash)
		crash_put(console.crash, c);
	if (console.ring)
		ring_put(console.ring, c);
	if (console.putc)
		console.putc(c);
	console.line_open = c != '\n';
}

static void vprint_locked(const char *fmt, va_list ap)
{
	static const struct log_sink sink = { .put = put_locked };

	if (console.line_open)
		put_locked(NULL, '\n');
	format_vprint(&sink, fmt, ap);
}

void log_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	lock();
	vprint_locked(fmt, ap);
	unlock();
	va_end(ap);
}

void log_putc(char c)
{
	lock();
	put_locked(NULL, c);
	unlock();
}

/* A CPU that panics may itself hold the lock: wait a while for others, then write regardless. */
void log_printf_panic(const char *fmt, ...)
{
	u32 ticket = take_ticket(), spins = 0;
	va_list ap;

	while (!is_served(ticket) && spins++ < PANIC_LOCK_SPINS)
		arch_cpu_relax();
	if (!is_served(ticket))
		WRITE_ONCE(console.holder_died, true);
	va_start(ap, fmt);
	console.panic = true;
	vprint_locked(fmt, ap);
	console.panic = false;
	va_end(ap);
	unlock();
}
