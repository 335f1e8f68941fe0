# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Root tries to reach what is not its own: it is told, and everybody goes on."""
import pytest

from jailhouse import kernel_trouble, work_on_every_cpu

CELL, MEMORY = "gic-demo", 0x7f700000


@pytest.mark.on("gicv2", "a15", "a7")
def test_what_root_is_denied_is_told_with_all_of_its_numbers(on):
    on.create(CELL)
    mark = on.box.hv.mark()
    assert on.box.check(f"busybox devmem {MEMORY + 0x1234:#x} 32").strip() == "0xFFFFFFFF"
    on.box.hv.wait(rf"root cell, CPU \d+: memory read at 0x7f701234 \(4 bytes, rip 0x\w+\) denied; it belongs to {CELL}", mark)
    on.destroy(CELL)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert on.box.run("jailhouse verify", timeout=60)[1] == 0
    assert not kernel_trouble(on.box)
