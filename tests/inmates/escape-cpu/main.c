// SPDX-License-Identifier: GPL-2.0
/*
 * escape-cpu: the CPU's own registers and privileged instructions
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule: a cell has its CPU for itself and may set it up as it likes, within what the CPU accepts; it sees neither the hypervisor nor what
 * the hypervisor needs of the CPU, and nothing that it does here reaches another CPU.
 *
 *  - CPUID (hypervisor/vdev/x86/vcpuid.c): no SVM, no features whose MSRs are denied, "Jailhouse" at 0x40000000 and nothing behind it.
 *  - Instructions of SVM and VMX: #UD, as with EFER.SVME clear, which cannot be set: #GP (AMD64 APM vol. 2, 15.4; vol. 3).
 *  - RDPMC: #GP, no counters are offered. WBINVD, WBNOINVD, INVD: nothing happens (hypervisor/virt/svm.c).
 *  - XSETBV, control and debug registers: what the CPU answers by itself. A CPU refuses reserved bits with #GP (APM vol. 2, 3.1); QEMU
 *    takes some of them, then VMRUN refuses the guest's state ("unexpected exit") and the CPU is stopped, which only hurts the cell itself.
 *  - #DB: a breakpoint on, or a single step over, an instruction that exits is the cell's own business; it arrives at the latest behind the
 *    next instruction.
 *  - Exceptions in the delivery of exceptions: #DF and shutdown as by the CPU (APM vol. 2, 8.2.9); the CPU of a cell that shuts down is
 *    stopped. Tables in memory of others: the CPU is stopped for the access, made by whichever micro-operation.
 */
#include <tests/inmates/lib/escape.h>

#define EFER_SVME		(1ULL << 12)

#define CR0_NE			(1UL << 5)
#define CR0_NW			(1UL << 29)
#define CR0_CD			(1UL << 30)
#define CR4_DE			(1UL << 3)
#define CR4_PCE			(1UL << 8)
#define CR4_RESERVED		(1UL << 30)
#define CR3_RESERVED		(1UL << 62)
#define DR7_GD			(1UL << 13)
#define DR6_BD			(1UL << 13)

#define LEAF_HYPERVISOR		0x40000000U
#define EXCP_NP			11

static const char *own_answer(void)
{
	switch (excp_caught.vector) {
	case EXCP_NONE:
	case EXCP_GP:
	case EXCP_UD:
		return "the CPU's own";
	default:
		return answer_exception();
	}
}

static bool own_answer_so_far(void)
{
	return excp_caught.vector == EXCP_NONE || excp_caught.vector == EXCP_GP;
}

/* --- CPUID ------------------------------------------------------------------------------------------------------------------ */

struct hidden {
	u32 leaf, subleaf, mask[4];
};

/* EAX EBX ECX EDX; what must read as zero */
static const struct hidden hidden[] = {
	{ 0x1, 0, { 0, 0, 1U << 5 | 1U << 6 | 1U << 15, 0 } },		/* VMX, SMX, PDCM */
	{ 0x7, 0, { 0, 1U << 2 | 1U << 12 | 1U << 15 | 1U << 25, 0, 0 } },	/* SGX, resource monitoring and control, processor trace */
	{ 0xa, 0, { ~0U, ~0U, ~0U, ~0U } },				/* counters */
	{ 0xf, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x10, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x10, 1, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x12, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x14, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x80000001, 0, { 0, 0, 1U << 2 | 1U << 10 | 1U << 12 | 1U << 23 | 1U << 24 | 1U << 28, 0 } },	/* SVM, IBS, SKINIT, counters */
	{ 0x8000000a, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x8000001b, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x8000001f, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x80000020, 0, { ~0U, ~0U, ~0U, ~0U } },
	{ 0x80000022, 0, { ~0U, ~0U, ~0U, ~0U } },
};

