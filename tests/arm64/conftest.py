# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Fixtures of the tests on ARM64 machines: each boots once, and is in a known state before each test. Needs O=build/arm64."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machines  # noqa: E402 pylint: disable=wrong-import-position
import machine  # noqa: E402 pylint: disable=wrong-import-position
from jailhouse import Jailhouse  # noqa: E402 pylint: disable=wrong-import-position


class Host:
    """Keeps a machine running, and boots a new one if a test has broken it."""

    def __init__(self, name):
        self.name, self.box = name, None

    def machine(self):
        if self.box is not None and not self.answers():
            self.close()
        if self.box is None:
            self.box = machines.make(self.name)
            self.box.boot(timeout=120 * self.box.PATIENCE)
        return self.box

    def answers(self):
        try:
            return self.box.alive() and self.box.run("true", timeout=10)[1] == 0
        except machine.MachineError:
            return False

    def close(self):
        if self.box is not None:
            self.box.close()
            self.box = None


@pytest.fixture(scope="session", params=machines.MACHINES)
def host(request):
    keeper = Host(request.param)
    yield keeper
    keeper.close()


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


@pytest.fixture
def jh(host):
    """The machine with the module inserted and the hypervisor off."""
    return prepared(host, Jailhouse.bring_off)


@pytest.fixture
def on(host):
    """The machine with the hypervisor enabled, no cell but the root cell, all CPUs Linux's."""
    return prepared(host, Jailhouse.bring_on)
