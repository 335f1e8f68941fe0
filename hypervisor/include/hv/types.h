/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Basic types of the hypervisor. Addresses say whose they are: mixing them does not compile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <jailhouse/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/** Host physical, guest physical and I/O virtual address. */
typedef struct { u64 v; } hpa_t;
typedef struct { u64 v; } gpa_t;
typedef struct { u64 v; } iova_t;

static inline hpa_t hpa(u64 v) { return (hpa_t){ v }; }
static inline gpa_t gpa(u64 v) { return (gpa_t){ v }; }

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(uint64_t)(PAGE_SIZE - 1))	/* of 64 bits on every architecture */
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)

#define __must_check	__attribute__((warn_unused_result))
#define __aligned(n)	__attribute__((aligned(n)))
#define __noreturn	__attribute__((noreturn))
#define __section(s)	__attribute__((section(s)))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define barrier()	__asm__ volatile("" ::: "memory")
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))

/* Single, untorn access to a word that another CPU or a guest may change meanwhile. */
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/** Error numbers of the hypercall interface, returned negated. */
enum {
	HV_EPERM = 1, HV_ENOENT = 2, HV_EIO = 5, HV_E2BIG = 7, HV_EAGAIN = 11, HV_ENOMEM = 12, HV_EBUSY = 16,
	HV_EEXIST = 17, HV_ENODEV = 19, HV_EINVAL = 22, HV_ERANGE = 34, HV_ENOSYS = 38,
};

#endif /* HV_TYPES_H */