static const char *cpuid_hidden(const struct attack *a)
{
	unsigned int n, i;
	u32 r[4];

	for (n = 0; n < ARRAY_SIZE(hidden); n++) {
		cpuid(hidden[n].leaf, hidden[n].subleaf, &r[0], &r[1], &r[2], &r[3]);
		for (i = 0; i < 4; i++)
			if (r[i] & hidden[n].mask[i])
				return answer("leaf 0x%x shows 0x%x", hidden[n].leaf, r[i]);
	}
	return "hidden";
}

static bool hypervisor_leaf_is_right(u32 leaf)
{
	u32 a, b, c, d;

	cpuid(leaf, 0, &a, &b, &c, &d);
	if (leaf == LEAF_HYPERVISOR)
		return a == LEAF_HYPERVISOR + 1 && b == 0x6c69614a && c == 0x73756f68 && d == 0x65;
	return !a && !b && !c && !d;
}

/* All leaves that any CPU has, every sub-leaf below 8, and one of each 64 Ki beyond: answers, and the same ones again. */
static const char *cpuid_sweep(const struct attack *a)
{
	u32 leaf, sub, r[4], again[4];
	unsigned int n;

	for (n = 0; n < 0x300; n++) {
		leaf = (n & 0xff) | (n < 0x100 ? 0 : n < 0x200 ? LEAF_HYPERVISOR : 0x80000000);
		if ((leaf & ~0xffU) == LEAF_HYPERVISOR && !hypervisor_leaf_is_right(leaf))
			return answer("leaf 0x%x", leaf);
		for (sub = 0; sub < 8; sub++) {
			cpuid(leaf, sub, &r[0], &r[1], &r[2], &r[3]);
			cpuid(leaf, sub, &again[0], &again[1], &again[2], &again[3]);
			if (memcmp(r, again, sizeof(r)))
				return answer("leaf 0x%x changes", leaf);
		}
	}
	for (n = 0; n < 0x10000; n += 16)
		cpuid(n << 16 | 0x99, ~n, &r[0], &r[1], &r[2], &r[3]);
	return "answered";
}

/* --- instructions ------------------------------------------------------------------------------------------------------------ */

/* @insn with registers that would do harm if it were executed */
#define INSN(name_, insn) \
static const char *name_(const struct attack *a) \
{ \
	unsigned long rax = a->address, rcx = a->value, rdx = 0, rbx = 0; \
\
	asm volatile(EXCP_CATCH(insn) : "+a" (rax), "+c" (rcx), "+d" (rdx), "+b" (rbx) : : "memory", "cc"); \
	return answer_exception(); \
}

INSN(insn_vmrun, "vmrun")
INSN(insn_vmload, "vmload")
INSN(insn_vmsave, "vmsave")
INSN(insn_stgi, "stgi")
INSN(insn_clgi, "clgi")
INSN(insn_skinit, "skinit")
INSN(insn_invlpga, "invlpga")
INSN(insn_vmcall, "vmcall")
INSN(insn_vmxon, "vmxon (%%rsp)")
INSN(insn_vmptrld, "vmptrld (%%rsp)")
INSN(insn_rsm, "rsm")
INSN(insn_getsec, "getsec")
INSN(insn_invlpgb, ".byte 0x0f, 0x01, 0xfe")
INSN(insn_psmash, ".byte 0xf3, 0x0f, 0x01, 0xff")
INSN(insn_pvalidate, ".byte 0xf2, 0x0f, 0x01, 0xff")
INSN(insn_rdpmc, "rdpmc")
INSN(insn_rdtscp, "rdtscp")
INSN(insn_wbinvd, "wbinvd")
INSN(insn_wbinvd_prefixed, ".byte 0x66, 0x48; wbinvd")
INSN(insn_wbnoinvd, ".byte 0xf3; wbinvd")
INSN(insn_invd, "invd")

static const char *rdpmc_with_pce(const struct attack *a)
{
	static const u32 counters[] = { 0, 1, 5, 6, 9, 10, 15, 0x40000000, 0x80000000, 0xffffffff };
	unsigned long cr4 = read_cr4();
	unsigned int n;

	write_cr4(cr4 | CR4_PCE);
	for (n = 0; n < ARRAY_SIZE(counters); n++) {
		excp_caught.vector = EXCP_NONE;
		asm volatile(EXCP_CATCH("rdpmc") : : "c" (counters[n]) : "eax", "edx", "memory");
		if (excp_caught.vector != EXCP_GP)
			break;
	}
	write_cr4(cr4);
	return answer_exception();
}

