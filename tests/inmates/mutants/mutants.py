# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Hypervisors that are broken on purpose: what is changed, and which part of the escape suite has to notice.

A text that the source no longer contains is an error: whoever changes that line says here how it can be broken now. What no
emulated CPU shows (caches, an intercept whose instruction does nothing in it) has no place here.
"""
import dataclasses

HV = "hypervisor/"
SVM = HV + "virt/svm.c"
SVM_EXIT = HV + "arch/x86/entry/svm_exit.c"
SVM_FAST = HV + "arch/x86/entry/svm_fast.c"
EXIT_COMMON = HV + "arch/x86/entry/exit_common.inc"
FAST_COMMON = HV + "arch/x86/entry/fast_common.inc"
VMSR = HV + "vdev/x86/vmsr.c"
VLAPIC = HV + "vdev/x86/vlapic.c"
VPCI = HV + "vdev/vpci.c"
VPCI_HEADER = HV + "vdev/vpci_header.c"
VPCI_MSIX = HV + "vdev/vpci_msix.c"
VIOAPIC = HV + "vdev/x86/vioapic.c"
VPIO = HV + "vdev/x86/vpio.c"
ROUTE = HV + "vdev/x86/irq_route.c"
SUBPAGE = HV + "vdev/subpage.c"
HYPERCALL = HV + "core/hypercall.c"
CELL_MEMORY = HV + "core/cell_memory.c"


@dataclasses.dataclass(frozen=True)
class Mutant:
    """@file: @old becomes @new, and @compile (else @file) is compiled with it; one of @suites must go red."""
    name: str
    suites: tuple
    file: str
    old: str
    new: str
    compile: tuple = ()


def mutant(name, suites, file, old, new, compile_=()):
    return Mutant(name, tuple(suites.split()), file, old, new, compile_)


MUTANTS = [
    # --- MSRs
    mutant("msr-map-open", "escape-msr", VMSR, "\tif (x2apic)\n\t\tpermit_rows(bitmap, 0",
           "\tfor (range = 0; role == VMSR_ROLE_CELL && range < SVM_RANGE_MSRS / 4; range++)\n\t\tbitmap[0x1000 + range] &= 0xaa;\n"
           "\tif (x2apic)\n\t\tpermit_rows(bitmap, 0"),
    mutant("msr-unknown-reads", "escape-msr", VMSR, "\tdefault:\n\t\treturn VDEV_GP;\n\t}\n}",
           "\tdefault:\n\t\t*value = is_write ? *value : 0;\n\t\treturn is_write ? VDEV_GP : VDEV_OK;\n\t}\n}"),
    mutant("msr-unknown-writes", "escape-msr", VMSR, "\tdefault:\n\t\treturn VDEV_GP;\n\t}\n}",
           "\tdefault:\n\t\treturn is_write ? VDEV_OK : VDEV_GP;\n\t}\n}"),
    mutant("msr-vm-cr", "escape-msr", VMSR, "ROW(0xc0010114, 0xc0010115, G, G,", "ROW(0xc0010114, 0xc0010115, G, P,"),
    mutant("msr-mtrr", "escape-msr", VMSR, "ROW(0x200, 0x26f, F, F,", "ROW(0x200, 0x26f, P, P,"),
    mutant("msr-tsc", "escape-msr", VMSR, "ROW(0x10, 0x10, P, G,", "ROW(0x10, 0x10, P, P,"),

    # --- the CPU's registers and instructions
    mutant("efer-svme", "escape-cpu", EXIT_COMMON, "cell_is_root(v->pcpu->cell) ? BACKEND(efer_shadowed) : 0;", "BACKEND(efer_shadowed);", (SVM_EXIT,)),
    mutant("svm-stgi", "escape-cpu", SVM, "VMCB_INT2_VMSAVE | VMCB_INT2_STGI |", "VMCB_INT2_VMSAVE |"),
    mutant("svm-vmload", "escape-cpu", SVM, "VMCB_INT2_VMLOAD | ", ""),
    mutant("svm-invlpga", "escape-cpu", SVM, "VMCB_INT1_INVD | VMCB_INT1_INVLPGA |", "VMCB_INT1_INVD |"),
    mutant("svm-skipped", "escape-cpu", SVM_EXIT, "\telse\n\t\tsvm_inject(v, X86_VEC_UD, -1);", "\telse\n\t\tsvm_skip(v, 3);"),
    mutant("rdpmc", "escape-cpu", SVM, "\tvmcb->intercept1 |= VMCB_INT1_RDPMC;\n", ""),
    mutant("cpuid-svm", "escape-cpu", HV + "vdev/x86/vcpuid.c", "B(2) | B(10) | B(12)", "B(10) | B(12)"),

    # --- hypercalls
    mutant("hypercall-info", "escape-hypercall", HYPERCALL, "\tif (!cell_is_root(vcpu->pcpu->cell))\n\t\treturn is_known",
           "\tif (!cell_is_root(vcpu->pcpu->cell) && nr != JAILHOUSE_HC_HYPERVISOR_GET_INFO)\n\t\treturn is_known"),
    mutant("hypercall-verify", "escape-hypercall", HYPERCALL, "\tif (!cell_is_root(vcpu->pcpu->cell))\n\t\treturn is_known",
           "\tif (!cell_is_root(vcpu->pcpu->cell) && nr != JAILHOUSE_HC_X_VERIFY)\n\t\treturn is_known"),
    mutant("hypercall-unknown", "escape-hypercall", HYPERCALL, "return is_known(nr) ? -HV_EPERM : -HV_ENOSYS;",
           "return is_known((u32)nr) ? -HV_EPERM : -HV_ENOSYS;"),
    mutant("hypercall-foreign-cpu", "escape-hypercall", HYPERCALL,
           "if (!cell_is_root(v->pcpu->cell) && !cell_owns_cpu(v->pcpu->cell, id))", "if (0)"),
    mutant("hypercall-fast-cpu", "escape-hypercall", FAST_COMMON, " || r[X86_RDI] != v->pcpu->id", "", (SVM_FAST,)),
    mutant("hypercall-user", "escape-hypercall", EXIT_COMMON, "if (BACKEND(cpl)(v) == 0 && !(BACKEND(rflags)(v) & X86_RFLAGS_VM))", "if (1)", (SVM_EXIT,)),
    mutant("hypercall-fast-user", "escape-hypercall", FAST_COMMON, "|| BACKEND(cpl)(v) != 0 ", "", (SVM_FAST,)),
    mutant("hypercall-upper-halves", "escape-hypercall", EXIT_COMMON, "mask = 0xffffffff;", "mask = ~0UL;", (SVM_EXIT,)),
    mutant("hypercall-registers", "escape-hypercall", EXIT_COMMON, "\t\tr[X86_RAX] = result;", "\t\tr[X86_RAX] = r[11] = result;", (SVM_EXIT,)),

    # --- ports
    mutant("ports-open", "escape-ports", VPIO, "\tset_ports(map, PORT_I8042_COMMAND, 1, true);",
           "\tset_ports(map, PORT_I8042_COMMAND, 1, true);\n\tset_ports(map, 0x60, 4, false);"),
    mutant("ports-one-more", "escape-ports", VPIO, "\tset_listed(map, c, false);", "\tset_listed(map, c, false);\n\tset_ports(map, 0xc060, 1, false);"),
    mutant("ports-strings", "escape-ports", EXIT_COMMON, "res = is_string ? VDEV_DENIED : vpio_access(v, &a);", "res = vpio_access(v, &a);", (SVM_EXIT,)),
    mutant("ports-ignored", "escape-ports", VPIO, "\t\treturn VDEV_SKIP;\n\treturn VDEV_UNHANDLED;", "\t\treturn VDEV_SKIP;\n\treturn VDEV_SKIP;"),
    mutant("ports-address", "escape-ports", VPIO, "\tif (a->size != 4)\n\t\treturn VDEV_UNHANDLED;\n\tif (a->is_write)\n\t\tc->pci",
           "\tif (a->is_write)\n\t\tc->pci"),

    # --- PCI
    mutant("pci-not-owned", "escape-pci", VPCI, "return is_write ? VDEV_DENIED : VDEV_OK;", "return VDEV_OK;"),
    mutant("pci-foreign-read", "escape-pci", VPCI, "*value = is_write ? *value : vpci_extract(~0u, offset, size);",
           "*value = is_write ? *value : arch_pci_cfg_read(bdf, offset, size);"),
    mutant("pci-capabilities", "escape-pci", VPCI, "if (!is_listed(d, offset, size, -1, JAILHOUSE_PCICAPS_WRITE))", "if (0)"),
    mutant("pci-header", "escape-pci", VPCI_HEADER, "if (vpci_lanes(offset, size) & ~(reg->pass | reg->ignore))", "if (0)"),
    mutant("pci-bars", "escape-pci", VPCI_HEADER, "bar - d->bar], offset, size, value);",
           "bar - d->bar], offset, size, value);\n\t\tarch_pci_cfg_write(d->info->bdf, offset, size, value);"),
    mutant("pci-unaligned", "escape-pci", VPCI, " || (offset & (size - 1)) ||\n", " ||\n"),
    mutant("msi-target", "escape-pci escape-ioapic", ROUTE, "return target && cell_owns_cpu(c, target->id);", "return target;"),
    mutant("msi-logical", "escape-ioapic escape-pci", ROUTE, "if ((dest >> bit & 1) && !owns_bit(c, bit))", "if (0)"),
    mutant("msi-mode", "escape-pci escape-ioapic", ROUTE, " && (MODE(data) == MODE_FIXED || MODE(data) == MODE_LOWEST)", ""),
    mutant("msi-address", "escape-pci", ROUTE, "(address & MSI_BASE_MASK) == MSI_BASE &&", "1 &&"),
    mutant("msix-width", "escape-pci", VPCI_MSIX, "|| a->size != 4 || (offset & 3)", "|| (offset & 3)"),
    mutant("msix-rest", "escape-pci", VPCI_MSIX, "write_word(d, n, a->value) : VDEV_DENIED;", "write_word(d, n, a->value) : VDEV_OK;"),

    # --- IOAPIC
    mutant("ioapic-write-foreign", "escape-ioapic", VIOAPIC, "return owned ? write_entry(chip, reg, (u32)a->value) : VDEV_SKIP;",
           "return owned || (reg >= REG_ENTRIES && pin < chip->pin_count && chip->pins[pin].owner) ?\n"
           "\t\t\twrite_entry(chip, reg, (u32)a->value) : VDEV_SKIP;"),
    mutant("ioapic-read-foreign", "escape-ioapic", VIOAPIC, "\tif (reg < REG_ENTRIES)\n\t\ta->value = hw_read(chip, reg);",
           "\tif (!owned)\n\t\ta->value = hw_read(chip, reg);"),
    mutant("ioapic-width", "escape-ioapic", VIOAPIC, "\tif (a->size != 4)\n\t\treturn VDEV_DENIED;\n", ""),

    # --- local APIC
    mutant("apic-modes", "escape-apic", VLAPIC, "(!includes_sender && (others >> ipi->mode & 1));", "others || !includes_sender;"),
    mutant("apic-fast-foreign", "escape-apic", HV + "include/hv/x86/vlapic_fast.h", "target->cell == c && target->hw_id == dest", "target->hw_id == dest",
           (SVM_FAST,)),
    mutant("apic-one-foreign", "escape-apic", VLAPIC, "if (!target || !cell_owns_cpu(v->pcpu->cell, target->id))",
           "if (!target || (!cell_owns_cpu(v->pcpu->cell, target->id) && ipi->mode != MODE_FIXED))"),
    mutant("apic-many-foreign", "escape-apic", VLAPIC, "cell_owns_cpu(c, cpu) ? system_cpu(c->sys, cpu) : NULL",
           "cell_owns_cpu(c, cpu) || ipi->mode == MODE_FIXED ? system_cpu(c->sys, cpu) : NULL"),
    mutant("apic-lvt", "escape-apic", VLAPIC, "\tif ((value & LVT_MASKED) || mode", "\tif (1 || mode"),
    mutant("apic-ldr", "escape-apic", VLAPIC, "permitted = ldr_is_permitted(v, (u32)value);", "permitted = true;"),
    mutant("apic-icr-bits", "escape-apic", VLAPIC, "return !((u32)value & ~ICR_VALID);", "return true;"),
    mutant("apic-width", "escape-apic", HV + "arch/x86/entry/exit.c", "if (a->size != 4 || a->addr.v & 0xf)", "if (a->addr.v & 0xf)"),
    mutant("apic-base", "escape-apic", VLAPIC, "if (cell_is_root(v->pcpu->cell) || *value != (hw | BASE_X2APIC_ENABLE))", "if (cell_is_root(v->pcpu->cell))"),

    # --- memory
    mutant("memory-write", "escape-memory", CELL_MEMORY, "flags & (PT_READ | PT_WRITE | PT_EXEC);", "(flags & (PT_READ | PT_EXEC)) | PT_WRITE;"),
    mutant("memory-execute", "escape-memory", CELL_MEMORY, "flags & (PT_READ | PT_WRITE | PT_EXEC);", "(flags & (PT_READ | PT_WRITE)) | PT_EXEC;"),
    mutant("memory-root-page", "escape-memory", HV + "virt/cell.c", "\tvirt_fill_permissions(c);\n\treturn 0;",
           "\tvirt_fill_permissions(c);\n\treturn cell_is_root(c) ? 0 : pt_map(&c->stage2, 0x10000000, 0x10000000, PAGE_SIZE, PT_READ);"),
    mutant("memory-hypervisor-page", "escape-memory", HV + "virt/cell.c", "\tvirt_fill_permissions(c);\n\treturn 0;",
           "\tvirt_fill_permissions(c);\n\treturn cell_is_root(c) ? 0 : pt_map(&c->stage2, 0x3a5ff000, 0x3a5ff000, PAGE_SIZE, PT_READ);"),
    mutant("memory-one-page-more", "escape-memory", CELL_MEMORY, "{ m->virt_start, phys, m->size, mem_pt_flags(m->flags) };",
           "{ m->virt_start, phys, m->size + (m->virt_start == 0x400000) * PAGE_SIZE, mem_pt_flags(m->flags) };"),
    mutant("memory-reads-ones", "escape-memory", HV + "core/mmio.c", "return VDEV_UNHANDLED;", "return a->is_write ? VDEV_UNHANDLED : VDEV_SKIP;"),
    mutant("memory-fetch-anywhere", "escape-memory", HV + "core/guest.c", "\tif (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa))\n\t\treturn false;",
           "\tif (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa))\n\t\tpa = page;"),

    # --- windows
    mutant("window-width", "escape-windows", SUBPAGE, "if (!width_is_permitted(m, a->size))", "if (0)"),
    mutant("window-direction", "escape-windows", SUBPAGE, "if (!(m->flags & (a->is_write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ)))", "if (0)"),
    mutant("window-unaligned", "escape-windows", SUBPAGE, "return !(offset & (a->size - 1)) || (m->flags & JAILHOUSE_MEM_IO_UNALIGNED);", "return true;"),
    mutant("window-end", "escape-windows", HV + "core/mmio.c", "t->regions[pos].size, a->addr.v, a->size))", "t->regions[pos].size, a->addr.v, 1))"),
    mutant("window-two-pages", "escape-windows", SUBPAGE, "\tif ((phys & ~PAGE_MASK) + a->size > PAGE_SIZE)\n\t\treturn VDEV_DENIED;",
           "\tif ((phys & ~PAGE_MASK) + a->size > PAGE_SIZE)\n\t\treturn VDEV_SKIP;"),
    mutant("window-test-device", "escape-windows", HV + "vdev/testdev.c", "offset < TESTDEV_FIRST || ", ""),

    # --- other modes
    mutant("modes-user-calls", "escape-modes", EXIT_COMMON, "if (BACKEND(cpl)(v) == 0 && !(BACKEND(rflags)(v) & X86_RFLAGS_VM))", "if (1)", (SVM_EXIT,)),
    mutant("modes-pae-walk", "escape-modes", HV + "emul/guest_walk.c", "return p->cr4 & CR4_PAE ? walk_pae", "return 0 ? walk_pae"),
    mutant("modes-read-only", "escape-modes", CELL_MEMORY, "flags & (PT_READ | PT_WRITE | PT_EXEC);", "(flags & (PT_READ | PT_EXEC)) | PT_WRITE;"),

    # --- root
    mutant("root-ports", "root", VPIO, "\t\tif (!cell_is_root(other))\n\t\t\tset_listed(map, other, true);", "\t\t(void)map;"),
    mutant("root-device-memory", "root", CELL_MEMORY, "\t\tchange(&root->stage2, e.root_virt, e.size);",
           "\t\tif (e.root_virt != 0xfea00000)\n\t\t\tchange(&root->stage2, e.root_virt, e.size);"),
    mutant("root-devices", "root", VPCI, "\t\tfrom->owned = false;\n", "\t\tfrom->owned = true;\n"),
    mutant("root-user-calls", "root", EXIT_COMMON, "if (BACKEND(cpl)(v) == 0 && !(BACKEND(rflags)(v) & X86_RFLAGS_VM))", "if (1)", (SVM_EXIT,)),

    # --- the communication region
    mutant("comm-garbage", "comm", HV + "core/comm.c", "\tdefault:\n\t\treturn COMM_DENIED;", "\tdefault:\n\t\treturn COMM_APPROVED;"),
]
