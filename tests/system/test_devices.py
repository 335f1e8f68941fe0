# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A machine with two more PCI devices, which a cell gets and gives back."""
import json

import pytest

from jailhouse import Jailhouse, kernel_trouble
from machine import Machine
from test_inmates import passes

DEVICES = ("-device", "e1000e,addr=2", "-device", "edu,addr=3")
pytestmark = pytest.mark.own_machine


def ids(box, slot):
    return box.check(f"cd /sys/bus/pci/devices/0000:00:{slot:02x}.0 && cat vendor device").split()


def is_called_unisolated_once(box, name):
    warnings = [line for line in box.check("jailhouse console").splitlines() if "no IOMMU is active" in line]
    assert len(warnings) == 1 and f'"{name}"' in warnings[0] and "all memory" in warnings[0], warnings
    cells = {cell["name"]: cell for cell in json.loads(box.check("jailhouse cell list --json"))["cells"]}
    assert cells[name]["dma"] == "not isolated", cells


def test_a_cell_uses_its_pci_devices_and_their_interrupts():
    with Machine(extra=DEVICES, name="devices") as box:
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


def test_roots_network_card_keeps_its_msix_interrupts():
    with Machine(extra=DEVICES, name="msix") as box:
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
