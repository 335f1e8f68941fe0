/* SPDX-License-Identifier: GPL-2.0 */
/*
 * symbols - names of addresses in the hypervisor's image, from its ELF file.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_SYMBOLS_H
#define TOOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct symbols;

/** NULL: @path cannot be read as an ELF file. */
struct symbols *symbols_open(const char *path);
void symbols_close(struct symbols *s);

/** Its build identifier in hexadecimal digits, "" if it has none. */
void symbols_build_id(const struct symbols *s, char *out, size_t size);

/** Value of the symbol @name; false: there is none. */
bool symbols_value(const struct symbols *s, const char *name, unsigned long long *value);

/**
 * "function+0x12 (file.c:34)", as far as it is known, else "". @is_return: the address stands behind a call, whose line is wanted.
 */
void symbols_describe(const struct symbols *s, unsigned long long address, bool is_return, char *out, size_t size);

#endif /* TOOLS_SYMBOLS_H */
