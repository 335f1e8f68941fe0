// SPDX-License-Identifier: GPL-2.0
/*
 * mmio-decoder: every instruction form that a cell may use on emulated device memory
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * A cell touches device memory that it may not reach directly. The CPU leaves the cell with the address of the access and little
 * else: what is to be read or written, how wide, from or to which register, and how long the instruction is, the hypervisor finds
 * out by decoding the instruction's bytes. A wrong length lets the cell go on in the middle of an instruction; a wrong register or
 * width silently corrupts the cell's state.
 *
 * The test device (cell flag JAILHOUSE_CELL_TEST_DEVICE) makes this observable. Its registers are the bytes 0xff8 to 0xfff of the
 * page behind the communication region; each access there is trapped, and performed at the same offset of the communication
 * region, which is plain memory of the cell. So a write through the window is checked by reading memory, a read through it by
 * preparing memory.
 *
 * Forms: MOV 88 89 8a 8b c6 c7 a0 a1 a2 a3, MOVZX 0f b6, 0f b7, MOVSX 0f be, 0f bf, for 8, 16, 32 and (64-bit variant) 64 bits.
 * For each of them
 *  - with every data register, RSP and the high byte registers AH, CH, DH, BH among them;
 *  - with every way to write the address: base, index, scale (all of them for MOV of 32 bits, in turns for the others), no, short and long displacement, SIB bytes where none is needed, no
 *    base, RIP-relative, addresses that wrap around, the address size prefix with rubbish in the upper halves of the registers;
 *  - across the border of two pages, split at each byte;
 *  - with prefixes that change nothing: segment overrides, a REX prefix that a later prefix voids.
 * Instructions are made by a small assembler and run with known values in all registers. Afterwards all registers, the status
 * flags and the 8 bytes of the device must be what the AMD64 Architecture Programmer's Manual, volumes 1 and 3, says.
 *
 * If the hypervisor does not know a form it stops the CPU, and no summary line appears. With the parameter "verbose" each group is
 * named before it runs.
 *
 * Parameter "bare": no test device is there; use the communication region itself. Shows on a machine without hypervisor that
 * the test's idea of each instruction is right.
 */
#include <tests/inmates/lib/check.h>
#include "insn.h"

#define WINDOW_SIZE	8
#define WINDOW_OFFSET	0xff8
#define DEVICE_PAGE	(COMM_REGION_BASE + PAGE_SIZE)

#define MAX_REPORTS	3
#define LAHF_FLAGS	0xd5	/* SF ZF AF PF CF */
#define LAHF_FIXED	0x02

