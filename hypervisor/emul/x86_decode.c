// SPDX-License-Identifier: GPL-2.0
/*
 * x86_decode - x86 MMIO instruction bytes → access record
 *
 * The data address comes from the nested page fault, so addressing forms matter for the length
 * only.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/decode.h>

enum form_kind { FORM_STORE, FORM_LOAD, FORM_STORE_IMM, FORM_STORE_MOFFS, FORM_LOAD_MOFFS };

#define TWO_BYTES	0x0f00	/* first byte of an opcode of two */

/**
 * struct form - @size: of the memory operand, 0: operand size; @extend: the register is larger
 * (movzx, movsx)
 */
struct form {
	u16 opcode;
	u8 kind, size;
	bool extend, sign;
};

/* AMD APM vol. 3, appendix A, tables */
static const struct form forms[] = {
	{ .opcode = 0x88, .kind = FORM_STORE, .size = 1 },
	{ .opcode = 0x89, .kind = FORM_STORE },
	{ .opcode = 0x8a, .kind = FORM_LOAD, .size = 1 },
	{ .opcode = 0x8b, .kind = FORM_LOAD },
	{ .opcode = 0xa0, .kind = FORM_LOAD_MOFFS, .size = 1 },
	{ .opcode = 0xa1, .kind = FORM_LOAD_MOFFS },
	{ .opcode = 0xa2, .kind = FORM_STORE_MOFFS, .size = 1 },
	{ .opcode = 0xa3, .kind = FORM_STORE_MOFFS },
	{ .opcode = 0xc6, .kind = FORM_STORE_IMM, .size = 1 },
	{ .opcode = 0xc7, .kind = FORM_STORE_IMM },
	{ .opcode = TWO_BYTES | 0xb6, .kind = FORM_LOAD, .size = 1, .extend = true },
	{ .opcode = TWO_BYTES | 0xb7, .kind = FORM_LOAD, .size = 2, .extend = true },
	{ .opcode = TWO_BYTES | 0xbe, .kind = FORM_LOAD, .size = 1, .extend = true, .sign = true },
	{ .opcode = TWO_BYTES | 0xbf, .kind = FORM_LOAD, .size = 2, .extend = true, .sign = true },
};

#define REX		0x40
#define REX_R		0x4
#define REX_W		0x8

/** struct decoder - @err: of the first byte that is missing or one too many; what follows reads as 0 */
struct decoder {
	const u8 *bytes;
	unsigned int count, pos;
	int err;
	enum x86_mode mode;
	bool operand_prefix, address_prefix;
	u8 rex;			/* 0: none */
	u8 modrm;
};

static u64 width_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << (8 * size)) - 1;
}

static u64 sign_extend(u64 value, unsigned int size)
{
	u64 sign = 1ULL << (8 * size - 1);

	value &= width_mask(size);
	return (value ^ sign) - sign;
}

/*
 * An instruction longer than 15 bytes raises #GP (APM vol. 3, 1.1): it never gets as far as an
 * access.
 */
static u64 next_bytes(struct decoder *d, unsigned int n)
{
	unsigned int i;
	u64 value = 0;

	if (!d->err && d->pos + n > X86_MAX_INSN)
		d->err = -HV_EINVAL;
	else if (!d->err && d->pos + n > d->count)
		d->err = -HV_ERANGE;
	for (i = 0; !d->err && i < n; i++)
		value |= (u64)d->bytes[d->pos++] << (8 * i);
	return value;
}

static unsigned int operand_size(const struct decoder *d)
{
	if (d->rex & REX_W)
		return 8;
	return (d->mode == X86_MODE_16) == d->operand_prefix ? 4 : 2;
}

static unsigned int address_size(const struct decoder *d)
{
	if (d->mode == X86_MODE_64)
		return d->address_prefix ? 4 : 8;
	return (d->mode == X86_MODE_16) == d->address_prefix ? 4 : 2;
}

/*
 * REX counts only directly before the opcode; a legacy prefix behind it voids it (APM vol. 3,
 * 1.2.7). Segment overrides and, for these opcodes, F2/F3 (HLE hints or ignored) change nothing
 * that matters here. LOCK raises #UD with all of them.
 */
static u8 decode_prefixes(struct decoder *d)
{
	u8 byte;

	for (;;) {
		byte = next_bytes(d, 1);
		switch (byte) {
		case 0x66:
			d->operand_prefix = true;
			break;
		case 0x67:
			d->address_prefix = true;
			break;
		case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
		case 0xf2: case 0xf3:
			break;
		case REX ... REX | 0xf:
			if (d->mode != X86_MODE_64)
				return byte;
			d->rex = byte;
			continue;
		default:
			return byte;
		}
		d->rex = 0;
	}
}

