// SPDX-License-Identifier: GPL-2.0
/*
 * arena: the tables that random code runs with. It may break all of them but the last resort: the program is read-only to it, exceptions
 * are taken on a stack of their own.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"

#define PTE_P		1UL
#define PTE_W		2UL
#define PTE_LARGE	0x80UL
#define PTE_UC		0x18UL
#define TSS_SELECTOR	0x28
#define STUB_SIZE	16
#define IST1		9	/* of 32-bit words in the TSS */
#define GIB		0x40000000UL

struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed));

static u64 pml4[512] __attribute__((aligned(4096)));
static u64 pdpt[512] __attribute__((aligned(4096)));
static u64 pds[4][512] __attribute__((aligned(4096)));
static u64 low[512] __attribute__((aligned(4096)));
static u8 catch_stack[4096] __attribute__((aligned(4096)));

static u64 idt[512] __attribute__((aligned(16)));
static u32 tss[26] __attribute__((aligned(16)));
static u64 gdt[] __attribute__((aligned(16))) = {
	0,
	0x00cf9b000000ffff,	/* code of 32 bits, of 64 bits, data */
	0x00af9b000000ffff,
	0x00cf93000000ffff,
	0x00009b410000ffff,	/* code of 16 bits, at CODE: base 0x410000 */
	0, 0,			/* task state */
};

struct table_register fuzz_gdt_register = { sizeof(gdt) - 1, 0 };
struct table_register fuzz_idt_register = { sizeof(idt) - 1, 0 };

static void map_large(unsigned long address, u64 flags)
{
	pds[address / GIB][address / HUGE_PAGE_SIZE % 512] = address | PTE_P | PTE_W | PTE_LARGE | flags;
}

/* The first megabyte: the program, read-only, but for the stack of exceptions; then the communication region and the test device. */
static void map_low(void)
{
	unsigned long page;

	for (page = 0; page < OWN_END; page += PAGE_SIZE)
		low[page / PAGE_SIZE] = page | PTE_P;
	low[(unsigned long)catch_stack / PAGE_SIZE] |= PTE_W;
	low[OWN_END / PAGE_SIZE] = OWN_END | PTE_P;
	low[OWN_END / PAGE_SIZE + 1] = (OWN_END + PAGE_SIZE) | PTE_P | PTE_W | PTE_UC;
	pds[0][0] = (unsigned long)low | PTE_P | PTE_W;
}

static void make_page_tables(void)
{
	static const unsigned long foreign[] = { ROOT_RAM, HV_START, VICTIM_RAM & HUGE_PAGE_MASK, OWN_READ_ONLY, MMCONFIG, IOAPIC,
						 LOCAL_APIC, HPET & HUGE_PAGE_MASK };
	unsigned int n;

	pml4[0] = (unsigned long)pdpt | PTE_P | PTE_W;
	for (n = 0; n < 4; n++)
		pdpt[n] = (unsigned long)pds[n] | PTE_P | PTE_W;
	map_low();
	map_large(OWN_SMALL, 0);
	map_large(OWN_LARGE, 0);
	for (n = 0; n < ARRAY_SIZE(foreign); n++)
		map_large(foreign[n], PTE_UC);
}

static void make_gates(void)
{
	unsigned int n;

	for (n = 0; n < 256; n++) {
		unsigned long entry = (unsigned long)fuzz_stubs + n * STUB_SIZE;

		idt[2 * n] = (entry & 0xffff) | SEL_CODE64 << 16 | 1UL << 32 | 0x8eUL << 40 | (entry >> 16 & 0xffff) << 48;
	}
}

/* LTR marks the segment busy and refuses one that is: described anew each time. */
static void load_tss(void)
{
	unsigned long base = (unsigned long)tss;

	gdt[TSS_SELECTOR / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
	asm volatile("ltr %w0" : : "r" (TSS_SELECTOR) : "memory");
}

void arena_watch(void)
{
	write_msr(X2APIC_LVTT, FUZZ_WATCHDOG);
	write_msr(X2APIC_TMICT, 1000000);
}

/* The interrupt, if it was one, ends; the APIC is on. */
static void restore_apic(void)
{
	write_msr(X2APIC_TMICT, 0);
	if (fuzz_vector >= 32)
		write_msr(X2APIC_EOI, 0);
	if (read_msr(X2APIC_SPIV) != 0x1ff)
		write_msr(X2APIC_SPIV, 0x1ff);
}

void arena_restore(void)
{
	load_tss();
	if (fuzz_vector >= 32)
		restore_apic();
}

void arena_init(void)
{
	unsigned long stack = (unsigned long)catch_stack + sizeof(catch_stack);

	make_page_tables();
	make_gates();
	tss[IST1] = (u32)stack;
	fuzz_gdt_register.base = (unsigned long)gdt;
	fuzz_idt_register.base = (unsigned long)idt;
	asm volatile("lgdt %0; lidt %1" : : "m" (fuzz_gdt_register), "m" (fuzz_idt_register) : "memory");
	load_tss();
	write_cr3((unsigned long)pml4);
	write_msr(X2APIC_SPIV, 0x1ff);
	write_msr(X2APIC_TDCR, 0xb);
	normal_cr0 = read_cr0();
	normal_cr3 = read_cr3();
	normal_cr4 = read_cr4();
}
