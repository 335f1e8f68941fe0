// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - what the CPU itself offers: time, registers that change their owner, ports and PCI configuration.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <jailhouse/mitigations.h>
#include <x86/hal.h>
#include <x86/scrub_msrs.h>

#define CPUID_1_ECX_XSAVE	(1U << 26)
#define CPUID_D1_EAX_XSS	(1U << 3)
#define CPUID_EXT_EDX_RDTSCP	(1U << 27)
#define PRED_CMD_IBPB		1

bool x86_has_gif;
u8 x86_deny_all_map[X86_IOPM_PAGES * PAGE_SIZE] __aligned(PAGE_SIZE);

void x86_cpu_init(struct percpu *p)
{
	u32 r[4];

	cpuid(1, 0, r);
	p->has_xsave = r[2] & CPUID_1_ECX_XSAVE;
	if (p->has_xsave) {
		cpuid(0xd, 0, r);
		p->xcr0_all = r[0] | (u64)r[3] << 32;
		cpuid(0xd, 1, r);
		p->has_xss = r[0] & CPUID_D1_EAX_XSS;
	}
	cpuid(0x80000001, 0, r);
	p->has_tsc_aux = r[3] & CPUID_EXT_EDX_RDTSCP;

	p->host_cr4 = X86_CR4_PAE | X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT | (read_cr4() & (X86_CR4_LA57 | X86_CR4_MCE | X86_CR4_VMXE)) |
		      (p->has_xsave ? X86_CR4_OSXSAVE : 0);
	*(u32 *)&p->xsave_reset[24] = X86_MXCSR_RESET;
	*(u16 *)&p->xsave_reset[0] = 0x37f;
}

static bool virt_is_on(void)
{
	return x86_has_gif ? rdmsr(MSR_EFER) & X86_EFER_SVME : read_cr4() & X86_CR4_VMXE;
}

void __noreturn arch_cpu_stop(void)
{
	/* before SVM is on, CLGI is an invalid opcode and nobody else knows of us */
	if (virt_is_on()) {
		if (x86_has_gif)
			clgi();
		/* no guest runs here any more: who suspends this CPU need not wait for an answer */
		__atomic_store_n(&this_cpu()->vcpu.pcpu->ctrl.suspended, true, __ATOMIC_RELEASE);
	}
	for (;;)
		__asm__ volatile("cli; hlt");
}

struct vlapic *arch_vlapic(struct vcpu *v)
{
	return &vcpu_percpu(v)->vlapic;
}

u64 arch_time_us(void)
{
	return rdtsc() / (hv_header.tsc_khz / 1000 ? hv_header.tsc_khz / 1000 : 1);
}

/* --- registers ------------------------------------------------------------------------------------------------------------- */

static void xrstor_reset(struct percpu *p)
{
	if (!p->has_xsave) {
		__asm__ volatile("fxrstor %0" : : "m"(p->xsave_reset));
		return;
	}
	xsetbv(0, p->xcr0_all);
	/* XSTATE_BV = 0: every component to its initial state (APM vol. 4, XRSTOR) */
	__asm__ volatile("xrstor %0" : : "m"(p->xsave_reset), "a"((u32)p->xcr0_all), "d"((u32)(p->xcr0_all >> 32)));
	xsetbv(0, 1);
}

void x86_scrub_registers(struct percpu *p)
{
	xrstor_reset(p);
	__asm__ volatile("fninit");	/* XRSTOR may leave the last x87 addresses behind (APM vol. 2, 11.5.9) */
	write_dr0(0);
	write_dr1(0);
	write_dr2(0);
	write_dr3(0);
	for (u32 i = 0; i < x86_scrub_msr_ranges; i++)
		for (u32 msr = x86_scrub_msrs[i].first; msr <= x86_scrub_msrs[i].last; msr++)
			wrmsr_safe(msr, 0);
	if (p->mitigations & JAILHOUSE_MITIGATE_IBPB)
		wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
}

/* --- ports and PCI configuration -------------------------------------------------------------------------------------------- */

#define PCI_PORT_ADDRESS	0xcf8
#define PCI_PORT_DATA		0xcfc

static spinlock_t pci_ports_lock;

u32 arch_pio_read(u16 port, unsigned int size)
{
	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

void arch_pio_write(u16 port, unsigned int size, u32 value)
{
	if (size == 1)
		outb(port, value);
	else if (size == 2)
		outw(port, value);
	else
		outl(port, value);
}

static u64 mmconfig_base;
static u8 mmconfig_end_bus;

void x86_pci_init(u64 base, u8 end_bus)
{
	mmconfig_base = base;
	mmconfig_end_bus = end_bus;
}

static u32 pci_access(u16 bdf, u16 offset, unsigned int size, bool is_write, u32 value)
{
	hpa_t addr = hpa(mmconfig_base + ((u64)bdf << 12) + offset);

	if (mmconfig_base && (bdf >> 8) <= mmconfig_end_bus) {
		if (!is_write)
			return arch_device_read(addr, size);
		arch_device_write(addr, size, value);
		return value;
	}
	if (offset > 0xff)
		return -1U;
	spin_lock(&pci_ports_lock);
	outl(PCI_PORT_ADDRESS, 1U << 31 | (u32)bdf << 8 | (offset & 0xfc));
	if (is_write)
		arch_pio_write(PCI_PORT_DATA + (offset & 3), size, value);
	else
		value = arch_pio_read(PCI_PORT_DATA + (offset & 3), size);
	spin_unlock(&pci_ports_lock);
	return value;
}

u32 arch_pci_cfg_read(u16 bdf, u16 offset, unsigned int size)
{
	return pci_access(bdf, offset, size, false, 0);
}

void arch_pci_cfg_write(u16 bdf, u16 offset, unsigned int size, u32 value)
{
	pci_access(bdf, offset, size, true, value);
}
