# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell: nothing is edited by hand."""
import pytest

import machine
from jailhouse import TIME, Jailhouse, kernel_trouble, way_to_a_cell

CREATE_SYSTEM = way_to_a_cell(machine.Machine, "demo", "apic-demo")[1]


def go_the_way(hypervisor):
    """Five commands."""
    mark = hypervisor.box.cell.mark()
    for command in way_to_a_cell(hypervisor.box, "demo", "apic-demo"):
        hypervisor.box.check(command, timeout=TIME)
    hypervisor.box.cell.wait(r"Timer fired", mark)


def test_five_commands_lead_to_a_running_cell(jh):
    kernel_trouble(jh.box)
    mark = jh.box.hv.mark()
    go_the_way(jh)
    jh.audit()
    jh.box.check("jailhouse config check --live /tmp/machine.yaml /tmp/demo.yaml && jailhouse verify", timeout=60)
    jh.destroy_at_last("demo")  # the demo denies it once
    jh.disable()
    assert "forbidden" not in jh.box.hv.since(mark), jh.box.hv.since(mark)
    assert not kernel_trouble(jh.box)


def test_collected_archive_gives_the_same_configuration(jh):
    jh.box.check("jailhouse config collect -o /tmp/machine.tar && jailhouse config create --root /tmp/machine.tar --console ttyS2 /tmp/of-archive.yaml", timeout=60)
    jh.box.check(CREATE_SYSTEM, timeout=60)
    jh.box.check("grep -v '^# System' /tmp/of-archive.yaml >/tmp/a; grep -v '^# System' /tmp/machine.yaml >/tmp/b; cmp /tmp/a /tmp/b")


@pytest.mark.own_machine
def test_without_reserved_memory_blocks_are_taken_offline_and_given_back():
    with machine.Machine(machine.kernels()[-1], memmap="") as box:
        jh = Jailhouse(box)
        jh.insert()
        free = "cat /sys/devices/system/memory/memory*/state | grep -c online"
        before = box.check(free)
        box.check(CREATE_SYSTEM, timeout=60)
        assert box.check(free) == before, "a block that was tried has not come back"
        go_the_way(jh)
        assert int(box.check(free)) == int(before) - 1
        jh.destroy_at_last("demo")
        jh.disable()
        assert box.check(free) == before
        assert not kernel_trouble(box)
