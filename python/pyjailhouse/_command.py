# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The jailhouse command, for what it alone knows: configurations as text, and memory that has to be taken from Linux first."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from . import _device
from .errors import ConfigError, JailhouseError, Refusal, RefusedError, open_error

Content = Union[bytes, str, "os.PathLike[str]"]

_BINARIES = (b"JHCLL", b"JHSYS", b"JHCELL", b"JHSYST")
_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def find() -> Optional[str]:
    """Its path: JAILHOUSE_COMMAND ("": none is used), or what PATH and the folders of administrators have; None: it is not installed"""
    named = os.environ.get("JAILHOUSE_COMMAND")
    if named is not None:
        return named or None
    return shutil.which("jailhouse") or shutil.which("jailhouse", path=os.pathsep.join(_FOLDERS))


def is_text(data: bytes) -> bool:
    return not data.startswith(_BINARIES)


def run(words: List[str], config: Optional[Content] = None, options: Sequence[str] = ()) -> None:
    """Runs one of its commands with a configuration as the last word. Raises what its report says."""
    command = find()
    if not command:
        raise JailhouseError(0, "A configuration as text needs the jailhouse command", 'Install it, or compile the text on another machine '
                             'with "jailhouse config compile".')
    if config is None or not isinstance(config, bytes):
        _call([command, *words, "--json", *options, *([] if config is None else [os.fspath(config)])])
        return
    with tempfile.NamedTemporaryFile(prefix="jailhouse-") as file:
        file.write(config)
        file.flush()
        _call([command, *words, "--json", *options, file.name])


def create(config: Content) -> None:
    """Creates a cell of a configuration, by the command if it is there, of a binary without it otherwise."""
    if find() or not isinstance(config, bytes):
        run(["cell", "create"], config)
    else:
        _device.create(config)


def compiled(config: Content) -> bytes:
    """The binary of a text; what is to be found is not found yet. Raises ConfigError with all that is wrong."""
    with tempfile.TemporaryDirectory(prefix="jailhouse-") as folder:
        out = os.path.join(folder, "binary")
        run(["config", "compile"], config, ["--no-check", "-o", out])
        with open(out, "rb") as file:
            return file.read()


def _call(arguments: List[str]) -> None:
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    if done.returncode:
        raise _error(done.stdout, done.stderr.strip())


def _error(out: str, said: str) -> Exception:
    try:
        error: Dict[str, Any] = json.loads(out)["error"]
    except (ValueError, KeyError, TypeError):
        return JailhouseError(0, said or "the jailhouse command failed")
    if "complaints" in error:
        return ConfigError([_complaint(one) for one in error["complaints"]])
    if "rule" in error:
        return RefusedError(error["request"], _refusal(error), error["errno"])
    if error["what"] == _device.path() and error["errno"]:
        return open_error(error["errno"], error["what"])
    return JailhouseError(error["errno"], error["what"], error["way_out"] or "")


def _complaint(one: Dict[str, Any]) -> str:
    place = f"{one['file']}:{one['line']}:{one['column']}" if one["line"] else str(one["file"])
    return f"{place}: {one['what']}" + (f"\n    {one['way_out']}" if one["way_out"] else "")


def _party(one: Optional[Dict[str, Any]]) -> Tuple[int, str]:
    one = one or {}
    return (-1 if one.get("id") is None else int(one["id"]), one.get("name") or "")


def _refusal(error: Dict[str, Any]) -> Refusal:
    values = (list(error["values"]) + [0, 0, 0, 0])[:4]
    return Refusal.of_names(error["rule"], error["errno"], error.get("object", "none"), error.get("index", 0), error.get("other_object", "none"),
                            error.get("other_index", 0), _party(error.get("cell")), _party(error.get("other_cell")),
                            (values[0], values[1], values[2], values[3]))
