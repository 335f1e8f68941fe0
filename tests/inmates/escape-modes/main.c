// SPDX-License-Identifier: GPL-2.0
/*
 * escape-modes: what only a CPU outside of 64-bit mode does: task switches, the page tables of 32 bits, virtual-8086 mode
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell may run in any mode, and what the CPU does there by itself stays in the cell's memory as everything else.
 *
 *  - A task switch (far jump or call, task gate) is the CPU's own, it does not exit. Its accesses to task states, descriptors and page
 *    tables are accesses of the cell: where they are to memory of others, the CPU is stopped. Which access comes first is the CPU's choice.
 *  - Page tables of 32 bits (large pages with addresses of 40 bits among them) and PAE: an entry that names memory of others gives
 *    nothing, the CPU is stopped; reserved bits in a PAE page directory pointer are #GP when it is loaded, or #PF when it is used.
 *    An instruction that the hypervisor completes is found through the tables as they are in memory, whatever the CPU has loaded.
 *  - Virtual-8086 mode is user mode: hypercalls are -EPERM, MSRs are #GP, instructions of SVM are #UD (an emulator that looks at the
 *    privilege level first: #GP). Ports, by strings too, and memory
 *    are the cell's own or stop the CPU, as in every mode.
 *
 * Source. AMD64 APM vol. 2, 12 (tasks), 5.2 (legacy paging; PSE-36 in 5.2.2), 15.25.10 (PAE with nested paging), 4.7.2 and vol. 3
 * (IRET to virtual-8086 mode); hypervisor/virt/svm.c for what exits; hypervisor/emul/guest_walk.c.
 */
#include <tests/inmates/lib/escape.h>
#include "selectors.h"

#define OWN_CPU		3
#define UART_SCRATCH	0x2ff
#define KEYBOARD	0x60
#define RESET_PORT	0xcf9
#define MARK		0x5aa55aa5U

#define TASK_SIZE	104		/* of a 32-bit task state, APM vol. 2, figure 12-4 */
#define TASK_PORTS	0x2000		/* all of them permitted */
#define TASK_CR3	28
#define TASK_EIP	32
#define TASK_EFLAGS	36
#define TASK_ESP	56
#define TASK_ES		72
#define TASK_LDT	96
#define TASK_PORT_MAP	102
#define LOCAL_SEGMENT	0xc		/* entry 1 of the local table */

#define PTE_RW		3UL
#define PTE_LARGE	0x80UL
#define HIGH		0x40000000UL	/* second pointer of PAE, entry 256 of 32-bit tables */

/* Of legacy.S */
extern struct {
	u32 arg[4];
	u32 result, vector, cr3, port;
} legacy;
void run_legacy(void (*code)(void));
extern u8 legacy_stubs[], legacy_done[], task_entry[];
void task_jump(void), task_call(void), task_gate(void);
void load_pae(void), load_32(void), load_stale(void);
void v86_call(void), v86_in8(void), v86_in32(void), v86_out8(void), v86_out16(void), v86_outs(void), v86_ins(void);
void v86_cpuid(void), v86_rdmsr(void), v86_vmrun(void), v86_load_high(void), v86_store_high(void), v86_jump_high(void);

u64 legacy_idt[LEGACY_GATES] __attribute__((aligned(16)));
u64 legacy_gdt[LEGACY_SELECTORS] __attribute__((aligned(16)));

