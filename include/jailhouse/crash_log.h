/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What of a run of the hypervisor can be read after the machine was reset: between hypervisor/, driver/ and tools/.
 *
 * All of it lies in the hypervisor's memory, so it survives a reset where that memory is reserved at boot (memmap=): the next kernel leaves it
 * alone. The image header in the first page of that memory says where struct hv_crash_log is. A reader trusts nothing: it
 * copies the struct once, compares @check, and bounds every offset by the region.
 *
 * A raw log, as the driver hands it out (JAILHOUSE_LAST_LOG) and "jailhouse explain" reads it:
 *
 *	struct hv_crash_log · struct hv_console_ring · struct hv_exit_ring × max_cpus
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_CRASH_LOG_H
#define JAILHOUSE_CRASH_LOG_H

#include <jailhouse/types.h>
#include <jailhouse/image.h>

#define HV_CRASH_LOG_MAGIC	0x474f4c48534a4e49ULL
#define HV_CRASH_LOG_VERSION	1

#define HV_EXIT_RING_SIZE	32
#define HV_PANIC_TEXT_SIZE	0x2f00

/**
 * struct hv_exit_record - one exit that was not completed on the fast path
 * @seq:	number of such exits before this one on its CPU
 * @tsc:	when it came
 * @reason:	exit code of SVM, or HV_EXIT_VMX and the basic exit reason of VMX
 * @rip:	of the guest
 * @info1, @info2: the exit's qualification: EXITINFO1 and EXITINFO2 (APM vol. 2, appendix C)
 * @check:	hv_exit_check() of the others
 */
struct hv_exit_record {
	__u64 seq, tsc, reason, rip, info1, info2, check;
};

/** struct hv_exit_ring - record n is in slot n % HV_EXIT_RING_SIZE; @count records were ever written. */
struct hv_exit_ring {
	__u64 count;
	struct hv_exit_record record[HV_EXIT_RING_SIZE];
};

static inline __u64 hv_exit_check(const struct hv_exit_record *r)
{
	return HV_CRASH_LOG_MAGIC ^ r->seq ^ r->tsc ^ r->reason ^ r->rip ^ r->info1 ^ r->info2;
}

#define HV_EXIT_VMX	(1ULL << 63)

enum hv_crash_state {
	HV_CRASH_RUNNING = 1,	/* the run did not end before the machine did */
	HV_CRASH_LEFT = 2,	/* the hypervisor was left: written by the driver */
};

/**
 * struct hv_crash_log - the directory, constant while the hypervisor runs down to @check; then what changes
 * @generation:	counts the runs in this memory: the driver gives each run the number after that of the log which it finds
 * @console_offset: struct hv_console_ring; this and the next are relative to the start of the hypervisor's memory
 * @exits_offset: struct hv_exit_ring of CPU 0, @exits_stride bytes to that of the next CPU
 * @image_id:	build identifier of the image (GNU note), all zero if it has none
 * @check:	hv_fnv1a() of what stands before it
 * @state:	enum hv_crash_state
 * @panic_sum:	hv_text_sum() over @panic_text[0 … @panic_length)
 * @panic_text:	the lines "PANIC: …" that stopped CPUs wrote, see jailhouse-explain(8)
 */
struct hv_crash_log {
	__u64 magic;
	__u32 version;
	__u32 max_cpus;
	__u64 generation;
	__u64 hv_phys, hv_size;
	__u64 console_offset;
	__u64 exits_offset, exits_stride;
	__u8 image_id[24];
	__u64 check;

	__u32 state;
	__u32 panic_length;
	__u64 panic_sum;
	__u8 panic_text[HV_PANIC_TEXT_SIZE];
} __attribute__((packed));

_Static_assert(offsetof(struct hv_crash_log, check) == 88, "crash log is ABI");
_Static_assert(offsetof(struct hv_crash_log, panic_text) == 112, "crash log is ABI");

/** FNV-1a, 64 bits: finds accidents, not forgeries. */
static inline __u64 hv_fnv1a(__u64 hash, const void *data, __u64 size)
{
	const __u8 *p = (const __u8 *)data;

	while (size--)
		hash = (hash ^ *p++) * 0x100000001b3ULL;
	return hash;
}

#define HV_FNV1A_START	0xcbf29ce484222325ULL

/** What the sum over a text of which byte @at was @old changes by when it becomes @new_byte. */
static inline __u64 hv_text_sum(__u64 at, __u8 old, __u8 new_byte)
{
	return ((__u64)new_byte - (__u64)old) * (at + 1);
}

#endif /* JAILHOUSE_CRASH_LOG_H */
