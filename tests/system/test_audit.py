# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The isolation of a running system, read from its tables from outside (audit.py); and that the audit sees what it should."""
import struct

import pytest

from audit import Audit, HV_BASE, PRESENT, audit, take_dump

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
