/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest_walk - guest virtual → guest physical by reading the guest's own tables (none, 32-bit, PSE,
 * PAE, 4- and 5-level). Pure: entries come through @read. Rights are checked for fetches of the
 * given privilege; A/D bits are not written.
 */
#ifndef HV_X86_GUEST_WALK_H
#define HV_X86_GUEST_WALK_H

#include <hv/x86/regs.h>

struct guest_walk_ops {
	/** Read @size (4 or 8) bytes at @addr; 0 or -EINVAL. */
	int (*read)(void *ctx, gpa_t addr, unsigned int size, u64 *value);
	void *ctx;
};

/** 0 with *out set; -EFAULT-like -EINVAL when not translatable. */
int __must_check x86_guest_walk(const struct x86_paging *p, u64 gva,
				const struct guest_walk_ops *ops, gpa_t *out);

#endif