/* The store in between wakes it up at once: MWAIT is no wait for others. */
static const char *monitor_mwait(const struct attack *a)
{
	static volatile u32 line[16] __attribute__((aligned(64)));

	asm volatile(EXCP_CATCH("monitor") : : "a" (line), "c" (0), "d" (0) : "memory");
	line[0] = 1;
	if (excp_caught.vector == EXCP_NONE)
		asm volatile(EXCP_CATCH("mwait") : : "a" (0xf0), "c" (0) : "memory");
	return own_answer();
}

static const char *flush_storm(const struct attack *a)
{
	unsigned int n;

	for (n = 0; n < 5000; n++)
		asm volatile("wbinvd; invd" : : : "memory");
	return "no exception";
}

/* --- control registers --------------------------------------------------------------------------------------------------------- */

static unsigned int try_efer(u64 value)
{
	return try_write_msr(MSR_EFER, value);
}

static const char *efer_svme(const struct attack *a)
{
	u64 efer = read_msr(MSR_EFER);

	if (try_efer(efer | EFER_SVME) == EXCP_GP && read_msr(MSR_EFER) == efer && !(efer & EFER_SVME)) {
		asm volatile(EXCP_CATCH("vmrun") : : "a" (0x1000) : "memory");
		return excp_caught.vector == EXCP_UD ? "#GP" : answer("VMRUN: %s", answer_exception());
	}
	return answer_exception();
}

/* One by one: what is not a feature of this CPU is #GP, and none of them shows SVME. */
static const char *efer_bits(const struct attack *a)
{
	u64 efer = read_msr(MSR_EFER);
	unsigned int bit, vector;

	for (bit = 0; bit < 64; bit++) {
		vector = try_efer(efer ^ 1ULL << bit);
		if (vector != EXCP_GP && (vector != EXCP_NONE || bit > 21 || bit == 12 || bit == 8))
			return answer("bit %u: %s", bit, answer_exception());
		if (read_msr(MSR_EFER) & EFER_SVME)
			return answer("bit %u shows SVME", bit);
		try_efer(efer);
	}
	return read_msr(MSR_EFER) == efer ? "#GP" : "changed";
}

static bool xcr0_bit_exists(unsigned int bit)
{
	u32 eax, ebx, ecx, edx;

	cpuid(0xd, 0, &eax, &ebx, &ecx, &edx);
	return (((u64)edx << 32 | eax) >> bit) & 1;
}

/* Each bit beside x87 and SSE, each XCR, and what cannot be without another one (APM vol. 2, 11.5.2) */
static const char *xsetbv_reserved(const struct attack *a)
{
	static const u64 wrong[] = { 0, 2, 4, 5, 6, 1ULL << 63 | 3, 0x20 | 3, 0x40 | 3, 0x80 | 3, ~0ULL };
	u64 before = xgetbv(0);
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(wrong); n++)
		if (try_xsetbv(0, wrong[n]) != EXCP_GP)
			return answer("0x%llx: %s", wrong[n], answer_exception());
	for (n = 3; n < 64; n++)
		if (!xcr0_bit_exists(n) && try_xsetbv(0, 3 | 1ULL << n) != EXCP_GP)
			return answer("bit %u: %s", n, answer_exception());
	for (n = 1; n < 32; n++)
		if (try_xsetbv(1U << n, 3) != EXCP_GP || try_xsetbv(n, 3) != EXCP_GP)
			return answer("XCR%u: %s", n, answer_exception());
	return xgetbv(0) == before ? "#GP" : "changed";
}

static const char *cr8_bits(const struct attack *a)
{
	unsigned int bit;

	for (bit = 4; bit < 64; bit++) {
		excp_caught.vector = EXCP_NONE;
		asm volatile(EXCP_CATCH("mov %0, %%cr8") : : "r" (1UL << bit) : "memory");
		if (excp_caught.vector != EXCP_NONE && excp_caught.vector != EXCP_GP)
			break;
	}
	asm volatile("mov %0, %%cr8" : : "r" (0UL) : "memory");
	return own_answer();
}

