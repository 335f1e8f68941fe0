// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <tests/inmates/lib/check.h>
#include <inmate_format.h>

#define SENTENCE_SIZE	200

struct sentence {
	char text[SENTENCE_SIZE];
	unsigned int len;
};

static const char *test_name;
static unsigned int passed, failed;

static void put(void *ctx, char c)
{
	struct sentence *sentence = ctx;

	if (sentence->len < SENTENCE_SIZE - 1)
		sentence->text[sentence->len++] = c;
}

void test_begin(const char *name)
{
	test_name = name;
	excp_reporting_init();
}

bool check(bool ok, const char *sentence, ...)
{
	struct sentence out = { .len = 0 };
	va_list ap;

	va_start(ap, sentence);
	inmate_vformat(put, &out, sentence, ap);
	va_end(ap);
	out.text[out.len] = 0;

	if (ok)
		passed++;
	else
		failed++;
	printk("%sok %u - %s\n", ok ? "" : "not ", passed + failed, out.text);
	return ok;
}

void test_end(void)
{
	printk("%s: %u passed, %u failed\n", test_name, passed, failed);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	stop();
}

void test_answer_messages(void)
{
	switch (comm_region->msg_to_cell) {
	case JAILHOUSE_MSG_NONE:
		break;
	case JAILHOUSE_MSG_SHUTDOWN_REQUEST:
		comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_APPROVED);
		stop();
	case JAILHOUSE_MSG_RECONFIG_COMPLETED:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_RECEIVED);
		break;
	default:
		jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_UNKNOWN);
	}
}

unsigned int try_read_msr(u32 msr, u64 *value)
{
	u32 low = 0, high = 0;

	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("rdmsr") : "+a" (low), "+d" (high) : "c" (msr) : "memory");
	*value = low | ((u64)high << 32);
	return excp_caught.vector;
}

unsigned int try_write_msr(u32 msr, u64 value)
{
	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("wrmsr") : : "c" (msr), "a" ((u32)value), "d" ((u32)(value >> 32)) : "memory");
	return excp_caught.vector;
}

unsigned int try_xsetbv(u32 index, u64 value)
{
	excp_caught.vector = EXCP_NONE;
	asm volatile(EXCP_CATCH("xsetbv") : : "c" (index), "a" ((u32)value), "d" ((u32)(value >> 32)) : "memory");
	return excp_caught.vector;
}
