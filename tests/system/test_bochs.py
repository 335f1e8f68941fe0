# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""CPUs that QEMU cannot emulate, in Bochs: Intel's VMX, and AMD's SVM with next RIP and flushing by ASID. One boot for each (conftest.py
puts the tests of a machine one behind the other); they build on each other's leavings as little as those of QEMU's machines, but a machine
that breaks is not replaced.
"""
import os

import pytest

from bochs import AMD, INTEL, BochsMachine
from escape import Arena, judged, table
from jailhouse import Jailhouse, cpu_list, kernel_trouble, way_to_a_cell, work_on_every_cpu
from machine import BUILD
from test_inmates import ACTS, passes, run_forbidden

pytestmark = pytest.mark.own_machine
KVM_HOTPLUG = "echo 0 >/sys/devices/system/cpu/cpu1/online && echo 1 >/sys/devices/system/cpu/cpu1/online"
INTEL_ONLY = pytest.mark.parametrize("maker", ["intel"], indirect=True)
AMD_ONLY = pytest.mark.parametrize("maker", ["amd"], indirect=True)


@pytest.fixture(scope="module", params=["intel", "amd"])
def maker(request):
    """The machine with a CPU of this maker."""
    with BochsMachine(name=f"bochs-{request.param}", model={"intel": INTEL, "amd": AMD}[request.param], append="iomem=relaxed") as box:
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


@AMD_ONLY
def test_this_cpu_has_what_qemu_has_not(on):
    """The backend uses both where the CPU has them (tests/contract/virt_ops_test.c)."""
    flags = on.box.check("grep -m1 ^flags /proc/cpuinfo").split()
    assert {"svm", "npt", "nrip_save", "flushbyasid"} <= set(flags)


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


def test_the_tables_in_use_are_those_that_the_configurations_ask_for(on):
    """On VMX there is no other look at a running EPT: this one is the hypervisor's own, from root; and what people look at beside it."""
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    said = on.box.check("jailhouse verify", timeout=120)
    assert len([line for line in said.splitlines() if line.startswith("ok ")]) == 7 and "digest" in said, said
    assert cell in on.box.check("jailhouse cell list")
    assert "vmexits_total" in on.box.check(f"jailhouse cell stats --json {cell}")
    assert f'cell "{cell}"' in on.box.check("jailhouse console")
    on.destroy_at_last(cell)
    on.box.check("jailhouse verify", timeout=120)


@pytest.mark.parametrize("image", ["mmio-decoder", "mmio-decoder-32", "msr-sweep"])
def test_program_finds_everything_as_it_should_be(on, image):
    passes(on, "test", image)


def test_what_hardware_would_refuse_is_refused_and_the_cell_lives(on):
    cell = on.create("test")
    for act in ACTS["true"]:
        on.load(cell, "forbidden", more=f'-s "what={act}" -a 0x1000')
        mark = on.box.cell.mark()
        on.start(cell)
        summary = on.box.cell.wait(r"^forbidden: (\d+) passed, (\d+) failed", mark)
        assert int(summary[1]) > 0 and int(summary[2]) == 0, on.box.cell.since(mark)


def is_stopped(on, act):
    cell, told = run_forbidden(on, act)
    lines = [line for line in told.splitlines() if "CPU stopped" in line]
    assert len(lines) == 1 and f'"{cell}"' in lines[0], told
    on.destroy(cell)
    assert all_cpus_work(on)


@pytest.mark.parametrize("act", ["mem-write", "icr-smi", "port-out"])
def test_a_cell_that_breaks_its_border_is_stopped(on, act):
    is_stopped(on, act)


@INTEL_ONLY
def test_a_triple_fault_stops_the_cell(on):
    """Of an SVM guest it would end the emulator itself."""
    is_stopped(on, "triple-fault")


def create_and_run(jh, **where):
    """Five commands, by the machine as it runs: ACPI tables without MCFG, and CPUs whose registers can all be read."""
    jh.bring_off()
    said = [jh.box.check(command, timeout=60) for command in way_to_a_cell(jh.box, "demo", "apic-demo", **where)]
    assert "Check passed" in said[0] and "not seen" not in said[0], said[0]


@AMD_ONLY
def test_created_configurations_run_a_cell(maker):
    jh, mark = Jailhouse(maker), maker.cell.mark()
    create_and_run(jh)
    maker.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)
    jh.destroy_at_last("demo")
    jh.disable()
    assert all_cpus_work(jh) and not kernel_trouble(maker)


