/* SPDX-License-Identifier: GPL-2.0 */
/* entry - what ARMv7 adds to <arm/entry.h>. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

/* Of main/, beside those of all ARMs: none */
#define ARM_OWN_SUBSYSTEMS
static inline void arm_note_cpu(void) { }

#endif /* ARCH_ENTRY_H */
