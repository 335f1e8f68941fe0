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

enum form_kind {
	FORM_NONE, FORM_STORE, FORM_LOAD, FORM_STORE_IMM, FORM_STORE_MOFFS, FORM_LOAD_MOFFS,
};

/**
 * struct form - @byte_sized: the memory operand is a byte, else operand size; @extend: its width
 * for movzx/movsx (1, 2)
 */
struct form {
	u8 opcode;
	u8 kind;
	bool byte_sized;
	u8 extend;
	bool sign;
};

/* AMD APM vol. 3, appendix A, tables */
static const struct form one_byte_forms[] = {
	{ .opcode = 0x88, .kind = FORM_STORE, .byte_sized = true },
	{ .opcode = 0x89, .kind = FORM_STORE },
	{ .opcode = 0x8a, .kind = FORM_LOAD, .byte_sized = true },
	{ .opcode = 0x8b, .kind = FORM_LOAD },
	{ .opcode = 0xa0, .kind = FORM_LOAD_MOFFS, .byte_sized = true },
	{ .opcode = 0xa1, .kind = FORM_LOAD_MOFFS },
	{ .opcode = 0xa2, .kind = FORM_STORE_MOFFS, .byte_sized = true },
	{ .opcode = 0xa3, .kind = FORM_STORE_MOFFS },
	{ .opcode = 0xc6, .kind = FORM_STORE_IMM, .byte_sized = true },
	{ .opcode = 0xc7, .kind = FORM_STORE_IMM },
};

/* second byte after 0f: AMD APM vol. 3, table A-4 */
static const struct form two_byte_forms[] = {
	{ .opcode = 0xb6, .kind = FORM_LOAD, .extend = 1 },
	{ .opcode = 0xb7, .kind = FORM_LOAD, .extend = 2 },
	{ .opcode = 0xbe, .kind = FORM_LOAD, .extend = 1, .sign = true },
	{ .opcode = 0xbf, .kind = FORM_LOAD, .extend = 2, .sign = true },
};

#define REX_B	0x1
#define REX_R	0x4
#define REX_W	0x8

struct decoder {
	const u8 *bytes;
	unsigned int count, pos;
	enum x86_mode mode;
	bool operand_prefix, address_prefix;
	bool has_rex;
	u8 rex;
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
static int next_bytes(struct decoder *d, unsigned int n, u64 *value)
{
	unsigned int i;

	*value = 0;
	if (d->pos + n > X86_MAX_INSN)
		return -HV_EINVAL;
	if (d->pos + n > d->count)
		return -HV_ERANGE;
	for (i = 0; i < n; i++)
		*value |= (u64)d->bytes[d->pos + i] << (8 * i);
	d->pos += n;
	return 0;
}

static int next_byte(struct decoder *d, u8 *byte)
{
	u64 value;
	int err = next_bytes(d, 1, &value);

	*byte = (u8)value;
	return err;
}

static unsigned int operand_size(const struct decoder *d)
{
	if (d->rex & REX_W)
		return 8;
	if (d->mode == X86_MODE_16)
		return d->operand_prefix ? 4 : 2;
	return d->operand_prefix ? 2 : 4;
}

static unsigned int address_size(const struct decoder *d)
{
	switch (d->mode) {
	case X86_MODE_16:
		return d->address_prefix ? 4 : 2;
	case X86_MODE_32:
		return d->address_prefix ? 2 : 4;
	default:
		return d->address_prefix ? 4 : 8;
	}
}

/*
 * REX counts only directly before the opcode; a legacy prefix behind it voids it (APM vol. 3,
 * 1.2.7). Segment overrides and, for these opcodes, F2/F3 (HLE hints or ignored) change nothing
 * that matters here. LOCK raises #UD with all of them.
 */
static int decode_prefixes(struct decoder *d, u8 *opcode)
{
	int err;

	for (;;) {
		err = next_byte(d, opcode);
		if (err)
			return err;

		switch (*opcode) {
		case 0x66:
			d->operand_prefix = true;
			break;
		case 0x67:
			d->address_prefix = true;
			break;
		case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
		case 0xf2: case 0xf3:
			break;
		case 0x40 ... 0x4f:
			if (d->mode != X86_MODE_64)
				return 0;
			d->has_rex = true;
			d->rex = *opcode & 0xf;
			continue;
		default:
			return 0;
		}
		d->has_rex = false;
		d->rex = 0;
	}
}

static const struct form *find_form(const struct form *forms, unsigned int count, u8 opcode)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (forms[i].opcode == opcode)
			return &forms[i];
	return NULL;
}

