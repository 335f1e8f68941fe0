# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The config commands: text to binary and back, errors with their places, checks of several files. What is compiled of configs/*.c is the reference."""
import copy
import glob
import json
import os
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
CONFIGS = os.path.join(TOP, "configs")
BINARIES = sorted(glob.glob(os.path.join(BUILD, "configs", "x86", "*.cell")))
TEXTS = sorted(path for path in glob.glob(os.path.join(CONFIGS, "*", "*.yaml")) if ".inc." not in path)
CELL = """jailhouse: cell
arch: x86
name: demo
cpus: 3
memory:
  - {name: RAM, role: loadable, phys: 0x3f000000, virt: 0, size: 1M}
  - {role: comm, virt: 0x100000}
"""


def run(*args, status=0):
    done = subprocess.run([COMMAND, "config", *args], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def compiled(tmp_path, text, *options):
    source, binary = tmp_path / "in.yaml", tmp_path / "out.cell"
    source.write_text(text)
    run("compile", str(source), "-o", str(binary), *options)
    return binary.read_bytes()


def refused(tmp_path, text):
    """Complaints about a text, without the name of the file."""
    source = tmp_path / "in.yaml"
    source.write_text(text)
    done = run("compile", str(source), "-o", str(tmp_path / "out.cell"), status=1)
    assert not (tmp_path / "out.cell").exists()
    return done.stderr.replace(str(source), "IN")


def binary_of_source(tmp_path, path, compiler="gcc", objcopy="objcopy"):
    """What the C source compiles to."""
    obj, binary = tmp_path / "c.o", tmp_path / "c.cell"
    subprocess.run([compiler, "-std=gnu11", f"-I{TOP}/include", "-fno-pic", "-c", "-o", obj, path], check=True)
    subprocess.run([objcopy, "-O", "binary", "--remove-section=.note.gnu.property", obj, binary], check=True)
    return binary.read_bytes()


# --- there and back --------------------------------------------------------------------------------

def test_there_are_binaries_to_test_with():
    assert len(BINARIES) >= 20


@pytest.mark.parametrize("path", BINARIES, ids=os.path.basename)
def test_a_binary_becomes_text_without_raw_and_the_same_binary_again(tmp_path, path):
    text = run("decompile", path).stdout
    assert "raw" not in text
    with open(path, "rb") as f:
        assert compiled(tmp_path, text, "--no-check") == f.read()


@pytest.mark.parametrize("path", sorted(glob.glob(os.path.join(CONFIGS, "arm*", "*.c"))), ids=os.path.basename)
def test_so_does_one_of_another_architecture(tmp_path, path):
    # the structs are packed: their bytes are the same from any compiler
    binary = binary_of_source(tmp_path, path)
    (tmp_path / "arm.cell").write_bytes(binary)
    text = run("decompile", str(tmp_path / "arm.cell")).stdout
    assert "raw" not in text and f"arch: {os.path.basename(os.path.dirname(path))}\n" in text
    assert compiled(tmp_path, text) == binary


@pytest.mark.parametrize("path", TEXTS, ids=os.path.basename)
def test_every_text_compiles(tmp_path, path):
    run("compile", path, "-o", str(tmp_path / "text.cell"))


@pytest.mark.parametrize("path", [path for path in TEXTS if os.path.exists(path.replace(".yaml", ".c"))], ids=os.path.basename)
def test_the_texts_beside_c_sources_are_the_same(tmp_path, path):
    run("compile", path, "-o", str(tmp_path / "text.cell"))
    assert (tmp_path / "text.cell").read_bytes() == binary_of_source(tmp_path, path.replace(".yaml", ".c"))


def test_a_text_is_decompiled_with_its_names_and_without_its_includes(tmp_path):
    text = run("decompile", f"{CONFIGS}/arm64/qemu-arm64.yaml").stdout
    assert "name: PCI configuration space" in text and "include" not in text and "raw" not in text
    run("compile", f"{CONFIGS}/arm64/qemu-arm64.yaml", "-o", str(tmp_path / "direct.cell"))
    assert compiled(tmp_path, text) == (tmp_path / "direct.cell").read_bytes()


def test_a_source_is_not_replaced_by_what_has_no_comments(tmp_path):
    text = "# mine\n" + CELL
    (tmp_path / "in.yaml").write_text(text)
    (tmp_path / "same.yaml").hardlink_to(tmp_path / "in.yaml")
    assert "its comments and includes would be lost" in run("decompile", tmp_path / "in.yaml", "-o", tmp_path / "same.yaml", status=1).stderr
    assert (tmp_path / "in.yaml").read_text() == text
    run("decompile", tmp_path / "in.yaml", "-o", tmp_path / "out.yaml")


def test_what_has_no_words_is_kept_as_raw(tmp_path):
    binary = bytearray(compiled(tmp_path, CELL))
    binary[8 + 20] = 0xff                               # behind the end of the name
    struct.pack_into("<I", binary, 44, 0x00800000)      # an unknown cell flag
    struct.pack_into("<Q", binary, 132 + 8 + 24, 1 << 40 | 0x47)
    (tmp_path / "odd.cell").write_bytes(binary)
    text = run("decompile", str(tmp_path / "odd.cell")).stdout
    assert text.count("raw:") == 2 and "0x10000000047" in text and "flags: 0x800000" in text
    assert compiled(tmp_path, text, "--no-check") == binary


def test_every_byte_of_a_binary_is_kept(tmp_path):
    """Each byte, but those that say how long the binary is and what it is, changed in turn."""
    with open(os.path.join(BUILD, "configs", "x86", "escape.cell"), "rb") as f:
        original = f.read()
    fixed = set(range(0, 8)) | set(range(44, 48)) | set(range(48, 80))
    for at in sorted(set(range(0, len(original), 13)) - fixed):
        changed = bytearray(original)
        changed[at] ^= 0xa5
        (tmp_path / "odd.cell").write_bytes(changed)
        text = run("decompile", str(tmp_path / "odd.cell")).stdout
        assert compiled(tmp_path, text, "--no-check") == changed, at


def test_the_default_name_of_the_binary(tmp_path):
    (tmp_path / "demo.yaml").write_text(CELL)
    run("compile", str(tmp_path / "demo.yaml"))
    assert (tmp_path / "demo.cell").read_bytes()[:5] == b"JHCLL"


# --- what the words mean ---------------------------------------------------------------------------

def regions(binary):
    at = 132 + struct.unpack_from("<I", binary, 48)[0]
    return [struct.unpack_from("<4Q", binary, at + 32 * n) for n in range(struct.unpack_from("<I", binary, 52)[0])]


@pytest.mark.parametrize("words,flags", [
    ("role: ram", 0xf), ("role: loadable", 0x47), ("role: rom", 0x5), ("role: mmio", 0x13), ("role: shared", 0x83),
    ("role: ram, with: [loadable, no_hugepages]", 0x14f), ("role: mmio, without: [write]", 0x11), ("flags: [read, io, io_8, io_32]", 0x50011),
])
def test_roles_and_flags(tmp_path, words, flags):
    binary = compiled(tmp_path, CELL.replace("role: loadable", words), "--no-check")
    assert regions(binary)[0] == (0x3f000000, 0, 0x100000, flags)


@pytest.mark.parametrize("word,size", [("4096", 4096), ("0x1000", 4096), ("4K", 4096), ("64M", 64 << 20), ("1G", 1 << 30), ("2T", 2 << 40), ("1_000", 1000)])
def test_sizes(tmp_path, word, size):
    assert regions(compiled(tmp_path, CELL.replace("1M", word), "--no-check"))[0][2] == size


@pytest.mark.parametrize("words,bits,size", [("3", 8, 8), ("1-3", 0xe, 8), ('"1,3"', 0xa, 8), ("[1, 2-3]", 0xe, 8), ("64", 1 << 64, 16)])
def test_sets_of_cpus(tmp_path, words, bits, size):
    binary = compiled(tmp_path, CELL.replace("cpus: 3", f"cpus: {words}"), "--no-check")
    assert struct.unpack_from("<I", binary, 48)[0] == size
    assert int.from_bytes(binary[132:132 + size], "little") == bits


def test_a_link_is_what_the_macro_of_the_c_sources_makes(tmp_path):
    """Word by word: JAILHOUSE_SHMEM_NET_REGIONS(0x3f100000, 1)."""
    binary = compiled(tmp_path, CELL.replace("  - {role: comm", "  - {name: net, role: ivshmem, phys: 0x3f100000, state: 4K, rw: 0, "
                                             "output: 508K, peers: 2, peer: 1}\n  - {role: comm") +
                      'pci:\n  - {type: ivshmem, bdf: "00:0e.0", ivshmem: net, protocol: veth, msix: {vectors: 2}}\n')
    assert regions(binary)[1:5] == [(0x3f100000, 0x3f100000, 0x1000, 0x81), (0, 0, 0, 0), (0x3f101000, 0x3f101000, 0x7f000, 0x81),
                                    (0x3f180000, 0x3f180000, 0x7f000, 0x83)]
    device = binary[-56:]
    assert struct.unpack_from("<IBBH", device, 48) == (1, 1, 2, 1)
    assert struct.unpack_from("<6I", device, 6) == (0xfffff000, 0xfffff000, 0, 0, 0, 0)


def test_includes_give_what_is_missing(tmp_path):
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "board.yaml").write_text("arch: x86\nname: board\nports: [com1]\nconsole: {type: 8250, port: com1, divider: 1}\ninclude: more.yaml\n")
    (tmp_path / "board" / "more.yaml").write_text("ports: [0x60]\n")
    binary = compiled(tmp_path, "include: board/board.yaml\n" + CELL.replace("arch: x86\n", "") + "ports: [com2]\nconsole: {divider: 7}\n")
    assert binary[8:13] == b"demo\0"
    assert struct.unpack_from("<6H", binary, len(binary) - 12) == (0x60, 1, 0x3f8, 8, 0x2f8, 8)
    assert struct.unpack_from("<QIHHI", binary, 100) == (0x3f8, 0, 2, 0, 7)


