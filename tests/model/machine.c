// SPDX-License-Identifier: GPL-2.0
/* Copyright (c) Jailhouse contributors, 2026 */
#include "machine.h"
#include <hv/x86/vdev.h>
#include <hv/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLISHED_PAGES	12

struct system machine;
struct test_subsystem test_subsystem;
u32 machine_boot_fail_in, machine_phys_bits = 52;
u64 machine_device_size = DEVICE_SIZE;
bool machine_has_iommu = true;

/* --- subsystem ---------------------------------------------------------------------------- */

static int test_init(struct system *s)
{
	test_subsystem.init++;
	return 0;
}

static int test_prepare(struct system *s, struct cell *c)
{
	if (test_subsystem.prepare_error_in && --test_subsystem.prepare_error_in == 0)
		return -HV_ERANGE;
	test_subsystem.prepared++;
	return 0;
}

static void test_abort(struct system *s, struct cell *c)
{
	test_subsystem.aborted++;
}

/* While owners change, only the caller runs. */
static void check_root_stands_still(struct mgmt_token m, struct system *s)
{
	u32 cpu;

	cell_for_each_cpu(cpu, s->root)
		if (cpu != m.caller->pcpu->id && !s->pcpus[cpu].ctrl.suspended)
			fake_broken("owners change while a CPU of root runs", cpu);
}

static void test_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	check_root_stands_still(m, s);
	test_subsystem.committed++;
}

static void test_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	check_root_stands_still(m, s);
	test_subsystem.released++;
}

static void test_reset(struct system *s, struct cell *c)
{
	test_subsystem.reset++;
}

static void test_assigned(struct vcpu *v)
{
	test_subsystem.assigned++;
}

static void test_freed(struct vcpu *v)
{
	test_subsystem.freed++;
}

static void test_shutdown(struct system *s)
{
	test_subsystem.shutdown++;
}

const struct subsys_ops machine_recorder = {
	.name = "recorder",
	.init = test_init,
	.cell_prepare = test_prepare,
	.cell_abort = test_abort,
	.cell_commit = test_commit,
	.cell_release = test_release,
	.cell_reset = test_reset,
	.cpu_assigned = test_assigned,
	.cpu_released = test_freed,
	.shutdown = test_shutdown,
};
static const struct subsys_ops empty = { .name = "empty" };
static const struct subsys_ops *const without_devices[] = { &empty, &subsys_iommu,
							     &machine_recorder, NULL };
static const struct iommu_ops *const iommus[] = { &iommu_model, NULL };
const struct subsys_ops *const *machine_subsystems = without_devices;

static bool has_devices(void)
{
	return machine_subsystems != without_devices;
}

/* --- boot --------------------------------------------------------------------------------- */

static struct {
	struct jailhouse_system system;
	u64 cpus;
	struct jailhouse_memory mem[3];
	struct {
		struct jailhouse_irqchip irqchip;
		struct jailhouse_pio ports;
		struct jailhouse_pci_device functions[FAKE_PCI_FUNCTIONS];
	} __attribute__((packed)) devices;
} __attribute__((packed)) root_blob;

static struct jailhouse_irqchip irqchip(u32 pins)
{
	return (struct jailhouse_irqchip){ .address = FAKE_IOAPIC_ADDRESS, .pin_bitmap = { pins } };
}

static struct jailhouse_pci_device function(u32 n)
{
	return (struct jailhouse_pci_device){ .type = JAILHOUSE_PCI_TYPE_DEVICE,
					      .bdf = FAKE_PCI_BDF(n) };
}

static void add_root_devices(struct jailhouse_cell_desc *root)
{
	u32 n;

	root_blob.system.platform_info.pci_mmconfig_base = MMCONFIG_BASE;
	root->num_irqchips = 1;
	root->num_pio_regions = 1;
	root->num_pci_devices = FAKE_PCI_FUNCTIONS;
	root_blob.devices.irqchip = irqchip((1 << FAKE_IOAPIC_PINS) - 1);
	root_blob.devices.ports = (struct jailhouse_pio){ ROOT_PORT_BASE, ROOT_PORT_COUNT };
	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		root_blob.devices.functions[n] = function(n);
}

