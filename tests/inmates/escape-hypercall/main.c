// SPDX-License-Identifier: GPL-2.0
/*
 * escape-hypercall: every hypercall, with hostile arguments, from every mode
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell may ask about its own CPUs and, if its configuration says so, write characters to the hypervisor's console. What manages
 * the system is root's: -EPERM, before an argument is looked at. Unknown numbers, all 64 bits of them: -ENOSYS. CPU_GET_INFO: -EINVAL for
 * a CPU that does not exist and for a type that does not exist, -EPERM for a CPU of somebody else.
 *
 * The caller has to be in kernel mode, else -EPERM; it may be in any mode of operation: 64 bits, 32 and 16 bits with and without paging,
 * real mode; virtual-8086 mode is user mode (escape-modes). Outside of 64-bit mode numbers and arguments are 32 bits wide, whatever the
 * upper halves of registers hold from before. The result is in RAX; no other register changes.
 *
 * Source: include/jailhouse/hypercall.h; hypervisor/core/hypercall.c, handle_hypercall() in hypervisor/arch/x86/entry/exit_common.inc.
 */
#include <tests/inmates/lib/escape.h>
#include <tests/inmates/lib/hypercall_site.h>

#define RANDOM_CALLS	2000
#define STORM_CALLS	20000
#define OWN_CPU		3
#define USER_EXIT	0x80

static s64 call(u64 nr, u64 arg1, u64 arg2)
{
	s64 result;

	asm volatile(HYPERCALL : "=a" (result) : "a" (nr), "D" (arg1), "S" (arg2) : "memory");
	return result;
}

static const char *error_name(s64 result)
{
	switch (result) {
	case -EPERM:
		return "-EPERM";
	case -EINVAL:
		return "-EINVAL";
	case -ENOSYS:
		return "-ENOSYS";
	default:
		return answer("%lld", result);
	}
}

