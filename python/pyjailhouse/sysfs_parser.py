# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What a PC tells about itself in /proc, /sys and its ACPI tables: memory, ports, PCI devices, IOAPICs, IOMMUs.

The tree is that of the running machine, or one that "jailhouse config collect" has saved (`set_root_dir`). Tables and lists are taken for
hostile: lengths are checked, a table that contradicts itself is a RuntimeError. A file that is needed and missing is a RuntimeError, too.
Addresses and sizes are in bytes; `stop` is the last address, not the first one behind.
"""
from __future__ import annotations

import fnmatch
import os
import re
import struct
from typing import IO, Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple, Union

from .pci_defs import PCI_CAP_ID, PCI_EXT_CAP_ID

# What is read below the root; those of FILES_OPTIONAL may be missing, * stands for any name
FILES = ("/proc/iomem", "/proc/ioports", "/proc/cpuinfo", "/sys/bus/pci/devices/*/config", "/sys/bus/pci/devices/*/resource",
         "/sys/firmware/acpi/tables/APIC")
FILES_OPTIONAL = ("/sys/firmware/acpi/tables/DMAR", "/sys/firmware/acpi/tables/IVRS", "/sys/firmware/acpi/tables/MCFG")

_root_dir = "/"


def set_root_dir(path: str) -> None:
    """The folder below which /proc and /sys are looked for; "/" at first"""
    global _root_dir
    _root_dir = path


def _path(name: str) -> str:
    return os.path.join(_root_dir, name.lstrip("/"))


def check_input_listed(name: str, optional: bool = False) -> bool:
    """True if @name is one of the files that a collected archive has. Raises RuntimeError otherwise: the parser would find it on the running
    machine only."""
    wanted = FILES_OPTIONAL if optional else FILES
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted):
        return True
    raise RuntimeError(f"\"{name}\" is not in the list of {'optional' if optional else 'needed'} files")


def input_open(name: str, mode: str = "r", optional: bool = False) -> "IO[Any]":
    """Opens a listed file; an optional one that is missing is empty. Raises RuntimeError."""
    check_input_listed(name, optional)
    try:
        return open(_path(name), mode)
    except FileNotFoundError:
        if optional:
            return open(os.devnull, mode)
        raise RuntimeError(f"{_path(name)} is missing. Run on the machine itself, or collect it with \"jailhouse config collect\".") from None
    except PermissionError:
        raise RuntimeError(f"{_path(name)} cannot be read. Run as root.") from None


def input_listdir(dir: str, wildcards: Sequence[str]) -> List[str]:
    """Names in a folder, in their order; each has to be listed with all files that @wildcards name inside, such as "*/config"."""
    for wildcard in wildcards:
        check_input_listed(os.path.join(dir, wildcard))
    path = _path(dir)
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


def _bytes(name: str, optional: bool = False) -> bytes:
    with input_open(name, "rb", optional) as file:
        data: bytes = file.read()
    return data


# --- memory and ports ---------------------------------------------------------------------------

class IORegion:
    """A range with the kernel's name for it: start, stop (inclusive), typestr, comments"""

    def __init__(self, start: int, stop: int, typestr: str, comments: Optional[List[str]] = None):
        self.start, self.stop, self.typestr = start, stop, typestr
        self.comments = [] if comments is None else comments

    def size(self) -> int:
        return self.stop - self.start + 1

    def __str__(self) -> str:
        return f"{self.start:08x}-{self.stop:08x} : {self.typestr}"


class MemRegion(IORegion):
    """Memory, of RAM or of a device"""

    def start_str(self) -> str:
        return f"0x{self.start:x}"

    def size_str(self) -> str:
        return f"0x{self.size():x}"


class PortRegion(IORegion):
    """I/O ports; permit: may root have them?"""

    def __init__(self, start: int, stop: int, typestr: str, permit: bool = False, comments: Optional[List[str]] = None):
        super().__init__(start, stop, typestr, comments)
        self.permit = permit


