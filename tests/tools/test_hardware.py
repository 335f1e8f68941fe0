# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""jailhouse hardware check on collected machines: the emulated one as it is, and with one thing changed."""
import json
import os
import re
import shutil
import struct
import subprocess

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
MACHINES = os.path.join(os.path.dirname(__file__), "machines")
QEMU_X86 = os.path.join(MACHINES, "qemu-x86")

# Capability registers of Bochs' Haswell, which runs the hypervisor (tests/system/test_bochs.py)
HASWELL = {0x3a: 5, 0x480: 0x00d810000000002b, 0x482: 0xf7f9fffe0401e172, 0x485: 0x200401e0, 0x486: 0x80000021, 0x487: 0xffffffff,
           0x488: 0x2000, 0x489: 0x1727ff, 0x48b: 0x00047fff00000000, 0x48c: 0x00000f0106334141, 0x48d: 0x0000007f00000016,
           0x48e: 0xf7f9fffe04006172, 0x48f: 0x007fffff00036dfb, 0x490: 0x0000ffff000011fb}


class Collected:
    """A collected machine that can be changed."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(QEMU_X86, folder, symlinks=True)

    def read(self, path):
        return (self.folder / path).read_text()

    def write(self, path, content):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content)

    def cpuid(self, leaf, cpus=range(4), **registers):
        """Registers of a leaf: functions of the old value."""
        lines = []
        for line in self.read("jailhouse/cpuid").splitlines():
            cpu, this, sub, *values = line.split()
            if int(this, 16) == leaf and int(cpu) in cpus:
                for name, change in registers.items():
                    n = ("eax", "ebx", "ecx", "edx").index(name)
                    values[n] = f"{change(int(values[n], 16)) & 0xffffffff:08x}"
            lines.append(" ".join([cpu, this, sub, *values]))
        self.write("jailhouse/cpuid", "\n".join(lines) + "\n")

    def msrs(self, values, cpus=range(4)):
        self.write("jailhouse/msr", "".join(f"{cpu} {msr:x} {value:x}\n" for cpu in cpus for msr, value in values.items()))

    def make_intel(self, **changes):
        vendor = struct.unpack("<III", b"GenuineIntel")
        self.cpuid(0, ebx=lambda _: vendor[0], edx=lambda _: vendor[1], ecx=lambda _: vendor[2])
        self.cpuid(1, ecx=lambda v: v | 1 << 5)
        self.cpuid(0x80000001, ecx=lambda v: v & ~(1 << 2))
        self.cpuid(0xd, eax=lambda v: v & ~(1 << 3))
        self.msrs({**HASWELL, **{int(name[1:], 16): value for name, value in changes.items()}})

    def check(self, status=0):
        """Items by name."""
        done = run("hardware", "check", "--json", "--root", self.folder)
        assert done.returncode == status, done.stdout + done.stderr
        return {item["name"]: item for item in json.loads(done.stdout)["items"]}


def run(*args):
    return subprocess.run([COMMAND, *map(str, args)], capture_output=True, text=True, check=False, timeout=20,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C"})


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    return Collected(tmp_path / "machine")


def missing(items):
    return {name for name, item in items.items() if item["state"] != "ok" and not item["optional"]}


# --- what people see -----------------------------------------------------------------------------

def test_emulated_machine_passes_and_looks_as_the_specification_says():
    done = run("hardware", "check", "--root", QEMU_X86)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert lines[0] == "Feature                         Availability"
    assert "  SVM                           ok" in lines
    assert "  Decode assists                missing (optional)" in lines
    assert re.match(r"Check passed", lines[-1])


def test_a_failure_says_so_in_the_last_line(machine):
    machine.cpuid(0x80000001, ecx=lambda v: v & ~(1 << 2))
    done = run("hardware", "check", "--root", machine.folder)
    assert done.returncode == 2
    assert "  SVM                           MISSING" in done.stdout
    assert re.match(r"Check FAILED", done.stdout.splitlines()[-1])


def test_archive_and_folder_say_the_same(tmp_path):
    archive = tmp_path / "machine.tar"
    subprocess.run(["tar", "-c", "-f", archive, "-C", QEMU_X86, "."], check=True)
    of_archive, of_folder = (json.loads(run("hardware", "check", "--json", "--root", root).stdout)["items"] for root in (archive, QEMU_X86))
    assert of_archive == of_folder


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"no archive")
    done = run("hardware", "check", "--root", tmp_path / "file")
    assert done.returncode == 1 and "not an archive" in done.stderr


def test_links_of_an_archive_do_not_lead_out_of_it(machine):
    secret = machine.folder.parent / "secret"
    secret.write_text("0-63\n")
    online = machine.folder / "sys/devices/system/cpu/online"
    for target in (secret, "../" * 20 + str(secret).lstrip("/")):
        online.unlink()
        online.symlink_to(target)
        assert machine.check(status=1)["More than one CPU"]["state"] == "not seen"


def test_every_item_says_why_it_is_asked_for(machine):
    assert all(item["why"] for item in machine.check().values())


# --- one thing changed ---------------------------------------------------------------------------

def test_a_single_cpu_is_not_enough(machine):
    machine.write("sys/devices/system/cpu/online", "0\n")
    assert missing(machine.check(status=2)) == {"More than one CPU"}


def test_svm_that_the_firmware_locked_is_told_in_the_words_of_enable(machine):
    machine.msrs({0xc0010114: 0x18})
    item = machine.check(status=2)["Enabled by the firmware"]
    assert item["rule_name"] == "VIRT_DISABLED" and "Switch it on in the firmware's set-up" in item["sentence"]


def test_registers_that_were_not_collected_are_not_seen(machine):
    (machine.folder / "jailhouse/msr").unlink()
    item = machine.check(status=1)["Enabled by the firmware"]
    assert item["state"] == "not seen" and "Collect it as root" in item["sentence"]


def test_missing_nested_paging(machine):
    machine.cpuid(0x8000000a, edx=lambda v: v & ~1)
    assert machine.check(status=2)["Nested paging"]["rule_name"] == "NPT_MISSING"


@pytest.mark.parametrize("leaf, register, bit", [(1, "ecx", 12), (7, "ebx", 5), (0x80000001, "edx", 26), (0x8000000a, "edx", 3)])
def test_cpus_that_differ_are_found(machine, leaf, register, bit):
    machine.cpuid(leaf, cpus=[2], **{register: lambda v: v ^ 1 << bit})
    item = machine.check(status=2)["CPUs are alike"]
    assert "CPU 2 differs from CPU 0" in item["sentence"]


def test_a_register_that_differs_is_found(machine):
    machine.write("jailhouse/msr", "0 c0010114 0\n1 c0010114 0\n2 c0010114 0\n3 c0010114 8\n")
    assert "CPU 3 differs from CPU 0: VM_CR" in machine.check(status=2)["CPUs are alike"]["sentence"]


def test_large_apic_ids_are_refused(machine):
    machine.cpuid(0xb, cpus=[3], edx=lambda _: 256, ebx=lambda _: 1)
    assert machine.check(status=2)["APIC ids up to 254"]["rule_name"] == "APIC_ID"


def test_a_kvm_guest_is_in_the_way(machine):
    machine.write("sys/module/kvm_amd/refcnt", "1\n")
    assert machine.check(status=2)["No KVM guest"]["rule_name"] == "KVM_IN_USE"


def test_remapped_interrupts_are_in_the_way(machine):
    text = machine.read("proc/interrupts")
    assert machine.check()["Interrupts not remapped"]["state"] == "ok"
    machine.write("proc/interrupts", text.replace(" IO-APIC", " IR-IO-APIC"))
    item = machine.check(status=2)["Interrupts not remapped"]
    assert item["rule_name"] == "IRQ_REMAPPED" and "intremap=off" in item["sentence"]
    (machine.folder / "proc/interrupts").unlink()
    assert machine.check(status=1)["Interrupts not remapped"]["state"] == "not seen"


def test_kvm_that_is_just_being_loaded_has_no_guest(machine):
    machine.write("sys/module/kvm_amd/refcnt", "1\n")
    machine.write("sys/module/kvm_amd/initstate", "coming\n")
    assert machine.check()["No KVM guest"]["state"] == "ok"


def test_lockdown_is_a_hint(machine):
    machine.write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    assert "Sign jailhouse.ko" in machine.check()["Kernel not locked down"]["sentence"]


def test_memory_is_reserved_or_can_go_offline_or_is_missing(machine):
    machine.write("proc/cmdline", "console=ttyS0\n")
    assert machine.check()["Memory that can go offline"]["state"] == "ok"
    shutil.rmtree(machine.folder / "sys/devices/system/memory")
    assert "memmap=" in machine.check(status=2)["Memory that can go offline"]["sentence"]


def test_unknown_architecture_is_an_error(machine):
    machine.write("jailhouse/machine", "riscv64\n")
    assert run("hardware", "check", "--root", machine.folder).returncode == 1


# --- Intel ---------------------------------------------------------------------------------------

def test_a_cpu_that_runs_the_hypervisor_passes(machine):
    machine.make_intel()
    items = machine.check()
    assert items["Extended page tables (EPT)"]["state"] == "ok" and len([i for i in items.values() if i["group"] == "Intel VT-x"]) == 26


@pytest.mark.parametrize("msr, bit, rule", [
    (0x3a, 2, "VIRT_DISABLED"), (0x480, 55, "VMX_TRUE_CONTROLS"), (0x485, 6, "VMX_ACTIVITY_HLT"), (0x48d, 35, "VMX_NMI"),
    (0x48d, 38, "VMX_PREEMPTION_TIMER"), (0x48e, 63, "VMX_SECONDARY"), (0x48e, 60, "VMX_MSR_BITMAPS"), (0x48b, 33, "VMX_EPT"),
    (0x48b, 39, "VMX_UNRESTRICTED"), (0x48f, 51, "VMX_PAT"), (0x490, 47, "VMX_EFER"), (0x48c, 20, "VMX_INVEPT"), (0x48c, 14, "VMX_EPT_FORMAT")])
def test_each_missing_capability_is_named_alone(machine, msr, bit, rule):
    machine.make_intel(**{f"x{msr:x}": HASWELL[msr] & ~(1 << bit)})
    rules = {item["rule_name"] for item in machine.check(status=2).values() if item["rule"]}
    assert rules == {rule}


def test_all_that_is_missing_is_named_at_once(machine):
    machine.make_intel(x48d=0x0000001600000016, x48b=0, x48c=0)
    rules = {item["rule_name"] for item in machine.check(status=2).values() if item["rule"]}
    assert rules >= {"VMX_NMI", "VMX_VIRTUAL_NMI", "VMX_PREEMPTION_TIMER", "VMX_EPT", "VMX_UNRESTRICTED", "VMX_EPT_FORMAT", "VMX_INVEPT"}


# --- IOMMUs from the firmware's tables -------------------------------------------------------------

def table(signature, body):
    """An ACPI table."""
    return signature + struct.pack("<IBB6s8sI4sI", 36 + len(body), 1, 0, b"JAILHS", b"TEST    ", 1, b"TEST", 1) + body


def drhd(base, flags=0, scopes=b""):
    return struct.pack("<HHBBHQ", 0, 16 + len(scopes), flags, 0, 0, base) + scopes


def test_vtd_units_are_found(machine):
    units = drhd(0xfed90000, scopes=struct.pack("<BBHBBBB", 1, 8, 0, 0, 0, 2, 0)) + drhd(0xfed91000, flags=1)
    machine.write("sys/firmware/acpi/tables/DMAR", table(b"DMAR", bytes([38, 0]) + bytes(10) + units))
    assert {"VT-d at 0xfed90000", "VT-d at 0xfed91000"} <= set(machine.check())


def test_amd_unit_is_found_once_although_it_is_listed_twice(machine):
    block = struct.pack("<BBHHHQHHI", 0x10, 0, 24, 2, 0x40, 0xfeb80000, 0, 0, 0)
    block += struct.pack("<BBHHHQHHIQQ", 0x11, 0, 40, 2, 0x40, 0xfeb80000, 0, 0, 0, 0, 0)
    machine.write("sys/firmware/acpi/tables/IVRS", table(b"IVRS", bytes(12) + block))
    assert [name for name in machine.check() if "AMD-Vi" in name] == ["AMD-Vi at 0xfeb80000"]
