// SPDX-License-Identifier: GPL-2.0
/* sources: common/uart/uart.c common/uart/uart_8250.c common/uart/uart_imx.c common/uart/uart_imx_lpuart.c common/uart/uart_mvebu.c
 * common/uart/uart_pl011.c common/uart/uart_scif.c common/uart/uart_xuartps.c common/uart/kinds_arm.c */
/*
 * The UART drivers against registers that only remember what was written.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <common/uart/uart.h>

struct write {
	unsigned int reg;
	__u8 value;
};

static struct write writes[32];
static unsigned int num_writes, num_reads, busy_reads;
static __u8 lsr;

static __u32 model_read(unsigned long address, unsigned int width)
{
	assert_int_equal(address, 0x2f8 + 5);
	assert_int_equal(width, 1);
	num_reads++;
	if (busy_reads) {
		busy_reads--;
		return lsr & ~0x20;
	}
	return lsr;
}

static void model_write(unsigned long address, unsigned int width, __u32 value)
{
	assert_true(num_writes < 32);
	writes[num_writes++] = (struct write){ width == 4 ? (address - 0x1000) / 4 : address - 0x2f8, value };
}

static const struct uart_io model_io = { .read = model_read, .write = model_write };

static struct uart new_uart(__u32 divider)
{
	const struct jailhouse_console console = {
		.address = 0x2f8, .type = JAILHOUSE_CON_TYPE_8250, .divider = divider,
	};
	struct uart uart;

	num_writes = num_reads = busy_reads = 0;
	lsr = 0x60;
	assert_true(uart_from_console(&uart, &console, &model_io, 0x2f8));
	return uart;
}

static bool wrote(unsigned int reg, __u8 value)
{
	unsigned int n;

	for (n = 0; n < num_writes; n++)
		if (writes[n].reg == reg && writes[n].value == value)
			return true;
	return false;
}

static void the_divider_is_written_behind_its_latch(void **state)
{
	struct uart uart = new_uart(0x123);

	(void)state;
	uart_init(&uart);
	assert_true(writes[0].reg == 3 && writes[0].value == 0x83);
	assert_true(writes[1].reg == 0 && writes[1].value == 0x23);
	assert_true(writes[2].reg == 1 && writes[2].value == 0x01);
	assert_true(writes[3].reg == 3 && writes[3].value == 0x03);
}

static void without_a_divider_the_baud_rate_stays_and_the_word_length_is_set(void **state)
{
	struct uart uart = new_uart(0);
	unsigned int n;

	(void)state;
	uart_init(&uart);
	assert_true(wrote(3, 0x03));
	for (n = 0; n < num_writes; n++)
		assert_true(writes[n].reg != 0 && !(writes[n].reg == 3 && writes[n].value & 0x80));
}

static void interrupts_of_the_uart_are_off_after_init(void **state)
{
	struct uart uart = new_uart(1);
	unsigned int n;
	__u8 ier = 0xff;

	(void)state;
	uart_init(&uart);
	for (n = 0; n < num_writes; n++)
		if (writes[n].reg == 1)
			ier = writes[n].value;
	assert_int_equal(ier, 0);
}

static void a_character_waits_for_the_transmitter(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	busy_reads = 10;
	uart_putc(&uart, 'x');
	assert_int_equal(num_reads, 11);
	assert_int_equal(num_writes, 1);
	assert_true(writes[0].reg == 0 && writes[0].value == 'x');
}

static void a_newline_returns_the_carriage_first(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	uart_putc(&uart, '\n');
	assert_int_equal(num_writes, 2);
	assert_true(writes[0].value == '\r' && writes[1].value == '\n');
}

static void a_transmitter_that_stays_busy_loses_the_character_only(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	lsr = 0;
	uart_putc(&uart, 'x');
	assert_int_equal(num_writes, 0);
	assert_int_equal(num_reads, UART_MAX_POLLS);
}

static void a_stuck_transmitter_costs_one_read_until_it_is_ready_again(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	lsr = 0;
	uart_putc(&uart, 'x');
	num_reads = 0;
	uart_putc(&uart, 'y');
	assert_int_equal(num_reads, 1);
	lsr = 0x60;
	busy_reads = 0;
	uart_putc(&uart, 'z');
	assert_int_equal(num_writes, 1);
	busy_reads = 5;
	uart_putc(&uart, '!');
	assert_int_equal(num_writes, 2);
}

static void register_distance_comes_from_the_flags(void **state)
{
	struct jailhouse_console console = { .type = JAILHOUSE_CON_TYPE_8250, .flags = JAILHOUSE_CON_REGDIST_4, .divider = 7 };
	struct uart uart;

	(void)state;
	assert_true(uart_from_console(&uart, &console, &model_io, 0x1000));
	assert_int_equal(uart.distance, 4);
	assert_int_equal(uart.divider, 7);
	assert_int_equal(uart.base, 0x1000);
	console.flags = JAILHOUSE_CON_REGDIST_1;
	assert_true(uart_from_console(&uart, &console, &model_io, 0x1000));
	assert_int_equal(uart.distance, 1);
}

static void a_console_without_a_driver_is_told(void **state)
{
	struct jailhouse_console console = { .type = JAILHOUSE_CON_TYPE_NONE };
	struct uart uart;

	(void)state;
	assert_false(uart_from_console(&uart, &console, &model_io, 0));
	console.type = JAILHOUSE_CON_TYPE_EFIFB;
	assert_false(uart_from_console(&uart, &console, &model_io, 0));
}

/* --- PL011: registers by offset / 4 --- */

