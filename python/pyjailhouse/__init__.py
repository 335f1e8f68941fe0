# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Jailhouse from Python: the hypervisor and its cells, configurations, and what the machine tells about itself.

    from pyjailhouse import Hypervisor

    with Hypervisor().enabled_with("machine.cell") as hypervisor:
        with hypervisor.create("demo.cell") as cell:
            cell.load([("demo.bin", 0)])
            cell.start()
            print(cell.state, cell.statistics()["vmexits_total"])

`hypervisor` is the interface for programs. The other modules keep the names that scripts for Jailhouse use: `cell`, `config_parser`,
`sysfs_parser`, `extendedenum` and `pci_defs`. Only Python's standard library is needed.
"""
from .errors import ConfigError, JailhouseError, NotEnabledError, NotLoadedError, RefusedError, Refusal
from .hypervisor import Cell, CpuStatistics, Event, Hypervisor, HypervisorInfo, Image, Statistics

__all__ = ["Cell", "ConfigError", "CpuStatistics", "Event", "Hypervisor", "HypervisorInfo", "Image", "JailhouseError", "NotEnabledError", "NotLoadedError",
           "RefusedError", "Refusal", "Statistics"]
