/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that the module is built for (6.1 and 6.12), and nothing else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_COMPAT_H
#define DRIVER_COMPAT_H

#include <linux/version.h>

#ifdef __ASSEMBLY__

/* 6.3 renamed the hint for "no stack frame to unwind to". */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define UNWIND_HINT_NO_FRAME	UNWIND_HINT_EMPTY
#else
#define UNWIND_HINT_NO_FRAME	UNWIND_HINT_UNDEFINED
#endif

#else /* __ASSEMBLY__ */

/* 6.2 made the kobject of kset_uevent_ops::name constant. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define UEVENT_CONST
#else
#define UEVENT_CONST const
#endif

#endif /* __ASSEMBLY__ */

#endif /* DRIVER_COMPAT_H */
