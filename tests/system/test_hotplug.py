# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""CPUs of Linux come and go while the hypervisor is enabled."""
import pytest

from jailhouse import cpu_list, kernel_trouble, work_on_every_cpu

CPU = "/sys/devices/system/cpu/cpu{}/online"


def test_root_cpus_can_go_and_come_back(on):
    for cpu in (1, 2, 3):
        on.box.check(f"echo 0 >{CPU.format(cpu)}", timeout=60)
        assert on.cpus() == 3
        on.box.check(f"echo 1 >{CPU.format(cpu)}", timeout=60)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}
    assert not kernel_trouble(on.box)


def test_disable_takes_cpus_along_that_linux_had_offline_and_leaves_them_so(on):
    """A CPU leaves the hypervisor only by running; one that comes from a cell is parked, another sits in Linux's own idle loop."""
    on.box.check(f"echo 0 >{CPU.format(2)}; echo 0 >{CPU.format(3)}", timeout=60)
    on.destroy(on.create("apic-demo"))
    assert on.cpus() == 2, "the cell's CPU was offline before, and stays so"
    on.disable()
    assert cpu_list(on.box.read("/sys/devices/system/cpu/online")) == {0, 1}
    on.box.check(f"echo 1 >{CPU.format(2)}; echo 1 >{CPU.format(3)}", timeout=60)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


def test_an_offline_cpu_that_a_cell_had_can_come_back(on):
    on.box.check(f"echo 0 >{CPU.format(3)}", timeout=60)
    on.destroy(on.create("apic-demo"))
    on.box.check(f"echo 1 >{CPU.format(3)}", timeout=60)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


def test_enable_with_an_offline_cpu_is_refused_with_the_reason(jh):
    jh.box.check(f"echo 0 >{CPU.format(2)}", timeout=60)
    said = jh.box.refused("jailhouse enable /cells/qemu-x86.cell")
    assert "CPU" in said and not jh.enabled()
    jh.box.check(f"echo 1 >{CPU.format(2)}", timeout=60)
    jh.enable()


def test_linux_cannot_take_the_cpu_of_a_cell(on):
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello", mark)
    cpu = min(cpu_list(on.attribute(cell, "cpus_assigned_list")))
    on.box.refused(f"echo 1 >{CPU.format(cpu)}", timeout=60)
    assert on.cpus() == 3 and on.state(cell) == "running"
    on.box.cell.wait("PM Timer", on.box.cell.mark())
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} - {cpu}
    on.destroy(cell)
    assert on.cpus() == 4


@pytest.fixture
def refuse(on):
    """How many CPUs Linux refuses from now on."""
    on.box.check("insmod /root/online_probe.ko")
    yield lambda times: on.box.check(f"dmesg -c >/dev/null; echo {times} >/sys/module/online_probe/parameters/times")
    on.box.check("rmmod online_probe")


MANY = 1000000


def test_a_cpu_that_linux_refuses_for_a_moment_comes_back(on, refuse):
    cell = on.create("apic-demo")
    refuse(3)
    on.destroy(cell)
    assert on.cpus() == 4 and work_on_every_cpu(on.box) == {0, 1, 2, 3}
    said = on.box.dmesg()
    assert said.count("does not come online yet (error -11)") == 1 and said.count("refused") == 3 and "cannot be brought online" not in said
    assert not kernel_trouble(on.box)


def test_cpus_that_linux_refuses_for_good_are_given_up_and_can_be_brought_online_later(on, refuse):
    cell = on.create("smp-demo")
    first, second = sorted(cpu_list(on.attribute(cell, "cpus_assigned_list")))
    refuse(MANY)
    on.destroy(cell)
    said = on.box.dmesg()
    for cpu in (first, second):
        assert said.count(f"CPU {cpu} does not come online yet (error -11)") == 1
        assert said.count(f"CPU {cpu} belongs to Linux again, but cannot be brought online (error -11)") == 1
    assert said.count(f"CPU {first} refused") > 2 and said.count(f"CPU {second} refused") == 1, "they are waited for together"
    refuse(0)
    on.box.check(f"echo 1 >{CPU.format(first)}; echo 1 >{CPU.format(second)}", timeout=60)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


def test_disable_is_refused_while_linux_refuses_a_cpu(on, refuse):
    on.box.check(f"echo 0 >{CPU.format(2)}", timeout=60)
    refuse(MANY)
    said = on.box.refused("jailhouse disable", timeout=60)
    assert "CPU 2" in said and on.enabled()
    refuse(3)
    on.disable()
    on.box.check(f"echo 1 >{CPU.format(2)}", timeout=60)
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


def move_cpus(box, numbers):
    """Linux's CPUs go and come in the background until stop_moving()."""
    text = "; ".join(f"echo 0 >{CPU.format(number)}; echo 1 >{CPU.format(number)}" for number in numbers)
    box.check(f"rm -f /tmp/stop; (sh -c 'while [ ! -e /tmp/stop ]; do {text}; done; touch /tmp/stopped' >/dev/null 2>&1 &)")


def stop_moving(box, numbers):
    box.check("rm -f /tmp/stopped; touch /tmp/stop; while [ ! -e /tmp/stopped ]; do sleep 0.1; done", timeout=120)
    for number in numbers:
        box.check(f"[ $(cat {CPU.format(number)}) = 1 ] || echo 1 >{CPU.format(number)}", timeout=60)


@pytest.mark.one_kernel(0)
def test_cells_come_and_go_while_cpus_do(on):
    move_cpus(on.box, (1, 2))
    try:
        for _ in range(3):
            on.create("apic-demo")
            on.destroy("apic-demo")
    finally:
        stop_moving(on.box, (1, 2))
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3} and not kernel_trouble(on.box)


@pytest.mark.one_kernel(-1)
def test_the_hypervisor_comes_and_goes_while_cpus_do(jh):
    """Enable wants all CPUs online: it is refused while one is not, and then nothing is changed. Disable brings back what is missing."""
    move_cpus(jh.box, (2, 3))
    try:
        for _ in range(6):
            said, status = jh.box.run("jailhouse enable /cells/qemu-x86.cell", timeout=120)
            assert status == 0 or "is offline" in said or "are online" in said, said
            assert jh.enabled() == (status == 0)
            for _ in range(10 if jh.enabled() else 0):
                said, status = jh.box.run("jailhouse disable", timeout=120)
                assert status == 0 or "is offline" in said, said
                if not status:
                    break
            assert not jh.enabled(), "ten times one CPU or another was taken away"
    finally:
        stop_moving(jh.box, (2, 3))
    jh.enable()
    jh.destroy(jh.create("apic-demo"))
    jh.disable()
    assert work_on_every_cpu(jh.box) == {0, 1, 2, 3} and not kernel_trouble(jh.box)
