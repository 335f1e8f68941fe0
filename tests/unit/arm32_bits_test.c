// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/emul/arm/arm32_decode.c hypervisor/arch/arm/hal/psr.c */
/* libs: -lcapstone */
/*
 * What of ARMv7 is only bits: loads and stores, compared with a disassembler, and the program status register.
 *
 * DECODER_SEED=… DECODER_ROUNDS=…: repeat or lengthen the comparison.
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
#include <cmocka.h>
#include <capstone/capstone.h>

#include <hv/arm/decode.h>
#include <hv/arm/psr.h>

#define ALWAYS	0xe0000000U
#define NOP	0xbf00U

/* --- the disassembler's opinion ------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static u8 number_of(unsigned int reg)
{
	switch (reg) {
	case ARM_REG_SP:
		return 13;
	case ARM_REG_LR:
		return 14;
	case ARM_REG_PC:
		return 15;
	default:
		return reg - ARM_REG_R0;
	}
}

static void read_list(const cs_arm *arm, const char *name, bool load, struct arm_access *a)
{
	bool stack = begins(name, "push") || begins(name, "pop");
	bool before = begins(name, "push") || strstr(name, "ib") || strstr(name, "db");
	bool down = begins(name, "push") || strstr(name, "da") || strstr(name, "db");
	s32 bytes;
	u8 n;

	a->base = stack ? 13 : number_of(arm->operands[0].reg);
	for (n = stack ? 0 : 1; n < arm->op_count; n++)
		a->reg[a->count++ % ARM_MAX_TRANSFERS] = number_of(arm->operands[n].reg);
	a->size = 4;
	bytes = a->count * 4;
	a->offset = down ? -bytes + (before ? 0 : 4) : before ? 4 : 0;
	a->writeback = stack || arm->writeback ? (down ? -bytes : bytes) : 0;
}

static u8 size_of(const char *name)
{
	/* ldr and str, then b, h, sb, sh, d; t: as a user */
	const char *kind = name + 3;

	kind += *kind == 's';
	return *kind == 'b' ? 1 : *kind == 'h' ? 2 : 4;
}

static bool read_single(const cs_insn *insn, struct arm_access *a)
{
	const cs_arm *arm = &insn->detail->arm;
	const char *number = strchr(insn->op_str, '#'), *bracket = strchr(insn->op_str, ']');
	s32 imm = number ? (s32)strtol(number + 1, NULL, 0) : 0;
	bool post = bracket && bracket[1] == ',';
	u8 n;

	for (n = 0; arm->operands[n].type == ARM_OP_REG; n++)
		a->reg[a->count++] = number_of(arm->operands[n].reg);
	if (arm->operands[n].type != ARM_OP_MEM || arm->operands[n].mem.index || (post && strncmp(bracket, "], #", 4)))
		return false;
	a->base = number_of(arm->operands[n].mem.base);
	a->size = size_of(insn->mnemonic);
	a->sign_extend = begins(insn->mnemonic, "ldrs");
	a->offset = post ? 0 : imm;
	a->writeback = post || arm->writeback ? imm : 0;
	return true;
}

static bool is_no_access(const char *name)
{
	return begins(name, "ldrex") || begins(name, "strex") || begins(name, "ldrt") || begins(name, "ldrbt") || begins(name, "ldrht") ||
	       begins(name, "ldrsbt") || begins(name, "ldrsht") || begins(name, "strt") || begins(name, "strbt") || begins(name, "strht");
}

/* False: no load or store of those that are decoded. */
static bool read_disassembly(const cs_insn *insn, struct arm_access *a)
{
	const char *name = insn->mnemonic;
	bool load = begins(name, "ld") || begins(name, "pop");

	*a = (struct arm_access){ .length = (u8)insn->size, .is_write = !load };
	if (strchr(insn->op_str, '^') || is_no_access(name))
		return false;
	if (begins(name, "ldm") || begins(name, "stm") || begins(name, "push") || begins(name, "pop"))
		read_list(&insn->detail->arm, name, load, a);
	else if (!begins(name, "ldr") && !begins(name, "str"))
		return false;
	else if (!read_single(insn, a))
		return false;
	return true;
}

/* --- comparison ------------------------------------------------------------------------------ */

struct reference {
	csh handle;
	cs_insn *insn;
	bool thumb;
};

static bool disassemble(struct reference *ref, u32 word)
{
	u8 bytes[4] = { word, word >> 8, word >> 16, word >> 24 };
	u8 halves[4] = { word >> 16, word >> 24, word, word >> 8 };
	const u8 *code = ref->thumb ? halves : bytes;
	size_t size = 4;
	uint64_t address = 0x1000;

	return cs_disasm_iter(ref->handle, &code, &size, &address, ref->insn);
}

