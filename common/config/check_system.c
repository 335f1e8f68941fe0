// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of the machine, and of a cell on that machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>
#include <jailhouse/image.h>

#define MMCONFIG_BUS_SIZE	0x100000ULL	/* PCI Express Base, 7.2.2: 4 KiB for each of 256 functions */
#define MAX_INTERRUPT_LIMIT	0x8000

/* --- what no cell may have: the hypervisor's memory and the devices that it handles --- */

struct obstacle {
	enum jailhouse_rule rule;
	__u64 start, size;
};

/* Frames of the interrupt controller (GICv2 architecture, 4.1.2; GICv3 and v4, 12.1): 64 KiB each; a redistributor has two, or four in GICv4 */
#define GIC_FRAME_V2		0x1000
#define GIC_CPU_FRAMES_V2	0x2000
#define GIC_FRAME_V3		0x10000
#define GIC_PARTS		4

__u32 config_redistributor_size = 2 * GIC_FRAME_V3;
__u32 config_phys_bits = CONFIG_PHYS_BITS;

static __u32 num_cpus(const struct cell_view *root)
{
	__u32 cpu, n = 0;

	for (cpu = 0; cpu < root->cpu_set_size * 8; cpu++)
		n += cell_view_has_cpu(root, cpu);
	return n;
}

/* A part that the machine does not have is empty. */
static struct obstacle gic_part(const struct system_view *sys, __u32 part)
{
	__u64 size = GIC_CPU_FRAMES_V2, start = 0;
	bool v3;

	v3 = sys->system->platform_info.arm.gic_version == 3;
	switch (part) {
	case 0:
		start = sys->system->platform_info.arm.gicd_base;
		size = v3 ? GIC_FRAME_V3 : GIC_FRAME_V2;
		break;
	case 1:
		start = v3 ? sys->system->platform_info.arm.gicr_base : sys->system->platform_info.arm.gicc_base;
		size = v3 ? (__u64)num_cpus(&sys->root) * config_redistributor_size : size;
		break;
	case 2:
		start = v3 ? 0 : sys->system->platform_info.arm.gich_base;
		break;
	default:
		start = v3 ? 0 : sys->system->platform_info.arm.gicv_base;
	}
	return (struct obstacle){ RULE_MEMORY_GIC, start, start ? size : 0 };
}

static bool obstacle(struct obstacle *o, enum jailhouse_rule rule, __u64 start, __u64 size)
{
	*o = (struct obstacle){ rule, start, size };
	return true;
}

/* The interrupt controllers; false behind the last one. */
static bool get_irqchip_obstacle(const struct system_view *sys, __u32 n, struct obstacle *o)
{
	if (CONFIG_IS_ARM) {
		if (n < GIC_PARTS)
			*o = gic_part(sys, n);
		return n < GIC_PARTS;
	}
	if (n == 0)
		return obstacle(o, RULE_MEMORY_APIC, CONFIG_APIC_BASE, CONFIG_APIC_SIZE);
	if (n > sys->root.num_irqchips)
		return false;
	return obstacle(o, RULE_MEMORY_IOAPIC, sys->root.irqchips[n - 1].address, CONFIG_PAGE_SIZE);
}

static __u64 mmconfig_size(const struct jailhouse_system *s)
{
	return s->platform_info.pci_mmconfig_base ? ((__u64)s->platform_info.pci_mmconfig_end_bus + 1) * MMCONFIG_BUS_SIZE : 0;
}

static __u32 num_iommus(const struct jailhouse_system *s)
{
	__u32 n = 0;

	while (n < JAILHOUSE_MAX_IOMMU_UNITS && s->platform_info.iommu_units[n].base != 0)
		n++;
	return n;
}

