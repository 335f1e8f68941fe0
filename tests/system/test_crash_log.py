# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
What a run of the hypervisor leaves behind: across a reset of the machine, after a panic, without a UART; and what "explain" makes of it.

The release image cannot be made to panic by anybody in the machine. So code of the hypervisor is overwritten from outside, through the
emulator, with instructions that break an invariant or a page table's rule.
"""
import base64
import json
import os
import subprocess

import pytest
from elftools.elf.elffile import ELFFile

from gdb import Stub
from jailhouse import Jailhouse
from machine import BUILD, Machine, kernels

ELF = os.path.join(BUILD, "hypervisor", "jailhouse.elf")
TOOL = os.path.join(BUILD, "tools", "jailhouse")
HV_PHYS, HV_BASE, LOCAL_BASE = 0x3a000000, 0xffff800000000000, 0xffff801000000000


def symbol(name):
    with open(ELF, "rb") as file:
        return ELFFile(file).get_section_by_name(".symtab").get_symbol_by_name(name)[0]["st_value"]


def address_of(text):
    """Where the image has this string."""
    with open(ELF, "rb") as file:
        section = ELFFile(file).get_section_by_name(".rodata")
        return section["sh_addr"] + section.data().index(b"\0" + text + b"\0") + 1


def overwrite(box, function, code):
    """The next call of @function executes @code."""
    with Stub(box.gdb) as stub:
        stub.write(symbol(function) - HV_BASE + HV_PHYS, code)


def load(register, value):
    return bytes([0x48, 0xb8 + register]) + value.to_bytes(8, "little")


def assertion(text):
    """Calls hv_panic() as HV_BUG_ON() does; @text: address of any string of the image."""
    rax, rdx, rsi, rdi = 0, 2, 6, 7
    return load(rdi, text) + load(rsi, 4711) + load(rdx, text) + load(rax, symbol("hv_panic")) + b"\xff\xd0"


def write_to(address):
    """mov [address], rax"""
    return load(0, address) + b"\x48\x89\x00"


def explain(tmp_path, text, *options):
    file = tmp_path / "log"
    file.write_text(text)
    return subprocess.run([TOOL, "explain", *options, "--elf", ELF, str(file)], check=True, capture_output=True, text=True).stdout


def explained(tmp_path, text):
    return json.loads(explain(tmp_path, text, "--json"))


def make_cpu_die(box, cpu, function, code, command):
    """That CPU's @command makes the hypervisor call @function, which is @code now."""
    overwrite(box, function, code)
    box.type(f"taskset -c {cpu} {command} &\n")


def running_cell(box):
    jh = Jailhouse(box)
    cell, mark = jh.run_cell("tiny-demo", "tiny-demo")
    box.cell.wait("PM Timer", mark)
    return cell


@pytest.mark.own_machine
def test_a_log_survives_resets_without_uart_and_with_a_panic(tmp_path):
    with Machine(kernels()[-1], name="crash-log", may_reset=True) as box:
        jh = Jailhouse(box)
        jh.insert()
        assert "There is no log of an earlier run" in box.refused("jailhouse console --last")

        # no UART, no panic: the machine just ends
        box.check(f"blobctl enable /cells/qemu-x86.cell {find_console_type()}=0000")
        mark = box.hv.mark()
        running_cell(box)
        assert box.hv.since(mark) == "", "the hypervisor has a UART after all"
        box.reset()

        jh.insert()
        for command in ("jailhouse console --last", "jailhouse console --last /cells/qemu-x86.cell"):
            last = box.check(command)
            assert "LOG: generation=1 state=running" in last and "sum=wrong" not in last
            assert 'cell "tiny-demo" started' in last and "PANIC: " not in last
            assert "EXIT: cpu=1 " in last and "EXIT: cpu=0 " in last
        told = explained(tmp_path, last)
        assert told["elf_matches"] and "panic" not in told
        assert {"hypercall", "nested page fault"} & {e["name"] for e in told["exits"]}

        # a new run keeps the log of the one before, and panics
        jh.enable()
        assert "LOG: generation=1 " in box.check("jailhouse console --last")
        running_cell(box)
        mark = box.hv.mark()
        make_cpu_die(box, 2, "guest_fault", assertion(address_of(b"nobody")), "probe port 0x3e8 8")
        box.hv.wait("PANIC: end: this CPU stops", mark, timeout=60)
        check_assertion(tmp_path, box.hv.since(mark))

        # an exception this time, on another CPU: a write where the stack would have overflowed
        mark = box.hv.mark()
        make_cpu_die(box, 1, "guest_fault", write_to(LOCAL_BASE + 0x800), "probe port 0x3e8 8")
        box.hv.wait("PANIC: end: this CPU stops", mark, timeout=60)
        words = explain(tmp_path, box.hv.since(mark))
        assert "Exception 14 (page fault) in the hypervisor" in words and "guest_fault+0xa" in words
        assert "write of 0xffff801000000800: the guard page below the CPU's stack" in words
        box.reset()

        jh.insert()
        last = box.check("jailhouse console --last")
        assert "LOG: generation=2 state=running" in last
        check_assertion(tmp_path, last)
        raw = box.check("jailhouse console --last --raw | base64 -w 0")
        (tmp_path / "raw").write_bytes(base64.b64decode(raw))
        words = subprocess.run([TOOL, "explain", "--elf", ELF, str(tmp_path / "raw")], check=True, capture_output=True, text=True).stdout
        assert 'CPU 2, which works for cell 0 "qemu-x86", stopped.' in words and "Later 1 more" in words


def find_console_type():
    """Offset of debug_console.type in the system configuration: behind address (0x3e8) and size."""
    with open(os.path.join(BUILD, "configs", "x86", "qemu-x86.cell"), "rb") as file:
        blob = file.read()
    return blob.index((0x3e8).to_bytes(8, "little")) + 12


def check_assertion(tmp_path, text):
    """What is known of the CPU that died of assertion()."""
    told = explained(tmp_path, text)["panic"]
    assert told["cpu"] == 2 and told["cell_name"] == "qemu-x86" and told["at"] == "nobody:4711" and told["what"] == "nobody"
    assert told["complete"]
    assert any("svm_handle_exit" in call["name"] for call in told["calls"])
    assert any("guest_fault" in call["name"] and "fault.c:" in call["name"] for call in told["calls"])
    assert [c["name"] for c in told["cells"]] == ["qemu-x86", "tiny-demo"]
    exits = [e for e in explained(tmp_path, text)["exits"] if e["cpu"] == 2]
    assert exits[-1]["name"] == "port access"


def test_a_run_that_was_left_is_told_as_such(on):
    on.disable()
    last = on.box.check("jailhouse console --last")
    assert "state=left" in last and "disabled" in last and "sum=wrong" not in last
    # Linux's own memory is not looked at, nor a device's registers
    on.box.check("cp /cells/qemu-x86.cell /tmp/moved.cell")
    for address, sentence in ((b"\x00\x00\x00\x10", "it holds no log"), (b"\x00\x00\x00\xd0", "not RAM")):
        change(on.box, "/tmp/moved.cell", 12, address)
        assert sentence in on.box.refused("jailhouse console --last /tmp/moved.cell")


def change(box, path, offset, data):
    octal = "".join(f"\\{byte:03o}" for byte in data)
    box.check(f"printf '{octal}' | dd of={path} bs=1 seek={offset} conv=notrunc 2>/dev/null")
