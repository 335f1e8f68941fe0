// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <string.h>
#include <jailhouse/cell-config.h>

#include "names.h"

const struct name arch_names[] = {
	{ "x86", JAILHOUSE_X86 }, { "arm", JAILHOUSE_ARM }, { "arm64", JAILHOUSE_ARM64 }, { NULL, 0 }
};

const struct name cell_flag_names[] = {
	{ "passive_commreg", JAILHOUSE_CELL_PASSIVE_COMMREG },
	{ "test_device", JAILHOUSE_CELL_TEST_DEVICE },
	{ "aarch32", JAILHOUSE_CELL_AARCH32 },
	{ "virtual_console_permitted", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED },
	{ "virtual_console_active", JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE },
	{ NULL, 0 }
};

const struct name system_flag_names[] = {
	{ "virtual_debug_console", JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE }, { NULL, 0 }
};

const struct name memory_flag_names[] = {
	{ "read", JAILHOUSE_MEM_READ },
	{ "write", JAILHOUSE_MEM_WRITE },
	{ "execute", JAILHOUSE_MEM_EXECUTE },
	{ "dma", JAILHOUSE_MEM_DMA },
	{ "io", JAILHOUSE_MEM_IO },
	{ "comm_region", JAILHOUSE_MEM_COMM_REGION },
	{ "loadable", JAILHOUSE_MEM_LOADABLE },
	{ "rootshared", JAILHOUSE_MEM_ROOTSHARED },
	{ "no_hugepages", JAILHOUSE_MEM_NO_HUGEPAGES },
	{ "io_unaligned", JAILHOUSE_MEM_IO_UNALIGNED },
	{ "io_8", JAILHOUSE_MEM_IO_8 },
	{ "io_16", JAILHOUSE_MEM_IO_16 },
	{ "io_32", JAILHOUSE_MEM_IO_32 },
	{ "io_64", JAILHOUSE_MEM_IO_64 },
	{ NULL, 0 }
};

/* Where several fit, the first is written. */
const struct name role_names[] = {
	{ "ram", ROLE_RAM }, { "loadable", ROLE_LOADABLE }, { "mmio", ROLE_MMIO }, { "comm", ROLE_COMM }, { "shared", ROLE_SHARED },
	{ "rom", ROLE_ROM }, { "ivshmem", ROLE_IVSHMEM }, { NULL, 0 }
};

__u64 role_flags(enum role role)
{
	switch (role) {
	case ROLE_RAM:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA;
	case ROLE_LOADABLE:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE;
	case ROLE_ROM:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE;
	case ROLE_MMIO:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO;
	case ROLE_COMM:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION;
	case ROLE_SHARED:
		return JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_ROOTSHARED;
	case ROLE_IVSHMEM:
	case ROLE_NONE:
		break;
	}
	return 0;
}

const struct name console_type_names[] = {
	{ "none", JAILHOUSE_CON_TYPE_NONE },
	{ "efifb", JAILHOUSE_CON_TYPE_EFIFB },
	{ "8250", JAILHOUSE_CON_TYPE_8250 },
	{ "pl011", JAILHOUSE_CON_TYPE_PL011 },
	{ "xuartps", JAILHOUSE_CON_TYPE_XUARTPS },
	{ "mvebu", JAILHOUSE_CON_TYPE_MVEBU },
	{ "hscif", JAILHOUSE_CON_TYPE_HSCIF },
	{ "scifa", JAILHOUSE_CON_TYPE_SCIFA },
	{ "imx", JAILHOUSE_CON_TYPE_IMX },
	{ "imx_lpuart", JAILHOUSE_CON_TYPE_IMX_LPUART },
	{ "scif", JAILHOUSE_CON_TYPE_SCIF },
	{ NULL, 0 }
};

const struct name console_mode_names[] = {
	{ "1024x768", JAILHOUSE_CON_FB_1024x768 }, { "1920x1080", JAILHOUSE_CON_FB_1920x1080 }, { NULL, 0 }
};

/* IBM PC: where serial ports are */
const struct name port_names[] = {
	{ "com1", 0x3f8 }, { "com2", 0x2f8 }, { "com3", 0x3e8 }, { "com4", 0x2e8 }, { NULL, 0 }
};

const struct name apic_names[] = {
	{ "auto", JAILHOUSE_APIC_MODE_AUTO }, { "xapic", JAILHOUSE_APIC_MODE_XAPIC }, { "x2apic", JAILHOUSE_APIC_MODE_X2APIC }, { NULL, 0 }
};

const struct name iommu_type_names[] = {
	{ "amd", JAILHOUSE_IOMMU_AMD }, { "intel", JAILHOUSE_IOMMU_INTEL }, { "smmuv3", JAILHOUSE_IOMMU_SMMUV3 },
	{ "pvu", JAILHOUSE_IOMMU_PVU }, { "mmu500", JAILHOUSE_IOMMU_ARM_MMU500 }, { NULL, 0 }
};