/* The obstacles in a fixed order; false behind the last one. */
static bool get_obstacle(const struct system_view *sys, __u32 n, struct obstacle *o)
{
	const struct jailhouse_system *s = sys->system;

	if (n == 0)
		return obstacle(o, RULE_MEMORY_HYPERVISOR, s->hypervisor_memory.phys_start, s->hypervisor_memory.size);
	if (n == 1)
		return obstacle(o, RULE_MEMORY_MMCONFIG, s->platform_info.pci_mmconfig_base, mmconfig_size(s));
	n -= 2;
	if (n < num_iommus(s))
		return obstacle(o, RULE_MEMORY_IOMMU, s->platform_info.iommu_units[n].base, s->platform_info.iommu_units[n].size);
	return get_irqchip_obstacle(sys, n - num_iommus(s), o);
}

/*
 * Is the obstacle one for guest addresses too? Accesses to the APIC, the IOAPICs and MMCONFIG are emulated where the machine has
 * them, so nothing can be mapped there. Root sees the machine as it is, the hypervisor's memory included.
 */
static bool hides_guest_address(const struct cell_view *cell, const struct obstacle *o)
{
	if (o->rule == RULE_MEMORY_HYPERVISOR)
		return cell->is_root;
	return o->rule != RULE_MEMORY_IOMMU;
}

/* The first obstacle from the n-th on in the range, which is one of @guest's addresses, or with NULL of the machine's. */
static bool find_obstacle(const struct system_view *sys, __u32 n, const struct cell_view *guest, __u64 start, __u64 size,
			  struct obstacle *o)
{
	for (; get_obstacle(sys, n, o); n++)
		if (range_overlap(start, size, o->start, o->size) && (!guest || hides_guest_address(guest, o)))
			return true;
	return false;
}

static int check_obstacles(const struct cell_view *cell, const struct system_view *sys, const struct cell_view *guest,
			   struct jailhouse_refusal *r)
{
	struct obstacle o;
	struct claim c;
	bool is_device;
	__u32 n;

	for (n = 0; config_claim(cell, guest ? CLAIM_VIRT : CLAIM_PHYS, n, &c); n++) {
		if (!find_obstacle(sys, 0, guest, c.start, c.size, &o))
			continue;
		is_device = o.rule != RULE_MEMORY_HYPERVISOR && o.rule != RULE_MEMORY_MMCONFIG;
		return REFUSE_WITH(r, o.rule, c.by, AT(cell, HYPERVISOR, 0),
				   is_device ? o.start : range_first_common(c.start, o.start), o.start, range_last(o.start, o.size));
	}
	return 0;
}

static int check_device_on_machine(const struct cell_view *cell, __u32 n, const struct system_view *sys, struct jailhouse_refusal *r)
{
	const struct jailhouse_system *s = sys->system;
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	struct item device = AT(cell, PCI_DEVICE, n);
	__u32 units = num_iommus(s);
	struct obstacle o;

	if (pci_has_msix_table(d) && find_obstacle(sys, 0, NULL, d->msix_address, d->msix_region_size, &o))
		return REFUSE(r, RULE_PCI_MSIX_HYPERVISOR, device, pci_address(d), d->msix_address, o.start);
	if (s->platform_info.pci_mmconfig_base != 0 && d->bdf >> 8 > s->platform_info.pci_mmconfig_end_bus)
		return REFUSE(r, RULE_PCI_BUS, device, pci_address(d), s->platform_info.pci_mmconfig_end_bus);
	if (units != 0 && !pci_is_ivshmem(d) && d->iommu >= units)
		return REFUSE(r, RULE_PCI_IOMMU_UNIT, device, pci_address(d), d->iommu, units);
	return 0;
}

/* What root and every other cell have to keep alike */
static int check_on_machine(const struct cell_view *cell, const struct system_view *sys, struct jailhouse_refusal *r)
{
	int err = check_obstacles(cell, sys, NULL, r) ?: check_obstacles(cell, sys, cell, r);
	__u32 n;

	for (n = 0; !err && n < cell->num_pci_devices; n++)
		err = check_device_on_machine(cell, n, sys, r);
	return err;
}

/* --- the machine --- */

