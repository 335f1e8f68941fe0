# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""CPUs that QEMU cannot emulate, in Bochs: Intel's VMX, and AMD's SVM with next RIP and flushing by ASID. One boot for each; the tests of
one machine build on each other's leavings as little as those of QEMU's machines, but a machine that breaks is not replaced.
"""
import pytest

from bochs import AMD, INTEL, BochsMachine
from jailhouse import Jailhouse, cpu_list, kernel_trouble, work_on_every_cpu
from test_inmates import ACTS, passes, run_forbidden

pytestmark = pytest.mark.own_machine
# A triple fault of an SVM guest ends the emulator itself.
FATAL = {"intel": ("mem-write", "icr-smi", "triple-fault", "port-out"), "amd": ("mem-write", "icr-smi", "port-out")}
KVM_HOTPLUG = "echo 0 >/sys/devices/system/cpu/cpu1/online && echo 1 >/sys/devices/system/cpu/cpu1/online"


@pytest.fixture(scope="module", params=["intel", "amd"])
def maker(request):
    """The machine with a CPU of this maker."""
    with BochsMachine(name=f"bochs-{request.param}", model={"intel": INTEL, "amd": AMD}[request.param]) as box:
        yield box


@pytest.fixture
def on(maker):
    hypervisor = Jailhouse(maker)
    hypervisor.bring_on()
    return hypervisor


def all_cpus_work(jh):
    return work_on_every_cpu(jh.box) == set(range(jh.cpus()))


def test_enable_disable_and_again(on):
    cpus = on.cpus()
    assert all_cpus_work(on)
    on.disable()
    assert on.cpus() == cpus and all_cpus_work(on)
    on.enable()
    assert on.cpus() == cpus and all_cpus_work(on) and not kernel_trouble(on.box)


def test_a_cell_gets_its_cpu_and_gives_it_back(on):
    cpus = on.cpus()
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    assert on.cpus() == cpus - len(cpu_list(on.attribute(cell, "cpus_assigned_list")))
    on.box.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)
    on.destroy_at_last(cell)
    assert on.cpus() == cpus and all_cpus_work(on)


def test_a_cell_lives_ten_times(on):
    cycle = ("jailhouse cell create /cells/tiny-demo.cell && jailhouse cell load tiny-demo /inmates/tiny-demo.bin && "
             "jailhouse cell start tiny-demo && jailhouse cell destroy tiny-demo")
    pool = on.box.read("/sys/devices/jailhouse/mem_pool_used")
    on.box.check(f"n=0; while [ $n -lt 10 ] && {cycle}; do n=$((n+1)); done; [ $n = 10 ]", timeout=120)
    assert on.box.read("/sys/devices/jailhouse/mem_pool_used") == pool
    assert all_cpus_work(on) and not kernel_trouble(on.box)


def test_siblings_in_a_cell_interrupt_each_other(on):
    cell, mark = on.run_cell("smp-demo", "smp-demo")
    on.box.cell.wait(r"SMP demo done, 1 of 1 secondary", mark)
    on.destroy_at_last(cell)
    passes(on, "smp-demo", "ipi")


def test_two_cells_at_once(on):
    neighbour = on.create("tiny-demo-2")
    on.load(neighbour, "canary")
    mark = on.box.cell2.mark()
    on.start(neighbour)
    passes(on, "test", "fp-state")
    on.box.cell2.wait(r"(canary: ok \d+\n(.|\n)*){3}", mark)
    assert on.state(neighbour) == "running" and "CORRUPTED" not in on.box.cell2.since(mark)


@pytest.mark.parametrize("image", ["mmio-decoder", "mmio-decoder-32", "msr-sweep"])
def test_program_finds_everything_as_it_should_be(on, image):
    passes(on, "test", image)


@pytest.mark.parametrize("act", ACTS["true"])
def test_what_hardware_would_refuse_is_refused_and_the_cell_lives(on, act):
    passes(on, "test", "forbidden", f"what={act}")


@pytest.mark.parametrize("maker, act", [(maker, act) for maker, acts in FATAL.items() for act in acts], indirect=["maker"])
def test_a_cell_that_breaks_its_border_is_stopped(on, act):
    cell, told = run_forbidden(on, act)
    lines = [line for line in told.splitlines() if "CPU stopped" in line]
    assert len(lines) == 1 and f'"{cell}"' in lines[0], told
    on.destroy(cell)
    assert all_cpus_work(on)


@pytest.mark.parametrize("maker", ["intel"], indirect=True)
def test_idle_kvm_finds_vmx_operation_again(maker):
    """6.12 enters it when kvm_intel is loaded, and at CPU hotplug. While the hypervisor is there, KVM fails in peace."""
    jh = Jailhouse(maker)
    jh.bring_off()
    kernel_trouble(maker)
    maker.check("modprobe kvm_intel; test -c /dev/kvm", timeout=60)
    jh.enable()
    maker.check(KVM_HOTPLUG, timeout=60)
    jh.destroy(jh.create("apic-demo"))
    assert all_cpus_work(jh) and not kernel_trouble(maker)
    maker.run("probe kvm </dev/null", timeout=60)
    kernel_trouble(maker)
    assert all_cpus_work(jh)
    jh.disable()
    assert all_cpus_work(jh)
    maker.check("probe kvm </dev/null", timeout=60)
    maker.check(KVM_HOTPLUG, timeout=60)
    maker.check("rmmod kvm_intel kvm")
    assert all_cpus_work(jh) and not kernel_trouble(maker)


@pytest.mark.parametrize("maker", ["intel"], indirect=True)
def test_kvm_that_goes_while_enabled_is_gone_after_disable(maker):
    jh = Jailhouse(maker)
    jh.bring_off()
    maker.check("modprobe kvm_intel; test -c /dev/kvm", timeout=60)
    jh.enable()
    maker.check("rmmod kvm_intel kvm; modprobe kvm_intel; rmmod kvm_intel kvm", timeout=60)
    jh.disable()
    maker.check("modprobe kvm_intel; probe kvm </dev/null; rmmod kvm_intel kvm", timeout=60)
    assert all_cpus_work(jh) and not kernel_trouble(maker)
