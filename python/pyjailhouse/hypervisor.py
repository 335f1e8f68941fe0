# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The hypervisor and its cells, for programs.

Requests raise `RefusedError` with the sentence of the command, `NotLoadedError` without the driver, `JailhouseError` for what has no rule;
a request that raises has changed nothing. What only reads sysfs needs no rights and, without the driver, finds nothing enabled.
"""
from __future__ import annotations

import errno as errnos
import os
import select
import socket
import struct
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple, Type, Union

from . import _command, _device
from .config_parser import CellConfig, SystemConfig
from .errors import JailhouseError, NotEnabledError

SYSFS = "/sys/devices/jailhouse"
PAGE_SIZE = 4096

Content = Union[bytes, str, "os.PathLike[str]"]
Image = Tuple[Content, int]
CpuStatistics = Dict[str, int]

RUNNING, RUNNING_LOCKED, SHUT_DOWN, FAILED, WRONG_ABI = "running", "running/locked", "shut down", "failed", "Comm ABI mismatch"


def _sysfs() -> Path:
    return Path(os.environ.get("JAILHOUSE_SYSFS", SYSFS))


def _read(path: Path) -> str:
    """First line, "" if there is none"""
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")[0]
    except OSError:
        return ""


def _content(source: Content) -> bytes:
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _binary(source: Content) -> bytes:
    data = _content(source)
    return _command.compiled(source) if _command.is_text(data) else data


def _cpu_list(text: str) -> Set[int]:
    """ "0-2,5" """
    cpus: Set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit():
            cpus.update(range(int(first), int(last or first) + 1))
    return cpus


@dataclass(frozen=True)
class HypervisorInfo:
    """State of the hypervisor. Pool sizes are in bytes; `mitigations` as the driver says, "" when not enabled."""

    enabled: bool
    mem_pool_size: int
    mem_pool_used: int
    remap_pool_size: int
    remap_pool_used: int
    mitigations: str


@dataclass(frozen=True)
class Statistics:
    """Counters of exits. `total`: of the cell; `cpus`: by CPU; all counts since the CPUs belong to the cell. `time`: seconds of
    time.monotonic() when they were read."""

    total: CpuStatistics
    cpus: Dict[int, CpuStatistics]
    time: float

    def __getitem__(self, name: str) -> int:
        return self.total[name]

    def rates(self, before: "Statistics") -> Dict[str, float]:
        """Exits per second since @before, an earlier reading of the same cell; a counter that started again counts from 0"""
        seconds = max(self.time - before.time, 1e-9)
        return {name: max(value - before.total.get(name, 0), 0) / seconds for name, value in self.total.items()}


@dataclass(frozen=True)
class Event:
    """Something happened to a cell. action: "add", "remove", "change"; `state`: the new one, of a removed cell the last."""

    action: str
    cell: int
    name: str
    state: str


class Cell:
    """A cell, by its id. As a context manager it is destroyed at the end of the block."""

    def __init__(self, ident: int):
        self.id = ident
        self._folder = _sysfs() / "cells" / str(ident)

    def __repr__(self) -> str:
        return f"<Cell {self.id} \"{self.name}\": {self.state or 'gone'}>"

    def __enter__(self) -> "Cell":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if self.exists():
            self.destroy()

    def exists(self) -> bool:
        return self._folder.is_dir()

    @property
    def name(self) -> str:
        return _read(self._folder / "name")

    @property
    def state(self) -> str:
        """RUNNING, RUNNING_LOCKED, SHUT_DOWN, FAILED or WRONG_ABI; "" when the cell is gone"""
        return _read(self._folder / "state")

    @property
    def cpus(self) -> Set[int]:
        """CPUs that are the cell's"""
        return _cpu_list(_read(self._folder / "cpus_assigned_list"))

    @property
    def failed_cpus(self) -> Set[int]:
        """CPUs that were stopped for breaking the cell's borders"""
        return _cpu_list(_read(self._folder / "cpus_failed_list"))

    @property
    def dma(self) -> str:
        """What its devices reach: "none", "isolated", "not isolated" """
        return _read(self._folder / "dma")

    def statistics(self) -> Statistics:
        """How often its CPUs called for the hypervisor, by reason. Empty when the cell is gone."""
        folder = self._folder / "statistics"
        cpus = {int(path.name[3:]): _counters(path) for path in folder.glob("cpu*") if path.name[3:].isdigit()}
        return Statistics(_counters(folder), dict(sorted(cpus.items())), time.monotonic())

    def _key(self) -> bytes:
        return _device.cell_id(self.id)

    def load(self, images: Iterable[Image]) -> None:
        """Stops the cell and copies images: (path or bytes, address as the cell sees it). Raises OSError for files, RefusedError."""
        _device.load(self._key(), [(_content(source), address) for source, address in images])

    def start(self) -> None:
        """Lets the cell run from its reset address on. Raises RefusedError."""
        _device.request(_device.CELL_START, bytearray(self._key()))

    def shutdown(self) -> None:
        """Asks the cell to end and stops its CPUs; waits for its answer. Raises RefusedError when it denies."""
        _device.load(self._key(), [])

    def destroy(self) -> None:
        """Gives everything back to the root cell; waits for the cell's answer. Raises RefusedError when it denies."""
        _device.request(_device.CELL_DESTROY, bytearray(self._key()))

    def wait_for(self, state: str, timeout: float = 10.0) -> None:
        """Waits until the cell has @state. Raises TimeoutError after @timeout seconds."""
        deadline = time.monotonic() + timeout
        while self.state != state:
            if time.monotonic() >= deadline:
                raise TimeoutError(f"cell {self.id} is \"{self.state}\" after {timeout} seconds, not \"{state}\"")
            time.sleep(0.05)


