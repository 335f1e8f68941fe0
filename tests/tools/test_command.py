# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The jailhouse command on a machine without Jailhouse: a folder in place of sysfs, a preloaded library in place of the driver."""
import errno
import json
import os
import re
import shutil
import struct
import subprocess
import time

import pexpect
import pyte
import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
SYSTEM = os.path.join(BUILD, "configs", "x86", "qemu-x86.cell")
CELL = os.path.join(BUILD, "configs", "x86", "apic-demo.cell")

ENABLE, DISABLE, CREATE, LOAD, START, DESTROY = "0x40080000", "0x00000001", "0x40100002", "0x40300003", "0x40280004", "0x40280005"


class Command:
    """Runs the command; keeps what it asked of the driver."""

    def __init__(self, folder, library):
        self.folder = folder
        self.log = folder / "log"
        (folder / "device").touch()
        self.env = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library), "FAKE_LOG": str(self.log), "LC_ALL": "C",
                    "JAILHOUSE_DEVICE": str(folder / "device"), "JAILHOUSE_SYSFS": str(folder / "sys")}

    def __call__(self, *args, status=0):
        done = subprocess.run([COMMAND, *args], env=self.env, capture_output=True, text=True, check=False, timeout=20)
        assert done.returncode == status, done.stdout + done.stderr
        self.err = done.stderr
        return done.stdout

    def requests(self):
        """One line for each request so far."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def refuse(self, error, rule=0, obj=0, index=0, values=(0, 0, 0, 0), cell=(-1, b""), other=(-1, b"")):
        """From now on the driver refuses everything; layout: include/jailhouse/status.h."""
        refusal = struct.pack("<IiHHHHii4Q32s32s", rule, -error, obj, index, 0, 0, cell[0], other[0], *values, cell[1], other[1])
        (self.folder / "refusal").write_bytes(refusal)
        self.env["FAKE_ERRNO"] = str(error)
        self.env["FAKE_REFUSAL"] = str(self.folder / "refusal")

    def cell(self, ident, name, state="running", cpus="0-3", failed="", dma=None, statistics=None):
        """A cell in sysfs."""
        folder = self.folder / "sys" / "cells" / str(ident)
        folder.mkdir(parents=True)
        files = {"name": name, "state": state, "cpus_assigned_list": cpus, "cpus_failed_list": failed, "dma": dma}
        for file, text in files.items():
            if text is not None:
                (folder / file).write_text(text + "\n")
        for path, value in (statistics or {}).items():
            (folder / "statistics" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "statistics" / path).write_text(f"{value}\n")


@pytest.fixture(name="jailhouse")
def fixture_jailhouse(tmp_path, library):
    return Command(tmp_path, library)


# --- usage ---------------------------------------------------------------------------------------

def test_help_and_version_succeed(jailhouse):
    assert jailhouse("--help").startswith("Usage: jailhouse")
    assert jailhouse("--version").startswith("Jailhouse management tool ")


@pytest.mark.parametrize("args", [[], ["nonsense"], ["cell"], ["cell", "nonsense"], ["--nonsense"], ["cell", "../../bin/sh"]])
def test_unknown_commands_show_the_usage_and_fail(jailhouse, args):
    assert jailhouse(*args, status=1).startswith("Usage: jailhouse {")


COMMANDS = ("enable", "disable", "console", "explain", "verify", "cell create", "cell list", "cell load", "cell run", "cell start", "cell shutdown",
            "cell destroy", "cell stats")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(jailhouse, command):
    assert jailhouse(*command.split(), "--help").startswith(f"Usage: jailhouse {command}")
    assert command in jailhouse("--help")


@pytest.mark.parametrize("args", ["enable", "enable a b", "disable a", "console -x", "console --last a b", "console --last -x", "verify a", "explain a b", "explain --elf", "explain -x", "cell create", "cell list a", "cell load",
                                  "cell load 1", "cell load 1 -s", "cell load 1 -a 5", "cell load 1 -s x -a", "cell run", "cell run x", "cell run -s x",
                                  "cell run x -s", "cell start",
                                  "cell start 1 2", "cell start --name", "cell shutdown", "cell destroy", "cell stats"])
def test_wrong_arguments_show_the_usage_of_the_command_and_ask_nothing(jailhouse, args):
    assert jailhouse(*args.split(), status=1).startswith("Usage: jailhouse " + args.split(maxsplit=1)[0])
    assert not jailhouse.requests()


# --- requests ------------------------------------------------------------------------------------

def test_enable_hands_the_configuration_over(jailhouse):
    jailhouse("enable", SYSTEM)
    assert jailhouse.requests() == [f"{ENABLE} {open(SYSTEM, 'rb').read(8).hex()}"]


def test_disable(jailhouse):
    jailhouse("disable")
    assert jailhouse.requests() == [DISABLE]


def test_create_hands_over_the_whole_file(jailhouse):
    jailhouse("cell", "create", CELL)
    assert jailhouse.requests() == [f"{CREATE} {open(CELL, 'rb').read().hex()}"]


@pytest.mark.parametrize("args,expected", [
    (["7"], "id=7 name="), (["demo"], "id=-1 name=demo"), (["--name", "7"], "id=-1 name=7"), (["--name", "demo"], "id=-1 name=demo"),
    (["7a"], "id=-1 name=7a"), (["x" * 31], "id=-1 name=" + "x" * 31)])
def test_cells_are_named_by_id_or_name(jailhouse, args, expected):
    jailhouse("cell", "start", *args)
    jailhouse("cell", "destroy", *args)
    jailhouse("cell", "shutdown", *args)
    assert jailhouse.requests() == [f"{START} {expected}", f"{DESTROY} {expected}", f"{LOAD} {expected}"]


@pytest.mark.parametrize("cell", ["x" * 32, "99999999999", ""])
def test_impossible_cells_are_told_before_anything_is_asked(jailhouse, cell):
    jailhouse("cell", "start", cell, status=1)
    assert "is not a possible cell" in jailhouse.err and "jailhouse cell list" in jailhouse.err
    assert not jailhouse.requests()


def test_load_keeps_images_and_addresses_in_order(jailhouse):
    first, second = jailhouse.folder / "first", jailhouse.folder / "second"
    first.write_bytes(b"\x01\x02")
    second.write_bytes(b"")
    jailhouse("cell", "load", "demo", str(first), "-s", "a b", "-a", "0x1000", str(second), "--address", "4096", "--string", "", "-a", "010")
    assert jailhouse.requests() == [f"{LOAD} id=-1 name=demo image@0x0 0102 image@0x1000 61206200 image@0x1000  image@0x8 00"]


def test_run_creates_loads_and_starts(jailhouse):
    image = jailhouse.folder / "image"
    image.write_bytes(b"\x01\x02")
    jailhouse("cell", "run", CELL, str(image), "-s", "a", "-a", "0x1000")
    config = open(CELL, "rb").read().hex()
    assert jailhouse.requests() == [f"{CREATE} {config}", f"{LOAD} id=-1 name=apic-demo image@0x0 0102 image@0x1000 6100",
                                    f"{START} id=-1 name=apic-demo"]


@pytest.mark.parametrize("failing,asked", [(CREATE, [CREATE]), (LOAD, [CREATE, LOAD, DESTROY]), (START, [CREATE, LOAD, START, DESTROY])])
def test_run_leaves_no_cell_that_does_not_run(jailhouse, failing, asked):
    jailhouse.env.update(FAKE_ERRNO="22", FAKE_FAILS=failing)
    jailhouse("cell", "run", CELL, "-s", "x", status=1)
    assert [line.split()[0] for line in jailhouse.requests()] == asked
    assert "Invalid argument" in jailhouse.err


@pytest.mark.parametrize("args", [[CELL, "missing"], ["missing", "-s", "x"]])
def test_run_reads_all_files_before_it_asks_for_anything(jailhouse, args):
    jailhouse("cell", "run", *args, status=1)
    assert "missing" in jailhouse.err and not jailhouse.requests()


@pytest.mark.parametrize("address", ["", "x", "-1", "0x", "12q", "0x10000000000000000"])
def test_wrong_addresses_are_told(jailhouse, address):
    jailhouse("cell", "load", "1", "-s", "x", "-a", address, status=1)
    assert "is not an address" in jailhouse.err
    assert not jailhouse.requests()


@pytest.mark.parametrize("args", [["enable"], ["cell", "create"], ["cell", "load", "1"]])
def test_a_missing_file_is_told_with_its_name(jailhouse, args):
    jailhouse(*args, "/nowhere/file", status=1)
    assert jailhouse.err.startswith("/nowhere/file: No such file or directory\n")
    assert len(jailhouse.err.splitlines()) == 2
    assert not jailhouse.requests()


def test_a_file_that_ends_early_is_refused_by_its_rule_before_anything_is_asked(jailhouse):
    short = jailhouse.folder / "short.cell"
    short.write_bytes(open(SYSTEM, "rb").read()[:-1])
    jailhouse("enable", str(short), status=1)
    assert "but its counts ask for" in jailhouse.err
    jailhouse("enable", CELL, status=1)
    assert 'Use it with "jailhouse cell create".' in jailhouse.err
    assert not jailhouse.requests()


def test_without_the_driver_the_way_out_is_told(jailhouse):
    jailhouse.env["JAILHOUSE_DEVICE"] = "/nowhere/jailhouse"
    for args in (["disable"], ["cell", "start", "1"], ["console"]):
        jailhouse(*args, status=1)
        assert "modprobe jailhouse" in jailhouse.err


# --- refusals ------------------------------------------------------------------------------------

def test_a_refusal_is_one_sentence_with_the_way_out(jailhouse):
    jailhouse.refuse(errno.EBUSY, rule=205, obj=2, index=2, values=(2, 0, 0, 0), cell=(-1, b"demo"), other=(7, b"other"))
    assert jailhouse("cell", "create", CELL, status=1) == ""
    assert jailhouse.err == ('JAILHOUSE_CELL_CREATE: Device or resource busy\nThe cell asks for CPU 2, which belongs to cell "other". '
                             'Destroy that cell first or use another CPU.\n')


def test_a_refusal_is_data_with_json(jailhouse):
    jailhouse.refuse(errno.EBUSY, rule=323, obj=3, index=4, values=(0x3F000000, 2**64 - 1, 0, 0), cell=(-1, b"demo"), other=(7, b"other"))
    error = json.loads(jailhouse("cell", "create", "--json", CELL, status=1))["error"]
    assert jailhouse.err == ""
    assert error["rule"] == 323 and error["name"] == "MEMORY_IN_USE" and error["errno"] == errno.EBUSY
    assert error["object"] == "memory" and error["index"] == 4
    assert error["values"] == [0x3F000000, 2**64 - 1, 0, 0]
    assert error["cell"] == {"id": None, "name": "demo"} and error["other_cell"] == {"id": 7, "name": "other"}
    assert error["sentence"].startswith("Memory region 4 of cell \"demo\" asks for physical 0x3f000000")


def test_errors_without_a_rule_are_told_too(jailhouse):
    jailhouse.refuse(errno.ENOMEM)
    jailhouse("cell", "start", "1", status=1)
    assert jailhouse.err.startswith("JAILHOUSE_CELL_START: Cannot allocate memory\n") and "dmesg" in jailhouse.err
    error = json.loads(jailhouse("cell", "start", "--json", "1", status=1))["error"]
    assert error["errno"] == errno.ENOMEM and error["reason"] == "Cannot allocate memory"


def test_an_older_driver_without_reasons_is_enough(jailhouse):
    jailhouse.env["FAKE_ERRNO"] = str(errno.EBUSY)
    jailhouse("disable", status=1)
    assert jailhouse.err.startswith("JAILHOUSE_DISABLE: Device or resource busy\n")


def test_errors_of_the_command_are_data_with_json(jailhouse):
    error = json.loads(jailhouse("enable", "--json", "/nowhere", status=1))["error"]
    assert error["errno"] == errno.ENOENT and "/nowhere" in error["what"]


# --- list ----------------------------------------------------------------------------------------

def test_list_without_driver_or_cells_prints_nothing(jailhouse):
    assert jailhouse("cell", "list") == ""
    assert json.loads(jailhouse("cell", "list", "--json")) == {"cells": []}


def test_list_has_columns_at_fixed_places_in_the_order_of_numbers(jailhouse):
    jailhouse.cell(10, "ten", "shut down", "3")
    jailhouse.cell(2, "two", "running/locked", "1-2", "2")
    jailhouse.cell(0, "root")
    lines = jailhouse("cell", "list").splitlines()
    assert [line[0:8].rstrip() for line in lines] == ["ID", "0", "2", "10"]
    assert [line[8:32].rstrip() for line in lines] == ["Name", "root", "two", "ten"]
    assert [line[32:50].rstrip() for line in lines] == ["State", "running", "running/locked", "shut down"]
    assert [line[50:74].rstrip() for line in lines] == ["Assigned CPUs", "0-3", "1-2", "3"]
    assert [line[74:].rstrip() for line in lines] == ["Failed CPUs", "", "2", ""]


def test_list_without_headings(jailhouse):
    jailhouse.cell(0, "root")
    table = jailhouse("cell", "list").splitlines(keepends=True)
    for option in ("-n", "--noheadings"):
        assert jailhouse("cell", "list", option) == table[1]


def test_a_long_name_is_shown_in_full(jailhouse):
    jailhouse.cell(1, "n" * 31)
    assert "n" * 31 + " " in jailhouse("cell", "list").splitlines()[1]


def test_list_as_data(jailhouse):
    jailhouse.cell(0, "root", dma="none")
    jailhouse.cell(3, "demo \"x\"", "failed", "2-3", "2", dma="not isolated")
    assert json.loads(jailhouse("cell", "list", "--json"))["cells"] == [
        {"id": 0, "name": "root", "state": "running", "cpus_assigned": "0-3", "cpus_failed": "", "dma": "none", "stopped": []},
        {"id": 3, "name": "demo \"x\"", "state": "failed", "cpus_assigned": "2-3", "cpus_failed": "2", "dma": "not isolated", "stopped": []}]


def test_states_are_data_as_they_are(jailhouse):
    jailhouse.cell(1, "one", "running/locked")
    assert '"running/locked"' in jailhouse("cell", "list", "--json")


def test_other_folders_beside_the_cells_are_no_cells(jailhouse):
    jailhouse.cell(1, "one")
    (jailhouse.folder / "sys" / "cells" / "2x").mkdir()
    (jailhouse.folder / "sys" / "cells" / "power").mkdir()
    assert [c["id"] for c in json.loads(jailhouse("cell", "list", "--json"))["cells"]] == [1]


# --- statistics ----------------------------------------------------------------------------------

STATISTICS = {"vmexits_pio": 3, "vmexits_total": 12, "vmexits_cr": 9, "cpu2/vmexits_total": 5, "cpu10/vmexits_total": 7}


@pytest.mark.parametrize("cell", [["1"], ["demo"], ["--name", "demo"]])
def test_statistics_are_printed_once_where_no_terminal_is(jailhouse, cell):
    jailhouse.cell(1, "demo", statistics=STATISTICS)
    lines = jailhouse("cell", "stats", *cell).splitlines()
    assert "demo" in lines[0]
    assert [line.split() for line in lines[1:]] == [["vmexits_total", "12"], ["vmexits_cr", "9"], ["vmexits_pio", "3"]]


def test_statistics_as_data(jailhouse):
    jailhouse.cell(1, "demo", statistics=STATISTICS)
    assert json.loads(jailhouse("cell", "stats", "--json", "demo")) == {
        "id": 1, "name": "demo", "statistics": {"vmexits_total": 12, "vmexits_cr": 9, "vmexits_pio": 3},
        "cpus": {"2": {"vmexits_total": 5}, "10": {"vmexits_total": 7}}, "stopped": []}


def test_statistics_of_a_missing_cell_are_an_error(jailhouse):
    for cell in ("demo", "1"):
        jailhouse("cell", "stats", cell, status=1)
        assert "no such cell" in jailhouse.err


class Terminal:
    """A command on a terminal, whose picture can be looked at."""

    def __init__(self, jailhouse, *args, preload=False):
        self.screen = pyte.Screen(100, 40)
        self.stream = pyte.ByteStream(self.screen)
        env = {**jailhouse.env, "TERM": "linux"}
        if not preload:
            del env["LD_PRELOAD"]
        self.text = b""
        self.process = pexpect.spawn(COMMAND, list(args), env=env, dimensions=(40, 100), timeout=30)

    def update(self):
        try:
            data = self.process.read_nonblocking(65536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.text += data
        self.stream.feed(data)

    def wait(self, condition, what, seconds=30):
        """Until the picture, a list of lines, fulfils the condition"""
        end = time.monotonic() + seconds
        while not condition(self.screen.display):
            assert time.monotonic() < end, what + "\n" + "\n".join(self.screen.display)
            self.update()

    def rows(self):
        """Words of each line by its first one"""
        return {line.split()[0]: line.split()[1:] for line in self.screen.display if line.strip()}

    def end(self, key=""):
        self.process.send(key)
        while not self.process.eof():
            self.update()
            if not self.process.isalive():
                break
        self.process.wait()
        return self.process.exitstatus


@pytest.fixture(name="view")
def fixture_view(jailhouse):
    jailhouse.cell(1, "demo", statistics=STATISTICS)
    view = Terminal(jailhouse, "cell", "stats", "demo")
    view.wait(lambda lines: any("q: quit" in line for line in lines), "the view does not come up")
    yield view
    view.process.close(force=True)


def test_the_view_shows_sums_of_the_cell_and_of_each_cpu(view):
    assert "Statistics for demo cell (running), all CPUs" in view.screen.display[0]
    rows = view.rows()
    assert [rows[name][0] for name in ("vmexits_total", "vmexits_cr", "vmexits_pio", "2", "10")] == ["12", "9", "3", "5", "7"]
    assert view.end("q") == 0


def test_the_view_follows_its_keys(view):
    for key, title in (("c", "CPU 2"), ("c", "CPU 10"), ("c", "CPU 2"), ("a", "all CPUs")):
        view.process.send(key)
        view.wait(lambda lines, t=title: lines[0].rstrip().endswith(t), title)
    view.process.send("x")
    assert view.end("q") == 0


def test_the_view_shows_rates_of_a_second_whatever_is_typed(view, jailhouse):
    counter = jailhouse.folder / "sys" / "cells" / "1" / "statistics" / "vmexits_cr"
    begin, rates = time.monotonic(), []
    while time.monotonic() < begin + 6:
        (jailhouse.folder / "new").write_text(f"{1000 * (time.monotonic() - begin):.0f}\n")
        os.replace(jailhouse.folder / "new", counter)  # never empty, as sysfs
        view.process.send("a")
        view.update()
        words = view.rows().get("vmexits_cr", ["", "0"])
        rates.append(int(words[1]) if len(words) > 1 else 0)
    assert 700 < max(rates) < 1500, rates
    assert view.end("q") == 0


def test_the_view_says_why_a_cpu_was_stopped_and_ends_with_the_cell(view, jailhouse):
    (jailhouse.folder / "device").write_text('cell "demo", CPU 2: forbidden MSR write at 0x8b, 8 bytes, rip 0x1034: CPU stopped\n')
    (jailhouse.folder / "sys" / "cells" / "1" / "cpus_failed_list").write_text("2\n")
    view.wait(lambda lines: any("Stopped: CPU 2: 8-byte MSR write at 0x8b: the hypervisor's policy" in line for line in lines), "no reason")
    shutil.rmtree(jailhouse.folder / "sys" / "cells" / "1")
    assert view.end() == 0 and b'Cell 1 "demo" is gone.' in view.text


# --- progress ------------------------------------------------------------------------------------

def test_what_takes_long_is_told_on_a_terminal_only(jailhouse):
    jailhouse.env["FAKE_SECONDS"] = "3"
    terminal = Terminal(jailhouse, "cell", "create", CELL, preload=True)
    terminal.wait(lambda lines: "clearing the memory: 1 s" in lines[0], "no progress")
    assert terminal.end() == 0
    assert not "".join(terminal.screen.display).strip(), "the line is taken back"
    for args in (["cell", "create", CELL], ["cell", "create", "--json", CELL]):
        assert jailhouse(*args) == "" and jailhouse.err == ""


def test_what_is_done_at_once_is_not_told(jailhouse):
    terminal = Terminal(jailhouse, "disable", preload=True)
    assert terminal.end() == 0 and not terminal.text


# --- console -------------------------------------------------------------------------------------

def test_console_copies_what_is_there(jailhouse):
    (jailhouse.folder / "device").write_bytes(b"Initializing\nCell \"demo\" created\n\0\xff")
    done = subprocess.run([COMMAND, "console"], env=jailhouse.env, capture_output=True, check=True, timeout=20)
    assert done.stdout == b"Initializing\nCell \"demo\" created\n\0\xff"


def test_the_console_names_what_is_beside_a_denied_access(jailhouse):
    """Of cells that are there; behind the line, which stays as it is. A line that does not end yet is no line."""
    jailhouse.cell(0, "qemu-x86")
    jailhouse.cell(1, "apic-demo")
    for ident, path in (0, SYSTEM), (1, CELL):
        shutil.copy(path, jailhouse.folder / "sys" / "cells" / str(ident) / "config")
    line = 'cell "{}", CPU 2: forbidden memory write at 0xfed00010, 4 bytes, rip 0x1034: CPU stopped'
    root = "root cell, CPU 0: memory read at 0xfec00000 (4 bytes, rip 0xffffffff81000010) denied; it belongs to the hypervisor"
    lines = ["Initializing", line.format("apic-demo"), line.format("gone"), root, "x" * 600 + line.format("apic-demo"), line.format("apic-demo")]
    (jailhouse.folder / "device").write_text("\n".join(lines))
    told = jailhouse("console").split("\n")
    assert [one for one in told if not one.startswith("    ")] == lines
    assert told[2] == "    no region; region 1 ends at 0x100fff; the root cell has it in region 8, 0xfed00000-0xfed00fff."
    assert told[5] == "    no region; region 7 ends at 0xfebfffff, region 8 begins at 0xfed00000."
    assert len(told) == len(lines) + 2


def test_a_console_that_the_configuration_forbids(jailhouse):
    jailhouse.env["FAKE_READ_ERRNO"] = str(errno.EPERM)
    jailhouse("console", status=1)
    assert jailhouse.err == ("console: Operation not permitted\nThe system configuration does not permit to read the hypervisor's console. "
                             "Set JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE.\n")


# --- extension scripts ---------------------------------------------------------------------------

def script(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_scripts_in_the_path_add_commands(jailhouse):
    script(jailhouse.folder / "bin", "jailhouse-config-probe", 'echo "probe: $*"; exit 3')
    jailhouse.env["PATH"] = f"{jailhouse.folder / 'bin'}:{jailhouse.env['PATH']}"
    assert jailhouse("config", "probe", "--json", "a b", "c", status=3) == "probe: --json a b c\n"


def test_scripts_beside_the_command_come_first(jailhouse):
    script(jailhouse.folder / "bin", "jailhouse-hardware-probe", "echo path")
    script(jailhouse.folder / "own", "jailhouse-hardware-probe", "echo own")
    (jailhouse.folder / "own" / "jailhouse").symlink_to(COMMAND)
    env = {**jailhouse.env, "PATH": f"{jailhouse.folder / 'bin'}:{jailhouse.env['PATH']}"}
    done = subprocess.run([jailhouse.folder / "own" / "jailhouse", "hardware", "probe"], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "own\n"


def test_no_script_replaces_a_command_of_ours(jailhouse):
    script(jailhouse.folder / "bin", "jailhouse-cell-list", "echo replaced")
    jailhouse.env["PATH"] = f"{jailhouse.folder / 'bin'}:{jailhouse.env['PATH']}"
    assert jailhouse("cell", "list") == ""


# --- verify --------------------------------------------------------------------------------------

def verify_result(jailhouse, violations, clause=0, cell=-1, address=0):
    path = jailhouse.folder / "verify"
    path.write_bytes(struct.pack("<QQ7IIiIQ", 0x123456789abcdef, 42, *violations, clause, cell, 0, address))
    jailhouse.env["FAKE_VERIFY"] = str(path)


def test_verify_prints_each_clause_and_the_digest(jailhouse):
    verify_result(jailhouse, [0] * 7)
    lines = jailhouse("verify").splitlines()
    assert len(lines) == 8 and all(line.startswith("ok ") for line in lines[:7])
    assert lines[7] == "42 mappings, digest 0123456789abcdef"
    told = json.loads(jailhouse("verify", "--json"))
    assert told["ok"] and told["digest"] == "0123456789abcdef" and len(told["clauses"]) == 7


def test_a_violation_is_told_with_its_place_and_a_status_of_its_own(jailhouse):
    verify_result(jailhouse, [3, 0, 0, 1, 0, 0, 0], clause=0, cell=2, address=0x1000)
    lines = jailhouse("verify", status=2).splitlines()
    assert lines[0].startswith("VIOLATED ") and lines[0].endswith("(3 times): first in cell 2 at 0x1000")
    assert lines[3].startswith("VIOLATED ") and lines[3].endswith("(1 times)")
    told = json.loads(jailhouse("verify", "--json", status=2))
    assert not told["ok"] and told["clauses"][0] == {"clause": "granted", "ok": False, "violations": 3, "cell": 2, "address": 0x1000}


def test_verify_is_refused_with_a_sentence(jailhouse):
    jailhouse.refuse(errno.EINVAL, rule=0)
    jailhouse("verify", status=1)
    assert "JAILHOUSE_VERIFY" in jailhouse.err


# --- configurations as text ------------------------------------------------------------------------

def test_enable_and_cell_create_take_text(jailhouse):
    """What reaches the driver is the binary."""
    configs = os.path.join(TOP, "configs", "x86")
    jailhouse("enable", f"{configs}/qemu-x86.yaml")
    jailhouse("cell", "create", f"{configs}/tiny-demo.yaml")
    from_text = jailhouse.requests()
    jailhouse("enable", SYSTEM)
    jailhouse("cell", "create", os.path.join(BUILD, "configs", "x86", "tiny-demo.cell"))
    assert jailhouse.requests()[len(from_text):] == from_text and len(from_text) == 2


def memory_of(request):
    """(phys, virt, size) of the regions of the cell that a request hands over."""
    blob = bytes.fromhex(request.split()[1])
    cpus, regions = struct.unpack_from("<II", blob, 48)
    return [struct.unpack_from("<QQQ", blob, 132 + cpus + n * 32) for n in range(regions)]


ANYWHERE = "jailhouse: cell\narch: x86\nname: {name}\ncpus: {cpu}\nflags: [passive_commreg]\nmemory:\n" \
           "  - {{role: loadable, phys: anywhere, virt: 0, size: {size}}}\n"


@pytest.fixture(name="placed")
def fixture_placed(jailhouse, tmp_path):
    """A system whose memory was to be found is enabled. The pool of its cells: start, and end."""
    with open(os.path.join(TOP, "configs", "x86", "qemu-x86.yaml"), encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(hypervisor:\n +memory: \{phys:) 0x\w+", r"\1 anywhere", text)
    text = re.sub(r"(RAM for the cells, role: ram, phys:) 0x\w+", r"\1 anywhere", text)
    assert text.count("anywhere") == 2
    (tmp_path / "system.yaml").write_text(text)
    jailhouse.env["JAILHOUSE_RUN"] = str(tmp_path)
    jailhouse("enable", str(tmp_path / "system.yaml"))
    jailhouse.cell(0, "qemu-x86")
    start, end = (tmp_path / "jailhouse-pool").read_text().splitlines()[0].split()
    return int(start, 16), int(end, 16)


def test_cells_anywhere_are_placed_in_the_ram_for_cells_beside_each_other(jailhouse, placed, tmp_path):
    assert placed[1] - placed[0] + 1 == 76 << 20
    for name, cpu, size in ("one", 1, "1M"), ("two", 2, "4M"):
        (tmp_path / f"{name}.yaml").write_text(ANYWHERE.format(name=name, cpu=cpu, size=size))
        jailhouse("cell", "create", str(tmp_path / f"{name}.yaml"))
        ident = len(jailhouse.requests())
        jailhouse.cell(ident, name)
        (jailhouse.folder / "sys" / "cells" / str(ident) / "config").write_bytes(bytes.fromhex(jailhouse.requests()[-1].split()[1]))
    one, two = (memory_of(request)[0] for request in jailhouse.requests()[-2:])
    assert one == (placed[0], 0, 1 << 20)
    assert two == ((one[0] + (1 << 20) + (2 << 20) - 1) & -(2 << 20), 0, 4 << 20)
    (tmp_path / "three.yaml").write_text(ANYWHERE.format(name="three", cpu=3, size="75M"))
    jailhouse("cell", "create", str(tmp_path / "three.yaml"), status=1)
    assert "no 76800 KiB together are free in the RAM for cells" in jailhouse.err
    jailhouse("disable")
    assert not (tmp_path / "jailhouse-pool").exists()


def test_a_cell_anywhere_needs_to_know_where_ram_for_cells_is(jailhouse, tmp_path):
    jailhouse.env["JAILHOUSE_RUN"] = str(tmp_path)
    (tmp_path / "one.yaml").write_text(ANYWHERE.format(name="one", cpu=1, size="1M"))
    jailhouse("cell", "create", str(tmp_path / "one.yaml"))
    assert jailhouse.requests(), "nothing is enabled, which is for the driver to say"
    jailhouse.log.unlink()
    jailhouse.cell(0, "root")
    jailhouse("cell", "create", str(tmp_path / "one.yaml"), status=1)
    assert "it is not known which memory is for cells" in jailhouse.err and not jailhouse.requests()


def test_fixed_memory_with_the_name_is_for_cells_too(jailhouse, tmp_path):
    jailhouse.env["JAILHOUSE_RUN"] = str(tmp_path)
    jailhouse("enable", os.path.join(TOP, "configs", "x86", "qemu-x86.yaml"))
    jailhouse.cell(0, "qemu-x86")
    (tmp_path / "one.yaml").write_text(ANYWHERE.format(name="one", cpu=1, size="1M"))
    jailhouse("cell", "create", str(tmp_path / "one.yaml"))
    assert memory_of(jailhouse.requests()[-1])[0] == (0x3a600000, 0, 1 << 20)


def test_a_text_with_errors_does_not_reach_the_driver(jailhouse, tmp_path):
    (tmp_path / "bad.yaml").write_text("jailhouse: system\narch: vax\n")
    jailhouse("enable", str(tmp_path / "bad.yaml"), status=1)
    assert f'{tmp_path}/bad.yaml:2:7: "arch" has no "vax"' in jailhouse.err and not jailhouse.requests()
