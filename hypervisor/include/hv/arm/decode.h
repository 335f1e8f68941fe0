/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decode - loads and stores whose syndrome says nothing: those that change their base, pairs, and, of A32 and T32, lists of registers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_DECODE_H
#define HV_ARM_DECODE_H

#include <hv/arm/syndrome.h>

#define ARM_MAX_TRANSFERS	15

/**
 * struct arm_access - @count registers, one after the other in memory from base + @offset on, each of @size bytes and as in struct
 * arm_transfer; then the base gets @writeback added. @base: A64: 31 is the stack pointer. @length: bytes of the instruction
 */
struct arm_access {
	u8 count, size, base, length;
	u8 reg[ARM_MAX_TRANSFERS];
	bool is_write, sign_extend, is_64;
	s32 offset, writeback;
};

/** A64. False: something else (vectors, exclusives, atomics, prefetches), or without a defined result. */
bool arm64_decode(u32 insn, struct arm_access *a);
/** @insn: A32, or T32 with the first halfword in the upper half. False: as above. */
bool arm32_decode(u32 insn, bool thumb, struct arm_access *a);
/** Does a T32 instruction that begins so have a second halfword (ARM DDI 0406, A6.1)? */
static inline bool arm32_is_long(u16 first) { return first >> 11 >= 0x1d; }

#endif /* HV_ARM_DECODE_H */
