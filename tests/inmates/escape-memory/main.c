// SPDX-License-Identifier: GPL-2.0
/*
 * escape-memory: a cell reaches for memory that is not its own
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell has the memory of its configuration, with the rights that stand there, and no other byte: not the other cells', not
 * root's, not the hypervisor's, whatever the instruction, its width and alignment.
 *
 * Expected. The access is made nowhere, also not in part when it crosses a border; the CPU that tried it is stopped, with one line of the
 * hypervisor that names kind, address and width. The width is 0 where the instruction is none that the hypervisor completes in place of
 * hardware (anything but MOV, MOVZX, MOVSX of 1 to 8 bytes), and for instruction fetches. An access across a border is told with the
 * address where the forbidden part begins. What modifies memory under LOCK is a write; without it, or across a border, the CPU may read
 * first, and then it is a read. Hints (PREFETCH) and invalidations
 * access nothing: nothing happens. What the guest's own tables forbid (an address that the CPU does not have) is the guest's own #PF.
 *
 * Source. docs/ARCHITECTURE.md, "One VM exit, once through": what NPT does not map is an exit, and what no handler knows is a violation
 * (core/fault.c). AMD APM vol. 2, 15.25.6: nested page faults; 5.3.3, 5.4.1: reserved bits of page tables.
 */
#include <tests/inmates/lib/escape.h>
#include <tests/inmates/lib/heartbeat.h>

#define PTE_RW		0x003UL
#define ALIAS		0x7f0000000000UL	/* where no other mapping is */

extern u64 boot_pml4[];

static u64 alias_pdpt[512] __attribute__((aligned(4096)));
static u64 alias_pd[512] __attribute__((aligned(4096)));
static u64 alias_pt[512] __attribute__((aligned(4096)));
static u8 own[64] __attribute__((aligned(64)));

/* --- plain accesses ---------------------------------------------------------------------------------------------------- */

static const char *load(const struct attack *a)
{
	u8 *p = reach(a->address);

	switch (a->width) {
	case 1:
		return answer("read 0x%x", mmio_read8(p));
	case 2:
		return answer("read 0x%x", mmio_read16(p));
	case 4:
		return answer("read 0x%x", mmio_read32(p));
	default:
		return answer("read 0x%llx", mmio_read64(p));
	}
}

static const char *store(const struct attack *a)
{
	u8 *p = reach(a->address);

	switch (a->width) {
	case 1:
		mmio_write8(p, 0x55);
		break;
	case 2:
		mmio_write16(p, 0x5555);
		break;
	case 4:
		mmio_write32(p, 0x55555555);
		break;
	default:
		mmio_write64(p, 0x5555555555555555);
	}
	return "written";
}

static const char *execute(const struct attack *a)
{
	((void (*)(void))reach(a->address))();
	return "executed";
}

/* --- every other kind of instruction: target in RDI, own memory in RSI --------------------------------------------------- */

#define INSN(name, text) \
	static const char *name(const struct attack *a) \
	{ \
		void *target = reach(a->address), *source = own; \
		unsigned long count = 2; \
		\
		excp_caught.vector = EXCP_NONE; \
		asm volatile("cld\n" EXCP_CATCH(text) : "+D" (target), "+S" (source), "+c" (count) \
			     : "a" (0), "b" (0), "d" (0) : "memory", "cc", "r8"); \
		return answer_exception(); \
	}

