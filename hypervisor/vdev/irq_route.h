/* SPDX-License-Identifier: GPL-2.0 */
/*
 * irq_route - what a message or a redirection entry would do, and whether the cell may have that.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef VDEV_IRQ_ROUTE_H
#define VDEV_IRQ_ROUTE_H

#include <hv/iommu.h>

/**
 * Decode @r->raw_address and @r->raw_data (message) or @r->raw_data (redirection entry) into
 * target, vector, masked. True: whatever arrives, arrives at CPUs of @c, by fixed or
 * lowest-priority delivery. False: @r->target is NULL.
 */
bool irq_route_decode_msi(const struct cell *c, struct irq_route *r);
bool irq_route_decode_pin(const struct cell *c, struct irq_route *r);

#endif /* VDEV_IRQ_ROUTE_H */
