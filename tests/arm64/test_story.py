# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The administrator's way on ARM64: enable, a cell's life, disable, and all of it again."""
import json

import machines
from jailhouse import SYSFS, cpu_list, kernel_trouble, work_on_every_cpu


def all_cpus(jh):
    return set(range(jh.box.smp))


def test_every_value_is_covered_by_a_machine():
    assert not machines.check_cover()


def test_linux_runs_on_when_enabled(on):
    assert work_on_every_cpu(on.box) == all_cpus(on)
    on.box.check("sleep 0.5; ps >/dev/null; dd if=/dev/urandom bs=4k count=100 of=/tmp/x; sync; rm /tmp/x")
    assert not kernel_trouble(on.box)


def test_hypervisor_speaks_on_its_console_and_in_the_virtual_one(jh):
    mark = jh.box.hv.mark()
    jh.enable()
    said = jh.box.hv.wait(r"Jailhouse.*", mark).group(0)
    assert said in jh.box.check("jailhouse console")
    assert said in jh.box.read(f"{SYSFS}/console")


def test_cell_takes_its_cpu_from_linux_and_gives_it_back(on):
    """KVM, which prepares each CPU that comes, is denied nothing that is told of."""
    told = on.box.hv.mark()
    cell = on.create("gic-demo")
    mine = cpu_list(on.attribute(cell, "cpus_assigned_list"))
    assert mine == {3} and on.cpus() == on.box.smp - 1
    assert not mine & cpu_list(on.box.read("/sys/devices/system/cpu/online"))
    on.destroy(cell)
    assert work_on_every_cpu(on.box) == all_cpus(on)
    assert "denied" not in on.box.hv.since(told)
    assert not kernel_trouble(on.box)


def test_locked_cell_denies_a_shutdown_then_grants_it(on):
    cell, mark = on.run_cell("gic-demo", "gic-demo")
    on.box.cell.wait("Timer fired", mark)
    on.wait_state(cell, "running/locked")
    mark = on.box.cell.mark()
    assert "denied" in on.box.refused(f"jailhouse cell shutdown {cell}")
    on.box.cell.wait("Rejecting", mark)
    on.box.cell.wait("Timer fired", on.box.cell.mark())
    on.box.check(f"jailhouse cell shutdown {cell}")
    on.wait_state(cell, "shut down")
    assert "Timer" not in on.box.cell.quiet(1)


def test_two_cells_run_beside_linux(on):
    first, mark = on.run_cell("uart-demo", "uart-demo")
    on.box.cell.wait("Hello 2 from cell", mark)
    second, mark = on.run_cell("gic-demo", "gic-demo")
    on.box.cell.wait(r"(Timer fired(.|\n)*){5}", mark)
    on.box.cell.wait("Hello .* from cell", mark)
    assert work_on_every_cpu(on.box) == all_cpus(on) - {2, 3}
    assert set(on.cells()) > {first, second}
    assert on.box.run("jailhouse verify")[1] == 0
    assert not kernel_trouble(on.box)


def test_cell_is_started_again_and_loaded_again(on):
    cell, mark = on.run_cell("uart-demo", "uart-demo")
    on.box.cell.wait("Hello 2 from cell", mark)
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello 1 from cell", mark)
    on.box.check(f"jailhouse cell shutdown {cell}")
    on.wait_state(cell, "shut down")
    on.load(cell, "uart-demo")
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello 1 from cell", mark)


def test_statistics_count_the_exits_of_a_cell(on):
    cell, mark = on.run_cell("gic-demo", "gic-demo")
    on.box.cell.wait(r"(Timer fired(.|\n)*){3}", mark)
    stats = json.loads(on.box.check(f"jailhouse cell stats --json {cell}"))
    assert "vmexits_virt_irq" in json.dumps(stats)
    interrupts = on.statistic(cell, "vmexits_virt_irq")
    assert 3 <= interrupts <= on.statistic(cell)  # the cell runs on meanwhile


def test_cpus_of_linux_go_offline_and_come_back(on):
    for cpu in (1, 2):
        on.box.check(f"echo 0 >/sys/devices/system/cpu/cpu{cpu}/online; echo 1 >/sys/devices/system/cpu/cpu{cpu}/online", timeout=60)
    assert work_on_every_cpu(on.box) == all_cpus(on)
    assert not kernel_trouble(on.box)


def test_disable_takes_everything_back_while_a_cell_runs(on):
    _, mark = on.run_cell("uart-demo", "uart-demo")
    on.box.cell.wait("Hello", mark)
    on.disable()
    assert work_on_every_cpu(on.box) == all_cpus(on)
    assert "Hello" not in on.box.cell.quiet(2)
    assert not kernel_trouble(on.box)


def test_enable_and_disable_can_be_repeated(jh):
    for _ in range(3):
        jh.enable()
        jh.disable()
    jh.enable()
    cell, mark = jh.run_cell("uart-demo", "uart-demo")
    jh.box.cell.wait("Hello", mark)
    jh.destroy(cell)
    jh.disable()
    jh.remove()
    assert work_on_every_cpu(jh.box) == all_cpus(jh)
    assert not kernel_trouble(jh.box)