def test_anchors_and_merge_keys(tmp_path):
    binary = compiled(tmp_path, CELL + "  - &window {role: mmio, phys: 0xfeb40000, size: 128K}\n  - {<<: *window, phys: 0xfeb60000, virt: 0xd0000000}\n")
    assert regions(binary)[2:] == [(0xfeb40000, 0xfeb40000, 0x20000, 0x13), (0xfeb60000, 0xd0000000, 0x20000, 0x13)]


# --- errors ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("change,place,what", [
    (("name: demo", "nme: demo"), "3:1", 'there is no key "nme" here\n    Did you mean "name"?'),
    (("role: loadable", "role: lodable"), "6:23", '"role" has no "lodable"\n    Did you mean "loadable"?'),
    (("size: 1M", "size: 1Q"), "6:66", '"1Q" of "size" is no number of 64 bits'),
    (("size: 1M", "size: 99999999999999999999"), "6:66", "is no number of 64 bits"),
    (("cpus: 3", "cpus: 3-1"), "4:7", '"3-1" is no set of numbers'),
    (("arch: x86\n", ""), "1:1", 'a configuration without "arch"'),
    (("cpus: 3", "cpus: 3\ncpus: 2"), "5:1", 'the key "cpus" is here twice'),
    (("cpus: 3", "cpus: [3"), "5:7", "while parsing a flow sequence"),
    (("jailhouse: cell", "jailhouse: sell"), "1:12", "it is not said what the file describes"),
    (("arch: x86", "include: nowhere.yaml"), "2:10", "No such file or directory"),
    (("arch: x86", "include: in.yaml"), "2:10", "Does a file include itself?"),
    (("name: demo", "name: " + 32 * "x"), "3:7", "the name is too long"),
    (("cpus: 3", "hypervisor: {memory: {phys: 0, size: 4K}}"), "1:1", 'only a system has "hypervisor"'),
    (("cpus: 3", "raw: {nonsense: 1}"), "4:7", 'the binary has no member "nonsense" here'),
])
def test_errors_say_where_what_and_the_way_out(tmp_path, change, place, what):
    err = refused(tmp_path, CELL.replace(*change))
    assert f"IN:{place}: " in err and what in err


