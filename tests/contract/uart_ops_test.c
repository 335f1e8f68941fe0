// SPDX-License-Identifier: GPL-2.0
/* sources: common/uart/uart.c common/uart/clock_gate.c common/uart/uart_8250.c common/uart/uart_imx.c common/uart/uart_imx_lpuart.c
 * common/uart/uart_mvebu.c common/uart/uart_pl011.c common/uart/uart_scif.c common/uart/uart_xuartps.c common/uart/kinds_arm.c */
/*
 * What every UART driver owes, against a file of registers that looks at each access: its offset and width. A kind is a table row: which
 * registers it has, where the data go, when there is room, what a divider does, which bits let it send and which interrupt.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <common/uart/uart.h>

#define BASE		0x10000UL
#define CLOCK		0x20004UL
#define MAX_REGS	16

struct bits {
	unsigned int offset;
	__u32 mask, value;
};

struct model {
	const char *title;
	__u16 type, flags;
	unsigned int scale;		/* distance of registers that are counted, 1 where offsets are those of the manual */
	struct { unsigned int offset, width; } regs[MAX_REGS];
	unsigned int data;		/* offset of the transmitter's register */
	struct bits room;		/* of the status register: these bits have this value */
	__u32 divider;
	struct bits divided[4];		/* what the divider leaves in registers that init() does not touch without one */
	struct bits on[4];		/* can send, and does not interrupt */
};

#define END		{ 0, 0, 0 }
#define REG32(n)	{ n, 4 }

/* The 8250's divider lies behind a latch, which this file of registers does not have: common_uart_test.c looks at the order. */
#define UART_8250(title, flags, scale) { \
	title, JAILHOUSE_CON_TYPE_8250, flags, scale, \
	{ { 0, scale }, { scale, scale }, { 2 * scale, scale }, { 3 * scale, scale }, { 4 * scale, scale }, { 5 * scale, scale } }, \
	0, { 5 * scale, 0x20, 0x20 }, 0x1a, { { 0, 0xff, 0x1a } }, \
	{ { scale, 0xff, 0 }, { 3 * scale, 0xff, 3 }, { 2 * scale, 1, 1 }, { 4 * scale, 3, 3 } } }

#define SCIF(title, kind, status, data) { \
	title, JAILHOUSE_CON_TYPE_##kind, 0, 1, \
	{ { 0x00, 2 }, { 0x04, 1 }, { 0x08, 2 }, { data, 1 }, { status, 2 }, { 0x18, 2 } }, \
	data, { status, 0x20, 0x20 }, 0x11, { { 0x00, 0xffff, 0 }, { 0x04, 0xff, 0x11 }, { 0x18, 0xffff, 0 } }, \
	{ { 0x08, 0xffff & ~3, 0x30 } } }

