// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * escape: one attempt to reach what is not the cell's; the parameter attempt=NAME says which. What the hypervisor does not stop is told:
 *
 *	escape: NAME: before
 *	escape: NAME: after VALUE, exception SYNDROME
 *
 * tests/arm64/test_escape.py knows which of them may come so far, and with what value.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

/* configs/arm64/qemu-arm64.inc, uart-demo.c */
#define ROOT_MEMORY	0x48000000UL
#define HYPERVISOR	0x7f800000UL
#define OTHER_CELL	0x7f600000UL
#define NOWHERE		0x3000000000UL
#define RTC		0x09010000UL
#define NO_DEVICE	0x09040000UL

#define GICD_CTLR	0x0000
#define GICD_ISENABLER	0x0100
#define GICD_ICENABLER	0x0180
#define GICD_ITARGETSR	0x0800
#define GICD_SGIR	0x0f00
#define GICD_IROUTER	0x6000
#define GICR_ISENABLER0	0x10100
#define GICR_WAKER	0x00014
#define ROOT_SPI	34	/* the RTC's */
#define ALL_BUT_SELF	(1UL << 40)
#define TELL		3	/* times: another cell writes a line to the same UART once a second, and one of ours may be torn */

static u64 value;

static void *gicd(unsigned int reg)
{
	return (void *)(comm_region->gicd_base + reg);
}

static void read_at(unsigned long address)
{
	map_range((void *)address, 8, MAP_CACHED);
	value = mmio_read32((void *)address);
}

static void write_at(unsigned long address)
{
	map_range((void *)address, 8, MAP_CACHED);
	mmio_write32((void *)address, 0xdeadbeef);
}

/* --- memory --- */

static void read_root(void *arg)
{
	read_at(ROOT_MEMORY);
}

static void write_root(void *arg)
{
	write_at(ROOT_MEMORY);
}

static void read_hypervisor(void *arg)
{
	read_at(HYPERVISOR);
}

static void write_hypervisor(void *arg)
{
	write_at(HYPERVISOR);
}

static void write_other_cell(void *arg)
{
	write_at(OTHER_CELL);
}

static void read_nowhere(void *arg)
{
	read_at(NOWHERE);
}

static void write_device(void *arg)
{
	write_at(RTC);
}

static void execute_root(void *arg)
{
	map_range((void *)ROOT_MEMORY, 8, MAP_CACHED);
	((void (*)(void))ROOT_MEMORY)();
}

/* --- configs/arm64/regions.c: what a region's rights leave out --- */

#define READ_ONLY	0x400000UL
#define NOT_EXECUTABLE	0x401000UL
#define SMALL_PAGES	0x600000UL

static void read_read_only(void *arg)
{
	read_at(READ_ONLY);
}

static void write_read_only(void *arg)
{
	write_at(READ_ONLY);
}

static void use_not_executable(void *arg)
{
	write_at(NOT_EXECUTABLE);
	read_at(NOT_EXECUTABLE);
}

static void execute_not_executable(void *arg)
{
	map_range((void *)NOT_EXECUTABLE, 8, MAP_CACHED);
	mmio_write32((void *)NOT_EXECUTABLE, 0xd65f03c0);	/* RET */
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" : : "r" (NOT_EXECUTABLE) : "memory");
	((void (*)(void))NOT_EXECUTABLE)();
}

static void use_small_pages(void *arg)
{
	unsigned long address;

	map_range((void *)SMALL_PAGES, HUGE_PAGE_SIZE, MAP_CACHED);
	for (address = SMALL_PAGES; address < SMALL_PAGES + HUGE_PAGE_SIZE; address += PAGE_SIZE) {
		mmio_write64((void *)address, address);
		value += mmio_read64((void *)address) == address;
	}
}

static void table_in_root(void *arg)
{
	write_sysreg(ttbr0_el1, ROOT_MEMORY);
	asm volatile("tlbi vmalle1; dsb ish; isb" : : : "memory");
	value = 1;
}

/*
 * Code runs behind tables of its own, one of which it changes: where it is now the CPU's TLB alone knows. The access that follows has no
 * complete syndrome, so the hypervisor looks for the instruction.
 */
