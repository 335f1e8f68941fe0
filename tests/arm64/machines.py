# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The ARM64 machines, or with O=build/arm those of ARMv7, that the tests boot: chosen so that each value of each property is there at least once (check_cover())."""
import os
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
import machine  # noqa: E402 pylint: disable=wrong-import-position
from arm32 import Arm32Machine, OrangePiMachine, VexpressMachine  # noqa: E402 pylint: disable=wrong-import-position
from arm64 import Arm64Machine, Zcu102Machine  # noqa: E402 pylint: disable=wrong-import-position

ARMV7 = machine.rig_env()["ARCH"] == "arm"

# What has to be covered
VALUES = {
    "board": {"virt", "zcu102"},
    "gic": {2, 3},
    "smp": {4, 18},
    "cpu": {"cortex-a53", "cortex-a57", "cortex-a76"},
    "qemu": {"QEMU", "QEMU_10"},  # Debian 12's 7.2, and 10.0
    "line": {"6_1", "6_12"},
}

MACHINES = {
    "gicv3": {"board": "virt", "gic": 3, "smp": 4, "cpu": "cortex-a57", "qemu": "QEMU", "line": "6_1"},
    "gicv2": {"board": "virt", "gic": 2, "smp": 4, "cpu": "cortex-a57", "qemu": "QEMU_10", "line": "6_12"},
    "many": {"board": "virt", "gic": 3, "smp": 18, "cpu": "cortex-a76", "qemu": "QEMU_10", "line": "6_12"},
    "zcu102": {"board": "zcu102", "gic": 2, "smp": 4, "cpu": "cortex-a53", "qemu": "QEMU_10", "line": "6_1"},
}
BOARDS = {"virt": Arm64Machine, "zcu102": Zcu102Machine, "virt32": Arm32Machine,
          "orangepi": OrangePiMachine, "vexpress": VexpressMachine}

if ARMV7:
    VALUES = {"board": {"virt32", "orangepi", "vexpress"}, "cpu": {"cortex-a7", "cortex-a15"}, "qemu": {"QEMU", "QEMU_10"}, "line": {"6_1", "6_12"}}
    MACHINES = {
        "a15": {"board": "virt32", "smp": 4, "cpu": "cortex-a15", "qemu": "QEMU", "line": "6_1"},
        "a7": {"board": "virt32", "smp": 4, "cpu": "cortex-a7", "qemu": "QEMU_10", "line": "6_12"},
        "orangepi": {"board": "orangepi", "smp": 4, "cpu": "cortex-a7", "qemu": "QEMU", "line": "6_12"},
        "vexpress": {"board": "vexpress", "smp": 2, "cpu": "cortex-a15", "qemu": "QEMU_10", "line": "6_1"},
    }

# What runs on a machine, if not everything
ONLY = {"orangepi": ("test_boards.py",), "vexpress": ("test_boards.py",)}

# A CPU with VHE runs Linux at EL2 if it is not told otherwise.
WORDS = {"cortex-a76": "kvm-arm.mode=nvhe nowatchdog"}


def check_cover():
    """Values that no machine has."""
    return [f"{name}={value}" for name, values in VALUES.items() for value in sorted(values)
            if not any(spec[name] == value for spec in MACHINES.values())]


# Machines side by side take about the same time; what boots machines of its own goes with the first.
SHARES = (("a15", "vexpress", None), ("a7", "orangepi")) if ARMV7 else (("gicv3", "gicv2", None), ("many", "zcu102"))


def share_of(name, shares):
    """Number, from 1, of the share of @shares that the tests on a machine belong to."""
    return next(n for n, names in enumerate(SHARES) if name in names) % shares + 1


def make(name, boot=0, **more):
    spec = dict(MACHINES[name])
    line, board = spec.pop("line"), BOARDS[spec.pop("board")]
    if line not in machine.kernels():
        warnings.warn(f"{name}: kernel {line} is not set up, {machine.kernels()[0]} takes its place")
        line = machine.kernels()[0]
    box = board(line, append=WORDS.get(spec["cpu"], ""), name=f"arm64-{os.getpid()}-{name}-{boot}", **spec, **more)
    # Each step takes longer, and Linux's watchdog would take that for a hang.
    box.PATIENCE = max(1, spec["smp"] // 4)
    return box


if __name__ == "__main__":
    missing = check_cover()
    for entry, properties in MACHINES.items():
        print(f"{entry:8} " + " ".join(f"{key}={value}" for key, value in properties.items()))
    for what in missing:
        print(f"no machine has {what}")
    sys.exit(1 if missing else 0)
