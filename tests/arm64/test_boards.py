# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Boards with ARMv7 CPUs, each with the device tree that Debian ships for it and a configuration that "config create" made from it; and
machines whose kernel was not started in HYP mode."""
import contextlib
import os
import subprocess

import pytest

import machine
from arm32 import Arm32Machine
from jailhouse import TIME, Jailhouse, cpu_list, kernel_trouble, work_on_every_cpu
from test_linux import CELL, in_cell, others, start

CONFIGS = os.path.join(machine.TOP, "configs", "arm")


def all_cpus(jh):
    return set(range(jh.box.smp))


def without_comments(text):
    return [line.split("#")[0].rstrip() for line in text.splitlines() if line.split("#")[0].strip()]


def kept(name):
    with open(os.path.join(CONFIGS, name), encoding="utf-8") as file:
        return without_comments(file.read())


def off_and_on(box, cpu):
    online = f"/sys/devices/system/cpu/cpu{cpu}/online"
    box.check(f"echo 0 >{online}; ! taskset -c {cpu} true 2>/dev/null; echo 1 >{online}; taskset -c {cpu} true", timeout=TIME)


# --- a system on chip: memory map, UARTs in one page -------------------------------------------------

@pytest.mark.on("orangepi")
def test_board_passes_the_check_and_describes_itself_as_it_is_configured(jh):
    assert "Check passed" in jh.box.check("jailhouse hardware check", timeout=TIME)
    jh.box.check("jailhouse config create --console /soc/serial@1c28400 --name orangepi-pc /tmp/system.yaml", timeout=TIME)
    assert without_comments(jh.box.read("/tmp/system.yaml")) == kept("orangepi-pc.yaml")


@pytest.mark.on("orangepi")
def test_cells_run_on_a_board_and_everything_comes_back(jh):
    told = jh.box.hv.mark()
    jh.enable()
    off_and_on(jh.box, 1)
    first, mark = jh.run_cell("uart-demo", "uart-demo")
    jh.box.cell.wait("Hello 2 from cell", mark)
    second, mark = jh.run_cell("gic-demo", "gic-demo")
    assert cpu_list(jh.attribute(first, "cpus_assigned_list")) == {2} and cpu_list(jh.attribute(second, "cpus_assigned_list")) == {3}
    jh.box.cell.wait(r"(Timer fired(.|\n)*){5}", mark)
    assert work_on_every_cpu(jh.box) == all_cpus(jh) - {2, 3}
    jh.box.check("jailhouse verify", timeout=TIME)
    jh.destroy_at_last(second)  # the demo denies it once
    jh.destroy(first)
    assert work_on_every_cpu(jh.box) == all_cpus(jh)
    assert "denied" not in jh.box.hv.since(told)
    jh.disable()
    assert work_on_every_cpu(jh.box) == all_cpus(jh)
    assert not kernel_trouble(jh.box)


@pytest.mark.on("orangepi")
def test_stock_linux_runs_in_a_cell_of_a_board(on):
    """Its console, with interrupts, is a UART whose registers are reached access by access."""
    start(on)
    assert in_cell(on, "echo =$(uname -r)=", r"=(\S+)=").group(1) == on.box.release
    in_cell(on, "dmesg | grep -ciE 'bug:|warning:|oops' | sed 's/.*/=&=/'", "^=0=")
    assert work_on_every_cpu(on.box) == others(on)
    on.destroy(CELL)
    assert work_on_every_cpu(on.box) == all_cpus(on)
    assert not kernel_trouble(on.box)


@pytest.mark.on("orangepi")
def test_disable_ends_cells_of_a_board(jh):
    jh.enable()
    _, mark = jh.run_cell("uart-demo", "uart-demo")
    jh.box.cell.wait("Hello", mark)
    jh.disable()
    assert "Hello" not in jh.box.cell.quiet(2)
    assert work_on_every_cpu(jh.box) == all_cpus(jh)
    jh.remove()
    assert not kernel_trouble(jh.box)


# --- a board without PSCI ----------------------------------------------------------------------------

@contextlib.contextmanager
def gic_in_motion(box):
    """
    The emulator's GICv2 forgets a level-triggered interrupt that comes while it is still active in the virtual interface, until anything
    else happens at the GIC (docs/TESTING.md). With one CPU on, nothing does: its timer stays silent. So Linux routes an interrupt again and again.
    """
    box.check("irq=$(sed -n 's/^ *\\([0-9]*\\):.*uart-pl011$/\\1/p' /proc/interrupts); [ -n \"$irq\" ]; "
              "(sh -c 'echo $$ >/tmp/motion; while echo 1 >/proc/irq/'$irq'/smp_affinity; do :; done' &)")
    yield
    box.check("kill $(cat /tmp/motion)", timeout=TIME)


@pytest.mark.on("vexpress")
def test_without_psci_linux_goes_beneath_and_comes_back_again_and_again(jh):
    """Linux's own CPU hotplug, which keeps the CPU that is off in a loop, works beneath and after."""
    for _ in range(2):
        jh.enable()
        assert work_on_every_cpu(jh.box) == all_cpus(jh)
        jh.disable()
    with gic_in_motion(jh.box):
        jh.enable()
        off_and_on(jh.box, 1)
        jh.box.check("echo 0 >/sys/devices/system/cpu/cpu1/online", timeout=TIME)
        jh.disable()
        assert jh.cpus() == 1, "it was offline before disable"
        off_and_on(jh.box, 1)
    assert work_on_every_cpu(jh.box) == all_cpus(jh)
    assert not kernel_trouble(jh.box)


