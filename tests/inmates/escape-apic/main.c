// SPDX-License-Identifier: GPL-2.0
/*
 * escape-apic: the local APIC, every register and every interrupt that it can send
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. The local APIC is the cell's, as far as it concerns its own CPU. No interrupt of a cell reaches a CPU outside: one that names such
 * a CPU is dropped there, and the sender goes on. What no cell may send (SMI, ExtINT, a reserved mode, and forms that hardware does not
 * define: other modes than fixed with a shorthand that includes the sender) stops the CPU, and so do LVTs with such a mode, reserved bits
 * and accesses that are not 32 bits wide and aligned. INIT and start-up to the own CPU, and NMI between CPUs of a cell, are ignored.
 *
 * Reads of the page are made by hardware and reach this CPU's own APIC only. Where a CPU has x2APIC mode the page is not there.
 *
 * Source: hypervisor/vdev/x86/vlapic.c; AMD64 APM vol. 2, 16.5 (IPIs, table 16-4), 16.4 (LVTs), 16.11 (x2APIC); docs/MSR-POLICY.md.
 *
 * That a destination of others saw nothing is for the victim and for root's interrupt counters to say.
 */
#include <tests/inmates/lib/escape.h>

#define VECTOR		(IRQ_BASE_VECTOR + 4)
#define LOGICAL		(1U << 11)
#define LEVEL		(1U << 15)
#define MODE(m)		((u32)(m) << 8)
#define SHORTHAND(s)	((u32)(s) << 18)

enum { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, STARTUP, EXTINT };
enum { TO_DESTINATION, TO_SELF, TO_ALL, TO_OTHERS };

#define REG_TPR		0x80
#define REG_EOI		0xb0
#define REG_LDR		0xd0
#define REG_DFR		0xe0
#define REG_SPIV	0xf0
#define REG_ICR		0x300
#define REG_ICR_HIGH	0x310
#define REG_LVT_TIMER	0x320
#define REG_LVT_LINT0	0x350
#define REG_TMICT	0x380

#define X2APIC_LVT_LINT0	0x835
#define X2APIC_PPR		0x80a
#define APIC_MASKED		(1U << 16)
#define APIC_PERIODIC		(1U << 17)
#define MSR_APIC_BASE		0x1b
#define BASE_X2APIC		(1UL << 10)
#define BASE_ENABLE		(1UL << 11)
#define BASE_BSP		(1UL << 8)

#define SETTLE_NS	(2 * NS_PER_MSEC)

static volatile u32 received, others;

static void count(unsigned int irq)
{
	if (irq == VECTOR)
		received++;
	else
		others++;
}

/* Handlers for all vectors that the library dispatches. */
static void listen(void)
{
	unsigned int irq;

	irq_init(count);
	for (irq = IRQ_BASE_VECTOR; irq < IRQ_BASE_VECTOR + IRQ_NUM_VECTORS; irq++)
		irq_enable(irq);
	received = 0;
	others = 0;
}

static void settle(void)
{
	u64 end = tsc_read_ns() + SETTLE_NS;

	enable_irqs();
	while (tsc_read_ns() < end)
		cpu_relax();
	disable_irqs();
}

static bool page_is_there(void)
{
	return !(read_msr(MSR_APIC_BASE) & BASE_X2APIC);
}

static u8 *page(void)
{
	map_range((void *)LOCAL_APIC, PAGE_SIZE, MAP_UNCACHED);
	return (u8 *)LOCAL_APIC;
}

/* --- interrupts ------------------------------------------------------------------------------------------------------------------- */

static void send_msr(u32 dest, u32 low)
{
	write_msr(X2APIC_ICR, (u64)dest << 32 | low);
}

static void send_mmio(u32 dest, u32 low)
{
	mmio_write32(page() + REG_ICR_HIGH, dest << 24);
	mmio_write32(page() + REG_ICR, low);
}

/* All CPUs of this machine, some that it has not, and everybody. The own APIC id is 3. */
static const u32 physical_foreign[] = { 0, 1, 2, 4, 5, 7, 0xfe };
static const u32 wide_foreign[] = { 0x100, 0x103, 0xffff, 0x10003, 0x80000003, 0xfffffffe };
static const u32 logical_flat_foreign[] = { 0x01, 0x02, 0x04, 0x07, 0x10, 0xf7, 0x00 };
static const u32 logical_cluster_foreign[] = { 0x1, 0x2, 0x4, 0x7, 0xfff7, 0x10008, 0xfff70000, 0xffff0007 };