INSN(sse_load, "movdqu (%%rdi), %%xmm0")
INSN(sse_store, "movdqu %%xmm0, (%%rdi)")
INSN(sse_hint_store, "movntdq %%xmm0, (%%rdi)")
INSN(avx_load, "vmovdqu (%%rdi), %%ymm0")
INSN(avx_store, "vmovdqu %%ymm0, (%%rdi)")
INSN(movs_from, "xchg %%rdi, %%rsi; rep movsb")
INSN(movs_to, "rep movsq")
INSN(stos, "rep stosl")
INSN(lods, "mov %%rdi, %%rsi; lodsq")
INSN(scas, "repne scasb")
INSN(cmps, "repe cmpsb")
INSN(or_memory, "orb $1, (%%rdi)")
INSN(lock_add, "lock addl $1, (%%rdi)")
INSN(lock_xadd, "lock xaddq %%rax, (%%rdi)")
INSN(xchg, "xchgb %%al, (%%rdi)")
INSN(cmpxchg, "lock cmpxchgq %%rbx, (%%rdi)")
INSN(cmpxchg16b, "lock cmpxchg16b (%%rdi)")
INSN(bit_set, "lock btsl $3, (%%rdi)")
INSN(bit_set_far, "mov %%rdi, %%r8; sub $0x100000, %%r8; mov $0x800000, %%eax; btsq %%rax, (%%r8)")
INSN(push_from, "pushq (%%rdi)")
INSN(pop_to, "pushq $0; popq (%%rdi)")
INSN(call_through, "call *(%%rdi)")
INSN(far_jump_through, "rex64 ljmp *(%%rdi)")
INSN(fpu_save, "fxsave64 (%%rdi)")
INSN(fpu_load, "fxrstor64 (%%rdi)")
INSN(xsave, "mov $-1, %%eax; mov $-1, %%edx; xsave64 (%%rdi)")
INSN(fpu_store, "fnstenv (%%rdi)")
INSN(table_store, "sidt (%%rdi)")
INSN(table_load, "lgdt (%%rdi)")
INSN(nt_store, "movnti %%eax, (%%rdi)")
INSN(high_byte, "movb %%ah, (%%rdi)")
INSN(swapped_load, "movbel (%%rdi), %%eax")
INSN(prefetch, "prefetcht0 (%%rdi); prefetchw (%%rdi)")
INSN(invalidate, "invlpg (%%rdi)")

/* --- the guest's own tables ---------------------------------------------------------------------------------------------- */

static void alias_maps(u64 entry)
{
	alias_pt[0] = entry;
	alias_pd[0] = (unsigned long)alias_pt | PTE_RW;
	alias_pdpt[0] = (unsigned long)alias_pd | PTE_RW;
	boot_pml4[(ALIAS >> 39) & 0x1ff] = (unsigned long)alias_pdpt | PTE_RW;
	write_cr3(read_cr3());
}

static const char *read_alias(void)
{
	u32 v = 0;

	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("movl (%1), %0") : "+r" (v) : "r" (ALIAS) : "memory");
	return excp_caught.vector == EXCP_NONE ? answer("read 0x%x", v) : answer_exception();
}

/* A small page in the guest's table: nothing of it is mapped by the library's large ones. */
static const char *small_page(const struct attack *a)
{
	alias_maps(a->address | PTE_RW);
	return read_alias();
}

static const char *table_elsewhere(const struct attack *a)
{
	alias_maps(PTE_RW);
	alias_pd[0] = a->address | PTE_RW;
	return read_alias();
}

static const char *directory_elsewhere(const struct attack *a)
{
	alias_maps(PTE_RW);
	alias_pdpt[0] = a->address | PTE_RW;
	return read_alias();
}

static const char *pdpt_elsewhere(const struct attack *a)
{
	alias_maps(PTE_RW);
	boot_pml4[(ALIAS >> 39) & 0x1ff] = a->address | PTE_RW;
	return read_alias();
}

static const char *top_elsewhere(const struct attack *a)
{
	write_cr3(a->address);
	return "loaded";
}

/*
 * The page of the instruction now leads to a->address, and the TLB does not know yet: whoever reads the instruction through the tables
 * sees that memory. The access itself is to memory of nobody, so the CPU is stopped in any case: after the walk.
 */
static const char *code_elsewhere(const struct attack *a)
{
	void (*function)(void) = (void (*)(void))ALIAS;
	static u8 code[4096] __attribute__((aligned(4096))) = { 0x8b, 0x07, 0xc3 };	/* mov (%rdi), %eax; ret */

	alias_maps((unsigned long)code | PTE_RW);
	function();	/* RDI: @a, readable */
	alias_pt[0] = a->address | PTE_RW;
	asm volatile("call *%0" : : "r" (function), "D" (reach(ROOT_RAM)) : "rax", "memory");
	return "executed";
}

