# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The administrator's way: enable, a cell's life, disable, and all of it again."""
import json

from jailhouse import SYSFS, cpu_list, kernel_trouble, work_on_every_cpu


def test_linux_runs_on_when_enabled(on):
    assert on.cpus() == 4
    assert len(work_on_every_cpu(on.box)) == 4
    on.box.check("sleep 0.5; ps >/dev/null; dd if=/dev/urandom bs=4k count=100 of=/tmp/x; sync; rm /tmp/x")
    assert not kernel_trouble(on.box)


def test_hypervisor_speaks_on_its_console_and_in_the_virtual_one(jh):
    mark = jh.box.hv.mark()
    jh.enable()
    jh.box.hv.wait(r"\S{4}", mark)
    said = [line.strip() for line in jh.box.hv.since(mark).splitlines() if line.strip()]
    virtual = jh.box.check("jailhouse console")
    assert said[0] in virtual
    assert said[0] in jh.box.read(f"{SYSFS}/console")


def test_console_of_the_last_run_is_readable_after_disable(on):
    before = on.box.check("jailhouse console")
    on.disable()
    after = on.box.check("jailhouse console")
    assert before.splitlines()[0] in after


def test_cell_takes_its_cpu_from_linux_and_gives_it_back(on):
    cell = on.create("apic-demo")
    mine = cpu_list(on.attribute(cell, "cpus_assigned_list"))
    assert mine and on.cpus() == 4 - len(mine)
    assert not mine & cpu_list(on.box.read("/sys/devices/system/cpu/online"))
    on.destroy(cell)
    assert on.cpus() == 4
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}


def test_a_running_cell_is_left_alone_by_linux(on):
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    work_on_every_cpu(on.box)
    on.box.cell.wait(r"(Timer fired.*\n(.|\n)*){5}", on.box.cell.mark())
    on.wait_state(cell, "running/locked")


def test_locked_cell_denies_a_shutdown_then_grants_it(on):
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    mark = on.box.cell.mark()
    said = on.box.refused(f"jailhouse cell shutdown {cell}")
    assert "denied" in said
    on.box.cell.wait("Rejecting", mark)
    assert on.state(cell) == "running/locked"
    on.box.cell.wait("Timer fired", on.box.cell.mark())
    on.box.check(f"jailhouse cell shutdown {cell}")
    on.wait_state(cell, "shut down")
    assert "Timer" not in on.box.cell.quiet(1)


def test_locked_cell_keeps_others_from_being_created(on):
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    on.wait_state(cell, "running/locked")
    said = on.box.refused("jailhouse cell create /cells/tiny-demo-2.cell")
    assert "locked" in said
    assert set(on.cells()) == {"qemu-x86", cell} and on.cpus() == 3


def test_cell_runs_again_after_a_shutdown(on):
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello from this tiny cell", mark)
    on.box.check(f"jailhouse cell shutdown {cell}")
    on.wait_state(cell, "shut down")
    on.load(cell, "tiny-demo")
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello from this tiny cell", mark)


def test_disable_takes_everything_back_while_a_cell_runs(on):
    _, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("PM Timer", mark)
    on.disable()
    assert on.cpus() == 4 and work_on_every_cpu(on.box) == {0, 1, 2, 3}
    assert "PM Timer" not in on.box.cell.quiet(2)
    assert not kernel_trouble(on.box)


def test_enable_and_disable_can_be_repeated(jh):
    jh.enable()
    jh.disable()
    jh.enable()
    _, mark = jh.run_cell("apic-demo", "tiny-demo")
    jh.box.cell.wait("PM Timer", mark)
    jh.disable()
    assert jh.cpus() == 4 and not kernel_trouble(jh.box)


def test_enable_twice_is_refused_with_the_reason(on):
    assert "enabled already" in on.box.refused("jailhouse enable /cells/qemu-x86.cell")
    assert on.enabled() and on.cpus() == 4


def test_requests_while_disabled_are_refused_with_the_reason(jh):
    for request in ("disable", "cell create /cells/apic-demo.cell", "cell start 1", "cell destroy 1", "cell shutdown 1"):
        assert "not enabled" in jh.box.refused(f"jailhouse {request}"), request


