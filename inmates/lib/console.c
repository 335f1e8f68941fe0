// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Where output goes: the UART (or frame buffer) of the console descriptor, the hypervisor's console, both or nowhere. Each field
 * of the descriptor can be overridden by a con-… parameter, so one binary serves every machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

static struct uart uart;
static bool uart_active, virtual_active;

static bool console_flag(const char *param, u16 flag)
{
	return cmdline_parse_bool(param, comm_region->console.flags & flag);
}

/* The kind that is asked for by name, or the cell's; NULL: no UART */
static const struct uart_ops *wanted_kind(void)
{
	const struct uart_ops *const *kind = uart_kinds;
	char name[16];
	bool named = *cmdline_parse_str("con-type", name, sizeof(name), "");

	while (*kind && (named ? strcmp((*kind)->name, name) : (*kind)->type != comm_region->console.type))
		kind++;
	return *kind;
}

static void describe_uart(struct jailhouse_console *con, u16 type)
{
	*con = comm_region->console;
	con->address = cmdline_parse_int("con-base", con->address);
	con->divider = (u32)cmdline_parse_int("con-divider", con->divider);
	con->type = type;
	con->gate_nr = (u32)cmdline_parse_int("con-gate-nr", con->gate_nr);
	con->clock_reg = cmdline_parse_int("con-clock-reg", con->clock_reg);
	con->flags &= ~(JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4 | JAILHOUSE_CON_FB_1920x1080 | JAILHOUSE_CON_INVERTED_GATE);
	if (console_flag("con-is-mmio", JAILHOUSE_CON_ACCESS_MMIO))
		con->flags |= JAILHOUSE_CON_ACCESS_MMIO;
	if (!cmdline_parse_bool("con-regdist-1", !(comm_region->console.flags & JAILHOUSE_CON_REGDIST_4)))
		con->flags |= JAILHOUSE_CON_REGDIST_4;
	if (console_flag("con-gate-inverted", JAILHOUSE_CON_INVERTED_GATE))
		con->flags |= JAILHOUSE_CON_INVERTED_GATE;
	if (console_flag("con-is-1080p", JAILHOUSE_CON_FB_1920x1080))
		con->flags |= JAILHOUSE_CON_FB_1920x1080;
}

static bool wants_virtual(void)
{
	if (!(comm_region->flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED))
		return false;
	return cmdline_parse_bool("con-virtual", comm_region->flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE);
}

void console_init(void)
{
	const struct uart_ops *kind = wanted_kind();
	struct jailhouse_console con;

	if (kind) {
		describe_uart(&con, kind->type);
		uart_active = uart_from_console(&uart, &con, arch_uart_open(&con), (unsigned long)con.address);
	}
	if (uart_active)
		uart_init(&uart);
	virtual_active = wants_virtual();
}

bool console_available(void)
{
	return uart_active || virtual_active;
}

void console_putc(char c)
{
	if (uart_active)
		uart_putc(&uart, c);
	if (virtual_active)
		jailhouse_call_arg1(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, (u8)c);
}
