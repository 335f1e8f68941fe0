# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""pyjailhouse on a machine without Jailhouse: types, sentences, requests to a library in place of the driver, folders in place of sysfs,
and tables of machines, also damaged ones."""
import ctypes
import errno
import glob
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
PACKAGE = os.path.join(BUILD, "python")
CONFIGS = os.path.join(BUILD, "configs", "x86")
SYSTEM = os.path.join(CONFIGS, "qemu-x86.cell")
DEVICES = os.path.join(CONFIGS, "qemu-x86-devices.cell")
CELL = os.path.join(CONFIGS, "apic-demo.cell")
COMMAND = os.path.join(BUILD, "tools", "jailhouse")
TEXTS = os.path.join(TOP, "configs", "x86")

sys.path.insert(0, PACKAGE)

from pyjailhouse import config_parser, errors, hypervisor, pci_defs, sysfs_parser  # noqa: E402
from pyjailhouse.extendedenum import ExtendedEnum  # noqa: E402


def test_the_package_is_typed():
    """Every function of the package, and the examples as its users"""
    sources = sorted(glob.glob(os.path.join(TOP, "python", "examples", "*.py")))
    done = subprocess.run(["mypy", "--strict", "--cache-dir=/dev/null", "pyjailhouse", *sources], cwd=PACKAGE, capture_output=True, text=True,
                          env={**os.environ, "MYPYPATH": PACKAGE}, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_standard_library_is_imported():
    script = f"import sys; sys.path.insert(0, {PACKAGE!r}); import pyjailhouse, pyjailhouse.cell, pyjailhouse.sysfs_parser"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, timeout=60)


def test_it_is_installed_where_python_looks(tmp_path):
    for prefix in ("/usr/local", "/usr"):
        env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        subprocess.run(["make", "-s", "install-python", f"O={BUILD}", f"DESTDIR={tmp_path}", f"prefix={prefix}"], cwd=TOP, env=env, check=True,
                       capture_output=True, timeout=300)
    places = subprocess.run(["/usr/bin/python3", "-c", "import site; print(*site.getsitepackages(), sep='\\n')"], capture_output=True, text=True, check=True).stdout
    found = {str(path.parent.parent)[len(str(tmp_path)):] for path in tmp_path.glob("**/hypervisor.py")}
    assert len(found) == 2 and found <= set(places.splitlines()), (found, places)


# --- sentences ------------------------------------------------------------------------------------

@pytest.fixture(scope="module", name="rules_library")
def fixture_rules_library(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "rules.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-I", os.path.join(TOP, "include"), "-I", TOP, "-o", path,
                    os.path.join(TOP, "common", "config", "rules.c")], check=True)
    return ctypes.CDLL(str(path))


def sentence_of_c(library, data):
    text = ctypes.create_string_buffer(2048)
    library.refusal_format(text, ctypes.c_size_t(len(text)), data)
    return text.value.decode("latin-1")


def test_every_rule_has_the_sentence_of_the_command(rules_library):
    numbers = [int(n) for n in re.findall(r"RULE\(\w+, (\d+),", open(os.path.join(TOP, "common", "config", "rules.inc"), encoding="utf-8").read())]
    assert len(numbers) > 100
    source = random.Random(7)
    values = (0, 1, 0x8F, 0x1000, 2**32 - 1, 2**63, 2**64 - 22, 2**64 - 1)
    for number in numbers + [99999]:
        for cell in (0, -1, 5):
            data = struct.pack("<IiHHHHii4Q32s32s", number, -errno.EBUSY, source.randrange(16), 3, source.randrange(16), 9, cell,
                               source.choice((-1, 0, 2)), *(source.choice(values) for _ in range(4)), source.choice((b"", b"a \x07b")),
                               source.choice((b"", b"other")))
            refusal = errors.Refusal.unpack(data)
            assert refusal.sentence == sentence_of_c(rules_library, data)
            assert refusal.errno == errno.EBUSY and (refusal.name is None) == (number == 99999)


# --- requests -------------------------------------------------------------------------------------

class Script:
    """Runs Python with the package under the library that stands in for the driver."""

    def __init__(self, folder, library, command):
        self.folder = folder
        self.log = folder / "log"
        (folder / "device").touch()
        self.env = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library), "FAKE_LOG": str(self.log), "PYTHONPATH": PACKAGE,
                    "JAILHOUSE_DEVICE": str(folder / "device"), "JAILHOUSE_SYSFS": str(folder / "sys"),
                    "JAILHOUSE_COMMAND": command}

    def __call__(self, text):
        program = "from pyjailhouse import *\nimport json, sys\n" + text
        done = subprocess.run([sys.executable, "-c", program], env=self.env, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def requests(self):
        """To the driver; Python itself asks for close-on-exec (FIOCLEX) of its own files."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line != "0x00005451"]

    def cell(self, ident, name, state="running", **files):
        folder = self.folder / "sys" / "cells" / str(ident)
        (folder / "statistics" / "cpu2").mkdir(parents=True, exist_ok=True)
        for file, text in {"name": name, "state": state, "cpus_assigned_list": "1,3-4", "cpus_failed_list": "", "dma": "none",
                           "statistics/vmexits_total": "12", "statistics/vmexits_cr": "9", "statistics/cpu2/vmexits_total": "5", **files}.items():
            (folder / file).write_text(text + "\n")