static void fill_root_blob(u64 cpus)
{
	struct jailhouse_system *s = &root_blob.system;

	memset(&root_blob, 0, sizeof(root_blob));
	memcpy(s->signature, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(s->signature));
	s->architecture = JAILHOUSE_X86;
	s->revision = JAILHOUSE_CONFIG_REVISION;
	s->hypervisor_memory.phys_start = HV_PHYS;
	s->hypervisor_memory.size = HV_SIZE;
	s->platform_info.x86.pm_timer_address = 0x608;
	memcpy(s->root_cell.signature, JAILHOUSE_CELL_DESC_SIGNATURE,
	       sizeof(s->root_cell.signature));
	s->root_cell.architecture = JAILHOUSE_X86;
	s->root_cell.revision = JAILHOUSE_CONFIG_REVISION;
	strcpy(s->root_cell.name, "root");
	s->root_cell.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED;
	s->root_cell.cpu_set_size = sizeof(root_blob.cpus);
	s->root_cell.num_memory_regions = ARRAY_SIZE(root_blob.mem);
	root_blob.cpus = cpus;
	root_blob.mem[0] =
		(struct jailhouse_memory){ 0, 0, ROOT_RAM_END, RAM_FLAGS | JAILHOUSE_MEM_DMA };
	root_blob.mem[1] = (struct jailhouse_memory){ ROOT_MOVED_PHYS, ROOT_MOVED_VIRT,
						      ROOT_MOVED_SIZE,
						      RAM_FLAGS | JAILHOUSE_MEM_DMA };
	root_blob.mem[2] = (struct jailhouse_memory){ DEVICE_PHYS, DEVICE_PHYS, machine_device_size,
						      JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO |
							      JAILHOUSE_MEM_NO_HUGEPAGES };
	if (has_devices())
		add_root_devices(&s->root_cell);
}

/* Hypervisor memory: console ring, status, CPUs, pools. Returns the next free page. */
static u8 *carve(u8 **next, size_t size)
{
	u8 *part = *next;

	*next += PAGE_ALIGN(size);
	return part;
}

int machine_boot_with(u64 root_cpus, u32 online)
{
	u8 *next = fake_ram(HV_PHYS);
	u8 *published;
	u32 cpu;
	int err;

	memset(fake_ram(0), 0, FAKE_RAM_SIZE);
	memset(&machine, 0, sizeof(machine));
	memset(&test_subsystem, 0, sizeof(test_subsystem));
	fill_root_blob(root_cpus);
	machine.config = &root_blob.system;
	machine.config_size =
		has_devices() ? sizeof(root_blob) : offsetof(__typeof__(root_blob), devices);
	machine.hv_phys = hpa(HV_PHYS);
	machine.hv_size = HV_SIZE;
	machine.max_cpus = MACHINE_CPUS;
	config_phys_bits = machine_phys_bits;
	machine.subsystems = machine_subsystems;
	machine.iommus = machine_has_iommu ? iommus : NULL;
	machine.console = (void *)carve(&next, sizeof(*machine.console));
	machine.status = (void *)carve(&next, sizeof(*machine.status));
	machine.pcpus = (void *)carve(&next, MACHINE_CPUS * sizeof(*machine.pcpus));
	published = carve(&next, PUBLISHED_PAGES * PAGE_SIZE);
	page_pool_init(&machine.published, published, PUBLISHED_PAGES);
	page_pool_init(&machine.pool, next,
		       (fake_ram(HV_PHYS + HV_SIZE - 1) + 1 - next) / PAGE_SIZE);
	machine.pool.fail_in = machine_boot_fail_in;
	log_init(machine.console, NULL);
	fake_reset(&machine, online);

	err = system_init(&machine);
	if (err)
		return err;
	for (cpu = 0; cpu < online; cpu++) {
		fake_vcpus[cpu].arch.loaded_cell = machine.root;
		fake_vcpus[cpu].arch.mode = FAKE_RUNNING;
	}
	return 0;
}

void machine_boot(void)
{
	if (machine_boot_with((1 << MACHINE_CPUS) - 1, MACHINE_CPUS)) {
		fprintf(stderr, "the machine does not boot: %s\n", machine_console());
		abort();
	}
}

const char *machine_console(void)
{
	return (const char *)machine.console->content;
}

/* --- blobs -------------------------------------------------------------------------------- */

struct cell_spec machine_spec(u32 id)
{
	u64 ram = id * 0x200000ULL;

