# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""
Audit of a running system from outside: a dump of the hypervisor's memory, taken through the emulator, and the debug information of its
image. Nothing in the machine helps, nothing in it can lie.

What is proved for every CPU and every cell (each finding is a sentence):
 * CPU i's own tables map nothing of Linux or a cell, no other CPU's private area, nothing writable and executable, and the private area
   only at its own address, without the guard page;
 * every stage 2 maps only what the cell's configuration grants, with no more rights; published pages only as declared; no private page
   of the hypervisor;
 * no page is reachable by two cells unless declared;
 * each CPU runs with the tables and permission maps of the cell that owns it, or sits in the park page; each CPU has one owner;
 * the state of root's tables, maps, CPUs and of the pools is what it was before the first cell, whenever no cell exists;
 * no port outside of the configuration and no MSR that must be watched is open;
 * what a guest must not do without the hypervisor is intercepted on every CPU.
"""
import os
import pickle
import re
import struct
import time

from elftools.elf.elffile import ELFFile

import machine

ELF = os.path.join(machine.BUILD, "hypervisor", "jailhouse.elf")
HV_BASE = 0xffff800000000000
LOCAL_BASE = 0xffff801000000000
WINDOW_BASE = 0xffff802000000000
DEVICE_BASE = 0xffff803000000000
PAGE = 4096
LARGE_PAGE = 1 << 21
ADDRESS = 0x000ffffffffff000
PRESENT, WRITE, LARGE, NX = 1, 2, 1 << 7, 1 << 63
XAPIC_PAGE = 0xfee00000
READ_FLAG, WRITE_FLAG, EXEC_FLAG, COMM_FLAG, LOADABLE_FLAG, SHARED_FLAG = 1, 2, 4, 0x20, 0x40, 0x80
WATCHED_MSRS = (0xc0000080, 0xc0010114, 0xc0010117, 0xc0010111, 0xc0010112, 0xc0010113, 0xc001001a, 0xc001001d,
                0xc0010010, 0x1b, 0x79, 0xc0010020, 0x200, 0x2ff)
# What has to exit (APM vol. 2, B-1): field of the VMCB, bits, and whether root may do it alone
INTERCEPTS = (
    ("intercept_exceptions", {"#DB": 1, "#AC": 17, "#MC": 18}, False),
    ("intercept1", {"NMI": 1, "INIT": 3, "CPUID": 18, "INVD": 22, "INVLPGA": 26, "ports": 27, "MSRs": 28, "shutdown": 31}, False),
    ("intercept1", {"RDPMC": 15}, True),
    ("intercept2", {"VMRUN": 0, "VMMCALL": 1, "VMLOAD": 2, "VMSAVE": 3, "STGI": 4, "CLGI": 5, "SKINIT": 6}, False),
    ("intercept2", {"WBINVD": 9}, True),
)


# Keyboard controller's command, PCI configuration: (base, length)
MODERATED_PORTS = ((0x64, 1), (0xcf8, 8))


class Layouts:
    """Offsets of struct members and addresses of symbols, from the image's debug information."""

    def __init__(self, path=ELF):
        with open(path, "rb") as file:
            elf = ELFFile(file)
            self.symbols = {s.name: s["st_value"] for s in elf.get_section_by_name(".symtab").iter_symbols()}
            self.structs, self.pointers = {}, {}  # (struct, member): bytes
            for unit in elf.get_dwarf_info().iter_CUs():
                for die in unit.get_top_DIE().iter_children():
                    self._note(die)

    def _note(self, die):
        name = die.attributes.get("DW_AT_name")
        if die.tag != "DW_TAG_structure_type" or name is None or "DW_AT_byte_size" not in die.attributes:
            return
        members = {}
        for child in die.iter_children():
            if child.tag == "DW_TAG_member" and "DW_AT_name" in child.attributes:
                offset = child.attributes.get("DW_AT_data_member_location")
                member = child.attributes["DW_AT_name"].value.decode()
                members[member] = offset.value if offset else 0
                kind = child.get_DIE_from_attribute("DW_AT_type")
                if kind.tag == "DW_TAG_pointer_type":
                    self.pointers[name.value.decode(), member] = kind.attributes["DW_AT_byte_size"].value
        self.structs[name.value.decode()] = (members, die.attributes["DW_AT_byte_size"].value)

    def offset(self, struct_name, *path):
        """offset("percpu", "vcpu") and, through nested structs, offset("percpu", "vcpu", ("arch_vcpu", …)) by addition."""
        return self.structs[struct_name][0][path[0]]

    def size(self, struct_name):
        return self.structs[struct_name][1]


