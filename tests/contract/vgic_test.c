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
static u8 distributor[0x10000], redistributors[4 * GICR_STRIDE];
static u32 dist_busy, redist_busy, hasty_writes;
static struct gic_lr lrs[LRS];
static bool underflow, refuses;
static u32 deactivated[8], num_deactivated;
static u64 smc_calls, last_smc;
static u32 states, waits, log_lines, ended_when_posted;

volatile u8 *arm_gicd = distributor, *arm_gicc, *arm_gich, *arm_gicr = redistributors;
u32 arm_gicr_stride = GICR_STRIDE, arm_gicr_count = 4;
u64 arm_gicr_size;
const struct gic_ops *gic;

static bool is_at(const volatile void *p, const u8 *base, u32 first, u32 end)
{
	return (u64)p - (u64)base >= first && (u64)p - (u64)base < end;
}

/* A controller that takes its time: a register that says so does until it has been read three times. */
u64 fake_mmio_read(const volatile void *p, unsigned int size)
{
	u64 value = 0;

	memcpy(&value, (const void *)p, size);
	if (is_at(p, distributor, GICD_CTLR, GICD_CTLR + 4) && dist_busy && --dist_busy)
		value |= GICD_CTLR_RWP;
	if (is_at(p, redistributors + 2 * GICR_STRIDE, GICR_CTLR, GICR_CTLR + 4) && redist_busy && --redist_busy)
		value |= GICR_CTLR_RWP;
	return value;
}

void fake_mmio_write(volatile void *p, unsigned int size, u64 value)
{
	if (is_at(p, distributor, GICD_ICENABLER, GICD_ICENABLER + 0x80))
		dist_busy = 4;
	if (is_at(p, distributor, GICD_ICPENDR, GICD_ICPENDR + 0x80) || is_at(p, distributor, GICD_ICACTIVER, GICD_ICACTIVER + 0x80))
		hasty_writes += dist_busy + redist_busy;
	memcpy((void *)p, &value, size);
}

static bool is_used(u32 n)
{
	return lrs[n].pending || lrs[n].active;
}

/* Two with one number are UNPREDICTABLE (IHI 0048, 5.3.11). */
static void check_numbers(void)
{
	u32 n, other;

	for (n = 0; n < LRS; n++)
		for (other = 0; other < n; other++)
			if (is_used(n) && is_used(other) && lrs[n].intid == lrs[other].intid)
				fail_msg("interrupt %u is in two list registers", lrs[n].intid);
}

static bool inject_where(bool told, u32 intid, u8 priority, u8 source)
{
	u32 n;

	for (n = 0; n < LRS; n++) {
		if (refuses || is_used(n) || lrs[n].tells_end != told)
			continue;
		lrs[n] = (struct gic_lr){ .intid = intid, .priority = priority, .source = source, .pending = true };
		check_numbers();
		return true;
	}
	return false;
}

/* One that told its end is not empty, and goes on telling until it is used. */
static bool model_inject(u32 intid, u8 priority, u8 source)
{
	return inject_where(true, intid, priority, source) || inject_where(false, intid, priority, source);
}

static bool model_inject_first(struct vcpu *v, u32 intid, u8 source)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		if (is_used(n) || lrs[n].tells_end)
			return false;
	return !v->arch.vgic.waiting && model_inject(intid, distributor[GICD_IPRIORITYR + intid], source);
}

static bool model_read_lr(u32 n, struct gic_lr *lr)
{
	*lr = lrs[n];
	return lr->pending || lr->active;
}

static void model_write_lr(u32 n, const struct gic_lr *lr)
{
	lrs[n] = *lr;
	check_numbers();
}

static void model_clear_lr(u32 n) { lrs[n] = (struct gic_lr){ 0 }; }
static void model_underflow(bool on) { underflow = on; }
static void model_deactivate(u32 raw) { deactivated[num_deactivated++ % 8] = raw; }
static void model_reset(struct vcpu *v) { memset(lrs, 0, sizeof(lrs)); underflow = false; }
static u32 model_read(struct vcpu *v, u32 reg, u32 offset) { return mmio_read32(arm_gicd + reg + offset); }
static void model_write(struct vcpu *v, u32 reg, u32 offset, u32 value)
{
	mmio_write32(arm_gicd + reg + offset, value);
	if (reg == GICD_ICENABLER && !offset && gic->version == 3) {
		redist_busy = 4;
		dist_busy = 0;
	}
}

#define MODEL(v) { .version = v, .inject = model_inject, .inject_first = model_inject_first, .read_lr = model_read_lr, .write_lr = model_write_lr,	\
		   .clear_lr = model_clear_lr, .set_underflow = model_underflow, .deactivate = model_deactivate,	\
		   .reset_interface = model_reset, .read_irq = model_read, .write_irq = model_write }
static const struct gic_ops model_v3 = MODEL(3), model_v2 = MODEL(2);

/* --- what vdev uses of the core and of hal ---------------------------------------------------- */

static struct { u64 start, size; mmio_handler_t handler; } regions[8];
static u32 num_regions, failing_region;
#define NONE_FAILS	99

int mmio_register(struct cell *c, u64 start, u64 size, mmio_handler_t h, void *arg)
{
	if (num_regions == failing_region)
		return -HV_ENOMEM;
	regions[num_regions].start = start;
	regions[num_regions].size = size;
	regions[num_regions++].handler = h;
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
void cpu_post(struct pcpu *target, enum cpu_request req) { target->ctrl.requests |= req; ended_when_posted += cell.arch.ended; }
void comm_set_state(struct cell *c, u32 state) { c->hv_state = state; }
void status_update(struct system *s) { states++; }
void log_printf(const char *fmt, ...) { log_lines++; }
void arm_wait(void) { waits++; }
void arch_cpu_relax(void) { memset(redistributors, 0, sizeof(redistributors)); }	/* a write is complete */
static u32 own_workaround;
u32 arm_own_workaround(void) { return own_workaround; }
unsigned long arm_workaround(u32 fn) { smc_calls++; last_smc = fn; return 88; }
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
	memset(redistributors, 0, sizeof(redistributors));
	memset(&root, 0, sizeof(root));
	memset(&cell, 0, sizeof(cell));
	num_deactivated = smc_calls = states = waits = num_regions = log_lines = ended_when_posted = 0;
	dist_busy = redist_busy = hasty_writes = 0;
	failing_region = NONE_FAILS;
	underflow = refuses = false;
	gic = &model_v3;
	vgic_maintenance_irq = 25;
	config.platform_info.arm.gicd_base = 0x8000000;
	config.platform_info.arm.gicr_base = 0x80a0000;
	config.platform_info.arm.gich_base = 0x8030000;
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
		vcpus[n].arch.vgic.redistributor = n < 4 ? redistributors + n * GICR_STRIDE : NULL;
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

static void end_of(struct gic_lr *lr)
{
	lr->pending = lr->active = false;
	if (lr->tells_end || (underflow && pending_in_lrs() <= 1))
		vgic_refill(&vcpus[2]);
	if (!is_used(lr - lrs))
		assert_false(lr->tells_end);
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
	end_of(best);
	return intid;
}

/* --- delivery ---------------------------------------------------------------------------------- */

static void overflow_loses_nothing_and_the_most_urgent_comes_first(void **state)
{
	u32 n, last = 0, taken;

	for (n = 0; n < 64; n++) {
		set_priority(32 + n, (n * 37 % 64) << 2);
		vgic_deliver(&vcpus[2], 32 + n, 0);
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
		vgic_deliver(&vcpus[2], 40 + n, 0);
	}
	set_priority(60, 0x90);
	vgic_deliver(&vcpus[2], 60, 0);
	assert_true(underflow);
	assert_non_null(lr_of(60));
	assert_null(lr_of(43));
	assert_true(vcpus[2].arch.vgic.pending[0] >> 43 & 1);
	set_priority(61, 0xf0);
	vgic_deliver(&vcpus[2], 61, 0);
	assert_null(lr_of(61));
}

static void an_active_list_register_is_never_taken_away(void **state)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		lrs[n] = (struct gic_lr){ .intid = 40 + n, .priority = 0xf8, .active = true };
	vgic_deliver(&vcpus[2], 60, 0);
	for (n = 0; n < LRS; n++)
		assert_true(lrs[n].active && lrs[n].intid == 40 + n);
	assert_true(vcpus[2].arch.vgic.waiting);
}