static const char *cr_not_there(const struct attack *a)
{
	asm volatile(EXCP_CATCH(".byte 0x0f, 0x22, 0xc8") : : "a" (0) : "memory");	/* mov %rax, %cr1 */
	if (excp_caught.vector == EXCP_UD)
		asm volatile(EXCP_CATCH(".byte 0x0f, 0x20, 0xe8") : : : "rax", "memory");	/* mov %cr5, %rax */
	if (excp_caught.vector == EXCP_UD)
		asm volatile(EXCP_CATCH(".byte 0x44, 0x0f, 0x22, 0xf8") : : "a" (0) : "memory");	/* mov %rax, %cr15 */
	return answer_exception();
}

static const char *cr3_reserved(const struct attack *a)
{
	asm volatile(EXCP_CATCH("mov %0, %%cr3") : : "r" (read_cr3() | CR3_RESERVED) : "memory");
	cpuid_eax(0, 0);
	return answer_exception();
}

static const char *cr4_reserved(const struct attack *a)
{
	asm volatile(EXCP_CATCH("mov %0, %%cr4") : : "r" (read_cr4() | CR4_RESERVED) : "memory");
	cpuid_eax(0, 0);
	return answer_exception();
}

static const char *cr0_not_write_through(const struct attack *a)
{
	asm volatile(EXCP_CATCH("mov %0, %%cr0") : : "r" (read_cr0() | CR0_NW) : "memory");
	cpuid_eax(0, 0);
	return answer_exception();
}

static const char *cr0_upper_half(const struct attack *a)
{
	unsigned long cr0 = read_cr0();
	unsigned int bit;

	for (bit = 32; bit < 64 && own_answer_so_far(); bit++)
		asm volatile(EXCP_CATCH("mov %0, %%cr0") : : "r" (cr0 | 1UL << bit) : "memory");
	write_cr0(cr0);
	return own_answer();
}

/* No caching, for which nobody else has to wait */
static const char *cr0_uncached(const struct attack *a)
{
	unsigned long cr0 = read_cr0();

	write_cr0(cr0 | CR0_CD);
	cpuid_eax(0, 0);
	write_cr0(cr0);
	return "no exception";
}

/*
 * CR0.NE clear and an unmasked x87 exception: the CPU asserts FERR#, which old boards route to interrupt 13 of the machine (APM vol. 2,
 * 8.2.17). Nobody listens there.
 */
static const char *ferr(const struct attack *a)
{
	static const u16 control = 0x372;	/* division by zero and invalid operation unmasked */
	static const u32 zero;
	unsigned long cr0 = read_cr0();
	unsigned int n;

	for (n = 0; n < 100; n++) {
		write_cr0(cr0 & ~CR0_NE);
		asm volatile("fninit; fldcw %0; fld1; fidivl %1" : : "m" (control), "m" (zero) : "memory");
		asm volatile("fnclex; fninit" : : : "memory");
		write_cr0(cr0);
	}
	return "no exception";
}

/* --- the interrupt table ----------------------------------------------------------------------------------------------------------- */

struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed));

static struct table_register idt_register(void)
{
	struct table_register idt;

	asm volatile("sidt %0" : "=m" (idt));
	return idt;
}

static void load_idt(u64 base, u16 limit)
{
	struct table_register idt = { limit, base };

	asm volatile("lidt %0" : : "m" (idt));
}

static u8 *gate_of(unsigned int vector)
{
	return (u8 *)(unsigned long)idt_register().base + vector * 16;
}

static u8 *gate_type(unsigned int vector)
{
	return gate_of(vector) + 5;
}

/* --- debug registers ------------------------------------------------------------------------------------------------------------ */

static void write_dr7(unsigned long v)
{
	asm volatile("mov %0, %%dr7" : : "r" (v) : "memory");
}

