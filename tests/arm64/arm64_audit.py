# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
Audit of a running ARM64 or ARMv7 system from outside, as tests/system/audit.py does it for x86: a dump of the hypervisor's memory, the debug
information of its image, and the registers of EL2 (HYP mode) that the emulator's gdb stub tells of each CPU. Both have the same descriptors.

What is proved for every CPU and every cell (each finding is a sentence):
 * CPU i's own tables, those that it has loaded, map nothing of Linux or a cell, no other CPU's private area, nothing writable and
   executable, and the private area only at its own address, without the guard page; devices: interrupt controller and console;
 * every stage 2 maps only what the cell's configuration grants, with no more rights, what is configured as registers as device memory;
   published pages only as declared; no private page of the hypervisor; GICv2: the virtual CPU interface in place of the physical one;
 * no page is reachable by two cells unless declared;
 * each CPU walks the tables of the cell that owns it, under that cell's number, and what a guest must not do by itself is trapped;
 * the state of root's tables, CPUs and of the pools is what it was before the first cell, whenever no cell exists.
"""
import os
import struct
import time

import audit
from audit import COMM_FLAG, PAGE, covered
import machine
from gdb import Stub

ARMV7 = machine.rig_env()["ARCH"] == "arm"
# Of layout.h; the last one is behind all of them. The level of the CPU's own top table.
if ARMV7:
    HV_BASE, LOCAL_BASE, DEVICES_SIZE, TOP_LEVEL = 0x20000000, 0x28000000, 0x200000, 2
else:
    HV_BASE, LOCAL_BASE, DEVICES_SIZE, TOP_LEVEL = 0x0000800000000000, 0x0000801000000000, 0x4200000, 3
WINDOW_BASE, DEVICE_BASE = LOCAL_BASE + (1 << 21), LOCAL_BASE + (2 << 21)
LAYOUT_END = DEVICE_BASE + DEVICES_SIZE
WINDOW_SLOTS = 4
IO_FLAG, NO_HUGEPAGES_FLAG = 0x10, 0x100

# Long descriptors (ARM ARM, D8.3)
VALID, TABLE_OR_PAGE, XN = 1, 2, 1 << 54
ADDRESS = 0x0000fffffffff000
S1_READ_ONLY = 1 << 7
S2_READ, S2_WRITE, S2_ATTR, S2_NORMAL = 1 << 6, 1 << 7, 0xf << 2, 0xf << 2

# HCR_EL2 (D17.2.48): stage 2, all interrupts, SMC, implementation defined registers, ACTLR
HCR = {"VM": 0, "FMO": 3, "IMO": 4, "AMO": 5, "TSC": 19, "TIDCP": 20, "TACR": 21}
HCR_RW = 1 << 31
AARCH32_FLAG = 4
EL2_REGISTERS = ("TTBR0_EL2", "VTTBR_EL2", "HCR_EL2", "SCTLR_EL2", "TCR_EL2", *(() if ARMV7 else ("VTCR_EL2",)))
# What the emulator calls them on ARMv7; HCPTR, HSTR, HDCR (ARM DDI 0406, B4.1.63, .64, .73): coprocessors but FP's, CP15's c11 and c15, locks of
# debug registers
ARMV7_NAMES = {"TTBR0_EL2": "HTTBR", "VTTBR_EL2": "VTTBR", "HCR_EL2": "HCR"}
ARMV7_TRAPS = {"CPTR_EL2": 0x1033ff, "HSTR_EL2": 1 << 11 | 1 << 15, "MDCR_EL2": 1 << 10}
# On ARM64: trace (CPTR_EL2.TTA), locks of debug registers; of a cell also SVE (D17.2.31, D17.2.81)
ARM64_TRAPS = {"CPTR_EL2": 1 << 20, "MDCR_EL2": 1 << 10}
ARM64_TRAPS_OF_CELLS = {"CPTR_EL2": 1 << 8}
TRAPS = ARMV7_TRAPS if ARMV7 else ARM64_TRAPS
VTCR_RES1 = 1 << 31
SCTLR_WXN, SCTLR_M = 1 << 19, 1
# Members of struct jailhouse_system (tests/abi/abi_layout_test.c)
CONSOLE_OFFSET, GICH_OFFSET, GICR_OFFSET, CELL_FLAGS_OFFSET = 44, 332, 348, 44
GICD_SIZE, GICC_SIZE, GICH_SIZE, GICR_STRIDE = 0x10000, 0x2000, 0x1000, 0x40000


class Dump(audit.Dump):
    """With the addresses of EL2, and the registers of each CPU."""

    def __init__(self, data, phys, layouts, registers, hcr_zero=()):
        super().__init__(data, phys, layouts)
        self.registers, self.hcr_zero = registers, hcr_zero

    def at(self, va, size):
        return self.at_phys(va - HV_BASE + self.phys, size)

    def field(self, va, struct_name, member, size=8):
        """Pointers have four bytes on ARMv7."""
        return super().field(va, struct_name, member, min(size, self.lay.pointers.get((struct_name, member), size)))

    def to_phys(self, va):
        return va - HV_BASE + self.phys


def take_dump(box):
    """Stops the machine, copies the hypervisor's memory and the registers of EL2, lets it go on."""
    path = os.path.join(box.logs, "hypervisor.dump")
    phys, size = box.HYPERVISOR
    with Stub(box.gdb) as stub:
        box.monitor(f'pmemsave 0x{phys:x} 0x{size:x} "{path}"', timeout=30)
        registers = [registers_of(stub, cpu) for cpu in range(box.smp)]
    with open(path, "rb") as file:
        data = bytearray(file.read())
    os.unlink(path)
    return Dump(data, phys, audit.layouts(), registers, box.HCR_ZERO)


