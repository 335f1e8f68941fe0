# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Every command has a help text, a manual page and completion, all made of tools/commands; completion asked as the shells ask it."""
import glob
import os
import re
import shutil
import subprocess
import time

import pexpect
import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
MADE = os.path.join(BUILD, "tools", "commands")
COMPLETION = os.path.join(MADE, "completion", "jailhouse")
MAN = os.path.join(MADE, "man")
TEXTS = os.path.join(TOP, "tools", "commands")


def commands():
    """Name of each command and the text that it was made of"""
    found = {}
    for path in sorted(glob.glob(os.path.join(TEXTS, "*.txt"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        name = re.search("^command (.*)$", text, re.M)
        if name:
            found[name.group(1)] = text
    return found


COMMANDS = commands()
WITH_HANDLER = [name for name, text in COMMANDS.items() if re.search("^handler ", text, re.M)]


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
    assert {"console", "cell"} <= set(complete(cells, "c"))
    assert complete(cells, "en") == ["enable"]
    assert complete(cells, "ex") == ["explain"]
    assert complete(cells, "console", "--") == ["--follow", "--last", "--raw", "--help"]
    assert complete(cells, "explain", "--") == ["--config", "--root", "--json", "--elf", "--help"]
    assert complete(cells, "cell", "linux", "-a", "arm") == ["arm", "arm64"]


@pytest.mark.parametrize("name", COMMANDS)
def test_bash_offers_every_command_and_its_options(cells, name):
    words = name.split()
    for n, word in enumerate(words):
        assert word in complete(cells, *words[:n], word[:2])
    offered = complete(cells, *words, "-")
    assert set(re.findall(r"(?:^option |, )(-{1,2}[\w-]+)", COMMANDS[name], re.M)) <= set(offered) and "--help" in offered


def test_cells_are_offered_once(cells):
    assert sorted(complete(cells, "cell", "start", "")) == sorted(["0", "3", "12", "root", "apic-demo", "a\\ b", "--name", "--json", "--help"])
    assert complete(cells, "cell", "destroy", "apic") == ["apic-demo"]
    assert sorted(complete(cells, "cell", "destroy", "--name", "")) == ["a\\ b", "apic-demo", "root"]
    assert complete(cells, "cell", "destroy", "3", "") == ["--json", "--help"]
    assert complete(cells, "cell", "destroy", "--name", "root", "") == ["--json", "--help"]
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
    assert complete(tmp_path, "cell", "start", "") == ["--name", "--json", "--help"]


# --- zsh, fish ------------------------------------------------------------------------------------

def fish(sysfs, *words):
    line = " ".join(["jailhouse", *words])
    script = f"source {MADE}/completion/jailhouse.fish; complete -C '{line}'"
    env = {"PATH": os.environ["PATH"], "HOME": str(sysfs), "JAILHOUSE_SYSFS": str(sysfs), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["fish", "--private", "-c", script], env=env, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


def test_fish_offers_commands_cells_and_options(cells):
    assert {name.split()[0] for name in COMMANDS} <= set(fish(cells, ""))
    for group in {name.split()[0] for name in COMMANDS if " " in name}:
        assert {name.split()[1] for name in COMMANDS if name.startswith(group + " ")} == set(fish(cells, group, ""))
    assert {"0", "3", "12", "root", "apic-demo"} <= set(fish(cells, "cell", "start", ""))
    assert "apic-demo" not in fish(cells, "cell", "start", "3", "")
    assert set(fish(cells, "cell", "linux", "-a", "")) >= {"x86", "arm", "arm64"}
    assert {"--once", "--json", "--help"} <= set(fish(cells, "cell", "stats", "--"))


@pytest.fixture(name="zsh")
def fixture_zsh(cells, tmp_path):
    """A zsh on a terminal whose folder of functions has ours"""
    functions = tmp_path / "functions"
    functions.mkdir()
    shutil.copy(os.path.join(MADE, "completion", "_jailhouse"), functions)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "JAILHOUSE_SYSFS": str(cells), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    shell = pexpect.spawn("zsh", ["-f", "-i"], env=env, encoding="utf-8", timeout=60, dimensions=(50, 200))
    shell.sendline(f"PS1='ready> '; unsetopt zle_bracketed_paste; LISTMAX=1000; fpath=({functions} $fpath); autoload -U compinit; "
                   f"compinit -u -d {tmp_path}/dump; setopt list_ambiguous no_beep; echo set'' up")
    shell.expect("set up\r\n")
    shell.expect("ready> ")
    yield shell
    shell.close(force=True)


def zsh_offers(shell, line):
    """What zsh prints for TAB (twice, for the list behind a common beginning)"""
    shell.send(line + "\t\t")
    text, end = "", time.monotonic() + 10
    while time.monotonic() < end:
        try:
            text += shell.read_nonblocking(4096, timeout=1.5)
        except pexpect.TIMEOUT:
            break
    shell.sendintr()
    shell.expect("ready> ")
    return text[len(line):]


def test_zsh_offers_commands_cells_and_options(zsh):
    text = zsh_offers(zsh, "jailhouse ")
    assert all(name.split()[0] in text for name in COMMANDS)
    text = zsh_offers(zsh, "jailhouse cell ")
    assert all(name.split()[1] in text for name in COMMANDS if name.startswith("cell "))
    text = zsh_offers(zsh, "jailhouse cell start ")
    assert "apic-demo" in text and "12" in text
    text = zsh_offers(zsh, "jailhouse cell stats --")
    assert "--once" in text and "--json" in text
    text = zsh_offers(zsh, "jailhouse cell linux -a ")
    assert "x86" in text and "arm64" in text


# --- help and manual pages ------------------------------------------------------------------------

@pytest.mark.parametrize("name", WITH_HANDLER)
def test_help_names_usage_and_every_option(name):
    done = subprocess.run([COMMAND, *name.split(), "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"Usage: jailhouse {name}") and done.stderr == ""
    for flag in re.findall(r"(?:^option |, )(-{1,2}[\w-]+)", COMMANDS[name], re.M):
        assert re.search(rf"^  .*{flag}\b", done.stdout, re.M), flag
    overview = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    assert f"   {name}" in overview


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_manual_page(name):
    assert os.path.exists(os.path.join(MAN, f"jailhouse-{name.replace(' ', '-')}.8"))


def test_a_group_explains_itself():
    done = subprocess.run([COMMAND, "cell", "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: jailhouse cell {") and "cell shutdown" in done.stdout


@pytest.mark.parametrize("command", WITH_HANDLER)
def test_the_source_of_each_command_reads_the_options_of_its_text(command):
    """An option that is documented but unknown to the command would be told as wrong: its name stands in some source."""
    sources = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(TOP, "tools", "*.c")))
    for flag in re.findall(r"(?:^option |, )(-{1,2}[\w-]+)", COMMANDS[command], re.M):
        assert f'"{flag}"' in sources or f'"{flag.lstrip("-")}"' in sources or (len(flag) == 2 and f"'{flag[1]}'" in sources), flag


@pytest.mark.parametrize("page", sorted(os.listdir(MAN)) if os.path.isdir(MAN) else [])
def test_man_pages_are_clean_and_refer_to_pages_that_exist(page):
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", os.path.join(MAN, page)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    plain = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", "-rLL=3000n", os.path.join(MAN, page)], capture_output=True, text=True, check=True).stdout
    assert "**" not in plain and "`" not in plain, "markup was left over"
    for name in re.findall(r"\b(jailhouse[\w-]*)\(8\)", plain):
        assert os.path.exists(os.path.join(MAN, name + ".8")), name


def test_a_text_that_breaks_the_grammar_is_told_with_its_line(tmp_path):
    top = tmp_path / "top"
    shutil.copytree(TEXTS, top / "tools" / "commands")
    shutil.copytree(os.path.join(TOP, "tools", "completion"), top / "tools" / "completion")
    (top / "scripts").mkdir()
    shutil.copy(os.path.join(TOP, "scripts", "make-commands"), top / "scripts")
    text = top / "tools" / "commands" / "enable.txt"
    text.write_text(text.read_text().replace("option --json", "option --json VALUE"))
    done = subprocess.run([top / "scripts" / "make-commands", tmp_path / "out"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and re.search(r"enable\.txt:\d+: a value has a name and a \(KIND\)", done.stderr)
