/* SPDX-License-Identifier: GPL-2.0 */
/*
 * regs - guest register file as entry code saves it; index = x86 register number (AMD APM vol. 3,
 * 1.4: ModRM/SIB encoding).
 */
#ifndef HV_X86_REGS_H
#define HV_X86_REGS_H

#include <hv/types.h>

enum {
	X86_RAX,
	X86_RCX,
	X86_RDX,
	X86_RBX,
	X86_RSP,
	X86_RBP,
	X86_RSI,
	X86_RDI,
	X86_R8,
	X86_R15 = 15,
};

/** struct x86_regs - RSP's slot is kept in step with the VMCB by entry code */
struct x86_regs { u64 r[16]; };

/** struct x86_paging - what a software walk of guest tables needs */
struct x86_paging { u64 cr0, cr3, cr4, efer; bool user; };

#endif