static unsigned long read_dr6(void)
{
	unsigned long v;

	asm volatile("mov %%dr6, %0" : "=r" (v));
	return v;
}

/* GD makes the next access a #DB, which clears it; a real CPU also says BD. Some emulators do not know it. */
static const char *general_detect(const struct attack *a)
{
	unsigned long v;

	write_dr7(0x400 | DR7_GD);
	asm volatile(EXCP_CATCH("mov %%dr0, %0") : "=r" (v) : : "memory");
	write_dr7(0x400);
	if (excp_caught.vector == EXCP_NONE || (excp_caught.vector == EXCP_DB && (read_dr6() & DR6_BD)))
		return "the CPU's own";
	return answer_exception();
}

static const char *dr_reserved(const struct attack *a)
{
	unsigned int bit;

	for (bit = 32; bit < 64; bit++) {
		excp_caught.vector = EXCP_NONE;
		asm volatile(EXCP_CATCH("mov %0, %%dr7") : : "r" (0x400 | 1UL << bit) : "memory");
		if (excp_caught.vector == EXCP_NONE)
			break;
		excp_caught.vector = EXCP_NONE;
		asm volatile(EXCP_CATCH("mov %0, %%dr6") : : "r" (1UL << bit) : "memory");
		if (excp_caught.vector == EXCP_NONE)
			break;
	}
	write_dr7(0x400);
	return own_answer();
}

static const char *dr4_with_de(const struct attack *a)
{
	unsigned long cr4 = read_cr4(), v;

	write_cr4(cr4 | CR4_DE);
	asm volatile(EXCP_CATCH("mov %%dr4, %0") : "=r" (v) : : "memory");
	write_cr4(cr4);
	return answer_exception();
}

static const char *breakpoint_on_exit(const struct attack *a)
{
	unsigned long where, dr7 = 0x401;	/* breakpoint 0, execution */

	asm volatile("lea 771f(%%rip), %0\n"
		     "mov %0, %%dr0\n"
		     "mov %1, %%dr7\n"
		     "xor %%eax, %%eax\n"
		     EXCP_CATCH("cpuid")
		     : "=&r" (where) : "r" (dr7) : "rax", "rbx", "rcx", "rdx", "memory");
	write_dr7(0x400);
	return answer_exception();
}

/* Counts #DB and clears TF, so that one step remains one. */
asm(".pushsection .text\n"
    "step_handler:\n"
    "	incl	steps\n"
    "	mov	(%rsp), %r15\n"
    "	mov	%r15, step_ip\n"
    "	andq	$~0x100, 16(%rsp)\n"
    "	iretq\n"
    ".popsection");

extern u8 step_handler[];
u32 steps;
u64 step_ip;

/* TF is set by POPF: the trap belongs to the instruction behind it, or, where the hypervisor completes that one, to the next. */
static const char *step_over_exit(const struct attack *a)
{
	u16 *gate = (u16 *)gate_of(EXCP_DB), old[4];
	unsigned long behind;

	memcpy(old, gate, sizeof(old));
	gate[0] = (u16)(unsigned long)step_handler;
	gate[3] = (u16)((unsigned long)step_handler >> 16);
	steps = 0;
	asm volatile("pushf\n"
		     "orq $0x100, (%%rsp)\n"
		     "xor %%eax, %%eax\n"
		     "popf\n"
		     "cpuid\n"
		     "771: nop\n"
		     "nop\n"
		     "nop\n"
		     "lea 771b(%%rip), %0"
		     : "=r" (behind) : : "rax", "rbx", "rcx", "rdx", "r15", "memory", "cc");
	memcpy(gate, old, sizeof(old));
	if (steps == 1 && step_ip - behind <= 1)
		return "#DB";
	return answer("%u steps, %lld behind", steps, (s64)(step_ip - behind));
}

/* --- nested exceptions --------------------------------------------------------------------------------------------------------------- */

