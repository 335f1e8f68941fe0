// SPDX-License-Identifier: GPL-2.0
/* cflags: -D_GNU_SOURCE -Itools -I/usr/include/json-c */
/* libs: -lyaml -lfdt -ljson-c -lm */
/* sources: tests/fuzz/replay.c tests/fuzz/no_tree.c tools/config/partition.c tools/config/show.c tools/config/draw.c tools/config/devices.c tools/config/node.c tools/config/yaml_read.c
 * tools/config/yaml_write.c tools/config/names.c tools/config/keys.c tools/config/draft.c tools/config/compile.c tools/config/compile_pci.c tools/config/binary.c tools/config/place.c
 * tools/config/judge.c tools/config/judge_x86.c tools/config/judge_arm.c tools/config/judge_arm64.c tools/machine/dt.c common/config/rules.c common/config/view.c */
/*
 * "config show" of a system and a cell, each a binary or a text with a device tree: a byte of flags, two bytes of size, the system, the cell; of a text
 * two bytes of size, the text, and the tree.
 *
 * Held: the parts of each list are in order and apart, each has an owner that exists. What is printed has no character that a terminal obeys; the
 * drawing has no name that is not escaped, and its elements are closed.
 */
#include "fuzz.h"
#include "config/compile.h"
#include "config/devices.h"
#include "config/partition.h"

static struct fuzz_input tree;

/* The only file that a text can name */
static char *read_tree(const char *path, size_t *size)
{
	char *copy = malloc(tree.size + 1);

	memcpy(copy, tree.data, tree.size);
	*size = tree.size;
	return copy;
}

/* --- configurations -------------------------------------------------------------------------------------------------------------- */

static struct fuzz_input take_part(struct fuzz_input *in)
{
	const size_t size = fuzz_take(in, 2);
	struct fuzz_input part = { in->data, size < in->size ? size : in->size };

	in->data += part.size;
	in->size -= part.size;
	return part;
}

static bool take_text(struct source *s, struct fuzz_input *in)
{
	struct fuzz_input text = take_part(in);
	struct node *root;

	tree = *in;
	root = text_read(&s->text, "text", (const char *)text.data, text.size);
	root = root ? devices_expand(&s->text, root) : NULL;
	FUZZ_CHECK(root || s->text.num_complaints);
	return root && config_compile(&s->text, root, &s->draft);
}

static bool take_source(struct source *s, struct fuzz_input in, bool is_text)
{
	struct jailhouse_refusal r;
	void *block;

	*s = (struct source){ .path = "file" };
	text_init(&s->text, read_tree);
	draft_init(&s->draft);
	if (is_text)
		return take_text(s, &in);
	s->size = in.size;
	s->binary = block = fuzz_take_block(&in, in.size);
	return !source_view(&s->draft, block, s->size, "file", &r);
}

static void forget(struct source *s)
{
	draft_free(&s->draft);
	text_free(&s->text);
	free(s->binary);
}

/* --- what is shown --------------------------------------------------------------------------------------------------------------- */

static void check_parts(const struct parts *parts, const struct partition *p)
{
	unsigned int n;

	for (n = 0; n < parts->count; n++) {
		const struct part *part = &parts->part[n];

		FUZZ_CHECK(part->first <= part->last && (!n || part[-1].last < part->first));
		FUZZ_CHECK(part->owners && !(part->owners >> partition_owners(p)));
	}
}

static void check_printed(const struct partition *p)
{
	size_t size, n;
	char *text;
	FILE *out = open_memstream(&text, &size);

	partition_print(out, p);
	fclose(out);
	for (n = 0; n < size; n++)
		FUZZ_CHECK(text[n] == '\n' || ((unsigned char)text[n] >= 0x20 && text[n] != 0x7f));
	free(text);
}

/* As much of XML as the drawing has: elements, closed or by themselves, and text between them */
static void check_drawn(const struct partition *p)
{
	unsigned int depth = 0;
	size_t size;
	char *text, *at;
	FILE *out = open_memstream(&text, &size);

	partition_draw(out, p);
	fclose(out);
	for (at = strchr(text, '<'); at; at = strchr(at, '<')) {
		char *end = strchr(at, '>');

		FUZZ_CHECK(end && strcspn(at + 1, "<") > (size_t)(end - at - 1));
		FUZZ_CHECK(at[1] != '/' || depth--);
		depth += at[1] != '/' && at[1] != '?' && end[-1] != '/';
		at = end;
	}
	FUZZ_CHECK(!depth);
	free(text);
}

static void check_partition(struct files *files)
{
	struct partition p;
	unsigned int n;

	partition_make(&p, files);
	check_parts(&p.cpus, &p);
	check_parts(&p.memory, &p);
	check_parts(&p.ports, &p);
	check_parts(&p.devices, &p);
	for (n = 0; n < p.chips; n++)
		check_parts(&p.pins[n], &p);
	check_printed(&p);
	check_drawn(&p);
	partition_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	const unsigned int flags = fuzz_take(&in, 1);
	struct fuzz_input first = take_part(&in);
	struct files files = { .count = 1 };
	struct source cell;
	bool fine;

	fine = take_source(&files.system, first, flags & 1) && files.system.draft.is_system;
	fine = take_source(&cell, in, flags & 2) && fine && !cell.draft.is_system;
	files.cells = &cell;
	if (fine && files.system.draft.system.root_cell.architecture == cell.draft.system.root_cell.architecture)
		check_partition(&files);
	forget(&files.system);
	forget(&cell);
	return 0;
}
