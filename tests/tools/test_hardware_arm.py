# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""jailhouse hardware check on ARM machines that are made of a device tree and what Linux lists."""
import json
import os
import shutil

import pytest

from test_hardware import TOP, missing, run

TREE = os.path.join(TOP, "tests", "fuzz", "corpus", "devicetree", "small")
INTERRUPTS = " 11:  99  99  GICv3  {} Level  arch_timer\n"


class Board:
    """Files of a machine with a GICv3; the tree has no PSCI."""

    def __init__(self, folder):
        self.folder = folder
        self.write("jailhouse/machine", "aarch64\n")
        self.write("proc/cmdline", "mem=768M\n")
        self.write("sys/devices/system/cpu/online", "0-1\n")
        self.timer(30)
        (folder / "sys/firmware").mkdir(parents=True)
        shutil.copy(TREE, folder / "sys/firmware/fdt")

    def write(self, path, text):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def timer(self, number):
        self.write("proc/interrupts", INTERRUPTS.format(number))

    def check(self, status):
        done = run("hardware", "check", "--json", "--root", self.folder)
        assert done.returncode == status, done.stdout + done.stderr
        return {item["name"]: item for item in json.loads(done.stdout)["items"]}


@pytest.fixture(name="board")
def fixture_board(tmp_path):
    return Board(tmp_path / "board")


def test_what_is_there_and_what_is_not(board):
    items = board.check(status=2)
    assert missing(items) == {"PSCI"}, "the tree has none"
    assert items["Interrupt controller: GICv3"]["state"] == items["EL2 free for a hypervisor"]["state"] == "ok"
    assert items["SMMU"]["state"] == "missing" and items["SMMU"]["optional"]


@pytest.mark.parametrize("timer, rule", [(27, "EL2_MISSING"), (26, "KERNEL_AT_EL2")])
def test_el2_is_told_by_the_timer_that_linux_took(board, timer, rule):
    board.timer(timer)
    assert board.check(status=2)["EL2 free for a hypervisor"]["rule_name"] == rule


def armv7(board):
    """Linux has taken both physical timers there."""
    board.write("jailhouse/machine", "armv7l\n")
    board.write("proc/interrupts", INTERRUPTS.format(29) + INTERRUPTS.format(30))


def test_armv7_has_hyp_mode_and_no_gicv3(board):
    armv7(board)
    items = board.check(status=2)
    assert items["HYP mode left free"]["state"] == "ok" and "No KVM guest" not in items
    assert items["Interrupt controller: GIC"]["rule_name"] == "GIC_NO_INTERFACE" and missing(items) == {"PSCI", "Interrupt controller: GIC"}


def test_armv7_without_hyp_mode(board):
    armv7(board)
    board.timer(27)
    assert board.check(status=2)["HYP mode left free"]["rule_name"] == "EL2_MISSING"


def test_without_tree_and_timer_nothing_is_claimed(board):
    (board.folder / "sys/firmware/fdt").unlink()
    board.write("proc/interrupts", "")
    items = board.check(status=1)
    assert missing(items) == {"EL2 free for a hypervisor", "Interrupt controller, PSCI"}
    assert all(items[name]["state"] == "not seen" for name in missing(items))


def test_a_guest_of_kvm_is_in_the_way(board):
    board.write("sys/kernel/debug/kvm/1234-5/vcpu0", "")
    assert board.check(status=2)["No KVM guest"]["rule_name"] == "KVM_IN_USE"


# --- ARMv7 -------------------------------------------------------------------------------------------

SECURE, PHYSICAL, VIRTUAL = 29, 30, 27


class Board32(Board):
    """A board with GICv2 and PSCI. Linux of ARMv7 takes the timer of the secure world beside the physical one."""

    def __init__(self, folder):
        super().__init__(folder)
        self.write("jailhouse/machine", "armv7l\n")
        self.timers(SECURE, PHYSICAL)
        self.tree()

    def tree(self, old=b"", new=b""):
        """That of the corpus, with a name in it replaced by another of the same length."""
        with open(os.path.join(os.path.dirname(TREE), "armv7"), "rb") as tree:
            content = tree.read()
        assert old in content and len(old) == len(new)
        (self.folder / "sys/firmware/fdt").write_bytes(content.replace(old, new))

    def timers(self, *numbers, chip="GICv2"):
        self.write("proc/interrupts", "".join(f" {26 + n}:  0  0  {chip}  {number} Level  arch_timer\n" for n, number in enumerate(numbers)))


