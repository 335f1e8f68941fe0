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
MSR = HV + "arch/x86/entry/msr.c"
VMSR = HV + "vdev/vmsr.c"
VLAPIC = HV + "vdev/vlapic.c"
VPCI = HV + "vdev/vpci.c"
VPCI_HEADER = HV + "vdev/vpci_header.c"
VPCI_MSIX = HV + "vdev/vpci_msix.c"
VIOAPIC = HV + "vdev/vioapic.c"
VPIO = HV + "vdev/vpio.c"
ROUTE = HV + "vdev/irq_route.c"
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
    mutant("msr-map-open", "escape-msr", VMSR, "\tfor (i = 0; x2apic && i < ARRAY_SIZE(native_x2apic); i++)",
           "\tfor (i = 0; role == VMSR_ROLE_CELL && i < SVM_RANGE_MSRS; i++)\n\t\tpermit(bitmap, 2 * SVM_RANGE_MSRS + i, false);\n"
           "\tfor (i = 0; x2apic && i < ARRAY_SIZE(native_x2apic); i++)"),
    mutant("msr-unknown-reads", "escape-msr", VMSR, "\t\t*value = row->fixed;\n\t\treturn VDEV_OK;\n\tdefault:\n\t\treturn VDEV_GP;",
           "\t\t*value = row->fixed;\n\t\treturn VDEV_OK;\n\tdefault:\n\t\t*value = 0;\n\t\treturn VDEV_OK;"),
    mutant("msr-unknown-writes", "escape-msr", VMSR, "\tcase VMSR_FIXED:\n\t\treturn VDEV_OK;\n\tdefault:\n\t\treturn VDEV_GP;",
           "\tdefault:\n\t\treturn VDEV_OK;"),
    mutant("msr-vm-cr", "escape-msr", VMSR, "ROW(0xc0010114, G, G, P, G,", "ROW(0xc0010114, G, P, P, G,"),
    mutant("msr-mtrr", "escape-msr", VMSR, "RANGE(0x200, 0x26f, F, F, P, F,", "RANGE(0x200, 0x26f, P, P, P, F,"),
    mutant("msr-tsc", "escape-msr", VMSR, "ROW(0x10, P, G, P, F,", "ROW(0x10, P, P, P, F,"),

    # --- the CPU's registers and instructions
    mutant("efer-svme", "escape-cpu", MSR, "(root ? X86_EFER_SVME : 0)", "X86_EFER_SVME"),
    mutant("svm-stgi", "escape-cpu", SVM, "VMCB_INT2_VMSAVE | VMCB_INT2_STGI |", "VMCB_INT2_VMSAVE |"),
    mutant("svm-vmload", "escape-cpu", SVM, "VMCB_INT2_VMLOAD | ", ""),
    mutant("svm-invlpga", "escape-cpu", SVM, "VMCB_INT1_INVD | VMCB_INT1_INVLPGA |", "VMCB_INT1_INVD |"),
    mutant("svm-skipped", "escape-cpu", SVM_EXIT, "\telse\n\t\tsvm_inject(svm_vmcb(v), X86_VEC_UD, -1);", "\telse\n\t\tsvm_skip(v, 3);"),
    mutant("rdpmc", "escape-cpu", SVM, "\tvmcb->intercept1 |= VMCB_INT1_RDPMC;\n", ""),
    mutant("cpuid-svm", "escape-cpu", HV + "vdev/vcpuid.c", "1u << 2 | 1u << 10 | 1u << 12 | 1u << 13", "1u << 10 | 1u << 12 | 1u << 13"),

    # --- hypercalls
    mutant("hypercall-info", "escape-hypercall", HYPERCALL, "{ handle_get_info, .root_only = true }", "{ handle_get_info, .root_only = false }"),
    mutant("hypercall-verify", "escape-hypercall", HYPERCALL, "{ handle_verify, .root_only = true }", "{ handle_verify, .root_only = false }"),
    mutant("hypercall-unknown", "escape-hypercall", HYPERCALL, "\treturn nr < ARRAY_SIZE(hypercalls)",
           "\tnr = (u32)nr;\n\treturn nr < ARRAY_SIZE(hypercalls)"),
    mutant("hypercall-foreign-cpu", "escape-hypercall", HYPERCALL,
           "if (!cell_is_root(v->pcpu->cell) && !cell_owns_cpu(v->pcpu->cell, id))", "if (0)"),
    mutant("hypercall-fast-cpu", "escape-hypercall", SVM_FAST, " || r[X86_RDI] != v->pcpu->id", ""),
    mutant("hypercall-user", "escape-hypercall", SVM_EXIT, "if (vmcb->cpl == 0 && !(vmcb->rflags & X86_RFLAGS_VM))", "if (1)"),
    mutant("hypercall-fast-user", "escape-hypercall", SVM_FAST, "|| vmcb->cpl != 0 ", ""),
    mutant("hypercall-upper-halves", "escape-hypercall", SVM_EXIT, "mask = 0xffffffff;", "mask = ~0UL;"),
    mutant("hypercall-registers", "escape-hypercall", SVM_EXIT, "\t\tr[X86_RAX] = result;", "\t\tr[X86_RAX] = r[11] = result;"),

    # --- ports
    mutant("ports-open", "escape-ports", VPIO, "\tforbid_moderated_ports(bitmap);\n}", "\tpermit_ports(bitmap, 0x60, 4);\n\tforbid_moderated_ports(bitmap);\n}"),
    mutant("ports-one-more", "escape-ports", VPIO, "\t\tpermit_ports(bitmap, c->view.pio[i].base, c->view.pio[i].length);",
           "\t\tpermit_ports(bitmap, c->view.pio[i].base, c->view.pio[i].length + 1);"),
    mutant("ports-strings", "escape-ports", SVM_EXIT, "\tif (!string)\n", "\tif (1)\n"),
    mutant("ports-ignored", "escape-ports", VPIO, "\t\treturn VDEV_SKIP;\n\treturn VDEV_UNHANDLED;", "\t\treturn VDEV_SKIP;\n\treturn VDEV_SKIP;"),
    mutant("ports-address", "escape-ports", VPIO, "\tif (a->size != 4)\n\t\treturn VDEV_UNHANDLED;\n\tif (a->is_write)\n\t\tc->pci",
           "\tif (a->is_write)\n\t\tc->pci"),

    # --- PCI
    mutant("pci-not-owned", "escape-pci", VPCI, "return is_write ? VDEV_DENIED : VDEV_OK;", "return VDEV_OK;"),
    mutant("pci-foreign-read", "escape-pci", VPCI, "*value = is_write ? *value : vpci_width_mask(size);",
           "*value = is_write ? *value : arch_pci_cfg_read(bdf, offset, size);"),
    mutant("pci-capabilities", "escape-pci", VPCI, "if (!vpci_capability_listed(d, offset, size, -1, JAILHOUSE_PCICAPS_WRITE))", "if (0)"),
    mutant("pci-header", "escape-pci", VPCI_HEADER, "if (written & ~(reg->pass | reg->ignore))", "if (0)"),
    mutant("pci-bars", "escape-pci", VPCI_HEADER, "\t\twrite_bar(d, offset, value << shift, written);",
           "\t\twrite_bar(d, offset, value << shift, written);\n\t\tarch_pci_cfg_write(d->info->bdf, offset, size, value);"),
    mutant("pci-unaligned", "escape-pci", VPCI, " || (offset & (size - 1)) ||\n", " ||\n"),
    mutant("msi-target", "escape-pci escape-ioapic", ROUTE, "return target && cell_owns_cpu(c, target->id) ? target : NULL;", "return target;"),
    mutant("msi-logical", "escape-ioapic escape-pci", ROUTE, "if (!cell_owns_cpu(c, cpu) || reaches_others(c, cpu))", "if (0)"),
    mutant("msi-mode", "escape-pci escape-ioapic", ROUTE, " || (mode != MODE_FIXED && mode != MODE_LOWEST)", ""),
    mutant("msi-address", "escape-pci", ROUTE, "(r->raw_address & MSI_BASE_MASK) != MSI_BASE ||", "0 ||"),
    mutant("msix-width", "escape-pci", VPCI_MSIX, "|| a->size != 4 || (region_offset & 3)", "|| (region_offset & 3)"),
    mutant("msix-rest", "escape-pci", VPCI_MSIX, "\tif (a->is_write)\n\t\treturn VDEV_DENIED;\n\ta->value = arch",
           "\tif (a->is_write)\n\t\treturn VDEV_OK;\n\ta->value = arch"),

    # --- IOAPIC
    mutant("ioapic-write-foreign", "escape-ioapic", VIOAPIC, "|| chip->pins[pin].owner != c)\n\t\treturn VDEV_SKIP;", "|| 0)\n\t\treturn VDEV_SKIP;"),
    mutant("ioapic-read-foreign", "escape-ioapic", VIOAPIC, "|| chip->pins[pin].owner != c)\n\t\treturn 0;", "|| 0)\n\t\treturn 0;"),
    mutant("ioapic-width", "escape-ioapic", VIOAPIC, "\tif (a->size != 4)\n\t\treturn VDEV_DENIED;\n", ""),

    # --- local APIC
    mutant("apic-modes", "escape-apic", VLAPIC, "\tdefault:\n\t\treturn false;\n\t}\n}\n\nstatic enum vdev_result send_ipi",
           "\tdefault:\n\t\treturn true;\n\t}\n}\n\nstatic enum vdev_result send_ipi"),
    mutant("apic-fast-foreign", "escape-apic", HV + "include/hv/x86/vlapic_fast.h", "target->cell == c && target->hw_id == dest", "target->hw_id == dest",
           (SVM_FAST,)),
    mutant("apic-one-foreign", "escape-apic", VLAPIC, "\tif (target && cell_owns_cpu(c, target->id))\n",
           "\tif (target && (cell_owns_cpu(c, target->id) || ipi->mode == MODE_FIXED))\n"),
    mutant("apic-many-foreign", "escape-apic", VLAPIC, "cell_owns_cpu(c, cpu) ? system_cpu(c->sys, cpu) : NULL",
           "cell_owns_cpu(c, cpu) || ipi->mode == MODE_FIXED ? system_cpu(c->sys, cpu) : NULL"),
    mutant("apic-lvt", "escape-apic", VLAPIC, "\tif ((value & LVT_MASKED) || mode", "\tif (1 || mode"),
    mutant("apic-ldr", "escape-apic", VLAPIC, "\t\tif (!ldr_is_permitted(v, value))", "\t\tif (0)"),
    mutant("apic-icr-bits", "escape-apic", VLAPIC, "if ((u32)value & ~ICR_VALID)", "if (0)"),
    mutant("apic-width", "escape-apic", HV + "arch/x86/entry/exit.c", "if (a->size != 4 || a->addr.v & 0xf)", "if (a->addr.v & 0xf)"),
    mutant("apic-base", "escape-apic", VLAPIC, "if (cell_is_root(v->pcpu->cell) || *value != (hw | BASE_X2APIC_ENABLE))", "if (cell_is_root(v->pcpu->cell))"),

    # --- memory
    mutant("memory-write", "escape-memory", CELL_MEMORY, "if (flags & JAILHOUSE_MEM_WRITE)", "if (1)"),
    mutant("memory-execute", "escape-memory", CELL_MEMORY, "if (flags & JAILHOUSE_MEM_EXECUTE)", "if (1)"),
    mutant("memory-root-page", "escape-memory", HV + "virt/cell.c", "\tvirt_fill_permissions(c);\n\treturn 0;",
           "\tvirt_fill_permissions(c);\n\treturn cell_is_root(c) ? 0 : pt_map(&c->stage2, 0x10000000, 0x10000000, PAGE_SIZE, PT_READ);"),
    mutant("memory-hypervisor-page", "escape-memory", HV + "virt/cell.c", "\tvirt_fill_permissions(c);\n\treturn 0;",
           "\tvirt_fill_permissions(c);\n\treturn cell_is_root(c) ? 0 : pt_map(&c->stage2, 0x3a5ff000, 0x3a5ff000, PAGE_SIZE, PT_READ);"),
    mutant("memory-one-page-more", "escape-memory", CELL_MEMORY, "pt_map(&c->stage2, m->virt_start, phys, m->size, mem_pt_flags(m->flags))",
           "pt_map(&c->stage2, m->virt_start, phys, m->size + (m->virt_start == 0x400000) * PAGE_SIZE, mem_pt_flags(m->flags))"),
    mutant("memory-reads-ones", "escape-memory", HV + "core/mmio.c", "\t\treturn VDEV_UNHANDLED;\n\treturn region.handler",
           "\t\treturn a->is_write ? VDEV_UNHANDLED : VDEV_SKIP;\n\treturn region.handler"),
    mutant("memory-fetch-anywhere", "escape-memory", HV + "core/guest.c", "\tif (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa))\n\t\treturn false;",
           "\tif (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa))\n\t\tpa = page;"),

    # --- windows
    mutant("window-width", "escape-windows", SUBPAGE, "if (!width_is_permitted(m, a->size))", "if (0)"),
    mutant("window-direction", "escape-windows", SUBPAGE, "if (!(m->flags & (a->is_write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ)))", "if (0)"),
    mutant("window-unaligned", "escape-windows", SUBPAGE, "return !(offset & (a->size - 1)) || (m->flags & JAILHOUSE_MEM_IO_UNALIGNED);", "return true;"),
    mutant("window-end", "escape-windows", HV + "core/mmio.c", "t->regions[pos].size, a->addr.v, a->size);", "t->regions[pos].size, a->addr.v, 1);"),
    mutant("window-two-pages", "escape-windows", SUBPAGE, "\tif ((phys & ~PAGE_MASK) + a->size > PAGE_SIZE)\n\t\treturn VDEV_DENIED;",
           "\tif ((phys & ~PAGE_MASK) + a->size > PAGE_SIZE)\n\t\treturn VDEV_SKIP;"),
    mutant("window-test-device", "escape-windows", HV + "vdev/testdev.c", "offset < TESTDEV_FIRST || ", ""),

    # --- other modes
    mutant("modes-user-calls", "escape-modes", SVM_EXIT, "if (vmcb->cpl == 0 && !(vmcb->rflags & X86_RFLAGS_VM))", "if (1)"),
    mutant("modes-pae-walk", "escape-modes", HV + "emul/guest_walk.c", "return p->cr4 & CR4_PAE ? walk_pae", "return 0 ? walk_pae"),
    mutant("modes-read-only", "escape-modes", CELL_MEMORY, "if (flags & JAILHOUSE_MEM_WRITE)", "if (1)"),

    # --- root
    mutant("root-ports", "root", VPIO, "\tif (cell_is_root(c))\n\t\tforbid_ports_of_others(c, bitmap);\n", "\t(void)forbid_ports_of_others;\n"),
    mutant("root-memory", "root", CELL_MEMORY, "\t\tpt_commit_unmap(&c->sys->root->stage2, e.root_virt, e.size);\n",
           "\t\tif (e.root_virt != 0x3ee00000)\n\t\t\tpt_commit_unmap(&c->sys->root->stage2, e.root_virt, e.size);\n"),
    mutant("root-devices", "root", VPCI, "\t\tfrom->owned = false;\n", "\t\tfrom->owned = true;\n"),
    mutant("root-user-calls", "root", SVM_EXIT, "if (vmcb->cpl == 0 && !(vmcb->rflags & X86_RFLAGS_VM))", "if (1)"),

    # --- the communication region
    mutant("comm-garbage", "comm", HV + "core/comm.c", "\tdefault:\n\t\treturn COMM_DENIED;", "\tdefault:\n\t\treturn COMM_APPROVED;"),
]