const struct name cache_type_names[] = {
	{ "l3", JAILHOUSE_CACHE_L3 }, { "l3_code", JAILHOUSE_CACHE_L3_CODE }, { "l3_data", JAILHOUSE_CACHE_L3_DATA }, { NULL, 0 }
};

const struct name cache_flag_names[] = { { "rootshared", JAILHOUSE_CACHE_ROOTSHARED }, { NULL, 0 } };

const struct name pci_type_names[] = {
	{ "device", JAILHOUSE_PCI_TYPE_DEVICE }, { "bridge", JAILHOUSE_PCI_TYPE_BRIDGE }, { "ivshmem", JAILHOUSE_PCI_TYPE_IVSHMEM },
	{ NULL, 0 }
};

const struct name virtio_names[] = {
	{ "net", VIRTIO_DEV_NET }, { "block", VIRTIO_DEV_BLOCK }, { "console", VIRTIO_DEV_CONSOLE }, { NULL, 0 }
};

const struct name cap_names[] = {
	{ "pm", PCI_CAP_ID_PM }, { "vpd", PCI_CAP_ID_VPD }, { "msi", PCI_CAP_ID_MSI }, { "ht", PCI_CAP_ID_HT },
	{ "vndr", PCI_CAP_ID_VNDR }, { "dbg", PCI_CAP_ID_DBG }, { "ssvid", PCI_CAP_ID_SSVID }, { "secdev", PCI_CAP_ID_SECDEV },
	{ "exp", PCI_CAP_ID_EXP }, { "msix", PCI_CAP_ID_MSIX }, { "sata", PCI_CAP_ID_SATA }, { "af", PCI_CAP_ID_AF },
	{ NULL, 0 }
};

/* They stand behind "ext_". */
const struct name ext_cap_names[] = {
	{ "err", PCI_EXT_CAP_ID_ERR }, { "vc", PCI_EXT_CAP_ID_VC }, { "dsn", PCI_EXT_CAP_ID_DSN }, { "pwr", PCI_EXT_CAP_ID_PWR },
	{ "rcld", PCI_EXT_CAP_ID_RCLD }, { "rcilc", PCI_EXT_CAP_ID_RCILC }, { "rcec", PCI_EXT_CAP_ID_RCEC },
	{ "mfvc", PCI_EXT_CAP_ID_MFVC }, { "vc9", PCI_EXT_CAP_ID_VC9 }, { "rcrb", PCI_EXT_CAP_ID_RCRB },
	{ "vndr", PCI_EXT_CAP_ID_VNDR }, { "cac", PCI_EXT_CAP_ID_CAC }, { "acs", PCI_EXT_CAP_ID_ACS }, { "ari", PCI_EXT_CAP_ID_ARI },
	{ "ats", PCI_EXT_CAP_ID_ATS }, { "sriov", PCI_EXT_CAP_ID_SRIOV }, { "mriov", PCI_EXT_CAP_ID_MRIOV },
	{ "mcast", PCI_EXT_CAP_ID_MCAST }, { "pri", PCI_EXT_CAP_ID_PRI }, { "amd_xxx", PCI_EXT_CAP_ID_AMD_XXX },
	{ "rebar", PCI_EXT_CAP_ID_REBAR }, { "dpa", PCI_EXT_CAP_ID_DPA }, { "tph", PCI_EXT_CAP_ID_TPH }, { "ltr", PCI_EXT_CAP_ID_LTR },
	{ "secpci", PCI_EXT_CAP_ID_SECPCI }, { "pmux", PCI_EXT_CAP_ID_PMUX }, { "pasid", PCI_EXT_CAP_ID_PASID },
	{ "dpc", PCI_EXT_CAP_ID_DPC }, { "l1ss", PCI_EXT_CAP_ID_L1SS }, { "ptm", PCI_EXT_CAP_ID_PTM },
	{ NULL, 0 }
};

const char *name_of(const struct name *table, __u64 value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

bool name_find(const struct name *table, const char *name, __u64 *value)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name)) {
			*value = table->value;
			return true;
		}
	return false;
}

void name_list(const struct name *table, char *buf, size_t size)
{
	size_t length = 0;
	int n;

	buf[0] = '\0';
	for (; table->name && length < size; table++, length += (size_t)n)
		n = snprintf(buf + length, size - length, "%s%s", length ? ", " : "", table->name);
}

/* Can the words become the same by one letter that is added, left out, changed or swapped? */
static bool look_alike(const char *a, const char *b)
{
	size_t same = 0, x = strlen(a), y = strlen(b), tail = 0;

	while (a[same] && a[same] == b[same])
		same++;
	while (tail < x - same && tail < y - same && a[x - 1 - tail] == b[y - 1 - tail])
		tail++;
	x -= same + tail;
	y -= same + tail;
	return (x <= 1 && y <= 1) || (x == 2 && y == 2 && a[same] == b[same + 1] && a[same + 1] == b[same]);
}

