/* SPDX-License-Identifier: GPL-2.0 */
/*
 * findings - what "hardware check" has looked at: one item after another, each with the reason why it is asked for.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_FINDINGS_H
#define TOOLS_MACHINE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <jailhouse/status.h>
#include <common/config/rules.h>

enum finding_state { FINDING_OK, FINDING_MISSING, FINDING_UNSEEN };

/** struct look - @why: what it is needed for; @text: what is missing and the way out, or why it could not be seen */
struct look {
	const char *group;
	char name[64];
	enum finding_state state;
	bool optional;
	const char *why;
	char *text;
	unsigned int rule;	/* number of the rule that "enable" would refuse by, 0: none */
};

struct findings {
	struct look *items;
	size_t count;
	const char *group;	/* of those that follow */
};

#define NEEDED		false
#define OPTIONAL	true

/** What is there; @why as in struct look. */
void finding_ok(struct findings *f, bool optional, const char *name, const char *why);

/** What is not: @format tells what is wrong and what to do. */
__attribute__((format(printf, 5, 6)))
void finding_missing(struct findings *f, bool optional, const char *name, const char *why, const char *format, ...);

/** What would make "enable" fail with this refusal, told in its words. */
void finding_refusal(struct findings *f, const char *name, const char *why, const struct jailhouse_refusal *r);

/** What could not be looked at: @format tells why, and how it can. */
__attribute__((format(printf, 5, 6)))
void finding_unseen(struct findings *f, bool optional, const char *name, const char *why, const char *format, ...);

/** One of the first two, by @ok. */
__attribute__((format(printf, 6, 7)))
void finding(struct findings *f, bool ok, bool optional, const char *name, const char *why, const char *format, ...);

/** Show them, as JSON if that is wanted. Returns the exit status: 0, 2 something needed is missing, 1 something needed was not seen. */
int findings_show(const struct findings *f, const char *machine);

void findings_free(struct findings *f);

#endif /* TOOLS_MACHINE_FINDINGS_H */
