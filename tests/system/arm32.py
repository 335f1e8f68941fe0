# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated ARMv7 machine: QEMU's "virt" with HYP mode and GICv2. Needs O=build/arm in the environment."""
from arm64 import Arm64Machine

CPU = "cortex-a15"

# Linux makes its own code read-only with all other CPUs spinning, one broadcast TLB operation a page: the emulator stops all CPUs for
# each of them, which takes minutes on a busy host. The guest's init switches the other CPUs on. With one thread for all, a CPU that
# spins keeps the others waiting for a tenth of a second each time.
WORDS = "maxcpus=1"
THREADS = ("tcg,thread=multi",)


class Arm32Machine(Arm64Machine):
    """One boot."""

    SYSTEM = "/cells/qemu-arm.cell"

    def __init__(self, line=None, cpu=CPU, append="", accel=THREADS, **more):
        super().__init__(line, cpu=cpu, gic=2, append=f"{WORDS} {append}".strip(), accel=accel, **more)

    def board(self, cpu, virtualization):
        return ["-M", f"virt,virtualization={virtualization},gic-version=2", "-cpu", cpu]