def registers_of(stub, cpu):
    """By their names on ARM64, whatever the emulator calls them."""
    names = {name: ARMV7_NAMES.get(name, name) if ARMV7 else name for name in (*EL2_REGISTERS, *TRAPS)}
    values = stub.registers(cpu, names.values())
    return {name: values[told] for name, told in names.items()}


def stage1(entry):
    return not entry & S1_READ_ONLY, not entry & XN, False


def stage2(entry):
    return bool(entry & S2_WRITE), not entry & XN, entry & S2_ATTR != S2_NORMAL


def walk(dump, tables, level, rights, va=0):
    """(virtual start, physical start, size, writable, executable, device) of every mapping below @tables, physical addresses of tables
    in a row that are walked as one."""
    for number, table in enumerate(tables):
        for index, entry in enumerate(struct.unpack("<512Q", dump.at_phys(table, PAGE))):
            shift = 12 + 9 * level
            start = va | (number * 512 + index) << shift
            if not entry & VALID:
                continue
            if level and entry & TABLE_OR_PAGE:
                yield from walk(dump, [entry & ADDRESS], level - 1, rights, start)
            else:
                yield (start, entry & ADDRESS & ~((1 << shift) - 1), 1 << shift, *rights(entry))


def count_tables(dump, pa, level=3):
    entries = struct.unpack("<512Q", dump.at_phys(pa, PAGE)) if level else ()
    return 1 + sum(count_tables(dump, e & ADDRESS, level - 1) for e in entries if e & VALID and e & TABLE_OR_PAGE)


class Cell(audit.Cell):
    """One struct cell of the dump."""

    def __init__(self, dump, va):  # pylint: disable=super-init-not-called
        get = lambda member, size=8: dump.field(va, "cell", member, size)  # noqa: E731
        self.va, self.id, self.next = va, get("id", 4), get("next")
        self.loadable = bool(get("loadable", 1))
        bits = int.from_bytes(dump.at(va + dump.lay.offset("cell", "cpu_set"), 32), "little")
        self.cpus = {cpu for cpu in range(256) if bits >> cpu & 1}
        self.root_pa = dump.to_phys(dump.field(va + dump.lay.offset("cell", "stage2"), "pt", "root"))
        self.comm_pa = dump.to_phys(get("comm")) if get("comm") else None
        top = dump.field(va + dump.lay.offset("cell", "arch"), "arch_cell", "stage2_top")
        self.top_pa = dump.to_phys(top) if top else None
        self._read_config(dump, va, b"")
        self.flags, = struct.unpack("<I", dump.at(get("config") + CELL_FLAGS_OFFSET, 4))
        self.mappings = list(walk(dump, [self.root_pa], 3, stage2))


