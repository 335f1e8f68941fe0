# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The same again and again in one boot, and what Linux and the hypervisor have is counted before and after.

`make test` goes round 50 and 10 times, `make test-long` 500 and 50 times (ENDURANCE=long).
"""
import os
import re

import pytest

from jailhouse import SYSFS, TIME, kernel_trouble, work_on_every_cpu

pytestmark = pytest.mark.one_kernel(-1)

LONG = os.environ.get("ENDURANCE") == "long"
CELL_CYCLES, ENABLE_CYCLES = (500, 50) if LONG else (50, 10)
CELLS = "cells {} /cells/apic-demo.cell /inmates/tiny-demo.bin apic-demo"
CACHES = [f"kmalloc-{size}" for size in ("128", "256", "512", "1k", "2k", "4k", "8k")]
SCRATCH = 0x2ff  # register of the UART that the cell has: bits that keep what is written


def slabs(box):
    """Objects in use by cache; what CPUs keep in reserve is given back first."""
    box.check(" ".join(f"echo 1 >/sys/kernel/slab/{cache}/shrink;" for cache in CACHES))
    return {cache: int(used) for cache, used in re.findall(r"^(kmalloc-\w+) +(\d+)", box.check("cat /proc/slabinfo"), re.M)
            if cache in CACHES}


def resources(jh):
    """What must be as before, exactly."""
    box = jh.box
    pools = box.check(f"cd {SYSFS} && cat mem_pool_size mem_pool_used remap_pool_size remap_pool_used 2>&1")
    mappings = box.run("grep -c jailhouse /proc/vmallocinfo")[0]
    return {"pools": pools, "mappings": mappings, "cpus": box.read("/sys/devices/system/cpu/online"),
            "memory": box.check("cat /proc/iomem"), "ports": box.check("cat /proc/ioports"),
            "references": box.read("/sys/module/jailhouse/refcnt"), "files": box.check(f"find {SYSFS} | sort")}


def assert_nothing_grew(before, after, cycles):
    """One object of a cell in each cycle would be as many as there were cycles; Linux has work of its own meanwhile."""
    grown = {cache: after[cache] - before[cache] for cache in before if after[cache] - before[cache] >= cycles // 2}
    assert not grown, f"more objects in use after {cycles} cycles: {grown}"


def test_cells_that_come_and_go_leave_nothing_behind(on):
    on.box.check("cycle " + CELLS.format(2), timeout=TIME)
    before, objects = resources(on), slabs(on.box)
    on.box.check("cycle " + CELLS.format(CELL_CYCLES), timeout=CELL_CYCLES * 20)
    assert resources(on) == before
    assert_nothing_grew(objects, slabs(on.box), CELL_CYCLES)
    on.box.check(f"probe port {SCRATCH} 8 0x5a")
    assert on.box.check(f"probe port {SCRATCH} 8").strip() == "5a", "the cell's port is root's again"
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello from this tiny cell", mark)
    on.destroy(cell)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


def test_the_hypervisor_that_comes_and_goes_leaves_nothing_behind(jh):
    jh.box.check("cycle enable 1 /cells/qemu-x86.cell", timeout=TIME)
    before, objects = resources(jh), slabs(jh.box)
    jh.box.check(f"cycle enable {ENABLE_CYCLES} /cells/qemu-x86.cell", timeout=ENABLE_CYCLES * 30)
    assert resources(jh) == before
    assert_nothing_grew(objects, slabs(jh.box), max(ENABLE_CYCLES, 20))
    jh.enable()
    jh.destroy(jh.create("apic-demo"))
    jh.disable()
    assert work_on_every_cpu(jh.box) == {0, 1, 2, 3} and not kernel_trouble(jh.box)
