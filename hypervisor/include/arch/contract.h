/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arch contract: what core, mm, vdev and friends call of an architecture. Implemented by arch/x86/hal (real) and
 * arch/fake/hal (host tests: model CPU, model TLB, model device bus).
 *
 * Each architecture also provides (in arch/NAME/include/arch/):
 *   <arch/cpu.h>   static inline void arch_cpu_relax(void); u64 arch_cycles(void): a clock to measure with; register accessors used by irqchip, iommu and virt
 *   <arch/vcpu.h>  struct arch_pcpu (public part), struct arch_vcpu (private part)
 *   <arch/cell.h>  struct arch_cell
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_CONTRACT_H
#define ARCH_CONTRACT_H

#include <hv/types.h>

struct cell;
struct pcpu;
struct vcpu;
struct system;
struct pt_format;
struct jailhouse_comm_region;

/* --- CPUs ------------------------------------------------------------------------------------------------------------ */

/** Make @target leave its guest soon and call cpu_ctrl_process(). Never lost, may be spurious. */
void arch_cpu_kick(struct pcpu *target);
/** Who waits for a kick to take effect calls this now and then: sends it again if it seems lost. */
void arch_cpu_kick_again(struct pcpu *target);
/** Stop this CPU for good, from any state. */
void __noreturn arch_cpu_stop(void);
/** Print what this CPU knows of itself, from any state, in lines "PANIC: …": for hv_panic(). */
typedef void (*arch_print_t)(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void arch_cpu_dump(arch_print_t print);
/** Monotonic microseconds, same on all CPUs within a few. */
u64 arch_time_us(void);

/* --- memory ---------------------------------------------------------------------------------------------------------- */

enum window_slot { WINDOW_GUEST, WINDOW_WALK, WINDOW_DEVICE_SLOT, WINDOW_SCRUB, WINDOW_COUNT };
/**
 * Map one page into this CPU's private window; each slot holds one page at a time and nests never.
 * @device: uncached. What was written by way of WINDOW_SCRUB is in memory, and in no cache, when its slot
 * gets another page or none. Returns the virtual address of the page's first byte. Cannot fail.
 */
void *arch_window_map(enum window_slot slot, hpa_t page, bool device);
void arch_window_unmap(enum window_slot slot);

/** Device registers by physical address, one access of @size bytes, through the window. */
u64 arch_device_read(hpa_t addr, unsigned int size);
void arch_device_write(hpa_t addr, unsigned int size, u64 value);

/** Hypervisor memory (image, pools): constant offset. */
u64 arch_virt_to_phys(const void *p);
void *arch_phys_to_virt(u64 pa);

/** Format of stage 2 on this machine. */
const struct pt_format *arch_stage2_format(void);

/* --- cells ----------------------------------------------------------------------------------------------------------- */

/** Permission bitmaps, ASID/VMID and the like of a new cell. 0 or -Exxx; nothing visible. */
int __must_check arch_cell_prepare(struct system *s, struct cell *c);
void arch_cell_release(struct cell *c);
/** Permissions of root changed (ports returned, …): rebuild what arch_cell_prepare made. Cannot fail. */
void arch_cell_update(struct cell *c);
/** Address of what the architecture maps into every stage 2: *size bytes (0: none) at *pa, with *flags. */
u64 arch_stage2_own_pages(u64 *pa, u64 *size, u32 *flags);
/** Are @c's permission maps what the policies say? @hash goes on over their content. For verify(), one caller at a time. */
bool arch_cell_check(const struct cell *c, u64 *hash);
/**
 * The hypervisor's own tables, a part per call: @part 0 … until *more is false are common to all CPUs; ARCH_OWN_TABLES are those of
 * this CPU. False: something is mapped that must not be, at *address.
 */
#define ARCH_OWN_TABLES (~0U)
bool arch_check_host_tables(u32 part, bool *more, u64 *address);
/** Fill the platform part of the communication page. */
void arch_comm_fill(const struct cell *c, struct jailhouse_comm_region *comm);

/* --- vcpus: called on the CPU itself ------------------------------------------------------------------------------------ */

/** Guest execution goes on in the park page; interrupts stay pending. */
void arch_vcpu_park(struct vcpu *v);
/** Architectural reset (all registers, FP, debug, local interrupt controller quiet), then start at @entry. */
void arch_vcpu_reset(struct vcpu *v, u64 entry);
/** pcpu->cell changed: its stage 2, permissions, ASID; nothing of the old owner stays in any register. */
void arch_vcpu_switch_cell(struct vcpu *v);
void arch_vcpu_flush_stage2(struct vcpu *v);
/** CPU_REQ_ARCH_*: INIT, SIPI. */
void arch_vcpu_event(struct vcpu *v, u32 requests, u8 sipi_vector);

#endif /* ARCH_CONTRACT_H */
