/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Error numbers of the hypercalls (returned negated). The values are Linux's, so <errno.h> may be included as well.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ERRNO_H
#define JAILHOUSE_ERRNO_H

#ifdef __KERNEL__
#include <linux/errno.h>
#else

#define EPERM	1
#define ENOENT	2
#define EIO	5
#define E2BIG	7
#define EAGAIN	11
#define ENOMEM	12
#define EFAULT	14
#define EBUSY	16
#define EEXIST	17
#define ENODEV	19
#define EINVAL	22
#define ERANGE	34
#define ENOSYS	38

#endif /* __KERNEL__ */

#endif /* JAILHOUSE_ERRNO_H */
