# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""What can go wrong. The words are those of the jailhouse command: what, why, and the way out."""
from __future__ import annotations

import errno as errnos
import os
import struct
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

from . import _rules

_REFUSAL = struct.Struct("<IiHHHHii4Q32s32s")
REFUSAL_SIZE = _REFUSAL.size

_ARCHITECTURES = ("x86", "ARM", "ARM64")


@dataclass(frozen=True)
class Refusal:
    """Why the driver or the hypervisor refused a request, as data.

    rule:           number that never changes its meaning; 0: the error has no rule
    errno:          of the request, positive
    object, index:  part of the configuration ("memory", 3), "none": none in particular
    cell, other_cell: (id, name) of the cells concerned; id -1: the new one, or none
    values:         addresses, sizes and limits, in the order that the rule defines
    """

    rule: int
    errno: int
    object: str = "none"
    index: int = 0
    other_object: str = "none"
    other_index: int = 0
    cell: Tuple[int, str] = (-1, "")
    other_cell: Tuple[int, str] = (-1, "")
    values: Tuple[int, ...] = (0, 0, 0, 0)
    _objects: Tuple[int, int] = field(default=(0, 0), repr=False)

    @classmethod
    def unpack(cls, data: bytes) -> "Refusal":
        """From struct jailhouse_refusal"""
        rule, error, obj, index, other, other_index, cell, other_cell, *rest = _REFUSAL.unpack(data)
        return cls(rule, -error, _machine_name(obj), index, _machine_name(other), other_index, (cell, _name(rest[4])),
                   (other_cell, _name(rest[5])), tuple(rest[:4]), (obj, other))

    @classmethod
    def of_names(cls, rule: int, error: int, obj: str, index: int, other: str, other_index: int, cell: Tuple[int, str],
                 other_cell: Tuple[int, str], values: Tuple[int, ...]) -> "Refusal":
        """From the names of objects, as the command's JSON has them"""
        return cls(rule, error, obj, index, other, other_index, cell, other_cell, values, (_object_number(obj), _object_number(other)))

    @property
    def name(self) -> Optional[str]:
        """Identifier of the rule, "MEMORY_OVERLAP_PHYS"; None: this module does not know it"""
        entry = _rules.RULES.get(self.rule)
        return entry[0] if entry else None

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do. The same text as the command prints."""
        entry = _rules.RULES.get(self.rule)
        if not entry:
            return (f"Refused by rule {self.rule}, which this program does not know. Use command, module and hypervisor of the same build.")
        return f"{self._fill(entry[1])} {self._fill(entry[2])}"

    def _fill(self, text: str) -> str:
        parts: List[str] = []
        while text:
            before, brace, rest = text.partition("{")
            word, _, text = rest.partition("}")
            parts += [before, self._value(word)] if brace else [before]
        filled = "".join(parts)
        return filled[:1].upper() + filled[1:] + "."

    def _value(self, word: str) -> str:
        kind, number = word.rstrip("0123"), word[-1:]
        if word == "object":
            return _object_text(self._objects[0], self.index)
        if word == "other":
            return _object_text(self._objects[1], self.other_index)
        if word == "cell":
            return _cell_text(self.cell, "the cell")
        if word == "other_cell":
            return _cell_text(self.other_cell, "another cell")
        formats: Dict[str, Callable[[int], str]] = {"x": hex, "d": str, "bdf": _bdf_text, "arch": _architecture_text, "err": _error_text}
        return formats[kind](self.values[int(number)]) if kind in formats and number.isdigit() else ""


def _name(data: bytes) -> str:
    return data.split(b"\0")[0][:31].decode("latin-1")


def _machine_name(obj: int) -> str:
    return _rules.OBJECTS[obj][0] if obj < len(_rules.OBJECTS) else "unknown"


def _object_number(name: str) -> int:
    return next((number for number, entry in enumerate(_rules.OBJECTS) if entry[0] == name), len(_rules.OBJECTS))


def _object_text(obj: int, index: int) -> str:
    if obj >= len(_rules.OBJECTS):
        return f"object {index}"
    _, text, indexed = _rules.OBJECTS[obj]
    return f"{text}{index}" if indexed else text


def _cell_text(cell: Tuple[int, str], unnamed: str) -> str:
    ident, name = cell
    if ident == 0:
        return "the root cell"
    printable = "".join(c if " " <= c <= "~" else "?" for c in name)
    return f'cell "{printable}"' if name else unnamed


def _bdf_text(address: int) -> str:
    domain = f"{address >> 16:04x}:" if address >> 16 else ""
    return f"{domain}{address >> 8 & 0xff:02x}:{address >> 3 & 0x1f:02x}.{address & 7:x}"


def _architecture_text(number: int) -> str:
    return _ARCHITECTURES[number] if number < len(_ARCHITECTURES) else f"architecture {number}"


def _error_text(value: int) -> str:
    return f"error {(1 << 64) - value if value >> 63 else value}"


class JailhouseError(OSError):
    """A request that failed. `errno` is the system's number, `way_out` a sentence that says what to do, or ""."""

    def __init__(self, error: int, what: str, way_out: str = ""):
        super().__init__(error, f"{what}: {os.strerror(error)}" if error else what)
        self.what, self.way_out = what, way_out

    def __str__(self) -> str:
        return f"{self.strerror}\n{self.way_out}" if self.way_out else str(self.strerror)


class NotLoadedError(JailhouseError):
    """The driver is not there."""


class NotEnabledError(JailhouseError):
    """The hypervisor does not run."""


class RefusedError(JailhouseError):
    """The driver or the hypervisor refused; `refusal` says why, as data. Nothing was changed."""

    def __init__(self, request: str, refusal: Refusal, error: int):
        super().__init__(error, request, refusal.sentence)
        self.refusal = refusal


class ConfigError(RuntimeError):
    """A configuration as text that is wrong; `complaints`: all that is, each with file, line, column and the way out."""

    def __init__(self, complaints: List[str]):
        super().__init__("\n".join(complaints))
        self.complaints = complaints


def open_error(error: int, path: str) -> JailhouseError:
    """For a device that could not be opened with errno @error"""
    if error in (errnos.ENOENT, errnos.ENXIO, errnos.ENODEV):
        return NotLoadedError(error, path, 'The driver is not loaded: use "modprobe jailhouse" or "insmod jailhouse.ko" first.')
    return JailhouseError(error, path, "Run the command as root." if error in (errnos.EACCES, errnos.EPERM) else "")
