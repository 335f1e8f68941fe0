/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explain - the lines "LOG: …", "PANIC: …" and "EXIT: …" of a log or a console text, found and taken apart.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

/** struct fact - one line: @kind is its first word ("at", "host", "exit" …), @text the rest, a list of key=value */
struct fact {
	char *kind;
	char *text;
};

/** struct facts - in the order of the text; of CPUs that panicked the first one's, @more panicked later */
struct facts {
	struct fact *fact;
	size_t count;
	size_t more;
};

/** Read all facts of @text, which is changed and has to live as long as they do. False: out of memory. */
bool facts_read(struct facts *f, char *text);
void facts_free(struct facts *f);

/** The n-th fact of @kind, NULL: there are fewer. */
const struct fact *facts_find(const struct facts *f, const char *kind, size_t n);

/** Value of @key, without quotes, in @out; false: it is not there. */
bool fact_text(const struct fact *fact, const char *key, char *out, size_t size);
/** The same as a number in @base, 0 if it is not there. */
unsigned long long fact_number(const struct fact *fact, const char *key, int base);

/** Name of an exit's reason: "nested page fault"; NULL: unknown. */
const char *exit_reason_name(unsigned long long reason);
/** Name of an exception's vector; NULL: unknown. */
const char *exception_name(unsigned long long vector);

#endif /* TOOLS_EXPLAIN_H */
