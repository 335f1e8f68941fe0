// SPDX-License-Identifier: GPL-2.0
/*
 * main - composition root: which parts this image is made of, and in which order they take part. Knows everybody; nobody knows main.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <hv/x86/vdev.h>
#include <x86/hal.h>

/* Published pages of the image; the linker script knows the offset of the status page. */
struct {
	struct hv_console_ring console;
	struct hv_status_page status __aligned(PAGE_SIZE);
} hv_published __section(".bss.published") __aligned(PAGE_SIZE);
_Static_assert(offsetof(__typeof__(hv_published), status) == HV_STATUS_OFFSET, "layout.h");

static const struct subsys_ops *const subsystems[] = {
	&subsys_iommu, &subsys_ioapic, &subsys_pci, &subsys_subpage, &subsys_testdev, NULL,
};

static struct uart debug_uart;

static u8 debug_read(const struct uart *u, unsigned int reg)
{
	return inb(u->base + reg * u->distance);
}

static void debug_write(const struct uart *u, unsigned int reg, u8 value)
{
	outb(u->base + reg * u->distance, value);
}

static const struct uart_io debug_io = { debug_read, debug_write };

static void debug_putc(char c)
{
	uart_putc(&debug_uart, c);
}

/* The debug console is usable from the first line on when it is a port; MMIO consoles follow once mapped. */
static bool debug_console_init(const struct jailhouse_console *c)
{
	if (c->flags & JAILHOUSE_CON_ACCESS_MMIO)
		return false;
	if (!uart_from_console(&debug_uart, c, &debug_io, c->address))
		return false;
	uart_init(&debug_uart);
	return true;
}

void system_compose(struct system *s)
{
	const struct jailhouse_system *config = (void *)(__image_start + hv_header.core_size +
							 (u64)hv_header.max_cpus * PERCPU_SIZE);
	struct jailhouse_console console = config->debug_console;

	s->console = &hv_published.console;
	s->status = &hv_published.status;
	s->subsystems = subsystems;
	log_init(s->console, debug_console_init(&console) ? debug_putc : NULL);
}
