// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for QEMU with 2 GiB of RAM: measurements (make bench), with half of that in the smallest pages
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define BENCH_NAME	"bench-4k"
#define BENCH_PAGES	JAILHOUSE_MEM_NO_HUGEPAGES
#include "bench-large.c"
