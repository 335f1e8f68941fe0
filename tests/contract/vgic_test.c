// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/vdev/arm/vgic.c hypervisor/vdev/arm/vsgi.c hypervisor/vdev/arm/vgic_dist.c hypervisor/vdev/arm/vgic_v2.c hypervisor/vdev/arm/vgic_v3.c hypervisor/vdev/arm/vpsci.c */
/* cflags: -Ihypervisor/arch/arm-common/include -DJAILHOUSE_CPU_STAT_VMEXITS_VSGI=4 -DJAILHOUSE_CPU_STAT_VMEXITS_PSCI=7 -DJAILHOUSE_CPU_STAT_VMEXITS_SMCCC=8 */
/*
 * Interrupts of cells, on a model of an interrupt controller: what its list registers hold, who may
 * see and change which bit of the distributor, who is reached by an SGI, and PSCI.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <arm/hal.h>
#include <hv/arm/vgic.h>
#include <hv/arm/vpsci.h>
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/subsys.h>

#define CPUS	40
#define LRS	4

/* --- the model -------------------------------------------------------------------------------- */

static struct system sys;
static struct jailhouse_system config;
static struct pcpu pcpus[CPUS];
static struct vcpu vcpus[CPUS];
static struct cell root, cell;
static struct jailhouse_cell_desc root_config, cell_config;
static struct jailhouse_irqchip cell_chip;
static u8 distributor[0x10000];
static struct gic_lr lrs[LRS];
static bool underflow;
static u32 deactivated[8], num_deactivated;
static u64 smc_calls, last_smc;
static u32 states;

volatile u8 *arm_gicd = distributor, *arm_gicc, *arm_gich, *arm_gicr;
u32 arm_gicr_stride = 0x20000, arm_gicr_count = 1;
u64 arm_gicr_size;
const struct gic_ops *gic;

u64 fake_mmio_read(const volatile void *p, unsigned int size)
{
	u64 value = 0;

	memcpy(&value, (const void *)p, size);
	return value;
}

void fake_mmio_write(volatile void *p, unsigned int size, u64 value)
{
	memcpy((void *)p, &value, size);
}

static bool model_inject(u32 intid, u8 priority, u8 source)
{
	u32 n;

	for (n = 0; n < LRS; n++) {
		if (lrs[n].pending || lrs[n].active)
			continue;
		lrs[n] = (struct gic_lr){ .intid = intid, .priority = priority, .source = source, .pending = true };
		return true;
	}
	return false;
}

static bool model_idle(const struct vcpu *v)
{
	u32 n, used = 0;

	for (n = 0; n < LRS; n++)
		used += lrs[n].pending || lrs[n].active;
	return !used;
}

static bool model_read_lr(u32 n, struct gic_lr *lr)
{
	*lr = lrs[n];
	return lr->pending || lr->active;
}

static void model_write_lr(u32 n, const struct gic_lr *lr) { lrs[n] = *lr; }
static void model_clear_lr(u32 n) { lrs[n] = (struct gic_lr){ 0 }; }
static void model_underflow(bool on) { underflow = on; }
static void model_deactivate(u32 raw) { deactivated[num_deactivated++ % 8] = raw; }
static void model_reset(struct vcpu *v) { memset(lrs, 0, sizeof(lrs)); underflow = false; }
static u32 model_read(struct vcpu *v, u32 reg, u32 offset) { return mmio_read32(arm_gicd + reg + offset); }
static void model_write(struct vcpu *v, u32 reg, u32 offset, u32 value) { mmio_write32(arm_gicd + reg + offset, value); }

#define MODEL(v) { .version = v, .inject = model_inject, .idle = model_idle, .read_lr = model_read_lr, .write_lr = model_write_lr,	\
		   .clear_lr = model_clear_lr, .set_underflow = model_underflow, .deactivate = model_deactivate,	\
		   .reset_interface = model_reset, .read_irq = model_read, .write_irq = model_write }
static const struct gic_ops model_v3 = MODEL(3), model_v2 = MODEL(2);

/* --- what vdev uses of the core and of hal ---------------------------------------------------- */

static mmio_handler_t dist_handler;

int mmio_register(struct cell *c, u64 start, u64 size, mmio_handler_t h, void *arg)
{
	if (start == config.platform_info.arm.gicd_base)
		dist_handler = h;
	return 0;
}

struct pcpu *system_cpu_by_hw_id(struct system *s, u64 hw_id)
{
	u32 n;

