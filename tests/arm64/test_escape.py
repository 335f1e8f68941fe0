# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A cell tries to reach what is not its own (tests/inmates/arm64/escape), beside root Linux and a cell that go on all the time."""
import re

import pytest

from jailhouse import kernel_trouble, work_on_every_cpu

CELL, VICTIM = "gic-demo", "uart-demo"
MAX_DENIED = 40  # more are not looked at one by one

# What ends the CPU that tries it, with a line that names it. {prefix of the line's kind}
STOPPED = {
    "read_root", "write_root", "read_hypervisor", "write_hypervisor", "write_other_cell", "read_nowhere", "write_device",
    "execute_root", "way_through_no_device", "way_to_no_device", "write_behind_comm_region", "unaligned_gic", "exclusive_gic", "zero_line_gic",
    "exclusive_store_gic", "vector_gic", "execute_gic", "table_in_gic", "unaligned_device",
}
# What has an effect within the cell or none at all: value that the attempt ends with, None: any
HARMLESS = {
    "pair_gic": None, "writeback_gic": 0x104, "pair_store_gic": 1, "rewrite_foreign_spi": 0, "own_lpi_tables": 0,
    "cpu_on_of_nobody": 0xfffffffffffffffd,
    "enable_foreign_spi": 0, "disable_foreign_spi": None, "switch_gic_off": None, "foreign_redistributor": 0,
    "sgi_to_root": None, "sgi_to_all": None, "every_hypercall": 1, "every_smc": 1,
    "cpu_on_of_root": None, "flush_by_set": 1, "write_cntp_cval": None, "lock_debug_registers": 0,
}
# What may end the CPU, be undefined, or have no effect
EITHER = {
    "table_in_root", "route_foreign_spi", "write_hcr_el2", "write_vttbr_el2", "write_vbar_el2", "write_cnthctl_el2", "write_ich_lr0",
    "write_icc_sre_el2", "write_mdscr", "write_dbgbcr", "write_pmcr", "write_actlr", "write_implementation",
    "read_error_records", "read_activity_monitors", "byte_of_enable", "clean_line_gic", "flush_all_guests", "hvc_of_the_stub", "hvc_of_another_kind",
}


DENIED = re.compile(r"forbidden MSR (?:read|write) at 0x(\w+), .*: CPU stopped")


def attempt(jh, name, more="", cell=CELL):
    """Makes it: (value, syndrome), or None when the CPU was stopped."""
    jh.load(cell, "escape", more=f"-s 'attempt={name}{more}' -a 0x1000")
    mark = jh.box.cell.mark()
    jh.start(cell)
    jh.box.cell.wait(rf"escape: {name}: before", mark)
    path = f"/sys/devices/jailhouse/cells/{jh.cells()[cell]}/state"
    state = jh.box.check(f"n=0; while read -r s <{path}; [ \"$s\" = running ] && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.05; done; echo $s",
                         timeout=60).strip()
    after = re.search(rf"escape: {name}: after (\w+), exception (\w+)", jh.box.cell.since(mark))
    if after:
        assert state == "shut down", f"{name}: {state}"
        return int(after.group(1), 16), int(after.group(2), 16)
    assert state == "failed", f"{name}: neither stopped nor survived, the cell is '{state}'"
    assert re.search(rf"CPU 3.*{cell}|{cell}.*CPU 3", jh.box.cell.since(mark)), f"{name}: no line names what was forbidden"
    return None


def sgi_count(jh):
    """Inter-processor interrupts that root Linux has seen on its first CPU, kinds that it does not use by itself."""
    rows = jh.box.check("grep -E 'IPI[2-4]' /proc/interrupts").splitlines()
    return sum(int(row.split()[1]) for row in rows)


