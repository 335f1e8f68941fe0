# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""console --last and explain: logs that were made here, whole, damaged and hostile."""
import errno
import json
import random
import struct
import subprocess

import pytest

from test_command import COMMAND, SYSTEM, fixture_jailhouse  # noqa: F401  pylint: disable=unused-import

LAST_LOG = "0x40200041"
MAGIC, MASK = 0x474f4c48534a4e49, 2**64 - 1
RING, PANIC_ROOM, SLOTS = 0x10000, 0x2f00, 32


def fnv1a(data):
    result = 0xcbf29ce484222325
    for byte in data:
        result = (result ^ byte) * 0x100000001b3 & MASK
    return result


def text_sum(data):
    return sum(byte * (at + 1) for at, byte in enumerate(data)) & MASK


def ring(text):
    content = bytearray(RING)
    for at, byte in enumerate(text):
        content[at % RING] = byte
    return struct.pack("<QIIQ", len(text), RING, 0, text_sum(content)).ljust(4096, b"\0") + bytes(content)


def exits(records):
    """@records: (tsc, reason, rip, info1, info2)"""
    slots = [bytes(56)] * SLOTS
    for seq, record in enumerate(records):
        check = MAGIC ^ seq
        for word in record:
            check ^= word
        slots[seq % SLOTS] = struct.pack("<7Q", seq, *record, check)
    return struct.pack("<Q", len(records)) + b"".join(slots)


def directory(cpus=2, panic=b"", state=1, magic=MAGIC, version=1):
    head = struct.pack("<QIIQQQQQQ", magic, version, cpus, 7, 0x3a000000, 0x600000, 0x1000, 0x2000, 0xe000) + b"\xab" * 20 + bytes(4)
    head += struct.pack("<QIIQ", fnv1a(head), state, len(panic), text_sum(panic))
    return head + panic.ljust(PANIC_ROOM, b"\0")


PANIC = b"""PANIC: at=hypervisor/core/x.c:12 what="a < b"
PANIC: control cr0=80010033 cr3=3a05f000 cr4=668 efer=1d01
PANIC: on cpu=1 cell=3 name="a cell"
PANIC: host vector=14 error=2 rip=ffff800000001000 rsp=ffff801000003000 rflags=2 cr2=10
PANIC: stack at=ffff801000003000 value=ffff800000002000
PANIC: exit seq=5 tsc=1f reason=81 rip=1234 info1=0 info2=0
PANIC: cell id=3 name="a cell" state=0 loadable=0 pending=0 cpus=2
PANIC: end: this CPU stops
"""
TEXT = b"Jailhouse: up\n" + PANIC
EXITS = [(100 + n, 0x72 if n % 2 else 0x400, 0x1000 + n, n, 0x2000) for n in range(40)]


def raw(text=TEXT, **more):
    return directory(panic=PANIC, **more) + ring(text) + exits(EXITS) + exits([])


def last(jailhouse, data, *args, status=0):
    path = jailhouse.folder / "last"
    path.write_bytes(data)
    jailhouse.env["FAKE_LAST_LOG"] = str(path)
    return jailhouse("console", "--last", *args, status=status)


def test_all_parts_of_the_last_log_are_printed(jailhouse):
    text = last(jailhouse, raw())
    assert text.startswith("LOG: generation=7 state=running hv_phys=3a000000 hv_size=600000 cpus=2 image=" + "ab" * 20)
    assert "\nJailhouse: up\n" in text and text.count("PANIC: end") == 2 and "sum=wrong" not in text
    assert "EXIT: cpu=0 seq=39 tsc=8b reason=72 rip=1027 info1=27 info2=2000\n" in text
    assert "seq=7 " not in text and "seq=8 " in text and "cpu=1 seq" not in text
    assert "state=left" in last(jailhouse, raw(state=2))


def test_text_that_was_overwritten_is_counted(jailhouse):
    text = last(jailhouse, raw(text=b"x" * RING + b"end\n"))
    assert f"LOG: console bytes={RING} missed=4 sum=ok\n" in text and "xend\n" in text


def test_a_terminal_is_not_obeyed(jailhouse):
    text = last(jailhouse, raw(text=b"\x1b[31mred\x07\x9b\0\xff\ttab\r\n"))
    assert "\\x1b[31mred\\x07\\x9b\\x00\\xff\ttab\n" in text


def test_damage_is_told_part_by_part(jailhouse):
    whole = raw()
    size = len(directory())
    for at, mark in ((size + 4096 + 3, "LOG: console bytes="), (size - PANIC_ROOM + 5, "LOG: panic bytes="), (len(whole) - 2 * 1800 + 70, "EXIT: ")):
        data = bytearray(whole)
        data[at] ^= 1
        wrong = [line for line in last(jailhouse, bytes(data)).splitlines() if "sum=wrong" in line]
        assert len(wrong) == 1 and wrong[0].startswith(mark)


@pytest.mark.parametrize("data,reason", [
    (raw(magic=1), "no log"), (raw(version=2), "another version"), (raw(cpus=0), "ends early"), (raw(cpus=256), "ends early"),
    (raw(cpus=3), "ends early"), (raw()[:-1], "ends early"), (raw()[:100], "no log"), (b"", "no log of an earlier run"),
    (raw()[:17] + b"\x01" + raw()[18:], "checksum")],
    ids=["magic", "version", "no_cpus", "many_cpus", "cpus_missing", "last_byte", "first_bytes", "empty", "changed"])
def test_what_is_no_log_is_refused(jailhouse, data, reason):
    assert last(jailhouse, data, status=1) == ""
    assert reason in jailhouse.err


