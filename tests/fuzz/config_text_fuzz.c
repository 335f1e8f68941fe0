// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/config/node.c tools/config/yaml_read.c tools/config/yaml_write.c tools/config/names.c tools/config/keys.c
 * tools/config/draft.c tools/config/place.c tools/config/compile.c tools/config/compile_pci.c tools/config/decompile.c tools/config/binary.c tools/config/check.c
 * tools/config/judge.c tools/config/judge_x86.c tools/config/judge_arm.c tools/config/judge_arm64.c tools/config/convert.c common/config/rules.c common/config/view.c */
/* cflags: -D_GNU_SOURCE -Itools */
/* libs: -lyaml */
/*
 * Configurations as text, and binaries turned into text. One byte of flags, then the text, the binary, or one of an old revision.
 *
 * Held: bad text is complained about, and nothing else happens; every binary whose counts agree with its size becomes text that compiles to
 * the same bytes again; all findings about it come to an end; addresses that are asked for are found, or nothing is changed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include "config/check.h"
#include "config/compile.h"
#include "config/convert.h"
#include "config/place.h"
#include "config/source.h"

/* One file that includes itself for ever, and no others */
static char *include_self(const char *path, size_t *size)
{
	static const char text[] = "include: self\narch: x86\nports: [1]\n";

	if (!strstr(path, "self"))
		return NULL;
	*size = sizeof(text) - 1;
	return strdup(text);
}

static char *written(const struct node *root, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	node_write(f, root);
	fclose(f);
	return text;
}

/* The text of the draft compiles to @binary. */
static void goes_there_and_back(const struct draft *d, const void *binary, size_t size)
{
	size_t text_size, again_size;
	struct draft again;
	struct node *root;
	struct text t;
	void *bytes;
	char *text;

	text_init(&t, NULL);
	draft_init(&again);
	text = written(config_decompile(&t, d), &text_size);
	if (t.num_complaints)
		fprintf(stderr, "%s\n%s", t.complaints[0].what, text);
	FUZZ_CHECK(t.num_complaints == 0);
	root = text_read(&t, "decompiled", text, text_size);
	FUZZ_CHECK(root && config_compile(&t, root, &again));
	bytes = draft_binary(&again, &again_size);
	FUZZ_CHECK(again_size == size && !memcmp(bytes, binary, size));
	free(bytes);
	free(text);
	draft_free(&again);
	text_free(&t);
}

static void judge(struct source *s)
{
	struct verdict f = { 0 };
	char text[256];
	unsigned int n;

	s->judge = judge_of(s->draft.system.root_cell.architecture);
	if (!s->judge)
		return;
	check_alone(&f, s);
	for (n = 0; n < f.count; n++) {
		FUZZ_CHECK(f.list[n].sentence[0] && f.list[n].what.source);
		FUZZ_CHECK(side_place(&f.list[n].what).file);
		side_describe(&f.list[n].what, text, sizeof(text));
	}
	verdict_free(&f);
}

/* What asks for addresses gets them, keeps all its other memory, and asks for none any more; or nothing is changed. */
static void place(struct draft *d)
{
	const unsigned int before = d->array[DRAFT_MEMORY].count;
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	const bool wanted = place_wanted(d);
	__u64 missing;
	bool placed;

	spans_add(&pool, 1ULL << 32, 1ULL << 30);
	placed = d->is_system ? place_system_somewhere(d) : place_cell(d, &pool, &taken, &missing);
	FUZZ_CHECK(placed ? !wanted || !place_wanted(d) || d->extension_size : wanted == place_wanted(d));
	FUZZ_CHECK(placed || before == d->array[DRAFT_MEMORY].count);
	spans_free(&pool);
}

static void take_binary(const void *binary, size_t size)
{
	struct source s = { .path = "binary", .binary = (void *)binary, .size = size };
	struct jailhouse_refusal r;

	draft_init(&s.draft);
	if (!source_view(&s.draft, binary, size, "binary", &r)) {
		goes_there_and_back(&s.draft, binary, size);
		judge(&s);
		place(&s.draft);
	}
	draft_free(&s.draft);
}

static void take_text(const void *text, size_t size)
{
	struct node *root;
	struct draft d;
	struct text t;
	void *binary;

	text_init(&t, include_self);
	draft_init(&d);
	root = text_read(&t, "text", text, size);
	FUZZ_CHECK(root || t.num_complaints);
	if (root && config_compile(&t, root, &d)) {
		binary = draft_binary(&d, &size);
		take_binary(binary, size);
		free(binary);
	}
	draft_free(&d);
	text_free(&t);
}

/* What is lifted is a binary like any other. */
static void take_old(const void *old, size_t size)
{
	struct draft d;
	struct text t;
	void *binary;

	if (!convert_knows(old, size))
		return;
	text_init(&t, NULL);
	draft_init(&d);
	if (convert(&t, &d, old, size, "old", -1)) {
		binary = draft_binary(&d, &size);
		take_binary(binary, size);
		free(binary);
	} else {
		FUZZ_CHECK(t.num_complaints);
	}
	draft_free(&d);
	text_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t flags = fuzz_take(&in, 1);
	size_t left = in.size;
	void *block = fuzz_take_block(&in, left);

	if (flags & 1)
		take_binary(block, left);
	else if (flags & 2)
		take_old(block, left);
	else
		take_text(block, left);
	free(block);
	return 0;
}