static const struct model models[] = {
	UART_8250("8250, bytes", JAILHOUSE_CON_REGDIST_1, 1),
	UART_8250("8250, words", JAILHOUSE_CON_REGDIST_4, 4),
	{
		"PL011", JAILHOUSE_CON_TYPE_PL011, 0, 1,
		{ REG32(0x00), REG32(0x18), REG32(0x24), REG32(0x28), REG32(0x2c), REG32(0x30), REG32(0x38) },
		0x00, { 0x18, 0x20, 0 }, 13 << 6 | 1, { { 0x24, ~0u, 13 }, { 0x28, ~0u, 1 }, { 0x2c, 0xff, 0x70 } },
		{ { 0x30, 0x101, 0x101 }, { 0x38, ~0u, 0 } },
	}, {
		"XUARTPS", JAILHOUSE_CON_TYPE_XUARTPS, 0, 1,
		{ REG32(0x00), REG32(0x04), REG32(0x0c), REG32(0x18), REG32(0x2c), REG32(0x30), REG32(0x34) },
		0x30, { 0x2c, 0x10, 0 }, 54, { { 0x04, ~0u, 0x20 }, { 0x18, ~0u, 54 }, { 0x34, ~0u, 15 } },
		{ { 0x00, 0x3c, 0x14 }, { 0x0c, 0x3fff, 0x3fff } },
	}, {
		"MVEBU", JAILHOUSE_CON_TYPE_MVEBU, 0, 1,
		{ REG32(0x04), REG32(0x08), REG32(0x0c), REG32(0x10) },
		0x04, { 0x0c, 0x800, 0 }, 14, { { 0x10, 0x3ff, 14 }, { 0x10, ~0x3ffu, 0x5a5a5a5a & ~0x3ffu } },
		{ { 0x08, ~0u, 0 } },
	}, {
		"IMX", JAILHOUSE_CON_TYPE_IMX, 0, 1,
		{ REG32(0x40), REG32(0x80), REG32(0x84), REG32(0x88), REG32(0x8c), REG32(0x90), REG32(0xa4), REG32(0xa8), REG32(0xb4) },
		0x40, { 0xb4, 0x10, 0 }, 217, { { 0xa4, ~0u, 15 }, { 0xa8, ~0u, 216 }, { 0x90, 0x380, 0x280 } },
		{ { 0x80, ~0u, 1 }, { 0x84, 0x801e, 0x06 }, { 0x88, 0x3870, 0 }, { 0x8c, 0x01cf, 0 } },
	}, {
		"IMX-LPUART", JAILHOUSE_CON_TYPE_IMX_LPUART, 0, 1,
		{ REG32(0x10), REG32(0x14), REG32(0x18), REG32(0x1c), REG32(0x28) },
		0x1c, { 0x14, 0x00800000, 0x00800000 }, 43, { { 0x10, 0x1f001fff, 0x0f00002b }, { 0x28, 0x88, 0x88 } },
		{ { 0x18, 0x0ffcc000, 0x000c0000 }, { 0x10, 0x00a0c000, 0 } },
	},
	SCIF("SCIF", SCIF, 0x10, 0x0c),
	SCIF("HSCIF", HSCIF, 0x10, 0x0c),
	SCIF("SCIFA", SCIFA, 0x14, 0x20),
};

/* --- the file of registers --- */

static const struct model *model;
static __u32 file[0x100], before_init = 0x5a5a5a5a, clock_word;
static bool written[0x100];
static unsigned int busy, status_reads, clock_reads, clock_writes, sent_count;
static char sent[600];
static bool never_ready;

static unsigned int known_register(unsigned long address, unsigned int width)
{
	unsigned int n, offset = address - BASE;

	for (n = 0; n < MAX_REGS && model->regs[n].width; n++)
		if (model->regs[n].offset == offset && model->regs[n].width == width)
			return offset;
	fail_msg("%s: access of %u bytes at offset 0x%lx", model->title, width, address - BASE);
	return 0;
}

static __u32 read_status(void)
{
	__u32 value = file[model->room.offset] & ~model->room.mask;

	status_reads++;
	if (never_ready || busy) {
		busy -= busy > 0;
		return value | (~model->room.value & model->room.mask);
	}
	return value | model->room.value;
}

static __u32 model_read(unsigned long address, unsigned int width)
{
	if (address == CLOCK) {
		assert_int_equal(width, 4);
		clock_reads++;
		return clock_word;
	}
	address = known_register(address, width);
	return address == model->room.offset ? read_status() : file[address];
}

static void model_write(unsigned long address, unsigned int width, __u32 value)
{
	if (address == CLOCK) {
		assert_int_equal(width, 4);
		clock_writes++;
		clock_word = value;
		return;
	}
	address = known_register(address, width);
	if (width < 4)
		assert_int_equal(value >> width * 8, 0);
	file[address] = value;
	written[address] = true;
	if (address == model->data) {
		assert_true(sent_count < sizeof(sent));
		sent[sent_count++] = value;
		assert_int_equal(value & ~0xffu, 0);
	}
}

static const struct uart_io io = { model_read, model_write };

static struct uart new_uart(const struct model *m, __u32 divider)
{
	const struct jailhouse_console console = { .address = 0xfe000000, .type = m->type, .flags = m->flags, .divider = divider };
	struct uart uart;
	unsigned int n;

