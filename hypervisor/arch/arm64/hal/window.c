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
	return (u64)p - HV_BASE + hv_header.hv_phys;
}

void *arch_phys_to_virt(u64 pa)
{
	return (void *)(pa - hv_header.hv_phys + HV_BASE);
}

static void *window_va(enum window_slot s)
{
	return (void *)(WINDOW_BASE + s * PAGE_SIZE);
}

/* ARM ARM, D8.13.1: an entry goes by way of an invalid one */
static void set_entry(enum window_slot s, u64 pte)
{
	/* its next owner may read what has been cleared with caches off: it has to be in memory, and nowhere else */
	if (s == WINDOW_SCRUB && this_cpu()->window_l3[s] & LPAE_VALID)
		dcache_flush(window_va(s), PAGE_SIZE);
	WRITE_ONCE(this_cpu()->window_l3[s], LPAE_EMPTY);
	__asm__ volatile("dsb nshst; tlbi vae2, %0; dsb nsh; isb" : : "r"((u64)window_va(s) >> PAGE_SHIFT) : "memory");
	WRITE_ONCE(this_cpu()->window_l3[s], pte);
	__asm__ volatile("dsb nshst; isb" : : : "memory");
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
 * A device that is not there, or whose clock is off, answers with an abort, which is taken at EL2, as does
 * what a guest's table leads to: the vector goes on behind the access, having cleared fault_resume. What the
 * guest's exit left in EL2's registers is put back.
 */
#define TRY_ACCESS(slot, insn, ...)					\
	do {								\
		u64 elr_ = read_sysreg(elr_el2), spsr_ = read_sysreg(spsr_el2), esr_ = read_sysreg(esr_el2);	\
		u64 far_ = read_sysreg(far_el2), at_;			\
		__asm__ volatile("adr %[at], 1f\n\tstr %[at], [%[slot_]]\n\t" insn "\n\tdsb sy\n1:"	\
				 : [at] "=&r"(at_), __VA_ARGS__ [slot_] "r"(slot), [va_] "r"(va) : "memory");	\
		write_sysreg(elr_, elr_el2);				\
		write_sysreg(spsr_, spsr_el2);				\
		write_sysreg(esr_, esr_el2);				\
		write_sysreg(far_, far_el2);				\
		WRITE_ONCE(*(slot), 0);					\
	} while (0)

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u64 value = ~0ULL;

	if (size == 1)
		TRY_ACCESS(slot, "ldrb %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 2)
		TRY_ACCESS(slot, "ldrh %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 4)
		TRY_ACCESS(slot, "ldr %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else
		TRY_ACCESS(slot, "ldr %[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
	return size == 8 ? value : value & ((1ULL << size * 8) - 1);
}

void arch_device_write(hpa_t addr, unsigned int size, u64 value)
{
	u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	u64 *slot = &this_cpu()->regs.fault_resume;

	if (size == 1)
		TRY_ACCESS(slot, "strb %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 2)
		TRY_ACCESS(slot, "strh %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else if (size == 4)
		TRY_ACCESS(slot, "str %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	else
		TRY_ACCESS(slot, "str %[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
}

/* What a cell's configuration calls memory may be none. */
u32 arm64_read_insn(u64 pa)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_GUEST, hpa(pa), false) + (pa & ~PAGE_MASK);
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u64 value = ~0ULL;

	TRY_ACCESS(slot, "ldr %w[v_], [%[va_]]", [v_] "+&r"(value) :);
	arch_window_unmap(WINDOW_GUEST);
	return value;
}

#define PAR_FAILED	(1UL << 0)
#define PAR_ADDRESS	0x0000fffffffff000UL
#define SPSR_IS_EL0(s)	(((s) & 0xf) == 0)

/* PAR_EL1 is the guest's, which may be between its own translation and the look at it. */
bool arm_translate(u64 va, u64 *ipa)
{
	unsigned long *slot = &this_cpu()->regs.fault_resume;
	u64 guests = read_sysreg(par_el1), par = PAR_FAILED;

	if (SPSR_IS_EL0(read_sysreg(spsr_el2)))
		TRY_ACCESS(slot, "at s1e0r, %[va_]\n\tisb\n\tmrs %[v_], par_el1", [v_] "+&r"(par) :);
	else
		TRY_ACCESS(slot, "at s1e1r, %[va_]\n\tisb\n\tmrs %[v_], par_el1", [v_] "+&r"(par) :);
	write_sysreg(guests, par_el1);
	*ipa = (par & PAR_ADDRESS) | (va & ~PAGE_MASK);
	return !(par & PAR_FAILED);
}
