# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Several consoles on one screen, told apart by a coloured name in front of each line."""
import sys
import threading
import time

COLORS = {"root": "32", "cell": "36", "cell2": "35", "hv": "33"}
_lock = threading.Lock()


def paint(color, text):
    return f"\033[{color}m{text}\033[0m" if sys.stdout.isatty() else text


def show(name, text):
    """Prints text line by line as NAME| LINE."""
    prefix = paint(COLORS.get(name, "0"), f"{name:>5}|")
    with _lock:
        for line in text.splitlines():
            print(f"{prefix} {line}", flush=True)


def announce(text):
    with _lock:
        print(paint("1", text), flush=True)


class Follower(threading.Thread):
    """Prints what a console says while the machine runs; whole lines only, until the end."""

    def __init__(self, name, console):
        super().__init__(daemon=True)
        self.label, self.console, self.done, self.position = name, console, False, 0

    def run(self):
        while not self.done:
            self._step(False)
            time.sleep(0.05)
        self._step(True)

    def _step(self, everything):
        with open(self.console.path, "rb") as log:
            log.seek(self.position)
            data = log.read()
        end = len(data) if everything else data.rfind(b"\n") + 1
        if end:
            self.position += end
            show(self.label, data[:end].decode("utf-8", "replace").replace("\r", ""))


class Screen:
    """Follows the three consoles that are not root's."""

    def __init__(self, box):
        # cells and hypervisor may have one port in common
        consoles = {box.hv.path: ("hv", box.hv), box.cell2.path: ("cell2", box.cell2), box.cell.path: ("cell", box.cell)}
        self.followers = [Follower(*named) for named in consoles.values()]

    def __enter__(self):
        for follower in self.followers:
            follower.start()
        return self

    def __exit__(self, *_):
        for follower in self.followers:
            follower.done = True
            follower.join()
