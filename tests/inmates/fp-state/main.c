// SPDX-License-Identifier: GPL-2.0
/*
 * fp-state: floating-point and vector registers belong to the cell alone
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The x87, SSE and AVX registers are no part of what SVM or VMX switch between hypervisor and guest: they simply stay in the CPU.
 * From this follow two rules.
 *
 * 1. Nothing leaks in. A CPU that Linux used a moment ago still holds Linux's vectors (keys of a disk cipher, for example). When the
 *    cell starts, all of these registers must hold what the architecture defines for them: data registers zero, tag word empty,
 *    status word zero, control word 0x37f (after FINIT; APM vol. 2, 11.5.10, table 11-4) or 0x40 (after RESET; APM vol. 2, table
 *    14-1), MXCSR 0x1f80. This program looks before it uses them for the first time; its library never touches them.
 *
 * 2. Nothing gets lost. Whatever makes the CPU leave the cell for the hypervisor and come back (hypercall, CPUID, an emulated MSR,
 *    configuration space, an interrupt out of HLT) leaves every bit of these registers alone, and XCR0 too. The program loads values of
 *    its own into all of them (XRSTOR), causes many exits of each kind, takes a picture (XSAVE) after each and compares.
 *
 * The bytes for the last x87 instruction and its operand are left out of the comparison: AMD CPUs save them only while an
 * exception is pending (APM vol. 2, 11.4.4).
 *
 * Parameters: count=N: exits of each kind (500). bare: no hypervisor is there, do not call it.
 */
#include <tests/inmates/lib/check.h>

#define XSAVE_AREA_SIZE		1024
#define FXSAVE_SIZE		512
#define AVX_OFFSET		576	/* CPUID 0xd.2 EBX; checked below */
#define AVX_SIZE		256

#define FCW			0	/* offsets: APM vol. 2, figure 11-8 */
#define FSW			2
#define FTW			4
#define MXCSR			24
#define ST0			32
#define XMM0			160
#define XMM_END			416
#define XSTATE_BV		512

#define MXCSR_RESET		0x1f80
#define STATE_COMPONENTS	7	/* x87, SSE, AVX */

struct area {
	u8 bytes[XSAVE_AREA_SIZE];
} __attribute__((aligned(64)));

static struct area at_start, wanted, seen;
static bool has_xsave, has_avx;

static void save(struct area *area)
{
	memset(area, 0, sizeof(*area));
	if (has_xsave)
		asm volatile("xsave %0" : "+m" (*area) : "a" (STATE_COMPONENTS), "d" (0) : "memory");
	else
		asm volatile("fxsave %0" : "=m" (*area) : : "memory");
}

static void load(const struct area *area)
{
	if (has_xsave)
		asm volatile("xrstor %0" : : "m" (*area), "a" (STATE_COMPONENTS), "d" (0) : "memory");
	else
		asm volatile("fxrstor %0" : : "m" (*area) : "memory");
}

static u16 word(const struct area *area, unsigned int offset)
{
	return area->bytes[offset] | (area->bytes[offset + 1] << 8);
}

static bool all_zero(const struct area *area, unsigned int start, unsigned int end)
{
	while (start < end)
		if (area->bytes[start++])
			return false;
	return true;
}

/* --- rule 1 ------------------------------------------------------------------------------------------------------ */

/* XSAVE may leave out a component in its initial state and clear its bit of XSTATE_BV: the area was zeroed, which is the same. */
static void check_start(void)
{
	u16 fcw = word(&at_start, FCW);

	check(fcw == 0x37f || fcw == 0x40, "x87 control word is reset at start (0x%x)", fcw);
	check(!word(&at_start, FSW), "x87 status word is zero at start (0x%x)", word(&at_start, FSW));
	check(!at_start.bytes[FTW], "x87 registers are empty at start (0x%x)", at_start.bytes[FTW]);
	check(word(&at_start, MXCSR) == MXCSR_RESET, "MXCSR is reset at start (0x%x)", word(&at_start, MXCSR));
	check(all_zero(&at_start, ST0, XMM0), "x87 and MMX data registers are zero at start");
	check(all_zero(&at_start, XMM0, XMM_END), "SSE registers are zero at start");
	if (has_avx)
		check(all_zero(&at_start, AVX_OFFSET, AVX_OFFSET + AVX_SIZE), "upper halves of the AVX registers are zero at start");
}

/* --- rule 2 ------------------------------------------------------------------------------------------------------ */

