// SPDX-License-Identifier: GPL-2.0
/*
 * pt_fake - a stage-2 format in which the same bits mean something else at every level: code that
 * mixes levels reads nonsense.
 *
 * An entry is rotated left by 7 bits per level; a table carries a tag with its level. Empty is not
 * zero.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/pt.h>
#include <fake/fake.h>

#define FAKE_VALID	(1ULL << 0)
#define FAKE_LEAF	(1ULL << 1)
#define FAKE_LEVEL(l)	((u64)(l) << 2)		/* 2 bits */
#define FAKE_LEVEL_MASK	FAKE_LEVEL(3)
#define FAKE_ADDRESS	0x000ffffffffff000ULL
#define FAKE_FLAGS_SHIFT 52
#define FAKE_FLAGS	(PT_READ | PT_WRITE | PT_EXEC | PT_DEVICE)

#define FAKE_EMPTY	0x5a5a5a5a5a5a5a5aULL

static u64 encode(u64 raw, unsigned int level)
{
	unsigned int shift = 7 * level + 3;

	return raw << shift | raw >> (64 - shift);
}

static u64 decode(u64 pte, unsigned int level)
{
	unsigned int shift = 7 * level + 3;

	return pte >> shift | pte << (64 - shift);
}

static u64 fake_leaf(u64 pa, unsigned int level, u32 flags)
{
	if (!(flags & PT_READ))
		return FAKE_EMPTY;
	return encode((pa & FAKE_ADDRESS) | FAKE_VALID | FAKE_LEAF | FAKE_LEVEL(level) |
		      (u64)(flags & FAKE_FLAGS) << FAKE_FLAGS_SHIFT, level);
}

static u64 fake_table(u64 pa, unsigned int level)
{
	return encode((pa & FAKE_ADDRESS) | FAKE_VALID | FAKE_LEVEL(level), level);
}

/* An entry that was made for another level trips over its tag. */
static u64 decode_checked(u64 pte, unsigned int level)
{
	u64 raw = decode(pte, level);

	if ((raw & FAKE_LEVEL_MASK) != FAKE_LEVEL(level))
		__builtin_trap();
	return raw;
}

static bool fake_present(u64 pte, unsigned int level)
{
	return pte != FAKE_EMPTY && decode_checked(pte, level) & FAKE_VALID;
}

static bool fake_is_leaf(u64 pte, unsigned int level)
{
	return decode_checked(pte, level) & FAKE_LEAF;
}

static u64 fake_pa(u64 pte, unsigned int level)
{
	return decode_checked(pte, level) & FAKE_ADDRESS;
}

static u32 fake_flags(u64 pte, unsigned int level)
{
	return decode_checked(pte, level) >> FAKE_FLAGS_SHIFT & FAKE_FLAGS;
}

const struct pt_format pt_fake = {
	.name = "fake",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = fake_leaf,
	.table = fake_table,
	.present = fake_present,
	.is_leaf = fake_is_leaf,
	.pa = fake_pa,
	.flags = fake_flags,
	.empty = FAKE_EMPTY,
};