#define ALIAS		(1UL << 39)
#define CODE		0x40000UL	/* where NO_DEVICE is in its block of 2 MiB; not used otherwise */
#define TABLE		3UL
#define BLOCK		(1UL | 3UL << 8 | 1UL << 10)

void code_without_way(u64 *entry, u64 value, void *device);

asm(".pushsection .text\n"
    "code_without_way:\n"
    "	str	x1, [x0]\n"
    "	dsb	ishst\n"
    "	ldp	w3, w4, [x2]\n"
    "	ret\n"
    ".popsection");

static void lose_the_way(bool table, u64 value_of_entry)
{
	static u64 level1[512] __attribute__((aligned(4096))), level2[512] __attribute__((aligned(4096)));
	u64 *top = (u64 *)read_sysreg(ttbr0_el1);
	void (*alias)(u64 *, u64, void *) = (void *)(CODE + ALIAS);

	memcpy((void *)CODE, code_without_way, 16);
	level2[0] = BLOCK;
	level1[0] = (u64)level2 | TABLE;
	top[ALIAS >> 39] = (u64)level1 | TABLE;
	asm volatile("dsb ish; ic iallu; dsb ish; isb" : : : "memory");
	alias(table ? &top[ALIAS >> 39] : level2, value_of_entry, gicd(GICD_ISENABLER));
	value = 1;
}

static void way_through_no_device(void *arg)
{
	lose_the_way(true, NO_DEVICE | TABLE);
}

static void way_to_no_device(void *arg)
{
	lose_the_way(false, (NO_DEVICE & HUGE_PAGE_MASK) | BLOCK);
}

static void write_behind_comm_region(void *arg)
{
	write_at(COMM_REGION_BASE + PAGE_SIZE);
}

/* --- accesses that have no complete syndrome, to registers that are emulated --- */

static void unaligned_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	value = mmio_read32(gicd(GICD_ISENABLER + 1));
}

static void exclusive_gic(void *arg)
{
	u32 v;

	asm volatile("ldxr %w0, [%1]" : "=r" (v) : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = v;
}

static void pair_gic(void *arg)
{
	u32 a, b;

	asm volatile("ldp %w0, %w1, [%2]" : "=r" (a), "=r" (b) : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = a | (u64)b << 32;
}

static void writeback_gic(void *arg)
{
	void *address = gicd(GICD_ISENABLER);
	u32 v;

	asm volatile("ldr %w0, [%1], #4" : "=r" (v), "+r" (address) : : "memory");
	value = (u64)address - comm_region->gicd_base;
}

static void exclusive_store_gic(void *arg)
{
	u32 failed;

	asm volatile("ldxr w9, [%1]; stxr %w0, wzr, [%1]" : "=&r" (failed) : "r" (gicd(GICD_ISENABLER)) : "w9", "memory");
	value = failed;
}

static void vector_gic(void *arg)
{
	write_sysreg(cpacr_el1, 3 << 20);
	asm volatile("isb; ldr q0, [%0]" : : "r" (gicd(GICD_ISENABLER)) : "memory");
}

static void pair_store_gic(void *arg)
{
	asm volatile("stp wzr, wzr, [%0]" : : "r" (gicd(GICD_ISENABLER + 4)) : "memory");
	value = 1;
}

static void clean_line_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	asm volatile("dc civac, %0; dsb sy" : : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = 1;
}

static void execute_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	((void (*)(void))gicd(0))();
}

static void table_in_gic(void *arg)
{
	write_sysreg(ttbr0_el1, comm_region->gicd_base);
	asm volatile("tlbi vmalle1; dsb ish; isb" : : : "memory");
	value = 1;
}

static void unaligned_device(void *arg)
{
	map_range((void *)(unsigned long)comm_region->console.address, PAGE_SIZE, MAP_CACHED);
	value = mmio_read32((void *)(unsigned long)(comm_region->console.address + PAGE_SIZE - 2));
}

static void zero_line_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	asm volatile("dc zva, %0" : : "r" (gicd(GICD_ISENABLER)) : "memory");
}

static void byte_of_enable(void *arg)
{
	value = mmio_read8(gicd(GICD_ISENABLER + 4));
}

/* --- interrupts of others --- */

static void enable_foreign_spi(void *arg)
{
	mmio_write32(gicd(GICD_ISENABLER + ROOT_SPI / 32 * 4), ~0U);
	value = mmio_read32(gicd(GICD_ISENABLER + ROOT_SPI / 32 * 4));
}

