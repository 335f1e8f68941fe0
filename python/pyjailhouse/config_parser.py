# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Binary configurations, revision 14 (include/jailhouse/cell-config.h), as objects. Nothing is judged here: "jailhouse config check"
does that. Every number of a file is taken for hostile: counts are compared with the size before anything is read.

Addresses and sizes are in bytes.
"""
from __future__ import annotations

import struct
from typing import Callable, Dict, List, Optional, Tuple, Type, TypeVar, Union

from .extendedenum import ExtendedEnum

REVISION = 14
_ARCHITECTURES = ("x86", "arm", "arm64")


class JAILHOUSE_MEM(ExtendedEnum):
    """Flags of a memory region"""
    _ids = {"READ": 0x1, "WRITE": 0x2, "EXECUTE": 0x4, "DMA": 0x8, "IO": 0x10, "COMM_REGION": 0x20, "LOADABLE": 0x40, "ROOTSHARED": 0x80,
            "NO_HUGEPAGES": 0x100, "IO_UNALIGNED": 0x8000, "IO_8": 0x10000, "IO_16": 0x20000, "IO_32": 0x40000, "IO_64": 0x80000}


class JAILHOUSE_IOMMU(ExtendedEnum):
    """Types of IOMMU units"""
    _ids = {"AMD": 1, "INTEL": 2, "SMMUV3": 3, "PVU": 4, "ARM_MMU500": 5}


def flag_str(enum_class: Type[ExtendedEnum], value: int, separator: str = " | ") -> str:
    """Names of the bits of @value; bits without a name as one hexadecimal number; "" for 0"""
    names = [str(flag) for flag in enum_class if value & flag.value]
    rest = value & ~sum(flag.value for flag in enum_class)
    return separator.join(names + ([hex(rest)] if rest else []))


def convert_arch(arch: int) -> str:
    """Name of an architecture's number: "x86", "arm", "arm64". Raises RuntimeError for others."""
    if not 0 <= arch < len(_ARCHITECTURES):
        raise RuntimeError(f"Configuration has unsupported architecture {arch}")
    return _ARCHITECTURES[arch]


def _overlap(start: int, size: int, other_start: int, other_size: int) -> bool:
    return size > 0 and other_size > 0 and start < other_start + other_size and other_start < start + size


def _hex_range(start: int, size: int) -> str:
    return f"0x{start:08x}-0x{start + max(size, 1) - 1:08x}"


class MemRegion:
    """A memory region. region_struct: the 32 bytes, or (phys_start, virt_start, size, flags)"""

    FORMAT = struct.Struct("<QQQQ")
    SIZE = FORMAT.size

    def __init__(self, region_struct: Union[bytes, Tuple[int, int, int, int]]):
        values: Tuple[int, ...] = self.FORMAT.unpack(region_struct) if isinstance(region_struct, bytes) else region_struct
        self.phys_start, self.virt_start, self.size, self.flags = values

    def __str__(self) -> str:
        return (f"phys_start: 0x{self.phys_start:016x}, virt_start: 0x{self.virt_start:016x}, size: 0x{self.size:016x}, "
                f"flags: {flag_str(JAILHOUSE_MEM, self.flags)}")

    def is_ram(self) -> bool:
        """Memory that images and programs use: neither registers nor the communication region"""
        used = JAILHOUSE_MEM.READ.value | JAILHOUSE_MEM.WRITE.value | JAILHOUSE_MEM.EXECUTE.value | JAILHOUSE_MEM.DMA.value
        return bool(self.flags & used) and not self.flags & (JAILHOUSE_MEM.IO.value | JAILHOUSE_MEM.COMM_REGION.value)

    def is_comm_region(self) -> bool:
        """Backed by the hypervisor's page: phys_start means nothing"""
        return bool(self.flags & JAILHOUSE_MEM.COMM_REGION.value)

    def is_subpage(self) -> bool:
        """Not whole pages of 4096 bytes: emulated access by access"""
        return bool((self.virt_start | self.size) & 0xfff)

    def phys_overlaps(self, region: "MemRegion") -> bool:
        """Do both name the same physical memory?"""
        if self.is_comm_region() or region.is_comm_region():
            return False
        return _overlap(self.phys_start, self.size, region.phys_start, region.size)

    def virt_overlaps(self, region: "MemRegion") -> bool:
        """Do both name the same addresses of a cell?"""
        return _overlap(self.virt_start, self.size, region.virt_start, region.size)

    def phys_address_in_region(self, address: int) -> bool:
        return not self.is_comm_region() and _overlap(self.phys_start, self.size, address, 1)

    def virt_address_in_region(self, address: int) -> bool:
        return _overlap(self.virt_start, self.size, address, 1)