# --- escapes ----------------------------------------------------------------------------------------

PROGRAMS = ("memory", "windows", "ports", "msr", "cpu", "modes", "hypercall", "apic", "ioapic")  # all but "pci", which needs its device


# What ends Bochs 2.7 itself (the beginnings of names): a read of the APIC page that is not aligned, also by the CPU's walk of tables, which VMX
# lets pass as a read; an SVM guest that comes back to virtual-8086 mode. Or hangs its SVM guest: an intercepted #DB of a single step.
NOT_ON_BOCHS = {INTEL: ("apic read-page", "memory table-apic"), AMD: ("apic read-page", "cpu single-step", "modes v86")}


class BochsArena(Arena):
    """Cells without devices, and a victim that watches less memory. Of the attacks that need a start each some are chosen."""

    SYSTEM, CELL_CONFIG, VICTIM_CONFIG = BochsMachine.SYSTEM, "bochs-escape", "bochs-victim"
    VICTIM_PARAMETERS = "victim nodevice watch=0x10000 tick=10"
    EVERY = 6

    def __init__(self, jh):
        super().__init__(jh)
        self.LEFT_OUT = NOT_ON_BOCHS[jh.box.model]  # pylint: disable=invalid-name

    def _chosen(self, fatal):
        """A triple fault of an SVM guest would end the emulator itself."""
        possible = [row for row in fatal if not self.is_left_out(row) and (self.box.model == INTEL or "shutdown" not in row.expected)]
        return possible[::self.EVERY]


@pytest.fixture
def arena(maker):
    both = BochsArena(Jailhouse(maker))
    if not both.jh.loaded() or not both.is_ready():
        both.jh.bring_on()
        both.create()
    return both


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_escapes(arena, program):
    rows = judged(arena.run(f"escape-{program}"), "vmx" if arena.box.model == INTEL else "svm")
    with open(os.path.join(BUILD, "rig", "logs", f"bochs-escape-{arena.box.model}-{program}.txt"), "w", encoding="utf-8") as out:
        out.write(table(rows))
    broken = [row for row in rows if not row.passed()]
    assert rows and not broken, "\n" + table(broken)
    assert work_on_every_cpu(arena.box) == {0, 1}
    assert not kernel_trouble(arena.box)


# --- Intel ------------------------------------------------------------------------------------------

@INTEL_ONLY
def test_int1_is_a_trap_for_linux(on):
    """Its #DB exits; the handler has to return behind it, or the process never gets on."""
    assert on.box.check("probe int1") == "behind\n"


@INTEL_ONLY
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


@INTEL_ONLY
def test_kvm_that_goes_while_enabled_is_gone_after_disable(maker):
    jh = Jailhouse(maker)
    jh.bring_off()
    maker.check("modprobe kvm_intel; test -c /dev/kvm", timeout=60)
    jh.enable()
    maker.check("rmmod kvm_intel kvm; modprobe kvm_intel; rmmod kvm_intel kvm", timeout=60)
    jh.disable()
    maker.check("modprobe kvm_intel; probe kvm </dev/null; rmmod kvm_intel kvm", timeout=60)
    assert all_cpus_work(jh) and not kernel_trouble(maker)


@INTEL_ONLY
@pytest.mark.ends
def test_created_configurations_run_cells_in_x2apic_mode(maker):
    """Which these CPUs have: nothing of the local APIC but the sending of interrupts exits. In Bochs 2.7 no CPU comes back from that mode: the
    last test."""
    jh, mark = Jailhouse(maker), maker.cell2.mark()
    create_and_run(jh, cpus="1", uart="com4")
    maker.cell2.wait(r"Timer fired(.|\n)*Timer fired", mark)
    maker.run("jailhouse cell shutdown demo")  # it denies it once, and keeps others from being created
    maker.check("jailhouse cell shutdown demo")
    cell, mark = jh.run_cell("smp-demo", "ipi")
    summary = maker.cell.wait(r"^ipi[\w-]*: (\d+) passed, (\d+) failed", mark)
    assert int(summary[1]) > 0 and int(summary[2]) == 0, maker.cell.since(mark)
    assert jh.statistic(cell, "vmexits_xapic") == 0 < jh.statistic(cell, "vmexits_msr_x2apic_icr")
    assert work_on_every_cpu(maker) == {0} and not kernel_trouble(maker)