/* The same with an access that would be completed. What the other cell has there is another instruction: its result would tell. */
static const char *code_by_device(const struct attack *a)
{
	void (*function)(void) = (void (*)(void))ALIAS;
	static u8 code[4096] __attribute__((aligned(4096))) = { 0x8b, 0x07, 0xc3 };	/* mov (%rdi), %eax; ret */
	void *device = reach(OWN_TEST_DEVICE);
	u32 edx = 0x55555555;

	alias_maps((unsigned long)code | PTE_RW);
	asm volatile("call *%0" : : "r" (function), "D" (own) : "rax", "memory");
	alias_pt[0] = a->address | PTE_RW;
	asm volatile("call *%1" : "+d" (edx) : "r" (function), "D" (device) : "rax", "memory");
	return edx == 0x55555555 ? "executed" : "executed as what is there";
}

/* --- what the CPU reads and writes on its own: stacks, descriptor tables, task state -------------- */

struct table_register {
	u16 limit;
	unsigned long base;
} __attribute__((packed));

#define VECTOR_OWN	0x31
#define GATE_IST_BYTE	4	/* AMD APM vol. 2, 4.8.4 */
#define SELECTOR_TSS	8
#define OWN_TSS		0x20

static void handle_irq(unsigned int irq)
{
}

static void prepare_interrupt(void)
{
	disable_irqs();
	irq_init(handle_irq);
	irq_enable(VECTOR_OWN);
	write_msr(X2APIC_SELF_IPI, VECTOR_OWN);
}

#define ON_STACK(name, text) \
	static const char *name(const struct attack *a) \
	{ \
		prepare_interrupt(); \
		asm volatile("mov %0, %%rsp; " text \
			     : : "r" ((u8 *)reach(a->address)) : "memory"); \
		return "done"; \
	}

ON_STACK(stack_push, "pushq $0")
ON_STACK(stack_call, "call 1f; 1:")
ON_STACK(stack_pop, "popq %%rax")
ON_STACK(stack_exception, "ud2")
ON_STACK(stack_software, "int $0x31")
ON_STACK(stack_interrupt, "sti; nop; hlt")
ON_STACK(stack_return, "iretq")

static void load_idt(const struct attack *a)
{
	const struct table_register idt = { 0xfff, (unsigned long)reach(a->address) };

	prepare_interrupt();
	asm volatile("lidt %0" : : "m" (idt));
}

static const char *idt_exception(const struct attack *a)
{
	load_idt(a);
	asm volatile("ud2");
	return "done";
}

static const char *idt_software(const struct attack *a)
{
	load_idt(a);
	asm volatile("int $0x31");
	return "done";
}

static const char *idt_interrupt(const struct attack *a)
{
	load_idt(a);
	asm volatile("sti; nop; hlt");
	return "done";
}

static void load_gdt(unsigned long base)
{
	const struct table_register gdt = { 0xff, base };

	asm volatile("lgdt %0" : : "m" (gdt));
}

static const char *gdt_data(const struct attack *a)
{
	load_gdt((unsigned long)reach(a->address));
	asm volatile("mov %0, %%ds" : : "r" (0x18));
	return "done";
}

static const char *gdt_code(const struct attack *a)
{
	load_gdt((unsigned long)reach(a->address));
	asm volatile("pushq $0x10; pushq $1f; lretq; 1:" : : : "memory");
	return "done";
}

static const char *gdt_task(const struct attack *a)
{
	load_gdt((unsigned long)reach(a->address));
	asm volatile("ltr %w0" : : "r" (SELECTOR_TSS));
	return "done";
}

/* The table is the cell's own, the task state is not; the exception takes its stack from there. */
static const char *task_state(const struct attack *a)
{
	static u64 gdt[6] __attribute__((aligned(16))) = {
		0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff,	/* code and data where the library has them */
	};
	struct table_register idt;
	unsigned long base = (unsigned long)reach(a->address);

	asm volatile("sidt %0" : "=m" (idt));
	((u8 *)idt.base)[EXCP_UD * 16 + GATE_IST_BYTE] = 1;
	gdt[OWN_TSS / 8] = 0x0000890000000067UL | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	gdt[OWN_TSS / 8 + 1] = base >> 32;
	load_gdt((unsigned long)gdt);
	asm volatile("ltr %w0" : : "r" (OWN_TSS));
	asm volatile("ud2");
	return "done";
}

/* --- the table ---------------------------------------------------------------------------------------------------------- */

