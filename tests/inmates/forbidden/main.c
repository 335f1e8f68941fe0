// SPDX-License-Identifier: GPL-2.0
/*
 * forbidden: one act that a cell may not do, chosen by a parameter
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * A cell that breaks its borders is stopped: the CPU that did it, and no other. A cell that asks for something that hardware would
 * refuse gets the hardware's answer, an exception, and goes on. A cell that asks the hypervisor for what is root's business gets an
 * error. This program does one such thing, so that a test on the outside can see what becomes of this cell, of the others, of root,
 * and what the hypervisor reports.
 *
 *	forbidden: WHAT: SENTENCE			before the act
 *	forbidden: survived WHAT			behind an act that should have stopped the CPU
 *
 * Where the CPU must be stopped, the second line and the summary never appear. Where the cell must live, the results and the summary
 * follow. "what=list" prints one line for each act: its name, "stops" or "lives", and the sentence.
 *
 * Acts on memory of a particular kind name the regions of configs/x86/test.c.
 *
 * Parameters: what=NAME. addr=ADDRESS, port=PORT, msr=NUMBER, bdf=NUMBER, value=NUMBER: in place of an act's own target.
 */
#include <tests/inmates/lib/check.h>

#define FOREIGN_ADDRESS		0x10000000UL	/* RAM of the machine, not of this cell */
#define HYPERVISOR_ADDRESS	0x3a000000UL
#define HPET_ADDRESS		0xfed00000UL
#define MMCONFIG_ADDRESS	0xb0000000UL

#define PORT_RTC_DATA		0x71
#define PORT_RESET		0xcf9
#define RESET_HARD		0x06
#define PORT_I8042_COMMAND	0x64
#define I8042_RESET		0xfe

#define CR4_RESERVED_BIT	(1UL << 30)
#define CR4_TSD			(1UL << 2)
#define CR4_PGE			(1UL << 7)
#define CR0_WP			(1UL << 16)
#define CR0_AM			(1UL << 18)
#define CR0_CD			(1UL << 30)
#define CR0_NW			(1UL << 29)

#define APIC_DM_SMI		(2U << 8)
#define X2APIC_LVT0		0x835

struct act {
	const char *name;
	const char *sentence;
	bool lives;
	void (*run)(void);
};

static unsigned long number(const char *param, unsigned long default_value)
{
	return (unsigned long)cmdline_parse_int(param, (long long)default_value);
}

static u8 *target(unsigned long default_address)
{
	u8 *address = (u8 *)number("addr", default_address);

	map_range(address, 8, MAP_UNCACHED);
	return address;
}

/* --- memory ------------------------------------------------------------------------------------------------------ */

static void mem_read(void)
{
	mmio_read32(target(FOREIGN_ADDRESS));
}

static void mem_write(void)
{
	mmio_write32(target(FOREIGN_ADDRESS), (u32)number("value", 0xdeadbeef));
}

static void mem_exec(void)
{
	void (*function)(void) = (void (*)(void))target(FOREIGN_ADDRESS);

	function();
}

static void hv_read(void)
{
	mmio_read32(target(HYPERVISOR_ADDRESS));
}

static void hv_write(void)
{
	mmio_write32(target(HYPERVISOR_ADDRESS), 0xdeadbeef);
}

static void hpet(void)
{
	mmio_write32(target(HPET_ADDRESS + 0x10), 0);	/* general configuration: stops the main counter */
}

static void mmconfig_write(void)
{
	mmio_write32(target(MMCONFIG_ADDRESS + PCI_CFG_COMMAND), 0);
}

/* --- regions of configs/x86/test.c -------------------------------------------------------------------------------- */

#define READ_ONLY		0x200000UL
#define NO_EXECUTE		0x201000UL
#define WINDOW_32		0x202010UL	/* 0x20 bytes, 32-bit accesses */
#define WINDOW_READ_ONLY	0x202040UL	/* 0x10 bytes, 8 and 16 bits */
#define TEST_DEVICE_PAGE	(COMM_REGION_BASE + PAGE_SIZE)

static void ro_write(void)
{
	mmio_write32(target(READ_ONLY), 1);
}

static void noexec_exec(void)
{
	u8 *code = target(NO_EXECUTE);

	*(volatile u8 *)code = 0xc3;	/* ret */
	((void (*)(void))code)();
}

