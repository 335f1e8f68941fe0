# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A program in AArch32 state (tests/inmates/arm64/aarch32): console, interrupts, firmware, and a forbidden access, which ends it alone."""
import pytest

from jailhouse import kernel_trouble, work_on_every_cpu

CELL = "aarch32"
SAID = ("started in mode 13, MMU off, PSCI 10001", "timer interrupt", "interrupt 3 of itself")


@pytest.mark.on("gicv3", "gicv2", "zcu102")
def test_program_in_aarch32_state_runs_and_is_interrupted(on):
    _, mark = on.run_cell(CELL, CELL)
    for words in (*SAID, "end"):
        on.box.cell.wait(f"aarch32: {words}", mark)
    on.wait_state(CELL, "shut down")


@pytest.mark.on("gicv3", "gicv2", "zcu102")
def test_forbidden_access_in_aarch32_state_ends_that_cell_alone(on):
    other, mark = on.run_cell("uart-demo", "uart-demo")
    on.box.cell.wait("Hello 1 from cell", mark)
    on.create(CELL)
    on.load(CELL, CELL, more="-s forbidden -a 0x1000")
    mark = on.box.cell.mark()
    on.start(CELL)
    on.box.cell.wait(r'"aarch32", CPU 3: forbidden memory read at 0x48000000, 4 bytes, rip 0x\w+: CPU stopped', mark)
    on.wait_state(CELL, "failed")
    assert "aarch32: end" not in on.box.cell.since(mark)
    on.box.cell.wait("Hello .* from cell", on.box.cell.mark())
    assert on.state(other) == "running"
    assert work_on_every_cpu(on.box) == set(range(on.box.smp)) - {2, 3}
    assert not kernel_trouble(on.box)


@pytest.mark.on("many")
def test_cell_in_aarch32_state_is_refused_where_no_cpu_has_that(on):
    """rule AARCH32_MISSING"""
    said = on.box.refused(f"jailhouse cell create {on.box.cell_file(CELL)}")
    assert "AArch32" in said, said
    assert len(on.cells()) == 1