static void disable_foreign_spi(void *arg)
{
	mmio_write32(gicd(GICD_ICENABLER + ROOT_SPI / 32 * 4), ~0U);
}

static void route_foreign_spi(void *arg)
{
	if (comm_region->gic_version == 3)
		mmio_write64(gicd(GICD_IROUTER + ROOT_SPI * 8), cpu_id());
	else
		mmio_write8(gicd(GICD_ITARGETSR + ROOT_SPI), 0xff);
}

static void switch_gic_off(void *arg)
{
	mmio_write32(gicd(GICD_CTLR), 0);
}

/* The first redistributor is CPU 0's. */
static void foreign_redistributor(void *arg)
{
	u8 *frame = (u8 *)comm_region->gicr_base;

	if (comm_region->gic_version != 3)
		return;
	map_range(frame, 0x20000, MAP_UNCACHED);
	mmio_write32(frame + GICR_ISENABLER0, ~0U);
	mmio_write32(frame + GICR_WAKER, 2);
	value = mmio_read32(frame + GICR_ISENABLER0);
}

/* Every register of the distributor for root's interrupt: group, enable, pending, active, priority, target, configuration. */
static void rewrite_foreign_spi(void *arg)
{
	static const struct {
		u16 base, bits;
	} fields[] = {
		{ 0x080, 1 }, { 0x100, 1 }, { 0x180, 1 }, { 0x200, 1 }, { 0x280, 1 }, { 0x300, 1 }, { 0x380, 1 }, { 0x400, 8 }, { 0x800, 8 },
		{ 0xc00, 2 }, { 0xd00, 1 },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(fields); n++) {
		u32 *word = gicd(fields[n].base + ROOT_SPI * fields[n].bits / 32 * 4);
		u32 mask = ((1ULL << fields[n].bits) - 1) << ROOT_SPI * fields[n].bits % 32;
		u32 before = mmio_read32(word) & mask;

		mmio_write32(word, ~0U);
		if ((mmio_read32(word) & mask) != before)
			value = fields[n].base;
		mmio_write32(word, 0);
		if ((mmio_read32(word) & mask) != before)
			value = fields[n].base;
	}
}

/* Tables of LPIs would be memory that the GIC itself writes to. */
static void own_lpi_tables(void *arg)
{
	u8 *frame = (u8 *)comm_region->gicr_base;

	if (comm_region->gic_version != 3)
		return;
	while (mmio_read64(frame + 8) >> 32 != cpu_id())
		frame += 0x20000;
	map_range(frame, 0x20000, MAP_UNCACHED);
	mmio_write64(frame + 0x70, ROOT_MEMORY | 0xf);
	mmio_write64(frame + 0x78, ROOT_MEMORY);
	mmio_write32(frame, 1);
	value = mmio_read64(frame + 0x70) | mmio_read64(frame + 0x78) | (mmio_read32(frame) & 1);
}

static void sgi_to_root(void *arg)
{
	unsigned int sgi;

	for (sgi = 0; sgi < NUM_SGIS; sgi++)
		gic_send_sgi(0, sgi);
}

static void sgi_to_all(void *arg)
{
	unsigned int sgi;

	for (sgi = 0; sgi < NUM_SGIS; sgi++) {
		if (comm_region->gic_version == 3)
			write_sysreg(s3_0_c12_c11_5, ALL_BUT_SELF | (u64)sgi << 24);
		else
			mmio_write32(gicd(GICD_SGIR), 1U << 24 | sgi);
	}
}

/* --- system registers: @excp_try tells what is undefined --- */

#define WRITE_REGISTER(function, name)		\
	static void function(void *arg)		\
	{					\
		write_sysreg(name, ~0UL);	\
	}

WRITE_REGISTER(write_hcr_el2, hcr_el2)
WRITE_REGISTER(write_vttbr_el2, vttbr_el2)
WRITE_REGISTER(write_vbar_el2, vbar_el2)
WRITE_REGISTER(write_cnthctl_el2, cnthctl_el2)
WRITE_REGISTER(write_ich_lr0, s3_4_c12_c12_0)
WRITE_REGISTER(write_icc_sre_el2, s3_4_c12_c9_5)
WRITE_REGISTER(write_mdscr, mdscr_el1)
WRITE_REGISTER(write_dbgbcr, dbgbcr0_el1)
WRITE_REGISTER(write_pmcr, pmcr_el0)
WRITE_REGISTER(write_actlr, actlr_el1)
WRITE_REGISTER(write_implementation, s3_1_c15_c2_0)
WRITE_REGISTER(write_cntp_cval, cntp_cval_el0)

