# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
The emulated machine through the emulator's gdb stub, behind the back of all that runs in it: writes to physical memory, system registers of
its CPUs.
"""
import re
import socket

REGISTER = re.compile(r"""<reg name=["'](\w+)["'][^>]*?regnum=["'](\d+)["']""")


def packet(text):
    return f"${text}#{sum(text.encode()) % 256:02x}".encode()


class Stub:
    """The machine stands still while a Stub is open. Use as a context manager."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.data, self.numbers = b"", {}
        self.link.settimeout(20)
        self.link.connect(path)

    def __enter__(self):
        self.ask("Qqemu.PhyMemMode:1")
        return self

    def __exit__(self, *_):
        self.ask("D")
        self.link.close()

    def query(self, text):
        """The answer to a request."""
        self.link.sendall(packet(text))
        answer = self.receive()
        while answer.startswith("T"):  # says by itself that the machine stopped
            answer = self.receive()
        return answer

    def ask(self, text):
        """A request that is answered with "OK"."""
        answer = self.query(text)
        assert answer.startswith("OK"), f"gdb stub: {text!r} gave {answer!r}"

    def description(self, name):
        """One of the stub's texts about its registers."""
        text, part = "", "m"
        while part[:1] == "m":
            part = self.query(f"qXfer:features:read:{name}:{len(text):x},800")
            assert part[:1] in ("m", "l"), f"gdb stub: no description {name}: {part!r}"
            text += part[1:]
        return text

    def registers(self, cpu, names):
        """System registers of a CPU by name."""
        if not self.numbers:
            files = re.findall(r"""href=["']([\w.-]*system[\w.-]*)["']""", self.description("target.xml"))
            self.numbers = {name: int(number) for file in files for name, number in REGISTER.findall(self.description(file))}
        self.ask(f"Hg{cpu + 1:x}")
        return {name: int.from_bytes(bytes.fromhex(self.query(f"p{self.numbers[name]:x}")), "little") for name in names}

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
