# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
No exit changes a register that is not its result: in a cell (tests/inmates/arm64/pattern), and of root Linux's programs. And no owner of a CPU
finds in a register what another has left there (tests/inmates/arm64/residue).
"""
import re

import pytest

from jailhouse import kernel_trouble, work_on_every_cpu

KINDS = ["hypercall", "PSCI", "GICD", "MMIO", "SGI", "timer"]
ROUNDS = 100000
LOOKS = re.compile(r"registers: \d+ looks on (\d+) CPUs, kept")


@pytest.mark.on("gicv3", "gicv2")
def test_exits_of_every_kind_keep_the_registers_of_a_cell(on):
    _, mark = on.run_cell("gic-demo", "pattern", more=f"-s rounds={ROUNDS} -a 0x1000")
    end = on.box.cell.wait(r"pattern: (\d+) kinds kept everything, (\d+) did not", mark, timeout=180)
    said = on.box.cell.since(mark)
    assert end.group(2) == "0", said
    assert re.findall(r"pattern: (\w+): (\d+) exits, \d+ ms", said) == [(kind, str(ROUNDS)) for kind in KINDS]
    on.wait_state("gic-demo", "shut down")


@pytest.mark.on("gicv3", "gicv2")
def test_interrupts_keep_the_registers_of_roots_programs(on):
    root = next(name for name, ident in on.cells().items() if ident == 0)
    before = on.statistic(root)
    # each round sends an interrupt, an exit, which is one more for each CPU that it comes to
    said = on.box.check(f"registers {ROUNDS // on.box.smp}", timeout=120)
    looks = LOOKS.search(said)
    assert looks and int(looks.group(1)) == on.box.smp - 1, said
    assert on.statistic(root) - before >= ROUNDS
    assert not kernel_trouble(on.box)


@pytest.mark.on("gicv3", "many", "zcu102")
def test_a_cell_finds_nothing_that_another_owner_of_its_cpu_left(on):
    """Root's program fills vector registers on each CPU; each life of the cell fills all that it has looked at."""
    on.box.check("registers 100", timeout=60)
    for _ in range(2):
        cell, mark = on.run_cell("gic-demo", "residue")
        end = on.box.cell.wait(r"residue: (\d+) registers looked at, (\d+) are not clean", mark)
        assert int(end.group(1)) > 100 and end.group(2) == "0", on.box.cell.since(mark)
        on.wait_state(cell, "shut down")
        on.destroy(cell)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert not kernel_trouble(on.box)