static const u8 sendable[] = { FIXED, LOWEST, NMI, INIT, STARTUP };

static void send_modes(void (*send)(u32, u32), const u32 *dests, unsigned int number, u32 flags)
{
	unsigned int n, m;

	for (n = 0; n < number; n++)
		for (m = 0; m < ARRAY_SIZE(sendable); m++) {
			send(dests[n], flags | MODE(sendable[m]) | APIC_ASSERT | VECTOR);
			send(dests[n], flags | MODE(sendable[m]) | VECTOR);
			send(dests[n], flags | MODE(sendable[m]) | LEVEL | APIC_ASSERT | VECTOR);
			send(dests[n], flags | MODE(sendable[m]) | LEVEL | VECTOR);
		}
}

static const char *received_nothing(void)
{
	settle();
	return received || others ? answer("%u came back, %u others", received, others) : "dropped";
}

static const char *to_foreign(const struct attack *a)
{
	listen();
	send_modes(send_msr, physical_foreign, ARRAY_SIZE(physical_foreign), 0);
	send_modes(send_msr, wide_foreign, ARRAY_SIZE(wide_foreign), 0);
	send_modes(send_msr, logical_cluster_foreign, ARRAY_SIZE(logical_cluster_foreign), LOGICAL);
	return received_nothing();
}

static const char *to_foreign_mmio(const struct attack *a)
{
	listen();
	if (!page_is_there())
		return "dropped";
	send_modes(send_mmio, physical_foreign, ARRAY_SIZE(physical_foreign), 0);
	send_modes(send_mmio, logical_flat_foreign, ARRAY_SIZE(logical_flat_foreign), LOGICAL);
	return received_nothing();
}

static const u32 every_form[] = { APIC_ASSERT, 0, LEVEL | APIC_ASSERT };

static void send_to_each(void (*send)(u32, u32), u32 flags, u32 dest)
{
	unsigned int m, f;

	for (m = 0; m < ARRAY_SIZE(sendable); m++)
		for (f = 0; f < ARRAY_SIZE(every_form); f++)
			send(dest, flags | MODE(sendable[m]) | every_form[f] | VECTOR);
}

/* Each APIC id but the own one, and each set of logical destinations without the own bit. */
static const char *to_every_destination(const struct attack *a)
{
	u32 dest;

	listen();
	for (dest = 0; dest < 0xff; dest++) {
		if (dest != 3) {
			send_to_each(send_msr, 0, dest);
			send_to_each(send_msr, 0, 0xffffff00 | dest);
		}
		if (!(dest & 8)) {
			send_to_each(send_msr, LOGICAL, dest);
			send_to_each(send_msr, LOGICAL, dest << 8);
		}
		if (page_is_there() && dest != 3)
			send_to_each(send_mmio, 0, dest);
		if (page_is_there() && !(dest & 8))
			send_to_each(send_mmio, LOGICAL, dest);
	}
	return received_nothing();
}

/* This cell has one CPU: whoever else there is belongs to others. */
static const char *to_others(const struct attack *a)
{
	static const u32 any[] = { 0, 2, 3, 0xff, 0xffffffff };

	listen();
	send_modes(send_msr, any, ARRAY_SIZE(any), SHORTHAND(TO_OTHERS));
	send_modes(send_msr, any, ARRAY_SIZE(any), SHORTHAND(TO_OTHERS) | LOGICAL);
	if (page_is_there())
		send_modes(send_mmio, any, ARRAY_SIZE(any), SHORTHAND(TO_OTHERS));
	return received_nothing();
}

