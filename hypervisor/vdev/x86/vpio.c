// SPDX-License-Identifier: GPL-2.0
/*
 * vpio - ports: what the configuration lists is direct, a few are moderated, the rest is nobody's
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/ownership.h>
#include <hv/x86/vdev.h>
#include <common/lib/range.h>
#include <common/lib/string.h>

#define PORT_I8042_COMMAND	0x64
#define I8042_WRITE_OUTPUT	0xd1	/* the output port holds the reset line */
#define I8042_PULSE_FIRST	0xf0	/* 0xf0–0xff pulse the output port */
#define PORT_POST		0x80
#define PORT_PCI_ADDRESS	0xcf8
#define PORT_PCI_DATA		0xcfc
#define PORT_PCI_LAST		0xcff
#define PCI_ADDRESS_ENABLE	(1u << 31)
#define PM_TIMER_PORTS		4

#define PORT_COUNT		0x10000
#define PIO_BITMAP_SIZE		(3 * 4096)

/* Whole words at once: root waits while its map is made. */
static void set_ports(u64 *map, u32 port, u32 length, bool forbidden)
{
	u32 bits, end = length < PORT_COUNT - port ? port + length : PORT_COUNT;

	for (; port < end; port += bits) {
		u32 room = 64 - port % 64;
		u64 mask;

		bits = room < end - port ? room : end - port;
		mask = ~0ULL >> (64 - bits) << (port % 64);
		map[port / 64] = forbidden ? map[port / 64] | mask : map[port / 64] & ~mask;
	}
}

static void set_listed(u64 *map, const struct cell *c, bool forbidden)
{
	u32 i;

	for (i = 0; i < c->view.num_pio; i++)
		set_ports(map, c->view.pio[i].base, c->view.pio[i].length, forbidden);
}

void vpio_fill_bitmap(const struct cell *c, u8 *bitmap)
{
	u16 pm_timer = c->sys->config->platform_info.x86.pm_timer_address;
	const struct cell *other;
	u64 *map = (u64 *)bitmap;

	/*
	 * The bits behind port 0xffff belong to accesses that wrap around: intercepted (AMD APM
	 * vol. 2, 15.10.1).
	 */
	memset(bitmap, 0xff, PIO_BITMAP_SIZE);
	set_listed(map, c, false);
	/* root has lost what it gave away */
	for (other = c->sys->cells; cell_is_root(c) && other; other = other->next)
		if (!cell_is_root(other))
			set_listed(map, other, true);
	/* Read-only counter, promised to every cell by the communication region. */
	if (pm_timer)
		set_ports(map, pm_timer, PM_TIMER_PORTS, false);
	set_ports(map, PORT_I8042_COMMAND, 1, true);
	set_ports(map, PORT_PCI_ADDRESS, PORT_PCI_LAST - PORT_PCI_ADDRESS + 1, true);
}

static bool owns_port(const struct cell *c, u16 port)
{
	u32 i;

	if (cell_is_root(c))
		return ownership_at(c->sys, OWNED_PORT, port).owners & 1;
	for (i = 0; i < c->view.num_pio; i++)
		if (range_contains(c->view.pio[i].base, c->view.pio[i].length, port, 1))
			return true;
	return false;
}

/* Not inlined: what it needs of the stack would cost every access to a port. */
static __attribute__((noinline)) enum vdev_result access_i8042_command(const struct cell *c,
								       struct pio_access *a)
{
	u8 command = (u8)a->value;

	if (!owns_port(c, a->port))
		return VDEV_UNHANDLED;
	if (a->size != 1)
		return VDEV_DENIED;
	if (!a->is_write) {
		a->value = arch_pio_read(a->port, 1);
		return VDEV_OK;
	}
	if (command == I8042_WRITE_OUTPUT || command >= I8042_PULSE_FIRST)
		return VDEV_DENIED;
	arch_pio_write(a->port, 1, command);
	return VDEV_OK;
}

static enum vdev_result access_pci_address(struct cell *c, struct pio_access *a)
{
	if (a->size != 4)
		return VDEV_UNHANDLED;
	if (a->is_write)
		c->pci_address_port = a->value;
	else
		a->value = c->pci_address_port;
	return VDEV_OK;
}

/*
 * Without the enable bit these ports are ordinary I/O, where nobody answers (PCI Local Bus 3.0,
 * 3.2.2.3.2).
 */
static enum vdev_result access_pci_data(struct vcpu *v, struct pio_access *a)
{
	u32 address = v->pcpu->cell->pci_address_port;
	u16 offset = (address & 0xfc) + (a->port & 3);

	if (a->port & (a->size - 1))
		return VDEV_UNHANDLED;
	if (!(address & PCI_ADDRESS_ENABLE))
		return VDEV_SKIP;
	return vpci_cfg_access(v, address >> 8 & 0xffff, offset, a->size, a->is_write, &a->value);
}

enum vdev_result vpio_access(struct vcpu *v, struct pio_access *a)
{
	struct cell *c = v->pcpu->cell;

	if (a->port == PORT_I8042_COMMAND)
		return access_i8042_command(c, a);
	if (a->port == PORT_PCI_ADDRESS)
		return access_pci_address(c, a);
	if (a->port >= PORT_PCI_DATA && a->port <= PORT_PCI_LAST)
		return access_pci_data(v, a);
	if (a->port == PORT_POST && a->is_write && a->size == 1)
		return VDEV_SKIP;
	return VDEV_UNHANDLED;
}