static void window_write(void)
{
	mmio_write8(target(WINDOW_READ_ONLY), 1);
}

static void window_width(void)
{
	mmio_read8(target(WINDOW_32));
}

static void window_unaligned(void)
{
	mmio_read32(target(WINDOW_32 + 2));
}

static void window_outside(void)
{
	mmio_read32(target(WINDOW_32 + 0x20));
}

static void test_device_outside(void)
{
	mmio_read32(target(TEST_DEVICE_PAGE));
}

/* A stack in forbidden memory: the exception that reports it cannot be delivered either. */
static void bad_stack(void)
{
	u8 *stack = target(FOREIGN_ADDRESS + PAGE_SIZE);

#ifdef __x86_64__
	asm volatile("mov %0, %%rsp; push %%rax" : : "r" (stack) : "memory");
#else
	asm volatile("mov %0, %%esp; push %%eax" : : "r" (stack) : "memory");
#endif
}

/* A page table in forbidden memory: the access that faults is the CPU's own. */
static void bad_page_table(void)
{
	write_cr3(number("addr", FOREIGN_ADDRESS));
}

/* --- ports ------------------------------------------------------------------------------------------------------- */

static void port_in(void)
{
	inb((u16)number("port", PORT_RTC_DATA));
}

static void port_out(void)
{
	outb((u8)number("value", RESET_HARD), (u16)number("port", PORT_RESET));
}

static void port_string(void)
{
	static const u8 bytes[2];
	const u8 *source = bytes;
	unsigned long count = sizeof(bytes);

	asm volatile("rep outsb" : "+S" (source), "+c" (count) : "d" (number("port", PORT_RTC_DATA)) : "memory");
}

static void i8042_reset(void)
{
	outb(I8042_RESET, PORT_I8042_COMMAND);
}

/* --- interrupts -------------------------------------------------------------------------------------------------- */

/* Whoever gets the CPU next must not see them; the hypervisor must not take them for its own exceptions when it clears them away. */
static void pending_vectors(void)
{
	u32 vector;

	asm volatile("cli");
	for (vector = 16; vector < 256; vector++)
		write_msr(X2APIC_SELF_IPI, vector);
	port_in();
}

static void icr_smi(void)
{
	write_msr(X2APIC_ICR, ((u64)cpu_id() << 32) | APIC_DM_SMI | APIC_ASSERT);
}

static void lvt_smi(void)
{
	write_msr(X2APIC_LVT0, APIC_DM_SMI);
}

/* --- the CPU's own state ------------------------------------------------------------------------------------------ */

static void triple_fault(void)
{
	static const struct {
		u16 limit;
		unsigned long base;
	} __attribute__((packed)) no_idt = { 0, 0 };

	asm volatile("lidt %0; ud2" : : "m" (no_idt));
}

static void msr_read(void)
{
	u64 v;

	check(try_read_msr((u32)number("msr", 0xc0010117), &v) == EXCP_GP, "reading the MSR raises #GP");
}

static void msr_write(void)
{
	check(try_write_msr((u32)number("msr", 0xc0010117), number("value", 0x1000)) == EXCP_GP, "writing the MSR raises #GP");
}

static void xsetbv_bad(void)
{
	check(try_xsetbv(1, 7) == EXCP_GP, "XSETBV of a register that does not exist raises #GP");
	check(try_xsetbv(0, 0) == EXCP_GP, "XSETBV without x87 raises #GP");
	check(try_xsetbv(0, 5) == EXCP_GP, "XSETBV with AVX and without SSE raises #GP");
	check(try_xsetbv(0, 1ULL << 62 | 3) == EXCP_GP, "XSETBV with an unknown component raises #GP");
	check(try_xsetbv(0, 1ULL << 63 | 3) == EXCP_GP, "XSETBV with the reserved top bit raises #GP");
}

static unsigned int try_write_cr0(unsigned long v)
{
	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("mov %0, %%cr0") : : "r" (v) : "memory");
	return excp_caught.vector;
}

static unsigned int try_write_cr4(unsigned long v)
{
	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("mov %0, %%cr4") : : "r" (v) : "memory");
	return excp_caught.vector;
}

