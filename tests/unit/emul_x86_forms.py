#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes emul_x86_forms.inc: instruction forms as the GNU assembler encodes them, with what they do according to their source text.

Usage: emul_x86_forms.py > emul_x86_forms.inc   (needs as, objcopy, nm)
"""
import re
import subprocess
import sys
import tempfile

REG64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()
REG32 = "eax ecx edx ebx esp ebp esi edi".split() + [f"r{n}d" for n in range(8, 16)]
REG16 = "ax cx dx bx sp bp si di".split() + [f"r{n}w" for n in range(8, 16)]
REG8 = "al cl dl bl spl bpl sil dil".split() + [f"r{n}b" for n in range(8, 16)]
HIGH = "ah ch dh bh".split()
REGS = {8: REG64, 4: REG32, 2: REG16, 1: REG8}
PTR = {1: "byte ptr", 2: "word ptr", 4: "dword ptr", 8: "qword ptr"}

MEMORY = {
    64: ["[rax]", "[rbp]", "[rsp]", "[r12]", "[r13]", "[rbx + 0x12]", "[rbp - 4]", "[r8 + 0x12345678]", "[rsp + 8]",
         "[rax + rbx]", "[rbp + r9*8 + 0x40]", "[r13 + r15*2]", "[r12 + rax*4 + 0x11223344]", "[rip + 0x1000]",
         "[0x12345678]", "[rbx*8 + 0x10]", "[eax]", "[r13d + 0x10]", "[eip + 0x20]", "fs:[rax]", "gs:[rdi + 0x30]"],
    32: ["[eax]", "[ebp]", "[esp]", "[ebx + 0x12]", "[esi + 0x12345678]", "[esp + 8]", "[eax + ebx*4]", "[ebp + edx*8 + 0x40]",
         "[0xfee00080]", "[ecx*4 + 0x10]", "[bx]", "[bp + si]", "[di + 0x7f]", "[bx + di + 0x1234]", "fs:[eax]"],
    16: ["[bx]", "[bp + di]", "[si + 4]", "[bx + si + 0x1234]", "[bp]", "[0x1234]", "[eax]", "[ebp + ecx*2]", "[esp + 0x12345678]",
         "es:[di]"],
}


def registers(mode, size):
    count = 16 if mode == 64 else 8
    for n in range(count):
        if size == 1 and mode != 64 and n >= 4:
            break
        yield n, REGS[size][n], False
    if size == 1:
        for n in range(4):
            yield n, HIGH[n], True


def needs_rex(mode, text):
    return mode == 64 and bool(re.search(r"\br(\d+|[abcd]x|[sb]p|[sd]i)", text))


def forms(mode):
    sizes = [1, 2, 4] + ([8] if mode == 64 else [])
    memory = MEMORY[mode]
    plain = memory[0]
    imm = {1: 0x5a, 2: 0x8765, 4: 0x87654321, 8: -0x12345678}

    for size in sizes:
        for n, reg, high in registers(mode, size):
            yield f"mov {plain}, {reg}", dict(w=1, size=size, reg=n, high=high)
            yield f"mov {reg}, {plain}", dict(size=size, reg=n, reg_size=size, high=high)
        for m in memory:
            yield f"mov {PTR[size]} {m}, {imm[size]}", dict(w=1, size=size, imm=imm[size])
            accumulator = m in ("[0x12345678]", "[0xfee00080]", "[0x1234]")
            n = 3 if accumulator else 2
            yield f"mov {m}, {REGS[size][n]}", dict(w=1, size=size, reg=n)
            yield f"mov {REGS[size][n]}, {m}", dict(size=size, reg=n, reg_size=size)
    for source in (1, 2):
        for dest in sizes:
            if dest <= source:
                continue
            for mnemonic, sign in (("movzx", 0), ("movsx", 1)):
                for m in memory:
                    yield f"{mnemonic} {REGS[dest][1]}, {PTR[source]} {m}", dict(size=source, reg=1, reg_size=dest, sx=sign)
                for n, reg, _ in registers(mode, dest):
                    yield f"{mnemonic} {reg}, {PTR[source]} {plain}", dict(size=source, reg=n, reg_size=dest, sx=sign)

    # moffs: the assembler has no syntax that forces it everywhere, so opcode and address size are spelled as bytes
    address = {16: 2, 32: 4, 64: 8}[mode]
    operand = 2 if mode == 16 else 4
    other_address = {16: 4, 32: 2, 64: 4}[mode]
    for prefix, addr in (("", address), ("0x67,", other_address)):
        offset = ",".join(["0x11"] * addr)
        for opcode, w, size in ((0xa0, 0, 1), (0xa1, 0, operand), (0xa2, 1, 1), (0xa3, 1, operand)):
            yield f".byte {prefix}{opcode},{offset}", dict(w=w, size=size, reg=0, reg_size=size)
        yield f".byte 0x66,{prefix}0xa1,{offset}", dict(size=6 - operand, reg=0, reg_size=6 - operand)
        yield f".byte 0x66,{prefix}0xa3,{offset}", dict(w=1, size=6 - operand, reg=0)
        if mode == 64:
            yield f".byte {prefix}0x48,0xa1,{offset}", dict(size=8, reg=0, reg_size=8)
            yield f".byte {prefix}0x48,0xa3,{offset}", dict(w=1, size=8, reg=0)

    # prefixes that change nothing here
    for prefixes in ("0x2e", "0x36", "0x3e,0x26", "0x64", "0x65,0x65", "0xf2", "0xf3", "0xf3,0x2e"):
        yield f".byte {prefixes}; mov {plain}, {REGS[4][2]}", dict(w=1, size=4, reg=2)
    if mode == 64:
        # REX is void unless it stands directly before the opcode: 48 66 8b 08 is a 16-bit load
        yield ".byte 0x48,0x66,0x8b,0x08", dict(size=2, reg=1, reg_size=2)
        yield ".byte 0x44,0x3e,0x8a,0x20", dict(size=1, reg=0, reg_size=1, high=True)
        yield ".byte 0x66,0x48,0x8b,0x08", dict(size=8, reg=1, reg_size=8)
        yield ".byte 0x40,0x4c,0x8b,0x08", dict(size=8, reg=9, reg_size=8)
        yield ".byte 0x40,0x8a,0x20", dict(size=1, reg=4, reg_size=1)
        yield ".byte 0x66,0x48,0xc7,0x00,0x78,0x56,0x34,0x82", dict(w=1, size=8, imm=-0x7dcba988)


def assemble(mode, sources):
    code = {16: ".code16", 32: ".code32", 64: ".code64"}[mode]
    lines = [".intel_syntax noprefix", code]
    for n, source in enumerate(sources):
        lines += [f"i{n}:", source]
    lines += [f"i{len(sources)}:"]
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["as", "--64", "-o", f"{d}/o", "-"], input="\n".join(lines) + "\n", text=True, check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", f"{d}/o", f"{d}/bin"], check=True)
        symbols = subprocess.run(["nm", f"{d}/o"], capture_output=True, text=True, check=True).stdout
        raw = open(f"{d}/bin", "rb").read()
    at = {}
    for line in symbols.splitlines():
        address, _, name = line.split()
        at[name] = int(address, 16)
    return [raw[at[f"i{n}"]:at[f"i{n + 1}"]] for n in range(len(sources))]


def main():
    print("/* SPDX-License-Identifier: GPL-2.0 */")
    print("/* Written by emul_x86_forms.py: mode, bytes, length, write, width, register, its width, high byte, sign, immediate */")
    for mode in (16, 32, 64):
        seen = {}
        for source, what in forms(mode):
            seen.setdefault(source, what)
        sources = list(seen)
        for source, code in zip(sources, assemble(mode, sources)):
            w = seen[source]
            text = ",".join(f"0x{b:02x}" for b in code)
            has_imm = "imm" in w
            value = w.get("imm", 0) & ((1 << (8 * w["size"])) - 1)
            print(f"{{ {mode}, {{ {text} }}, {len(code)}, {w.get('w', 0)}, {w['size']}, {w.get('reg', 0)}, {w.get('reg_size', 0)}, "
                  f"{int(w.get('high', False))}, {w.get('sx', 0)}, {int(has_imm)}, 0x{value:x} }}, /* {source} */")


if __name__ == "__main__":
    sys.exit(main())
