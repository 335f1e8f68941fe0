// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System and root cell: Bochs, i440FX, Intel or AMD CPU, 1 GiB of RAM, 4 CPUs, 4 serial ports; Linux with memmap=82M$0x3a000000
 *
 * With BOCHS_X86_2G: 2 GiB, and memmap=1000M$0x40000000 in addition. With BOCHS_X86_X2APIC cells are in x2APIC mode; in Bochs 2.7 their
 * CPUs do not come back to xAPIC mode.
 *
 * PCI configuration space is reached by ports only.
 *
 * Not listed, because the hypervisor handles them: local APIC, IOAPIC, PCI configuration space, and COM3, its own console.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

#ifdef BOCHS_X86_2G
#define NUM_MEM		12
#define RAM_END		0x80000000
#else
#define NUM_MEM		9
#define RAM_END		0x40000000
#endif
#ifdef BOCHS_X86_X2APIC
#define APIC_MODE	JAILHOUSE_APIC_MODE_AUTO
#else
#define APIC_MODE	JAILHOUSE_APIC_MODE_XAPIC
#endif
#define NUM_DEVICES	5

struct {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[NUM_MEM];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pio pio_regions[24];
	struct jailhouse_pci_device pci_devices[NUM_DEVICES];
} __attribute__((packed)) config = {
	.header = {
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = 0x3a000000,
			.size = 0x600000,
		},
		.debug_console = {
			.address = 0x3e8,
			.type = JAILHOUSE_CON_TYPE_8250,
			.flags = JAILHOUSE_CON_ACCESS_PIO,
			.divider = 1,
		},
		.platform_info = {
			.x86 = {
				.pm_timer_address = 0xb008,
				.apic_mode = APIC_MODE,
			},
		},
		.root_cell = {
			.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
			.architecture = JAILHOUSE_X86,
			.revision = JAILHOUSE_CONFIG_REVISION,
			.name = "bochs-x86",
			.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
			.num_pio_regions = ARRAY_SIZE(config.pio_regions),
			.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		},
	},

	.cpus = {
		0xf,
	},

	.mem_regions = {
		/* RAM below 640 KiB */ {
			.phys_start = 0x0,
			.virt_start = 0x0,
			.size = 0xa0000,
			.flags = RAM,
		},
		/* VGA */ {
			.phys_start = 0xa0000,
			.virt_start = 0xa0000,
			.size = 0x20000,
			.flags = MMIO,
		},
		/* ROMs and BIOS */ {
			.phys_start = 0xc0000,
			.virt_start = 0xc0000,
			.size = 0x40000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE,
		},
		/* RAM up to the hypervisor */ {
			.phys_start = 0x100000,
			.virt_start = 0x100000,
			.size = 0x39f00000,
			.flags = RAM,
		},
		/* RAM for the cells */ {
			.phys_start = 0x3a600000,
			.virt_start = 0x3a600000,
			.size = 0x4c00000,
			.flags = RAM,
		},
		/* RAM above, ends in the ACPI tables */ {
			.phys_start = 0x3f200000,
			.virt_start = 0x3f200000,
			.size = 0xe00000,
			.flags = RAM,
		},
#ifdef BOCHS_X86_2G
		/* more RAM for cells, in small pages */ {
			.phys_start = 0x40000000,
			.virt_start = 0x40000000,
			.size = 0x20000000,
			.flags = RAM | JAILHOUSE_MEM_NO_HUGEPAGES,
		},
		/* and in large ones */ {
			.phys_start = 0x60000000,
			.virt_start = 0x60000000,
			.size = 0x1e800000,
			.flags = RAM,
		},
		/* RAM above, ends in the ACPI tables */ {
			.phys_start = 0x7e800000,
			.virt_start = 0x7e800000,
			.size = 0x1800000,
			.flags = RAM,
		},
#endif
		/* PCI window */ {
			.phys_start = RAM_END,
			.virt_start = RAM_END,
			.size = 0xfec00000ULL - RAM_END,
			.flags = MMIO,
		},
		/* HPET */ {
			.phys_start = 0xfed00000,
			.virt_start = 0xfed00000,
			.size = 0x1000,
			.flags = MMIO,
		},
		/* firmware */ {
			.phys_start = 0xfffc0000,
			.virt_start = 0xfffc0000,
			.size = 0x40000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO,
		},
	},

	.irqchips = {
		/* IOAPIC */ {
			.address = 0xfec00000,
			.id = 0,
			.pin_bitmap = {
				0xffffff,
			},
		},
	},

	.pio_regions = {
		PIO_RANGE(0x00, 0x20),		/* DMA controller 1 */
		PIO_RANGE(0x20, 0x2),		/* PIC 1 */
		PIO_RANGE(0x40, 0x4),		/* PIT */
		PIO_RANGE(0x50, 0x4),		/* PIT, second decoding */
		PIO_RANGE(0x60, 0x2),		/* keyboard data, NMI status */
		PIO_RANGE(0x64, 0x1),		/* keyboard command */
		PIO_RANGE(0x70, 0x8),		/* RTC */
		PIO_RANGE(0x80, 0x10),		/* DMA pages, delay */
		PIO_RANGE(0x92, 0x1),		/* A20 */
		PIO_RANGE(0xb2, 0x2),		/* power management command */
		PIO_RANGE(0xa0, 0x2),		/* PIC 2 */
		PIO_RANGE(0xc0, 0x20),		/* DMA controller 2 */
		PIO_RANGE(0xf0, 0x10),		/* FPU */
		PIO_RANGE(0x170, 0x8),		/* IDE 2 */
		PIO_RANGE(0x1f0, 0x8),		/* IDE 1 */
		PIO_RANGE(0x2e8, 0x8),		/* COM4 */
		PIO_RANGE(0x2f8, 0x8),		/* COM2 */
		PIO_RANGE(0x376, 0x1),		/* IDE 2 */
		PIO_RANGE(0x3b0, 0x30),		/* VGA */
		PIO_RANGE(0x3f0, 0x10),		/* floppy, IDE 1, COM1 */
		PIO_RANGE(0x4d0, 0x2),		/* ELCR */
		PIO_RANGE(0xb000, 0x40),	/* power management, timer */
		PIO_RANGE(0xb100, 0x10),	/* SMBus */
		PIO_RANGE(0xc000, 0x1000),	/* PCI I/O window as the firmware uses it */
	},

	.pci_devices = {
		/* 00:00.0 host bridge */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x00 << 3 | 0,
		},
		/* 00:01.0 ISA bridge */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x01 << 3 | 0,
		},
		/* 00:01.1 IDE */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x01 << 3 | 1,
			.bar_mask = { 0, 0, 0, 0, 0xfffffff0, },
		},
		/* 00:01.2 USB */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x01 << 3 | 2,
			.bar_mask = { 0, 0, 0, 0, 0xffffffe0, },
		},
		/* 00:01.3 power management */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x01 << 3 | 3,
		},
	},
};
