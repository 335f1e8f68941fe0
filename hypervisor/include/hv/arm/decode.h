/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decode - A64 loads and stores whose syndrome says nothing: pairs, and those that change their base.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_DECODE_H
#define HV_ARM_DECODE_H

#include <hv/arm/syndrome.h>

/**
 * struct arm64_access - one or two registers, one after the other in memory from base + @offset on;
 * then the base gets @writeback added. @base 31 is the stack pointer.
 */
struct arm64_access {
	u8 count;
	struct arm_transfer transfer[2];
	u8 base;
	s32 offset, writeback;
};

/** False: something else (vectors, exclusives, atomics, prefetches), or without a defined result. */
bool arm64_decode(u32 insn, struct arm64_access *a);

#endif /* HV_ARM_DECODE_H */
