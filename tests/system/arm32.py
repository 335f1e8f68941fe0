# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated ARMv7 machine: QEMU's "virt" with HYP mode and GICv2; and boards. Needs O=build/arm in the environment."""
import os

import machine
from arm64 import Arm64Machine

CPU = "cortex-a15"

# Linux makes its own code read-only with all other CPUs spinning, one broadcast TLB operation a page: the emulator stops all CPUs for
# each of them, which takes minutes on a busy host. The guest's init switches the other CPUs on. With one thread for all, a CPU that
# spins keeps the others waiting for a tenth of a second each time.
WORDS = "maxcpus=1"
THREADS = ("tcg,thread=multi",)

# Some time after a module is inserted a worker of the kernel frees its initial part, and flushes each page from there to the last one of vmalloc that
# has been freed: 200,000 broadcast TLB operations, 2 s while the other CPUs are idle, 20 s while they spin in stop_machine(), which takes the
# watchdog's patience. Half a second in which nothing but this shell runs is its end.
QUIET = ("n=0; while [ $n -lt 5 ]; do read -r a b c running d </proc/loadavg; case $running in 1/*) n=$((n+1));; *) n=0;; esac; "
         "sleep 0.1; done")


class Arm32Machine(Arm64Machine):
    """One boot."""

    SYSTEM = "/cells/qemu-arm.cell"
    INSERT = f"{machine.Machine.INSERT} && {QUIET}"

    def __init__(self, line=None, cpu=CPU, append="", accel=THREADS, **more):
        super().__init__(line, cpu=cpu, gic=2, append=f"{WORDS} {append}".strip(), accel=accel, **more)

    def board(self, cpu, virtualization):
        return ["-M", f"virt,virtualization={virtualization},gic-version=2", "-cpu", cpu]


class Board32Machine(Arm32Machine):
    """
    A board as QEMU has it, with the device tree of the kernel's package as it is. Root's shell is on the first UART; hypervisor and cells
    share the second.
    """

    MACHINE = TREE = CONFIGS = ""
    MEMORY = ("1G", "mem=942M")  # as "config create" tells

    def __init__(self, line=None, **more):
        super().__init__(line, **more)
        self.SYSTEM = f"/cells/{self.CONFIGS}.yaml"  # pylint: disable=invalid-name

    def board(self, cpu, virtualization):
        tree = os.path.join(machine.rig_env()[f"DTBS_{self.line}"], self.TREE)
        return ["-M", self.MACHINE.format(virtualization=virtualization), "-dtb", tree]

    def consoles(self):
        return ["-serial", "chardev:root", "-serial", "chardev:uart"]

    def cell_file(self, name):
        return f"/cells/{self.CONFIGS}-{name}.yaml"


class OrangePiMachine(Board32Machine):
    """Orange Pi PC: Allwinner H3 with four Cortex-A7, GIC-400; four UARTs in one page. The emulator is the firmware that has PSCI."""

    MACHINE = CONFIGS = "orangepi-pc"
    HYPERVISOR = (0x7ae00000, 0x600000)
    TREE = "sun8i-h3-orangepi-pc.dtb"
    CELL_CONSOLE = "ttyS0"
    ROOT_CONSOLE, WORDS = "ttyS0", "earlycon=uart8250,mmio32,0x1c28000"


class VexpressMachine(Board32Machine):
    """
    Versatile Express with a tile of two Cortex-A15. There is no PSCI: Linux holds CPUs that it has switched off in a loop of its own. Needs
    a QEMU newer than 7.2, for -audio.
    """

    MACHINE = "vexpress-a15,virtualization={virtualization},secure=off"
    CONFIGS = "vexpress-a15"
    HYPERVISOR = (0xbae00000, 0x600000)
    HCR_ZERO = ("TSC",)  # no secure state: SMC is undefined
    TREE = "vexpress-v2p-ca15-tc1.dtb"
    ROOT_CONSOLE, WORDS = "ttyAMA0", "earlycon=pl011,0x1c090000"

    def board(self, cpu, virtualization):
        return [*super().board(cpu, virtualization), "-audio", "none"]