@pytest.fixture(name="script", params=["", COMMAND], ids=["alone", "by the command"])
def fixture_script(tmp_path, library, request):
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys" / "enabled").write_text("1\n")
    return Script(tmp_path, library, request.param)


def test_a_cell_lives_for_the_length_of_a_block(script):
    script.cell(3, "apic-demo")
    image = script.folder / "image"
    image.write_bytes(b"\1\2")
    script(f"with Hypervisor().create({CELL!r}) as cell:\n cell.load([({str(image)!r}, 0), (b'ab', 0x1000)])\n cell.start()\n cell.shutdown()")
    assert script.requests() == ["0x40100002 " + open(CELL, "rb").read().hex(), "0x40300003 id=3 name= image@0x0 0102 image@0x1000 6162",
                                 "0x40280004 id=3 name=", "0x40300003 id=3 name=", "0x40280005 id=3 name="]


def test_a_block_disables_what_it_enabled_also_after_an_error(script):
    assert script(f"try:\n with Hypervisor().enabled_with({SYSTEM!r}):\n  raise KeyError\nexcept KeyError: print('left')") == "left\n"
    assert script.requests() == ["0x40080000 " + open(SYSTEM, "rb").read(8).hex(), "0x00000001"]


def test_the_class_of_older_scripts_creates_loads_and_starts(script):
    script(f"from pyjailhouse.cell import JailhouseCell\nfrom pyjailhouse.config_parser import CellConfig\n"
           f"cell = JailhouseCell(CellConfig(open({CELL!r}, 'rb').read()))\ncell.load(b'x', 0x100)\ncell.start()")
    assert [line.split(" image")[0].split()[0] for line in script.requests()] == ["0x40100002", "0x40300003", "0x40280004"]
    assert "name=apic-demo image@0x100 78" in script.requests()[1]


def test_texts_are_taken_by_path_and_as_bytes(script):
    """What reaches the driver is the binary; without the command, which compiles it, there is a way out."""
    out = script(f"h = Hypervisor()\ntry:\n h.enable('{TEXTS}/qemu-x86.yaml')\n h.enable(open('{TEXTS}/qemu-x86.yaml', 'rb').read())\n"
                 f" h.create('{TEXTS}/tiny-demo.yaml')\nexcept KeyError: print('created')\nexcept JailhouseError as error: print(error)")
    if not script.env["JAILHOUSE_COMMAND"]:
        assert "needs the jailhouse command\nInstall it" in out and not script.requests()
        return
    enable = "0x40080000 " + open(SYSTEM, "rb").read(8).hex()
    cell = "0x40100002 " + open(os.path.join(CONFIGS, "tiny-demo.cell"), "rb").read().hex()
    assert out == "created\n" and script.requests() == [enable, enable, cell]