def test_attempts_are_stopped_or_harmless(on):
    _, mark = on.run_cell(VICTIM, "uart-demo")
    on.box.cell.wait("Hello 1 from cell", mark)
    on.create(CELL)
    enabled = on.box.check("grep -c rtc /proc/interrupts || true")
    wrong = []
    for name in sorted(STOPPED | set(HARMLESS) | EITHER):
        got = attempt(on, name)
        if name in STOPPED and got is not None:
            wrong.append(f"{name} was not stopped: {got[0]:#x}, exception {got[1]:#x}")
        if name in HARMLESS and got is None:
            wrong.append(f"{name} ended the CPU")
        if name in HARMLESS and got is not None and HARMLESS[name] is not None and got[0] != HARMLESS[name]:
            wrong.append(f"{name}: {got[0]:#x} instead of {HARMLESS[name]:#x}")
    assert not wrong, "\n".join(wrong)
    assert on.box.check("grep -c rtc /proc/interrupts || true") == enabled
    on.box.cell.wait("Hello .* from cell", on.box.cell.mark())
    assert work_on_every_cpu(on.box) == set(range(on.box.smp)) - {2, 3}
    assert on.box.run("jailhouse verify", timeout=60)[1] == 0
    on.destroy(CELL)
    on.destroy(VICTIM)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert not kernel_trouble(on.box)


def test_interrupts_of_a_cell_do_not_reach_root(on):
    on.create(CELL)
    before = sgi_count(on)
    assert attempt(on, "sgi_to_root") is not None and attempt(on, "sgi_to_all") is not None
    assert sgi_count(on) == before
    assert not kernel_trouble(on.box)


def number_of(identifier):
    """The inmate's number of a register that a syndrome names (ARM ARM, D17.2.37)."""
    op0, op2, op1, crn, crm = identifier >> 20 & 3, identifier >> 17 & 7, identifier >> 14 & 7, identifier >> 10 & 15, identifier >> 1 & 15
    return op0 - 2 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2


@pytest.mark.on("gicv3", "many", "zcu102")
def test_system_registers_are_undefined_denied_or_the_cells_own(on):
    """Each one is read and written with what it read; after one that ends the CPU the next start goes on."""
    on.create(CELL)
    first, denied = 0, []
    while len(denied) < MAX_DENIED:
        mark = on.box.cell.mark()
        got = attempt(on, "sweep_registers", f" from={first}")
        if got is not None:
            break
        identifier = int(DENIED.search(on.box.cell.since(mark)).group(1), 16)
        denied.append(identifier)
        assert number_of(identifier) >= first
        first = number_of(identifier) + 1
    assert got is not None, f"more than {MAX_DENIED} registers end the CPU: {[hex(n) for n in denied]}"
    assert got[0] == 0, f"{got[0]} registers of EL2 and EL3 can be read"
    assert re.search(r"escape: sweep: \d+ readable", on.box.cell.since(mark))
    on.destroy(CELL)
    assert on.box.run("jailhouse verify", timeout=60)[1] == 0
    assert not kernel_trouble(on.box)


@pytest.mark.on("gicv3")
def test_rights_of_a_region_are_enforced(on):
    cell = on.create("regions")
    assert attempt(on, "read_read_only", cell=cell) == (0, 0)
    assert attempt(on, "use_not_executable", cell=cell) == (0xdeadbeef, 0)
    assert attempt(on, "use_small_pages", cell=cell) == (512, 0)
    for name, line in (("write_read_only", "memory write at 0x400000"), ("execute_not_executable", "instruction fetch at 0x401000")):
        mark = on.box.cell.mark()
        assert attempt(on, name, cell=cell) is None
        assert f"forbidden {line}" in on.box.cell.since(mark)
    on.destroy(cell)
    assert not kernel_trouble(on.box)


@pytest.mark.on("gicv3")
@pytest.mark.parametrize("flags", ["registers", "memory"])
def test_instructions_that_are_nowhere_end_the_cell_alone(on, flags):
    """
    The cell's region of the UART is made longer than its devices: where none answers, a walk of tables and a look at an instruction end
    in an abort at EL2. Also when the configuration calls that memory.
    """
    region = 140  # in the file: start twice, size, flags
    change = f"printf '\\004' | dd of=/tmp/hole.cell bs=1 seek={region + 18} conv=notrunc"
    if flags == "memory":
        change += f"; printf '\\203\\000' | dd of=/tmp/hole.cell bs=1 seek={region + 24} conv=notrunc"
    on.box.check(f"cp /cells/{CELL}.cell /tmp/hole.cell && {change}")
    on.box.check("jailhouse cell create /tmp/hole.cell", timeout=60)
    for name in ("way_through_no_device", "way_to_no_device"):
        assert attempt(on, name) is None
    assert work_on_every_cpu(on.box) == set(range(on.box.smp)) - {3}
    on.destroy(CELL)
    assert not kernel_trouble(on.box)
