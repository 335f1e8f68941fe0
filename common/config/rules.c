// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals: from a number to a sentence. Has its own formatter because the same file is linked into the kernel module, the
 * hypervisor and host programs.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

struct rule_entry {
	__u32 number;
	const char *name;
	const char *sentence;
	const char *way_out;
};

static const struct rule_entry rules[] = {
#define RULE(id, num, err, what, how) { .number = (num), .name = #id, .sentence = (what), .way_out = (how) },
#include <common/config/rules.inc>
#undef RULE
};

static const struct rule_entry *find_rule(__u32 number)
{
	unsigned int n;

	for (n = 0; n < sizeof(rules) / sizeof(rules[0]); n++)
		if (rules[n].number == number)
			return &rules[n];
	return NULL;
}

int refusal_init(struct jailhouse_refusal *r, enum jailhouse_rule rule)
{
	*r = (struct jailhouse_refusal){
		.rule = RULE_NUMBER(rule),
		.error = -(int)(rule >> 16),
		.cell = -1,
		.other_cell = -1,
	};
	return r->error;
}

static void copy_name(__u8 *dst, const struct cell_view *cell)
{
	unsigned int n;

	for (n = 0; n < JAILHOUSE_CELL_NAME_MAXLEN && cell->desc->name[n]; n++)
		dst[n] = (__u8)cell->desc->name[n];
}

int config_refuse(struct jailhouse_refusal *r, enum jailhouse_rule rule, struct item what, struct item other, const __u64 value[4])
{
	refusal_init(r, rule);
	r->object = what.object;
	r->index = what.index;
	r->other_object = other.object;
	r->other_index = other.index;
	__builtin_memcpy(r->value, value, sizeof(r->value));
	if (what.cell) {
		r->cell = what.cell->is_root ? 0 : -1;
		copy_name(r->cell_name, what.cell);
	}
	if (other.cell && other.cell != what.cell) {
		r->other_cell = other.cell->is_root ? 0 : (__s32)other.cell->desc->id;
		copy_name(r->other_name, other.cell);
	}
	return r->error;
}

const char *refusal_rule_name(__u32 rule)
{
	const struct rule_entry *entry = find_rule(rule);

	return entry ? entry->name : NULL;
}

struct object_name {
	const char *machine;
	const char *text;
	bool indexed;
};

static const struct object_name object_names[] = {
	[JAILHOUSE_OBJ_NONE] = { "none", "it", false },
	[JAILHOUSE_OBJ_HEADER] = { "header", "the header", false },
	[JAILHOUSE_OBJ_CPU] = { "cpu", "CPU ", true },
	[JAILHOUSE_OBJ_MEMORY] = { "memory", "memory region ", true },
	[JAILHOUSE_OBJ_CACHE] = { "cache", "cache region ", true },
	[JAILHOUSE_OBJ_IRQCHIP] = { "irqchip", "interrupt controller ", true },
	[JAILHOUSE_OBJ_PIO] = { "pio", "port range ", true },
	[JAILHOUSE_OBJ_PCI_DEVICE] = { "pci_device", "PCI device ", true },
	[JAILHOUSE_OBJ_PCI_CAP] = { "pci_cap", "PCI capability ", true },
	[JAILHOUSE_OBJ_STREAM_ID] = { "stream_id", "stream id ", true },
	[JAILHOUSE_OBJ_CONSOLE] = { "console", "the console", false },
	[JAILHOUSE_OBJ_HYPERVISOR] = { "hypervisor", "the hypervisor", false },
	[JAILHOUSE_OBJ_CELL] = { "cell", "the cell", false },
	[JAILHOUSE_OBJ_HARDWARE] = { "hardware", "the hardware", false },
};

static const struct object_name *find_object(__u32 object)
{
	return object < sizeof(object_names) / sizeof(object_names[0]) ? &object_names[object] : NULL;
}

const char *refusal_object_name(__u32 object)
{
	const struct object_name *name = find_object(object);

	return name ? name->machine : "unknown";
}

/* --- sentences --- */

struct sentence {
	char *buf;
	size_t size, length;
	bool capital;		/* the next letter starts a sentence */
};

