#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""run_cell.py SYSCONFIG CELLCONFIG IMAGE [SECONDS]: enables, lets a cell run for a while, prints the console, gives everything back."""
import sys
import time

from pyjailhouse import Hypervisor, JailhouseError


def main() -> None:
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    hypervisor = Hypervisor()
    with hypervisor.enabled_with(sys.argv[1]):
        with hypervisor.create(sys.argv[2]) as cell:
            cell.load([(sys.argv[3], 0)])
            cell.start()
            time.sleep(float(sys.argv[4]) if len(sys.argv) == 5 else 2.0)
            print(f"cell \"{cell.name}\" on CPUs {sorted(cell.cpus)}: {cell.state}, {cell.statistics()['vmexits_total']} exits")
        for text in hypervisor.console():
            sys.stdout.buffer.write(text)


if __name__ == "__main__":
    try:
        main()
    except (JailhouseError, RuntimeError) as error:
        sys.exit(str(error))
