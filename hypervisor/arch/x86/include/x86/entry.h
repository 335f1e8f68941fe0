/* SPDX-License-Identifier: GPL-2.0 */
/* entry - functions of arch/x86/entry and entry.S that other files there use. */
#ifndef X86_ENTRY_H
#define X86_ENTRY_H

#include <hv/system.h>
#include <x86/percpu.h>

struct host_frame;
struct fault;

/* entry.S */
int x86_call_private(struct percpu *linear, int (*fn)(struct percpu *local), u64 cr3, u64 cr4);
void __noreturn x86_leave_switch(struct percpu *linear, u64 transition_cr3, u64 rax);

/* the second one of each with mitigations */
void __noreturn svm_run_loop(struct percpu *p);
void __noreturn svm_run_loop_guarded(struct percpu *p);

/* vmx_entry.S */
void __noreturn vmx_run_loop(struct percpu *p);
void __noreturn vmx_run_loop_guarded(struct percpu *p);
void vmx_unblock_nmis(void);
/** False when the access raises #GP. */
bool xsetbv_safe(u32 index, u64 value);
extern const u8 x86_vector_stubs[], x86_vector_ignore[];

/* setup.c */

extern struct system hv_system;

/** struct x86_composition - what main/ adds: which parts this image is made of */
struct x86_composition {
	/** Subsystems, console ring, status page; s->config is not there yet. */
	void (*compose)(struct system *s);
	/** s->config is there: a debug console behind ports can be used. */
	void (*console_ports)(void);
	/** The hypervisor's own tables are loaded for the first time: a debug console in memory can be used now. */
	void (*console_mapped)(void);
};

/** The image's entry, on the CPU's private stack (linear alias) and the transition table; see <jailhouse/image.h>. */
int x86_boot_cpu(u32 cpu, struct hv_cpu_handover *h, struct percpu *linear, const struct x86_composition *main);

/* address_space.c */

/** Common hypervisor mappings with W^X; first CPU, once, on the transition table. */
int __must_check x86_paging_init(struct system *s);
/** Own tables of the CPU whose private area is @p (linear address). */
void x86_percpu_paging_init(struct percpu *p);

/* mitigations.c */
/** Each CPU, on its own tables. */
void x86_mitigations_choose(struct percpu *p);
/** When all have chosen: lines in the log, and the status page. */
void x86_mitigations_report(struct system *s);

/* permissions.c */
void x86_fill_permissions(struct cell *c);
void x86_fill_ports(struct cell *c);

/* exceptions.c */
/** First CPU, when all CPUs are on their own tables: from now on NMIs are kicks; those before are ignored. */
void x86_kicks_begin(void);

/* called by entry.S */
/** The registers: done, and those that were not saved are untouched. NULL: nothing was done. */
struct x86_regs *svm_handle_fast(struct vcpu *v);
struct x86_regs *vmx_handle_fast(struct vcpu *v);
void svm_handle_exit(struct vcpu *v);
void vmx_handle_exit(struct vcpu *v);
void __noreturn vmx_entry_failed(struct vcpu *v);
void __noreturn x86_leave_finish(struct percpu *linear, u64 rax);
void x86_host_vector(struct host_frame *f);

/* leave.c */
/** Give this CPU back to Linux, which continues where the guest is, with @rax. */
void __noreturn x86_leave(struct vcpu *v, u64 rax);

/* fetch.c */
/** Instruction bytes at linear address @va, up to X86_MAX_INSN; returns how many could be read. */
unsigned int x86_fetch(struct vcpu *v, u64 va, const struct x86_paging *paging, u8 *bytes);
/**
 * The instruction at @va, decoded as an access to memory; NULL if it cannot be read or is none. Valid
 * until the next fetch.
 */
const struct mmio_insn *x86_fetch_mmio(struct vcpu *v, u64 va, const struct x86_paging *paging,
				       enum x86_mode mode);

#endif /* X86_ENTRY_H */
