/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source - a configuration from a file, text or binary: which of them is seen by its contents.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_SOURCE_H
#define TOOLS_CONFIG_SOURCE_H

#include "draft.h"
#include "judge.h"
#include "node.h"

/**
 * struct source
 * @binary:	what the driver would get, @size bytes
 * @judge:	the rules of its architecture
 * @draft:	its elements; of a binary, without lines
 * @placed:	0, or how many bytes were to be found, for which files_place() has chosen addresses
 */
struct source {
	const char *path;
	bool is_text;
	__u64 placed;
	struct text text;
	struct draft draft;
	const struct judge *judge;
	void *binary;
	size_t size;
};

/** Is this text, and not one of the binary formats? */
bool source_is_text(const void *data, size_t size);

/** Read and understand @path. False: reported; @s is to be freed all the same. No rule has been checked but the structure of a binary. */
bool source_load(struct source *s, const char *path);
/** The same from memory; takes @data, which free() can free. */
bool source_take(struct source *s, const char *path, void *data, size_t size);
void source_free(struct source *s);

/** Take a binary apart, of any architecture. Its refusal is in @r. */
int source_view(struct draft *d, const void *binary, size_t size, const char *path, struct jailhouse_refusal *r);

/** Report what is wrong with a text. Returns EXIT_ERROR. */
int report_complaints(const struct text *t);

/**
 * The binary for a command that hands a configuration to the driver: a binary as it is, a text compiled. *size bytes, for free(). NULL: reported.
 * A binary is not looked at.
 */
void *config_read(const char *path, size_t *size);

#endif /* TOOLS_CONFIG_SOURCE_H */
