# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A cell tries to reach what is not its own (tests/inmates/arm-common/escape), beside root Linux and a cell that go on all the time."""
import os
import re

import pytest

import machines
from jailhouse import cpu_list, kernel_trouble, work_on_every_cpu

CELL, VICTIM = "gic-demo", "uart-demo"
VICTIM_RAM = 0x7f600000  # on each machine of the kind "virt"
MAX_DENIED = 40  # more are not looked at one by one

# What ends the CPU that tries it, with a line that names it. {prefix of the line's kind}
STOPPED = {
    "read_root", "write_root", "read_hypervisor", "write_hypervisor", "write_other_cell", "read_nowhere", "write_device",
    "execute_root", "way_through_no_device", "way_to_no_device", "write_behind_comm_region", "unaligned_gic", "exclusive_gic",
    "exclusive_store_gic", "vector_gic", "execute_gic", "table_in_gic", "unaligned_device",
    "read_over_the_end", "write_over_the_end", "read_behind_the_end", "execute_over_the_end",
}
# What has an effect within the cell or none at all: value that the attempt ends with, None: any
HARMLESS = {
    "pair_gic": None, "writeback_gic": 0x104, "rewrite_foreign_spi": 0, "own_lpi_tables": 0,
    "cpu_on_of_nobody": 0xfffffffffffffffd,
    "enable_foreign_spi": 0, "disable_foreign_spi": None, "switch_gic_off": None, "foreign_redistributor": 0,
    "sgi_to_root": None, "sgi_to_all": None, "every_hypercall": 1, "every_smc": 1,
    "cpu_on_of_root": 0xfffffffffffffffd, "flush_by_set": 1, "write_cntp_cval": None, "lock_debug_registers": 0,
}
# What may end the CPU, be undefined, or have no effect
EITHER = {
    "table_in_root", "route_foreign_spi", "write_dbgbcr", "write_pmcr", "write_implementation", "byte_of_enable", "clean_line_gic",
    "hvc_of_the_stub", "hvc_of_another_kind",
}
# What the CPU itself answers with an exception: what the inmate is told of it
EXCEPTION = {}
UNDEFINED = 1 if machines.ARMV7 else 0x02000000  # the vector; ESR_EL1: class 0, an instruction of 32 bits
if machines.ARMV7:
    STOPPED |= {
        "register_writeback_gic", "exclusive_pair_gic", "list_with_pc_gic", "list_of_user_mode_gic", "list_over_the_page_gic", "return_from_gic",
        "return_state_gic", "vector_store_gic", "vector_list_gic", "element_gic", "thumb_exclusive_gic", "thumb_vector_gic",
        "thumb_list_with_pc_gic", "thumb_read_root", "thumb_pair_root", "thumb_execute_root", "thumb_execute_over_the_end",
    }
    HARMLESS |= {
        "preindex_gic": 0x100, "signed_byte_gic": 0x401, "pair_gic": 0x108, "pair_store_gic": 0x108,
        "list_gic": 0x10c, "list_store_gic": 0x104, "push_gic": 0x104, "thumb_writeback_gic": 0x104, "thumb_byte_gic": 0x400,
        "thumb_pair_gic": 0x108, "thumb_list_gic": 0x108, "thumb_wide_list_gic": 0x104, "thumb_push_gic": 0x104, "thumb_condition_gic": 0x105,
        "write_actlr": 0, "enter_hyp_mode": 0x13, "write_hyp_mode": 0x13, "failed_condition": 0x84000000, "forget_branches": 0,
    }
    EITHER |= {"swap_gic", "write_elr_hyp", "read_sp_hyp"}
    DATA_ABORT = 4
    EXCEPTION = {"unprivileged_gic": DATA_ABORT, **{name: UNDEFINED for name in (
        "write_hcr", "write_hstr", "write_hvbar", "write_hsctlr", "write_cnthctl", "write_vttbr", "write_httbr", "write_cntvoff",
        "flush_all_guests")}}
else:
    STOPPED |= {"zero_line_gic"}
    HARMLESS |= {"pair_store_gic": 1, "forget_branches": 0xffffffffffffffff}
    EITHER |= {"write_mdscr", "write_actlr", "read_error_records", "read_activity_monitors"}
    EXCEPTION = {name: UNDEFINED for name in (
        "write_hcr_el2", "write_vttbr_el2", "write_vbar_el2", "write_cnthctl_el2", "write_ich_lr0", "write_icc_sre_el2", "flush_all_guests")}


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