static bool same(const struct arm_access *a, const struct arm_access *b)
{
	return a->count == b->count && a->size == b->size && a->base == b->base && a->length == b->length &&
	       !memcmp(a->reg, b->reg, a->count) && a->is_write == b->is_write && a->sign_extend == b->sign_extend &&
	       a->offset == b->offset && a->writeback == b->writeback;
}

/* What has a defined result and no valid syndrome. */
static bool must_be_known(const struct arm_access *a, bool thumb)
{
	u8 n;

	if (a->base == 15 || !a->count || a->count > ARM_MAX_TRANSFERS)
		return false;
	for (n = 0; n < a->count; n++)
		if (a->reg[n] == 15 || (a->writeback && a->reg[n] == a->base))
			return false;
	return a->count > 1 || a->writeback;
}

/* The disassembler prints them nevertheless: pairs of A32 begin with an even register, pairs and lists of T32 have no SP. */
static bool is_unpredictable(const struct arm_access *a, const char *name, bool thumb)
{
	bool pair = begins(name, "ldrd") || begins(name, "strd");
	u8 n;

	if (pair && !thumb)
		return a->reg[0] & 1 || a->reg[0] == 14;
	if (pair && !a->is_write && a->reg[0] == a->reg[1])
		return true;
	for (n = 0; thumb && n < a->count; n++)
		if (a->reg[n] == 13)
			return true;
	return false;
}

static void compare(struct reference *ref, u32 word, unsigned int *accepted)
{
	struct arm_access ours, theirs;
	bool known = arm32_decode(word, ref->thumb, &ours);
	bool valid = disassemble(ref, word), access = valid && read_disassembly(ref->insn, &theirs);

	*accepted += known;
	if (known && access && same(&ours, &theirs))
		return;
	/* as a user: the same access, which the disassembler names otherwise */
	if (known && valid && is_no_access(ref->insn->mnemonic) && !strstr(ref->insn->mnemonic, "ex"))
		return;
	if (!known && !(access && must_be_known(&theirs, ref->thumb)))
		return;
	if (!known && is_unpredictable(&theirs, ref->insn->mnemonic, ref->thumb))
		return;
	print_message("%s %08x: %s %s; known %d, %u registers, base %u, offset %d, writeback %d\n", ref->thumb ? "T32" : "A32", word,
		      valid ? ref->insn->mnemonic : "-", valid ? ref->insn->op_str : "", known, ours.count, ours.base, ours.offset,
		      ours.writeback);
	fail();
}

static u32 next_random(u64 *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(*seed >> 32);
}

static u64 from_environment(const char *name, u64 otherwise)
{
	return getenv(name) ? strtoull(getenv(name), NULL, 0) : otherwise;
}

/* Mostly words of the classes that have loads and stores in them. */
static u32 interesting(u64 *seed, bool thumb)
{
	static const u32 a32[][2] = { { 0x0e000000, 0x04000000 }, { 0x0e000090, 0x00000090 }, { 0x0e000000, 0x08000000 } };
	static const u32 t32[][2] = { { 0xfe000000, 0xe8000000 }, { 0xfe000000, 0xf8000000 }, { 0xf000ffff, 0xc000bf00 },
				      { 0xf600ffff, 0xb400bf00 } };
	u32 word = next_random(seed), kind = next_random(seed);
	const u32 *class = thumb ? t32[kind % ARRAY_SIZE(t32)] : a32[kind % ARRAY_SIZE(a32)];

	if (kind >> 28)
		word = (word & ~class[0]) | class[1];
	/* the disassembler remembers an IT instruction */
	if (thumb && word >> 24 == 0xbf)
		return NOP << 16 | NOP;
	return thumb ? word : (word & 0x0fffffff) | ALWAYS;
}

static void decoding_is_what_a_disassembler_says(bool thumb)
{
	u64 seed = from_environment("DECODER_SEED", 1), rounds = from_environment("DECODER_ROUNDS", 200000), n;
	struct reference ref = { .thumb = thumb };
	unsigned int accepted = 0;

	assert_int_equal(cs_open(CS_ARCH_ARM, thumb ? CS_MODE_THUMB : CS_MODE_ARM, &ref.handle), CS_ERR_OK);
	cs_option(ref.handle, CS_OPT_DETAIL, CS_OPT_ON);
	ref.insn = cs_malloc(ref.handle);
	print_message("seed %llu, %llu words\n", (unsigned long long)seed, (unsigned long long)rounds);
	for (n = 0; n < rounds; n++)
		compare(&ref, interesting(&seed, thumb), &accepted);
	assert_true(accepted > rounds / 10);
	cs_free(ref.insn, 1);
	cs_close(&ref.handle);
}

