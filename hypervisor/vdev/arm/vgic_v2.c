// SPDX-License-Identifier: GPL-2.0
#include <hv/arm/vgic.h>
enum vdev_result vgic_v2_dist(struct vcpu *v, struct mmio_access *a, u32 offset)
{
	return VDEV_UNHANDLED;
}