def test_several_errors_are_told_at_once(tmp_path):
    err = refused(tmp_path, CELL.replace("demo", "demo\nflags: [none]").replace("phys:", "fyz:").replace("cpus: 3", "cpus: x"))
    assert [line.split(": ")[0] for line in err.splitlines() if line.startswith("IN")] == ["IN:4:9", "IN:5:7", "IN:7:33", "IN:7:5"]


def test_errors_as_data(tmp_path):
    (tmp_path / "in.yaml").write_text(CELL.replace("cpus: 3", "cpus: x"))
    error = json.loads(run("compile", "--json", str(tmp_path / "in.yaml"), status=1).stdout)["error"]
    assert error["count"] == 1
    assert error["complaints"][0] == {"file": str(tmp_path / "in.yaml"), "line": 4, "column": 7, "what": '"x" is no set of numbers',
                                      "way_out": 'Write numbers and ranges, such as 2-3 or "0,2-3".'}


def test_broken_rules_name_line_rule_and_the_other_side(tmp_path):
    err = refused(tmp_path, CELL.replace("cpus: 3", "cpus: 0,3") + "  - {name: again, role: ram, phys: 0x3f080000, size: 1M}\n")
    assert "IN:4:7: error: The cell asks for CPU 0" in err and "[203 CPU_ZERO]" in err
    assert "IN:8:5: error: Memory region 2 and memory region 0" in err and "[309 MEMORY_OVERLAP_PHYS]" in err
    assert "    memory region 2 (again, 0x3f080000-0x3f17ffff)\n    IN:6:5: memory region 0 (RAM, 0x3f000000-0x3f0fffff)" in err


def test_a_binary_is_not_compiled(tmp_path):
    assert "is binary already" in run("compile", BINARIES[0], "-o", str(tmp_path / "x"), status=1).stderr


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"JHCLL\0\x0e\0", b"JHSYS", b"JHCELL\x0a\0" + 200 * b"\0", b"\xff\xfe\xfd"])
def test_bad_files_are_refused(tmp_path, content):
    (tmp_path / "bad").write_bytes(content)
    assert run("decompile", str(tmp_path / "bad"), status=1).stderr


# --- check -----------------------------------------------------------------------------------------