static __u32 pl011_flags;

static __u32 pl011_read(unsigned long address, unsigned int width)
{
	assert_int_equal(address, 0x1000 + 0x18);
	assert_int_equal(width, 4);
	return pl011_flags;
}

static const struct uart_io pl011_io = { .read = pl011_read, .write = model_write };

static struct uart new_pl011(__u32 divider)
{
	const struct jailhouse_console console = { .type = JAILHOUSE_CON_TYPE_PL011, .divider = divider };
	struct uart uart;

	num_writes = 0;
	pl011_flags = 0;
	assert_true(uart_from_console(&uart, &console, &pl011_io, 0x1000));
	assert_int_equal(uart.distance, 4);
	return uart;
}

static void pl011_keeps_the_rate_without_a_divider(void **state)
{
	struct uart uart = new_pl011(0);

	(void)state;
	uart_init(&uart);
	assert_int_equal(num_writes, 2);
	assert_true(wrote(0x38 / 4, 0));
	assert_int_equal(writes[1].reg, 0x30 / 4);
}

static void pl011_divides_in_64ths_while_it_is_off(void **state)
{
	struct uart uart = new_pl011(13 << 6 | 1);

	(void)state;
	uart_init(&uart);
	assert_int_equal(writes[0].reg, 0x30 / 4);
	assert_int_equal(writes[0].value, 0);
	assert_true(wrote(0x24 / 4, 13));
	assert_true(wrote(0x28 / 4, 1));
	assert_int_equal(writes[3].reg, 0x2c / 4);
}

static void pl011_waits_while_its_fifo_is_full(void **state)
{
	struct uart uart = new_pl011(0);

	(void)state;
	uart_putc(&uart, 'x');
	assert_int_equal(num_writes, 1);
	assert_true(wrote(0, 'x'));
	pl011_flags = 0x20;
	uart_putc(&uart, 'y');
	assert_int_equal(num_writes, 1);
	assert_true(uart.stuck);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_divider_is_written_behind_its_latch),
		cmocka_unit_test(without_a_divider_the_baud_rate_stays_and_the_word_length_is_set),
		cmocka_unit_test(interrupts_of_the_uart_are_off_after_init),
		cmocka_unit_test(a_character_waits_for_the_transmitter),
		cmocka_unit_test(a_newline_returns_the_carriage_first),
		cmocka_unit_test(a_transmitter_that_stays_busy_loses_the_character_only),
		cmocka_unit_test(a_stuck_transmitter_costs_one_read_until_it_is_ready_again),
		cmocka_unit_test(register_distance_comes_from_the_flags),
		cmocka_unit_test(a_console_without_a_driver_is_told),
		cmocka_unit_test(pl011_keeps_the_rate_without_a_divider),
		cmocka_unit_test(pl011_divides_in_64ths_while_it_is_off),
		cmocka_unit_test(pl011_waits_while_its_fifo_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
