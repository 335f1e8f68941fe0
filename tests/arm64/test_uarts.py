# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
The UART drivers on the emulator's own models of UARTs, written by others: a bare program prints two lines. The emulator has none of MVEBU,
LPUART and SCIF; for these there is only tests/contract/uart_ops_test.c.
"""
import os
import subprocess
import time

import pytest

from machine import TOP, rig_env

HERE = os.path.join(TOP, "tests", "arm64", "uart")
FLAGS = ("-std=gnu11 -O2 -Wall -Wextra -Werror -Wno-unused-parameter -ffreestanding -fno-pic -fno-stack-protector -mgeneral-regs-only -mstrict-align "
         "-mno-outline-atomics -mbranch-protection=none -nostdlib -static -Wl,--build-id=none").split()
TEXT = "The quick brown fox 0123456789\r\nlast line\r\n"

# type, base, divider, emulator, machine, start of RAM, serial port's number
UARTS = {
    "PL011": ("PL011", 0x9000000, 13 << 6 | 1, "QEMU", "virt", 0x40100000, 0),
    "PL011 as it is": ("PL011", 0x9000000, 0, "QEMU", "virt", 0x40100000, 0),
    "XUARTPS": ("XUARTPS", 0xff000000, 54, "QEMU", "xlnx-zcu102", 0x100000, 0),
    "XUARTPS as it is": ("XUARTPS", 0xff000000, 0, "QEMU", "xlnx-zcu102", 0x100000, 0),
    "IMX": ("IMX", 0x30890000, 217, "QEMU_10", "imx8mp-evk", 0x40100000, 1),
}


def build(program, kind, base, divider, ram):
    drivers = os.path.join(TOP, "common", "uart")
    sources = [os.path.join(drivers, name) for name in sorted(os.listdir(drivers)) if name.endswith(".c") and name != "kinds_x86.c"]
    subprocess.run(["aarch64-linux-gnu-gcc", *FLAGS, f"-I{TOP}/include", f"-I{TOP}", f"-DUART_TYPE=JAILHOUSE_CON_TYPE_{kind}",
                    f"-DUART_BASE={base:#x}UL", f"-DUART_DIVIDER={divider}", f"-Wl,-T,{HERE}/uart.lds",
                    f"-Wl,--section-start=.all={ram:#x}", "-o", program, f"{HERE}/start.S", f"{HERE}/main.c", *sources], check=True)


@pytest.mark.parametrize("name", UARTS)
def test_lines_come_out_of_the_emulators_uart(tmp_path, name):
    kind, base, divider, emulator, machine, ram, port = UARTS[name]
    command = rig_env().get(emulator, rig_env()["QEMU"])  # of Debian 13, which has no second one
    program, log = str(tmp_path / "uart.elf"), tmp_path / "uart.log"
    build(program, kind, base, divider, ram)
    serial = ["-serial", "null"] * port + ["-serial", f"file:{log}"]
    with subprocess.Popen([command, "-M", machine, *(["-cpu", "cortex-a57"] if machine == "virt" else []), "-m", "1G", "-nodefaults",
                           "-display", "none", *serial, "-kernel", program], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env={**os.environ, "QEMU_AUDIO_DRV": "none"}) as qemu:
        try:
            end = time.monotonic() + 60
            while not (log.exists() and log.stat().st_size >= len(TEXT)) and time.monotonic() < end and qemu.poll() is None:
                time.sleep(0.1)
        finally:
            qemu.kill()
    assert log.read_bytes().decode() == TEXT