	for (n = 0; n < CPUS; n++)
		if (pcpus[n].hw_id == hw_id)
			return &pcpus[n];
	return NULL;
}

u32 cell_next_cpu(const struct cell *c, u32 from)
{
	for (; from < HV_CPU_END; from++)
		if (cell_owns_cpu(c, from))
			return from;
	return HV_CPU_END;
}

void arch_cpu_kick(struct pcpu *target) { target->arch.kicked++; }
void cpu_post(struct pcpu *target, enum cpu_request req) { target->ctrl.requests |= req; }
void comm_set_state(struct cell *c, u32 state) { c->hv_state = state; }
void status_update(struct system *s) { states++; }
void log_printf(const char *fmt, ...) { }
void arm_wait(void) { }
void arch_cpu_relax(void) { }
void arm_smc(u64 regs[8]) { smc_calls++; last_smc = regs[0]; regs[0] = 77; }

/* Cell: CPUs 2, 3, 16 (Aff0 16) and 17 (Aff1 1); root the others. SPIs 40 and 70 are the cell's. */
static int setup(void **state)
{
	u32 n;

	memset(&sys, 0, sizeof(sys));
	memset(pcpus, 0, sizeof(pcpus));
	memset(vcpus, 0, sizeof(vcpus));
	memset(lrs, 0, sizeof(lrs));
	memset(distributor, 0, sizeof(distributor));
	memset(&root, 0, sizeof(root));
	memset(&cell, 0, sizeof(cell));
	num_deactivated = smc_calls = states = 0;
	underflow = false;
	gic = &model_v3;
	vgic_maintenance_irq = 25;
	config.platform_info.arm.gicd_base = 0x8000000;
	sys = (struct system){ .config = &config, .pcpus = pcpus, .max_cpus = CPUS, .root = &root, .cells = &root };
	root = (struct cell){ .sys = &sys, .next = &cell, .config = &root_config };
	cell = (struct cell){ .sys = &sys, .id = 1, .config = &cell_config };
	cell.cpu_set[0] = 1 << 2 | 1 << 3 | 1 << 16 | 1 << 17;
	root.cpu_set[0] = 0xffffffff & ~cell.cpu_set[0];
	for (n = 0; n < CPUS; n++) {
		pcpus[n] = (struct pcpu){ .id = n, .hw_id = n, .online = true, .cell = cell_owns_cpu(&cell, n) ? &cell : &root };
		pcpus[n].arch.gic_targets = n < 8 ? 1 << n : 0;
		pcpus[n].arch.psci.state = PSCI_ON;
		vcpus[n].pcpu = &pcpus[n];
		vcpus[n].arch.vgic.lrs = LRS;
	}
	pcpus[17].hw_id = 0x101;
	cell_chip = (struct jailhouse_irqchip){ .address = 0x8000000, .pin_base = 32, .pin_bitmap = { 1 << 8, 1 << 6 } };
	cell.view.irqchips = &cell_chip;
	cell.view.num_irqchips = 1;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &cell), 0);
	return 0;
}

static void set_priority(u32 intid, u8 priority)
{
	distributor[GICD_IPRIORITYR + intid] = priority;
}

static u32 pending_in_lrs(void)
{
	u32 n, count = 0;

	for (n = 0; n < LRS; n++)
		count += lrs[n].pending;
	return count;
}

static struct gic_lr *lr_of(u32 intid)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		if ((lrs[n].pending || lrs[n].active) && lrs[n].intid == intid)
			return &lrs[n];
	return NULL;
}

/* The guest takes the most urgent of the list registers, to its end. */
static u32 guest_takes(void)
{
	struct gic_lr *best = NULL;
	u32 n, intid;

	for (n = 0; n < LRS; n++)
		if (lrs[n].pending && (!best || lrs[n].priority < best->priority))
			best = &lrs[n];
	if (!best)
		return GIC_SPURIOUS;
	intid = best->intid;
	*best = (struct gic_lr){ 0 };
	if (underflow && pending_in_lrs() <= 1)
		vgic_refill(&vcpus[2]);
	return intid;
}

/* --- delivery ---------------------------------------------------------------------------------- */

