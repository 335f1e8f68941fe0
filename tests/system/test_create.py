# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell: nothing is edited by hand."""
import base64
import gzip
import os
import re
import textwrap

import pytest

import machine
from jailhouse import TIME, Jailhouse, kernel_trouble, way_to_a_cell

CREATE_SYSTEM = way_to_a_cell(machine.Machine, "demo", "apic-demo")[1]


def go_the_way(hypervisor):
    """Five commands."""
    mark = hypervisor.box.cell.mark()
    for command in way_to_a_cell(hypervisor.box, "demo", "apic-demo"):
        hypervisor.box.check(command, timeout=TIME)
    hypervisor.box.cell.wait(r"Timer fired", mark)


def run_generated_cell(hypervisor):
    """The last two of them, on a system that is enabled."""
    mark = hypervisor.box.cell.mark()
    for command in way_to_a_cell(hypervisor.box, "demo", "apic-demo")[3:]:
        hypervisor.box.check(command, timeout=TIME)
    hypervisor.box.cell.wait(r"Timer fired", mark)
    return "demo"


def test_five_commands_lead_to_a_running_cell(jh):
    kernel_trouble(jh.box)
    mark = jh.box.hv.mark()
    go_the_way(jh)
    jh.audit()
    jh.box.check("jailhouse config check --live /tmp/machine.yaml /tmp/demo.yaml && jailhouse verify", timeout=60)
    jh.destroy_at_last("demo")  # the demo denies it once
    jh.disable()
    assert "forbidden" not in jh.box.hv.since(mark), jh.box.hv.since(mark)
    assert not kernel_trouble(jh.box)


def test_collected_archive_gives_the_same_configuration(jh):
    jh.box.check("jailhouse config collect -o /tmp/machine.tar && jailhouse config create --root /tmp/machine.tar --console ttyS2 /tmp/of-archive.yaml", timeout=60)
    jh.box.check(CREATE_SYSTEM, timeout=60)
    jh.box.check("grep -v '^# System' /tmp/of-archive.yaml >/tmp/a; grep -v '^# System' /tmp/machine.yaml >/tmp/b; cmp /tmp/a /tmp/b")


def give_file(box, path, content):
    """Types a file of the test into the machine, in lines that its terminal takes."""
    text = base64.b64encode(gzip.compress(content)).decode()
    box.check(f"rm -f {path}.gz64")
    for at in range(0, len(text), 1000):
        box.check(f"echo {text[at:at + 1000]} >>{path}.gz64")
    box.check(f"base64 -d {path}.gz64 | gzip -d >{path}")


@pytest.mark.one_kernel(-1)
def test_every_command_of_the_worked_board_in_the_manual(jh):
    """docs/CONFIG.md, "An x86 machine", line by line; then the cell that is written by hand there."""
    with open(os.path.join(machine.TOP, "docs", "CONFIG.md"), encoding="utf-8") as file:
        board = re.search(r"### An x86 machine\n(.*?)\n### ", file.read(), re.S).group(1)
    by_hand = textwrap.dedent(re.search(r"^    jailhouse: cell\n(?:    .*\n)+", board, re.M).group(0))
    commands = re.findall(r"^    (jailhouse \w[^:#\n]*?) *(?:#.*)?$", board, re.M)
    assert [command.split()[1] for command in commands] == ["hardware", "config", "enable", "config", "cell", "config", "config", "cell", "cell", "cell"]
    box, mark = jh.box, jh.box.cell.mark()
    box.check("cd /tmp; ln -sf /inmates/*.bin .")
    for command in commands:
        if "cell load" in command:
            box.cell.wait("Timer fired", mark)
            assert "denied" in box.refused(command)
        box.check(command, timeout=90)
    assert re.search(r"^1 +demo +running ", box.check("jailhouse cell list"), re.M)
    give_file(box, "/tmp/demo.yaml", by_hand.encode())
    mark = box.cell.mark()
    box.check("jailhouse cell destroy demo; jailhouse config check machine.yaml demo.yaml; jailhouse cell run demo.yaml tiny-demo.bin; cd /root", timeout=90)
    box.cell.wait("Hello", mark)
    jh.destroy("demo")
    jh.disable()


