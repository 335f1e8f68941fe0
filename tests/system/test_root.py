# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What root may not touch: it is denied, told once, and lives."""
import pytest

from jailhouse import cpu_list, kernel_trouble, work_on_every_cpu

HYPERVISOR = 0x3a000000
CELL_MEMORY = 0x3f000000


@pytest.fixture
def running(on):
    """A cell runs; (its name, the machine's steps)."""
    cell, mark = on.run_cell("apic-demo", "tiny-demo")
    on.box.cell.wait("Hello", mark)
    return cell, on


def test_memory_of_the_hypervisor_reads_as_ones(on):
    mark = on.box.hv.mark()
    for width, ones in ((8, "ff"), (16, "f" * 4), (32, "f" * 8), (64, "f" * 16)):
        assert on.box.check(f"probe mem {HYPERVISOR + 0x1000} {width}").strip() == ones
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}
    assert on.box.hv.wait(rf"(?i)0x0*{HYPERVISOR + 0x1000:x}", mark)


def test_writes_to_the_hypervisor_are_dropped(on):
    for offset in range(0, 0x600000, 0x80000):
        on.box.check(f"probe mem {HYPERVISOR + offset + 8} 64 0")
    assert on.box.check(f"jailhouse cell list | grep -c qemu-x86").strip() == "1"
    on.disable()
    on.enable()


def test_memory_of_a_cell_reads_as_ones_and_cannot_be_written(running):
    cell, on = running
    mark = on.box.hv.mark()
    assert on.box.check(f"probe mem {CELL_MEMORY} 32").strip() == "f" * 8
    line = on.box.hv.wait(rf"(?i)^.*0x0*{CELL_MEMORY:x}\b.*$", mark).group(0)
    assert "denied" in line and f"belongs to {cell}" in line, "the line names the owner"
    for offset in range(0, 0x10000, 0x1000):
        on.box.check(f"probe mem {CELL_MEMORY + offset} 64 0xf4f4f4f4f4f4f4f4")
    on.box.cell.wait("PM Timer", on.box.cell.mark())
    assert on.state(cell) == "running"
    assert not kernel_trouble(on.box)


def test_a_denied_access_is_logged_once_for_each_address(running):
    _, on = running
    mark = on.box.hv.mark()
    on.box.check(f"for i in 1 2 3 4 5; do probe mem {CELL_MEMORY + 0x5000} 32; done")
    on.box.hv.wait(f"(?i){CELL_MEMORY + 0x5000:x}", mark)
    assert on.box.hv.since(mark).lower().count(f"{CELL_MEMORY + 0x5000:x}") == 1


def test_ports_of_a_cell_read_as_ones_and_cannot_be_written(running):
    cell, on = running
    mark = on.box.cell.mark()
    assert on.box.check("probe port 0x2fd 8").strip() == "ff"
    assert on.box.check("probe port 0x2fb 8").strip() == "ff"
    on.box.check("for c in 0x58 0x59 0x5a 0x0a; do probe port 0x2f8 8 $c; done")
    on.box.cell.wait("PM Timer", on.box.cell.mark())
    assert "XYZ" not in on.box.cell.since(mark)
    on.destroy(cell)
    assert on.box.check("probe port 0x2fd 8").strip() != "ff", "root has its port again"


def test_root_cannot_interrupt_the_cpu_of_a_cell(running):
    """INIT, start-up, NMI and a fixed interrupt, written to the command register by a module in Linux's kernel mode."""
    cell, on = running
    cpu = min(cpu_list(on.attribute(cell, "cpus_assigned_list")))
    on.box.run(f"insmod /root/ipi_probe.ko target={cpu}")
    assert f"sent 4 commands to {cpu}" in on.box.dmesg()
    on.box.cell.wait("PM Timer", on.box.cell.mark())
    assert on.state(cell) == "running"
    assert work_on_every_cpu(on.box) == {0, 1, 2}


def test_an_nmi_waits_for_the_end_of_another(on):
    """As on the CPU alone: Linux's handler does not bear a second one in its first instructions."""
    on.box.run("taskset -c 1 insmod /root/nmi_probe.ko")
    assert "nmi_probe: 100 pairs, 100 frames found, 0 came early, 0 lost" in on.box.dmesg()
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}


@pytest.mark.one_kernel(-1)
def test_segments_of_a_process_survive_the_way_beneath_and_back(jh):
    """Selectors of an LDT in DS and ES, on every CPU: neither the hypervisor's nor the transition page table knows where they lead."""
    jh.box.check("(for c in 0 1 2 3; do ldt $c 600 >/tmp/ldt.$c 2>&1 & echo $! >/tmp/ldt.pid.$c; done)")
    for _ in range(2):
        jh.enable()
        jh.disable()
    for cpu in range(4):
        jh.box.check(f"kill -0 $(cat /tmp/ldt.pid.{cpu}) || {{ cat /tmp/ldt.{cpu}; false; }}")
    jh.box.check("kill $(cat /tmp/ldt.pid.*)")


@pytest.mark.parametrize("number, name", [(0xc0010117, "VM_HSAVE_PA"), (0xc0010114, "VM_CR")])
def test_what_would_break_isolation_is_not_written(on, number, name):
    on.box.check("modprobe msr")
    before = on.box.check(f"probe msr 1 {number:#x}").strip()
    on.box.run(f"probe msr 1 {number:#x} 0x3a600000")
    assert on.enabled() and work_on_every_cpu(on.box) == {0, 1, 2, 3}
    assert on.box.check(f"probe msr 1 {number:#x}").strip() in (before, "0000000003a600000"[1:], "#GP"), name
    on.box.check("jailhouse cell list")


@pytest.mark.parametrize("number", [0xc0010111, 0xc0010112, 0xc0010113, 0xc0010010, 0xc001001a, 0xc0010016, 0x1b])
def test_dangerous_msr_writes_have_no_effect(on, number):
    """SMBASE, SMM_ADDR, SMM_MASK, SYSCFG, TOP_MEM, IORR, APIC_BASE: dropped or #GP, and the register keeps its value."""
    on.box.check("modprobe msr")
    before = on.box.check(f"probe msr 1 {number:#x}").strip()
    on.box.run(f"probe msr 1 {number:#x} 0x3a600000")
    assert on.box.check(f"probe msr 1 {number:#x}").strip() == before
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}


def test_stock_linux_finds_its_msrs(on):
    """Frequency, machine check, time stamp, page attributes: reading works while enabled as it did before."""
    on.box.check("modprobe msr")
    for number in (0x10, 0x179, 0x277, 0xc0000080, 0xc0000081, 0xc0000082):
        assert on.box.check(f"probe msr 0 {number:#x}").strip() != "#GP", hex(number)


def test_svm_instructions_are_undefined_in_root(on):
    on.box.run("insmod /root/svm_probe.ko")
    found = [line.split("svm_probe: ")[1] for line in on.box.dmesg().splitlines() if "svm_probe: vm" in line or
             "svm_probe: clgi" in line or "svm_probe: stgi" in line or "svm_probe: invlpga" in line][-6:]
    assert sorted(found) == sorted(f"{name} vector 6" for name in ("vmrun", "vmload", "vmsave", "stgi", "clgi", "invlpga"))
    assert work_on_every_cpu(on.box) == {0, 1, 2, 3}


def test_pci_configuration_still_works_for_root(on):
    assert on.box.check("probe port 0xcf8 32 0x80000000; probe port 0xcfc 32").split()[1] == "29c08086"
    assert on.box.check("probe mem 0xb0000000 32").strip() == "29c08086"
