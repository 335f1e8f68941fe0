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
#include <x86/entry.h>
#include <x86/hal.h>
#include <jailhouse/crash_log.h>
#include <common/lib/string.h>

/* Published pages of the image; the linker script knows the offset of the status page. */
struct {
	struct hv_console_ring console;
	struct hv_status_page status __aligned(PAGE_SIZE);
} hv_published __section(".bss.published") __aligned(PAGE_SIZE);
_Static_assert(offsetof(__typeof__(hv_published), status) == HV_STATUS_OFFSET, "layout.h");

/* Found again after a reset, through the image header. */
struct hv_crash_log hv_crash_log __aligned(PAGE_SIZE);
extern const u8 __build_id[];

/* Of the GNU note: name, size and type take 16 bytes (System V ABI, note section); the linker is told to make it with SHA-1. */
#define BUILD_ID_OFFSET	16
#define BUILD_ID_SIZE	20

static const struct subsys_ops *const subsystems[] = {
	&subsys_ioapic, &subsys_pci, &subsys_iommu, &subsys_subpage, &subsys_testdev, NULL,
};

static struct uart debug_uart;

static bool console_is_mmio(void)
{
	return hv_system.config->debug_console.flags & JAILHOUSE_CON_ACCESS_MMIO;
}

static u32 debug_read(unsigned long address, unsigned int width)
{
	if (!console_is_mmio())
		return inb(address);
	return width == 4 ? mmio_read32((void *)address) : mmio_read8((void *)address);
}

static void debug_write(unsigned long address, unsigned int width, u32 value)
{
	if (!console_is_mmio())
		outb(address, value);
	else if (width == 4)
		mmio_write32((void *)address, value);
	else
		mmio_write8((void *)address, value);
}

static void debug_putc(char c)
{
	uart_putc(&debug_uart, c);
}

static void debug_console_init(u64 base)
{
	static const struct uart_io io = { debug_read, debug_write };
	const struct jailhouse_console console = hv_system.config->debug_console;

	if (!uart_from_console(&debug_uart, &console, &io, base))
		return;
	uart_init(&debug_uart);
	log_init(&hv_published.console, debug_putc);
}

static void crash_log_begin(struct hv_crash_log *log)
{
	log->magic = HV_CRASH_LOG_MAGIC;
	log->version = HV_CRASH_LOG_VERSION;
	log->max_cpus = hv_header.max_cpus;
	log->generation = hv_header.generation;
	log->hv_phys = hv_header.hv_phys;
	log->hv_size = hv_header.hv_size;
	log->console_offset = hv_header.console_offset;
	log->exits_offset = hv_header.core_size + offsetof(struct percpu, exits);
	log->exits_stride = sizeof(struct percpu);
	memcpy(log->image_id, __build_id + BUILD_ID_OFFSET, BUILD_ID_SIZE);
	log->check = hv_fnv1a(HV_FNV1A_START, log, offsetof(struct hv_crash_log, check));
	log->state = HV_CRASH_RUNNING;
	log_set_crash_log(log);
}

static void compose(struct system *s)
{
	crash_log_begin(&hv_crash_log);
	s->console = &hv_published.console;
	s->status = &hv_published.status;
	s->subsystems = subsystems;
	log_init(s->console, NULL);
}

static void console_ports(void)
{
	const struct jailhouse_console *con = &hv_system.config->debug_console;

	/* the configuration is not checked yet */
	if (!console_is_mmio() && con->type == JAILHOUSE_CON_TYPE_8250)
		debug_console_init(con->address);
}

static void console_mapped(void)
{
	if (console_is_mmio())
		debug_console_init(DEVICE_CONSOLE(hv_system.config->debug_console.address));
}

static const struct x86_composition composition = {
	.compose = compose,
	.console_ports = console_ports,
	.console_mapped = console_mapped,
};

/* Called by start.S. */
int hv_start(u32 cpu, struct hv_cpu_handover *h, struct percpu *linear);

int hv_start(u32 cpu, struct hv_cpu_handover *h, struct percpu *linear)
{
	return x86_boot_cpu(cpu, h, linear, &composition);
}
