/* SPDX-License-Identifier: GPL-2.0 */
/*
 * psr - the program status register of AArch32, as far as the hypervisor continues or enters code (ARM DDI 0406, B1.3.3, A2.5.2).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_PSR_H
#define HV_ARM_PSR_H

#include <hv/types.h>

#define PSR_T		(1U << 5)
#define PSR_F		(1U << 6)
#define PSR_I		(1U << 7)
#define PSR_A		(1U << 8)
#define PSR_E		(1U << 9)
#define PSR_J		(1U << 24)
#define PSR_IT		0x0600fc00
#define PSR_MODE	0x1f
enum { MODE_USR = 0x10, MODE_FIQ = 0x11, MODE_IRQ = 0x12, MODE_SVC = 0x13, MODE_ABT = 0x17, MODE_HYP = 0x1a,
       MODE_UND = 0x1b, MODE_SYS = 0x1f };

/** Does the instruction with syndrome @esr, which trapped, run at all? One whose condition fails may trap, too. */
bool arm_condition_passed(u32 esr, u32 psr);
/** @psr behind an instruction: of an IT block, the next one's turn. */
u32 arm_psr_advance(u32 psr);
/** @psr of a handler in @mode, entered from @psr by an exception; @sctlr: of the guest */
u32 arm_psr_of_handler(u32 psr, u32 mode, u32 sctlr);

#endif /* HV_ARM_PSR_H */