@pytest.fixture(name="board32")
def fixture_board32(tmp_path):
    return Board32(tmp_path / "board")


def test_armv7_can_be_divided(board32):
    assert not missing(board32.check(status=0))


def test_without_psci_no_cell_can_have_a_cpu(board32):
    board32.tree(b"arm,psci-1.0", b"arm,pscx-1.0")
    psci = board32.check(status=2)["PSCI"]
    assert psci["rule_name"] == "PSCI_MISSING" and "No CPU can be given to a cell" in psci["sentence"]


@pytest.mark.parametrize("numbers", ((VIRTUAL,), (SECURE, PHYSICAL)))
def test_armv7_that_was_not_started_in_hyp_mode_is_told(board32, numbers):
    """Also where the tree leaves Linux no choice of timers: then it is told by how Linux uses the GIC."""
    board32.timers(*numbers, chip="GIC-0")
    item = board32.check(status=2)["HYP mode left free"]
    assert item["rule_name"] == "EL2_MISSING" and "in HYP mode" in item["sentence"] and "bootm_boot_mode=nonsec" in item["sentence"]


# --- memory that the firmware keeps -----------------------------------------------------------------

def moved(board, old, new):
    """The tree's reserved memory, 64 KiB, is somewhere else."""
    path = board.folder / "sys/firmware/fdt"
    tree = path.read_bytes()
    assert tree.count(old.to_bytes(8, "big") + (0x10000).to_bytes(8, "big")) == 1
    path.write_bytes(tree.replace(old.to_bytes(8, "big") + (0x10000).to_bytes(8, "big"), new.to_bytes(8, "big") + (0x10000).to_bytes(8, "big")))


def kept(board, *cells):
    """What "config check" finds about memory of the firmware's"""
    done = run("config", "check", "--json", "--root", board.folder, board.folder / "system.yaml", *cells)
    assert done.returncode == 0, done.stdout + done.stderr
    return [f["sentence"] for f in json.loads(done.stdout)["findings"] if f["name"] == "MEMORY_OF_FIRMWARE"]


# In root's RAM, at its end; at the end and in the hypervisor's memory; in that; in a cell's and root's; and in nobody's
@pytest.mark.parametrize("where,owners", [(0x48000000, ["(RAM, 0x4"]), (0x6fff0000, ["(RAM, 0x5"]),
                                          (0x6fff8000, ["(RAM, 0x5", "the hypervisor (0x7"]), (0x70000000, ["the hypervisor (0x7"]),
                                          (0x70600000, ["(RAM for cells, 0x70600000", "(RAM, 0x70600000"]), (0x90000000, [])])
def test_memory_that_the_firmware_keeps_since(board, where, owners):
    board.write("proc/iomem", "40000000-6fffffff : System RAM\n")
    board.write("sys/devices/system/cpu/present", "0-1\n")
    done = run("config", "create", "--root", board.folder, board.folder / "system.yaml")
    assert done.returncode == 0, done.stderr
    cell = board.folder / "cell.yaml"
    done = run("config", "create", "--root", board.folder, "--cell", "demo", "--system", board.folder / "system.yaml", "--cpus", "1", "--ram", "2M", cell)
    assert done.returncode == 0, done.stderr
    assert kept(board, cell) == []
    moved(board, 0x50000000, where)
    found = kept(board, cell)
    assert len(found) == len(owners) and all(any(owner in sentence for sentence in found) for owner in owners), found
    # Linux may map it: it is no one else's.
    tree = board.folder / "sys/firmware/fdt"
    tree.write_bytes(tree.read_bytes().replace(b"no-map\0", b"no-mop\0"))
    assert kept(board, cell) == []
