// SPDX-License-Identifier: GPL-2.0
/*
 * The partition as SVG: a colour for each owner; memory with heights by the logarithm of sizes, in the order of addresses.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <string.h>

#include "partition.h"

#define WIDTH		1000
#define MARGIN		20
#define LINE		18
#define BOX		34
#define MEMORY_BOX	300
#define TEXT_X		(MARGIN + MEMORY_BOX + 10)

static const char *const colours[] = {
	"#555555", "#9ecae1", "#fdae6b", "#a1d99b", "#bcbddc", "#fc9272", "#fdd0a2", "#c7e9c0", "#dadaeb", "#c6dbef", "#fee391", "#d4b9da",
};

#define NUM_COLOURS (sizeof(colours) / sizeof(colours[0]))

/* The hypervisor's and root's colours are nobody else's. */
static const char *colour(unsigned int owner)
{
	return owner < 2 ? colours[owner] : colours[2 + (owner - 2) % (NUM_COLOURS - 2)];
}

struct drawing {
	FILE *f;
	const struct partition *p;
	int y;
};

static void put_text(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			fputs("&lt;", f);
		else if (*s == '>')
			fputs("&gt;", f);
		else if (*s == '&')
			fputs("&amp;", f);
		else
			fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, f);
	}
}

static void text_at(struct drawing *d, int x, int y, const char *class, const char *s)
{
	fprintf(d->f, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
	put_text(d->f, s);
	fputs("</text>\n", d->f);
}

/* One stripe for each owner */
static void box(struct drawing *d, int x, int y, int width, int height, __u64 owners)
{
	int count = __builtin_popcountll(owners), n = 0, left, right;
	unsigned int owner;

	for (owner = 0; owner < partition_owners(d->p); owner++) {
		if (!(owners >> owner & 1))
			continue;
		left = width * n / count;
		right = width * ++n / count;
		fprintf(d->f, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x + left, y, right - left, height, colour(owner));
	}
	fprintf(d->f, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"frame\"/>\n", x, y, width, height);
}

static void heading(struct drawing *d, const char *s)
{
	d->y += 3 * LINE / 2;
	text_at(d, MARGIN, d->y, "heading", s);
	d->y += LINE / 2;
}

/* The next place in rows of boxes; *x 0: start */
static void next_place(struct drawing *d, int *x, int width, int height)
{
	*x = *x ? *x : MARGIN - width - 4;
	*x += width + 4;
	if (*x + width > WIDTH - MARGIN) {
		*x = MARGIN;
		d->y += height + 4;
	}
}

static void draw_legend(struct drawing *d)
{
	unsigned int owner;
	int x = 0;

	for (owner = 0; owner < partition_owners(d->p); owner++) {
		next_place(d, &x, 220, LINE);
		box(d, x, d->y, LINE, LINE, 1ULL << owner);
		text_at(d, x + LINE + 6, d->y + LINE - 4, owner == OWNER_ROOT ? "root" : "", partition_owner_name(d->p, owner));
	}
	d->y += LINE + 4;
}

/* CPUs, pins: a square for each number */
static void draw_squares(struct drawing *d, const struct parts *parts, int size)
{
	char number[24];
	unsigned int n;
	int x = 0;
	__u64 i;

	for (n = 0; n < parts->count; n++)
		for (i = parts->part[n].first; i <= parts->part[n].last; i++) {
			next_place(d, &x, size, size);
			box(d, x, d->y, size, size, parts->part[n].owners);
			snprintf(number, sizeof(number), "%llu", i);
			text_at(d, x + 4, d->y + size - 6, "small", number);
		}
	d->y += size + 4;
}

static int height_of(__u64 size)
{
	int bits = 63 - __builtin_clzll(size | 1);

	return LINE + (bits > 20 ? 3 * (bits - 20) : 0);
}

static void draw_memory(struct drawing *d, const struct part *part)
{
	__u64 size = part->last - part->first + 1;
	int height = height_of(size), x = TEXT_X;
	char range[64], amount[32];

	box(d, MARGIN, d->y, MEMORY_BOX, height, part->owners);
	partition_range(range, sizeof(range), part, 'm');
	partition_size(amount, sizeof(amount), size);
	text_at(d, x, d->y + height / 2 + 5, "code", range);
	text_at(d, x + 260, d->y + height / 2 + 5, "code", amount);
	if (part->flags & JAILHOUSE_MEM_IO)
		text_at(d, MARGIN + 6, d->y + height / 2 + 5, "small", "I/O");
	if (part->label)
		text_at(d, x + 340, d->y + height / 2 + 5, "", part->label);
	d->y += height;
}

static void draw_list(struct drawing *d, const struct parts *parts, char kind)
{
	char range[64];
	unsigned int n;

	for (n = 0; n < parts->count; n++) {
		box(d, MARGIN, d->y, MEMORY_BOX, LINE, parts->part[n].owners);
		partition_range(range, sizeof(range), &parts->part[n], kind);
		text_at(d, TEXT_X, d->y + LINE - 4, "code", range);
		if (parts->part[n].label)
			text_at(d, TEXT_X + 160, d->y + LINE - 4, "", parts->part[n].label);
		d->y += LINE;
	}
}

static void draw_all(struct drawing *d)
{
	char title[64];
	unsigned int n;

	d->y = MARGIN;
	draw_legend(d);
	heading(d, "CPUs");
	draw_squares(d, &d->p->cpus, BOX);
	heading(d, "Memory");
	for (n = 0; n < d->p->memory.count; n++)
		draw_memory(d, &d->p->memory.part[n]);
	for (n = 0; n < d->p->chips; n++) {
		snprintf(title, sizeof(title), "Interrupts of 0x%llx", d->p->chip_address[n]);
		heading(d, title);
		draw_squares(d, &d->p->pins[n], BOX);
	}
	if (d->p->devices.count)
		heading(d, "PCI devices");
	draw_list(d, &d->p->devices, 'd');
	if (d->p->ports.count)
		heading(d, "Ports");
	draw_list(d, &d->p->ports, 'p');
	d->y += MARGIN;
}

/* Drawn twice: the height stands first. */
void partition_draw(FILE *f, const struct partition *p)
{
	struct drawing d = { .f = fopen("/dev/null", "w"), .p = p };

	if (!d.f)
		return;
	draw_all(&d);
	fclose(d.f);
	d.f = f;
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", WIDTH, d.y, WIDTH, d.y);
	fputs("<style>text{font:13px sans-serif;fill:#000}.heading{font:bold 15px sans-serif}.small{font:11px sans-serif}"
	      ".code{font:12px monospace}.root{font-style:italic}.frame{fill:none;stroke:#333;stroke-width:.7}</style>\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", f);
	draw_all(&d);
	fputs("</svg>\n", f);
}