static void overflow_loses_nothing_and_the_most_urgent_comes_first(void **state)
{
	u32 n, last = 0, taken;

	for (n = 0; n < 64; n++) {
		set_priority(32 + n, (n * 37 % 64) << 2);
		vgic_deliver(&vcpus[2], 32 + n);
	}
	assert_true(underflow);
	for (n = 0; n < 64; n++) {
		taken = guest_takes();
		assert_int_not_equal(taken, GIC_SPURIOUS);
		assert_true(distributor[GICD_IPRIORITYR + taken] >= last);
		last = distributor[GICD_IPRIORITYR + taken];
	}
	assert_int_equal(guest_takes(), GIC_SPURIOUS);
	assert_false(underflow);
	assert_false(vcpus[2].arch.vgic.waiting);
}

static void a_newcomer_takes_the_place_of_the_least_urgent(void **state)
{
	u32 n;

	for (n = 0; n < LRS; n++) {
		set_priority(40 + n, 0x80 + n * 8);
		vgic_deliver(&vcpus[2], 40 + n);
	}
	set_priority(60, 0x90);
	vgic_deliver(&vcpus[2], 60);
	assert_non_null(lr_of(60));
	assert_null(lr_of(43));
	assert_true(vcpus[2].arch.vgic.pending[0] >> 43 & 1);
	set_priority(61, 0xf0);
	vgic_deliver(&vcpus[2], 61);
	assert_null(lr_of(61));
}

static void an_active_list_register_is_never_taken_away(void **state)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		lrs[n] = (struct gic_lr){ .intid = 40 + n, .priority = 0xf8, .active = true };
	vgic_deliver(&vcpus[2], 60);
	for (n = 0; n < LRS; n++)
		assert_true(lrs[n].active && lrs[n].intid == 40 + n);
	assert_true(vcpus[2].arch.vgic.waiting);
}

static void an_sgi_is_pending_once(void **state)
{
	vgic_deliver_sgi(&vcpus[2], 5, 0);
	vgic_deliver_sgi(&vcpus[2], 5, 0);
	assert_int_equal(pending_in_lrs(), 1);
	*lr_of(5) = (struct gic_lr){ .intid = 5, .active = true };
	vgic_deliver_sgi(&vcpus[2], 5, 0);
	assert_true(lr_of(5)->active && lr_of(5)->pending);
	/* GICv2: once for each sender */
	gic = &model_v2;
	vgic_deliver_sgi(&vcpus[2], 5, 3);
	assert_int_equal(pending_in_lrs(), 2);
}

static void a_reset_ends_what_was_active(void **state)
{
	u32 n;

	for (n = 0; n < LRS + 2; n++)
		vgic_deliver(&vcpus[2], 40 + n);
	vcpus[2].arch.vgic.sgis[0] = 1 << 3;
	pcpus[2].arch.sgi.from[0] = 1 << 4;
	vgic_reset_cpu(&vcpus[2]);
	assert_int_equal(num_deactivated, LRS + 2);
	assert_int_equal(pending_in_lrs(), 0);
	assert_false(vcpus[2].arch.vgic.waiting);
	vgic_take_mailbox(&vcpus[2]);
	vgic_refill(&vcpus[2]);
	assert_int_equal(pending_in_lrs(), 0);
}

/* --- SGIs --------------------------------------------------------------------------------------- */

#define SGI1R(aff3, aff2, aff1, range, list, intid) ((u64)(aff3) << 48 | (u64)(range) << 44 | (u64)(aff2) << 32 | \
						     (u64)(intid) << 24 | (aff1) << 16 | (list))

static u32 sgis_of(u32 cpu)
{
	return pcpus[cpu].arch.sgi.from[0];
}

static void sgis_go_by_affinity_and_range(void **state)
{
	vsgi_write_v3(&vcpus[2], SGI1R(0, 0, 0, 0, 1 << 3, 7));
	assert_int_equal(sgis_of(3), 1 << 7);
	assert_int_equal(pcpus[3].arch.kicked, 1);
	/* Aff0 16 is bit 0 of range 1 */
	vsgi_write_v3(&vcpus[2], SGI1R(0, 0, 0, 1, 1, 8));
	assert_int_equal(sgis_of(16), 1 << 8);
	/* Aff1 1, Aff0 1 */
	vsgi_write_v3(&vcpus[2], SGI1R(0, 0, 1, 0, 2, 9));
	assert_int_equal(sgis_of(17), 1 << 9);
	/* to itself, without a detour */
	vsgi_write_v3(&vcpus[2], SGI1R(0, 0, 0, 0, 1 << 2, 1));
	assert_non_null(lr_of(1));
	assert_int_equal(pcpus[2].arch.kicked, 0);
}

