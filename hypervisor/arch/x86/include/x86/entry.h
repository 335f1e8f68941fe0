/* SPDX-License-Identifier: GPL-2.0 */
/* entry - functions of arch/x86/entry and entry.S that other files there use. */
#ifndef X86_ENTRY_H
#define X86_ENTRY_H

#include <x86/percpu.h>

struct host_frame;
struct fault;

/* entry.S */
int x86_entry(u32 cpu, struct hv_cpu_handover *h);
int x86_call_private(struct percpu *linear, int (*fn)(struct percpu *local), u64 cr3, u64 cr4);
void __noreturn x86_leave_switch(struct percpu *linear, u64 transition_cr3, u64 rax);

/* called by entry.S */
int x86_boot_cpu(u32 cpu, struct hv_cpu_handover *h, struct percpu *linear);
/** True: done, and the registers that were not saved are untouched. */
bool svm_handle_fast(struct vcpu *v);
void svm_handle_exit(struct vcpu *v);
void __noreturn x86_leave_finish(struct percpu *linear, u64 rax);
void x86_host_vector(struct host_frame *f);

/* leave.c */
/** Give this CPU back to Linux, which continues where the guest is, with @rax. */
void __noreturn x86_leave(struct vcpu *v, u64 rax);

/* msr.c */
enum vdev_result svm_msr_access(struct vcpu *v, u32 msr, bool is_write, u64 *value);

/* fetch.c */
/** Instruction bytes at the guest's RIP, up to X86_MAX_INSN; returns how many could be read. */
unsigned int svm_fetch(struct vcpu *v, u8 *bytes);

#endif /* X86_ENTRY_H */
