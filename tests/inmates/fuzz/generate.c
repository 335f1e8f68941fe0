// SPDX-License-Identifier: GPL-2.0
/*
 * generate: random instructions, with a bias for those that concern the hypervisor.
 *
 * A forbidden access or port ends the run, for the CPU is stopped: what leads to one is chosen seldom, and bytes that would be an access
 * to a random port are taken out of random bytes most of the time. So are HLT and CLI, together the end of all interrupts.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"

static u64 state;

void fuzz_seed(u64 seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 88172645463325252ULL;
	state |= !state;
}

static u64 random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

static u32 below(u32 n)
{
	return (u32)(random() >> 33) % n;
}

static bool once_in(u32 n)
{
	return !below(n);
}

/* --- registers ------------------------------------------------------------------------------------------------------------------- */

static u64 own_address(void)
{
	switch (below(8)) {
	case 0:
		return OWN_LARGE + OWN_SIZE - below(16) * 8 - 64;
	case 1:
		return SCRATCH + SCRATCH_SIZE - 64 - below(64);
	case 2:
		return SCRATCH + PAGE_SIZE * (1 + below(16)) - below(16);	/* across pages */
	case 3:
		return OWN_LARGE + below((u32)OWN_SIZE - 64);
	default:
		return SCRATCH + 0x1000 + below((u32)SCRATCH_SIZE - 0x2000);
	}
}

/* The guest's own tables do not know these, or no tables do. */
static u64 unmapped_address(void)
{
	static const u64 addresses[] = {
		0x600000, 0x7ffff8, 0xa00000, 0x20000000, 0x3a200000, 0xfea00000, 0xfffff000, 0x100000000, 0x8000000000, 0x7ffffffffff8,
		0x800000000000, 0xffff800000000000, 0xfffffffffffffff8, 0, 8, 0x1000,
	};

	return addresses[below(ARRAY_SIZE(addresses))];
}

static u64 device_address(void)
{
	static const u64 addresses[] = {
		LOCAL_APIC + 0x20, LOCAL_APIC + 0x30, LOCAL_APIC + 0x80, LOCAL_APIC + 0xb0, LOCAL_APIC + 0x300, LOCAL_APIC + 0x310,
		LOCAL_APIC + 0x320, LOCAL_APIC + 0x380, LOCAL_APIC + 0x390, IOAPIC, IOAPIC + 0x10, OWN_END + PAGE_SIZE, MMCONFIG,
		MMCONFIG + (OWN_NIC << 12), MMCONFIG + (OWN_NIC << 12) + 4, OWN_WINDOW_32, OWN_WINDOW_RO, OWN_WINDOW_64, OWN_WINDOW_3,
		OWN_WINDOW_CROSS, OWN_READ_ONLY,
	};

	return addresses[below(ARRAY_SIZE(addresses))];
}

static u64 forbidden_address(void)
{
	static const u64 addresses[] = { ROOT_RAM, HV_START, HV_START + 0x1ff8, VICTIM_RAM, VICTIM_RAM + 0xffc, HPET, LOCAL_APIC + 0x1000 };

	return addresses[below(ARRAY_SIZE(addresses))];
}

static u64 number(void)
{
	u64 v = random();

	switch (below(8)) {
	case 0:
		return below(16);
	case 1:
		return 1ULL << below(64);
	case 2:
		return ~0ULL >> below(64);
	case 3:
		return v & 0xffff;
	case 4:
		return (u32)v;
	default:
		return v;
	}
}

static u64 any_register(void)
{
	u32 n = below(1000);

	if (n < 800)
		return own_address();
	if (n < 880)
		return unmapped_address();
	if (n < 996)
		return number();
	return n < 999 ? device_address() : forbidden_address();
}

static u32 msr(void)
{
	static const u32 bases[] = { 0, 0x170, 0x200, 0x270, 0x800, 0x820, 0x830, 0xc0000080, 0xc0000100, 0xc0010000, 0xc0010110, 0x40000000 };

	return once_in(16) ? (u32)random() : bases[below(ARRAY_SIZE(bases))] + below(0x20);
}

/* --- code ----------------------------------------------------------------------------------------------------------------------------- */

/** struct code - @complete: nothing may follow, it would set registers that are needed */
struct code {
	u8 *bytes;
	u32 length;
	bool complete;
};

static bool stops_the_run(u8 b)
{
	bool is_port_access = (b & 0xfc) == 0xe4 || (b & 0xfc) == 0xec || (b & 0xfc) == 0x6c;

	return is_port_access || b == 0xf4 || b == 0xfa;
}

static void put_opcode(struct code *c, u32 byte)
{
	c->bytes[c->length++] = (u8)byte;
}

/*
 * What ends QEMU (7.2) itself, behind 0F: 00 may be LTR, with a null selector "fatal: invalid tss" at the next exception; AB B3 BA BB with
 * LOCK and a register operand, "tcg fatal error" in place of #UD. Made on purpose only where it is neither.
 */
