#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Prints what happens to cells, until it is interrupted."""
from pyjailhouse import Hypervisor


def main() -> None:
    for event in Hypervisor().events():
        print(f"{event.action:8} cell {event.cell} \"{event.name}\": {event.state}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
