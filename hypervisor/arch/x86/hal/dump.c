// SPDX-License-Identifier: GPL-2.0
/*
 * dump - what a CPU that stops for good knows of itself, as lines "PANIC: key=value …" (jailhouse-explain(8)).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/cell.h>
#include <hv/x86/cpudefs.h>
#include <x86/hal.h>

#define MAX_RETURNS	24

/* The host's registers mean something after an exception only; the guest's are what the last exit left. */
static void dump_exception(arch_print_t print, const struct host_frame *f)
{
	print("PANIC: host vector=%lu error=%lx rip=%lx rsp=%lx rflags=%lx cr2=%lx\n", f->vector, f->error,
	      f->rip, f->rsp, f->rflags, read_cr2());
	print("PANIC: host rax=%lx rbx=%lx rcx=%lx rdx=%lx rsi=%lx rdi=%lx rbp=%lx\n", f->rax, f->rbx, f->rcx,
	      f->rdx, f->rsi, f->rdi, f->rbp);
	print("PANIC: host r8=%lx r9=%lx r10=%lx r11=%lx r12=%lx r13=%lx r14=%lx r15=%lx\n", f->r8, f->r9,
	      f->r10, f->r11, f->r12, f->r13, f->r14, f->r15);
}

static void dump_guest(arch_print_t print, const struct percpu *p)
{
	const u64 *r = p->vcpu.arch.regs.r;

	print("PANIC: guest rax=%lx rcx=%lx rdx=%lx rbx=%lx rsp=%lx rbp=%lx rsi=%lx rdi=%lx\n", r[0], r[1],
	      r[2], r[3], r[4], r[5], r[6], r[7]);
	print("PANIC: guest r8=%lx r9=%lx r10=%lx r11=%lx r12=%lx r13=%lx r14=%lx r15=%lx\n", r[8], r[9],
	      r[10], r[11], r[12], r[13], r[14], r[15]);
}

static bool is_on_stack(u64 address)
{
	return address >= LOCAL_BASE + PAGE_SIZE && address < LOCAL_BASE + PERCPU_STACK_TOP;
}

/* Every word of the stack that looks like a return address: some are left over from earlier calls. */
static void dump_stack(arch_print_t print, u64 rsp)
{
	const u64 *word = (const u64 *)(rsp & ~7UL);
	unsigned int found = 0;

	for (; is_on_stack((u64)word) && found < MAX_RETURNS; word++) {
		if (*word < (u64)__image_start || *word >= (u64)__text_end)
			continue;
		print("PANIC: stack at=%lx value=%lx\n", (u64)word, *word);
		found++;
	}
}

static void dump_exits(arch_print_t print, const struct hv_exit_ring *ring)
{
	u64 seq = ring->count > HV_EXIT_RING_SIZE ? ring->count - HV_EXIT_RING_SIZE : 0;

	for (; seq < ring->count; seq++) {
		const struct hv_exit_record *r = &ring->record[seq % HV_EXIT_RING_SIZE];

		print("PANIC: exit seq=%lu tsc=%lx reason=%lx rip=%lx info1=%lx info2=%lx\n", (u64)r->seq,
		      (u64)r->tsc, (u64)r->reason, (u64)r->rip, (u64)r->info1, (u64)r->info2);
	}
}

void arch_cpu_dump(arch_print_t print)
{
	u64 rsp = (u64)__builtin_frame_address(0);
	const struct percpu *p = this_cpu();

	print("PANIC: control cr0=%lx cr3=%lx cr4=%lx efer=%lx\n", read_cr0(), read_cr3(), read_cr4(),
	      rdmsr(MSR_EFER));
	if (!is_on_stack(rsp))	/* still, or again, on the transition table: there is no private area */
		return;
	print("PANIC: on cpu=%u cell=%u name=\"%s\"\n", p->vcpu.pcpu->id,
	      p->vcpu.pcpu->cell ? p->vcpu.pcpu->cell->id : 0,
	      p->vcpu.pcpu->cell ? p->vcpu.pcpu->cell->config->name : "");
	if (p->fault)
		dump_exception(print, p->fault);
	dump_stack(print, p->fault ? p->fault->rsp : rsp);
	dump_guest(print, p);
	dump_exits(print, &p->exits);
}
