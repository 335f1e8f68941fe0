/* SPDX-License-Identifier: GPL-2.0 */
/* vcpu - x86 state of a CPU: the public part and the part that only its own CPU maps. */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <hv/types.h>
#include <hv/x86/regs.h>

struct arch_pcpu {
	/* 0→1 by the kicker, who then sends one NMI; 1→0 by the host NMI handler of the target: one NMI per transition. */
	u32 kick_pending;
	u64 kicked_at_us;		/* when the NMI was sent; any kicker writes it */
	bool kicked_again;		/* a second NMI was sent, which may not have merged with the first; the target clears it */
	u8 late_kicks;			/* so many may still come as long after @handled_at_us; the CPU's own, both */
	u64 handled_at_us;
};

struct arch_vcpu {
	struct x86_regs regs;		/* first: entry.S saves and loads it */
	u64 efer_shadow;		/* EFER bits that belong to us, as the guest believes them (SVME) */
	u64 hsave_shadow;		/* VM_HSAVE_PA as root believes it */
	bool in_vmx;			/* root believes that it is in VMX operation (KVM) */
	bool wait_for_sipi;
	bool nmi_blocked;		/* root handles one that was injected; until its IRET */
	bool nmi_waits;			/* the next one, meanwhile */
};

#endif /* ARCH_VCPU_H */
