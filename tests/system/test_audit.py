# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The isolation of a running system, read from its tables from outside (audit.py); and that the audit sees what it should."""
import json
import struct

import pytest

from audit import Audit, Follower, HV_BASE, PRESENT, audit, take_dump
from gdb import Stub
from jailhouse import Jailhouse
from machine import Machine

RWX_LEAF = 0x67


def test_root_alone_is_isolated_from_the_hypervisor(on):
    assert audit(on.box) == []


def test_cells_share_nothing_while_they_are_created_loaded_run_and_gone(on):
    cell = on.create("apic-demo")
    assert audit(on.box) == []
    on.load(cell, "apic-demo")
    assert audit(on.box) == []
    on.start(cell)
    on.wait_state(cell, "running/locked")
    assert audit(on.box) == []
    on.destroy_at_last(cell)
    assert audit(on.box) == []


def test_two_cells_share_nothing(on):
    first, _ = on.run_cell("tiny-demo", "tiny-demo")
    second, _ = on.run_cell("tiny-demo-2", "tiny-demo")
    assert audit(on.box) == []
    on.destroy(first)
    on.destroy(second)


@pytest.fixture
def with_cell(on):
    cell, _ = on.run_cell("tiny-demo", "tiny-demo")
    dump = take_dump(on.box)
    on.destroy(cell)
    return dump


def plant(dump, table_pa, index, entry):
    struct.pack_into("<Q", dump.data, table_pa - dump.phys + index * 8, entry)


def leaf_table(dump, root_pa, levels=4):
    """Some table of the lowest level below @root_pa."""
    for _ in range(levels - 1):
        entries = struct.unpack("<512Q", dump.at_phys(root_pa, 4096))
        root_pa = next(e for e in entries if e & PRESENT and not e & 0x80) & 0x000ffffffffff000
    return root_pa


def test_audit_sees_a_page_of_root_in_a_cell(with_cell):
    cell = Audit(with_cell).cells[1]
    plant(with_cell, leaf_table(with_cell, cell.root_pa), 511, 0x1000000 | RWX_LEAF)
    found = "\n".join(Audit(with_cell).run())
    assert "more than the configuration grants" in found and "both reach 0x1000000" in found


def test_audit_sees_hypervisor_memory_in_a_cell(with_cell):
    cell = Audit(with_cell).cells[1]
    plant(with_cell, leaf_table(with_cell, cell.root_pa), 511, with_cell.phys | RWX_LEAF)
    assert "private page of the hypervisor" in "\n".join(Audit(with_cell).run())


def test_audit_sees_the_private_area_of_another_cpu(with_cell):
    view = Audit(with_cell)
    table = view._percpu_pa(0) + with_cell.lay.offset("percpu", "local_pt")  # pylint: disable=protected-access
    plant(with_cell, table, 100, view._percpu_pa(1) | 3 | 1 << 63)  # pylint: disable=protected-access
    assert "CPU 0: 0xffff801000064000" in "\n".join(view.run()) and "private area of CPU 1" in "\n".join(view.findings)


