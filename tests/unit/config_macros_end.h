/* SPDX-License-Identifier: GPL-2.0 */
/*
 * After a configuration that is included as a source: its macros are no more. Included once for each.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#undef config
#undef NAME
#undef MORE_REGIONS
#undef NUM_MORE
#undef NUM_CPUS
#undef GIC
#undef RAM
#undef MMIO
#undef GICD
#undef FLAGS
#undef CPUS
#undef UART
#undef UART_TYPE
#undef UART_IRQ
#undef ARCHITECTURE