def test_the_regions_that_are_asked_for(jailhouse):
    cmdline = jailhouse.folder / "cmdline"
    cmdline.write_text("quiet memmap=82M$0x3a000000,1G@4G memmap=64K#0x1000 memmap=0x100000$1G memmap= memmap=x$1 root=/dev/sda\n")
    jailhouse.env["JAILHOUSE_CMDLINE"] = str(cmdline)
    jailhouse.env["FAKE_ERRNO"] = str(errno.ENODATA)
    jailhouse("console", "--last", status=1)
    assert jailhouse.requests() == [f"{LAST_LOG} 0x3a000000+0x5200000", f"{LAST_LOG} 0x40000000+0x100000", f"{LAST_LOG} 0x0+0x0"]
    jailhouse("console", "--last", SYSTEM, status=1)
    assert jailhouse.requests()[3:] == [f"{LAST_LOG} 0x3a000000+0x600000"]


@pytest.mark.parametrize("error,sentence", [
    (errno.EBUSY, "taken offline at run time"), (errno.ENXIO, "Reserve RAM"), (errno.EPERM, "as root"), (errno.ENOTTY, "Load the driver")])
def test_errors_tell_the_way_out(jailhouse, error, sentence):
    jailhouse.env["FAKE_ERRNO"] = str(error)
    jailhouse("console", "--last", SYSTEM, status=1)
    assert sentence in jailhouse.err


def test_a_raw_log_goes_round(jailhouse):
    path = jailhouse.folder / "last"
    path.write_bytes(raw())
    jailhouse.env["FAKE_LAST_LOG"] = str(path)
    done = subprocess.run([COMMAND, "console", "--last", "--raw"], env=jailhouse.env, capture_output=True, check=True)
    assert done.stdout == raw()


def explain(jailhouse, data, *args, status=0):
    path = jailhouse.folder / "file"
    path.write_bytes(data)
    return jailhouse("explain", *args, str(path), status=status)


@pytest.mark.parametrize("data", [raw(), TEXT, b"[ 1.0] hv: ".join([b"", *PANIC.splitlines(keepends=True)])], ids=["raw", "text", "prefixed"])
def test_a_panic_in_words_and_as_data(jailhouse, data):
    words = explain(jailhouse, data)
    assert 'CPU 1, which works for cell 3 "a cell", stopped.' in words
    assert "Exception 14 (page fault) in the hypervisor, error code 0x2." in words and "write of 0x10: a null pointer" in words
    told = json.loads(explain(jailhouse, data, "--json"))
    assert told["panic"]["fault_access"] == "write" and told["panic"]["registers"]["efer"] == 0x1d01
    assert len(told["panic"]["calls"]) == 1 and told["panic"]["complete"]
    assert told["panic"]["cells"] == [{"id": 3, "name": "a cell", "state": "running", "cpus": 2}]
    assert told["exits"][-1]["name"] == ("CPUID" if data == raw() else "hypercall")


def test_an_assertion_and_an_end_that_is_missing(jailhouse):
    text = b"\n".join(line for line in PANIC.splitlines() if b"host" not in line and b"end" not in line)
    words = explain(jailhouse, text)
    assert "An assertion does not hold: a < b (hypervisor/core/x.c:12)." in words and "ends early" in words


def test_a_text_that_a_cell_has_forged_obeys_no_terminal_either(jailhouse):
    """A capture of a serial line: nobody has gone over it before."""
    text = b'PANIC: at=x.c:1 what="a\x1b[2Jb"\nPANIC: on cpu=1 cell=2 name="\x9b\xff\xc3\xa4"\nPANIC: cell id=2 state=0 cpus=2 name="\x07\x7f"\nPANIC: end\n'
    words = explain(jailhouse, text)
    assert "a?[2Jb" in words and '"????"' in words and '"??"' in words
    assert json.loads(explain(jailhouse, text, "--json"))["panic"]["cell_name"] == "????"


def test_the_first_of_several_panics_counts(jailhouse):
    other = PANIC.replace(b"cpu=1 cell=3", b"cpu=0 cell=0").replace(b"vector=14", b"vector=6")
    words = explain(jailhouse, PANIC + other)
    assert "CPU 1, which" in words and "Exception 14" in words and "Later 1 more of the CPUs panicked." in words


def test_a_log_without_panic(jailhouse):
    assert "No CPU of the hypervisor panicked." in explain(jailhouse, directory() + ring(b"up\n") + exits(EXITS) * 2)


@pytest.mark.parametrize("data", [b"", b"nothing of interest\n", raw()[:-1], b"\0" * 100], ids=["empty", "other", "short", "zeroes"])
def test_files_that_tell_nothing(jailhouse, data):
    assert explain(jailhouse, data, status=1) == "" and jailhouse.err


def test_another_elf_is_told(jailhouse):
    assert "is not the ELF file" in (explain(jailhouse, raw(), "--elf", "/dev/null", status=1) or jailhouse.err)


def test_hostile_logs_crash_nothing(jailhouse):
    """Logs and texts with random damage: an answer or a refusal, never a signal."""
    seed = 20261122
    print("seed", seed)
    chance = random.Random(seed)
    for n in range(150):
        data = bytearray(raw() if n % 2 else TEXT)
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(min(len(data), 20000))] = chance.randrange(256)
        if n % 2:  # with a right checksum it is looked at
            data[88:96] = struct.pack("<Q", fnv1a(data[:88]))
        path = jailhouse.folder / "file"
        path.write_bytes(data[:chance.randrange(1, len(data))] if n % 3 == 0 else data)
        done = subprocess.run([COMMAND, "explain", "--json", str(path)], env=jailhouse.env, capture_output=True, check=False, timeout=20)
        assert done.returncode in (0, 1), (n, done)