static void an_sgi_is_pending_once(void **state)
{
	vgic_deliver(&vcpus[2], 5, 0);
	vgic_deliver(&vcpus[2], 5, 0);
	assert_int_equal(pending_in_lrs(), 1);
	*lr_of(5) = (struct gic_lr){ .intid = 5, .active = true };
	vgic_deliver(&vcpus[2], 5, 0);
	assert_true(lr_of(5)->active && lr_of(5)->pending && !lr_of(5)->tells_end);
}

static void occupy_list_registers(void)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		lrs[n] = (struct gic_lr){ .intid = 100 + n, .active = true };
}

/* GICv2 */
static void an_sgi_is_pending_once_for_each_sender_and_in_one_list_register(void **state)
{
	struct gic_lr *lr;
	u32 senders, n;

	gic = &model_v2;
	vgic_deliver(&vcpus[2], 40, 0);
	vgic_deliver(&vcpus[2], 5, 1);
	lr = lr_of(5);
	lr->active = true;
	lr->pending = false;
	/* the first list register is empty when another sender comes */
	assert_int_equal(guest_takes(), 40);
	for (n = 0; n < 2; n++) {
		vgic_deliver(&vcpus[2], 5, 3);
		vgic_deliver(&vcpus[2], 5, 6);
	}
	assert_true(lr->active && !lr->pending && lr->source == 1 && !underflow);
	assert_true(lr->tells_end && vcpus[2].arch.vgic.waiting);
	/* the same again beside those that wait, and of another number */
	vgic_deliver(&vcpus[2], 5, 1);
	assert_true(lr->active && lr->pending && lr->source == 1);
	vgic_deliver(&vcpus[2], 6, 3);
	assert_int_equal(pending_in_lrs(), 2);
	lr->active = false;
	for (senders = 0; (lr = lr_of(5)); end_of(lr)) {
		assert_true(lr->pending && !lr->active && !(senders >> lr->source & 1));
		senders |= 1 << lr->source;
	}
	assert_int_equal(senders, 1 << 1 | 1 << 3 | 1 << 6);
	assert_false(vcpus[2].arch.vgic.waiting);
	assert_int_equal(guest_takes(), 6);
	assert_int_equal(guest_takes(), GIC_SPURIOUS);
	/* as before: an empty interface */
	assert_true(model_inject_first(&vcpus[2], 7, 0));
}

/* The one that the others are behind has to make room. */
static void sgis_behind_one_that_makes_room_are_not_lost(void **state)
{
	u32 n, taken[8] = { 0 };

	gic = &model_v2;
	set_priority(5, 0xf0);
	for (n = 3; n--;)
		vgic_deliver(&vcpus[2], 5, n);
	for (n = 0; n < LRS; n++)
		vgic_deliver(&vcpus[2], 40 + n, 0);
	assert_null(lr_of(5));
	assert_true(underflow);
	for (n = 0; n < LRS; n++)
		assert_false(lrs[n].tells_end);
	for (n = 0; n < LRS; n++)
		assert_in_range(guest_takes(), 40, 40 + LRS - 1);
	for (n = 0; n < 3; n++) {
		assert_non_null(lr_of(5));
		taken[lr_of(5)->source]++;
		assert_int_equal(guest_takes(), 5);
	}
	assert_true(taken[0] == 1 && taken[1] == 1 && taken[2] == 1);
	assert_int_equal(guest_takes(), GIC_SPURIOUS);
	assert_false(underflow || vcpus[2].arch.vgic.waiting);
}

/* The guest may have made it more urgent meanwhile: what is behind it is looked at before it is put out. */
static void sgis_behind_one_of_another_priority_are_not_lost(void **state)
{
	u32 n;

	gic = &model_v2;
	for (n = 0; n < LRS - 1; n++)
		lrs[n] = (struct gic_lr){ .intid = 100 + n, .active = true };
	set_priority(5, 0xf0);
	vgic_deliver(&vcpus[2], 5, 0);
	set_priority(5, 0x10);
	vgic_deliver(&vcpus[2], 5, 1);
	set_priority(60, 0x80);
	vgic_deliver(&vcpus[2], 60, 0);
	assert_null(lr_of(5));
	for (n = 0; n < LRS; n++)
		if (is_used(n))
			end_of(&lrs[n]);
	assert_int_equal(guest_takes(), 5);
	assert_int_equal(guest_takes(), 5);
	assert_int_equal(guest_takes(), GIC_SPURIOUS);
	assert_false(underflow || vcpus[2].arch.vgic.waiting);
}

/* What is in a list register joins it, whoever else waits. */
static void what_is_in_a_list_register_comes_once(void **state)
{
	u32 n;

	gic = &model_v2;
	vgic_deliver(&vcpus[2], 5, 3);
	vgic_deliver(&vcpus[2], 5, 1);
	vgic_deliver(&vcpus[2], 5, 3);
	for (n = 0; n < 2; n++)
		assert_int_equal(guest_takes(), 5);
	assert_int_equal(guest_takes(), GIC_SPURIOUS);
	gic = &model_v3;
	for (n = 0; n < LRS - 1; n++)
		lrs[n] = (struct gic_lr){ .intid = 100 + n, .active = true };
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST, 0);
	lrs[LRS - 1].priority = 0;
	vgic_deliver(&vcpus[2], 60, 0);
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST, 0);
	for (n = 0; n < VGIC_LPIS; n++)
		assert_int_equal(vcpus[2].arch.vgic.lpis[n], 0);
}