def test_unload_is_refused_while_enabled(on):
    on.box.refused("rmmod jailhouse")
    assert on.enabled() and on.loaded()
    on.disable()
    on.box.check("rmmod jailhouse")


def test_unknown_cell_is_refused_with_the_reason(on):
    assert "no such cell" in on.box.refused("jailhouse cell start 7")
    assert "no such cell" in on.box.refused("jailhouse cell destroy nobody")
    on.box.refused("jailhouse cell destroy 0")
    assert on.enabled()


def test_a_running_cell_is_restarted_only_if_it_agrees(on):
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    mark = on.box.cell.mark()
    assert "denied" in on.box.refused(f"jailhouse cell start {cell}")
    assert on.state(cell) == "running/locked"
    on.box.cell.wait("Timer fired", on.box.cell.mark())
    on.start(cell)
    on.box.cell.wait("Stopped", mark)
    assert on.state(cell) == "running", "it was asked, it agreed, it starts anew with the memory that it left"


def test_image_outside_of_loadable_memory_is_refused(on):
    cell = on.create("apic-demo")
    for address in ("0x3a000000", "0xfee00000", "0x7fffffff000", "0xfffffffffffff000"):
        on.box.refused(f"jailhouse cell load {cell} /inmates/tiny-demo.bin -a {address}")
    on.load(cell, "tiny-demo")
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello", mark)


def test_list_shows_what_sysfs_says(on):
    cell = on.create("apic-demo")
    listed = json.loads(on.box.check("jailhouse cell list --json"))
    rows = {row["name"]: row for row in (listed["cells"] if isinstance(listed, dict) else listed)}
    assert set(rows) == {"qemu-x86", cell}
    assert rows[cell]["state"] == on.state(cell) == "shut down"
    assert rows[cell]["id"] == on.cells()[cell]
    text = on.box.check("jailhouse cell list").splitlines()
    assert text[0].split()[:3] == ["ID", "Name", "State"] and len(text) == 3
    assert on.attribute(cell, "cpus_assigned_list") in text[2].split()


def test_statistics_count_the_exits_of_a_cell(on):
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("PM Timer", mark)
    total = on.statistic(cell)
    parts = on.box.check(f"cd {SYSFS}/cells/{on.cells()[cell]}/statistics && ls -d vmexits_*").split()
    assert total > 0 and "vmexits_total" in parts and "vmexits_hypercall" in parts
    stats = json.loads(on.box.check(f"jailhouse cell stats --json {cell}"))
    assert "vmexits_total" in json.dumps(stats)
    root = on.statistic("qemu-x86")
    on.box.check("for i in 1 2 3; do jailhouse cell list >/dev/null; cat /proc/cpuinfo >/dev/null; done")
    assert on.statistic("qemu-x86") >= root > 0


def test_sysfs_tells_pools_and_cells(on):
    used = int(on.box.read(f"{SYSFS}/mem_pool_used"))
    assert 0 < used < int(on.box.read(f"{SYSFS}/mem_pool_size"))
    cell = on.create("apic-demo")
    assert int(on.box.read(f"{SYSFS}/mem_pool_used")) > used
    assert on.box.read(f"{SYSFS}/cells/0/name") == "qemu-x86"
    assert on.attribute(cell, "cpus_failed_list") == ""
    on.destroy(cell)
    assert int(on.box.read(f"{SYSFS}/mem_pool_used")) == used, "destroy gives back every page that create took"


def test_a_created_cell_is_announced_by_a_uevent(on):
    on.box.check("uevent sh -c 'env >>/tmp/uevents' >/dev/null 2>&1 & sleep 0.3")
    on.create("apic-demo")
    on.box.check("sleep 0.5; kill %1 2>/dev/null; killall uevent 2>/dev/null; wait; true")
    assert "ACTION=add" in on.box.check("grep -B9 -A9 -h DEVPATH=/devices/jailhouse/cells/1 /tmp/uevents; rm /tmp/uevents")