class Dump:
    """Hypervisor memory at one moment; addresses are its virtual ones in the linear map, or physical."""

    def __init__(self, data, phys, layouts):
        self.data, self.phys, self.lay = data, phys, layouts

    def at_phys(self, address, size):
        start = address - self.phys
        if not 0 <= start <= len(self.data) - size:
            raise LookupError(f"0x{address:x} is not hypervisor memory")
        return self.data[start:start + size]

    def at(self, va, size):
        return self.at_phys(va - HV_BASE + self.phys, size)

    def u64(self, va):
        return struct.unpack("<Q", self.at(va, 8))[0]

    def u32(self, va):
        return struct.unpack("<I", self.at(va, 4))[0]

    def field(self, va, struct_name, member, size=8):
        return int.from_bytes(self.at(va + self.lay.offset(struct_name, member), size), "little")

    def owns(self, pa):
        return self.phys <= pa < self.phys + len(self.data)


def walk(dump, root_pa, levels):
    """(virtual start, physical start, size, writable, executable) of every mapping below @root_pa."""
    def table(pa, level, va, can_write, can_exec):
        entries = struct.unpack("<512Q", dump.at_phys(pa, PAGE))
        for index, entry in enumerate(entries):
            if not entry & PRESENT:
                continue
            shift = 12 + 9 * level
            start = va | index << shift
            write, execute = can_write and bool(entry & WRITE), can_exec and not entry & NX
            if level == 0 or entry & LARGE:
                yield start, entry & ADDRESS & ~((1 << shift) - 1), 1 << shift, write, execute
            else:
                yield from table(entry & ADDRESS, level - 1, start, write, execute)
    return table(root_pa, levels - 1, 0, True, True)


def count_tables(dump, pa, levels):
    entries = struct.unpack("<512Q", dump.at_phys(pa, PAGE)) if levels > 1 else ()
    return 1 + sum(count_tables(dump, e & ADDRESS, levels - 1) for e in entries if e & PRESENT and not e & LARGE)


def canonical(va, levels):
    sign = 1 << (11 + 9 * levels)
    return va | (0xffffffffffffffff & ~((sign << 1) - 1)) if va & sign else va


class Ranges:
    """Which cell can reach which physical memory: a list of (start, end, what)."""

    def __init__(self, mappings):
        self.spans = []
        for _, pa, size, *_ in sorted(mappings, key=lambda m: m[1]):
            if self.spans and pa <= self.spans[-1][1]:
                self.spans[-1][1] = max(self.spans[-1][1], pa + size)
            else:
                self.spans.append([pa, pa + size])

    def common(self, other):
        for a in self.spans:
            for b in other.spans:
                start, end = max(a[0], b[0]), min(a[1], b[1])
                if start < end:
                    yield start, end


def covered(start, end, spans):
    """Is all of [start, end) in the union of @spans?"""
    for low, high in sorted(spans):
        if low <= start < high:
            start = high
    return start >= end


def port_bits(ranges):
    bits = 0
    for base, length in ranges:
        bits |= ((1 << length) - 1) << base
    return bits