class Audit(audit.Audit):
    """All checks over one dump; findings is empty when the system is as it must be."""

    def __init__(self, dump):  # pylint: disable=super-init-not-called
        self.dump, self.lay, self.findings = dump, dump.lay, []
        system = self.lay.symbols["hv_system"]
        self.core_size = dump.field(self.lay.symbols["hv_header"], "hv_image_header", "core_size")
        self.percpu_size = self.lay.size("percpu")
        self.max_cpus = dump.field(system, "system", "max_cpus", 4)
        self.phys_bits = dump.u32(self.lay.symbols["config_phys_bits"])
        self.vtcr = int.from_bytes(dump.at(self.lay.symbols["arm_stage2_vtcr"], 8), "little")
        self.pcpus = dump.field(system, "system", "pcpus")
        self.cells = self._cells(dump.field(system, "system", "cells"))
        self.root = self.cells[0]
        published = dump.to_phys(self.lay.symbols["hv_published"])
        self.published = [(published, published + 0x11000), (published + 0x11000, published + 0x12000)]
        self.online = [cpu for cpu in range(self.max_cpus) if self._pcpu(cpu, "online", 1)]
        self.idmap = dump.to_phys(self.lay.symbols["__idmap_start"])
        self._read_system(dump.field(system, "system", "config"))

    def _cells(self, va):
        cells = []
        while va:
            cells.append(Cell(self.dump, va))
            va = cells[-1].next
        return cells

    def _read_system(self, config):
        """Where interrupt controller and console are: what the hypervisor may map as devices."""
        get = lambda symbol, size=8: int.from_bytes(self.dump.at(self.lay.symbols[symbol], size), "little")  # noqa: E731
        console, length = struct.unpack("<QI", self.dump.at(config + CONSOLE_OFFSET, 12))
        self.gicd, self.gicc, self.gicv = get("arm_gicd_base"), get("arm_gicc_base"), get("arm_gicv_base")
        self.devices = [(self.gicd, self.gicd + GICD_SIZE), (console & -PAGE, -(-(console + length) // PAGE) * PAGE)]
        gich, gicr = (struct.unpack("<Q", self.dump.at(config + offset, 8))[0] for offset in (GICH_OFFSET, GICR_OFFSET))
        if self.gicc:
            self.devices += [(self.gicc, self.gicc + GICC_SIZE), (gich, gich + GICH_SIZE)]
        else:
            self.devices.append((gicr, gicr + self.max_cpus * GICR_STRIDE))

    def run(self):
        for cpu in self.online:
            self.check_own_tables(cpu)
            self.check_guest_of(cpu)
        for cell in self.cells:
            self.check_stage2(cell)
        self.check_sharing()
        self.check_cpu_owners()
        return self.findings

    def root_state(self):
        """What creating and destroying cells has to restore, by name."""
        system = self.lay.symbols["hv_system"]
        pool, published = (self.dump.field(system + self.lay.offset("system", name), "page_pool", "used", 4) for name in ("pool", "published"))
        irqs = self.root.va + self.lay.offset("cell", "arch") + self.lay.offset("arch_cell", "irqs")
        return {"memory map": frozenset(self.root.mappings), "number of tables": count_tables(self.dump, self.root.root_pa),
                "set of interrupts": bytes(self.dump.at(irqs, 128)), "set of CPUs": frozenset(self.root.cpus),
                "use of the private pool": pool, "use of the published pool": published}

    # --- the hypervisor's own tables ---------------------------------------------------------------

    def check_own_tables(self, cpu):
        top = self._percpu_pa(cpu) + self.lay.offset("percpu", "own")
        loaded = self.dump.registers[cpu]["TTBR0_EL2"] & ADDRESS
        if loaded != top:
            self.find(f"CPU {cpu}: it has loaded the table 0x{loaded:x}, its own is 0x{top:x}")
        if not self.dump.registers[cpu]["SCTLR_EL2"] & SCTLR_M:
            self.find(f"CPU {cpu}: the hypervisor runs without translation")
        writable, executable = set(), set()
        for va, pa, size, write, execute, _ in walk(self.dump, [top], TOP_LEVEL, stage1):
            where = f"CPU {cpu}: 0x{va:x} → 0x{pa:x}"
            if write and execute:
                self.find(f"{where} is writable and executable")
            self.check_own_mapping(cpu, where, va, pa, size, execute)
            for page in range(pa, pa + size, PAGE):
                (writable if write else set()).add(page)
                (executable if execute else set()).add(page)
        for page in sorted(writable & executable):
            self.find(f"CPU {cpu}: page 0x{page:x} is writable at one address and executable at another")

    def check_own_mapping(self, cpu, where, va, pa, size, execute):  # pylint: disable=too-many-arguments
        if va == self.idmap:
            if pa != va or size != PAGE or not execute:
                self.find(f"{where}: the page that switches translation is another one")
        elif WINDOW_BASE <= va < DEVICE_BASE:
            if not va < WINDOW_BASE + WINDOW_SLOTS * PAGE or size != PAGE or execute:
                self.find(f"{where}: a mapping in the window that is no slot")
        elif DEVICE_BASE <= va < LAYOUT_END:
            if execute or not any(start <= pa and pa + size <= end for start, end in self.devices):
                self.find(f"{where}: a device mapping that is neither the interrupt controller nor the console")
        elif not HV_BASE <= va < LAYOUT_END:
            self.find(f"{where}: an address that is not the hypervisor's")
        elif not (self.dump.owns(pa) and self.dump.owns(pa + size - 1)):
            self.find(f"{where}: memory of Linux or a cell")
        else:
            self.check_private(cpu, where, va, pa, size)

    def check_private(self, cpu, where, va, pa, size):  # pylint: disable=too-many-arguments
        if va < LOCAL_BASE and va - HV_BASE != pa - self.dump.phys:
            self.find(f"{where}: at another address than its own")
        first, last = ((page - self._percpu_pa(0)) // self.percpu_size for page in (pa, pa + size - 1))
        for other in range(max(first, 0), min(last + 1, self.max_cpus)):
            low = self._percpu_pa(other)
            if other != cpu:
                self.find(f"{where}: private area of CPU {other}")
            elif va < LOCAL_BASE or va - LOCAL_BASE != pa - low:
                self.find(f"{where}: its private area at another address")
            elif pa == low:
                self.find(f"{where}: the guard page of the stack")

    # --- guests ------------------------------------------------------------------------------------

    def check_guest_of(self, cpu):
        registers, owner = self.dump.registers[cpu], self.cell_at(self._pcpu(cpu, "cell"))
        table, number = registers["VTTBR_EL2"] & ADDRESS, registers["VTTBR_EL2"] >> 48
        if table != (owner.top_pa or owner.root_pa):
            self.find(f"CPU {cpu} of {owner} runs with other tables: 0x{table:x}")
        elif owner.top_pa and list(walk(self.dump, self.tops_of(owner), 2, stage2)) != owner.mappings:
            self.find(f"CPU {cpu} of {owner}: the first tables of its walk are not those of the cell")
        if number != owner.id & 0xff:
            self.find(f"CPU {cpu} of {owner} runs under the number {number}")
        for name, bit in HCR.items():
            if not registers["HCR_EL2"] >> bit & 1 and name not in self.dump.hcr_zero:
                self.find(f"CPU {cpu} of {owner}: HCR_EL2.{name} is off")
        for name, bits in TRAPS.items():
            bits |= 0 if ARMV7 or owner is self.root else ARM64_TRAPS_OF_CELLS.get(name, 0)
            if registers[name] & bits != bits:
                self.find(f"CPU {cpu} of {owner}: {name} leaves 0x{bits & ~registers[name]:x} to the guest")
        if not ARMV7 and (registers["VTCR_EL2"] ^ self.vtcr) & ~VTCR_RES1:
            self.find(f"CPU {cpu} of {owner}: VTCR_EL2 is 0x{registers['VTCR_EL2']:x} instead of 0x{self.vtcr:x}")
        if not ARMV7 and bool(registers["HCR_EL2"] & HCR_RW) == bool(owner.flags & AARCH32_FLAG):
            self.find(f"CPU {cpu} of {owner} runs in another execution state than configured")

    def tops_of(self, cell):
        """Tables of level 1 in a row, as many as the CPU's physical address bits ask for."""
        return [cell.top_pa + n * PAGE for n in range(1 << max(0, self.phys_bits - 39))]

    @staticmethod
    def flags_of(cell, gpa):
        """Of the region that @gpa is in."""
        return next((flags for _, virt, length, flags in cell.regions if virt <= gpa < virt + length), 0)

    def check_stage2(self, cell):
        for gpa, pa, size, write, execute, device in cell.mappings:
            where = f"{cell}: 0x{gpa:x} → 0x{pa:x} ({size >> 10} KiB)"
            if self.gicc and self.gicc <= gpa < self.gicc + GICC_SIZE:
                if gpa - self.gicc != pa - self.gicv or size != PAGE or execute or not device:
                    self.find(f"{where}: not the virtual CPU interface")
            elif self.dump.owns(pa) or self.dump.owns(pa + size - 1):
                self.check_published(cell, where, pa, size, write, execute)
            elif not self.granted(cell, gpa, pa, size, write, execute):
                self.find(f"{where}: more than the configuration grants")
            elif self.flags_of(cell, gpa) & IO_FLAG and not device:
                self.find(f"{where}: registers as ordinary memory")
            elif self.flags_of(cell, gpa) & NO_HUGEPAGES_FLAG and size != PAGE:
                self.find(f"{where}: a large page where the configuration has none")

    def check_sharing(self):
        """GICv2's virtual CPU interface is everybody's: each CPU has its own behind that address."""
        reach = {cell.id: audit.Ranges(m for m in cell.mappings if not (self.gicv and self.gicv <= m[1] < self.gicv + GICC_SIZE))
                 for cell in self.cells}
        for n, one in enumerate(self.cells):
            for two in self.cells[n + 1:]:
                for start, end in reach[one.id].common(reach[two.id]):
                    declared = covered(start, end, self.shared_by(two)) and (one is self.root or covered(start, end, self.shared_by(one)))
                    if not declared:
                        self.find(f"{one} and {two} both reach 0x{start:x}-0x{end - 1:x}")


class Follower:
    """Audits one machine whenever something has changed since the last time."""

    def __init__(self, box):
        self.box = box
        self.seen, self.run, self.base = None, None, None
        self.count, self.seconds = 0, 0.0

    def _read(self, address, size):
        path = os.path.join(self.box.logs, "word.dump")
        self.box.monitor(f'pmemsave 0x{address - HV_BASE + self.box.HYPERVISOR[0]:x} {size} "{path}"')
        with open(path, "rb") as file:
            return int.from_bytes(file.read(), "little")

    def _generations(self):
        """Of the hypervisor's run and of what it publishes; None: it is off."""
        lay = audit.layouts()
        log, status = lay.symbols["hv_crash_log"], lay.symbols["hv_published"] + 0x11000
        if self._read(log + lay.offset("hv_crash_log", "state"), 4) != audit.RUNNING:
            return None
        return (self._read(log + lay.offset("hv_crash_log", "generation"), 8), self._read(status + lay.offset("hv_status_page", "generation"), 4))

    def findings(self):
        """What is wrong now; nothing is looked at when the hypervisor is off or nothing changed."""
        started, now = time.monotonic(), self._generations()
        if now is None or now == self.seen:
            return []
        view = Audit(take_dump(self.box))
        found = view.run() + self._compare(now[0], view)
        self.seen = now
        self.count, self.seconds = self.count + 1, self.seconds + time.monotonic() - started
        return found

    def _compare(self, run, view):
        """create∘destroy restores all of it: root alone is always the same."""
        if len(view.cells) > 1:
            return []
        state = view.root_state()
        if run != self.run:
            self.run, self.base = run, state
        return [f"{name} of root alone differs from what it was before the first cell: {audit.difference(state[name], self.base[name])}"
                for name in state if state[name] != self.base[name]]