def test_a_text_that_is_wrong_is_told_whole(script):
    out = script("try: Hypervisor().enable(b'jailhouse: system\\narch: vax\\n')\nexcept ConfigError as error: print(len(error.complaints), error)\n"
                 "except JailhouseError as error: print(error)")
    if script.env["JAILHOUSE_COMMAND"]:
        assert re.match(r'\d+ .*:2:7: "arch" has no "vax"', out) and not script.requests(), out


def test_memory_that_cannot_be_had_has_the_sentence_of_the_command(script):
    """A cell anywhere, and no system whose RAM for cells is known"""
    script.env["JAILHOUSE_RUN"] = str(script.folder)
    script.cell(0, "root")
    text = "jailhouse: cell\\narch: x86\\nname: one\\ncpus: 1\\nmemory: [{role: loadable, phys: anywhere, virt: 0, size: 1M}]\\n"
    out = script(f"try: Hypervisor().create(b'{text}')\nexcept JailhouseError as error: print(error)")
    if script.env["JAILHOUSE_COMMAND"]:
        assert out.startswith("it is not known which memory is for cells\nEnable a system"), out


def test_a_wrong_configuration_asks_nothing(script):
    out = script(f"for call, path in ((Hypervisor().enable, {CELL!r}), (Hypervisor().create, {SYSTEM!r})):\n"
                 " try: call(path)\n except RuntimeError as error: print(error)")
    assert out == "Not a system configuration\nNot a cell configuration\n" and not script.requests()


def test_a_refusal_is_an_exception_with_sentence_and_data(script):
    refusal = struct.pack("<IiHHHHii4Q32s32s", 205, -errno.EBUSY, 2, 2, 0, 0, -1, 7, 2, 0, 0, 0, b"demo", b"other")
    (script.folder / "refusal").write_bytes(refusal)
    script.env.update(FAKE_ERRNO=str(errno.EBUSY), FAKE_REFUSAL=str(script.folder / "refusal"))
    for call in (f"Hypervisor().create({CELL!r})", f"Hypervisor().enable({SYSTEM!r})", "Hypervisor().disable()", "Cell(1).start()", "Cell(1).load([])"):
        out = script(f"try: {call}\nexcept RefusedError as error: print(error.errno, error.refusal.name, error.refusal.rule, error, sep='|')")
        assert re.fullmatch(r"16\|CPU_IN_USE\|205\|JAILHOUSE_\w+: Device or resource busy\nThe cell asks for CPU 2, which belongs to cell "
                            r"\"other\"\. Destroy that cell first or use another CPU\.\n", out), call


def test_errors_without_a_rule_and_without_a_driver(script):
    script.env["FAKE_ERRNO"] = str(errno.ENOMEM)
    assert script("try: Hypervisor().disable()\nexcept RefusedError: print('wrong')\nexcept JailhouseError as e: print(e.errno, e)").startswith(
        '12 JAILHOUSE_DISABLE: Cannot allocate memory\nSee the end of the kernel log')
    script.env["JAILHOUSE_DEVICE"] = "/nowhere"
    assert "modprobe jailhouse" in script("try: Hypervisor().disable()\nexcept NotLoadedError as error: print(error)")


def test_state_of_hypervisor_and_cells(script):
    script.cell(0, "root")
    script.cell(10, "ten", "failed", cpus_failed_list="3")
    script.cell(2, "two")
    for name, text in (("mem_pool_size", "100"), ("mem_pool_used", "7"), ("mitigations", "auto: verw")):
        (script.folder / "sys" / name).write_text(text + "\n")
    out = json.loads(script("""h = Hypervisor(); i = h.info(); c = h.cell("ten"); s = c.statistics()
print(json.dumps([h.enabled, i.mem_pool_size, i.mem_pool_used, i.remap_pool_size, i.mitigations, [x.id for x in h.cells()], c.state, sorted(c.cpus),
 sorted(c.failed_cpus), c.dma, s["vmexits_total"], s.total, {str(k): v for k, v in s.cpus.items()}, h.root.name]))"""))
    assert out == [True, 409600, 28672, 0, "auto: verw", [0, 2, 10], "failed", [1, 3, 4], [3], "none", 12,
                   {"vmexits_cr": 9, "vmexits_total": 12}, {"2": {"vmexits_total": 5}}, "root"]