ONLINE = "cat /sys/devices/system/memory/memory*/state | grep -c online"
BLOCK = 128 << 20


def memory_of_hypervisor(box):
    text = box.check("jailhouse config decompile /sys/devices/jailhouse/cells/0/config | grep -A1 ^hypervisor", timeout=60)
    return int(re.search(r"phys: (0x[0-9a-f]+)", text).group(1), 16)


@pytest.fixture(name="found", scope="module")
def fixture_found():
    """The configuration of a machine without reserved memory, and the block that it names as an example, by machines of their own."""
    with machine.Machine(machine.kernels()[-1], memmap="") as box:
        jh = Jailhouse(box)
        jh.insert()
        before = box.check(ONLINE)
        box.check(CREATE_SYSTEM, timeout=60)
        assert box.check(ONLINE) == before, "a block that was tried has not come back"
        text = gzip.decompress(base64.b64decode(box.check("gzip -c /tmp/machine.yaml | base64 -w 0")))
        go_the_way(jh)
        assert int(box.check(ONLINE)) == int(before) - 1
        block = memory_of_hypervisor(box) // BLOCK
        jh.destroy_at_last("demo")
        jh.disable()
        assert box.check(ONLINE) == before
        assert not kernel_trouble(box)
    return text, block


@pytest.mark.own_machine
def test_without_reserved_memory_blocks_are_taken_offline_and_given_back(found):
    text, block = found
    assert text.count(b"phys: anywhere") == 2 and f"such as memory block {block}".encode() in text


@pytest.mark.own_machine
def test_after_a_boot_with_another_block_in_use_the_same_configuration_is_placed_elsewhere(found):
    """The block that was free now has a reservation of the kernel's in it, and cannot go offline. The kernel itself is not put there at random."""
    text, block = found
    with machine.Machine(machine.kernels()[-1], memmap="", append=f"nokaslr crashkernel=16M@{(block * 128 + 32)}M") as box:
        jh = Jailhouse(box)
        jh.insert()
        give_file(box, "/tmp/machine.yaml", text)
        assert "Crash kernel" in box.check("cat /proc/iomem")
        before = box.check(ONLINE)
        box.check("jailhouse config check --live /tmp/machine.yaml", timeout=60)
        box.check("jailhouse enable /tmp/machine.yaml", timeout=90)
        assert int(box.check(ONLINE)) == int(before) - 1
        assert memory_of_hypervisor(box) // BLOCK != block
        jh.destroy_at_last(run_generated_cell(jh))
        jh.disable()
        assert box.check(ONLINE) == before

        # more than can be had: refused with the way out, and nothing has changed
        box.check("sed 's/phys: anywhere, size: 122M/phys: anywhere, size: 700M/' /tmp/machine.yaml >/tmp/large.yaml")
        said = box.refused("jailhouse enable /tmp/large.yaml", timeout=180)
        assert "places for the 706 MiB of hypervisor and cells can be taken offline" in said and "memmap=768M$0x" in said, said
        # who is interrupted gives back what it has so far
        box.run("jailhouse enable /tmp/large.yaml >/tmp/said 2>&1 & sleep 0.3; kill -TERM $!; wait $!", timeout=180)
        assert box.check(ONLINE) == before and not jh.enabled(), box.read("/tmp/said")
        box.check("sed 's/phys: anywhere, size: 122M/phys: anywhere, size: 1000M/' /tmp/machine.yaml >/tmp/large.yaml")
        assert "Linux has no 8 memory blocks side by side" in box.refused("jailhouse enable /tmp/large.yaml")
        assert box.check(ONLINE) == before and not jh.enabled()

        # the memory map of another boot
        said = box.check("jailhouse config check --live /cells/qemu-x86.cell 2>&1")
        assert re.search(r"Linux uses the memory of the hypervisor.* as RAM, 0x100000-0x\w+\. Reserve it .*\[MEMORY_IN_USE_BY_LINUX\]", said), said

        # a block that somebody has taken offline comes first, and stays offline
        other = int(box.check("for n in 1 2 3 4 5 7; do echo offline >/sys/devices/system/memory/memory$n/state && break; done 2>/dev/null; echo $n", timeout=60))
        jh.enable("/tmp/machine.yaml")
        assert memory_of_hypervisor(box) // BLOCK == other
        jh.disable()
        assert int(box.check(ONLINE)) == int(before) - 1
        assert not kernel_trouble(box)


