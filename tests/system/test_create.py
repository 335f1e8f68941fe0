# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell: nothing is edited by hand."""
import pytest

import machine
from jailhouse import Jailhouse, kernel_trouble

# APIC timer demo on the first UART
APIC_DEMO = "apic-demo"


def create_system(hypervisor):
    hypervisor.box.check("jailhouse config create --console ttyS2 /tmp/system.yaml", timeout=60)
    hypervisor.box.check("jailhouse config check /tmp/system.yaml")


def run_generated_cell(hypervisor):
    """Carves a cell, runs the demo in it; returns the cell's name."""
    box = hypervisor.box
    box.check("jailhouse config create --cell demo --system /tmp/system.yaml --cpus 3 --ram 2M --uart com2 /tmp/demo.yaml")
    box.check("jailhouse cell create /tmp/demo.yaml", timeout=90)
    mark = box.cell.mark()
    hypervisor.load("demo", APIC_DEMO)
    hypervisor.start("demo")
    box.cell.wait(r"Timer fired", mark)
    return "demo"


def test_hardware_check_passes(jh):
    assert "Check passed" in jh.box.check("jailhouse hardware check", timeout=60)


def test_created_configurations_run_a_cell(jh):
    create_system(jh)
    kernel_trouble(jh.box)
    mark = jh.box.hv.mark()
    jh.enable("/tmp/system.yaml")
    cell = run_generated_cell(jh)
    jh.box.check("jailhouse verify", timeout=60)
    jh.destroy_at_last(cell)  # the demo denies it once
    jh.disable()
    assert "forbidden" not in jh.box.hv.since(mark), jh.box.hv.since(mark)
    assert not kernel_trouble(jh.box)


def test_collected_archive_gives_the_same_configuration(jh):
    jh.box.check("jailhouse config collect -o /tmp/machine.tar && jailhouse config create --root /tmp/machine.tar --console ttyS2 /tmp/of-archive.yaml", timeout=60)
    create_system(jh)
    jh.box.check("grep -v '^# System' /tmp/of-archive.yaml >/tmp/a; grep -v '^# System' /tmp/system.yaml >/tmp/b; cmp /tmp/a /tmp/b")


@pytest.mark.own_machine
def test_without_reserved_memory_blocks_are_taken_offline_and_given_back():
    with machine.Machine(machine.kernels()[-1], memmap="") as box:
        jh = Jailhouse(box)
        jh.insert()
        free = "cat /sys/devices/system/memory/memory*/state | grep -c online"
        before = box.check(free)
        create_system(jh)
        assert box.check(free) == before, "a block that was tried has not come back"
        box.check("jailhouse enable /tmp/system.yaml", timeout=90)
        assert int(box.check(free)) == int(before) - 1
        jh.destroy_at_last(run_generated_cell(jh))
        jh.disable()
        assert box.check(free) == before
        assert not kernel_trouble(box)
