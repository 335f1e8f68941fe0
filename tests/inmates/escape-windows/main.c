// SPDX-License-Identifier: GPL-2.0
/*
 * escape-windows: a cell leaves the windows that it has into pages of devices
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A region that does not fill whole pages is a window: the cell reaches its bytes with the widths of its flags, aligned unless the
 * flags say otherwise, reading or writing as they permit; no byte before, behind or between, no other width, no other direction.
 * An access that begins inside and ends outside is outside. One that goes across two pages within a window is refused, too: the hypervisor
 * makes one access for it, which cannot be made of two pages.
 *
 * Expected. What is permitted keeps its values; everything else stops the CPU before a device has seen anything. SSE and AVX, strings,
 * locked and modifying instructions are not completed by the hypervisor: they stop the CPU even where a MOV would be permitted.
 *
 * Source. docs/CONFIG.md, "Sub-page regions"; vdev/subpage.c.
 */
#include <tests/inmates/lib/escape.h>

static u8 own[64] __attribute__((aligned(64)));

static u64 load(unsigned long address, unsigned int width)
{
	u8 *p = reach(address);

	switch (width) {
	case 1:
		return mmio_read8(p);
	case 2:
		return mmio_read16(p);
	case 4:
		return mmio_read32(p);
	default:
		return mmio_read64(p);
	}
}

static void store(unsigned long address, unsigned int width, u64 v)
{
	u8 *p = reach(address);

	switch (width) {
	case 1:
		mmio_write8(p, (u8)v);
		break;
	case 2:
		mmio_write16(p, (u16)v);
		break;
	case 4:
		mmio_write32(p, (u32)v);
		break;
	default:
		mmio_write64(p, v);
	}
}

static const char *load_one(const struct attack *a)
{
	return answer("read 0x%llx", load(a->address, a->width));
}

static const char *store_one(const struct attack *a)
{
	store(a->address, a->width, ~0ULL);
	return "written";
}

#define INSN(name, text) \
	static const char *name(const struct attack *a) \
	{ \
		void *target = reach(a->address), *source = own; \
		unsigned long count = 2; \
		\
		asm volatile("cld; " text : "+D" (target), "+S" (source), "+c" (count) : "a" (0) : "memory", "cc"); \
		return "done"; \
	}

INSN(sse_load, "movdqu (%%rdi), %%xmm0")
INSN(avx_store, "vmovdqu %%ymm0, (%%rdi)")
INSN(stos, "rep stosl")
INSN(movs, "rep movsl")
INSN(lock_add, "lock addl $1, (%%rdi)")
INSN(or, "orl $1, (%%rdi)")
INSN(xchg, "xchgl %%eax, (%%rdi)")

/* --- what is permitted ------------------------------------------------------------------------------------------------- */

/* Every start within [first, first + size) at multiples of @step: it keeps a value, and the bytes around it theirs. */
static const char *keeps(unsigned long first, unsigned int size, unsigned int width, unsigned int step)
{
	u64 mask = width == 8 ? ~0ULL : (1ULL << (8 * width)) - 1;
	unsigned int n;

	for (n = 0; n + width <= size; n += step) {
		store(first + n, width, 0x1122334455667788ULL * (n + 1));
		if (load(first + n, width) != (0x1122334455667788ULL * (n + 1) & mask))
			return answer("%u bytes at %u read 0x%llx", width, n, load(first + n, width));
	}
	return "own only";
}

static const char *own_32(const struct attack *a)
{
	return keeps(OWN_WINDOW_32, 0x20, 4, 4);
}

static const char *own_64(const struct attack *a)
{
	return keeps(OWN_WINDOW_64, 8, 8, 8);
}

static const char *own_3(const struct attack *a)
{
	const char *said = keeps(OWN_WINDOW_3, 3, 1, 1);

	return strcmp(said, "own only") ? said : keeps(OWN_WINDOW_3, 3, 2, 1);
}

static const char *own_cross(const struct attack *a)
{
	const char *said = keeps(OWN_WINDOW_CROSS, 8, 4, 1);

	return strcmp(said, "own only") ? said : keeps(OWN_WINDOW_CROSS + 8, 8, 4, 1);
}