@pytest.fixture(name="reserved", scope="module")
def fixture_reserved():
    with machine.Machine(machine.kernels()[-1], memmap="memmap=128M$0x28000000") as box:
        jh = Jailhouse(box)
        jh.insert()
        yield jh


@pytest.mark.own_machine
def test_memory_that_is_reserved_at_boot_comes_before_blocks(found, reserved):
    box = reserved.box
    give_file(box, "/tmp/machine.yaml", found[0])
    before = box.check(ONLINE)
    reserved.enable("/tmp/machine.yaml")
    assert memory_of_hypervisor(box) == 0x28000000 and box.check(ONLINE) == before
    reserved.destroy_at_last(run_generated_cell(reserved))
    reserved.disable()


SMBUS = "/sys/bus/pci/devices/0000:00:1f.3"


@pytest.mark.own_machine
def test_what_has_changed_on_the_machine_since_is_told_with_both_sides(reserved):
    """A device that went, one that came, memory and ports that Linux uses and the file does not have; on the machine and in its archive."""
    box, check = reserved.box, "jailhouse config check --live /tmp/machine.yaml 2>&1"
    box.check(CREATE_SYSTEM, timeout=60)
    assert "0 errors, 0 warnings" in box.check(check)
    box.check(f"echo 1 >{SMBUS}/remove; jailhouse config collect -o /tmp/less.tar", timeout=60)
    gone = box.check(check)
    assert "[PCI_ABSENT]" in gone and "SMBus" in gone and "0 errors, 1 warning" in gone
    place = re.search(r"/tmp/machine.yaml:(\d+):\d+: warning: The machine has no such PCI function", gone).group(1)
    assert "name: SMBus" in box.check(f"sed -n {place}p /tmp/machine.yaml")
    box.check("jailhouse config create --console ttyS2 /tmp/less.yaml", timeout=60)
    box.check("echo 1 >/sys/bus/pci/rescan")
    assert "PCI_" not in box.check(check), "it is there again"
    assert "[PCI_ABSENT]" in box.check("jailhouse config check --root /tmp/less.tar /tmp/machine.yaml 2>&1")
    came = box.check("jailhouse config check --live /tmp/less.yaml 2>&1")
    assert "The machine has a PCI function 00:1f.3 (SMBus), which the root cell would lose" in came and "PCI_UNLISTED" in came

    box.check("sed -e '/HPET 0/d' -e '/# keyboard/d' /tmp/machine.yaml >/tmp/less.yaml")
    lost = box.check("jailhouse config check --live /tmp/less.yaml 2>&1")
    assert re.search(r"Linux uses memory 0xfed00000-0xfed003ff \([^)]+\)(.*\n)    /tmp/less.yaml:\d+:\d+: memory region \d+ \(PCI Bus 0000:00", lost), lost
    assert re.search(r"Linux uses ports 0x60-0x60 \(keyboard\)(.*\n)    /tmp/less.yaml:\d+:\d+: ", lost), lost
    assert "CPU_ABSENT" in box.refused("sed 's/^cpus: .*/cpus: 0-4/' /tmp/machine.yaml >/tmp/less.yaml; jailhouse config check --live /tmp/less.yaml 2>&1")
