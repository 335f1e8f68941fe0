// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CONFIG_FOR_X86
#define JUDGE(name)	name##_x86
#include "judge.inc"
