/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel - as much of the kernel's interface as those files of the driver need that take untrusted bytes apart. They are compiled into
 * host programs with this; what allocates, allocates exactly, so that a sanitizer sees every access beyond it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_FUZZ_KERNEL_H
#define TESTS_FUZZ_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <jailhouse/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
typedef unsigned int __poll_t;

#define __user
#define __must_check
#define PAGE_SIZE		4096UL
#define PAGE_ALIGN(x)		(((x) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))
#define SZ_1M			0x100000
#define SZ_32M			0x2000000
#define IS_ALIGNED(x, a)	(((x) & ((a) - 1)) == 0)
#define DIV_ROUND_UP_ULL(n, d)	(((n) + (d) - 1) / (d))
#define min(a, b)		({ __auto_type a_ = (a); __auto_type b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __auto_type a_ = (a); __auto_type b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b)	({ type ta_ = (a), tb_ = (b); ta_ < tb_ ? ta_ : tb_; })
#define check_add_overflow(a, b, sum)	__builtin_add_overflow(a, b, sum)
#define check_mul_overflow(a, b, product) __builtin_mul_overflow(a, b, product)

/** Called before every READ_ONCE(): somebody else writes meanwhile. */
extern void (*kernel_race)(void);
#define READ_ONCE(x)		(*({ if (kernel_race) kernel_race(); (const volatile __typeof__(x) *)&(x); }))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))
#define smp_rmb()		__asm__ volatile("" ::: "memory")

struct mutex { int held; };
#define __MUTEX_INITIALIZER(name)	{ 0 }
#define mutex_init(m)			((m)->held = 0)
#define mutex_lock(m)			((m)->held++)
#define mutex_lock_interruptible(m)	((m)->held++, 0)
#define mutex_unlock(m)			((m)->held--)

#define HZ				100
#define DECLARE_WAIT_QUEUE_HEAD(name)	int name __attribute__((unused))
#define wake_up_interruptible(queue)	((void)(queue))
#define wait_event_interruptible_timeout(queue, condition, timeout)	((condition) ? 1 : -1)
struct file;
struct poll_table_struct;
#define poll_wait(file, queue, wait)	((void)(queue))
#define EPOLLIN				0x001
#define EPOLLRDNORM			0x040

#define GFP_KERNEL		0
#define kmalloc(size, flags)	malloc(size)
#define kfree(p)		free(p)
#define vzalloc(size)		calloc(1, size)
#define vfree(p)		free(p)
#define copy_to_user(to, from, n)	(memcpy(to, from, n), 0)
#define copy_from_user(to, from, n)	(memcpy(to, from, n), 0)
#define u64_to_user_ptr(x)	((void *)(uintptr_t)(x))
#define scnprintf(buf, size, ...)	kernel_scnprintf(buf, size, __VA_ARGS__)

static inline int __attribute__((format(printf, 3, 4))) kernel_scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(buf, size, format, ap);
	va_end(ap);
	return n < (int)size ? n : (int)size - 1;
}

struct device;
struct list_head {
	struct list_head *next, *prev;
};

struct resource { u64 start; };
struct firmware { const u8 *data; size_t size; };
#define MEMREMAP_WB		1
#define IORESOURCE_SYSTEM_RAM	1
#define IORES_DESC_NONE		0
#define REGION_DISJOINT		1
#define E820_TYPE_RAM		1

int request_firmware(const struct firmware **fw, const char *name, struct device *dev);
void release_firmware(const struct firmware *fw);
void *memremap(u64 start, u64 size, unsigned long flags);
void memunmap(void *mem);
int region_intersects(u64 start, u64 size, unsigned long flags, unsigned long desc);
bool e820__mapped_raw_any(u64 start, u64 end, int type);

#endif /* TESTS_FUZZ_KERNEL_H */
