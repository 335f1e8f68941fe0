/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files of common/config only.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_CONFIG_INTERNAL_H
#define COMMON_CONFIG_INTERNAL_H

#include <common/config/config.h>
#include <common/lib/range.h>

#define CONFIG_PAGE_SIZE	0x1000ULL
#define CONFIG_WITHIN_PAGE(a)	((a) & (CONFIG_PAGE_SIZE - 1))

/* The rules are those of the architecture that is compiled for, if no other is asked for by name, as the command and host tests do. */
#if !defined(CONFIG_FOR_X86) && !defined(CONFIG_FOR_ARM64) && !defined(CONFIG_FOR_ARM)
#if defined(__x86_64__) || defined(__i386__)
#define CONFIG_FOR_X86
#elif defined(__aarch64__)
#define CONFIG_FOR_ARM64
#elif defined(__arm__)
#define CONFIG_FOR_ARM
#endif
#endif

#if defined(CONFIG_FOR_X86)
#define CONFIG_ARCHITECTURE	JAILHOUSE_X86
#define CONFIG_PHYS_BITS	52	/* APM 2, 5.1: architectural limit */
#define CONFIG_VIRT_BITS	48	/* four levels of nested page tables */
#elif defined(CONFIG_FOR_ARM64)
#define CONFIG_ARCHITECTURE	JAILHOUSE_ARM64
#define CONFIG_PHYS_BITS	48	/* without FEAT_LPA */
#define CONFIG_VIRT_BITS	48	/* the least that every CPU's stage 2 can do is less; the hypervisor checks what it has */
#elif defined(CONFIG_FOR_ARM)
#define CONFIG_ARCHITECTURE	JAILHOUSE_ARM
#define CONFIG_PHYS_BITS	40
#define CONFIG_VIRT_BITS	40
#else
#error "architecture without configuration rules"
#endif

/* No UART that there is a driver for has more registers than that. */
#define CONFIG_UART_SIZE	0x100

#define CONFIG_IS_ARM		(CONFIG_ARCHITECTURE != JAILHOUSE_X86)
/* Alignment of the hypervisor's memory */
#define CONFIG_HV_ALIGN		(CONFIG_IS_ARM ? 0x200000ULL : CONFIG_PAGE_SIZE)

/* ARMv7: what of hypervisor memory there is room for in HYP mode (HV_MAX_SIZE of its layout.h) */
#define CONFIG_ARMV7_MAX_HV	0x8000000ULL

/* ARM GIC: ids of shared peripheral interrupts (GICv3 specification, 2.2) */
#define CONFIG_GIC_FIRST_SPI	32
#define CONFIG_GIC_IDS		1024

/* SDM 3A, 10.11.1: writes to the whole range are interrupt messages; the local APIC's registers are its first page. */
#define CONFIG_APIC_BASE	0xfee00000ULL
#define CONFIG_APIC_SIZE	0x100000ULL

#define AT(cell, kind, n)	((struct item){ cell, JAILHOUSE_OBJ_##kind, (__u16)(n) })

/* @what breaks @rule, together with @other: of the same cell, of another one, or nothing. Returns the error of @rule. */
int config_refuse(struct jailhouse_refusal *r, enum jailhouse_rule rule, struct item what, struct item other, const __u64 value[4]);

/* The values of the rule's sentence follow. */
#define REFUSE_WITH(r, rule, what, other, ...) \
	config_refuse(r, rule, what, other, (const __u64[4]){ __VA_ARGS__ })
#define REFUSE(r, rule, what, ...) \
	REFUSE_WITH(r, rule, what, ((struct item){ 0 }), __VA_ARGS__)

static inline bool region_is_comm(const struct jailhouse_memory *m)
{
	return m->flags & JAILHOUSE_MEM_COMM_REGION;
}

/* Does the region name physical memory? */
static inline bool region_has_phys(const struct jailhouse_memory *m)
{
	return m->size != 0 && !region_is_comm(m);
}

static inline bool pci_is_ivshmem(const struct jailhouse_pci_device *d)
{
	return d->type == JAILHOUSE_PCI_TYPE_IVSHMEM;
}

/* Does the device have an MSI-X table in hardware? */
static inline bool pci_has_msix_table(const struct jailhouse_pci_device *d)
{
	return !pci_is_ivshmem(d) && d->num_msix_vectors != 0;
}

static inline bool irqchip_has_pin(const struct jailhouse_irqchip *chip, unsigned int pin)
{
	return chip->pin_bitmap[pin / 32] >> (pin % 32) & 1;
}

#define IRQCHIP_BITS	128

/* @irq counts from the chip's first pin on x86, and is the GIC's id on ARM. */
static inline bool irqchip_has_irq(const struct jailhouse_irqchip *chip, unsigned int irq)
{
	return irq >= chip->pin_base && irq - chip->pin_base < IRQCHIP_BITS && irqchip_has_pin(chip, irq - chip->pin_base);
}

/* Ends of a descriptor that stands in a message: domain and BDF as one value, {bdfN} */
static inline __u64 pci_address(const struct jailhouse_pci_device *d)
{
	return (__u64)d->domain << 16 | d->bdf;
}

/* Does the range end within @bits of address? */
static inline bool range_fits(__u64 start, __u64 size, unsigned int bits)
{
	__u64 end;

	return range_end(start, size, &end) && end <= 1ULL << bits;
}

/* --- claims (config.h) that overlap --- */

/**
 * struct overlap_rule - broken by two claims of @kind that overlap
 * @clash: if given, decides whether that matters, and may correct the first number that both have
 */
struct overlap_rule {
	enum claim_kind kind;
	enum jailhouse_rule rule;
	bool (*clash)(const struct claim *a, const struct claim *b, __u64 *first);
};

/* Claims of @cell against those of @other, or against each other if that is the same one. */
int config_check_overlaps(const struct cell_view *cell, const struct cell_view *other, const struct overlap_rule *rules,
			  unsigned int count, struct jailhouse_refusal *r);

/* Names and ids differ. */
int config_check_identity(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r);
/* No CPU of @cell is one of @other's, if that is wrong for @both to have it; else all are. */
int config_check_cpus(const struct cell_view *cell, const struct cell_view *other, bool both, enum jailhouse_rule rule,
		      struct jailhouse_refusal *r);

bool config_names_equal(const struct cell_view *a, const struct cell_view *b);

/* @debug: the hypervisor's own, which needs to be mapped */
int config_check_console(const struct jailhouse_console *console, bool debug, const struct cell_view *cell,
			 struct jailhouse_refusal *r);
int config_check_pci(const struct cell_view *cell, struct jailhouse_refusal *r);
int config_check_links(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r);

#endif /* COMMON_CONFIG_INTERNAL_H */
