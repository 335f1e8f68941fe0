// SPDX-License-Identifier: GPL-2.0
/*
 * x86_exit_stubs - what the exit handlers of both backends call and their tests do not look at: machine registers, devices, the decoder.
 * Leaving and panics fail the test.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <hv/log.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

bool xsetbv_safe(u32 index, u64 value) { return index == 0; }
u64 rdmsr(u32 msr) { return 0; }
void wrmsr(u32 msr, u64 value) { }
bool rdmsr_safe(u32 msr, u64 *value) { return false; }
bool wrmsr_safe(u32 msr, u64 value) { return true; }
void cpuid(u32 leaf, u32 subleaf, u32 r[4]) { memset(r, 0, 16); }
void vcpuid_filter(const struct cell *c, u32 leaf, u32 subleaf, u64 cr4, u32 r[4]) { }
s64 hypercall_handle(struct vcpu *v, u64 nr, u64 arg1, u64 arg2) { return nr; }
bool system_should_leave(struct vcpu *v) { return false; }
enum vdev_result vmsr_access(struct vcpu *v, const struct vmsr_ops *ops, u32 msr, bool is_write, u64 *value) { return VDEV_GP; }
enum vdev_result vpio_access(struct vcpu *v, struct pio_access *a) { return VDEV_OK; }
unsigned int x86_fetch(struct vcpu *v, u64 va, const struct x86_paging *paging, u8 *bytes) { return 0; }
const struct mmio_insn *x86_fetch_mmio(struct vcpu *v, u64 va, const struct x86_paging *paging, enum x86_mode mode) { return NULL; }
void x86_mmio_complete_read(const struct mmio_insn *in, u64 value, struct x86_regs *regs) { }

int x86_decode_mmio(const u8 *bytes, unsigned int count, enum x86_mode mode, const struct x86_regs *regs, struct mmio_insn *out)
{
	return -HV_EINVAL;
}

void x86_leave(struct vcpu *v, u64 rax)
{
	fail_msg("the CPU leaves");
	abort();
}

void log_printf_panic(const char *fmt, ...) { }

void hv_panic(const char *file, int line, const char *what)
{
	fail_msg("panic: %s", what);
	abort();
}
