// SPDX-License-Identifier: GPL-2.0
/*
 * fetch - the instruction of a guest that made an access, A32 or T32.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/arm/decode.h>

/* A32: a word; T32: the first halfword in the upper half. Not aligned, it may lie in two pages. */
bool arm_fetch_access(struct vcpu *v, u64 pc, struct arm_access *a)
{
	bool thumb = read_sysreg(spsr_el2) & PSR_T;
	u32 first, second = 0;

	if (!arm_fetch(v, pc, 2, &first) || ((!thumb || arm32_is_long(first)) && !arm_fetch(v, pc + 2, 2, &second)))
		return false;
	return arm32_decode(thumb ? first << 16 | second : second << 16 | first, thumb, a);
}
