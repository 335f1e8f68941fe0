// SPDX-License-Identifier: GPL-2.0
/*
 * window - memory that is not the hypervisor's: one page a slot, on this CPU only. And its own: the linear map.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <x86/hal.h>

#define PTE_P		(1UL << 0)
#define PTE_RW		(1UL << 1)
#define PTE_PWT		(1UL << 3)
#define PTE_PCD		(1UL << 4)
#define PTE_A		(1UL << 5)
#define PTE_D		(1UL << 6)
#define PTE_NX		(1UL << 63)
#define PTE_DATA	(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)

/* Not zero: a non-present entry must not name a page that is there (L1TF). The value of pt_ia32e.empty. */
#define PTE_EMPTY	0x000ffffffffff000UL

u64 arch_virt_to_phys(const void *p)
{
	return (u64)p - HV_BASE + hv_header.hv_phys;
}

void *arch_phys_to_virt(u64 pa)
{
	return (void *)(pa - hv_header.hv_phys + HV_BASE);
}

static u64 *window_pte(enum window_slot s)
{
	return &this_cpu()->window_pt[s];
}

static void *window_va(enum window_slot s)
{
	return (void *)(WINDOW_BASE + s * PAGE_SIZE);
}

void *arch_window_map(enum window_slot s, hpa_t page, bool device)
{
	void *va = window_va(s);

	*window_pte(s) = (page.v & PAGE_MASK) | PTE_DATA | (device ? PTE_PCD | PTE_PWT : 0);
	invlpg(va);
	return va;
}

void arch_window_unmap(enum window_slot s)
{
	*window_pte(s) = PTE_EMPTY;
	invlpg(window_va(s));
}

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	const u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);
	u64 value = size == 1 ? mmio_read8(va) : size == 2 ? mmio_read16(va) : size == 4 ? mmio_read32(va) : mmio_read64(va);

	arch_window_unmap(WINDOW_DEVICE_SLOT);
	return value;
}

void arch_device_write(hpa_t addr, unsigned int size, u64 value)
{
	u8 *va = (u8 *)arch_window_map(WINDOW_DEVICE_SLOT, addr, true) + (addr.v & ~PAGE_MASK);

	if (size == 1)
		mmio_write8(va, value);
	else if (size == 2)
		mmio_write16(va, value);
	else if (size == 4)
		mmio_write32(va, value);
	else
		mmio_write64(va, value);
	arch_window_unmap(WINDOW_DEVICE_SLOT);
}
