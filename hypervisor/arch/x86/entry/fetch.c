// SPDX-License-Identifier: GPL-2.0
/*
 * fetch - the instruction that made an exit, read through the guest's own page tables.
 *
 * A guest may change its tables and its code at any time, without telling. So nothing is concluded
 * from the last fetch but this: the same address, translated by the same control registers through
 * entries that have the same values, to 15 bytes that are the same, is the same instruction. All of
 * that is read again, at physical addresses that are dropped when stage 2 changes (forget_stage2()
 * in virt/vcpu.c); only the walk and the decoder are spared.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/guest.h>
#include <hv/x86/decode.h>
#include <hv/x86/guest_walk.h>
#include <x86/entry.h>
#include <x86/hal.h>

static int read_entry(void *ctx, gpa_t addr, unsigned int size, u64 *value)
{
	struct vcpu *v = ctx;
	struct fetch_memo *m = &vcpu_percpu(v)->fetch;
	u32 n = m->entries++;
	int err = guest_read(v, addr, size, value);

	if (!err && n < ARRAY_SIZE(m->entry)) {
		m->entry[n].value = *value;
		err = guest_translate(v, addr, &m->entry[n].pa);
	}
	return err;
}

unsigned int x86_fetch(struct vcpu *v, u64 va, const struct x86_paging *paging, u8 *bytes)
{
	const struct guest_walk_ops ops = { read_entry, v };
	struct fetch_memo *m = &vcpu_percpu(v)->fetch;
	unsigned int have = 0;
	gpa_t pa;

	m->valid = false;
	m->entries = 0;
	while (have < X86_MAX_INSN) {
		u64 in_page = PAGE_SIZE - ((va + have) & ~PAGE_MASK);
		unsigned int n = X86_MAX_INSN - have < in_page ? X86_MAX_INSN - have : in_page;

		if (x86_guest_walk(paging, va + have, &ops, &pa) ||
		    guest_translate(v, pa, &m->code_pa) || guest_fetch(v, bytes + have, pa, n))
			break;
		have += n;
	}
	return have;
}

/* --- the last one again ------------------------------------------------------------------- */

static bool is_same_place(const struct fetch_memo *m, u64 va, const struct x86_paging *p)
{
	return m->valid && m->va == va && m->paging.cr3 == p->cr3 && m->paging.cr4 == p->cr4 &&
	       m->paging.cr0 == p->cr0 && m->paging.efer == p->efer && m->paging.user == p->user;
}

static inline u64 peek(u64 pa)
{
	return mmio_read64(x86_window_peek(pa));
}

static bool reads_same(const struct fetch_memo *m)
{
	const u8 *code;

	for (u32 n = 0; n < m->entries; n++)
		if (peek(m->entry[n].pa) != m->entry[n].value)
			return false;
	code = x86_window_peek(m->code_pa);
	return mmio_read64(code) == m->code[0] && mmio_read64(code + 7) == m->code[1];
}

static bool is_same_again(const struct fetch_memo *m, u64 va, const struct x86_paging *paging)
{
	bool same;

	if (!is_same_place(m, va, paging))
		return false;
	same = reads_same(m);
	arch_window_unmap(WINDOW_GUEST);
	return same;
}

/* A walk of few entries, to bytes of one page: the two words do not cross its end. */
static void remember(struct fetch_memo *m, u64 va, const struct x86_paging *paging, const u8 *bytes)
{
	if (m->entries > ARRAY_SIZE(m->entry) || (va & ~PAGE_MASK) > PAGE_SIZE - X86_MAX_INSN)
		return;
	m->va = va;
	m->paging = *paging;
	__builtin_memcpy(&m->code[0], bytes, 8);
	__builtin_memcpy(&m->code[1], bytes + 7, 8);
	m->valid = true;
}

const struct mmio_insn *x86_fetch_mmio(struct vcpu *v, u64 va, const struct x86_paging *paging,
				       enum x86_mode mode)
{
	struct fetch_memo *m = &vcpu_percpu(v)->fetch;
	u8 bytes[X86_MAX_INSN];
	unsigned int have;

	if (mode == X86_MODE_64 && is_same_again(m, va, paging)) {
		x86_mmio_again(&m->insn, &v->arch.regs);
		return &m->insn;
	}
	have = x86_fetch(v, va, paging, bytes);
	if (x86_decode_mmio(bytes, have, mode, &v->arch.regs, &m->insn))
		return NULL;
	if (mode == X86_MODE_64 && have == X86_MAX_INSN)
		remember(m, va, paging, bytes);
	return &m->insn;
}