def test_audit_sees_an_open_port_and_an_open_msr(with_cell):
    cell = Audit(with_cell).cells[1]
    offset = cell.iopm - HV_BASE
    with_cell.data[offset + 0xcf8 // 8] &= ~1
    index = 0x4000 + 0x117
    with_cell.data[cell.msrpm - HV_BASE + index * 2 // 8] &= ~(1 << (index * 2 % 8 + 1))
    found = "\n".join(Audit(with_cell).run())
    assert "port 0xcf8 is open" in found and "MSR 0xc0010117" in found


def test_audit_sees_what_is_not_intercepted(with_cell):
    view = Audit(with_cell)
    for member, bit, what in (("intercept_exceptions", 18, "#MC"), ("intercept1", 31, "shutdown"),
                              ("intercept1", 15, "RDPMC"), ("intercept2", 9, "WBINVD")):
        where = view.vmcb_of(3) - HV_BASE + view.lay.offset("vmcb", member)
        have, = struct.unpack_from("<I", with_cell.data, where)
        struct.pack_into("<I", with_cell.data, where, have & ~(1 << bit))
        assert any(f"{what} is not intercepted" in line for line in Audit(with_cell).run())


# --- the clauses one by one: each is broken in a dump of a sound system and has to be found --------------------

WRITABLE, NO_EXECUTE = 2, 1 << 63


def common_leaf(dump, va):
    """Where the entry for @va lies: of the tables that CPU 0 shares with all others."""
    table = dump.field(Audit(dump)._percpu_pa(0) - dump.phys + HV_BASE, "percpu", "host_cr3")  # pylint: disable=protected-access
    for shift in (39, 30, 21):
        table = struct.unpack("<Q", dump.at_phys(table + (va >> shift & 511) * 8, 8))[0] & 0x000ffffffffff000
    return table, va >> 12 & 511


def entry_at(dump, place):
    return struct.unpack("<Q", dump.at_phys(place[0] + place[1] * 8, 8))[0]


def private_table(dump, cpu, name):
    view = Audit(dump)
    return view._percpu_pa(cpu) + dump.lay.offset("percpu", name)  # pylint: disable=protected-access


def writable_code(dump, _):
    place = common_leaf(dump, dump.lay.symbols["hv_panic"])
    plant(dump, *place, entry_at(dump, place) | WRITABLE)


def executable_data(dump, _):
    place = common_leaf(dump, dump.lay.symbols["hv_system"])
    plant(dump, *place, entry_at(dump, place) & ~NO_EXECUTE)


def second_address_of_data_that_executes(dump, _):
    place = common_leaf(dump, dump.lay.symbols["hv_system"])
    plant(dump, private_table(dump, 1, "window_pt"), 0, 0)
    plant(dump, private_table(dump, 1, "local_pt"), 50, entry_at(dump, place) & ~(NO_EXECUTE | WRITABLE))


def cell_memory_in_the_host(dump, view):
    phys = next(region[0] for region in view.cells[1].regions if not region[3] & 0x20)
    plant(dump, private_table(dump, 2, "local_pt"), 60, phys | 3 | NO_EXECUTE)


def linux_in_the_host(dump, _):
    plant(dump, private_table(dump, 2, "local_pt"), 60, 0x1000000 | 3 | NO_EXECUTE)


def guard_page(dump, view):
    plant(dump, private_table(dump, 0, "local_pt"), 0, view._percpu_pa(0) | 3 | NO_EXECUTE)  # pylint: disable=protected-access


def fifth_window(dump, _):
    plant(dump, private_table(dump, 0, "window_pt"), 4, 0x1000000 | 3 | NO_EXECUTE)


def other_device(dump, _):
    plant(dump, *common_leaf(dump, 0xffff803000000000), 0xfed00000 | 3 | NO_EXECUTE)


def page_of_two_cells(dump, view):
    own = next(region for region in view.cells[1].regions if not region[3] & 0x20)
    plant(dump, leaf_table(dump, view.root.root_pa), 511, own[0] | RWX_LEAF)


def status_page_that_root_writes(dump, view):
    published = dump.lay.symbols["hv_published"] - HV_BASE + dump.phys
    plant(dump, leaf_table(dump, view.root.root_pa), 511, published | RWX_LEAF)


def comm_page_that_executes(dump, view):
    plant(dump, leaf_table(dump, view.cells[1].root_pa), 510, view.cells[1].comm_pa | RWX_LEAF)


def comm_page_of_another(dump, view):
    plant(dump, leaf_table(dump, view.cells[1].root_pa), 510, view.root.comm_pa | RWX_LEAF | NO_EXECUTE)


def vmcb_word(dump, cpu, member, value, size=8):
    where = Audit(dump).vmcb_of(cpu) - HV_BASE + dump.lay.offset("vmcb", member)
    dump.data[where:where + size] = value.to_bytes(size, "little")


def tables_of_another_cell(dump, view):
    vmcb_word(dump, 0, "n_cr3", view.cells[1].root_pa)


def map_of_another_cell(dump, view):
    vmcb_word(dump, 0, "iopm_pa", view.cells[1].iopm - HV_BASE + dump.phys)


def nested_paging_off(dump, _):
    vmcb_word(dump, 0, "np_enable", 0)


def cpu_with_two_owners(dump, view):
    where = view.root.va - HV_BASE + dump.lay.offset("cell", "cpu_set")
    dump.data[where] = 0xf


def apic_page_that_is_written(dump, view):
    plant(dump, leaf_table(dump, view.cells[1].root_pa), 509, 0xfee00000 | RWX_LEAF)


def port_of_pci_for_root(dump, view):
    dump.data[view.root.iopm - HV_BASE + 0xcf8 // 8] &= ~1


FAULTS = {
    writable_code: "is writable and executable", executable_data: "is writable and executable",
    second_address_of_data_that_executes: "writable at one address and executable at another",
    cell_memory_in_the_host: "CPU 2: 0xffff80100003c000 → 0x3f000000: memory of Linux or a cell", linux_in_the_host: "memory of Linux or a cell",
    guard_page: "guard page of the stack", fifth_window: "the window that is no slot", other_device: "neither the APIC nor the console",
    page_of_two_cells: 'cell "qemu-x86" and cell "tiny-demo" both reach', status_page_that_root_writes: "private page of the hypervisor",
    comm_page_that_executes: "an executable communication page", comm_page_of_another: "private page of the hypervisor",
    tables_of_another_cell: "runs with other tables", map_of_another_cell: "another port permission map",
    nested_paging_off: "nested paging is off", cpu_with_two_owners: "in the sets of 2 cells",
    apic_page_that_is_written: "the APIC page is not read-only", port_of_pci_for_root: "port 0xcf8 is open",
}


@pytest.mark.one_kernel(-1)
def test_audit_sees_each_clause_broken(with_cell):
    sound = bytes(with_cell.data)
    assert Audit(with_cell).run() == []
    for fault, words in FAULTS.items():
        with_cell.data[:] = sound
        fault(with_cell, Audit(with_cell))
        found = "\n".join(Audit(with_cell).run())
        assert words in found, f"{fault.__name__}: {found}"


@pytest.mark.one_kernel(-1)
def test_audit_sees_what_a_destroyed_cell_left_behind(on):
    """Whatever of root's state differs from that before the first cell is named."""
    follower = Follower(on.box)
    assert follower.findings() == [] and follower.findings() == []
    assert follower.count == 1, "nothing had changed, and it looked again"
    cell = on.create("tiny-demo")
    assert follower.findings() == []
    on.destroy(cell)
    assert follower.findings() == [] and follower.count == 3
    for name, value in follower.base.items():
        kept = dict(follower.base)
        follower.base[name] = {bytes: lambda v: bytes([v[0] ^ 1]) + v[1:], int: lambda v: v + 1,
                               frozenset: lambda v: v | {(1, 2, 3, 4, 5)}}[type(value)](value)
        follower.seen = None
        found, = follower.findings()
        assert found.startswith(f"{name} of root alone differs")
        follower.base = kept


def test_the_hypervisor_proves_the_same_of_itself(on):
    """jailhouse verify: all clauses hold, and the digest is the same before create and after destroy."""
    def verified():
        told = json.loads(on.box.check("jailhouse verify --json", timeout=60))
        assert told["ok"] and [c["violations"] for c in told["clauses"]] == [0] * 7
        return told["digest"]
    before = verified()
    assert verified() == before
    cell = on.create("tiny-demo")
    created = verified()
    on.load(cell, "tiny-demo")
    loadable = verified()
    on.start(cell)
    running = verified()
    on.destroy(cell)
    assert verified() == before and len({before, created, loadable}) == 3 and running == created
    on.disable()
    assert "jailhouse enable" in on.box.refused("jailhouse verify")


@pytest.mark.own_machine
def test_verify_sees_a_page_that_only_a_cells_cpu_maps():
    """A page of Linux in the private table of a CPU that runs a cell: only that CPU itself can find it."""
    with Machine(may_reset=True).boot() as box:
        jh = Jailhouse(box)
        jh.insert()
        jh.enable()
        cell, _ = jh.run_cell("tiny-demo", "tiny-demo")
        dump = take_dump(box)
        view = Audit(dump)
        cpu = min(view.cells[1].cpus)
        table = view._percpu_pa(cpu) + dump.lay.offset("percpu", "local_pt")  # pylint: disable=protected-access
        entry = 300 * 8
        before = dump.at_phys(table + entry, 8)
        with Stub(box.gdb) as stub:
            stub.write(table + entry, struct.pack("<Q", 0x1000000 | 3 | 1 << 63))
        told = json.loads(box.run("jailhouse verify --json", timeout=60)[0])
        with Stub(box.gdb) as stub:
            stub.write(table + entry, before)
        hosts = [c for c in told["clauses"] if c["violations"]]
        assert not told["ok"] and [c["violations"] for c in hosts] == [1], told
        assert json.loads(box.check("jailhouse verify --json", timeout=60))["ok"]
        jh.destroy(cell)
        jh.disable()