static bool ends_the_emulator(u8 b)
{
	return b == 0x00 || b == 0xab || b == 0xb3 || b == 0xba || b == 0xbb;
}

/* Whatever it was meant for, a byte may come to be executed as an opcode. */
static void put(struct code *c, u32 byte)
{
	u8 b = (u8)byte;

	if (stops_the_run(b) && !once_in(2000))
		b = 0x90 | (b & 3);
	if (c->length && c->bytes[c->length - 1] == 0x0f && ends_the_emulator(b))
		b = 0xa3;
	put_opcode(c, b);
}

static void put_random(struct code *c, u32 count)
{
	while (count--)
		put(c, (u32)random());
}

static void raw(struct code *c)
{
	put_random(c, 4 + below(12));
}

static void prefixes(struct code *c)
{
	static const u8 known[] = { 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };

	while (once_in(4) && c->length < CODE_SIZE / 2)
		put(c, known[below(ARRAY_SIZE(known))]);
	if (once_in(2))
		put(c, 0x40 | below(16));
}

/* ModRM with everything that may follow; mostly a memory operand by a register, without displacement. */
static void operand(struct code *c, bool in_memory)
{
	u32 modrm = (u32)random() & 0xff;

	if (in_memory || !once_in(4))
		modrm = (modrm & 0x3f) | (once_in(3) ? 0x40 : 0);
	put(c, modrm);
	if ((modrm & 0xc7) == 0x04 || (modrm & 0xc7) == 0x44 || (modrm & 0xc7) == 0x84)
		put(c, (u32)random());
	if ((modrm & 0xc0) == 0x40)
		put(c, below(128));
	else if ((modrm & 0xc0) == 0x80 || (modrm & 0xc7) == 0x05)
		put_random(c, 4);
}

/* One byte, with an operand */
static void memory(struct code *c)
{
	static const u8 opcodes[] = {
		0x00, 0x01, 0x02, 0x03, 0x08, 0x09, 0x20, 0x21, 0x28, 0x29, 0x30, 0x31, 0x38, 0x39, 0x80, 0x81, 0x83, 0x84, 0x85, 0x86, 0x87,
		0x88, 0x89, 0x8a, 0x8b, 0x8f, 0xc6, 0xc7, 0xd0, 0xd1, 0xd8, 0xd9, 0xdb, 0xdd, 0xf6, 0xf7, 0xfe, 0xff,
	};

	prefixes(c);
	put(c, opcodes[below(ARRAY_SIZE(opcodes))]);
	operand(c, false);
}

static void string(struct code *c)
{
	static const u8 opcodes[] = { 0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf };

	prefixes(c);
	put(c, opcodes[below(ARRAY_SIZE(opcodes))]);
}

/* Two bytes: 0F and those of system and wide moves */
static void two_bytes(struct code *c)
{
	static const u8 opcodes[] = {
		0x02, 0x03, 0x05, 0x06, 0x07, 0x0d, 0x10, 0x11, 0x18, 0x28, 0x29, 0x2b, 0x34, 0x35, 0x6f, 0x7f, 0xa3,
		0xab, 0xae, 0xae, 0xb0, 0xb1, 0xb6, 0xb7, 0xba, 0xbe, 0xbf, 0xc0, 0xc1, 0xc3, 0xc7, 0xc7, 0xd6, 0xe7, 0xff,
	};

	u8 opcode = opcodes[below(ARRAY_SIZE(opcodes))];

	prefixes(c);
	put(c, 0x0f);
	put_opcode(c, opcode);
	operand(c, ends_the_emulator(opcode));
}

/* Segments of the system, descriptor tables, LMSW, INVLPG. New tables mostly end the run, LTR maybe the emulator: seldom, never. */
static void tables(struct code *c)
{
	static const u8 of_00[] = { 0, 1, 2, 4, 5 }, of_01[] = { 0, 1, 4, 6, 7 };
	u32 reg;

	prefixes(c);
	put_opcode(c, 0x0f);
	if (once_in(2)) {
		put_opcode(c, 0x00);
		reg = of_00[below(ARRAY_SIZE(of_00))];
	} else {
		put_opcode(c, 0x01);
		reg = once_in(20) ? 2 + below(2) : of_01[below(ARRAY_SIZE(of_01))];
	}
	put_opcode(c, reg << 3 | (once_in(4) ? 0xc0 : 0) | (below(2) ? 3 : 6));
}

static void system_insn(struct code *c)
{
	static const u8 second[] = { 0xc1, 0xc8, 0xc9, 0xd0, 0xd1, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xee, 0xef, 0xf8, 0xf9,
				     0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff };

	prefixes(c);
	put(c, 0x0f);
	put(c, 0x01);
	put(c, second[below(ARRAY_SIZE(second))]);
}

