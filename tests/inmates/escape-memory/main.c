// SPDX-License-Identifier: GPL-2.0
/*
 * escape-memory: a cell reaches for memory that is not its own
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell has the memory of its configuration, with the rights that stand there, and no other byte: not the other cells', not
 * root's, not the hypervisor's; whatever the instruction, its width and alignment, and whoever makes the access, the program or the CPU
 * for it (page-table walk, descriptor tables, stack of an exception).
 *
 * Expected. The access is made nowhere; the CPU that did it is stopped, with one line of the hypervisor that names kind, address and
 * width (width 0 where it does not matter or is not known). Nobody else notices.
 *
 * Source. docs/ARCHITECTURE.md, "One VM exit, once through": what NPT does not map is an exit, and what no handler knows is a violation
 * (core/fault.c). AMD APM vol. 2, 15.25.6: nested page faults, also of the guest's own tables and of event delivery.
 */
#include <tests/inmates/lib/escape.h>

static const char *read_some(const struct attack *a)
{
	u8 *p = reach(a->address);

	switch (a->width) {
	case 1:
		return answer("read 0x%x", mmio_read8(p));
	case 2:
		return answer("read 0x%x", mmio_read16(p));
	case 4:
		return answer("read 0x%x", mmio_read32(p));
	default:
		return answer("read 0x%llx", mmio_read64(p));
	}
}

static const char *write_some(const struct attack *a)
{
	u8 *p = reach(a->address);

	switch (a->width) {
	case 1:
		mmio_write8(p, (u8)a->value);
		break;
	case 2:
		mmio_write16(p, (u16)a->value);
		break;
	case 4:
		mmio_write32(p, (u32)a->value);
		break;
	default:
		mmio_write64(p, a->value);
	}
	return "written";
}

static const char *execute(const struct attack *a)
{
	((void (*)(void))reach(a->address))();
	return "executed";
}

#define READ(name, target, address, width) \
	{ name, target, "stopped: memory read at " #address ", " #width " bytes", read_some, address, 0, width }
#define WRITE(name, target, address, width) \
	{ name, target, "stopped: memory write at " #address ", " #width " bytes", write_some, address, 0x5555555555555555, width }

static const struct attack attacks[] = {
	READ("root-read-1", "root's RAM", 0x10000000, 1),
	READ("root-read-2", "root's RAM", 0x10000000, 2),
	READ("root-read-4", "root's RAM", 0x10000000, 4),
	READ("root-read-8", "root's RAM", 0x10000000, 8),
	WRITE("root-write-1", "root's RAM", 0x10000001, 1),
	WRITE("root-write-2", "root's RAM", 0x10000002, 2),
	WRITE("root-write-4", "root's RAM", 0x10000004, 4),
	WRITE("root-write-8", "root's RAM", 0x10000008, 8),
	{ "root-execute", "root's RAM", "stopped: instruction fetch at 0x10000000", execute, .address = ROOT_RAM },
};

void inmate_main(void)
{
	escape_main("escape-memory", attacks, ARRAY_SIZE(attacks));
}