/* What has become free counts before an LPI is said to be one too many. */
static void an_lpi_is_not_lost_while_list_registers_are_free(void **state)
{
	u32 n;

	occupy_list_registers();
	for (n = 0; n < VGIC_LPIS; n++)
		vgic_deliver(&vcpus[2], GIC_LPI_FIRST + n, 0);
	lrs[0] = lrs[1] = (struct gic_lr){ 0 };
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST + VGIC_LPIS, 0);
	for (n = 0; n < VGIC_LPIS && vcpus[2].arch.vgic.lpis[n] != GIC_LPI_FIRST + VGIC_LPIS; n++)
		;
	assert_true(n < VGIC_LPIS || lr_of(GIC_LPI_FIRST + VGIC_LPIS));
}

/* One that waits behind another number's end is no reason for a newcomer to come twice. */
static void what_waits_and_comes_again_is_in_one_list_register(void **state)
{
	gic = &model_v2;
	refuses = true;
	vgic_deliver(&vcpus[2], 5, 1);
	refuses = false;
	vgic_deliver(&vcpus[2], 5, 1);
	assert_int_equal(pending_in_lrs(), 1);
	assert_false(vcpus[2].arch.vgic.waiting);
}


static void sgis_and_lpis_wait_too_and_come_once(void **state)
{
	struct vgic_cpu *g = &vcpus[2].arch.vgic;

	occupy_list_registers();
	set_priority(5, 0x80);
	set_priority(6, 0x10);
	vgic_deliver(&vcpus[2], 5, 0);
	vgic_deliver(&vcpus[2], 6, 0);
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST, 0);
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST + 1, 0);
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST, 0);
	assert_true(underflow && g->waiting);
	lrs[0] = lrs[1] = (struct gic_lr){ 0 };
	vgic_refill(&vcpus[2]);
	assert_int_equal(lr_of(6)->priority, 0x10);
	assert_int_equal(lr_of(5)->priority, 0x80);
	assert_true(underflow && g->waiting);
	memset(lrs, 0, sizeof(lrs));
	vgic_refill(&vcpus[2]);
	/* an LPI's priority stands in a table in root's memory: it is the usual one */
	assert_int_equal(lr_of(GIC_LPI_FIRST)->priority, 0xa0);
	assert_non_null(lr_of(GIC_LPI_FIRST + 1));
	assert_int_equal(pending_in_lrs(), 2);
	assert_false(underflow || g->waiting);
	/* in a list register it is there once as well */
	vgic_deliver(&vcpus[2], GIC_LPI_FIRST, 0);
	assert_int_equal(pending_in_lrs(), 2);
}

static void an_sgi_that_waits_joins_the_one_in_a_list_register(void **state)
{
	gic = &model_v2;
	occupy_list_registers();
	vgic_deliver(&vcpus[2], 5, 3);
	vgic_deliver(&vcpus[2], 5, 4);
	vgic_deliver(&vcpus[2], 15, 4);
	lrs[0] = lrs[1] = lrs[2] = (struct gic_lr){ 0 };
	vgic_deliver(&vcpus[2], 5, 3);
	assert_int_equal(pending_in_lrs(), 2);
	assert_true(lrs[0].intid == 5 && lrs[0].source == 3 && lrs[0].tells_end);
	assert_true(lrs[1].intid == 15 && lrs[1].source == 4);
	end_of(&lrs[0]);
	assert_true(lrs[0].intid == 5 && lrs[0].source == 4 && !lrs[0].tells_end);
	assert_int_equal(vcpus[2].arch.vgic.sgis[3] | vcpus[2].arch.vgic.sgis[4], 0);
}

static void lpis_beyond_the_places_do_not_spoil_those_that_wait(void **state)
{
	u32 n;

	occupy_list_registers();
	for (n = 0; n < VGIC_LPIS + 3; n++)
		vgic_deliver(&vcpus[2], GIC_LPI_FIRST + n, 0);
	memset(lrs, 0, sizeof(lrs));
	vgic_refill(&vcpus[2]);
	for (n = 0; guest_takes() != GIC_SPURIOUS; n++)
		;
	assert_int_equal(n, VGIC_LPIS);
}

static void a_free_list_register_gives_nothing_back(void **state)
{
	refuses = true;
	vgic_deliver(&vcpus[2], 60, 0);
	assert_int_equal(pending_in_lrs(), 0);
	assert_true(vcpus[2].arch.vgic.pending[0] >> 60 & 1);
	assert_int_equal(vcpus[2].arch.vgic.sgis[0], 0);
}

static void a_reset_ends_spis_and_ppis_alone(void **state)
{
	lrs[0] = (struct gic_lr){ .intid = 3, .pending = true };
	lrs[1] = (struct gic_lr){ .intid = GIC_LPI_FIRST, .active = true };
	lrs[3] = (struct gic_lr){ .intid = 27, .active = true };
	mmio_write32(vcpus[2].arch.vgic.redistributor + GICR_CTLR, GICR_CTLR_RWP);
	vgic_quiesce(&vcpus[2], QUIESCE_SWITCHED_ON);
	assert_int_equal(num_deactivated, 1);
	assert_int_equal(deactivated[0], 27);
	/* what the hypervisor needs stays enabled */
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER), ~(1U << GIC_KICK_SGI | 1U << 25));
	assert_int_equal(mmio_read32(distributor + GICD_ISENABLER), 1U << GIC_KICK_SGI | 1U << 25);
}

static void a_reset_ends_what_was_active(void **state)
{
	u32 n;

	for (n = 0; n < LRS + 2; n++)
		vgic_deliver(&vcpus[2], 40 + n, 0);
	vcpus[2].arch.vgic.sgis[0] = 1 << 3;
	pcpus[2].arch.sgi.from[0] = 1 << 4;
	vgic_quiesce(&vcpus[2], QUIESCE_SWITCHED_ON);
	assert_int_equal(num_deactivated, LRS + 2);
	assert_int_equal(pending_in_lrs(), 0);
	assert_false(vcpus[2].arch.vgic.waiting);
	vgic_take_mailbox(&vcpus[2]);
	vgic_refill(&vcpus[2]);
	assert_int_equal(pending_in_lrs(), 0);
}

