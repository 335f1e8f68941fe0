// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/vdev/arm/vgic.c hypervisor/irqchip/arm/gicv2.c */
/* cflags: -Ihypervisor/arch/arm-common/include */
/*
 * Delivery by GICv2 in random order: a virtual interface as IHI 0048, 5, has it (list registers, GICH_EISR, GICH_ELRSR, the two kinds of
 * maintenance interrupt), a guest that acknowledges, ends and deactivates whenever it likes, senders, devices. Nothing that was sent is lost
 * or comes twice, no two list registers have one number, and a maintenance interrupt ends when it has been handled.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arch/contract.h>
#include <arm/hal.h>
#include <hv/arm/vgic.h>

#define MAX_LRS		16
#define MAX_STEPS	300
#define DEVICES		600	/* number of the first: bit 9 of a physical number is bit 19 of a list register, EOI's of others */
#define GICH_HCR	0x000
#define GICH_EISR	0x020
#define GICH_ELRSR	0x030
#define GICH_LR		0x100
#define HCR_UIE		(1U << 1)
#define LR_HW		(1U << 31)
#define LR_ACTIVE	(1U << 29)
#define LR_PENDING	(1U << 28)
#define LR_STATE	(LR_ACTIVE | LR_PENDING)
#define LR_EOI		(1U << 19)
#define NO_PRIORITY	256

static u8 distributor[0x10000], gicc[0x2000], gich[0x1000];
volatile u8 *arm_gicd = distributor, *arm_gicc = gicc, *arm_gich = gich, *arm_gicr;
const struct gic_ops *gic = &gic_v2_ops;
static struct pcpu pcpu;
static struct vcpu vcpu;
static struct cell cell;

void arch_cpu_relax(void) { }

/* --- the virtual interface ----------------------------------------------------------------------------------------------------- */

static u32 lr[MAX_LRS], num_lrs, hcr;

static u32 intid_of(u32 n) { return lr[n] & 0x3ff; }
static u32 sender_of(u32 n) { return lr[n] >> 10 & 7; }
static u32 priority_in(u32 n) { return (lr[n] >> 23 & 0x1f) << 3; }
static bool is_used(u32 n) { return lr[n] & LR_STATE; }
static bool tells_end(u32 n) { return !is_used(n) && !(lr[n] & LR_HW) && lr[n] & LR_EOI; }

static u32 bits_of(bool told)
{
	u32 n, bits = 0;

	for (n = 0; n < num_lrs; n++)
		if (!is_used(n) && tells_end(n) == told)
			bits |= 1U << n;
	return bits;
}

static void write_lr(u32 n, u32 value)
{
	u32 other;

	lr[n] = value;
	for (other = 0; other < num_lrs && is_used(n); other++)
		if (other != n && is_used(other) && intid_of(other) == intid_of(n))
			fail_msg("interrupt %u is in two list registers", intid_of(n));
}

static u32 offset_in_gich(const volatile void *p)
{
	uintptr_t offset = (uintptr_t)p - (uintptr_t)gich;

	return offset < sizeof(gich) ? (u32)offset : ~0U;
}

u64 fake_mmio_read(const volatile void *p, unsigned int size)
{
	u32 offset = offset_in_gich(p);
	u64 value = 0;

	switch (offset) {
	case GICH_EISR:
		return bits_of(true);
	case GICH_ELRSR:
		return bits_of(false);
	case GICH_LR ... GICH_LR + MAX_LRS * 4 - 1:
		return lr[(offset - GICH_LR) / 4];
	default:
		memcpy(&value, (const void *)p, size);
		return value;
	}
}

void fake_mmio_write(volatile void *p, unsigned int size, u64 value)
{
	u32 offset = offset_in_gich(p);

	if (offset == GICH_HCR)
		hcr = value;
	else if (offset >= GICH_LR && offset < GICH_LR + MAX_LRS * 4)
		write_lr((offset - GICH_LR) / 4, value);
	else
		memcpy((void *)p, &value, size);
}

static u32 num_used(void)
{
	u32 n, used = 0;

	for (n = 0; n < num_lrs; n++)
		used += is_used(n);
	return used;
}

/* Level-triggered: it comes until its reason is gone. */
static void take_maintenance(void)
{
	u32 times;

	for (times = 0; bits_of(true) || (hcr & HCR_UIE && num_used() <= 1); times++) {
		assert_true(times < 3);
		vgic_refill(&vcpu);
	}
}

/* --- the guest ----------------------------------------------------------------------------------------------------------------- */

static bool sent[VGIC_SGIS][VGIC_SOURCES], raised[VGIC_IRQS];
static struct { u32 intid, priority; } running[MAX_STEPS];
static u32 num_running, ended[MAX_STEPS], num_ended;
static bool ends_in_two_steps;

static u32 running_priority(void)
{
	return num_running ? running[num_running - 1].priority : NO_PRIORITY;
}

static bool acknowledge(void)
{
	u32 n, best = MAX_LRS, priority = NO_PRIORITY;

	for (n = 0; n < num_lrs; n++)
		if ((lr[n] & LR_STATE) == LR_PENDING && priority_in(n) < priority) {
			best = n;
			priority = priority_in(n);
		}
	if (priority >= running_priority())
		return false;
	lr[best] ^= LR_STATE;
	running[num_running].intid = intid_of(best);
	running[num_running++].priority = priority;
	if (intid_of(best) < VGIC_SGIS) {
		if (!sent[intid_of(best)][sender_of(best)])
			fail_msg("SGI %u of CPU %u comes and was not sent", intid_of(best), sender_of(best));
		sent[intid_of(best)][sender_of(best)] = false;
	}
	return true;
}

