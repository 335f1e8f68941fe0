/* SPDX-License-Identifier: GPL-2.0 */
/* vmx_caps - which controls a CPU gets, decided from its capability registers. Pure: registers are data (SDM vol. 3D, appendix A). */
#ifndef VIRT_VMX_CAPS_H
#define VIRT_VMX_CAPS_H

#include <hv/types.h>

#define VMX_EPT_1G	(1UL << 17)	/* of vmx_caps.ept_vpid */

/** struct vmx_caps - capability MSRs as read, and features whose instructions need a control of their own */
struct vmx_caps {
	u64 feature_control;
	u64 basic, misc, ept_vpid;
	u64 pin, proc, proc2, exit, entry;	/* TRUE ones; low half: bits that must be 1, high half: bits that may be */
	u64 cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	bool rdtscp, invpcid, xsaves, waitpkg;
};

struct vmx_controls {
	u32 pin, proc, proc2, exit, entry;
	/* also set for cells, never for root */
	u32 cell_proc, cell_proc2;
	u32 revision;
	u64 cr0_fixed, cr4_fixed;	/* bits that stay 1, PE and PG aside: the guest may be in any mode */
	bool invept_single;
};

/**
 * Returns 0; -EPERM when the firmware has switched VMX off; -ENODEV when a capability is missing, with its rule in *rule and what the
 * CPU says (a capability register) in *value. @cr0, @cr4: what the CPU runs with now.
 */
int __must_check vmx_choose_controls(const struct vmx_caps *caps, u64 cr0, u64 cr4, struct vmx_controls *out, u32 *rule, u64 *value);

#endif /* VIRT_VMX_CAPS_H */
