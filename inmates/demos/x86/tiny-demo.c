// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The smallest useful inmate: a greeting, then the PM timer once a second, ten times.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

void inmate_main(void)
{
	int n;

	printk("Hello from this tiny cell!\n");
	for (n = 0; n < 10; n++) {
		delay_us(1000000);
		printk("PM Timer: %llu ns\n", pm_timer_read());
	}
}
