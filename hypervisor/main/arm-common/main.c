// SPDX-License-Identifier: GPL-2.0
/*
 * main - composition root: which parts this image is made of, and in which order they take part. Knows everybody; nobody knows main.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <hv/arm/vgic.h>
#include <arm/el2.h>
#include <arm/entry.h>
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
extern const u8 __build_id[], __build_id_end[];

/* Of the GNU note: name, size and type take 16 bytes (System V ABI, note section). */
#define BUILD_ID_OFFSET 16

static const struct subsys_ops *const subsystems[] = {
	ARM_OWN_SUBSYSTEMS &subsys_vgic, &subsys_iommu, &subsys_subpage, NULL,
};

static struct uart debug_uart;

static u32 debug_mmio_read(unsigned long address, unsigned int width)
{
	const void *p = (const void *)address;

	return width == 4 ? mmio_read32(p) : width == 2 ? mmio_read16(p) : mmio_read8(p);
}

static void debug_mmio_write(unsigned long address, unsigned int width, u32 value)
{
	void *p = (void *)address;

	if (width == 4)
		mmio_write32(p, value);
	else if (width == 2)
		mmio_write16(p, value);
	else
		mmio_write8(p, value);
}

static const struct uart_io debug_mmio = { debug_mmio_read, debug_mmio_write };

static void debug_putc(char c)
{
	uart_putc(&debug_uart, c);
}

static void crash_log_begin(struct hv_crash_log *log)
{
	const u8 *id = __build_id + BUILD_ID_OFFSET;
	u64 room = sizeof(log->image_id), id_size = __build_id_end - __build_id;

	log->magic = HV_CRASH_LOG_MAGIC;
	log->version = HV_CRASH_LOG_VERSION;
	log->max_cpus = hv_header.max_cpus;
	log->generation = hv_header.generation;
	log->hv_phys = hv_header.hv_phys;
	log->hv_size = hv_header.hv_size;
	log->console_offset = hv_header.console_offset;
	log->exits_offset = hv_header.core_size + offsetof(struct percpu, exits);
	log->exits_stride = sizeof(struct percpu);
	if (id_size > BUILD_ID_OFFSET)
		memcpy(log->image_id, id, id_size - BUILD_ID_OFFSET < room ? id_size - BUILD_ID_OFFSET : room);
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

static void console_mapped(void)
{
	const struct jailhouse_console console = hv_system.config->debug_console;
	u64 base = DEVICE_CONSOLE + (console.address & ~PAGE_MASK);

	if (!(console.flags & JAILHOUSE_CON_ACCESS_MMIO) || !uart_from_console(&debug_uart, &console, &debug_mmio, base))
		return;
	uart_open_clock_gate(&console, &debug_mmio, DEVICE_CLOCK + (console.clock_reg & ~PAGE_MASK));
	uart_init(&debug_uart);
	log_init(&hv_published.console, debug_putc);
}

static const struct arm_composition composition = {
	.compose = compose,
	.console_mapped = console_mapped,
};

/* Called by start.S. */
void __noreturn hv_start(u32 cpu, struct percpu *linear, unsigned long linux_sctlr);

void __noreturn hv_start(u32 cpu, struct percpu *linear, unsigned long linux_sctlr)
{
	arm_boot_cpu(cpu, linear, linux_sctlr, &composition);
}
