# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Random instructions in a cell beside a victim (tests/inmates/fuzz): a sequence of seeds, each with what came of it."""
import collections
import json
import os
import re
import time

from escape import others, stopped_text
from machine import BUILD, MachineError, TOP

PROGRAM = "fuzz"
AT_ONCE = 8  # seeds in one command of the machine
TRIES = 3000  # of a seed that is not stopped before
STUCK_AFTER = 5  # seconds of the machine until a cell that says no more is given up
RESULTS = os.path.join(BUILD, "escape", "fuzz.json")
EMULATOR_SEEDS = os.path.join(TOP, "tests", "inmates", "fuzz", "emulator-seeds")
REPORT = re.compile(r"^fuzz: seed (\d+) (tries \d.*)$", re.M)


def emulator_seeds():
    """Seeds that end the emulator itself, with the reason: {seed: reason}. They are left out, and no proof of anything."""
    with open(EMULATOR_SEEDS, encoding="utf-8") as known:
        lines = [line.split(None, 1) for line in known if line.strip() and not line.startswith("#")]
    return {int(seed): reason.strip() for seed, reason in lines}


def counters(said):
    """The last report of each seed: {seed: {word: number}}."""
    found = {}
    for seed, text in REPORT.findall(said):
        words = text.split()
        found[int(seed)] = {word: int(number) for word, number in zip(words[::2], words[1::2])}
    return found


class Fuzzer:
    """Runs seeds, so many or so long; keeps (seed, result) and the sum of all counters."""

    def __init__(self, arena, first_seed):
        self.arena, self.next = arena, first_seed
        self.left_out = emulator_seeds()
        self.results, self.sums, self.exits = [], collections.Counter(), collections.Counter()
        self.broken = []

    def run(self, batches):
        """Same seeds, same run, whatever the host's speed."""
        self.go_on(lambda: len(self.results) < batches * AT_ONCE)

    def run_for(self, seconds):
        end = time.monotonic() + seconds
        self.go_on(lambda: time.monotonic() < end)

    def go_on(self, wanted):
        before = self.exit_counters()
        while wanted() and not self.broken:
            self.batch()
        if not self.broken:
            self.exits = self.exit_counters() - before
        self.write()

    def exit_counters(self):
        """Exits of the attacker's CPU by kind."""
        text = self.arena.box.check("cd /sys/devices/jailhouse/cells && for c in *; do [ $(cat $c/name) = escape ] && "
                                    "grep . $c/statistics/vmexits_*; done")
        return collections.Counter({m[1]: int(m[2]) for m in re.finditer(r"vmexits_(\w+):(\d+)", text)})

    def seeds(self):
        chosen = []
        while len(chosen) < AT_ONCE:
            if self.next not in self.left_out:
                chosen.append(self.next)
            self.next += 1
        return chosen

    def batch(self):
        seeds = self.seeds()
        mark = self.arena.box.cell.mark()
        try:
            outcomes, said, told = self.arena.start(PROGRAM, *(f"seed={seed} tries={TRIES}" for seed in seeds),
                                                    give_up=STUCK_AFTER)
        except MachineError as error:
            self.died(seeds, self.arena.box.cell.since(mark), error)
            return
        for seed, numbers in counters(said).items():
            self.sums.update(numbers)
            self.sums["seeds"] += seed in seeds
        for n, (seed, outcome) in enumerate(zip(seeds, outcomes)):
            self.judge(seed, outcome, stopped_text(told, n), said)

    def judge(self, seed, outcome, stopped, said):
        done = re.search(rf"^fuzz: seed {seed} done", said, re.M)
        result = stopped or ("done" if done else "ended by itself" if outcome[0] == "shut down" else f"stuck, {outcome[0]}")
        self.results.append((seed, result))
        if outcome[1] != "untouched" or others(outcome) != "untouched":
            self.broken.append(f"seed {seed}: victim {outcome[1]}, others {others(outcome)}; {result}")
        if not re.search(rf"^fuzz: seed {seed} begins", said, re.M):
            self.broken.append(f"seed {seed} did not begin")

    def died(self, seeds, said, error):
        """Emulator, hypervisor or root: which seed it was, and what is left."""
        begun = [int(seed) for seed in re.findall(r"^fuzz: seed (\d+) begins", said, re.M)]
        seed = begun[-1] if begun else seeds[0]
        if self.arena.box.alive():
            self.broken.append(f"seed {seed}: root or the hypervisor does not answer: {error}")
        else:
            self.broken.append(f"seed {seed}: the emulator died, which proves nothing about the hypervisor; find the reason and "
                               f"note the seed in {os.path.relpath(EMULATOR_SEEDS, TOP)}: {error}")

    def write(self):
        os.makedirs(os.path.dirname(RESULTS), exist_ok=True)
        with open(RESULTS, "w", encoding="utf-8") as out:
            json.dump({"results": self.results, "counters": self.sums, "exits": self.exits, "broken": self.broken}, out, indent=1)

    def summary(self):
        """What was tried and what came of it, for people."""
        kinds = collections.Counter(re.sub(r" at 0x.*", "", result) for _, result in self.results)
        first, last = self.results[0][0] if self.results else 0, self.next - 1
        lines = [f"fuzz: seeds {first} to {last}, {len(self.left_out)} known to end the emulator left out"]
        for title, counted in (("tries", self.sums), ("exits", self.exits), ("ends", kinds)):
            lines.append(f"  {title}: " + ", ".join(f"{word} {number}" for word, number in counted.most_common()))
        return "\n".join(lines + self.broken)
