// SPDX-License-Identifier: GPL-2.0
/* Copyright (c) Jailhouse contributors, 2026 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <capstone/capstone.h>

#include "x86_reference.h"

static const struct x86_regs pattern = { {
	0x8081828384858687, 0x9091929394959697, 0xa0a1a2a3a4a5a6a7, 0xb0b1b2b3b4b5b6b7,
	0xc0c1c2c3c4c5c6c7, 0xd0d1d2d3d4d5d6d7, 0xe0e1e2e3e4e5e6e7, 0xf0f1f2f3f4f5f6f7,
	0x0001020304050607, 0x1011121314151617, 0x2021222324252627, 0x3031323334353637,
	0x4041424344454647, 0x5051525354555657, 0x6061626364656667, 0x7071727374757677,
} };

static bool is_prefix(u8 byte, enum x86_mode mode)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65: case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:
		return true;
	}
	return mode == X86_MODE_64 && (byte & 0xf0) == 0x40;
}

/*
 * Capstone 5 takes a repeat prefix for part of the opcode and refuses what has no such form; where nothing is
 * repeated it is ignored (APM vol. 3, 1.2.6). False: there is none.
 */
static bool without_repeat(const u8 *bytes, unsigned int count, enum x86_mode mode, u8 *plain)
{
	bool found = false;
	unsigned int n;

	memcpy(plain, bytes, count);
	for (n = 0; n < count && is_prefix(bytes[n], mode); n++)
		if (bytes[n] == 0xf2 || bytes[n] == 0xf3) {
			plain[n] = 0x3e;
			found = true;
		}
	return found;
}

static cs_insn *disassemble(const u8 *bytes, unsigned int count, enum x86_mode mode)
{
	static const cs_mode modes[] = {
		[X86_MODE_16] = CS_MODE_16, [X86_MODE_32] = CS_MODE_32, [X86_MODE_64] = CS_MODE_64,
	};
	static csh handles[3];
	static cs_insn *insn;
	const u8 *const begin = bytes;
	static u8 plain[32];
	uint64_t address = 0;
	size_t size = count;

	if (!handles[mode]) {
		if (cs_open(CS_ARCH_X86, modes[mode], &handles[mode]) ||
		    cs_option(handles[mode], CS_OPT_DETAIL, CS_OPT_ON))
			abort();
	}
	if (!insn)
		insn = cs_malloc(handles[mode]);
	if (cs_disasm_iter(handles[mode], &bytes, &size, &address, insn))
		return insn;
	if (count > sizeof(plain) || !without_repeat(begin, count, mode, plain))
		return NULL;
	bytes = plain;
	size = count;
	return cs_disasm_iter(handles[mode], &bytes, &size, &address, insn) ? insn : NULL;
}

/* [number as instructions encode it][width]: names are the one thing that the library gives */
static const u16 register_names[16][4] = {
	{ X86_REG_AL, X86_REG_AX, X86_REG_EAX, X86_REG_RAX },
	{ X86_REG_CL, X86_REG_CX, X86_REG_ECX, X86_REG_RCX },
	{ X86_REG_DL, X86_REG_DX, X86_REG_EDX, X86_REG_RDX },
	{ X86_REG_BL, X86_REG_BX, X86_REG_EBX, X86_REG_RBX },
	{ X86_REG_SPL, X86_REG_SP, X86_REG_ESP, X86_REG_RSP },
	{ X86_REG_BPL, X86_REG_BP, X86_REG_EBP, X86_REG_RBP },
	{ X86_REG_SIL, X86_REG_SI, X86_REG_ESI, X86_REG_RSI },
	{ X86_REG_DIL, X86_REG_DI, X86_REG_EDI, X86_REG_RDI },
	{ X86_REG_R8B, X86_REG_R8W, X86_REG_R8D, X86_REG_R8 },
	{ X86_REG_R9B, X86_REG_R9W, X86_REG_R9D, X86_REG_R9 },
	{ X86_REG_R10B, X86_REG_R10W, X86_REG_R10D, X86_REG_R10 },
	{ X86_REG_R11B, X86_REG_R11W, X86_REG_R11D, X86_REG_R11 },
	{ X86_REG_R12B, X86_REG_R12W, X86_REG_R12D, X86_REG_R12 },
	{ X86_REG_R13B, X86_REG_R13W, X86_REG_R13D, X86_REG_R13 },
	{ X86_REG_R14B, X86_REG_R14W, X86_REG_R14D, X86_REG_R14 },
	{ X86_REG_R15B, X86_REG_R15W, X86_REG_R15D, X86_REG_R15 },
};

static const u16 high_names[4] = { X86_REG_AH, X86_REG_CH, X86_REG_DH, X86_REG_BH };

