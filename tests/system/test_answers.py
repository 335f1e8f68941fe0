# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Cells that do not answer, that answer nonsense, that never stop talking: root and the neighbours go on, and the cell can be ended.

Whatever the cell does stands in tests/inmates/answers.
"""
import pytest

from jailhouse import TIME, kernel_trouble, work_on_every_cpu
from test_blobs import u64

pytestmark = pytest.mark.one_kernel(-1)

REPLY_TIMEOUT = 92  # offset of msg_reply_timeout, microseconds
SECOND, HOUR = 1_000_000, 3600_000_000


def run_answers(jh, how, timeout, seconds):
    """The cell, misbehaving for that time."""
    jh.box.check(f"blobctl create /cells/apic-demo.cell {u64(REPLY_TIMEOUT, timeout)}", timeout=TIME)
    jh.load("apic-demo", "answers", more=f'-s "how={how} seconds={seconds}" -a 0x1000')
    mark = jh.box.cell.mark()
    jh.start("apic-demo")
    jh.box.cell.wait(f"answers: {how}", mark)
    return mark


@pytest.mark.parametrize("command", ["shutdown", "destroy"])
def test_a_cell_that_never_answers_is_stopped_when_its_time_is_over(on, command):
    run_answers(on, "silent", SECOND, 1000)
    mark = on.box.hv.mark()
    on.box.check(f"jailhouse cell {command} apic-demo", timeout=TIME)
    on.box.hv.wait('cell "apic-demo" did not answer the shutdown request in time: stopped, failed', mark)
    if command == "shutdown":
        assert on.state("apic-demo") == "shut down"
        on.load("apic-demo", "tiny-demo")
        mark = on.box.cell.mark()
        on.start("apic-demo")
        on.box.cell.wait("Hello from this tiny cell", mark)
        on.destroy("apic-demo")
    assert on.cpus() == 4 and not kernel_trouble(on.box)


def test_a_tool_that_waits_for_a_silent_cell_can_be_killed(on):
    """Nothing is left of it but the request, which the hypervisor settles when it is answered."""
    mark = run_answers(on, "silent", HOUR, 10)
    said = on.box.check("yank kill 2000000 jailhouse cell shutdown apic-demo", timeout=TIME)
    milliseconds = int(said.split("killed, ")[1].split()[0])
    assert milliseconds < 5000, "the end of an uninterruptible sleep"
    assert on.state("apic-demo") == "running"
    said = on.box.refused("jailhouse cell create /cells/tiny-demo-2.cell", timeout=TIME)
    assert "Another request is being carried out" in said
    on.box.cell.wait("polite from now on", mark, timeout=TIME)
    on.wait_state("apic-demo", "shut down")
    assert on.create("tiny-demo-2") == "tiny-demo-2", "the next command settles what was left behind"
    on.destroy("tiny-demo-2")
    on.destroy("apic-demo")
    assert on.cpus() == 4 and not kernel_trouble(on.box)


@pytest.mark.parametrize("how", ["garbage", "flood"])
def test_a_cell_that_answers_nonsense_disturbs_nobody(on, how):
    neighbour = on.create("tiny-demo-2")
    on.load(neighbour, "canary")
    second = on.box.cell2.mark()
    on.start(neighbour)
    on.box.cell2.wait("canary: ok", second, timeout=60)
    mark = run_answers(on, how, SECOND, 6)
    said = on.box.refused("jailhouse cell shutdown apic-demo", timeout=TIME)
    assert "denied" in said, "what is no approval is a denial"
    on.box.check("jailhouse cell list --json")
    assert on.state(neighbour) == "running"
    on.box.cell2.wait("canary: ok", on.box.cell2.mark(), timeout=60)
    work_on_every_cpu(on.box)
    on.box.cell.wait("polite from now on", mark, timeout=TIME)
    assert "CORRUPTED" not in on.box.cell2.since(second)
    on.destroy("apic-demo")
    on.box.cell2.wait("canary: ok", on.box.cell2.mark(), timeout=60)
    on.destroy(neighbour)
    assert on.cpus() == 4 and not kernel_trouble(on.box)
