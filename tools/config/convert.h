/* SPDX-License-Identifier: GPL-2.0 */
/*
 * convert - binaries of revision 10 and 12, the states of releases 0.10 to 0.12 of Jailhouse, to drafts of revision 14.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_CONVERT_H
#define TOOLS_CONFIG_CONVERT_H

#include "draft.h"
#include "node.h"

/** Is it a binary of a revision that can be converted? */
bool convert_knows(const void *binary, size_t size);

/**
 * Fill @d from @binary for @arch (JAILHOUSE_X86 …; -1: guess). What it could not know or had to decide is a complaint of @t each, with what to
 * do. False: it is not complete, and the last complaint says so.
 */
bool convert(struct text *t, struct draft *d, const void *binary, size_t size, const char *path, int arch);

#endif /* TOOLS_CONFIG_CONVERT_H */
