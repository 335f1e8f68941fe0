// SPDX-License-Identifier: GPL-2.0
/*
 * answers: a cell that does not keep to the protocol of the communication region
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The page is the cell's to write (docs/STATES.md), so root must be able to live with whatever stands there: a request to shut down
 * that is never answered ends with the time limit of the configuration, in a cell that is stopped and has failed; an answer that is
 * none counts as a denial; and nothing that the cell writes, as fast as it can, disturbs root or another cell.
 *
 *	answers: HOW				before it begins
 *	answers: polite from now on		after the time of bad manners
 *
 * Parameters: how=silent: no message is ever looked at. how=garbage: all words of the page but those that would end the cell are
 * overwritten with changing values. how=flood: messages are answered that nobody has sent, and hypercalls made, without a pause.
 * how=ended: says that it has ended, and goes on. how=flips: all states there are and some that are none, without a pause; the first
 * that is an end counts. seconds=N (10): then messages are answered as they should be, and a request to shut down is approved.
 */
#include <tests/inmates/lib/check.h>

#define PAGE_WORDS	(PAGE_SIZE / sizeof(u32))

static u64 now_ns(void)
{
	return tsc_read_ns();
}

static u32 scramble(u32 value)
{
	value ^= value << 13;
	value ^= value >> 17;
	return value ^ value << 5;
}

static void be_silent(u32 round)
{
	cpu_relax();
}

/* Small numbers mean something: states, and the approval. */
static void write_garbage(u32 round)
{
	volatile u32 *words = (volatile u32 *)(unsigned long)COMM_REGION_BASE;
	u32 value = round * 0x9e3779b9 | 1;
	unsigned int n;

	for (n = 0; n < PAGE_WORDS; n++) {
		value = scramble(value);
		words[n] = value | 0x100;
	}
}

static void flood(u32 round)
{
	static const u32 replies[] = {
		JAILHOUSE_MSG_UNKNOWN, JAILHOUSE_MSG_REQUEST_DENIED, JAILHOUSE_MSG_RECEIVED, 0xffffffff,
	};

	jailhouse_send_reply_from_cell(comm_region, replies[round % ARRAY_SIZE(replies)]);
	comm_region->cell_state = round & 1 ? JAILHOUSE_CELL_RUNNING : 0x80000000;
	jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, round % 8, JAILHOUSE_CPU_INFO_STATE);
	jailhouse_call(round);
}

static void say_ended(u32 round)
{
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}

static void flip_states(u32 round)
{
	comm_region->cell_state = scramble(round) & 1 ? scramble(round) % 8 : scramble(round);
}

static const struct {
	const char *name;
	void (*act)(u32 round);
} manners[] = {
	{ "silent", be_silent },
	{ "garbage", write_garbage },
	{ "flood", flood },
	{ "ended", say_ended },
	{ "flips", flip_states },
};

static void misbehave(void (*act)(u32 round), u64 ns)
{
	u64 start = now_ns();
	u32 round = 1;

	while (now_ns() - start < ns)
		act(round++);
}

void inmate_main(void)
{
	long long seconds = cmdline_parse_int("seconds", 10);
	char how[16];
	unsigned int n;

	cmdline_parse_str("how", how, sizeof(how), "silent");
	tsc_init();
	for (n = 0; n < ARRAY_SIZE(manners); n++) {
		if (strcmp(how, manners[n].name))
			continue;
		printk("answers: %s\n", how);
		misbehave(manners[n].act, (u64)seconds * NS_PER_SEC);
	}
	comm_region->cell_state = JAILHOUSE_CELL_RUNNING;
	printk("answers: polite from now on\n");
	for (;;)
		test_answer_messages();
}
