# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Interrupts between CPUs on GICv2, which has them pending once for each sender (tests/inmates/arm-common/senders)."""
import re

import pytest

from jailhouse import kernel_trouble, work_on_every_cpu

KINDS, ROUNDS = ["active", "pending", "beside"], "1000"
CPUS = 132  # in the file of a cell: its set of CPUs


@pytest.mark.on("gicv2", "zcu102", "a15", "a7")
def test_every_sender_of_an_sgi_is_heard_once(on):
    one, two = on.box.cell_file("gic-demo"), on.box.cell_file("two")
    on.box.check(f"cp {one} {two} && printf '\\014' | dd of={two} bs=1 seek={CPUS} conv=notrunc")
    cell, mark = on.run_cell("two", "senders")
    end = on.box.cell.wait(r"senders: done, (\d+) kinds failed", mark, timeout=120)
    said = on.box.cell.since(mark)
    assert end.group(1) == "0", said
    assert re.findall(r"senders: (\w+): (\d+) rounds", said) == [(kind, ROUNDS) for kind in KINDS]
    on.wait_state(cell, "shut down")
    on.destroy(cell)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert not kernel_trouble(on.box)