static void sgis_reach_nobody_outside_of_the_cell(void **state)
{
	u32 n;

	for (n = 0; n < 16; n++)
		vsgi_write_v3(&vcpus[2], SGI1R(0, 0, n & 1, n & 3, 0xffff & ~(1 << 2), n));
	vsgi_write_v3(&vcpus[2], SGI1R(0xff, 0xff, 0xff, 0xf, 0xffff, 3));
	vsgi_write_v3(&vcpus[2], 1ULL << 40 | 11 << 24);
	for (n = 0; n < CPUS; n++)
		if (!cell_owns_cpu(&cell, n))
			assert_int_equal(sgis_of(n) | pcpus[n].arch.kicked, 0);
	assert_true(sgis_of(3) & 1 << 11 && sgis_of(16) & 1 << 11 && sgis_of(17) & 1 << 11);
	assert_null(lr_of(11));
}

static void sgis_of_gicv2_name_interfaces_and_their_sender(void **state)
{
	gic = &model_v2;
	vsgi_write_v2(&vcpus[2], 0xff << 16 | 6);
	assert_int_equal(pcpus[3].arch.sgi.from[2], 1 << 6);
	assert_int_equal(pcpus[0].arch.kicked, 0);
	assert_int_equal(lr_of(6)->source, 2);
	vsgi_write_v2(&vcpus[2], 1 << 24 | 9);
	assert_int_equal(pcpus[3].arch.sgi.from[2], 1 << 6 | 1 << 9);
	vgic_take_mailbox(&vcpus[3]);
	assert_int_equal(pcpus[3].arch.sgi.from[2], 0);
}

/* --- the distributor ---------------------------------------------------------------------------- */

static enum vdev_result dist(u32 cpu, u32 offset, u32 size, bool is_write, u64 *value)
{
	struct mmio_access a = { .addr = gpa(0x8000000 + offset), .size = size, .is_write = is_write, .value = *value };
	enum vdev_result result = dist_handler(&vcpus[cpu], NULL, &a);

	*value = a.value;
	return result;
}

static u64 dist_read(u32 cpu, u32 offset, u32 size)
{
	u64 value = 0;

	assert_int_equal(dist(cpu, offset, size, false, &value), VDEV_OK);
	return value;
}

static void dist_write(u32 cpu, u32 offset, u32 size, u64 value)
{
	assert_int_equal(dist(cpu, offset, size, true, &value), VDEV_OK);
}

static void a_cell_sees_and_changes_its_own_bits(void **state)
{
	u32 n;

	/* priorities: bytes 40 and 70 */
	memset(distributor + GICD_IPRIORITYR, 0x50, 1024);
	for (n = 32; n < 128; n += 4)
		dist_write(2, GICD_IPRIORITYR + n, 4, 0xa0a0a0a0);
	for (n = 32; n < 128; n++)
		assert_int_equal(distributor[GICD_IPRIORITYR + n], n == 40 || n == 70 ? 0xa0 : 0x50);
	assert_int_equal(dist_read(2, GICD_IPRIORITYR + 40, 4), 0xa0);
	assert_int_equal(dist_read(2, GICD_IPRIORITYR + 41, 1), 0);
	/* enable bits */
	dist_write(2, GICD_ISENABLER + 4, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_ISENABLER + 4), 1 << 8);
	dist_write(2, GICD_ISENABLER + 4, 4, 0);
	mmio_write32(distributor + GICD_ISENABLER + 4, 0xffffffff);
	assert_int_equal(dist_read(2, GICD_ISENABLER + 4, 4), 1 << 8);
	/* two bits each */
	mmio_write32(distributor + GICD_ICFGR + 8, 0x55555555);
	dist_write(2, GICD_ICFGR + 8, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_ICFGR + 8), 0x55555555 | 2 << 16);
}

static void nobody_touches_what_the_hypervisor_needs(void **state)
{
	dist_write(2, GICD_ICENABLER, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER), 0);
	gic = &model_v2;
	dist_write(2, GICD_ICENABLER, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER), ~(1U << GIC_KICK_SGI | 1U << 25));
	dist_write(0, GICD_CTLR, 4, 0);
	dist_write(0, GICD_IGROUPR, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_IGROUPR), 0);
	dist_write(0, GICD_SETSPI_NSR, 4, 40);
	assert_int_equal(mmio_read32(distributor + GICD_SETSPI_NSR), 0);
}

