# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Named numbers that may also have values without a name: registers and files of machines contain what nobody has listed."""
from __future__ import annotations

from typing import Any, ClassVar, Dict, Iterator


class _Names(type):
    """Makes each name in `_ids` an attribute of the class: an instance with that value."""

    _ids: Dict[str, int]

    def __new__(mcs, name: str, bases: Any, namespace: Dict[str, Any]) -> "_Names":
        cls = super().__new__(mcs, name, bases, namespace)
        for key, value in namespace.get("_ids", {}).items():
            setattr(cls, key, cls(value))
        return cls

    # Names are made from _ids; a type checker finds them here.
    def __getattr__(cls, name: str) -> Any:
        raise AttributeError(f"{cls.__name__} has no value called {name}")

    def __iter__(cls) -> "Iterator[Any]":
        return (cls(value) for value in cls._ids.values())

    def __len__(cls) -> int:
        return len(cls._ids)


class ExtendedEnum(metaclass=_Names):
    """Base of enumerations. A subclass lists `_ids = {"NAME": number}`; `Class.NAME` and `Class(number)` are instances.

    An instance is equal to its number, prints as its name, or as a hexadecimal number without one.
    """

    _ids: ClassVar[Dict[str, int]] = {}

    def __init__(self, value: int):
        self.value = int(value)

    @property
    def name(self) -> str:
        """The name, or "" for a value that has none."""
        return next((name for name, value in self._ids.items() if value == self.value), "")

    def __str__(self) -> str:
        return self.name or hex(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ExtendedEnum):
            return type(self) is type(other) and self.value == other.value
        return isinstance(other, int) and self.value == other

    def __hash__(self) -> int:
        return hash(self.value)

    def __int__(self) -> int:
        return self.value

    def __index__(self) -> int:
        return self.value