#define REFUSE_SYSTEM(r, rule, ...) \
	REFUSE(r, rule, AT(NULL, HEADER, 0), __VA_ARGS__)

static int check_hypervisor_memory(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	__u64 start = s->hypervisor_memory.phys_start, size = s->hypervisor_memory.size;

	if (size == 0 || CONFIG_WITHIN_PAGE(start) || CONFIG_WITHIN_PAGE(size))
		return REFUSE_SYSTEM(r, RULE_HV_MEMORY_ALIGNMENT, start, size);
	if (start & (CONFIG_HV_ALIGN - 1))
		return REFUSE_SYSTEM(r, RULE_HV_MEMORY_BLOCK, start, CONFIG_HV_ALIGN);
	if (!range_fits(start, size, config_phys_bits))
		return REFUSE_SYSTEM(r, RULE_HV_MEMORY_WRAP, start, size, config_phys_bits);
	return 0;
}

static int check_mmconfig(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	__u64 base = s->platform_info.pci_mmconfig_base;

	if (base & (MMCONFIG_BUS_SIZE - 1) || !range_fits(base, mmconfig_size(s), config_phys_bits))
		return REFUSE_SYSTEM(r, RULE_MMCONFIG_RANGE, base, s->platform_info.pci_mmconfig_end_bus);
	if (s->platform_info.pci_is_virtual && !CONFIG_IS_ARM)
		return REFUSE_SYSTEM(r, RULE_PCI_IS_VIRTUAL);
	return 0;
}

static bool iommu_type_valid(__u32 type)
{
	bool is_x86 = type == JAILHOUSE_IOMMU_AMD || type == JAILHOUSE_IOMMU_INTEL;
	bool is_arm = type == JAILHOUSE_IOMMU_SMMUV3 || type == JAILHOUSE_IOMMU_PVU || type == JAILHOUSE_IOMMU_ARM_MMU500;

	return CONFIG_IS_ARM ? is_arm : is_x86;
}

static int check_iommus(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	__u32 n;

	for (n = 0; n < num_iommus(s); n++) {
		const struct jailhouse_iommu *unit = &s->platform_info.iommu_units[n];

		if (!iommu_type_valid(unit->type))
			return REFUSE_SYSTEM(r, RULE_IOMMU_TYPE, n, unit->type, CONFIG_ARCHITECTURE);
		if (unit->size == 0 || CONFIG_WITHIN_PAGE(unit->base) || CONFIG_WITHIN_PAGE(unit->size) ||
		    !range_fits(unit->base, unit->size, config_phys_bits))
			return REFUSE_SYSTEM(r, RULE_IOMMU_RANGE, n, unit->base, unit->size);
	}
	return 0;
}

static int check_x86(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	if (s->platform_info.x86.apic_mode > JAILHOUSE_APIC_MODE_X2APIC)
		return REFUSE_SYSTEM(r, RULE_APIC_MODE, s->platform_info.x86.apic_mode);
	if (s->platform_info.x86.vtd_interrupt_limit > MAX_INTERRUPT_LIMIT)
		return REFUSE_SYSTEM(r, RULE_INTERRUPT_LIMIT, s->platform_info.x86.vtd_interrupt_limit, MAX_INTERRUPT_LIMIT);
	return 0;
}

/* HYP mode has 32 bits of address, of which some are the hypervisor's (image.h); what it runs on first it finds at its physical ones. */
static int check_armv7(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	__u64 start = s->hypervisor_memory.phys_start, size = s->hypervisor_memory.size;

	if (size > CONFIG_ARMV7_MAX_HV || !range_fits(start, size, 32) ||
	    range_overlap(start, size, HV_LINK_BASE_ARM, HV_LAYOUT_END_ARM - HV_LINK_BASE_ARM))
		return REFUSE_SYSTEM(r, RULE_HV_MEMORY_LAYOUT, start, range_last(start, size), HV_LINK_BASE_ARM,
				     HV_LAYOUT_END_ARM - 1);
	if (s->platform_info.arm.gic_version != 2)
		return REFUSE_SYSTEM(r, RULE_GIC_NO_INTERFACE, s->platform_info.arm.gic_version);
	return 0;
}