/* Ways of saying "everybody": a fixed interrupt comes once, to this CPU. */
static const char *to_everybody(const struct attack *a)
{
	static const struct {
		u32 dest, flags;
	} msr_forms[] = {
		{ 0xffffffff, 0 }, { 0, SHORTHAND(TO_ALL) }, { 0xffffffff, LOGICAL }, { 0xf, LOGICAL }, { 0xffff, LOGICAL },
		{ 3, 0 }, { 8, LOGICAL }, { 0, SHORTHAND(TO_SELF) }, { 0xffffffff, SHORTHAND(TO_SELF) },
	}, mmio_forms[] = {
		{ 0xff, 0 }, { 0, SHORTHAND(TO_ALL) }, { 0xff, LOGICAL }, { 0x0f, LOGICAL }, { 3, 0 }, { 8, LOGICAL },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(msr_forms); n++) {
		listen();
		send_msr(msr_forms[n].dest, msr_forms[n].flags | APIC_ASSERT | VECTOR);
		settle();
		if (received != 1 || others)
			return answer("0x%x to 0x%x: %u", msr_forms[n].flags, msr_forms[n].dest, received);
	}
	for (n = 0; n < ARRAY_SIZE(mmio_forms) && page_is_there(); n++) {
		listen();
		send_mmio(mmio_forms[n].dest, mmio_forms[n].flags | APIC_ASSERT | VECTOR);
		settle();
		if (received != 1 || others)
			return answer("page: 0x%x to 0x%x: %u", mmio_forms[n].flags, mmio_forms[n].dest, received);
	}
	return "this CPU only";
}

/* NMI, INIT and start-up to everybody: none for this CPU, none for others. */
static const char *events_to_everybody(const struct attack *a)
{
	static const u32 everybody[] = { 0xffffffff, 3 };
	static const u32 logical[] = { 0xffffffff, 0x8, 0xf };
	static const u8 modes[] = { NMI, INIT, STARTUP };
	unsigned int n, m;

	listen();
	for (m = 0; m < ARRAY_SIZE(modes); m++) {
		for (n = 0; n < ARRAY_SIZE(everybody); n++)
			send_msr(everybody[n], MODE(modes[m]) | APIC_ASSERT | 0x10);
		for (n = 0; n < ARRAY_SIZE(logical); n++)
			send_msr(logical[n], MODE(modes[m]) | LOGICAL | APIC_ASSERT | 0x10);
		if (page_is_there())
			send_mmio(0xff, MODE(modes[m]) | APIC_ASSERT | 0x10);
	}
	return received_nothing();
}

/* Reserved bits of the ICR in its x2APIC form, one by one: #GP, and nothing is sent. */
static const char *icr_reserved(const struct attack *a)
{
	unsigned int bit;

	listen();
	for (bit = 12; bit < 32; bit++) {
		if (bit == 14 || bit == 15 || bit == 18 || bit == 19)
			continue;
		if (try_write_msr(X2APIC_ICR, 1ULL << bit | SHORTHAND(TO_ALL) | APIC_ASSERT | VECTOR) != EXCP_GP)
			return answer("bit %u: %s", bit, answer_exception());
	}
	settle();
	return received || others ? "sent" : "#GP";
}

static const char *icr_denied(const struct attack *a)
{
	send_msr((u32)a->value, (u32)a->address | APIC_ASSERT | VECTOR);
	return "sent";
}

static const char *icr_denied_mmio(const struct attack *a)
{
	send_mmio((u32)a->value, (u32)a->address | APIC_ASSERT | VECTOR);
	return "sent";
}

/* --- storms ---------------------------------------------------------------------------------------------------------------------------- */

static const char *self_storm(const struct attack *a)
{
	unsigned int n;

	listen();
	enable_irqs();
	for (n = 0; n < 5000; n++) {
		write_msr(X2APIC_SELF_IPI, VECTOR);
		send_msr(3, APIC_ASSERT | (VECTOR + 1));
	}
	settle();
	return received && others ? "this CPU only" : answer("%u, %u", received, others);
}

static const char *foreign_storm(const struct attack *a)
{
	unsigned int n;

	listen();
	for (n = 0; n < 5000; n++) {
		send_msr(n & 1 ? VICTIM_CPU : ROOT_CPU, APIC_ASSERT | VECTOR);
		send_msr(VICTIM_CPU, MODE(NMI) | APIC_ASSERT);
		send_msr(n & 1, MODE(INIT) | APIC_ASSERT | LEVEL);
	}
	return received_nothing();
}