def lines_about(jh):
    """What the hypervisor's ring says of the CPU that attempts are made on."""
    return [line for line in jh.box.check("jailhouse console").splitlines() if "CPU 3: " in line]


@pytest.mark.parametrize("state", ["a32", "t32"] if machines.ARMV7 else ["a64"])
def test_forbidden_access_ends_that_cell_alone_with_one_line(on, state):
    other, mark = on.run_cell(VICTIM, "uart-demo")
    on.box.cell.wait("Hello 1 from cell", mark)
    on.create(CELL)
    said = len(lines_about(on))
    assert attempt(on, "thumb_read_root" if state == "t32" else "read_root") is None
    line, = lines_about(on)[said:]
    where = re.search(rf'cell "{CELL}", CPU 3: forbidden memory read at 0x48000000, 4 bytes, rip 0x(\w+): CPU stopped', line)
    assert where and (int(where.group(1), 16) % 4 == 0 or state == "t32"), line
    on.wait_state(CELL, "failed")
    on.box.cell.wait("Hello .* from cell", on.box.cell.mark())
    assert on.state(other) == "running"
    assert work_on_every_cpu(on.box) == set(range(on.box.smp)) - {2, 3}
    assert not kernel_trouble(on.box)


CPUS = 132  # in the file of a cell: its set of CPUs


def test_a_cpu_that_breaks_the_border_stops_alone(on):
    """Its sibling, in the same cell, goes on."""
    one, two = on.box.cell_file(CELL), on.box.cell_file("two")
    on.box.check(f"cp {one} {two} && printf '\\014' | dd of={two} bs=1 seek={CPUS} conv=notrunc")
    cell, mark = on.run_cell("two", "siblings")
    on.box.cell.wait("CPU 2: forbidden memory read at 0x48000000.*: CPU stopped", mark)
    on.box.cell.wait("siblings: going on", on.box.cell.mark())
    assert on.state(cell) == "running" and cpu_list(on.attribute(cell, "cpus_failed_list")) == {2}
    assert "siblings: the read came back" not in on.box.cell.since(mark)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp)) - {2, 3}
    on.destroy(cell)
    assert work_on_every_cpu(on.box) == set(range(on.box.smp))
    assert not kernel_trouble(on.box)


@pytest.mark.on("a15", "a7")
def test_cache_operations_by_set_and_way_do_not_leave_the_cell(on):
    """Thousands of them: nobody walks the cell's memory, nor is anybody stopped."""
    on.create(CELL)
    assert attempt(on, "cpu_on_of_root") is not None
    before = on.statistic(CELL)
    assert attempt(on, "flush_by_set") == (1, 0)
    assert on.statistic(CELL) - before < 100


def sgi_count(jh):
    """Inter-processor interrupts that root Linux has seen on its first CPU, kinds that it does not use by itself."""
    rows = jh.box.check(f"grep -E 'IPI[{'0146' if machines.ARMV7 else '2-4'}]' /proc/interrupts").splitlines()
    return sum(int(row.split()[1]) for row in rows)


def alarm_comes(box):
    """Root's shared interrupt that cells try to switch off and to turn away: the clock's, where Linux has one."""
    count = "grep rtc /proc/interrupts | (read -r n c rest; echo ${c:-0})"
    if box.run("test -e /sys/class/rtc/rtc0/wakealarm && grep -q rtc /proc/interrupts")[1]:
        return True
    before = box.check(count).strip()
    box.check("echo 0 >/sys/class/rtc/rtc0/wakealarm; echo +1 >/sys/class/rtc/rtc0/wakealarm")
    return box.run(f"n=0; while [ \"$({count})\" = {before} ] && [ $n -lt 50 ]; do n=$((n+1)); sleep 0.1; done; [ $n -lt 50 ]", timeout=60)[1] == 0


