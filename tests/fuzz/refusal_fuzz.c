// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c common/config/rules.c */
/*
 * A refusal as it crosses from hypervisor to driver to tool: the record is not trusted by the next one. Size of the buffer, record.
 *
 * Held: a sentence of printable characters, always terminated, cut at the size, of the length that was announced.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <common/config/rules.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	size_t room = fuzz_take(&in, 1), length, n;
	struct jailhouse_refusal *r = fuzz_take_block(&in, sizeof(*r));
	char whole[2048], *cut = malloc(room ? room : 1);

	length = refusal_format(whole, sizeof(whole), r);
	FUZZ_CHECK(length > 20 && length < sizeof(whole) && strlen(whole) == length);
	for (n = 0; n < length; n++)
		FUZZ_CHECK(whole[n] >= 0x20 && whole[n] < 0x7f);
	FUZZ_CHECK(refusal_format(cut, room, r) == length);
	if (room) {
		n = length < room ? length : room - 1;
		FUZZ_CHECK(strlen(cut) == n && !memcmp(cut, whole, n));
	}
	FUZZ_CHECK(refusal_object_name(r->object));
	refusal_rule_name(r->rule);
	free(cut);
	free(r);
	return 0;
}
