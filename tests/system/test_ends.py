# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Ends of Linux while the hypervisor is enabled. They come last on the machine of each kernel, which saves machines of their own."""
import pytest


def with_a_cell(on):
    _, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("PM Timer", mark)
    return on.box


@pytest.mark.last
@pytest.mark.one_kernel(0)
def test_suspend_is_refused_with_a_sentence(on):
    box = with_a_cell(on)
    box.check("grep -q freeze /sys/power/state")
    box.refused("echo freeze >/sys/power/state", timeout=60)
    assert "he machine cannot be suspended while Jailhouse is enabled" in box.dmesg()
    assert on.enabled()
    box.cell.wait("PM Timer", box.cell.mark())


@pytest.mark.ends
@pytest.mark.parametrize("command", [pytest.param("reboot -f", marks=pytest.mark.one_kernel(0)),
                                     pytest.param("echo c >/proc/sysrq-trigger", marks=pytest.mark.one_kernel(-1))],
                         ids=["reboot", "panic"])
def test_linux_leaves_the_hypervisor_before_it_ends(on, command):
    """The emulator ends when Linux resets the machine: it does not hang, and no CPU is left behind."""
    box = with_a_cell(on)
    mark = box.hv.mark()
    box.type(command + "\n")
    box.wait_for_end(60)
    said = box.hv.since(mark)
    assert "disabled" in said if command.startswith("reboot") else "leaves in a crash" in said
    assert "panic" not in said.lower(), "the hypervisor itself had trouble"
