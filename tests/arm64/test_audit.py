# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
The audit from outside (arm64_audit.py) finds nothing in a sound system, which it looks at after every test here, and finds each of its clauses
broken in a dump of one.
"""
import struct

import pytest

from arm64_audit import (ADDRESS, ARMV7, COMM_FLAG, Audit, DEVICE_BASE, HV_BASE, LOCAL_BASE, PAGE, S1_READ_ONLY, S2_ATTR, S2_NORMAL, S2_READ,
                         S2_WRITE, TABLE_OR_PAGE, TOP_LEVEL, VALID, XN, take_dump)

HOST_PAGE = VALID | TABLE_OR_PAGE | XN | 1 << 10 | 1 << 6
GUEST_PAGE = VALID | TABLE_OR_PAGE | S2_READ | S2_WRITE | S2_NORMAL | 1 << 10
LINUX = 0x41000000  # RAM of root on each of the machines


def entry_of(dump, table, va, level=3):
    """Where the entry for @va lies that ends the walk."""
    for shift in range(12 + 9 * level, 3, -9):
        place = table + (va >> shift & 511) * 8
        entry, = struct.unpack("<Q", dump.at_phys(place, 8))
        if not entry & VALID or shift == 12 or not entry & TABLE_OR_PAGE:
            return place
        table = entry & ADDRESS
    return None


def plant(dump, place, entry):
    struct.pack_into("<Q", dump.data, place - dump.phys, entry)


def at(dump, place):
    return struct.unpack("<Q", dump.at_phys(place, 8))[0]


def own(dump, cpu, name="own"):
    return Audit(dump)._percpu_pa(cpu) + dump.lay.offset("percpu", name)  # pylint: disable=protected-access


def host_entry(dump, va, cpu=0):
    return entry_of(dump, own(dump, cpu), va, TOP_LEVEL)


def change_host(dump, symbol, change):
    place = host_entry(dump, dump.lay.symbols[symbol])
    plant(dump, place, change(at(dump, place)))


def ram_of_cell(view):
    """(physical, virtual address) of a region of the cell that is its own RAM."""
    return next((phys, virt) for phys, virt, _, flags in view.cells[1].regions if flags & 4 and not flags & COMM_FLAG)


def unused_page(dump, cell):
    """An entry of a lowest table of the cell's, which maps nothing."""
    comm = next(virt for _, virt, _, flags in cell.regions if flags & COMM_FLAG)
    return entry_of(dump, cell.root_pa, comm + PAGE * 7)


# --- one fault each ------------------------------------------------------------------------------

def writable_code(dump, _):
    change_host(dump, "hv_panic", lambda entry: entry & ~S1_READ_ONLY)


def executable_data(dump, _):
    change_host(dump, "hv_system", lambda entry: entry & ~XN)


def second_address_of_data_that_executes(dump, _):
    page = at(dump, host_entry(dump, dump.lay.symbols["hv_system"])) & ADDRESS
    plant(dump, own(dump, 1, "local_l3") + 50 * 8, (page | HOST_PAGE | S1_READ_ONLY) & ~XN)


def linux_in_the_host(dump, _):
    plant(dump, own(dump, 2, "local_l3") + 60 * 8, LINUX | HOST_PAGE)


def cell_in_the_host(dump, view):
    plant(dump, own(dump, 2, "local_l3") + 60 * 8, ram_of_cell(view)[0] | HOST_PAGE)


def area_of_another_cpu(dump, view):
    plant(dump, own(dump, 0, "local_l3") + 100 * 8, view._percpu_pa(1) + PAGE | HOST_PAGE)  # pylint: disable=protected-access


def own_area_elsewhere(dump, view):
    plant(dump, own(dump, 0, "local_l3") + 100 * 8, view._percpu_pa(0) + PAGE | HOST_PAGE)  # pylint: disable=protected-access


def guard_page(dump, view):
    plant(dump, own(dump, 0, "local_l3"), view._percpu_pa(0) | HOST_PAGE)  # pylint: disable=protected-access


def fifth_window(dump, _):
    plant(dump, own(dump, 0, "window_l3") + 4 * 8, LINUX | HOST_PAGE)


def window_that_executes(dump, _):
    plant(dump, own(dump, 0, "window_l3"), (LINUX | HOST_PAGE | S1_READ_ONLY) & ~XN)


