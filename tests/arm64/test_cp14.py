# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""ARMv7: what CP14 has of a CPU, debug and ThumbEE, is nobody's when the CPU changes its owner (tests/inmates/arm/cp14)."""
import pytest

from jailhouse import kernel_trouble, work_on_every_cpu


@pytest.mark.on("a15", "a7")
def test_a_cell_finds_clean_coprocessor_registers_and_cannot_lock_them(on):
    """What Linux has left on its CPU is looked at, then what the cell itself has."""
    for _ in range(2):
        cell, mark = on.run_cell("gic-demo", "cp14")
        end = on.box.cell.wait(r"cp14: 5 registers looked at, (\d+) are not clean, lock (\w+)", mark)
        assert end.groups() == ("0", "0"), on.box.cell.since(mark)
        on.wait_state(cell, "shut down")
        on.destroy(cell)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert not kernel_trouble(on.box)