	return (struct cell_spec){
		.name = id == 1 ? "first" : id == 2 ? "second" : "third",
		.id = id,
		.cpus = id == 1 ? 1 << 1 : id == 2 ? 1 << 2 : 1 << 3,
		.reset_address = 0x1000,
		.mem_count = 2,
		.mem = {
			{ ram, 0, 0x100000, RAM_FLAGS | JAILHOUSE_MEM_LOADABLE },
			{ ram + 0x123000, 0x200000, 0x5000, RAM_FLAGS | JAILHOUSE_MEM_DMA },
		},
	};
}

static u8 *append(u8 *p, const void *data, size_t size)
{
	memcpy(p, data, size);
	return p + size;
}

static u8 *append_devices(u8 *p, const struct cell_spec *spec)
{
	struct jailhouse_irqchip chip = irqchip(spec->pins);
	u32 n;

	if (spec->pins)
		p = append(p, &chip, sizeof(chip));
	if (spec->ports.length)
		p = append(p, &spec->ports, sizeof(spec->ports));
	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		if (spec->functions >> n & 1)
			p = append(p, &(struct jailhouse_pci_device[]){ function(n) },
				   sizeof(struct jailhouse_pci_device));
	return p;
}

u32 machine_write_blob(const struct cell_spec *spec, u64 address)
{
	struct jailhouse_cell_desc d = { .architecture = JAILHOUSE_X86,
					 .revision = JAILHOUSE_CONFIG_REVISION };
	struct jailhouse_memory comm = { 0, COMM_VIRT, PAGE_SIZE,
					 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
						 JAILHOUSE_MEM_COMM_REGION };
	u8 *start = fake_ram(address), *p;

	memcpy(d.signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(d.signature));
	strncpy(d.name, spec->name, sizeof(d.name));
	d.id = spec->id;
	d.flags = spec->flags;
	d.cpu_set_size = sizeof(spec->cpus);
	d.num_memory_regions = spec->mem_count + !spec->no_comm;
	d.num_irqchips = spec->pins != 0;
	d.num_pio_regions = spec->ports.length != 0;
	d.num_pci_devices = __builtin_popcount(spec->functions);
	d.cpu_reset_address = spec->reset_address;
	d.msg_reply_timeout = spec->timeout;
	p = append(start, &d, sizeof(d));
	p = append(p, &spec->cpus, sizeof(spec->cpus));
	p = append(p, spec->mem, spec->mem_count * sizeof(comm));
	if (!spec->no_comm)
		p = append(p, &comm, sizeof(comm));
	return append_devices(p, spec) - start;
}

/* --- calls -------------------------------------------------------------------------------- */

static void run_others(void)
{
	fake_run_cpus(2);
}

s64 machine_call(u32 cpu, u32 nr, u64 arg1, u64 arg2)
{
	s64 result = hypercall_handle(&fake_vcpus[cpu], nr, arg1, arg2);

	run_others();
	return result;
}

s64 machine_finish(u32 cpu, u32 nr, u64 arg1, u64 arg2)
{
	s64 result = machine_call(cpu, nr, arg1, arg2);
	u32 tries;

	for (tries = 0; result == -HV_EAGAIN && tries < 100000; tries++) {
		fake_advance_time(1000);
		result = machine_call(cpu, nr, arg1, arg2);
	}
	return result;
}

s64 machine_create(const struct cell_spec *spec)
{
	s64 result;

	machine_write_blob(spec, BLOB_ADDRESS);
	do
		result = machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0);
	while (result == -HV_EAGAIN);
	return result;
}

struct cell *machine_cell(u32 id)
{
	return system_find_cell(&machine, id);
}

u32 machine_last_rule(void)
{
	return machine.status->refusal.rule ? refusal_rule(&machine.status->refusal) : 0;
}

void machine_answer(u32 id, enum manners manners)
{
	struct cell *c = machine_cell(id);

	if (!c || c->comm->msg_to_cell == JAILHOUSE_MSG_NONE || manners == SILENT)
		return;
	if (c->comm->msg_to_cell != JAILHOUSE_MSG_SHUTDOWN_REQUEST)
		jailhouse_send_reply_from_cell(c->comm, JAILHOUSE_MSG_RECEIVED);
	else if (manners == CONFUSED)
		jailhouse_send_reply_from_cell(c->comm, 77);
	else
		jailhouse_send_reply_from_cell(c->comm, manners == POLITE
								? JAILHOUSE_MSG_REQUEST_APPROVED
								: JAILHOUSE_MSG_REQUEST_DENIED);
}