def test_without_a_driver_nothing_is_enabled(script):
    script.env["JAILHOUSE_SYSFS"] = "/nowhere"
    assert script("h = Hypervisor(); print(h.loaded, h.enabled, h.cells(), h.info().mem_pool_size)\n"
                  "try: h.root\nexcept NotEnabledError as error: print(error)\ntry: h.cell('x')\nexcept KeyError as error: print(error)") == (
        "False False [] 0\nThe root cell: Invalid argument\nUse \"jailhouse enable\" first.\n'There is no such cell: x'\n")


def test_rates_come_from_two_readings():
    first = hypervisor.Statistics({"a": 10, "b": 5}, {}, 1.0)
    second = hypervisor.Statistics({"a": 30, "b": 1, "c": 4}, {}, 3.0)
    assert second.rates(first) == {"a": 10.0, "b": 0.0, "c": 2.0}


def test_console_text_and_its_errors(script):
    (script.folder / "device").write_bytes(b"Initializing\n\xff")
    assert script("print(b''.join(Hypervisor().console()))") == "b'Initializing\\n\\xff'\n"
    script.env["FAKE_READ_ERRNO"] = str(errno.EPERM)
    del script.env["PYTHONPATH"]    # Python could not read its modules either
    text = open(os.path.join(PACKAGE, "pyjailhouse", "hypervisor.py"), encoding="utf-8").read()
    assert "Set JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE." in text
    for error, kind in ((errno.EAGAIN, errors.NotEnabledError), (errno.EPERM, errors.JailhouseError)):
        assert isinstance(hypervisor._console_error(error), kind) and hypervisor._console_error(error).way_out


def test_a_proof_is_data(script):
    path = script.folder / "verify"
    path.write_bytes(struct.pack("<QQ7IIiIQ", 0xabc, 42, 0, 3, 0, 0, 0, 0, 0, 1, 2, 0, 0x1000))
    script.env["FAKE_VERIFY"] = str(path)
    assert script("v = Hypervisor().verify(); print(v.ok, v.digest, v.mappings, v.violations['complete'])") == "False 2748 42 3\n"


# --- events ---------------------------------------------------------------------------------------

def test_uevents_are_read_and_others_passed_over():
    message = b"change@/devices/jailhouse/cells/3\0ACTION=change\0DEVPATH=/devices/jailhouse/cells/3\0SUBSYSTEM=jailhouse\0CELL=a b\0STATE=failed\0SEQNUM=7\0"
    assert hypervisor.parse_uevent(message) == hypervisor.Event("change", 3, "a b", "failed")
    assert hypervisor.parse_uevent(message.replace(b"SUBSYSTEM=jailhouse", b"SUBSYSTEM=net")) is None
    assert hypervisor.parse_uevent(b"libudev\0\xfe\xed\0\0\xff") is None
    assert hypervisor.parse_uevent(message.replace(b"cells/3\0SUB", b"cells/x\0SUB")) is None


def test_events_of_a_socket_end_after_the_time(monkeypatch):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    message = b"add@x\0ACTION=add\0DEVPATH=/devices/jailhouse/cells/1\0SUBSYSTEM=jailhouse\0CELL=demo\0STATE=shut down\0"

    class Socket:
        """As a netlink socket tells its senders"""

        def __init__(self):
            self.senders = [0, 1234, 0]

        def fileno(self):
            return ours.fileno()

        def recvfrom(self, size):
            return ours.recv(size), (self.senders.pop(0), 1)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            ours.close()

    monkeypatch.setattr(hypervisor, "_open_uevents", Socket)
    for _ in range(3):
        theirs.send(message)
    assert list(hypervisor.Hypervisor().events(timeout=0.3)) == [hypervisor.Event("add", 1, "demo", "shut down")] * 2


def test_events_by_polling(script, monkeypatch):
    monkeypatch.setenv("JAILHOUSE_SYSFS", str(script.folder / "sys"))
    script.cell(1, "one")

    def changes():
        time.sleep(0.3)
        (script.folder / "sys" / "cells" / "1" / "state").write_text("failed\n")
        script.cell(2, "two", "shut down")

    events = hypervisor.Hypervisor().events(timeout=3, poll=True)
    thread = threading.Thread(target=changes)
    thread.start()
    found = {next(events), next(events)}
    thread.join()
    states = {event.name: event for event in found}
    assert states["one"] == hypervisor.Event("change", 1, "one", "failed") and states["two"].action == "add"