def _counters(folder: Path) -> CpuStatistics:
    values = {path.name: _read(path) for path in sorted(folder.glob("vmexits_*"))}
    return {name: int(text) for name, text in values.items() if text.isdigit()}


class Hypervisor:
    """The hypervisor of this machine."""

    @property
    def loaded(self) -> bool:
        """Is the driver there?"""
        return _sysfs().is_dir()

    @property
    def enabled(self) -> bool:
        return _read(_sysfs() / "enabled") == "1"

    def info(self) -> HypervisorInfo:
        def pool(name: str) -> int:
            return int(_read(_sysfs() / name) or 0) * PAGE_SIZE

        return HypervisorInfo(self.enabled, pool("mem_pool_size"), pool("mem_pool_used"), pool("remap_pool_size"), pool("remap_pool_used"),
                              _read(_sysfs() / "mitigations"))

    def last_refusal(self) -> str:
        """Sentence of the last refused request, whoever made it; "" if there was none"""
        return _read(_sysfs() / "refusal")

    def enable(self, config: Content) -> None:
        """Puts Linux into the root cell. @config: a system configuration, text or binary, or its path. Takes memory offline for it as the
        command does, by the command; without the command only memory that is reserved will do, and no text. Raises RefusedError,
        JailhouseError when no memory is to be had, ConfigError for a text that is wrong, RuntimeError when it is no system configuration."""
        data = _binary(config)
        SystemConfig(data)
        if _command.find():
            _command.run(["enable"], config)
        else:
            _device.enable(data)

    def disable(self) -> None:
        """Destroys all cells and gives the machine and its memory back to Linux. Raises RefusedError when a cell denies."""
        if _command.find():
            _command.run(["disable"])
        else:
            _device.request(_device.DISABLE)

    @contextmanager
    def enabled_with(self, config: Content) -> Iterator["Hypervisor"]:
        """Enabled for the length of a block"""
        self.enable(config)
        try:
            yield self
        finally:
            if self.enabled:
                self.disable()

    def create(self, config: Union[CellConfig, Content]) -> Cell:
        """A new cell of a configuration, text or binary, or its path. Raises RefusedError, and JailhouseError when there is no memory for
        it; ConfigError for a text that is wrong, RuntimeError when it is no cell configuration."""
        parsed = config if isinstance(config, CellConfig) else CellConfig(_binary(config))
        _command.create(config if _command.find() and not isinstance(config, CellConfig) else parsed.data)
        return self.cell(parsed.name)

    def cells(self) -> List[Cell]:
        """All cells, the root cell first"""
        folder = _sysfs() / "cells"
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError:  # not enabled, or just disabled
            names = []
        return [Cell(ident) for ident in sorted(int(name) for name in names if name.isdigit())]

    def cell(self, which: Union[int, str]) -> Cell:
        """By id or name. Raises KeyError if there is none."""
        for cell in self.cells():
            if which in (cell.id, cell.name):
                return cell
        raise KeyError(f"There is no such cell: {which}")

    @property
    def root(self) -> Cell:
        """The cell in which Linux runs. Raises NotEnabledError."""
        if not self.enabled:
            raise NotEnabledError(errnos.EINVAL, "The root cell", 'Use "jailhouse enable" first.')
        return self.cell(0)

    def verify(self) -> "Verification":
        """Lets the hypervisor prove that its cells are isolated. Raises RefusedError, also when another request is at work."""
        result = bytearray(64)
        _device.request(_device.VERIFY, result)
        digest, mappings, *rest = struct.unpack("<QQ7IIiIQ", bytes(result))
        return Verification(digest, mappings, dict(zip(CLAUSES, rest[:7])))

    def console(self, follow: bool = False) -> Iterator[bytes]:
        """Text of the hypervisor's console, in pieces: what is there; with @follow without an end, across disable and enable.

        Raises NotEnabledError when there is neither a hypervisor nor a log of an earlier run, JailhouseError (EPERM) when the system
        configuration does not permit to read it."""
        fd = _device.open_device(0 if follow else os.O_NONBLOCK)
        try:
            while True:
                try:
                    text = os.read(fd, 4096)
                except OSError as error:
                    raise _console_error(error.errno or 0) from None
                if text:
                    yield text
                elif not follow:
                    return
        finally:
            os.close(fd)

    def events(self, timeout: Optional[float] = None, poll: bool = False) -> Iterator[Event]:
        """What happens to cells from now on; ends when nothing has happened for @timeout seconds (None: never).

        By uevents of the kernel; with @poll, or where no such socket can be opened, by looking at sysfs ten times a second. Uevents come as
        the driver sends them, also of states that lasted less than that."""
        source = None if poll else _open_uevents()
        return _by_polling(self, _snapshot(self), timeout) if source is None else _by_uevents(source, timeout)