def other_device(dump, view):
    plant(dump, host_entry(dump, DEVICE_BASE), view.devices[0][0] - PAGE | HOST_PAGE)


def page_that_switches_translation(dump, view):
    plant(dump, host_entry(dump, view.idmap), view.idmap + PAGE | HOST_PAGE & ~XN | S1_READ_ONLY)


def linear_map_of_something_else(dump, _):
    change_host(dump, "hv_system", lambda entry: entry + PAGE)


def tables_of_another_cpu(dump, _):
    dump.registers[1]["TTBR0_EL2"] = dump.registers[0]["TTBR0_EL2"]


def host_without_translation(dump, _):
    dump.registers[1]["SCTLR_EL2"] &= ~1


def page_of_root_in_a_cell(dump, view):
    plant(dump, unused_page(dump, view.cells[1]), LINUX | GUEST_PAGE)


def page_of_a_cell_in_root(dump, view):
    phys, _ = ram_of_cell(view)
    place = entry_of(dump, view.root.root_pa, LINUX)
    plant(dump, place, at(dump, place) & ~ADDRESS | phys)


def more_rights(dump, view):
    place = entry_of(dump, view.cells[1].root_pa, next(virt for _, virt, _, flags in view.cells[1].regions if flags & 0x10))
    plant(dump, place, at(dump, place) & ~XN)


def hypervisor_in_a_cell(dump, view):
    plant(dump, unused_page(dump, view.cells[1]), dump.phys | GUEST_PAGE)


def status_page_that_root_writes(dump, view):
    published = dump.to_phys(dump.lay.symbols["hv_published"])
    place = entry_of(dump, view.root.root_pa, published)
    plant(dump, place, at(dump, place) | S2_WRITE)


def comm_page_that_executes(dump, view):
    comm = next(virt for _, virt, _, flags in view.cells[1].regions if flags & COMM_FLAG)
    plant(dump, entry_of(dump, view.cells[1].root_pa, comm), view.cells[1].comm_pa | GUEST_PAGE)


def registers_as_memory(dump, view):
    place = entry_of(dump, view.cells[1].root_pa, next(virt for _, virt, _, flags in view.cells[1].regions if flags & 0x10))
    plant(dump, place, at(dump, place) & ~S2_ATTR | S2_NORMAL)


def walk_of_another_cell(dump, view):
    dump.registers[0]["VTTBR_EL2"] = view.root.id << 48 | (view.cells[1].top_pa or view.cells[1].root_pa)


def number_of_another_cell(dump, view):
    dump.registers[0]["VTTBR_EL2"] |= view.cells[1].id << 48


def stage2_off(dump, _):
    dump.registers[0]["HCR_EL2"] &= ~1


def smc_not_trapped(dump, _):
    dump.registers[2]["HCR_EL2"] &= ~(1 << 19)


def other_state(dump, _):
    dump.registers[2]["HCR_EL2"] &= ~(1 << 31)


def trace_open(dump, _):
    dump.registers[2]["CPTR_EL2"] &= ~(1 << 20)


def vectors_open(dump, view):
    cpu = min(view.cells[1].cpus)
    dump.registers[cpu]["CPTR_EL2"] &= ~(1 << 8)


def locks_open(dump, _):
    dump.registers[2]["MDCR_EL2"] &= ~(1 << 10)


def other_width(dump, _):
    dump.registers[1]["VTCR_EL2"] ^= 1


def coprocessors_open(dump, _):
    dump.registers[2]["HSTR_EL2"] = 1 << 11


def cpu_with_two_owners(dump, view):
    where = view.root.va - HV_BASE + dump.lay.offset("cell", "cpu_set")
    dump.data[where] = 0xf