static void deactivate(u32 intid)
{
	u32 n;

	for (n = 0; n < num_lrs && !(intid_of(n) == intid && lr[n] & LR_ACTIVE); n++)
		;
	assert_true(n < num_lrs);
	lr[n] &= ~LR_ACTIVE;
	if (lr[n] & LR_HW)
		raised[intid] = false;
}

static bool end(void)
{
	u32 intid;

	if (!num_running)
		return false;
	intid = running[--num_running].intid;
	if (ends_in_two_steps)
		ended[num_ended++] = intid;
	else
		deactivate(intid);
	return true;
}

static bool end_second_step(u32 which)
{
	u32 intid;

	if (!num_ended)
		return false;
	which %= num_ended;
	intid = ended[which];
	ended[which] = ended[num_ended - 1];
	num_ended--;
	deactivate(intid);
	return true;
}

/* --- random orders --------------------------------------------------------------------------------------------------------------- */

static u64 state;

/* Below @end. */
static u32 random_number(u32 end)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(state >> 33) % end;
}

/** struct mix - how many of what there are; @moving: the guest changes priorities */
struct mix { u32 sgis, senders, devices; bool moving; };

static void start(u64 seed, u32 lrs, const struct mix *mix)
{
	u32 n;

	state = seed;
	memset(lr, 0, sizeof(lr));
	memset(sent, 0, sizeof(sent));
	memset(raised, 0, sizeof(raised));
	num_running = num_ended = hcr = 0;
	num_lrs = lrs;
	cell = (struct cell){ .id = 0 };
	for (n = 0; n < ARM_IRQ_WORDS; n++)
		cell.arch.irqs[n] = ~0U;
	pcpu = (struct pcpu){ .cell = &cell };
	vcpu = (struct vcpu){ .pcpu = &pcpu };
	vcpu.arch.vgic.lrs = lrs;
	vcpu.arch.vgic.all_lrs = (1ULL << lrs) - 1;
	for (n = 0; n < VGIC_IRQS; n++)
		distributor[GICD_IPRIORITYR + n] = random_number(6) * 40;
	ends_in_two_steps = random_number(2);
}

static void send(u32 sgi, u32 sender)
{
	sent[sgi][sender] = true;
	vgic_deliver(&vcpu, sgi, sender);
}

static bool is_active(u32 intid)
{
	u32 n;

	for (n = 0; n < num_lrs && !(intid_of(n) == intid && lr[n] & LR_ACTIVE); n++)
		;
	return n < num_lrs;
}

/* It does not come again before the guest has deactivated it; while it is pending, that may have been in the distributor. */
static void raise_device(u32 intid)
{
	if (is_active(intid))
		return;
	raised[intid] = true;
	vgic_deliver(&vcpu, intid, 0);
}

static void step(const struct mix *mix)
{
	switch (random_number(8)) {
	case 0:
	case 1:
		send(random_number(mix->sgis), random_number(mix->senders));
		break;
	case 2:
		raise_device(DEVICES + random_number(mix->devices));
		break;
	case 3:
	case 4:
		acknowledge();
		break;
	case 5:
		end();
		break;
	case 6:
		end_second_step(random_number(MAX_STEPS));
		break;
	default:
		if (mix->moving)
			distributor[GICD_IPRIORITYR + random_number(mix->sgis)] = random_number(6) * 40;
	}
	take_maintenance();
}

/* The guest takes what there is, and nobody sends any more. */
static void drain(void)
{
	do
		take_maintenance();
	while (acknowledge() || end() || end_second_step(0));
}

static void nothing_is_left(u64 seed)
{
	u32 n, sender;

	for (n = 0; n < VGIC_SGIS; n++)
		for (sender = 0; sender < VGIC_SOURCES; sender++)
			if (sent[n][sender])
				fail_msg("seed %llu, %u list registers: SGI %u of CPU %u is lost", (unsigned long long)seed, num_lrs, n, sender);
	for (n = 0; n < VGIC_IRQS; n++)
		if (raised[n])
			fail_msg("seed %llu, %u list registers: interrupt %u is lost", (unsigned long long)seed, num_lrs, n);
	assert_false(vcpu.arch.vgic.waiting || hcr & HCR_UIE || num_used());
}

static void play(u64 seed, u32 lrs, const struct mix *mix)
{
	u32 n;

	start(seed, lrs, mix);
	for (n = 0; n < MAX_STEPS; n++)
		step(mix);
	drain();
	nothing_is_left(seed);
}

static void nothing_is_lost_and_nothing_comes_twice_in_any_order(void **context)
{
	static const struct mix mixes[] = {
		{ 16, 8, 1, false }, { 2, 3, 6, false }, { 4, 3, 6, false }, { 4, 3, 6, true }, { 1, 8, 12, true },
	};
	static const u32 lrs[] = { 2, 4, 16 };
	u64 seed;
	u32 n;

	for (seed = 1; seed <= 1000; seed++)
		for (n = 0; n < ARRAY_SIZE(lrs) * ARRAY_SIZE(mixes); n++)
			play(seed, lrs[n % ARRAY_SIZE(lrs)], &mixes[n / ARRAY_SIZE(lrs)]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_and_nothing_comes_twice_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
