/* SPDX-License-Identifier: GPL-2.0 */
/* scrub_msrs - model-specific registers that become 0 when a CPU changes its owner, as far as it has them. */
#ifndef X86_SCRUB_MSRS_H
#define X86_SCRUB_MSRS_H

#include <hv/types.h>

struct x86_msr_range { u32 first, last; };

extern const struct x86_msr_range x86_scrub_msrs[];
extern const u32 x86_scrub_msr_ranges;

#endif /* X86_SCRUB_MSRS_H */
