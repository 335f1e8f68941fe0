# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What an administrator does in the emulated machine, step by step, each step checked by what it changes."""
import re

SYSFS = "/sys/devices/jailhouse"
TIME = 90  # seconds of the host for a step that moves CPUs: a slow host is no failure
ROOT_CONFIG = "/cells/qemu-x86.cell"
TROUBLE = ("BUG:", "Oops", "WARNING:", "soft lockup", "rcu_sched", "Call Trace", "unchecked MSR", "general protection",
           "NMI received for unknown reason")


class Jailhouse:
    """The hypervisor on one machine, handled through the command line tool and sysfs."""

    def __init__(self, box):
        self.box = box

    # --- state -----------------------------------------------------------------------------------

    def loaded(self):
        return self.box.run("test -d /sys/module/jailhouse")[1] == 0

    def enabled(self):
        return self.box.run(f"cat {SYSFS}/enabled 2>/dev/null")[0].strip() == "1"

    def cpus(self):
        """Number of CPUs that Linux has online."""
        return int(self.box.check("nproc"))

    def cells(self):
        """Identifiers of all cells by name, from sysfs."""
        text = self.box.check(f"(cd {SYSFS}/cells && for i in *; do read -r name <$i/name; echo $i $name; done)")
        return {name: int(ident) for ident, name in (line.split(None, 1) for line in text.splitlines())}

    def attribute(self, cell, name):
        """Content of a sysfs file of a cell."""
        return self.box.read(f"{SYSFS}/cells/{self.cells()[cell]}/{name}")

    def state(self, cell):
        return self.attribute(cell, "state")

    def statistic(self, cell, name="vmexits_total"):
        return int(self.attribute(cell, f"statistics/{name}"))

    def wait_state(self, cell, state, timeout=10):
        """Waits until the cell has the state; with the machine's own clock, so that a slow host does not matter."""
        path = f"{SYSFS}/cells/{self.cells()[cell]}/state"
        self.box.check(f"n=0; while read -r s <{path}; [ \"$s\" != '{state}' ] && [ $n -lt {timeout * 10} ]; do n=$((n+1)); sleep 0.1; done; "
                       f"echo $s; [ \"$s\" = '{state}' ]", timeout=timeout * 6)

    # --- steps -----------------------------------------------------------------------------------

    def insert(self):
        if not self.loaded():
            self.box.check(self.box.INSERT)
        self.box.check("test -c /dev/jailhouse && test $(cat /sys/devices/jailhouse/enabled) = 0")

    def remove(self):
        if self.loaded():
            self.box.check("rmmod jailhouse")

    def enable(self, config=None):
        self.box.check(f"jailhouse enable {config or self.box.SYSTEM} || (dmesg | tail -n 30; exit 1)", timeout=TIME)
        assert self.enabled(), "enable succeeded and sysfs says that nothing is enabled"
        self.audit()

    def disable(self):
        self.box.check("jailhouse disable", timeout=TIME)
        assert not self.enabled(), "disable succeeded and sysfs says that the hypervisor is enabled"

    def create(self, config):
        """Creates a cell from the configuration of this name; returns its name."""
        before = self.cells()
        self.box.check(f"jailhouse cell create {self.box.cell_file(config)}", timeout=TIME)
        new = set(self.cells()) - set(before)
        assert len(new) == 1, f"one new cell expected in sysfs, there are {new}"
        return new.pop()

    def load(self, cell, image, address=None, more=""):
        where = "" if address is None else f" -a {address:#x}"
        self.box.check(f"jailhouse cell load {cell} /inmates/{image}.bin{where} {more}".rstrip(), timeout=TIME)

    def start(self, cell):
        self.box.check(f"jailhouse cell start {cell}", timeout=TIME)

    def run_cell(self, config, image, more=""):
        """Creates, loads and starts; returns (name, position in the cell's console before the start)."""
        name = self.create(config)
        self.load(name, image, more=more)
        mark = self.box.cell.mark()
        self.start(name)
        return name, mark

    def audit(self):
        """Proves the isolation from outside, if something changed since the last time; on the machines that all tests share (audit.py)."""
        follower = getattr(self.box, "follower", None)
        findings = follower.findings() if follower else []
        assert not findings, "\n".join(findings)

    def destroy(self, cell):
        self.audit()
        self.box.check(f"jailhouse cell destroy {cell}", timeout=TIME)
        assert cell not in self.cells(), "destroyed cell is still in sysfs"

    # --- known states for tests ------------------------------------------------------------------

    def bring_off(self):
        """Module inserted, hypervisor off, every CPU online, KVM out: whatever a test left behind."""
        if self.loaded() and self.enabled():
            self._destroy_cells()
            self._cpus_online()
            self.disable()
        self._cpus_online()
        self.box.check("! lsmod | grep -q '^kvm_amd' || rmmod kvm_amd kvm; ! lsmod | grep -q '^kvm_intel' || rmmod kvm_intel kvm")
        self.insert()

    def bring_on(self):
        """Enabled, the root cell alone. What is so already is kept, which saves most of a test's time."""
        if self.loaded() and self.enabled():
            self._destroy_cells()
            self._cpus_online()
        else:
            self.bring_off()
            self.enable()

    def destroy_at_last(self, cell):
        """Destroys a cell that may deny it once."""
        if self.box.run(f"jailhouse cell destroy {cell}", timeout=TIME)[1]:
            self.destroy(cell)

    def _destroy_cells(self):
        """A cell that is locked forbids that others are destroyed: it goes first."""
        names = [name for name, ident in self.cells().items() if ident]
        for name in sorted(names, key=lambda name: self.state(name) != "running/locked") if len(names) > 1 else names:
            self.destroy_at_last(name)

    def _cpus_online(self):
        self.box.check("for c in /sys/devices/system/cpu/cpu[1-9]*/online; do read -r on <$c; [ $on = 1 ] || echo 1 >$c; done", timeout=TIME)