/* Number of the general register @reg, or -1 */
static int register_number(unsigned int reg, bool *high)
{
	int number, width;

	for (number = 0; number < 16; number++)
		for (width = 0; width < 4; width++)
			if (register_names[number][width] == reg)
				return number;
	for (number = 0; number < 4; number++)
		if (high_names[number] == reg) {
			*high = true;
			return number;
		}
	return -1;
}

static u64 width_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << (8 * size)) - 1;
}

static bool is_move(const cs_insn *insn)
{
	return insn->id == X86_INS_MOV || insn->id == X86_INS_MOVABS || insn->id == X86_INS_MOVZX || insn->id == X86_INS_MOVSX;
}

/* Memory on one side, a general register or an immediate on the other; *memory: index of the memory operand */
static bool is_documented_form(const cs_insn *insn, unsigned int *memory)
{
	const cs_x86 *x = &insn->detail->x86;
	const cs_x86_op *other;
	bool high = false;

	if (!is_move(insn) || x->op_count != 2)
		return false;
	if (x->operands[0].type != X86_OP_MEM && x->operands[1].type != X86_OP_MEM)
		return false;
	*memory = x->operands[0].type != X86_OP_MEM;
	other = &x->operands[!*memory];
	return other->type == X86_OP_IMM || (other->type == X86_OP_REG && register_number(other->reg, &high) >= 0);
}

static const char *compare_register(const cs_x86_op *op, const struct mmio_insn *ours)
{
	bool high = false;
	int number = register_number(op->reg, &high);
	u64 value = pattern.r[number] >> (high ? 8 : 0) & width_mask(op->size);

	if (ours->is_write)
		return ours->value == value ? NULL : "the value comes from another register";
	if (ours->reg != number || ours->high_byte != high)
		return "the destination is another register";
	return ours->reg_size == op->size ? NULL : "the destination has another width";
}

static const char *compare_accepted(const cs_insn *theirs, const struct mmio_insn *ours)
{
	const cs_x86 *x = &theirs->detail->x86;
	const cs_x86_op *other;
	unsigned int memory;

	if (!is_documented_form(theirs, &memory))
		return "the decoder accepts what is no documented form";
	if (theirs->size != ours->length)
		return "another length";
	if (ours->is_write != (memory == 0))
		return "another direction";
	if (x->operands[memory].size != ours->size)
		return "another width of the access";
	if (!ours->is_write && ours->sign_extend != (theirs->id == X86_INS_MOVSX))
		return "extended in another way";
	other = &x->operands[!memory];
	if (other->type == X86_OP_REG)
		return compare_register(other, ours);
	return ours->value == ((u64)other->imm & width_mask(ours->size)) ? NULL : "another immediate";
}

static unsigned int count_prefix(const u8 *bytes, unsigned int count, enum x86_mode mode, u8 wanted)
{
	unsigned int n, found = 0;

	for (n = 0; n < count && is_prefix(bytes[n], mode); n++)
		found += bytes[n] == wanted;
	return found;
}

/*
 * The library takes F2 or F3 beside 66 for part of an opcode and then ignores 66. Before the forms in question they are repeat
 * prefixes without meaning (AMD APM vol. 3, 1.2.6), but for voiding a REX that stands before them (1.2.7): @to is the instruction
 * without both. Returns how many bytes were left out.
 */
static unsigned int leave_out_repeat(u8 *to, const u8 *bytes, unsigned int count, enum x86_mode mode)
{
	bool prefixes = true, mixed = count_prefix(bytes, count, mode, 0x66);
	unsigned int n, used = 0;

	for (n = 0; n < count; n++) {
		prefixes = prefixes && is_prefix(bytes[n], mode);
		to[used++] = bytes[n];
		if (!mixed || !prefixes || (bytes[n] != 0xf2 && bytes[n] != 0xf3))
			continue;
		used--;
		while (used && mode == X86_MODE_64 && (to[used - 1] & 0xf0) == 0x40)
			used--;
	}
	return count - used;
}

const char *x86_reference_differs(const u8 *bytes, unsigned int count, enum x86_mode mode, bool *understood)
{
	u8 plain[X86_MAX_INSN];
	unsigned int left_out = leave_out_repeat(plain, bytes, count, mode), memory;
	struct mmio_insn ours;
	int err = x86_decode_mmio(bytes, count, mode, &pattern, &ours);
	const cs_insn *theirs = disassemble(plain, count - left_out, mode);

	*understood = !err;
	ours.length -= left_out;
	if (!err)
		return theirs ? compare_accepted(theirs, &ours) : "the decoder accepts what is no instruction";
	if (!theirs || count_prefix(bytes, count, mode, 0xf0) || !is_documented_form(theirs, &memory))
		return NULL;
	return err == -HV_ERANGE ? "the decoder asks for more bytes than the instruction has" : "the decoder refuses a documented form";
}
