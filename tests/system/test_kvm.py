# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""KVM beside us: idle it is shadowed and restored, in use it makes enable refuse."""
from jailhouse import kernel_trouble, work_on_every_cpu

SVME = 1 << 12


def registers(box):
    """EFER and VM_HSAVE_PA of every CPU, as root sees them."""
    return [(box.check(f"probe msr {cpu} 0xc0000080").strip(), box.check(f"probe msr {cpu} 0xc0010117").strip()) for cpu in range(4)]


def with_kvm(jh):
    jh.box.check("modprobe msr; modprobe kvm_amd; test -c /dev/kvm")


def test_idle_kvm_does_not_hinder_and_finds_its_registers_again(jh):
    with_kvm(jh)
    before = registers(jh.box)
    jh.enable()
    assert registers(jh.box) == before, "root sees its own values while enabled"
    _, mark = jh.run_cell("apic-demo", "tiny-demo")
    jh.box.cell.wait("PM Timer", mark)
    jh.disable()
    assert registers(jh.box) == before
    if jh.box.line == "6_12":
        assert all(int(efer, 16) & SVME and int(area, 16) for efer, area in before), "6.12 switches SVM on when it loads"
    assert not kernel_trouble(jh.box)


def test_kvm_works_again_after_disable(jh):
    with_kvm(jh)
    jh.enable()
    jh.disable()
    jh.box.check("probe kvm </dev/null")
    assert not kernel_trouble(jh.box)


def test_a_kvm_guest_makes_enable_refuse(jh):
    with_kvm(jh)
    jh.box.check("mkfifo /tmp/hold; probe kvm </tmp/hold >/tmp/held & exec 7>/tmp/hold; sleep 0.5; grep 'guest exists' /tmp/held")
    said = " ".join(jh.box.refused("jailhouse enable /cells/qemu-x86.cell").split())
    assert "A KVM guest exists. Stop all virtual machines first; the KVM modules may stay loaded" in said
    assert not jh.enabled() and jh.cpus() == 4
    jh.box.check("exec 7>&-; wait; rm /tmp/hold /tmp/held")
    jh.enable()


def test_kvm_cannot_make_a_guest_while_enabled(jh):
    """VMRUN is undefined for root: KVM may fail, root must not."""
    with_kvm(jh)
    jh.enable()
    jh.box.run("probe kvm </dev/null", timeout=30)
    assert jh.enabled() and work_on_every_cpu(jh.box) == {0, 1, 2, 3}


def test_cpu_hotplug_with_kvm_loaded_while_enabled(jh):
    """6.12 writes EFER.SVME and VM_HSAVE_PA on a CPU that comes and goes."""
    with_kvm(jh)
    jh.enable()
    jh.box.check("echo 0 >/sys/devices/system/cpu/cpu2/online; echo 1 >/sys/devices/system/cpu/cpu2/online", timeout=60)
    assert work_on_every_cpu(jh.box) == {0, 1, 2, 3}
    jh.destroy(jh.create("apic-demo"))
    assert work_on_every_cpu(jh.box) == {0, 1, 2, 3}
    jh.disable()
    assert work_on_every_cpu(jh.box) == {0, 1, 2, 3} and not kernel_trouble(jh.box)