/* Under the lock halting debug can be switched on (ARM ARM, MDSCR_EL1.HDE): a CPU that halts answers nobody. OSLSR_EL1.OSLK */
static void lock_debug_registers(void *arg)
{
	write_sysreg(oslar_el1, 1);
	isb();
	value = read_sysreg(oslsr_el1) & 2;
	write_sysreg(oslar_el1, 0);
}

/*
 * Every register that MRS can name (C5.1.3), read, and written with what it read, from the number "from" on: op0 2 and 3, op1, CRn, CRm, op2 are
 * its bits. Of the spaces that implementations define (CRn 11 and 15) one register each. @value: how many of EL2 and EL3 could be read.
 */
#define REGISTERS	(2 << 14)
#define OP1(n)		((n) >> 11 & 7)
#define CRN(n)		((n) >> 7 & 0xf)
#define IMPLEMENTATION(crn)	(1U << 14 | (crn) << 7)
#define INSN(n, read)	(0xd5000000 | (read) << 21 | ((n) + (2 << 14)) << 5)

static u32 code[2] __attribute__((aligned(64)));

static void set_instruction(u32 insn)
{
	code[0] = insn;
	code[1] = 0xd65f03c0;	/* RET */
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" : : "r" (code) : "memory");
}

static void run_instruction(void *arg)
{
	register u64 x0 asm("x0") = *(u64 *)arg;

	asm volatile("blr %1" : "+r" (x0) : "r" (code) : "x30", "memory");
	*(u64 *)arg = x0;
}

static void sweep_registers(void *arg)
{
	u32 n, readable = 0, written = 0;
	u64 content;

	for (n = (u32)cmdline_parse_int("from", 0); n < REGISTERS; n++) {
		if ((CRN(n) == 11 || CRN(n) == 15) && n != IMPLEMENTATION(CRN(n)))
			continue;
		set_instruction(INSN(n, 1));
		if (excp_try(run_instruction, &content))
			continue;
		readable++;
		if (OP1(n) > 3)
			value++;
		set_instruction(INSN(n, 0));
		if (!excp_try(run_instruction, &content))
			written++;
	}
	printk("escape: sweep: %u readable, %u of them written\n", readable, written);
}

static void flush_by_set(void *arg)
{
	asm volatile("dc cisw, %0" : : "r" (0UL) : "memory");
	value = 1;
}

static void flush_all_guests(void *arg)
{
	asm volatile("tlbi alle1" : : : "memory");
}

/* --- calls --- */

static void every_hypercall(void *arg)
{
	unsigned int n;

	value = 1;
	for (n = 0; n < 0x1f10; n++)
		if (n != JAILHOUSE_HC_CPU_GET_INFO && n != JAILHOUSE_HC_DEBUG_CONSOLE_PUTC && jailhouse_call_arg1(n, 0) >= 0)
			value = 0x10000 + n;
}

static void hvc_of_the_stub(void *arg)
{
	value = (u64)hvc_call(1, ROOT_MEMORY, 0, 0);
}

static void hvc_of_another_kind(void *arg)
{
	asm volatile("hvc #0x1234" : : : "memory");
}

/* CPU_SUSPEND, CPU_OFF, SYSTEM_OFF and SYSTEM_RESET do what they say. */
static bool ends_the_cpu(u64 function)
{
	u64 n = function & 0xff;

	return (function >> 24 & 0x3f) == 4 && (n == 1 || n == 2 || n == 8 || n == 9 || n == 0x12);
}

static void every_smc(void *arg)
{
	u64 owner, kind, n;
	long answer;

	value = 1;
	for (owner = 0; owner < 64; owner++)
		for (kind = 0; kind < 4; kind++)
			for (n = 0; n < 0x20; n++) {
				u64 function = owner << 24 | kind << 30 | n;

				if (ends_the_cpu(function))
					continue;
				answer = smc_call(function, 0x80000000, ROOT_MEMORY, 0);
				if (owner > 4 && (int)answer != PSCI_NOT_SUPPORTED)
					value = function;
			}
}

