// SPDX-License-Identifier: GPL-2.0
/*
 * escape_probe: root, in kernel mode, reaches for what the cells "victim" (CPU 2, COM4, 00:03.0) and
 * "escape" (pin 3 of the IOAPIC) of configs/x86 have, and for the hypervisor. Never stays loaded.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. What a cell or the hypervisor has, root has not. Root is denied, and goes on.
 *
 * Expected. Reads give ones, writes are ignored, and what cannot be completed in place of hardware is a #GP.
 * Pins of others read as zeroes. Interrupts reach root's own CPUs only; a message or an entry that aims
 * elsewhere is not taken, and the register keeps its value. Management calls with hostile arguments are
 * refused with an error, and nothing changes. VM_HSAVE_PA is a shadow for KVM's sake: root reads what it wrote.
 *
 * Source. core/fault.c, vdev/x86/vlapic.c, vdev/x86/vioapic.c, vdev/vpci*.c, vdev/x86/vpio.c, core/hypercall.c;
 * docs/MSR-POLICY.md.
 *
 * Output, in the kernel's log, as of the programs in cells (tests/inmates/README.md, "Escapes"), with the
 * victim looked at after each attack.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <asm/apic.h>
#include <asm/asm.h>
#include <asm/msr.h>
#include "heartbeat.h"

#define VICTIM_RAM	0x3ee00000UL
#define VICTIM_BAR	0xfea00000UL
#define VICTIM_CPU	2
#define VICTIM_UART	0x2e8
#define VICTIM_DEVICE	(3 << 3)
#define HV_START	0x3a000000UL
#define HV_LAST		0x3a5ff000UL
#define HV_UART		0x3e8
#define MMCONFIG	0xb0000000UL
#define IOAPIC		0xfec00000UL
#define FOREIGN_PIN	3
#define OWN_PIN		5	/* of a parallel port that is not there */
#define OWN_DISK	(0x1f << 3 | 2)
#define DISK_MSI	0x80
#define BEATS		2
#define BEAT_TIME_MS	20000

struct attack {
	const char *name, *target, *expected;
	const char *(*run)(const struct attack *a);
	unsigned long address, value;
	unsigned int width;
};

static const volatile struct heartbeat *heartbeat;
static char said[80];

static const char *seen(const char *what, unsigned long long value)
{
	snprintf(said, sizeof(said), "%s 0x%llx", what, value);
	return said;
}

static u64 ones(unsigned int width)
{
	return width == 8 ? ~0ULL : (1ULL << (8 * width)) - 1;
}

static const char *as_ones(u64 value, unsigned int width)
{
	return value == ones(width) ? "reads ones" : seen("reads", value);
}

/* --- memory ------------------------------------------------------------------------------------- */

/* With the caching that an existing mapping has. */
static void __iomem *map(unsigned long address)
{
	void __iomem *page = ioremap_cache(address & PAGE_MASK, PAGE_SIZE);

	return page ? page : ioremap(address & PAGE_MASK, PAGE_SIZE);
}

static u64 load(const volatile void *p, unsigned int width)
{
	switch (width) {
	case 1:
		return *(const volatile u8 *)p;
	case 2:
		return *(const volatile u16 *)p;
	case 4:
		return *(const volatile u32 *)p;
	default:
		return *(const volatile u64 *)p;
	}
}

static void store(volatile void *p, unsigned int width, u64 value)
{
	switch (width) {
	case 1:
		*(volatile u8 *)p = value;
		break;
	case 2:
		*(volatile u16 *)p = value;
		break;
	case 4:
		*(volatile u32 *)p = value;
		break;
	default:
		*(volatile u64 *)p = value;
	}
}

static const char *read_memory(const struct attack *a)
{
	void __iomem *page = map(a->address);
	const char *got;

	if (!page)
		return "not mapped";
	got = as_ones(load((void __force *)page + (a->address & ~PAGE_MASK), a->width), a->width);
	iounmap(page);
	return got;
}

static const char *write_memory(const struct attack *a)
{
	void __iomem *page = map(a->address);
	void *p = (void __force *)page + (a->address & ~PAGE_MASK);
	u64 after;

	if (!page)
		return "not mapped";
	store(p, a->width, 0x5555555555555555);
	after = load(p, a->width);
	iounmap(page);
	return after == ones(a->width) ? "ignored" : seen("reads", after);
}

