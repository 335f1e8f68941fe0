// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * senders: GICv2 has an SGI pending once for each sender (IHI 0048, 4.3.15), and none of them is lost
 *
 * For a cell of two CPUs, on GICv2. In each round the first CPU has SGI n from itself and from its sibling:
 *
 *	active		its own is active when the sibling's comes, and the list register before that one has become free. Its end has to be
 *			its own end: two list registers with one number would be UNPREDICTABLE, and the emulator ends the first of them
 *	pending		both are pending before one is taken, the sibling's twice
 *	beside		likewise, beside all other SGIs: there are more than list registers
 *
 * What is taken has to be every sender's once, and after that nothing. Output: a line for each kind.
 *
 *	senders: KIND: ROUNDS rounds
 *	senders: KIND: SGI N of CPU M did not come, round R
 *	senders: done, K kinds failed
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define GICD_ITARGETSR	0x800
#define GICD_SGIR	0xf00
#define SGIR_SELF	(2U << 24)
#define GICC_IAR	0x00c
#define GICC_EOIR	0x010
#define SPURIOUS	1023
#define ROUNDS		1000
#define FIRST_SGI	2	/* the kinds use SGI 1 beside */
#define PATIENCE_US	2000000

static unsigned int self, sibling, round, lost;
static const char *kind;
static struct { unsigned int number, sends; } order, done;

static u8 *gicd(unsigned int reg)
{
	return (u8 *)(unsigned long)comm_region->gicd_base + reg;
}

static u8 *gicc(unsigned int reg)
{
	return (u8 *)(unsigned long)comm_region->gicc_base + reg;
}

static unsigned int own_number(void)
{
	return (unsigned int)__builtin_ctz(mmio_read8(gicd(GICD_ITARGETSR)));
}

static void send_to_self(unsigned int sgi)
{
	mmio_write32(gicd(GICD_SGIR), SGIR_SELF | sgi);
}

/* --- the sibling ------------------------------------------------------------------------------------------------------- */

static void sibling_main(void *arg)
{
	unsigned int seen = 0;

	sibling = own_number();
	memory_barrier();
	done.sends = 1;
	for (;;) {
		while (*(volatile unsigned int *)&order.sends == seen)
			cpu_relax();
		memory_barrier();
		seen = order.sends;
		gic_send_sgi(cpu_id() ^ 1, order.number);
		memory_barrier();
		*(volatile unsigned int *)&done.number = seen;
	}
}

/* Returns when it is sent: it interrupts this CPU before the next instruction or so. */
static void have_sent(unsigned int sgi)
{
	order.number = sgi;
	memory_barrier();
	*(volatile unsigned int *)&order.sends = order.sends + 1;
	while (*(volatile unsigned int *)&done.number != order.sends)
		cpu_relax();
	memory_barrier();
}

/* --- this CPU ---------------------------------------------------------------------------------------------------------- */

static bool is_over(u64 start)
{
	return timer_ticks_to_ns(timer_get_ticks() - start) > PATIENCE_US * 1000ULL;
}

static u32 take(void)
{
	u64 start = timer_get_ticks();
	u32 taken;

	do
		taken = mmio_read32(gicc(GICC_IAR));
	while (taken == SPURIOUS && !is_over(start));
	return taken;
}

static void end(u32 taken)
{
	mmio_write32(gicc(GICC_EOIR), taken);
}

static bool is(u32 taken, unsigned int sgi, unsigned int sender)
{
	if (taken == (sgi | sender << 10))
		return true;
	if (!lost++)
		printk("senders: %s: SGI %u of CPU %u did not come, round %u (taken: %x)\n", kind, sgi, sender, round, taken);
	return false;
}

static bool nothing_is_left(void)
{
	u32 taken = mmio_read32(gicc(GICC_IAR));

	if (taken == SPURIOUS)
		return true;
	printk("senders: %s: %x came too often, round %u\n", kind, taken, round);
	return false;
}

/* What is pending of @sgi, in whatever order: both senders', once. */
static bool take_both(unsigned int sgi)
{
	u32 first = take(), second;

	end(first);
	second = take();
	end(second);
	return first == (sgi | self << 10) ? is(second, sgi, sibling) : is(first, sgi, sibling) && is(second, sgi, self);
}

static bool active(unsigned int sgi)
{
	u32 other, own;

	send_to_self(1);
	send_to_self(sgi);
	other = take();
	end(other);
	own = take();
	have_sent(sgi);
	end(own);
	if (!is(other, 1, self) || !is(own, sgi, self))
		return false;
	own = take();
	end(own);
	if (!is(own, sgi, sibling))
		return false;
	send_to_self(sgi);
	own = take();
	end(own);
	return is(own, sgi, self);
}

static bool pending(unsigned int sgi)
{
	send_to_self(sgi);
	have_sent(sgi);
	have_sent(sgi);
	return take_both(sgi);
}

static bool beside(unsigned int sgi)
{
	u32 senders[NUM_SGIS] = { 0 }, taken;
	unsigned int n;

	for (n = 0; n < NUM_SGIS; n++) {
		send_to_self(n);
		have_sent(n);
	}
	for (n = 0; n < 2 * NUM_SGIS; n++) {
		taken = take();
		if (taken == SPURIOUS)
			break;
		senders[taken % NUM_SGIS] |= 1U << (taken >> 10 & 7);
		end(taken);
	}
	for (n = 0; n < NUM_SGIS; n++)
		if (senders[n] != (1U << self | 1U << sibling))
			return is(SPURIOUS, n, senders[n] >> self & 1 ? sibling : self);
	return true;
}

static const struct { const char *name; bool (*run)(unsigned int sgi); } kinds[] = {
	{ "active", active }, { "pending", pending }, { "beside", beside },
};

static bool run(bool (*one)(unsigned int sgi))
{
	for (round = lost = 0; round < ROUNDS; round++)
		if (!one(FIRST_SGI + round % (NUM_SGIS - FIRST_SGI)) || !nothing_is_left())
			return false;
	printk("senders: %s: %u rounds\n", kind, round);
	return true;
}

void inmate_main(void)
{
	unsigned int n, failed = 0;

	irq_init(NULL);
	self = own_number();
	if (smp_start_cpu(cpu_id() ^ 1, sibling_main, NULL))
		printk("senders: there is no sibling\n");
	while (!*(volatile unsigned int *)&done.sends)
		cpu_relax();
	memory_barrier();
	for (n = 0; n < ARRAY_SIZE(kinds); n++) {
		kind = kinds[n].name;
		failed += !run(kinds[n].run);
	}
	printk("senders: done, %u kinds failed\n", failed);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