def test_the_demo_machines_are_sound():
    for system, cell in (("x86/qemu-x86", "x86/tiny-demo"), ("arm64/qemu-arm64", "arm64/linux-demo")):
        out = run("check", f"{CONFIGS}/{system}.yaml", f"{CONFIGS}/{cell}.yaml").stdout
        assert out.splitlines()[-1] == "0 errors, 0 warnings"


def test_all_that_two_cells_both_want_is_found():
    configs = os.path.join(BUILD, "configs", "x86")
    found = json.loads(run("check", "--json", f"{configs}/qemu-x86.cell", f"{configs}/tiny-demo.cell", f"{configs}/ioapic-demo.cell", status=1).stdout)
    assert not found["ok"] and found["complete"]
    assert [f["name"] for f in found["findings"]] == ["CPU_IN_USE", "MEMORY_IN_USE", "PIO_IN_USE"]
    memory = found["findings"][1]
    assert memory["what"]["file"] == f"{configs}/ioapic-demo.cell" and memory["other"]["file"] == f"{configs}/tiny-demo.cell"
    assert (memory["other"]["object"], memory["other"]["index"], memory["other"]["cell"]) == ("memory", 0, "tiny-demo")
    assert 'cell "tiny-demo"' in memory["sentence"]


def test_a_cell_with_what_root_does_not_have(tmp_path):
    (tmp_path / "cell.yaml").write_text(CELL.replace("cpus: 3", "cpus: 3,9") + "  - {role: mmio, phys: 0x900000000, size: 4K}\n"
                                        "  - {role: mmio, phys: 0xb0000000, size: 4K}\nports: [0x1000]\npci: [{bdf: \"00:09.0\"}]\nirqchips: [{address: 0xfec00000, pins: 30-31}]\n")
    err = run("check", f"{CONFIGS}/x86/qemu-x86.yaml", str(tmp_path / "cell.yaml"), status=1).stderr
    for name in ("CPU_NOT_IN_SYSTEM", "MEMORY_NOT_ROOTS", "MEMORY_MMCONFIG", "PIO_NOT_ROOTS", "PCI_NOT_ROOTS"):
        assert name in err
    assert err.count("IRQCHIP_PIN_NOT_ROOTS") == 2


def test_what_cannot_be_checked_is_said(tmp_path):
    (tmp_path / "cell.yaml").write_text(CELL.replace("phys: 0x3f000000", "phys: 0x3f000001"))
    done = run("check", f"{CONFIGS}/x86/qemu-x86.yaml", str(tmp_path / "cell.yaml"), status=1)
    assert "MEMORY_ALIGNMENT" in done.stderr and "could not be checked" in done.stderr


@pytest.mark.parametrize("files,why", [
    (("x86/tiny-demo", "x86/tiny-demo"), "describes a cell, not a system"), (("x86/qemu-x86", "x86/qemu-x86"), "describes a system, not a cell"),
    (("x86/qemu-x86", "arm64/linux-demo"), "for another architecture"),
])
def test_files_in_the_wrong_place(files, why):
    assert why in run("check", *(f"{CONFIGS}/{name}.yaml" for name in files), status=1).stderr


# --- the schema ------------------------------------------------------------------------------------

def schema():
    with open(os.path.join(CONFIGS, "jailhouse-config.schema.json"), encoding="utf-8") as f:
        return json.load(f)


def with_text_keys(value):
    """JSON has no numbers as keys."""
    if isinstance(value, dict):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


