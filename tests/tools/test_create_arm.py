# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""jailhouse config create on the device trees that Debian's kernel packages contain, judged by a second reader of them (fdt.py)."""
import glob
import os
import re
import shutil
import subprocess

import pytest

import fdt
from test_create import regions
from test_hardware import BUILD, TOP, run

PACKAGES = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "jailhouse", "debs")

# Name of the file, package; options for what the boot loader fills in; architecture, console, and the interrupt controller by its manual
BOARDS = {
    "bananapi": ("armmp-lpae", "sun7i-a20-bananapi.dtb", ["--memory", "0x40000000+1G"], "arm", "8250",
                 "gicd: 0x1c81000, gicc: 0x1c82000, gich: 0x1c84000, gicv: 0x1c86000"),
    "jetson-tk1": ("armmp-lpae", "tegra124-jetson-tk1.dtb", [], "arm", "8250",
                   "gicd: 0x50041000, gicc: 0x50042000, gich: 0x50044000, gicv: 0x50046000"),
    "orangepi-pc": ("armmp-lpae", "sun8i-h3-orangepi-pc.dtb", ["--memory", "0x40000000+1G", "--console", "/soc/serial@1c28400"], "arm", "8250",
                    "gicd: 0x1c81000, gicc: 0x1c82000, gich: 0x1c84000, gicv: 0x1c86000"),
    "vexpress-a15": ("armmp-lpae", "vexpress-v2p-ca15-tc1.dtb", ["--console", "serial1"], "arm", "pl011",
                     "gicd: 0x2c001000, gicc: 0x2c002000, gich: 0x2c004000, gicv: 0x2c006000"),
    "jetson-tx1": ("arm64", "tegra210-p2371-2180.dtb", [], "arm64", "8250",
                   "gicd: 0x50041000, gicc: 0x50042000, gich: 0x50044000, gicv: 0x50046000"),
    "hikey": ("arm64", "hi6220-hikey.dtb", [], "arm64", "pl011", "gicd: 0xf6801000, gicc: 0xf6802000, gich: 0xf6804000, gicv: 0xf6806000"),
    "amd-overdrive": ("arm64", "amd-overdrive-rev-b1.dtb", ["--memory", "0x8000000000+16G"], "arm64", "pl011",
                      "gicd: 0xe1110000, gicc: 0xe112f000, gich: 0xe1140000, gicv: 0xe1160000"),
    "zcu102": ("arm64", "zynqmp-zcu102-rev1.0.dtb", [], "arm64", "xuartps", "gicd: 0xf9010000, gicc: 0xf902f000, gich: 0xf9040000, gicv: 0xf906f000"),
    "ultra96": ("arm64", "avnet-ultra96-rev1.dtb", [], "arm64", "xuartps", "gicd: 0xf9010000, gicc: 0xf902f000, gich: 0xf9040000, gicv: 0xf906f000"),
    "rpi4": ("arm64", "bcm2711-rpi-4-b.dtb", ["--memory", "0+948M"], "arm64", "8250",
             "gicd: 0xff841000, gicc: 0xff842000, gich: 0xff844000, gicv: 0xff846000"),
}

GIC = ("arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,gic-v3")


class Board:
    """A tree and what the command made of it."""

    def __init__(self, name, folder):
        self.package, self.file, self.options, self.arch, self.console, self.gic = BOARDS[name]
        self.path = os.path.join(folder, self.file)
        self.text = create_from(self.path, self.options)
        self.regions = regions(self.text)
        with open(self.path, "rb") as blob:
            self.root = fdt.parse(blob.read())

    def nodes(self):
        return list(self.root.walk())


def create_from(path, options):
    done = run("config", "create", "--dtb", path, *options, "-")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session", name="trees")
