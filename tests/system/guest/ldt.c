// SPDX-License-Identifier: GPL-2.0
/*
 * ldt: a process on one CPU that keeps selectors of its own LDT in DS and ES, and looks all the time whether they still lead to its
 * memory; runs inside the emulated machine.
 *
 *	ldt CPU SECONDS		"ldt: kept" and 0, or what is wrong and 1; SIGSEGV if a segment is gone
 *
 * Bases and limits of DS and ES count in 32-bit code only, which a 64-bit process reaches by a far jump.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SELECTOR	0x07	/* entry 0 of the LDT, privilege 3 */
#define USER32_CS	0x23	/* Linux's */
#define USER64_CS	0x33
#define WORD		0x600dbeef

/* mov %es:0, %eax; add %ds:0, %eax; ljmp to what follows: an address below 4 GiB, and USER64_CS */
static const uint8_t code32[] = { 0x26, 0xa1, 0, 0, 0, 0, 0x3e, 0x03, 0x05, 0, 0, 0, 0, 0xea, 0, 0, 0, 0, USER64_CS, 0 };
#define BACK	14

struct low {
	uint8_t code[64];
	struct {
		uint32_t offset;
		uint16_t selector;
	} __attribute__((packed)) target;
	uint32_t word;
};

/* Far jumps, for a far call pushes in QEMU 7.2 as if it were the kernel, and SMAP refuses that. */
static uint32_t read_by_segments(struct low *low)
{
	static uint64_t stack;	/* the upper half of RSP does not survive */
	uint32_t value;

	__asm__ volatile("lea 1f(%%rip), %%rbx\n"
			 "mov %%ebx, %c2(%3)\n"
			 "mov %%rsp, %4\n"
			 "ljmp *(%1)\n"
			 "1: mov %4, %%rsp\n"
			 : "=&a"(value) : "r"(&low->target), "i"(BACK), "r"(low->code), "m"(stack) : "rbx", "memory", "cc");
	return value;
}

static uint32_t selectors(void)
{
	uint32_t ds, es;

	__asm__ volatile("mov %%ds, %0; mov %%es, %1" : "=r"(ds), "=r"(es));
	return ds << 16 | es;
}

static int watch(struct low *low, double seconds)
{
	time_t end = time(NULL) + (time_t)seconds;

	__asm__ volatile("mov %0, %%ds; mov %0, %%es" : : "r"(SELECTOR));
	while (time(NULL) < end) {
		for (int n = 0; n < 1000; n++) {
			if (selectors() != (SELECTOR << 16 | SELECTOR) || read_by_segments(low) != (uint32_t)(2 * (uint64_t)WORD)) {
				printf("ldt: selectors %#x, word %#x\n", selectors(), read_by_segments(low));
				return 1;
			}
		}
	}
	printf("ldt: kept\n");
	return 0;
}

int main(int argc, char **argv)
{
	struct low *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE | PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct user_desc desc = { .limit = 3, .seg_32bit = 1 };
	cpu_set_t set;

	if (argc < 3 || low == MAP_FAILED)
		return 2;
	CPU_ZERO(&set);
	CPU_SET(atoi(argv[1]), &set);
	memcpy(low->code, code32, sizeof(code32));
	low->word = WORD;
	low->target.offset = (uint32_t)(uintptr_t)low->code;
	low->target.selector = USER32_CS;
	desc.base_addr = (uint32_t)(uintptr_t)&low->word;
	if (sched_setaffinity(0, sizeof(set), &set) || syscall(SYS_modify_ldt, 1, &desc, sizeof(desc))) {
		perror("ldt");
		return 2;
	}
	return watch(low, atof(argv[2]));
}
