// SPDX-License-Identifier: GPL-2.0
/*
 * Encoding: AMD APM vol. 3, chapter 1. Only memory operands.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "insn.h"

#define REX		0x40
#define REX_W		0x08
#define REX_R		0x04
#define REX_X		0x02
#define REX_B		0x01

#define RM_SIB		4
#define RM_DISP32	5
#define SIB_NO_INDEX	4
#define SIB_NO_BASE	5

struct cpu_state run_before, run_after;
unsigned long run_code;

void run_insn(void);
extern u8 run_insn_return[];

static void put(struct insn *insn, u64 value, unsigned int size)
{
	while (size--) {
		insn->bytes[insn->len++] = (u8)value;
		value >>= 8;
	}
}

static unsigned int operand_size(const struct operands *op)
{
	return op->form->kind == LOAD ? op->form->reg_size : op->form->size;
}

static bool has_modrm(const struct operands *op)
{
	return op->form->kind != LOAD_MOFFS && op->form->kind != STORE_MOFFS;
}

static u8 rex_bits(const struct operands *op)
{
	u8 bits = operand_size(op) == 8 ? REX_W : 0;

	if (!has_modrm(op))
		return bits;
	if (op->form->kind != STORE_IMM && op->reg >= 8)
		bits |= REX_R;
	if (op->address.base != NO_REG && op->address.base >= 8)
		bits |= REX_B;
	if (op->address.index != NO_REG && op->address.index >= 8)
		bits |= REX_X;
	return bits;
}

bool operands_need_rex(const struct operands *op)
{
	return op->rex || rex_bits(op);
}

static void put_prefixes(struct insn *insn, const struct operands *op)
{
	unsigned int n;

	for (n = 0; n < op->num_prefixes; n++)
		put(insn, op->prefixes[n], 1);
	if (op->address.half)
		put(insn, 0x67, 1);
	if (operand_size(op) == 2)
		put(insn, 0x66, 1);
	if (operands_need_rex(op))
		put(insn, REX | rex_bits(op), 1);
}

static bool needs_sib(const struct address *a)
{
	return a->sib || a->index != NO_REG || (a->base != NO_REG && (a->base & 7) == RM_SIB);
}

static u8 mod_bits(const struct address *a)
{
	if (a->base == NO_REG || !a->disp_size)
		return 0;
	return a->disp_size == 1 ? 0x40 : 0x80;
}

static void put_memory_operand(struct insn *insn, const struct operands *op, unsigned int imm_size, unsigned long ip,
			       unsigned long target)
{
	const struct address *a = &op->address;
	u8 reg = op->form->kind == STORE_IMM ? 0 : (op->reg & 7) << 3;
	u8 index = a->index == NO_REG ? SIB_NO_INDEX : a->index & 7;
	bool sib = needs_sib(a);

	if (a->rip) {
		put(insn, reg | RM_DISP32, 1);
		put(insn, target - (ip + insn->len + 4 + imm_size), 4);
		return;
	}
	if (sib) {
		put(insn, mod_bits(a) | reg | RM_SIB, 1);
		put(insn, (a->scale_shift << 6) | (index << 3) | (a->base == NO_REG ? SIB_NO_BASE : a->base & 7), 1);
	} else {
		put(insn, mod_bits(a) | reg | (a->base == NO_REG ? RM_DISP32 : a->base & 7), 1);
	}
	put(insn, (u32)op->disp, a->disp_size);
}

static unsigned int moffs_size(const struct operands *op)
{
	return op->address.half ? 4 : sizeof(long);
}

void insn_encode(struct insn *insn, const struct operands *op, unsigned long ip, unsigned long target)
{
	unsigned int imm_size = op->form->kind == STORE_IMM ? (op->form->size == 8 ? 4 : op->form->size) : 0;

	insn->len = 0;
	put_prefixes(insn, op);
	if (op->form->two_bytes)
		put(insn, 0x0f, 1);
	put(insn, op->form->opcode, 1);
	if (has_modrm(op))
		put_memory_operand(insn, op, imm_size, ip, target);
	else
		put(insn, target, moffs_size(op));
	put(insn, (u32)op->imm, imm_size);
}

void insn_run(const struct insn *insn, u8 *code, const struct cpu_state *before, struct cpu_state *after)
{
	u8 *end = code + insn->len;
	u32 distance = (unsigned long)run_insn_return - (unsigned long)(end + 5);

	memcpy(code, insn->bytes, insn->len);
	*end = 0xe9;	/* jmp run_insn_return */
	memcpy(end + 1, &distance, sizeof(distance));

	run_before = *before;
	run_code = (unsigned long)code;
	run_insn();
	*after = run_after;
}
