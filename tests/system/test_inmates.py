# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Programs of tests/inmates, which look at the hypervisor from inside a cell; and cells that break their borders."""
import json
import os
import re

import pytest

from jailhouse import SYSFS, kernel_trouble, work_on_every_cpu
from machine import TOP


def acts():
    """Names of what the program "forbidden" can do, by whether the cell lives on."""
    with open(os.path.join(TOP, "tests", "inmates", "forbidden", "main.c"), encoding="utf-8") as source:
        found = re.findall(r'^\t\{ "([\w-]+)", "[^"]*", (true|false),', source.read(), re.M)
    return {outcome: [name for name, lives in found if lives == outcome] for outcome in ("true", "false")}


ACTS = acts()


def passes(on, config, image, parameters="", timeout=60):
    """Runs a test program to its summary; every one of its results has to be good."""
    more = f'-s "{parameters}" -a 0x1000' if parameters else ""
    cell, mark = on.run_cell(config, image, more)
    name = image.replace("-32", "")
    summary = on.box.cell.wait(rf"^{name}[\w-]*: (\d+) passed, (\d+) failed", mark, timeout)
    said = on.box.cell.since(mark)
    assert int(summary.group(1)) > 0 and int(summary.group(2)) == 0, said
    assert not re.search("^not ok", said, re.M), said
    on.wait_state(cell, "shut down")
    return said


@pytest.mark.parametrize("image", ["mmio-decoder", "mmio-decoder-32", "fp-state", "msr-sweep", "ioapic"])
def test_program_finds_everything_as_it_should_be(on, image):
    passes(on, "test", image, timeout=120)
    assert work_on_every_cpu(on.box) == {0, 1, 2}


def test_memory_of_every_kind_does_what_its_flags_say(on):
    """The pages that no load has filled hold nothing of their last owner."""
    passes(on, "test", "memory", "fresh")


def test_interrupts_between_the_cpus_of_a_cell(on):
    passes(on, "smp-demo", "ipi", timeout=120)
    assert work_on_every_cpu(on.box) == {0, 1}, "none of them reached Linux"


@pytest.mark.one_kernel(0)
@pytest.mark.parametrize("act", ACTS["true"])
def test_what_hardware_would_refuse_is_refused_and_the_cell_lives(on, act):
    passes(on, "test", "forbidden", f"what={act}")


def run_forbidden(on, act):
    """Starts the act; returns (cell, what the hypervisor said)."""
    told = on.box.hv.mark()
    cell, mark = on.run_cell("test", "forbidden", f'-s "what={act}" -a 0x1000')
    on.box.cell.wait(rf"^forbidden: {act}:", mark)
    on.wait_state(cell, "failed")
    assert "survived" not in on.box.cell.since(mark)
    return cell, on.box.hv.since(told)


@pytest.mark.one_kernel(0)
@pytest.mark.parametrize("act", ACTS["false"])
def test_a_cell_that_breaks_its_border_is_stopped(on, act):
    cell, told = run_forbidden(on, act)
    lines = [line for line in told.splitlines() if "CPU stopped" in line]
    assert len(lines) == 1, "one line for the stopped CPU"
    assert f'"{cell}"' in lines[0] and "CPU 3" in lines[0] and "rip 0x" in lines[0] and "bytes" in lines[0]
    assert on.attribute(cell, "cpus_failed_list") == "3"
    assert work_on_every_cpu(on.box) == {0, 1, 2}
    on.destroy(cell)
    assert on.cpus() == 4 and work_on_every_cpu(on.box) == {0, 1, 2, 3}
    assert not kernel_trouble(on.box)


@pytest.mark.one_kernel(-1)
def test_the_command_says_what_the_cell_reached_for_and_what_would_allow_it(on):
    cell, _ = run_forbidden(on, "hpet")
    cells = json.loads(on.box.check("jailhouse cell list --json"))["cells"]
    stopped = next(one for one in cells if one["name"] == cell)["stopped"]
    assert [(s["cpu"], s["address"]) for s in stopped] == [(3, 0xfed00010)] and "the root cell has it in region" in stopped[0]["reason"]
    assert stopped[0]["reason"] in on.box.check("jailhouse cell list 2>&1")
    assert f'    {stopped[0]["reason"]}.' in on.box.check("jailhouse console").splitlines()
    assert re.search(r'Cell "[\w-]+" broke its borders on CPU \d, which is stopped. "jailhouse cell list" tells', on.box.dmesg())
    words = on.box.check("jailhouse explain")
    assert "role: mmio, phys: 0xfed00000, size: 4K}" in words and "Warning: The root cell loses it" in words
    size = "wc -c <"
    assert on.box.check(f"{size} {SYSFS}/cells/0/config") == on.box.check(f"{size} {on.box.SYSTEM}"), "of root the system's"
    assert on.box.check(f"{size} {SYSFS}/cells/{on.cells()[cell]}/config") == on.box.check(f"{size} /cells/test.cell")


@pytest.mark.one_kernel(-1)
@pytest.mark.parametrize("act", ["mem-write", "icr-smi", "triple-fault", "port-out"])
def test_a_cell_that_breaks_its_border_stops_alone(on, act):
    """The neighbour verifies its whole memory ten times a second."""
    neighbour = on.create("tiny-demo-2")
    on.load(neighbour, "canary")
    mark = on.box.cell2.mark()
    on.start(neighbour)
    on.box.cell2.wait("canary: ok", mark)
    run_forbidden(on, act)
    on.box.cell2.wait(r"(canary: ok \d+\n(.|\n)*){3}", on.box.cell2.mark())
    assert on.state(neighbour) == "running"
    assert "CORRUPTED" not in on.box.cell2.since(mark)
    assert work_on_every_cpu(on.box) == {0, 1}


def test_root_cannot_disturb_a_cell(on):
    """Linux works, plugs its CPUs and tries to write the cell's memory: the cell notices nothing."""
    cell, mark = on.run_cell("test", "canary")
    on.box.cell.wait("canary: ok", mark)
    for address in range(0x3f000000, 0x3f100000, 0x20000):
        on.box.check(f"probe mem {address:#x} 64 0x5555555555555555")
    on.box.check("echo 0 >/sys/devices/system/cpu/cpu1/online; echo 1 >/sys/devices/system/cpu/cpu1/online", timeout=60)
    work_on_every_cpu(on.box)
    on.box.cell.wait(r"(canary: ok \d+\n(.|\n)*){3}", on.box.cell.mark())
    assert "CORRUPTED" not in on.box.cell.since(mark) and on.state(cell) == "running"


def test_a_cell_that_does_not_answer_is_failed_in_time(on):
    """The cell "test" has one second for an answer; tiny-demo in it is halted for good by then."""
    cell, mark = on.run_cell("test", "fp-state", '-s "count=1000000000" -a 0x1000')
    on.box.cell.wait(r"\S", mark)
    on.box.run(f"time jailhouse cell shutdown {cell}", timeout=60)
    assert on.state(cell) in ("failed", "shut down")
    assert work_on_every_cpu(on.box) == {0, 1, 2}
    on.destroy(cell)
    assert on.cpus() == 4


def test_failed_cell_can_be_loaded_and_started_again(on):
    cell, _ = run_forbidden(on, "mem-read")
    on.load(cell, "tiny-demo")
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello from this tiny cell", mark)
    assert on.state(cell) == "running" and on.attribute(cell, "cpus_failed_list") == ""
