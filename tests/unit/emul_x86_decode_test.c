// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/emul/x86_decode.c */
/*
 * The decoder against the assembler: forms in emul_x86_forms.inc, written by emul_x86_forms.py.
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

#include <hv/x86/decode.h>

struct form {
	int mode;
	u8 bytes[X86_MAX_INSN];
	u8 length, is_write, size, reg, reg_size, high, sign, has_imm;
	u64 imm;
};

static const struct form forms[] = {
#include "emul_x86_forms.inc"
};

static const struct x86_regs pattern = { {
	0x8081828384858687, 0x9091929394959697, 0xa0a1a2a3a4a5a6a7, 0xb0b1b2b3b4b5b6b7,
	0xc0c1c2c3c4c5c6c7, 0xd0d1d2d3d4d5d6d7, 0xe0e1e2e3e4e5e6e7, 0xf0f1f2f3f4f5f6f7,
	0x0001020304050607, 0x1011121314151617, 0x2021222324252627, 0x3031323334353637,
	0x4041424344454647, 0x5051525354555657, 0x6061626364656667, 0x7071727374757677,
} };

static enum x86_mode mode_of(int bits)
{
	return bits == 16 ? X86_MODE_16 : bits == 32 ? X86_MODE_32 : X86_MODE_64;
}

static u64 mask(unsigned int size)
{
	return size == 8 ? ~0ULL : (1ULL << 8 * size) - 1;
}

/* Exactly @count bytes that may be read: the sanitizer sees the first one too many. */
static int decode_exact(const u8 *bytes, unsigned int count, enum x86_mode mode,
			struct mmio_insn *out)
{
	u8 *copy = malloc(count ? count : 1);
	int err;

	memcpy(copy, bytes, count);
	err = x86_decode_mmio(count ? copy : copy + 1, count, mode, &pattern, out);
	free(copy);
	return err;
}

static void fail_form(const struct form *f, const char *what)
{
	unsigned int i;

	print_error("%s, %d bit:", what, f->mode);
	for (i = 0; i < f->length; i++)
		print_error(" %02x", f->bytes[i]);
	print_error("\n");
	fail();
}

static void every_form_of_the_assembler_is_understood(void **state)
{
	const struct form *f;

	assert_true(ARRAY_SIZE(forms) >= 150);
	for (f = forms; f < forms + ARRAY_SIZE(forms); f++) {
		struct mmio_insn insn;
		u64 value = f->has_imm ? f->imm
				       : pattern.r[f->reg] >> (f->high ? 8 : 0) & mask(f->size);

		if (decode_exact(f->bytes, f->length, mode_of(f->mode), &insn))
			fail_form(f, "refused");
		if (insn.length != f->length)
			fail_form(f, "wrong length");
		if (insn.size != f->size || insn.is_write != f->is_write)
			fail_form(f, "wrong width or direction");
		if (f->is_write && insn.value != value)
			fail_form(f, "wrong value");
		if (!f->is_write && (insn.reg != f->reg || insn.reg_size != f->reg_size ||
				     insn.high_byte != f->high || insn.sign_extend != f->sign))
			fail_form(f, "wrong destination");
	}
}

static void length_does_not_depend_on_what_follows(void **state)
{
	const struct form *f;
	u8 bytes[X86_MAX_INSN];

	for (f = forms; f < forms + ARRAY_SIZE(forms); f++) {
		struct mmio_insn insn;

		memset(bytes, 0xf0, sizeof(bytes));
		memcpy(bytes, f->bytes, f->length);
		if (decode_exact(bytes, sizeof(bytes), mode_of(f->mode), &insn) ||
		    insn.length != f->length)
			fail_form(f, "wrong length in a longer buffer");
	}
}

static void too_few_bytes_are_reported_and_not_overread(void **state)
{
	const struct form *f;
	unsigned int count;

	for (f = forms; f < forms + ARRAY_SIZE(forms); f++) {
		for (count = 0; count < f->length; count++) {
			struct mmio_insn insn;

			if (decode_exact(f->bytes, count, mode_of(f->mode), &insn) != -HV_ERANGE)
				fail_form(f, "a part of it was taken for the whole");
		}
	}
}

static void random_bytes_do_no_harm(void **state)
{
	unsigned int i, n, understood = 0;
	static const u8 likely_bytes[] = { 0x66, 0x67, 0x88, 0x89, 0x8a, 0x8b, 0xa0,
					   0xa3, 0xc6, 0xc7, 0x0f, 0x48, 0xf3 };

	srand(1);
	for (i = 0; i < 300000; i++) {
		struct mmio_insn insn;
		u8 bytes[X86_MAX_INSN];
		unsigned int count = rand() % (sizeof(bytes) + 1);

		for (n = 0; n < count; n++)
			bytes[n] = rand() & 3 ? rand()
					      : likely_bytes[rand() % sizeof(likely_bytes)];
		if (decode_exact(bytes, count, rand() % 3, &insn))
			continue;
		understood++;
		assert_in_range(insn.length, 2, count);
		assert_true(insn.size == 1 || insn.size == 2 || insn.size == 4 || insn.size == 8);
		assert_true(insn.reg < 16);
	}
	assert_true(understood > 1000);
}

