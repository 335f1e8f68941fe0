# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Machines of their own: other CPU models and kernel parameters, and an end of Linux that takes time."""
import pytest

from jailhouse import TIME, Jailhouse, kernel_trouble, work_on_every_cpu
from machine import CPU, Machine, kernels
from test_blobs import u64

pytestmark = pytest.mark.own_machine


def whole_story(box):
    """Enable, a cell that runs, disable."""
    jh = Jailhouse(box)
    jh.insert()
    jh.enable()
    cell, mark = jh.run_cell("apic-demo", "apic-demo")
    box.cell.wait("Timer fired", mark)
    assert jh.cpus() == 3
    jh.destroy_at_last(cell)
    jh.disable()
    assert work_on_every_cpu(box) == {0, 1, 2, 3}
    assert not kernel_trouble(box)


@pytest.mark.parametrize("line", kernels())
def test_five_level_paging_and_page_table_isolation(line):
    with Machine(line, cpu="max", append="pti=on", name=f"la57-pti-{line}") as box:
        assert "la57" in box.check("grep -m1 flags /proc/cpuinfo")
        box.check("grep -qi 'page tables isolation: enabled' /root/boot.log")
        whole_story(box)


@pytest.mark.parametrize("line", kernels()[-1:])
def test_memory_that_is_not_reserved_is_refused(line):
    with Machine(line, memmap="", name=f"no-memmap-{line}") as box:
        jh = Jailhouse(box)
        jh.insert()
        assert "memmap=" in box.refused("jailhouse enable /cells/qemu-x86.cell")
        assert "survives only in memory that is reserved at boot" in box.refused("jailhouse console --last /cells/qemu-x86.cell")
        assert not jh.enabled()
        assert work_on_every_cpu(box) == {0, 1, 2, 3} and not kernel_trouble(box)


@pytest.mark.parametrize("cpu,sentence", [("EPYC,-svm,-npt", "virtualization"), ("EPYC,+svm,-npt", "nested paging")], ids=["svm", "npt"])
def test_a_cpu_without_what_is_needed_is_refused(cpu, sentence):
    with Machine(cpu=cpu, name="no-svm") as box:
        jh = Jailhouse(box)
        jh.insert()
        assert sentence in box.refused("jailhouse enable /cells/qemu-x86.cell")
        assert not jh.enabled() and work_on_every_cpu(box) == {0, 1, 2, 3}


IOMMU = ["-device", "intel-iommu,intremap=on"]


def test_linux_that_remaps_interrupts_is_refused():
    """rule IRQ_REMAPPED: as every machine with VT-d does by itself."""
    with Machine(name="intremap", extra=IOMMU) as box:
        box.check("grep -q ' IR-IO-APIC' /proc/interrupts")
        jh = Jailhouse(box)
        jh.insert()
        assert "Start the kernel with intremap=off" in box.refused("jailhouse enable /cells/qemu-x86.cell")
        assert "intremap=off" in box.refused("jailhouse hardware check")
        assert not jh.enabled() and work_on_every_cpu(box) == {0, 1, 2, 3} and not kernel_trouble(box)


def test_the_way_out_of_remapped_interrupts_is_one():
    with Machine(name="no-intremap", extra=IOMMU, append="intremap=off intel_iommu=off") as box:
        box.check("! grep -q ' IR-' /proc/interrupts")
        whole_story(box)


def test_reboot_does_not_wait_for_a_cell_that_may_take_an_hour_to_answer():
    """Nor for the tool that waits for it and holds the driver."""
    with Machine(cpu=CPU, name="hurry") as box:
        jh = Jailhouse(box)
        jh.insert()
        jh.enable()
        box.check(f"blobctl create /cells/apic-demo.cell {u64(92, 3600_000_000)}", timeout=TIME)
        jh.load("apic-demo", "answers", more='-s "how=silent seconds=1000" -a 0x1000')
        mark = box.cell.mark()
        jh.start("apic-demo")
        box.cell.wait("answers: silent", mark)
        box.check("(jailhouse cell shutdown apic-demo >/dev/null 2>&1 &); sleep 1")
        mark = box.hv.mark()
        box.type("reboot -f\n")
        box.wait_for_end(120)
        assert "leaves in a crash" in box.hv.since(mark), "the cell was stopped, not asked any longer"
