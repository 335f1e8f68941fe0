# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
The frame buffer as console: of the hypervisor, of a cell, of a panic. A machine with UEFI and a display; what stands on its screen is read
glyph by glyph.
"""
import os
import time

import pytest

from audit import Follower
from glyphs import UNKNOWN, read_screen
from jailhouse import Jailhouse
from machine import Machine, kernels
from test_crash_log import address_of, assertion, make_cpu_die

pytestmark = pytest.mark.own_machine
DISPLAY = ("-m", "2G", "-bios", "/usr/share/ovmf/OVMF.fd", "-device", "VGA,addr=1,xres=1024,yres=768")
# Linux checks early whether its timer ticks as fast as the CPU counts; with UEFI on a loaded host it does not, and Linux gives up.
WORDS = "video=efifb:off no_timer_check"
COLUMNS, CELLS_ROW = 128, 24  # of configs/x86/qemu-x86-efi.c; where the screen of configs/x86/efifb-demo.c begins


class Display(Machine):
    """The machine of configs/x86/qemu-x86-efi.c."""

    SYSTEM = "/cells/qemu-x86-efi.cell"

    def screen(self):
        """The lines on the screen now."""
        path = os.path.join(self.logs, "screen.ppm")
        self.monitor(f"screendump {path}")
        return read_screen(path)

    def wait_on_screen(self, text, timeout=30):
        end = time.monotonic() + timeout
        while not any(text in line for line in self.screen()):
            if time.monotonic() > end:
                raise self.error(f"no {text!r} on the screen:\n" + "\n".join(self.screen()))
            time.sleep(0.2)


def folded(lines):
    """Lines as the screen shows them, whose end is the screen's border."""
    return [line[n:n + COLUMNS].rstrip() for line in lines for n in range(0, max(len(line), 1), COLUMNS)]


def without_end(lines):
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def test_hypervisor_cell_and_panic_are_legible_on_the_screen():
    with Display(kernels()[-1], name="efifb", append=WORDS, extra=DISPLAY, may_reset=True) as box:
        assert box.check("head -n 1 /sys/bus/pci/devices/0000:00:01.0/resource").startswith("0x00000000c0000000"), \
            "the firmware put the display's memory to another place than the configuration says"
        jh = Jailhouse(box)
        box.follower = Follower(box)
        jh.insert()

        # the hypervisor: the screen shows what its ring holds, all of it, and nothing else
        jh.enable()
        said = box.check("cat /sys/devices/jailhouse/console").splitlines()
        shown = box.screen()
        assert said and without_end(shown) == folded(said)
        assert box.hv.since() == "", "the hypervisor prints on a UART that is not its"
        assert not [line for line in shown if UNKNOWN in line]
        box.check("jailhouse verify")

        # a cell, which prints below, and by hypercall on the hypervisor's console as well, whose lines stay and go on
        cell, mark = jh.run_cell("efifb-demo", "tiny-demo", '-s "lines=1 con-virtual=true" -a 0x1000')
        jh.wait_state(cell, "shut down")
        said = box.check("cat /sys/devices/jailhouse/console").splitlines()
        shown = box.screen()
        assert without_end(shown[:CELLS_ROW]) == folded(said)
        assert any('cell "efifb-demo" started' in line for line in said)
        below = without_end(shown[CELLS_ROW:])
        assert len(below) == 2 and below[0] == "Hello from this tiny cell!" and below[1].startswith("PM Timer: ")
        assert below[0] in said and below[1] in said
        assert box.cell.since(mark) == "" and not [line for line in shown if UNKNOWN in line]
        jh.destroy_at_last(cell)

        # a panic of a CPU
        make_cpu_die(box, 2, "guest_fault", assertion(address_of(b"nobody")), "probe port 0x3e8 8")
        box.wait_on_screen("PANIC: end: this CPU stops")
