# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What "explain", "cell list" and "cell stats" say about denied accesses: neighbours, the lines that would allow them, and warnings."""
import json
import os
import re
import struct

import pytest

from test_command import BUILD, CELL, SYSTEM, TOP, fixture_jailhouse  # noqa: F401  pylint: disable=unused-import

MACHINE = os.path.join(TOP, "tests", "tools", "machines", "qemu-x86")
OTHER = os.path.join(BUILD, "configs", "x86", "tiny-demo-2.cell")
OTHERS_RAM = 0x3ee00000
CONFIGS = ("-c", SYSTEM, "-c", CELL, "-r", MACHINE)


def denied(kind, address, width=4, cell="apic-demo", cpu=3):
    return f'cell "{cell}", CPU {cpu}: forbidden {kind} at {address:#x}, {width} bytes, rip 0x1034: CPU stopped\n'


def denied_root(kind, address, owner, width=4):
    return f"root cell, CPU 0: {kind} at {address:#x} ({width} bytes, rip 0xffffffff81000010) denied; it belongs to {owner}\n"


@pytest.fixture(name="explain")
def fixture_explain(jailhouse):
    """One advice for the text"""
    def explain(text, *args):
        path = jailhouse.folder / "console"
        path.write_text("Initializing\n" + text)
        told = json.loads(jailhouse("explain", "--json", *(args or CONFIGS), str(path)))["denied"]
        words = jailhouse("explain", *(args or CONFIGS), str(path))
        for advice in told:
            assert advice["reason"] in words and all(line in words for line in advice["lines"]) and all(w in words for w in advice["warnings"])
        return told[0] if len(told) == 1 else told
    return explain


def region(index, phys, virt, size, flags):
    return struct.pack("<QQQQ", phys, virt, size, flags)


def with_regions(path, *regions):
    """The cell's configuration with more memory regions"""
    data = bytearray(open(CELL, "rb").read())
    cpus, count = struct.unpack_from("<II", data, 48)
    at = 132 + cpus + 32 * count
    data[at:at] = b"".join(regions)
    struct.pack_into("<I", data, 52, count + len(regions))
    path.write_bytes(data)
    return ("-c", SYSTEM, "-c", str(path), "-r", MACHINE)


def test_a_device_of_the_root_cell_is_named_with_the_lines_that_give_it(explain):
    advice = explain(denied("memory write", 0xfed00010))
    assert (advice["cell"], advice["cpu"], advice["access"], advice["address"], advice["width"], advice["rip"]) == (
        "apic-demo", 3, "memory write", 0xfed00010, 4, 0x1034)
    assert advice["reason"] == ("no region; region 1 ends at 0x100fff; the root cell has it in region 8 (HPET 0), 0xfed00000-0xfed00fff")
    assert advice["below"] == {"index": 1, "start": 0x100000, "end": 0x100fff} and "above" not in advice and "region" not in advice
    assert advice["lines"] == ["memory:", "  - {name: HPET 0, role: mmio, phys: 0xfed00000, size: 4K}"] and advice["refused"] is False
    assert len(advice["warnings"]) == 1 and '"HPET 0" must not be used by Linux' in advice["warnings"][0]


@pytest.mark.parametrize("address,rule", [(0xfee00020, "the local APIC"), (0xfec00000, "IOAPIC"), (0xb0000000, "PCI configuration space"),
                                          (0x3a000000, "the hypervisor's memory"), (0x900000000, "not in the root cell's configuration")])
def test_what_would_be_refused_is_said_with_the_rule_of_the_refusal(explain, address, rule):
    advice = explain(denied("memory read", address))
    assert advice["refused"] is True and rule in advice["warnings"][0] and advice["warnings"][0].startswith("Jailhouse would refuse this: Memory")


def test_memory_of_another_cell_is_its_own(explain):
    advice = explain(denied("memory write", OTHERS_RAM), *CONFIGS, "-c", OTHER)
    assert advice["refused"] is True and 'which memory region 0 of cell "tiny-demo-2" has' in advice["warnings"][0]


def test_ram_of_linux_is_warned_of(explain):
    advice = explain(denied("memory write", 0x200000, 8))
    assert "This is RAM of the root cell" in "".join(advice["warnings"]) and "(System RAM)" in advice["reason"]


def test_a_jump_to_nowhere_gets_no_lines(explain):
    advice = explain(denied("instruction fetch", 0xfed00000, 0))
    assert not advice["lines"] and "wrong reset address" in advice["warnings"][0]


def test_a_right_that_is_missing_is_added_to_the_region(explain, tmp_path):
    args = with_regions(tmp_path / "c", region(2, 0x3f300000, 0x200000, 0x1000, 0x81))
    advice = explain(denied("memory write", 0x200ffc), *args)
    assert advice["reason"] == "region 2, 0x200000-0x200fff, does not permit it; it has: read, rootshared"
    assert advice["lines"][1] == ("  - {flags: [read, write, rootshared], phys: 0x3f300000, virt: 0x200000, size: 4K}   # in place of region 2: with write")
    assert "This memory is shared" in advice["warnings"][-1]


@pytest.mark.parametrize("kind,address,width,flags,why,more", [
    ("memory write", 0x200010, 4, 0x40001, "does not permit it", "write"),
    ("memory read", 0x200010, 1, 0x40003, "does not permit this width", "io_8"),
    ("memory read", 0x200012, 4, 0x40003, "aligned accesses only", "io_unaligned"),
    ("memory read", 0x20001e, 4, 0x40003, "ends within the access", None)])
