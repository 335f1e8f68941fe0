// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/emul/x86_decode.c tests/fuzz/x86_reference.c */
/* libs: -lcapstone */
/*
 * The decoder against a disassembler, over all opcodes with all ModRM bytes and over random bytes.
 * DECODER_SEED=… DECODER_ROUNDS=… repeat or lengthen the random part.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include <fuzz/x86_reference.h>

#define DEFAULT_ROUNDS	500000

static u64 random_state;

static u32 random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)(random_state >> 16);
}

static unsigned int compared, accepted;

static void compare(const u8 *bytes, unsigned int count, enum x86_mode mode)
{
	bool understood;
	const char *difference = x86_reference_differs(bytes, count, mode, &understood);
	unsigned int n;

	compared++;
	accepted += understood;
	if (!difference)
		return;
	print_error("%s, %d bit:", difference, 16 << mode);
	for (n = 0; n < count; n++)
		print_error(" %02x", bytes[n]);
	print_error("\n");
	fail();
}

/* --- all forms -------------------------------------------------------------------------------- */

static const char *const prefixes[] = {
	"", "\x66", "\x67", "\x66\x67", "\x2e", "\x65\x66", "\xf2", "\xf3", "\x66\xf3", "\x66\xf2",
};

/* @opcode: one byte, or 0f00 | the second. What follows ModRM is fixed: displacement and immediate of different bytes. */
static void compare_all_modrm(enum x86_mode mode, const char *prefix, u8 rex, u16 opcode, u8 sib)
{
	u8 bytes[24] = { 0 };
	unsigned int start = strlen(prefix), modrm;

	memcpy(bytes, prefix, start);
	if (rex)
		bytes[start++] = rex;
	if (opcode >> 8)
		bytes[start++] = opcode >> 8;
	bytes[start++] = (u8)opcode;
	bytes[start + 1] = sib;
	memcpy(bytes + start + 2, "\x81\x12\x93\x34\xa5\x56\xb7\x78", 8);
	for (modrm = 0; modrm < 256; modrm++) {
		bytes[start] = modrm;
		compare(bytes, X86_MAX_INSN, mode);
	}
}

static void every_opcode(enum x86_mode mode)
{
	unsigned int opcode;

	for (opcode = 0; opcode < 512; opcode++)
		compare_all_modrm(mode, "", 0, opcode < 256 ? opcode : 0xf00 | (opcode & 0xff), 0x25);
}

static void every_prefix(enum x86_mode mode)
{
	static const u16 opcodes[] = { 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3, 0xc6, 0xc7, 0xfb6, 0xfb7, 0xfbe, 0xfbf };
	static const u8 rex[] = { 0, 0x40, 0x41, 0x42, 0x44, 0x48, 0x4f };
	unsigned int n, p, r;

	for (n = 0; n < ARRAY_SIZE(opcodes); n++)
		for (p = 0; p < ARRAY_SIZE(prefixes); p++)
			for (r = 0; r < (mode == X86_MODE_64 ? ARRAY_SIZE(rex) : 1); r++)
				compare_all_modrm(mode, prefixes[p], rex[r], opcodes[n], 0x25);
}

static void every_opcode_and_prefix_16_bit(void **state)
{
	every_opcode(X86_MODE_16);
	every_prefix(X86_MODE_16);
}

static void every_opcode_and_prefix_32_bit(void **state)
{
	every_opcode(X86_MODE_32);
	every_prefix(X86_MODE_32);
}

static void every_opcode_and_prefix_64_bit(void **state)
{
	every_opcode(X86_MODE_64);
	every_prefix(X86_MODE_64);
}

static void every_sib_byte(void **state)
{
	static const u16 opcodes[] = { 0x88, 0x89, 0x8b, 0xc6, 0xc7, 0xfb6, 0xfbf };
	unsigned int n, mode, sib;

	for (n = 0; n < ARRAY_SIZE(opcodes); n++)
		for (mode = X86_MODE_16; mode <= X86_MODE_64; mode++)
			for (sib = 0; sib < 256; sib++)
				compare_all_modrm(mode, mode == X86_MODE_16 ? "\x67" : "", mode == X86_MODE_64 ? 0x43 : 0, opcodes[n],
						  sib);
}

/* --- random bytes ----------------------------------------------------------------------------- */

static u8 likely_byte(void)
{
	static const u8 likely[] = { 0x66, 0x67, 0x2e, 0x65, 0xf2, 0xf3, 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3,
				     0xc6, 0xc7, 0x0f, 0xb6, 0xb7, 0xbe, 0xbf, 0x40, 0x41, 0x44, 0x48, 0x4c, 0x4f };

	return likely[random_number() % ARRAY_SIZE(likely)];
}

static u64 from_environment(const char *name, u64 otherwise)
{
	return getenv(name) ? strtoull(getenv(name), NULL, 0) : otherwise;
}

static void random_bytes(void **state)
{
	u64 seed = from_environment("DECODER_SEED", (u64)time(NULL)), rounds = from_environment("DECODER_ROUNDS", DEFAULT_ROUNDS), n;
	unsigned int before = accepted, i;
	u8 bytes[X86_MAX_INSN];

	printf("DECODER_SEED=%llu DECODER_ROUNDS=%llu\n", (unsigned long long)seed, (unsigned long long)rounds);
	fflush(stdout);
	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (n = 0; n < rounds; n++) {
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = i < 4 && random_number() % 3 ? likely_byte() : random_number();
		compare(bytes, 1 + random_number() % sizeof(bytes), random_number() % 3);
	}
	printf("%u compared, %u accepted\n", compared, accepted);
	/* a run in which nothing is accepted proves nothing */
	assert_true(accepted - before > rounds / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_opcode_and_prefix_16_bit),
		cmocka_unit_test(every_opcode_and_prefix_32_bit),
		cmocka_unit_test(every_opcode_and_prefix_64_bit),
		cmocka_unit_test(every_sib_byte),
		cmocka_unit_test(random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
