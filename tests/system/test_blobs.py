# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Bad configurations of every kind, handed to the driver's ioctl without the tool's own checks.

Each must be refused with the rule that it breaks, and must change nothing: the same CPUs, cells and pages as before, and the good
configuration is accepted afterwards.
"""
import os
import re
import struct

import pytest

from jailhouse import SYSFS, kernel_trouble
from machine import BUILD, TOP

pytestmark = pytest.mark.one_kernel(-1)

SYSTEM_HEADER = 356
DESCRIPTOR = 132
SIZES = {"memory": 32, "cache": 12, "irqchip": 32, "pio": 4, "pci": 56, "cap": 8, "stream": 4}
COUNTS = {"memory": 52, "cache": 56, "irqchip": 60, "pio": 64, "pci": 68, "cap": 72, "stream": 76}
MEMORY_FLAGS, COMM_REGION, IO = 24, 0x20, 0x10


class Blob:
    """Where things stand in a configuration file."""

    def __init__(self, name, base):
        self.name, self.base = name, base
        with open(os.path.join(BUILD, "configs", "x86", name + ".cell"), "rb") as file:
            self.bytes = file.read()

    def u32(self, offset):
        return struct.unpack_from("<I", self.bytes, self.base + offset)[0]

    def u64(self, offset):
        return struct.unpack_from("<Q", self.bytes, offset)[0]

    def count(self, kind):
        return self.u32(COUNTS[kind])

    def element(self, kind, index=0):
        """Offset of an array element."""
        offset = self.base + DESCRIPTOR + self.u32(48)
        for name, size in SIZES.items():
            if name == kind:
                return offset + size * index
            offset += size * self.count(name)
        raise KeyError(kind)

    def memory(self, wanted):
        """Offset of the first memory region that satisfies wanted(flags)."""
        for index in range(self.count("memory")):
            offset = self.element("memory", index)
            if wanted(self.u64(offset + MEMORY_FLAGS)):
                return offset
        raise KeyError("no such memory region")

    def ram(self):
        return self.memory(lambda flags: flags & 7 == 7 and not flags & (COMM_REGION | IO))

    def comm(self):
        return self.memory(lambda flags: flags & COMM_REGION)


def u16(offset, value):
    return f"{offset}={struct.pack('<H', value).hex()}"


def u32(offset, value):
    return f"{offset}={struct.pack('<I', value & 0xffffffff).hex()}"


def u64(offset, value):
    return f"{offset}={struct.pack('<Q', value & (1 << 64) - 1).hex()}"


def raw(offset, data):
    return f"{offset}={data.hex()}"


# What is done to a good cell configuration, and the rule that it then breaks.
CELL = {
    "empty": (lambda b: ["cut=0"], "BLOB_SHORT"),
    "one_byte": (lambda b: ["cut=1"], "BLOB_SHORT"),
    "shorter_than_its_descriptor": (lambda b: ["cut=131"], "BLOB_SHORT"),
    "last_byte_missing": (lambda b: [f"cut={len(b.bytes) - 1}"], "COUNTS"),
    "wrong_signature": (lambda b: [raw(0, b"JHXXX")], "SIGNATURE_CELL"),
    "system_signature": (lambda b: [raw(0, b"JHSYS")], "SIGNATURE_IS_SYSTEM"),
    "old_revision": (lambda b: [u16(6, 13)], "REVISION"),
    "future_revision": (lambda b: [u16(6, 0xffff)], "REVISION"),
    "for_another_architecture": (lambda b: [raw(5, b"\x02")], "ARCHITECTURE"),
    "count_of_memory_regions_beyond_the_file": (lambda b: [u32(52, b.count("memory") + 1)], "COUNTS"),
    "count_that_overflows_32_bits": (lambda b: [u32(52, 0x08000001)], "COUNTS"),
    "all_counts_at_their_maximum": (lambda b: [u32(offset, 0xffffffff) for offset in COUNTS.values()], "COUNTS"),
    "count_of_pci_devices_beyond_the_file": (lambda b: [u32(68, 0xffffffff)], "COUNTS"),
    "cpu_set_beyond_the_file": (lambda b: [u32(48, 0xfffffff8)], "COUNTS|CPU_SET_SIZE"),
    "name_without_end": (lambda b: [raw(8, b"x" * 32)], "NAME_UNTERMINATED"),
    "no_name": (lambda b: [raw(8, bytes(32))], "NAME_EMPTY"),
    "unprintable_name": (lambda b: [raw(8, b"a\x1b[2J\0")], "NAME_CHARACTERS"),
    "name_of_the_root_cell": (lambda b: [raw(8, b"qemu-x86\0")], "NAME_IN_USE"),
    "unknown_cell_flags": (lambda b: [u32(44, 0x00800000)], "CELL_FLAGS"),
    "flag_of_another_architecture": (lambda b: [u32(44, 4)], "CELL_FLAG_ARCH"),
    "more_than_an_hour_to_answer": (lambda b: [u64(b.base + 92, 3600000001)], "REPLY_TIMEOUT"),
    "no_end_of_time_to_answer": (lambda b: [u64(b.base + 92, -1)], "REPLY_TIMEOUT"),
    "extension_without_a_block": (lambda b: [u32(44, 0x100)], "COUNTS|EXTENSION_SIZE|EXTENSION_MAGIC|BLOB_SHORT"),
    "no_cpu": (lambda b: [raw(b.base + DESCRIPTOR, bytes(b.u32(48)))], "CPU_SET_EMPTY"),
    "boot_cpu": (lambda b: [raw(b.base + DESCRIPTOR, b"\x01")], "CPU_ZERO"),
    "cpu_that_does_not_exist": (lambda b: [raw(b.base + DESCRIPTOR, b"\x80")], "CPU_NOT_IN_SYSTEM|CPU_NUMBER"),
    "unknown_memory_flags": (lambda b: [u64(b.ram() + MEMORY_FLAGS, 1 << 40 | 7)], "MEMORY_FLAGS"),
    "memory_of_size_zero": (lambda b: [u64(b.ram() + 16, 0)], "MEMORY_EMPTY"),
    "memory_that_wraps_around": (lambda b: [u64(b.ram(), -0x1000), u64(b.ram() + 16, 0x2000)], "MEMORY_WRAP_PHYS"),
    "guest_memory_that_wraps_around": (lambda b: [u64(b.ram() + 8, -0x1000), u64(b.ram() + 16, 0x2000)], "MEMORY_WRAP_VIRT"),
    "memory_beyond_the_machine": (lambda b: [u64(b.ram(), 1 << 52)], "MEMORY_WIDTH_PHYS|MEMORY_NOT_ROOTS"),
    "memory_of_linux": (lambda b: [u64(b.ram(), 0x8000000)], "CELL_MEMORY_NOT_RESERVED"),
    "memory_that_ends_in_linuxs": (lambda b: [u64(b.ram() + 8, 0x10000000), u64(b.ram() + 16, 0x300000)], "CELL_MEMORY_NOT_RESERVED"),
    "unaligned_memory": (lambda b: [u64(b.ram(), b.u64(b.ram()) + 0x10)], "MEMORY_ALIGNMENT"),
    "memory_that_is_only_writable": (lambda b: [u64(b.ram() + MEMORY_FLAGS, 2)], "MEMORY_WRITE_ONLY"),
    "memory_of_the_hypervisor": (lambda b: [u64(b.ram(), 0x3a000000), u64(b.ram() + 16, 0x1000)],
                                 "MEMORY_HYPERVISOR|MEMORY_NOT_ROOTS"),
    "last_page_of_the_hypervisor": (lambda b: [u64(b.ram(), 0x3a5ff000), u64(b.ram() + 16, 0x2000)],
                                    "MEMORY_HYPERVISOR|MEMORY_NOT_ROOTS"),
    "local_apic": (lambda b: [u64(b.ram(), 0xfee00000), u64(b.ram() + 16, 0x1000)], "MEMORY_APIC|MEMORY_NOT_ROOTS"),
    "local_apic_of_the_guest": (lambda b: [u64(b.ram() + 8, 0xfee00000), u64(b.ram() + 16, 0x1000)], "MEMORY_APIC"),
    "ioapic": (lambda b: [u64(b.ram(), 0xfec00000), u64(b.ram() + 16, 0x1000)], "MEMORY_IOAPIC|MEMORY_NOT_ROOTS"),
    "pci_configuration_space": (lambda b: [u64(b.ram(), 0xb0000000), u64(b.ram() + 16, 0x1000)],
                                "MEMORY_MMCONFIG|MEMORY_NOT_ROOTS"),
    "memory_twice": (lambda b: [u64(b.comm() + 8, b.u64(b.ram() + 8))], "MEMORY_OVERLAP_VIRT"),
    "memory_that_is_nobodys": (lambda b: [u64(b.ram(), 0x200000000)], "MEMORY_NOT_ROOTS|MEMORY_WIDTH_PHYS"),
    "large_communication_region": (lambda b: [u64(b.comm() + 16, 0x2000)], "COMM_REGION_SIZE"),
    "executable_communication_region": (lambda b: [u64(b.comm() + MEMORY_FLAGS, COMM_REGION | 7)], "COMM_REGION_FLAGS"),
    "communication_region_missing": (lambda b: [u64(b.comm() + MEMORY_FLAGS, 3)],
                                     "COMM_REGION_MISSING|MEMORY_NOT_ROOTS|MEMORY_IN_USE|TEST_DEVICE"),
    "port_range_past_the_end": (lambda b: [u16(b.element("pio"), 0xfffc), u16(b.element("pio") + 2, 8)], "PIO_WRAP"),
    "port_range_of_length_zero": (lambda b: [u16(b.element("pio") + 2, 0)], "PIO_EMPTY"),
    "pci_configuration_ports": (lambda b: [u16(b.element("pio"), 0xcf8), u16(b.element("pio") + 2, 8)], "PIO_PCI_CONFIG"),
    "unknown_console": (lambda b: [u16(b.base + 100 + 12, 0x7fff)], "CONSOLE_TYPE"),
}

SYSTEM = {
    "shorter_than_its_header": (lambda b: ["cut=400"], "BLOB_SHORT|-14"),
    "wrong_signature": (lambda b: [raw(0, b"JHXXX")], "SIGNATURE_SYSTEM"),
    "cell_signature": (lambda b: [raw(0, b"JHCLL")], "SIGNATURE_IS_CELL"),
    "wrong_signature_of_the_root_cell": (lambda b: [raw(356, b"JHXXX")], "SIGNATURE_ROOT_CELL"),
    "old_revision": (lambda b: [u16(6, 13)], "REVISION"),
    "for_another_architecture": (lambda b: [raw(5, b"\x02")], "ARCHITECTURE"),
    "unknown_flags": (lambda b: [u32(8, 0x10)], "SYSTEM_FLAGS"),
    "unaligned_hypervisor_memory": (lambda b: [u64(12, 0x3a000010)], "HV_MEMORY_ALIGNMENT"),
    "hypervisor_memory_of_size_zero": (lambda b: [u64(28, 0)], "HV_MEMORY_ALIGNMENT|HV_MEMORY_SMALL"),
    "hypervisor_memory_that_wraps_around": (lambda b: [u64(12, -0x1000)], "HV_MEMORY_WRAP"),
    "hypervisor_memory_too_small": (lambda b: [u64(28, 0x10000)], "HV_MEMORY_SMALL|HV_MEMORY_FULL"),
    "hypervisor_memory_in_use_by_linux": (lambda b: [u64(12, 0x10000000)], "HV_MEMORY_NOT_RESERVED|MEMORY_HYPERVISOR"),
    "hypervisor_memory_where_the_machine_has_nothing": (lambda b: [u64(12, 0x13a000000)], "HV_MEMORY_NO_RAM"),
    "hypervisor_memory_on_a_device": (lambda b: [u64(12, 0xfee00000)],
                                      "HV_MEMORY_DEVICE|HV_MEMORY_NOT_RESERVED|MEMORY_HYPERVISOR|HV_MEMORY_MAP"),
    "unaligned_pci_configuration_space": (lambda b: [u64(76, 0xb0000800)], "MMCONFIG_RANGE"),
    "unknown_apic_mode": (lambda b: [raw(314, b"\x09")], "APIC_MODE"),
    "apic_mode_that_linux_is_not_in": (lambda b: [raw(314, b"\x02")], "APIC_STATE"),
    "memory_beyond_the_address_bits_of_the_cpu": (lambda b: [u64(b.ram(), 1 << 45)], "MEMORY_WIDTH_PHYS"),
    "pci_configuration_space_beyond_the_address_bits_of_the_cpu": (lambda b: [u64(76, 1 << 45)], "MMCONFIG_RANGE"),
    "console_in_memory_beyond_the_address_bits_of_the_cpu": (lambda b: [u64(44, 1 << 45), u32(52, 0x1000), raw(58, b"\x01\x00")], "CONSOLE_PLACE"),
    "iommu_beyond_the_address_bits_of_the_cpu": (lambda b: [raw(88, struct.pack("<IQI", 1, 1 << 45, 0x1000))], "IOMMU_RANGE"),
    "root_cell_with_an_id": (lambda b: [u32(356 + 40, 5)], "ROOT_ID"),
    "count_of_memory_regions_beyond_the_file": (lambda b: [u32(356 + 52, 0xffff)], "COUNTS|TOO_LARGE|-14"),
    "counts_at_their_maximum": (lambda b: [u32(356 + offset, 0xffffffff) for offset in COUNTS.values()], "COUNTS|TOO_LARGE|-14"),
    "root_without_a_cpu": (lambda b: [raw(356 + DESCRIPTOR, bytes(b.u32(48)))], "CPU_SET_EMPTY"),
    "fewer_cpus_than_are_online": (lambda b: [raw(356 + DESCRIPTOR, b"\x07")], "CPU_NOT_IN_ROOT|CPU_COUNT"),
    "more_cpus_than_there_are": (lambda b: [raw(356 + DESCRIPTOR, b"\x1f")], "CPUS_OFFLINE|CPU_COUNT|CPU_NUMBER"),
    "root_memory_over_the_hypervisor": (lambda b: [u64(b.ram(), 0x3a000000)],
                                        "MEMORY_HYPERVISOR|MEMORY_OVERLAP_PHYS"),
}


def rules():
    """Number of each rule, and its error's name."""
    with open(os.path.join(TOP, "common", "config", "rules.inc"), encoding="utf-8") as file:
        return {name: (int(number), err) for name, number, err in re.findall(r"^RULE\((\w+), (\d+), (\w+),", file.read(), re.M)}


