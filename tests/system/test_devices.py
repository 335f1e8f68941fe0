# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A machine with two more PCI devices, which a cell gets and gives back."""
import pytest

from jailhouse import Jailhouse, kernel_trouble
from machine import Machine
from test_inmates import passes

DEVICES = ("-device", "e1000e,addr=2", "-device", "edu,addr=3")
pytestmark = pytest.mark.own_machine


def ids(box, slot):
    return box.check(f"cd /sys/bus/pci/devices/0000:00:{slot:02x}.0 && cat vendor device").split()


def test_a_cell_uses_its_pci_devices_and_their_interrupts():
    with Machine(extra=DEVICES, name="devices") as box:
        jh = Jailhouse(box)
        jh.insert()
        jh.enable("/cells/qemu-x86-devices.cell")
        passes(jh, "test-devices", "pci")
        jh.destroy("test-devices")
        assert ids(box, 3) == ["0x1234", "0x11e8"], "edu is Linux's again"
        assert jh.cpus() == 4
        passes(jh, "test-devices", "pci")
        jh.destroy("test-devices")
        jh.disable()
        assert ids(box, 2)[0] == "0x8086" and not kernel_trouble(box)
