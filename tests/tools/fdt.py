# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""A second reader of flattened device trees (Devicetree specification 0.4, chapter 5), to judge what the command makes of them."""
import struct

BEGIN, END, PROP, NOP, FINISH = 1, 2, 3, 4, 9


class Node:
    """One node: its properties as bytes, its children in order."""

    def __init__(self, name, parent):
        self.name, self.parent, self.props, self.children = name, parent, {}, []

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def cells(self, name):
        data = self.props.get(name, b"")
        return struct.unpack(f">{len(data) // 4}I", data[:len(data) // 4 * 4])

    def text(self, name):
        return self.props.get(name, b"").rstrip(b"\0").decode("latin-1")

    def texts(self, name):
        return self.text(name).split("\0")

    def count(self, name, default):
        return self.cells(name)[0] if name in self.props else default

    def regs(self):
        """Ranges of the CPU's addresses, (start, size): those that every bus on the way up translates."""
        bus = self.parent
        if bus is None or "reg" not in self.props:
            return []
        address, size = bus.count("#address-cells", 2), bus.count("#size-cells", 1)
        cells, found = self.cells("reg"), []
        for at in range(0, len(cells) - address - size + 1, max(address + size, 1)):
            start, length = number(cells[at:at + address]), number(cells[at + address:at + address + size])
            start = bus.up(start, length)
            if start is not None and length:
                found.append((start, length))
        return found

    def up(self, start, length):
        """An address on this bus as the CPU sees it."""
        if self.parent is None:
            return start
        if "ranges" not in self.props:
            return None
        ranges = self.cells("ranges")
        if not ranges:
            return self.parent.up(start, length)
        child, parent, size = self.count("#address-cells", 2), self.parent.count("#address-cells", 2), self.count("#size-cells", 1)
        each = child + parent + size
        for at in range(0, len(ranges) - each + 1, each):
            base, room = number(ranges[at:at + child]), number(ranges[at + child + parent:at + each])
            if base <= start and start + length <= base + room:
                return self.parent.up(start - base + number(ranges[at + child:at + child + parent]), length)
        return None


def number(cells):
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value


def parse(blob):
    """The root node."""
    structs, strings = struct.unpack_from(">II", blob, 8)
    at, node, root = structs, None, None
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN:
            end = blob.index(0, at)
            child = Node(blob[at:end].decode("latin-1"), node)
            at = (end + 4) & ~3
            if node is None:
                root = child
            else:
                node.children.append(child)
            node = child
        elif token == PROP:
            length, name = struct.unpack_from(">II", blob, at)
            at += 8
            name = blob[strings + name:blob.index(0, strings + name)].decode("latin-1")
            node.props[name] = blob[at:at + length]
            at = (at + length + 3) & ~3
        elif token == END:
            node = node.parent
        elif token == FINISH:
            return root
