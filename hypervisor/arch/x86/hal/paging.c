// SPDX-License-Identifier: GPL-2.0
/*
 * paging - the hypervisor's own address spaces: a common part with W^X, and for each CPU tables of its own that add its private
 * area, its window and its APIC, and nothing of another CPU, of Linux or of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/pt.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <x86/hal.h>

#define PTE_P		(1UL << 0)
#define PTE_RW		(1UL << 1)
#define PTE_PWT		(1UL << 3)
#define PTE_PCD		(1UL << 4)
#define PTE_A		(1UL << 5)
#define PTE_D		(1UL << 6)
#define PTE_NX		(1UL << 63)
#define PTE_TABLE	(PTE_P | PTE_RW | PTE_A)
#define PTE_DATA	(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)

static struct pt common;

u64 arch_virt_to_phys(const void *p)
{
	return (u64)p - HV_BASE + hv_header.hv_phys;
}

void *arch_phys_to_virt(u64 pa)
{
	return (void *)(pa - hv_header.hv_phys + HV_BASE);
}

const struct pt_format *arch_stage2_format(void)
{
	return virt->stage2_format();
}

static int map_linear(const u8 *start, const u8 *end, u32 flags)
{
	u64 size = PAGE_ALIGN((u64)(end - start));

	if (!size)
		return 0;
	return pt_map(&common, (u64)start, arch_virt_to_phys(start), size, flags | PT_NO_HUGE);
}

int x86_paging_init(struct system *s)
{
	u8 *percpu = __image_start + hv_header.core_size;
	u8 *rest = percpu + (u64)hv_header.max_cpus * PERCPU_SIZE;
	u8 *end = __image_start + hv_header.hv_size;
	int err = pt_init(&common, &pt_ia32e, &s->pool);

	if (!err)
		err = map_linear(__image_start, __text_end, PT_READ | PT_EXEC);
	if (!err)
		err = map_linear(__rodata_start, __rodata_end, PT_READ);
	if (!err)
		err = map_linear(__data_start, percpu, PT_READ | PT_WRITE);
	if (!err)	/* the private areas stay out */
		err = map_linear(rest, end, PT_READ | PT_WRITE);
	if (!err)
		err = pt_map(&common, DEVICE_APIC, XAPIC_BASE, PAGE_SIZE, PT_READ | PT_WRITE | PT_DEVICE);
	if (!err && s->config->debug_console.flags & JAILHOUSE_CON_ACCESS_MMIO)
		err = pt_map(&common, DEVICE_CONSOLE, s->config->debug_console.address & PAGE_MASK, PAGE_SIZE,
			     PT_READ | PT_WRITE | PT_DEVICE);
	return err;
}

static unsigned int slot(u64 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static u64 private_pa(struct percpu *p, const void *member)
{
	return p->self_pa + ((const u8 *)member - (const u8 *)p);
}

static u64 table(struct percpu *p, const u64 *t)
{
	return private_pa(p, t) | PTE_TABLE;
}

/* Not zero: a non-present entry must not name a page that is there (L1TF). */
static void clear_tables(struct percpu *p)
{
	u64 *tables[] = { p->pml5, p->pml4, p->local_pd, p->local_pt, p->window_pd, p->window_pt };

	for (unsigned int t = 0; t < ARRAY_SIZE(tables); t++)
		for (unsigned int i = 0; i < 512; i++)
			tables[t][i] = pt_ia32e.empty;
}

void x86_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE;
	const u64 *common_pdpt = pt_ia32e.present(common.root[slot(HV_BASE, 3)], 3) ?
		arch_phys_to_virt(pt_ia32e.pa(common.root[slot(HV_BASE, 3)], 3)) : NULL;

	HV_BUG_ON(!common_pdpt);
	clear_tables(p);
	for (int i = 0; i < 512; i++)
		p->pdpt[i] = common_pdpt[i];

	/* the lowest page of the stack stays unmapped: a guard */
	for (unsigned int i = 1; i < pages; i++)
		p->local_pt[slot(LOCAL_BASE, 0) + i] = (p->self_pa + i * PAGE_SIZE) | PTE_DATA;
	p->local_pd[slot(LOCAL_BASE, 1)] = table(p, p->local_pt);
	p->window_pd[slot(WINDOW_BASE, 1)] = table(p, p->window_pt);
	p->pdpt[slot(LOCAL_BASE, 2)] = table(p, p->local_pd);
	p->pdpt[slot(WINDOW_BASE, 2)] = table(p, p->window_pd);
	p->pml4[slot(HV_BASE, 3)] = table(p, p->pdpt);
	p->pml5[511] = table(p, p->pml4);

	/* LA57 cannot be switched while paging is on: the depth stays Linux's. */
	p->host_cr3 = read_cr4() & X86_CR4_LA57 ? private_pa(p, p->pml5) : private_pa(p, p->pml4);
}

u64 x86_stage2_top(const struct pt *stage2, u64 *top)
{
	u64 root = arch_virt_to_phys(stage2->root);

	if (!(read_cr4() & X86_CR4_LA57))
		return root;
	top[0] = stage2->fmt->table(root, 4);
	return arch_virt_to_phys(top);
}

/* --- window: one page of somebody else's memory a slot, on this CPU only ------------------------------------------------ */

static u64 *window_pte(enum window_slot s)
{
	return &this_cpu()->window_pt[slot(WINDOW_BASE, 0) + s];
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
	*window_pte(s) = pt_ia32e.empty;
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