# --- configurations -------------------------------------------------------------------------------

def defined(name):
    """Numbers of the #defines PREFIX_* in cell-config.h"""
    text = open(os.path.join(TOP, "include", "jailhouse", "cell-config.h"), encoding="utf-8").read()
    return {key: value for key, value in re.findall(rf"#define {name}_(\w+)\t+(0x\w+|\d+)", text)}


def test_numbers_are_those_of_the_header():
    memory = {str(flag): flag.value for flag in config_parser.JAILHOUSE_MEM}
    for key, value in defined("JAILHOUSE_MEM").items():
        assert key == "IO_WIDTH_SHIFT" or memory[key] == int(value, 0)
    assert {str(kind): kind.value for kind in config_parser.JAILHOUSE_IOMMU} == {key: int(value) for key, value in defined("JAILHOUSE_IOMMU").items()}
    assert config_parser.REVISION == int(re.search(r"JAILHOUSE_CONFIG_REVISION\t+(\d+)", open(os.path.join(
        TOP, "include", "jailhouse", "cell-config.h"), encoding="utf-8").read()).group(1))
    assert pci_defs.PCI_CAP_ID.MSIX == 0x11 and pci_defs.PCI_EXT_CAP_ID(0x1f) is not None and str(pci_defs.PCI_EXT_CAP_ID(0x1f)) == "PTM"


def test_enumerations_take_numbers_without_a_name():
    class Number(ExtendedEnum):
        _ids = {"ONE": 1, "TWO": 2}

    assert str(Number.ONE) == "ONE" and Number.ONE == 1 and Number(1) == Number.ONE and str(Number(9)) == "0x9" and Number(9).name == ""
    assert Number.ONE != Number.TWO and {Number(1): "x"}[Number.ONE] == "x" and len(Number) == 2 and [int(n) for n in Number] == [1, 2]
    assert hex(Number.TWO) == "0x2"
    with pytest.raises(AttributeError):
        Number.THREE


def test_flags_as_words():
    mem = config_parser.JAILHOUSE_MEM
    assert config_parser.flag_str(mem, 0x43) == "READ | WRITE | LOADABLE" and config_parser.flag_str(mem, 0, ",") == ""
    assert config_parser.flag_str(mem, 0x40000001, "+") == "READ+0x40000000"
    assert [config_parser.convert_arch(n) for n in range(3)] == ["x86", "arm", "arm64"]
    with pytest.raises(RuntimeError):
        config_parser.convert_arch(3)


@pytest.mark.parametrize("path", sorted(glob.glob(os.path.join(BUILD, "configs", "x86", "*.cell"))))
def test_all_configurations_are_read_to_their_last_byte(path):
    data = open(path, "rb").read()
    config = config_parser.parse(data)
    root = config.root_cell if isinstance(config, config_parser.SystemConfig) else config
    assert config.arch == "x86" and root.name and root.cpu_set and root.memory_regions
    for size in {len(data) - 1, 131, 10, 6, 0}:
        with pytest.raises(RuntimeError):
            config_parser.parse(data[:size])
    with pytest.raises(RuntimeError, match="but its counts ask for"):
        type(config)(data + b"x")


def test_members_of_a_system():
    config = config_parser.SystemConfig(open(DEVICES, "rb").read())
    assert config.hypervisor_memory.phys_start == 0x3a000000 and config.pci_mmconfig_base == 0xb0000000 and config.pm_timer_address == 0x608
    assert config.root_cell.cpu_set == {0, 1, 2, 3} and config.iommus == []
    assert "0000:00:1f.2" in [device.address() for device in config.root_cell.pci_devices]
    assert config.root_cell.irqchips[0].is_standard() and config.root_cell.irqchips[0].pins()[0] == 0
    assert config.root_cell.region_of(0x100000) is not None and config.root_cell.region_of(0x3a000000) is None


