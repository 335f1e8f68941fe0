/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell_id - how cells are named on the command line: ID or [--name] NAME.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CELL_ID_H
#define TOOLS_CELL_ID_H

#include <jailhouse/ioctl.h>

/**
 * Read the cell at the start of @argv. Returns how many arguments it took, 0 if there is none; an impossible one (name too long, id
 * out of range) is reported and gives -1.
 */
int cell_id_parse(struct jailhouse_cell_id *id, int argc, char **argv);

#endif /* TOOLS_CELL_ID_H */
