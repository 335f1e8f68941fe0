// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: /proc/iomem and /proc/ioports, the firmware's tables, sysfs of PCI devices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../report.h"
#include "create.h"
#include "groups.h"
#include "hardware.h"
#include "iomem.h"
#include "text.h"

#define PAGE		4096ULL
#define MIB		(1ULL << 20)
#define BELOW_4G	(1ULL << 32)

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

/* Below 1 MiB PCs are all alike, whatever is listed: the kernel looks for tables in the ROMs. */
static void add_low_memory(struct plan *p)
{
	plan_add(p, PLAN_RAM, 0, 0x9ffff, "every PC", "RAM below 640 KiB");
	plan_add(p, PLAN_MMIO, 0xa0000, 0xbffff, "every PC", "VGA");
	plan_add(p, PLAN_ROM, 0xc0000, 0xfffff, "every PC", "ROMs and BIOS");
}

static bool starts_with(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

/* What the hypervisor handles, and what is no memory at all */
static bool is_left_out(const struct resource *r)
{
	static const char *const names[] = { "Local APIC", "IOAPIC", "PCI ECAM", "PCI MMCONFIG", "Unusable" };
	size_t n;

	for (n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		if (starts_with(r->name, names[n]))
			return true;
	}
	return false;
}

static bool is_ram(const struct resource *r)
{
	return starts_with(r->name, "System RAM") || starts_with(r->name, "ACPI ") || starts_with(r->name, "Persistent Memory") ||
	       starts_with(r->name, "Soft Reserved");
}

/* Reserved memory that follows RAM without a gap is RAM that the firmware keeps; elsewhere it is registers, or nothing above 4 GiB. */
static void add_reserved(struct plan *p, const struct resource *r, bool behind_ram)
{
	if (behind_ram)
		plan_add(p, PLAN_RAM, r->start, r->end, "/proc/iomem", "RAM of the firmware");
	else if (r->end < BELOW_4G)
		plan_add(p, PLAN_MMIO, r->start, r->end, "/proc/iomem", "registers of the chipset");
}

/* A window of PCI: all of it below 4 GiB, above what is in use. */
static void add_window(struct plan *p, const struct resources *iomem, size_t n)
{
	const struct resource *r = &iomem->item[n];

	if (r->end < BELOW_4G) {
		plan_add(p, PLAN_MMIO, r->start, r->end, "/proc/iomem", "%s", r->name);
		return;
	}
	for (n++; n < iomem->count && iomem->item[n].level > r->level; n++) {
		if (iomem->item[n].level == r->level + 1)
			plan_add(p, PLAN_MMIO, iomem->item[n].start, iomem->item[n].end, "/proc/iomem", "PCI %s", iomem->item[n].name);
	}
}

static void add_memory(struct plan *p, const struct resources *iomem)
{
	uint64_t ram_end = 0;
	size_t n;

	add_low_memory(p);
	for (n = 0; n < iomem->count; n++) {
		const struct resource *r = &iomem->item[n];
		bool ram = is_ram(r), reserved = starts_with(r->name, "Reserved") || starts_with(r->name, "RAM buffer");

		if (r->level || r->start < MIB || is_left_out(r))
			continue;
		if (ram)
			plan_add(p, PLAN_RAM, r->start, r->end, "/proc/iomem", "%s", starts_with(r->name, "System RAM") ? "RAM" : r->name);
		else if (reserved)
			add_reserved(p, r, r->start == ram_end + 1);
		else if (starts_with(r->name, "PCI Bus"))
			add_window(p, iomem, n);
		else
			plan_add(p, PLAN_MMIO, r->start, r->end, "/proc/iomem", "%s", r->name);
		if (ram || (reserved && r->start == ram_end + 1))
			ram_end = r->end;
	}
}

/* --- interrupt controllers --------------------------------------------------------------------------------------------------- */

#define APIC_START	0xfee00000ULL
#define APIC_END	0xfeefffffULL
#define PINS_DEFAULT	24
#define PINS_MAX	120

/* How many pins a chip has stands in no table. The next chip's first interrupt tells; the last one is taken for the usual kind. */
static unsigned int count_pins(const struct acpi_madt *madt, unsigned int n)
{
	uint32_t base = madt->ioapic[n].gsi_base, next = ~0U;
	unsigned int other;

	for (other = 0; other < madt->count; other++) {
		if (madt->ioapic[other].gsi_base > base && madt->ioapic[other].gsi_base < next)
			next = madt->ioapic[other].gsi_base;
	}
	if (next == ~0U)
		return PINS_DEFAULT;
	return next - base > PINS_MAX ? PINS_MAX : next - base;
}

static void set_requester(struct plan_irqchip *chip, uint8_t id, const struct acpi_iommus *iommus)
{
	unsigned int n;

	for (n = 0; n < iommus->scopes; n++) {
		const struct acpi_scope *s = &iommus->scope[n];

		if (!s->is_ioapic || s->steps || s->ioapic != id)
			continue;
		chip->has_bdf = true;
		chip->bdf = s->first;
		chip->unit = s->unit;
	}
}

static void table_problem(struct plan *p, const char *name, bool needed)
{
	if (errno == EINVAL)
		plan_note(p, "The firmware's table %s is damaged; what could be read of it was used.", name);
	else if (needed)
		plan_note(p, "The firmware's table %s could not be read (%s).", name, strerror(errno));
}

static void add_irqchips(const struct tree *t, struct plan *p, const struct acpi_iommus *iommus)
{
	struct acpi_madt madt = { 0 };
	struct acpi_table table;
	void *data = acpi_read(t, "APIC", &table);
	unsigned int n;

	plan_hole(p, APIC_START, APIC_END, "local APIC");
	if (!data) {
		table_problem(p, "APIC", true);
		return;
	}
	if (!acpi_parse_madt(&table, &madt))
		plan_note(p, "The firmware's table APIC is damaged; what could be read of it was used.");
	for (n = 0; n < madt.count; n++) {
		struct plan_irqchip *chip = &p->irqchip[p->irqchips++];

		*chip = (struct plan_irqchip){ .address = madt.ioapic[n].address, .pins = count_pins(&madt, n) };
		snprintf(chip->from, sizeof(chip->from), "ACPI, MADT: id %u, interrupts from %u on", madt.ioapic[n].id, madt.ioapic[n].gsi_base);
		if (p->iommus)
			set_requester(chip, madt.ioapic[n].id, iommus);
		plan_hole(p, chip->address, chip->address + PAGE - 1, "IOAPIC");
	}
	free(data);
}

/* --- the platform ------------------------------------------------------------------------------------------------------------ */

static void add_ecam(const struct tree *t, struct plan *p)
{
	struct acpi_mcfg mcfg = { 0 };
	struct acpi_table table;
	void *data = acpi_read(t, "MCFG", &table);
	unsigned int n;

	if (!data) {
		table_problem(p, "MCFG", errno != ENOENT);
		return;
	}
	acpi_parse_mcfg(&table, &mcfg);
	for (n = 0; n < mcfg.count; n++) {
		const struct acpi_ecam *e = &mcfg.ecam[n];

		if (e->segment || e->end_bus < e->start_bus)
			continue;
		p->has_mmconfig = true;
		p->mmconfig = e->base;
		p->end_bus = e->end_bus;
		plan_hole(p, e->base, e->base + ((uint64_t)e->end_bus + 1) * MIB - 1, "PCI configuration space");
		break;
	}
	free(data);
}

static void add_pm_timer(const struct tree *t, struct plan *p)
{
	struct acpi_fadt fadt = { 0 };
	struct acpi_table table;
	void *data = acpi_read(t, "FACP", &table);

	if (!data) {
		table_problem(p, "FACP", true);
		return;
	}
	acpi_parse_fadt(&table, &fadt);
	p->pm_timer = fadt.pm_timer;
	free(data);
}

/*
 * While Linux drives an IOMMU, it needs its registers, which the hypervisor would take. So units are listed only if Linux leaves them
 * alone.
 */
static void add_iommus(const struct tree *t, struct plan *p, const struct acpi_iommus *iommus)
{
	size_t in_use, n;
	char **names = tree_list(t, &in_use, "sys/class/iommu");

	tree_free_list(names, in_use);
	if (!iommus->count)
		return;
	if (in_use || machine_remaps_interrupts(t)) {
		plan_note(p, "Linux uses the %u IOMMU unit(s) of this machine, so they are left to it, and are no protection against devices of cells. "
			  "Start the kernel with intremap=off and with intel_iommu=off or amd_iommu=off, and create the configuration again to list them.", iommus->count);
		return;
	}
	for (n = 0; n < iommus->count && n < 8; n++) {
		const struct acpi_iommu *u = &iommus->unit[n];

		p->iommu[p->iommus] = (struct plan_iommu){ .type = u->amd ? "amd" : "intel", .base = u->base, .size = u->size, .amd = u->amd, .unit = *u };
		snprintf(p->iommu[p->iommus++].from, PLAN_FROM, "ACPI, %s", u->amd ? "IVRS" : "DMAR");
		plan_hole(p, u->base, u->base + u->size - 1, "IOMMU");
	}
}

/* --- ports ------------------------------------------------------------------------------------------------------------------- */

/* What is in use: all that is listed, in a PCI window those within it. */
static void add_ports(struct plan *p, const struct resources *ioports)
{
	bool in_window = false;
	size_t n;

	for (n = 0; n < ioports->count; n++) {
		const struct resource *r = &ioports->item[n];

		if (!r->level)
			in_window = starts_with(r->name, "PCI Bus");
		if (r->level == (in_window ? 1U : 0U) && !starts_with(r->name, "PCI conf"))
			plan_port(p, (uint32_t)r->start, r->end > 0xffff ? 0xffff : (uint32_t)r->end, r->name);
	}
	/* Linux uses these without listing them. */
	plan_port(p, 0x61, 0x61, "NMI status");
	plan_port(p, 0x92, 0x92, "A20");
	plan_port(p, 0x4d0, 0x4d1, "ELCR");
	plan_port(p, 0x3b0, 0x3df, "VGA");
}

/* --- console ----------------------------------------------------------------------------------------------------------------- */

#define BAUD_115200	1

/* Line of /proc/tty/driver/serial: "2: uart:16550A port:000003E8 irq:4 …" */
static bool parse_uart(const char *line, unsigned int *number, unsigned int *port)
{
	char kind[32];

	return sscanf(line, "%u: uart:%31s port:%x", number, kind, port) == 3 && strcmp(kind, "unknown") && *port;
}

static bool is_console_of_linux(const char *cmdline, unsigned int number)
{
	char word[32];
	const char *found;

	snprintf(word, sizeof(word), "console=ttyS%u", number);
	found = strstr(cmdline, word);
	return found && !isdigit((unsigned char)found[strlen(word)]);
}

static bool console_wanted(const char *wanted, const char *cmdline, unsigned int number)
{
	char name[32];

	snprintf(name, sizeof(name), "ttyS%u", number);
	return wanted ? !strcmp(wanted, name) : !is_console_of_linux(cmdline, number);
}

static int choose_console(const struct tree *t, const char *wanted, struct plan *p)
{
	char *text = tree_read(t, NULL, "proc/tty/driver/serial"), *rest = text, *line, cmdline[4096];
	unsigned int number, port;

	if (wanted && !strcmp(wanted, "none"))
		goto none;
	tree_line(t, cmdline, sizeof(cmdline), "proc/cmdline");
	while (text && (line = strsep(&rest, "\n"))) {
		if (!parse_uart(line, &number, &port) || !console_wanted(wanted, cmdline, number))
			continue;
		p->console = (struct plan_console){ .type = "8250", .address = port, .divider = BAUD_115200 };
		snprintf(p->console.from, PLAN_FROM, "/proc/tty/driver/serial: ttyS%u, 115200 baud", number);
	}
	if (!p->console.type && wanted) {
		free(text);
		return report_error(0, "See /proc/tty/driver/serial for those that there are, or give --console none.", "there is no UART %s with I/O ports",
				    wanted);
	}
	if (!p->console.type)
		plan_note(p, "No UART is left for the hypervisor's console. Its lines are seen with \"jailhouse console\".");
none:
	free(text);
	return EXIT_SUCCESS;
}

/* --- PCI --------------------------------------------------------------------------------------------------------------------- */

static void settle_msix(struct plan *p, struct pci_function *f)
{
	const uint64_t start = f->bar[f->msix_bar].start + f->msix_offset;
	char bdf[16];

	if (!f->msix_vectors)
		return;
	if (pci_msix_apart(f)) {
		plan_hole(p, start, ((start + f->msix_vectors * 16ULL + PAGE - 1) & ~(PAGE - 1)) - 1, "MSI-X table");
		return;
	}
	snprintf(bdf, sizeof(bdf), "%02x:%02x.%u", f->bdf >> 8, f->bdf >> 3 & 0x1f, f->bdf & 7U);
	plan_note(p, "The MSI-X table of device %s is not at the start of a page of memory: the device cannot use MSI-X.", bdf);
	f->msix_vectors = 0;
}

/* Memory that the firmware has devices use stays mapped for them, as long as it is the root cell's. */
static void keep_reserved(struct plan *p, const struct functions *machine, const struct acpi_reserved *r)
{
	const struct pci_function *first = NULL;
	char bdf[16], more[32] = "";
	size_t n, count = 0;

	for (n = 0; n < machine->count; n++) {
		if (machine->list[n].domain != r->segment || !scope_covers(machine, &r->who, &machine->list[n]))
			continue;
		first = first ? first : &machine->list[n];
		count++;
	}
	if (!first || first->domain)
		return;
	text_bdf(0, first->bdf, bdf, sizeof(bdf));
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	if (!plan_has(p, r->start, r->end))
		plan_add(p, PLAN_RAM, r->start, r->end, "ACPI, memory of devices", "memory of device %s%s", bdf, more);
	plan_note(p, "Device %s (%s)%s uses memory 0x%" PRIx64 "-0x%" PRIx64 " on behalf of the firmware: it should stay with the root cell.", bdf,
		  pci_class_name(first->class), more, r->start, r->end);
}

static void add_pci(const struct tree *t, struct plan *p, const struct acpi_iommus *iommus)
{
	size_t count, unread, n, left_out = 0;
	struct pci_function *all = pci_read_all(t, &count, &unread);
	const struct functions machine = { all, count };

	p->pci = calloc(count + 1, sizeof(*p->pci));
	p->pci_unit = calloc(count + 1, 1);
	for (n = 0; n < count && p->pci && p->pci_unit; n++) {
		const struct pci_function *f = &machine.list[n];

		if (f->domain || f->virtual) {
			left_out++;
			continue;
		}
		p->pci[p->functions] = *f;
		settle_msix(p, &p->pci[p->functions]);
		p->pci_unit[p->functions++] = (uint8_t)unit_of_function(&machine, iommus, f);
	}
	for (n = 0; n < iommus->reserveds; n++)
		keep_reserved(p, &machine, &iommus->reserved[n]);
	free(all);
	if (left_out)
		plan_note(p, "%zu PCI functions are left out: those in domains other than 0, and virtual functions of SR-IOV.", left_out);
	if (unread)
		plan_note(p, "%zu PCI functions could not be read.", unread);
}

/* --- all --------------------------------------------------------------------------------------------------------------------- */

static int read_resources(const struct tree *t, const char *name, struct resources *out)
{
	switch (resources_read(t, name, out)) {
	case RESOURCES_SEEN:
		return EXIT_SUCCESS;
	case RESOURCES_HIDDEN:
		return report_error(0, "Run the command as root.", "/proc/%s shows its addresses to root only", name);
	default:
		return report_error(errno, NULL, "/proc/%s of %s", name, tree_name(t));
	}
}

static int choose_memory(const struct tree *t, const struct create_options *o, struct plan *p)
{
	struct memory_choice c = { .from = "memmap=, reserved", .align = PAGE };
	char cmdline[4096];

	tree_line(t, cmdline, sizeof(cmdline), "proc/cmdline");
	c.count = memmap_parse(cmdline, c.reserved);
	return create_choose_memory(t, o, &c, p);
}

int create_x86(const struct tree *t, const struct create_options *o, struct plan *p)
{
	struct resources iomem = { 0 }, ioports = { 0 };
	struct acpi_iommus *iommus = calloc(1, sizeof(*iommus));
	int status = iommus ? EXIT_SUCCESS : EXIT_ERROR;

	p->arch = "x86";
	if (!status)
		status = read_resources(t, "iomem", &iomem);
	if (!status)
		status = read_resources(t, "ioports", &ioports);
	if (!status)
		status = choose_console(t, o->console, p);
	if (!status) {
		if (!acpi_iommus(t, iommus))
			plan_note(p, "The firmware's tables of IOMMUs could not be read.");
		add_memory(p, &iomem);
		add_ports(p, &ioports);
		add_iommus(t, p, iommus);
		add_irqchips(t, p, iommus);
		add_ecam(t, p);
		add_pm_timer(t, p);
		add_pci(t, p, iommus);
		status = choose_memory(t, o, p);
	}
	resources_free(&iomem);
	resources_free(&ioports);
	free(iommus);
	return status;
}
