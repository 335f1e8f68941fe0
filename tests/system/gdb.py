# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Writes to physical memory of the emulated machine through the emulator's gdb stub, behind the back of all that runs in it."""
import re
import socket


def packet(text):
    return f"${text}#{sum(text.encode()) % 256:02x}".encode()


class Stub:
    """The machine stands still while a Stub is open. Use as a context manager."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.data = b""
        self.link.settimeout(20)
        self.link.connect(path)

    def __enter__(self):
        self.ask("Qqemu.PhyMemMode:1")
        return self

    def __exit__(self, *_):
        self.ask("D")
        self.link.close()

    def ask(self, text):
        """The answer to a request, which must not be an error."""
        self.link.sendall(packet(text))
        answer = self.receive()
        while answer.startswith("T"):  # says by itself that the machine stopped
            answer = self.receive()
        assert answer.startswith("OK"), f"gdb stub: {text!r} gave {answer!r}"

    def receive(self):
        while not re.match(rb"[^$]*\$[^#]*#..", self.data):
            part = self.link.recv(4096)
            assert part, "the emulator's gdb stub went away"
            self.data += part
        self.link.sendall(b"+")
        answer, self.data = re.match(rb"[^$]*\$([^#]*)#..(.*)", self.data, re.S).groups()
        return answer.decode()

    def write(self, address, data):
        self.ask(f"M{address:x},{len(data):x}:{data.hex()}")