def rule_of(said):
    """Name of the refusal's rule in blobctl's output; without a rule the negative errno."""
    number = re.search(r"^rule (\d+) ", said, re.M)
    found = [name for name, (value, _) in rules().items() if number and value == int(number.group(1))]
    return found[0] if found else "-" + re.search(r"^errno (\d+)", said, re.M).group(1)


def refuse(box, operation, blob, changes, expected):
    said = box.refused(f"blobctl {operation} /cells/{blob.name}.cell {' '.join(changes)}", timeout=60)
    assert rule_of(said) in expected.split("|"), said


@pytest.mark.parametrize("kind", CELL)
def test_bad_cell_is_refused_and_changes_nothing(on, kind):
    blob = Blob("apic-demo", 0)
    change, expected = CELL[kind]
    used = on.box.read(f"{SYSFS}/mem_pool_used")
    refuse(on.box, "create", blob, change(blob), expected)
    assert on.cpus() == 4 and set(on.cells()) == {"qemu-x86"}
    assert on.box.read(f"{SYSFS}/mem_pool_used") == used


def test_good_cell_is_accepted_after_bad_ones(on):
    blob = Blob("apic-demo", 0)
    for change, expected in CELL.values():
        refuse(on.box, "create", blob, change(blob), expected)
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello", mark)
    on.destroy(cell)
    assert not kernel_trouble(on.box)


