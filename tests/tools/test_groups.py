# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What an IOMMU cannot keep apart, and what the firmware says of units and devices, on machines with made-up trees of PCI buses:
config create, and what config create --cell refuses."""
import json
import re
import struct

import pytest

from test_hardware import Collected, drhd, run, table

ROOT_PORT, UPSTREAM, DOWNSTREAM, TO_PCI = 4, 5, 6, 7
ENDPOINT, BRIDGE = 1, 2
# Access Control Services: what the function has, and what of it is on; 0x1d is all that counts
ON, OFF = (0x1f, 0x1d), (0x1f, 0)


class Bus(Collected):
    """A machine with two VT-d units that Linux leaves alone; the second one has what the first one does not name."""

    def __init__(self, folder):
        super().__init__(folder / "machine")
        self.system = folder / "system.yaml"
        self.units()

    def add(self, bdf, secondary=0, kind=None, acs=None, group=None, cls=0x020000, readable=4096):
        """A function: @secondary makes it a bridge to that bus; @kind: of PCI Express device or port; with one BAR if it is no bridge;
        @readable: bytes of its configuration space."""
        config = bytearray(4096)
        struct.pack_into("<HHHH", config, 0, 0x8086, 0x10d3, 0, 0x10)
        struct.pack_into("<I", config, 8, (0x060400 if secondary else cls) << 8)
        config[0xe], config[0x19] = (1, secondary) if secondary else (0, 0)
        config[0x34] = 0x50
        struct.pack_into("<BBH", config, 0x50, 5, 0x60 if kind is not None else 0, 0x80)
        if kind is not None:
            struct.pack_into("<BBH", config, 0x60, 0x10, 0, kind << 4 | 2)
        if acs:
            struct.pack_into("<IHH", config, 0x100, 0x1000d, *acs)
        path = f"sys/bus/pci/devices/0000:{bdf}"
        self.write(f"{path}/config", bytes(config[:readable]))
        bus, device, function = (int(part, 16) for part in re.split("[:.]", bdf))
        start = 0xc0000000 + (bus << 20) + (device << 15) + (function << 12)
        self.write(f"{path}/resource", "" if secondary else f"{start:#018x} {start + 4095:#018x} {0x40200:#018x}\n")
        self.write(f"{path}/irq", "0\n")
        if group is not None:
            (self.folder / path / "iommu_group").symlink_to(f"../../../kernel/iommu_groups/{group}")

    def units(self, *scopes, more=b""):
        body = drhd(0xfed90000, scopes=b"".join(scopes)) + drhd(0xfed91000, flags=1) + more
        self.write("sys/firmware/acpi/tables/DMAR", table(b"DMAR", bytes([38, 0]) + bytes(10) + body))

    def ivrs(self, *blocks):
        (self.folder / "sys/firmware/acpi/tables/DMAR").unlink()
        unit = struct.pack("<BBHHHQHHI", 0x10, 0, 28, 0x10, 0x40, 0xfeb80000, 0, 0, 0) + bytes([1, 0, 0, 0])
        self.write("sys/firmware/acpi/tables/IVRS", table(b"IVRS", bytes(12) + unit + b"".join(blocks)))

    def create(self):
        done = run("config", "create", "--root", self.folder, "--console", "ttyS2", self.system)
        assert done.returncode == 0, done.stderr
        return self.system.read_text(), done.stderr

    def unit_of(self, bdf):
        return int(re.search(rf'bdf: "{bdf}"\n(?:    type: bridge\n)?    iommu: (\d+)', self.create()[0]).group(1))

    def carve(self, *bdfs, more=()):
        self.create()
        done = run("config", "create", "--root", self.folder, "--cell", "demo", "--system", self.system, "--cpus", "3", "--ram", "1M",
                   *[word for bdf in bdfs for word in ("--pci", bdf)], *more, "-")
        assert done.returncode == (1 if done.stderr else 0), done.stderr
        return done.stderr


@pytest.fixture(name="bus")
def fixture_bus(tmp_path):
    return Bus(tmp_path)


def scope(kind, start_bus, *path):
    """Device scope: a path of (device, function)"""
    return struct.pack("<BBHBB", kind, 6 + 2 * len(path), 0, 0, start_bus) + bytes(n for step in path for n in step)


def rmrr(start, end, *scopes):
    return struct.pack("<HHHHQQ", 1, 24 + sum(map(len, scopes)), 0, 0, start, end) + b"".join(scopes)


# --- units ----------------------------------------------------------------------------------------

def test_a_path_over_bridges_leads_to_the_device(bus):
    """Bus numbers are what the bridges say."""
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT)
    bus.add("05:00.0", secondary=6, kind=UPSTREAM)
    bus.add("06:02.0", secondary=9, kind=DOWNSTREAM)
    bus.add("09:00.0", kind=0)
    bus.add("09:00.1", kind=0)
    bus.units(scope(ENDPOINT, 0, (3, 0), (0, 0), (2, 0), (0, 1)))
    assert [bus.unit_of(bdf) for bdf in ("09:00.0", "09:00.1", "06:02.0", "00:1f.2")] == [1, 0, 1, 1]


def test_a_bridge_stands_for_all_that_is_behind_it(bus):
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT)
    bus.add("05:00.0", secondary=6, kind=UPSTREAM)
    bus.add("06:02.0", secondary=9, kind=DOWNSTREAM)
    bus.add("09:00.0", kind=0)
    bus.add("00:04.0", kind=0)
    bus.units(scope(BRIDGE, 0, (3, 0), (0, 0)))
    assert [bus.unit_of(bdf) for bdf in ("00:03.0", "05:00.0", "06:02.0", "09:00.0", "00:04.0")] == [1, 0, 0, 0, 1]


def test_a_path_that_leads_nowhere_names_nobody(bus):
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT)
    bus.add("05:00.0", kind=0)
    bus.units(scope(ENDPOINT, 0, (7, 0), (0, 0)), scope(ENDPOINT, 0, (3, 0), (1, 0), (0, 0)), scope(ENDPOINT, 0, *[(3, 0)] * 12))
    assert bus.unit_of("05:00.0") == 1


def test_bridges_that_lead_to_each_other_come_to_an_end(bus):
    bus.add("05:00.0", secondary=6, kind=ROOT_PORT)
    bus.add("06:00.0", secondary=5, kind=ROOT_PORT)
    bus.add("06:01.0", kind=0)
    bus.units(scope(BRIDGE, 0, (3, 0)))
    assert bus.unit_of("06:01.0") == 1
    assert not bus.carve("06:01.0")


# --- groups ---------------------------------------------------------------------------------------

def test_a_device_behind_a_port_of_its_own_is_isolated(bus):
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT)
    bus.add("00:04.0", secondary=6, kind=ROOT_PORT)
    bus.add("05:00.0", kind=0)
    bus.add("06:00.0", kind=0)
    assert not bus.carve("05:00.0")


@pytest.mark.parametrize("kind", [None, TO_PCI])
def test_all_behind_a_conventional_bridge_are_one(bus, kind):
    """They send with the same number, whatever stands above."""
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT, acs=ON)
    bus.add("05:00.0", secondary=6, kind=kind)
    bus.add("06:01.0")
    bus.add("06:02.0")
    bus.add("00:08.0", kind=0)
    said = bus.carve("06:01.0")
    assert "device 06:01.0 shares its IOMMU group with 06:02.0 (Ethernet): bridge 05:00.0 sends all requests from behind it as its own" in said
    assert "Give the cell both, or another device" in said
    assert not bus.carve("06:01.0", "06:02.0") and not bus.carve("06:01.0", more=["--unsafe-dma"]) and not bus.carve("00:08.0")


def switch(bus, port_acs, readable=4096):
    """Two devices, 09:00.0 and 0a:00.0, behind the ports of a switch"""
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT, acs=ON)
    bus.add("05:00.0", secondary=6, kind=UPSTREAM)
    for port, acs in enumerate(port_acs, 1):
        bus.add(f"06:0{port}.0", secondary=8 + port, kind=DOWNSTREAM, acs=acs, readable=readable)
        bus.add(f"{8 + port:02x}:00.0", kind=0)


# What a port does not implement is not asked for; translation blocking and the rest do not count.
@pytest.mark.parametrize("acs,apart", [(None, False), (OFF, False), (ON, True), ((0x1f, 0x1f), True), ((0x7f, 0x1d), True), ((0x0c, 0x0c), True),
                                       ((0x1f, 0x1c), False), ((0x1f, 0x19), False), ((0x1f, 0x15), False), ((0x1f, 0x0d), False)])
def test_a_switch_keeps_devices_apart_if_its_ports_do(bus, acs, apart):
    """Requests turn at the switch otherwise, before the IOMMU sees them."""
    switch(bus, (acs, acs))
    assert (not bus.carve("09:00.0")) is apart
    assert not bus.carve("09:00.0", "0a:00.0")


@pytest.mark.parametrize("device", ["09:00.0", "0a:00.0"])
def test_one_port_of_a_switch_is_enough_to_reach_the_others(bus, device):
    switch(bus, (ON, OFF))
    said = bus.carve(device)
    assert "the access control (ACS) of 06:02.0 is switched off" in said
    assert "pci=config_acs=111x1@pci:0:0" in said and "setpci -s 06:02.0 ECAP_ACS+6.w=1d:1d" in said


@pytest.mark.parametrize("acs,apart", [(ON, True), (OFF, False), (None, False)])
def test_a_root_port_sends_up_what_comes_up(bus, acs, apart):
    switch(bus, (ON, ON))
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT, acs=acs)
    assert (not bus.carve("09:00.0")) is apart


@pytest.mark.parametrize("readable", [256, 64])
def test_what_could_not_be_read_counts_as_off(bus, readable):
    """As in an archive that was not collected by root"""
    switch(bus, (ON, ON), readable=readable)
    said = bus.carve("09:00.0")
    assert "device 09:00.0 shares its IOMMU group with 0a:00.0 (Ethernet): whether the access control (ACS) of 06:0" in said
    assert "read in part only" in said and "as root" in said and "collect" in said


def test_a_bridge_that_was_not_read_is_not_taken_for_a_conventional_one(bus):
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT, acs=ON, readable=64)
    for function in (0, 1):
        bus.add(f"05:00.{function}", kind=0, acs=ON)
    assert "whether the access control (ACS) of 00:03.0 is switched on cannot be told" in bus.carve("05:00.0")


@pytest.mark.parametrize("acs,why", [(None, "00:08.0 has no access control (ACS)"), (OFF, "the access control (ACS) of 00:08.0 is switched off"),
                                     (ON, None), ((0x0c, 0x0c), None)])
def test_functions_of_one_device_are_one_unless_they_say_otherwise(bus, acs, why):
    for function in (0, 1):
        bus.add(f"00:08.{function}", kind=0, acs=acs)
    said = bus.carve("00:08.0")
    assert f"device 00:08.0 shares its IOMMU group with 00:08.1 (Ethernet): {why}" in said if why else not said


def test_conventional_pci_has_no_access_control(bus):
    """Whatever is at the place of its capability; all of it could be read."""
    for function in (0, 1):
        bus.add(f"00:08.{function}", acs=ON)
        bus.add(f"00:09.{function}", readable=256)
    assert "00:08.0 has no access control" in bus.carve("00:08.0")
    assert "00:09.0 has no access control" in bus.carve("00:09.0")


def test_a_function_beside_a_switch_reaches_what_is_behind(bus):
    switch(bus, (ON, ON))
    bus.add("05:00.1", kind=0)
    assert "shares its IOMMU group with 05:00.1" in bus.carve("09:00.0")
    assert "shares its IOMMU group with 09:00.0" in bus.carve("05:00.1", "0a:00.0")


def test_ports_that_are_functions_of_one_device_without_acs_lead_to_one_group(bus):
    for function in (0, 4):
        bus.add(f"00:1c.{function}", secondary=2 + function, kind=ROOT_PORT)
        bus.add(f"{2 + function:02x}:00.0", kind=0)
    assert "device 02:00.0 shares its IOMMU group with 06:00.0" in bus.carve("02:00.0")


def test_groups_of_linux_are_believed(bus):
    for function, group in (0, 7), (1, 8):
        bus.add(f"00:08.{function}", kind=0, group=group)
    bus.add("00:09.0", kind=0, group=7)
    assert "device 00:08.0 shares its IOMMU group with 00:09.0" in bus.carve("00:08.0")
    assert not bus.carve("00:08.1")


# --- memory of the firmware -------------------------------------------------------------------------

def test_a_device_with_memory_of_the_firmware_stays_with_root(bus):
    bus.add("00:03.0", secondary=5, kind=ROOT_PORT)
    bus.add("05:00.0", kind=0)
    bus.add("00:09.0", kind=0)
    bus.units(more=rmrr(0x130000000, 0x1300fffff, scope(ENDPOINT, 0, (3, 0), (0, 0)), scope(ENDPOINT, 0, (4, 0))))
    text, said = bus.create()
    assert "Device 05:00.0 (Ethernet) uses memory 0x130000000-0x1300fffff on behalf of the firmware" in said
    assert re.search(r"name: \"memory of device 05:00.0\", role: ram, phys: 0x130000000, size: 1M", text)
    assert "device 05:00.0 uses memory 0x130000000-0x1300fffff on behalf of the firmware" in bus.carve("05:00.0")
    assert not bus.carve("00:09.0") and not bus.carve("05:00.0", more=["--unsafe-dma"])
    done = run("hardware", "check", "--root", bus.folder)
    assert "name 2 devices with such memory" in " ".join(done.stdout.split()), done.stdout


@pytest.mark.parametrize("kind,first,last,covered", [(0x21, 0x48, 0, True), (0x21, 0x40, 0, False), (0x22, 0x40, 0x4f, True), (0x20, 0, 0, True)])
def test_amd_tells_of_it_in_its_own_table(bus, kind, first, last, covered):
    bus.add("00:09.0", kind=0)
    bus.ivrs(struct.pack("<BBHHHQQQ", kind, 1, 32, first, last, 0, 0x7f000000, 0x100000))
    assert ("on behalf of the firmware" in bus.carve("00:09.0")) is covered


def test_ranges_without_sense_are_left_out(bus):
    bus.add("00:09.0", kind=0)
    bus.units(more=rmrr(0x7f100000, 0x7f000000, scope(ENDPOINT, 0, (9, 0))))
    assert not bus.carve("00:09.0")
    bus.ivrs(struct.pack("<BBHHHQQQ", 0x20, 1, 32, 0, 0, 0, 2**64 - 4096, 8192))
    assert not bus.carve("00:09.0")


# --- a machine that has changed since ---------------------------------------------------------------

def not_apart(bus, *pci):
    """What "config check" finds about the devices of a cell"""
    cell = bus.folder / "cell.yaml"
    done = run("config", "create", "--root", bus.folder, "--cell", "demo", "--system", bus.system, "--cpus", "3", "--ram", "1M",
               *[word for bdf in pci for word in ("--pci", bdf)], "--unsafe-dma", cell)
    assert done.returncode == 0, done.stderr
    done = run("config", "check", "--json", "--root", bus.folder, bus.system, cell)
    assert done.returncode == 0, done.stdout
    return [f["sentence"] for f in json.loads(done.stdout)["findings"] if f["name"] == "PCI_NOT_APART"]


def test_access_control_that_is_off_after_a_boot_is_found(bus):
    switch(bus, (ON, ON))
    bus.create()
    assert not not_apart(bus, "09:00.0")
    switch(bus, (ON, OFF))
    said, = not_apart(bus, "09:00.0")
    assert said.startswith("The device shares its IOMMU group with 0a:00.0 (Ethernet): the access control (ACS) of 06:02.0 is switched off")
    assert said.endswith("or give the cell both, or another device.")
    assert not not_apart(bus, "09:00.0", "0a:00.0")