static void control_registers(void)
{
	unsigned long cr0 = read_cr0(), cr4 = read_cr4();

	check(try_write_cr0(cr0 | CR0_CD) == EXCP_NONE && read_cr0() == (cr0 | CR0_CD), "CR0.CD can be set");
	check(try_write_cr0(cr0 | CR0_WP | CR0_AM) == EXCP_NONE && read_cr0() == (cr0 | CR0_WP | CR0_AM), "CR0.WP and AM can be set");
	check(try_write_cr0(cr0) == EXCP_NONE && read_cr0() == cr0, "CR0 is back");
	check(try_write_cr4(cr4 | CR4_TSD | CR4_PGE) == EXCP_NONE && read_cr4() == (cr4 | CR4_TSD | CR4_PGE), "CR4.TSD and PGE can be set");
	check(try_write_cr4(cr4) == EXCP_NONE && read_cr4() == cr4, "CR4 is back");
}

/*
 * A CPU raises #GP by itself here, which shows as results; the cell lives. QEMU's (7.2, 10.0) takes all these values; then VMRUN is what
 * refuses them, and the cell is stopped.
 */
static void control_registers_reserved(void)
{
	unsigned long cr0 = read_cr0(), cr4 = read_cr4();

	check(try_write_cr0((cr0 | CR0_NW) & ~CR0_CD) == EXCP_GP, "CR0 with NW and without CD raises #GP");
	cpuid_eax(0, 0);	/* an exit */
	check(try_write_cr4(cr4 | CR4_RESERVED_BIT) == EXCP_GP, "CR4 with a reserved bit raises #GP");
	cpuid_eax(0, 0);
	check(read_cr0() == cr0 && read_cr4() == cr4, "CR0 and CR4 are unchanged");
	test_end();
}

#define TRY_INSN(name, insn) do { \
	excp_caught.vector = EXCP_NONE; \
	asm volatile(EXCP_CATCH(insn) : : "a" (FOREIGN_ADDRESS), "c" (0) : "memory"); \
	check(excp_caught.vector == EXCP_UD, name " raises #UD (0x%x)", excp_caught.vector); \
} while (0)

static void virtualization(void)
{
	TRY_INSN("VMRUN", "vmrun");
	TRY_INSN("VMLOAD", "vmload");
	TRY_INSN("VMSAVE", "vmsave");
	TRY_INSN("STGI", "stgi");
	TRY_INSN("CLGI", "clgi");
	TRY_INSN("SKINIT", "skinit");
	TRY_INSN("INVLPGA", "invlpga");
}

/* --- the hypervisor's and root's business ------------------------------------------------------------------------- */

static void expect_result(const char *call, int result, int expected)
{
	check(result == expected, "%s answers %d (%d)", call, expected, result);
}

static void hypercalls(void)
{
	expect_result("DISABLE", jailhouse_call(JAILHOUSE_HC_DISABLE), -EPERM);
	expect_result("CELL_CREATE", jailhouse_call_arg1(JAILHOUSE_HC_CELL_CREATE, 0), -EPERM);
	expect_result("CELL_START of this cell", jailhouse_call_arg1(JAILHOUSE_HC_CELL_START, 1), -EPERM);
	expect_result("CELL_SET_LOADABLE", jailhouse_call_arg1(JAILHOUSE_HC_CELL_SET_LOADABLE, 1), -EPERM);
	expect_result("CELL_DESTROY of root", jailhouse_call_arg1(JAILHOUSE_HC_CELL_DESTROY, 0), -EPERM);
	expect_result("HYPERVISOR_GET_INFO", jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS), -EPERM);
	expect_result("CELL_GET_STATE", jailhouse_call_arg1(JAILHOUSE_HC_CELL_GET_STATE, 0), -EPERM);
	expect_result("CPU_GET_INFO of root's CPU", jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, 0, JAILHOUSE_CPU_INFO_STATE), -EPERM);
	expect_result("CPU_GET_INFO of no CPU", jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, 0xffffff, JAILHOUSE_CPU_INFO_STATE), -EINVAL);
	expect_result("PANIC_DISABLE", jailhouse_call(JAILHOUSE_HC_X_PANIC_DISABLE), -EPERM);
	expect_result("an unknown number", jailhouse_call(0x7fffffff), -ENOSYS);
	check(true, "the cell goes on after all of them");
}

