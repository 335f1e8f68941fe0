# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""jailhouse config create on collected machines. tests/tools/machines/NAME.yaml is what the command makes of NAME."""
import os
import re
import shutil
import struct

import pytest

from test_hardware import MACHINES, QEMU_X86, Collected, drhd, run, table

REGION = re.compile(r"- \{name: (.*), role: (\w+), phys: (0x[0-9a-f]+), size: (\d+)([KMGT]?)\}")


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    return Collected(tmp_path / "machine")


def create(root, *options, status=0):
    """The text, and what was said."""
    done = run("config", "create", "--root", root, *options, "-")
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


def regions(text):
    """(name, role, start, end) of the memory, ends excluded."""
    found = []
    for name, role, start, size, unit in REGION.findall(text):
        start = int(start, 16)
        found.append((name.strip('"'), role, start, start + (int(size) << (" KMGT".index(unit) * 10 if unit else 0))))
    return found


def reaches(text, address):
    return any(start <= address < end for _, _, start, end in regions(text))


def without_source(text):
    return re.sub(r"from \S+", "from MACHINE", text, count=1)


# --- the emulated machine -------------------------------------------------------------------------

def test_golden_file():
    text, _ = create(QEMU_X86, "--console", "ttyS2")
    with open(os.path.join(MACHINES, "qemu-x86.yaml"), encoding="utf-8") as golden:
        assert without_source(text) == golden.read()


def test_rules_are_kept(tmp_path):
    (tmp_path / "system.yaml").write_text(create(QEMU_X86)[0])
    done = run("config", "check", tmp_path / "system.yaml")
    assert done.returncode == 0 and "0 errors, 0 warnings" in done.stdout, done.stdout + done.stderr


def test_regions_are_in_order_and_whole_pages():
    found = regions(create(QEMU_X86)[0])
    assert found and all(not start % 4096 and not end % 4096 for _, _, start, end in found)
    assert all(a[3] <= b[2] for a, b in zip(found, found[1:]))


def test_what_the_hypervisor_handles_is_left_out():
    text, _ = create(QEMU_X86)
    for address in (0xfee00000, 0xfec00000, 0xb0000000, 0xbfffffff, 0x3a000000, 0x3a5fffff):
        assert not reaches(text, address), hex(address)
    assert reaches(text, 0x3a600000) and reaches(text, 0x39ffffff) and reaches(text, 0xfed00000)


def test_console_is_one_that_linux_does_not_use():
    assert "console: {type: 8250, port: 0x2e8" in create(QEMU_X86)[0]
    text, _ = create(QEMU_X86, "--console", "ttyS2")
    assert "port: 0x3e8" in text and "- 0x3e8-0x3ef" not in text and "- 0x2e8-0x2ef" in text
    assert "console:" not in create(QEMU_X86, "--console", "none")[0]
    assert "there is no UART ttyS9" in create(QEMU_X86, "--console", "ttyS9", status=1)[1]


def test_machine_is_not_read_without_its_addresses(machine):
    iomem = re.sub(r"[0-9a-f]+-[0-9a-f]+ :", "00000000-00000000 :", machine.read("proc/iomem"))
    machine.write("proc/iomem", iomem)
    assert "root only" in create(machine.folder, status=1)[1]


# --- memory for hypervisor and cells ----------------------------------------------------------------

def test_blocks_that_can_go_offline_take_the_place_of_reserved_memory(machine):
    machine.write("proc/cmdline", "console=ttyS0\n")
    machine.write("proc/iomem", machine.read("proc/iomem").replace("3a000000-3f1fffff : Reserved", "3a000000-3f1fffff : System RAM"))
    text, said = create(machine.folder)
    assert "no reboot is needed" in said and "memmap=128M$0x30000000" in said
    assert "memory: {phys: anywhere, size: 6M}" in text and "# found by enable, such as memory block 6" in text
    assert "- {name: RAM for cells, role: ram, phys: anywhere, size: 122M}" in text
    assert [r for r in regions(text) if r[2] <= 0x30000000 < r[3]] == [("RAM, RAM of the firmware", "ram", 0x100000, 0x40000000)]


def test_a_block_that_is_offline_already_comes_first(machine):
    machine.write("proc/cmdline", "console=ttyS0\n")
    machine.write("sys/devices/system/memory/memory3/state", "offline\n")
    assert "such as memory block 3" in create(machine.folder)[0]
    machine.write("sys/devices/system/memory/memory3/state", "online\n")
    machine.write("sys/devices/system/memory/memory2/valid_zones", "Movable\n")
    assert "such as memory block 2" in create(machine.folder)[0]


def test_several_blocks_are_taken_if_one_is_too_small(machine):
    machine.write("proc/cmdline", "console=ttyS0\n")
    text, _ = create(machine.folder, "--mem-inmates", "200M")
    assert "such as memory blocks 5-6" in text and "phys: anywhere, size: 250M}" in text