def test_regions_overlap_by_their_own_address_space():
    region = config_parser.MemRegion
    one, two = region((0x1000, 0, 0x1000, 7)), region((0x1fff, 0x5000, 1, 3))
    assert one.phys_overlaps(two) and two.phys_overlaps(one) and not one.virt_overlaps(two)
    assert not one.phys_overlaps(region((0x2000, 0, 0x1000, 7))) and not one.phys_overlaps(region((0x1000, 0, 0, 7)))
    assert not one.phys_overlaps(region((0x1000, 0, 0x1000, 0x23))), "a communication region has no physical address"
    assert one.phys_address_in_region(0x1fff) and not one.phys_address_in_region(0x2000) and one.virt_address_in_region(0xfff)
    assert one.is_ram() and not region((0, 0, 4096, 0x13)).is_ram() and two.is_subpage() and region((0, 0, 4096, 0x23)).is_comm_region()


@pytest.mark.parametrize("path", [SYSTEM, DEVICES, CELL])
def test_damaged_configurations_are_errors_of_one_kind(path):
    data = bytearray(open(path, "rb").read())
    source = random.Random(11)
    for _ in range(3000):
        copy = bytearray(data)
        for _ in range(source.randrange(1, 4)):
            copy[source.randrange(min(len(copy), 512))] = source.randrange(256)
        try:
            config_parser.parse(bytes(copy[:source.choice((len(copy), source.randrange(len(copy))))]))
        except RuntimeError:
            pass


# --- the machine ----------------------------------------------------------------------------------

IOMEM = """00000000-00000fff : Reserved
00001000-0009fbff : System RAM
000a0000-000bffff : PCI Bus 0000:00
00100000-39ffffff : System RAM
  01000000-01ffffff : Kernel code
3a000000-3f1fffff : Reserved
b0000000-bfffffff : PCI MMCONFIG 0000 [bus 00-ff]
c0000000-febfffff : PCI Bus 0000:00
  c0000000-c0003fff : 0000:00:02.0
  c0010000-c0010fff : 0000:00:03.0
fec00000-fec003ff : IOAPIC 0
fed00000-fed003ff : HPET 0
fed90000-fed90fff : dmar0
fee00000-fee00fff : Local APIC
"""
IOPORTS = """0000-0cf7 : PCI Bus 0000:00
  0040-0043 : timer0
  02f8-02ff : serial
  0070-0071 : rtc0
0cf8-0cff : PCI conf1
d000-ffff : PCI Bus 0000:00
  d000-d03f : 0000:00:1f.3
"""


def acpi(name, body):
    return struct.pack("<4sI28x", name, 36 + len(body)) + body


def configuration_space(cap_chain=b"", bridge=False, busses=(0, 0)):
    space = bytearray(4096)
    space[6] = 0x10
    space[0x0e] = 1 if bridge else 0
    space[0x19], space[0x1a] = busses
    space[0x34] = 0x40 if cap_chain else 0
    space[0x40:0x40 + len(cap_chain)] = cap_chain
    return bytes(space)


def resources(*bars):
    lines = [f"0x{start:016x} 0x{end:016x} 0x{flags:016x}" for start, end, flags in bars]
    return "\n".join((lines + ["0x0 0x0 0x0"] * 13)[:13]) + "\n"


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    """A tree as a collected archive has it: MSI-X in 00:02.0, a bridge 00:03.0 with 01:00.0 behind it"""
    def put(name, content):
        path = tmp_path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    put("/proc/iomem", IOMEM)
    put("/proc/ioports", IOPORTS)
    put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n")
    msix = bytes([0x11, 0x50]) + struct.pack("<HII", 4, 0x2000 | 0, 0) + bytes(4)
    msi = bytes([0x05, 0]) + struct.pack("<H", 0x80 | 2 << 1) + bytes(10)
    put("/sys/bus/pci/devices/0000:00:02.0/config", configuration_space(msix + msi))
    put("/sys/bus/pci/devices/0000:00:02.0/resource", resources((0xc0000000, 0xc0003fff, 0x140204), (0, 0, 0), (0xd000, 0xd03f, 0x101)))
    put("/sys/bus/pci/devices/0000:00:03.0/config", configuration_space(bridge=True, busses=(1, 1)))
    put("/sys/bus/pci/devices/0000:00:03.0/resource", resources())
    put("/sys/bus/pci/devices/0000:01:00.0/config", configuration_space())
    put("/sys/bus/pci/devices/0000:01:00.0/resource", resources())
    ioapic = struct.pack("<BBBBII", 1, 12, 2, 0, 0xfec00000, 0)
    put("/sys/firmware/acpi/tables/APIC", acpi(b"APIC", bytes(8) + struct.pack("<BBBBI", 0, 8, 0, 0, 1) + ioapic))
    sysfs_parser.set_root_dir(str(tmp_path))
    yield put
    sysfs_parser.set_root_dir("/")