def fixture_trees():
    """The trees of all boards, out of the packages that set-up has fetched: those of the newest kernel. Unpacking takes long, so they are kept."""
    folder = os.path.join(BUILD, "tests", "dtbs")
    os.makedirs(folder, exist_ok=True)
    for flavour in {board[0] for board in BOARDS.values()}:
        wanted = [board[1] for board in BOARDS.values() if board[0] == flavour]
        packages = sorted(glob.glob(os.path.join(PACKAGES, f"linux-image-*-{flavour}_*.deb")))
        if packages and not all(os.path.exists(os.path.join(folder, name)) for name in wanted):
            unpack(packages[-1], wanted, folder)
    return folder


def unpack(package, names, folder):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as files:
        subprocess.run(["tar", "-x", "-C", folder, "--transform", "s,.*/,,", "--wildcards", *[f"*/{name}" for name in names]],
                       stdin=files.stdout, check=True)


@pytest.fixture(scope="session", name="board", params=list(BOARDS))
def fixture_board(request, trees):
    if not os.path.exists(os.path.join(trees, BOARDS[request.param][1])):
        pytest.skip("the kernel package of this architecture is not there: make setup ARCH=arm64 or arm fetches it")
    return Board(request.param, trees)


def test_rules_are_kept(board, tmp_path):
    (tmp_path / "system.yaml").write_text(board.text)
    done = run("config", "check", tmp_path / "system.yaml")
    assert done.returncode == 0 and "0 errors, 0 warnings" in done.stdout, done.stdout + done.stderr


def covered(board, address):
    return any(start <= address < end for _, _, start, end in board.regions)


def page(address):
    return address & ~4095


def devices(board):
    """(node, start, size) of registers: not RAM, not the interrupt controller."""
    for node in board.nodes():
        above = node
        while above is not None and above.name != "reserved-memory":
            above = above.parent
        if above is None and node.text("device_type") != "memory" and not set(node.texts("compatible")) & set(GIC):
            for start, size in node.regs():
                yield node, start, size


def test_head_is_the_boards(board):
    assert f"\narch: {board.arch}\n" in board.text and f"console: {{type: {board.console}, mmio: " in board.text
    assert board.gic in board.text and "maintenance_irq: 25" in board.text
    cpus = [node for node in board.nodes() if node.text("device_type") == "cpu"]
    assert f"\ncpus: 0-{len(cpus) - 1}\n" in board.text


def gic_pages(board):
    base = {name: int(value, 16) for name, value in re.findall(r"(gic\w): (0x[0-9a-f]+)", board.gic)}
    return {base["gicd"], *(base[part] + n * 4096 for part in ("gicc", "gich", "gicv") for n in (0, 1))}


def firmware_pages(board):
    pages = set()
    for node in board.nodes():
        if node.parent and node.parent.name == "reserved-memory" and "no-map" in node.props:
            for start, size in node.regs():
                pages |= set(range(page(start), start + size, 4096))
    return pages


def test_every_device_of_the_tree_is_roots(board):
    left_out = gic_pages(board) | firmware_pages(board)
    for node, start, size in devices(board):
        for address in (page(start), page(start + size - 1)):
            assert covered(board, address) or address in left_out, f"{node.name}: {address:#x}"


def test_nothing_is_roots_that_is_not_in_the_tree(board):
    known = [(page(start), page(start + size + 4095)) for _, start, size in devices(board)]
    for node in board.nodes():
        if node.text("device_type") == "memory":
            known += [(page(start), page(start + size + 4095)) for start, size in node.regs()]
        if node.text("device_type") == "pci" and "ranges" in node.props:
            parent, cells = node.parent.count("#address-cells", 2), node.cells("ranges")
            for at in range(0, len(cells) - 4 - parent, 5 + parent):
                start, size = fdt.number(cells[at + 3:at + 3 + parent]), fdt.number(cells[at + 3 + parent:at + 5 + parent])
                known.append((page(start), page(start + size + 4095)))
    for start, size in re.findall(r"(\w+)\+(\w+)", " ".join(board.options)):
        known.append((int(start, 0), int(start, 0) + (int(size[:-1]) << {"M": 20, "G": 30}[size[-1]])))
    known.sort()
    for name, _, start, end in board.regions:
        at = start
        for a, b in known:
            at = max(at, b) if a <= at else at
        assert at >= end, f"{name}: {at:#x} is in no node"