#define STOPS(name, target, kind, where, bytes, function) \
	{ name, target, "stopped: " kind " at " #where ", " #bytes " bytes", function, .address = where, .width = bytes }
/* The forbidden part begins at @where, the access at @start */
#define CROSSES(name, target, kind, start, where, bytes, function) \
	{ name, target, "stopped: " kind " at " #where ", " #bytes " bytes", function, .address = start, .width = bytes }
#define READ(name, target, where, bytes)	STOPS(name, target, "memory read", where, bytes, load)
#define WRITE(name, target, where, bytes)	STOPS(name, target, "memory write", where, bytes, store)
#define FETCH(name, target, where)		STOPS(name, target, "instruction fetch", where, 0, execute)
#define READS(name, function)		STOPS(name, "root's RAM", "memory read", 0x10000000, 0, function)
#define EITHER(name, function)		{ name, "root's RAM", "stopped: memory", function, .address = ROOT_RAM }
#define WRITES(name, function)		STOPS(name, "root's RAM", "memory write", 0x10000000, 0, function)

static const struct attack attacks[] = {
	/* who else is there */
	READ("root-read-1", "root's RAM", 0x10000000, 1),
	READ("root-read-2", "root's RAM", 0x10000000, 2),
	READ("root-read-4", "root's RAM", 0x10000000, 4),
	READ("root-read-8", "root's RAM", 0x10000000, 8),
	WRITE("root-write-1", "root's RAM", 0x10000001, 1),
	WRITE("root-write-2", "root's RAM", 0x10000001, 2),
	WRITE("root-write-4", "root's RAM", 0x10000001, 4),
	WRITE("root-write-8", "root's RAM", 0x10000001, 8),
	FETCH("root-execute", "root's RAM", 0x10000000),
	READ("hv-read-first", "the hypervisor's first byte", 0x3a000000, 1),
	WRITE("hv-write-first", "the hypervisor's first page", 0x3a000000, 8),
	READ("hv-read-last", "the hypervisor's last byte", 0x3a5fffff, 1),
	WRITE("hv-write-last", "the hypervisor's last page", 0x3a5ffff8, 8),
	WRITE("hv-write-middle", "the hypervisor's memory", 0x3a300000, 4),
	FETCH("hv-execute", "the hypervisor's memory", 0x3a000000),
	STOPS("hv-lock", "the hypervisor's memory", "memory write", 0x3a001000, 0, lock_add),
	READ("victim-read", "the other cell's RAM", 0x3ee01000, 8),
	WRITE("victim-write", "the other cell's RAM", 0x3ee01000, 8),
	FETCH("victim-execute", "the other cell's RAM", 0x3ee00000),
	WRITE("victim-last", "the other cell's last page", 0x3eeffff8, 8),
	STOPS("victim-avx", "the other cell's RAM", "memory write", 0x3ee02000, 0, avx_store),
	READ("victim-device-read", "the other cell's device", 0xfea00000, 4),
	WRITE("victim-device-write", "the other cell's device", 0xfea00060, 4),
	WRITE("published-write-1", "what the other cell publishes", 0x208000, 1),
	WRITE("published-write-8", "what the other cell publishes", 0x208ff8, 8),
	STOPS("published-lock", "what the other cell publishes", "memory write", 0x208004, 0, lock_add),
	FETCH("published-execute", "what the other cell publishes", 0x208000),
	READ("own-by-machine-address", "its own RAM by the address of the machine", 0x3f000000, 4),
	WRITE("hpet", "the machine's timer", 0xfed00010, 4),
	READ("chipset", "the chipset's registers", 0xfed1c000, 4),
	READ("firmware", "the firmware", 0xfffffff0, 1),
	READ("tpm", "where a TPM would be", 0xfed40000, 4),
	READ("pci-hole", "PCI addresses of nobody", 0xe0000000, 4),
	READ("msi-window", "messages of interrupts", 0xfeeff000, 4),
	WRITE("msi-write", "messages of interrupts", 0xfee01000, 4),

	/* how else it can be accessed */
	READS("sse-load", sse_load), WRITES("sse-store", sse_store), WRITES("sse-nt-store", sse_hint_store),
	READS("avx-load", avx_load), WRITES("avx-store", avx_store),
	READS("movs-from", movs_from), WRITES("movs-to", movs_to), WRITES("stos", stos), READS("lods", lods), READS("scas", scas),
	READS("cmps", cmps), EITHER("or", or_memory), WRITES("lock-add", lock_add), WRITES("lock-xadd", lock_xadd), WRITES("xchg", xchg),
	WRITES("lock-cmpxchg", cmpxchg), WRITES("lock-cmpxchg16b", cmpxchg16b), WRITES("lock-bts", bit_set),
	EITHER("bts-far", bit_set_far), READS("push", push_from), WRITES("pop", pop_to), READS("call", call_through),
	READS("far-jump", far_jump_through), WRITES("fxsave", fpu_save), READS("fxrstor", fpu_load),
	/* its header is read and written (APM vol. 4, XSAVE): some CPUs begin with that */
	{ "xsave", "root's RAM", "stopped: memory write at 0x10000000, 0 bytes or stopped: memory read at 0x10000200, 0 bytes", xsave, .address = ROOT_RAM },
	WRITES("fnstenv", fpu_store), WRITES("sidt", table_store), READS("lgdt", table_load), WRITES("movnti", nt_store),
	STOPS("high-byte", "root's RAM", "memory write", 0x10000003, 1, high_byte),
	{ "movbe", "root's RAM", "stopped: memory read at 0x10000000, 0 bytes or #UD", swapped_load, .address = ROOT_RAM },	/* not every CPU has it */
	{ "prefetch", "root's RAM", "no exception", prefetch, .address = ROOT_RAM },
	{ "invlpg", "root's RAM", "no exception", invalidate, .address = ROOT_RAM },

	/* across borders: of 4 KiB pages, of a 2 MiB page, of rights */
	CROSSES("small-end-2", "behind its small pages", "memory read", 0x5fffff, 0x600000, 2, load),
	CROSSES("small-end-4", "behind its small pages", "memory write", 0x5ffffd, 0x600000, 4, store),
	CROSSES("small-end-8", "behind its small pages", "memory write", 0x5fffff, 0x600000, 8, store),
	CROSSES("small-end-sse", "behind its small pages", "memory write", 0x5ffff8, 0x600000, 0, sse_store),
	CROSSES("small-end-avx", "behind its small pages", "memory read", 0x5fffff, 0x600000, 0, avx_load),
	CROSSES("small-end-movs", "behind its small pages", "memory write", 0x5ffff8, 0x600000, 0, movs_to),
	{ "small-end-lock", "behind its small pages", "stopped: memory", lock_add, .address = 0x5ffffe },
	READ("small-start-8", "before its small pages", 0x3ffffc, 8),
	WRITE("small-start-2", "before its small pages", 0x3fffff, 2),
	CROSSES("large-end-4", "behind its large page", "memory read", 0x9ffffe, 0xa00000, 4, load),
	CROSSES("large-end-8", "behind its large page", "memory write", 0x9ffff9, 0xa00000, 8, store),
	CROSSES("large-end-avx", "behind its large page", "memory write", 0x9ffff0, 0xa00000, 0, avx_store),
	WRITE("large-start-8", "before its large page", 0x7ffffc, 8),
	FETCH("large-end-fetch", "behind its large page", 0xa00000),
	CROSSES("test-device", "from the communication region into the page behind", "memory read", 0x100ffc, 0x101000, 8, load),
	CROSSES("nic-end", "behind its device", "memory read", 0xfeb83ffe, 0xfeb84000, 4, load),

	/* all widths at all offsets across both kinds of edges */
	CROSSES("small-2-over-1", "behind its small pages", "memory read", 0x5fffff, 0x600000, 2, load),
	CROSSES("small-4-over-1", "behind its small pages", "memory read", 0x5ffffd, 0x600000, 4, load),
	CROSSES("small-4-over-2", "behind its small pages", "memory read", 0x5ffffe, 0x600000, 4, load),
	CROSSES("small-4-over-3", "behind its small pages", "memory read", 0x5fffff, 0x600000, 4, load),
	CROSSES("small-8-over-1", "behind its small pages", "memory read", 0x5ffff9, 0x600000, 8, load),
	CROSSES("small-8-over-2", "behind its small pages", "memory read", 0x5ffffa, 0x600000, 8, load),
	CROSSES("small-8-over-3", "behind its small pages", "memory read", 0x5ffffb, 0x600000, 8, load),
	CROSSES("small-8-over-4", "behind its small pages", "memory read", 0x5ffffc, 0x600000, 8, load),
	CROSSES("small-8-over-5", "behind its small pages", "memory read", 0x5ffffd, 0x600000, 8, load),
	CROSSES("small-8-over-6", "behind its small pages", "memory read", 0x5ffffe, 0x600000, 8, load),
	CROSSES("small-8-over-7", "behind its small pages", "memory read", 0x5fffff, 0x600000, 8, load),
	CROSSES("large-2-over-1", "behind its large page", "memory write", 0x9fffff, 0xa00000, 2, store),
	CROSSES("large-4-over-1", "behind its large page", "memory write", 0x9ffffd, 0xa00000, 4, store),
	CROSSES("large-4-over-2", "behind its large page", "memory write", 0x9ffffe, 0xa00000, 4, store),
	CROSSES("large-4-over-3", "behind its large page", "memory write", 0x9fffff, 0xa00000, 4, store),
	CROSSES("large-8-over-1", "behind its large page", "memory write", 0x9ffff9, 0xa00000, 8, store),
	CROSSES("large-8-over-2", "behind its large page", "memory write", 0x9ffffa, 0xa00000, 8, store),
	CROSSES("large-8-over-3", "behind its large page", "memory write", 0x9ffffb, 0xa00000, 8, store),
	CROSSES("large-8-over-4", "behind its large page", "memory write", 0x9ffffc, 0xa00000, 8, store),
	CROSSES("large-8-over-5", "behind its large page", "memory write", 0x9ffffd, 0xa00000, 8, store),
	CROSSES("large-8-over-6", "behind its large page", "memory write", 0x9ffffe, 0xa00000, 8, store),
	CROSSES("large-8-over-7", "behind its large page", "memory write", 0x9fffff, 0xa00000, 8, store),

	/* rights */
	WRITE("read-only-1", "its read-only RAM", 0x200000, 1),
	WRITE("read-only-8", "its read-only RAM", 0x200ff8, 8),
	WRITE("read-only-cross", "its read-only RAM, from its last bytes on", 0x200ffe, 4),
	STOPS("read-only-lock", "its read-only RAM", "memory write", 0x200004, 0, lock_add),
	STOPS("read-only-xchg", "its read-only RAM", "memory write", 0x200004, 0, xchg),
	STOPS("read-only-sse", "its read-only RAM", "memory write", 0x200010, 0, sse_store),
	FETCH("no-execute", "its RAM that cannot be executed", 0x201000),
	FETCH("comm-execute", "its communication region", 0x100000),
	FETCH("test-device-execute", "the test device", 0x101ff8),
	FETCH("window-execute", "its window", 0x202010),
	FETCH("nic-execute", "its device's registers", 0xfeb40000),

	/* what the CPU reads on its own: tables of the guest. Hardware takes each walk for a write (APM vol. 2, 15.25.6). */
	STOPS("pte-root", "root's RAM, as a small page", "memory read", 0x10000000, 4, small_page),
	STOPS("pte-victim", "the other cell's RAM, as a small page", "memory read", 0x3ee00000, 4, small_page),
	STOPS("pte-hv", "the hypervisor, as a small page", "memory read", 0x3a000000, 4, small_page),
	STOPS("pte-high", "the last page that the CPU can name", "memory read", 0xfffffff000, 4, small_page),
	STOPS("pte-middle", "an address of 40 bits", "memory read", 0x8000000000, 4, small_page),
	{ "pte-beyond", "an address that the CPU cannot name", "#PF", small_page, .address = 1UL << 41 },
	{ "pte-far-beyond", "an address that the CPU cannot name", "#PF", small_page, .address = 1UL << 51 },
	STOPS("table-root", "a page table in root's RAM", "memory write", 0x10000000, 0, table_elsewhere),
	STOPS("table-hv", "a page table in the hypervisor", "memory write", 0x3a000000, 0, table_elsewhere),
	STOPS("table-read-only", "a page table in its read-only RAM", "memory write", 0x200000, 0, table_elsewhere),
	STOPS("table-window", "a page table in the page of its window", "memory write", 0x202000, 0, table_elsewhere),
	STOPS("table-test-device", "a page table in the test device", "memory write", 0x101000, 0, table_elsewhere),
	STOPS("table-apic", "a page table in the local APIC", "memory write", 0xfee00000, 0, table_elsewhere),
	STOPS("table-ioapic", "a page table in the IOAPIC", "memory write", 0xfec00000, 0, table_elsewhere),
	STOPS("table-msix", "a page table in its MSI-X table", "memory write", 0xfeb80000, 0, table_elsewhere),
	STOPS("directory-victim", "a page directory in the other cell's RAM", "memory write", 0x3ee01000, 0, directory_elsewhere),
	STOPS("directory-mmconfig", "a page directory in configuration space", "memory write", 0xb0000000, 0, directory_elsewhere),
	STOPS("pdpt-root", "a page directory pointer table in root's RAM", "memory write", 0x10000000, 0, pdpt_elsewhere),
	{ "top-root", "a top-level table in root's RAM", "stopped: memory write at 0x10000000", top_elsewhere, .address = ROOT_RAM },
	{ "top-hv", "a top-level table in the hypervisor", "stopped: memory write at 0x3a000000", top_elsewhere, .address = HV_START },
	{ "top-victim", "a top-level table in the other cell", "stopped: memory write at 0x3ee00000", top_elsewhere, .address = VICTIM_RAM },

	/* on its own, too: stacks, descriptor tables, task state */
	CROSSES("stack-push", "a stack in root's RAM", "memory write", 0x10001000, 0x10000ff8, 0, stack_push),
	CROSSES("stack-call", "a stack in root's RAM", "memory write", 0x10001000, 0x10000ff8, 0, stack_call),
	STOPS("stack-pop", "a stack in the hypervisor", "memory read", 0x3a000000, 0, stack_pop),
	CROSSES("stack-exception", "an exception's frame in root's RAM", "memory write", 0x10001000, 0x10000ff8, 0,
		stack_exception),
	CROSSES("stack-exception-hv", "an exception's frame in the hypervisor", "memory write", 0x3a001000, 0x3a000ff8, 0,
		stack_exception),
	CROSSES("stack-software", "the frame of INT n in the other cell", "memory write", 0x3ee01000, 0x3ee00ff8, 0,
		stack_software),
	CROSSES("stack-interrupt", "an interrupt's frame in root's RAM", "memory write", 0x10001000, 0x10000ff8, 0,
		stack_interrupt),
	CROSSES("stack-read-only", "an interrupt's frame in its read-only RAM", "memory write", 0x201000, 0x200ff8, 0,
		stack_interrupt),
	STOPS("stack-return", "a frame of IRET in the other cell", "memory read", 0x3ee00000, 0, stack_return),
	CROSSES("idt-exception", "an interrupt table in root's RAM", "memory read", 0x10000000, 0x10000060, 0, idt_exception),
	CROSSES("idt-software", "an interrupt table in the hypervisor", "memory read", 0x3a000000, 0x3a000310, 0, idt_software),
	CROSSES("idt-interrupt", "an interrupt table in the other cell", "memory read", 0x3ee00000, 0x3ee00310, 0,
		idt_interrupt),
	CROSSES("gdt-data", "a descriptor table in root's RAM", "memory read", 0x10000000, 0x10000018, 0, gdt_data),
	CROSSES("gdt-code", "a descriptor table in the hypervisor", "memory read", 0x3a000000, 0x3a000010, 0, gdt_code),
	CROSSES("gdt-task", "a descriptor table in the other cell", "memory read", 0x3ee00000, 0x3ee00008, 0, gdt_task),
	CROSSES("task-state", "a task's state in root's RAM", "memory read", 0x10000000, 0x10000024, 0, task_state),
	{ "code-root", "instructions in root's RAM, by a stale TLB entry", "stopped: memory read at 0x10000000, 0 bytes", code_elsewhere,
	  .address = ROOT_RAM + 0x1000 },
	{ "code-victim", "an instruction in the other cell, by a stale TLB entry", "stopped: memory read at 0x101ff8, 0 bytes", code_by_device,
	  .address = BAIT_PHYS },
	{ "code-hv", "instructions in the hypervisor, by a stale TLB entry", "stopped: memory read at 0x10000000, 0 bytes", code_elsewhere,
	  .address = HV_START },
};

void inmate_main(void)
{
	escape_main("escape-memory", attacks, ARRAY_SIZE(attacks));
}
