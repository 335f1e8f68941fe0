/* SPDX-License-Identifier: GPL-2.0 */
/*
 * offline - memory that Linux uses is taken from it before hypervisor or cells get it, and given back when the hypervisor has gone.
 * What was taken is noted in a file below /run, until then.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_OFFLINE_H
#define TOOLS_OFFLINE_H

#include <stddef.h>

#include "config/place.h"

/** Take what the system configuration @blob lists for the hypervisor. Returns the exit status; a failure is reported and has changed nothing. */
int offline_for_system(const void *blob, size_t size);

/** Take what the cell @blob lists as its RAM. As above. */
int offline_for_cell(const void *blob, size_t size);

/**
 * Find memory for what the system asks for, and give it its addresses: what is reserved at boot (memmap=), else blocks that can be taken
 * offline. As above.
 */
int offline_place_system(struct draft *d);

/** Give back all that was taken. What does not come back is reported. */
void offline_give_back(void);

#endif /* TOOLS_OFFLINE_H */
