/* SPDX-License-Identifier: GPL-2.0 */
/*
 * access - the hypervisor's lines about accesses that it denied, found in a console text and taken apart.
 *
 * A cell that may write to the console can write such a line, too: what a line says is checked against the state of the CPU, and is
 * no proof otherwise.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_ACCESS_H
#define TOOLS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

enum access_space { ACCESS_MEMORY, ACCESS_PORT, ACCESS_OTHER };

/**
 * struct access - one denied access
 * @cell:	name of the cell, "" for the root cell
 * @kind:	as the hypervisor calls it: "memory write"
 * @owner:	root only: who has what it reached for, as the hypervisor says
 * @address:	as the cell sees it; a port's, an MSR's or a control register's number
 * @stopped:	the CPU does not run any more; root goes on otherwise
 */
struct access {
	char cell[32];
	char kind[48];
	char owner[64];
	enum access_space space;
	bool is_root, write, fetch, stopped;
	unsigned int cpu, width;
	unsigned long long address, rip;
};

/** Read one line; false: it tells of no denied access. */
bool access_parse(struct access *a, const char *line);

/** All of @text in its order, the same one again left out; the caller frees the array. NULL and @count 0: none. */
struct access *accesses_read(const char *text, size_t *count);

#endif /* TOOLS_ACCESS_H */
