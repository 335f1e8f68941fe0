/* SPDX-License-Identifier: GPL-2.0 */
/* vmcs - fields and bits of the virtual machine control structure (Intel SDM vol. 3D, appendix B; vol. 3C, chapters 25-28). */
#ifndef VIRT_VMCS_H
#define VIRT_VMCS_H

/* Segments in the order of their field numbers; field of segment n: the first one + 2 * n */
enum vmcs_segment { VMCS_ES, VMCS_CS, VMCS_SS, VMCS_DS, VMCS_FS, VMCS_GS, VMCS_LDTR, VMCS_TR, VMCS_SEGMENTS };

enum vmcs_field {
	/* 16 bits */
	VPID			= 0x0000,
	GUEST_SELECTOR		= 0x0800,	/* + 2 * segment */
	HOST_ES_SELECTOR	= 0x0c00,
	HOST_CS_SELECTOR	= 0x0c02,
	HOST_SS_SELECTOR	= 0x0c04,
	HOST_DS_SELECTOR	= 0x0c06,
	HOST_FS_SELECTOR	= 0x0c08,
	HOST_GS_SELECTOR	= 0x0c0a,
	HOST_TR_SELECTOR	= 0x0c0c,
	/* 64 bits */
	IO_BITMAP_A		= 0x2000,
	IO_BITMAP_B		= 0x2002,
	MSR_BITMAP		= 0x2004,
	TSC_OFFSET		= 0x2010,
	EPT_POINTER		= 0x201a,
	XSS_EXITING_BITMAP	= 0x202c,
	GUEST_PHYSICAL_ADDRESS	= 0x2400,
	VMCS_LINK_POINTER	= 0x2800,
	GUEST_DEBUGCTL		= 0x2802,
	GUEST_PAT		= 0x2804,
	GUEST_EFER		= 0x2806,
	HOST_PAT		= 0x2c00,
	HOST_EFER		= 0x2c02,
	/* 32 bits */
	PIN_CONTROLS		= 0x4000,
	PROC_CONTROLS		= 0x4002,
	EXCEPTION_BITMAP	= 0x4004,
	PAGE_FAULT_MASK		= 0x4006,
	PAGE_FAULT_MATCH	= 0x4008,
	CR3_TARGET_COUNT	= 0x400a,
	EXIT_CONTROLS		= 0x400c,
	EXIT_MSR_STORE_COUNT	= 0x400e,
	EXIT_MSR_LOAD_COUNT	= 0x4010,
	ENTRY_CONTROLS		= 0x4012,
	ENTRY_MSR_LOAD_COUNT	= 0x4014,
	ENTRY_EVENT		= 0x4016,
	ENTRY_EVENT_ERROR	= 0x4018,
	ENTRY_INSN_LENGTH	= 0x401a,
	PROC2_CONTROLS		= 0x401e,
	INSTRUCTION_ERROR	= 0x4400,
	EXIT_REASON		= 0x4402,
	EXIT_EVENT		= 0x4404,
	EXIT_EVENT_ERROR	= 0x4406,
	IDT_VECTORING		= 0x4408,
	IDT_VECTORING_ERROR	= 0x440a,
	EXIT_INSN_LENGTH	= 0x440c,
	GUEST_LIMIT		= 0x4800,	/* + 2 * segment */
	GUEST_GDTR_LIMIT	= 0x4810,
	GUEST_IDTR_LIMIT	= 0x4812,
	GUEST_RIGHTS		= 0x4814,	/* + 2 * segment */
	GUEST_INTERRUPTIBILITY	= 0x4824,
	GUEST_ACTIVITY		= 0x4826,
	GUEST_SYSENTER_CS	= 0x482a,
	PREEMPTION_TIMER	= 0x482e,
	HOST_SYSENTER_CS	= 0x4c00,
	/* natural width */
	CR0_MASK		= 0x6000,
	CR4_MASK		= 0x6002,
	CR0_SHADOW		= 0x6004,
	CR4_SHADOW		= 0x6006,
	EXIT_QUALIFICATION	= 0x6400,
	GUEST_CR0		= 0x6800,
	GUEST_CR3		= 0x6802,
	GUEST_CR4		= 0x6804,
	GUEST_BASE		= 0x6806,	/* + 2 * segment */
	GUEST_GDTR_BASE		= 0x6816,
	GUEST_IDTR_BASE		= 0x6818,
	GUEST_DR7		= 0x681a,
	GUEST_RSP		= 0x681c,
	GUEST_RIP		= 0x681e,
	GUEST_RFLAGS		= 0x6820,
	GUEST_PENDING_DEBUG	= 0x6822,
	GUEST_SYSENTER_ESP	= 0x6824,
	GUEST_SYSENTER_EIP	= 0x6826,
	HOST_CR0		= 0x6c00,
	HOST_CR3		= 0x6c02,
	HOST_CR4		= 0x6c04,
	HOST_FS_BASE		= 0x6c06,
	HOST_GS_BASE		= 0x6c08,
	HOST_TR_BASE		= 0x6c0a,
	HOST_GDTR_BASE		= 0x6c0c,
	HOST_IDTR_BASE		= 0x6c0e,
	HOST_SYSENTER_ESP	= 0x6c10,
	HOST_SYSENTER_EIP	= 0x6c12,
	HOST_RSP		= 0x6c14,
	HOST_RIP		= 0x6c16,
};

