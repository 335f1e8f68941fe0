// SPDX-License-Identifier: GPL-2.0
/*
 * escape-ports: a cell reaches for ports that are not its own
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell has the ports of its configuration, 0x2f8-0x2ff and 0xc040-0xc05f here, and may read the PM timer. Of 0xcf8-0xcff it sees
 * its own view of PCI configuration space (escape-pci). All others, whatever the width and however the access is made, are not its own;
 * an access that begins with an own port and reaches one that is not is forbidden as a whole, and so is one that wraps around behind 0xffff.
 *
 * Expected. Own ports: no exit and no exception, in all widths, also by strings. Foreign ones: the CPU is stopped and the port is not
 * touched. Port 0x80: a byte written there is dropped, because firmware and programs use it for a delay; reading it is forbidden.
 * 0xcf8 has 32 bits only; 0xcfc-0xcff answer with ones and drop writes until the address register has its enable bit, and accesses must be aligned.
 * String instructions whose buffer is not the cell's stop the CPU as any access to that memory does: the port is read or written first
 * or not at all, it is the cell's own. String instructions on ports that the hypervisor answers itself are forbidden.
 * That every bit of the permission map is as configured, for all 65536 ports, is read from the machine by the audit (tests/system/audit.py),
 * which runs after each program; here are the borders, the widths, and the ports that would do harm.
 *
 * Source. vdev/x86/vpio.c. AMD APM vol. 2, 15.10: I/O permission map, its bits behind port 0xffff.
 */
#include <tests/inmates/lib/escape.h>

#define UART_SCRATCH	0x2ff	/* the last port of the range */
#define PM_TIMER	((unsigned int)comm_region->pm_timer_address)

static u8 own[64] __attribute__((aligned(64)));

static const char *in(const struct attack *a)
{
	switch (a->width) {
	case 1:
		return answer("read 0x%x", inb((u16)a->address));
	case 2:
		return answer("read 0x%x", inw((u16)a->address));
	default:
		return answer("read 0x%x", inl((u16)a->address));
	}
}

static const char *out(const struct attack *a)
{
	switch (a->width) {
	case 1:
		outb((u8)a->value, (u16)a->address);
		return "ignored";
	case 2:
		outw((u16)a->value, (u16)a->address);
		return "ignored";
	default:
		outl((u32)a->value, (u16)a->address);
		return "ignored";
	}
}

/* @value: the buffer */
#define STRING(name, text) \
	static const char *name(const struct attack *a) \
	{ \
		void *to = a->value ? reach(a->value) : own, *from = to; \
		unsigned long count = 2; \
		\
		excp_caught.vector = EXCP_NONE; \
		asm volatile("cld\n" EXCP_CATCH(text) : "+D" (to), "+S" (from), "+c" (count) : "d" (a->address) : "memory", "cc"); \
		return answer_exception(); \
	}

STRING(ins_byte, "rep insb")
STRING(ins_word, "rep insw")
STRING(ins_dword, "rep insl")
STRING(ins_one, "insb")
STRING(outs_byte, "rep outsb")
STRING(outs_word, "rep outsw")
STRING(outs_dword, "rep outsl")
STRING(outs_one, "outsb")

/* The scratch register keeps what is written (PC16550D data sheet, 8.9): each width hits the own port. */
static const char *own_ports(const struct attack *a)
{
	unsigned int n;

	for (n = 0; n < 256; n++) {
		outb((u8)n, UART_SCRATCH);
		if (inb(UART_SCRATCH) != n)
			return answer("scratch register reads 0x%x after 0x%x", inb(UART_SCRATCH), n);
		outw((u16)(n << 8 | inb(UART_SCRATCH - 1)), UART_SCRATCH - 1);
		if (inw(UART_SCRATCH - 1) >> 8 != n)
			return answer("scratch register reads 0x%x in a word", inw(UART_SCRATCH - 1));
	}
	return "own only";
}

static const char *read_all_own(const struct attack *a)
{
	unsigned int port, width;

	for (width = 1; width <= 4; width *= 2) {
		for (port = 0xc040; port + width <= 0xc060; port++)
			in(&(struct attack){ .address = port, .width = width });
		for (port = PM_TIMER; port + width <= PM_TIMER + 4; port++)
			in(&(struct attack){ .address = port, .width = width });
	}
	return "own only";
}

