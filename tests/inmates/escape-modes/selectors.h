/* SPDX-License-Identifier: GPL-2.0 */
/* What legacy.S and main.c agree on. */
#ifndef ESCAPE_MODES_SELECTORS_H
#define ESCAPE_MODES_SELECTORS_H

/* The first three are the library's. */
#define SEL_CODE32		0x08
#define SEL_CODE64		0x10
#define SEL_DATA		0x18
#define SEL_TASK		0x20
#define SEL_OTHER_TASK		0x28
#define SEL_LOCAL_TABLE		0x30
#define LEGACY_SELECTORS	7

#define LEGACY_EXCEPTIONS	32
#define VECTOR_DONE		0x80
#define VECTOR_TASK		0x81
#define LEGACY_GATES		0x82

#endif /* ESCAPE_MODES_SELECTORS_H */
