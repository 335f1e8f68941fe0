// SPDX-License-Identifier: GPL-2.0
/*
 * apic - quieting a local APIC when its CPU changes the owner (AMD APM vol. 2, chapter 16).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/x86/cpudefs.h>
#include <x86/hal.h>

/* register numbers: offset >> 4 */
#define APIC_VERSION	0x03
#define APIC_TPR	0x08
#define APIC_EOI	0x0b
#define APIC_SVR	0x0f
#define APIC_ISR	0x10
#define APIC_IRR	0x20
#define APIC_ESR	0x28
#define APIC_LVT_CMCI	0x2f
#define APIC_CMCI_LEVELS	6	/* highest LVT entry of an APIC that has it */
#define APIC_LVT_TIMER	0x32
#define APIC_LVT_ERROR	0x37
#define APIC_TMICT	0x38
#define APIC_EXT_FEATURES	0x40
#define APIC_EXT_LVT	0x50
#define APIC_EXT_LVT_MAX	4
#define APIC_LVT_MASKED	(1U << 16)
#define APIC_VERSION_EXTENDED	(1U << 31)
#define APIC_SVR_ENABLE	(1U << 8)
#define APIC_SVR_RESET	0xff

#define CPUID_1_ECX_X2APIC	(1U << 21)

bool x86_cells_x2apic;
const struct apic_ops *x86_apic_modes[2];

void x86_apic_init(struct percpu *p)
{
	u32 r[4];

	p->linux_x2apic = rdmsr(MSR_APIC_BASE) & MSR_APIC_BASE_EXTD;
	cpuid(1, 0, r);
	p->has_x2apic = r[2] & CPUID_1_ECX_X2APIC;
	p->vlapic.x2apic = p->linux_x2apic;
	p->apic = x86_apic_modes[p->linux_x2apic];
}

/* xAPIC → x2APIC directly; back only through disabled, which resets the APIC (APM vol. 2, 16.9; SDM vol. 3, 10.12.5). */
static void switch_mode(struct percpu *p, bool x2apic)
{
	u64 base = rdmsr(MSR_APIC_BASE) & ~MSR_APIC_BASE_EXTD;

	if (!x2apic)
		wrmsr(MSR_APIC_BASE, base & ~MSR_APIC_BASE_EN);
	wrmsr(MSR_APIC_BASE, base | MSR_APIC_BASE_EN | (x2apic ? MSR_APIC_BASE_EXTD : 0));
	p->vlapic.x2apic = x2apic;
	p->apic = x86_apic_modes[x2apic];
}

void x86_apic_choose_mode(struct percpu *p)
{
	bool root = cell_is_root(p->vcpu.pcpu->cell);
	bool x2apic = root ? p->linux_x2apic : x86_cells_x2apic;

	if (root)
		p->fast_apic = X86_FAST_APIC_NONE;
	else
		p->fast_apic = x2apic ? X86_FAST_APIC_MSR : X86_FAST_APIC_PAGE;
	if (x2apic == p->vlapic.x2apic)
		return;
	switch_mode(p, x2apic);
	/*
	 * A kick that came while the APIC was off is lost, though its sender believes it to be under way: take what is latched; if one is
	 * still announced, send it again.
	 */
	x86_take_nmis();
	x86_resend_kick(p->vcpu.pcpu);
}

static bool any_set(const struct apic_ops *apic, u32 first)
{
	for (u32 i = 0; i < 8; i++)
		if (apic->read(first + i))
			return true;
	return false;
}

/* AMD has sources of its own, for instance sampling (APM vol. 2, 16.7.2). */
static void mask_lvts(const struct apic_ops *apic)
{
	u32 r, version = apic->read(APIC_VERSION), levels = version >> 16 & 0xff, extended = 0;

	if (levels >= APIC_CMCI_LEVELS)
		apic->write(APIC_LVT_CMCI, APIC_LVT_MASKED);
	for (r = APIC_LVT_TIMER; r <= APIC_LVT_TIMER + levels && r <= APIC_LVT_ERROR; r++)
		apic->write(r, APIC_LVT_MASKED);
	if (version & APIC_VERSION_EXTENDED)
		extended = apic->read(APIC_EXT_FEATURES) >> 16 & 0xff;
	for (r = APIC_EXT_LVT; r < APIC_EXT_LVT + extended && r < APIC_EXT_LVT + APIC_EXT_LVT_MAX; r++)
		apic->write(r, APIC_LVT_MASKED);
}

static void end_all_in_service(const struct apic_ops *apic)
{
	for (int i = 0; i < 256 && any_set(apic, APIC_ISR); i++)
		apic->write(APIC_EOI, 0);
}

void x86_apic_quiesce(struct percpu *p)
{
	const struct apic_ops *apic = p->apic;

	apic->write(APIC_SVR, APIC_SVR_ENABLE | APIC_SVR_RESET);
	mask_lvts(apic);
	apic->write(APIC_TMICT, 0);
	apic->write(APIC_TPR, 0);

	end_all_in_service(apic);
	x86_idt_load(IDT_QUIET);
	for (int i = 0; i < 256 && any_set(apic, APIC_IRR); i++) {
		x86_take_interrupts();
		end_all_in_service(apic);
	}
	x86_idt_load(IDT_NORMAL);

	/* the first write shows what came since the last one, the second nothing: SDM vol. 3A, 11.5.3 */
	apic->write(APIC_ESR, 0);
	apic->write(APIC_ESR, 0);
	apic->write(APIC_SVR, APIC_SVR_RESET);
}