static void what_waits_comes_before_a_newcomer_of_less_urgency(void **state)
{
	u32 n;

	for (n = 0; n < LRS; n++)
		lrs[n] = (struct gic_lr){ .intid = 40 + n, .priority = 0x10, .active = true };
	set_priority(50, 0x80);
	set_priority(60, 0xf0);
	vgic_deliver(&vcpus[2], 50, 0);
	lrs[1].active = false;
	vgic_deliver(&vcpus[2], 60, 0);
	assert_non_null(lr_of(50));
	assert_null(lr_of(60));
	/* alone, it is still behind those that wait */
	lrs[0].active = lrs[1].pending = lrs[2].active = lrs[3].active = false;
	vcpus[2].arch.vgic.pending[0] |= 1ULL << 50;
	set_priority(61, 0xf8);
	vgic_deliver(&vcpus[2], 61, 0);
	assert_true(lr_of(50) && lr_of(60) && lr_of(61));
}

/* The guest has deactivated it in the distributor, and it comes again: two list registers may not name it. */
static void an_interrupt_is_in_one_list_register(void **state)
{
	vgic_deliver(&vcpus[2], 40, 0);
	vgic_deliver(&vcpus[2], 40, 0);
	assert_int_equal(pending_in_lrs(), 1);
	*lr_of(40) = (struct gic_lr){ .intid = 40, .active = true };
	vgic_deliver(&vcpus[2], 40, 0);
	assert_int_equal(pending_in_lrs(), 1);
	assert_false(lr_of(40)->active);	/* of a physical one, both is not allowed */
	/* it waits, too */
	vcpus[2].arch.vgic.pending[0] |= 1ULL << 40;
	vcpus[2].arch.vgic.waiting = true;
	vgic_refill(&vcpus[2]);
	assert_int_equal(pending_in_lrs(), 1);
	assert_false(vcpus[2].arch.vgic.waiting);
}

/* 40 is the cell's, 41 is not; 27 is the CPU's own. */
static void deliver_three(void)
{
	vgic_deliver(&vcpus[2], 40, 0);
	vgic_deliver(&vcpus[2], 41, 0);
	vgic_deliver(&vcpus[2], 27, 0);
	vcpus[2].arch.vgic.pending[1] |= 3ULL << 6;	/* 70 and 71 */
}

static bool was_deactivated(u32 intid)
{
	u32 n;

	for (n = 0; n < num_deactivated; n++)
		if (deactivated[n] == intid)
			return true;
	return false;
}

static void what_is_given_away_is_forgotten_and_left_alone(void **state)
{
	deliver_three();
	vgic_quiesce(&vcpus[2], QUIESCE_FOREIGN);
	assert_true(lr_of(40) && lr_of(27) && !lr_of(41));
	assert_int_equal(vcpus[2].arch.vgic.pending[1], 1 << 6);
	/* its new owner may have it already */
	assert_int_equal(num_deactivated, 0);
}

static void a_reset_ends_what_nobody_else_can_have(void **state)
{
	deliver_three();
	vgic_quiesce(&vcpus[2], QUIESCE_RESET);
	assert_true(was_deactivated(41) && was_deactivated(71) && was_deactivated(27));
	assert_false(was_deactivated(40) || was_deactivated(70));
	assert_int_equal(pending_in_lrs(), 0);
	deliver_three();
	vgic_quiesce(&vcpus[2], QUIESCE_SWITCHED_ON);
	assert_true(was_deactivated(40) && was_deactivated(70));
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

static void filters_of_gicv2_are_those_of_the_manual(void **state)
{
	gic = &model_v2;
	vsgi_write_v2(&vcpus[2], 2 << 24 | 0xff << 16 | 7);	/* itself, whatever the list says */
	assert_int_equal(lr_of(7)->source, 2);
	vsgi_write_v2(&vcpus[2], 1 << 2 << 16 | 7);
	vsgi_write_v2(&vcpus[2], 3 << 24 | 0xff << 16 | 8);	/* reserved */
	assert_int_equal(pending_in_lrs(), 1);
	assert_int_equal(pcpus[3].arch.kicked, 0);
	/* a CPU without an interface of its own is named by none, and sends as the first */
	vsgi_write_v2(&vcpus[16], 1 << 24 | 9);
	assert_int_equal(pcpus[3].arch.sgi.from[0], 1 << 9);
}

/* --- the distributor ---------------------------------------------------------------------------- */

static enum vdev_result dist(u32 cpu, u32 offset, u32 size, bool is_write, u64 *value)
{
	struct mmio_access a = { .addr = gpa(0x8000000 + offset), .size = size, .is_write = is_write, .value = *value };
	enum vdev_result result = regions[0].handler(&vcpus[cpu], NULL, &a);

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
	value = 0x555;	/* no CPU at all */
	assert_int_equal(dist(2, GICD_IROUTER + 40 * 8, 8, true, &value), VDEV_DENIED);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 40 * 8), 3);
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

static void targets_of_private_interrupts_are_read_only(void **state)
{
	u64 value = 0xff;

	gic = &model_v2;
	memset(distributor + GICD_ITARGETSR, 1 << 2, GIC_SPI_FIRST);
	assert_int_equal(dist_read(2, GICD_ITARGETSR, 4), 0x04040404);
	assert_int_equal(dist_read(2, GICD_ITARGETSR + 31, 1), 4);
	dist_write(2, GICD_ITARGETSR + 8, 4, 0xffffffff);
	assert_int_equal(mmio_read32(distributor + GICD_ITARGETSR + 8), 0x04040404);
	assert_int_equal(dist(2, GICD_ITARGETSR + 40, 2, true, &value), VDEV_DENIED);
	/* of others there is nothing to be seen */
	memset(distributor + GICD_ITARGETSR + 40, 1 << 3, 4);
	assert_int_equal(dist_read(2, GICD_ITARGETSR + 40, 4), 8);
}

static void sgis_are_sent_by_whole_words(void **state)
{
	u64 value = 2 << 24 | 7;

	gic = &model_v2;
	assert_int_equal(dist(2, GICD_SGIR, 1, true, &value), VDEV_DENIED);
	assert_null(lr_of(7));
	dist_write(2, GICD_SGIR, 4, 2 << 24 | 7);
	assert_non_null(lr_of(7));
	mmio_write32(distributor + GICD_SGIR, 0x1234);
	assert_int_equal(dist_read(2, GICD_SGIR, 4), 0);
}