static void routes_name_cpus_of_the_cell(void **state)
{
	u64 value = 0x101;

	assert_int_equal(dist(2, GICD_IROUTER + 40 * 8, 8, true, &value), VDEV_OK);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 40 * 8), 0x101);
	value = 0;
	assert_int_equal(dist(2, GICD_IROUTER + 40 * 8, 8, true, &value), VDEV_DENIED);
	value = 1ULL << 31 | 2;
	assert_int_equal(dist(2, GICD_IROUTER + 40 * 8, 8, true, &value), VDEV_DENIED);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 40 * 8), 0x101);
	/* the lower half alone; another's: ignored */
	dist_write(2, GICD_IROUTER + 40 * 8, 4, 3);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 40 * 8), 3);
	dist_write(2, GICD_IROUTER + 41 * 8, 8, 3);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 41 * 8), 0);
}

static void targets_name_interfaces_of_the_cell(void **state)
{
	u64 value = 1 << 3;

	gic = &model_v2;
	assert_int_equal(dist(2, GICD_ITARGETSR + 40, 1, true, &value), VDEV_OK);
	assert_int_equal(distributor[GICD_ITARGETSR + 40], 1 << 3);
	value = 1 << 3 | 1;
	assert_int_equal(dist(2, GICD_ITARGETSR + 40, 1, true, &value), VDEV_DENIED);
	value = 0x01010108;	/* bytes of others do not count */
	assert_int_equal(dist(2, GICD_ITARGETSR + 40, 4, true, &value), VDEV_OK);
	assert_int_equal(mmio_read32(distributor + GICD_ITARGETSR + 40), 8);
}

static void every_offset_and_width_is_answered(void **state)
{
	u32 offset, size;
	u64 value;

	for (offset = 0; offset < 0x10000; offset++)
		for (size = 1; size <= 8; size *= 2) {
			value = ~0ULL;
			dist(2, offset, size, offset & 1 << 4, &value);
		}
}

/* --- a cell's interrupts change hands ------------------------------------------------------------ */

static void interrupts_are_off_when_they_change_hands(void **state)
{
	root.arch.irqs[1] = root.arch.irqs[2] = ~0U;
	subsys_vgic.cell_commit((struct mgmt_token){ &vcpus[0] }, &sys, &cell);
	assert_int_equal(root.arch.irqs[1], ~(1U << 8));
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER + 4), 1 << 8);
	assert_int_equal(mmio_read32(distributor + GICD_ICACTIVER + 8), 1 << 6);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 40 * 8), 2);
}

/* --- PSCI ------------------------------------------------------------------------------------------ */

static s64 call(u32 cpu, u64 fn, u64 a1, u64 a2, u64 a3)
{
	u64 x[8] = { fn, a1, a2, a3 };

	vpsci_call(&vcpus[cpu], x);
	return x[0];
}

static void a_cpu_is_switched_on_once_and_with_its_context(void **state)
{
	pcpus[3].arch.psci.state = PSCI_OFF;
	assert_int_equal(call(2, 0xc4000003, 3, 0x1000, 0xabc), 0);
	assert_int_equal(pcpus[3].arch.psci.entry, 0x1000);
	assert_int_equal(pcpus[3].arch.psci.context, 0xabc);
	assert_int_equal(pcpus[3].ctrl.requests, CPU_REQ_ARCH_START);
	assert_int_equal(call(2, 0xc4000003, 3, 0x2000, 0), -5);
	assert_int_equal(pcpus[3].arch.psci.entry, 0x1000);
	assert_int_equal(call(2, 0xc4000004, 3, 0, 0), 2);
	pcpus[3].arch.psci.state = PSCI_ON;
	assert_int_equal(call(2, 0xc4000003, 3, 0, 0), -4);
	assert_int_equal(call(2, 0xc4000004, 3, 0, 0), 0);
}

static void cpus_of_others_are_denied(void **state)
{
	pcpus[0].arch.psci.state = PSCI_OFF;
	assert_int_equal(call(2, 0xc4000003, 0, 0x1000, 0), -3);
	assert_int_equal(call(2, 0xc4000003, 1ULL << 31 | 3, 0x1000, 0), -3);
	assert_int_equal(call(2, 0xc4000004, 0, 0, 0), -2);
	assert_int_equal(call(0, 0xc4000003, 3, 0x1000, 0), -3);
	assert_int_equal(pcpus[0].ctrl.requests | pcpus[3].ctrl.requests, 0);
}

