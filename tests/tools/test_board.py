# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The worked boards of docs/CONFIG.md: what stands there is what the command takes and says."""
import os
import re
import subprocess
import textwrap

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
MACHINE = os.path.join(TOP, "tests", "tools", "machines", "qemu-x86")


def jailhouse(*args):
    done = subprocess.run([COMMAND, *args], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(name="section")
def fixture_section():
    with open(os.path.join(TOP, "docs", "CONFIG.md"), encoding="utf-8") as file:
        return re.search(r"## From nothing to a running cell\n(.*?)\n## ", file.read(), re.S).group(1)


def cell(section, name):
    """The text of the cell in the section, from "jailhouse: cell" to the empty line"""
    for block in re.findall(r"^    jailhouse: cell\n(?:    .*\n)+", section, re.M):
        if f"name: {name}\n" in block:
            return textwrap.dedent(block)
    raise AssertionError(f"no cell {name} in docs/CONFIG.md")


def test_every_command_of_the_worked_boards_exists(section):
    names = {" ".join(words) for words in re.findall(r"^    jailhouse (\w+)(?: (check|create|show|load|start|list|linux))?\b", section, re.M)}
    assert len(names) >= 8
    for name in sorted(names):
        assert jailhouse(*name.split(), "--help").startswith("Usage: jailhouse " + name.strip())


def test_the_cell_of_the_x86_machine_passes_on_the_created_configuration(section, tmp_path):
    machine, demo = tmp_path / "machine.yaml", tmp_path / "demo.yaml"
    jailhouse("config", "create", "-r", MACHINE, str(machine))
    demo.write_text(cell(section, "demo"))
    assert "0 errors, 0 warnings" in jailhouse("config", "check", str(machine), str(demo))
    console = tmp_path / "console"
    console.write_text('cell "demo", CPU 3: forbidden memory write at 0xfed00010, 4 bytes, rip 0x1034: CPU stopped\n')
    said = jailhouse("explain", "-c", str(machine), "-c", str(demo), "-r", MACHINE, str(console)).split("\n\n")[0]
    shown = re.search(r'^    Cell "demo", CPU 3(?:.*\n)+?(?=\n)', section, re.M).group(0)
    assert said.split() == shown.split()


def test_the_cell_of_the_arm_board_is_a_configuration(section, tmp_path):
    linux = tmp_path / "linux.yaml"
    linux.write_text(cell(section, "linux-demo"))
    jailhouse("config", "compile", str(linux), "-o", str(tmp_path / "linux.cell"))