static u8 task[TASK_SIZE + TASK_PORTS + 1] __attribute__((aligned(16)));
static u8 other_task[TASK_SIZE] __attribute__((aligned(16)));
static u8 task_stack[1024] __attribute__((aligned(16)));
static u8 kernel_stack[1024] __attribute__((aligned(16)));

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static u64 task_descriptor(unsigned long base, u32 size)
{
	return (size - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
}

static u64 gate(unsigned long where, u8 type)
{
	return (where & 0xffff) | (u64)SEL_CODE32 << 16 | (u64)type << 40 | (where >> 16) << 48;
}

static void put_word(u8 *state, unsigned int offset, u32 value)
{
	memcpy(state + offset, &value, sizeof(value));
}

static void fill_task(u8 *state, u32 stack)
{
	unsigned int segment;

	memset(state, 0, TASK_SIZE);
	put_word(state, 4, (u32)(unsigned long)kernel_stack + sizeof(kernel_stack));
	put_word(state, 8, SEL_DATA);
	put_word(state, TASK_EIP, (u32)(unsigned long)task_entry);
	put_word(state, TASK_EFLAGS, 2);
	put_word(state, TASK_ESP, stack);
	for (segment = 0; segment < 4; segment++)
		put_word(state, TASK_ES + 4 * segment, segment == 1 ? SEL_CODE32 : SEL_DATA);
	state[TASK_PORT_MAP] = TASK_SIZE;
}

static void prepare(void)
{
	unsigned int vector;

	legacy_gdt[1] = 0x00cf9b000000ffff;
	legacy_gdt[2] = 0x00af9b000000ffff;
	legacy_gdt[3] = 0x00cf93000000ffff;
	legacy_gdt[SEL_TASK / 8] = task_descriptor((unsigned long)task, sizeof(task));
	legacy_gdt[SEL_OTHER_TASK / 8] = task_descriptor((unsigned long)other_task, sizeof(other_task));
	for (vector = 0; vector < LEGACY_EXCEPTIONS; vector++)
		legacy_idt[vector] = gate((unsigned long)legacy_stubs + 16 * vector, 0x8e);
	legacy_idt[VECTOR_DONE] = gate((unsigned long)legacy_done, 0xee);
	legacy_idt[VECTOR_TASK] = (u64)SEL_OTHER_TASK << 16 | 0xe5UL << 40;
	fill_task(task, (u32)(unsigned long)kernel_stack + sizeof(kernel_stack));
	fill_task(other_task, (u32)(unsigned long)task_stack + sizeof(task_stack));
	task[sizeof(task) - 1] = 0xff;
	legacy.vector = EXCP_NONE;
	legacy.result = 0;
}

static void run(void (*code)(void))
{
	asm volatile("" : : : "memory");
	run_legacy(code);
	asm volatile("" : : : "memory");
	excp_caught.vector = legacy.vector;
}

static void (*code_of(const struct attack *a))(void)
{
	return (void (*)(void))a->address;
}

/* --- tasks ----------------------------------------------------------------------------------------------------------------------- */

/* @width: how often the two tasks count */
static const char *task_own(const struct attack *a)
{
	prepare();
	run(code_of(a));
	if (legacy.vector != EXCP_NONE)
		return answer_exception();
	return legacy.result == a->width ? "the CPU's own" : answer("counted %u", legacy.result);
}

/* The state to load is at @value. */
static const char *task_elsewhere(const struct attack *a)
{
	prepare();
	legacy_gdt[SEL_OTHER_TASK / 8] = task_descriptor(a->value, TASK_SIZE);
	run(code_of(a));
	return answer_exception();
}

/* The own state, which is to be saved, is there. */
static const char *task_saved_elsewhere(const struct attack *a)
{
	prepare();
	legacy_gdt[SEL_TASK / 8] = task_descriptor(a->value, TASK_SIZE);
	run(code_of(a));
	return answer_exception();
}

/* The other task's local descriptor table is there, and a data segment comes from it. */
static const char *task_descriptors_elsewhere(const struct attack *a)
{
	prepare();
	legacy_gdt[SEL_LOCAL_TABLE / 8] = (a->value & 0xffffff) << 16 | 0x82UL << 40 | (a->value >> 24 & 0xff) << 56 | 0xfff;
	put_word(other_task, TASK_LDT, SEL_LOCAL_TABLE);
	put_word(other_task, TASK_ES, LOCAL_SEGMENT);
	run(code_of(a));
	return answer_exception();
}

/* --- page tables ------------------------------------------------------------------------------------------------------------------ */

static u64 pae_pointers[4] __attribute__((aligned(32)));
static u64 pae_low[512] __attribute__((aligned(4096))), pae_high[512] __attribute__((aligned(4096)));
static u64 pae_table[512] __attribute__((aligned(4096)));
static u32 directory[1024] __attribute__((aligned(4096))), table_32[1024] __attribute__((aligned(4096)));
static u32 own_page[1024] __attribute__((aligned(4096)));

static unsigned long at(const void *p)
{
	return (unsigned long)p;
}

/* The program one to one, and a page of its own at HIGH. */
static void prepare_pae(void)
{
	prepare();
	own_page[0] = MARK;
	pae_low[0] = PTE_RW | PTE_LARGE;
	pae_pointers[0] = at(pae_low) | 1;
	pae_pointers[1] = at(pae_high) | 1;
	pae_high[0] = at(pae_table) | PTE_RW;
	pae_table[0] = at(own_page) | PTE_RW;
	legacy.cr3 = (u32)at(pae_pointers);
	legacy.arg[0] = HIGH;
}

static void prepare_32(void)
{
	prepare();
	own_page[0] = MARK;
	directory[0] = PTE_RW | PTE_LARGE;
	directory[HIGH >> 22] = (u32)(at(table_32) | PTE_RW);
	table_32[0] = (u32)(at(own_page) | PTE_RW);
	legacy.cr3 = (u32)at(directory);
	legacy.arg[0] = HIGH;
}

static const char *loaded(void)
{
	if (legacy.vector != EXCP_NONE)
		return answer_exception();
	return legacy.result == MARK ? "own only" : answer("read 0x%x", legacy.result);
}

static const char *pae_own(const struct attack *a)
{
	prepare_pae();
	run(load_pae);
	return loaded();
}

static const char *pae_top(const struct attack *a)
{
	prepare_pae();
	legacy.cr3 = (u32)a->value;
	run(load_pae);
	return loaded();
}

static const char *pae_pointer(const struct attack *a)
{
	prepare_pae();
	pae_pointers[1] = a->value | 1;
	run(load_pae);
	return loaded();
}

/* All four, the one that maps the program among them. */
static const char *pae_all_pointers(const struct attack *a)
{
	prepare_pae();
	pae_pointers[0] = pae_pointers[1] = pae_pointers[2] = pae_pointers[3] = a->value | 1;
	run(load_pae);
	return loaded();
}

static const char *pae_directory(const struct attack *a)
{
	prepare_pae();
	pae_high[0] = a->value | PTE_RW;
	run(load_pae);
	return loaded();
}

static const char *pae_page(const struct attack *a)
{
	prepare_pae();
	pae_table[0] = a->value | PTE_RW;
	run(load_pae);
	return loaded();
}

static const char *pae_large(const struct attack *a)
{
	prepare_pae();
	pae_high[0] = a->value | PTE_RW | PTE_LARGE;
	run(load_pae);
	return loaded();
}

/* The hypervisor would find the instruction through the new pointer, the CPU has the old one. */
static const char *pae_stale(const struct attack *a)
{
	prepare_pae();
	pae_table[0] = ROOT_RAM | PTE_RW;
	legacy.arg[1] = HIGH;
	legacy.arg[2] = (u32)a->value | 1;
	run(load_stale);
	return loaded();
}

static const char *own_32(const struct attack *a)
{
	prepare_32();
	run(load_32);
	return loaded();
}

static const char *top_32(const struct attack *a)
{
	prepare_32();
	legacy.cr3 = (u32)a->value;
	run(load_32);
	return loaded();
}

static const char *directory_32(const struct attack *a)
{
	prepare_32();
	directory[HIGH >> 22] = (u32)(a->value | PTE_RW);
	run(load_32);
	return loaded();
}

static const char *page_32(const struct attack *a)
{
	prepare_32();
	table_32[0] = (u32)(a->value | PTE_RW);
	run(load_32);
	return loaded();
}

/* Bits 39:32 of the address stand in bits 20:13 of the entry. */
static const char *large_32(const struct attack *a)
{
	prepare_32();
	directory[HIGH >> 22] = (u32)((a->value & 0xffc00000) | (a->value >> 32 & 0xff) << 13 | PTE_RW | PTE_LARGE);
	run(load_32);
	return loaded();
}

/* --- virtual-8086 mode -------------------------------------------------------------------------------------------------------------- */

static s32 v86_hypercall(u32 nr, u32 arg1, u32 arg2)
{
	prepare();
	legacy.arg[0] = nr;
	legacy.arg[1] = arg1;
	legacy.arg[2] = arg2;
	run(v86_call);
	return (s32)legacy.result;
}

static const char *v86_calls(const struct attack *a)
{
	static const u32 more[] = { 0x20, 0x1000, 0x1001, 0x1002, 0x7fffffff, 0x80000000, 0xffffffff };
	unsigned int n;
	u32 nr;

	for (n = 0; n < 16 + ARRAY_SIZE(more); n++) {
		nr = n < 16 ? n : more[n - 16];
		if (v86_hypercall(nr, OWN_CPU, 0) != -EPERM || legacy.vector != EXCP_NONE)
			return answer("call 0x%x: %d", nr, (s32)legacy.result);
	}
	return "-EPERM";
}

static const char *v86_port(const struct attack *a)
{
	prepare();
	legacy.port = (u32)a->value;
	run(code_of(a));
	return legacy.vector == EXCP_NONE ? answer("read 0x%x", legacy.result) : answer_exception();
}

/* The last byte of each string is what the register has. */
static const char *v86_own_ports(const struct attack *a)
{
	prepare();
	legacy.port = UART_SCRATCH;
	legacy.arg[0] = 0xa55a;
	run(v86_outs);
	if (legacy.vector != EXCP_NONE || inb(UART_SCRATCH) != 0xa5)
		return answer("out: scratch register reads 0x%x, %s", inb(UART_SCRATCH), answer_exception());
	prepare();
	run(v86_ins);
	if (legacy.vector != EXCP_NONE || legacy.result != 0xa5a5)
		return answer("in: 0x%x, %s", legacy.result, answer_exception());
	prepare();
	run(v86_in8);
	return legacy.result == 0xa5 ? "own only" : answer("in: 0x%x", legacy.result);
}

static const char *v86_leaf(const struct attack *a)
{
	prepare();
	run(v86_cpuid);
	return legacy.vector == EXCP_NONE && legacy.result == 0x6c69614a ? "answered" : answer("0x%x", legacy.result);
}

static const char *v86_run(const struct attack *a)
{
	prepare();
	legacy.arg[0] = (u32)a->value;
	run(code_of(a));
	return answer_exception();
}

#define CODE(function)	.address = (unsigned long)function

static const struct attack attacks[] = {
	{ "task-jump", "another task of its own", "the CPU's own", task_own, CODE(task_jump), .width = 1 },
	{ "task-call", "another task, and back", "the CPU's own", task_own, CODE(task_call), .width = 2 },
	{ "task-gate", "another task by an interrupt", "the CPU's own", task_own, CODE(task_gate), .width = 2 },
	{ "task-root", "a task state in root's RAM", "stopped: memory", task_elsewhere, CODE(task_jump), .value = ROOT_RAM },
	{ "task-hv", "a task state in the hypervisor", "stopped: memory", task_elsewhere, CODE(task_jump), .value = HV_START },
	{ "task-victim", "a task state in the other cell, by a gate", "stopped: memory", task_elsewhere, CODE(task_gate),
	  .value = VICTIM_RAM },
	{ "task-edge", "a task state that begins in its own memory", "stopped: memory", task_elsewhere, CODE(task_call),
	  .value = OWN_SMALL + OWN_SIZE - 8 },
	{ "task-saved-root", "its state saved to root's RAM", "stopped: memory", task_saved_elsewhere, CODE(task_jump), .value = ROOT_RAM },
	{ "task-saved-hv", "its state saved to the hypervisor", "stopped: memory", task_saved_elsewhere, CODE(task_gate), .value = HV_START },
	{ "task-saved-read-only", "its state saved to read-only RAM", "stopped: memory write", task_saved_elsewhere, CODE(task_call),
	  .value = OWN_READ_ONLY },
	{ "task-ldt", "a task's descriptor table in root's RAM", "stopped: memory", task_descriptors_elsewhere, CODE(task_jump), .value = ROOT_RAM },

	{ "pae-own", "PAE tables of its own", "own only", pae_own },
	{ "pae-top-root", "PAE pointers in root's RAM", "stopped: memory", pae_top, .value = ROOT_RAM },
	{ "pae-top-hv", "PAE pointers in the hypervisor, not at a page's start", "stopped: memory", pae_top, .value = HV_START + 0xfe0 },
	{ "pae-top-victim", "PAE pointers in the other cell", "stopped: memory", pae_top, .value = VICTIM_RAM },
	{ "pae-pointer-root", "a PAE directory in root's RAM", "stopped: memory", pae_pointer, .value = ROOT_RAM },
	{ "pae-pointer-hv", "a PAE directory in the hypervisor", "stopped: memory", pae_pointer, .value = HV_START },
	{ "pae-pointer-high", "a PAE directory above 4 GiB", "stopped: memory", pae_pointer, .value = 0x8000000000 },
	{ "pae-pointers-victim", "all PAE directories in the other cell", "stopped: memory", pae_all_pointers, .value = VICTIM_RAM },
	{ "pae-pointer-reserved", "reserved bits of a PAE pointer", "#GP or #PF", pae_pointer, .value = 1UL << 62 },
	{ "pae-table-hv", "a PAE page table in the hypervisor", "stopped: memory", pae_directory, .value = HV_START },
	{ "pae-page-root", "root's RAM as a PAE page", "stopped: memory read at 0x10000000, 4 bytes", pae_page, .value = ROOT_RAM },
	{ "pae-page-high", "an address of 40 bits as a PAE page", "stopped: memory read at 0x8000000000, 4 bytes", pae_page,
	  .value = 0x8000000000 },
	{ "pae-large-hv", "the hypervisor as a large PAE page", "stopped: memory read at 0x3a000000, 4 bytes", pae_large, .value = HV_START },
	{ "pae-stale", "the program through a changed PAE pointer", "stopped: memory read at 0x10000000", pae_stale, .value = VICTIM_RAM },

	{ "legacy-own", "32-bit tables of its own", "own only", own_32 },
	{ "legacy-top-root", "a 32-bit directory in root's RAM", "stopped: memory", top_32, .value = ROOT_RAM },
	{ "legacy-top-hv", "a 32-bit directory in the hypervisor", "stopped: memory", top_32, .value = HV_START },
	{ "legacy-table-victim", "a 32-bit page table in the other cell", "stopped: memory", directory_32, .value = VICTIM_RAM },
	{ "legacy-page-hv", "the hypervisor as a 32-bit page", "stopped: memory read at 0x3a000000, 4 bytes", page_32, .value = HV_START },
	{ "legacy-large-root", "root's RAM as a large page", "stopped: memory read at 0x10000000, 4 bytes", large_32, .value = ROOT_RAM },
	{ "legacy-large-high", "an address of 40 bits as a large page", "stopped: memory read at 0x8110000000, 4 bytes", large_32,
	  .value = 0x8110000000 },

	{ "v86-calls", "hypercalls from virtual-8086 mode", "-EPERM", v86_calls },
	{ "v86-own-ports", "its own ports, by strings", "own only", v86_own_ports },
	{ "v86-cpuid", "CPUID", "answered", v86_leaf },
	{ "v86-rdmsr", "an MSR of its own", "#GP", v86_run, CODE(v86_rdmsr), .value = 0x277 },
	{ "v86-rdmsr-foreign", "an MSR of the hypervisor", "#GP", v86_run, CODE(v86_rdmsr), .value = 0xc0010117 },
	{ "v86-vmrun", "SVM", "#UD or #GP", v86_run, CODE(v86_vmrun) },
	{ "v86-in", "the keyboard", "stopped: port read at 0x60, 1 bytes", v86_port, CODE(v86_in8), .value = KEYBOARD },
	{ "v86-in-32", "behind its ports", "stopped: port read at 0x2ff, 4 bytes", v86_port, CODE(v86_in32), .value = UART_SCRATCH },
	{ "v86-out", "the reset register", "stopped: port write at 0xcf9, 1 bytes", v86_port, CODE(v86_out8), .value = RESET_PORT },
	{ "v86-out-16", "before its ports", "stopped: port write at 0x2f7, 2 bytes", v86_port, CODE(v86_out16), .value = 0x2f7 },
	{ "v86-outs", "the reset register, by a string", "stopped: port write at 0xcf9, 1 bytes", v86_port, CODE(v86_outs),
	  .value = RESET_PORT },
	{ "v86-ins", "the keyboard, by a string", "stopped: port read at 0x60, 1 bytes", v86_port, CODE(v86_ins), .value = KEYBOARD },
	{ "v86-load", "the test device's page", "stopped: memory read at 0x101000, 1 bytes", v86_run, CODE(v86_load_high) },
	{ "v86-store", "the test device's page", "stopped: memory write at 0x101000, 2 bytes", v86_run, CODE(v86_store_high) },
	{ "v86-jump", "its communication region as code", "stopped: instruction fetch at 0x100000", v86_run, CODE(v86_jump_high) },
};

void inmate_main(void)
{
	escape_main("escape-modes", attacks, ARRAY_SIZE(attacks));
}
