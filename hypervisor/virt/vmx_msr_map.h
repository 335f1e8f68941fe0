/* SPDX-License-Identifier: GPL-2.0 */
/* vmx_msr_map - from the layout of SVM, which the policy fills, to that of VMX. */
#ifndef VIRT_VMX_MSR_MAP_H
#define VIRT_VMX_MSR_MAP_H

#include <hv/types.h>

/**
 * @map: 8 KiB as vmsr_fill_svm_bitmap() leaves them; in place, the result is its first page. SVM's third range has no place: it always
 * exits.
 */
void vmx_msr_map_pack(u8 *map);

#endif /* VIRT_VMX_MSR_MAP_H */
