/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devices - "devices" of a text: paths of a device tree, turned into entries of "memory" and "irqchips" before it is compiled.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_DEVICES_H
#define TOOLS_CONFIG_DEVICES_H

#include "node.h"

/** @root without "dtb" and "devices", with what these nodes of the tree have. NULL: there are complaints. */
struct node *devices_expand(struct text *t, struct node *root);

#endif /* TOOLS_CONFIG_DEVICES_H */
