# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Runs in the emulated machine, as root: a story told by pyjailhouse. Ends with "the story is true", or with what is not.

Arguments: a system, a cell "tiny-demo" with CPU 3, both in binary form, and the program for it.
"""
import glob
import subprocess
import sys
import threading
import time

from pyjailhouse import ConfigError, Hypervisor, JailhouseError, NotEnabledError, RefusedError
from pyjailhouse.cell import JailhouseCell
from pyjailhouse.config_parser import CellConfig

SYSTEM, CELL, IMAGE = sys.argv[1:]


LOOKS, BY_KERNEL = [], []  # what was seen by looking at sysfs, and by uevents, of the cell


def collect(events, into):
    """Until both lives of the cell are over"""
    for event in events:
        if event.name == "tiny-demo":
            into.append((event.action, event.state))
        if [action for action, _ in into].count("remove") == 2:
            return


def seen(action, state=None, times=1, timeout=30):
    """Waits until both watchers have seen this: who looks ten times a second misses what is shorter."""
    deadline = time.monotonic() + timeout
    for watched in (LOOKS, BY_KERNEL):
        while sum(a == action and state in (None, s) for a, s in watched) < times:
            assert time.monotonic() < deadline, (action, state, times, LOOKS, BY_KERNEL)
            time.sleep(0.02)


def must_raise(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{call} did not raise {kind.__name__}")


def use_a_cell(hypervisor):
    with hypervisor.create(CELL) as cell:
        seen("add", "shut down")
        assert cell.name == "tiny-demo" and cell.state == "shut down" and cell.cpus == {3} and not cell.failed_cpus, repr(cell)
        error = must_raise(RefusedError, lambda: hypervisor.create(CELL))
        assert error.refusal.name == "NAME_IN_USE" and error.refusal.sentence == hypervisor.last_refusal(), (str(error), hypervisor.last_refusal())
        before = cell.statistics()
        cell.load([(IMAGE, 0)])
        cell.start()
        cell.wait_for("running")
        seen("change", "running")
        cell.shutdown()
        cell.wait_for("shut down")
        seen("change", "shut down")
        after = cell.statistics()
        assert after["vmexits_total"] > before["vmexits_total"] and set(after.cpus) == {3} and after.rates(before)["vmexits_total"] > 0
        assert sorted(hypervisor.root.cpus) == [0, 1, 2]
    seen("remove")
    assert not cell.exists() and must_raise(KeyError, lambda: hypervisor.cell("tiny-demo"))


def use_the_older_class(hypervisor):
    with open(CELL, "rb") as config, open(IMAGE, "rb") as image:
        cell = JailhouseCell(CellConfig(config.read()))
        cell.load(image.read(), 0)
    cell.start()
    seen("add", times=2)
    hypervisor.cell("tiny-demo").destroy()
    seen("remove", times=2)


CELL_TEXT = b"""jailhouse: cell
arch: x86
name: tiny-text
flags: [virtual_console_permitted]
console: {type: 8250, port: com2, divider: 1}
cpus: 3
memory:
  - {name: RAM, role: loadable, phys: anywhere, virt: 0, size: 1M}
  - {role: comm, virt: 0x100000}
ports: [com2]
"""


def online_blocks():
    return [path for path in glob.glob("/sys/devices/system/memory/memory*/state") if open(path, encoding="ascii").read() == "online\n"]


def use_texts(hypervisor):
    """Memory is taken offline for the block, and addresses are found; as it is for a binary that asks for them."""
    subprocess.run(["jailhouse", "config", "create", "--console", "ttyS2", "/tmp/system.yaml"], check=True)
    with open("/tmp/system.yaml", encoding="utf-8") as file:
        text = file.read()
    assert text.count("phys: anywhere") == 2, text
    before = online_blocks()
    with hypervisor.enabled_with(text.encode()):
        assert len(online_blocks()) == len(before) - 1
        with hypervisor.create(CELL_TEXT) as cell:
            cell.load([(IMAGE, 0)])
            cell.start()
            cell.wait_for("running")
    assert online_blocks() == before
    error = must_raise(JailhouseError, lambda: hypervisor.enable(text.replace("size: 122M", "size: 2000M").encode()))
    assert "Linux has no 16 memory blocks side by side" in str(error) and not hypervisor.enabled, str(error)
    assert ":3:7: " in str(must_raise(ConfigError, lambda: hypervisor.create(CELL_TEXT.replace(b"tiny-text", b"[]"))))


def main():
    hypervisor = Hypervisor()
    assert hypervisor.loaded and not hypervisor.enabled and not hypervisor.cells()
    must_raise(NotEnabledError, lambda: hypervisor.root)
    must_raise(RefusedError, lambda: hypervisor.create(CELL))
    must_raise(RuntimeError, lambda: hypervisor.enable(CELL))
    watchers = [threading.Thread(target=collect, args=(hypervisor.events(timeout=60, poll=poll), into))
                for poll, into in ((False, BY_KERNEL), (True, LOOKS))]
    for watcher in watchers:
        watcher.start()
    with hypervisor.enabled_with(SYSTEM):
        assert hypervisor.enabled and hypervisor.info().mem_pool_used > 0 and hypervisor.root.name == "RootCell"
        use_a_cell(hypervisor)
        use_the_older_class(hypervisor)
        assert hypervisor.verify().ok and b'cell "tiny-demo" started' in b"".join(hypervisor.console())
    assert not hypervisor.enabled
    must_raise(JailhouseError, hypervisor.disable)
    use_texts(hypervisor)
    for watcher in watchers:
        watcher.join()
    print("the story is true")


main()
