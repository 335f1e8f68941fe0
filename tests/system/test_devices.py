# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A machine with two more PCI devices, which a cell gets and gives back."""
import json
import mmap

import pytest

from jailhouse import ROOT_CONFIG, TIME, Jailhouse, kernel_trouble
from machine import Machine
from test_inmates import passes

DEVICES = ("-device", "e1000e,addr=2", "-device", "edu,addr=3")
# struct jailhouse_console in struct jailhouse_system (tests/abi): address, size, type and flags
DEBUG_CONSOLE = 44
TYPE_8250, MMIO_ACCESS, REGDIST_4 = 2, 1, 2
READY = 0x60  # line status: transmitter empty
REGISTERS = {"character": 0, "interrupts": 1, "fifo": 2, "line": 3, "modem": 4}
pytestmark = pytest.mark.own_machine


@pytest.fixture(scope="module")
def machine_with_devices():
    with Machine(extra=DEVICES, name="devices") as box:
        yield box


def ids(box, slot):
    return box.check(f"cd /sys/bus/pci/devices/0000:00:{slot:02x}.0 && cat vendor device").split()


def is_called_unisolated_once(box, name):
    warnings = [line for line in box.check("jailhouse console").splitlines() if "no IOMMU is active" in line]
    assert len(warnings) == 1 and f'"{name}"' in warnings[0] and "all memory" in warnings[0], warnings
    cells = {cell["name"]: cell for cell in json.loads(box.check("jailhouse cell list --json"))["cells"]}
    assert cells[name]["dma"] == "not isolated", cells


def test_a_cell_uses_its_pci_devices_and_their_interrupts(machine_with_devices):
    box = machine_with_devices
    jh = Jailhouse(box)
    jh.insert()
    jh.enable("/cells/qemu-x86-devices.cell")
    passes(jh, "test-devices", "pci")
    is_called_unisolated_once(box, "test-devices")
    jh.destroy("test-devices")
    assert ids(box, 3) == ["0x1234", "0x11e8"], "edu is Linux's again"
    assert jh.cpus() == 4
    passes(jh, "test-devices", "pci")
    jh.destroy("test-devices")
    jh.disable()
    assert ids(box, 2)[0] == "0x8086" and not kernel_trouble(box)


def interrupts(box, name):
    """How often each interrupt of a device has arrived, all CPUs together."""
    rows = [line.split() for line in box.check(f"grep '{name}' /proc/interrupts").splitlines()]
    return {row[-1]: sum(int(word) for word in row[1:] if word.isdigit()) for row in rows}


def test_roots_network_card_keeps_its_msix_interrupts(machine_with_devices):
    box = machine_with_devices
    jh = Jailhouse(box)
    box.check("lsmod | grep -q e1000e || insmod /root/e1000e.ko || modprobe e1000e; ip link set eth0 up; sleep 2")
    jh.insert()
    jh.enable("/cells/qemu-x86-devices.cell")
    before = interrupts(box, "eth0")
    assert len(before) > 1, f"not MSI-X: {before}"
    box.check("ip link set eth0 down; ip link set eth0 up; sleep 3; ip addr add 10.0.0.1/24 dev eth0")
    box.run("ping -c 1 -W 1 10.0.0.2")
    after = interrupts(box, "eth0")
    assert sum(after.values()) > sum(before.values()), (before, after)
    box.check("for i in /proc/irq/*/eth0-rx-0; do echo 2 >${i%/*}/smp_affinity; done")
    # its CPU goes away: Linux moves the interrupts, and nothing of that is denied
    box.check("echo 0 >/sys/devices/system/cpu/cpu1/online; echo 1 >/sys/devices/system/cpu/cpu1/online", timeout=90)
    assert "denied" not in box.check("jailhouse console")
    jh.disable()
    assert not kernel_trouble(box)


def u32_at(offset, value):
    return f"{offset}={value.to_bytes(4, 'little').hex()}"


def enable_with_console_at(box, base, distance):
    console = base.to_bytes(8, "little").hex()
    flags = MMIO_ACCESS | (REGDIST_4 if distance == 4 else 0)
    box.check(f"blobctl enable {ROOT_CONFIG} {DEBUG_CONSOLE}={console} {u32_at(DEBUG_CONSOLE + 8, 0x1000)} "
              f"{u32_at(DEBUG_CONSOLE + 12, TYPE_8250 | flags << 16)}", timeout=TIME)


def is_programmed_and_used(page, distance):
    written = {name: page[number * distance] for name, number in REGISTERS.items()}
    assert written == {"character": ord("\n"), "interrupts": 0, "fifo": 7, "line": 3, "modem": 3}


def test_the_debug_console_can_lie_in_memory(tmp_path):
    """
    The emulated machine has no UART with registers in memory: shared memory plays one, whose registers keep what was written last.
    A transmitter that is never ready again loses lines, but stops nobody.
    """
    backing = tmp_path / "registers"
    backing.write_bytes(bytes(0x100000))
    extra = ("-object", f"memory-backend-file,id=uart,share=on,size=1M,mem-path={backing}",
             "-device", "ivshmem-plain,memdev=uart,addr=4")
    with Machine(extra=extra, name="mmio-console") as box, open(backing, "r+b") as registers:
        page = mmap.mmap(registers.fileno(), 4096)
        base = int(box.check("sed -n 3p /sys/bus/pci/devices/0000:00:04.0/resource").split()[0], 16)
        jh = Jailhouse(box)
        jh.insert()
        for distance in (1, 4):
            page[:] = bytes(4096)
            page[5 * distance] = READY
            enable_with_console_at(box, base, distance)
            assert jh.enabled()
            is_programmed_and_used(page, distance)
            page[5 * distance] = page[0] = 0
            cell, mark = jh.run_cell("apic-demo", "tiny-demo")
            box.cell.wait("Hello", mark)
            jh.destroy(cell)
            assert page[0] == 0, "a transmitter that is busy gets no character"
            page[5 * distance] = READY
            jh.disable()
            assert page[0] == ord("\n") and not kernel_trouble(box)
        assert not box.hv.since(), "nothing on the port of the usual console"
