// SPDX-License-Identifier: GPL-2.0
/*
 * vdev_mock - see vdev_mock.h
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include "vdev_mock.h"
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>

struct mock_machine mock;

#define POOL_PAGES 64
static u8 pool_memory[POOL_PAGES * 4096] __aligned(4096);
static u8 comm_page[4096] __aligned(4096);

/* --- what vdev needs of others ---------------------------------------------------------------- */

void log_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(mock.last_log, sizeof(mock.last_log), fmt, ap);
	va_end(ap);
	mock.log_lines++;
}

int refuse_about(struct system *s, u32 rule, const struct refusal_about *about)
{
	mock.refusal = (struct jailhouse_refusal){
		.rule = RULE_NUMBER(rule), .error = -(s32)(rule >> 16), .object = about->object, .index = about->index,
		.cell = cell_is_root(about->cell) ? 0 : -1,
	};
	memcpy(mock.refusal.value, about->value, sizeof(about->value));
	return mock.refusal.error;
}

void hv_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}

void arch_cpu_relax(void)
{
	mock.time_us += 100;
}

u64 arch_time_us(void)
{
	return mock.time_us;
}

/* A CPU takes what is posted at once, but where kicks are lost. */
void cpu_post(struct pcpu *target, enum cpu_request req)
{
	mock.posted[target->id] |= req;
	if (mock.lost_kicks)
		target->ctrl.requests |= req;
}

void arch_cpu_kick_again(struct pcpu *target)
{
	mock.repeated_kicks++;
	if (mock.repeated_kicks >= mock.lost_kicks)
		target->ctrl.requests = 0;
}

struct pcpu *system_cpu_by_hw_id(struct system *s, u64 hw_id)
{
	u32 cpu;

	for (cpu = 0; cpu < s->max_cpus; cpu++)
		if (s->pcpus[cpu].online && s->pcpus[cpu].hw_id == hw_id)
			return &s->pcpus[cpu];
	return NULL;
}

struct vlapic *arch_vlapic(struct vcpu *v)
{
	return &mock.vlapics[v - mock.vcpus];
}

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	assert_non_null(mock.device_read);
	return mock.device_read(addr.v, size);
}

void arch_device_write(hpa_t addr, unsigned int size, u64 value)
{
	assert_non_null(mock.device_write);
	mock.device_write(addr.v, size, value);
}

u32 arch_pio_read(u16 port, unsigned int size)
{
	mock.pio.port = port;
	mock.pio.size = (u8)size;
	mock.pio.is_write = false;
	mock.pio.count++;
	return mock.pio.value;
}

void arch_pio_write(u16 port, unsigned int size, u32 value)
{
	mock.pio.port = port;
	mock.pio.size = (u8)size;
	mock.pio.is_write = true;
	mock.pio.value = value;
	mock.pio.count++;
}

static int find_pci(u16 bdf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mock.pci); i++)
		if (mock.pci[i].present && mock.pci[i].bdf == bdf)
			return (int)i;
	return -1;
}

u8 *mock_pci_space(u16 bdf)
{
	return mock.pci[find_pci(bdf)].space;
}

u32 arch_pci_cfg_read(u16 bdf, u16 offset, unsigned int size)
{
	int i = find_pci(bdf);
	u32 value = 0xffffffff;

	assert_true(offset + size <= 4096);
	if (i >= 0) {
		value = 0;
		memcpy(&value, mock.pci[i].space + offset, size);
	}
	return size == 4 ? value : value & ((1u << (8 * size)) - 1);
}

void arch_pci_cfg_write(u16 bdf, u16 offset, unsigned int size, u32 value)
{
	int i = find_pci(bdf);

	assert_true(offset + size <= 4096);
	if (i < 0)
		return;
	memcpy(mock.pci[i].space + offset, &value, size);
	mock.pci[i].writes++;
}

/* --- the machine ------------------------------------------------------------------------------ */

static void add_cell(struct cell *c, u32 id, struct jailhouse_cell_desc *desc, const char *name)
{
	c->sys = &mock.sys;
	c->id = id;
	c->config = desc;
	c->view.desc = desc;
	c->view.is_root = id == 0;
	c->denied_log_budget = 100;
	c->comm = (struct jailhouse_comm_region *)comm_page;
	desc->id = id;
	strcpy(desc->name, name);
}

static void add_cpu(u32 cpu)
{
	struct cell *owner = cpu == 2 || cpu == 3 ? &mock.cell : &mock.root;

	mock.pcpus[cpu] =
		(struct pcpu){ .id = cpu, .hw_id = MOCK_HW_ID(cpu), .cell = owner, .online = true };
	mock.vcpus[cpu].pcpu = &mock.pcpus[cpu];
	owner->cpu_set[0] |= 1ULL << cpu;
}

int mock_setup(void **state)
{
	u32 cpu;

	memset(&mock, 0, sizeof(mock));
	memset(comm_page, 0, sizeof(comm_page));
	add_cell(&mock.root, 0, &mock.config.root_cell, "root");
	add_cell(&mock.cell, 1, &mock.cell_config, "cell");
	mock.sys.config = &mock.config;
	mock.sys.pcpus = mock.pcpus;
	mock.sys.max_cpus = MOCK_CPUS;
	mock.sys.root = mock.sys.cells = &mock.root;
	mock.root.next = &mock.cell;
	for (cpu = 0; cpu < MOCK_CPUS; cpu++)
		add_cpu(cpu);
	page_pool_init(&mock.sys.pool, pool_memory, POOL_PAGES);
	mock.comm = (struct jailhouse_comm_region *)comm_page;
	return 0;
}

int mock_teardown(void **state)
{
	return 0;
}

int mock_prepare(const struct subsys_ops *ops, struct cell *c)
{
	assert_int_equal(mmio_table_init(c, 16), 0);
	return ops->cell_prepare(&mock.sys, c);
}

void mock_abort(const struct subsys_ops *ops, struct cell *c)
{
	if (ops->cell_abort)
		ops->cell_abort(&mock.sys, c);
	mmio_table_destroy(c);
}

static void move_cpu(u32 cpu, struct cell *from, struct cell *to)
{
	from->cpu_set[0] &= ~(1ULL << cpu);
	to->cpu_set[0] |= 1ULL << cpu;
	mock.pcpus[cpu].cell = to;
}

void mock_root_alone(void)
{
	move_cpu(2, &mock.cell, &mock.root);
	move_cpu(3, &mock.cell, &mock.root);
	mock.root.next = NULL;
}

void mock_commit(const struct subsys_ops *ops)
{
	move_cpu(2, &mock.root, &mock.cell);
	move_cpu(3, &mock.root, &mock.cell);
	mock.root.next = &mock.cell;
	ops->cell_commit((struct mgmt_token){ &mock.vcpus[0] }, &mock.sys, &mock.cell);
}

void mock_release(const struct subsys_ops *ops)
{
	mock_root_alone();
	ops->cell_release((struct mgmt_token){ &mock.vcpus[0] }, &mock.sys, &mock.cell);
}

enum vdev_result mock_mmio(struct vcpu *v, u64 addr, u8 size, bool is_write, u64 *value)
{
	struct mmio_access a = {
		.addr = gpa(addr), .size = size, .is_write = is_write, .value = *value
	};
	enum vdev_result result = mmio_dispatch(v, &a);

	*value = a.value;
	return result;
}
