// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CONFIG_FOR_ARM
#define JUDGE(name)	name##_arm
#include "judge.inc"