static u64 next_random(void)
{
	static u64 x = 88172645463325252ULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* --- numbers and arguments -------------------------------------------------------------------------------------------------- */

static const u64 hostile[] = {
	0, 1, 3, 7, 0xfff, 0x1000, OWN_END - 1, ROOT_RAM, ROOT_RAM + 1, HV_START, HV_END - 8, VICTIM_RAM, MMCONFIG, LOCAL_APIC, 0xfffff000,
	0xffffffff, 0x100000000, 0x100000003, 0xfffffffffffff, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffff000, ~7ULL, ~0ULL,
};

static const u64 roots_calls[] = {
	JAILHOUSE_HC_DISABLE, JAILHOUSE_HC_CELL_CREATE, JAILHOUSE_HC_CELL_START, JAILHOUSE_HC_CELL_SET_LOADABLE,
	JAILHOUSE_HC_CELL_DESTROY, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_HC_CELL_GET_STATE, JAILHOUSE_HC_X_PANIC_DISABLE,
	JAILHOUSE_HC_X_VERIFY,
};

static const char *management(const struct attack *a)
{
	unsigned int n, i, j;

	for (n = 0; n < ARRAY_SIZE(roots_calls); n++)
		for (i = 0; i < ARRAY_SIZE(hostile); i++)
			for (j = 0; j < ARRAY_SIZE(hostile); j += 7)
				if (call(roots_calls[n], hostile[i], hostile[j]) != -EPERM)
					return answer("call %llu with 0x%llx", roots_calls[n], hostile[i]);
	return "-EPERM";
}

static bool is_known(u64 nr)
{
	return nr <= JAILHOUSE_HC_DEBUG_CONSOLE_PUTC || nr == JAILHOUSE_HC_X_PANIC_DISABLE ||
	       nr == JAILHOUSE_HC_X_VERIFY;
}

static const char *unknown_number(u64 nr)
{
	s64 result = is_known(nr) ? -ENOSYS : call(nr, next_random(), next_random());

	return result == -ENOSYS ? NULL : answer("0x%llx: %lld", nr, result);
}

static const char *unknown(const struct attack *a)
{
	const char *wrong = NULL;
	u64 nr;
	u32 n;

	for (nr = 0; nr < 0x2000 && !wrong; nr++)
		wrong = unknown_number(nr);
	for (nr = 0; nr < 0x20 && !wrong; nr++)
		for (n = 32; n < 64 && !wrong; n++)
			wrong = unknown_number(nr | 1ULL << n);
	for (n = 0; n < RANDOM_CALLS && !wrong; n++)
		wrong = unknown_number(next_random() >> (n & 63));
	return wrong ? wrong : "-ENOSYS";
}

static s64 expected_info(u64 cpu, u64 type)
{
	if (cpu > OWN_CPU)
		return -EINVAL;
	if (cpu != OWN_CPU)
		return -EPERM;
	return type == JAILHOUSE_CPU_INFO_STATE || (type >= JAILHOUSE_CPU_INFO_STAT_BASE &&
						    type < JAILHOUSE_CPU_INFO_STAT_BASE + JAILHOUSE_NUM_CPU_STATS) ? 0 : -EINVAL;
}

static const char *cpu_info(const struct attack *a)
{
	static const u64 types[] = { 0, 1, 2, 999, 1000, 1005, 1011, 1012, 0xffffffff, 0x100000000, 0x1000003e8, ~0ULL, 1ULL << 63 };
	unsigned int n, i;
	u64 cpu;
	s64 got, want;

	for (n = 0; n < 0x200 + ARRAY_SIZE(hostile); n++)
		for (i = 0; i < ARRAY_SIZE(types); i++) {
			cpu = n < 0x200 ? n : hostile[n - 0x200];
			got = call(JAILHOUSE_HC_CPU_GET_INFO, cpu, types[i]);
			want = expected_info(cpu, types[i]);
			if (want < 0 ? got != want : got < 0)
				return answer("CPU 0x%llx type 0x%llx: %lld", cpu, types[i], got);
		}
	return "as documented";
}

static const char *registers(const struct attack *a)
{
	register unsigned long r8 asm("r8") = 0x1111, r9 asm("r9") = 0x2222, r10 asm("r10") = 0x3333, r11 asm("r11") = 0x4444;
	register unsigned long r12 asm("r12") = 0x5555, r13 asm("r13") = 0x6666, r14 asm("r14") = 0x7777, r15 asm("r15") = 0x8888;
	unsigned long rax = 0xdeadbeef, rbx = 1, rcx = 2, rdx = 3, rsi = ~4UL, rdi = ~5UL;

	asm volatile(HYPERCALL
		     : "+a" (rax), "+b" (rbx), "+c" (rcx), "+d" (rdx), "+S" (rsi), "+D" (rdi), "+r" (r8), "+r" (r9), "+r" (r10),
		       "+r" (r11), "+r" (r12), "+r" (r13), "+r" (r14), "+r" (r15) : : "memory");
	if (rbx != 1 || rcx != 2 || rdx != 3 || rsi != ~4UL || rdi != ~5UL || r8 != 0x1111 || r9 != 0x2222 || r10 != 0x3333 ||
	    r11 != 0x4444 || r12 != 0x5555 || r13 != 0x6666 || r14 != 0x7777 || r15 != 0x8888)
		return "registers changed";
	return error_name((s64)rax);
}

static const char *storm(const struct attack *a)
{
	unsigned int n;

	for (n = 0; n < STORM_CALLS; n++)
		if (call(a->address, a->value, JAILHOUSE_CPU_INFO_STATE) < 0 && a->address == JAILHOUSE_HC_CPU_GET_INFO)
			return "refused";
	return "answered";
}

/* Control characters and others, which a console of root might obey: bounded, so that the log stays readable. */
static const char *console(const struct attack *a)
{
	unsigned int n;

	for (n = 0; n < 64; n++)
		if (call(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, n < 26 ? '.' : next_random() << 8 | '.', next_random()))
			return "refused";
	call(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, '\n', 0);
	return "0";
}

/* --- modes ----------------------------------------------------------------------------------------------------------------------- */

struct mode_call {
	u32 nr, arg1, arg2, result;
};

extern struct mode_call mode_call;
extern u64 boot_pml4[];

void call_in_compat32(void);
void call_in_compat16(void);
void call_in_protected32(void);
void call_in_protected16(void);
void call_in_real_mode(void);
void call_in_user64(void);
void call_in_user32(void);
extern u8 user_exit[];

static u64 gdt[] __attribute__((aligned(16))) = {
	0,
	0x00cf9b000000ffff,	/* 0x08, as the library's: code of 32 and 64 bits, data */
	0x00af9b000000ffff,
	0x00cf93000000ffff,
	0x00009b000000ffff,	/* 0x20, code of 16 bits */
	0x00cffb000000ffff,	/* 0x28, user code of 32 bits */
	0x00affb000000ffff,	/* 0x30, user code of 64 bits */
	0x00cff3000000ffff,	/* 0x38, user data */
	0, 0,			/* 0x40, task state */
};

#define TSS_SELECTOR	0x40

static u32 tss[26];
static u8 kernel_stack[4096] __attribute__((aligned(16)));

struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed));

