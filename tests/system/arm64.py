# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated ARM64 machine: QEMU's "virt". Needs O=build/arm64 in the environment.

    virtio console   root Linux, a shell            Machine.run(), Machine.check()
    PL011            the hypervisor and the cells   Machine.hv, Machine.cell: one log; Machine.uart_type() types there

Or its "xlnx-zcu102", with UARTs of Xilinx in both places.
"""
import os
import re
import shutil
import socket
import subprocess
import threading

import machine

CPU = "cortex-a57"
# One thread of the host for all CPUs: they yield to each other while they wait, which they do most of the time.
ONE_THREAD = ("tcg,thread=single",)


class Arm64Machine(machine.Machine):
    """One boot."""

    SYSTEM = "/cells/qemu-arm64.cell"
    MODULE_WORDS = ""
    ROOT_CONSOLE = "hvc0"
    CELL_CONSOLE = "ttyAMA0"  # that of a Linux in a cell
    HV_UART = CELL_UART = "/pl011@9000000"
    HYPERVISOR = (0x7f800000, 0x800000)  # its memory, of the system's configuration
    HCR_ZERO = ()  # bits of HCR that the CPU does not have
    MEMORY = ("1G", "mem=768M")  # the machine's, and Linux's: the rest is the hypervisor's and the cells'
    WORDS = "earlycon=pl011,0x9000000"

    def __init__(self, line=None, cpu=CPU, append="", extra=(), name=None, smp=4, gic=3, qemu="QEMU", virtualization="on", accel=ONE_THREAD):
        super().__init__(line, cpu=cpu, append=append, extra=extra, name=name, smp=smp)
        env = machine.rig_env()
        self.qemu = env[qemu]
        self.cell = self.cell2 = self.hv
        self.uart, self.gdb = os.path.join(self._private, "uart"), os.path.join(self._private, "gdb")
        self.smp, self.gic, self.keyboard = smp, gic, None
        memory, memory_words = self.MEMORY
        self.args = [
            *self.board(cpu, virtualization), "-m", memory, "-smp", str(smp), "-accel", *accel,
            "-nodefaults", "-display", "none", "-no-reboot", "-chardev", "stdio,id=root,signal=off",
            "-chardev", f"socket,id=uart,path={self.uart},server=on,wait=off,logfile={self.hv.path}", *self.consoles(),
            "-chardev", f"socket,id=monitor,path={self._private}/monitor,server=on,wait=off",
            "-mon", "chardev=monitor,mode=readline", "-gdb", f"unix:{self.gdb},server=on,wait=off",
            "-kernel", env[f"VMLINUZ_{self.line}"], "-initrd", machine.initramfs(self.line),
            "-append", f"console={self.ROOT_CONSOLE} {self.WORDS} panic=-1 loglevel=3 {memory_words} {append}".strip(),
            *extra]

    def board(self, cpu, virtualization):
        if self.gic == 2 or self.smp != 4:
            self.SYSTEM = f"/cells/qemu-arm64-{'gicv2' if self.gic == 2 else self.smp}.cell"  # pylint: disable=invalid-name
        return ["-M", f"virt,virtualization={virtualization},gic-version={self.gic}" + (",its=off" if self.gic == 3 else ""), "-cpu", cpu]

    def consoles(self):
        return ["-device", "virtio-serial-device", "-device", "virtconsole,chardev=root", "-serial", "chardev:uart"]

    def cell_file(self, name):
        return super().cell_file("linux-demo-18" if self.smp == 18 and name == "linux-demo" else name)

    def uart_type(self, text):
        """Types on the PL011."""
        if self.keyboard is None:
            self.keyboard = socket.socket(socket.AF_UNIX)
            self.keyboard.connect(self.uart)
            threading.Thread(target=drain, args=(self.keyboard,), daemon=True).start()
        self.keyboard.sendall(text.encode())

    def close(self):
        super().close()
        if self.keyboard is not None:
            self.keyboard.close()
            self.keyboard = None

    def where(self):
        """PC and exception level of every CPU, asked from the emulator."""
        if not self.alive():
            return super().where()
        try:
            answer = self.monitor("info registers -a")
        except OSError as err:
            return f"the emulator does not answer: {err}"
        return "\n".join(re.findall(r"^(?:CPU#\d+| *PC=.*|PSTATE=.*|R12=.*|PSR=.*)", answer, re.M))


class Zcu102Machine(Arm64Machine):
    """
    The board ZCU102: four Cortex-A53, GIC-400, UARTs of Xilinx; root's shell is on the first UART. There is no firmware behind the device
    tree's clock controller and power domains in the emulator: the UARTs get a fixed clock instead. Needs a QEMU newer than 7.2, for -audio.
    """

    SYSTEM = "/cells/zcu102.cell"
    ROOT_CONSOLE = CELL_CONSOLE = "ttyPS0"
    MEMORY = ("2G", "mem=1792M")
    WORDS = "earlycon=cdns,0xff000000,115200n8"
    CLOCK_HZ = 100000000  # of the emulator's model
    FIRMWARE = "/firmware/zynqmp-firmware"
    UARTS = ("/axi/serial@ff000000", "/axi/serial@ff010000")
    HV_UART = CELL_UART = UARTS[1]

    def board(self, cpu, virtualization):
        return ["-M", f"xlnx-zcu102,virtualization={virtualization}", "-audio", "none", "-dtb", self.device_tree()]

    def consoles(self):
        return ["-serial", "chardev:root", "-serial", "chardev:uart"]

    def cell_file(self, name):
        return f"/cells/zcu102-{name}.cell"

    def device_tree(self):
        """That of the kernel's package with another clock."""
        tree = os.path.join(self._private, "zcu102.dtb")
        shutil.copy(os.path.join(machine.rig_env()[f"DTBS_{self.line}"], "xilinx", "zynqmp-zcu102-rev1.0.dtb"), tree)
        clock, handle = "/rig-clock", "7000"
        edits = [("-c", tree, clock), ("-t", "s", tree, clock, "compatible", "fixed-clock"), ("-t", "x", tree, clock, "#clock-cells", "0"),
                 ("-t", "u", tree, clock, "clock-frequency", str(self.CLOCK_HZ)), ("-t", "x", tree, clock, "phandle", handle),
                 ("-t", "s", tree, self.FIRMWARE, "status", "disabled")]
        for uart in self.UARTS:
            edits += [("-t", "x", tree, uart, "clocks", handle, handle), ("-d", tree, uart, "power-domains", "pinctrl-0", "pinctrl-names")]
        for edit in edits:
            subprocess.run(["fdtput", *edit], check=True)
        return tree


def drain(link):
    """What the emulator sends is in its log file, too: nobody needs it here, and it must not wait for a reader."""
    try:
        while link.recv(65536):
            pass
    except OSError:
        pass