static void a32_is_decoded_as_a_disassembler_does(void **state)
{
	decoding_is_what_a_disassembler_says(false);
}

static void t32_is_decoded_as_a_disassembler_does(void **state)
{
	decoding_is_what_a_disassembler_says(true);
}

/* A5.7: these are prefetches, barriers, CPS; the same words with a condition are loads and stores. */
static void words_without_a_condition_are_no_loads_and_stores(void **state)
{
	static const u32 words[] = { 0xe5912000, 0xe1d120b0, 0xe8910006 };	/* ldr r2, [r1]; ldrh r2, [r1]; ldm r1, {r1, r2} */
	struct arm_access a;
	u32 n;

	assert_true(arm32_decode(words[0], false, &a));
	assert_true(arm32_decode(words[1], false, &a));
	for (n = 0; n < ARRAY_SIZE(words); n++)
		assert_false(arm32_decode(words[n] | 0xf0000000, false, &a));
}

/* --- program status register ------------------------------------------------------------------ */

#define CV	(1U << 24)
#define N	(1U << 31)
#define Z	(1U << 30)
#define C	(1U << 29)
#define V	(1U << 28)

static bool passes(u32 condition, u32 flags)
{
	return arm_condition_passed(CV | condition << 20, flags);
}

/* ARM DDI 0406, A8.3 */
static void conditions_are_those_of_the_manual(void **state)
{
	static const struct { u32 condition, holds, not; } table[] = {
		{ 0, Z, 0 }, { 2, C, 0 }, { 4, N, 0 }, { 6, V, 0 }, { 8, C, C | Z }, { 8, C, 0 }, { 10, N | V, N }, { 10, 0, V },
		{ 12, N | V, N | V | Z }, { 12, 0, N },
	};
	u32 n;

	for (n = 0; n < ARRAY_SIZE(table); n++) {
		assert_true(passes(table[n].condition, table[n].holds));
		assert_false(passes(table[n].condition, table[n].not));
		assert_false(passes(table[n].condition + 1, table[n].holds));
		assert_true(passes(table[n].condition + 1, table[n].not));
	}
	assert_true(passes(14, 0));
	assert_true(passes(15, 0));
}

/* ITSTATE 0x1c: two instructions, NE then EQ (ITE NE) */
static void without_a_condition_in_the_syndrome_the_it_block_says(void **state)
{
	u32 it = (0x1c & 0xfc) << 8 | (0x1c & 3) << 25;

	assert_true(arm_condition_passed(0, PSR_T | it));
	assert_false(arm_condition_passed(0, PSR_T | it | Z));
	assert_true(arm_condition_passed(0, it | Z));
	assert_true(arm_condition_passed(0, PSR_T));
}

static void the_it_block_advances_to_its_end(void **state)
{
	u32 first = PSR_T | (0x1c & 0xfc) << 8, second = arm_psr_advance(first);

	assert_int_equal(second, PSR_T | (0x18 & 0xfc) << 8);
	assert_int_equal(arm_psr_advance(second), PSR_T);
	assert_int_equal(arm_psr_advance(0x1c00), 0x1c00);	/* A32 */
	assert_int_equal(arm_psr_advance(PSR_T | N), PSR_T | N);
	/* ITSTATE 0x01 << n: bits of both places */
	assert_int_equal(arm_psr_advance(PSR_T | 1 << 25), PSR_T | 2U << 25);
}

static void handlers_begin_as_the_guest_has_set_it(void **state)
{
	u32 user = MODE_USR | PSR_T | PSR_E | PSR_J | 1 << 25 | 1 << 10 | N;

	assert_int_equal(arm_psr_of_handler(user, MODE_UND, 0), N | MODE_UND | PSR_I);
	assert_int_equal(arm_psr_of_handler(user, MODE_ABT, 1U << 30), N | MODE_ABT | PSR_I | PSR_A | PSR_T);
	assert_int_equal(arm_psr_of_handler(user | PSR_F, MODE_ABT, 1U << 25), N | MODE_ABT | PSR_I | PSR_A | PSR_F | PSR_E);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a32_is_decoded_as_a_disassembler_does),
		cmocka_unit_test(t32_is_decoded_as_a_disassembler_does),
		cmocka_unit_test(words_without_a_condition_are_no_loads_and_stores),
		cmocka_unit_test(conditions_are_those_of_the_manual),
		cmocka_unit_test(without_a_condition_in_the_syndrome_the_it_block_says),
		cmocka_unit_test(the_it_block_advances_to_its_end),
		cmocka_unit_test(handlers_begin_as_the_guest_has_set_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