def test_memory_leaves_out_what_the_hypervisor_handles(machine):
    devices = sysfs_parser.parse_pcidevices()
    regions, units = sysfs_parser.parse_iomem(devices)
    assert [unit.start for unit in units] == [0xfed90000]
    text = [str(region) for region in regions]
    assert "00100000-39ffffff : System RAM" in text and "fed00000-fed003ff : HPET 0" in text
    assert not [line for line in text if "APIC" in line or "MMCONFIG" in line or "dmar" in line]
    assert {"c0000000-c0001fff : 0000:00:02.0", "c0003000-c0003fff : 0000:00:02.0"} <= set(text), "the page of the MSI-X table"
    assert str(sysfs_parser.find_reserved(regions, 0x5200000)) == "3a000000-3f1fffff : Reserved"
    assert sysfs_parser.find_reserved(regions, 0x5200001) is None


def test_ports_and_what_root_may_have(machine):
    ports = {port.typestr: port.permit for port in sysfs_parser.parse_ioports()}
    assert ports == {"timer0": True, "serial": False, "rtc0": True, "PCI conf1": False, "0000:00:1f.3": True}


def test_devices_with_bars_and_capabilities(machine):
    first, bridge, behind = sysfs_parser.parse_pcidevices()
    assert (str(first), first.bdf(), first.type) == ("0000:00:02.0", 0x10, "JAILHOUSE_PCI_TYPE_DEVICE")
    assert first.bars.mask == [0xffffc000, 0xffffffff, 0xffffffc0, 0, 0, 0]
    assert [(str(cap.id), cap.start, cap.len) for cap in first.caps] == [("MSIX", 0x40, 12), ("MSI", 0x50, 14)]
    assert (first.num_msix_vectors, first.msix_address, first.msix_size, first.num_msi_vectors, first.msi_64bits) == (5, 0xc0002000, 0x1000, 4, True)
    assert bridge.type == "JAILHOUSE_PCI_TYPE_BRIDGE" and sysfs_parser.PCIPCIBridge.get_2nd_busses(bridge) == (1, 1)
    assert behind.caps_start == 2
    with pytest.raises(RuntimeError):
        sysfs_parser.PCIPCIBridge.get_2nd_busses(first)


def test_a_chain_of_capabilities_that_runs_in_circles_ends(machine):
    machine("/sys/bus/pci/devices/0000:00:02.0/config", configuration_space(bytes([0x01, 0x40]) + bytes(6)))
    assert len(sysfs_parser.parse_pcidevices()[0].caps) == 1


def test_ioapics_and_intel_units(machine):
    devices, ioapics = sysfs_parser.parse_pcidevices(), sysfs_parser.parse_madt()
    assert [(chip.id, chip.address, chip.gsi_base) for chip in ioapics] == [(2, 0xfec00000, 0)]
    bridge_scope = struct.pack("<BBHBBBB", 2, 8, 0, 0, 0, 3, 0)
    ioapic_scope = struct.pack("<BBHBBBB", 3, 8, 0, 2, 0xf0, 0x1f, 0)
    first = bridge_scope + ioapic_scope
    drhd = struct.pack("<HHBBHQ", 0, 16 + len(first), 0, 0, 0, 0xfed90000) + first
    rest = struct.pack("<HHBBHQ", 0, 16, 1, 0, 0, 0xfed91000)
    rmrr = struct.pack("<HHHHQQ", 1, 24, 0, 0, 0x7d000000, 0x7d0fffff)
    machine("/sys/firmware/acpi/tables/DMAR", acpi(b"DMAR", bytes(12) + drhd + rest + rmrr))
    units, regions = sysfs_parser.parse_dmar(devices, ioapics, [])
    assert [(unit.base_addr, unit.is_amd_iommu) for unit in units] == [(0xfed90000, False), (0xfed91000, False)]
    assert [str(region) for region in regions] == ["7d000000-7d0fffff : ACPI DMAR RMRR"]
    assert [device.iommu for device in devices] == [1, 0, 0]
    assert ioapics[0].irqchip_id() == 0xf0f8


