/* SPDX-License-Identifier: GPL-2.0 */
/* Ticketless test-and-set lock for short sections; order of classes: docs/LOCKING.md. */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/types.h>
#include <arch/cpu.h>

typedef struct { u32 locked; } spinlock_t;

static inline void spin_lock(spinlock_t *l)
{
	/* acquire pairs with the release in spin_unlock() */
	while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		while (READ_ONCE(l->locked))
			arch_cpu_relax();
}

static inline void spin_unlock(spinlock_t *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

#endif /* HV_SPINLOCK_H */
