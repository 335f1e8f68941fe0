# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated ARM64 machine: QEMU's "virt". Needs O=build/arm64 in the environment.

    virtio console   root Linux, a shell            Machine.run(), Machine.check()
    PL011            the hypervisor and the cells   Machine.hv, Machine.cell: one log; Machine.uart_type() types there
"""
import os
import re
import socket
import threading

import machine

CPU = "cortex-a57"
MEMORY_WORDS = "mem=768M"  # of 1 GiB: the rest is the hypervisor's and the cells'


class Arm64Machine(machine.Machine):
    """One boot."""

    SYSTEM = "/cells/qemu-arm64.cell"
    MODULE_WORDS = ""

    def __init__(self, line=None, cpu=CPU, append="", extra=(), name=None, smp=4, gic=3, qemu="QEMU", virtualization="on", accel=("tcg,thread=multi",)):
        super().__init__(line, cpu=cpu, append=append, extra=extra, name=name, smp=smp)
        env = machine.rig_env()
        self.qemu = env[qemu]
        self.cell = self.cell2 = self.hv
        self.uart = os.path.join(self._private, "uart")
        self.smp, self.keyboard = smp, None
        if gic == 2 or smp != 4:
            self.SYSTEM = f"/cells/qemu-arm64-{'gicv2' if gic == 2 else smp}.cell"  # pylint: disable=invalid-name
        self.args = [
            "-M", f"virt,virtualization={virtualization},gic-version={gic}" + (",its=off" if gic == 3 else ""),
            "-m", "1G", "-smp", str(smp), "-cpu", cpu, "-accel", *accel,
            "-nodefaults", "-display", "none", "-no-reboot",
            "-chardev", "stdio,id=root,signal=off", "-device", "virtio-serial-device", "-device", "virtconsole,chardev=root",
            "-chardev", f"socket,id=uart,path={self.uart},server=on,wait=off,logfile={self.hv.path}", "-serial", "chardev:uart",
            "-chardev", f"socket,id=monitor,path={self._private}/monitor,server=on,wait=off",
            "-mon", "chardev=monitor,mode=readline",
            "-kernel", env[f"VMLINUZ_{self.line}"], "-initrd", machine.initramfs(self.line),
            "-append", f"console=hvc0 earlycon=pl011,0x9000000 panic=-1 loglevel=3 {MEMORY_WORDS} {append}".strip(),
            *extra]

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
        return "\n".join(re.findall(r"^(?:CPU#\d+| *PC=.*|PSTATE=.*)", answer, re.M))


def drain(link):
    """What the emulator sends is in its log file, too: nobody needs it here, and it must not wait for a reader."""
    try:
        while link.recv(65536):
            pass
    except OSError:
        pass
