// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of KVM on ARM64, for root inside the emulated machine.
 *
 *	kvm-guest run	runs four instructions in one: the last one's access to nowhere ends it. 0: KVM works
 *	kvm-guest hold	keeps one that does not run, until it is killed
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm.h>

#define CODE_ADDRESS	0x10000
#define NOWHERE		0x20000
#define VALUE		0x4b
#define REG_PC		(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pc))

static const uint32_t code[] = {
	0xd2a00040,		/* mov x0, #0x20000 */
	0x52800961,		/* mov w1, #0x4b */
	0xb9000001,		/* str w1, [x0] */
	0x14000000,		/* b . */
};

static int fail(const char *what)
{
	perror(what);
	return -1;
}

static int add_memory(int vm)
{
	void *page = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = CODE_ADDRESS, .memory_size = 0x1000, .userspace_addr = (uintptr_t)page,
	};

	if (page == MAP_FAILED)
		return fail("mmap");
	memcpy(page, code, sizeof(code));
	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) ? fail("KVM_SET_USER_MEMORY_REGION") : 0;
}

static int add_cpu(int vm)
{
	uint64_t pc = CODE_ADDRESS;
	struct kvm_one_reg reg = { .id = REG_PC, .addr = (uintptr_t)&pc };
	struct kvm_vcpu_init init;
	int cpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	if (cpu < 0)
		return fail("KVM_CREATE_VCPU");
	if (ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) || ioctl(cpu, KVM_ARM_VCPU_INIT, &init))
		return fail("KVM_ARM_VCPU_INIT");
	return ioctl(cpu, KVM_SET_ONE_REG, &reg) ? fail("KVM_SET_ONE_REG") : cpu;
}

static int run(int kvm, int cpu)
{
	struct kvm_run *state = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);

	if (state == MAP_FAILED)
		return fail("mmap");
	if (ioctl(cpu, KVM_RUN, 0))
		return fail("KVM_RUN");
	printf("exit %u, address %llx, value %x\n", state->exit_reason, (unsigned long long)state->mmio.phys_addr, state->mmio.data[0]);
	return state->exit_reason == KVM_EXIT_MMIO && state->mmio.phys_addr == NOWHERE && state->mmio.data[0] == VALUE ? 0 : -1;
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR), vm, cpu;

	if (argc != 2 || kvm < 0)
		return fail("/dev/kvm") ? 1 : 0;
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || add_memory(vm))
		return 1;
	cpu = add_cpu(vm);
	if (cpu < 0)
		return 1;
	if (!strcmp(argv[1], "run"))
		return run(kvm, cpu) ? 1 : 0;
	puts("holding");
	fflush(stdout);
	for (;;)
		pause();
}