def test_size_that_the_memory_does_not_have_is_refused(on):
    on.box.refused("blobctl create /cells/apic-demo.cell size=0x7fffffff")
    on.box.refused("blobctl create /cells/apic-demo.cell size=0xffffffff")
    on.box.refused("blobctl create /cells/apic-demo.cell size=0")
    assert on.cpus() == 4 and set(on.cells()) == {"qemu-x86"}


@pytest.mark.parametrize("kind", SYSTEM)
def test_bad_system_is_refused_and_changes_nothing(jh, kind):
    blob = Blob("qemu-x86", SYSTEM_HEADER)
    change, expected = SYSTEM[kind]
    refuse(jh.box, "enable", blob, change(blob), expected)
    assert not jh.enabled() and jh.cpus() == 4


def test_hypervisor_memory_without_room_for_page_tables_is_refused(jh):
    """The driver sees that image, CPUs and configuration fit; what the pools need only the hypervisor knows."""
    blob = Blob("qemu-x86", SYSTEM_HEADER)
    said = jh.box.refused(f"blobctl enable /cells/{blob.name}.cell {u64(28, 0x10000)}", timeout=60)
    needed = int(re.search(r" values \w+ (\w+)", said).group(1), 16)
    refuse(jh.box, "enable", blob, [u64(28, (needed + 0x1fff) & ~0xfff)], "HV_MEMORY_FULL")
    assert rule_of(said) == "HV_MEMORY_SMALL" and not jh.enabled() and jh.cpus() == 4


def test_good_system_is_accepted_after_bad_ones(jh):
    blob = Blob("qemu-x86", SYSTEM_HEADER)
    for change, expected in SYSTEM.values():
        refuse(jh.box, "enable", blob, change(blob), expected)
    jh.enable()
    assert not kernel_trouble(jh.box)


def test_unknown_ioctls_are_refused(on):
    for number in ("0x6", "0x3f", "0xffffffff", "0x40080001", "0x5401"):
        on.box.refused(f"blobctl ioctl {number}")
    for number in ("0x40100002", "0x40300003", "0x40280004", "0x40280005"):
        assert "errno 14 " in on.box.refused(f"blobctl ioctl {number}"), "a null pointer is -EFAULT"
    assert on.enabled() and on.cpus() == 4
