# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What the module does around the hypervisor's calls: memory, events, readers, programs that die half-way.

What runs in the background here is started by a shell in between: busybox's interactive shell takes the end of a job of its own
for the end of its input now and then, and with it goes the console.
"""
import random
import re

import pytest

from jailhouse import SYSFS, TIME, kernel_trouble
from test_blobs import IO, MEMORY_FLAGS, SYSTEM_HEADER, Blob, u64

BLOCK = "/sys/devices/system/memory/memory{}/state"
CELL = "/cells/apic-demo.cell"
LOADABLE, DMA = 0x40, 8
FIRST_REGION = 132 + 8  # behind the descriptor and 8 bytes of CPU bitmap: phys_start


def test_memory_that_linux_uses_is_not_given_to_a_cell(on):
    said = on.box.refused(f"blobctl create {CELL} {FIRST_REGION}=0000000800000000", timeout=TIME)
    assert "rule 1026 " in said
    assert "is in use by Linux" in on.box.read(f"{SYSFS}/refusal")
    assert on.cpus() == 4 and list(on.cells().values()) == [0]


@pytest.mark.one_kernel(-1)
def test_ram_that_nobody_would_clear_is_not_given_to_a_cell(jh):
    """Neither root's configuration nor the cell's says of this region what is said of RAM only."""
    roots = Blob("qemu-x86", SYSTEM_HEADER)
    jh.box.check(f"blobctl enable /cells/qemu-x86.cell {u64(roots.element('memory', 4) + MEMORY_FLAGS, 3)}", timeout=TIME)
    flags = Blob("apic-demo", 0).ram() + MEMORY_FLAGS
    said = jh.box.refused(f"blobctl create {CELL} {u64(flags, 3)}", timeout=TIME)
    assert "rule 1028 " in said
    assert "without being cleared" in jh.box.read(f"{SYSFS}/refusal")
    assert jh.cpus() == 4 and list(jh.cells().values()) == [0]
    for good in (3 | LOADABLE, 3 | DMA, 3 | IO):
        jh.box.check(f"blobctl create {CELL} {u64(flags, good)}", timeout=TIME)
        jh.destroy("apic-demo")
    jh.disable()


def test_a_32_bit_program_can_manage_too(jh):
    assert "rule 1001 " in jh.box.refused(f"blobctl create32 {CELL}"), "not enabled"
    jh.box.check("blobctl enable32 /cells/qemu-x86.cell", timeout=TIME)
    jh.box.check(f"blobctl create32 {CELL}", timeout=TIME)
    assert jh.enabled() and "apic-demo" in jh.cells()
    jh.destroy("apic-demo")


def test_memory_stays_offline_while_enabled(on):
    """Any block will do that Linux can spare; one that it cannot is an error of this test."""
    free = on.box.check("for n in 6 5 4 3 2 1; do echo offline >/sys/devices/system/memory/memory$n/state 2>/dev/null && "
                        "{ echo $n; break; }; done", timeout=TIME).strip()
    assert free, "Linux gives no block of memory away"
    on.box.refused(f"echo online >{BLOCK.format(free)}")
    on.disable()
    on.box.check(f"echo online >{BLOCK.format(free)}")


def test_states_are_announced_with_name_and_state(on):
    on.box.check("rm -f /tmp/events; (uevent sh -c 'echo $SUBSYSTEM $ACTION $CELL $STATE >>/tmp/events' >/dev/null 2>&1 &); sleep 0.5")
    cell, _ = on.run_cell("apic-demo", "tiny-demo")
    on.wait_state(cell, "running")
    on.box.check("sleep 1")
    on.destroy(cell)
    on.box.check("sleep 1; killall uevent; true")
    events = [line for line in on.box.read("/tmp/events").splitlines() if line.startswith("jailhouse ")]
    assert events[0] == "jailhouse add apic-demo shut down"
    assert "jailhouse change apic-demo running" in events
    assert events[-1].startswith("jailhouse remove apic-demo")


def test_a_follower_of_the_console_sees_the_next_run(jh):
    """Behind the text of the last run, if there was one."""
    jh.box.check("(jailhouse console -f >/tmp/followed 2>&1 &); sleep 0.5")
    kept = jh.box.read("/tmp/followed").count("root cell \"qemu-x86\"")
    for _ in range(2):
        jh.enable()
        jh.disable()
    jh.box.check("sleep 1; killall jailhouse")
    assert jh.box.read("/tmp/followed").count("root cell \"qemu-x86\"") == kept + 2


def test_readers_of_sysfs_do_not_stand_in_the_way(jh):
    jh.box.check(f"((while :; do cat {SYSFS}/cells/*/state {SYSFS}/cells/*/statistics/* {SYSFS}/cells/*/statistics/*/* "
                 f"{SYSFS}/mem_pool_used {SYSFS}/console {SYSFS}/core; done >/dev/null 2>&1) & echo $! >/tmp/reader)")
    try:
        for _ in range(2):
            jh.enable()
            jh.destroy(jh.create("apic-demo"))
            jh.disable()
    finally:
        jh.box.check("kill $(cat /tmp/reader)")
    assert not kernel_trouble(jh.box)


# How long the tool works on each, in microseconds, with room for a slow host: the moment of its end is somewhere in it.
LONGEST = 400_000


def moments(number):
    """Random times; the seed is in the output of a failed test."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    return [random.Random(seed + n).randrange(1 + LONGEST * (n + 1) // number) for n in range(number)]