class CacheRegion:
    """Ways of the last-level cache: start, size in ways, type, flags"""

    FORMAT = struct.Struct("<IIBxH")
    SIZE = FORMAT.size

    def __init__(self, region_struct: bytes):
        self.start, self.size, self.type, self.flags = self.FORMAT.unpack(region_struct)


class Irqchip:
    """An interrupt controller's pins: address, id, pin_base, pin_bitmap (a number of 128 bits)"""

    FORMAT = struct.Struct("<QIIIIII")
    SIZE = FORMAT.size

    def __init__(self, irqchip_struct: bytes):
        self.address, self.id, self.pin_base, *words = self.FORMAT.unpack(irqchip_struct)
        self.pin_bitmap_lo = words[0] | words[1] << 32
        self.pin_bitmap_hi = words[2] | words[3] << 32
        self.pin_bitmap = self.pin_bitmap_lo | self.pin_bitmap_hi << 64

    def pins(self) -> List[int]:
        """Numbers of the pins, pin_base included"""
        return [self.pin_base + n for n in range(128) if self.pin_bitmap >> n & 1]

    def is_standard(self) -> bool:
        """Is it at the address where a PC has its first IOAPIC?"""
        return bool(self.address == 0xfec00000)


class PIORegion:
    """Ports: base, length"""

    FORMAT = struct.Struct("<HH")
    SIZE = FORMAT.size

    def __init__(self, pio_struct: bytes):
        self.base, self.length = self.FORMAT.unpack(pio_struct)

    def __str__(self) -> str:
        return f"0x{self.base:x}-0x{self.base + max(self.length, 1) - 1:x}"


class PCIDevice:
    """A PCI device of a configuration; `bdf` is bus 15:8, device 7:3, function 2:0"""

    FORMAT = struct.Struct("<BBHH6IHHBBHHQIBBH")
    SIZE = FORMAT.size

    def __init__(self, device_struct: bytes):
        self.type, self.iommu, self.domain, self.bdf, *rest = self.FORMAT.unpack(device_struct)
        self.bar_mask = tuple(rest[:6])
        (self.caps_start, self.num_caps, self.num_msi_vectors, bits, self.num_msix_vectors, self.msix_region_size, self.msix_address,
         self.shmem_regions_start, self.shmem_dev_id, self.shmem_peers, self.shmem_protocol) = rest[6:]
        self.msi_64bits, self.msi_maskable = bool(bits & 1), bool(bits & 2)

    def address(self) -> str:
        """ "0000:00:1f.2" """
        return f"{self.domain:04x}:{self.bdf >> 8:02x}:{self.bdf >> 3 & 0x1f:02x}.{self.bdf & 7}"


class PCICapability:
    """A capability: id (bit 15: extended), start, len, flags (bit 0: the cell may write)"""

    FORMAT = struct.Struct("<HHHH")
    SIZE = FORMAT.size

    def __init__(self, cap_struct: bytes):
        self.id, self.start, self.len, self.flags = self.FORMAT.unpack(cap_struct)


class StreamID:
    """A stream id; of the MMU-500: 16 bits with a mask of ignored bits above"""

    FORMAT = struct.Struct("<I")
    SIZE = FORMAT.size

    def __init__(self, stream_struct: bytes):
        (self.id,) = self.FORMAT.unpack(stream_struct)