static void words_of_single_bits_go_the_short_way(void **state)
{
	static const u64 others[] = {
		GICD_CTLR, GICD_ISENABLER - 4, GICD_ISENABLER, GICD_ICACTIVER, GICD_ICPENDR + 5, GICD_IPRIORITYR, GICD_IROUTER, ~0ULL - 3, ~0ULL,
	};
	u32 n, value = 0xffffffff;

	for (n = 0; n < ARRAY_SIZE(others); n++)
		assert_false(vgic_fast_access(&vcpus[2], others[n], n & 1, &value));
	assert_true(vgic_fast_access(&vcpus[2], GICD_ISENABLER + 4, true, &value));
	assert_int_equal(mmio_read32(distributor + GICD_ISENABLER + 4), 1 << 8);
	mmio_write32(distributor + GICD_ISPENDR + 8, 0xffffffff);
	assert_true(vgic_fast_access(&vcpus[2], GICD_ISPENDR + 8, false, &value));
	assert_int_equal(value, 1 << 6);
}

/* Registers that a cell may change, with their number of bits for each interrupt, and in which version they are. */
static const struct { u32 start, bits, first_version, last_version; } moderated[] = {
	{ GICD_ISENABLER, 1, 2, 3 }, { GICD_ICENABLER, 1, 2, 3 }, { GICD_ISPENDR, 1, 2, 3 }, { GICD_ICPENDR, 1, 2, 3 },
	{ GICD_ISACTIVER, 1, 2, 3 }, { GICD_ICACTIVER, 1, 2, 3 }, { GICD_IPRIORITYR, 8, 2, 3 }, { GICD_ITARGETSR, 8, 2, 2 },
	{ GICD_ICFGR, 2, 2, 3 }, { GICD_IROUTER, 64, 3, 3 },
};

/* Is one of @count interrupts from @first on the cell's? */
static bool is_cells(u32 first, u32 count, bool private)
{
	if (first < GIC_SPI_FIRST)
		return private;
	return (first <= 40 && 40 < first + count) || (first <= 70 && 70 < first + count);
}

static bool may_change(u32 offset, bool private)
{
	u32 n, at, bits;

	for (n = 0; n < ARRAY_SIZE(moderated); n++) {
		at = offset - moderated[n].start;
		bits = moderated[n].bits;
		if (at >= VGIC_IRQS * bits / 8 || gic->version < moderated[n].first_version || gic->version > moderated[n].last_version)
			continue;
		/* where writing 0 changes nothing, the model keeps the word that was written */
		if (bits == 1)
			return is_cells((at & ~3U) * 8, 32, private);
		return is_cells(at * 8 / bits, bits < 8 ? 8 / bits : 1, private && moderated[n].start != GICD_ITARGETSR && bits != 2);
	}
	return false;
}

static void try_everything(u32 from, u32 to, bool private)
{
	static u8 before[sizeof(distributor)];
	u32 offset, size, n;
	u64 value;

	memset(distributor, 0x5a, sizeof(distributor));
	memcpy(before, distributor, sizeof(before));
	for (offset = from; offset < to; offset++)
		for (size = 1; size <= 8; size *= 2)
			for (n = 0; n < 4; n++) {
				value = n & 2 ? ~0ULL : 0x0408040804080408ULL;
				dist(2, offset, size, n & 1, &value);
			}
	for (n = 0; n < sizeof(before); n++)
		assert_true(before[n] == distributor[n] || may_change(n, private));
}

static void every_offset_and_width_is_answered_and_changes_nothing_foreign(void **state)
{
	try_everything(0, 0x10000, false);
	gic = &model_v2;
	try_everything(0, 0x1000, true);
	assert_int_equal(vgic_owned(&vcpus[2], VGIC_IRQS), 0);
}

/* --- redistributors ----------------------------------------------------------------------------- */

static enum vdev_result redist(u32 cpu, u32 of, u32 offset, u32 size, bool is_write, u64 *value)
{
	struct mmio_access a = {
		.addr = gpa(0x80a0000 + of * GICR_STRIDE + offset), .size = size, .is_write = is_write, .value = *value,
	};
	enum vdev_result result = regions[1].handler(&vcpus[cpu], NULL, &a);

	*value = a.value;
	return result;
}

static u64 redist_read(u32 cpu, u32 of, u32 offset, u32 size)
{
	u64 value = ~0ULL;

	assert_int_equal(redist(cpu, of, offset, size, false, &value), VDEV_OK);
	return value;
}

static void a_guest_finds_its_own_redistributor(void **state)
{
	u8 *frame = redistributors + 1 * GICR_STRIDE;

	mmio_write64(frame + GICR_TYPER, 0x0000010200000100ULL);
	mmio_write32(frame + GICR_IIDR, 0x43b);
	mmio_write32(frame + 0xffe8, 0x30);
	assert_int_equal(redist_read(2, 1, GICR_TYPER, 8), 0x0000010200000100ULL);
	assert_int_equal(redist_read(2, 1, GICR_TYPER, 4), 0x100);
	assert_int_equal(redist_read(2, 1, GICR_TYPER + 4, 4), 0x102);
	assert_int_equal(redist_read(2, 1, GICR_IIDR, 4), 0x43b);
	assert_int_equal(redist_read(2, 1, 0xffe8, 4), 0x30);
	assert_int_equal(redist_read(2, 1, 0xffe8, 1), 0);
}

static void control_registers_are_read_by_their_cpu_and_written_by_nobody(void **state)
{
	u64 value = ~0ULL;
	u32 n;

	memset(redistributors, 0x5a, sizeof(redistributors));
	for (n = GICR_CTLR; n <= GICR_WAKER; n += GICR_WAKER) {
		assert_int_equal(redist_read(2, 2, n, 4), 0x5a5a5a5a);
		assert_int_equal(redist_read(2, 1, n, 4), 0);
	}
	assert_int_equal(redist_read(2, 2, 0x70, 8), 0);	/* GICR_PROPBASER: tables in memory */
	assert_int_equal(redist_read(2, 2, 0x18, 4), 0);
	for (n = 0; n < GICR_STRIDE; n += 4) {
		assert_int_equal(redist(2, 1, n, 4, true, &value), VDEV_OK);
		if (n < GICR_SGI_FRAME)
			assert_int_equal(redist(2, 2, n, 4, true, &value), VDEV_OK);
	}
	for (n = 0; n < sizeof(redistributors); n++)
		assert_int_equal(redistributors[n], 0x5a);
	assert_int_equal(redist(2, 2, 2, 4, false, &value), VDEV_DENIED);
}

