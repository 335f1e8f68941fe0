# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What the module does around the hypervisor's calls: memory, events, readers, programs that die half-way.

What runs in the background here is started by a shell in between: busybox's interactive shell takes the end of a job of its own
for the end of its input now and then, and with it goes the console.
"""
from jailhouse import SYSFS, TIME, kernel_trouble

BLOCK = "/sys/devices/system/memory/memory{}/state"
CELL = "/cells/apic-demo.cell"
FIRST_REGION = 132 + 8  # behind the descriptor and 8 bytes of CPU bitmap: phys_start


def test_memory_that_linux_uses_is_not_given_to_a_cell(on):
    said = on.box.refused(f"blobctl create {CELL} {FIRST_REGION}=0000000800000000", timeout=TIME)
    assert "rule 1026 " in said
    assert "is in use by Linux" in on.box.read(f"{SYSFS}/refusal")
    assert on.cpus() == 4 and list(on.cells().values()) == [0]


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


def test_a_killed_tool_leaves_a_whole_state(on):
    for _ in range(3):
        on.box.run(f"(jailhouse cell create {CELL} & kill -9 $!; wait $!)", timeout=TIME)
        if "apic-demo" not in on.cells():
            assert on.cpus() == 4
            on.create("apic-demo")
        on.box.run("(jailhouse cell load apic-demo /inmates/tiny-demo.bin & kill -9 $!; wait $!)", timeout=TIME)
        on.load("apic-demo", "tiny-demo")
        on.box.run("(jailhouse cell destroy apic-demo & kill -9 $!; wait $!)", timeout=TIME)
        if "apic-demo" in on.cells():
            on.destroy("apic-demo")
        assert on.cpus() == 4
    assert not kernel_trouble(on.box)