static const struct form forms[] = {
	{ "mov [m8], r8 (88)", 0x88, false, STORE, 1, 0, false },
	{ "mov [m16], r16 (66 89)", 0x89, false, STORE, 2, 0, false },
	{ "mov [m32], r32 (89)", 0x89, false, STORE, 4, 0, false },
	{ "mov r8, [m8] (8a)", 0x8a, false, LOAD, 1, 1, false },
	{ "mov r16, [m16] (66 8b)", 0x8b, false, LOAD, 2, 2, false },
	{ "mov r32, [m32] (8b)", 0x8b, false, LOAD, 4, 4, false },
	{ "mov [m8], imm8 (c6)", 0xc6, false, STORE_IMM, 1, 0, false },
	{ "mov [m16], imm16 (66 c7)", 0xc7, false, STORE_IMM, 2, 0, false },
	{ "mov [m32], imm32 (c7)", 0xc7, false, STORE_IMM, 4, 0, false },
	{ "mov al, [moffs8] (a0)", 0xa0, false, LOAD_MOFFS, 1, 1, false },
	{ "mov ax, [moffs16] (66 a1)", 0xa1, false, LOAD_MOFFS, 2, 2, false },
	{ "mov eax, [moffs32] (a1)", 0xa1, false, LOAD_MOFFS, 4, 4, false },
	{ "mov [moffs8], al (a2)", 0xa2, false, STORE_MOFFS, 1, 0, false },
	{ "mov [moffs16], ax (66 a3)", 0xa3, false, STORE_MOFFS, 2, 0, false },
	{ "mov [moffs32], eax (a3)", 0xa3, false, STORE_MOFFS, 4, 0, false },
	{ "movzx r16, [m8] (66 0f b6)", 0xb6, true, LOAD, 1, 2, false },
	{ "movzx r32, [m8] (0f b6)", 0xb6, true, LOAD, 1, 4, false },
	{ "movzx r16, [m16] (66 0f b7)", 0xb7, true, LOAD, 2, 2, false },
	{ "movzx r32, [m16] (0f b7)", 0xb7, true, LOAD, 2, 4, false },
	{ "movsx r16, [m8] (66 0f be)", 0xbe, true, LOAD, 1, 2, true },
	{ "movsx r32, [m8] (0f be)", 0xbe, true, LOAD, 1, 4, true },
	{ "movsx r16, [m16] (66 0f bf)", 0xbf, true, LOAD, 2, 2, true },
	{ "movsx r32, [m16] (0f bf)", 0xbf, true, LOAD, 2, 4, true },
#ifdef __x86_64__
	{ "mov [m64], r64 (48 89)", 0x89, false, STORE, 8, 0, false },
	{ "mov r64, [m64] (48 8b)", 0x8b, false, LOAD, 8, 8, false },
	{ "mov [m64], simm32 (48 c7)", 0xc7, false, STORE_IMM, 8, 0, false },
	{ "mov rax, [moffs64] (48 a1)", 0xa1, false, LOAD_MOFFS, 8, 8, false },
	{ "mov [moffs64], rax (48 a3)", 0xa3, false, STORE_MOFFS, 8, 0, false },
	{ "movzx r64, [m8] (48 0f b6)", 0xb6, true, LOAD, 1, 8, false },
	{ "movzx r64, [m16] (48 0f b7)", 0xb7, true, LOAD, 2, 8, false },
	{ "movsx r64, [m8] (48 0f be)", 0xbe, true, LOAD, 1, 8, true },
	{ "movsx r64, [m16] (48 0f bf)", 0xbf, true, LOAD, 2, 8, true },
#endif
};

static volatile u8 *memory;	/* the window's bytes, reached without a trap */
static unsigned long window;	/* the same through the test device */

/* Two pages: code in the middle of the first, or across their border */
static u8 code_pages[2 * 4096] __attribute__((aligned(4096)));
#define CODE_MIDDLE	(code_pages + 0x100)
#define CODE_BORDER	(code_pages + 4096)

/* One group of instructions: one line of result */
static unsigned int group_runs, group_failures;
static unsigned int counter;	/* varies values from run to run */

static u64 width_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << (size * 8)) - 1;
}

static u64 pattern(unsigned int n)
{
	return (n + 1) * 0x9e3779b97f4a7c15ULL;
}

static u64 read_memory(void)
{
	u64 v = 0;
	unsigned int n;

	for (n = 0; n < WINDOW_SIZE; n++)
		v |= (u64)memory[n] << (n * 8);
	return v;
}

static void write_memory(u64 v)
{
	unsigned int n;

	for (n = 0; n < WINDOW_SIZE; n++)
		memory[n] = (u8)(v >> (n * 8));
}

/* --- what the manual says ---------------------------------------------------------------------------------------- */

static bool is_high_byte(const struct operands *op, unsigned int size)
{
	return size == 1 && !operands_need_rex(op) && op->reg >= 4;
}

static unsigned int data_register(const struct operands *op, unsigned int size)
{
	if (op->form->kind == LOAD_MOFFS || op->form->kind == STORE_MOFFS)
		return 0;
	return is_high_byte(op, size) ? op->reg - 4U : op->reg;
}

static u64 stored_value(const struct operands *op, const struct cpu_state *before)
{
	unsigned int reg = data_register(op, op->form->size);

	if (op->form->kind == STORE_IMM)
		return (u64)(s64)op->imm;
	if (op->form->kind == STORE && is_high_byte(op, op->form->size))
		return before->r[reg] >> 8;
	return before->r[reg];
}

