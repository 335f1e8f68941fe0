// SPDX-License-Identifier: GPL-2.0
/*
 * window - memory that is not the hypervisor's: one page a slot, on this CPU only. And its own: the
 * linear map.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm64/hal.h>
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

	switch (size) {
	case 1:
		mmio_write8(va, value);
		break;
	case 2:
		mmio_write16(va, value);
		break;
	case 4:
		mmio_write32(va, value);
		break;
	default:
		mmio_write64(va, value);
	}
	arch_window_unmap(WINDOW_DEVICE_SLOT);
}
