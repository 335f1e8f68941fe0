/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compile - from the text to the binary. decompile - back.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_COMPILE_H
#define TOOLS_CONFIG_COMPILE_H

#include "draft.h"
#include "node.h"

/** Fill @d, which was initialized. False: @t has complaints. @d points into @t. */
bool config_compile(struct text *t, const struct node *root, struct draft *d);

/** The text of @d, from which config_compile() makes the same binary. The origins' labels become names, except where two are alike. */
struct node *config_decompile(struct text *t, const struct draft *d);

/* --- of single elements, each with its "raw": for both --- */

void compile_memory(struct text *t, const struct node *n, struct draft *d);
void compile_cache(struct text *t, const struct node *n, struct draft *d);
void compile_irqchip(struct text *t, const struct node *n, struct draft *d);
void compile_pio(struct text *t, const struct node *n, struct draft *d);
void compile_stream(struct text *t, const struct node *n, struct draft *d);
void compile_console(struct text *t, const struct node *n, struct jailhouse_console *console);
void compile_iommu(struct text *t, const struct node *n, struct jailhouse_iommu *unit);
void compile_platform(struct text *t, const struct node *n, struct jailhouse_system *s);
void compile_capability(struct text *t, const struct node *n, struct jailhouse_pci_capability *cap);

/** All of "pci" and "spare_caps": devices and capabilities. @devices, @spare: lists, or NULL. */
void compile_pci(struct text *t, const struct node *devices, const struct node *spare, struct draft *d);
/** A device alone, without its capabilities */
void compile_device(struct text *t, const struct node *n, const struct draft *d, struct jailhouse_pci_device *dev);

/** Like compile_memory() and so on: for each item of the list; NULL: there is no list. */
typedef void compile_item_t(struct text *t, const struct node *n, struct draft *d);
void compile_list(struct text *t, const struct node *list, struct draft *d, compile_item_t *item);

/** Where @n comes from, with its "name" */
struct origin origin_of(const struct node *n);

#endif /* TOOLS_CONFIG_COMPILE_H */
