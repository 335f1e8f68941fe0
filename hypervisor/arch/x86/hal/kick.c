// SPDX-License-Identifier: GPL-2.0
/*
 * kick - one CPU makes another look at its mailbox, by an NMI. Linux has NMIs of its own: one that no kick announced is Linux's, unless a
 * kick that was sent again explains it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <x86/hal.h>

/*
 * An NMI is on its way for microseconds. One that is still there after this time waits behind GIF=0,
 * where a second one merges with it, or was lost: an APIC that was being switched off, or an emulator
 * that forgets a request which comes while it leaves a guest.
 */
#define KICK_LOST_US	1000
/*
 * What did not merge comes when this CPU enters its guest; a host that takes an emulated CPU's time
 * away makes that longer. However often a kick was sent: while one NMI is handled a CPU keeps one
 * more, an emulated one may keep two.
 */
#define KICK_LATE_US	1000000
#define KICKS_LATE	2

static void send_kick(struct pcpu *target)
{
	WRITE_ONCE(target->arch.kicked_at_us, arch_time_us());
	this_cpu()->apic->send_ipi(target->hw_id, 0x400 | 0x4000 /* NMI, assert */);
}

void x86_resend_kick(struct pcpu *target)
{
	if (!__atomic_load_n(&target->arch.kick_pending, __ATOMIC_SEQ_CST))
		return;
	WRITE_ONCE(target->arch.kicked_again, true);
	send_kick(target);
}

/* Signed: the clock of who sent it last may be ahead by a little. */
void arch_cpu_kick_again(struct pcpu *target)
{
	if ((s64)(arch_time_us() - READ_ONCE(target->arch.kicked_at_us)) > KICK_LOST_US)
		x86_resend_kick(target);
}

/* An NMI in the middle of it does the same. Who kicks again meanwhile has nothing to add: the second has just begun. */
void x86_expect_late_kicks(struct pcpu *self)
{
	if (!READ_ONCE(self->arch.kicked_again))
		return;
	self->arch.handled_at_us = arch_time_us();
	self->arch.late_kicks = KICKS_LATE;
	WRITE_ONCE(self->arch.kicked_again, false);
}

bool x86_is_late_kick(struct pcpu *self)
{
	x86_expect_late_kicks(self);
	if (!self->arch.late_kicks || arch_time_us() - self->arch.handled_at_us >= KICK_LATE_US)
		return false;
	self->arch.late_kicks--;
	return true;
}

void arch_cpu_kick(struct pcpu *target)
{
	/* pairs with the exchange in x86_note_nmi(): one NMI for each 0→1 */
	if (!__atomic_exchange_n(&target->arch.kick_pending, 1, __ATOMIC_SEQ_CST))
		send_kick(target);
	else
		arch_cpu_kick_again(target);
}