def test_interrupt_controller_and_firmware_are_left_out(board):
    for address in gic_pages(board) | firmware_pages(board):
        assert not covered(board, address), hex(address)


def test_hypervisor_has_aligned_memory_that_root_has_not(board):
    start, size = re.search(r"memory: \{phys: (0x[0-9a-f]+), size: (\d+)M\}", board.text).groups()
    start, size = int(start, 16), int(size) << 20
    assert not start % (2 << 20) and not covered(board, start) and not covered(board, start + size - 4096)


def test_every_interrupt_of_a_node_is_roots(board):
    last = int(re.search(r"pins: 32-(\d+)", board.text).group(1))
    own = next(node for node in board.nodes() if set(node.texts("compatible")) & set(GIC))
    for node in board.nodes():
        parent = node
        while parent is not None and "interrupt-parent" not in parent.props:
            parent = parent.parent
        if parent is None or own.props.get("phandle") != parent.props["interrupt-parent"]:
            continue
        cells = node.cells("interrupts")
        assert all(cells[n + 1] + 32 <= last for n in range(0, len(cells) - 2, 3) if cells[n] == 0), node.name


# --- configurations that are kept ---------------------------------------------------------------------

def entries(text):
    """The lines of a configuration without comments."""
    return [line.split("#")[0].rstrip() for line in text.splitlines() if line.split("#")[0].strip()]


@pytest.mark.parametrize("name", ("orangepi-pc", "vexpress-a15"))
def test_kept_configuration_is_what_the_command_makes(trees, name):
    _, file, options, arch, *_ = BOARDS[name]
    if not os.path.exists(os.path.join(trees, file)):
        pytest.skip("the kernel package of this architecture is not there: make setup ARCH=arm fetches it")
    with open(os.path.join(TOP, "configs", arch, f"{name}.yaml"), encoding="utf-8") as kept:
        assert entries(kept.read()) == entries(create_from(os.path.join(trees, file), [*options, "--name", name]))


# --- trees that are not as they should be ------------------------------------------------------------

def test_what_is_no_tree_is_refused(tmp_path):
    for content in (b"", b"\xd0\x0d\xfe\xed", b"\xd0\x0d\xfe\xed" + bytes(100)):
        (tmp_path / "x.dtb").write_bytes(content)
        done = run("config", "create", "--dtb", tmp_path / "x.dtb", "-")
        assert done.returncode == 1 and "no device tree can be read" in done.stderr


def test_on_arm_only_blocks_that_are_offline_already_are_believed(tmp_path, trees):
    """Linux for ARM64 takes no memory offline that was there at boot; with an archive nothing can be tried."""
    path = os.path.join(trees, BOARDS["zcu102"][1])
    if not os.path.exists(path):
        pytest.skip("the kernel package for arm64 is not there")
    memory = tmp_path / "sys/devices/system/memory"
    (tmp_path / "sys/firmware").mkdir(parents=True)
    shutil.copy(path, tmp_path / "sys/firmware/fdt")
    (tmp_path / "jailhouse").mkdir()
    (tmp_path / "jailhouse/machine").write_text("aarch64\n")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text("\n")
    memory.mkdir(parents=True)
    (memory / "block_size_bytes").write_text("8000000\n")
    for block in range(8):
        (memory / f"memory{block}").mkdir()
        (memory / f"memory{block}/state").write_text("online\n")
    done = run("config", "create", "--root", tmp_path, "-")
    assert done.returncode == 0 and "anywhere" not in done.stdout and "Start the kernel with mem=" in done.stderr, done.stderr
    (memory / "memory3/state").write_text("offline\n")
    done = run("config", "create", "--root", tmp_path, "-")
    assert done.stdout.count("phys: anywhere") == 2 and "such as memory block 3" in done.stdout, done.stdout + done.stderr