static const struct form *decode_opcode(struct decoder *d)
{
	u16 opcode = decode_prefixes(d);
	unsigned int i;

	if (opcode == TWO_BYTES >> 8)
		opcode = TWO_BYTES | next_bytes(d, 1);
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].opcode == opcode)
			return &forms[i];
	return NULL;
}

/*
 * ModRM, SIB and displacement. APM vol. 3, tables: with mod 0 there is a displacement
 * if the base, r/m or in the SIB byte, is the one that stands for none.
 */
static void skip_memory_operand(struct decoder *d)
{
	unsigned int wide = address_size(d) == 2 ? 2 : 4;
	u8 mod, base, no_base = wide == 2 ? 6 : 5;

	d->modrm = next_bytes(d, 1);
	mod = d->modrm >> 6;
	base = d->modrm & 7;
	if (wide == 4 && base == 4 && mod != 3)
		base = next_bytes(d, 1) & 7;
	if (mod == 1)
		next_bytes(d, 1);
	else if (mod == 2 || (mod == 0 && base == no_base))
		next_bytes(d, wide);
	else if (mod == 3)
		d->err = -HV_EINVAL;	/* no memory operand */
}

/* Without REX, byte registers 4–7 are AH, CH, DH, BH (APM vol. 3, 1.2.7). */
static void set_register(const struct decoder *d, struct mmio_insn *out)
{
	out->reg = ((d->modrm >> 3) & 7) | (d->rex & REX_R ? 8 : 0);
	if (out->reg_size == 1 && !d->rex && out->reg >= 4) {
		out->reg -= 4;
		out->high_byte = true;
	}
}

static void decode_store_imm(struct decoder *d, struct mmio_insn *out)
{
	unsigned int imm_size = out->size == 8 ? 4 : out->size;

	skip_memory_operand(d);
	if (!d->err && (d->modrm & 0x38))
		d->err = -HV_EINVAL;	/* only /0 is MOV */
	out->value = sign_extend(next_bytes(d, imm_size), imm_size) & width_mask(out->size);
	out->immediate = true;
}

static void decode_operands(struct decoder *d, const struct form *form, struct mmio_insn *out)
{
	if (form->kind == FORM_STORE_IMM) {
		decode_store_imm(d, out);
	} else if (form->kind == FORM_STORE_MOFFS || form->kind == FORM_LOAD_MOFFS) {
		/* the register is AL, AX, EAX, RAX: number 0 */
		next_bytes(d, address_size(d));
	} else {
		skip_memory_operand(d);
		set_register(d, out);
	}
}

int x86_decode_mmio(const u8 *bytes, unsigned int count, enum x86_mode mode,
		    const struct x86_regs *regs, struct mmio_insn *out)
{
	struct decoder d = { .bytes = bytes, .count = count, .mode = mode };
	const struct form *form = decode_opcode(&d);

	*out = (struct mmio_insn){ 0 };
	if (d.err || !form)
		return d.err ? d.err : -HV_EINVAL;

	out->is_write = form->kind != FORM_LOAD && form->kind != FORM_LOAD_MOFFS;
	out->size = form->size ? form->size : operand_size(&d);
	out->reg_size = form->extend ? operand_size(&d) : out->size;
	out->sign_extend = form->sign;
	decode_operands(&d, form, out);
	x86_mmio_again(out, regs);
	out->length = d.pos;
	return d.err;
}

void x86_mmio_again(struct mmio_insn *insn, const struct x86_regs *regs)
{
	if (insn->is_write && !insn->immediate)
		insn->value = regs->r[insn->reg] >> (insn->high_byte ? 8 : 0) & width_mask(insn->size);
}

void x86_mmio_complete_read(const struct mmio_insn *in, u64 value, struct x86_regs *regs)
{
	unsigned int shift = in->high_byte ? 8 : 0;
	u64 mask = width_mask(in->reg_size);
	u64 *reg = &regs->r[in->reg];

	value = in->sign_extend ? sign_extend(value, in->size) : value & width_mask(in->size);
	value &= mask;
	if (in->reg_size >= 4)
		*reg = value;	/* a 32-bit result clears the upper half: APM vol. 1, 3.1.2 */
	else
		*reg = (*reg & ~(mask << shift)) | value << shift;
}