class Console:
    """A console: address, size, type, flags, divider, gate_nr, clock_reg"""

    FORMAT = struct.Struct("<QIHHIIQ")
    SIZE = FORMAT.size

    def __init__(self, console_struct: bytes):
        (self.address, self.size, self.type, self.flags, self.divider, self.gate_nr, self.clock_reg) = self.FORMAT.unpack(console_struct)


Element = TypeVar("Element")


def _check_header(data: bytes, signature: bytes, what: str) -> str:
    """Name of the architecture. Raises RuntimeError."""
    if len(data) < 8 or data[:5] != signature:
        raise RuntimeError(f"Not a {what} configuration")
    (revision,) = struct.unpack_from("<H", data, 6)
    if data[:6] in (b"JHCELL", b"JHSYST") or revision != REVISION:
        raise RuntimeError(f"Configuration has revision {revision}, but revision {REVISION} is needed")
    return convert_arch(data[5])


class CellConfig:
    """A cell's configuration.

    data: the bytes, kept as `data`. root_cell: as part of a system configuration, behind which more may follow. Raises RuntimeError when
    the bytes are none, have another revision or architecture, or end early.

    Attributes: name, arch, flags, cpu_set (set of numbers), memory_regions, cache_regions, irqchips, pio_regions, pci_devices, pci_caps,
    stream_ids, cpu_reset_address, msg_reply_timeout (microseconds), vpci_irq_base, console.
    """

    FORMAT = struct.Struct("<5sBH32s11IQQ")
    DESCRIPTOR_SIZE = 132

    def __init__(self, data: bytes, root_cell: bool = False):
        self.arch = _check_header(data, b"JHCLL", "cell")
        if len(data) < self.DESCRIPTOR_SIZE:
            raise RuntimeError(f"Configuration has {len(data)} bytes, fewer than the {self.DESCRIPTOR_SIZE} of its fixed part")
        values = self.FORMAT.unpack_from(data)
        self.data = data
        self.name = values[3].split(b"\0")[0].decode("latin-1")
        self.id, self.flags, cpu_set_size = values[4:7]
        counts = values[7:14]
        self.vpci_irq_base, self.cpu_reset_address, self.msg_reply_timeout = values[14:17]
        self.console = Console(data[self.FORMAT.size:self.DESCRIPTOR_SIZE])
        self._pos = self.DESCRIPTOR_SIZE
        self._read_cpus(cpu_set_size)
        self.memory_regions = self._read(MemRegion, MemRegion.SIZE, counts[0])
        self.cache_regions = self._read(CacheRegion, CacheRegion.SIZE, counts[1])
        self.irqchips = self._read(Irqchip, Irqchip.SIZE, counts[2])
        self.pio_regions = self._read(PIORegion, PIORegion.SIZE, counts[3])
        self.pci_devices = self._read(PCIDevice, PCIDevice.SIZE, counts[4])
        self.pci_caps = self._read(PCICapability, PCICapability.SIZE, counts[5])
        self.stream_ids = self._read(StreamID, StreamID.SIZE, counts[6])
        self._read_extension()
        if not root_cell and self._pos != len(data):
            raise RuntimeError(f"Configuration has {len(data)} bytes, but its counts ask for {self._pos}")

    def _take(self, size: int) -> bytes:
        if size > len(self.data) - self._pos:
            raise RuntimeError(f"Configuration has {len(self.data)} bytes, but its counts ask for more")
        self._pos += size
        return self.data[self._pos - size:self._pos]

    def _read(self, cls: Callable[[bytes], Element], size: int, count: int) -> List[Element]:
        data = self._take(size * count)
        return [cls(data[n * size:(n + 1) * size]) for n in range(count)]

    def _read_cpus(self, size: int) -> None:
        bitmap = int.from_bytes(self._take(size), "little")
        self.cpu_set = {n for n in range(size * 8) if bitmap >> n & 1}

    def _read_extension(self) -> None:
        self.extension = b""
        if self.flags & 0x100:
            _, size = struct.unpack("<II", self._take(8))
            self.extension = self._take(max(size, 8) - 8)

    def region_of(self, address: int) -> Optional[int]:
        """Index of the memory region in which the cell sees @address; None: there is none"""
        return next((n for n, region in enumerate(self.memory_regions) if region.virt_address_in_region(address)), None)