def test_a_region_smaller_than_a_page_is_looked_at_by_width_and_place(explain, tmp_path, kind, address, width, flags, why, more):
    args = with_regions(tmp_path / "c", region(2, 0xfed00000, 0x200000, 0x20, flags))
    advice = explain(denied(kind, address, width), *args)
    assert why in advice["reason"] and advice["region"]["index"] == 2
    assert advice["lines"][1].endswith(f"# in place of region 2: with {more}") if more else not advice["lines"]


def test_a_region_that_has_it_all_is_another_runs(explain):
    assert "not the configuration of that run" in explain(denied("memory write", 0x100000))["reason"]


@pytest.mark.parametrize("address,width,lines,refused,warning", [
    (0x60, 1, ["  - 0x60"], False, '"keyboard"'), (0x61, 2, ["  - 0x61-0x62"], True, "is not"), (0xcf8, 4, ["  - 0xcf8-0xcfb"], True, "refuse this"),
    (0x2ff, 2, ["  - 0x300"], True, "refuse this")])
def test_ports(explain, address, width, lines, refused, warning):
    advice = explain(denied("port read", address, width))
    assert advice["lines"] == ["ports:"] + lines and advice["refused"] is refused and (warning in "".join(advice["warnings"]) or refused)


@pytest.mark.parametrize("kind,word", [("MSR write", "MSR-POLICY"), ("shutdown", "triple fault"), ("something new", "no configuration allows it")])
def test_policy_is_no_matter_of_configuration(explain, kind, word):
    advice = explain(denied(kind, 0x8b))
    assert word in advice["reason"] and not advice["lines"]


def test_what_root_was_denied(explain):
    nobody, hypervisor, moved = explain(denied_root("memory write", 0x900000000, "nobody") + denied_root("memory read", 0x3a000000, "the hypervisor")
                                        + denied_root("memory read", 0x3f000000, "apic-demo"))
    assert nobody["lines"] == ["memory:", "  - {role: mmio, phys: 0x900000000, size: 4K}"] and nobody["refused"] is False and not nobody["stopped"]
    assert not hypervisor["lines"] and "It belongs to the hypervisor" in hypervisor["warnings"][0]
    assert not moved["lines"] and "belongs to apic-demo" in moved["reason"]


def test_without_configurations_it_is_said_what_is_missing(jailhouse):
    path = jailhouse.folder / "console"
    path.write_text(denied("memory write", 0x1000))
    assert "give it with --config" in jailhouse("explain", str(path))
    jailhouse("explain", "-c", "/nowhere", str(path), status=1)
    assert "/nowhere" in jailhouse.err
    path.write_text("nothing\n")
    jailhouse("explain", str(path), status=1)
    assert "tells of no panic and no denied access" in jailhouse.err


@pytest.mark.parametrize("line", [
    'cell "', 'cell "x', 'cell "x", CPU ', 'cell "x", CPU 3: forbidden ', 'cell "x", CPU 3: forbidden memory read at 0x', "root cell, CPU 0: ",
    'cell "x", CPU 3: forbidden memory read at 0xzz, 4 bytes, rip 0x1: CPU stopped', 'root cell, CPU x: memory read at 0x1 (4 bytes, rip 0x1) denied; it belongs to a',
    'cell "", CPU 3: forbidden memory read at 0x1, 4 bytes, rip 0x1: CPU stopped'])
def test_lines_that_are_none_are_passed_over(explain, line):
    assert explain(line + "\n" + denied("memory write", 0xfed00010))["address"] == 0xfed00010


def test_hostile_lines_end_in_an_answer(explain):
    text = (denied("memory write", 2**64 - 1, 4294967295) + denied("port write", 2**64 - 1, 4294967295) + denied("x" * 400, 0) +
            'cell "' + "n" * 300 + '", CPU 4294967295: forbidden memory read at 0x0, 0 bytes, rip 0x0: CPU stopped\n' + denied("port read", 0xffff, 8))
    assert len(explain(text)) >= 4


def live(jailhouse, cells):
    for ident, name, config, failed in cells:
        jailhouse.cell(ident, name, "failed" if failed else "running", failed=failed)
        (jailhouse.folder / "sys" / "cells" / str(ident) / "config").write_bytes(open(config, "rb").read())


def test_the_list_of_cells_says_why_a_cpu_was_stopped(jailhouse):
    live(jailhouse, [(0, "qemu-x86", SYSTEM, ""), (1, "apic-demo", CELL, "3")])
    (jailhouse.folder / "device").write_text(denied("port write", 0x70) + denied("memory write", 0xfed00010) + denied("memory read", 0x1, cpu=2) +
                                             denied("memory read", 0x1, cell="gone"))
    table = jailhouse("cell", "list")
    assert len(table.splitlines()) == 3, "the table is as ever"
    assert jailhouse.err == ('\nCell 1 "apic-demo", CPU 3: 4-byte memory write at 0xfed00010: no region; region 1 ends at 0x100fff; the root cell has it in '
                             'region 8, 0xfed00000-0xfed00fff.\n"jailhouse explain" says what would allow it.\n')
    stopped = [cell["stopped"] for cell in json.loads(jailhouse("cell", "list", "--json"))["cells"]]
    assert stopped[0] == [] and [s["address"] for s in stopped[1]] == [0xfed00010]
    jailhouse("cell", "stats", "1")
    assert jailhouse.err.startswith("Stopped: CPU 3: 4-byte memory write at 0xfed00010: no region;")
    assert json.loads(jailhouse("cell", "stats", "--json", "1"))["stopped"][0]["cpu"] == 3
    assert re.search("What would allow it, in the configuration of the cell:", jailhouse("explain"))