static void control_register(struct code *c)
{
	prefixes(c);
	put(c, 0x0f);
	put(c, 0x20 + below(once_in(24) ? 4 : 2));	/* writes seldom: most values end the run */
	put(c, 0xc0 | below(64));
}

static void plain(struct code *c)
{
	static const u8 opcodes[] = { 0x9c, 0x9d, 0xcc, 0xcd, 0xcf, 0xf1, 0xfb, 0xfc, 0xfd, 0x9b, 0x8e, 0x1e, 0x06, 0xc8, 0xc9, 0xcb, 0xd7 };
	static const u8 after_0f[] = { 0x06, 0x08, 0x09, 0x0b, 0x30, 0x31, 0x32, 0x33, 0xa2, 0xaa, 0x37, 0x77, 0xa0, 0xa1 };

	prefixes(c);
	if (once_in(3)) {
		put(c, opcodes[below(ARRAY_SIZE(opcodes))]);
		put(c, (u32)random());
	} else {
		put(c, 0x0f);
		put(c, after_0f[below(ARRAY_SIZE(after_0f))]);
	}
}

static void msr_access(struct code *c, struct fuzz_registers *r)
{
	r->r[1] = msr();
	if (once_in(2)) {
		r->r[0] = number();
		r->r[2] = once_in(2) ? 0 : number();
	}
	prefixes(c);
	put(c, 0x0f);
	put(c, once_in(3) ? 0x30 : 0x32);
}

static void cpuid_or_call(struct code *c, struct fuzz_registers *r)
{
	static const u32 leaves[] = { 0, 0x40000000, 0x80000000 };

	r->r[0] = once_in(3) ? number() : leaves[below(ARRAY_SIZE(leaves))] + below(0x30);
	r->r[1] = below(8);
	prefixes(c);
	put(c, 0x0f);
	if (once_in(2)) {
		put(c, 0xa2);
		return;
	}
	r->r[0] = once_in(4) ? number() : below(12);
	r->r[7] = once_in(2) ? number() : below(8);
	put(c, 0x01);
	put(c, 0xd9);
}

/* PCI configuration: an address, mostly of the own device; then data, mostly read. Any other port is the end. */
static void port_access(struct code *c, struct fuzz_registers *r)
{
	u32 n = below(200);

	if (c->length) {		/* what stands in front may have changed the port */
		cpuid_or_call(c, r);
		return;
	}
	c->complete = true;
	if (r->cs == SEL_CODE16)
		put(c, 0x66);
	r->r[0] = 0x80000000 | OWN_NIC << 8 | below(0x40) << 2;
	r->r[2] = 0xcf8;
	if (n < 100) {
		put_opcode(c, 0xef);			/* out %eax, (%dx) */
	} else if (n < 196) {
		r->r[2] = 0xcfc + below(4);
		put_opcode(c, n < 194 ? 0xec : 0xee);	/* in (%dx), %al; out */
	} else {
		r->r[2] = once_in(2) ? random() & 0xffff : 0xcf8 + below(8);
		r->r[2] ^= (r->r[2] & ~7ULL) == OWN_PORT ? 0x1000 : 0;
		prefixes(c);
		put_opcode(c, (once_in(4) ? 0x6c : 0xec) + below(4));
	}
}

static void instruction(struct code *c, struct fuzz_registers *r)
{
	u32 n = below(100);

	if (n < 20)
		raw(c);
	else if (n < 42)
		memory(c);
	else if (n < 47)
		string(c);
	else if (n < 60)
		two_bytes(c);
	else if (n < 64)
		system_insn(c);
	else if (n < 67)
		tables(c);
	else if (n < 70)
		control_register(c);
	else if (n < 78)
		plain(c);
	else if (n < 88)
		msr_access(c, r);
	else if (n < 96)
		cpuid_or_call(c, r);
	else
		port_access(c, r);
}

static void choose_mode(struct fuzz_registers *r)
{
	u32 n = below(20);

	r->cs = n < 15 ? SEL_CODE64 : n < 18 ? SEL_CODE32 : SEL_CODE16;
	r->flags = FLAG_RESERVED | FLAG_IF | (once_in(4) ? 0 : FLAG_TF) | (random() & 0xcd5 & ~FLAG_TF);
}

void fuzz_generate(u8 *code, struct fuzz_registers *r)
{
	u32 n, offset = once_in(4) ? CODE_SIZE - 40 - below(16) : below(16) * 16;	/* sometimes across the end of the page */
	struct code c = { code + offset, 0, false };

	for (n = 0; n < 16; n++)
		r->r[n] = any_register();
	r->r[1] = once_in(2) ? below(64) : r->r[1];	/* count of strings */
	r->r[4] = SCRATCH + 0x8000 + below(64) * 8;
	choose_mode(r);
	r->rip = r->cs == SEL_CODE16 ? offset : CODE + offset;

	for (n = 0; n < 160; n++)
		c.bytes[n] = 0xcc;
	for (n = 1 + below(3); n && !c.complete; n--)
		instruction(&c, r);
}
