# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Machines that cannot be divided: each is told so, with the way out, and goes on as it was."""
import machine
from arm64 import Arm64Machine
from jailhouse import Jailhouse, kernel_trouble


def refused_on(name, **more):
    with Arm64Machine(machine.kernels()[0], name=f"arm64-{name}", **more) as box:
        jh = Jailhouse(box)
        jh.insert()
        said = box.refused("jailhouse enable /cells/qemu-arm64.cell")
        assert not jh.enabled() and jh.cpus() == 4
        assert not kernel_trouble(box)
        return said


def test_kernel_at_el2_is_refused():
    """rule KERNEL_AT_EL2"""
    said = refused_on("vhe", cpu="cortex-a76")
    assert "runs at the hypervisor's exception level" in said and "kvm-arm.mode=nvhe" in said


def test_machine_without_el2_is_refused():
    """rule EL2_MISSING"""
    assert "was not started at EL2" in refused_on("el1", virtualization="off")


def test_kvm_guest_is_in_the_way_and_kvm_itself_is_not(jh):
    """rule KVM_IN_USE. On CPU 0: QEMU 10 with 6.12 hangs when a guest runs on a CPU that was offline before, without Jailhouse, too."""
    jh.box.check("taskset -c 0 kvm-guest run")
    jh.box.check("kvm-guest hold >/tmp/guest & while ! grep -q holding /tmp/guest; do sleep 0.1; done")
    assert "A KVM guest exists" in jh.box.refused(f"jailhouse enable {jh.box.SYSTEM}")
    jh.box.check("killall kvm-guest; wait; sleep 0.5")
    jh.enable()
    jh.disable()
    jh.box.check("taskset -c 0 kvm-guest run")
    assert not kernel_trouble(jh.box)
