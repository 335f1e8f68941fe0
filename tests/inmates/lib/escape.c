// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <tests/inmates/lib/escape.h>
#include <tests/inmates/lib/heartbeat.h>
#include <tests/inmates/lib/hypercall_site.h>
#include <inmate_format.h>

#define BEATS		2
#define BEAT_TIME_NS	(20 * NS_PER_SEC)	/* of a slow emulator; a victim that lives beats every 20 ms */
#define ANSWER_SIZE	80

static const volatile struct heartbeat *heartbeat = (const volatile struct heartbeat *)HEARTBEAT_ADDRESS;

static struct {
	char text[ANSWER_SIZE];
	unsigned int length;
} said;

static void put(void *ctx, char c)
{
	if (said.length < ANSWER_SIZE - 1)
		said.text[said.length++] = c;
}

const char *answer(const char *format, ...)
{
	va_list ap;

	said.length = 0;
	va_start(ap, format);
	inmate_vformat(put, NULL, format, ap);
	va_end(ap);
	said.text[said.length] = 0;
	return said.text;
}

const char *answer_exception(void)
{
	static const struct {
		unsigned int vector;
		const char *name;
	} names[] = {
		{ EXCP_NONE, "no exception" }, { EXCP_DE, "#DE" }, { EXCP_DB, "#DB" }, { EXCP_UD, "#UD" }, { EXCP_NM, "#NM" },
		{ EXCP_DF, "#DF" }, { EXCP_GP, "#GP" }, { EXCP_PF, "#PF" }, { EXCP_AC, "#AC" },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(names); n++)
		if (names[n].vector == excp_caught.vector)
			return names[n].name;
	return answer("exception %u", excp_caught.vector);
}

void *reach(unsigned long address)
{
	map_range((void *)address, 2 * PAGE_SIZE, MAP_UNCACHED);
	return (void *)address;
}

static bool stops(const struct attack *a)
{
	return !strncmp(a->expected, "stopped", 7);
}

static void list(const struct attack *attacks, unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		printk("attack %u %s | %s | %s\n", n, attacks[n].name, attacks[n].target, attacks[n].expected);
}

/* Two more beats: what the attack did has been seen by a whole round. */
static const char *look_at_victim(void)
{
	u64 end = tsc_read_ns() + BEAT_TIME_NS;
	u32 first = heartbeat->beats;

	if (heartbeat->magic != HEARTBEAT_MAGIC)
		return "absent";
	while (heartbeat->beats - first < BEATS)
		if (tsc_read_ns() > end)
			return "silent";
	return heartbeat->corrupted || heartbeat->device_errors || heartbeat->stray ? "hurt" : "untouched";
}

static void attempt(unsigned int n, const struct attack *a)
{
	const char *got;

	printk("attack %u %s: begins\n", n, a->name);
	excp_caught.vector = EXCP_NONE;
	got = a->run(a);
	printk("attack %u %s: got %s\n", n, a->name, got);
}

static void survive(const struct attack *attacks, unsigned int count)
{
	unsigned int n = (unsigned int)cmdline_parse_int("first", 0);
	unsigned int last = (unsigned int)cmdline_parse_int("last", count);

	for (; n < count && n <= last; n++) {
		if (stops(&attacks[n]))
			continue;
		attempt(n, &attacks[n]);
		printk("attack %u %s: victim %s\n", n, attacks[n].name, look_at_victim());
	}
}

static void end(const char *program)
{
	printk("%s: end\n", program);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	stop();
}

extern u8 *const __start_hypercall_sites[] __attribute__((weak));
extern u8 *const __stop_hypercall_sites[] __attribute__((weak));

static void choose_hypercall(void)
{
	u8 *const *site;

	for (site = __start_hypercall_sites; site < __stop_hypercall_sites && !jailhouse_use_vmmcall; site++)
		(*site)[2] = VMCALL_LAST_BYTE;
}

void escape_main(const char *program, const struct attack *attacks, unsigned int count)
{
	unsigned int n;
	char what[40];

	test_begin(program);
	tsc_init();
	choose_hypercall();
	map_range((void *)HEARTBEAT_ADDRESS, PAGE_SIZE, MAP_CACHED);
	cmdline_parse_str("what", what, sizeof(what), "list");
	if (!strcmp(what, "list"))
		list(attacks, count);
	else if (!strcmp(what, "survivors"))
		survive(attacks, count);
	for (n = 0; n < count; n++)
		if (!strcmp(what, attacks[n].name))
			attempt(n, &attacks[n]);
	end(program);
	stop();
}
