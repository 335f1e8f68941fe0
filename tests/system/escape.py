# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The escape suite: runs attackers beside a victim and keeps the score. How attackers are written: tests/inmates/README.md."""
import dataclasses
import json
import os
import re

from machine import BUILD

CELL, VICTIM = "escape", "victim"
DEVICES = ("-device", "e1000e,addr=2", "-device", "edu,addr=3")
SCOREBOARD = os.path.join(BUILD, "escape", "scoreboard.json")
AT_ONCE = 20  # starts between two looks of the rig at the machine
LISTED = re.compile(r"^attack (\d+) (\S+) \| (.*?) \| (.*)$", re.M)
OUTCOME = re.compile(r"^attack (.+?) victim (\w+) beats (\d+) root (\w+) hypervisor (\w+): (.*)$", re.M)


# What root's request to shut down comes to (docs/STATES.md)
LIES = {"silent": "stopped: no answer in time", "garbage": "denied", "flood": "denied", "ended": "approved", "flips": "approved"}


@dataclasses.dataclass
class Row:
    """One attack and what came of it."""
    suite: str
    name: str
    origin: str
    target: str
    expected: str
    got: str = "not done"
    victim: str = "not seen"
    others: str = "not seen"

    def passed(self):
        return is_answer(self.expected, self.got) and self.victim == "untouched" and self.others == "untouched"


def is_answer(expected, got):
    """One of the alternatives, each word by word; where the CPU has to be stopped, the text has to be part of the hypervisor's line."""
    return any(is_one_answer(one, got) for one in expected.split(" or "))


def is_one_answer(expected, got):
    if not expected.startswith("stopped"):
        return got == expected
    return got.startswith("stopped: ") and expected.partition(": ")[2] in got


# The programs are written for SVM, which takes each walk of the guest's tables for a write; VMX does so only with accessed bits in EPT.
WALKS = ("table-", "directory-", "pdpt-", "top-")
# Hardware's task switches always exit there, and are not emulated.
TASKS = ("task-",)
# What else VMX answers: name of a row, answer
VMX_ANSWERS = {
    "cpu vmcall": "no exception",  # how hypercalls are made there
}


def judged(rows, backend):
    """The rows with what this backend answers."""
    for row in rows if backend == "vmx" else ():
        if row.suite == "memory" and row.name.startswith(WALKS):
            row.expected = row.expected.replace("memory write", "memory read")
        if row.suite == "modes" and row.name.startswith(TASKS):
            row.expected = "stopped: unexpected exit at 0x9"
        row.expected = VMX_ANSWERS.get(f"{row.suite} {row.name}", row.expected)
    return rows


class Scoreboard:
    """All rows of a run: printed as a table, and kept as JSON."""

    def __init__(self, path=SCOREBOARD):
        self.rows, self.path = [], path

    def add(self, rows):
        self.rows += rows
        self.write()

    def write(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "w", encoding="utf-8") as out:
            json.dump([{**dataclasses.asdict(row), "verdict": verdict(row)} for row in self.rows], out, indent=1)

    def table(self):
        return table(self.rows) if self.rows else ""


def verdict(row):
    return "held" if row.passed() else "BROKEN"


def table(rows):
    head = ("attack", "from", "target", "expected", "got", "victim", "others", "verdict")
    lines = [head] + [(f"{r.suite} {r.name}", r.origin, r.target, r.expected, r.got, r.victim, r.others, verdict(r)) for r in rows]
    widths = [min(max(len(line[n]) for line in lines), 60) for n in range(len(head))]
    text = "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)
    held = sum(row.passed() for row in rows)
    return f"{text}\n{len(rows)} attacks, {held} held, {len(rows) - held} broken"