def test_amd_units(machine):
    devices, ioapics = sysfs_parser.parse_pcidevices(), sysfs_parser.parse_madt()
    entries = struct.pack("<BHB", 3, 0x10, 0) + struct.pack("<BHB", 4, 0x18, 0) + struct.pack("<BHBBHB", 72, 0, 0, 2, 0xa0, 1)
    old = struct.pack("<BBHHHQHHI", 0x10, 0, 24 + len(entries), 2, 0x40, 0xfeb80000, 0, 0, 7) + entries
    new = struct.pack("<BBHHHQHHI", 0x11, 0, 40 + len(entries), 2, 0x40, 0xfeb80000, 0, 0, 0) + bytes(16) + entries
    ivmd = struct.pack("<BBHHHQQQ", 0x20, 0, 32, 0, 0, 0, 0x7e000000, 0x1000)
    machine("/sys/firmware/acpi/tables/IVRS", acpi(b"IVRS", bytes(12) + old + new + ivmd))
    units, regions = sysfs_parser.parse_ivrs(devices, ioapics)
    assert [(unit.is_amd_iommu, unit.base_addr, unit.amd_bdf, unit.amd_base_cap, unit.mmio_size) for unit in units] == [(True, 0xfeb80000, 2, 0x40, 0x80000)]
    assert [region.start for region in regions] == [0x7e000000]
    assert [device.iommu for device in devices] == [0, 0, None] and ioapics[0].irqchip_id() == 0xa0


def test_missing_and_damaged_tables_are_errors(machine):
    assert sysfs_parser.parse_dmar([], [], []) == ([], []) and sysfs_parser.parse_ivrs([], []) == ([], [])
    for table, reader in ((b"DMAR", lambda: sysfs_parser.parse_dmar([], [], [])), (b"IVRS", lambda: sysfs_parser.parse_ivrs([], []))):
        for body in (bytes(12) + b"\0\0\0\0", bytes(12) + b"\0\0\xff\xff" + bytes(40), bytes(3)):
            machine(f"/sys/firmware/acpi/tables/{table.decode()}", acpi(table, body))
            with pytest.raises(RuntimeError, match=table.decode()):
                reader()
        machine(f"/sys/firmware/acpi/tables/{table.decode()}", acpi(table, bytes(13))[:-1])
        with pytest.raises(RuntimeError, match="says that it has 49 bytes, 48 are there"):
            reader()
    machine("/proc/iomem", "00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n")
    with pytest.raises(RuntimeError, match="Run as root"):
        sysfs_parser.parse_iomem([])
    with pytest.raises(RuntimeError, match="list of"):
        sysfs_parser.input_open("/etc/passwd")
    assert sysfs_parser.get_cpu_vendor() == "GenuineIntel"


@pytest.mark.parametrize("name,table", [("APIC", b"APIC"), ("DMAR", b"DMAR"), ("IVRS", b"IVRS")])
def test_any_table_ends_in_a_result_or_an_error_of_one_kind(machine, name, table):
    source = random.Random(5)
    devices = sysfs_parser.parse_pcidevices()
    readers = {"APIC": sysfs_parser.parse_madt, "DMAR": lambda: sysfs_parser.parse_dmar(devices, [], []), "IVRS": lambda: sysfs_parser.parse_ivrs(devices, [])}
    for _ in range(400):
        body = bytes(12) + bytes(source.choice((0, 1, 2, 3, 8, 16, 24, 40, 0x10, 0x20, 72, 255, source.randrange(256))) for _ in range(source.randrange(90)))
        machine(f"/sys/firmware/acpi/tables/{name}", acpi(table, body))
        try:
            readers[name]()
        except RuntimeError:
            pass