class IOMMU:
    """An IOMMU unit: type, base, size, amd_bdf, amd_base_cap, amd_msi_cap, amd_features, tlb_base, tlb_size"""

    FORMAT = struct.Struct("<IQI12s")
    SIZE = FORMAT.size

    def __init__(self, iommu_struct: bytes):
        number, self.base, self.size, union = self.FORMAT.unpack(iommu_struct)
        self.type = JAILHOUSE_IOMMU(number)
        self.amd_bdf, self.amd_base_cap, self.amd_msi_cap, self.amd_features = struct.unpack_from("<HBBI", union)
        self.tlb_base, self.tlb_size = struct.unpack("<QI", union)


class SystemConfig:
    """A system's configuration: the machine and its root cell. Raises RuntimeError as CellConfig does.

    Attributes: arch, flags, hypervisor_memory (MemRegion), debug_console, pci_mmconfig_base (0: none), pci_mmconfig_end_bus,
    pci_is_virtual, pci_domain, iommus, root_cell (CellConfig); x86: pm_timer_address, apic_mode, vtd_interrupt_limit, tsc_khz, apic_khz;
    ARM: maintenance_irq, gic_version, gicd_base, gicc_base, gich_base, gicv_base, gicr_base.
    """

    FORMAT = struct.Struct("<5sBHI32s32sQBBH")
    HEADER_SIZE = 356
    MAX_IOMMUS = 8

    def __init__(self, data: bytes):
        self.arch = _check_header(data, b"JHSYS", "system")
        if len(data) < self.HEADER_SIZE + CellConfig.DESCRIPTOR_SIZE:
            raise RuntimeError(f"Configuration has {len(data)} bytes, fewer than those of its fixed part")
        self.data = data
        values = self.FORMAT.unpack_from(data)
        self.flags = values[3]
        self.hypervisor_memory, self.debug_console = MemRegion(values[4]), Console(values[5])
        self.pci_mmconfig_base, self.pci_mmconfig_end_bus, self.pci_is_virtual, self.pci_domain = values[6:]
        units = [IOMMU(data[self.FORMAT.size + n * IOMMU.SIZE:][:IOMMU.SIZE]) for n in range(self.MAX_IOMMUS)]
        self.iommus = units[:next((n for n, unit in enumerate(units) if not unit.base), len(units))]
        self._read_platform(data[312:self.HEADER_SIZE])
        self.root_cell = CellConfig(data[self.HEADER_SIZE:], root_cell=True)
        if self.root_cell.arch != self.arch:
            raise RuntimeError(f"Configuration is for {self.arch}, its root cell for {self.root_cell.arch}")
        if self.HEADER_SIZE + self.root_cell._pos != len(data):
            raise RuntimeError(f"Configuration has {len(data)} bytes, but its counts ask for {self.HEADER_SIZE + self.root_cell._pos}")

    def _read_platform(self, data: bytes) -> None:
        self.pm_timer_address = self.apic_mode = self.vtd_interrupt_limit = self.tsc_khz = self.apic_khz = 0
        self.maintenance_irq = self.gic_version = 0
        self.gicd_base = self.gicc_base = self.gich_base = self.gicv_base = self.gicr_base = 0
        if self.arch == "x86":
            (self.pm_timer_address, self.apic_mode, self.vtd_interrupt_limit, self.tsc_khz, self.apic_khz) = struct.unpack_from("<HBxIII", data)
        else:
            (self.maintenance_irq, self.gic_version, self.gicd_base, self.gicc_base, self.gich_base, self.gicv_base,
             self.gicr_base) = struct.unpack_from("<BBxxQQQQQ", data)


def parse(data: bytes) -> Union[CellConfig, SystemConfig]:
    """Whichever of both it is. Raises RuntimeError when it is neither."""
    readers: Dict[bytes, Callable[[bytes], Union[CellConfig, SystemConfig]]] = {b"JHCLL": CellConfig, b"JHSYS": SystemConfig}
    reader = readers.get(data[:5])
    if not reader:
        raise RuntimeError("Not a configuration of Jailhouse")
    return reader(data)
