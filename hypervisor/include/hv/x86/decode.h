/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decode - x86 MMIO instruction bytes → access record. Pure: no guest access, no state (AMD APM
 * vol. 3; SDM vol. 2).
 *
 * Forms: 88 89 8a 8b, c6/0 c7/0, a0–a3, 0f b6/b7/be/bf; operand size 66, address size 67, segment
 * prefixes, full REX, all ModRM/SIB forms, correct immediate sizes. Everything else: -EINVAL.
 */
#ifndef HV_X86_DECODE_H
#define HV_X86_DECODE_H

#include <hv/types.h>
#include <hv/x86/regs.h>

#define X86_MAX_INSN 15

struct mmio_insn {
	u8 length;		/* instruction length in bytes */
	u8 size;		/* access width: 1, 2, 4, 8 */
	bool is_write;
	bool immediate;		/* writes: the value stands in the instruction, not in a register */
	u64 value;		/* writes: what is stored, masked to size */
	/* reads: where the value goes; writes: where it comes from */
	u8 reg;			/* register number */
	/* width of the destination: 1 and 2 keep upper bits, 4 zeroes them */
	u8 reg_size;
	bool high_byte;		/* AH, CH, DH, BH */
	bool sign_extend;
};

enum x86_mode { X86_MODE_16, X86_MODE_32, X86_MODE_64 };

/**
 * @bytes, @count: instruction bytes that could be fetched. Returns 0; -EINVAL for a form that is
 *   not supported; -ERANGE when more bytes are needed than @count.
 */
int __must_check x86_decode_mmio(const u8 *bytes, unsigned int count, enum x86_mode mode,
				 const struct x86_regs *regs, struct mmio_insn *out);
/** The same instruction again, with the values that the registers have now. */
void x86_mmio_again(struct mmio_insn *insn, const struct x86_regs *regs);
/** Put the read value into the register file. */
void x86_mmio_complete_read(const struct mmio_insn *in, u64 value, struct x86_regs *regs);

#endif
