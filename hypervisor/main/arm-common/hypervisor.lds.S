/* SPDX-License-Identifier: GPL-2.0 */
#include <arch/layout.h>

OUTPUT_FORMAT(HV_ELF_FORMAT)
ENTRY(arm_entry)

SECTIONS
{
	. = HV_BASE;
	__image_start = .;
	/* the header is written by the driver before the entry only: it lies with the code, read-only afterwards */
	.header : { KEEP(*(.header)) }
	.idmap : ALIGN(4096) { __idmap_start = .; KEEP(*(.text.entry)) KEEP(*(.idmap)) __idmap_end = .; }
	.text : ALIGN(4096) { KEEP(*(.text.vectors)) *(.text .text.*) }
	. = ALIGN(4096);
	__text_end = .;

	__rodata_start = .;
	.note.gnu.build-id : { __build_id = .; KEEP(*(.note.gnu.build-id)) __build_id_end = .; }
	.rodata : { *(.rodata .rodata.*) *(.data.rel.ro .data.rel.ro.*) }
	.eh_frame : { *(.eh_frame) }
	. = ALIGN(4096);
	__rodata_end = .;

	__data_start = .;
	.data : { *(.data .data.*) }
	. = ALIGN(4096);
	.bss (NOLOAD) : { *(.bss.published) . = ALIGN(4096); *(.bss .bss.* COMMON) }
	. = ALIGN(4096);
	__core_end = .;

	ASSERT(__idmap_end - __idmap_start <= 4096, "one page is mapped at its physical address")
	__core_size = ABSOLUTE(__core_end - __image_start);
	__entry_offset = ABSOLUTE(arm_entry - __image_start);
	__console_offset = ABSOLUTE(hv_published - __image_start);
	__log_offset = ABSOLUTE(hv_crash_log - __image_start);
	__status_offset = ABSOLUTE(hv_published + HV_STATUS_OFFSET - __image_start);

	/DISCARD/ : { *(.comment) *(.note.GNU-stack .note.gnu.property) }
}
