/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decode32 - A32 and T32 loads and stores whose syndrome says nothing: those that change their base, pairs, and lists of registers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_DECODE32_H
#define HV_ARM_DECODE32_H

#include <hv/arm/syndrome.h>

#define ARM32_MAX_TRANSFERS	15

/**
 * struct arm32_access - @count registers (0 to 14), one after the other in memory from base + @offset on, each of @size bytes; then
 * the base gets @writeback added. @length: bytes of the instruction
 */
struct arm32_access {
	u8 count, size, base, length;
	u8 reg[ARM32_MAX_TRANSFERS];
	bool is_write, sign_extend;
	s32 offset, writeback;
};

/** @insn: A32, or T32 with the first halfword in the upper half. False: something else, or without a defined result. */
bool arm32_decode(u32 insn, bool thumb, struct arm32_access *a);
/** Does a T32 instruction that begins so have a second halfword (ARM DDI 0406, A6.1)? */
static inline bool arm32_is_long(u16 first) { return first >> 11 >= 0x1d; }

#endif /* HV_ARM_DECODE32_H */