def test_addresses_are_found_for_the_rules_and_for_cells(machine, tmp_path):
    """What is checked and shown is one way that it may turn out; what is written stays open."""
    machine.write("proc/cmdline", "console=ttyS0\n")
    machine.write("proc/iomem", machine.read("proc/iomem").replace("3a000000-3f1fffff : Reserved", "3a000000-3f1fffff : System RAM"))
    system, cell, other = tmp_path / "system.yaml", tmp_path / "demo.yaml", tmp_path / "other.yaml"
    system.write_text(create(machine.folder)[0])
    for path, cpu, ram, beside in (cell, "3", "2M", []), (other, "2", "64M", ["--beside", cell]):
        done = run("config", "create", "--root", machine.folder, "--cell", path.stem, "--system", system, "--cpus", cpu, "--ram", ram, *beside, path)
        assert done.returncode == 0, done.stderr
        assert path.read_text().count("phys: anywhere") == 2
    done = run("config", "check", "--root", machine.folder, system, cell, other)
    assert done.returncode == 0 and "0 errors, 0 warnings" in done.stdout, done.stdout + done.stderr
    shown = run("config", "show", system, cell, other).stdout
    assert re.search(r"H 0x\w+-0x\w+ +6M hypervisor", shown) and re.search(r"1M demo +# RAM", shown), shown
    done = run("config", "create", "--root", machine.folder, "--cell", "third", "--system", system, "--cpus", "2", "--ram", "60M", "--beside", other, "-")
    assert done.returncode == 1 and "no 60412 KiB together are free in the system's RAM for cells" in done.stderr


def test_there_and_back_with_addresses_to_be_found(machine, tmp_path):
    machine.write("proc/cmdline", "console=ttyS0\n")
    (tmp_path / "a.yaml").write_text(create(machine.folder)[0].replace("anywhere, size: 6M", "anywhere, align: 32M, size: 6M"))
    for way in (["compile", "a.yaml", "-o", "a.cell"], ["decompile", "a.cell", "-o", "b.yaml"], ["compile", "b.yaml", "-o", "b.cell"]):
        done = run("config", way[0], tmp_path / way[1], way[2], tmp_path / way[3])
        assert done.returncode == 0, done.stderr
    text = (tmp_path / "b.yaml").read_text()
    assert text.count("anywhere") == 2 and "align: 32M" in text and "extension" not in text
    assert (tmp_path / "a.cell").read_bytes() == (tmp_path / "b.cell").read_bytes()


@pytest.mark.parametrize("change,words", [
    (("size: 6M", "size: 6000"), "whole pages"), (("role: ram, phys: anywhere", "role: mmio, phys: anywhere"), '"anywhere" is for RAM'),
    (("anywhere, size: 122M", "anywhere, virt: 0, size: 122M"), "Remove virt"), (("anywhere, size: 6M", "0x0, align: 2M, size: 6M"), "anywhere"),
    (("anywhere, size: 6M", "anywhere, align: 3M, size: 6M"), "power of two"), (("size: 122M", "size: 4G"), "no RAM with room"),
])
def test_what_cannot_be_anywhere(machine, tmp_path, change, words):
    machine.write("proc/cmdline", "console=ttyS0\n")
    text = create(machine.folder)[0]
    assert change[0] in text
    (tmp_path / "a.yaml").write_text(text.replace(*change))
    done = run("config", "compile", tmp_path / "a.yaml")
    assert done.returncode == 1 and words in done.stderr, done.stderr


def test_a_machine_that_cannot_place_it_is_told(machine, tmp_path):
    machine.write("proc/cmdline", "console=ttyS0\n")
    (tmp_path / "a.yaml").write_text(create(machine.folder)[0])
    for n in range(0, 8, 1):
        if (machine.folder / f"sys/devices/system/memory/memory{n}").exists():
            machine.write(f"sys/devices/system/memory/memory{n}/removable", "0\n")
    check = ("config", "check", "--root", machine.folder, tmp_path / "a.yaml")
    assert "MEMORY_UNPLACEABLE" in run(*check).stderr
    machine.write("proc/cmdline", "console=ttyS0 memmap=128M$0x20000000\n")
    assert "MEMORY_UNPLACEABLE" not in run(*check).stderr


def test_without_blocks_a_place_is_proposed_with_the_parameter_that_reserves_it(machine):
    machine.write("proc/cmdline", "console=ttyS0\n")
    shutil.rmtree(machine.folder / "sys/devices/system/memory")
    text, said = create(machine.folder)
    place = re.search(r"memmap=82M\$(0x[0-9a-f]+)", said).group(1)
    assert f"memory: {{phys: {place}, size: 6M}}" in text


def test_reserved_memory_that_is_too_small_is_refused(machine):
    machine.write("proc/cmdline", "memmap=4M$0x3a000000\n")
    assert "Reserve more" in create(machine.folder, status=1)[1]


# --- devices ----------------------------------------------------------------------------------------

def msix_function(machine, offset=0, name="0000:00:04.0"):
    """A device with a BAR of 16K at 0xfe000000 and MSI-X."""
    config = bytearray(256)
    struct.pack_into("<HHHH", config, 0, 0x8086, 0x10d3, 0, 0x10)
    config[0xb] = 2
    config[0x34] = 0xa0
    struct.pack_into("<BBHII", config, 0xa0, 0x11, 0, 4, offset, 0x2000)
    machine.write(f"sys/bus/pci/devices/{name}/config", bytes(config))
    machine.write(f"sys/bus/pci/devices/{name}/resource", "0x00000000fe000000 0x00000000fe003fff 0x0000000000040200\n")
    machine.write(f"sys/bus/pci/devices/{name}/irq", "0\n")