@pytest.mark.on("vexpress")
def test_without_psci_no_cpu_can_be_taken(on):
    """rule PSCI_MISSING"""
    assert "no PSCI" in on.box.refused("jailhouse hardware check", timeout=TIME)
    for _ in range(2):
        said = on.box.refused(f"jailhouse cell create {on.box.cell_file('gic-demo')}", timeout=TIME)
        assert "No CPU can be given to a cell: the firmware has no PSCI" in said and "a U-Boot with PSCI" in said
    assert len(on.cells()) == 1 and cpu_list(on.attribute("vexpress-a15", "cpus_assigned_list")) == all_cpus(on)
    assert work_on_every_cpu(on.box) == all_cpus(on)
    on.disable()
    assert not kernel_trouble(on.box)


# --- kernels that were not started in HYP mode -------------------------------------------------------

def device_tree(box, folder):
    """The emulator's own for this machine, of firmware that has not set up the timers: Linux takes the physical one without HYP mode, too."""
    tree = str(folder / "tree.dtb")
    place = box.args.index("-M") + 1
    subprocess.run([box.qemu, "-M", f"{box.args[place]},dumpdtb={tree}", *box.args[place + 1:]], check=True, capture_output=True)
    subprocess.run(["fdtput", "-t", "bx", tree, "/timer", "arm,cpu-registers-not-fw-configured"], check=True)
    return tree


@pytest.mark.parametrize("timer", ("virtual", "physical"))
def test_kernel_that_was_not_started_in_hyp_mode_is_refused(timer, tmp_path):
    """rule EL2_MISSING. An HVC there would be an undefined instruction: Linux would tell of it."""
    box = Arm32Machine(machine.kernels()[timer == "physical"], name=f"arm64-{os.getpid()}-no-hyp-{timer}", smp=2, virtualization="off")
    if timer == "physical":
        box.args += ["-dtb", device_tree(box, tmp_path)]
    with box:
        jh = Jailhouse(box)
        jh.insert()
        used = box.check("grep arch_timer /proc/interrupts")
        assert (" 27 Level" in used) == (timer == "virtual") and (" 30 Level" in used) == (timer == "physical")
        said = box.refused(f"jailhouse enable {box.SYSTEM}", timeout=TIME)
        assert "was not started at EL2 (on ARMv7: in HYP mode)" in said and "QEMU with virtualization=on" in said
        assert "in HYP mode" in box.refused("jailhouse hardware check", timeout=TIME)
        assert not jh.enabled() and jh.cpus() == 2
        assert work_on_every_cpu(box) == {0, 1}
        assert not kernel_trouble(box)
