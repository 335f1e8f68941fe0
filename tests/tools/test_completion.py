# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Bash completion of the command, asked as bash asks it; and the man pages of all commands."""
import os
import re
import subprocess

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
COMPLETION = os.path.join(TOP, "tools", "completion", "jailhouse")
MAN = os.path.join(TOP, "tools", "man")


@pytest.fixture(name="cells")
def fixture_cells(tmp_path):
    for ident, name in ((0, "root"), (3, "apic-demo"), (12, "a b")):
        folder = tmp_path / "cells" / str(ident)
        folder.mkdir(parents=True)
        (folder / "name").write_text(name + "\n")
    return tmp_path


def complete(sysfs, *words, path=None):
    """Candidates for the last of the words behind "jailhouse"."""
    script = 'compopt() { :; }; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jailhouse; printf "%s\\n" "${COMPREPLY[@]}"'
    env = {"PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"], "JAILHOUSE_SYSFS": str(sysfs), "LC_ALL": "C"}
    done = subprocess.run(["bash", "-c", script, "-", COMPLETION, "jailhouse", *words], env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def test_commands(cells):
    assert complete(cells, "c") == ["console", "cell", "config"]
    assert complete(cells, "en") == ["enable"]
    assert complete(cells, "ex") == ["explain"]
    assert complete(cells, "console", "--") == ["--follow", "--last"]
    assert complete(cells, "console", "--last", "--") == ["--raw"]
    assert complete(cells, "explain", "--") == ["--json", "--elf"]
    assert set(complete(cells, "cell", "")) >= {"create", "list", "load", "start", "shutdown", "destroy", "stats"}


def test_cells_are_offered_once(cells):
    assert sorted(complete(cells, "cell", "start", "")) == sorted(["0", "3", "12", "root", "apic-demo", "a\\ b", "--name", "--json"])
    assert complete(cells, "cell", "destroy", "apic") == ["apic-demo"]
    assert sorted(complete(cells, "cell", "destroy", "--name", "")) == ["a\\ b", "apic-demo", "root"]
    assert complete(cells, "cell", "destroy", "3", "") == []
    assert complete(cells, "cell", "stats", "--o") == ["--once"]


def test_load_offers_files_and_options_behind_the_cell(cells):
    (cells / "image.bin").touch()
    assert complete(cells, "cell", "load", "apic") == ["apic-demo"]
    assert complete(cells, "cell", "load", "3", str(cells / "im")) == [str(cells / "image.bin")]
    assert complete(cells, "cell", "load", "--name", "apic-demo", str(cells / "im")) == [str(cells / "image.bin")]
    assert complete(cells, "cell", "load", "3", "x", "--a") == ["--address"]
    assert complete(cells, "cell", "load", "3", "x", "-a", "") == []


def test_scripts_are_offered(cells, tmp_path):
    script = tmp_path / "jailhouse-config-check"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert "check" in complete(cells, "config", "", path=tmp_path)


def test_no_cells_no_candidates(tmp_path):
    assert complete(tmp_path, "cell", "start", "") == ["--name", "--json"]


@pytest.mark.parametrize("page", sorted(os.listdir(MAN)))
def test_man_pages_are_clean_and_refer_to_pages_that_exist(page):
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", os.path.join(MAN, page)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    with open(os.path.join(MAN, page), encoding="utf-8") as text:
        for name in re.findall(r"\.BR\s+(jailhouse[\w-]*) \(8\)", text.read()):
            assert os.path.exists(os.path.join(MAN, name + ".8")), name
