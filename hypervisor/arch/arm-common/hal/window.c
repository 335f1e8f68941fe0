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
	return (unsigned long)p - HV_BASE + hv_header.hv_phys;
}

void *arch_phys_to_virt(u64 pa)
{
	return (void *)(unsigned long)(pa - hv_header.hv_phys + HV_BASE);
}

static void *window_va(enum window_slot s)
{
	return (void *)(WINDOW_BASE + s * PAGE_SIZE);
}

/* ARM ARM, D8.13.1, and ARM DDI 0406, B3.10.1: an entry goes by way of an invalid one */
static void set_entry(enum window_slot s, u64 pte)
{
	/* its next owner may read what has been cleared with caches off: it has to be in memory, and nowhere else */
	if (s == WINDOW_SCRUB && this_cpu()->window_l3[s] & LPAE_VALID)
		dcache_flush(window_va(s), PAGE_SIZE);
	WRITE_ONCE(this_cpu()->window_l3[s], LPAE_EMPTY);
	arm_flush_own_page(window_va(s));
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
 * guest's exit left in EL2's registers is put back. A write's may come as an SError instead, which waits
 * until the guest goes on and is taken for its own.
 */
#define TRY_ACCESS(insn, ...)						\
	do {								\
		unsigned long elr_ = read_sysreg(elr_el2), spsr_ = read_sysreg(spsr_el2), esr_ = read_sysreg(esr_el2);	\
		unsigned long far_ = read_sysreg(far_el2), at_, *resume_ = &this_cpu()->regs.fault_resume;	\
		__asm__ volatile("adr %[at], 1f\n\tstr %[at], [%[resume]]\n\t" insn "\n\tdsb sy\n1:"	\
				 : [at] "=&r"(at_), __VA_ARGS__ [resume] "r"(resume_), [va] "r"(va) : "memory");	\
		write_sysreg(elr_, elr_el2);				\
		write_sysreg(spsr_, spsr_el2);				\
		write_sysreg(esr_, esr_el2);				\
		write_sysreg(far_, far_el2);				\
		WRITE_ONCE(*resume_, 0);				\
	} while (0)

#define TRY_SIZED(op, size)						\
	do {								\
		if (size == 1)						\
			TRY_ACCESS(op "b " ARM_WORD "[value], [%[va]]", [value] "+&r"(value) :);	\
		else if (size == 2)					\
			TRY_ACCESS(op "h " ARM_WORD "[value], [%[va]]", [value] "+&r"(value) :);	\
		else if (size == 4)					\
			TRY_ACCESS(op " " ARM_WORD "[value], [%[va]]", [value] "+&r"(value) :);	\
		else							\
			TRY_ACCESS(op " %[value], [%[va]]", [value] "+&r"(value) :);	\
	} while (0)

static unsigned long try_read(const u8 *va, unsigned int size)
{
	unsigned long value = ~0UL;

	TRY_SIZED("ldr", size);
	return size >= sizeof(value) ? value : value & ((1UL << size * 8) - 1);
}

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	u64 value = try_read(va, size);

	arch_window_unmap(WINDOW_DEVICE_SLOT);
	return value;
}

void arch_device_write(hpa_t addr, unsigned int size, u64 v)
{
	u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	unsigned long value = v;

	TRY_SIZED("str", size);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
}

/* What a cell's configuration calls memory may be none. */
u32 arm_read_guest(u64 pa, unsigned int size)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_GUEST, hpa(pa), false) + (pa & ~PAGE_MASK);
	u32 value = try_read(va, size);

	/* who runs with caches off may write there, and would not be read the next time */
	dcache_flush_line((unsigned long)va);
	dsb_ish();
	arch_window_unmap(WINDOW_GUEST);
	return value;
}

#define PAR_FAILED	1

/* PAR_EL1 is the guest's, which may be between its own translation and the look at it. Its table may lie where nothing answers. */
bool arm_translate(u64 address, u64 *ipa)
{
	u64 guests = read_sysreg(par_el1), par;
	unsigned long va = address, failed = PAR_FAILED;

	if (SPSR_IS_USER(read_sysreg(spsr_el2)))
		TRY_ACCESS(ARM_TRANSLATE_USER("%[va]") "\n\tisb\n\tmov %[value], #0", [value] "+&r"(failed) :);
	else
		TRY_ACCESS(ARM_TRANSLATE("%[va]") "\n\tisb\n\tmov %[value], #0", [value] "+&r"(failed) :);
	par = read_sysreg(par_el1);
	write_sysreg(guests, par_el1);
	*ipa = (par & ARM_PAR_ADDRESS) | (va & ~PAGE_MASK);
	return !((par | failed) & PAR_FAILED);
}
