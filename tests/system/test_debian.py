# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""On a real root file system of Debian, with systemd and udev: installed by "make install", and nothing is edited by hand. One boot; each test
leaves the hypervisor off."""
import json
import re

import pytest

from debian import DebianMachine
from jailhouse import Jailhouse, kernel_trouble, way_to_a_cell, work_on_every_cpu

pytestmark = pytest.mark.own_machine
CREATE_SYSTEM, ENABLE = way_to_a_cell(DebianMachine, "demo", "apic-demo")[1:3]
ALL_BLOCKS = "cat /sys/devices/system/memory/memory*/state"


@pytest.fixture(name="box", scope="module")
def fixture_box():
    with DebianMachine(name="debian") as box:
        # What runs at boot is through: it goes on behind the login.
        assert box.check("systemctl is-system-running --wait; udevadm settle", timeout=60) == "running\n"
        box.check("modprobe jailhouse")
        kernel_trouble(box)
        yield box


@pytest.fixture(name="jh")
def fixture_jh(box):
    hypervisor = Jailhouse(box)
    hypervisor.bring_off()
    yield hypervisor
    hypervisor.bring_off()
    assert not kernel_trouble(box)
    assert box.check("systemctl --failed --no-legend") == ""


def run_demo(jh):
    """From the hardware check to a running program"""
    mark = jh.box.cell.mark()
    for command in way_to_a_cell(jh.box, "demo", "apic-demo"):
        jh.box.check(command, timeout=60)
    jh.box.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)


def test_udev_knows_the_device_as_long_as_the_module_is_there(box, jh):
    assert "DEVNAME=/dev/jailhouse" in box.check("udevadm info /dev/jailhouse")
    assert box.check("stat -c '%a %U' /dev/jailhouse") == "600 root\n"
    jh.remove()
    box.check("udevadm settle; ! test -e /dev/jailhouse")
    box.check("modprobe jailhouse; udevadm settle; test -c /dev/jailhouse")


def test_five_commands_lead_to_a_running_cell(box, jh):
    """No memory is reserved: enable takes a block offline, and disable gives it back."""
    assert box.check(ALL_BLOCKS).split() == ["online"] * 8
    run_demo(jh)
    assert box.check(ALL_BLOCKS).split().count("offline") == 1
    assert re.search(r"^1 +demo +running/locked +3 *$", box.check("jailhouse cell list"), re.M)
    statistics = json.loads(box.check("jailhouse cell stats --json demo"))
    assert statistics["name"] == "demo" and sorted(statistics["cpus"]) == ["3"], statistics
    assert "0 errors, 0 warnings" in box.check("jailhouse config check --live /tmp/machine.yaml /tmp/demo.yaml", timeout=60)
    box.check("jailhouse verify", timeout=60)
    jh.destroy_at_last("demo")  # the demo denies it once
    jh.disable()
    assert box.check(ALL_BLOCKS).split() == ["online"] * 8
    assert "forbidden" not in box.hv.since() and jh.cpus() == 4


def test_cpus_come_and_go_under_systemd(box, jh):
    run_demo(jh)
    assert box.read("/sys/devices/system/cpu/online") == "0-2"
    box.check("echo 0 >/sys/devices/system/cpu/cpu1/online; systemctl start on-cpu@2")
    assert box.read("/sys/devices/system/cpu/online") == "0,2"
    box.check("echo 1 >/sys/devices/system/cpu/cpu1/online; systemctl start on-cpu@1")
    jh.destroy_at_last("demo")
    box.check("systemctl start on-cpu@3")
    assert work_on_every_cpu(box) == {0, 1, 2, 3}
    assert box.check("systemctl is-system-running") == "running\n"


def test_a_python_program_manages_cells_and_sees_what_happens(box, jh):
    """Texts and binaries; memory is taken offline for each run and given back. udev passes on what it sees."""
    box.check(CREATE_SYSTEM, timeout=60)
    box.check("jailhouse config create --cell tiny-demo --system /tmp/machine.yaml --cpus 3 --ram 2M --uart com2 tiny-demo.yaml")
    box.check("jailhouse config compile -o machine.cell /tmp/machine.yaml && jailhouse config compile -o tiny-demo.cell tiny-demo.yaml")
    box.check("udevadm monitor --udev --property >events 2>&1 & echo $! >monitor; until grep -q UDEV events; do sleep 0.1; done")
    assert "the story is true" in box.check("python3 python_story.py machine.cell tiny-demo.cell /inmates/tiny-demo.bin", timeout=120)
    said = box.check("python3 examples/run_cell.py machine.cell tiny-demo.cell /inmates/tiny-demo.bin 1", timeout=60)
    assert re.search(r'cell "tiny-demo" on CPUs \[3\]: running, \d+ exits', said) and 'cell "tiny-demo" started' in said
    assert not jh.enabled()
    box.check("udevadm settle; kill $(cat monitor)")
    assert box.check(ALL_BLOCKS).split() == ["online"] * 8
    seen = re.findall(r"UDEV +\[[\d.]+\] (\w+) +/devices/jailhouse/cells/1\b", box.read("events"))
    assert seen.count("add") == seen.count("remove") == 4 and "change" in seen, box.read("events")


def test_manual_pages_are_found(box):
    assert "create a cell, load images into it and start it" in box.check("man jailhouse-cell-run | cat")
    assert "jailhouse-cell-run(8)" in box.check("man jailhouse | cat")


def test_the_journal_has_what_the_driver_says(box, jh):
    box.check(f"{CREATE_SYSTEM} && {ENABLE}", timeout=60)
    assert "jailhouse: " in box.check("journalctl -k -b --no-pager -o cat")