/* The fix-up writes the vector to EAX. */
#define INSN(name, text)										\
	static const char *name(const struct attack *a)							\
	{												\
		static u8 own[64];									\
		void __iomem *page = map(a->address);							\
		void *to = (void __force *)page, *from = own;						\
		unsigned long eax = 0, count = 2;							\
		bool hit;										\
													\
		if (!page)										\
			return "not mapped";								\
		asm volatile("1: " text "\n\t"								\
			     "mov $0x100, %%eax\n"							\
			     "2:\n\t"									\
			     _ASM_EXTABLE_FAULT(1b, 2b)							\
			     : "+a" (eax), "+D" (to), "+S" (from), "+c" (count) : : "memory", "cc");	\
		iounmap(page);										\
		hit = eax != 0x100;									\
		return hit ? (eax == 13 ? "#GP" : seen("exception", eax)) : "no exception";		\
	}

INSN(lock_add, "lock addl $1, (%%rdi)")
INSN(exchange, "xchgq %%rax, (%%rdi)")
INSN(copy_to, "rep movsb")
INSN(clear, "rep stosq")

/* --- ports -------------------------------------------------------------------------------------- */

static u32 in(unsigned int port, unsigned int width)
{
	return width == 1 ? inb(port) : width == 2 ? inw(port) : inl(port);
}

static void out(unsigned int port, unsigned int width, u32 value)
{
	if (width == 1)
		outb(value, port);
	else if (width == 2)
		outw(value, port);
	else
		outl(value, port);
}

static const char *read_port(const struct attack *a)
{
	return as_ones(in(a->address, a->width), a->width);
}

/* Whether it went through shows in what the cell's console says, and in the register behind it. */
static const char *write_port(const struct attack *a)
{
	out(a->address, a->width, a->value);
	return in(a->address, a->width) == ones(a->width) ? "ignored" : seen("reads", in(a->address, a->width));
}