/* All bytes and words of the read-only window, at every alignment, agree with each other. */
static const char *own_read_only(const struct attack *a)
{
	unsigned int n;
	u16 word;

	for (n = 0; n < 15; n++) {
		word = (u16)load(OWN_WINDOW_RO + n, 2);
		if (word != (load(OWN_WINDOW_RO + n, 1) | load(OWN_WINDOW_RO + n + 1, 1) << 8))
			return answer("word at %u reads 0x%x", n, word);
	}
	return "own only";
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */

#define READ(name, target, where, bytes) \
	{ name, target, "stopped: memory read at " #where ", " #bytes " bytes", load_one, .address = where, .width = bytes }
#define WRITE(name, target, where, bytes) \
	{ name, target, "stopped: memory write at " #where ", " #bytes " bytes", store_one, .address = where, .width = bytes }
#define OTHER(name, target, kind, where, function) \
	{ name, target, "stopped: memory " kind " at " #where ", 0 bytes", function, .address = where }

static const struct attack attacks[] = {
	{ "own-32", "a window of 32-bit registers", "own only", own_32 },
	{ "own-64", "a window of one 64-bit register", "own only", own_64 },
	{ "own-3", "a window of three bytes, bytes and words", "own only", own_3 },
	{ "own-cross", "both halves of a window across pages", "own only", own_cross },
	{ "own-read-only", "a read-only window, all alignments", "own only", own_read_only },

	READ("32-as-8", "a window with a narrower access", 0x202010, 1), READ("32-as-16", "a window with a narrower access", 0x202012, 2),
	READ("32-as-64", "a window with a wider access", 0x202010, 8), WRITE("32-as-8-write", "a window with a narrower access", 0x202013, 1),
	WRITE("32-as-64-write", "a window with a wider access", 0x202018, 8), READ("32-unaligned-1", "a window, unaligned", 0x202011, 4),
	READ("32-unaligned-2", "a window, unaligned", 0x202012, 4), WRITE("32-unaligned-3", "a window, unaligned", 0x202013, 4),
	READ("32-before", "before a window", 0x20200c, 4), READ("32-over-start", "over the start of a window", 0x20200e, 4),
	READ("32-over-end", "over the end of a window", 0x20202e, 4), WRITE("32-behind", "behind a window", 0x202030, 4),
	READ("page-start", "the page of a window", 0x202000, 4), READ("page-end", "the page of a window", 0x202ffc, 4),
	WRITE("page-between", "between two windows", 0x202034, 4), READ("64-as-32", "a window with a narrower access", 0x202080, 4),
	WRITE("64-as-8", "a window with a narrower access", 0x202087, 1), READ("64-over-end", "over the end of a window", 0x202084, 8),
	WRITE("64-over-start", "over the start of a window", 0x20207c, 8),
	WRITE("ro-1", "a read-only window", 0x202040, 1), WRITE("ro-2", "a read-only window", 0x20204e, 2), READ("ro-32", "a read-only window with a wider access", 0x202040, 4),
	READ("ro-over-end", "over the end of a window", 0x20204f, 2), READ("ro-over-start", "over the start of a window", 0x20203f, 2),
	READ("3-behind", "behind a window", 0x202094, 1), READ("3-before", "before a window", 0x202090, 1), WRITE("3-over-end", "over the end of a window", 0x202093, 2),
	READ("3-over-start", "over the start of a window", 0x202090, 2), READ("3-as-32", "a window with a wider access", 0x202090, 4),
	READ("cross-8", "across the border within a window", 0x203ffc, 8), WRITE("cross-4", "across the border within a window", 0x203ffe, 4),
	READ("cross-before", "before a window", 0x203ff4, 8), WRITE("cross-behind", "behind a window", 0x204004, 8),

	OTHER("sse", "a window by SSE", "read", 0x202010, sse_load), OTHER("avx", "a window by AVX", "write", 0x202010, avx_store),
	OTHER("stos", "a window by a string", "write", 0x202010, stos), OTHER("movs", "a window by a string", "write", 0x202010, movs),
	OTHER("lock", "a window under LOCK", "write", 0x202010, lock_add), OTHER("xchg", "a window by XCHG", "write", 0x202010, xchg),
	{ "or", "a window by OR", "stopped: memory", or, .address = OWN_WINDOW_32 },
	READ("test-device-before", "the test device before its registers", 0x101ff0, 8), READ("test-device-over", "over the start of the test device", 0x101ff4, 8),
	READ("test-device-unaligned", "the test device, unaligned", 0x101ffa, 4), READ("test-device-end", "behind the test device", 0x102000, 4),
	WRITE("test-device-start", "the page of the test device", 0x101000, 4),
};

void inmate_main(void)
{
	escape_main("escape-windows", attacks, ARRAY_SIZE(attacks));
}