/* Interrupts of all vectors wait while IF is 0, and are taken in one go; vectors without a gate of the library stay behind TPR. */
static const char *pending_flood(const struct attack *a)
{
	unsigned int vector, n;

	listen();
	for (n = 0; n < 20; n++)
		for (vector = IRQ_BASE_VECTOR; vector < IRQ_BASE_VECTOR + IRQ_NUM_VECTORS; vector++)
			write_msr(X2APIC_SELF_IPI, vector);
	settle();
	return received == 1 && others == IRQ_NUM_VECTORS - 1 ? "each once" : answer("%u, %u", received, others);
}

/* The shortest period that an emulator can bear: 1000 ticks, a microsecond of QEMU. */
static const char *timer_flood(const struct attack *a)
{
	u64 end = tsc_read_ns() + 50 * NS_PER_MSEC;

	listen();
	write_msr(X2APIC_TDCR, 0xb);
	write_msr(X2APIC_LVTT, APIC_PERIODIC | VECTOR);
	write_msr(X2APIC_TMICT, 1000);
	enable_irqs();
	while (tsc_read_ns() < end)
		cpu_relax();
	disable_irqs();
	write_msr(X2APIC_LVTT, APIC_MASKED);
	write_msr(X2APIC_TMICT, 0);
	settle();
	return received ? "this CPU only" : "no interrupt";
}

/* Nothing that this CPU holds back keeps the hypervisor away: priorities, no end of interrupt, masked NMIs. */
static const char *priority_tricks(const struct attack *a)
{
	listen();
	write_msr(X2APIC_TPR, 0xff);
	write_msr(X2APIC_SELF_IPI, VECTOR);
	settle();
	if (received)
		return "came through";
	asm volatile("mov %0, %%cr8" : : "r" (0xfUL) : "memory");
	if (read_msr(X2APIC_TPR) != 0xf0 && read_msr(X2APIC_TPR) != 0xff)
		return answer("TPR 0x%llx", read_msr(X2APIC_TPR));
	if (try_write_msr(X2APIC_PPR, 0) != EXCP_GP)
		return "PPR written";
	write_msr(X2APIC_TPR, 0);
	settle();
	return received == 1 ? "held back" : answer("%u", received);
}

/* --- registers --------------------------------------------------------------------------------------------------------------------------- */

static const char *base_msr(const struct attack *a)
{
	u64 base = read_msr(MSR_APIC_BASE);
	static const u64 flips[] = {
		BASE_ENABLE, BASE_BSP, BASE_ENABLE | BASE_X2APIC, 0x1000, 0xfee00000, 0x100000000, 1, 2, 0x80, 0x200, 1ULL << 52, 1ULL << 63,
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(flips); n++)
		if (try_write_msr(MSR_APIC_BASE, base ^ flips[n]) != EXCP_GP || read_msr(MSR_APIC_BASE) != base)
			return answer("0x%llx: %s", base ^ flips[n], answer_exception());
	return "#GP";
}

/* Every byte of the page by every width: hardware answers; nothing is judged but survival. */
static const char *read_page(const struct attack *a)
{
	u8 *p = page();
	unsigned int n;

	for (n = 0; n < PAGE_SIZE && page_is_there(); n++) {
		mmio_read8(p + n);
		if (n % 2 == 0)
			mmio_read16(p + n);
		if (n % 4 == 0)
			mmio_read32(p + n);
		if (n % 8 == 0)
			mmio_read64(p + n);
	}
	return "read";
}

/* Each register is written with what it holds, those that send or end something left out. */
static const char *write_back(const struct attack *a)
{
	u8 *p = page();
	unsigned int n;

	for (n = 0; n < PAGE_SIZE && page_is_there(); n += 16)
		if (n != REG_ICR && n != REG_EOI)
			mmio_write32(p + n, mmio_read32(p + n));
	return "written";
}

static const char *write_page(const struct attack *a)
{
	u8 *p = page() + a->address;

	if (a->width == 1)
		mmio_write8(p, (u8)a->value);
	else if (a->width == 2)
		mmio_write16(p, (u16)a->value);
	else if (a->width == 4)
		mmio_write32(p, (u32)a->value);
	else
		mmio_write64(p, a->value);
	return "written";
}

static const char *write_lvt(const struct attack *a)
{
	write_msr((unsigned int)a->address, a->value);
	return "written";
}

static const char *fetch(const struct attack *a)
{
	((void (*)(void))page())();
	return "executed";
}

