// SPDX-License-Identifier: GPL-2.0
/*
 * window - memory that is not the hypervisor's: one page a slot, on this CPU only. And its own: the
 * linear map.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/arm/lpae.h>

u64 arch_virt_to_phys(const void *p)
{
	return (u32)p - HV_BASE + hv_header.hv_phys;
}

void *arch_phys_to_virt(u64 pa)
{
	return (void *)((u32)(pa - hv_header.hv_phys) + HV_BASE);
}

static void *window_va(enum window_slot s)
{
	return (void *)(WINDOW_BASE + s * (u32)PAGE_SIZE);
}

/* ARM DDI 0406, B3.10.1: an entry goes by way of an invalid one */
static void set_entry(enum window_slot s, u64 pte)
{
	/* its next owner may read what has been cleared with caches off: it has to be in memory, and nowhere else */
	if (s == WINDOW_SCRUB && this_cpu()->window_l3[s] & LPAE_VALID)
		dcache_flush(window_va(s), PAGE_SIZE);
	WRITE_ONCE(this_cpu()->window_l3[s], LPAE_EMPTY);
	__asm__ volatile("dsb ishst" : : : "memory");
	CP15_WRITE(window_va(s), 4, c8, c7, 1);	/* TLBIMVAH */
	__asm__ volatile("dsb nsh; isb" : : : "memory");
	WRITE_ONCE(this_cpu()->window_l3[s], pte);
	__asm__ volatile("dsb ishst; isb" : : : "memory");
}

void *arch_window_map(enum window_slot s, hpa_t page, bool device)
{
	set_entry(s, lpae_s1_leaf(page.v & PAGE_MASK, 0, PT_READ | PT_WRITE | (device ? PT_DEVICE : 0)));
	return window_va(s);
}

void arch_window_unmap(enum window_slot s)
{
	set_entry(s, LPAE_EMPTY);
}

/*
 * A device that is not there, or whose clock is off, answers with an abort, which is taken in HYP mode:
 * the vector goes on behind the access, having cleared fault_resume. What the guest's exit left in the
 * registers of HYP mode is put back.
 */
#define TRY_ACCESS(slot, insn, ...)					\
	do {								\
		u32 elr_ = read_sysreg(elr_el2), spsr_ = read_sysreg(spsr_el2), esr_ = read_sysreg(esr_el2), at_;	\
		__asm__ volatile("adr %[at], 1f\n\tstr %[at], [%[slot_]]\n\t" insn "\n\tdsb sy\n1:"	\
				 : [at] "=&r"(at_), __VA_ARGS__ [slot_] "r"(slot), [va_] "r"(va) : "memory");	\
		write_sysreg(elr_, elr_el2);				\
		write_sysreg(spsr_, spsr_el2);				\
		write_sysreg(esr_, esr_el2);				\
		WRITE_ONCE(*(slot), 0);					\
	} while (0)

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u32 value = ~0U;

	if (size == 1)
		TRY_ACCESS(slot, "ldrb %[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 2)
		TRY_ACCESS(slot, "ldrh %[v_], [%[va_]]", [v_] "+&r"(value) :);
	else
		TRY_ACCESS(slot, "ldr %[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
	return size >= 4 ? value : value & ((1U << size * 8) - 1);
}

void arch_device_write(hpa_t addr, unsigned int size, u64 v)
{
	u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u32 value = v;

	if (size == 1)
		TRY_ACCESS(slot, "strb %[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 2)
		TRY_ACCESS(slot, "strh %[v_], [%[va_]]", [v_] "+&r"(value) :);
	else
		TRY_ACCESS(slot, "str %[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
}

u32 arm_read_halfword(u64 pa)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_GUEST, hpa(pa), false) + (pa & ~PAGE_MASK);
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u32 value = ~0U;

	TRY_ACCESS(slot, "ldrh %[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_GUEST);
	return value & 0xffff;
}

#define PAR_FAILED	1U
#define PAR_ADDRESS	0x000000fffffff000ULL

/* A table of the guest's may lie where nothing answers. PAR is the guest's, which may be between its own translation and the look at it. */
bool arm_translate(u64 address, u64 *ipa)
{
	u64 guests = read_sysreg(par_el1), par;
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u32 va = address, failed = 1;

	if ((read_sysreg(spsr_el2) & PSR_MODE) == MODE_USR)
		TRY_ACCESS(slot, "mcr p15, 0, %[va_], c7, c8, 2\n\tisb\n\tmov %[v_], #0", [v_] "+&r"(failed) :);
	else
		TRY_ACCESS(slot, "mcr p15, 0, %[va_], c7, c8, 0\n\tisb\n\tmov %[v_], #0", [v_] "+&r"(failed) :);
	par = read_sysreg(par_el1);
	write_sysreg(guests, par_el1);
	*ipa = (par & PAR_ADDRESS) | (va & ~PAGE_MASK);
	return !failed && !(par & PAR_FAILED);
}
