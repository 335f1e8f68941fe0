# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
No exit changes a register that is not its result: in a cell (tests/inmates/arm-common/pattern), and of root Linux's programs. And no owner of a
CPU finds in a register what another has left there (tests/inmates/arm-common/residue).
"""
import re

import pytest

import machines
from gdb import Stub
from jailhouse import kernel_trouble, work_on_every_cpu

KINDS = ["hypercall", "PSCI", "GICD", "timer", "MMIO", *(["CP15"] if machines.ARMV7 else []), "SGI"]
ROUNDS = 100000
ROUNDS_OF_ROOT = 1500 if machines.ARMV7 else ROUNDS  # each CPU is a thread of the host there, and three are busy: an interrupt to all takes long
LOOKS = re.compile(r"registers: \d+ looks on (\d+) CPUs, kept")


@pytest.mark.on("gicv3", "gicv2", "zcu102", "a15", "a7")
def test_exits_of_every_kind_keep_the_registers_of_a_cell(on):
    _, mark = on.run_cell("gic-demo", "pattern", more=f"-s rounds={ROUNDS} -a 0x1000")
    end = on.box.cell.wait(r"pattern: (\d+) kinds kept everything, (\d+) did not", mark, timeout=180)
    said = on.box.cell.since(mark)
    assert end.group(2) == "0", said
    assert re.findall(r"pattern: (\w+): (\d+) exits, \d+ ms", said) == [(kind, str(ROUNDS)) for kind in KINDS]
    on.wait_state("gic-demo", "shut down")


@pytest.mark.on("gicv3", "gicv2", "a15")
def test_interrupts_keep_the_registers_of_roots_programs(on):
    root = next(name for name, ident in on.cells().items() if ident == 0)
    before = on.statistic(root)
    # each round sends an interrupt, an exit, which is one more for each CPU that it comes to
    said = on.box.check(f"registers {ROUNDS_OF_ROOT // on.box.smp}", timeout=120)
    looks = LOOKS.search(said)
    assert looks and int(looks.group(1)) == on.box.smp - 1, said
    assert on.statistic(root) - before >= ROUNDS_OF_ROOT
    assert not kernel_trouble(on.box)


@pytest.mark.on("gicv3", "many", "zcu102", "a15", "a7")
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


# What Linux itself changes all the time (TTBCR: 6.12 with PAN), a fault or an exit leaves behind, or time does; and of HYP mode what has no effect while its MMU is off
MOVING = re.compile(r"TPIDR|CONTEXTIDR|^TTB|FAR|FSR|ESR|PAR|CNT[PV]_C|PMCCNTR|DUMMY|HTTBR|(MAIR|TCR)_EL2")
PATTERN = 0xa5a5a5a5


def state_of(jh):
    """All system registers of each CPU, told by the emulator: (CPU, name): value."""
    with Stub(jh.box.gdb) as stub:
        stub.registers(0, [])
        return {(cpu, name): value for cpu in range(jh.box.smp) for name, value in stub.registers(cpu, stub.numbers).items()}


def differences(one, two):
    return {key: (hex(one[key]), hex(two[key])) for key in one if one[key] != two[key] and not MOVING.search(key[1])}


@pytest.mark.on("a15", "a7")
def test_root_has_its_registers_after_cells_and_after_disabling(jh):
    """Of debug, performance monitors, ACTLR, FP's traps, memory attributes, ThumbEE and HYP mode; and nothing that the cell wrote there."""
    off = state_of(jh)
    jh.enable()
    root = state_of(jh)
    cell, mark = jh.run_cell("gic-demo", "residue")
    jh.box.cell.wait("residue: .* are not clean", mark)
    jh.wait_state(cell, "shut down")
    seen = [name for (cpu, name), value in state_of(jh).items() if cpu == 3 and value & 0xffffffff == PATTERN]
    assert len(seen) >= 15, f"the cell has filled {seen} only"
    jh.destroy(cell)
    assert work_on_every_cpu(jh.box) == set(range(jh.box.smp))
    back = state_of(jh)
    assert differences(root, back) == {}
    assert not [key for key, value in back.items() if value & 0xffffffff == PATTERN or value >> 32 == PATTERN]
    jh.disable()
    assert differences(off, state_of(jh)) == {}
    assert not kernel_trouble(jh.box)