class Arena:
    """A machine with the victim running and the attacker's cell created."""

    SYSTEM, CELL_CONFIG, VICTIM_CONFIG = "/cells/qemu-x86-devices.cell", "escape", "victim"
    VICTIM_PARAMETERS = "victim tick=20"
    LEFT_OUT = ()  # beginnings of the names of attacks that are the end of the emulator

    def __init__(self, jh):
        self.jh, self.box = jh, jh.box

    def prepare(self):
        self._keep_root_off_cpus_of_cells()
        self.jh.insert()
        self.jh.enable(self.SYSTEM)
        self.create()

    def _keep_root_off_cpus_of_cells(self):
        """A CPU that read an APIC register that does not exist has an error in ESR, which writing clears, but not in QEMU. Linux takes it for one
        of the SIPI that this CPU sends ("APIC delivery error (80)") and gives up the CPU that it starts. So who starts CPUs runs on 0 and 1.
        """
        self.box.check("taskset -p 3 $$ >/dev/null")

    def create(self):
        self.jh.create(self.VICTIM_CONFIG)
        self.start_victim()
        self.jh.create(self.CELL_CONFIG)

    def is_ready(self):
        """Both cells exist, and the victim beats."""
        return self.jh.enabled() and {CELL, VICTIM} <= set(self.jh.cells()) and self.jh.state(VICTIM) == "running"

    def start_victim(self, more=""):
        """Returns the mark from which on its console speaks; loading has stopped the victim before it, which counted too."""
        self.jh.load(VICTIM, "canary", more=f'-s "{self.VICTIM_PARAMETERS} {more}" -a 0x1000')
        mark = self.box.cell2.mark()
        self.jh.start(VICTIM)
        self.box.cell2.wait("canary: ok 3$", mark)
        return mark

    def start(self, image, *parameters, give_up=60):
        """Starts the attacker once for each parameter string: outcomes as [(state, victim, root, hypervisor)], console, hypervisor's lines.

        @give_up: seconds of the machine until one that comes to no end is left to itself.
        """
        mark, told = self.box.cell.mark(), self.box.hv.mark()
        words = " ".join(f"'{p}'" for p in parameters)
        said = self.box.check(f"GIVE_UP={give_up} attack {CELL} /inmates/{image}.bin {words}", timeout=120 + 90 * len(parameters))
        outcomes = [(m[1], m[2], m[4], m[5]) for m in OUTCOME.finditer(said)]
        assert len(outcomes) == len(parameters), said
        return outcomes, self.box.cell.since(mark), self.box.hv.since(told)

    def listed(self, image):
        """All attacks of a program: [(number, name, target, expected)]."""
        _, said, _ = self.start(image, "what=list")
        found = [(int(m[1]), m[2], m[3], m[4]) for m in LISTED.finditer(said)]
        assert found and f"{image}: end" in said, said
        assert len({name for _, name, _, _ in found}) == len(found), "two attacks have the same name"
        return found

    def run(self, image, origin="cell"):
        """All attacks of one program but those that the emulator does not survive; returns the rows."""
        suite = image.removeprefix("escape-")
        rows = {n: Row(suite, name, origin, target, expected) for n, name, target, expected in self.listed(image)}
        survivors = {n: row for n, row in rows.items() if not row.expected.startswith("stopped")}
        left_out = [n for n, row in survivors.items() if self.is_left_out(row)]
        survivors = {n: row for n, row in survivors.items() if n not in left_out}
        self._run_survivors(image, survivors, left_out)
        fatal = self._chosen([row for row in rows.values() if row.expected.startswith("stopped")])
        for first in range(0, len(fatal), AT_ONCE):
            self._run_fatal(image, fatal[first:first + AT_ONCE])
        return [*survivors.values(), *fatal]

    def is_left_out(self, row):
        return f"{row.suite} {row.name}".startswith(tuple(self.LEFT_OUT))

    def _chosen(self, fatal):
        """Of the attacks that need a start each: all."""
        return fatal

    def run_root(self):
        """All attacks of root's kernel mode, by a module; and every hypercall from user mode."""
        self.box.run("dmesg -c >/dev/null", keep_kernel=True)
        self.box.run("insmod /root/escape_probe.ko", timeout=300)
        said = re.sub(r"^\[ *[\d.]+\] escape_probe: ", "", self.box.dmesg(), flags=re.M)
        assert "escape-root: end" in said, said
        rows = {int(m[1]): Row("root", m[2], "root", m[3], m[4]) for m in LISTED.finditer(said)}
        alive = self.box.run("jailhouse cell list")[1] == 0
        for number, row in rows.items():
            take_survivor(row, number, said)
            row.others = "untouched" if alive else "hypervisor dead"
        return [*rows.values(), self._user_hypercalls()]

    def _user_hypercalls(self):
        row = Row("root", "user-hypercalls", "root, user mode", "all hypercalls", "-EPERM")
        said = self.box.check("probe hypercalls")
        row.got = "-EPERM" if re.search(r"^0 of \d+ not refused", said, re.M) else " / ".join(said.splitlines())
        row.victim = self.start("escape-memory", "what=none")[0][0][1]
        row.others = "untouched"
        return row

    def run_blobs(self, operation, seed, count, seconds):
        """Damaged configurations for the driver: (row, what was said). For systems there is no victim, and for cells no attacker."""
        row = Row("blobs", f"{operation}-{seed}", "root", "driver and hypervisor", "refused / undone")
        pins = open_pins(self.box)
        files = "qemu-x86 qemu-x86-devices" if operation == "enable" else "escape test-devices apic-demo"
        self.jh.destroy(CELL)
        if operation == "enable":
            self.jh.destroy(VICTIM)
            self.jh.disable()
        limit = 10 ** 9 if os.environ.get("ESCAPE_SECONDS") else count
        said, status = self.box.run(f"blobfuzz {operation} {seed} {limit} {seconds} " + " ".join(f"/cells/{f}.cell" for f in files.split()),
                                    timeout=60 + 3 * seconds)
        if operation == "enable":
            self.jh.enable(self.SYSTEM)
            self.create()
        else:
            self.jh.create(self.CELL_CONFIG)
        row.got = row.expected if status == 0 else (re.search(r"BROKEN.*", said) or ["it did not end"])[0]
        if open_pins(self.box) != pins:
            row.got = f"open pins before: {pins}, after: {open_pins(self.box)}"
        outcome = self.start("escape-memory", "what=none")[0][0]
        row.victim, row.others = outcome[1], others(outcome)
        return row, said

    def run_lies(self):
        """A cell that lies to root in its communication region (tests/inmates/answers), and root that wants it to shut down."""
        return [self._lie(how, expected) for how, expected in LIES.items()]

    def _lie(self, how, expected):
        row = Row("comm", how, "cell", "root, by the communication region", expected)
        mark, told = self.box.cell.mark(), self.box.hv.mark()
        self.jh.load(CELL, "answers", more=f'-s "how={how} seconds=3" -a 0x1000')
        self.jh.start(CELL)
        self.box.cell.wait(f"answers: {how}", mark)
        status = self.box.run(f"jailhouse cell shutdown {CELL}", timeout=60)[1]
        late = f'cell "{CELL}" did not answer the shutdown request in time: stopped, failed' in self.box.hv.since(told)
        row.got = "denied" if status else "stopped: no answer in time" if late else "approved"
        if row.got == "denied":
            self.box.cell.wait("polite from now on", mark, timeout=60)
        outcome = self.start("escape-memory", "what=none")[0][0]
        row.victim, row.others = outcome[1], others(outcome)
        return row

    def _run_survivors(self, image, rows, left_out):
        """All in one start; after one that is left out, or that did stop the CPU, on with the next."""
        first = min(rows, default=None)
        while first is not None:
            last = min((n for n in left_out if n > first), default=1000) - 1
            outcomes, said, told = self.start(image, f"what=survivors first={first} last={last}")
            begun = [int(n) for n in re.findall(r"^attack (\d+) \S+: begins$", said, re.M)]
            for n in begun:
                take_survivor(rows[n], n, said)
                rows[n].others = others(outcomes[0])
            if not begun:
                return
            if f"{image}: end" not in said:
                last = begun[-1]
                rows[last].got = stopped_text(told, 0) or outcomes[0][0]
                rows[last].victim = outcomes[0][1]
            first = min((n for n in rows if n > last), default=None)

    def _run_fatal(self, image, rows):
        outcomes, said, told = self.start(image, *(f"what={row.name}" for row in rows))
        for n, (row, outcome) in enumerate(zip(rows, outcomes)):
            survived = re.search(rf"^attack \d+ {re.escape(row.name)}: got (.*)$", said, re.M)
            row.got = survived[1] if survived else stopped_text(told, n) or outcome[0]
            row.victim, row.others = outcome[1], others(outcome)