def test_the_schema_takes_what_the_command_writes_and_refuses_what_it_refuses():
    import jsonschema, yaml
    texts = [run("decompile", path).stdout for path in BINARIES]
    for text in texts + [open(path, encoding="utf-8").read() for path in TEXTS]:
        jsonschema.validate(with_text_keys(yaml.safe_load(text)), schema())
    good = yaml.safe_load(CELL)
    for change in ({"nme": 1}, {"arch": "vax"}, {"flags": ["x"]}, {"memory": [{"role": "lodable"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**copy.deepcopy(good), **change}, schema())


# --- convert: layouts of revision 10 and 12, made by hand ---------------------------------------------

def old_cell(revision, cpus=8, memory=(), ports=b"", pci=b"", caps=b"", streams=b"", timeout=0, flags=0x40000000):
    """A cell's binary; ports of revision 10 are a bitmap."""
    counts = [8, len(memory), 0, 0, len(ports) if revision == 10 else len(ports) // 4, len(pci) // 56, len(caps) // 8]
    if revision == 12:
        counts.append(len(streams) // 4)
    head = struct.pack("<6sH32sII", b"JHCELL", revision, b"old-cell", 5, flags)
    head += struct.pack(f"<{len(counts)}I", *counts) + struct.pack("<IQQ", 0, 0x1000, timeout)
    head += struct.pack("<QIHHIIQ", 0x3f8, 0, 2, 0, 1, 0, 0)
    return head + struct.pack("<Q", cpus) + b"".join(struct.pack("<4Q", *region) for region in memory) + ports + pci + caps + streams


def old_device(kind=1, msi_bits=1, tail=b"\0" * 8):
    return struct.pack("<BBHH6IHHBBHHQ", kind, 0, 0, 0x10, 0xfffe0000, 0, 0, 0, 0, 0, 0, 1, 1, msi_bits, 0, 0, 0) + tail


def converted(tmp_path, binary, *options):
    (tmp_path / "old.cell").write_bytes(binary)
    text = run("convert", str(tmp_path / "old.cell"), *options).stdout
    return text, compiled(tmp_path, text, "--no-check")


def test_revision_10_is_lifted(tmp_path):
    ports = bytearray(b"\xff" * 0x2000)
    ports[0x2f8 // 8] = 0                       # allowed: 0x2f8-0x2ff
    ports[0xcf8 // 8] = 0                       # the hypervisor's
    binary = old_cell(10, memory=[(0x3f000000, 0, 0x100000, 0x47), (0x3ef02010, 0x202010, 0x20, 0x40113)], ports=bytes(ports), timeout=9999,
                      pci=old_device() + old_device(kind=3, tail=struct.pack("<IHH", 1, 0x100, 0)), caps=struct.pack("<4H", 5, 0x40, 14, 1))
    assert len(binary) == 128 + 8 + 64 + 0x2000 + 112 + 8
    text, lifted = converted(tmp_path, binary)
    notes = text[:text.index("\n\n")]
    for word in ("revision 10", "taken as x86", "time for answers", "ivshmem devices of revision 10 are left out", "can be masked"):
        assert word in notes
    assert lifted[:8] == b"JHCLL\0\x0e\0" and lifted[8:17] == b"old-cell\0"
    assert regions(lifted) == [(0x3f000000, 0, 0x100000, 0x47), (0x3ef02010, 0x202010, 0x20, 0x48013)]
    assert "ports: [com2]\n" in text and text.count("bdf:") == 1
    assert struct.unpack_from("<IQQ", lifted, 80) == (0, 0x1000, 0)


def test_revision_12_is_lifted(tmp_path):
    link = struct.pack("<IBBH", 0, 1, 2, 1)
    binary = old_cell(12, memory=[(0x3f000000, 0, 0x1000, 0x81), (0, 0, 0, 0), (1 << 30, 0x1000, 0x1000, 0x81), (2 << 30, 0x2000, 0x1000, 0x83)],
                      ports=struct.pack("<2H", 0x2f8, 8), pci=old_device(kind=3, msi_bits=3, tail=link), streams=struct.pack("<I", 7))
    text, lifted = converted(tmp_path, binary, "-a", "arm64")
    assert "taken as" not in text and "time for answers" not in text
    assert lifted[5] == 2 and lifted[132:] == binary[132:]


def test_an_old_system_is_lifted(tmp_path):
    def system(revision):
        unit = struct.pack("<QIHBBI", 0xfeb80000, 0x4000, 2, 0x40, 0x64, 7)
        units = unit + b"\0" * 140 if revision == 10 else struct.pack("<I", 1) + struct.pack("<QIHBBI", 0xfeb80000, 0x4000, 2, 0x40, 0x64, 7) + b"\0" * 4 + b"\0" * 196
        head = struct.pack("<6sHI4Q", b"JHSYST", revision, 1, 0x3a000000, 0, 0x600000, 0) + struct.pack("<QIHHIIQ", 0x3e8, 0, 2, 0, 1, 0, 0)
        head += struct.pack("<QBBH", 0xb0000000, 255, 0, 0) + struct.pack("<HIB3xII", 0x608, 64, 2, 1000, 2000)
        ports = b"\0" * 8 if revision == 10 else struct.pack("<2H", 0, 64)
        return (head + units).ljust(266 if revision == 10 else 354, b"\0") + old_cell(revision, memory=[(0, 0, 0x1000, 15)], ports=ports)
    ten, twelve = (converted(tmp_path, system(revision), "--arch", "x86") for revision in (10, 12))
    assert ten[1] == twelve[1]
    assert "taken as amd" in ten[0] and "taken as amd" not in twelve[0]
    assert "{type: amd, base: 0xfeb80000, size: 16K, bdf: \"00:00.2\", base_cap: 0x40, msi_cap: 0x64, features: 0x7}" in ten[0]
    for word in ("pm_timer: 0x608", "apic: x2apic", "interrupt_limit: 64", "tsc_khz: 1000", "apic_khz: 2000", "memory: {phys: 0x3a000000, size: 6M}", "port: com3"):
        assert word in ten[0]


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\0", lambda b: b[:52] + b"\xff\xff\xff\xff" + b[56:], lambda b: b[:20],
                                    lambda b: b[:6] + b"\x0b" + b[7:], lambda b: b"JHCLL" + b[5:]])
def test_what_is_no_old_configuration_is_refused(tmp_path, change):
    (tmp_path / "old.cell").write_bytes(change(old_cell(12)))
    assert run("convert", str(tmp_path / "old.cell"), status=1).stderr


# --- show ------------------------------------------------------------------------------------------

def test_show_gives_each_number_one_owner_or_says_who_shares():
    files = [f"{CONFIGS}/arm64/qemu-arm64.yaml", f"{CONFIGS}/arm64/linux-demo.yaml"]
    shown = json.loads(run("show", "--json", *files).stdout)
    assert shown["owners"] == ["hypervisor", "qemu-arm64", "linux-demo"]
    assert [(c["first"], c["last"], c["owners"]) for c in shown["cpus"]] == [(0, 1, ["qemu-arm64"]), (2, 3, ["linux-demo"])]
    memory = {m["first"]: m for m in shown["memory"]}
    assert memory[0x09000000]["owners"] == ["qemu-arm64", "linux-demo"] and memory[0x09000000]["last"] == 0x09000fff and memory[0x09000000]["io"]
    assert memory[0x70000000]["owners"] == ["linux-demo"] and memory[0x70000000]["name"] == "RAM"
    assert memory[0x7f800000]["owners"] == ["hypervisor"] and memory[0x7f800000]["last"] == 0x7fffffff
    assert [(p["first"], p["last"], p["owners"]) for p in shown["irqchips"][0]["pins"]] == [
        (32, 32, ["qemu-arm64"]), (33, 33, ["linux-demo"]), (34, 287, ["qemu-arm64"])]
    # in order, without overlaps
    assert all(a["last"] < b["first"] for a, b in zip(shown["memory"], shown["memory"][1:]))


def test_show_for_people():
    text = run("show", f"{CONFIGS}/x86/qemu-x86.yaml", f"{CONFIGS}/x86/tiny-demo.yaml").stdout
    assert text.startswith("H hypervisor   0 qemu-x86 (root cell)   1 tiny-demo   * several\n\nCPUs [0001]\n  0 0-2")
    assert re.search(r"^  1 0x003f000000-0x003f0fffff +1M tiny-demo   # RAM$", text, re.M)
    assert "  1 0x02f8-0x02ff  tiny-demo\n" in text and "  0 00:1f.2        qemu-x86   # SATA\n" in text


def test_show_draws(tmp_path):
    drawing = tmp_path / "out.svg"
    assert run("show", "--svg", str(drawing), f"{CONFIGS}/x86/qemu-x86.yaml", f"{CONFIGS}/x86/tiny-demo.yaml").stdout == ""
    root = xml.etree.ElementTree.parse(drawing).getroot()
    texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    for word in ("tiny-demo", "0x003f000000-0x003f0fffff", "SATA", "RAM below 640 KiB", "Interrupts of 0xfec00000"):
        assert word in texts
    height = int(root.get("height"))
    assert all(0 <= int(r.get("y")) and int(r.get("y")) + int(r.get("height")) <= height
               for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("y"))


def test_names_that_a_terminal_would_obey_are_not_shown(tmp_path):
    binary = bytearray(compiled(tmp_path, CELL))
    binary[8:40] = b"\x1b[2J" + 28 * b"x"
    (tmp_path / "odd.cell").write_bytes(binary)
    out = run("show", f"{CONFIGS}/x86/qemu-x86.yaml", str(tmp_path / "odd.cell")).stdout
    assert "\x1b" not in out and "?[2Jxx" in out


# --- against a machine -------------------------------------------------------------------------------

MACHINE = os.path.join(TOP, "tests", "tools", "machines", "qemu-x86")


def against_machine(tmp_path, *changes, cells=(), status=0, machine=MACHINE):
    """Findings about the demo machine's configuration with changes; (name, sentence) each."""
    with open(f"{CONFIGS}/x86/qemu-x86.yaml", encoding="utf-8") as f:
        text = f.read()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "system.yaml").write_text(text)
    done = run("check", "--json", "--root", str(machine), str(tmp_path / "system.yaml"), *cells, status=status)
    return [(f["name"], f["sentence"]) for f in json.loads(done.stdout)["findings"]]


def test_the_machine_is_as_its_configuration_says(tmp_path):
    assert against_machine(tmp_path, cells=[f"{CONFIGS}/x86/tiny-demo.yaml"]) == []


@pytest.mark.parametrize("change,status,name,words", [
    (("cpus: 0-3", "cpus: 0-2"), 1, "CPU_UNLISTED", "has CPU 3"),
    (("cpus: 0-3", "cpus: 0-4"), 1, "CPU_ABSENT", "has CPU 4"),
    (("  - {name: HPET, role: mmio, phys: 0xfed00000, size: 4K}\n", ""), 0, "MEMORY_LOST", "0xfed00000-0xfed003ff (PNP0103:00)"),
    (("phys: 0x100000, size: 927M", "phys: 0x200000, size: 926M"), 0, "MEMORY_LOST", "0x100000-0x1fffff (System RAM)"),
    (("  - com2\n", ""), 0, "PORTS_LOST", "0x2f8-0x2ff"),
    (("  - {name: SMBus, bdf: \"00:1f.3\", bars: {4: 64}}\n", ""), 0, "PCI_UNLISTED", "00:1f.3"),
    (("bdf: \"00:1f.3\"", "bdf: \"00:1f.4\""), 0, "PCI_ABSENT", "no such PCI function"),
    (("bars: {4: 64}", "bars: {4: 32}"), 0, "PCI_CHANGED", "BAR 4 of the device has 0x40 bytes, the configuration says 0x20"),
    (("msi: {vectors: 1, 64bit: true}", "msi: {vectors: 4, 64bit: true}"), 0, "PCI_CHANGED", "1 MSI and 0 MSI-X vectors, the configuration says 4"),
])
def test_a_machine_that_differs(tmp_path, change, status, name, words):
    found = against_machine(tmp_path, change, status=status)
    assert any(n == name and words in sentence for n, sentence in found), found


USED_BY_LINUX = (("{name: RAM up to the hypervisor, role: ram, phys: 0x100000, size: 927M}", "{role: ram, phys: 0x100000, size: 382M}\n"
                  "  - {role: ram, phys: 0x18600000, size: 538M}"), ("memory: {phys: 0x3a000000", "memory: {phys: 0x17f00000"))


def test_memory_that_linux_uses(tmp_path):
    found = against_machine(tmp_path, *USED_BY_LINUX)
    assert any(name == "MEMORY_IN_USE_BY_LINUX" and "the hypervisor" in sentence for name, sentence in found)


def test_memory_that_is_offline_is_not_used(tmp_path):
    """Of a block of 128 MiB; /proc/iomem shows it as before."""
    machine = tmp_path / "machine"
    shutil.copytree(MACHINE, machine)
    for block, in_use in ((2, True), (3, False)):  # the memory lies in both
        (machine / f"sys/devices/system/memory/memory{block}/state").write_text("offline\n")
        found = against_machine(tmp_path, *USED_BY_LINUX, machine=machine)
        assert ("MEMORY_IN_USE_BY_LINUX" in [name for name, _ in found]) == in_use, found


def test_a_machine_that_hides_its_addresses(tmp_path):
    shutil.copytree(MACHINE, tmp_path / "machine")
    (tmp_path / "machine" / "proc" / "iomem").write_text("00000000-00000000 : System RAM\n")
    done = json.loads(run("check", "--json", "-r", str(tmp_path / "machine"), f"{CONFIGS}/x86/qemu-x86.yaml").stdout)
    assert not done["complete"] and [f["name"] for f in done["findings"]] == ["MACHINE_HIDDEN"]


def test_a_resource_at_the_end_of_all_addresses_comes_to_an_end(tmp_path):
    shutil.copytree(MACHINE, tmp_path / "machine")
    with open(tmp_path / "machine" / "proc" / "iomem", "a", encoding="utf-8") as f:
        f.write("f000000000000000-ffffffffffffffff : strange\n")
    done = json.loads(run("check", "--json", "-r", str(tmp_path / "machine"), f"{CONFIGS}/x86/qemu-x86.yaml").stdout)
    assert [f["name"] for f in done["findings"]] == ["MEMORY_LOST"]


# --- warnings ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("more,name", [
    ("console: {type: 8250, port: com2}\n", "CONSOLE_UNREACHABLE"),
    ('pci: [{bdf: "00:1f.3"}]\n', "DMA_UNISOLATED"),
    ('pci: [{bdf: "00:1f.3", bars: {0: 4K}}]\n', "DEVICE_WITHOUT_REGISTERS"),
])
def test_warnings_do_not_fail(tmp_path, more, name):
    (tmp_path / "cell.yaml").write_text(CELL + more)
    done = run("check", f"{CONFIGS}/x86/qemu-x86.yaml", str(tmp_path / "cell.yaml"))
    assert re.search(rf"cell\.yaml:\d+:\d+: warning: .*\[{name}\]", done.stderr) and "0 errors" in done.stdout


def test_memory_that_would_not_be_cleared(tmp_path):
    (tmp_path / "cell.yaml").write_text(CELL + "  - {flags: [read, write], phys: 0x3f080000, size: 4K}\n".replace("0x3f080000", "0x3f100000"))
    with open(f"{CONFIGS}/x86/qemu-x86.yaml", encoding="utf-8") as f:
        (tmp_path / "system.yaml").write_text(f.read().replace("{name: RAM for the cells, role: ram", "{flags: [read, write]"))
    assert "[NOT_CLEARED]" in run("check", str(tmp_path / "system.yaml"), str(tmp_path / "cell.yaml")).stderr


# --- devices of a device tree ------------------------------------------------------------------------

ARM_CELL = """jailhouse: cell
arch: arm64
name: demo
cpus: 2-3
dtb: virt.dtb
devices:
  - /pl011@9000000
  - {name: clock, path: /pl031@9010000, with: [rootshared]}
  - /virtio_mmio@a000200
memory:
  - {role: loadable, phys: 0x70000000, virt: 0, size: 1M}
  - {role: comm, virt: 0x80000000}
irqchips:
  - {address: 0x08000000, pins: 100}
"""


def flat_tree(nodes):
    """A flattened device tree (Devicetree specification 0.4, chapter 5) of a root with these children: name: {property: numbers or text}."""
    strings, body = b"", b""

    def begin(name):
        data = name.encode() + b"\0"
        return struct.pack(">I", 1) + data + b"\0" * (-len(data) % 4)

    def prop(name, value):
        nonlocal strings
        data = value.encode() + b"\0" if isinstance(value, str) else struct.pack(f">{len(value)}I", *value)
        at = len(strings)
        strings += name.encode() + b"\0"
        return struct.pack(">3I", 3, len(data), at) + data + b"\0" * (-len(data) % 4)

    root = {"#address-cells": [2], "#size-cells": [2], "interrupt-parent": [1], "compatible": "linux,dummy-virt"}
    body = begin("") + b"".join(prop(*pair) for pair in root.items())
    for name, props in nodes.items():
        body += begin(name) + b"".join(prop(*pair) for pair in props.items()) + struct.pack(">I", 2)
    body += struct.pack(">2I", 2, 9)
    head = struct.pack(">10I", 0xd00dfeed, 56 + len(body) + len(strings), 56, 56 + len(body), 40, 17, 16, 0, len(strings), len(body))
    return head + b"\0" * 16 + body + strings


@pytest.fixture(name="dtb")
def fixture_dtb():
    """What QEMU's virt machine has of these"""
    return flat_tree({
        "cpus": {"#address-cells": [1], "#size-cells": [0]},
        "intc@8000000": {"compatible": "arm,gic-v3", "phandle": [1], "#interrupt-cells": [3], "interrupt-controller": "",
                         "reg": [0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0xf60000]},
        "pl011@9000000": {"compatible": "arm,pl011", "reg": [0, 0x09000000, 0, 0x1000], "interrupts": [0, 1, 4]},
        "pl031@9010000": {"compatible": "arm,pl031", "reg": [0, 0x09010000, 0, 0x1000], "interrupts": [0, 2, 4]},
        "virtio_mmio@a000200": {"compatible": "virtio,mmio", "reg": [0, 0x0a000200, 0, 0x200], "interrupts": [0, 17, 1]},
    })


def test_a_path_of_the_device_tree_gives_registers_and_interrupts(tmp_path, dtb):
    (tmp_path / "virt.dtb").write_bytes(dtb)
    binary = compiled(tmp_path, ARM_CELL)
    assert regions(binary)[2:] == [(0x09000000, 0x09000000, 0x1000, 0x13), (0x09010000, 0x09010000, 0x1000, 0x93),
                                   (0x0a000200, 0x0a000200, 0x200, 0x70013)]
    (tmp_path / "out.cell").write_bytes(binary)
    assert 'irqchips:\n  - {address: 0x8000000, pins: "33-34,49,100"}\n' in run("decompile", str(tmp_path / "out.cell")).stdout


@pytest.mark.parametrize("change,place,what", [
    (("/pl011@9000000", "/pl011@9000001"), "7:5", 'the device tree has no node "/pl011@9000001"'),
    (("/pl011@9000000", "/cpus"), "7:5", '"/cpus" has no registers that the CPU reaches'),
    (("dtb: virt.dtb\n", ""), "6:3", '"devices" without the device tree'),
    (("dtb: virt.dtb", "dtb: in.yaml"), "5:6", "is no device tree"),
    (("dtb: virt.dtb", "dtb: none.dtb"), "5:6", "No such file or directory"),
    (("with: [rootshared]", "with: [shared]"), "8:48", '"with" has no "shared"'),
])
def test_wrong_paths(tmp_path, dtb, change, place, what):
    (tmp_path / "virt.dtb").write_bytes(dtb)
    err = refused(tmp_path, ARM_CELL.replace(*change))
    assert f"IN:{place}: " in err and what in err.replace(f"{tmp_path}/", ""), err


def test_the_schema_has_the_keys_of_the_command():
    """Names of keys in the command's tables, and of properties in the schema: the same words."""
    tables, properties = set(), set()
    for path in glob.glob(os.path.join(TOP, "tools", "config", "*.c")):
        with open(path, encoding="utf-8") as f:
            tables |= set(re.findall(r'\{ "([\w]+)", key_', f.read()))

    def walk(value):
        if isinstance(value, dict):
            properties.update(value.get("properties", {}))
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
    walk(schema())
    assert tables | {"include", "dtb", "devices"} == properties