class IORegionTree:
    """The tree of /proc/iomem or /proc/ioports: a region, its depth, and what lies inside"""

    _LINE = re.compile(r"( *)([0-9a-f]+)-([0-9a-f]+) : (.*)")

    def __init__(self, region: Optional[IORegion], level: int):
        self.region, self.level = region, level
        self.parent: Optional[IORegionTree] = None
        self.children: List[IORegionTree] = []

    def walk(self) -> "Iterator[IORegionTree]":
        """All nodes below, each before those inside it"""
        for child in self.children:
            yield child
            yield from child.walk()

    def find(self, typestr: str) -> "List[IORegionTree]":
        """Nodes whose name contains @typestr"""
        return [node for node in self.walk() if node.region and typestr in node.region.typestr]

    @classmethod
    def parse(cls, text: str, kind: type = MemRegion) -> "IORegionTree":
        """Reads the whole file; depth is two blanks a level. Raises RuntimeError for a line that is none."""
        root = cls(None, 0)
        last = root
        for line in text.splitlines():
            match = cls._LINE.fullmatch(line)
            if not match:
                raise RuntimeError(f"This is no line of /proc/iomem or /proc/ioports: {line!r}")
            node = cls(kind(int(match.group(2), 16), int(match.group(3), 16), match.group(4)), len(match.group(1)) // 2 + 1)
            while last.level >= node.level and last.parent:
                last = last.parent
            node.parent = last
            last.children.append(node)
            last = node
        return root


# A hidden list: without privileges the kernel shows zeros
def _is_hidden(tree: IORegionTree) -> bool:
    regions = [node.region for node in tree.walk() if node.region]
    return len(regions) > 1 and all(region.stop == 0 for region in regions)


def _tree(name: str, kind: type) -> IORegionTree:
    with input_open(name) as file:
        tree = IORegionTree.parse(file.read(), kind)
    if _is_hidden(tree):
        raise RuntimeError(f"{_path(name)} shows zeros only. Run as root.")
    return tree


# What the hypervisor handles itself, by the name that Linux gives it
_HANDLED = ("Local APIC", "IOAPIC", "PCI MMCONFIG", "PCI ECAM")


def parse_iomem(pcidevices: "Sequence[PCIDevice]") -> Tuple[List[MemRegion], List[MemRegion]]:
    """(regions that root may have, registers of IOMMU units) of /proc/iomem.

    The first list has RAM, ACPI and device memory as leaves, without what the hypervisor handles: APIC, IOAPIC, MMCONFIG, and pages of MSI-X
    tables of @pcidevices."""
    tree = _tree("/proc/iomem", MemRegion)
    units = [_mem(node) for node in tree.find("dmar")]
    tables = [(device.msix_address & ~0xfff, device.msix_address + device.msix_size - 1) for device in pcidevices if device.msix_address]
    regions: List[MemRegion] = []
    for top in tree.children:
        regions += _usable(top)
    for start, stop in tables:
        regions = [part for region in regions for part in _without(region, start, stop | 0xfff)]
    return regions, units


def _mem(node: IORegionTree) -> MemRegion:
    assert isinstance(node.region, MemRegion)
    return node.region


def _usable(node: IORegionTree) -> List[MemRegion]:
    """A region as one piece, unless something inside has another owner"""
    region = _mem(node)
    if any(name in region.typestr for name in _HANDLED) or "dmar" in region.typestr:
        return []
    holes = [_mem(inner) for inner in node.walk() if any(name in _mem(inner).typestr for name in _HANDLED) or "dmar" in _mem(inner).typestr]
    if not region.typestr.startswith("PCI Bus"):
        pieces = [region]
    else:
        pieces = [piece for child in node.children for piece in _usable(child)]
    for hole in holes:
        pieces = [part for piece in pieces for part in _without(piece, hole.start, hole.stop)]
    return pieces


def _without(region: MemRegion, start: int, stop: int) -> List[MemRegion]:
    if stop < region.start or start > region.stop:
        return [region]
    parts = []
    if region.start < start:
        parts.append(MemRegion(region.start, start - 1, region.typestr, region.comments))
    if region.stop > stop:
        parts.append(MemRegion(stop + 1, region.stop, region.typestr, region.comments))
    return parts


def find_reserved(regions: Sequence[MemRegion], size: int) -> Optional[MemRegion]:
    """The first reserved region above 1 MiB with at least @size bytes: memory that memmap= has set apart. None: there is none."""
    return next((region for region in regions if region.typestr.lower() == "reserved" and region.start >= 1 << 20 and region.size() >= size),
                None)


# Ports of the PC that root's Linux touches without asking; what others list belongs to drivers
_PERMITTED = ("rtc", "ACPI PM", "pic", "timer", "keyboard", "dma", "fpu", "vga", "PCI conf1")


def parse_ioports() -> List[PortRegion]:
    """Leaves of /proc/ioports. `permit`: devices of PCI and what a PC's Linux needs; not the PCI configuration ports, which the hypervisor
    handles."""
    ports = []
    for node in _tree("/proc/ioports", PortRegion).walk():
        region = node.region
        if not isinstance(region, PortRegion) or (node.children and region.typestr.startswith("PCI Bus")):
            continue
        is_configuration = region.start <= 0xcff and region.stop >= 0xcf8
        behind_pci = re.match(r"[0-9a-f]{4}:[0-9a-f]{2}:", region.typestr) is not None
        region.permit = not is_configuration and (behind_pci or any(name in region.typestr for name in _PERMITTED))
        ports.append(region)
    return ports


# --- PCI ----------------------------------------------------------------------------------------

class PCIBARs:
    """Sizes of the BARs of a device: `mask`, six numbers as hardware returns them when BARs are sized. dir: name in sysfs"""

    IORESOURCE_IO = 0x100
    IORESOURCE_MEM = 0x200
    IORESOURCE_MEM_64 = 0x100000

    def __init__(self, dir: str):
        self.mask: List[int] = []
        self.start: List[int] = []
        with input_open(os.path.join(dir, "resource")) as file:
            lines = [[int(word, 16) for word in line.split()] for line in file.read().splitlines()[:6]]
        if any(len(line) != 3 for line in lines):
            raise RuntimeError(f"{dir}/resource has a line without three numbers")
        for start, end, flags in lines:
            self._add(start, end, flags)
        self.mask = (self.mask + [0] * 6)[:6]

    def _add(self, start: int, end: int, flags: int) -> None:
        self.start.append(start)
        if len(self.mask) >= len(self.start):
            return              # upper half of the one before
        size_mask = ~(end - start) & (1 << 64) - 1 if end > start or start else 0
        if flags & self.IORESOURCE_IO:
            self.mask.append(size_mask & 0xffffffff)
        elif flags & self.IORESOURCE_MEM and flags & self.IORESOURCE_MEM_64:
            self.mask += [size_mask & 0xffffffff, size_mask >> 32]
        else:
            self.mask.append(size_mask & 0xffffffff if flags & self.IORESOURCE_MEM else 0)


class PCICapability:
    """A capability in configuration space: id, extended, start, len, flags (1: may be written), content, msix_address (0: none)"""

    RW = 1

    def __init__(self, id: Union[PCI_CAP_ID, PCI_EXT_CAP_ID], extended: bool, start: int, len: int, flags: int, content: bytes, msix_address: int = 0):
        self.id, self.extended, self.start, self.len, self.flags = id, extended, start, len, flags
        self.content, self.msix_address = content, msix_address

    def __str__(self) -> str:
        return f"{'extended ' if self.extended else ''}capability {self.id} at 0x{self.start:x}, {self.len} bytes"

    @staticmethod
    def parse_pcicaps(dir: str) -> "List[PCICapability]":
        """All capabilities of the device, in the order of the chain. Bytes that cannot be read without privileges end the list."""
        config = _bytes(os.path.join(dir, "config"))
        caps = list(_plain_capabilities(config, dir))
        return caps + list(_extended_capabilities(config))


# Lengths of the fixed part, PCI Local Bus 3.0 and PCI Express Base; others: the header alone
_LENGTHS: Dict[int, int] = {0x01: 8, 0x03: 8, 0x11: 12, 0x12: 8, 0x13: 6, 0x0d: 8}
_EXTENDED_LENGTHS: Dict[int, int] = {0x01: 64, 0x03: 12, 0x0d: 8, 0x0e: 8, 0x0f: 8, 0x10: 64, 0x13: 16, 0x15: 16, 0x17: 12, 0x18: 8, 0x1b: 8, 0x1e: 16,
                                     0x1f: 12}
_WRITABLE = (0x05, 0x11)      # MSI, MSI-X: moderated by the hypervisor


def _plain_length(cap: int, content: bytes) -> int:
    if cap == 0x05 and len(content) >= 4:
        control = content[2] | content[3] << 8
        return 10 + (4 if control & 0x80 else 0) + (10 if control & 0x100 else 0)
    if cap == 0x10 and len(content) >= 4:
        return 60 if content[2] & 0xf >= 2 else 20
    if cap == 0x09 and len(content) >= 3:
        return max(content[2], 3)
    return _LENGTHS.get(cap, 2)


def _plain_capabilities(config: bytes, dir: str) -> Iterator[PCICapability]:
    if len(config) < 64 or not config[6] & 0x10:
        return
    seen: Set[int] = set()
    start = config[0x34] & ~3
    while start >= 0x40 and start + 2 <= len(config) and start not in seen:
        seen.add(start)
        cap = config[start]
        length = _plain_length(cap, config[start:start + 4])
        content = config[start:start + length]
        address = _msix_address(content, dir) if cap == 0x11 and len(content) == 12 else 0
        yield PCICapability(PCI_CAP_ID(cap), False, start, length, PCICapability.RW if cap in _WRITABLE else 0, content, address)
        start = config[start + 1] & ~3


def _msix_address(content: bytes, dir: str) -> int:
    """Physical address of the MSI-X table: in the BAR that the capability names"""
    (table,) = struct.unpack_from("<I", content, 4)
    starts = PCIBARs(dir).start
    bar, offset = int(table) & 7, int(table) & ~7
    return starts[bar] + offset if bar < len(starts) and starts[bar] else 0


def _extended_capabilities(config: bytes) -> Iterator[PCICapability]:
    seen: Set[int] = set()
    start = 0x100
    while 0x100 <= start <= len(config) - 4 and start not in seen:
        seen.add(start)
        (header,) = struct.unpack_from("<I", config, start)
        cap = header & 0xffff
        if cap in (0, 0xffff):
            return
        length = _EXTENDED_LENGTHS.get(cap, 4)
        yield PCICapability(PCI_EXT_CAP_ID(cap), True, start, length, 0, config[start:start + length])
        start = header >> 20 & ~3


class PCIDevice:
    """A PCI device: type ("JAILHOUSE_PCI_TYPE_DEVICE" or "..._BRIDGE"), domain, bus, dev, fn, bars, caps, path in sysfs"""

    def __init__(self, type: str, domain: int, bus: int, dev: int, fn: int, bars: PCIBARs, caps: List[PCICapability], path: str):
        self.type, self.domain, self.bus, self.dev, self.fn = type, domain, bus, dev, fn
        self.bars, self.caps, self.path = bars, caps, path
        self.iommu: Optional[int] = None
        self.caps_start = 0
        self.num_caps = len(caps)
        self.num_msi_vectors = self.num_msix_vectors = self.msix_size = self.msix_address = 0
        self.msi_64bits = self.msi_maskable = False
        for cap in caps:
            self._read_vectors(cap)

    def _read_vectors(self, cap: PCICapability) -> None:
        if cap.extended or len(cap.content) < 4:
            return
        (control,) = struct.unpack_from("<H", cap.content, 2)
        if cap.id == PCI_CAP_ID(0x05):
            self.num_msi_vectors = 1 << (control >> 1 & 7)
            self.msi_64bits, self.msi_maskable = bool(control & 0x80), bool(control & 0x100)
        elif cap.id == PCI_CAP_ID(0x11):
            self.num_msix_vectors = (control & 0x7ff) + 1
            self.msix_size = self.num_msix_vectors * 16 + 0xfff & ~0xfff
            self.msix_address = cap.msix_address & ~0xfff

    def __str__(self) -> str:
        return f"{self.domain:04x}:{self.bus:02x}:{self.dev:02x}.{self.fn:x}"

    def bdf(self) -> int:
        """bus 15:8, device 7:3, function 2:0"""
        return self.bus << 8 | self.dev << 3 | self.fn

    @staticmethod
    def parse_pcidevice_sysfsdir(basedir: str, dir: str) -> "Optional[PCIDevice]":
        """The device that the folder @dir of @basedir stands for; None if its configuration space cannot be read"""
        match = re.fullmatch(r"([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", dir)
        if not match:
            raise RuntimeError(f"{dir} is no PCI address")
        path = os.path.join(basedir, dir)
        config = _bytes(os.path.join(path, "config"))
        if len(config) < 64:
            return None
        is_bridge = config[0x0e] & 0x7f in (1, 2)
        domain, bus, dev, fn = (int(part, 16) for part in match.groups())
        return PCIDevice("JAILHOUSE_PCI_TYPE_BRIDGE" if is_bridge else "JAILHOUSE_PCI_TYPE_DEVICE", domain, bus, dev, fn, PCIBARs(path),
                         PCICapability.parse_pcicaps(path), path)


class PCIPCIBridge:
    """What is behind a bridge"""

    @staticmethod
    def get_2nd_busses(dev: PCIDevice) -> Tuple[int, int]:
        """(first, last) bus behind the bridge. Raises RuntimeError when @dev is none."""
        if dev.type != "JAILHOUSE_PCI_TYPE_BRIDGE":
            raise RuntimeError(f"{dev} is no bridge")
        config = _bytes(os.path.join(dev.path, "config"))
        return config[0x19], config[0x1a]


def parse_pcidevices() -> List[PCIDevice]:
    """All PCI devices, in the order of their addresses; `caps_start` counts through the capabilities of all."""
    basedir = "/sys/bus/pci/devices"
    devices = [PCIDevice.parse_pcidevice_sysfsdir(basedir, name) for name in input_listdir(basedir, ["*/config"])]
    found = [device for device in devices if device]
    start = 0
    for device in found:
        device.caps_start = start
        start += device.num_caps
    return found


# --- ACPI tables --------------------------------------------------------------------------------

def _table(name: str, optional: bool, fixed: int) -> bytes:
    """An ACPI table with at least @fixed bytes, cut at the length that it states; b"" for a missing optional one"""
    data = _bytes(f"/sys/firmware/acpi/tables/{name}", optional)
    if not data and optional:
        return b""
    if len(data) < fixed or data[:4] != name.encode():
        raise RuntimeError(f"The ACPI table {name} is damaged")
    (length,) = struct.unpack_from("<I", data, 4)
    if not fixed <= length <= len(data):
        raise RuntimeError(f"The ACPI table {name} says that it has {length} bytes, {len(data)} are there")
    return data[:length]


def _records(table: bytes, pos: int, length_at: int, length_size: int, header: int, what: str) -> Iterator[bytes]:
    """Records with their length inside, up to the table's end. Raises RuntimeError for a length that leads out of it."""
    while pos < len(table):
        field = table[pos + length_at:pos + length_at + length_size]
        length = int.from_bytes(field, "little")
        if len(field) < length_size or length < header or pos + length > len(table):
            raise RuntimeError(f"The ACPI table {what} is damaged at byte {pos}")
        yield table[pos:pos + length]
        pos += length


class IOAPIC:
    """An IOAPIC: id, address, gsi_base; iommu (index of its unit) and bdf (requester id), which parse_dmar and parse_ivrs find"""

    def __init__(self, id: int, address: int, gsi_base: int, iommu: int = 0, bdf: int = -1):
        self.id, self.address, self.gsi_base, self.iommu, self.bdf = id, address, gsi_base, iommu, bdf

    def __str__(self) -> str:
        return f"IOAPIC {self.id} at 0x{self.address:x}, interrupts from {self.gsi_base} on"

    def irqchip_id(self) -> int:
        """The member id of struct jailhouse_irqchip"""
        return self.iommu << 16 | (self.bdf if self.bdf != -1 else 0)


def parse_madt() -> List[IOAPIC]:
    """IOAPICs of the ACPI table APIC"""
    ioapics = []
    for record in _records(_table("APIC", False, 44), 44, 1, 1, 2, "APIC"):
        if record[0] == 1:
            if len(record) < 12:
                raise RuntimeError("The ACPI table APIC has a damaged IOAPIC")
            ident, _, address, gsi_base = struct.unpack_from("<BBII", record, 2)
            ioapics.append(IOAPIC(ident, address, gsi_base))
    return ioapics


class IOMMUConfig:
    """An IOMMU unit. props: type ("JAILHOUSE_IOMMU_INTEL" or "..._AMD"), base_addr, mmio_size; AMD: amd_bdf, amd_base_cap, amd_msi_cap,
    amd_features. They are attributes, too."""

    def __init__(self, props: Dict[str, Any]):
        self.type: str = props["type"]
        self.base_addr: int = props["base_addr"]
        self.mmio_size: int = props["mmio_size"]
        self.amd_bdf: int = props.get("amd_bdf", 0)
        self.amd_base_cap: int = props.get("amd_base_cap", 0)
        self.amd_msi_cap: int = props.get("amd_msi_cap", 0)
        self.amd_features: int = props.get("amd_features", 0)

    @property
    def is_amd_iommu(self) -> bool:
        return self.type == "JAILHOUSE_IOMMU_AMD"


def _behind(pcidevices: Sequence[PCIDevice], first: int, last: int, domain: int) -> List[PCIDevice]:
    return [device for device in pcidevices if device.domain == domain and first <= device.bus <= last]


def _scope_device(pcidevices: Sequence[PCIDevice], segment: int, scope: bytes) -> Tuple[Optional[PCIDevice], int]:
    """(the device that a path of a DMAR scope leads to, its bdf)"""
    bus = scope[5]
    device: Optional[PCIDevice] = None
    bdf = bus << 8
    for n in range(6, len(scope) - 1, 2):
        if device:
            bus = PCIPCIBridge.get_2nd_busses(device)[0]
        bdf = bus << 8 | scope[n] << 3 | scope[n + 1]
        device = next((other for other in pcidevices if other.domain == segment and other.bdf() == bdf), None)
        if not device:
            break
    return device, bdf


def _dmar_scope(scope: bytes, unit: int, segment: int, pcidevices: Sequence[PCIDevice], ioapics: Sequence[IOAPIC]) -> None:
    device, bdf = _scope_device(pcidevices, segment, scope)
    if scope[0] in (1, 2) and device:
        covered = [device]
        if scope[0] == 2 and device.type == "JAILHOUSE_PCI_TYPE_BRIDGE":
            covered += _behind(pcidevices, *PCIPCIBridge.get_2nd_busses(device), segment)
        for one in covered:
            one.iommu = unit
    if scope[0] == 3:
        for ioapic in ioapics:
            if ioapic.id == scope[4]:
                ioapic.iommu, ioapic.bdf = unit, bdf


def parse_dmar(pcidevices: Sequence[PCIDevice], ioapics: Sequence[IOAPIC], dmar_regions: Sequence[MemRegion]) \
        -> Tuple[List[IOMMUConfig], List[MemRegion]]:
    """(VT-d units, memory that devices must keep reaching) of the ACPI table DMAR; sets `iommu` of devices and IOAPICs.

    dmar_regions: what parse_iomem found, for the size of a unit's registers, else 4096 bytes."""
    units: List[IOMMUConfig] = []
    regions: List[MemRegion] = []
    for record in _records(_table("DMAR", True, 48), 48, 2, 2, 4, "DMAR"):
        kind = int.from_bytes(record[:2], "little")
        if kind == 0 and len(record) >= 16:
            flags, _, segment, base = struct.unpack_from("<BBHQ", record, 4)
            size = next((region.size() for region in dmar_regions if region.start == base), 4096)
            units.append(IOMMUConfig({"type": "JAILHOUSE_IOMMU_INTEL", "base_addr": base, "mmio_size": size}))
            for scope in _records(record, 16, 1, 1, 8, "DMAR"):
                _dmar_scope(scope, len(units) - 1, segment, pcidevices, ioapics)
            if flags & 1:
                for device in pcidevices:
                    if device.domain == segment and device.iommu is None:
                        device.iommu = len(units) - 1
        elif kind == 1 and len(record) >= 24:
            base, limit = struct.unpack_from("<QQ", record, 8)
            regions.append(MemRegion(base, limit, "ACPI DMAR RMRR"))
    return units, regions


# Types of entries in an IVHD block, AMD IOMMU specification
_IVHD_ALL, _IVHD_SELECT, _IVHD_RANGE, _IVHD_RANGE_END, _IVHD_SPECIAL = 1, 2, 3, 4, 72
_IVHD_LENGTHS = {0: 4, 1: 4, 2: 4, 3: 4, 4: 4, 66: 8, 67: 8, 70: 8, 71: 8, 72: 8}


def _ivhd_entries(block: bytes, pos: int) -> Iterator[bytes]:
    while pos < len(block):
        kind = block[pos]
        length = 22 + block[pos + 21] if kind == 240 and pos + 22 <= len(block) else _IVHD_LENGTHS.get(kind, 4 << (kind >> 6))
        if pos + length > len(block):
            raise RuntimeError("The ACPI table IVRS is damaged: an entry leads out of its block")
        yield block[pos:pos + length]
        pos += length


def _ivhd_devices(block: bytes, pos: int, unit: int, segment: int, pcidevices: Sequence[PCIDevice], ioapics: Sequence[IOAPIC]) -> None:
    first = 0
    for entry in _ivhd_entries(block, pos):
        device = int.from_bytes(entry[1:3], "little")
        span: Optional[Tuple[int, int]] = None
        if entry[0] == _IVHD_ALL:
            span = (0, 0xffff)
        elif entry[0] in (_IVHD_SELECT, 66, 70):
            span = (device, device)
        elif entry[0] in (_IVHD_RANGE, 67, 71):
            first = device
        elif entry[0] == _IVHD_RANGE_END:
            span = (first, device)
        elif entry[0] == _IVHD_SPECIAL and entry[7] == 1:
            for ioapic in ioapics:
                if ioapic.id == entry[4]:
                    ioapic.iommu, ioapic.bdf = unit, int.from_bytes(entry[5:7], "little")
        for one in pcidevices if span else ():
            if span and one.domain == segment and span[0] <= one.bdf() <= span[1]:
                one.iommu = unit


def parse_ivrs(pcidevices: Sequence[PCIDevice], ioapics: Sequence[IOAPIC]) -> Tuple[List[IOMMUConfig], List[MemRegion]]:
    """(AMD-Vi units, memory that devices must keep reaching) of the ACPI table IVRS; sets `iommu` of devices and IOAPICs.

    Of several blocks for one unit the one with the highest type counts, as the specification asks."""
    blocks: Dict[int, bytes] = {}
    regions: List[MemRegion] = []
    for block in _records(_table("IVRS", True, 48), 48, 2, 2, 24, "IVRS"):
        if block[0] in (0x10, 0x11, 0x40):
            ident = int.from_bytes(block[4:6], "little")
            if ident not in blocks or blocks[ident][0] < block[0]:
                blocks[ident] = block
        elif block[0] in (0x20, 0x21, 0x22) and len(block) >= 32:
            start, length = struct.unpack_from("<QQ", block, 16)
            if length:
                regions.append(MemRegion(start, start + length - 1, "ACPI IVRS IVMD"))
    return [_ivhd(unit, block, pcidevices, ioapics) for unit, block in enumerate(blocks.values())], regions


def _ivhd(unit: int, block: bytes, pcidevices: Sequence[PCIDevice], ioapics: Sequence[IOAPIC]) -> IOMMUConfig:
    bdf, cap, base, segment, _, features = struct.unpack_from("<HHQHHI", block, 4)
    device = next((one for one in pcidevices if one.bdf() == bdf and one.domain == segment), None)
    msi = next((one.start for one in device.caps if one.id == PCI_CAP_ID(0x05) and not one.extended), 0) if device else 0
    if block[0] >= 0x11 and len(block) < 40:
        raise RuntimeError("The ACPI table IVRS is damaged: a block is too short")
    _ivhd_devices(block, 24 if block[0] == 0x10 else 40, unit, segment, pcidevices, ioapics)
    return IOMMUConfig({"type": "JAILHOUSE_IOMMU_AMD", "base_addr": base, "mmio_size": 0x4000 if block[0] == 0x10 else 0x80000, "amd_bdf": bdf,
                        "amd_base_cap": cap, "amd_msi_cap": msi, "amd_features": features if block[0] == 0x10 else 0})


def get_cpu_vendor() -> str:
    """ "AuthenticAMD" or "GenuineIntel", as /proc/cpuinfo has it. Raises RuntimeError when it has none (not an x86)."""
    with input_open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = str(line).partition(":")
            if key.strip() == "vendor_id":
                return value.strip()
    raise RuntimeError("/proc/cpuinfo names no vendor: this is no x86")
