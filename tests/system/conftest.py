# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Fixtures of the system tests: one boot per kernel and session, a known state before each test."""
import os

import pytest

import machine
from audit import Follower
from bochs import BochsMachine
from jailhouse import Jailhouse

FAILURES = os.path.join(machine.BUILD, "rig", "logs", f"failures-{os.getpid()}.log")


def pytest_configure(config):
    config.addinivalue_line("markers", "last: may break the machine, runs after all others on it")
    config.addinivalue_line("markers", "ends: ends the machine, runs as the very last on it")
    config.addinivalue_line("markers", "own_machine: boots a machine of its own")
    config.addinivalue_line("markers", "one_kernel(position): on one kernel only, of those that are set up; what it tests is not Linux")


def on_other_kernel(item):
    mark = item.get_closest_marker("one_kernel")
    return mark is not None and item.callspec.params["host"] != machine.kernels()[mark.args[0]]


def pytest_addoption(parser):
    parser.addoption("--share", default="1/1", metavar="N/M",
                     help="the N-th of M shares that run side by side: kernels and files are dealt out")


# Files whose tests boot machines of their own, dealt out from the last share on; the two of Bochs are long, and one for each share
OWN_MACHINES = ("test_bare.py", "test_devices.py", "test_machines.py", "test_escape.py", "test_crash_log.py", "test_efifb.py", "test_debian.py")
MAKERS = ("intel", "amd")


def maker_of(item):
    """Place of the Bochs machine of a test; 0 for a test that has none."""
    maker = getattr(item, "callspec", None) and item.callspec.params.get("maker")
    return MAKERS.index(maker) if maker in MAKERS else 0


def in_share(config, item):
    """Is this test in the share of this run?"""
    number, shares = (int(part) for part in config.getoption("--share").split("/"))
    param = getattr(item, "callspec", None) and item.callspec.params.get("host")
    if item.path.name == "test_bochs.py":
        return maker_of(item) % shares == number - 1
    if item.get_closest_marker("own_machine") is not None or param not in machine.kernels():
        place = OWN_MACHINES.index(item.path.name) if item.path.name in OWN_MACHINES else 0
        return number == shares - place % shares
    return machine.kernels().index(param) % shares == number - 1


def pytest_collection_modifyitems(config, items):
    """By kernel; on each, what may break the machine comes last; then what boots machines of its own."""
    left_out = [item for item in items if on_other_kernel(item) or not in_share(config, item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]

    def place(item):
        param = getattr(item, "callspec", None) and item.callspec.params.get("host")
        return (item.get_closest_marker("own_machine") is not None, item.path.name == "test_bochs.py", maker_of(item),
                machine.kernels().index(param) if param in machine.kernels() else -1,
                item.get_closest_marker("ends") is not None,
                item.get_closest_marker("last") is not None)
    items.sort(key=place)


def pytest_sessionstart():
    os.makedirs(os.path.join(machine.BUILD, "rig", "logs"), exist_ok=True)
    with open(FAILURES, "w", encoding="utf-8"):
        pass


def pytest_runtest_logreport(report):
    """What failed, at once and in full, for those who do not want to wait for the end."""
    if report.failed:
        with open(FAILURES, "a", encoding="utf-8") as log:
            log.write(f"==== {report.nodeid} ({report.when}, {report.duration:.0f} s)\n{report.longreprtext}\n")


class Host:
    """Keeps a machine of one kernel line running, and boots a new one if a test has broken it."""

    def __init__(self, line):
        self.line, self.box = line, None

    def machine(self):
        if self.box is not None and not self.answers():
            self.close()
        if self.box is None:
            box = machine.Machine(self.line, name=f"tests-{os.getpid()}-{self.line}-{Host.boots}", append="iomem=relaxed")
            Host.boots += 1
            self.box, box.follower = box, Follower(box)
            box.boot()
        return self.box

    boots = 0
    audits = [0, 0.0]  # number, seconds

    def answers(self):
        try:
            return self.box.alive() and self.box.run("true", timeout=10)[1] == 0
        except machine.MachineError:
            return False

    def close(self):
        if self.box is not None:
            self.box.close()
            self.box = None


@pytest.fixture(scope="session", params=machine.kernels())
def host(request):
    keeper = Host(request.param)
    yield keeper
    keeper.close()


@pytest.fixture
def box(host):
    """A running machine with its root shell."""
    return host.machine()


def prepared(host, bring):
    """The machine in the state that bring() establishes; one that cannot get there is replaced once."""
    try:
        hypervisor = Jailhouse(host.machine())
        bring(hypervisor)
    except (machine.MachineError, AssertionError):
        host.close()
        hypervisor = Jailhouse(host.machine())
        bring(hypervisor)
    return hypervisor


def audited(host, hypervisor):
    """The isolation is proved after each test that changed something (audit.py), and for a machine that was not replaced, before."""
    check(host)
    yield hypervisor
    check(host)


def check(host):
    if host.box is not None and host.box.alive():
        follower = host.box.follower
        findings = follower.findings()
        Host.audits[0] += follower.count
        Host.audits[1] += follower.seconds
        follower.count, follower.seconds = 0, 0.0
        assert not findings, "\n".join(findings)


@pytest.fixture
def jh(host):
    """The machine with the module inserted and the hypervisor off."""
    yield from audited(host, prepared(host, Jailhouse.bring_off))


@pytest.fixture
def on(host):
    """The machine with the hypervisor enabled, no cell but the root cell, all CPUs Linux's."""
    yield from audited(host, prepared(host, Jailhouse.bring_on))


def pytest_terminal_summary(terminalreporter):
    if Host.audits[0]:
        terminalreporter.write_line(f"{Host.audits[0]} audits of running machines took {Host.audits[1]:.1f} s")
    for line in BochsMachine.summary:
        terminalreporter.write_line(line)