static void off_parks_and_the_end_of_a_cell_is_its_own(void **state)
{
	call(3, 0x84000002, 0, 0, 0);
	assert_true(pcpus[3].parked);
	assert_int_equal(pcpus[3].arch.psci.state, PSCI_OFF);
	call(2, 0x84000008, 0, 0, 0);
	assert_int_equal(cell.hv_state, JAILHOUSE_CELL_SHUT_DOWN);
	assert_int_equal(smc_calls, 0);
	assert_int_equal(pcpus[16].ctrl.requests, CPU_REQ_PARK);
	assert_int_equal(pcpus[0].ctrl.requests, 0);
	/* the machine's is root's */
	call(0, 0x84000009, 0, 0, 0);
	assert_int_equal(last_smc, 0x84000009);
}

static void unknown_calls_are_not_supported(void **state)
{
	static const u64 unknown[] = {
		0, 0x12345678, 0x8400001e, 0xc400001e, 0x84000020, 0xc4000021, 0x82000001, 0xc2000001, 0x83000000, 0x85000000,
		0x86000000, 0xbf00ff01, 0x8000ffff, 0x80000002, 0xc0000000, 0xffffffff, 0x95c1ba60,
	};
	u32 n;

	for (n = 0; n < ARRAY_SIZE(unknown); n++)
		assert_int_equal(call(2, unknown[n], 0, 0, 0), -1);
	assert_int_equal(smc_calls, 0);
	assert_int_equal(call(2, 0x84000000, 0, 0, 0), 0x10001);
	assert_int_equal(call(2, 0x80000000, 0, 0, 0), 0x10001);
	assert_int_equal(call(2, 0x8400000a, 0x84000008, 0, 0), 0);
	assert_int_equal(call(2, 0x8400000a, 0x84000012, 0, 0), -1);
	/* root's firmware: clocks and the like, but nothing that calls back */
	assert_int_equal(call(0, 0xc2000001, 0, 0, 0), 77);
	assert_int_equal(call(0, 0xc4000021, 0, 0, 0), -1);
}

static void workarounds_are_the_firmwares(void **state)
{
	assert_int_equal(call(2, 0x80000001, 0x80008000, 0, 0), 77);
	assert_int_equal(call(2, 0x80008000, 0, 0, 0), 77);
	assert_int_equal(smc_calls, 2);
	assert_int_equal(call(2, 0x80000001, 0x80000001, 0, 0), 0);
	assert_int_equal(call(2, 0x80000001, 0x80000050, 0, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(overflow_loses_nothing_and_the_most_urgent_comes_first, setup),
		cmocka_unit_test_setup(a_newcomer_takes_the_place_of_the_least_urgent, setup),
		cmocka_unit_test_setup(an_active_list_register_is_never_taken_away, setup),
		cmocka_unit_test_setup(an_sgi_is_pending_once, setup),
		cmocka_unit_test_setup(a_reset_ends_what_was_active, setup),
		cmocka_unit_test_setup(sgis_go_by_affinity_and_range, setup),
		cmocka_unit_test_setup(sgis_reach_nobody_outside_of_the_cell, setup),
		cmocka_unit_test_setup(sgis_of_gicv2_name_interfaces_and_their_sender, setup),
		cmocka_unit_test_setup(a_cell_sees_and_changes_its_own_bits, setup),
		cmocka_unit_test_setup(nobody_touches_what_the_hypervisor_needs, setup),
		cmocka_unit_test_setup(routes_name_cpus_of_the_cell, setup),
		cmocka_unit_test_setup(targets_name_interfaces_of_the_cell, setup),
		cmocka_unit_test_setup(every_offset_and_width_is_answered, setup),
		cmocka_unit_test_setup(interrupts_are_off_when_they_change_hands, setup),
		cmocka_unit_test_setup(a_cpu_is_switched_on_once_and_with_its_context, setup),
		cmocka_unit_test_setup(cpus_of_others_are_denied, setup),
		cmocka_unit_test_setup(off_parks_and_the_end_of_a_cell_is_its_own, setup),
		cmocka_unit_test_setup(unknown_calls_are_not_supported, setup),
		cmocka_unit_test_setup(workarounds_are_the_firmwares, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