static u64 loaded_value(const struct form *form, u64 v)
{
	u64 sign = 1ULL << (form->size * 8 - 1);

	v &= width_mask(form->size);
	return form->sign ? (v ^ sign) - sign : v;
}

static void expect_load(const struct operands *op, u64 v, struct cpu_state *state)
{
	const struct form *form = op->form;
	bool high_byte = form->kind == LOAD && is_high_byte(op, form->reg_size);
	unsigned long *reg = &state->r[data_register(op, form->reg_size)];
	u64 mask = form->reg_size == 4 ? ~0ULL : width_mask(form->reg_size);	/* 32-bit results clear the upper half */
	unsigned int shift = high_byte ? 8 : 0;

	v = loaded_value(form, v) & width_mask(form->reg_size);
	*reg = (unsigned long)((*reg & ~(mask << shift)) | (v << shift));
}

/* Turn @state and @mem from before into after. */
static void expect(const struct operands *op, unsigned int offset, struct cpu_state *state, u64 *mem)
{
	u64 mask = width_mask(op->form->size) << (offset * 8);

	if (op->form->kind == LOAD || op->form->kind == LOAD_MOFFS)
		expect_load(op, *mem >> (offset * 8), state);
	else
		*mem = (*mem & ~mask) | ((stored_value(op, state) << (offset * 8)) & mask);
}

/* --- one instruction --------------------------------------------------------------------------------------------- */

static unsigned long inverse(unsigned int odd)
{
	unsigned long x = odd;
	int n;

	for (n = 0; n < 6; n++)		/* Newton: the number of right bits doubles */
		x *= 2 - odd * x;
	return x;
}

/* Register values such that base + index * scale + displacement is @target, modulo the width of addresses */
static void choose_address(struct operands *op, unsigned long target, struct cpu_state *state)
{
	const struct address *a = &op->address;
	unsigned long rest, *base, *index;

	if (a->rip)
		return;
	if (a->base == NO_REG) {
		if (a->index == NO_REG)
			op->disp = (s32)target;
		else
			op->disp = (s32)(target - (0x1234UL << a->scale_shift));
		if (a->index != NO_REG)
			state->r[a->index] = 0x1234;
		return;
	}
	op->disp = 0;
	if (a->disp_size == 1)
		op->disp = counter & 1 ? -0x5a : 0x7e;
	else if (a->disp_size == 4)
		op->disp = counter & 1 ? -0x12345678 : 0x12345678;

	base = &state->r[a->base];
	if (a->base == a->index && a->scale_shift == 0) {
		if (a->disp_size)
			op->disp ^= (target ^ op->disp) & 1;
		*base = (target - op->disp) / 2;
		return;
	}
	rest = target - (long)op->disp;
	if (a->base == a->index) {
		*base = rest * inverse(1 + (1 << a->scale_shift));
		return;
	}
	if (a->index != NO_REG) {
		index = &state->r[a->index];
		rest -= *index << a->scale_shift;
	}
	*base = rest;
}

/* With 32-bit addresses the upper halves of the address registers do not count. */
static void spoil_upper_halves(const struct address *a, struct cpu_state *state)
{
#ifdef __x86_64__
	if (!a->half)
		return;
	if (a->base != NO_REG)
		state->r[a->base] = (state->r[a->base] & 0xffffffff) | 0xa5a5a5a500000000;
	if (a->index != NO_REG)
		state->r[a->index] = (state->r[a->index] & 0xffffffff) | 0x5a5a5a5a00000000;
#endif
}

static void report(const struct operands *op, const struct insn *insn, const struct cpu_state *after,
		   const struct cpu_state *expected, u64 mem, u64 expected_mem)
{
	unsigned int n;

	if (group_failures > MAX_REPORTS)
		return;
	printk("# %s, bytes", op->form->name);
	for (n = 0; n < insn->len; n++)
		printk(" %02x", insn->bytes[n]);
	printk("\n");
	for (n = 0; n < NUM_REGS; n++)
		if (after->r[n] != expected->r[n])
			printk("#   register %u is %lx, not %lx\n", n, after->r[n], expected->r[n]);
	if (after->flags != expected->flags)
		printk("#   flags are %lx, not %lx\n", after->flags, expected->flags);
	if (mem != expected_mem)
		printk("#   memory is %llx, not %llx\n", mem, expected_mem);
}

