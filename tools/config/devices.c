// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>

#include "../machine/dt.h"
#include "devices.h"
#include "keys.h"

#define MOST_REGISTERS	64
#define MOST_INTERRUPTS	256

struct devices {
	struct text *t;
	const void *dt;
	uint64_t gic;
	struct node *memory, *pins;
};

struct device_text {
	const struct node *path, *with, *without;
	const char *label;
};

static const struct key device_keys[] = {
	{ "path", key_node, offsetof(struct device_text, path), 0, NULL },
	{ "name", key_label, offsetof(struct device_text, label), 0, NULL },
	{ "with", key_node, offsetof(struct device_text, with), 0, NULL },
	{ "without", key_node, offsetof(struct device_text, without), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

/* Registers that do not fill pages are reached one by one, so that their page stays with its owner. */
static const char *const widths[] = { "io_8", "io_16", "io_32", NULL };

static struct node *at_place(struct node *n, struct place at)
{
	n->at = at;
	return n;
}

static struct node *with_list(struct devices *d, const struct device_text *p, bool whole_pages)
{
	struct node *list = node_new(d->t, NODE_LIST);
	unsigned int n;

	for (n = 0; p->with && p->with->kind == NODE_LIST && n < p->with->count; n++)
		node_add(d->t, list, p->with->items[n]);
	for (n = 0; !whole_pages && widths[n]; n++)
		node_add(d->t, list, node_scalar(d->t, "%s", widths[n]));
	return list;
}

static void add_registers(struct devices *d, const struct device_text *p, uint64_t start, uint64_t size)
{
	bool whole_pages = !((start | size) & 0xfff);
	struct node *map = at_place(node_new(d->t, NODE_MAP), p->path->at), *with = with_list(d, p, whole_pages);

	node_put(d->t, map, "name", node_scalar(d->t, "%s", p->label ? p->label : p->path->text));
	node_put(d->t, map, "role", node_scalar(d->t, "mmio"));
	node_put(d->t, map, "phys", at_place(node_scalar(d->t, "0x%llx", (unsigned long long)start), p->path->at));
	node_put(d->t, map, "size", at_place(node_scalar(d->t, "0x%llx", (unsigned long long)size), p->path->at));
	if (with->count)
		node_put(d->t, map, "with", at_place(with, p->path->at));
	if (p->without)
		node_put(d->t, map, "without", (struct node *)p->without);
	node_add(d->t, d->memory, map);
}

static void take_node(struct devices *d, const struct device_text *p, int node)
{
	uint64_t start, size;
	struct dt_irq irq;
	unsigned int n;

	for (n = 0; n < MOST_REGISTERS && dt_reg(d->dt, node, n, &start, &size); n++)
		if (size)
			add_registers(d, p, start, size);
	if (n == 0)
		complain(d->t, p->path->at, "Name a node that has \"reg\".", "\"%s\" has no registers that the CPU reaches", p->path->text);
	for (n = 0; n < MOST_INTERRUPTS && dt_irq(d->dt, node, n, &irq); n++)
		if (irq.is_spi)
			node_add(d->t, d->pins, at_place(node_scalar(d->t, "%u", irq.id), p->path->at));
}

static void take_device(struct devices *d, const struct node *item)
{
	struct device_text p = { .path = item };
	int node;

	if (item->kind == NODE_MAP) {
		p.path = NULL;
		read_keys(d->t, item, device_keys, &p);
	}
	if (!p.path || p.path->kind != NODE_SCALAR) {
		complain(d->t, item->at, "Write its path, or {path: …, with: […]}.", "a device without \"path\"");
		return;
	}
	/* an alias is a path, too */
	node = fdt_path_offset(d->dt, p.path->text);
	if (node < 0)
		complain(d->t, p.path->at, "Look for it with \"fdtdump\" or in /proc/device-tree.", "the device tree has no node \"%s\"", p.path->text);
	else
		take_node(d, &p, node);
}

static uint64_t find_gic(const void *dt)
{
	static const char *const names[] = { "arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,cortex-a9-gic", NULL };
	int node = dt_find(dt, -1, names);
	uint64_t start, size;

	return node >= 0 && dt_reg(dt, node, 0, &start, &size) ? start : 0;
}

/* The pins of an entry for that chip and the devices' */
static struct node *with_pins(struct devices *d, const struct node *chip)
{
	struct node *map = at_place(node_new(d->t, NODE_MAP), chip->at), *pins = node_new(d->t, NODE_LIST);
	const struct node *old = map_get(chip, "pins");
	unsigned int n;

	if (old && old->kind == NODE_LIST)
		for (n = 0; n < old->count; n++)
			node_add(d->t, pins, old->items[n]);
	else if (old)
		node_add(d->t, pins, (struct node *)old);
	for (n = 0; n < d->pins->count; n++)
		node_add(d->t, pins, d->pins->items[n]);
	for (n = 0; n < chip->count; n++)
		if (strcmp(chip->keys[n]->text, "pins"))
			node_put(d->t, map, chip->keys[n]->text, chip->items[n]);
	node_put(d->t, map, "pins", at_place(pins, d->pins->at));
	return map;
}

static bool is_gic(const struct devices *d, const struct node *chip)
{
	const struct node *address = map_get(chip, "address");
	__u64 value;

	return address && address->kind == NODE_SCALAR && parse_number(address->text, "", &value) && value == d->gic && !map_get(chip, "base");
}

static struct node *irqchips_with(struct devices *d, const struct node *old)
{
	struct node *list = node_new(d->t, NODE_LIST), *map;
	bool found = false;
	unsigned int n;

	for (n = 0; old && old->kind == NODE_LIST && n < old->count; n++) {
		bool this_one = !found && is_gic(d, old->items[n]);

		node_add(d->t, list, this_one ? with_pins(d, old->items[n]) : old->items[n]);
		found = found || this_one;
	}
	if (found || !d->pins->count)
		return list;
	map = at_place(node_new(d->t, NODE_MAP), d->pins->at);
	node_put(d->t, map, "address", node_scalar(d->t, "0x%llx", (unsigned long long)d->gic));
	node_put(d->t, map, "pins", d->pins);
	node_add(d->t, list, map);
	return list;
}

static struct node *new_root(struct devices *d, const struct node *root)
{
	static const char *const replaced[] = { "dtb", "devices", "memory", "irqchips" };
	struct node *n = at_place(node_new(d->t, NODE_MAP), root->at), *memory = node_new(d->t, NODE_LIST), *old = map_get(root, "memory");
	unsigned int i, k;

	for (i = 0; i < root->count; i++) {
		for (k = 0; k < 4 && strcmp(root->keys[i]->text, replaced[k]); k++)
			;
		if (k < 4)
			continue;
		node_put(d->t, n, root->keys[i]->text, root->items[i]);
		n->keys[n->count - 1] = root->keys[i];
	}
	for (i = 0; old && old->kind == NODE_LIST && i < old->count; i++)
		node_add(d->t, memory, old->items[i]);
	for (i = 0; i < d->memory->count; i++)
		node_add(d->t, memory, d->memory->items[i]);
	node_put(d->t, n, "memory", at_place(memory, root->at));
	node_put(d->t, n, "irqchips", at_place(irqchips_with(d, map_get(root, "irqchips")), root->at));
	return n;
}

static void *read_tree(struct text *t, const struct node *dtb, size_t *size)
{
	const char *slash = strrchr(dtb->at.file, '/'), *path;
	void *blob;

	path = dtb->text[0] == '/' || !slash ? dtb->text : text_format(t, "%.*s/%s", (int)(slash - dtb->at.file), dtb->at.file, dtb->text);
	blob = t->read_file ? t->read_file(path, size) : NULL;
	if (!blob) {
		complain(t, dtb->at, "Correct the name; it counts from the folder of the file that it stands in.", "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (dt_valid(blob, *size))
		return blob;
	free(blob);
	complain(t, dtb->at, "Compile it with \"dtc\", or take /sys/firmware/fdt of the board.", "%s is no device tree", path);
	return NULL;
}

struct node *devices_expand(struct text *t, struct node *root)
{
	struct node *dtb = map_get(root, "dtb"), *list = map_get(root, "devices");
	unsigned int complaints = t->num_complaints, n;
	struct devices d = { .t = t };
	size_t size;
	void *blob;

	if (!dtb && !list)
		return root;
	if (!dtb || dtb->kind != NODE_SCALAR || (list && list->kind != NODE_LIST)) {
		complain(t, (dtb ? dtb : list)->at, "Write dtb: FILE and devices: [/path, …].", "\"devices\" without the device tree that they are from");
		return NULL;
	}
	blob = read_tree(t, dtb, &size);
	if (!blob)
		return NULL;
	d.dt = blob;
	d.gic = find_gic(blob);
	d.memory = node_new(t, NODE_LIST);
	d.pins = at_place(node_new(t, NODE_LIST), dtb->at);
	for (n = 0; list && n < list->count; n++)
		take_device(&d, list->items[n]);
	root = new_root(&d, root);
	free(blob);
	return t->num_complaints == complaints ? root : NULL;
}
