# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell, by the running machine's device tree: nothing is edited by hand."""
import re

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


@pytest.mark.on("gicv3")
def test_what_differs_from_the_machine_is_told_with_both_sides(jh):
    """RAM that Linux has and the file does not, beside the entry below it; CPUs the other way round."""
    box = jh.box
    box.check(way_to_a_cell(box, "", "")[1], timeout=TIME)
    assert "0 errors, 0 warnings" in box.check("jailhouse config check --live /tmp/machine.yaml", timeout=TIME)
    box.check("awk '/name: [^,]*RAM[^,]*, role: ram/ && !/cells/ && !n++ {next} 1' /tmp/machine.yaml >/tmp/less.yaml; ! cmp -s /tmp/machine.yaml /tmp/less.yaml")
    lost = box.check("jailhouse config check --live /tmp/less.yaml 2>&1", timeout=TIME)
    assert re.search(r"Linux uses memory 0x4\w+-0x\w+ \(System RAM\), which the root cell would lose.*\[MEMORY_LOST\]\n"
                     r"    /tmp/less.yaml:\d+:\d+: memory region \d+ \(.*, 0x\w+-0x\w+\)\n", lost), lost
    box.check("sed 's/^cpus: .*/cpus: 0-40/' /tmp/machine.yaml >/tmp/less.yaml")
    assert "The configuration has CPU 40, the machine does not" in box.refused("jailhouse config check --live /tmp/less.yaml 2>&1", timeout=TIME)
