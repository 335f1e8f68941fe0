// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System and root cell: QEMU, AMD CPU, 1 GiB of RAM, 4 CPUs, 4 serial ports
 *
 * qemu-system-x86_64 -M q35 -m 1G -smp 4 -cpu EPYC,+svm,+npt -nodefaults; Linux with memmap=82M$0x3a000000
 *
 * With QEMU_X86_TEST_DEVICES also: -device e1000e,addr=2 -device edu,addr=3 (their addresses are what SeaBIOS gives them then).
 *
 * With QEMU_X86_2G: -m 2G, and memmap=1000M$0x40000000 in addition.
 *
 * With QEMU_X86_EFI: the firmware is UEFI (OVMF), 2 GiB of RAM, and a display with -device VGA,addr=1,xres=1024,yres=768, which the
 * hypervisor prints on.
 *
 * Not listed, because the hypervisor handles them: local APIC, IOAPIC, PCI configuration space, and COM3, its own console.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

#ifdef QEMU_X86_TEST_DEVICES
#define NUM_MEM		12
#define NUM_DEVICES	6
#define NUM_CAPS	9
#else
#ifdef QEMU_X86_2G
#define NUM_MEM		14
#else
#define NUM_MEM		11
#endif
#ifdef QEMU_X86_EFI
#define NUM_DEVICES	5
#else
#define NUM_DEVICES	4
#endif
#define NUM_CAPS	2
#endif

#ifdef QEMU_X86_EFI
#define RAM_END		0x80000000
#define FIRMWARE	0xffc00000
#define PCI_PORTS	0x6000
#else
#define RAM_END		0x40000000
#define FIRMWARE	0xfffc0000
#define PCI_PORTS	0xc000
#endif

struct {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[NUM_MEM];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pio pio_regions[25];
	struct jailhouse_pci_device pci_devices[NUM_DEVICES];
	struct jailhouse_pci_capability pci_caps[NUM_CAPS];
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
#ifdef QEMU_X86_EFI
			.address = 0xc0000000,
			.size = JAILHOUSE_CON_FB_SIZE(JAILHOUSE_CON_FB_1024x768),
			.type = JAILHOUSE_CON_TYPE_EFIFB,
			.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1024x768,
#else
			.address = 0x3e8,
			.type = JAILHOUSE_CON_TYPE_8250,
			.flags = JAILHOUSE_CON_ACCESS_PIO,
			.divider = 1,
#endif
		},
		.platform_info = {
			.pci_mmconfig_base = 0xb0000000,
			.pci_mmconfig_end_bus = 0xff,
			.x86 = {
				.pm_timer_address = 0x608,
				.apic_mode = JAILHOUSE_APIC_MODE_AUTO,
			},
		},
		.root_cell = {
			.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
			.architecture = JAILHOUSE_X86,
			.revision = JAILHOUSE_CONFIG_REVISION,
			.name = "qemu-x86",
			.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
			.num_pio_regions = ARRAY_SIZE(config.pio_regions),
			.num_pci_devices = ARRAY_SIZE(config.pci_devices),
			.num_pci_caps = ARRAY_SIZE(config.pci_caps),
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
			.size = RAM_END - 0x3f200000,
			.flags = RAM,
		},
#ifdef QEMU_X86_2G
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
		/* PCI window below MMCONFIG */ {
			.phys_start = 0x80000000,
			.virt_start = 0x80000000,
			.size = 0x30000000,
			.flags = MMIO,
		},
#else
		/* PCI window below MMCONFIG */ {
			.phys_start = RAM_END,
			.virt_start = RAM_END,
			.size = 0xb0000000 - RAM_END,
			.flags = MMIO,
		},
#endif
#ifdef QEMU_X86_TEST_DEVICES
		/* PCI window above MMCONFIG, up to the MSI-X table of 00:02.0 */ {
			.phys_start = 0xc0000000,
			.virt_start = 0xc0000000,
			.size = 0x3eb80000,
			.flags = MMIO,
		},
		/* and behind it */ {
			.phys_start = 0xfeb81000,
			.virt_start = 0xfeb81000,
			.size = 0x7f000,
			.flags = MMIO,
		},
