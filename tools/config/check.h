/* SPDX-License-Identifier: GPL-2.0 */
/*
 * check - all findings about configurations, not only the first: common/config is asked again without the element that it named.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_CHECK_H
#define TOOLS_CONFIG_CHECK_H

#include <jailhouse/status.h>

#include "source.h"

/** struct side - one of the elements that a finding is about; @source NULL: there is none */
struct side {
	const struct source *source;
	enum jailhouse_object object;
	unsigned int index;
};

/** struct finding - @rule 0: what the command itself has found, with @name; @sentence has the way out, too */
struct finding {
	unsigned int rule;
	bool is_error;
	const char *name;
	struct side what, other;
	char sentence[1024];
};

struct verdict {
	struct finding *list;
	unsigned int count, errors;
	bool incomplete;	/* something could not be checked because of what was found */
};

void verdict_free(struct verdict *f);

/** An error or a warning of the command itself about @what. */
__attribute__((format(printf, 5, 6)))
void find_other(struct verdict *f, bool is_error, const char *name, struct side what, const char *sentence, ...);

/** The rules of the file by itself: a cell, or a system with its root cell. */
void check_alone(struct verdict *f, const struct source *s);
/** @cell on @system, both without findings alone. */
void check_on_system(struct verdict *f, const struct source *cell, const struct source *system);
/** Two cells that are to exist at the same time. */
void check_together(struct verdict *f, const struct source *cell, const struct source *other);

/** All of it: a system (or NULL) and cells. */
void check_all(struct verdict *f, const struct source *system, const struct source *cells, unsigned int count);

/** Where the element is: file, line, column. */
struct place side_place(const struct side *s);
/** "memory region 2 (RAM, 0x3f000000-0x3f0fffff)" */
void side_describe(const struct side *s, char *buf, size_t size);

#endif /* TOOLS_CONFIG_CHECK_H */