static const char *string_in(const struct attack *a)
{
	static u8 own[4];
	void *to = own;
	unsigned long eax = 0;

	asm volatile("1: insb\n\t"
		     "mov $0x100, %%eax\n"
		     "2:\n\t"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a" (eax), "+D" (to) : "d" (a->address) : "memory");
	return eax == 13 ? "#GP" : seen("exception", eax);
}

static const char *string_out(const struct attack *a)
{
	static const u8 own[4] = "XXX";
	const void *from = own;
	unsigned long count = 3;

	asm volatile("rep outsb" : "+S" (from), "+c" (count) : "d" (a->address) : "memory");
	return "ignored";
}

/* --- PCI: two accesses that belong together --------------------------------------------------------- */

static u32 config_read(unsigned int bdf, unsigned int reg, unsigned int width)
{
	unsigned long flags;
	u32 value;

	local_irq_save(flags);
	outl(0x80000000 | bdf << 8 | (reg & 0xfc), 0xcf8);
	value = in(0xcfc + (reg & 3), width);
	local_irq_restore(flags);
	return value;
}

static void config_write(unsigned int bdf, unsigned int reg, unsigned int width, u32 value)
{
	unsigned long flags;

	local_irq_save(flags);
	outl(0x80000000 | bdf << 8 | (reg & 0xfc), 0xcf8);
	out(0xcfc + (reg & 3), width, value);
	local_irq_restore(flags);
}

static const char *config_ports(const struct attack *a)
{
	unsigned int reg;

	for (reg = 0; reg < 256; reg += a->width) {
		if (config_read(a->address, reg, a->width) != ones(a->width))
			return seen("reads at", reg);
		config_write(a->address, reg, a->width, a->value);
	}
	return "reads ones";
}

static const char *config_memory(const struct attack *a)
{
	void __iomem *space = ioremap(MMCONFIG + (a->address << 12), PAGE_SIZE);
	unsigned int reg;

	for (reg = 0; space && reg < PAGE_SIZE; reg += a->width) {
		store((void __force *)space + reg, a->width, a->value);
		if (load((void __force *)space + reg, a->width) != ones(a->width))
			break;
	}
	iounmap(space);
	return reg == PAGE_SIZE ? "reads ones" : seen("reads at", reg);
}

/* Root's own device gets a message to the victim's CPU: it cannot be enabled. */
static const char *message(const struct attack *a)
{
	u32 old[4], n;
	u16 control;

	for (n = 0; n < 4; n++)
		old[n] = config_read(OWN_DISK, DISK_MSI + 4 * n, 4);
	config_write(OWN_DISK, DISK_MSI + 2, 2, 0);
	config_write(OWN_DISK, DISK_MSI + 4, 4, (u32)a->address);
	config_write(OWN_DISK, DISK_MSI + 8, 4, 0);
	config_write(OWN_DISK, DISK_MSI + 12, 2, a->value);
	config_write(OWN_DISK, DISK_MSI + 2, 2, 1);
	control = config_read(OWN_DISK, DISK_MSI + 2, 2);
	config_write(OWN_DISK, DISK_MSI + 2, 2, 0);
	for (n = 1; n < 4; n++)
		config_write(OWN_DISK, DISK_MSI + 4 * n, 4, old[n]);
	config_write(OWN_DISK, DISK_MSI + 2, 2, old[0] >> 16);
	return control & 1 ? "enabled" : "ignored";
}

/* --- IOAPIC -------------------------------------------------------------------------------------- */

static u32 pin_read(void __iomem *chip, unsigned int reg)
{
	writel(reg, chip);
	return readl(chip + 0x10);
}

static void pin_write(void __iomem *chip, unsigned int reg, u32 value)
{
	writel(reg, chip);
	writel(value, chip + 0x10);
}

static const char *foreign_pin(const struct attack *a)
{
	void __iomem *chip = ioremap(IOAPIC, PAGE_SIZE);
	unsigned long flags;
	u32 low, high;

	local_irq_save(flags);
	pin_write(chip, 0x11 + 2 * FOREIGN_PIN, a->value >> 32);
	pin_write(chip, 0x10 + 2 * FOREIGN_PIN, (u32)a->value);
	low = pin_read(chip, 0x10 + 2 * FOREIGN_PIN);
	high = pin_read(chip, 0x11 + 2 * FOREIGN_PIN);
	local_irq_restore(flags);
	iounmap(chip);
	return low || high ? seen("reads", (u64)high << 32 | low) : "reads zeroes";
}

static const char *own_pin(const struct attack *a)
{
	void __iomem *chip = ioremap(IOAPIC, PAGE_SIZE);
	u32 old[2], low;
	unsigned long flags;

	local_irq_save(flags);
	old[0] = pin_read(chip, 0x10 + 2 * OWN_PIN);
	old[1] = pin_read(chip, 0x11 + 2 * OWN_PIN);
	pin_write(chip, 0x10 + 2 * OWN_PIN, 1 << 16);
	pin_write(chip, 0x11 + 2 * OWN_PIN, a->value >> 32);
	pin_write(chip, 0x10 + 2 * OWN_PIN, (u32)a->value);
	low = pin_read(chip, 0x10 + 2 * OWN_PIN);
	pin_write(chip, 0x10 + 2 * OWN_PIN, 1 << 16);
	pin_write(chip, 0x11 + 2 * OWN_PIN, old[1]);
	pin_write(chip, 0x10 + 2 * OWN_PIN, old[0]);
	local_irq_restore(flags);
	iounmap(chip);
	return low & 1 << 16 ? "ignored" : seen("entry", low);
}

/* --- interrupts of CPUs ---------------------------------------------------------------------------- */

static const char *ipi(const struct attack *a)
{
	unsigned long flags;

	local_irq_save(flags);
	native_apic_mem_write(APIC_ICR2, a->address << 24);
	native_apic_mem_write(APIC_ICR, a->value);
	local_irq_restore(flags);
	mdelay(1);
	return "ignored";
}

/* --- registers ------------------------------------------------------------------------------------- */

static const char *msr(const struct attack *a)
{
	u64 before = 0, after = 0;

	rdmsrl_safe(a->address, &before);
	wrmsrl_safe(a->address, a->value);
	rdmsrl_safe(a->address, &after);
	wrmsrl_safe(a->address, before);
	return before == after ? "ignored" : seen("reads", after);
}

/* --- hypercalls ------------------------------------------------------------------------------------- */

static long call(unsigned long nr, unsigned long arg1, unsigned long arg2)
{
	asm volatile("vmmcall" : "+a" (nr) : "D" (arg1), "S" (arg2) : "memory");
	return (int)nr;
}

/* @width: the number; a fault or a success would be an answer, too */
static const char *hypercall(const struct attack *a)
{
	long result = call(a->width, a->address, a->value);

	return result < 0 && result > -4096 ? "refused" : seen("result", result);
}

static const char *unknown_hypercalls(const struct attack *a)
{
	static const u64 high[] = { 0x7fffffff, 0x80000000, 0xffffffff, 1ULL << 32, ~0ULL };
	unsigned long nr;

	for (nr = 9; nr < 0x1000; nr++)
		if (call(nr, ~0UL, ~0UL) != -ENOSYS && nr != a->value)
			return seen("number", nr);
	for (nr = 0; nr < ARRAY_SIZE(high); nr++)
		if (call(high[nr], 0, 0) != -ENOSYS)
			return seen("number", high[nr]);
	return "refused";
}

/* --- the table ---------------------------------------------------------------------------------------- */

#define MEMORY(name, target, where, bytes) \
	{ name "-read", target, "reads ones", read_memory, .address = where, .width = bytes }, \
	{ name "-write", target, "ignored", write_memory, .address = where, .width = bytes }
#define PORT(name, target, port, bytes) \
	{ name "-in", target, "reads ones", read_port, .address = port, .width = bytes }, \
	{ name "-out", target, "ignored", write_port, .address = port, .width = bytes, .value = 0x58585858 }
#define IPI(name, target, to, command) { name, target, "ignored", ipi, .address = to, .value = command }
#define MSR(name, number, what) { name, "an MSR", "ignored", msr, .address = number, .value = what }
#define CALL(name, number, arg1) { name, "a hypercall", "refused", hypercall, .width = number, .address = arg1 }
#define TO(cpu) ((u64)(cpu) << 56)

static const struct attack attacks[] = {
	MEMORY("victim-8", "the cell's RAM", VICTIM_RAM + 0x2001, 1), MEMORY("victim-16", "the cell's RAM", VICTIM_RAM + 0x2001, 2),
	MEMORY("victim-32", "the cell's RAM", VICTIM_RAM + 0x2002, 4), MEMORY("victim-64", "the cell's RAM", VICTIM_RAM + 0x80003, 8),
	MEMORY("victim-code", "the cell's program", VICTIM_RAM, 8), MEMORY("victim-end", "the cell's last bytes", VICTIM_RAM + 0xffff8, 8),
	MEMORY("hv-first", "the hypervisor", HV_START, 8), MEMORY("hv-last", "the hypervisor", HV_LAST + 0xff8, 8),
	{ "device-read", "the cell's device", "reads ones", read_memory, .address = VICTIM_BAR, .width = 4 },
	{ "device-raise", "an interrupt of the cell's device", "ignored", write_memory, .address = VICTIM_BAR + 0x60, .width = 4 },
	{ "victim-lock", "the cell's RAM", "#GP", lock_add, .address = VICTIM_RAM + 0x3000 },
	{ "victim-xchg", "the cell's RAM", "#GP", exchange, .address = VICTIM_RAM + 0x3000 },
	{ "victim-copy-to", "the cell's RAM", "#GP", copy_to, .address = VICTIM_RAM + 0x3000 },
	{ "victim-clear", "the cell's RAM", "#GP", clear, .address = VICTIM_RAM },
	{ "hv-clear", "the hypervisor", "#GP", clear, .address = HV_START },
	PORT("uart-8", "the cell's console", VICTIM_UART, 1), PORT("uart-16", "the cell's console", VICTIM_UART, 2),
	PORT("uart-32", "the cell's console", VICTIM_UART, 4), PORT("uart-over-start", "into the cell's ports", VICTIM_UART - 1, 2),
	PORT("uart-over-end", "out of the cell's ports", VICTIM_UART + 7, 2), PORT("hv-uart", "the hypervisor's console", HV_UART, 1),
	{ "uart-ins", "the cell's console", "#GP", string_in, .address = VICTIM_UART + 5 },
	{ "uart-outs", "the cell's console", "ignored", string_out, .address = VICTIM_UART },
	{ "config-8", "the cell's device, by ports", "reads ones", config_ports, .address = VICTIM_DEVICE, .width = 1, .value = 0xff },
	{ "config-16", "the cell's device, by ports", "reads ones", config_ports, .address = VICTIM_DEVICE, .width = 2, .value = 0 },
	{ "config-32", "the cell's device, by ports", "reads ones", config_ports, .address = VICTIM_DEVICE, .width = 4, .value = ~0U },
	{ "config-memory-32", "the cell's device, by memory", "reads ones", config_memory, .address = VICTIM_DEVICE, .width = 4, .value = 0 },
	{ "config-memory-8", "the cell's device, by memory", "reads ones", config_memory, .address = VICTIM_DEVICE, .width = 1, .value = 0xff },
	{ "config-memory-64", "the cell's device, by memory", "reads ones", config_memory, .address = VICTIM_DEVICE, .width = 8, .value = 0 },
	{ "message", "the cell's CPU, by a message", "ignored", message, .address = 0xfee00000 | VICTIM_CPU << 12, .value = 0x31 },
	{ "message-logical", "all CPUs, by a message", "ignored", message, .address = 0xfee00004 | 0xff << 12, .value = 0x31 },
	{ "message-all", "all CPUs, by a message", "ignored", message, .address = 0xfee00000 | 0xff << 12, .value = 0x31 },
	{ "message-nmi", "an NMI of the cell's CPU, by a message", "ignored", message, .address = 0xfee00000 | VICTIM_CPU << 12, .value = 0x400 },
	{ "message-smi", "system management, by a message", "ignored", message, .address = 0xfee00000, .value = 0x200 },
	{ "pin", "the other cell's pin", "reads zeroes", foreign_pin, .value = TO(0) | 0x31 },
	{ "pin-nmi", "the other cell's pin", "reads zeroes", foreign_pin, .value = TO(VICTIM_CPU) | 0x400 },
	{ "pin-to-victim", "the cell's CPU by a pin of root", "ignored", own_pin, .value = TO(VICTIM_CPU) | 0x31 },
	{ "pin-to-all", "all CPUs by a pin of root", "ignored", own_pin, .value = TO(0xff) | 0x31 },
	{ "pin-logical", "the cell's CPU by a pin of root", "ignored", own_pin, .value = TO(0xf) | 0x831 },
	{ "pin-init", "a reset of the cell's CPU", "ignored", own_pin, .value = TO(VICTIM_CPU) | 0x500 },
	{ "pin-smi", "system management by a pin", "ignored", own_pin, .value = TO(0) | 0x200 },
	IPI("ipi-fixed", "the cell's CPU", VICTIM_CPU, APIC_DM_FIXED | APIC_INT_ASSERT | 0x30),
	IPI("ipi-lowest", "the cell's CPU", VICTIM_CPU, APIC_DM_LOWEST | APIC_INT_ASSERT | 0x30),
	IPI("ipi-nmi", "the cell's CPU", VICTIM_CPU, APIC_DM_NMI | APIC_INT_ASSERT),
	IPI("ipi-init", "the cell's CPU", VICTIM_CPU, APIC_DM_INIT | APIC_INT_ASSERT),
	IPI("ipi-init-level", "the cell's CPU", VICTIM_CPU, APIC_DM_INIT | APIC_INT_LEVELTRIG | APIC_INT_ASSERT),
	IPI("ipi-startup", "the cell's CPU", VICTIM_CPU, APIC_DM_STARTUP | 8),
	IPI("ipi-smi", "the cell's CPU", VICTIM_CPU, APIC_DM_SMI | APIC_INT_ASSERT),
	IPI("ipi-extint", "the cell's CPU", VICTIM_CPU, APIC_DM_EXTINT | APIC_INT_ASSERT),
	IPI("ipi-vector-0", "the cell's CPU", VICTIM_CPU, APIC_DM_FIXED | APIC_INT_ASSERT),
	IPI("ipi-logical", "the cell's CPU, logically", 1 << VICTIM_CPU, APIC_DEST_LOGICAL | APIC_DM_FIXED | APIC_INT_ASSERT | 0x30),
	IPI("ipi-logical-nmi", "the cells' CPUs, logically", 0xc, APIC_DEST_LOGICAL | APIC_DM_NMI | APIC_INT_ASSERT),
	IPI("ipi-logical-all", "all CPUs, logically", 0xff, APIC_DEST_LOGICAL | APIC_DM_FIXED | APIC_INT_ASSERT | RESCHEDULE_VECTOR),
	IPI("ipi-all", "all CPUs, physically", 0xff, APIC_DM_FIXED | APIC_INT_ASSERT | RESCHEDULE_VECTOR),
	IPI("ipi-shorthand-all", "all CPUs", 0, APIC_DEST_ALLINC | APIC_DM_FIXED | APIC_INT_ASSERT | RESCHEDULE_VECTOR),
	IPI("ipi-shorthand-others", "all other CPUs", 0, APIC_DEST_ALLBUT | APIC_DM_FIXED | APIC_INT_ASSERT | RESCHEDULE_VECTOR),
	MSR("vm-cr", 0xc0010114, 0x18), 
	{ "vm-hsave", "an MSR, of which root has a shadow", "reads 0x3a000000", msr, .address = 0xc0010117, .value = HV_START },
	MSR("syscfg", 0xc0010010, ~0UL), MSR("top-mem", 0xc001001a, 0x10000000),
	MSR("smbase", 0xc0010111, HV_START), MSR("smm-addr", 0xc0010112, VICTIM_RAM), MSR("smm-mask", 0xc0010113, 3), MSR("iorr", 0xc0010016, VICTIM_RAM),
	MSR("apic-base", 0x1b, VICTIM_RAM | 0x800),
	CALL("create-null", 1, 0), CALL("create-hv", 1, HV_START), CALL("create-victim", 1, VICTIM_RAM), CALL("create-high", 1, ~0UL & PAGE_MASK),
	CALL("create-unaligned", 1, 0x10000001), CALL("create-device", 1, VICTIM_BAR), CALL("create-end", 1, HV_START - 8),
	CALL("start-root", 2, 0), CALL("start-nobody", 2, 77), CALL("start-high", 2, 1UL << 32 | 1), CALL("loadable-root", 3, 0),
	CALL("loadable-high", 3, 1UL << 63), CALL("destroy-root", 4, 0), CALL("destroy-nobody", 4, 0xffffffff), CALL("destroy-high", 4, 1UL << 32 | 1),
	CALL("info-unknown", 5, 99), CALL("state-nobody", 6, 0x80000000), CALL("state-high", 6, 1UL << 32), CALL("cpu-nobody", 7, 255), CALL("cpu-high", 7, 1UL << 32),
	{ "unknown-calls", "hypercalls that do not exist", "refused", unknown_hypercalls },
};

static const char *look_at_victim(void)
{
	unsigned int first = heartbeat->beats, waited;

	if (heartbeat->magic != HEARTBEAT_MAGIC)
		return "absent";
	for (waited = 0; heartbeat->beats - first < BEATS; waited += 2) {
		if (waited > BEAT_TIME_MS)
			return "silent";
		msleep(2);
	}
	return heartbeat->corrupted || heartbeat->device_errors || heartbeat->stray ? "hurt" : "untouched";
}

static int __init escape_probe_init(void)
{
	unsigned int n;

	heartbeat = (void __force *)map(HEARTBEAT_PHYS);
	if (!heartbeat)
		return -ENOMEM;
	for (n = 0; n < ARRAY_SIZE(attacks); n++) {
		const struct attack *a = &attacks[n];

		pr_info("attack %u %s | %s | %s\n", n, a->name, a->target, a->expected);
		pr_info("attack %u %s: got %s\n", n, a->name, a->run(a));
		pr_info("attack %u %s: victim %s\n", n, a->name, look_at_victim());
	}
	pr_info("escape-root: end\n");
	iounmap((void __iomem __force *)heartbeat);
	return -EAGAIN;
}
module_init(escape_probe_init);

MODULE_DESCRIPTION("attacks of root on a cell and on the hypervisor");
MODULE_LICENSE("GPL");
