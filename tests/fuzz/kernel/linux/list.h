/* SPDX-License-Identifier: GPL-2.0 */
#include <fuzz/kernel/kernel.h>
