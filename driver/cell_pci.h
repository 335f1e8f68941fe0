/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI devices on their way between Linux's drivers and cells.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CELL_PCI_H
#define DRIVER_CELL_PCI_H

#include <common/config/config.h>

struct cell;
struct system;

int __must_check cell_pci_init(struct system *sys);
void cell_pci_exit(struct system *sys);

/**
 * Take the physical devices of @cell from their Linux drivers and hold them with a driver of our
 * own. A device that the machine does not have is none of ours: it may appear later, in the cell.
 * On failure all of them are back.
 */
int __must_check cell_pci_take(struct cell *cell, struct jailhouse_refusal *why);

/**
 * Give them back: reset where the device can be, as saved where it cannot, and probed by Linux's
 * drivers again.
 */
void cell_pci_give_back(struct cell *cell);

#endif /* DRIVER_CELL_PCI_H */
