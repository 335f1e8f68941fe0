# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""VMX, on the emulated machine with an Intel CPU: one boot for the whole life of the hypervisor there.

Not one of "make test": the backend has the fault that docs/VMX.md describes. By hand: pytest tests/system/intel_story.py
"""
import pytest

from bochs import BochsMachine
from jailhouse import Jailhouse, cpu_list, kernel_trouble, work_on_every_cpu

pytestmark = pytest.mark.own_machine


def refused_unless_asked_for(jh, box):
    box.check("insmod /root/jailhouse.ko")
    said, status = box.run(f"jailhouse enable {box.SYSTEM}")
    assert status and "rule 1029 " in said
    jh.remove()


def cell_gets_its_cpu_and_runs(jh, box):
    cell, mark = jh.run_cell("apic-demo", "apic-demo")
    assert jh.cpus() == 4 - len(cpu_list(jh.attribute(cell, "cpus_assigned_list")))
    box.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)
    jh.destroy_at_last(cell)
    assert jh.cpus() == 4


def siblings_in_a_cell_see_each_other(jh, box):
    cell, mark = jh.run_cell("smp-demo", "smp-demo")
    box.cell.wait(r"SMP demo done, 1 of 1 secondary", mark)
    jh.destroy_at_last(cell)


def test_the_life_of_the_hypervisor_on_an_intel_cpu():
    with BochsMachine(name="intel") as box:
        jh = Jailhouse(box)
        refused_unless_asked_for(jh, box)
        jh.insert()
        jh.enable()
        assert work_on_every_cpu(box) == {0, 1, 2, 3}
        cell_gets_its_cpu_and_runs(jh, box)
        siblings_in_a_cell_see_each_other(jh, box)
        jh.disable()
        assert work_on_every_cpu(box) == {0, 1, 2, 3}
        jh.enable()
        jh.disable()
        assert not kernel_trouble(box)
