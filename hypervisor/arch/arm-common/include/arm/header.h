/* SPDX-License-Identifier: GPL-2.0 */
/* header - struct hv_image_header for assembly, which reads and makes it; checked in hal/image.c. Included by <arch/layout.h>. */
#ifndef ARM_HEADER_H
#define ARM_HEADER_H

/* Of the status page behind the console ring, main/arm-common/main.c */
#define HV_STATUS_OFFSET	0x11000

#define HEADER_CORE_SIZE	24
#define HEADER_HV_SIZE		88
#define HEADER_MAX_CPUS		96
#define HEADER_SIZE		124
#define HEADER_VERSION		4

#endif /* ARM_HEADER_H */
