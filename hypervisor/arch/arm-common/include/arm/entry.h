/* SPDX-License-Identifier: GPL-2.0 */
/* entry - parts of handling an exit that all ARMs have in common. */
#ifndef ARM_ENTRY_H
#define ARM_ENTRY_H

#include <hv/arm/syndrome.h>
#include <hv/fault.h>
#include <hv/mmio.h>
#include <hv/vcpu.h>

/** Hand on an interrupt, if the controller has one for this CPU. True: it was a kick, and the mailbox has something. */
bool arm_take_interrupt(struct vcpu *v);
/** One access to memory that stage 2 does not map; false: the CPU is stopped. @pc: for the line about it */
bool arm_emulate(struct vcpu *v, const struct arm_transfer *t, u64 address, u64 pc);
/** The guest broke its borders and cannot go on. */
void arm_violation(struct vcpu *v, enum fault_kind kind, u64 address, u64 value, u64 pc);
/** Parked: wait at EL2 until there is something to do. */
void arm_wait_while_parked(struct vcpu *v);

#endif /* ARM_ENTRY_H */
