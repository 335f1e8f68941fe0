// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CONFIG_FOR_ARM64
#define JUDGE(name)	name##_arm64
#include "judge.inc"
