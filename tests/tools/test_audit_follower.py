# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""When the audit of the system tests looks a second time: at CPUs on their way, and at nothing else."""
import os
import sys

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
# of the system tests
sys.path.append(os.path.join(TOP, "tests", "system"))
import audit  # noqa: E402  pylint: disable=wrong-import-position

OF_CPUS = ['CPU 1 of cell "victim" runs with other tables: 0x3a200000', 'CPU 12 of cell "root" runs with another port permission map']
OTHERS = ['cell "victim" maps 0x1000 with more rights', 'CPU 1: its page table 0x1000 is not in its private area',
          'CPU 1 is in the sets of 2 cells, or runs for another one', 'CPU 1: nested paging is off']
SET_OF_ROOT = "set of CPUs of root alone differs from what it was before the first cell: more: [1], less: []"


class Host:
    """A machine whose audits find what is listed, look after look, the last of them again and again; time is counted."""

    def __init__(self, monkeypatch, looks, compared=()):
        self.left, self.compared = list(looks), list(compared)
        self.looks, self.slept = 0, 0.0
        monkeypatch.setattr(audit, "Audit", lambda dump: self)
        monkeypatch.setattr(audit, "take_dump", lambda box: None)
        monkeypatch.setattr(audit.time, "sleep", self._sleep)
        self.follower = audit.Follower(box=None)
        monkeypatch.setattr(self.follower, "_compare", lambda run, view: self.compared.pop(0) if self.compared else [])
        self.generation = 1
        monkeypatch.setattr(self.follower, "_read", lambda *_: audit.RUNNING)
        monkeypatch.setattr(self.follower, "_published_generation", lambda: self.generation)

    def _sleep(self, seconds):
        self.slept += seconds

    def run(self):
        self.looks += 1
        return list(self.left.pop(0) if len(self.left) > 1 else self.left[0])


def test_nothing_found_is_believed_at_once(monkeypatch):
    host = Host(monkeypatch, [[]])
    assert host.follower.findings() == []
    assert (host.looks, host.slept) == (1, 0.0)


@pytest.mark.parametrize("times", (1, 2, 3))
def test_cpus_on_their_way_are_looked_at_again(monkeypatch, times):
    host = Host(monkeypatch, [OF_CPUS] * times + [[]])
    assert host.follower.findings() == []
    assert host.looks == times + 1
    assert host.slept > 0


def test_a_fault_of_a_cpu_stays_and_is_told_after_a_second(monkeypatch):
    host = Host(monkeypatch, [OF_CPUS])
    assert host.follower.findings() == OF_CPUS
    assert host.looks > 1
    assert host.slept == pytest.approx(1.0)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_no_cpu_on_its_way_is_told_at_once(monkeypatch, other):
    for found in ([other], OF_CPUS + [other], [other] + OF_CPUS):
        host = Host(monkeypatch, [found, []])
        assert host.follower.findings() == found
        assert (host.looks, host.slept) == (1, 0.0)


def test_what_root_alone_did_not_get_back_is_told_at_once(monkeypatch):
    host = Host(monkeypatch, [OF_CPUS, []], [[SET_OF_ROOT], []])
    assert host.follower.findings() == OF_CPUS + [SET_OF_ROOT]
    assert host.looks == 1


def test_another_finding_in_a_second_look_is_told(monkeypatch):
    host = Host(monkeypatch, [OF_CPUS, OTHERS[:1], []])
    assert host.follower.findings() == OTHERS[:1]
    assert host.looks == 2


def test_a_machine_that_did_not_change_is_not_looked_at(monkeypatch):
    host = Host(monkeypatch, [[]])
    host.follower.findings()
    assert host.follower.findings() == []
    assert host.looks == 1
    host.generation = 2
    host.follower.findings()
    assert host.looks == 2
