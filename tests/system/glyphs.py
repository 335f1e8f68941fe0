# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Reads the text on a screen: each cell of 8 by 16 pixels is looked up in the font of common/efifb/font.c."""
import os
import re

from machine import TOP

WIDTH, HEIGHT = 8, 16
WHITE = b"\xff\xff\xff"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def font():
    """Bits of a glyph, top line first → its character."""
    with open(os.path.join(TOP, "common", "efifb", "font.c"), encoding="utf-8") as source:
        halves = re.findall(r"\{ 0x([0-9a-f]{16}), 0x([0-9a-f]{16}) \}", source.read())
    assert len(halves) == 95, "the font has another form now"
    return {bytes.fromhex(first + second): chr(32 + n) for n, (first, second) in enumerate(halves)}


def read_ppm(path):
    """(width, height, pixels of three bytes each) of a picture as the emulator writes it."""
    with open(path, "rb") as file:
        magic, size, depth, pixels = file.read().split(b"\n", 3)
    assert magic == b"P6" and depth == b"255"
    width, height = (int(word) for word in size.split())
    assert len(pixels) == width * height * 3
    return width, height, pixels


def glyph_at(pixels, width, row, column):
    lines = bytearray()
    for y in range(row * HEIGHT, (row + 1) * HEIGHT):
        at = (y * width + column * WIDTH) * 3
        line = pixels[at:at + WIDTH * 3]
        if any(line[n:n + 3] not in (WHITE, b"\0\0\0") for n in range(0, len(line), 3)):
            return None
        lines.append(sum((line[n * 3:n * 3 + 3] == WHITE) << (7 - n) for n in range(WIDTH)))
    return bytes(lines)


def read_screen(path):
    """The lines of text in a picture, without blanks at their ends; what is no glyph of the font is UNKNOWN."""
    known = font()
    width, height, pixels = read_ppm(path)
    return ["".join(known.get(glyph_at(pixels, width, row, column), UNKNOWN) for column in range(width // WIDTH)).rstrip()
            for row in range(height // HEIGHT)]