FAULTS = {
    writable_code: "is writable and executable", executable_data: "is writable and executable",
    second_address_of_data_that_executes: "writable at one address and executable at another", linux_in_the_host: "memory of Linux or a cell",
    cell_in_the_host: f"CPU 2: 0x{LOCAL_BASE + 60 * PAGE:x} → 0x7f600000: memory of Linux or a cell",
    area_of_another_cpu: f"CPU 0: 0x{LOCAL_BASE + 100 * PAGE:x}", own_area_elsewhere: "its private area at another address", guard_page: "guard page of the stack",
    fifth_window: "the window that is no slot", window_that_executes: "the window that is no slot",
    other_device: "neither the interrupt controller nor the console", page_that_switches_translation: "the page that switches translation is another",
    linear_map_of_something_else: "at another address than its own",
    tables_of_another_cpu: "CPU 1: it has loaded the table", host_without_translation: "CPU 1: the hypervisor runs without translation",
    page_of_root_in_a_cell: "more than the configuration grants", page_of_a_cell_in_root: 'and cell "uart-demo" both reach 0x7f600000',
    more_rights: "more than the configuration grants", hypervisor_in_a_cell: "private page of the hypervisor",
    status_page_that_root_writes: "private page of the hypervisor", comm_page_that_executes: "an executable communication page",
    registers_as_memory: "registers as ordinary memory", walk_of_another_cell: "runs with other tables",
    number_of_another_cell: "runs under the number", stage2_off: "HCR_EL2.VM is off", smc_not_trapped: "HCR_EL2.TSC is off",
    cpu_with_two_owners: "in the sets of 2 cells",
    **({coprocessors_open: "HSTR_EL2 leaves 0x8000 to the guest"} if ARMV7 else {
        other_state: "another execution state", trace_open: "CPTR_EL2 leaves 0x100000 to the guest", vectors_open: "CPTR_EL2 leaves 0x100 to the guest",
        locks_open: "MDCR_EL2 leaves 0x400 to the guest", other_width: "CPU 1 of cell"}),
}


@pytest.mark.on("gicv3", "gicv2", "zcu102", "a15")
def test_audit_sees_each_clause_broken(on):
    cell, _ = on.run_cell("uart-demo", "uart-demo")
    dump = take_dump(on.box)
    on.destroy(cell)
    assert Audit(dump).run() == []
    sound, registers = bytes(dump.data), [dict(cpu) for cpu in dump.registers]
    missed = []
    for fault, words in FAULTS.items():
        dump.data[:], dump.registers = sound, [dict(cpu) for cpu in registers]
        fault(dump, Audit(dump))
        found = "\n".join(Audit(dump).run())
        if words not in found:
            missed.append(f"{fault.__name__}: {found[:300]}")
    assert not missed, "\n".join(missed)


@pytest.mark.on("gicv2", "zcu102", "a15")
def test_audit_sees_another_page_in_place_of_the_virtual_cpu_interface(on):
    dump = take_dump(on.box)
    view = Audit(dump)
    plant(dump, entry_of(dump, view.root.root_pa, view.gicc), view.gicc | GUEST_PAGE & ~S2_ATTR | 1 << 2 | XN)
    assert "not the virtual CPU interface" in "\n".join(Audit(dump).run())


@pytest.mark.on("zcu102", "a7")
def test_audit_sees_a_stale_first_table_of_the_walk(on):
    """CPUs with 40 bits of physical address walk a copy of the first tables."""
    dump = take_dump(on.box)
    view = Audit(dump)
    assert view.root.top_pa, "this CPU begins its walk at level 0"
    plant(dump, view.root.top_pa + 1 * 8, 0)
    assert "the first tables of its walk are not those of the cell" in "\n".join(Audit(dump).run())


@pytest.mark.on("gicv3", "a7")
def test_audit_sees_what_a_destroyed_cell_left_behind(on):
    """Whatever of root's state differs from that before the first cell is named."""
    follower = on.box.follower
    cell = on.create("uart-demo")
    on.destroy(cell)
    assert follower.findings() == []
    for name, value in follower.base.items():
        kept = dict(follower.base)
        follower.base[name] = {bytes: lambda v: bytes([v[0] ^ 1]) + v[1:], int: lambda v: v + 1,
                               frozenset: lambda v: v | {(1, 2, 3, 4, 5, 6)}}[type(value)](value)
        follower.seen = None
        found, = follower.findings()
        assert found.startswith(f"{name} of root alone differs")
        follower.base = kept


@pytest.mark.on("gicv3", "a7")
def test_audit_sees_a_large_page_where_the_configuration_has_none(on):
    cell = on.create("regions")
    view = Audit(take_dump(on.box))
    on.destroy(cell)
    regions = view.cells[1]
    assert view.run() == [] and sum(size == PAGE for _, _, size, *_ in regions.mappings) > 512
    regions.mappings = [(0x600000, 0x7f200000, 0x200000, True, True, False)]
    view.check_stage2(regions)
    assert "a large page where the configuration has none" in view.findings[-1]