def still_pages(jh, known=None):
    """Of the victim's RAM, by number: as they are now; those of @known that are not like that any more are left out."""
    path = os.path.join(jh.box.logs, "victim.dump")
    jh.box.monitor(f'pmemsave 0x{VICTIM_RAM:x} 0x100000 "{path}"', timeout=30)
    with open(path, "rb") as file:
        pages = {n: file.read(4096) for n in range(256)}
    return pages if known is None else {n: page for n, page in pages.items() if known[n] == page}


def test_attempts_are_stopped_or_harmless(on):
    """The victim goes on, and no page of its memory has changed but those that it changes itself."""
    _, mark = on.run_cell(VICTIM, "uart-demo")
    on.box.cell.wait("Hello 1 from cell", mark)
    before = still_pages(on)
    on.box.cell.wait("Hello 3 from cell", mark)
    before = still_pages(on, before)
    assert len(before) > 240
    on.create(CELL)
    assert alarm_comes(on.box)
    wrong = []
    for name in sorted(STOPPED | set(HARMLESS) | EITHER | set(EXCEPTION)):
        got = attempt(on, name)
        if name in STOPPED and got is not None:
            wrong.append(f"{name} was not stopped: {got[0]:#x}, exception {got[1]:#x}")
        if name in EXCEPTION and (got is None or got[1] != EXCEPTION[name]):
            wrong.append(f"{name} has not raised exception {EXCEPTION[name]}: {got}")
        if name in HARMLESS and got is None:
            wrong.append(f"{name} ended the CPU")
        if name in HARMLESS and got is not None and HARMLESS[name] is not None and got[0] != HARMLESS[name]:
            wrong.append(f"{name}: {got[0]:#x} instead of {HARMLESS[name]:#x}")
    assert not wrong, "\n".join(wrong)
    assert alarm_comes(on.box)
    on.box.cell.wait("Hello .* from cell", on.box.cell.mark())
    after = still_pages(on)
    assert [n for n in before if before[n] != after[n]] == []
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


L2CTLR = 1 << 14 | 1 << 11 | 9 << 7 | 2
# QEMU 7.2 does not know HCR.TIDCP, which arm64_audit.py sees set: c10 {c0, c1, c4, c8}, L2CTLR and L2ECTLR
NOT_TRAPPED_BY_7_2 = {0x4500, 0x4508, 0x4520, 0x4540, L2CTLR, L2CTLR + 1}
WHERE = re.compile(r"escape: sweep: at (\d+)")


def identifier_of(number):
    """Of the inmate's number of a coprocessor register: what a syndrome calls it (ARM DDI 0406, B3.13.6); of two at a time the second is r1."""
    if number >= 2 << 14:
        return (number >> 4 & 15) << 16 | 1 << 10 | (number & 15) << 1
    op1, crn, crm, op2 = number >> 11 & 7, number >> 7 & 15, number >> 3 & 15, number & 7
    return op2 << 17 | op1 << 14 | crn << 10 | crm << 1


@pytest.mark.on("a15", "a7")
def test_coprocessor_registers_are_undefined_denied_or_the_cells_own(host, on):
    """As above; those that may end the CPU are told before they are tried."""
    on.create(CELL)
    is_old = machines.MACHINES[host.name]["qemu"] == "QEMU"
    first, denied, open_ones = 0, [], set()
    while len(denied) < MAX_DENIED:
        mark = on.box.cell.mark()
        got = attempt(on, "sweep_registers", f" from={first}")
        said = on.box.cell.since(mark)
        open_ones |= {int(number) for number in re.findall(r"escape: sweep: (\d+) works", said)}
        if got is not None:
            break
        number = int(WHERE.findall(said)[-1])
        assert number >= first and int(DENIED.search(said).group(1), 16) == identifier_of(number), said[-500:]
        denied.append(number)
        first = number + 1
    assert got is not None, f"more than {MAX_DENIED} registers end the CPU: {[hex(n) for n in denied]}"
    assert open_ones == (NOT_TRAPPED_BY_7_2 if is_old else set())
    assert re.search(r"escape: sweep: \d+ readable, \d+ writable", said)
    assert (L2CTLR in denied) != is_old
    on.destroy(CELL)
    assert on.box.run("jailhouse verify", timeout=60)[1] == 0
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


@pytest.mark.on("gicv3", "a15", "a7")
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


@pytest.mark.on("gicv3", "a15", "a7")
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
