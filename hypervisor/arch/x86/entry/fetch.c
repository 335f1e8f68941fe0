// SPDX-License-Identifier: GPL-2.0
/*
 * fetch - the bytes of the instruction that made an exit, read through the guest's own page tables.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/guest.h>
#include <hv/x86/decode.h>
#include <hv/x86/guest_walk.h>
#include <x86/entry.h>

static int read_entry(void *ctx, gpa_t addr, unsigned int size, u64 *value)
{
	return guest_read(ctx, addr, size, value);
}

unsigned int x86_fetch(struct vcpu *v, u64 va, const struct x86_paging *paging, u8 *bytes)
{
	const struct guest_walk_ops ops = { read_entry, v };
	unsigned int have = 0;
	gpa_t pa;

	while (have < X86_MAX_INSN) {
		u64 in_page = PAGE_SIZE - ((va + have) & ~PAGE_MASK);
		unsigned int n = X86_MAX_INSN - have < in_page ? X86_MAX_INSN - have : in_page;

		if (x86_guest_walk(paging, va + have, &ops, &pa) ||
		    guest_fetch(v, bytes + have, pa, n))
			break;
		have += n;
	}
	return have;
}
