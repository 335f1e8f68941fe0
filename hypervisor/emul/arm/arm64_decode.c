// SPDX-License-Identifier: GPL-2.0
/*
 * arm64_decode - loads and stores of general registers (ARM ARM, C4.1.94).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/decode.h>

#define IS_VECTOR(i)	((i) & (1U << 26))
#define RT(i)		((i) & 0x1f)
#define RN(i)		((i) >> 5 & 0x1f)
#define RT2(i)		((i) >> 10 & 0x1f)
#define IMM9(i)		((s32)((s32)((i) << 11) >> 23))
#define IMM7(i)		((s32)((s32)((i) << 10) >> 25))

enum index { INDEX_NONE, INDEX_POST, INDEX_PRE };

static void set_index(struct arm_access *a, enum index index, s32 imm)
{
	a->offset = index == INDEX_POST ? 0 : imm;
	a->writeback = index == INDEX_NONE ? 0 : imm;
}

/* C4.1.94.20: unscaled and unprivileged; C4.1.94.21: post-indexed; .23: pre-indexed */
static bool decode_single(u32 insn, struct arm_access *a)
{
	static const enum index indexes[] = { INDEX_NONE, INDEX_POST, INDEX_NONE, INDEX_PRE };
	u32 size = insn >> 30, opc = insn >> 22 & 3;

	/* opc 2 and 3 extend the sign, to 64 and 32 bits: of all sizes that are smaller */
	if ((opc == 2 && size == 3) || (opc == 3 && size >= 2))
		return false;
	a->count = 1;
	a->reg[0] = RT(insn);
	a->size = 1U << size;
	a->is_write = opc == 0;
	a->sign_extend = opc >= 2;
	a->is_64 = opc == 2 || size == 3;
	set_index(a, indexes[insn >> 10 & 3], IMM9(insn));
	return true;
}

/* C4.1.94.13 to .16: no-allocate, post-indexed, offset, pre-indexed */
static bool decode_pair(u32 insn, struct arm_access *a)
{
	static const enum index indexes[] = { INDEX_NONE, INDEX_POST, INDEX_NONE, INDEX_PRE };
	u32 opc = insn >> 30, mode = insn >> 23 & 3;
	bool load = insn & (1U << 22), is_word_signed = opc == 1;

	/* with opc 1 there is LDPSW alone, in all modes but no-allocate */
	if (opc == 3 || (is_word_signed && (!load || !mode)))
		return false;
	if (load && RT(insn) == RT2(insn))
		return false;
	a->count = 2;
	a->reg[0] = RT(insn);
	a->reg[1] = RT2(insn);
	a->size = opc == 2 ? 8 : 4;
	a->is_write = !load;
	a->sign_extend = is_word_signed;
	a->is_64 = opc != 0;
	set_index(a, indexes[mode], IMM7(insn) * (s32)a->size);
	return true;
}

/* The base is also a register that is moved: what either gets is not defined. */
static bool is_ambiguous(const struct arm_access *a)
{
	u32 n;

	for (n = 0; n < a->count; n++)
		if (a->writeback && a->base != 31 && a->reg[n] == a->base)
			return true;
	return false;
}

bool arm64_decode(u32 insn, struct arm_access *a)
{
	bool known = false;

	*a = (struct arm_access){ .base = RN(insn), .length = 4 };
	if (IS_VECTOR(insn))
		return false;
	if ((insn & 0x3b200000) == 0x38000000)
		known = decode_single(insn, a);
	else if ((insn & 0x3a000000) == 0x28000000)
		known = decode_pair(insn, a);
	return known && !is_ambiguous(a);
}
