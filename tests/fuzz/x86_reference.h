/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_reference - the instruction decoder compared with a disassembler that knows all instructions (Capstone).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_FUZZ_X86_REFERENCE_H
#define TESTS_FUZZ_X86_REFERENCE_H

#include <hv/x86/decode.h>

/**
 * Decode @bytes, at most X86_MAX_INSN, with both. NULL: they agree, or a sentence. @understood: set when the decoder accepted the bytes.
 * What the decoder accepts is a MOV, MOVABS, MOVZX or MOVSX between memory and a general register or immediate, of the same length,
 * widths, direction, register and immediate. What it refuses is none of these, carries LOCK, or is not complete.
 */
const char *x86_reference_differs(const u8 *bytes, unsigned int count, enum x86_mode mode, bool *understood);

#endif /* TESTS_FUZZ_X86_REFERENCE_H */
