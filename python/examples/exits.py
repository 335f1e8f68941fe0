#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""exits.py CELL [SECONDS]: exits per second of a cell, by reason, the most frequent first."""
import sys
import time

from pyjailhouse import Hypervisor


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    which: "int | str" = int(sys.argv[1]) if sys.argv[1].isdigit() else sys.argv[1]
    try:
        cell = Hypervisor().cell(which)
    except KeyError as error:
        sys.exit(error.args[0])
    before = cell.statistics()
    time.sleep(float(sys.argv[2]) if len(sys.argv) == 3 else 1.0)
    rates = cell.statistics().rates(before)
    for name, rate in sorted(rates.items(), key=lambda item: -item[1]):
        print(f"{name:24} {rate:12.1f}")


if __name__ == "__main__":
    main()
