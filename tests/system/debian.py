# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated machine with a real root file system of Debian: systemd, udev, Python. It lies on a disk, and what is written stays in memory.

Everything of ours was put there by "make install"; no memory is reserved.
"""
import os

import machine


class DebianMachine(machine.Machine):
    """One boot; root's shell is a login on the first serial port."""

    INSERT = "modprobe jailhouse"
    PATIENCE = 2  # more than a shell is running there

    def __init__(self, name=None, append="", memmap=""):
        line = machine.kernels()[0]
        first = os.path.join(machine.BUILD, "rig", f"debian-{line}")
        if not os.path.exists(first + ".cpio"):
            raise SystemExit("the machine with Debian is not there: run 'make debian' first")
        super().__init__(line, name=name, append=f"systemd.show_status=no {append}", memmap=memmap, extra=[
            *disk(os.path.join(machine.BUILD, "rig", "debian.squashfs")), *disk(first + ".squashfs")])
        self.args[self.args.index("-initrd") + 1] = first + ".cpio"


def disk(path):
    return ["-drive", f"file={path},format=raw,if=virtio,readonly=on"]
