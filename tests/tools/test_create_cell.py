# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""jailhouse config create --cell: cells carved out of the collected emulated machine, and what is refused."""
import os
import re
import struct

import pytest

from test_hardware import Collected, run


class Carver:
    """A machine with its system configuration."""

    def __init__(self, folder):
        self.machine = Collected(folder / "machine")
        self.folder = folder
        self.update()

    def update(self):
        """Creates the system configuration again."""
        self.system = self.folder / "system.yaml"
        done = run("config", "create", "--root", self.machine.folder, "--console", "ttyS2", self.system)
        assert done.returncode == 0, done.stderr

    def __call__(self, *options, status=0, name="demo", cpus="3", ram="2M", out="-"):
        done = run("config", "create", "--root", self.machine.folder, "--cell", name, "--system", self.system, "--cpus", cpus, "--ram", ram,
                   *options, out)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if not status else done.stderr

    def add_function(self, bdf, bars, irq=0, msi=False, header=0):
        """A PCI device: BARs as (start, size)."""
        config = bytearray(256)
        struct.pack_into("<HHHH", config, 0, 0x8086, 0x10d3, 0, 0x10 if msi else 0)
        config[0xb], config[0xe] = 2, header
        if msi:
            config[0x34] = 0x50
            struct.pack_into("<BBH", config, 0x50, 5, 0, 0x80)
        path = f"sys/bus/pci/devices/0000:{bdf}"
        self.machine.write(f"{path}/config", bytes(config))
        self.machine.write(f"{path}/resource", "".join(f"{start:#018x} {start + size - 1:#018x} {0x40200:#018x}\n" for start, size in bars))
        self.machine.write(f"{path}/irq", f"{irq}\n")


@pytest.fixture(name="carve")
def fixture_carve(tmp_path):
    return Carver(tmp_path)


def test_cell_passes_the_check(carve):
    cell = carve.folder / "demo.yaml"
    carve("--uart", "com2", out=cell)
    done = run("config", "check", carve.system, cell)
    assert done.returncode == 0 and "0 errors, 0 warnings" in done.stdout, done.stdout + done.stderr


def test_communication_region_is_where_programs_look_for_it(carve):
    text = carve(ram="4M")
    assert "role: comm, virt: 0x100000}" in text
    found = re.findall(r"role: loadable, phys: (0x\w+), virt: (0x\w+), size: (\w+)", text)
    assert found == [("0x3a600000", "0x0", "1M"), ("0x3a701000", "0x101000", "3068K")]


def test_console_of_the_hypervisor_is_refused(carve):
    assert "com3 at 0x3e8 is not the root cell's" in carve("--uart", "com3", status=1)


def test_a_shared_line_is_left_out_and_a_line_of_its_own_is_given(carve):
    text = carve("--uart", "com2")
    assert "com4 has the same line" in text and "irqchips:" not in text
    text = carve("--uart", "com1")
    assert 'pins: "4"' in text, "the hypervisor's com3 does not use its interrupt"


def test_cells_beside_each_other_do_not_overlap(carve):
    first = carve.folder / "first.yaml"
    carve(name="first", cpus="2", ram="2M", out=first)
    assert "phys: 0x3a800000" in carve("--beside", first)
    assert "CPU 2" in carve("--beside", first, cpus="2", status=1)


def test_more_memory_than_there_is(carve):
    assert "RAM for cells" in carve(ram="1G", status=1)


@pytest.mark.parametrize("cpus, rule", [("0", "CPU 0"), ("7", "CPU 7"), ("3-2", "not a set"), ("x", "not a set")])
def test_cpus_that_cannot_be_had(carve, cpus, rule):
    assert rule in carve(cpus=cpus, status=1)


# --- PCI -------------------------------------------------------------------------------------------

def test_dma_without_iommu_is_refused_and_can_be_accepted(carve):
    assert "reaches all memory by DMA" in carve("--pci", "00:1f.2", status=1)
    text = carve("--pci", "00:1f.2", "--unsafe-dma")
    assert "can reach all memory of the machine" in text and 'name: "BAR 5 of 00:1f.2", role: mmio, phys: 0xfebff000, size: 4K' in text
    assert "- 0xc040-0xc05f" in text and "role: loadable, with: [dma]" in text


def test_device_that_is_not_roots(carve):
    assert "not the root cell's" in carve("--pci", "00:09.0", "--unsafe-dma", status=1)
    assert "not a PCI device" in carve("--pci", "nonsense", "--unsafe-dma", status=1)


def test_shared_page_is_refused(carve):
    carve.add_function("00:04.0", [(0xfe000000, 0x800)], msi=True)
    carve.add_function("00:05.0", [(0xfe000800, 0x800)], msi=True)
    carve.update()
    assert "device 00:04.0 shares a page of registers with 00:05.0" in carve("--pci", "00:04.0", "--unsafe-dma", status=1)


