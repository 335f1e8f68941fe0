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

/** One aligned word of 4 or 8 bytes, read once; else as guest_snapshot(). */
int __must_check guest_read(struct cell *c, gpa_t src, unsigned int size, u64 *value);

#endif /* HV_GUEST_H */
