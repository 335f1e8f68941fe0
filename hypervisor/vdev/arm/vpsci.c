// SPDX-License-Identifier: GPL-2.0
/*
 * vpsci - firmware calls. A cell's own CPUs are switched on and off here; the firmware never hears
 * of it. Calls that concern the whole machine are root's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/hal.h>
#include <hv/arm/vgic.h>
#include <hv/arm/vpsci.h>
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>

/* DEN 0022, 5.1: function numbers, without the bit of the 64-bit calling convention */
#define PSCI_FIRST		0x84000000U
#define PSCI_LAST		0x8400001fU
#define SMC64			0x40000000U
enum {
	PSCI_FN_VERSION = 0x00, PSCI_FN_CPU_SUSPEND = 0x01, PSCI_FN_CPU_OFF = 0x02, PSCI_FN_CPU_ON = 0x03,
	PSCI_FN_AFFINITY_INFO = 0x04, PSCI_FN_MIGRATE_INFO_TYPE = 0x06, PSCI_FN_SYSTEM_OFF = 0x08,
	PSCI_FN_SYSTEM_RESET = 0x09, PSCI_FN_FEATURES = 0x0a, PSCI_FN_SYSTEM_RESET2 = 0x12,
};
enum {
	PSCI_SUCCESS = 0, PSCI_NOT_SUPPORTED = -1, PSCI_INVALID_PARAMETERS = -2, PSCI_DENIED = -3, PSCI_ALREADY_ON = -4,
	PSCI_ON_IS_PENDING = -5, PSCI_INVALID_ADDRESS = -9,
};
#define AFFINITY_ON		0
#define AFFINITY_OFF		1
#define AFFINITY_ON_PENDING	2
#define NO_TRUSTED_OS		2	/* MIGRATE_INFO_TYPE: nothing to migrate */

/* DEN 0028, 5.2: owner of a fast call */

#define SMCCC_OWNER(fn)		((fn) >> 24 & 0x3f)
enum { OWNER_ARCH = 0, OWNER_SIP = 2, OWNER_OEM = 3, OWNER_STANDARD = 4 };
#define SMCCC_TRNG_FIRST	0x84000050U
#define SMCCC_TRNG_LAST		0x8400005fU

void vpsci_set_state(struct pcpu *cpu, enum psci_state state)
{
	/* release: entry and context before the state; pairs with claim() */
	__atomic_store_n(&cpu->arch.psci.state, state, __ATOMIC_RELEASE);
}

static enum psci_state state_of(const struct pcpu *cpu)
{
	return __atomic_load_n(&cpu->arch.psci.state, __ATOMIC_ACQUIRE);
}

/* A CPU of the caller's cell, or NULL. */
static struct pcpu *own_cpu(struct vcpu *v, u64 affinity)
{
	struct pcpu *cpu = affinity & ~ARM_AFFINITY_MASK ? NULL : system_cpu_by_hw_id(v->pcpu->cell->sys, affinity);

	return cpu && cpu->cell == v->pcpu->cell ? cpu : NULL;
}

/* The 32-bit calling convention says nothing about the upper half of a register (DEN 0028, 3.1). */
static u64 argument(const u64 *x, u32 n)
{
	return x[0] & SMC64 ? x[n] : (u32)x[n];
}

