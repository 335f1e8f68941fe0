/* SPDX-License-Identifier: GPL-2.0 */
/* entry - what ARM64 adds to <arm/entry.h>. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <hv/subsys.h>

/** A cell in AArch32 state needs CPUs that have it. */
extern const struct subsys_ops subsys_state;
#define ARM_OWN_SUBSYSTEMS	&subsys_state,
/** On each CPU, while it comes in. */
void arm_note_cpu(void);

#endif /* ARCH_ENTRY_H */
