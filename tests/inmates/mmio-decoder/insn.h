/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small assembler, and the registers around one instruction.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef MMIO_DECODER_INSN_H
#define MMIO_DECODER_INSN_H

#include <inmate.h>

#ifdef __x86_64__
#define NUM_REGS	16
#else
#define NUM_REGS	8
#endif

#define REG_SP		4
#define REG_BP		5
#define NO_REG		0xff

#define MAX_INSN	15

/** Registers in the order of their numbers; @flags as LAHF gives them. */
struct cpu_state {
	unsigned long r[NUM_REGS];
	unsigned long flags;
};

enum form_kind { LOAD, STORE, STORE_IMM, LOAD_MOFFS, STORE_MOFFS };

/**
 * struct form - one MOV, MOVZX or MOVSX
 * @two_bytes:	opcode behind 0f
 * @size:	bytes of memory
 * @reg_size:	bytes of register that a load changes
 */
struct form {
	const char *name;
	u8 opcode;
	bool two_bytes;
	enum form_kind kind;
	u8 size;
	u8 reg_size;
	bool sign;
};

/**
 * struct address - how the memory operand is written
 * @base:	register, or NO_REG
 * @index:	register, or NO_REG
 * @sib:	use a SIB byte also where none is needed
 * @disp_size:	0, 1 or 4; 4 if there is no base
 * @rip:	relative to the next instruction
 * @half:	address size prefix: 32 bits in 64-bit mode
 */
struct address {
	u8 base;
	u8 index;
	u8 scale_shift;
	u8 disp_size;
	bool sib;
	bool rip;
	bool half;
};

/** struct operands - @reg: data register, for bytes without REX: 4 to 7 are AH … BH; @rex: force a REX prefix */
struct operands {
	const struct form *form;
	struct address address;
	u8 reg;
	bool rex;
	s32 imm;
	s32 disp;
	/** Prefixes without effect, in front of all others (@num_prefixes of them). */
	u8 prefixes[4];
	u8 num_prefixes;
};

struct insn {
	u8 bytes[MAX_INSN];
	unsigned int len;
};

/** Encode. @ip and @target are used by address forms that hold an address: RIP-relative, absolute, moffs. */
void insn_encode(struct insn *insn, const struct operands *op, unsigned long ip, unsigned long target);

/** Write @insn to @code, with a way back behind it, and run it: registers from @before, afterwards to @after. */
void insn_run(const struct insn *insn, u8 *code, const struct cpu_state *before, struct cpu_state *after);

/** Does the encoding need REX, or is the byte register one that only REX reaches? */
bool operands_need_rex(const struct operands *op);

#endif /* MMIO_DECODER_INSN_H */