static int check_gic(const struct system_view *sys, struct jailhouse_refusal *r)
{
	const struct jailhouse_system *s = sys->system;
	struct obstacle o;
	__u32 n;
	int err;

	if (s->platform_info.arm.gic_version != 2 && s->platform_info.arm.gic_version != 3)
		return REFUSE_SYSTEM(r, RULE_GIC_VERSION, s->platform_info.arm.gic_version);
	err = CONFIG_ARCHITECTURE == JAILHOUSE_ARM ? check_armv7(s, r) : 0;
	if (err)
		return err;
	for (n = 0; n < GIC_PARTS; n++) {
		o = gic_part(sys, n);
		if (!o.start && (n < 2 || s->platform_info.arm.gic_version == 2))
			return REFUSE_SYSTEM(r, RULE_GIC_ADDRESS, o.start, n);
		if (CONFIG_WITHIN_PAGE(o.start) || !range_fits(o.start, o.size, config_phys_bits))
			return REFUSE_SYSTEM(r, RULE_GIC_ADDRESS, o.start, n);
	}
	/* GICv3 and v4, 2.2.1: private peripheral interrupts */
	if (s->platform_info.arm.maintenance_irq < 16 || s->platform_info.arm.maintenance_irq > 31)
		return REFUSE_SYSTEM(r, RULE_GIC_MAINTENANCE, s->platform_info.arm.maintenance_irq);
	return 0;
}

static int check_platform(const struct system_view *sys, struct jailhouse_refusal *r)
{
	return CONFIG_IS_ARM ? check_gic(sys, r) : check_x86(sys->system, r);
}

/* Of the hypervisor's own: its memory, and the console that it writes to. */
static int check_obstacles_of_hypervisor(const struct system_view *sys, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *hv = &sys->system->hypervisor_memory;
	const struct jailhouse_console *con = &sys->system->debug_console;
	__u64 size = con->size ? con->size : CONFIG_UART_SIZE;
	struct obstacle o;

	/* all but the first, which it is itself */
	if (find_obstacle(sys, 1, NULL, hv->phys_start, hv->size, &o))
		return REFUSE_SYSTEM(r, RULE_HV_MEMORY_DEVICE, hv->phys_start, range_last(hv->phys_start, hv->size), o.start);
	if (con->type && con->flags & JAILHOUSE_CON_ACCESS_MMIO && find_obstacle(sys, 0, NULL, con->address, size, &o))
		return REFUSE(r, RULE_CONSOLE_DEVICE, AT(NULL, CONSOLE, 0), con->address, range_last(con->address, size), o.start);
	return 0;
}

static int check_system_flags(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	if (s->flags & ~JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE)
		return REFUSE_SYSTEM(r, RULE_SYSTEM_FLAGS, s->flags, s->flags & ~JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE);
	return s->root_cell.id == 0 ? 0 : REFUSE_SYSTEM(r, RULE_ROOT_ID, s->root_cell.id);
}

int config_check_system(const struct system_view *sys, struct jailhouse_refusal *r)
{
	const struct jailhouse_system *s = sys->system;

	return check_system_flags(s, r) ?:
		check_hypervisor_memory(s, r) ?:
		config_check_console(&s->debug_console, true, NULL, r) ?:
		check_mmconfig(s, r) ?:
		check_iommus(s, r) ?:
		check_platform(sys, r) ?:
		config_check_cell(&sys->root, r) ?:
		check_obstacles_of_hypervisor(sys, r) ?:
		check_on_machine(&sys->root, sys, r);
}

/* --- a cell may only get what root has by configuration --- */