static void assert_refused(enum x86_mode mode, const u8 *bytes, unsigned int count)
{
	struct mmio_insn insn;

	assert_int_equal(decode_exact(bytes, count, mode, &insn), -HV_EINVAL);
}
#define REFUSED(mode, ...)                                                                         \
	assert_refused(mode, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void lock_prefix_is_refused(void **state)
{
	REFUSED(X86_MODE_64, 0xf0, 0x89, 0x08);
	REFUSED(X86_MODE_32, 0x66, 0xf0, 0x89, 0x08);
}

static void other_instructions_are_refused(void **state)
{
	REFUSED(X86_MODE_64, 0x01, 0x08);			/* add */
	REFUSED(X86_MODE_64, 0xa4);				/* movsb */
	REFUSED(X86_MODE_64, 0xf3, 0xab);			/* rep stosd */
	REFUSED(X86_MODE_64, 0x87, 0x08);			/* xchg */
	REFUSED(X86_MODE_64, 0x0f, 0x11, 0x00);			/* movups */
	REFUSED(X86_MODE_64, 0xc7, 0x08, 0, 0, 0, 0);		/* c7 /1 */
	REFUSED(X86_MODE_64, 0xc6, 0xf8, 0);			/* xabort */
	REFUSED(X86_MODE_64, 0xc5, 0xf8, 0x10, 0x00);		/* VEX */
	REFUSED(X86_MODE_32, 0x48, 0x8b, 0x00);			/* dec eax, not REX */
	REFUSED(X86_MODE_16, 0x40, 0x8b, 0x00);
}

static void register_operands_are_refused(void **state)
{
	REFUSED(X86_MODE_64, 0x89, 0xc8);
	REFUSED(X86_MODE_64, 0x0f, 0xb6, 0xc0);
	REFUSED(X86_MODE_32, 0xc7, 0xc0, 0, 0, 0, 0);
}

static void more_than_fifteen_bytes_are_refused(void **state)
{
	u8 bytes[X86_MAX_INSN + 2];

	memset(bytes, 0x2e, sizeof(bytes));
	bytes[14] = 0x89;
	bytes[15] = 0x08;
	assert_refused(X86_MODE_64, bytes, 16);
	bytes[13] = 0x89;
	bytes[14] = 0x08;
	assert_int_equal(decode_exact(bytes, 15, X86_MODE_64, &(struct mmio_insn){ 0 }), 0);
	memset(bytes, 0x66, sizeof(bytes));
	assert_refused(X86_MODE_64, bytes, sizeof(bytes));
}

static u64 completed(const struct mmio_insn *insn, u64 value)
{
	struct x86_regs regs = pattern;
	unsigned int i;

	x86_mmio_complete_read(insn, value, &regs);
	for (i = 0; i < 16; i++)
		assert_true(i == insn->reg || regs.r[i] == pattern.r[i]);
	return regs.r[insn->reg];
}

static void narrow_loads_keep_the_rest_of_the_register(void **state)
{
	assert_int_equal(
		completed(&(struct mmio_insn){ .size = 1, .reg_size = 1, .reg = 3 }, 0xfff11),
		0xb0b1b2b3b4b5b611);
	assert_int_equal(completed(
				 &(struct mmio_insn){
					 .size = 1, .reg_size = 1, .reg = 3, .high_byte = true },
				 0xfff11),
			 0xb0b1b2b3b4b511b7);
	assert_int_equal(
		completed(&(struct mmio_insn){ .size = 2, .reg_size = 2, .reg = 15 }, 0xffff1122),
		0x7071727374751122);
}

static void wide_loads_clear_the_upper_half(void **state)
{
	assert_int_equal(completed(&(struct mmio_insn){ .size = 4, .reg_size = 4, .reg = 0 },
				   0xffffffff11223344),
			 0x11223344);
	assert_int_equal(
		completed(&(struct mmio_insn){ .size = 8, .reg_size = 8, .reg = 4 }, ~0ULL), ~0ULL);
}

static void extended_loads_extend_by_sign_or_zero(void **state)
{
	assert_int_equal(completed(
				 &(struct mmio_insn){
					 .size = 1, .reg_size = 4, .reg = 1, .sign_extend = true },
				 0x80),
			 0xffffff80);
	assert_int_equal(completed(
				 &(struct mmio_insn){
					 .size = 1, .reg_size = 8, .reg = 1, .sign_extend = true },
				 0x80),
			 0xffffffffffffff80);
	assert_int_equal(
		completed(&(struct mmio_insn){ .size = 2, .reg_size = 2, .reg = 1 }, 0x8000),
		0x9091929394958000);
	assert_int_equal(completed(
				 &(struct mmio_insn){
					 .size = 1, .reg_size = 2, .reg = 1, .sign_extend = true },
				 0x80),
			 0x909192939495ff80);
	assert_int_equal(
		completed(&(struct mmio_insn){ .size = 1, .reg_size = 4, .reg = 1 }, 0xf80), 0x80);
	assert_int_equal(completed(
				 &(struct mmio_insn){
					 .size = 2, .reg_size = 8, .reg = 1, .sign_extend = true },
				 0x7fff),
			 0x7fff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_the_assembler_is_understood),
		cmocka_unit_test(length_does_not_depend_on_what_follows),
		cmocka_unit_test(too_few_bytes_are_reported_and_not_overread),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(lock_prefix_is_refused),
		cmocka_unit_test(other_instructions_are_refused),
		cmocka_unit_test(register_operands_are_refused),
		cmocka_unit_test(more_than_fifteen_bytes_are_refused),
		cmocka_unit_test(narrow_loads_keep_the_rest_of_the_register),
		cmocka_unit_test(wide_loads_clear_the_upper_half),
		cmocka_unit_test(extended_loads_extend_by_sign_or_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