#else
		/* PCI window above MMCONFIG */ {
			.phys_start = 0xc0000000,
			.virt_start = 0xc0000000,
			.size = 0x3ec00000,
			.flags = MMIO,
		},
#endif
		/* HPET */ {
			.phys_start = 0xfed00000,
			.virt_start = 0xfed00000,
			.size = 0x1000,
			.flags = MMIO,
		},
		/* chipset registers (RCBA) */ {
			.phys_start = 0xfed1c000,
			.virt_start = 0xfed1c000,
			.size = 0x4000,
			.flags = MMIO,
		},
		/* firmware */ {
			.phys_start = FIRMWARE,
			.virt_start = FIRMWARE,
			.size = 0x100000000 - FIRMWARE,
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
		PIO_RANGE(0x510, 0xc),		/* QEMU fw_cfg */
		PIO_RANGE(0x600, 0x80),		/* power management, timer */
		PIO_RANGE(0x700, 0x40),		/* SMBus */
		PIO_RANGE(0xcc0, 0x24),		/* ACPI hotplug of PCI devices and CPUs */
		PIO_RANGE(PCI_PORTS, 0x1000),	/* PCI I/O window as the firmware uses it */
	},

	.pci_devices = {
		/* 00:00.0 host bridge */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x00 << 3 | 0,
		},
#ifdef QEMU_X86_EFI
		/* 00:01.0 display */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x01 << 3 | 0,
			.bar_mask = { 0xff000000, 0, 0xfffff000, },
		},
#endif
#ifdef QEMU_X86_TEST_DEVICES
		/* 00:02.0 Ethernet, e1000e */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x02 << 3 | 0,
			.bar_mask = { 0xfffe0000, 0xfffe0000, 0xffffffe0, 0xffffc000, },
			.caps_start = 2,
			.num_caps = 6,
			.num_msi_vectors = 1,
			.msi_64bits = 1,
			.num_msix_vectors = 5,
			.msix_region_size = 0x1000,
			.msix_address = 0xfeb80000,
		},
		/* 00:03.0 edu */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x03 << 3 | 0,
			.bar_mask = { 0xfff00000, },
			.caps_start = 8,
			.num_caps = 1,
			.num_msi_vectors = 1,
			.msi_64bits = 1,
		},
#endif
		/* 00:1f.0 ISA bridge */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x1f << 3 | 0,
		},
		/* 00:1f.2 SATA */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x1f << 3 | 2,
			.bar_mask = { 0, 0, 0, 0, 0xffffffe0, 0xfffff000, },
			.caps_start = 0,
			.num_caps = 2,
			.num_msi_vectors = 1,
			.msi_64bits = 1,
		},
		/* 00:1f.3 SMBus */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x1f << 3 | 3,
			.bar_mask = { 0, 0, 0, 0, 0xffffffc0, },
		},
	},

	.pci_caps = {
		/* 00:1f.2 */ {
			.id = PCI_CAP_ID_MSI,
			.start = 0x80,
			.len = 14,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_CAP_ID_SATA,
			.start = 0xa8,
			.len = 8,
		},
#ifdef QEMU_X86_TEST_DEVICES
		/* 00:02.0 */ {
			.id = PCI_CAP_ID_MSIX,
			.start = 0xa0,
			.len = 12,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_CAP_ID_PM,
			.start = 0xc8,
			.len = 8,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_CAP_ID_MSI,
			.start = 0xd0,
			.len = 14,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_CAP_ID_EXP,
			.start = 0xe0,
			.len = 20,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_EXT_CAP_ID_ERR | JAILHOUSE_PCI_EXT_CAP,
			.start = 0x100,
			.len = 64,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_EXT_CAP_ID_DSN | JAILHOUSE_PCI_EXT_CAP,
			.start = 0x140,
			.len = 12,
		},
		/* 00:03.0 */ {
			.id = PCI_CAP_ID_MSI,
			.start = 0x40,
			.len = 14,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		},
#endif
	},
};