class Cell:
    """One struct cell of the dump."""

    def __init__(self, dump, va):
        get = lambda member, size=8: dump.field(va, "cell", member, size)  # noqa: E731
        self.va, self.id = va, get("id", 4)
        self.next = get("next")
        config, size = get("config"), get("config_size", 4)
        blob = dump.at(config, size) if size else b""
        self.loadable = bool(get("loadable", 1))
        self.cpus = {32 * 0 + bit for bit in range(256)
                     if dump.at(va + dump.lay.offset("cell", "cpu_set"), 32)[bit // 8] >> (bit % 8) & 1}
        stage2 = va + dump.lay.offset("cell", "stage2")
        self.root_pa = dump.field(stage2, "pt", "root") - HV_BASE + dump.phys
        self.comm_pa = get("comm") - HV_BASE + dump.phys if get("comm") else None
        arch = va + dump.lay.offset("cell", "arch")
        self.msrpm = dump.field(arch, "arch_cell", "msrpm")
        self.iopm = dump.field(arch, "arch_cell", "iopm")
        self.top = dump.field(arch, "arch_cell", "stage2_top")
        self._read_config(dump, va, blob)
        self.mappings = list(walk(dump, self.root_pa, 4))

    def _read_config(self, dump, va, blob):
        view = va + dump.lay.offset("cell", "view")
        desc = dump.field(view, "cell_view", "desc")
        self.name = dump.at(desc + 8, 32).split(b"\0")[0].decode("ascii", "replace")

        def array(pointer, count, size):
            start = dump.field(view, "cell_view", pointer)
            return [dump.at(start + n * size, size) for n in range(dump.field(view, "cell_view", count, 4))]
        self.regions = [struct.unpack("<QQQQ", raw) for raw in array("mem", "num_mem", 32)]
        self.ports = [struct.unpack("<HH", raw) for raw in array("pio", "num_pio", 4)]
        del blob

    def __str__(self):
        return f'cell "{self.name}"'


class Audit:
    """All checks over one dump; findings is empty when the system is as it must be."""

    def __init__(self, dump):
        self.dump, self.lay, self.findings = dump, dump.lay, []
        system = self.lay.symbols["hv_system"]
        header = self.lay.symbols["hv_header"]
        self.core_size = dump.field(header, "hv_image_header", "core_size")
        self.percpu_size = self.lay.size("percpu")
        self.max_cpus = dump.field(system, "system", "max_cpus", 4)
        self.pcpus = dump.field(system, "system", "pcpus")
        self.cells = self._cells(dump.field(system, "system", "cells"))
        self.root = self.cells[0]
        published = self.lay.symbols["hv_published"] - HV_BASE + dump.phys
        self.published = [(published, published + 0x11000), (published + 0x11000, published + 0x12000)]
        self.online = [cpu for cpu in range(self.max_cpus) if self._pcpu(cpu, "online", 1)]
        park = self.lay.symbols["virt_park_stage2"]
        self.park_roots = {dump.field(park, "pt", "root") - HV_BASE + dump.phys,
                           self.lay.symbols["virt_park_top"] - HV_BASE + dump.phys}

    def _cells(self, va):
        cells = []
        while va:
            cells.append(Cell(self.dump, va))
            va = cells[-1].next
        return cells

    def _pcpu(self, cpu, member, size=8):
        return self.dump.field(self.pcpus + cpu * self.lay.size("pcpu"), "pcpu", member, size)

    def _percpu_pa(self, cpu):
        return self.dump.phys + self.core_size + cpu * self.percpu_size

    def _percpu(self, cpu, member, size=8):
        return self.dump.field(self._percpu_pa(cpu) - self.dump.phys + HV_BASE, "percpu", member, size)

    def find(self, sentence):
        self.findings.append(sentence)

    def run(self):
        for cpu in self.online:
            self.check_own_tables(cpu)
            self.check_guest_of(cpu)
        for cell in self.cells:
            self.check_stage2(cell)
            self.check_maps(cell)
        self.check_sharing()
        self.check_cpu_owners()
        return self.findings

    def root_state(self):
        """What creating and destroying cells has to restore, by name."""
        system = self.lay.symbols["hv_system"]
        pool, published = (self.dump.field(system + self.lay.offset("system", name), "page_pool", "used", 4) for name in ("pool", "published"))
        return {"memory map": frozenset(self.root.mappings), "number of tables": count_tables(self.dump, self.root.root_pa, 4),
                "port map": bytes(self.dump.at(self.root.iopm, 0x2001)), "MSR map": bytes(self.dump.at(self.root.msrpm, 0x2000)),
                "set of CPUs": frozenset(self.root.cpus), "use of the private pool": pool, "use of the published pool": published}

    # --- the hypervisor's own tables ---------------------------------------------------------------

    def check_own_tables(self, cpu):
        area = self._percpu_pa(cpu)
        cr3 = self._percpu(cpu, "host_cr3")
        levels = 5 if cr3 - area == self.lay.offset("percpu", "pml5") else 4
        if cr3 - area not in (self.lay.offset("percpu", "pml5"), self.lay.offset("percpu", "pml4")):
            self.find(f"CPU {cpu}: its page table 0x{cr3:x} is not in its private area")
            return
        writable, executable = set(), set()
        for va, pa, size, write, execute in walk(self.dump, cr3, levels):
            va = canonical(va, levels)
            where = f"CPU {cpu}: 0x{va:x} → 0x{pa:x}"
            if write and execute:
                self.find(f"{where} is writable and executable")
            self.check_own_mapping(cpu, where, va, pa, size)
            for page in range(pa, pa + size, PAGE):
                (writable if write else set()).add(page)
                (executable if execute else set()).add(page)
        for page in sorted(writable & executable):
            self.find(f"CPU {cpu}: page 0x{page:x} is writable at one address and executable at another")

    def check_own_mapping(self, cpu, where, va, pa, size):
        if WINDOW_BASE <= va < DEVICE_BASE:
            if not va < WINDOW_BASE + 4 * PAGE or size != PAGE:
                self.find(f"{where}: a mapping in the window that is no slot")
            return
        if va >= DEVICE_BASE:
            if not self.is_device(va, pa, size):
                self.find(f"{where}: a device mapping that is neither the APIC nor the console")
            return
        if not (self.dump.owns(pa) and self.dump.owns(pa + size - 1)):
            self.find(f"{where}: memory of Linux or a cell")
            return
        for other in range(self.max_cpus):
            low = self._percpu_pa(other)
            if pa < low + self.percpu_size and low < pa + size:
                if other != cpu:
                    self.find(f"{where}: private area of CPU {other}")
                elif va < LOCAL_BASE or va - LOCAL_BASE != pa - low:
                    self.find(f"{where}: its private area at another address")
                elif pa == low:
                    self.find(f"{where}: the guard page of the stack")

    def is_device(self, va, pa, size):
        """The APIC at its place, or the console, which keeps its place within 2 MiB."""
        console = self.lay.symbols["x86_console_area"]
        start, length = (self.dump.field(console, "x86_console_area", name) for name in ("pa", "size"))
        if va == DEVICE_BASE:
            return pa == XAPIC_PAGE and size == PAGE
        return start <= pa and pa + size <= start + length and va - pa == DEVICE_BASE + LARGE_PAGE + start % LARGE_PAGE - start

    # --- guests ------------------------------------------------------------------------------------

    def vmcb_of(self, cpu):
        return self._percpu_pa(cpu) + self.lay.offset("percpu", "vmcb") - self.dump.phys + HV_BASE

    def check_guest_of(self, cpu):
        vmcb = self.vmcb_of(cpu)
        nested, msrpm, iopm = (self.dump.field(vmcb, "vmcb", name) for name in ("n_cr3", "msrpm_pa", "iopm_pa"))
        if self.dump.field(vmcb, "vmcb", "np_enable") & 1 == 0:
            self.find(f"CPU {cpu}: nested paging is off")
        self.check_intercepts(cpu, vmcb)
        if nested in self.park_roots:
            return
        owner = self.cell_at(self._pcpu(cpu, "cell"))
        tops = {owner.root_pa, owner.top - HV_BASE + self.dump.phys}
        if nested not in tops:
            self.find(f"CPU {cpu} of {owner} runs with other tables: 0x{nested:x}")
        for name, pa, va in (("MSR", msrpm, owner.msrpm), ("port", iopm, owner.iopm)):
            if pa != va - HV_BASE + self.dump.phys:
                self.find(f"CPU {cpu} of {owner} runs with another {name} permission map")

    def check_intercepts(self, cpu, vmcb):
        """What must not happen without the hypervisor, by name; a cell's CPU has less than root's."""
        owner = self.cell_at(self._pcpu(cpu, "cell"))
        for member, bits, cells_only in INTERCEPTS:
            have = self.dump.field(vmcb, "vmcb", member, 4)
            for name, bit in bits.items():
                if not have >> bit & 1 and not (cells_only and owner is self.root):
                    self.find(f"CPU {cpu} of {owner}: {name} is not intercepted")

    def cell_at(self, va):
        return next(cell for cell in self.cells if cell.va == va)

    def granted(self, cell, gpa, pa, size, write, execute):
        """Is this mapping covered by the cell's own configuration?"""
        spans = []
        for phys, virt, length, flags in cell.regions:
            if flags & COMM_FLAG:
                phys = cell.comm_pa
            ok = flags & READ_FLAG and (not write or flags & WRITE_FLAG) and (not execute or flags & EXEC_FLAG)
            if ok and phys - virt == pa - gpa:
                spans.append((virt, virt + length))
        return covered(gpa, gpa + size, spans)

    def check_stage2(self, cell):
        for gpa, pa, size, write, execute in cell.mappings:
            where = f"{cell}: 0x{gpa:x} → 0x{pa:x} ({size >> 10} KiB)"
            if pa == XAPIC_PAGE:
                if write or execute or size != PAGE or gpa != pa:
                    self.find(f"{where}: the APIC page is not read-only")
            elif self.dump.owns(pa) or self.dump.owns(pa + size - 1):
                self.check_published(cell, where, pa, size, write, execute)
            elif not self.granted(cell, gpa, pa, size, write, execute):
                self.find(f"{where}: more than the configuration grants")

    def check_published(self, cell, where, pa, size, write, execute):
        if cell.comm_pa is not None and cell is not self.root and pa == cell.comm_pa and size == PAGE:
            if execute:
                self.find(f"{where}: an executable communication page")
        elif cell is not self.root or write or execute or not covered(pa, pa + size, self.published):
            self.find(f"{where}: private page of the hypervisor")

    def shared_by(self, cell):
        """Physical memory that @cell's configuration declares to be root's as well (now)."""
        return [(phys, phys + size) for phys, _, size, flags in cell.regions
                if flags & SHARED_FLAG or (cell.loadable and flags & LOADABLE_FLAG)]

    def check_sharing(self):
        reach = {cell.id: Ranges(m for m in cell.mappings if m[1] != XAPIC_PAGE) for cell in self.cells}
        for n, one in enumerate(self.cells):
            for two in self.cells[n + 1:]:
                for start, end in reach[one.id].common(reach[two.id]):
                    declared = covered(start, end, self.shared_by(two)) and \
                        (one is self.root or covered(start, end, self.shared_by(one)))
                    if not declared:
                        self.find(f"{one} and {two} both reach 0x{start:x}-0x{end - 1:x}")

    def check_cpu_owners(self):
        for cpu in self.online:
            owners = [cell for cell in self.cells if cpu in cell.cpus]
            if len(owners) != 1 or owners[0].va != self._pcpu(cpu, "cell"):
                self.find(f"CPU {cpu} is in the sets of {len(owners)} cells, or runs for another one")

    # --- permission maps ---------------------------------------------------------------------------

    def check_maps(self, cell):
        ports = self.dump.at(cell.iopm, 0x2001)
        bad = ~int.from_bytes(ports[:0x2000], "little") & ((1 << 0x10000) - 1) & ~self.allowed_ports(cell)
        while bad:
            port = (bad & -bad).bit_length() - 1
            self.find(f"{cell}: port 0x{port:x} is open")
            bad &= bad - 1
        if not ports[0x2000] & 7:
            self.find(f"{cell}: accesses beyond port 0xffff are open")
        msrs = self.dump.at(cell.msrpm, 0x2000)
        for msr in WATCHED_MSRS:
            index = (0x2000 if msr >> 16 == 0xc000 else 0x4000 if msr >> 16 == 0xc001 else 0) + (msr & 0x1fff)
            if not msrs[index * 2 // 8] >> (index * 2 % 8 + 1) & 1:
                self.find(f"{cell}: writes to MSR 0x{msr:x} are open")

    def allowed_ports(self, cell):
        """Bit n: port n may be open. Root's configuration without what cells have; never those that are moderated."""
        allowed = port_bits(cell.ports)
        if cell is self.root:
            for other in self.cells[1:]:
                allowed &= ~port_bits(other.ports)
        timer = self.pm_timer()
        return (allowed | port_bits([(timer.start, len(timer))])) & ~port_bits(MODERATED_PORTS)

    def pm_timer(self):
        config = self.dump.field(self.lay.symbols["hv_system"], "system", "config")
        port = struct.unpack("<H", self.dump.at(config + 312, 2))[0]
        return range(port, port + 4)


_LAYOUTS = []


def layouts():
    """Read once for each build: the result lies beside the image."""
    if not _LAYOUTS:
        _LAYOUTS.append(kept_layouts(ELF + ".members"))
    return _LAYOUTS[0]


def kept_layouts(path):
    stamp = os.stat(ELF).st_mtime_ns
    if os.path.exists(path):
        with open(path, "rb") as file:
            kept, found = pickle.load(file)
        if kept == stamp:
            return found
    found = Layouts()
    with open(f"{path}.{os.getpid()}", "wb") as file:
        pickle.dump((stamp, found), file)
    os.replace(file.name, path)
    return found


def take_dump(box, phys=0x3a000000, size=0x600000):
    """Stops the machine, copies the hypervisor's memory, lets it go on."""
    path = os.path.join(box.logs, "hypervisor.dump")
    box.monitor("stop")
    try:
        box.monitor(f'pmemsave 0x{phys:x} 0x{size:x} "{path}"', timeout=30)
    finally:
        box.monitor("cont")
    with open(path, "rb") as file:
        data = bytearray(file.read())
    os.unlink(path)
    return Dump(data, phys, layouts())


def audit(box):
    """Findings of an audit of the running machine."""
    return Audit(take_dump(box)).run()


# --- after each scenario -----------------------------------------------------------------------------

RUNNING = 1  # hv_crash_log.state
OF_A_CPU = re.compile(r"CPU \d+ of cell ")


class Follower:
    """Audits one machine whenever something has changed since the last time."""

    def __init__(self, box, phys=0x3a000000):
        self.box, self.phys = box, phys
        self.seen, self.run, self.base = None, None, None
        self.count, self.seconds = 0, 0.0

    def _read(self, symbol, struct_name, member, size):
        lay = layouts()
        address = lay.symbols[symbol] - HV_BASE + self.phys + lay.offset(struct_name, member)
        path = os.path.join(self.box.logs, "word.dump")
        self.box.monitor(f'pmemsave 0x{address:x} {size} "{path}"')
        with open(path, "rb") as file:
            return int.from_bytes(file.read(), "little")

    def _published_generation(self):
        lay = layouts()
        address = lay.symbols["hv_published"] - HV_BASE + self.phys + 0x11000 + lay.offset("hv_status_page", "generation")
        path = os.path.join(self.box.logs, "word.dump")
        self.box.monitor(f'pmemsave 0x{address:x} 4 "{path}"')
        with open(path, "rb") as file:
            return int.from_bytes(file.read(), "little")

    def findings(self):
        """What is wrong now; nothing is looked at when the hypervisor is off or nothing changed."""
        started = time.monotonic()
        if self._read("hv_crash_log", "hv_crash_log", "state", 4) != RUNNING:
            return []
        now = (self._read("hv_crash_log", "hv_crash_log", "generation", 8), self._published_generation())
        if now == self.seen:
            return []
        view, found = self._settled(now[0])
        self.seen = now
        self.count, self.seconds = self.count + 1, self.seconds + time.monotonic() - started
        return found

    def _settled(self, run):
        """A CPU handles its change of hands after the call has returned, as soon as it runs: a host that is late may stop the machine before
        that. So what is found of CPUs alone is looked at again, for a second: a fault stays."""
        for pause in (0.1, 0.3, 0.6, None):
            view = Audit(take_dump(self.box))
            found = view.run() + self._compare(run, view)
            if pause is None or not found or not all(OF_A_CPU.match(one) for one in found):
                break
            time.sleep(pause)
        return view, found

    def _compare(self, run, view):
        """create∘destroy restores all of it: root alone is always the same."""
        if len(view.cells) > 1:
            return []
        state = view.root_state()
        if run != self.run:
            self.run, self.base = run, state
        return [f"{name} of root alone differs from what it was before the first cell: {difference(state[name], self.base[name])}"
                for name in state if state[name] != self.base[name]]


def difference(now, before):
    if isinstance(now, (set, frozenset)):
        return f"more: {sorted(now - before)[:4]}, less: {sorted(before - now)[:4]}"
    if isinstance(now, bytes):
        return f"byte {next(n for n, pair in enumerate(zip(now, before)) if pair[0] != pair[1])}"
    return f"{now}, was {before}"