static void pci_read(void)
{
	u16 bdf = (u16)number("bdf", 0);

	check(pci_read_config(bdf, PCI_CFG_VENDOR_ID, 4) == 0xffffffff, "ids of a foreign device read as all ones");
	check(pci_read_config(bdf, PCI_CFG_COMMAND, 2) == 0xffff, "16 bits of it read as all ones");
	check(pci_read_config(bdf, PCI_CFG_BAR + 3, 1) == 0xff, "8 bits of it read as all ones");
}

static void pci_write(void)
{
	pci_write_config((u16)number("bdf", 0), PCI_CFG_COMMAND, 0, 2);
}

static const struct act acts[] = {
	{ "mem-read", "reads memory of somebody else", false, mem_read },
	{ "mem-write", "writes memory of somebody else", false, mem_write },
	{ "mem-exec", "executes memory of somebody else", false, mem_exec },
	{ "hv-read", "reads memory of the hypervisor", false, hv_read },
	{ "hv-write", "writes memory of the hypervisor", false, hv_write },
	{ "hpet", "stops the timer of the machine", false, hpet },
	{ "mmconfig-write", "writes configuration space of a foreign device by memory", false, mmconfig_write },
	{ "ro-write", "writes memory that it may only read", false, ro_write },
	{ "noexec-exec", "executes memory that it may not execute", false, noexec_exec },
	{ "window-write", "writes a window that is read-only", false, window_write },
	{ "window-width", "reads 8 bits where a window has 32-bit accesses only", false, window_width },
	{ "window-unaligned", "reads 32 bits unaligned where a window needs alignment", false, window_unaligned },
	{ "window-outside", "reads the page of a window outside of the window", false, window_outside },
	{ "test-device-outside", "reads the test device where it has no register", false, test_device_outside },
	{ "bad-stack", "pushes to memory of somebody else", false, bad_stack },
	{ "bad-page-table", "loads a page table that is not its own", false, bad_page_table },
	{ "port-in", "reads a port that it does not own", false, port_in },
	{ "port-out", "writes the reset port", false, port_out },
	{ "port-string", "writes a string to a port that it does not own", false, port_string },
	{ "i8042-reset", "tells the keyboard controller to reset the machine", false, i8042_reset },
	{ "pending-vectors", "leaves interrupts of every vector pending when it is stopped", false, pending_vectors },
	{ "icr-smi", "sends a system management interrupt", false, icr_smi },
	{ "lvt-smi", "routes a local interrupt to system management", false, lvt_smi },
	{ "triple-fault", "takes an exception without an interrupt table", false, triple_fault },
	{ "cr-reserved", "sets control registers to what hardware refuses", false, control_registers_reserved },
	{ "pci-write", "writes configuration space of a foreign device by ports", false, pci_write },
	{ "pci-read", "reads configuration space of a foreign device", true, pci_read },
	{ "msr-read", "reads an MSR that it may not read", true, msr_read },
	{ "msr-write", "writes an MSR that it may not write", true, msr_write },
	{ "xsetbv", "sets XCR0 to what hardware refuses", true, xsetbv_bad },
	{ "cr", "changes control registers as it may", true, control_registers },
	{ "vmrun", "uses instructions of virtualization", true, virtualization },
	{ "hypercall-root", "makes hypercalls that only root may make", true, hypercalls },
};

static const struct act *find_act(const char *name)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(acts); n++)
		if (!strcmp(acts[n].name, name))
			return &acts[n];
	return NULL;
}

static void list_acts(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(acts); n++)
		printk("%s %s %s\n", acts[n].name, acts[n].lives ? "lives" : "stops", acts[n].sentence);
}

void inmate_main(void)
{
	const struct act *act;
	char what[40];

	test_begin("forbidden");
	cmdline_parse_str("what", what, sizeof(what), "list");
	act = find_act(what);
	if (!act) {
		list_acts();
		check(!strcmp(what, "list"), "\"%s\" is known", what);
		test_end();
	}

	printk("forbidden: %s: %s\n", act->name, act->sentence);
	act->run();
	if (!act->lives) {
		printk("forbidden: survived %s\n", act->name);
		check(false, "a cell that %s is stopped", act->sentence);
	}
	test_end();
}