/* Records of errors and activity monitors, where the CPU has them: there are none. */
static void read_error_records(void *arg)
{
	value = read_sysreg(s3_0_c5_c3_0);
}

static void read_activity_monitors(void *arg)
{
	value = read_sysreg(s3_3_c13_c2_0);
}

static void cpu_on_of_root(void *arg)
{
	value = (u64)smc_call(PSCI_CPU_ON, 0, 0, 0);
}

static void cpu_on_of_nobody(void *arg)
{
	value = (u64)smc_call(PSCI_CPU_ON, 0xff00ffffffUL, HYPERVISOR, 0) | (u64)smc_call(PSCI_CPU_ON, ~0UL, HYPERVISOR, 0);
}

static const struct attempt {
	const char *name;
	void (*run)(void *arg);
} attempts[] = {
#define ATTEMPT(name)	{ #name, name }
	ATTEMPT(read_root), ATTEMPT(write_root), ATTEMPT(read_hypervisor), ATTEMPT(write_hypervisor), ATTEMPT(write_other_cell),
	ATTEMPT(read_nowhere), ATTEMPT(write_device), ATTEMPT(execute_root), ATTEMPT(table_in_root), ATTEMPT(way_through_no_device), ATTEMPT(way_to_no_device),
	ATTEMPT(write_behind_comm_region),
	ATTEMPT(read_read_only), ATTEMPT(write_read_only), ATTEMPT(use_not_executable), ATTEMPT(execute_not_executable), ATTEMPT(use_small_pages),
	ATTEMPT(unaligned_gic), ATTEMPT(exclusive_gic), ATTEMPT(pair_gic), ATTEMPT(writeback_gic), ATTEMPT(zero_line_gic),
	ATTEMPT(byte_of_enable), ATTEMPT(exclusive_store_gic), ATTEMPT(vector_gic), ATTEMPT(pair_store_gic), ATTEMPT(clean_line_gic),
	ATTEMPT(execute_gic), ATTEMPT(table_in_gic), ATTEMPT(unaligned_device),
	ATTEMPT(enable_foreign_spi), ATTEMPT(disable_foreign_spi), ATTEMPT(route_foreign_spi), ATTEMPT(switch_gic_off),
	ATTEMPT(rewrite_foreign_spi), ATTEMPT(own_lpi_tables), ATTEMPT(foreign_redistributor), ATTEMPT(sgi_to_root), ATTEMPT(sgi_to_all),
	ATTEMPT(write_hcr_el2), ATTEMPT(write_vttbr_el2), ATTEMPT(write_vbar_el2), ATTEMPT(write_cnthctl_el2), ATTEMPT(write_ich_lr0),
	ATTEMPT(write_icc_sre_el2), ATTEMPT(lock_debug_registers), ATTEMPT(write_mdscr), ATTEMPT(write_dbgbcr), ATTEMPT(write_pmcr),
	ATTEMPT(write_actlr), ATTEMPT(write_implementation), ATTEMPT(write_cntp_cval), ATTEMPT(flush_by_set), ATTEMPT(flush_all_guests),
	ATTEMPT(every_hypercall), ATTEMPT(hvc_of_the_stub), ATTEMPT(hvc_of_another_kind), ATTEMPT(every_smc), ATTEMPT(cpu_on_of_root), ATTEMPT(cpu_on_of_nobody), ATTEMPT(sweep_registers),
	ATTEMPT(read_error_records), ATTEMPT(read_activity_monitors),
};

static void make(const struct attempt *attempt)
{
	unsigned int n;
	u64 syndrome;

	for (n = 0; n < TELL; n++)
		printk("escape: %s: before\n", attempt->name);
	syndrome = excp_try(attempt->run, NULL);
	for (n = 0; n < TELL; n++)
		printk("escape: %s: after %llx, exception %llx\n", attempt->name, value, syndrome);
}

void inmate_main(void)
{
	char name[32];
	unsigned int n;

	cmdline_parse_str("attempt", name, sizeof(name), "");
	irq_init(NULL);
	for (n = 0; n < ARRAY_SIZE(attempts); n++)
		if (!strcmp(attempts[n].name, name))
			make(&attempts[n]);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
