// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tests/fuzz/x86_reference.c hypervisor/emul/x86_decode.c */
/* libs: -lcapstone */
/*
 * Instruction bytes → access. Mode, then the bytes.
 *
 * Held: length is within 15 and within what was given; what follows an instruction does not matter; a part of an instruction asks for
 * more; a completed read changes one register; what is
 * asked again is as if it were decoded again; a disassembler agrees (x86_reference.h).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include "x86_reference.h"

static void check_completion(const struct mmio_insn *insn, const struct x86_regs *before, u64 value)
{
	struct x86_regs after = *before;
	unsigned int n;

	x86_mmio_complete_read(insn, value, &after);
	for (n = 0; n < 16; n++)
		FUZZ_CHECK(n == insn->reg || after.r[n] == before->r[n]);
	if (insn->reg_size < 4)
		FUZZ_CHECK(after.r[insn->reg] >> 16 == before->r[insn->reg] >> 16);
	if (insn->reg_size == 4)
		FUZZ_CHECK(after.r[insn->reg] >> 32 == 0);
}

static void check_accepted(const u8 *bytes, unsigned int count, enum x86_mode mode, const struct x86_regs *regs,
			   const struct mmio_insn *insn)
{
	struct mmio_insn again;
	unsigned int n;

	FUZZ_CHECK(insn->length >= 2 && insn->length <= X86_MAX_INSN && insn->length <= count);
	FUZZ_CHECK(insn->size == 1 || insn->size == 2 || insn->size == 4 || insn->size == 8);
	FUZZ_CHECK(insn->reg < 16 && insn->size <= (insn->is_write ? insn->size : insn->reg_size));
	FUZZ_CHECK(insn->size == 8 || insn->value >> (8 * insn->size) == 0);
	FUZZ_CHECK(x86_decode_mmio(bytes, insn->length, mode, regs, &again) == 0);
	FUZZ_CHECK(!memcmp(&again, insn, sizeof(again)));
	for (n = 0; n < insn->length; n++)
		FUZZ_CHECK(x86_decode_mmio(bytes, n, mode, regs, &again) == -HV_ERANGE);
}

/* What was decoded once and is asked again gives what a new look at the same bytes would. */
static void check_again(const u8 *bytes, unsigned int count, enum x86_mode mode, struct mmio_insn insn)
{
	struct mmio_insn fresh;
	struct x86_regs other;
	unsigned int n;

	for (n = 0; n < 16; n++)
		other.r[n] = 0xfedcba9876543210ULL - 0x1111111111111111ULL * n;
	FUZZ_CHECK(x86_decode_mmio(bytes, count, mode, &other, &fresh) == 0);
	x86_mmio_again(&insn, &other);
	FUZZ_CHECK(!memcmp(&insn, &fresh, sizeof(insn)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	enum x86_mode mode = fuzz_take(&in, 1) % 3;
	unsigned int count = in.size < 32 ? (unsigned int)in.size : 32, n;
	struct x86_regs regs;
	struct mmio_insn insn;
	const char *differs;
	bool understood;
	u8 *bytes;
	int err;

	for (n = 0; n < 16; n++)
		regs.r[n] = 0x0123456789abcdefULL * (n + 1);
	bytes = fuzz_take_block(&in, count);
	err = x86_decode_mmio(bytes, count, mode, &regs, &insn);
	FUZZ_CHECK(err == 0 || err == -HV_EINVAL || err == -HV_ERANGE);
	if (err == -HV_ERANGE)
		FUZZ_CHECK(count < X86_MAX_INSN);
	if (!err) {
		check_accepted(bytes, count, mode, &regs, &insn);
		check_again(bytes, count, mode, insn);
		if (!insn.is_write)
			check_completion(&insn, &regs, 0xfedcba9876543210ULL);
	}
	differs = x86_reference_differs(bytes, count < X86_MAX_INSN ? count : X86_MAX_INSN, mode, &understood);
	if (differs)
		fprintf(stderr, "%s\n", differs);
	FUZZ_CHECK(!differs);
	free(bytes);
	return 0;
}