def open_pins(box):
    """The IOAPIC's pins that are not masked, as the emulator sees them."""
    return [int(pin) for pin, state in re.findall(r"^ *pin (\d+) (.*)", box.monitor("info pic"), re.M) if " masked " not in state]


def others(outcome):
    """Root's memory and the hypervisor, in a word."""
    _, _, root, hypervisor = outcome
    return "untouched" if (root, hypervisor) == ("untouched", "lives") else f"root {root}, hypervisor {hypervisor}"


def take_survivor(row, number, said):
    got = re.search(rf"^attack {number} \S+: got (.*)$", said, re.M)
    seen = re.search(rf"^attack {number} \S+: victim (\w+)$", said, re.M)
    row.got, row.victim = got[1] if got else "no answer", seen[1] if seen else "not seen"


def stopped_text(told, start):
    """What the hypervisor said about the CPU that it stopped in the start-th run, or "". ("started" may come later than the stop.)"""
    runs = re.split(rf'^.*cell "{CELL}" can be loaded.*$', told, flags=re.M)[1:]
    lines = re.findall(rf'^.*cell "{CELL}", CPU \d+: forbidden (.*): CPU stopped', runs[start], re.M) if start < len(runs) else []
    return f"stopped: {' / '.join(lines)}" if lines else ""
