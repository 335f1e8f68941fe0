/* SPDX-License-Identifier: GPL-2.0 */
/*
 * file_tree - a machine whose files are the input of a fuzz target: stands for tools/machine/tree.c.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_FUZZ_FILE_TREE_H
#define TESTS_FUZZ_FILE_TREE_H

#include <tools/machine/tree.h>
#include "fuzz.h"

/**
 * The files: for each a byte that names one of the usual paths, or 0xff and the path up to a zero byte; two bytes of size; the content. They are
 * valid until the next call.
 */
const struct tree *file_tree(struct fuzz_input *in);

#endif /* TESTS_FUZZ_FILE_TREE_H */
