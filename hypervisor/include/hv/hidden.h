/* SPDX-License-Identifier: GPL-2.0 */
/* Included before every file of the image (mk/hypervisor.mk): all symbols are ours, so references need no GOT. */
#pragma GCC visibility push(hidden)