/* The #GP that the hypervisor injects finds no gate: #NP in the delivery of #GP is #DF. */
static const char *double_fault(const struct attack *a)
{
	u8 *gp = gate_type(EXCP_GP), *np = gate_type(EXCP_NP), old_gp = *gp, old_np = *np;
	u64 v;

	*gp = 0;
	*np = 0;
	try_read_msr(0xc0010117, &v);
	*gp = old_gp;
	*np = old_np;
	return answer_exception();
}

static const char *double_fault_storm(const struct attack *a)
{
	const char *got = "#DF";
	unsigned int n;

	for (n = 0; n < 2000 && !strcmp(got, "#DF"); n++)
		got = double_fault(a);
	return got;
}

/* As above, but neither is there a gate for #DF. */
static const char *triple_by_injection(const struct attack *a)
{
	load_idt(0, 0);
	read_msr(0xc0010117);
	return "no exception";
}

/* A CPU that does not take such a base answers #GP (SDM vol. 2, LIDT). */
static const char *triple_in_64bit(const struct attack *a)
{
	const struct table_register idt = { 0xfff, 1UL << 63 };	/* not canonical */

	asm volatile(EXCP_CATCH("lidt %0") : : "m" (idt));
	if (excp_caught.vector != EXCP_NONE)
		return answer_exception();
	asm volatile("int3");
	return "no exception";
}

static const char *foreign_idt(const struct attack *a)
{
	load_idt((unsigned long)reach(a->address), 0xfff);
	asm volatile("ud2");
	return "no exception";
}

static const char *foreign_idt_by_injection(const struct attack *a)
{
	load_idt((unsigned long)reach(a->address), 0xfff);
	read_msr(0xc0010117);
	return "no exception";
}

static const char *foreign_gdt(const struct attack *a)
{
	struct table_register gdt = { 0xfff, (unsigned long)reach(a->address) };

	asm volatile("lgdt %0; mov %1, %%es" : : "m" (gdt), "r" (0x18));
	return "no exception";
}

/* The frame of an exception that is injected goes to a stack in memory of others. */
static const char *foreign_stack_by_injection(const struct attack *a)
{
	u8 *stack = (u8 *)reach(a->address) + PAGE_SIZE;

	asm volatile("mov %0, %%rsp; mov $0xc0010117, %%ecx; rdmsr" : : "r" (stack) : "memory", "rax", "rcx", "rdx");
	return "no exception";
}

static const char *own_page_tables_at(const struct attack *a)
{
	write_cr3(a->address);
	return "no exception";
}