	model = m;
	for (n = 0; n < 0x100; n++)
		file[n] = before_init;
	for (n = 0; n < MAX_REGS && m->regs[n].width; n++)
		if (m->regs[n].width < 4)
			file[m->regs[n].offset] &= (1u << m->regs[n].width * 8) - 1;
	memset(written, 0, sizeof(written));
	busy = status_reads = sent_count = 0;
	never_ready = false;
	assert_true(uart_from_console(&uart, &console, &io, BASE));
	return uart;
}

static void assert_bits(const struct bits *bits)
{
	unsigned int n;

	for (n = 0; n < 4 && bits[n].mask; n++)
		if ((file[bits[n].offset] & bits[n].mask) != bits[n].value)
			fail_msg("%s: register 0x%x is 0x%x", model->title, bits[n].offset, file[bits[n].offset]);
}

#define FOR_EACH_MODEL(m)	for (m = models; m < models + sizeof(models) / sizeof(models[0]); m++)

/* --- what is owed --- */

static void every_kind_that_machines_have_is_modelled(void **state)
{
	const struct uart_ops *const *kind;
	const struct model *m;

	(void)state;
	for (kind = uart_kinds; *kind; kind++) {
		bool found = false;

		FOR_EACH_MODEL(m)
			found |= m->type == (*kind)->type;
		if (!found)
			fail_msg("%s has no model", (*kind)->name);
	}
}

static void assert_on_after_init(const struct model *m, __u32 divider, __u32 before)
{
	struct uart uart;

	before_init = before;
	uart = new_uart(m, divider);
	uart_init(&uart);
	assert_bits(m->on);
	before_init = 0x5a5a5a5a;
}

static void init_lets_it_send_and_not_interrupt(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		assert_on_after_init(m, 0, 0);
		assert_on_after_init(m, 0, ~0u);
		assert_on_after_init(m, m->divider, 0);
		assert_on_after_init(m, m->divider, ~0u);
	}
}

static void a_divider_is_programmed(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, m->divider);

		uart_init(&uart);
		assert_bits(m->divided);
	}
}

/* A register that is also one of those that let it send (8250's and LPUART's) keeps the divider's bits. */
static void without_a_divider_the_baud_rate_stays(void **state)
{
	const struct model *m;
	unsigned int n;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, 0);
		__u32 before[0x100];

		memcpy(before, file, sizeof(before));
		uart_init(&uart);
		for (n = 0; n < 4 && m->divided[n].mask; n++)
			assert_int_equal(file[m->divided[n].offset] & m->divided[n].mask,
					 before[m->divided[n].offset] & m->divided[n].mask);
	}
}

static void a_divider_that_is_too_large_stays_in_its_field(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, ~0u);

		uart_init(&uart);	/* the file checks widths */
		assert_bits(m->on);
		if (m->type == JAILHOUSE_CON_TYPE_MVEBU)
			assert_int_equal(file[0x10] >> 10, 0x5a5a5a5a >> 10);
		if (m->type == JAILHOUSE_CON_TYPE_IMX_LPUART)
			assert_int_equal(file[0x10], 0x0f001fff);
	}
}

static void nothing_is_sent_by_init(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, 0);

		uart_init(&uart);
		assert_int_equal(sent_count, 0);
	}
}

static void each_byte_is_sent_as_it_is(void **state)
{
	const struct model *m;
	unsigned int c;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, 0);

		for (c = 0; c < 256; c++)
			uart_putc(&uart, (char)c);
		assert_int_equal(sent_count, 257);
		for (c = 0; c < 256; c++)
			assert_int_equal(sent[c + (c >= '\n')], (char)c);
		assert_int_equal(sent['\n'], '\r');
	}
}

static void it_waits_for_room(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, 0);

		busy = 100;
		uart_putc(&uart, 'x');
		assert_int_equal(busy, 0);
		assert_true(status_reads >= 101);
		assert_int_equal(sent_count, 1);
		assert_int_equal(sent[0], 'x');
	}
}