/* The model's private interrupts stand in the distributor's first words. */
static void private_interrupts_are_those_of_the_own_frame(void **state)
{
	u64 value = 0;

	value = 0xffffffff;
	assert_int_equal(redist(2, 2, GICR_SGI_FRAME + GICD_ISENABLER, 4, true, &value), VDEV_OK);
	assert_int_equal(mmio_read32(distributor + GICD_ISENABLER), ~(1U << GIC_KICK_SGI | 1U << 25));
	assert_int_equal(redist_read(2, 2, GICR_SGI_FRAME + GICD_ISENABLER, 4), ~(1U << GIC_KICK_SGI | 1U << 25));
	assert_int_equal(redist(2, 2, GICR_SGI_FRAME + GICD_IPRIORITYR + 27, 1, true, &value), VDEV_OK);
	assert_int_equal(distributor[GICD_IPRIORITYR + 27], 0xff);
	assert_int_equal(redist(2, 2, GICR_SGI_FRAME + GICD_ISENABLER, 2, true, &value), VDEV_DENIED);
	/* not another's, not SPIs, not what lies behind */
	mmio_write32(distributor + GICD_ICENABLER, 0);
	assert_int_equal(redist(2, 3, GICR_SGI_FRAME + GICD_ICENABLER, 4, true, &value), VDEV_OK);
	assert_int_equal(redist_read(2, 3, GICR_SGI_FRAME + GICD_ISENABLER, 4), 0);
	assert_int_equal(redist_read(2, 2, GICR_SGI_FRAME + GICD_ISENABLER + 4, 4), 0);
	assert_int_equal(redist_read(2, 2, GICR_SGI_FRAME + 0x0e00, 4), 0);
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER), 0);
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
	assert_int_equal(hasty_writes, 0);
	vgic_quiesce(&vcpus[2], QUIESCE_RESET);
	assert_int_equal(hasty_writes, 0);
	/* GICv2 has none, nor has its CPU the address of one */
	gic = &model_v2;
	vcpus[2].arch.vgic.redistributor = NULL;
	vgic_quiesce(&vcpus[2], QUIESCE_RESET);
	/* root has no commit of its own */
	subsys_vgic.cell_commit((struct mgmt_token){ &vcpus[0] }, &sys, &root);
	assert_int_equal(root.arch.irqs[2], ~(1U << 6));
}

static void root_gets_back_what_its_configuration_has(void **state)
{
	struct jailhouse_irqchip chips[] = {
		{ .address = 0x8000000, .pin_base = 0, .pin_bitmap = { ~0U, 1 << 8, 0, 0 } },
		{ .address = 0x9000000, .pin_base = 32, .pin_bitmap = { ~0U, ~0U, ~0U, ~0U } },
		{ .address = 0x8000000, .pin_base = 992, .pin_bitmap = { ~0U, ~0U, ~0U, ~0U } },
	};

	root.view.irqchips = chips;
	root.view.num_irqchips = ARRAY_SIZE(chips);
	gic = &model_v2;
	mmio_write32(distributor + GICD_ICFGR + 8, 0xffffffff);
	distributor[GICD_IPRIORITYR + 40] = 0x80;
	distributor[GICD_ITARGETSR + 40] = 1 << 3;
	subsys_vgic.cell_release((struct mgmt_token){ &vcpus[0] }, &sys, &cell);
	/* SPI 70 was never root's */
	assert_int_equal(root.arch.irqs[0], 0);
	assert_int_equal(root.arch.irqs[1], 1 << 8);
	assert_int_equal(root.arch.irqs[2], 0);
	assert_int_equal(mmio_read32(distributor + GICD_ICENABLER + 4), 1 << 8);
	assert_int_equal(mmio_read32(distributor + GICD_ICPENDR + 4), 1 << 8);
	/* level-triggered, of the highest priority, for root's first CPU */
	assert_int_equal(mmio_read32(distributor + GICD_ICFGR + 8), ~(3U << 16));
	assert_int_equal(distributor[GICD_IPRIORITYR + 40], 0);
	assert_int_equal(distributor[GICD_ITARGETSR + 40], 1 << 0);
}

static void a_cell_claims_spis_of_the_distributor_alone(void **state)
{
	struct jailhouse_irqchip chips[] = {
		{ .address = 0x8000000, .pin_base = 0, .pin_bitmap = { ~0U, 0, 0, 1 } },
		{ .address = 0x9000000, .pin_base = 32, .pin_bitmap = { ~0U, ~0U, ~0U, ~0U } },
		{ .address = 0x8000000, .pin_base = 992, .pin_bitmap = { 1, ~0U, ~0U, ~0U } },
	};
	struct cell other = { .sys = &sys, .view = { .irqchips = chips, .num_irqchips = ARRAY_SIZE(chips) } };
	u32 n;

	num_regions = 0;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &other), 0);
	for (n = 0; n < ARM_IRQ_WORDS; n++)
		assert_int_equal(other.arch.irqs[n], n == 3 || n == 31);
}

static void what_is_moderated_depends_on_the_controller(void **state)
{
	assert_int_equal(num_regions, 2);
	assert_int_equal(regions[0].size, 0x10000);
	assert_int_equal(regions[1].start, 0x80a0000);
	assert_int_equal(regions[1].size, 4 * GICR_STRIDE);
	for (failing_region = 0; failing_region < 2; failing_region++) {
		num_regions = 0;
		assert_int_equal(subsys_vgic.cell_prepare(&sys, &cell), -HV_ENOMEM);
	}
	gic = &model_v2;
	num_regions = 0;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &cell), 0);
	assert_int_equal(num_regions, 1);
	assert_int_equal(regions[0].size, 0x1000);
}

static void a_stopped_cell_has_its_interrupts_reset(void **state)
{
	distributor[GICD_IPRIORITYR + 70] = 0x80;
	mmio_write64(distributor + GICD_IROUTER + 70 * 8, 3);
	subsys_vgic.cell_reset(&sys, &cell);
	assert_int_equal(distributor[GICD_IPRIORITYR + 70], 0);
	assert_int_equal(mmio_read64(distributor + GICD_IROUTER + 70 * 8), 2);
	assert_int_equal(mmio_read32(distributor + GICD_ICACTIVER + 8), 1 << 6);
}

static void an_its_is_told_of(void **state)
{
	num_regions = 0;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &root), 0);
	assert_int_equal(log_lines, 0);
	mmio_write32(distributor + GICD_TYPER, 1 << 17);
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &root), 0);
	assert_int_equal(log_lines, 1);
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &cell), 0);
	gic = &model_v2;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &root), 0);
	assert_int_equal(log_lines, 1);
}

/* What KVM does to it when a CPU comes has no effect and no line. */
static void the_hypervisors_interface_is_silent_for_root(void **state)
{
	struct mmio_access a = { .addr = gpa(0x8030100), .size = 4, .is_write = true, .value = ~0ULL };

	gic = &model_v2;
	num_regions = 0;
	assert_int_equal(subsys_vgic.cell_prepare(&sys, &root), 0);
	assert_int_equal(num_regions, 2);
	assert_int_equal(regions[1].start, 0x8030000);
	assert_int_equal(regions[1].handler(&vcpus[0], NULL, &a), VDEV_OK);
	a.is_write = false;
	assert_int_equal(regions[1].handler(&vcpus[0], NULL, &a), VDEV_OK);
	assert_int_equal(a.value, 0);
}