def test_msix_table_is_taken_out_of_memory(machine):
    msix_function(machine)
    text, _ = create(machine.folder)
    assert "msix: {vectors: 5, table: 0xfe000000}" in text
    assert not reaches(text, 0xfe000000) and reaches(text, 0xfe001000) and reaches(text, 0xfdffffff)


def test_msix_table_amid_a_page_is_not_used(machine):
    msix_function(machine, offset=0x800)
    text, said = create(machine.folder)
    assert "msix:" not in text and "00:04.0 is not at the start of a page" in said


def test_capabilities_that_run_in_a_circle_end(machine):
    msix_function(machine)
    config = bytearray((machine.folder / "sys/bus/pci/devices/0000:00:04.0/config").read_bytes())
    config[0xa1] = 0xa0
    machine.write("sys/bus/pci/devices/0000:00:04.0/config", bytes(config))
    assert create(machine.folder)[0].count("id: msix") == 1


def test_iommus_are_listed_if_linux_leaves_them_alone(machine):
    units = drhd(0xfed90000, scopes=struct.pack("<BBHBBBB", 1, 8, 0, 0, 0, 0x1f, 2)) + drhd(0xfed91000, flags=1)
    machine.write("sys/firmware/acpi/tables/DMAR", table(b"DMAR", bytes([38, 0]) + bytes(10) + units))
    text, _ = create(machine.folder)
    assert "- {name: unit 1, type: intel, base: 0xfed91000, size: 4K" in text
    assert re.search(r'bdf: "00:1f.2"\n    iommu: 0\n', text) and re.search(r'bdf: "00:1f.3"\n    iommu: 1\n', text)
    interrupts = (machine.folder / "proc/interrupts").read_text()
    machine.write("proc/interrupts", interrupts.replace(" IO-APIC", " IR-IO-APIC"))
    text, said = create(machine.folder)
    assert "iommus:" not in text and "intremap=off" in said
    machine.write("proc/interrupts", interrupts)
    machine.write("sys/class/iommu/dmar0/intel-iommu/cap", "0\n")
    text, said = create(machine.folder)
    assert "iommus:" not in text and "intel_iommu=off" in said


def test_an_iommu_that_linux_drives_stays_roots(machine):
    """Its registers have a line of their own in /proc/iomem."""
    machine.write("sys/firmware/acpi/tables/DMAR", table(b"DMAR", bytes([38, 0]) + bytes(10) + drhd(0xfec90000, flags=1)))
    machine.write("sys/class/iommu/dmar0/intel-iommu/cap", "0\n")
    iomem = (machine.folder / "proc/iomem").read_text().splitlines(True)
    place = next(n for n, line in enumerate(iomem) if line[0] != " " and int(line.split("-")[0], 16) > 0xfec90000)
    machine.write("proc/iomem", "".join(iomem[:place] + ["fec90000-fec90fff : dmar0\n"] + iomem[place:]))
    text, _ = create(machine.folder)
    assert re.search(r"0xfec90000, size: 4K", text), text


@pytest.mark.parametrize("name", ["APIC", "MCFG", "FACP"])
def test_damaged_tables_are_told_and_do_no_harm(machine, name):
    path = f"sys/firmware/acpi/tables/{name}"
    content = (machine.folder / path).read_bytes()
    for damaged in (b"", content[:20], content[:45], b"XXXX" + content[4:], content[:4] + b"\xff\xff\xff\xff" + content[8:]):
        machine.write(path, damaged)
        create(machine.folder)


# --- what is written is understood ----------------------------------------------------------------

def compiles(folder, text):
    (folder / "system.yaml").write_text(text)
    done = run("config", "compile", folder / "system.yaml", "-o", folder / "system.cell")
    return done.returncode == 0 or done.stdout + done.stderr


@pytest.mark.parametrize("name", ["a: b", "-x", "{", "?", "vexpress-a15", "say \"hi\""])
def test_whatever_the_name_the_text_compiles(machine, tmp_path, name):
    assert compiles(tmp_path, create(machine.folder, "--name", name)[0]) is True


def test_a_machine_whose_interrupt_controllers_are_not_told_of(machine, tmp_path):
    (machine.folder / "sys/firmware/acpi/tables/APIC").unlink()
    text, said = create(machine.folder)
    assert "table APIC could not be read" in said and "irqchips" not in text
    assert compiles(tmp_path, text) is True


def test_a_msix_table_that_is_left_out_has_not_changed(machine, tmp_path):
    msix_function(machine, offset=0x800)
    (tmp_path / "system.yaml").write_text(create(machine.folder)[0])
    done = run("config", "check", "--json", "--root", machine.folder, tmp_path / "system.yaml")
    assert done.returncode == 0 and "PCI_CHANGED" not in done.stdout, done.stdout
