/* sources: hypervisor/core/log.c common/lib/format.c */
// SPDX-License-Identifier: GPL-2.0
/*
 * The log under threads: who writes without a pause does not keep others from it, and a holder that
 * has died does not either.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <hv/log.h>
#include <arch/cpu.h>

#define FLOODERS	3
#define LINES		200

static struct hv_console_ring ring;
static bool stop;
static u64 foreign;			/* characters of the floods between two lines */

void arch_cpu_relax(void)
{
	if (!stop)
		sched_yield();
}

/* Called with the lock held: a slow device, on which the others wait meanwhile. */
static void slow_putc(char c)
{
	u32 n;

	for (n = 0; n < 3; n++)
		sched_yield();
	if (c == 'x')
		foreign++;
}

static void *flood(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		log_putc('x');
	return NULL;
}

/*
 * Each line waits for those that wait already. A thread of the host may lose its processor before
 * it asks, so not each line is counted but all together.
 */
static void a_flood_of_characters_lets_lines_pass(void **state)
{
	pthread_t threads[FLOODERS];
	u64 most = 0, total = 0, waited;
	u32 n;

	memset(&ring, 0, sizeof(ring));
	log_init(&ring, slow_putc);
	for (n = 0; n < FLOODERS; n++)
		assert_int_equal(pthread_create(&threads[n], NULL, flood, NULL), 0);
	for (n = 0; n < LINES; n++) {
		u64 before = foreign;

		log_printf("line %u\n", n);
		waited = foreign - before;
		total += waited;
		most = waited > most ? waited : most;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (n = 0; n < FLOODERS; n++)
		pthread_join(threads[n], NULL);
	print_message("characters before %u lines: %llu, before one: %llu at most\n", LINES,
		      (unsigned long long)total, (unsigned long long)most);
	assert_true(total <= 10ULL * FLOODERS * LINES);
}

static jmp_buf died;

static void die(char c)
{
	if (c == '!')
		longjmp(died, 1);
}

/* A fault inside the device's function: that CPU reports it, and the others can go on to write. */
static void a_dead_holder_keeps_nobody_out(void **state)
{
	memset(&ring, 0, sizeof(ring));
	log_init(&ring, die);
	if (!setjmp(died))
		log_printf("now!");
	log_printf_panic("PANIC\n");
	log_printf("another CPU\n");
	log_putc('.');
	assert_non_null(strstr((char *)ring.content, "PANIC\nanother CPU\n."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flood_of_characters_lets_lines_pass),
		cmocka_unit_test(a_dead_holder_keeps_nobody_out),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
