/* SPDX-License-Identifier: GPL-2.0 */
/* irqchip - local APIC drivers, one for each mode (hv/x86/vdev.h: struct apic_ops). */
#ifndef HV_X86_IRQCHIP_H
#define HV_X86_IRQCHIP_H

#include <hv/x86/vdev.h>

extern const struct apic_ops apic_xapic, apic_x2apic;

#endif
