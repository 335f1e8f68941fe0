/* SPDX-License-Identifier: GPL-2.0 */
/* exit - parts of handling an exit that do not depend on how the CPU reports it. */
#ifndef X86_EXIT_H
#define X86_EXIT_H

#include <hv/fault.h>
#include <hv/mmio.h>
#include <hv/vcpu.h>

static inline u64 x86_all_ones(unsigned int size)
{
	return size == 8 ? ~0UL : (1UL << (size * 8)) - 1;
}

/** Result of IN: only 32-bit ones clear the rest of RAX. */
static inline void x86_complete_in(u64 *rax, unsigned int size, u32 value)
{
	*rax = size == 4 ? value : (*rax & ~x86_all_ones(size)) | (value & x86_all_ones(size));
}

/** Access to memory that stage 2 does not map: the APIC page or an emulated region; counted. */
enum vdev_result x86_dispatch_memory(struct vcpu *v, struct mmio_access *a);
void x86_count_msr(struct vcpu *v, u32 msr);

/** Emulated MSRs that live in no backend's structures: the APIC's, writes of XSS. VDEV_GP: it is none of these. */
enum vdev_result x86_common_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value);
/** No type is a reserved one (APM vol. 2, 7.8). */
bool x86_pat_is_valid(u64 pat);

/** An NMI was taken: an announced one is a kick; one of root's own waits for delivery in arch_vcpu.nmi_waits, a cell gets none. */
void x86_note_nmi(struct vcpu *v);

#endif /* X86_EXIT_H */
