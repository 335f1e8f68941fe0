/* SPDX-License-Identifier: GPL-2.0 */
/*
 * string - what the compiler and freestanding code expect of a C library. Host programs link libc in place of string.c.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_LIB_STRING_H
#define COMMON_LIB_STRING_H

#include <jailhouse/types.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif /* COMMON_LIB_STRING_H */