static s64 cpu_on(struct vcpu *v, const u64 *x)
{
	struct pcpu *cpu = own_cpu(v, argument(x, 1));
	u32 off = PSCI_OFF;

	if (!cpu)
		return PSCI_DENIED;
	/* only one CPU at a time gets to write entry and context */
	if (!__atomic_compare_exchange_n(&cpu->arch.psci.state, &off, PSCI_ON_PENDING, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return off == PSCI_ON ? PSCI_ALREADY_ON : PSCI_ON_IS_PENDING;
	cpu->arch.psci.entry = argument(x, 2);
	cpu->arch.psci.context = argument(x, 3);
	cpu_post(cpu, CPU_REQ_ARCH_START);
	return PSCI_SUCCESS;
}

static void cpu_off(struct vcpu *v)
{
	v->pcpu->parked = true;	/* it waits at EL2 from now on */
	vpsci_set_state(v->pcpu, PSCI_OFF);
}

static s64 affinity_info(struct vcpu *v, const u64 *x)
{
	static const u8 answers[] = {
		[PSCI_OFF] = AFFINITY_OFF, [PSCI_ON_PENDING] = AFFINITY_ON_PENDING, [PSCI_ON] = AFFINITY_ON,
	};
	struct pcpu *cpu = own_cpu(v, argument(x, 1));

	/* levels above the CPU: groups of CPUs are not the cell's */
	if (!cpu || argument(x, 2))
		return PSCI_INVALID_PARAMETERS;
	return answers[state_of(cpu)];
}

/* --- the end of a cell, or of the machine ------------------------------------------------- */

static void stop_siblings(struct vcpu *v)
{
	struct cell *c = v->pcpu->cell;
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		if (cpu != v->pcpu->id)
			cpu_post(&c->sys->pcpus[cpu], CPU_REQ_PARK);
}

static void end_cell(struct vcpu *v, const char *how)
{
	struct cell *c = v->pcpu->cell;

	/* before they are told: what another of them has switched on stays off; pairs with arch_vcpu_event() */
	__atomic_store_n(&c->arch.ended, true, __ATOMIC_RELAXED);
	stop_siblings(v);
	cpu_off(v);
	comm_set_state(c, JAILHOUSE_CELL_SHUT_DOWN);
	log_printf("cell \"%s\" %s\n", c->config->name, how);
	status_update(c->sys);
}

static s64 system_call(struct vcpu *v, u64 *x, const char *how)
{
	if (cell_is_root(v->pcpu->cell)) {
		arm_smc(x);
		return x[0];
	}
	end_cell(v, how);
	return PSCI_SUCCESS;
}

/* --- dispatch ----------------------------------------------------------------------------- */

static s64 features(u32 fn)
{
	switch (fn & ~SMC64) {
	case PSCI_FIRST + PSCI_FN_VERSION:
	case PSCI_FIRST + PSCI_FN_CPU_SUSPEND:
	case PSCI_FIRST + PSCI_FN_CPU_OFF:
	case PSCI_FIRST + PSCI_FN_CPU_ON:
	case PSCI_FIRST + PSCI_FN_AFFINITY_INFO:
	case PSCI_FIRST + PSCI_FN_MIGRATE_INFO_TYPE:
	case PSCI_FIRST + PSCI_FN_SYSTEM_OFF:
	case PSCI_FIRST + PSCI_FN_SYSTEM_RESET:
	case PSCI_FIRST + PSCI_FN_FEATURES:
		return PSCI_SUCCESS;
	default:
		return fn == SMCCC_VERSION ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
	}
}

static s64 psci(struct vcpu *v, u64 *x)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_PSCI);
	switch ((u32)x[0] & 0x1f) {
	case PSCI_FN_CPU_SUSPEND:
		/* standby: what wakes the CPU is delivered as usual, and what has been delivered keeps it awake */
		if (!vgic_has_pending(v))
			arm_wait();
		return PSCI_SUCCESS;
	case PSCI_FN_CPU_OFF:
		cpu_off(v);
		return PSCI_SUCCESS;
	case PSCI_FN_CPU_ON:
		return cpu_on(v, x);
	case PSCI_FN_AFFINITY_INFO:
		return affinity_info(v, x);
	case PSCI_FN_MIGRATE_INFO_TYPE:
		return NO_TRUSTED_OS;
	case PSCI_FN_SYSTEM_OFF:
		return system_call(v, x, "has switched itself off");
	case PSCI_FN_SYSTEM_RESET:
		return system_call(v, x, "has reset itself: it stays off until it is started");
	case PSCI_FN_SYSTEM_RESET2:
		return cell_is_root(v->pcpu->cell) ? system_call(v, x, "") : PSCI_NOT_SUPPORTED;
	case PSCI_FN_FEATURES:
		return features(x[1]);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static s64 forward(u64 *x)
{
	arm_smc(x);
	return x[0];
}

/* What the firmware has against speculation, everybody may use. */
static bool is_workaround(u32 fn)
{
	return fn == SMCCC_ARCH_WORKAROUND_1 || fn == SMCCC_ARCH_WORKAROUND_2 || fn == SMCCC_ARCH_WORKAROUND_3;
}

static s64 architecture_call(struct vcpu *v, u64 *x)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_SMCCC);
	if ((u32)x[0] != SMCCC_ARCH_FEATURES)
		return SMCCC_NOT_SUPPORTED;
	if ((u32)x[1] == SMCCC_VERSION || (u32)x[1] == SMCCC_ARCH_FEATURES)
		return PSCI_SUCCESS;
	if (!is_workaround(x[1]))
		return SMCCC_NOT_SUPPORTED;
	return (u32)x[1] == arm_own_workaround() ? PSCI_SUCCESS : forward(x);
}

/* Services of the machine's firmware: clocks, power domains, random numbers; nothing that calls back. */
static bool is_roots(const struct vcpu *v, u32 fn)
{
	if (!cell_is_root(v->pcpu->cell) || !(fn & SMCCC_FAST))
		return false;
	if (SMCCC_OWNER(fn) == OWNER_STANDARD)
		return (fn & ~SMC64) >= SMCCC_TRNG_FIRST && (fn & ~SMC64) <= SMCCC_TRNG_LAST;
	return SMCCC_OWNER(fn) == OWNER_SIP || SMCCC_OWNER(fn) == OWNER_OEM;
}

bool vpsci_fast(struct vcpu *v, unsigned long *x0)
{
	u32 fn = *x0, stat = JAILHOUSE_CPU_STAT_VMEXITS_SMCCC;

	if (fn == SMCCC_VERSION) {
		*x0 = SMCCC_1_1;
	} else if (fn == PSCI_VERSION) {
		*x0 = PSCI_1_1;
		stat = JAILHOUSE_CPU_STAT_VMEXITS_PSCI;
	} else if (is_workaround(fn)) {
		*x0 = arm_workaround(fn);
	} else {
		return false;
	}
	vcpu_count(v, stat);
	return true;
}

void vpsci_call(struct vcpu *v, u64 x[8])
{
	unsigned long fn = (u32)x[0];

	if (vpsci_fast(v, &fn))
		x[0] = fn;
	else if ((fn & ~SMC64) >= PSCI_FIRST && (fn & ~SMC64) <= PSCI_LAST)
		x[0] = psci(v, x);
	else if (fn & SMCCC_FAST && SMCCC_OWNER(fn) == OWNER_ARCH && !(fn & SMC64))
		x[0] = architecture_call(v, x);
	else if (is_roots(v, fn))
		arm_smc(x);
	else
		x[0] = SMCCC_NOT_SUPPORTED;
}
