# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What runs in cells: demos, parameters, several CPUs, two cells at once."""
import pytest

from jailhouse import cpu_list, kernel_trouble


def test_tiny_demo_reads_the_timer_of_the_machine(on):
    _, mark = on.run_cell("tiny-demo", "tiny-demo")
    on.box.cell.wait("Hello from this tiny cell", mark)
    on.box.cell.wait(r"PM Timer: [1-9]\d+ ns\n(.|\n)*PM Timer: [1-9]\d+ ns", mark)


def test_apic_demo_gets_its_timer_interrupt(on):
    _, mark = on.run_cell("apic-demo", "apic-demo")
    tsc = on.box.cell.wait(r"Calibrated TSC frequency: (\d+)\.", mark)
    apic = on.box.cell.wait(r"Calibrated APIC frequency: (\d+) kHz", mark)
    assert 100_000 < int(tsc.group(1)) < 10_000_000
    assert 990_000 < int(apic.group(1)) < 1_010_000, "the emulator's local APIC counts at 1 GHz"
    on.box.cell.wait(r"(Timer fired, jitter: +\d+ ns.*\n){5}", mark)


def test_32_bit_demo_runs_without_long_mode(on):
    _, mark = on.run_cell("32-bit-demo", "32-bit-demo")
    on.box.cell.wait("Hello from 32-bit mode", mark)
    efer = on.box.cell.wait(r"EFER: 0x([0-9a-f]+)", mark)
    assert int(efer.group(1), 16) & 0x500 == 0, "neither long mode nor SVME is visible"


def test_smp_demo_starts_the_second_cpu(on):
    cell, mark = on.run_cell("smp-demo", "smp-demo")
    cpus = cpu_list(on.attribute(cell, "cpus_assigned_list"))
    assert len(cpus) == 2 and on.cpus() == 2
    on.box.cell.wait(r"Hello from CPU \d+!", mark)
    on.box.cell.wait(r"Received IPI from CPU \d+", mark)
    on.box.cell.wait(r"SMP demo done, 1 of 1", mark)
    on.destroy(cell)
    assert on.cpus() == 4


def test_parameters_reach_the_program(on):
    cell = on.create("apic-demo")
    on.load(cell, "apic-demo", more='-s "con-base=0x2e8 pollute-cache" -a 0x1000')
    first, second = on.box.cell.mark(), on.box.cell2.mark()
    on.start(cell)
    on.wait_state(cell, "failed")
    assert "Timer" not in on.box.cell.since(first)
    assert "Timer" not in on.box.cell2.since(second), "the port of the other console is not this cell's: it is stopped there"


def test_program_of_the_last_run_is_gone_after_a_new_load(on):
    cell, mark = on.run_cell("apic-demo", "apic-demo")
    on.box.cell.wait("Timer fired", mark)
    on.box.refused(f"jailhouse cell shutdown {cell}")
    on.box.check(f"jailhouse cell shutdown {cell}")
    on.load(cell, "tiny-demo")
    mark = on.box.cell.mark()
    on.start(cell)
    on.box.cell.wait("Hello from this tiny cell", mark)
    on.box.cell.wait("PM Timer", mark)
    assert "Timer fired" not in on.box.cell.since(mark)


def run_two_cells(on):
    first, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("PM Timer", mark)
    second = on.create("tiny-demo-2")
    on.load(second, "tiny-demo")
    mark = on.box.cell2.mark()
    on.start(second)
    on.box.cell2.wait("PM Timer", mark)
    return first, second


def test_two_cells_run_at_once_each_on_its_console(on):
    first, second = run_two_cells(on)
    assert on.cpus() == 2 and on.state(first) == on.state(second) == "running"
    on.box.cell.wait("PM Timer", on.box.cell.mark())
    on.box.cell2.wait("PM Timer", on.box.cell2.mark())
    assert not cpu_list(on.attribute(first, "cpus_assigned_list")) & cpu_list(on.attribute(second, "cpus_assigned_list"))


def test_destroying_one_of_two_cells_leaves_the_other_running(on):
    first, second = run_two_cells(on)
    on.destroy(first)
    assert on.cpus() == 3 and on.state(second) == "running"
    on.box.cell2.wait("PM Timer", on.box.cell2.mark())
    again, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello", mark)
    on.destroy(again)
    on.destroy(second)
    assert on.cpus() == 4 and not kernel_trouble(on.box)


def test_a_cell_with_the_same_resources_is_refused(on):
    on.create("apic-demo")
    said = on.box.refused("jailhouse cell create /cells/apic-demo.cell")
    assert "exists already" in said
    said = on.box.refused("jailhouse cell create /cells/smp-demo.cell")
    assert "belongs to" in said or "which" in said
    assert len(on.cells()) == 2 and on.cpus() == 3


@pytest.mark.parametrize("value", ["0xdeadbeef", "0x12345678"])
def test_memory_of_a_cell_comes_back_scrubbed(on, value):
    """What a cell leaves in its memory is not for root's eyes."""
    address = 0x3f0f8000
    on.box.check(f"probe mem {address} 32 {value}")
    assert on.box.check(f"probe mem {address} 32").strip() == value[2:]
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello", mark)
    on.destroy(cell)
    assert on.box.check(f"probe mem {address} 32").strip() == "00000000"
    assert on.box.check("probe mem 0x3f000000 64").strip() == "0" * 16, "the program's first bytes"
