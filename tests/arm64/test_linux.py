# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A stock Linux in a cell: console, CPUs, the ends that it chooses itself."""
import base64
import re
import subprocess

import pytest

from jailhouse import TIME, cpu_list, kernel_trouble, work_on_every_cpu

CELL = "linux-demo"
UP = r"^cell: (\S+) is up, 2 CPUs"


def command(jh):
    return f"jailhouse cell linux {jh.box.cell_file(CELL)} /linux/vmlinuz -i /linux/initrd -c 'console={jh.box.CELL_CONSOLE}'"


def start(jh, more=""):
    mark = jh.box.cell.mark()
    said = jh.box.check(command(jh) + more, timeout=TIME)
    for what in ("loader", "kernel", "device tree", "initrd", "parameters"):
        assert f"Loading {what}: " in said
    jh.box.cell.wait(UP, mark, timeout=120)
    jh.box.uart_type("stty -echo; PS1=; PS2=\n")
    return mark


def others(jh):
    """CPUs that are left to root."""
    return set(range(jh.box.smp)) - cpu_list(jh.attribute(CELL, "cpus_assigned_list"))


def in_cell(jh, command, pattern, timeout=60):
    mark = jh.box.cell.mark()
    jh.box.uart_type(command + "\n")
    return jh.box.cell.wait(pattern, mark, timeout)


def test_linux_runs_in_a_cell_with_console_and_cpu_hotplug(on):
    start(on)
    assert on.state(CELL) == "running"
    release = in_cell(on, "echo =$(uname -r)=", r"=(\S+)=").group(1)
    assert release == on.box.release
    in_cell(on, "grep -c timer /proc/interrupts; echo 0 >/sys/devices/system/cpu/cpu1/online; echo =$(nproc)=", "^=1=")
    in_cell(on, "echo 1 >/sys/devices/system/cpu/cpu1/online; echo =$(nproc)=", "^=2=")
    assert work_on_every_cpu(on.box) == others(on)
    in_cell(on, "dmesg | grep -ciE 'bug:|warning:|oops' | sed 's/.*/=&=/'", "^=0=")
    assert not kernel_trouble(on.box)
    on.destroy(CELL)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))


def test_linux_with_a_given_device_tree_switches_itself_off(on):
    """The tree is one that was generated."""
    on.box.check(f"{command(on)} -w /tmp/given.dtb")
    start(on, " -d /tmp/given.dtb")
    on.box.uart_type("poweroff -f\n")
    on.wait_state(CELL, "shut down", timeout=30)
    assert work_on_every_cpu(on.box) == others(on)
    on.destroy(CELL)
    assert not kernel_trouble(on.box)


UBOOT_NUMBERS = {"cpu_off": "95c1ba5f", "cpu_on": "95c1ba60"}


def with_uboots_psci(box, tree):
    """The tree on the machine with PSCI 0.1, whose numbers stand in the tree"""
    tree.write_bytes(base64.b64decode(box.check("base64 /tmp/given.dtb")))
    subprocess.run(["fdtput", "-t", "s", tree, "/psci", "compatible", "arm,psci"], check=True)
    for name, number in UBOOT_NUMBERS.items():
        subprocess.run(["fdtput", "-t", "x", tree, "/psci", name, number], check=True)
    box.check("rm /tmp/given.dtb")
    text = base64.b64encode(tree.read_bytes()).decode()
    for at in range(0, len(text), 400):
        box.check(f"echo {text[at:at + 400]} >>/tmp/given.64")
    box.check("base64 -d /tmp/given.64 >/tmp/given.dtb; rm /tmp/given.64")


@pytest.mark.on("a15")
def test_linux_switches_cpus_by_the_numbers_of_u_boot(on, tmp_path):
    on.box.check(f"{command(on)} -w /tmp/given.dtb")
    with_uboots_psci(on.box, tmp_path / "tree.dtb")
    start(on, " -d /tmp/given.dtb")
    in_cell(on, "dmesg | grep -c 'psci: .*v0.1' | sed 's/.*/=&=/'", "^=[1-9]=")
    in_cell(on, "echo 0 >/sys/devices/system/cpu/cpu1/online; echo =$(nproc)=", "^=1=")
    in_cell(on, "echo 1 >/sys/devices/system/cpu/cpu1/online; echo =$(nproc)=", "^=2=")
    on.destroy(CELL)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))


@pytest.mark.on("gicv3", "zcu102", "a15")
def test_linux_in_a_cell_resets_itself_and_stays_off_until_it_is_loaded_again(on):
    """A configuration has nothing that allows a restart: a reset is an end that root is told of."""
    mark = start(on)
    on.box.uart_type("reboot -f\n")
    on.wait_state(CELL, "shut down", timeout=30)
    on.box.cell.wait(f'cell "{CELL}" has reset itself: it stays off until it is started', mark)
    assert work_on_every_cpu(on.box) == others(on)
    on.destroy(CELL)
    start(on)
    on.destroy(CELL)
    assert not kernel_trouble(on.box)


@pytest.mark.parametrize("wrong, sentence", (
    ("{gic_demo} /linux/vmlinuz", "no region of RAM"),
    ("{linux_demo} /linux/initrd", "not a kernel of arm64"),
    ("{linux_demo} /linux/vmlinuz -d /linux/initrd", "not a device tree"),
    ("{system} /linux/vmlinuz", "is a system configuration|no cell configuration|not a cell"),
))
def test_what_cannot_be_started_is_refused_before_a_cell_is_made(on, wrong, sentence):
    words = wrong.format(gic_demo=on.box.cell_file("gic-demo"), linux_demo=on.box.cell_file(CELL), system=on.box.SYSTEM)
    said = on.box.refused(f"jailhouse cell linux {words}")
    assert re.search(sentence, said), said
    assert len(on.cells()) == 1


def test_device_tree_is_written_with_the_commands_that_use_it(on):
    said = on.box.check(f"{command(on)} -w /tmp/cell.dtb")
    assert [line.split()[2] for line in said.splitlines()] == ["create", "load", "start"]
    assert on.box.check("head -c 4 /tmp/cell.dtb | od -An -tx1").split() == ["d0", "0d", "fe", "ed"]
    assert len(on.cells()) == 1