static void an_sgi_of_gicv2_takes_no_search(void **state)
{
	u32 value = 2 << 24 | 6;

	assert_false(vgic_fast_access(&vcpus[2], GICD_SGIR, true, &value));
	gic = &model_v2;
	assert_false(vgic_fast_access(&vcpus[2], GICD_SGIR, false, &value));
	assert_null(lr_of(6));
	assert_true(vgic_fast_access(&vcpus[2], GICD_SGIR, true, &value));
	assert_int_equal(lr_of(6)->source, 2);
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

static void arguments_of_32_bit_calls_have_32_bits(void **state)
{
	pcpus[3].arch.psci.state = PSCI_OFF;
	assert_int_equal(call(2, 0x84000004, 0xdead00000003, 0xbeef00000000, 0), 1);
	assert_int_equal(call(2, 0x84000003, 0xdead00000003, 0xdead00001000, 0xbeef00000abc), 0);
	assert_int_equal(pcpus[3].arch.psci.entry, 0x1000);
	assert_int_equal(pcpus[3].arch.psci.context, 0xabc);
	assert_int_equal(call(2, 0xc4000004, 0xdead00000003, 0, 0), -2);
}

static void cpus_of_others_are_denied(void **state)
{
	pcpus[0].arch.psci.state = PSCI_OFF;
	assert_int_equal(call(2, 0xc4000003, 0, 0x1000, 0), -3);
	assert_int_equal(call(2, 0xc4000003, 1ULL << 31 | 3, 0x1000, 0), -3);
	assert_int_equal(call(2, 0xc4000004, 0, 0, 0), -2);
	assert_int_equal(call(2, 0xc4000004, 3, 1, 0), -2);	/* a group of CPUs */
	assert_int_equal(call(0, 0xc4000003, 3, 0x1000, 0), -3);
	assert_int_equal(pcpus[0].ctrl.requests | pcpus[3].ctrl.requests, 0);
}

static void cpus_of_a_cell_are_off_once_it_is_stopped(void **state)
{
	subsys_vgic.cell_reset(&sys, &cell);
	assert_int_equal(pcpus[2].arch.psci.state, PSCI_OFF);
	assert_int_equal(pcpus[3].arch.psci.state, PSCI_OFF);
	assert_int_equal(pcpus[0].arch.psci.state, PSCI_ON);
	assert_int_equal(call(2, 0xc4000003, 3, 0x1000, 0), 0);
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
	/* before the first of them is told, for another one that is being switched on not to start */
	assert_int_equal(ended_when_posted, 3);
	/* the machine's is root's */
	call(0, 0x84000009, 0, 0, 0);
	assert_int_equal(last_smc, 0x84000009);
}

static void a_machine_is_reset_by_root_alone(void **state)
{
	call(2, 0x84000009, 0, 0, 0);
	assert_int_equal(cell.hv_state, JAILHOUSE_CELL_SHUT_DOWN);
	assert_int_equal(states, 1);
	assert_int_equal(call(3, 0x84000012, 0, 0, 0), -1);
	assert_int_equal(smc_calls, 0);
	assert_int_equal(call(0, 0xc4000012, 0, 0, 0), 77);
	assert_int_equal(last_smc, 0xc4000012);
}

static void standby_ends_at_once_when_something_is_pending(void **state)
{
	assert_int_equal(call(2, 0xc4000001, 0, 0, 0), 0);
	assert_int_equal(waits, 1);
	lrs[1] = (struct gic_lr){ .intid = 40, .active = true };
	assert_int_equal(call(2, 0xc4000001, 0, 0, 0), 0);
	assert_int_equal(waits, 2);
	lrs[2] = (struct gic_lr){ .intid = 70, .pending = true };
	assert_int_equal(call(2, 0x84000001, 0, 0, 0), 0);
	assert_int_equal(waits, 2);
	/* in software alone */
	lrs[2].pending = false;
	vcpus[2].arch.vgic.waiting = true;
	assert_int_equal(call(2, 0x84000001, 0, 0, 0), 0);
	assert_int_equal(waits, 2);
	assert_int_equal(smc_calls, 0);
}

static void features_are_those_that_are_answered(void **state)
{
	u32 fn;

	for (fn = 0; fn < 0x20; fn++)
		assert_int_equal(call(2, 0x8400000a, 0x84000000 + fn, 0, 0), fn <= 4 || fn == 6 || (fn >= 8 && fn <= 0xa) ? 0 : -1);
	assert_int_equal(call(2, 0x8400000a, 0xc4000003, 0, 0), 0);
	assert_int_equal(call(2, 0x8400000a, 0x80000000, 0, 0), 0);
	assert_int_equal(call(2, 0x84000006, 0, 0, 0), 2);
}

/* DEN 0028, 5.2: who owns a fast call stands in bits 29 to 24 */
static void root_reaches_its_firmware_but_for_what_calls_back(void **state)
{
	static const u32 roots[] = { 0x82000000, 0xc3001234, 0x84000050, 0xc400005f };
	static const u32 nobodys[] = { 0x02000000, 0x43000000, 0x8400004f, 0xc4000060, 0x81000000, 0x86000001 };
	u32 n;

	for (n = 0; n < ARRAY_SIZE(roots); n++) {
		assert_int_equal(call(0, roots[n], 0, 0, 0), 77);
		assert_int_equal(call(2, roots[n], 0, 0, 0), -1);
	}
	assert_int_equal(smc_calls, ARRAY_SIZE(roots));
	for (n = 0; n < ARRAY_SIZE(nobodys); n++)
		assert_int_equal(call(0, nobodys[n], 0, 0, 0), -1);
	assert_int_equal(smc_calls, ARRAY_SIZE(roots));
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

static void workaround_of_the_cpu_needs_no_firmware(void **state)
{
	own_workaround = 0x80008000;
	assert_int_equal(call(2, 0x80000001, 0x80008000, 0, 0), 0);
	assert_int_equal(smc_calls, 0);
	assert_int_equal(call(2, 0x80000001, 0x80007fff, 0, 0), 77);
	own_workaround = 0;
}

static void workarounds_are_the_firmwares(void **state)
{
	assert_int_equal(call(2, 0x80000001, 0x80008000, 0, 0), 77);
	assert_int_equal(call(2, 0x80008000, 0, 0, 0), 88);
	assert_int_equal(smc_calls, 2);
	assert_int_equal(call(2, 0x80000001, 0x80007fff, 0, 0), 77);
	assert_int_equal(call(2, 0x80007fff, 0, 0, 0), 88);
	assert_int_equal(call(2, 0x80000001, 0x80003fff, 0, 0), 77);
	assert_int_equal(call(2, 0x80003fff, 0, 0, 0), 88);
	assert_int_equal(smc_calls, 6);
	assert_int_equal(call(2, 0x80000001, 0x80000000, 0, 0), 0);
	assert_int_equal(call(2, 0x80000001, 0x80000001, 0, 0), 0);
	assert_int_equal(call(2, 0x80000001, 0x80000050, 0, 0), -1);
}

/* What a kernel calls at each change of context does not take the long way, and goes to the firmware as it is. */
static void workarounds_and_versions_are_answered_at_once(void **state)
{
	static const u32 functions[] = { 0x80008000, 0x80007fff, 0x80003fff };
	static const u32 others[] = { 0x84000003, 0x80000001, 0x80003ffe, 0x84000009, 0 };
	struct vcpu *v = &vcpus[2];
	unsigned long x0;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(functions); n++) {
		x0 = 0xabcd00000000UL | functions[n];
		assert_true(vpsci_fast(v, &x0));
		assert_int_equal(x0, 88);
		assert_int_equal(last_smc, functions[n]);
	}
	assert_int_equal(smc_calls, 3);
	x0 = 0x80000000;
	assert_true(vpsci_fast(v, &x0));
	assert_int_equal(x0, 0x10001);
	x0 = 0x84000000;
	assert_true(vpsci_fast(v, &x0));
	assert_int_equal(x0, 0x10001);
	for (n = 0; n < ARRAY_SIZE(others); n++) {
		x0 = others[n];
		assert_false(vpsci_fast(v, &x0));
		assert_int_equal(x0, others[n]);
	}
	assert_int_equal(smc_calls, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(overflow_loses_nothing_and_the_most_urgent_comes_first, setup),
		cmocka_unit_test_setup(a_newcomer_takes_the_place_of_the_least_urgent, setup),
		cmocka_unit_test_setup(an_active_list_register_is_never_taken_away, setup),
		cmocka_unit_test_setup(an_sgi_is_pending_once, setup),
		cmocka_unit_test_setup(an_sgi_is_pending_once_for_each_sender_and_in_one_list_register, setup),
		cmocka_unit_test_setup(sgis_behind_one_that_makes_room_are_not_lost, setup),
		cmocka_unit_test_setup(what_waits_and_comes_again_is_in_one_list_register, setup),
		cmocka_unit_test_setup(sgis_behind_one_of_another_priority_are_not_lost, setup),
		cmocka_unit_test_setup(what_is_in_a_list_register_comes_once, setup),
		cmocka_unit_test_setup(an_lpi_is_not_lost_while_list_registers_are_free, setup),
		cmocka_unit_test_setup(sgis_and_lpis_wait_too_and_come_once, setup),
		cmocka_unit_test_setup(an_sgi_that_waits_joins_the_one_in_a_list_register, setup),
		cmocka_unit_test_setup(lpis_beyond_the_places_do_not_spoil_those_that_wait, setup),
		cmocka_unit_test_setup(a_free_list_register_gives_nothing_back, setup),
		cmocka_unit_test_setup(a_reset_ends_spis_and_ppis_alone, setup),
		cmocka_unit_test_setup(a_reset_ends_what_was_active, setup),
		cmocka_unit_test_setup(what_waits_comes_before_a_newcomer_of_less_urgency, setup),
		cmocka_unit_test_setup(an_interrupt_is_in_one_list_register, setup),
		cmocka_unit_test_setup(what_is_given_away_is_forgotten_and_left_alone, setup),
		cmocka_unit_test_setup(a_reset_ends_what_nobody_else_can_have, setup),
		cmocka_unit_test_setup(sgis_go_by_affinity_and_range, setup),
		cmocka_unit_test_setup(sgis_reach_nobody_outside_of_the_cell, setup),
		cmocka_unit_test_setup(sgis_of_gicv2_name_interfaces_and_their_sender, setup),
		cmocka_unit_test_setup(filters_of_gicv2_are_those_of_the_manual, setup),
		cmocka_unit_test_setup(a_cell_sees_and_changes_its_own_bits, setup),
		cmocka_unit_test_setup(nobody_touches_what_the_hypervisor_needs, setup),
		cmocka_unit_test_setup(routes_name_cpus_of_the_cell, setup),
		cmocka_unit_test_setup(targets_name_interfaces_of_the_cell, setup),
		cmocka_unit_test_setup(targets_of_private_interrupts_are_read_only, setup),
		cmocka_unit_test_setup(sgis_are_sent_by_whole_words, setup),
		cmocka_unit_test_setup(words_of_single_bits_go_the_short_way, setup),
		cmocka_unit_test_setup(every_offset_and_width_is_answered_and_changes_nothing_foreign, setup),
		cmocka_unit_test_setup(a_guest_finds_its_own_redistributor, setup),
		cmocka_unit_test_setup(control_registers_are_read_by_their_cpu_and_written_by_nobody, setup),
		cmocka_unit_test_setup(private_interrupts_are_those_of_the_own_frame, setup),
		cmocka_unit_test_setup(interrupts_are_off_when_they_change_hands, setup),
		cmocka_unit_test_setup(root_gets_back_what_its_configuration_has, setup),
		cmocka_unit_test_setup(a_cell_claims_spis_of_the_distributor_alone, setup),
		cmocka_unit_test_setup(what_is_moderated_depends_on_the_controller, setup),
		cmocka_unit_test_setup(a_stopped_cell_has_its_interrupts_reset, setup),
		cmocka_unit_test_setup(an_its_is_told_of, setup),
		cmocka_unit_test_setup(the_hypervisors_interface_is_silent_for_root, setup),
		cmocka_unit_test_setup(an_sgi_of_gicv2_takes_no_search, setup),
		cmocka_unit_test_setup(a_cpu_is_switched_on_once_and_with_its_context, setup),
		cmocka_unit_test_setup(arguments_of_32_bit_calls_have_32_bits, setup),
		cmocka_unit_test_setup(cpus_of_others_are_denied, setup),
		cmocka_unit_test_setup(cpus_of_a_cell_are_off_once_it_is_stopped, setup),
		cmocka_unit_test_setup(off_parks_and_the_end_of_a_cell_is_its_own, setup),
		cmocka_unit_test_setup(a_machine_is_reset_by_root_alone, setup),
		cmocka_unit_test_setup(standby_ends_at_once_when_something_is_pending, setup),
		cmocka_unit_test_setup(features_are_those_that_are_answered, setup),
		cmocka_unit_test_setup(root_reaches_its_firmware_but_for_what_calls_back, setup),
		cmocka_unit_test_setup(unknown_calls_are_not_supported, setup),
		cmocka_unit_test_setup(workarounds_are_the_firmwares, setup),
		cmocka_unit_test_setup(workaround_of_the_cpu_needs_no_firmware, setup),
		cmocka_unit_test_setup(workarounds_and_versions_are_answered_at_once, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
