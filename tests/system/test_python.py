# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""pyjailhouse in the emulated machine, on the driver itself. Its Python is this machine's, in an archive behind the root file system."""
import os
import re
import shutil
import subprocess
import sysconfig

import pytest

from machine import BUILD, TOP, Machine, initramfs, kernels

pytestmark = pytest.mark.own_machine

LEFT_OUT = ("test", "idlelib", "tkinter", "ensurepip", "lib2to3", "turtledemo", "dist-packages", "site-packages", "pydoc_data", "unittest", "distutils",
            "__pycache__", "config-*", "xmlrpc", "dbm", "curses", "sqlite3", "venv", "wsgiref", "asyncio", "multiprocessing", "email", "http", "xml")
PROGRAM = "/usr/bin/python3"


def libraries_of(path):
    """Shared libraries that a program or extension needs"""
    text = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(/\S+)", text)


def copy_with_libraries(path, root):
    for file in [path, *libraries_of(path)]:
        target = os.path.join(root, file.lstrip("/"))
        if not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(file, target)


def python_root(root):
    """Python with the part of its library that is needed, the package, the examples and the story"""
    library = sysconfig.get_path("stdlib")
    shutil.copytree(library, os.path.join(root, library.lstrip("/")), ignore=shutil.ignore_patterns(*LEFT_OUT))
    copy_with_libraries(PROGRAM, root)
    for name in os.listdir(os.path.join(library, "lib-dynload")):
        copy_with_libraries(os.path.join(library, "lib-dynload", name), root)
    shutil.copytree(os.path.join(BUILD, "python"), os.path.join(root, "root", "python"))
    shutil.copytree(os.path.join(TOP, "python", "examples"), os.path.join(root, "root", "examples"))
    shutil.copy(os.path.join(TOP, "tests", "system", "python_story.py"), os.path.join(root, "root"))


@pytest.fixture(name="box")
def fixture_box(tmp_path):
    line = kernels()[-1]
    root, both = tmp_path / "root", tmp_path / "both.cpio"
    root.mkdir()
    python_root(str(root))
    # Linux unpacks what stands behind the first archive over it.
    shutil.copy(initramfs(line), both)
    with open(both, "ab") as archive:
        found = subprocess.run(["find", ".", "-print0"], cwd=root, capture_output=True, check=True).stdout
        subprocess.run(["cpio", "--null", "-o", "-H", "newc", "--owner", "0:0", "--quiet"], cwd=root, input=found, stdout=archive, check=True)
    box = Machine(line=line, name="python")
    box.args[box.args.index("-initrd") + 1] = str(both)
    with box:
        box.check("insmod /root/jailhouse.ko")
        yield box


def test_a_program_manages_cells_and_sees_what_happens(box):
    python = "PYTHONPATH=/root/python python3"
    assert "the story is true" in box.check(f"{python} /root/python_story.py", timeout=240)
    said = box.check(f"{python} /root/examples/run_cell.py /cells/qemu-x86.cell /cells/tiny-demo.cell /inmates/tiny-demo.bin 1", timeout=120)
    assert re.search(r'cell "tiny-demo" on CPUs \[3\]: running, \d+ exits', said) and 'cell "tiny-demo" started' in said
    assert box.read("/sys/devices/jailhouse/enabled") == "0"