static bool same_state(const struct cpu_state *a, const struct cpu_state *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* With @split, that many bytes of the instruction lie in front of a page border. */
static unsigned int run_at(struct operands *op, unsigned int split)
{
	unsigned int offset = counter * op->form->size % WINDOW_SIZE;
	u8 *code = split ? CODE_BORDER - split : CODE_MIDDLE;
	struct cpu_state state, after;
	u64 mem = pattern(counter);
	struct insn insn;
	unsigned int n;

	/* base == index without displacement reaches even addresses only */
	if (op->form->size == 1 && op->address.base == op->address.index && !op->address.scale_shift)
		offset &= ~1U;

	for (n = 0; n < NUM_REGS; n++)
		state.r[n] = (unsigned long)pattern(counter + n * 7);
	state.flags = (pattern(counter) & LAHF_FLAGS) | LAHF_FIXED;
	op->imm = (s32)pattern(counter + 1000);
	choose_address(op, window + offset, &state);
	spoil_upper_halves(&op->address, &state);

	insn_encode(&insn, op, (unsigned long)code, window + offset);
	write_memory(mem);
	after.flags = 0;
	insn_run(&insn, code, &state, &after);

	expect(op, offset, &state, &mem);
	counter++;
	group_runs++;
	if (!same_state(&after, &state) || read_memory() != mem) {
		group_failures++;
		report(op, &insn, &after, &state, read_memory(), mem);
	}
	return insn.len;
}

static void run(struct operands *op)
{
	run_at(op, 0);
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

static bool verbose;

static void group_begin(const struct form *form, const char *what)
{
	group_runs = 0;
	group_failures = 0;
	if (verbose)
		printk("# %s %s\n", form->name, what);
}

static void group_end(const struct form *form, const char *what)
{
	check(!group_failures, "%s %s (%u instructions)", form->name, what, group_runs);
}

static const struct address plain_address = { .base = 3, .index = NO_REG };

static bool has_modrm(const struct form *form)
{
	return form->kind != LOAD_MOFFS && form->kind != STORE_MOFFS;
}

static void test_data_registers(const struct form *form)
{
	struct operands op = { .form = form, .address = plain_address };

	group_begin(form, "with every data register");
	for (op.reg = 0; op.reg < NUM_REGS; op.reg++) {
		op.rex = false;
		run(&op);
#ifdef __x86_64__
		op.rex = true;
		run(&op);
#endif
	}
	group_end(form, "with every data register");
}

static void run_displacements(struct operands *op)
{
	static const u8 sizes[] = { 0, 1, 4 };
	struct address *a = &op->address;
	unsigned int n;

	if (a->base == NO_REG) {
		a->disp_size = 4;
		run(op);
		return;
	}
	for (n = 0; n < ARRAY_SIZE(sizes); n++) {
		a->disp_size = sizes[n];
		if (!sizes[n] && (a->base & 7) == REG_BP)	/* this encoding means "no base" */
			continue;
		op->reg = counter % NUM_REGS;
		run(op);
	}
}

/* All scales for one form of each direction; for the others they take turns: addressing does not depend on the opcode. */
static bool is_thorough(const struct form *form)
{
	return form->size == 4 && (form->opcode == 0x89 || form->opcode == 0x8b);
}

static void run_scales(struct operands *op)
{
	unsigned int scale;

	if (!is_thorough(op->form)) {
		op->address.scale_shift = counter / 3 % 4;
		run_displacements(op);
		return;
	}
	for (scale = 0; scale < 4; scale++) {
		op->address.scale_shift = scale;
		run_displacements(op);
	}
}

static void run_addresses(struct operands *op, bool half)
{
	struct address *a = &op->address;
	unsigned int base, index;

	for (base = 0; base <= NUM_REGS; base++) {
		*a = (struct address){ .base = base == NUM_REGS ? NO_REG : base, .index = NO_REG, .half = half };
#ifdef __x86_64__
		if (a->base == NO_REG)	/* without SIB byte this is RIP-relative: below */
			a->sib = true;
#endif
		run_displacements(op);
		a->sib = true;
		run_displacements(op);
		for (index = 0; index < NUM_REGS; index++) {
			if (index == REG_SP)
				continue;
			a->index = index;
			run_scales(op);
		}
	}
#ifdef __x86_64__
	*a = (struct address){ .base = NO_REG, .index = NO_REG, .disp_size = 4, .rip = true, .half = half };
	for (op->reg = 0; op->reg < NUM_REGS; op->reg++)
		run(op);
#endif
}

static void test_addresses(const struct form *form)
{
	struct operands op = { .form = form };

	group_begin(form, "with every form of address");
	run_addresses(&op, false);
	group_end(form, "with every form of address");
#ifdef __x86_64__
	group_begin(form, "with every form of 32-bit address");
	run_addresses(&op, true);
	group_end(form, "with every form of 32-bit address");
#endif
}

static void test_moffs(const struct form *form)
{
	struct operands op = { .form = form, .address = { .base = NO_REG, .index = NO_REG } };
	unsigned int n;

	group_begin(form, "with absolute address");
	for (n = 0; n < 8; n++)
		run(&op);
#ifdef __x86_64__
	op.address.half = true;
	for (n = 0; n < 8; n++)
		run(&op);
#endif
	group_end(form, "with absolute address");
}

static void test_page_border(const struct form *form)
{
	struct operands op = { .form = form, .address = plain_address };
	unsigned int split, len = MAX_INSN;

	if (has_modrm(form))
		op.address = (struct address){ .base = 6, .index = 7, .scale_shift = 1, .disp_size = 4 };
	group_begin(form, "across the border of two pages");
	for (split = 1; split < len; split++)
		len = run_at(&op, split);
	group_end(form, "across the border of two pages");
}

static void test_prefixes(const struct form *form)
{
	static const u8 harmless[] = { 0x3e, 0x26, 0x36 };	/* segment overrides: DS, ES, SS, all with base 0 */
	struct operands op = { .form = form, .address = plain_address, .reg = 1 };
	unsigned int n;

	group_begin(form, "with prefixes that change nothing");
	for (n = 0; n < ARRAY_SIZE(harmless); n++) {
		op.prefixes[0] = harmless[n];
		op.num_prefixes = 1;
		run(&op);
	}
	op.num_prefixes = 3;
	op.prefixes[1] = 0x3e;
	op.prefixes[2] = 0x26;
	run(&op);
#ifdef __x86_64__
	if (form->size != 1) {
		/* A prefix behind REX voids it (APM vol. 3, 1.2.7). One without bits, for QEMU 7.2 does not know this rule. */
		op.prefixes[0] = 0x40;
		op.prefixes[1] = 0x3e;
		op.num_prefixes = 2;
		run(&op);
	}
#endif
	group_end(form, "with prefixes that change nothing");
}

static void test_form(const struct form *form)
{
	if (has_modrm(form)) {
		if (form->kind != STORE_IMM)
			test_data_registers(form);
		test_addresses(form);
	} else {
		test_moffs(form);
	}
	test_page_border(form);
	test_prefixes(form);
}

void inmate_main(void)
{
	bool bare = cmdline_parse_bool("bare", false);
	unsigned int n;

	test_begin(sizeof(long) == 8 ? "mmio-decoder" : "mmio-decoder-32");
	verbose = cmdline_parse_bool("verbose", false);
	memory = (volatile u8 *)COMM_REGION_BASE + WINDOW_OFFSET;
	window = (bare ? COMM_REGION_BASE : DEVICE_PAGE) + WINDOW_OFFSET;

	for (n = 0; n < ARRAY_SIZE(forms); n++)
		test_form(&forms[n]);
	test_end();
}