/* All that @cell claims: memory, ports */
static int check_claims_of_root(const struct cell_view *cell, const struct cell_view *root, enum claim_kind kind,
				enum jailhouse_rule rule, struct jailhouse_refusal *r)
{
	struct claim c, roots;
	__u64 at;
	__u32 n;

	for (n = 0; config_claim(cell, kind, n, &c); n++)
		for (at = c.start; at < c.start + c.size; at = roots.start + roots.size)
			if (!config_find_claim(root, kind, at, 1, &roots))
				return REFUSE(r, rule, c.by, at);
	return 0;
}

static int check_irqchip_of_root(const struct item *what, const struct cell_view *root, struct jailhouse_refusal *r)
{
	const struct jailhouse_irqchip *chip = &what->cell->irqchips[what->index];
	struct claim roots;
	unsigned int pin;

	/* any of its parts, up to the page's end */
	if (!config_find_claim(root, CLAIM_IRQCHIP, chip->address, CONFIG_PAGE_SIZE, &roots))
		return REFUSE(r, RULE_IRQCHIP_NOT_ROOTS, *what, chip->address);
	for (pin = chip->pin_base; pin < chip->pin_base + IRQCHIP_BITS; pin++)
		if (irqchip_has_irq(chip, pin) &&
		    !(config_find_claim(root, CLAIM_IRQCHIP, chip->address + pin, 1, &roots) &&
		      irqchip_has_irq(&root->irqchips[roots.by.index], pin)))
			return REFUSE(r, RULE_IRQCHIP_PIN_NOT_ROOTS, *what, pin);
	return 0;
}

/* The hypervisor programs the table at that address: it has to be the one of the machine's description. */
static bool same_msix_table(const struct jailhouse_pci_device *d, const struct jailhouse_pci_device *roots)
{
	return d->msix_address == roots->msix_address && d->msix_region_size == roots->msix_region_size &&
		d->num_msix_vectors <= roots->num_msix_vectors;
}

static int check_device_of_root(const struct item *what, const struct cell_view *root, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &what->cell->pci_devices[what->index], *roots;
	struct claim c;

	if (pci_is_ivshmem(d))
		return 0;
	if (!config_find_claim(root, CLAIM_PCI, pci_address(d), 1, &c))
		return REFUSE(r, RULE_PCI_NOT_ROOTS, *what, pci_address(d));
	roots = &root->pci_devices[c.by.index];
	if (d->type != roots->type)
		return REFUSE(r, RULE_PCI_TYPE_NOT_ROOTS, *what, pci_address(d), d->type, roots->type);
	if (pci_has_msix_table(d) && !same_msix_table(d, roots))
		return REFUSE(r, RULE_PCI_MSIX_NOT_ROOTS, *what, pci_address(d), d->msix_address, roots->msix_address);
	return 0;
}

static int check_elements_of_root(const struct cell_view *cell, const struct cell_view *root, struct jailhouse_refusal *r)
{
	struct claim c;
	int err = 0;
	__u32 n;

	for (n = 0; !err && config_claim(cell, CLAIM_IRQCHIP, n, &c); n++)
		err = check_irqchip_of_root(&c.by, root, r);
	for (n = 0; !err && config_claim(cell, CLAIM_PCI, n, &c); n++)
		err = check_device_of_root(&c.by, root, r);
	return err;
}

int config_check_cell_in_system(const struct cell_view *cell, const struct system_view *sys, struct jailhouse_refusal *r)
{
	const struct cell_view *root = &sys->root;

	return config_check_identity(cell, root, r) ?:
		config_check_cpus(cell, root, false, RULE_CPU_NOT_IN_SYSTEM, r) ?:
		check_on_machine(cell, sys, r) ?:
		check_claims_of_root(cell, root, CLAIM_PHYS, RULE_MEMORY_NOT_ROOTS, r) ?:
		check_claims_of_root(cell, root, CLAIM_PORT, RULE_PIO_NOT_ROOTS, r) ?:
		check_elements_of_root(cell, root, r) ?:
		config_check_links(cell, root, r);
}