#define GUEST_SEGMENT(first, segment)	((enum vmcs_field)((first) + 2 * (segment)))

/* Pin-based controls, 25.6.1 */
#define PIN_EXTERNAL_INTERRUPT	(1U << 0)
#define PIN_NMI			(1U << 3)
#define PIN_VIRTUAL_NMI		(1U << 5)
#define PIN_PREEMPTION_TIMER	(1U << 6)

/* Primary processor-based controls, 25.6.2 */
#define PROC_HLT		(1U << 7)
#define PROC_RDPMC		(1U << 11)
#define PROC_CR3_LOAD		(1U << 15)
#define PROC_CR3_STORE		(1U << 16)
#define PROC_NMI_WINDOW		(1U << 22)
#define PROC_IO_BITMAPS		(1U << 25)
#define PROC_MSR_BITMAPS	(1U << 28)
#define PROC_SECONDARY		(1U << 31)

/* Secondary processor-based controls */
#define PROC2_EPT		(1U << 1)
#define PROC2_RDTSCP		(1U << 3)
#define PROC2_VPID		(1U << 5)
#define PROC2_WBINVD		(1U << 6)
#define PROC2_UNRESTRICTED	(1U << 7)
#define PROC2_INVPCID		(1U << 12)
#define PROC2_XSAVES		(1U << 20)
#define PROC2_WAITPKG		(1U << 26)

/* VM-exit controls, 25.7.1 */
#define EXIT_SAVE_DEBUG		(1U << 2)
#define EXIT_HOST_64BIT		(1U << 9)
#define EXIT_SAVE_PAT		(1U << 18)
#define EXIT_LOAD_PAT		(1U << 19)
#define EXIT_SAVE_EFER		(1U << 20)
#define EXIT_LOAD_EFER		(1U << 21)

/* VM-entry controls, 25.8.1 */
#define ENTRY_LOAD_DEBUG	(1U << 2)
#define ENTRY_IA32E		(1U << 9)
#define ENTRY_LOAD_PAT		(1U << 14)
#define ENTRY_LOAD_EFER		(1U << 15)

/* Access rights of segments, 25.4.1 */
#define RIGHTS_LONG		(1U << 13)
#define RIGHTS_DEFAULT_32	(1U << 14)
#define RIGHTS_PAGES		(1U << 15)	/* limit in units of 4 KiB */
#define RIGHTS_UNUSABLE		(1U << 16)

/* Interruptibility and activity, 25.4.2 */
#define BLOCKED_BY_STI		(1U << 0)
#define BLOCKED_BY_MOV_SS	(1U << 1)
#define BLOCKED_BY_NMI		(1U << 3)
#define ACTIVITY_ACTIVE		0
#define ACTIVITY_HLT		1

/* Events, 25.8.3, 25.9.2, 25.9.3 */
#define EVENT_TYPE(info)	((info) >> 8 & 7)
#define EVENT_NMI		2U
#define EVENT_EXCEPTION		3U
#define EVENT_SOFTWARE		4U	/* and 5, 6: the instruction is executed again */
#define EVENT_INT1		5U
#define EVENT_HAS_ERROR		(1U << 11)
#define EVENT_VALID		(1U << 31)

/* Exit reasons, appendix C */
enum vmx_exit {
	VMX_EXCEPTION_NMI, VMX_EXTERNAL_INTERRUPT, VMX_TRIPLE_FAULT, VMX_INIT, VMX_SIPI,
	VMX_NMI_WINDOW = 8, VMX_TASK_SWITCH, VMX_CPUID, VMX_GETSEC, VMX_HLT, VMX_INVD, VMX_INVLPG, VMX_RDPMC,
	VMX_VMCALL = 18, VMX_VMCLEAR, VMX_VMXOFF = 26, VMX_VMXON, VMX_CR_ACCESS, VMX_DR_ACCESS, VMX_IO, VMX_RDMSR, VMX_WRMSR,
	VMX_INVALID_GUEST = 33, VMX_EPT_VIOLATION = 48, VMX_EPT_MISCONFIGURATION, VMX_INVEPT,
	VMX_PREEMPTION_TIMER = 52, VMX_INVVPID, VMX_WBINVD, VMX_XSETBV, VMX_VMFUNC = 59,
};
#define VMX_REASON(value)	((value) & 0xffff)
#define VMX_ENTRY_FAILED	(1U << 31)

/* Exit qualification of EPT violations, table 28-7 */
#define EPT_VIOLATION_WRITE	(1UL << 1)
#define EPT_VIOLATION_FETCH	(1UL << 2)
#define EPT_VIOLATION_LINEAR	(1UL << 7)	/* a linear address was translated … */
#define EPT_VIOLATION_FINAL	(1UL << 8)	/* … and this is its result, not an entry of the guest's tables */

/* EPT pointer, 25.6.11 */
#define EPTP_WRITE_BACK		6UL
#define EPTP_FOUR_LEVELS	(3UL << 3)

#endif /* VIRT_VMCS_H */