def way_to_a_cell(box, name, image, cpus="3", uart=None):
    """From nothing but the module to a cell that runs a program: the five commands, for this kind of machine."""
    return ("jailhouse hardware check",
            f"jailhouse config create --console {box.HV_UART} /tmp/machine.yaml",
            "jailhouse enable /tmp/machine.yaml",
            f"jailhouse config create --cell {name} --system /tmp/machine.yaml --cpus {cpus} --ram 2M "
            f"--uart {uart or box.CELL_UART} /tmp/{name}.yaml",
            f"jailhouse cell run /tmp/{name}.yaml /inmates/{image}.bin")


def way_to_linux(box, name, ram):
    """The last two for a Linux, on ARM."""
    return (f"jailhouse config create --cell {name} --system /tmp/machine.yaml --cpus 2-3 --ram {ram} --uart {box.CELL_UART} --linux /tmp/{name}.yaml",
            f"jailhouse cell linux /tmp/{name}.yaml /linux/vmlinuz -i /linux/initrd -c console={box.CELL_CONSOLE}")


def kernel_trouble(box):
    """Lines that came to the kernel's log since the last question and speak of a fault."""
    new = box.run("dmesg -c", keep_kernel=True)[0]
    return [line for line in new.splitlines() if any(word in line for word in TROUBLE)]


def work_on_every_cpu(box):
    """A little work bound to each online CPU; fails if one does not do it."""
    cpus = cpu_list(box.read("/sys/devices/system/cpu/online"))
    work = "sh -c 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); done; sleep 0.02'"
    begin = " ".join(f"taskset -c {cpu} {work} & p{cpu}=$!;" for cpu in sorted(cpus))
    box.check(f"({begin} " + " && ".join(f"wait $p{cpu}" for cpu in sorted(cpus)) + ")")
    return cpus


def cpu_list(text):
    """"0-1,3" as a set."""
    cpus = set()
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", text):
        cpus.update(range(int(first), int(last or first) + 1))
    return cpus
