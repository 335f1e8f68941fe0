# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell, by the running machine's device tree: nothing is edited by hand."""
import pytest

from jailhouse import TIME, kernel_trouble, way_to_a_cell, way_to_linux, work_on_every_cpu


@pytest.fixture(name="prepared")
def fixture_prepared(jh):
    """And afterwards everything is as it was."""
    kernel_trouble(jh.box)
    jh.box.check("rm -f /tmp/*.yaml")
    mark = jh.box.hv.mark()
    yield jh
    jh.disable()
    assert "forbidden" not in jh.box.hv.since(mark), jh.box.hv.since(mark)
    assert work_on_every_cpu(jh.box) == set(range(jh.box.smp)) and not kernel_trouble(jh.box)


def test_five_commands_lead_to_a_running_cell(prepared):
    box, mark = prepared.box, prepared.box.cell.mark()
    for command in way_to_a_cell(box, "demo", "gic-demo"):
        box.check(command, timeout=TIME)
    box.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)
    assert "0 errors, 0 warnings" in box.check("jailhouse config check --live /tmp/machine.yaml /tmp/demo.yaml", timeout=TIME)
    box.check("jailhouse verify", timeout=TIME)
    prepared.destroy_at_last("demo")  # the demo denies it once


@pytest.mark.on("gicv3", "a15")
def test_five_commands_lead_to_a_running_linux(prepared):
    box, mark = prepared.box, prepared.box.cell.mark()
    for command in (*way_to_a_cell(box, "", "")[:3], *way_to_linux(box, "linux-demo", "240M")):
        box.check(command, timeout=TIME)
    box.cell.wait(r"^cell: \S+ is up, 2 CPUs", mark, timeout=90)
    box.uart_type("poweroff -f\n")
    prepared.wait_state("linux-demo", "shut down", timeout=30)
    prepared.destroy("linux-demo")
