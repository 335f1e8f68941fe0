#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The cell's columns of docs/MSR-POLICY.md as C initializers: what the sweep holds the hypervisor to.

From the document, not from the hypervisor's table: the document is what cells are promised.
"""
import re
import sys

READS = {"pass": "PASS", "emulate": "PASS", "#GP": "FAULT"}
WRITES = {"pass": "PASS", "emulate": "PASS", "ignore": "IGNORED", "#GP": "FAULT"}


def row(cells):
    """One line of the table: (first, last, read, fixed value, write)."""
    first, _, last = cells[0].partition("-")
    read, _, value = cells[2].partition(" ")
    if read == "fixed":
        return int(first, 16), int(last or first, 16), "FIXED", int(value or "0", 16), WRITES[cells[3]]
    return int(first, 16), int(last or first, 16), READS[read], 0, WRITES[cells[3]]


def main():
    with open(sys.argv[1], encoding="utf-8") as document:
        lines = [line.strip().strip("|").split(" | ") for line in document if re.match(r"\| (0x|all others)", line)]
    table = [[cell.strip() for cell in line] for line in lines]
    others = table.pop()
    if others[0] != "all others" or others[2:4] != ["#GP", "#GP"] or len(table) < 100:
        sys.exit(f"{sys.argv[1]}: this is not the table of the policy")
    for first, last, read, value, write in sorted(row(cells) for cells in table):
        print(f"{{ {first:#x}, {last:#x}, {value:#x}, {read}, {write} }},")


if __name__ == "__main__":
    main()
