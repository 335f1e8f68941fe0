/* SPDX-License-Identifier: GPL-2.0 */
/* vmcb - virtual machine control block (AMD APM vol. 2, appendix B). */
#ifndef VIRT_VMCB_H
#define VIRT_VMCB_H

#include <hv/types.h>

struct vmcb_seg {
	u16 selector;
	u16 attrib;		/* descriptor bits 55:52, 47:40 */
	u32 limit;
	u64 base;
} __attribute__((packed));

#define VMCB_ATTR_LONG		(1U << 9)
#define VMCB_ATTR_DEFAULT_32	(1U << 10)

struct vmcb {
	/* control area, B-1 */
	u16 intercept_cr_read, intercept_cr_write;
	u16 intercept_dr_read, intercept_dr_write;
	u32 intercept_exceptions;
	u32 intercept1;			/* VMCB_INT1_* */
	u32 intercept2;			/* VMCB_INT2_* */
	u32 intercept3;
	u8 reserved1[0x3c - 0x18];
	u16 pause_threshold, pause_count;
	u64 iopm_pa, msrpm_pa, tsc_offset;
	u32 asid;
	u8 tlb_control;
	u8 reserved2[3];
	u64 vintr;
	u64 interrupt_shadow;
	u64 exitcode, exitinfo1, exitinfo2, exitintinfo;
	u64 np_enable;
	u64 avic_apic_bar, ghcb;
	u64 eventinj;
	u64 n_cr3;
	u64 lbr_enable;
	u32 clean;
	u32 reserved3;
	u64 nrip;
	u8 insn_count, insn_bytes[15];
	u8 reserved4[0x400 - 0xe0];
	/* state save area, B-2 */
	struct vmcb_seg es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved5[0x4cb - 0x4a0];
	u8 cpl;
	u32 reserved6;
	u64 efer;
	u8 reserved7[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved8[0x5d8 - 0x580];
	u64 rsp;
	u64 s_cet, ssp, isst_addr;
	u64 rax;
	u64 star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	u8 reserved9[0x668 - 0x648];
	u64 g_pat, dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	u8 reserved10[0x6e0 - 0x698];
	u64 spec_ctrl;
	u8 reserved11[0x1000 - 0x6e8];
} __attribute__((packed));

#define VMCB_AT(field, off) _Static_assert(offsetof(struct vmcb, field) == (off), #field)
VMCB_AT(iopm_pa, 0x40);
VMCB_AT(asid, 0x58);
VMCB_AT(exitcode, 0x70);
VMCB_AT(np_enable, 0x90);
VMCB_AT(eventinj, 0xa8);
VMCB_AT(n_cr3, 0xb0);
VMCB_AT(nrip, 0xc8);
VMCB_AT(es, 0x400);
VMCB_AT(tr, 0x490);
VMCB_AT(cpl, 0x4cb);
VMCB_AT(efer, 0x4d0);
VMCB_AT(cr4, 0x548);
VMCB_AT(rip, 0x578);
VMCB_AT(rsp, 0x5d8);
VMCB_AT(rax, 0x5f8);
VMCB_AT(star, 0x600);
VMCB_AT(cr2, 0x640);
VMCB_AT(g_pat, 0x668);
VMCB_AT(spec_ctrl, 0x6e0);
_Static_assert(sizeof(struct vmcb) == PAGE_SIZE, "one page");

/* intercept vector 3 (offset 0xc) and 4 (offset 0x10) */
#define VMCB_INT1_NMI		(1U << 1)
#define VMCB_INT1_INIT		(1U << 3)
#define VMCB_INT1_RDPMC		(1U << 15)
#define VMCB_INT1_CPUID		(1U << 18)
#define VMCB_INT1_IRET		(1U << 20)
#define VMCB_INT1_INVD		(1U << 22)
#define VMCB_INT1_INVLPGA	(1U << 26)
#define VMCB_INT1_IOIO		(1U << 27)
#define VMCB_INT1_MSR		(1U << 28)
#define VMCB_INT1_SHUTDOWN	(1U << 31)
#define VMCB_INT2_VMRUN		(1U << 0)
#define VMCB_INT2_VMMCALL	(1U << 1)
#define VMCB_INT2_VMLOAD	(1U << 2)
#define VMCB_INT2_VMSAVE	(1U << 3)
#define VMCB_INT2_STGI		(1U << 4)
#define VMCB_INT2_CLGI		(1U << 5)
#define VMCB_INT2_SKINIT	(1U << 6)
#define VMCB_INT2_WBINVD	(1U << 9)	/* and WBNOINVD */

/* exit codes, appendix C */
#define VMEXIT_EXCEPTION	0x40	/* + vector */
#define VMEXIT_NMI		0x61
#define VMEXIT_INIT		0x63
#define VMEXIT_RDPMC		0x6f
#define VMEXIT_CPUID		0x72
#define VMEXIT_IRET		0x74
#define VMEXIT_INVD		0x76
#define VMEXIT_INVLPGA		0x7a
#define VMEXIT_IOIO		0x7b
#define VMEXIT_MSR		0x7c
#define VMEXIT_SHUTDOWN		0x7f
#define VMEXIT_VMRUN		0x80
#define VMEXIT_VMMCALL		0x81
#define VMEXIT_STGI		0x84
#define VMEXIT_SKINIT		0x86
#define VMEXIT_WBINVD		0x89
#define VMEXIT_NPF		0x400
#define VMEXIT_INVALID		(~0ULL)

/* EVENTINJ, 15.20 */
#define VMCB_EVENT_NMI		(2U << 8)
#define VMCB_EVENT_EXCEPTION	(3U << 8)
#define VMCB_EVENT_ERROR_CODE	(1U << 11)
#define VMCB_EVENT_VALID	(1U << 31)

#define VMCB_TLB_FLUSH_ALL	1
#define VMCB_TLB_FLUSH_ASID	3

/* NPF EXITINFO1, 15.25.6 */
#define NPF_WRITE		(1UL << 1)
#define NPF_FETCH		(1UL << 4)
#define NPF_TABLE_WALK		(1UL << 33)

#endif /* VIRT_VMCB_H */
