// SPDX-License-Identifier: GPL-2.0
/*
 * arm32_decode - loads and stores of general registers in A32 and T32 (ARM DDI 0406, A5.3, A5.5, A6.2, A6.3).
 *
 * The offset is an immediate in all of them. What moves the base by another register is not decoded, nor what loads the program counter.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/decode.h>

#define BIT(insn, n)	((insn) >> (n) & 1)
#define FIELD(insn, n)	((insn) >> (n) & 0xf)
#define PC		15
#define SP		13
#define LR		14

/* P: before the access, U: upwards, W: the base changes; without P it always does. */
static void set_index(struct arm_access *a, bool p, bool u, bool w, u32 imm)
{
	s32 step = u ? (s32)imm : -(s32)imm;

	a->offset = p ? step : 0;
	a->writeback = !p || w ? step : 0;
}

static void set_single(struct arm_access *a, u32 rt, u32 size, bool load, bool sign)
{
	a->count = 1;
	a->reg[0] = rt;
	a->size = size;
	a->is_write = !load;
	a->sign_extend = sign;
}

static void set_pair(struct arm_access *a, u32 rt, u32 rt2, bool load)
{
	set_single(a, rt, 4, load, false);
	a->count = 2;
	a->reg[1] = rt2;
}

/* A list: in ascending order of registers from the lowest address on. */
static bool set_list(struct arm_access *a, u32 list, bool before, bool up, bool w, bool load)
{
	u32 n;

	for (n = 0; n < PC; n++)
		if (list >> n & 1)
			a->reg[a->count++] = n;
	if (!a->count || list >> PC & 1)
		return false;
	a->size = 4;
	a->is_write = !load;
	n = a->count * 4;
	a->offset = up ? (before ? 4 : 0) : -(s32)n + (before ? 0 : 4);
	a->writeback = !w ? 0 : up ? (s32)n : -(s32)n;
	return true;
}

/* --- A32 ---------------------------------------------------------------------------------- */

/* A5.3: word and byte, immediate offset */
static bool decode_word_or_byte(u32 insn, struct arm_access *a)
{
	set_single(a, FIELD(insn, 12), BIT(insn, 22) ? 1 : 4, BIT(insn, 20), false);
	set_index(a, BIT(insn, 24), BIT(insn, 23), BIT(insn, 21), insn & 0xfff);
	return true;
}

/* A5.2.8: halfwords, signed ones, and pairs; immediate offset */
static bool decode_extra(u32 insn, struct arm_access *a)
{
	u32 op = insn >> 5 & 3, rt = FIELD(insn, 12);
	bool load = BIT(insn, 20), pair = !load && op >= 2;

	if (pair && (rt & 1 || rt == LR || (!BIT(insn, 24) && BIT(insn, 21))))
		return false;
	if (pair)
		set_pair(a, rt, rt + 1, op == 2);
	else
		set_single(a, rt, op == 2 ? 1 : 2, load, op >= 2);
	set_index(a, BIT(insn, 24), BIT(insn, 23), BIT(insn, 21), (insn >> 4 & 0xf0) | (insn & 0xf));
	return true;
}

static bool decode_a32(u32 insn, struct arm_access *a)
{
	a->base = FIELD(insn, 16);
	if (insn >> 28 == 0xf)
		return false;
	if ((insn & 0x0e000000) == 0x04000000)
		return decode_word_or_byte(insn, a);
	if ((insn & 0x0e400090) == 0x00400090 && insn & 0x60)
		return decode_extra(insn, a);
	/* S: registers of user mode, or an exception's return */
	return (insn & 0x0e400000) == 0x08000000 &&
	       set_list(a, insn & 0xffff, BIT(insn, 24), BIT(insn, 23), BIT(insn, 21), BIT(insn, 20));
}

/* --- T32 ---------------------------------------------------------------------------------- */

static bool decode_t16(u32 insn, struct arm_access *a)
{
	bool load = BIT(insn, 11);
	u32 list = insn & 0xff;

	if ((insn & 0xf000) == 0xc000) {	/* A8.8.58, A8.8.199: a load into the base keeps it */
		a->base = insn >> 8 & 7;
		return set_list(a, list, false, true, !load || !(list >> a->base & 1), load);
	}
	if ((insn & 0xf600) != 0xb400)
		return false;
	a->base = SP;
	if (load)	/* POP */
		return !BIT(insn, 8) && set_list(a, list, false, true, true, true);
	return set_list(a, list | BIT(insn, 8) << LR, true, false, true, false);
}

/* A6.3.5, .6: lists; and pairs, between which the exclusive ones stand */
static bool decode_t32_multiple(u32 insn, struct arm_access *a)
{
	bool p = BIT(insn, 24), u = BIT(insn, 23), w = BIT(insn, 21), load = BIT(insn, 20);
	u32 rt = FIELD(insn, 12), rt2 = FIELD(insn, 8);

	if (!BIT(insn, 22))
		return p != u && !BIT(insn, SP) && set_list(a, insn & 0xffff, p, u, w, load);
	if ((!p && !w) || rt == SP || rt == PC || rt2 == SP || rt2 == PC || (load && rt == rt2))
		return false;
	set_pair(a, rt, rt2, load);
	set_index(a, p, u, w, (insn & 0xff) * 4);
	return true;
}

/* A6.3.7 to .10: the form that can change its base */
static bool decode_t32_single(u32 insn, struct arm_access *a)
{
	u32 size = insn >> 21 & 3;
	bool sign = BIT(insn, 24), load = BIT(insn, 20);

	if (size == 3 || !BIT(insn, 11) || (sign && (!load || size == 2)) || (!BIT(insn, 10) && !BIT(insn, 8)))
		return false;
	set_single(a, FIELD(insn, 12), 1U << size, load, sign);
	set_index(a, BIT(insn, 10), BIT(insn, 9), BIT(insn, 8), insn & 0xff);
	return true;
}

static bool decode_t32(u32 insn, struct arm_access *a)
{
	if (!arm32_is_long(insn >> 16)) {
		a->length = 2;
		return decode_t16(insn >> 16, a);
	}
	a->base = FIELD(insn, 16);
	if (insn >> 25 == 0x74)
		return decode_t32_multiple(insn, a);
	return (insn & 0xfe800000) == 0xf8000000 && decode_t32_single(insn, a);
}

/* --- both ---------------------------------------------------------------------------------- */

/* What the base or a register gets is not defined: both change it, or it is the program counter. */
static bool is_ambiguous(const struct arm_access *a)
{
	u32 n;

	for (n = 0; n < a->count; n++)
		if (a->reg[n] == PC || (a->writeback && a->reg[n] == a->base))
			return true;
	return a->base == PC;
}

bool arm32_decode(u32 insn, bool thumb, struct arm_access *a)
{
	*a = (struct arm_access){ .length = 4 };
	return (thumb ? decode_t32(insn, a) : decode_a32(insn, a)) && !is_ambiguous(a);
}
