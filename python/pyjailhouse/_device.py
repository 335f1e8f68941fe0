# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""/dev/jailhouse: requests as bytes (include/jailhouse/ioctl.h)."""
from __future__ import annotations

import ctypes
import errno as errnos
import fcntl
import os
import struct
from typing import List, Sequence, Tuple, Union

from .errors import REFUSAL_SIZE, JailhouseError, Refusal, RefusedError, open_error

DEVICE = "/dev/jailhouse"

_POINTER = struct.calcsize("P")


def _iow(number: int, size: int) -> int:
    return 1 << 30 | size << 16 | number


ENABLE = _iow(0, _POINTER)
DISABLE = 1
CELL_CREATE = _iow(2, 16)
CELL_LOAD = _iow(3, 48)
CELL_START = _iow(4, 40)
CELL_DESTROY = _iow(5, 40)
GET_REFUSAL = 2 << 30 | REFUSAL_SIZE << 16 | 0x40
VERIFY = 2 << 30 | 64 << 16 | 0x42

NAMES = {ENABLE: "JAILHOUSE_ENABLE", DISABLE: "JAILHOUSE_DISABLE", CELL_CREATE: "JAILHOUSE_CELL_CREATE", CELL_LOAD: "JAILHOUSE_CELL_LOAD",
         CELL_START: "JAILHOUSE_CELL_START", CELL_DESTROY: "JAILHOUSE_CELL_DESTROY", VERIFY: "JAILHOUSE_VERIFY"}

ANY_ID = -1
NAME_LENGTH = 31


def path() -> str:
    """The device, or the file that JAILHOUSE_DEVICE names"""
    return os.environ.get("JAILHOUSE_DEVICE", DEVICE)


def open_device(flags: int = 0) -> int:
    """A file descriptor. Raises NotLoadedError without the driver, JailhouseError otherwise."""
    try:
        return os.open(path(), os.O_RDWR | os.O_CLOEXEC | flags)
    except OSError as error:
        if error.errno not in (errnos.EACCES, errnos.EROFS):
            raise open_error(error.errno or 0, path()) from None
    try:
        return os.open(path(), os.O_RDONLY | os.O_CLOEXEC | flags)
    except OSError as error:
        raise open_error(error.errno or 0, path()) from None


def _refusal(fd: int) -> Refusal:
    """Why the last request on @fd failed; rule 0: an older driver, or an error without a rule"""
    data = bytearray(REFUSAL_SIZE)
    try:
        fcntl.ioctl(fd, GET_REFUSAL, data)
    except OSError:
        return Refusal(0, 0)
    return Refusal.unpack(bytes(data))


def request(number: int, argument: Union[bytearray, int] = 0) -> None:
    """One ioctl on a file of its own. @argument: what the driver reads (and may write), or a number.

    Raises RefusedError with the reason, JailhouseError for errors without one."""
    fd = open_device()
    try:
        fcntl.ioctl(fd, number, argument)
    except OSError as error:
        refusal = _refusal(fd)
        if refusal.rule:
            raise RefusedError(NAMES[number], refusal, error.errno or 0) from None
        raise JailhouseError(error.errno or 0, NAMES[number], 'See the end of the kernel log (dmesg) and "jailhouse console".') from None
    finally:
        os.close(fd)


def _address(buffer: "ctypes.Array[ctypes.c_char]") -> int:
    return ctypes.addressof(buffer)


def cell_id(ident: int = ANY_ID, name: str = "") -> bytes:
    """struct jailhouse_cell_id. Raises ValueError for a name that cannot be a cell's."""
    if ident == ANY_ID and not 1 <= len(name.encode()) <= NAME_LENGTH:
        raise ValueError(f'"{name}" is not a possible cell name: 1 to {NAME_LENGTH} characters')
    return struct.pack("<iI32s", ident, 0, name.encode())


def enable(config: bytes) -> None:
    """The argument of ENABLE is the configuration itself, longer than what Python copies for an ioctl: by its address."""
    buffer = ctypes.create_string_buffer(config, len(config))
    _by_address(ENABLE, _address(buffer))


def create(config: bytes) -> None:
    buffer = ctypes.create_string_buffer(config, len(config))
    request(CELL_CREATE, bytearray(struct.pack("<QII", _address(buffer), len(config), 0)))


def load(cell: bytes, images: Sequence[Tuple[bytes, int]]) -> None:
    """@images: content and address as the cell sees it; none: the cell is shut down"""
    buffers: List["ctypes.Array[ctypes.c_char]"] = [ctypes.create_string_buffer(content, max(len(content), 1)) for content, _ in images]
    entries = b"".join(struct.pack("<QQQQ", _address(buffer), len(content), address, 0)
                       for buffer, (content, address) in zip(buffers, images))
    argument = ctypes.create_string_buffer(cell + struct.pack("<II", len(images), 0) + entries)
    _by_address(CELL_LOAD, _address(argument))


class _Libc:
    """ioctl() with a plain address: fcntl.ioctl() takes numbers of 32 bits only."""

    def __init__(self) -> None:
        self._ioctl = ctypes.CDLL(None, use_errno=True).ioctl
        self._ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]

    def ioctl(self, fd: int, number: int, address: int) -> int:
        """errno, 0: it succeeded"""
        ctypes.set_errno(0)
        return ctypes.get_errno() if self._ioctl(fd, number, address) < 0 else 0


def _by_address(number: int, address: int) -> None:
    fd = open_device()
    try:
        error = _Libc().ioctl(fd, number, address)
        refusal = _refusal(fd) if error else None
    finally:
        os.close(fd)
    if refusal and refusal.rule:
        raise RefusedError(NAMES[number], refusal, error)
    if error:
        raise JailhouseError(error, NAMES[number], 'See the end of the kernel log (dmesg) and "jailhouse console".')