static const char *own_string(const struct attack *a)
{
	own[0] = 0x5a;
	own[1] = 0xa5;
	outs_byte(&(struct attack){ .address = UART_SCRATCH });
	if (inb(UART_SCRATCH) != 0xa5)
		return answer("scratch register reads 0x%x after a string", inb(UART_SCRATCH));
	ins_byte(&(struct attack){ .address = UART_SCRATCH });
	return own[0] == 0xa5 && own[1] == 0xa5 ? "own only" : answer("a string of 0x%x 0x%x", own[0], own[1]);
}

/* --- 0xcf8-0xcff without the enable bit --------------------------------------------------------------------------------- */

static const char *pci_disabled(const struct attack *a)
{
	outl(0, 0xcf8);
	outl(0x12345678, 0xcfc);
	if (inl(0xcfc) != ~0U || inw(0xcfe) != 0xffff || inb(0xcff) != 0xff)
		return answer("data 0x%x", inl(0xcfc));
	return "reads ones";
}

static const char *pci_address(const struct attack *a)
{
	u32 v;

	outl(0x7fffff03, 0xcf8);
	v = inl(0xcf8);
	outl(0, 0xcf8);
	return v == 0x7fffff03 ? "own only" : answer("address register reads 0x%x", v);
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */

#define IN(name, target, port, bytes) \
	{ name, target, "stopped: port read at " #port ", " #bytes " bytes", in, .address = port, .width = bytes }
#define OUT(name, target, port, bytes, what) \
	{ name, target, "stopped: port write at " #port ", " #bytes " bytes", out, .address = port, .width = bytes, .value = what }
#define STRING_IN(name, target, port, bytes, function) \
	{ name, target, "stopped: port read at " #port ", " #bytes " bytes", function, .address = port }
#define STRING_OUT(name, target, port, bytes, function) \
	{ name, target, "stopped: port write at " #port ", " #bytes " bytes", function, .address = port }
#define BUFFER(name, target, kind, function, where) \
	{ name, target, "stopped: memory " kind " at " #where ", 0 bytes", function, .address = UART_SCRATCH, .value = where }

static const struct attack attacks[] = {
	{ "own", "its own ports", "own only", own_ports },
	{ "own-all", "its own ports, all widths and alignments", "own only", read_all_own },
	{ "own-strings", "its own ports, by strings", "own only", own_string },
	{ "delay", "the delay port", "ignored", out, .address = 0x80, .width = 1 },
	{ "pci-disabled", "configuration space without the enable bit", "reads ones", pci_disabled },
	{ "pci-address", "the address register, reserved bits and all", "own only", pci_address },

	/* borders of the ranges */
	IN("before-1", "before its ports", 0x2f7, 1), IN("before-2", "before its ports", 0x2f7, 2), IN("before-4", "before its ports", 0x2f5, 4),
	OUT("before-out", "before its ports", 0x2f7, 2, 0), OUT("before-out-4", "before its ports", 0x2f6, 4, 0),
	IN("behind-1", "behind its ports", 0x300, 1), IN("behind-2", "behind its ports", 0x2ff, 2), IN("behind-4", "behind its ports", 0x2fd, 4),
	OUT("behind-out-2", "behind its ports", 0x2ff, 2, 0), OUT("behind-out-4", "behind its ports", 0x2ff, 4, 0),
	IN("second-before", "before its second range", 0xc03f, 2), IN("second-behind", "behind its second range", 0xc05d, 4),
	OUT("second-out", "behind its second range", 0xc060, 4, 0),
	IN("timer-before", "before the PM timer", 0x607, 2), IN("timer-behind", "behind the PM timer", 0x60a, 4),
	IN("first", "port 0", 0x0, 1), IN("last", "port 0xffff", 0xffff, 1), IN("wrap-2", "around the end", 0xffff, 2),
	IN("wrap-4", "around the end", 0xfffd, 4), OUT("wrap-out", "around the end", 0xffff, 4, 0),

	/* ports that would do harm */
	OUT("pic-1", "the interrupt controller of the PC", 0x20, 1, 0x11), OUT("pic-2", "the second one", 0xa1, 1, 0xff),
	OUT("pit", "the interval timer", 0x43, 1, 0x30), IN("pit-read", "the interval timer", 0x40, 1),
	OUT("nmi", "NMI status and speaker", 0x61, 1, 0), OUT("rtc-index", "the clock's index, NMI mask", 0x70, 1, 0x80),
	IN("rtc", "the clock", 0x71, 1), OUT("a20", "A20 and fast reset", 0x92, 1, 1), OUT("keyboard-reset", "reset by the keyboard's controller", 0x64, 1, 0xfe),
	IN("keyboard", "the keyboard", 0x60, 1), OUT("reset", "the reset register", 0xcf9, 1, 6), OUT("smi", "a system management interrupt", 0xb2, 1, 1),
	IN("smi-status", "system management", 0xb3, 1), OUT("elcr", "edge and level of interrupts", 0x4d0, 2, 0xffff), OUT("sleep", "sleep states of the machine", 0x604, 2, 0x2000),
	OUT("hv-console", "the hypervisor's console", 0x3e8, 1, 'X'), IN("hv-console-read", "the hypervisor's console", 0x3ed, 1),
	OUT("root-console", "root's console", 0x3f8, 1, 'X'), OUT("victim-console", "the other cell's console", 0x2e8, 1, 'X'),
	IN("victim-read", "the other cell's console", 0x2ed, 1), OUT("dma", "the DMA controller", 0x0, 1, 0), OUT("dma-page", "DMA pages", 0x81, 1, 0),
	OUT("fw-cfg", "the emulator's own interface", 0x510, 2, 0), IN("hotplug", "CPU hotplug", 0xcd8, 4), OUT("sata", "root's disk controller", 0xc0e0, 4, 0),
	IN("delay-read", "the delay port", 0x80, 1), OUT("delay-wide", "the delay port and its neighbour", 0x80, 2, 0),
	OUT("pm-timer-write", "the control register before the PM timer", 0x604, 4, 0),

	/* 0xcf8-0xcff */
	IN("address-1", "the address register by bytes", 0xcf8, 1), OUT("address-2", "the address register by words", 0xcf8, 2, 0xffff),
	IN("address-middle", "the address register's middle", 0xcfa, 2), OUT("address-cross", "the reset register in a dword", 0xcf9, 4, 0x06060606),
	IN("address-data", "from the address to the data register", 0xcfa, 4), IN("data-unaligned", "the data register, unaligned", 0xcfd, 2),
	IN("data-behind", "behind the data register", 0xcfe, 4), OUT("data-behind-out", "behind the data register", 0xcff, 2, 0),

	/* strings */
	STRING_IN("ins-rtc", "the clock", 0x71, 1, ins_byte), STRING_OUT("outs-reset", "the reset register", 0xcf9, 1, outs_one),
	STRING_IN("ins-behind", "behind its ports", 0x2ff, 2, ins_word), STRING_OUT("outs-behind", "behind its ports", 0x2fd, 4, outs_dword),
	STRING_OUT("outs-console", "the hypervisor's console", 0x3e8, 1, outs_byte), STRING_IN("ins-one", "the other cell's console", 0x2ed, 1, ins_one),
	STRING_OUT("outs-wrap", "around the end", 0xffff, 2, outs_word), STRING_IN("ins-dword", "port 0", 0x0, 4, ins_dword),
	STRING_OUT("outs-pci", "the address register", 0xcf8, 4, outs_dword), STRING_IN("ins-pci", "the data register", 0xcfc, 4, ins_dword),
	STRING_OUT("outs-delay", "the delay port", 0x80, 1, outs_byte),
	BUFFER("ins-to-root", "root's RAM as a buffer", "write", ins_byte, 0x10000000), BUFFER("ins-to-hv", "the hypervisor as a buffer", "write", ins_byte, 0x3a000000),
	BUFFER("ins-to-read-only", "its read-only RAM as a buffer", "write", ins_byte, 0x200000),
	BUFFER("outs-from-root", "root's RAM as a source", "read", outs_byte, 0x10000000), BUFFER("outs-from-hv", "the hypervisor as a source", "read", outs_byte, 0x3a5ff000),
	BUFFER("outs-from-victim", "the other cell's RAM as a source", "read", outs_byte, 0x3ee00000),
};

void inmate_main(void)
{
	escape_main("escape-ports", attacks, ARRAY_SIZE(attacks));
}
