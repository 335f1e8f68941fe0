/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fuzz - what the fuzz targets share. A target is one function over bytes that come from nowhere; it aborts when an invariant breaks.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The target. Returns 0; called by libFuzzer, or by replay.c for each kept input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/** struct fuzz_input - what is left of the input */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

/** The next @bytes (1 to 8) bytes as a little-endian number; behind the end there are zeros. */
static inline uint64_t fuzz_take(struct fuzz_input *in, unsigned int bytes)
{
	uint64_t value = 0;
	unsigned int n;

	for (n = 0; n < bytes && in->size; n++, in->size--)
		value |= (uint64_t)*in->data++ << (8 * n);
	return value;
}

/** The next @size bytes in memory of exactly that size, so that a sanitizer sees every access beyond it; behind the end zeros. */
static inline void *fuzz_take_block(struct fuzz_input *in, size_t size)
{
	size_t there = size < in->size ? size : in->size;
	uint8_t *block = calloc(1, size ? size : 1);

	if (there)
		memcpy(block, in->data, there);
	in->data += there;
	in->size -= there;
	return block;
}

#endif /* TESTS_FUZZ_FUZZ_H */