def whole(jh, cells):
    """Driver, hypervisor and Linux agree on which cells exist; nothing of a request is left."""
    names = set(jh.cells()) - {"qemu-x86"}
    assert names <= cells
    assert set(re.findall(r"^[1-9]\d* +(\S+)", jh.box.check("jailhouse cell list"), re.M)) == names
    assert jh.cpus() == 4 - len(names), "one CPU for each of these cells"
    return names


@pytest.mark.parametrize("how", ["kill", pytest.param("signal", marks=pytest.mark.one_kernel(-1))])
def test_a_killed_tool_leaves_a_whole_state(on, how):
    box, before = on.box, on.box.read(f"{SYSFS}/mem_pool_used")
    for moment in moments(3):
        box.check(f"yank {how} {moment} jailhouse cell create {CELL}", timeout=TIME)
        if not whole(on, {"apic-demo"}):
            on.create("apic-demo")
        box.check(f"yank {how} {moment} jailhouse cell load apic-demo /inmates/tiny-demo.bin", timeout=TIME)
        on.load("apic-demo", "tiny-demo")
        box.check(f"yank {how} {moment} jailhouse cell start apic-demo", timeout=TIME)
        box.check(f"yank {how} {moment} jailhouse cell shutdown apic-demo", timeout=TIME)
        box.check(f"yank {how} {moment} jailhouse cell destroy apic-demo", timeout=TIME)
        if whole(on, {"apic-demo"}):
            on.destroy("apic-demo")
        assert not whole(on, set())
    assert box.read(f"{SYSFS}/mem_pool_used") == before
    assert not kernel_trouble(box)


@pytest.mark.one_kernel(0)
def test_a_tool_killed_on_its_way_in_or_out_leaves_linux_here_or_there(jh):
    for moment in moments(3):
        jh.box.check(f"yank kill {moment} jailhouse enable /cells/qemu-x86.cell", timeout=TIME)
        if not jh.enabled():
            jh.enable()
        jh.destroy(jh.create("apic-demo"))
        jh.box.check(f"yank kill {moment} jailhouse disable", timeout=TIME)
        if jh.enabled():
            jh.disable()
        assert jh.cpus() == 4
        assert jh.box.read("/sys/module/jailhouse/refcnt") == "0", "neither a file nor a reference is left"
    jh.remove()
    jh.insert()
    assert not kernel_trouble(jh.box)


