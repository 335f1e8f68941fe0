/* SPDX-License-Identifier: GPL-2.0 */
/* vmx_check - why a VM entry failed. */
#ifndef VIRT_VMX_CHECK_H
#define VIRT_VMX_CHECK_H

#include <hv/types.h>
#include <virt/vmcs.h>

/** The first guest-state field that a VM entry cannot take (SDM vol. 3C, 27.3.1), in words; NULL: none was found. */
const char *vmx_wrong_guest_field(u64 (*read)(enum vmcs_field));

#endif /* VIRT_VMX_CHECK_H */
