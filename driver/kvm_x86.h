/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KVM beside us: loaded and idle is fine, a user of it is not.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_KVM_X86_H
#define DRIVER_KVM_X86_H

/**
 * The use count of KVM's vendor module: guests and open handles of /dev/kvm. 0 if KVM is idle or
 * not loaded.
 */
int kvm_users(void);

#endif /* DRIVER_KVM_X86_H */
