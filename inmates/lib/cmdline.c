// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parameters of this inmate: the loader wrote them into the command line buffer.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>
#include <inmate_format.h>

/* End of the section that holds the buffer: the loader checks no length, so the text may lack its terminator. */
extern char cmdline_end[];

static size_t cmdline_limit(void)
{
	return (unsigned long)cmdline_end - (unsigned long)cmdline;
}

const char *cmdline_parse_str(const char *param, char *value_buffer, unsigned long buffer_size, const char *default_value)
{
	return param_str(cmdline, cmdline_limit(), param, value_buffer, buffer_size, default_value);
}

long long cmdline_parse_int(const char *param, long long default_value)
{
	return param_int(cmdline, cmdline_limit(), param, default_value);
}

bool cmdline_parse_bool(const char *param, bool default_value)
{
	return param_bool(cmdline, cmdline_limit(), param, default_value);
}
