# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Every attempt of a cell to reach what is not its own, beside a victim that watches itself. "make escape" runs this file alone."""
import glob
import os
import time

import pytest

from audit import audit
from escape import Arena, CELL, DEVICES, Scoreboard, is_answer, open_pins, table
from fuzz import Fuzzer
from jailhouse import Jailhouse, kernel_trouble, work_on_every_cpu
from machine import TOP, Machine
from test_blobs import Blob, u32

PROGRAMS = sorted(os.path.basename(os.path.dirname(path)) for path in glob.glob(os.path.join(TOP, "tests/inmates/escape-*/main.c")))
pytestmark = pytest.mark.own_machine
FUZZ_BATCHES = 8
BLOBS = {"create": 300, "enable": 40}
PIN_BITMAP = 16  # of struct jailhouse_irqchip
PINS = 1 << 1 | 1 << 8 | 1 << 9 | 1 << 12


@pytest.fixture(scope="module")
def scoreboard(request):
    """Printed when all is over."""
    board = Scoreboard()
    yield board
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + board.table(), flush=True)


@pytest.fixture(scope="module")
def keeper():
    """The machine of all these tests; one that a test has broken is replaced."""
    boxes = []
    yield boxes
    for box in boxes:
        box.close()


@pytest.fixture
def arena(keeper):
    box = keeper[-1] if keeper else None
    if box is None or not box.alive() or box.run("true", timeout=10)[1] or not Arena(Jailhouse(box)).is_ready():
        if box is not None:
            box.close()
        keeper.append(Machine(extra=DEVICES, name=f"escape-{len(keeper)}", append="iomem=relaxed").boot())
        Arena(Jailhouse(keeper[-1])).prepare()
    return Arena(Jailhouse(keeper[-1]))


def judge(scoreboard, rows):
    scoreboard.add(rows)
    broken = [row for row in rows if not row.passed()]
    assert rows and not broken, "\n" + table(broken)


@pytest.mark.parametrize("how", ["memory", "stray", "device"])
def test_a_victim_that_is_hurt_is_seen(arena, how):
    """Without this the scoreboard would prove nothing."""
    arena.box.cell2.wait("canary: ok 20$", arena.start_victim(f"suffer={how}"))
    try:
        assert [arena.start("escape-memory", "what=none")[0][0][1] for _ in range(2)][1] == "hurt"
    finally:
        arena.start_victim()


def test_an_answer_that_is_not_the_documented_one_is_seen():
    assert is_answer("stopped: memory read at 0x10", "stopped: memory read at 0x10, 4 bytes, rip 0x1")
    assert is_answer("stopped: unexpected exit or #GP", "#GP") and is_answer("stopped: unexpected exit or #GP", "stopped: unexpected exit at 1")
    assert not is_answer("#GP or #PF", "#UD") and not is_answer("#GP or #PF", "#GP or #PF")
    for expected, got in (("stopped: memory read", "stopped: memory write at 0x10"), ("stopped: memory read", "read 0x5"),
                          ("stopped", "failed"), ("#GP", "no exception"), ("ignored", "ignored 0x1"), ("#GP", "not done")):
        assert not is_answer(expected, got)


def test_root_reaches_nothing_of_a_running_cell(arena, scoreboard):
    used = arena.box.read("/sys/devices/jailhouse/mem_pool_used")
    mark = arena.box.cell2.mark()
    judge(scoreboard, arena.run_root())
    assert "X" not in arena.box.cell2.since(mark), "the cell's console says what root wrote"
    assert arena.box.read("/sys/devices/jailhouse/mem_pool_used") == used
    assert audit(arena.box) == []
    assert work_on_every_cpu(arena.box) == {0, 1}


def test_pins_come_back_as_root_left_them(arena):
    """A cell that has pins of Linux's drivers, for a moment: keyboard, clock, ACPI, mouse."""
    before = open_pins(arena.box)
    arena.jh.destroy(CELL)
    arena.box.check(f"blobctl create /cells/escape.cell {u32(Blob('escape', 0).element('irqchip') + PIN_BITMAP, PINS)}", timeout=60)
    meanwhile = open_pins(arena.box)
    arena.jh.destroy(CELL)
    after = open_pins(arena.box)
    arena.jh.create(CELL)
    assert set(before) - set(meanwhile) == {pin for pin in before if PINS >> pin & 1} != set()
    assert after == before


def test_lies_of_a_cell_cost_nobody_but_itself(arena, scoreboard):
    judge(scoreboard, arena.run_lies())
    assert audit(arena.box) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_escapes(arena, scoreboard, program):
    judge(scoreboard, arena.run(program))
    assert audit(arena.box) == []
    assert work_on_every_cpu(arena.box) == {0, 1}
    assert not kernel_trouble(arena.box)


def test_random_instructions_stay_inside(arena, request):
    """The same seeds each time; with a time limit of the user's, others each time. They are printed."""
    asked = os.environ.get("ESCAPE_SECONDS")
    fuzzer = Fuzzer(arena, int(os.environ.get("ESCAPE_SEED") or (time.time() if asked else 1)))
    if asked:
        fuzzer.run_for(float(asked))
    else:
        fuzzer.run(FUZZ_BATCHES)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + fuzzer.summary(), flush=True)
    assert not fuzzer.broken, "\n".join(fuzzer.broken)
    assert fuzzer.sums["tries"] > 0 and len(fuzzer.results) > 0
    assert audit(arena.box) == []
    assert work_on_every_cpu(arena.box) == {0, 1}
    assert not kernel_trouble(arena.box)


@pytest.mark.parametrize("operation", ["create", "enable"])
def test_damaged_configurations_from_root_change_nothing(arena, scoreboard, request, operation):
    """Refused with a sentence, or accepted and undone (tests/system/guest/blobfuzz.c): cells beside the victim, systems without one."""
    asked = os.environ.get("ESCAPE_SECONDS")
    seed = int(os.environ.get("ESCAPE_SEED") or (time.time() if asked else 1))
    row, said = arena.run_blobs(operation, seed, BLOBS[operation], int(float(asked or 600) / 4))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + said, flush=True)
    judge(scoreboard, [row])
    assert audit(arena.box) == []
    assert not kernel_trouble(arena.box)
