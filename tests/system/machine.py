# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The emulated machine: boots it, types at its root shell, reads its four consoles, and always takes it down.

    serial 1  root Linux, a shell           Machine.run(), Machine.check()
    serial 2  console of the first cell     Machine.cell
    serial 3  console of the hypervisor     Machine.hv
    serial 4  console of the second cell    Machine.cell2
"""
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pexpect

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("O", os.path.join(TOP, "build")))
KERNEL_LINE = re.compile(r"^\[ *\d+\.\d+\].*\n?", re.M)
CPU = "EPYC,+svm,+npt"
# A stock user's pair each: 6.1 with the emulator of its release, 6.12 with the one of backports.
EMULATORS = {"6_1": "QEMU", "6_12": "QEMU_10"}
# "$" has no meaning here: QEMU hands the string to the kernel as it is.
MEMMAP = "memmap=82M$0x3a000000"


class MachineError(AssertionError):
    """The machine did not do what was asked; the text carries the tails of all consoles."""


def rig_env():
    """What the set-up found: build/rig/env as a dictionary."""
    path = os.path.join(BUILD, "rig", "env")
    if not os.path.exists(path):
        raise SystemExit("the emulated machine is not set up: run 'make setup' first")
    with open(path, encoding="utf-8") as env:
        return dict(re.findall(r"^(\w+)='(.*)'$", env.read(), re.M))


def kernels():
    """Kernel lines that are set up, e.g. ["6_1", "6_12"]."""
    return rig_env()["KERNELS"].split()


def initramfs(line):
    return os.path.join(BUILD, "rig", f"initramfs-{line}.cpio")


class Console:
    """The log of one serial port, which grows while the machine runs."""

    def __init__(self, machine, name, path):
        self.machine, self.name, self.path = machine, name, path

    def mark(self):
        """A position: what is written later is "since" it."""
        return os.path.getsize(self.path) if os.path.exists(self.path) else 0

    def since(self, mark=0):
        if not os.path.exists(self.path):
            return ""
        with open(self.path, "rb") as log:
            log.seek(mark)
            return log.read().decode("utf-8", "replace").replace("\r", "")

    def wait(self, pattern, mark=0, timeout=20):
        """The match of pattern in what was written since mark, as soon as it is there."""
        end = time.monotonic() + timeout * self.machine.PATIENCE
        while True:
            found = re.search(pattern, self.since(mark), re.M)
            if found:
                return found
            if not self.machine.alive():
                raise self.machine.error(f"the machine ended before its {self.name} console showed {pattern!r}")
            if time.monotonic() > end:
                raise self.machine.error(f"no {pattern!r} on the {self.name} console within {timeout} s")
            time.sleep(0.05)

    def quiet(self, seconds, mark=None):
        """What is written within the next seconds."""
        mark = self.mark() if mark is None else mark
        time.sleep(seconds)
        return self.since(mark)


class Machine:
    """One boot. Use as a context manager, or call close(). With a name, the logs stay in build/rig/logs/NAME."""

    SYSTEM = "/cells/qemu-x86.cell"
    HV_UART, CELL_UART = "ttyS2", "com2"  # as "config create" calls them
    INSERT = "insmod /root/jailhouse.ko"
    PATIENCE = 1  # factor for all time limits but that of the boot

    def __init__(self, line=None, cpu=CPU, append="", extra=(), name=None, memmap=MEMMAP, smp=4, may_reset=False):
        env = rig_env()
        self.line = line or env["KERNELS"].split()[0]
        self.release = env[f"KERNEL_{self.line}"]
        self._private = tempfile.mkdtemp(prefix="jailhouse-rig-")
        self.logs = os.path.join(BUILD, "rig", "logs", name) if name else self._private
        os.makedirs(self.logs, exist_ok=True)
        self.cell = self._console("cell", "cell")
        self.hv = self._console("hypervisor", "hv")
        self.cell2 = self._console("second cell", "cell2")
        self.root = self._console("root", "root")
        self.emulator_log = os.path.join(self.logs, "emulator.log")
        self.child = None
        self._sequence = 0
        self.kernel_lines = ""
        self.args = [
            "-M", "q35", "-m", "1G", "-smp", str(smp), "-cpu", cpu, "-accel", "tcg,thread=multi",
            "-nodefaults", "-display", "none", *([] if may_reset else ["-no-reboot"]),
            "-chardev", "stdio,id=root,signal=off", "-serial", "chardev:root",
            "-serial", f"file:{self.cell.path}", "-serial", f"file:{self.hv.path}",
            "-serial", f"file:{self.cell2.path}",
            "-chardev", f"socket,id=monitor,path={self._private}/monitor,server=on,wait=off",
            "-mon", "chardev=monitor,mode=readline",
            "-kernel", env[f"VMLINUZ_{self.line}"], "-initrd", initramfs(self.line),
            "-append", f"console=ttyS0 panic=-1 loglevel=3 {memmap} {append}".strip(), *extra]
        if may_reset:
            self.gdb = os.path.join(self._private, "gdb")
            self.args += ["-gdb", f"unix:{self.gdb},server=on,wait=off"]
        self.qemu = env[EMULATORS.get(self.line, "QEMU")]

    def _console(self, title, name):
        path = os.path.join(self.logs, name + ".log")
        with open(path, "wb"):
            pass
        return Console(self, title, path)

    def __enter__(self):
        return self.boot()

    def __exit__(self, *_):
        self.close()

    # --- life ------------------------------------------------------------------------------------

    def boot(self, timeout=120):
        """Starts the machine; returns when the root shell answers."""
        log = open(self.root.path, "wb")  # pylint: disable=consider-using-with
        self.child = pexpect.spawn(self.qemu, self.args, echo=False, timeout=timeout, maxread=65536,
                                   preexec_fn=self._in_child)
        self.child.delaybeforesend = None
        self.child.logfile_read = Flushed(log)
        return self.greet(timeout)

    def reset(self, timeout=120):
        """Presses the reset button (needs may_reset); returns when the root shell of the new boot answers. Memory keeps its content."""
        self.monitor("system_reset")
        return self.greet(timeout)

    def greet(self, timeout):
        """Waits for the root shell and makes it quiet."""
        self._expect(rb"machine: .* is up", timeout, "no root shell")
        self.child.send("stty -echo; PS1= PS2=\n")
        # What the kernel says later is about us; the boot's lines stay in a file.
        self.run("dmesg -c >/root/boot.log", timeout=30)
        return self

    def _in_child(self):
        """The emulator does not outlive the program that drives it; what it says itself goes to a file."""
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        os.dup2(os.open(self.emulator_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 2)

    def cpu_seconds(self):
        """CPU time of the host that the emulator has used."""
        try:
            with open(f"/proc/{self.child.pid}/stat", encoding="ascii", errors="replace") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cell_file(self, name):
        """The configuration NAME of the cells of this kind of machine."""
        return f"/cells/{name}.cell"

    def alive(self):
        return self.child is not None and self.child.isalive()

    def close(self):
        """Ends the emulator, whatever state it is in."""
        if self.child is not None:
            if self.child.isalive():
                self.child.kill(signal.SIGKILL)
            self.child.close(force=True)
            self.child = None
        shutil.rmtree(self._private, ignore_errors=True)

    def power_off(self, timeout=30):
        """Orderly: Linux switches the machine off."""
        self.child.send("poweroff -f\n")
        self.wait_for_end(timeout)

    def wait_for_end(self, timeout=30):
        self._expect(pexpect.EOF, timeout, "the machine did not end")
        self.child.close()

    # --- root's shell ----------------------------------------------------------------------------

    def run(self, command, timeout=30, keep_kernel=False):
        """Runs a shell command as root: (output, exit status). Kernel messages go to kernel_lines instead."""
        self._sequence += 1
        timeout *= self.PATIENCE
        begin, end = f"<<{self._sequence}<<", f">>{self._sequence}>>"
        what = f"no end of: {command}"
        self._begin(f"echo '<<''{self._sequence}<<'; {self._grouped(command)} 2>&1; echo '>>''{self._sequence}>>'$?", re.escape(begin).encode() + rb"\r*\n",
                    timeout, what)
        self._expect(re.escape(end).encode() + rb"(\d+)\r*\n", timeout, what)
        output = self.child.before.decode("utf-8", "replace").replace("\r", "")
        if keep_kernel:
            return output, int(self.child.match.group(1))
        self.kernel_lines += "".join(KERNEL_LINE.findall(output))
        return KERNEL_LINE.sub("", output), int(self.child.match.group(1))

    @staticmethod
    def _grouped(command):
        return f"{{ {command}\n}}"

    def _begin(self, text, pattern, timeout, what):
        """Types text, whose first output is the pattern."""
        self.child.send(text + "\n")
        self._expect(pattern, timeout, what)

    def check(self, command, timeout=30):
        """Output of a command that has to succeed."""
        output, status = self.run(command, timeout)
        if status:
            raise self.error(f"root: '{command}' ended with {status}:\n{output}")
        return output

    def refused(self, command, timeout=30):
        """Output of a command that has to fail."""
        output, status = self.run(command, timeout)
        if not status:
            raise self.error(f"root: '{command}' ended with success:\n{output}")
        return output

    def dmesg(self):
        """The kernel's log so far."""
        return self.run("dmesg", keep_kernel=True)[0]

    def read(self, path):
        """Content of a file, without the last newline."""
        return self.check(f"cat {path}").rstrip("\n")

    def type(self, text):
        """Sends text without waiting for anything."""
        self.child.send(text)

    def _expect(self, pattern, timeout, sentence):
        try:
            if pattern is pexpect.EOF:
                self.child.expect(pexpect.EOF, timeout)
            else:
                self.child.expect([pattern], timeout)
        except pexpect.TIMEOUT:
            raise self.error(f"{sentence} (after {timeout} s)") from None
        except pexpect.EOF:
            raise self.error(f"{sentence} (the machine ended)") from None

    # --- when something is wrong -----------------------------------------------------------------

    def error(self, sentence):
        return MachineError(f"{sentence}\n{self.report()}")

    def report(self, lines=25):
        """The last lines of every console, and where the CPUs are."""
        text = []
        for console in (self.root, self.cell, self.cell2, self.hv):
            tail = console.since().splitlines()[-lines:]
            text += [f"--- {console.name} console ({console.path})", *tail]
        text += ["--- CPUs", self.where()]
        return "\n".join(text)

    def where(self):
        """RIP, CPL and HLT of every CPU, asked from the emulator."""
        if not self.alive():
            return "the emulator has ended; it said:\n" + self.emulator_said()
        try:
            answer = self.monitor("info registers -a")
        except OSError as err:
            return f"the emulator does not answer: {err}"
        return "\n".join(re.findall(r"^(?:CPU#\d+|RIP=.*|EIP=.*)", answer, re.M))

    def emulator_said(self):
        if not os.path.exists(self.emulator_log):
            return ""
        with open(self.emulator_log, encoding="utf-8", errors="replace") as log:
            return "".join(line for line in log if "TCG doesn't support requested feature" not in line)

    def monitor(self, command, timeout=5):
        """Answer of the emulator's own monitor."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(timeout)
            link.connect(f"{self._private}/monitor")
            answer = receive_until(link, b"(qemu) ")
            link.sendall(command.encode() + b"\n")
            answer = receive_until(link, b"(qemu) ", after=len(command))
        return answer.decode("utf-8", "replace").replace("\r", "")


class Flushed:
    """A log file that is complete at any moment."""

    def __init__(self, log):
        self.log = log

    def write(self, data):
        self.log.write(data)
        self.log.flush()

    def flush(self):
        self.log.flush()


def receive_until(link, end, after=0):
    data = b""
    while not data[after:].endswith(end):
        part = link.recv(65536)
        if not part:
            break
        data += part
    return data


def build_initramfs(line, strict=False, small=None):
    """Packs what is built now; small: into that file, what fits an emulator that is slow."""
    words = [*(["--strict"] if strict else []), *(["--small"] if small else []), line, small or initramfs(line)]
    subprocess.run([os.path.join(TOP, "scripts", "mkinitramfs"), *words], check=True, env={**os.environ, "O": BUILD})
