// SPDX-License-Identifier: GPL-2.0
/*
 * The partition as text and JSON.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "partition.h"

#define BAR	64

/* One character for each owner; * for several */
static char letter(__u64 owners)
{
	static const char letters[] = "H0123456789abcdefghijklmnopqrstuvwxyzABCDEFGIJKLMNOPQRSTUVWXYZ";

	if (owners & (owners - 1))
		return '*';
	return letters[__builtin_ctzll(owners) < (int)sizeof(letters) - 1 ? __builtin_ctzll(owners) : 0];
}

static void put_owners(FILE *f, const struct partition *p, __u64 owners)
{
	const char *separator = "";
	unsigned int n;

	for (n = 0; n < partition_owners(p); n++) {
		if (!(owners >> n & 1))
			continue;
		fprintf(f, "%s%s", separator, partition_owner_name(p, n));
		separator = ", ";
	}
}

static void print_legend(FILE *f, const struct partition *p)
{
	unsigned int n;

	for (n = 0; n < partition_owners(p); n++)
		fprintf(f, "%s%c %s%s", n ? "   " : "", letter(1ULL << n), partition_owner_name(p, n), n == OWNER_ROOT ? " (root cell)" : "");
	fputs("   * several\n", f);
}

static __u64 ram_size(const struct parts *memory)
{
	__u64 total = 0;
	unsigned int n;

	for (n = 0; n < memory->count; n++)
		if (!(memory->part[n].flags & JAILHOUSE_MEM_IO))
			total += memory->part[n].last - memory->part[n].first + 1;
	return total;
}

/* RAM in the order of addresses; what is too small for one character gets one all the same. */
static void print_ram_bar(FILE *f, const struct parts *memory)
{
	__u64 total = ram_size(memory), size;
	unsigned int n, width;

	fputc('[', f);
	for (n = 0; total && n < memory->count; n++) {
		if (memory->part[n].flags & JAILHOUSE_MEM_IO)
			continue;
		size = memory->part[n].last - memory->part[n].first + 1;
		width = (unsigned int)((double)size * BAR / (double)total + 0.5);
		while (width-- > 1)
			fputc(letter(memory->part[n].owners), f);
		fputc(letter(memory->part[n].owners), f);
	}
	fputs("]\n", f);
}

static void print_cpu_bar(FILE *f, const struct parts *cpus)
{
	unsigned int n;
	__u64 i, next = 0;

	fputc('[', f);
	for (n = 0; n < cpus->count; n++) {
		for (; next < cpus->part[n].first; next++)
			fputc('.', f);
		for (i = cpus->part[n].first; i <= cpus->part[n].last; i++)
			fputc(letter(cpus->part[n].owners), f);
		next = cpus->part[n].last + 1;
	}
	fputs("]\n", f);
}

static void print_parts(FILE *f, const struct partition *p, const struct parts *parts, char kind)
{
	char range[64], size[32] = "";
	unsigned int n;

	for (n = 0; n < parts->count; n++) {
		const struct part *part = &parts->part[n];

		partition_range(range, sizeof(range), part, kind);
		if (kind == 'm')
			partition_size(size, sizeof(size), part->last - part->first + 1);
		fprintf(f, "  %c %-*s %*s ", letter(part->owners), kind == 'm' ? 27 : 13, range, kind == 'm' ? 7 : 0, size);
		put_owners(f, p, part->owners);
		if (part->flags == JAILHOUSE_PCI_TYPE_IVSHMEM && kind == 'd')
			fputs(" (ivshmem)", f);
		if (part->label) {
			fputs("   # ", f);
			partition_put_label(f, part->label);
		}
		fputc('\n', f);
	}
}

void partition_print(FILE *f, const struct partition *p)
{
	unsigned int n;

	print_legend(f, p);
	fputs("\nCPUs ", f);
	print_cpu_bar(f, &p->cpus);
	print_parts(f, p, &p->cpus, 'n');
	fputs("\nMemory ", f);
	print_ram_bar(f, &p->memory);
	print_parts(f, p, &p->memory, 'm');
	if (p->ports.count)
		fputs("\nPorts\n", f);
	print_parts(f, p, &p->ports, 'p');
	for (n = 0; n < p->chips; n++) {
		fprintf(f, "\nInterrupts of 0x%llx\n", p->chip_address[n]);
		print_parts(f, p, &p->pins[n], 'n');
	}
	if (p->devices.count)
		fputs("\nPCI devices\n", f);
	print_parts(f, p, &p->devices, 'd');
}

/* --- JSON --- */

static struct json_object *owners_json(const struct partition *p, __u64 owners)
{
	struct json_object *list = json_object_new_array();
	unsigned int n;

	for (n = 0; n < partition_owners(p); n++)
		if (owners >> n & 1)
			json_object_array_add(list, json_object_new_string(partition_owner_name(p, n)));
	return list;
}

static struct json_object *parts_json(const struct partition *p, const struct parts *parts, char kind)
{
	struct json_object *list = json_object_new_array(), *o;
	char text[64];
	unsigned int n;

	for (n = 0; n < parts->count; n++) {
		o = json_object_new_object();
		if (kind == 'd') {
			partition_range(text, sizeof(text), &parts->part[n], kind);
			json_object_object_add(o, "bdf", json_object_new_string(text));
		} else {
			json_object_object_add(o, "first", json_object_new_uint64(parts->part[n].first));
			json_object_object_add(o, "last", json_object_new_uint64(parts->part[n].last));
		}
		if (kind == 'm')
			json_object_object_add(o, "io", json_object_new_boolean(parts->part[n].flags & JAILHOUSE_MEM_IO));
		json_object_object_add(o, "owners", owners_json(p, parts->part[n].owners));
		json_object_object_add(o, "name", parts->part[n].label ? json_object_new_string(parts->part[n].label) : NULL);
		json_object_array_add(list, o);
	}
	return list;
}

void partition_print_json(const struct partition *p)
{
	struct json_object *top = json_object_new_object(), *chips = json_object_new_array(), *o;
	unsigned int n;

	json_object_object_add(top, "owners", owners_json(p, ~0ULL));
	json_object_object_add(top, "cpus", parts_json(p, &p->cpus, 'n'));
	json_object_object_add(top, "memory", parts_json(p, &p->memory, 'm'));
	json_object_object_add(top, "ports", parts_json(p, &p->ports, 'p'));
	for (n = 0; n < p->chips; n++) {
		o = json_object_new_object();
		json_object_object_add(o, "address", json_object_new_uint64(p->chip_address[n]));
		json_object_object_add(o, "pins", parts_json(p, &p->pins[n], 'n'));
		json_object_array_add(chips, o);
	}
	json_object_object_add(top, "irqchips", chips);
	json_object_object_add(top, "pci", parts_json(p, &p->devices, 'd'));
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}
