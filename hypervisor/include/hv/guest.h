/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest - the only way in for guest memory.
 */
#ifndef HV_GUEST_H
#define HV_GUEST_H

#include <hv/cell.h>

/**
 * Copy @len bytes at guest-physical @src of @c into @dst, once, ending in a compiler barrier.
 * Goes through @c's stage 2 (readable RAM only) and this CPU's window. 0 or -EINVAL (unmapped, device memory, wrap-around).
 */
int __must_check guest_snapshot(struct cell *c, void *dst, gpa_t src, size_t len);

/*
 * For exits: memory of the CPU's own cell, with what earlier exits have found out about its stage 2
 * (struct stage2_hint). On the CPU itself; else as guest_snapshot().
 */
/** Physical address of what lies at @src. */
int __must_check guest_translate(struct vcpu *v, gpa_t src, u64 *pa);
/** One aligned word of 4 or 8 bytes, read once. */
int __must_check guest_read(struct vcpu *v, gpa_t src, unsigned int size, u64 *value);
/** @len bytes that lie in one page. */
int __must_check guest_fetch(struct vcpu *v, u8 *dst, gpa_t src, unsigned int len);

#endif /* HV_GUEST_H */