/* Bits that an LVT has not: #GP in the x2APIC form. */
static const char *lvt_reserved(const struct attack *a)
{
	unsigned int reg, bit;

	for (reg = 0x832; reg <= 0x837; reg++)
		for (bit = 19; bit < 64; bit++)
			if (try_write_msr(reg, APIC_MASKED | 1ULL << bit) != EXCP_GP)
				return answer("0x%x bit %u: %s", reg, bit, answer_exception());
	return "#GP";
}

#define ICR_STOPS(name, target, icr, dest) { name, target, "stopped: MSR write at 0x830", icr_denied, icr, dest, 0 }
#define PAGE_STOPS(name, target, offset, value, width) \
	{ name, target, "stopped: memory write at 0xfee00", write_page, offset, value, width }

static const struct attack attacks[] = {
	{ "foreign", "every CPU outside, every mode that may be sent", "dropped", .run = to_foreign },
	{ "foreign-page", "the same through the page", "dropped", .run = to_foreign_mmio },
	{ "every-destination", "each id and each logical destination but the own", "dropped", .run = to_every_destination },
	{ "others", "all but the own CPU", "dropped", .run = to_others },
	{ "everybody", "all CPUs", "this CPU only", .run = to_everybody },
	{ "events", "NMI, INIT and start-up to all CPUs", "dropped", .run = events_to_everybody },
	{ "icr-reserved", "reserved bits of the ICR", "#GP", .run = icr_reserved },
	{ "self-storm", "10000 interrupts to itself", "this CPU only", .run = self_storm },
	{ "foreign-storm", "15000 interrupts to others", "dropped", .run = foreign_storm },
	{ "pending", "all vectors at once", "each once", .run = pending_flood },
	{ "timer-flood", "a timer without pause", "this CPU only", .run = timer_flood },
	{ "priority", "TPR, CR8, PPR", "held back", .run = priority_tricks },
	{ "base", "address and mode of the APIC", "#GP", .run = base_msr },
	{ "read-page", "all registers, all widths", "read", .run = read_page },
	{ "write-back", "all registers", "written", .run = write_back },
	{ "lvt-reserved", "reserved bits of LVTs", "#GP", .run = lvt_reserved },
	ICR_STOPS("smi-self", "SMM of its own CPU", MODE(SMI), 3),
	ICR_STOPS("smi-root", "SMM of root's CPU", MODE(SMI), 0),
	ICR_STOPS("smi-victim", "SMM of the other cell's CPU", MODE(SMI), 2),
	ICR_STOPS("smi-broadcast", "SMM of all CPUs", MODE(SMI), 0xffffffff),
	ICR_STOPS("smi-logical", "SMM of root's CPU, logically", MODE(SMI) | LOGICAL, 1),
	ICR_STOPS("smi-logical-all", "SMM of all CPUs, logically", MODE(SMI) | LOGICAL, 0xffffffff),
	ICR_STOPS("smi-to-self", "SMM of itself by a shorthand", MODE(SMI) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("smi-all", "SMM of all CPUs by a shorthand", MODE(SMI) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("smi-others", "SMM of all other CPUs", MODE(SMI) | SHORTHAND(TO_OTHERS), 0),
	ICR_STOPS("mode-3-self", "a reserved mode of its own CPU", MODE(RESERVED), 3),
	ICR_STOPS("mode-3-root", "a reserved mode of root's CPU", MODE(RESERVED), 0),
	ICR_STOPS("mode-3-victim", "a reserved mode of the other cell's CPU", MODE(RESERVED), 2),
	ICR_STOPS("mode-3-broadcast", "a reserved mode of all CPUs", MODE(RESERVED), 0xffffffff),
	ICR_STOPS("mode-3-logical", "a reserved mode of root's CPU, logically", MODE(RESERVED) | LOGICAL, 1),
	ICR_STOPS("mode-3-logical-all", "a reserved mode of all CPUs, logically", MODE(RESERVED) | LOGICAL, 0xffffffff),
	ICR_STOPS("mode-3-to-self", "a reserved mode of itself by a shorthand", MODE(RESERVED) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("mode-3-all", "a reserved mode of all CPUs by a shorthand", MODE(RESERVED) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("mode-3-others", "a reserved mode of all other CPUs", MODE(RESERVED) | SHORTHAND(TO_OTHERS), 0),
	ICR_STOPS("extint-self", "the PIC's vector of its own CPU", MODE(EXTINT), 3),
	ICR_STOPS("extint-root", "the PIC's vector of root's CPU", MODE(EXTINT), 0),
	ICR_STOPS("extint-victim", "the PIC's vector of the other cell's CPU", MODE(EXTINT), 2),
	ICR_STOPS("extint-broadcast", "the PIC's vector of all CPUs", MODE(EXTINT), 0xffffffff),
	ICR_STOPS("extint-logical", "the PIC's vector of root's CPU, logically", MODE(EXTINT) | LOGICAL, 1),
	ICR_STOPS("extint-logical-all", "the PIC's vector of all CPUs, logically", MODE(EXTINT) | LOGICAL, 0xffffffff),
	ICR_STOPS("extint-to-self", "the PIC's vector of itself by a shorthand", MODE(EXTINT) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("extint-all", "the PIC's vector of all CPUs by a shorthand", MODE(EXTINT) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("extint-others", "the PIC's vector of all other CPUs", MODE(EXTINT) | SHORTHAND(TO_OTHERS), 0),
	ICR_STOPS("nmi-all", "NMI with a shorthand that includes the sender", MODE(NMI) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("nmi-to-self", "NMI with a shorthand that includes the sender", MODE(NMI) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("init-all", "INIT with a shorthand that includes the sender", MODE(INIT) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("init-to-self", "INIT with a shorthand that includes the sender", MODE(INIT) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("startup-all", "start-up with a shorthand that includes the sender", MODE(STARTUP) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("startup-to-self", "start-up with a shorthand that includes the sender", MODE(STARTUP) | SHORTHAND(TO_SELF), 0),
	ICR_STOPS("lowest-all", "lowest priority with a shorthand that includes the sender", MODE(LOWEST) | SHORTHAND(TO_ALL), 0),
	ICR_STOPS("lowest-to-self", "lowest priority with a shorthand that includes the sender", MODE(LOWEST) | SHORTHAND(TO_SELF), 0),
	{ "smi-page", "SMM, through the page", "stopped: memory write at 0xfee00300", icr_denied_mmio, MODE(SMI), 3, 0 },
	{ "nmi-all-page", "NMI to all, through the page", "stopped: memory write at 0xfee00300", icr_denied_mmio,
	  MODE(NMI) | SHORTHAND(TO_ALL), 0, 0 },
	{ "lvt-smi", "SMM by a pin", "stopped: MSR write at 0x835", write_lvt, X2APIC_LVT_LINT0, MODE(SMI), 0 },
	{ "lvt-init", "INIT by a pin", "stopped: MSR write at 0x835", write_lvt, X2APIC_LVT_LINT0, MODE(INIT), 0 },
	{ "lvt-extint", "the PIC's vector by a pin", "stopped: MSR write at 0x835", write_lvt, X2APIC_LVT_LINT0, MODE(EXTINT), 0 },
	PAGE_STOPS("write-8", "a register, one byte", REG_TPR, 0, 1),
	PAGE_STOPS("write-16", "a register, two bytes", REG_TPR, 0, 2),
	PAGE_STOPS("write-64", "a register, eight bytes", REG_TPR, 0, 8),
	PAGE_STOPS("write-unaligned", "between registers", REG_TPR + 4, 0, 4),
	PAGE_STOPS("write-reserved", "reserved bits of SPIV", REG_SPIV, 0x400001ff, 4),
	PAGE_STOPS("ldr-root", "logical address of root's CPU", REG_LDR, 1UL << 24, 4),
	PAGE_STOPS("ldr-all", "logical address of all CPUs", REG_LDR, 0xffUL << 24, 4),
	PAGE_STOPS("dfr-cluster", "cluster model", REG_DFR, 0x0fffffff, 4),
	PAGE_STOPS("lvt-smi-page", "SMM by a pin, through the page", REG_LVT_LINT0, MODE(SMI), 4),
	{ "execute", "the page as code", "stopped: instruction fetch at 0xfee00000", .run = fetch },
};

void inmate_main(void)
{
	escape_main("escape-apic", attacks, ARRAY_SIZE(attacks));
}