static int decode_opcode(struct decoder *d, const struct form **form)
{
	u8 opcode;
	int err = decode_prefixes(d, &opcode);

	if (err)
		return err;
	if (opcode == 0x0f) {
		err = next_byte(d, &opcode);
		if (err)
			return err;
		*form = find_form(two_byte_forms, ARRAY_SIZE(two_byte_forms), opcode);
	} else {
		*form = find_form(one_byte_forms, ARRAY_SIZE(one_byte_forms), opcode);
	}
	return *form ? 0 : -HV_EINVAL;
}

/* Displacement length of 16-bit addressing: APM vol. 3, table A-33. */
static unsigned int displacement_16(u8 mod, u8 rm)
{
	if (mod == 0)
		return rm == 6 ? 2 : 0;
	return mod;
}

/*
 * 32- and 64-bit addressing: APM vol. 3, tables; @base: r/m, or SIB.base when there is
 * a SIB byte.
 */
static unsigned int displacement_32(u8 mod, u8 base)
{
	if (mod == 0)
		return base == 5 ? 4 : 0;
	return mod == 1 ? 1 : 4;
}

static int skip_memory_operand(struct decoder *d)
{
	u8 mod, rm, sib;
	u64 ignored;
	int err;

	err = next_byte(d, &d->modrm);
	if (err)
		return err;
	mod = d->modrm >> 6;
	rm = d->modrm & 7;
	if (mod == 3)
		return -HV_EINVAL;	/* no memory operand */

	if (address_size(d) == 2)
		return next_bytes(d, displacement_16(mod, rm), &ignored);

	if (rm == 4) {
		err = next_byte(d, &sib);
		if (err)
			return err;
		rm = sib & 7;
	}
	return next_bytes(d, displacement_32(mod, rm), &ignored);
}

/* Without REX, byte registers 4–7 are AH, CH, DH, BH (APM vol. 3, 1.2.7). */
static void set_register(const struct decoder *d, struct mmio_insn *out)
{
	out->reg = ((d->modrm >> 3) & 7) | (d->rex & REX_R ? 8 : 0);
	if (out->reg_size == 1 && !d->has_rex && out->reg >= 4) {
		out->reg -= 4;
		out->high_byte = true;
	}
}

static u64 register_value(const struct x86_regs *regs, const struct mmio_insn *in)
{
	u64 value = regs->r[in->reg] >> (in->high_byte ? 8 : 0);

	return value & width_mask(in->size);
}

static int decode_store_imm(struct decoder *d, struct mmio_insn *out)
{
	unsigned int imm_size = out->size == 8 ? 4 : out->size;
	u64 imm;
	int err = skip_memory_operand(d);

	if (err)
		return err;
	if (d->modrm & 0x38)
		return -HV_EINVAL;	/* only /0 is MOV */
	err = next_bytes(d, imm_size, &imm);
	if (err)
		return err;
	out->value = sign_extend(imm, imm_size) & width_mask(out->size);
	out->immediate = true;
	return 0;
}

static int decode_operands(struct decoder *d, const struct form *form, const struct x86_regs *regs,
			   struct mmio_insn *out)
{
	u64 ignored;
	int err;

	switch (form->kind) {
	case FORM_STORE_IMM:
		return decode_store_imm(d, out);
	case FORM_STORE_MOFFS:
	case FORM_LOAD_MOFFS:
		/* the register is AL, AX, EAX, RAX: number 0 */
		err = next_bytes(d, address_size(d), &ignored);
		break;
	default:
		err = skip_memory_operand(d);
		if (!err)
			set_register(d, out);
		break;
	}
	if (!err && out->is_write)
		out->value = register_value(regs, out);
	return err;
}

int x86_decode_mmio(const u8 *bytes, unsigned int count, enum x86_mode mode,
		    const struct x86_regs *regs, struct mmio_insn *out)
{
	struct decoder d = { .bytes = bytes, .count = count, .mode = mode };
	const struct form *form;
	int err;

	*out = (struct mmio_insn){ 0 };
	err = decode_opcode(&d, &form);
	if (err)
		return err;

	out->is_write = form->kind == FORM_STORE || form->kind == FORM_STORE_IMM ||
			form->kind == FORM_STORE_MOFFS;
	out->reg_size = form->byte_sized ? 1 : operand_size(&d);
	out->size = form->extend ? form->extend : out->reg_size;
	out->sign_extend = form->sign;

	err = decode_operands(&d, form, regs, out);
	out->length = d.pos;
	return err;
}

void x86_mmio_again(struct mmio_insn *insn, const struct x86_regs *regs)
{
	if (insn->is_write && !insn->immediate)
		insn->value = register_value(regs, insn);
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