def test_shared_line_is_refused_unless_the_device_has_messages(carve):
    carve.add_function("00:04.0", [(0xfe000000, 0x1000)], irq=11)
    carve.add_function("00:05.0", [(0xfe001000, 0x1000)], irq=11)
    carve.update()
    assert "shares its interrupt line" in carve("--pci", "00:04.0", "--unsafe-dma", status=1)
    carve.add_function("00:04.0", [(0xfe000000, 0x1000)], irq=11, msi=True)
    carve.update()
    assert "msi: {vectors: 1, 64bit: true}" in carve("--pci", "00:04.0", "--unsafe-dma")
    carve.add_function("00:05.0", [(0xfe001000, 0x1000)], irq=20)
    carve.update()
    assert 'pins: "20"' in carve("--pci", "00:05.0", "--unsafe-dma")


def test_bridge_is_refused(carve):
    carve.add_function("00:04.0", [], header=1)
    carve.update()
    assert "this is a bridge" in carve("--pci", "00:04.0", "--unsafe-dma", status=1)


def test_a_linux_in_a_cell_is_for_arm(carve):
    assert "a Linux in a cell runs on ARM so far" in carve("--linux", status=1)


# --- ARM ---------------------------------------------------------------------------------------------

def test_devices_of_a_board_that_share_are_refused(tmp_path):
    """Needs the trees that test_create_arm.py unpacks; the Raspberry Pi's second UART has neighbours in its page, and its interrupt."""
    from test_create_arm import BOARDS, BUILD, create_from  # pylint: disable=import-outside-toplevel
    path = os.path.join(BUILD, "tests", "dtbs", "bcm2711-rpi-4-b.dtb")
    if not os.path.exists(path):
        pytest.skip("the kernel package for arm64 is not there")
    system = tmp_path / "system.yaml"
    system.write_text(create_from(path, BOARDS["rpi4"][2]))
    options = ["config", "create", "--dtb", path, "--cell", "demo", "--system", system, "--cpus", "2-3", "--ram", "4M"]
    done = run(*options, "--uart", "serial1", "-")
    assert done.returncode == 1 and "has the same page of registers as" in done.stderr, done.stdout + done.stderr
    done = run(*options, "-")
    assert done.returncode == 0 and "virt: 0x80000000" in done.stdout


def test_a_cell_for_linux_has_its_ram_where_the_machine_has_it(tmp_path):
    from test_create_arm import BOARDS, BUILD, create_from  # pylint: disable=import-outside-toplevel
    path = os.path.join(BUILD, "tests", "dtbs", "bcm2711-rpi-4-b.dtb")
    if not os.path.exists(path):
        pytest.skip("the kernel package for arm64 is not there")
    system, cell = tmp_path / "system.yaml", tmp_path / "demo.yaml"
    system.write_text(create_from(path, BOARDS["rpi4"][2]))
    done = run("config", "create", "--dtb", path, "--cell", "demo", "--system", system, "--cpus", "2-3", "--ram", "64M", "--linux", cell)
    assert done.returncode == 0, done.stderr
    loader, ram = re.findall(r"name: (?:loader|RAM), role: loadable, phys: 0x([0-9a-f]+), virt: 0x([0-9a-f]+)", cell.read_text())
    assert loader[1] == "0" and ram[0] == ram[1] and int(ram[0], 16) % 0x200000 == 0 and "passive_commreg" in cell.read_text()
    done = run("config", "check", system, cell)
    assert "0 errors" in done.stdout, done.stdout + done.stderr


def test_a_cell_for_linux_whose_ram_is_found_later_sees_it_where_ram_is(tmp_path):
    """No device is at such an address, and the page of the communication region is left out."""
    from test_create_arm import BOARDS, BUILD, create_from  # pylint: disable=import-outside-toplevel
    path = os.path.join(BUILD, "tests", "dtbs", "bcm2711-rpi-4-b.dtb")
    if not os.path.exists(path):
        pytest.skip("the kernel package for arm64 is not there")
    system, cell = tmp_path / "system.yaml", tmp_path / "demo.yaml"
    text = create_from(path, BOARDS["rpi4"][2])
    text = re.sub(r"(memory: \{phys:) 0x\w+", r"\1 anywhere", text)
    entry = re.search(r"  - \{name: RAM for cells, role: ram, phys: 0x\w+.*\n", text).group(0)
    # first of all: it has no address, from which one could be taken
    text = text.replace(entry, "").replace("\nmemory:\n", "\nmemory:\n" + re.sub(r"phys: 0x\w+", "phys: anywhere", entry))
    text = re.sub(r"(phys: )0x0, size: \w+", r"\g<1>0x40000000, size: 512M", text)
    system.write_text(text)
    done = run("config", "create", "--dtb", path, "--cell", "demo", "--system", system, "--cpus", "2-3", "--ram", "64M", "--linux", cell)
    assert done.returncode == 0, done.stderr
    (loader, _), (ram, size) = re.findall(r"name: (?:loader|RAM), role: loadable, phys: anywhere, virt: 0x([0-9a-f]+), size: (\w+)", cell.read_text())
    start = int(ram, 16)
    assert loader == "0" and size == "62M" and start == 0x40000000 and not start % 0x200000 and not start <= 0x80000000 < start + (62 << 20)
    done = run("config", "check", system, cell)
    assert "0 errors" in done.stdout, done.stdout + done.stderr