CLAUSES = ("granted", "complete", "sharing", "hypervisor", "permissions", "cpus", "host-tables")


@dataclass(frozen=True)
class Verification:
    """Result of a proof: digest and number of mappings, violations of each clause (man jailhouse-verify)"""

    digest: int
    mappings: int
    violations: Dict[str, int]

    @property
    def ok(self) -> bool:
        return not any(self.violations.values())


def _console_error(error: int) -> JailhouseError:
    if error == errnos.EAGAIN:
        return NotEnabledError(0, "Jailhouse is not enabled, and there is no log of an earlier run", 'Use "jailhouse enable" first.')
    if error == errnos.EPERM:
        return JailhouseError(error, "console", "The system configuration does not permit to read the hypervisor's console. "
                              "Set JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE.")
    return JailhouseError(error, _device.path())


# --- events -------------------------------------------------------------------------------------

_NETLINK_KOBJECT_UEVENT = 15
_KERNEL_GROUP = 1


def _open_uevents() -> Optional[socket.socket]:
    """The kernel's own messages, before udev: nothing but the kernel is needed. None: not permitted."""
    try:
        source = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, _NETLINK_KOBJECT_UEVENT)
        source.bind((0, _KERNEL_GROUP))
    except OSError:
        return None
    return source


def parse_uevent(message: bytes) -> Optional[Event]:
    """An event of the subsystem jailhouse, None for others"""
    words = message.split(b"\0")
    fields = dict(word.decode("utf-8", "replace").split("=", 1) for word in words[1:] if b"=" in word)
    if fields.get("SUBSYSTEM") != "jailhouse":
        return None
    ident = fields.get("DEVPATH", "").rsplit("/", 1)[-1]
    if not ident.isdigit():
        return None
    return Event(fields.get("ACTION", ""), int(ident), fields.get("CELL", ""), fields.get("STATE", ""))


def _by_uevents(source: socket.socket, timeout: Optional[float]) -> Iterator[Event]:
    with source:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([source], [], [], left)[0]:
                return
            # Others than the kernel (port 0) may send to this group if they are root; they are not asked.
            message, sender = source.recvfrom(65536)
            event = parse_uevent(message) if sender[0] == 0 else None
            if event:
                yield event
                deadline = None if timeout is None else time.monotonic() + timeout


def _snapshot(hypervisor: Hypervisor) -> Dict[int, Tuple[str, str]]:
    looked = {cell.id: (cell.name, cell.state) for cell in hypervisor.cells()}
    # A cell that went while it was looked at has no state, and may have no name.
    return {ident: seen for ident, seen in looked.items() if all(seen)}


def _differences(before: Dict[int, Tuple[str, str]], after: Dict[int, Tuple[str, str]]) -> Sequence[Event]:
    gone = [Event("remove", ident, name, state) for ident, (name, state) in before.items() if ident not in after or after[ident][0] != name]
    new = [Event("add", ident, name, state) for ident, (name, state) in after.items() if ident not in before or before[ident][0] != name]
    changed = [Event("change", ident, name, state) for ident, (name, state) in after.items()
               if ident in before and before[ident][0] == name and before[ident][1] != state]
    return gone + new + changed


def _by_polling(hypervisor: Hypervisor, before: Dict[int, Tuple[str, str]], timeout: Optional[float]) -> Iterator[Event]:
    last = time.monotonic()
    while timeout is None or time.monotonic() - last < timeout:
        time.sleep(0.1)
        after = _snapshot(hypervisor)
        for event in _differences(before, after):
            yield event
            last = time.monotonic()
        before = after