static void load_gdt(void)
{
	struct table_register r = { sizeof(gdt) - 1, (unsigned long)gdt };

	asm volatile("lgdt %0" : : "m" (r) : "memory");
}

static void let_users_in(void)
{
	u64 *pdpt = (u64 *)(boot_pml4[0] & PAGE_MASK), *pd = (u64 *)(pdpt[0] & PAGE_MASK);

	boot_pml4[0] |= 4;
	pdpt[0] |= 4;
	pd[0] |= 4;
	write_cr3(read_cr3());
}

static void open_user_exit(void)
{
	unsigned long entry = (unsigned long)user_exit;
	struct table_register idt;
	u64 *gate;

	asm volatile("sidt %0" : "=m" (idt));
	gate = (u64 *)(unsigned long)idt.base + USER_EXIT * 2;
	gate[0] = (entry & 0xffff) | 0x10UL << 16 | 0xeeUL << 40 | (entry >> 16 & 0xffff) << 48;
	gate[1] = 0;
}

static void load_tss(void)
{
	unsigned long base = (unsigned long)tss, stack = (unsigned long)kernel_stack + sizeof(kernel_stack);

	tss[1] = (u32)stack;
	gdt[8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
	asm volatile("ltr %w0" : : "r" (TSS_SELECTOR) : "memory");
}

static s64 call_in(void (*mode)(void), u32 nr, u32 arg1, u32 arg2)
{
	mode_call = (struct mode_call){ nr, arg1, arg2, 0x5a5a5a5a };
	asm volatile("" : : : "memory");
	mode();
	asm volatile("" : : : "memory");
	return (s32)mode_call.result;
}

/* One call of each kind. */
static const char *mode_answers(void (*mode)(void))
{
	s64 own = call_in(mode, JAILHOUSE_HC_CPU_GET_INFO, OWN_CPU, JAILHOUSE_CPU_INFO_STATE);
	s64 foreign = call_in(mode, JAILHOUSE_HC_CPU_GET_INFO, VICTIM_CPU, JAILHOUSE_CPU_INFO_STATE);
	s64 none = call_in(mode, 0xffffffff, 0, 0);
	s64 root = call_in(mode, JAILHOUSE_HC_CELL_CREATE, HV_START, 0);

	if (own == -EPERM && foreign == -EPERM && none == -EPERM && root == -EPERM)
		return "-EPERM";
	if (own == JAILHOUSE_CPU_RUNNING && foreign == -EPERM && none == -ENOSYS && root == -EPERM)
		return "as documented";
	return answer("own %lld, foreign %lld, unknown %lld, root's %lld", own, foreign, none, root);
}

static const char *from_mode(const struct attack *a)
{
	load_gdt();
	return mode_answers((void (*)(void))a->address);
}

static const char *from_user(const struct attack *a)
{
	load_gdt();
	let_users_in();
	open_user_exit();
	load_tss();
	return mode_answers((void (*)(void))a->address);
}

#define MODE(name, run, function, expected) \
	{ name, "the call, in this mode", expected, run, (unsigned long)function, 0, 0 }

static const struct attack attacks[] = {
	{ "management", "root's calls, hostile arguments", "-EPERM", .run = management },
	{ "unknown", "all other numbers", "-ENOSYS", .run = unknown },
	{ "cpu-info", "CPUs of others and of nobody", "as documented", .run = cpu_info },
	{ "registers", "registers of the caller", "-ENOSYS", .run = registers },
	{ "console", "the hypervisor's console", "0", .run = console },
	{ "storm", "time of others", "answered", .run = storm, .address = JAILHOUSE_HC_CPU_GET_INFO, .value = OWN_CPU },
	{ "storm-unknown", "time of others", "answered", .run = storm, .address = 0x7fffffff },
	{ "storm-denied", "time of others", "answered", .run = storm, .address = JAILHOUSE_HC_CELL_CREATE, .value = HV_START },
	MODE("compat-32", from_mode, call_in_compat32, "as documented"),
	MODE("compat-16", from_mode, call_in_compat16, "as documented"),
	MODE("protected-32", from_mode, call_in_protected32, "as documented"),
	MODE("protected-16", from_mode, call_in_protected16, "as documented"),
	MODE("real-mode", from_mode, call_in_real_mode, "as documented"),
	MODE("user-64", from_user, call_in_user64, "-EPERM"),
	MODE("user-32", from_user, call_in_user32, "-EPERM"),
};

void inmate_main(void)
{
	escape_main("escape-hypercall", attacks, ARRAY_SIZE(attacks));
}