#define SVM_INSN(insn, target_) \
	{ #insn, target_, "#UD", .run = insn_##insn, .address = ROOT_RAM, .value = 0 }

static const struct attack attacks[] = {
	{ "cpuid-hidden", "what the MSR policy denies", "hidden", .run = cpuid_hidden },
	{ "cpuid-sweep", "all leaves", "answered", .run = cpuid_sweep },
	SVM_INSN(vmrun, "a guest of its own"),
	{ "vmrun-hv", "the hypervisor as VMCB", "#UD", .run = insn_vmrun, .address = HV_START },
	SVM_INSN(vmload, "root's memory as state"),
	SVM_INSN(vmsave, "root's memory"),
	{ "vmsave-hv", "the hypervisor's memory", "#UD", .run = insn_vmsave, .address = HV_START },
	SVM_INSN(stgi, "the global interrupt flag"),
	SVM_INSN(clgi, "the global interrupt flag"),
	SVM_INSN(skinit, "the whole machine"),
	{ "invlpga", "the hypervisor's TLB (ASID 0)", "#UD", .run = insn_invlpga, .address = ROOT_RAM, .value = 0 },
	{ "invlpga-park", "ASID 2", "#UD", .run = insn_invlpga, .address = 0, .value = 2 },
	SVM_INSN(vmcall, "VMX"),
	SVM_INSN(vmxon, "VMX"),
	SVM_INSN(vmptrld, "VMX"),
	SVM_INSN(rsm, "SMM"),
	SVM_INSN(getsec, "SMX"),
	SVM_INSN(invlpgb, "TLBs of all CPUs"),
	SVM_INSN(psmash, "the reverse map table"),
	SVM_INSN(pvalidate, "the reverse map table"),
	{ "rdpmc", "counters", "#GP", .run = insn_rdpmc },
	{ "rdpmc-pce", "counters, with CR4.PCE", "#GP", .run = rdpmc_with_pce },
	{ "rdtscp", "TSC and TSC_AUX", "no exception", .run = insn_rdtscp },
	{ "wbinvd", "shared caches", "no exception", .run = insn_wbinvd },
	{ "wbinvd-prefixed", "shared caches", "no exception", .run = insn_wbinvd_prefixed },
	{ "wbnoinvd", "shared caches", "no exception", .run = insn_wbnoinvd },
	{ "invd", "what others have in caches", "no exception", .run = insn_invd },
	{ "flush-storm", "time of others", "no exception", .run = flush_storm },
	{ "mwait", "idle states", "the CPU's own", .run = monitor_mwait },
	{ "efer-svme", "SVM", "#GP", .run = efer_svme },
	{ "efer-bits", "EFER, bit by bit", "#GP", .run = efer_bits },
	{ "xsetbv", "XCR0, reserved combinations", "#GP", .run = xsetbv_reserved },
	{ "cr8-bits", "CR8, reserved bits", "the CPU's own", .run = cr8_bits },
	{ "cr0-upper", "upper half of CR0", "the CPU's own", .run = cr0_upper_half },
	{ "cr0-cd", "caches of the own CPU", "no exception", .run = cr0_uncached },
	{ "cr-none", "CR1, CR5, CR15", "#UD", .run = cr_not_there },
	{ "ferr", "interrupt 13 of the machine", "no exception", .run = ferr },
	/* #DB: once, but in Bochs without DR6.BD where it is intercepted by SVM */
	{ "dr7-gd", "debug registers, general detect", "the CPU's own or #DB", .run = general_detect },
	{ "dr-reserved", "upper halves of DR6 and DR7", "the CPU's own", .run = dr_reserved },
	{ "dr4", "DR4 with debugging extensions", "#UD", .run = dr4_with_de },
	{ "breakpoint", "breakpoint on an instruction that exits", "#DB", .run = breakpoint_on_exit },
	{ "single-step", "single step over an instruction that exits", "#DB", .run = step_over_exit },
	{ "double-fault", "#NP while #GP is injected", "#DF", .run = double_fault },
	{ "double-fault-storm", "the same 2000 times", "#DF", .run = double_fault_storm },
	{ "cr3-reserved", "reserved bit of CR3", "stopped: unexpected exit or #GP", .run = cr3_reserved },
	{ "cr4-reserved", "reserved bit of CR4", "stopped: unexpected exit or #GP", .run = cr4_reserved },
	{ "cr0-nw", "CR0.NW without CD", "stopped: unexpected exit or #GP", .run = cr0_not_write_through },
	{ "triple-fault", "shutdown by an injected exception", "stopped: shutdown", .run = triple_by_injection },
	{ "triple-fault-64", "shutdown, table at no address", "stopped: shutdown or #GP", .run = triple_in_64bit },
	{ "idt-root", "interrupt table in root's memory", "stopped: memory read", .run = foreign_idt, .address = ROOT_RAM },
	{ "idt-hv", "interrupt table in the hypervisor", "stopped: memory read", .run = foreign_idt, .address = HV_START },
	{ "idt-injected", "the same, for an injected exception", "stopped: memory read", .run = foreign_idt_by_injection,
	  .address = HV_START },
	{ "gdt-root", "descriptor table in root's memory", "stopped: memory read", .run = foreign_gdt, .address = ROOT_RAM },
	{ "stack-injected", "stack in root's memory, exception injected", "stopped: memory write", .run = foreign_stack_by_injection,
	  .address = ROOT_RAM },
	{ "cr3-hv", "page table in the hypervisor", "stopped: memory", .run = own_page_tables_at, .address = HV_START },
	{ "cr3-victim", "page table in the victim", "stopped: memory", .run = own_page_tables_at, .address = VICTIM_RAM },
};

void inmate_main(void)
{
	escape_main("escape-cpu", attacks, ARRAY_SIZE(attacks));
}
