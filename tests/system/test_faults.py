# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Every allocation of the real hypervisor fails once, while it is enabled and while a cell is created; nothing may change then.

That takes the debug image (make debug-image), whose n-th allocation can be told to fail: by a hypercall, or, for those at boot, in the
image's file. The image that people use has neither.
"""
import os
import re

import pytest
from elftools.elf.elffile import ELFFile

from jailhouse import SYSFS, TIME, kernel_trouble
from machine import BUILD, TOP
from audit import HV_BASE

pytestmark = pytest.mark.one_kernel(0)

IMAGE, DEBUG_IMAGE = "/lib/firmware/jailhouse.bin", "/root/jailhouse-debug.bin"
CPU3 = "/sys/devices/system/cpu/cpu3/online"


def symbols(elf):
    with open(os.path.join(BUILD, "hypervisor", elf), "rb") as file:
        return {s.name: s["st_value"] for s in ELFFile(file).get_section_by_name(".symtab").iter_symbols()}


def injecting(names):
    return {name for name in names if re.search("countdown|fail_allocation|fault_injection", name)}


def hypercall_number():
    with open(os.path.join(TOP, "include", "jailhouse", "hypercall.h"), encoding="utf-8") as header:
        return int(re.search(r"JAILHOUSE_HC_X_FAIL_ALLOCATION\s+(0x\w+)", header.read()).group(1), 0)


def hypercall(box, number, arg=0):
    """Result of a hypercall of root's kernel."""
    box.run(f"insmod /root/hypercall_probe.ko number={number} arg={arg}")
    return int(re.findall(rf"hypercall_probe: 0x{number:x} gave (-?\d+)", box.dmesg())[-1])


def little_endian(value):
    return "".join(f"\\{byte:03o}" for byte in value.to_bytes(4, "little"))


def patch(box, value):
    """The n-th allocation since boot fails in the next run of the image in place."""
    offset = symbols("debug/jailhouse.elf")["page_pool_countdown"] - HV_BASE
    box.check(f"printf '{little_endian(value)}' | dd of={IMAGE} bs=1 seek={offset} conv=notrunc 2>/dev/null")


@pytest.fixture
def debug(jh):
    """The debug image is in place; the hypervisor is off."""
    jh.box.check(f"cp {IMAGE} /root/release.bin; cp {DEBUG_IMAGE} {IMAGE}")
    yield jh
    jh.bring_off()
    jh.box.check(f"mv /root/release.bin {IMAGE}")


def test_the_image_that_people_use_cannot_be_told_to_fail(on):
    assert injecting(symbols("debug/jailhouse.elf")), "the names that are looked for have changed"
    assert not injecting(symbols("jailhouse.elf"))
    assert hypercall(on.box, hypercall_number(), 1) == -38, "ENOSYS"
    on.destroy(on.create("apic-demo"))


def state(jh):
    """All that a refused request may not change."""
    box = jh.box
    files = box.check(f"cd {SYSFS} && find . -type f ! -name refusal ! -name console ! -name core ! -name 'vmexits_*' ! -name generation "
                      "! -name uevent | sort | while read f; do echo $f $(cat $f 2>&1); done; find . -type d | sort")
    return files, box.check("cat /proc/iomem"), jh.cpus(), box.read("/sys/module/jailhouse/refcnt")


def test_no_allocation_that_fails_in_enable_changes_anything(debug):
    jh, before, count = debug, state(debug), 0
    while True:
        patch(jh.box, count + 1)
        said, status = jh.box.run("jailhouse enable /cells/qemu-x86.cell", timeout=TIME)
        if not status:
            break
        count += 1
        assert "memory is used up" in said, said
        assert state(jh) == before
    assert count > 20, "the root cell takes more than that"
    assert hypercall(jh.box, hypercall_number(), 0) == 0, "what is left of the count would fail the next"
    jh.destroy(jh.create("apic-demo"))
    jh.disable()
    assert jh.cpus() == 4 and not kernel_trouble(jh.box)


def test_no_allocation_that_fails_in_create_changes_anything(debug):
    """The cell's CPU is offline already, which saves moving it each time; the first failure is also tried with it online."""
    jh, number, count = debug, hypercall_number(), 0
    jh.enable()

    def create_refused(nth):
        assert hypercall(jh.box, number, nth) == 0
        said, status = jh.box.run("jailhouse cell create /cells/smp-demo.cell", timeout=TIME)
        if status:
            assert "memory is used up" in said, said
        return status != 0

    before = state(jh)
    assert create_refused(1) and state(jh) == before
    jh.box.check("echo 0 >/sys/devices/system/cpu/cpu2/online; echo 0 >" + CPU3, timeout=TIME)
    before = state(jh)
    while create_refused(count + 1):
        count += 1
        assert state(jh) == before
    assert count > 10, "a cell takes more than that"
    assert hypercall(jh.box, number, 0) == 0
    jh.destroy("smp-demo")
    assert state(jh) == before
    cell, mark = jh.run_cell("apic-demo", "tiny-demo")
    jh.box.cell.wait("Hello from this tiny cell", mark)
    jh.destroy(cell)
    jh.disable()
    assert not kernel_trouble(jh.box)
