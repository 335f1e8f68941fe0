# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated machine of another maker: Bochs, whose CPUs have VMX (Haswell) or SVM with next-RIP (Trinity).

The same four serial ports and the same root shell as machine.Machine. It is many times slower: its clock is the number of
executed instructions, so programs inside see a slow, but regular, CPU.
"""
import os
import pty
import shlex
import shutil
import signal
import subprocess
import termios
import time
import tty

import pexpect
from pexpect import fdpexpect

import machine

INTEL, AMD = "corei7_haswell_4770", "trinity_apu"
IPS = 20_000_000
LINE_OF_THE_SHELL = 1000  # busybox reads 1024 characters
TYPED_AGAIN_AFTER, TYPED_AT_MOST = 1.5, 80  # seconds, times
# Without nohz=off, highres=off Linux stalls with four CPUs. GRUB reads "$" as the start of a name.
KERNEL_WORDS = ("console=ttyS0,115200 panic=-1 loglevel=3 nohz=off highres=off nokaslr mitigations=off cryptomgr.notests "
                r"tsc=reliable nowatchdog memmap=82M\$0x3a000000")
MODEL_WORDS = {INTEL: "", AMD: f"tsc_early_khz={IPS // 1000}"}

CONFIGURATION = """plugin_ctrl: unmapped=true, biosdev=true, speaker=false, extfpuirq=true, parallel=false, serial=true, iodebug=false
config_interface: textconfig
display_library: rfb, options="timeout=0"
cpu: model={model}, count={smp}, ips={ips}, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest={mib}, host={mib}
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/vgabios/vgabios.bin
mouse: enabled=0
pci: enabled=1, chipset=i440fx
clock: sync=none, time0=1700000000, rtc_sync=0
ata0: enabled=0
ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
ata1-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=term, dev={tty}
com2: enabled=1, mode=file, dev={cell}
com3: enabled=1, mode=file, dev={hv}
com4: enabled=1, mode=file, dev={cell2}
log: {log}
panic: action=report
error: action=ignore
info: action=ignore
debug: action=ignore
"""

GRUB = """serial --unit=0 --speed=115200
terminal_input serial
terminal_output serial
echo loading Linux
linux /boot/vmlinuz {words}
echo loading its root file system
initrd /boot/initrd
echo starting
boot
"""
GRUB_MODULES = "biosdisk iso9660 linux normal serial terminal echo boot configfile test".split()


def make_iso(folder, kernel, initrd, words):
    """A bootable CD with kernel and root file system; returns its path."""
    tree, iso = os.path.join(folder, "iso"), os.path.join(folder, "boot.iso")
    os.makedirs(os.path.join(tree, "boot", "grub"))
    with open(os.path.join(tree, "boot", "grub", "grub.cfg"), "w", encoding="utf-8") as config:
        config.write(GRUB.format(words=words))
    os.symlink(kernel, os.path.join(tree, "boot", "vmlinuz"))
    # reading the CD is slow, and decompressing fast
    subprocess.run(["zstd", "-q", "-12", "-o", os.path.join(tree, "boot", "initrd"), initrd], check=True)
    loader = "boot/grub/eltorito.img"
    subprocess.run(["grub-mkimage", "-d", "/usr/lib/grub/i386-pc", "-O", "i386-pc-eltorito", "-p", "/boot/grub",
                    "-o", os.path.join(tree, loader), *GRUB_MODULES], check=True)
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-f", "-o", iso, "-R", "-b", loader, "-no-emul-boot",
                    "-boot-load-size", "4", "-boot-info-table", tree], check=True)
    shutil.rmtree(tree)
    return iso


def whole_or_not_at_all(text):
    """A line for the shell that does nothing if a character of the text was lost on the way, as happens to a host with more to do than it can."""
    line = f't={shlex.quote(text)}; [ ${{#t}} = {len(text.encode())} ] && eval "$t"'
    return line if len(line) < LINE_OF_THE_SHELL else text


class BochsMachine(machine.Machine):
    """One boot of Bochs; everything else is done as with the other machine."""

    SYSTEM = "/cells/bochs-x86.cell"
    PATIENCE = 6
    summary = []  # a line for each machine that has ended

    def __init__(self, line=None, model=INTEL, append="", name=None, smp=4):
        super().__init__(line or machine.kernels()[-1], append=append, name=name, smp=smp)
        self.model, self.smp, self.process = model, smp, None
        self.started, self.boot_seconds = time.monotonic(), 0.0
        self.words = f"{KERNEL_WORDS} {MODEL_WORDS[model]} {append}".strip()

    def boot(self, timeout=600):
        env = machine.rig_env()
        initrd = os.path.join(self._private, "initramfs")
        machine.build_initramfs(self.line, small=initrd)
        iso = make_iso(self._private, env[f"VMLINUZ_{self.line}"], initrd, self.words)
        master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.start_emulator(CONFIGURATION.format(
            model=self.model, smp=self.smp, ips=IPS, mib=1024, iso=iso, tty=os.ttyname(slave), cell=self.cell.path, hv=self.hv.path,
            cell2=self.cell2.path, log=os.path.join(self.logs, "bochs.log")))
        self.child = fdpexpect.fdspawn(master, timeout=timeout, maxread=65536)
        self.child.delaybeforesend = None
        self.child.logfile_read = machine.Flushed(open(self.root.path, "wb"))  # pylint: disable=consider-using-with
        self._slave = slave
        self.greet(timeout)
        self.boot_seconds = self.cpu_seconds()
        return self

    @staticmethod
    def _grouped(command):
        """In one line: of two, the shell's line editor drops the first with "^C" if the second comes while it changes the terminal's mode."""
        return f"{{ eval {shlex.quote(command)}; }}"

    def _begin(self, text, pattern, timeout, what):
        """Types again what did not arrive whole. The shell executes each number once, however often it is typed."""
        text = whole_or_not_at_all(f'if [ "$done" != {self._sequence} ]; then done={self._sequence}; {text}; fi')
        for _ in range(TYPED_AT_MOST - 1):
            self.child.send(text + "\n")
            if self.child.expect([pattern, pexpect.TIMEOUT], TYPED_AGAIN_AFTER) == 0:
                return
        super()._begin(text, pattern, timeout, what)

    def start_emulator(self, configuration):
        for name, text in (("bochsrc", configuration), ("start", "c\n")):
            with open(os.path.join(self._private, name), "w", encoding="utf-8") as out:
                out.write(text)
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bochs", "-q", "-f", f"{self._private}/bochsrc", "-rc", f"{self._private}/start"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, preexec_fn=self._in_child)

    def cpu_seconds(self):
        """What the emulator has taken of the host's CPUs: on an idle host that is how long it has run."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as stat:
            user, kernel = stat.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def close(self):
        if self.process is not None:
            if self.alive():
                BochsMachine.summary.append(f"Bochs, {self.model}: {time.monotonic() - self.started:.0f} s, in which it had a CPU for "
                                            f"{self.cpu_seconds():.0f} s; of these for its boot {self.boot_seconds:.0f}")
                self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
            self.child.close()
            os.close(self._slave)
            self.child = None
        shutil.rmtree(self._private, ignore_errors=True)

    def where(self):
        return "unknown: this emulator has no monitor" if self.alive() else "the emulator has ended; it said:\n" + self.emulator_said()
