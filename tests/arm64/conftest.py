# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Fixtures of the tests on ARM64 machines: each boots once, and is in a known state before each test. Needs O=build/arm64."""
import os
import sys
import time
import warnings

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machines  # noqa: E402 pylint: disable=wrong-import-position
import machine  # noqa: E402 pylint: disable=wrong-import-position
from arm64_audit import Follower  # noqa: E402 pylint: disable=wrong-import-position
from jailhouse import Jailhouse  # noqa: E402 pylint: disable=wrong-import-position

TIMES = []  # what a machine took, a line each


def pytest_configure(config):
    config.addinivalue_line("markers", "last: may break the machine, runs after all others on it")
    config.addinivalue_line("markers", "on(name, ...): on these machines only; what it tests does not depend on the others' properties")


def pytest_addoption(parser):
    parser.addoption("--share", default="1/1", metavar="N/M", help="the N-th of M shares that run side by side: machines are dealt out")


def machine_of(item):
    """Name of the machine that a test runs on; None: on one of its own."""
    return item.callspec.params.get("host") if hasattr(item, "callspec") else None


# What of the tests is there for ARMv7: no UARTs of their own
ARMV7_FILES = ("test_story.py", "test_linux.py", "test_create.py", "test_boards.py", "test_cp14.py", "test_denied.py", "test_audit.py",
               "test_escape.py", "test_registers.py", "test_sgis.py")
# ... and for nothing else
ARMV7_ALONE = ("test_boards.py", "test_cp14.py")


def is_wanted(config, item):
    file = os.path.basename(str(item.fspath))
    if machines.ARMV7 and file not in ARMV7_FILES or not machines.ARMV7 and file in ARMV7_ALONE:
        return False
    mark, name = item.get_closest_marker("on"), machine_of(item)
    if mark is not None and name is not None and name not in mark.args:
        return False
    if name in machines.ONLY and file not in machines.ONLY[name]:
        return False
    number, shares = (int(part) for part in config.getoption("--share").split("/"))
    return machines.share_of(name, shares) == number


def pytest_collection_modifyitems(config, items):
    """By machine; on each, what may break it comes last."""
    left_out = [item for item in items if not is_wanted(config, item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    names = list(machines.MACHINES)
    items.sort(key=lambda item: (names.index(machine_of(item)) if machine_of(item) else len(names),
                                 item.get_closest_marker("last") is not None))


class Host:
    """Keeps a machine running, and boots a new one if a test has broken it."""

    def __init__(self, name):
        self.name, self.box, self.boots, self.started, self.cpu_seconds = name, None, 0, time.monotonic(), 0.0
        self.audits, self.audit_seconds = 0, 0.0

    def machine(self):
        if self.box is not None and not self.answers():
            self.close()
        if self.box is None:
            self.box = machines.make(self.name, self.boots)
            self.boots += 1
            self.box.follower = Follower(self.box)
            self.box.boot(timeout=120 * self.box.PATIENCE)
        return self.box

    def answers(self):
        try:
            return self.box.alive() and self.box.run("true", timeout=10)[1] == 0
        except machine.MachineError:
            return False

    def audit(self):
        """The isolation is proved (arm64_audit.py) if something changed since the last time."""
        if self.box is not None and self.box.alive() and self.box.follower is not None:
            follower = self.box.follower
            findings = follower.findings()
            self.audits += follower.count
            self.audit_seconds += follower.seconds
            follower.count, follower.seconds = 0, 0.0
            assert not findings, "\n".join(findings)

    def close(self):
        if self.box is not None:
            self.cpu_seconds += self.box.cpu_seconds()
            self.box.close()
            self.box = None

    def end(self):
        self.close()
        TIMES.append(f"{self.name}: {self.boots} boot(s), {self.cpu_seconds:.0f} s of the host's CPU, {time.monotonic() - self.started:.0f} s, "
                     f"of these {self.audit_seconds:.0f} s for {self.audits} audits")


@pytest.fixture(scope="session", params=machines.MACHINES)
def host(request):
    keeper = Host(request.param)
    yield keeper
    keeper.end()


def prepared(host, bring):
    """The machine in the state that bring() establishes; one that cannot get there is replaced once, and the reason is told at the end."""
    try:
        hypervisor = Jailhouse(host.machine())
        bring(hypervisor)
    except (machine.MachineError, AssertionError) as err:
        warnings.warn(f"{host.name} was replaced: {err}")
        host.close()
        hypervisor = Jailhouse(host.machine())
        bring(hypervisor)
    return hypervisor


def audited(host, hypervisor):
    """Before and after each test."""
    host.audit()
    yield hypervisor
    host.audit()


@pytest.fixture
def jh(host):
    """The machine with the module inserted and the hypervisor off."""
    yield from audited(host, prepared(host, Jailhouse.bring_off))


@pytest.fixture
def on(host):
    """The machine with the hypervisor enabled, no cell but the root cell, all CPUs Linux's."""
    yield from audited(host, prepared(host, Jailhouse.bring_on))


def pytest_terminal_summary(terminalreporter):
    for line in TIMES:
        terminalreporter.write_line(line)
