// SPDX-License-Identifier: GPL-2.0
/*
 * probe: one access from root's user space to memory, a port, an MSR, or KVM; runs inside the emulated machine.
 *
 *	probe mem ADDRESS WIDTH [VALUE]		read, or write VALUE, through /dev/mem (width in bits)
 *	probe port PORT WIDTH [VALUE]		in, or out
 *	probe msr CPU NUMBER [VALUE]		rdmsr, or wrmsr; "#GP" if the CPU refuses
 *	probe hypercalls			every hypercall from user mode; prints those that are not refused with -EPERM
 *	probe int1				INT1; "behind" if the process goes on behind it, as after a trap
 *	probe kvm				create a KVM guest and keep it until the standard input ends
 *
 * Prints the value read in hexadecimal. Exit status: 0, or 1 with a sentence.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ucontext.h>
#include <unistd.h>

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 0);
}

/* One access of the given width, never split or merged by the compiler. */
static uint64_t access_memory(volatile void *p, unsigned int width, const uint64_t *value)
{
	switch (width) {
	case 8:
		if (value)
			*(volatile uint8_t *)p = *value;
		return value ? 0 : *(volatile uint8_t *)p;
	case 16:
		if (value)
			*(volatile uint16_t *)p = *value;
		return value ? 0 : *(volatile uint16_t *)p;
	case 32:
		if (value)
			*(volatile uint32_t *)p = *value;
		return value ? 0 : *(volatile uint32_t *)p;
	default:
		if (value)
			*(volatile uint64_t *)p = *value;
		return value ? 0 : *(volatile uint64_t *)p;
	}
}

/* Linux refuses a caching attribute that differs from that of an existing mapping: take the other one then. */
static uint8_t *map_page(uint64_t address, int flags)
{
	int fd = open("/dev/mem", O_RDWR | flags);
	uint8_t *page;

	if (fd < 0)
		return MAP_FAILED;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, address & ~0xfffULL);
	close(fd);
	return page;
}

static int probe_memory(uint64_t address, unsigned int width, const uint64_t *value)
{
	uint8_t *page = map_page(address, O_SYNC);

	if (page == MAP_FAILED)
		page = map_page(address, 0);
	if (page == MAP_FAILED)
		return fail("mmap of /dev/mem");
	printf("%0*llx\n", (int)width / 4,
	       (unsigned long long)access_memory(page + (address & 0xfff), width, value));
	return 0;
}

static int probe_port(unsigned short port, unsigned int width, const uint64_t *value)
{
	uint32_t in = 0;

	if (iopl(3))
		return fail("iopl");
	if (value && width == 8)
		outb(*value, port);
	else if (value && width == 16)
		outw(*value, port);
	else if (value)
		outl(*value, port);
	else
		in = width == 8 ? inb(port) : width == 16 ? inw(port) : inl(port);
	printf("%0*x\n", (int)width / 4, in);
	return 0;
}

static int probe_msr(const char *cpu, uint64_t number, const uint64_t *value)
{
	uint64_t content = 0;
	ssize_t done;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/cpu/%s/msr", cpu);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return fail(path);
	if (value)
		done = pwrite(fd, value, 8, number);
	else
		done = pread(fd, &content, 8, number);
	if (done < 0 && errno == EIO) {
		printf("#GP\n");
		return 0;
	}
	if (done != 8)
		return fail(path);
	printf("%016llx\n", (unsigned long long)content);
	return 0;
}

/* All numbers that exist, those around them, and some with upper halves */
static int probe_hypercalls(void)
{
	static const uint64_t more[] = { 0x1000, 0x1001, 0x1002, 0x7fffffff, 0xffffffff, 1ULL << 32, ~0ULL };
	unsigned int n, open = 0;

	for (n = 0; n < 32 + sizeof(more) / sizeof(more[0]); n++) {
		uint64_t number = n < 32 ? n : more[n - 32], result = number;

		__asm__ volatile("vmmcall" : "+a" (result) : "D" (0), "S" (0) : "memory");
		if ((int)result == -EPERM)
			continue;
		open++;
		printf("hypercall %llx from user mode: %d\n", (unsigned long long)number, (int)result);
	}
	printf("%u of %u not refused\n", open, n);
	return 0;
}

#define RIP		16	/* REG_RIP of <sys/ucontext.h>, which only _GNU_SOURCE shows */

static long behind_int1;

static void tell_where(int number, siginfo_t *info, void *context)
{
	const ucontext_t *at = context;
	const char *where = at->uc_mcontext.gregs[RIP] == behind_int1 ? "behind\n" : "not behind\n";

	(void)number;
	(void)info;
	_exit(write(STDOUT_FILENO, where, strlen(where)) < 0);
}

static int trap(void)
{
	struct sigaction action = { .sa_sigaction = tell_where, .sa_flags = SA_SIGINFO };

	sigaction(SIGTRAP, &action, NULL);
	__asm__ volatile("lea 1f(%%rip), %%rax; mov %%rax, %0; .byte 0xf1; 1:" : "=m" (behind_int1) : : "rax", "memory");
	printf("no trap\n");
	return 1;
}

static int keep_kvm_guest(void)
{
	int fd = open("/dev/kvm", O_RDWR);
	int vm, vcpu;
	char byte;

	if (fd < 0)
		return fail("/dev/kvm");
	vm = ioctl(fd, KVM_CREATE_VM, 0);
	if (vm < 0)
		return fail("KVM_CREATE_VM");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		return fail("KVM_CREATE_VCPU");
	printf("guest exists\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t value = argc > 4 ? number(argv[4]) : 0;
	const uint64_t *given = argc > 4 ? &value : NULL;

	if (argc >= 4 && !strcmp(argv[1], "mem"))
		return probe_memory(number(argv[2]), number(argv[3]), given);
	if (argc >= 4 && !strcmp(argv[1], "port"))
		return probe_port(number(argv[2]), number(argv[3]), given);
	if (argc >= 4 && !strcmp(argv[1], "msr"))
		return probe_msr(argv[2], number(argv[3]), given);
	if (argc == 2 && !strcmp(argv[1], "hypercalls"))
		return probe_hypercalls();
	if (argc == 2 && !strcmp(argv[1], "int1"))
		return trap();
	if (argc == 2 && !strcmp(argv[1], "kvm"))
		return keep_kvm_guest();
	printf("usage: probe mem|port|msr|hypercalls|int1|kvm ...\n");
	return 1;
}
