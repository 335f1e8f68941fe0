# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The rig itself: what the other tests rely on."""
import pytest

from machine import MachineError


def test_stock_kernel_boots_with_four_cpus(box):
    assert box.check("uname -r").strip() == box.release
    assert box.check("nproc").strip() == "4"
    assert box.check("cat /proc/sys/kernel/tainted").strip() in ("0", "4096", "12288")


def test_exit_status_and_output_of_a_command_arrive(box):
    assert box.run("echo one; echo two >&2; (exit 7)") == ("one\ntwo\n", 7)


def test_a_failing_command_is_reported_with_the_consoles(box):
    with pytest.raises(MachineError, match="root console"):
        box.check("false")


def test_each_cell_console_is_a_port_of_its_own(box):
    for port, console in ((0x2f8, box.cell), (0x3e8, box.hv), (0x2e8, box.cell2)):
        mark = console.mark()
        box.check(f"probe port {port + 3} 8 3; for c in 0x68 0x69 0x0a; do probe port {port} 8 $c; done")
        console.wait("^hi$", mark, timeout=5)


def test_memory_of_hypervisor_and_cells_is_reserved(box):
    assert "3a000000-3f1fffff : Reserved" in box.check("cat /proc/iomem")