static void put_char(struct sentence *s, char c)
{
	if (s->capital && c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	s->capital = false;
	if (s->length + 1 < s->size)
		s->buf[s->length] = c;
	s->length++;
}

static void put_text(struct sentence *s, const char *text)
{
	while (*text)
		put_char(s, *text++);
}

static void put_number(struct sentence *s, __u64 value, unsigned int base, unsigned int digits)
{
	char buf[20];
	unsigned int n = 0;

	/* 64-bit division by a variable needs a library on 32-bit kernels: shift for 16, subtract powers for 10 */
	if (base == 16) {
		do {
			buf[n++] = "0123456789abcdef"[value & 15];
			value >>= 4;
		} while (value);
	} else {
		do {
			__u64 tenth = 0;
			int bit;

			for (bit = 60; bit >= 0; bit--)
				if (value >> bit >= 10) {
					value -= 10ULL << bit;
					tenth += 1ULL << bit;
				}
			buf[n++] = (char)('0' + value);
			value = tenth;
		} while (value);
	}
	while (n < digits)
		buf[n++] = '0';
	while (n)
		put_char(s, buf[--n]);
}

static void put_hex(struct sentence *s, __u64 value)
{
	put_text(s, "0x");
	put_number(s, value, 16, 1);
}

/* domain << 16 | bus << 8 | device << 3 | function, as lspci writes it */
static void put_bdf(struct sentence *s, __u64 address)
{
	if (address >> 16) {
		put_number(s, address >> 16, 16, 4);
		put_char(s, ':');
	}
	put_number(s, address >> 8 & 0xff, 16, 2);
	put_char(s, ':');
	put_number(s, address >> 3 & 0x1f, 16, 2);
	put_char(s, '.');
	put_number(s, address & 7, 16, 1);
}

static void put_architecture(struct sentence *s, __u64 architecture)
{
	static const char * const names[] = { "x86", "ARM", "ARM64" };

	if (architecture < 3) {
		put_text(s, names[architecture]);
		return;
	}
	put_text(s, "architecture ");
	put_number(s, architecture, 10, 1);
}

static void put_error(struct sentence *s, __u64 value)
{
	__u64 error = (__s64)value < 0 ? 0 - value : value;

	put_text(s, "error ");
	put_number(s, error, 10, 1);
}

static void put_object(struct sentence *s, __u16 object, __u16 index)
{
	const struct object_name *name = find_object(object);

	put_text(s, name ? name->text : "object ");
	if (!name || name->indexed)
		put_number(s, index, 10, 1);
}

static void put_cell(struct sentence *s, __s32 id, const __u8 *name, const char *unnamed)
{
	unsigned int n;

	if (id == 0) {
		put_text(s, "the root cell");
		return;
	}
	if (!name[0]) {
		put_text(s, unnamed);
		return;
	}
	put_text(s, "cell \"");
	for (n = 0; n < JAILHOUSE_CELL_NAME_MAXLEN && name[n]; n++)
		put_char(s, name[n] >= 0x20 && name[n] < 0x7f ? (char)name[n] : '?');
	put_char(s, '"');
}

/* Is the placeholder at @text "{word" followed by a digit 0-3 and "}"? */
static bool is_value(const char *text, const char *word, unsigned int *index)
{
	text++;
	while (*word)
		if (*text++ != *word++)
			return false;
	if (*text < '0' || *text > '3' || text[1] != '}')
		return false;
	*index = (unsigned int)(*text - '0');
	return true;
}

static bool is_word(const char *text, const char *word)
{
	text++;
	while (*word)
		if (*text++ != *word++)
			return false;
	return *text == '}';
}

static void put_placeholder(struct sentence *s, const char *text, const struct jailhouse_refusal *r)
{
	unsigned int n;

	if (is_word(text, "object"))
		put_object(s, r->object, r->index);
	else if (is_word(text, "other"))
		put_object(s, r->other_object, r->other_index);
	else if (is_word(text, "cell"))
		put_cell(s, r->cell, r->cell_name, "the cell");
	else if (is_word(text, "other_cell"))
		put_cell(s, r->other_cell, r->other_name, "another cell");
	else if (is_value(text, "x", &n))
		put_hex(s, r->value[n]);
	else if (is_value(text, "d", &n))
		put_number(s, r->value[n], 10, 1);
	else if (is_value(text, "bdf", &n))
		put_bdf(s, r->value[n]);
	else if (is_value(text, "arch", &n))
		put_architecture(s, r->value[n]);
	else if (is_value(text, "err", &n))
		put_error(s, r->value[n]);
}

static void put_sentence(struct sentence *s, const char *text, const struct jailhouse_refusal *r)
{
	s->capital = true;
	while (*text) {
		if (*text != '{') {
			put_char(s, *text++);
			continue;
		}
		put_placeholder(s, text, r);
		while (*text && *text++ != '}')
			;
	}
	put_char(s, '.');
}

size_t refusal_format(char *buf, size_t size, const struct jailhouse_refusal *r)
{
	const struct rule_entry *entry = find_rule(r->rule);
	struct sentence s = { .buf = buf, .size = size };

	if (entry) {
		put_sentence(&s, entry->sentence, r);
		put_char(&s, ' ');
		put_sentence(&s, entry->way_out, r);
	} else {
		put_text(&s, "Refused by rule ");
		put_number(&s, r->rule, 10, 1);
		put_text(&s, ", which this program does not know. Use command, module and hypervisor of the same build.");
	}
	if (size)
		buf[s.length < size ? s.length : size - 1] = '\0';
	return s.length;
}