@pytest.mark.one_kernel(0)
def test_a_file_closed_during_its_request_leaves_a_whole_state(on):
    before = on.box.read(f"{SYSFS}/mem_pool_used"), on.box.read("/sys/module/jailhouse/refcnt")
    for moment in (0, 100, 20_000):
        said = on.box.check(f"yank close {moment} create {CELL}", timeout=TIME)
        assert ("ended with 0" in said) == bool(whole(on, {"apic-demo"})), said
        if "ended with 0" not in said:
            on.create("apic-demo")
        said = on.box.check(f"yank close {moment} destroy apic-demo", timeout=TIME)
        assert ("ended with 0" in said) != bool(whole(on, {"apic-demo"})), said
        if "ended with 0" not in said:
            on.destroy("apic-demo")
    assert (on.box.read(f"{SYSFS}/mem_pool_used"), on.box.read("/sys/module/jailhouse/refcnt")) == before
    assert not kernel_trouble(on.box)


def side_by_side(box, *commands):
    """Runs commands at once; their outputs."""
    script = "; ".join(f"({command}) >/tmp/out{n} 2>&1 & p{n}=$!" for n, command in enumerate(commands))
    box.check(f"sh -c '{script}; wait'", timeout=TIME)
    return [box.check(f"cat /tmp/out{n}") for n in range(len(commands))]


@pytest.mark.one_kernel(-1)
def test_two_tools_that_create_the_same_cell(on):
    for _ in range(2):
        said = side_by_side(on.box, *2 * [f"jailhouse cell create {CELL}"])
        assert sum("exists already" in text for text in said) == 1, said
        assert whole(on, {"apic-demo"})
        said = side_by_side(on.box, *2 * ["jailhouse cell destroy apic-demo"])
        assert sum("no such cell" in text or "apic-demo" in text for text in said) == 1, said
        assert not whole(on, set())
    assert not kernel_trouble(on.box)


@pytest.mark.one_kernel(0)
def test_tools_that_work_at_once_on_two_cells_while_others_look(on):
    on.box.check(f"((while :; do jailhouse cell list --json; cat {SYSFS}/cells/*/state {SYSFS}/cells/*/statistics/cpu*/*; "
                 "done >/dev/null 2>&1) & echo $! >/tmp/reader)")
    try:
        for _ in range(2):
            side_by_side(on.box, f"jailhouse cell create {CELL}", "jailhouse cell create /cells/tiny-demo-2.cell")
            assert len(whole(on, {"apic-demo", "tiny-demo-2"})) == 2
            side_by_side(on.box, "jailhouse cell destroy apic-demo", "jailhouse cell destroy tiny-demo-2")
            assert not whole(on, set())
    finally:
        on.box.check("kill $(cat /tmp/reader)")
    assert not kernel_trouble(on.box)


def test_mitigations_are_chosen_told_and_can_be_off(jh):
    """The emulated CPU has nothing but a return stack to fill: no IBPB, no VERW that clears, no automatic IBRS."""
    parameter = "/sys/module/jailhouse/parameters/mitigations"
    assert jh.box.read(parameter) == "auto" and jh.box.read(f"{SYSFS}/mitigations") == ""
    jh.box.refused(f"echo on >{parameter}")
    for mode, told, line in (("off", "off", "off"), ("auto", "auto: rsb-fill", "rsb-fill")):
        mark = jh.box.hv.mark()
        jh.box.check(f"echo {mode} >{parameter}")
        jh.enable()
        assert jh.box.read(f"{SYSFS}/mitigations") == told
        assert jh.box.hv.wait(rf"mitigations on 4 CPUs: +{line} *\r?\n", mark)
        jh.run_cell("apic-demo", "apic-demo")
        jh.box.cell.wait(r"Timer fired", jh.box.cell.mark())
        jh.destroy_at_last("apic-demo")
        jh.disable()
