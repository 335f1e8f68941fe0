/* SPDX-License-Identifier: GPL-2.0 */
/*
 * irq_route - may a cell have what a message or a redirection entry would do?
 *
 * True: whatever arrives, arrives at CPUs of @c, by fixed or lowest-priority delivery.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef VDEV_IRQ_ROUTE_H
#define VDEV_IRQ_ROUTE_H

#include <hv/cell.h>

bool irq_message_is_permitted(const struct cell *c, u64 address, u32 data);
/** @entry: redirection entry of an IOAPIC, masked or not. */
bool irq_entry_is_permitted(const struct cell *c, u64 entry);

#endif /* VDEV_IRQ_ROUTE_H */