static void one_that_never_has_room_loses_the_character_and_returns(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m) {
		struct uart uart = new_uart(m, 0);

		never_ready = true;
		uart_putc(&uart, 'x');
		assert_int_equal(status_reads, UART_MAX_POLLS);
		uart_putc(&uart, 'y');
		assert_int_equal(status_reads, UART_MAX_POLLS + 1);
		assert_int_equal(sent_count, 0);
		never_ready = false;
		uart_putc(&uart, 'z');
		assert_int_equal(sent_count, 1);
	}
}

/* --- what some owe --- */

static void scif_flags_are_cleared_after_each_byte(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m)
		if (m->regs[0].width == 2) {
			struct uart uart = new_uart(m, 0);

			file[m->room.offset] = 0x00d3;
			uart_putc(&uart, 'x');
			assert_int_equal(file[m->room.offset], 0x0093);
		}
}

static void scif_keeps_its_clock_source(void **state)
{
	const struct model *m;

	(void)state;
	FOR_EACH_MODEL(m)
		if (m->regs[0].width == 2) {
			struct uart uart = new_uart(m, 0);

			file[0x08] = 0xc0ca;
			uart_init(&uart);
			assert_int_equal(file[0x08], 0x0032);
		}
}

static void the_mode_of_a_ti_uart_is_set_where_asked_for(void **state)
{
	struct model ti = models[1];
	struct uart uart;

	(void)state;
	uart = new_uart(&ti, 26);
	uart_init(&uart);		/* the file knows no register 8 */
	ti.flags |= JAILHOUSE_CON_MDR_QUIRK;
	ti.regs[6].offset = 8 * 4;
	ti.regs[6].width = 4;
	uart = new_uart(&ti, 26);
	uart_init(&uart);
	assert_int_equal(file[8 * 4], 0);
}

/* --- the clock before the UART --- */

static __u32 gate(__u64 clock_reg, __u32 number, __u16 flags, __u32 word)
{
	const struct jailhouse_console console = { .clock_reg = clock_reg, .gate_nr = number, .flags = flags };

	clock_reads = clock_writes = 0;
	clock_word = word;
	uart_open_clock_gate(&console, &io, CLOCK);
	return clock_word;
}

static void a_clock_gate_is_opened_by_one_change_of_one_bit(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 32; n++) {
		assert_int_equal(gate(0xe6150144, n, 0, 0), 1u << n);
		assert_true(clock_reads == 1 && clock_writes == 1);
		assert_int_equal(gate(0xe6150144, n, 0, ~0u), ~0u);
		assert_int_equal(gate(0xe6150144, n, JAILHOUSE_CON_INVERTED_GATE, ~0u), ~(1u << n));
		assert_true(clock_reads == 1 && clock_writes == 1);
		assert_int_equal(gate(0xe6150144, n, JAILHOUSE_CON_INVERTED_GATE, 0), 0);
	}
}

static void without_a_clock_register_nothing_is_touched(void **state)
{
	(void)state;
	assert_int_equal(gate(0, 3, 0, 0), 0);
	assert_int_equal(clock_reads + clock_writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_that_machines_have_is_modelled),
		cmocka_unit_test(init_lets_it_send_and_not_interrupt),
		cmocka_unit_test(a_divider_is_programmed),
		cmocka_unit_test(without_a_divider_the_baud_rate_stays),
		cmocka_unit_test(a_divider_that_is_too_large_stays_in_its_field),
		cmocka_unit_test(nothing_is_sent_by_init),
		cmocka_unit_test(each_byte_is_sent_as_it_is),
		cmocka_unit_test(it_waits_for_room),
		cmocka_unit_test(one_that_never_has_room_loses_the_character_and_returns),
		cmocka_unit_test(scif_flags_are_cleared_after_each_byte),
		cmocka_unit_test(scif_keeps_its_clock_source),
		cmocka_unit_test(the_mode_of_a_ti_uart_is_set_where_asked_for),
		cmocka_unit_test(a_clock_gate_is_opened_by_one_change_of_one_bit),
		cmocka_unit_test(without_a_clock_register_nothing_is_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