const char *name_like(const struct name *table, const char *name)
{
	for (; table->name; table++)
		if (look_alike(table->name, name))
			return table->name;
	return NULL;
}

/* --- members --- */

#define FIELD(type, member) \
	{ #member, offsetof(struct type, member), sizeof(((struct type *)0)->member), 1, false }
#define ARRAY(type, member) \
	{ #member, offsetof(struct type, member), sizeof(((struct type *)0)->member[0]), \
	  sizeof(((struct type *)0)->member) / sizeof(((struct type *)0)->member[0]), false }
#define DIGITS(type, name, member, bytes) \
	{ name, offsetof(struct type, member), bytes, 1, true }
#define END { NULL, 0, 0, 0, false }

const struct field cell_fields[] = {
	DIGITS(jailhouse_cell_desc, "name", name, JAILHOUSE_CELL_NAME_MAXLEN + 1),
	FIELD(jailhouse_cell_desc, id), FIELD(jailhouse_cell_desc, flags), FIELD(jailhouse_cell_desc, cpu_set_size),
	FIELD(jailhouse_cell_desc, vpci_irq_base), FIELD(jailhouse_cell_desc, cpu_reset_address),
	FIELD(jailhouse_cell_desc, msg_reply_timeout), END
};

const struct field memory_fields[] = {
	FIELD(jailhouse_memory, phys_start), FIELD(jailhouse_memory, virt_start), FIELD(jailhouse_memory, size),
	FIELD(jailhouse_memory, flags), END
};

const struct field console_fields[] = {
	FIELD(jailhouse_console, address), FIELD(jailhouse_console, size), FIELD(jailhouse_console, type),
	FIELD(jailhouse_console, flags), FIELD(jailhouse_console, divider), FIELD(jailhouse_console, gate_nr),
	FIELD(jailhouse_console, clock_reg), END
};

const struct field cache_fields[] = {
	FIELD(jailhouse_cache, start), FIELD(jailhouse_cache, size), FIELD(jailhouse_cache, type), FIELD(jailhouse_cache, padding),
	FIELD(jailhouse_cache, flags), END
};

const struct field irqchip_fields[] = {
	FIELD(jailhouse_irqchip, address), FIELD(jailhouse_irqchip, id), FIELD(jailhouse_irqchip, pin_base),
	ARRAY(jailhouse_irqchip, pin_bitmap), END
};

const struct field pio_fields[] = { FIELD(jailhouse_pio, base), FIELD(jailhouse_pio, length), END };

/* msi_64bits and msi_maskable are bits of the byte before num_msix_vectors. */
const struct field pci_fields[] = {
	FIELD(jailhouse_pci_device, type), FIELD(jailhouse_pci_device, iommu), FIELD(jailhouse_pci_device, domain),
	FIELD(jailhouse_pci_device, bdf), ARRAY(jailhouse_pci_device, bar_mask), FIELD(jailhouse_pci_device, caps_start),
	FIELD(jailhouse_pci_device, num_caps), FIELD(jailhouse_pci_device, num_msi_vectors),
	{ "msi_bits", offsetof(struct jailhouse_pci_device, num_msix_vectors) - 1, 1, 1, false },
	FIELD(jailhouse_pci_device, num_msix_vectors), FIELD(jailhouse_pci_device, msix_region_size),
	FIELD(jailhouse_pci_device, msix_address), FIELD(jailhouse_pci_device, shmem_regions_start),
	FIELD(jailhouse_pci_device, shmem_dev_id), FIELD(jailhouse_pci_device, shmem_peers),
	FIELD(jailhouse_pci_device, shmem_protocol), END
};

const struct field cap_fields[] = {
	FIELD(jailhouse_pci_capability, id), FIELD(jailhouse_pci_capability, start), FIELD(jailhouse_pci_capability, len),
	FIELD(jailhouse_pci_capability, flags), END
};

const struct field iommu_fields[] = {
	FIELD(jailhouse_iommu, type), FIELD(jailhouse_iommu, base), FIELD(jailhouse_iommu, size),
	DIGITS(jailhouse_iommu, "union", amd, sizeof(struct jailhouse_iommu) - offsetof(struct jailhouse_iommu, amd)), END
};

const struct field platform_fields[] = {
	{ "pci_mmconfig_base", offsetof(struct jailhouse_system, platform_info.pci_mmconfig_base), 8, 1, false },
	{ "pci_mmconfig_end_bus", offsetof(struct jailhouse_system, platform_info.pci_mmconfig_end_bus), 1, 1, false },
	{ "pci_is_virtual", offsetof(struct jailhouse_system, platform_info.pci_is_virtual), 1, 1, false },
	{ "pci_domain", offsetof(struct jailhouse_system, platform_info.pci_domain), 2, 1, false },
	DIGITS(jailhouse_system, "union", platform_info.x86,
	       offsetof(struct jailhouse_system, root_cell) - offsetof(struct jailhouse_system, platform_info.x86)), END
};

const struct field system_fields[] = { FIELD(jailhouse_system, flags), END };