static void prepare_values(void)
{
	unsigned int n, reg;

	memset(&wanted, 0, sizeof(wanted));
	for (n = ST0; n < XMM_END; n++)
		wanted.bytes[n] = (u8)(n * 37 + 11);
	for (reg = 0; reg < 8; reg++)	/* 80 bits each, the rest is reserved */
		memset(&wanted.bytes[ST0 + reg * 16 + 10], 0, 6);
	for (n = AVX_OFFSET; has_avx && n < AVX_OFFSET + AVX_SIZE; n++)
		wanted.bytes[n] = (u8)(n * 59 + 3);

	wanted.bytes[FCW] = 0x7f;	/* all masked, 53 bits, round down: not the reset value */
	wanted.bytes[FCW + 1] = 0x06;
	wanted.bytes[FTW] = 0xff;
	wanted.bytes[MXCSR] = 0x80;	/* all masked, round to zero, flush to zero */
	wanted.bytes[MXCSR + 1] = 0xff;
	wanted.bytes[XSTATE_BV] = has_avx ? 7 : 3;
}

static bool differs(unsigned int start, unsigned int end)
{
	return memcmp(&wanted.bytes[start], &seen.bytes[start], end - start);
}

static bool state_is_kept(void)
{
	unsigned int xmm_end = sizeof(long) == 8 ? XMM_END : XMM0 + 8 * 16;

	save(&seen);
	return !differs(FCW, FTW + 1) && !differs(MXCSR, MXCSR + 4) && !differs(ST0, xmm_end) &&
		!(has_avx && differs(AVX_OFFSET, AVX_OFFSET + AVX_SIZE));
}

static void exit_none(void)
{
}

static void exit_cpuid(void)
{
	cpuid_eax(0, 0);
}

static void exit_cpuid_xsave(void)
{
	cpuid_eax(0xd, 0);
}

static void exit_msr_read(void)
{
	read_msr(X2APIC_ID);
}

static void exit_msr_write(void)
{
	write_msr(X2APIC_TPR, 0);
}

static void exit_pci(void)
{
	pci_read_config(0, PCI_CFG_VENDOR_ID, 2);
}

static void exit_hypercall(void)
{
	jailhouse_call_arg1(JAILHOUSE_HC_CELL_GET_STATE, 0);
}

static void exit_xsetbv(void)
{
	if (has_xsave)
		xsetbv(0, xgetbv(0));
}

static void exit_interrupt(void)
{
	delay_us(1000);
}

struct exit_kind {
	const char *name;
	void (*act)(void);
	unsigned int divider;	/* fewer of the slow ones */
	bool needs_hypervisor;
};

static const struct exit_kind exits[] = {
	{ "no exit", exit_none, 1, false },
	{ "CPUID", exit_cpuid, 1, false },
	{ "CPUID of the XSAVE leaf", exit_cpuid_xsave, 1, false },
	{ "reading an emulated MSR", exit_msr_read, 1, false },
	{ "writing an emulated MSR", exit_msr_write, 1, false },
	{ "PCI configuration access", exit_pci, 1, false },
	{ "XSETBV", exit_xsetbv, 1, false },
	{ "hypercall", exit_hypercall, 1, true },
	{ "halt and timer interrupt", exit_interrupt, 20, true },
};

static void test_exits(const struct exit_kind *kind, unsigned int count)
{
	u64 xcr0 = has_xsave ? xgetbv(0) : 0;
	unsigned int n, lost = 0;

	load(&wanted);
	for (n = 0; n < count; n++) {
		kind->act();
		if (state_is_kept())
			continue;
		lost++;
		load(&wanted);
	}
	check(!lost, "all registers survive %u times: %s", count, kind->name);
	check(!has_xsave || xgetbv(0) == xcr0, "XCR0 survives: %s", kind->name);
}

void inmate_main(void)
{
	bool bare = cmdline_parse_bool("bare", false);
	unsigned int count = (unsigned int)cmdline_parse_int("count", 500);
	unsigned int n;

	has_xsave = cpuid_ecx(1, 0) & X86_CPUID1_ECX_XSAVE;
	has_avx = has_xsave && (cpuid_ecx(1, 0) & X86_CPUID1_ECX_AVX) && cpuid_ebx(0xd, 2) == AVX_OFFSET;
	save(&at_start);

	test_begin("fp-state");
	printk("# XSAVE: %s, AVX: %s\n", has_xsave ? "yes" : "no", has_avx ? "yes" : "no");
	check_start();

	prepare_values();
	for (n = 0; n < ARRAY_SIZE(exits); n++)
		if (!bare || !exits[n].needs_hypervisor)
			test_exits(&exits[n], count / exits[n].divider);
	test_end();
}
