// SPDX-License-Identifier: GPL-2.0
/*
 * vmsr - what cells and root may do with model-specific registers: one table over all ranges
 *
 * A cell is denied by default. Root keeps what a stock Linux needs to go on working (frequency,
 * energy, thermal, performance counters, machine checks, reading resctrl) and never gets what would
 * reach cells, memory or the hypervisor. A register without a row answers #GP, as it does where it
 * does not exist: Linux probes with rdmsr_safe(). "Ignored" writes are those that a stock Linux
 * makes unconditionally, for instance when a CPU comes back online.
 *
 * docs/MSR-POLICY.md gives each row its reason and manual, and also what is denied on purpose; a
 * test compares the two.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/vdev.h>
#include <common/lib/string.h>

#define P	VMSR_PASS
#define E	VMSR_EMULATE
#define F	VMSR_FIXED	/* of a write: ignored */
#define G	VMSR_GP

/* columns: range, cell's read and write, root's read and write */
#define ROW(first_, last_, cell_read, cell_write, root_read, root_write, ...)			\
	{											\
		.first = (first_), .last = (last_),						\
		.answer = { { cell_read, cell_write }, { root_read, root_write } }, __VA_ARGS__	\
	}

#define MTRR_CAP_WC		0x400
#define MISC_ENABLE_FAST_STRING	(1ULL << 0)
#define MISC_ENABLE_NO_TURBO	(1ULL << 38)
#define MTRR_ENABLED_WB		0x806
#define TSC_RATIO_ONE		0x100000000ULL
/* McStatusWrEn, CpbDis, IRPerfEn, CpuidUserDis */
#define HWCR_ROOTS		(1ULL << 18 | 1ULL << 25 | 1ULL << 30 | 1ULL << 35)

/* Ascending, without overlap; none lies in two ranges of the permission map. */
static const struct vmsr_row rows[] = {
	/* --- 0 – 0x1fff --- */
	ROW(0x0, 0x1, G, G, P, G),			/* P5_MC_ADDR/TYPE */
	ROW(0x10, 0x10, P, G, P, F),			/* TSC */
	ROW(0x17, 0x17, G, G, P, G),			/* PLATFORM_ID */
	ROW(0x1b, 0x1b, E, E, P, E),			/* APIC_BASE */
	ROW(0x2a, 0x2a, G, G, P, G),			/* EBL_CR_POWERON */
	ROW(0x33, 0x33, G, G, P, F),			/* TEST_CTRL */
	ROW(0x34, 0x35, G, G, P, G),			/* SMI_COUNT, CORE_THREAD_COUNT */
	ROW(0x3a, 0x3a, G, G, P, G),			/* FEATURE_CONTROL */
	ROW(0x3b, 0x3b, P, F, P, F),			/* TSC_ADJUST */
	ROW(0x48, 0x48, P, P, P, P),			/* SPEC_CTRL */
	ROW(0x49, 0x49, G, P, G, P),			/* PRED_CMD */
	ROW(0x4e, 0x4f, G, G, P, F),			/* PPIN_CTL, PPIN */
	ROW(0x79, 0x79, G, G, G, F),			/* BIOS_UPDT_TRIG */
	ROW(0x8b, 0x8b, P, G, P, F),			/* PATCH_LEVEL */
	ROW(0x8c, 0x8f, G, G, P, G),			/* SGXLEPUBKEYHASH */
	ROW(0xc1, 0xc8, G, G, P, P),			/* PMC0-7 */
	ROW(0xce, 0xcf, G, G, P, G),			/* PLATFORM_INFO, CORE_CAPABILITIES */
	ROW(0xe1, 0xe1, G, G, P, P),			/* UMWAIT_CONTROL */
	ROW(0xe2, 0xe4, G, G, P, G),			/* PKG_CST_CONFIG, PMG_IO_CAPTURE */
	ROW(0xe7, 0xe8, P, G, P, F),			/* MPERF, APERF */
	ROW(0xfe, 0xfe, F, F, P, G, .fixed = MTRR_CAP_WC),	/* MTRRCAP */
	ROW(0x10a, 0x10a, P, G, P, G),			/* ARCH_CAPABILITIES */
	ROW(0x10b, 0x10b, G, P, G, P),			/* FLUSH_CMD */
	ROW(0x122, 0x123, G, G, P, P),			/* TSX_CTRL, MCU_OPT_CTRL */
	ROW(0x13c, 0x13c, G, G, P, G),			/* FEATURE_CONFIG */
	ROW(0x140, 0x140, G, G, P, P),			/* MISC_FEATURES_ENABLES */
	ROW(0x174, 0x176, P, P, P, P),			/* SYSENTER_CS/ESP/EIP */
	ROW(0x179, 0x179, F, F, P, G),			/* MCG_CAP */
	ROW(0x17a, 0x17b, F, F, P, P),			/* MCG_STATUS, MCG_CTL */
	ROW(0x180, 0x18f, G, G, P, P),			/* PERFEVTSEL0-7, MCG_MISC */
	ROW(0x198, 0x19d, G, G, P, P),			/* PERF_STATUS, PERF_CTL, CLOCK_MODULATION, THERM_* */
	/* MISC_ENABLE */
	ROW(0x1a0, 0x1a0, F, F, P, E, .fixed = MISC_ENABLE_FAST_STRING, .mask = MISC_ENABLE_NO_TURBO),
	ROW(0x1a2, 0x1a4, G, G, P, G),			/* TEMPERATURE_TARGET, MISC_FEATURE_CONTROL */
	ROW(0x1a6, 0x1a7, G, G, P, P),			/* OFFCORE_RSP */
	ROW(0x1aa, 0x1af, G, G, P, G),			/* MISC_PWR_MGMT, TURBO_RATIO_LIMIT */
	ROW(0x1b0, 0x1b2, G, G, P, P),			/* ENERGY_PERF_BIAS, PACKAGE_THERM_* */
	ROW(0x1c4, 0x1c5, G, G, P, P),			/* XFD, XFD_ERR */
	ROW(0x1c8, 0x1c9, G, G, P, P),			/* LBR_SELECT, LBR_TOS */
	ROW(0x1d9, 0x1d9, F, F, P, P),			/* DEBUGCTL */
	ROW(0x1db, 0x1de, G, G, P, F),			/* LAST_BRANCH/INT_* */
	ROW(0x1fc, 0x1fc, G, G, P, G),			/* POWER_CTL */
	ROW(0x200, 0x26f, F, F, P, F),			/* MTRR ranges */
	ROW(0x277, 0x277, E, E, E, E),			/* PAT */
	ROW(0x280, 0x29f, G, G, P, P),			/* MC0-31_CTL2 */
	ROW(0x2ff, 0x2ff, F, F, P, F, .fixed = MTRR_ENABLED_WB),	/* MTRR_DEF_TYPE */
	ROW(0x309, 0x30c, G, G, P, P),			/* FIXED_CTR */
	ROW(0x329, 0x329, G, G, P, P),			/* PERF_METRICS */
	ROW(0x345, 0x345, G, G, P, G),			/* PERF_CAPABILITIES */
	ROW(0x38d, 0x397, G, G, P, P),			/* FIXED_CTR_CTRL, PERF_GLOBAL_* */
	ROW(0x3f1, 0x3f1, G, G, P, F),			/* PEBS_ENABLE */
	ROW(0x3f2, 0x47f, G, G, P, P),			/* PEBS_*, residency counters, MCi_CTL/STATUS/ADDR/MISC */
	ROW(0x480, 0x493, G, G, P, G),			/* VMX capabilities */
	ROW(0x4c1, 0x4c8, G, G, P, P),			/* A_PMC0-7 */
	ROW(0x4d0, 0x4d0, G, G, P, F),			/* MCG_EXT_CTL */
	ROW(0x600, 0x6a8, G, G, P, P),			/* DS_AREA, RAPL, LASTBRANCH_FROM, CET */
	ROW(0x6c0, 0x6df, G, G, P, P),			/* LASTBRANCH_TO */
	ROW(0x6e0, 0x6e0, P, P, P, P),			/* TSC_DEADLINE */
	ROW(0x770, 0x777, G, G, P, P),			/* HWP */
	ROW(0x800, 0x83f, E, E, E, E),			/* x2APIC */
	ROW(0x840, 0x841, G, G, E, G),			/* x2APIC, extended features */
	ROW(0x850, 0x853, G, G, E, E),			/* x2APIC, extended LVT */
	ROW(0x982, 0x982, G, G, P, G),			/* TME_ACTIVATE */
	ROW(0xc80, 0xc80, G, G, P, G),			/* DEBUG_INTERFACE */
	ROW(0xc81, 0xc82, G, G, P, F),			/* L3/L2_QOS_CFG */
	ROW(0xc8d, 0xc8d, G, G, P, P),			/* QM_EVTSEL */
	ROW(0xc8e, 0xc8e, G, G, P, G),			/* QM_CTR */
	ROW(0xc8f, 0xd8f, G, G, P, F),			/* PQR_ASSOC, L3/L2/MBA masks */
	ROW(0xd90, 0xd90, G, G, P, P),			/* BNDCFGS */
	ROW(0xda0, 0xda0, P, E, P, E),			/* XSS */
	ROW(0xdc0, 0xddf, G, G, P, P),			/* LASTBRANCH_INFO */

	/* --- 0xc0000000 – 0xc0001fff, and behind --- */
	ROW(0xc0000080, 0xc0000080, E, E, E, E),	/* EFER */
	ROW(0xc0000081, 0xc0000084, P, P, P, P),	/* STAR, LSTAR, CSTAR, SFMASK */
	ROW(0xc00000e7, 0xc00000e9, P, G, P, G),	/* MPERF_RO, APERF_RO, IRPERF */
	ROW(0xc0000100, 0xc0000103, P, P, P, P),	/* FS_BASE, GS_BASE, KERNEL_GS_BASE, TSC_AUX */
	ROW(0xc0000104, 0xc0000104, G, G, F, F, .fixed = TSC_RATIO_ONE),	/* TSC_RATIO */
	ROW(0xc0000108, 0xc0000108, G, G, P, G),	/* PREFETCH_CONTROL */
	ROW(0xc000010e, 0xc000010f, G, G, P, P),	/* LBR_SELECT, DBG_EXTN_CFG */
	ROW(0xc0000200, 0xc000020f, G, G, P, F),	/* L3QOS_BW_CONTROL */
	ROW(0xc0000280, 0xc000028f, G, G, P, F),	/* L3QOS_SLOWBW_CONTROL */
	ROW(0xc0000300, 0xc0000303, G, G, P, P),	/* PERF_CNTR_GLOBAL_* */
	ROW(0xc00003fd, 0xc0000403, G, G, P, F),	/* L3_QOS_EXT_CFG, QOS_EVT_CFG */
	ROW(0xc0000410, 0xc0000410, G, G, P, P),	/* MCA_INTR_CFG */
	ROW(0xc0002000, 0xc0002fff, G, G, P, P),	/* SMCA banks */

	/* --- 0xc0010000 – 0xc0011fff --- */
	ROW(0xc0010000, 0xc0010007, G, G, P, P),	/* PERF_CTL0-3, PERF_CTR0-3 */
	ROW(0xc0010010, 0xc0010010, G, G, P, G),	/* SYSCFG */
	ROW(0xc0010015, 0xc0010015, G, G, P, E, .mask = HWCR_ROOTS),	/* HWCR */
	ROW(0xc0010016, 0xc001001a, G, G, P, G),	/* IORR, TOP_MEM */
	ROW(0xc001001d, 0xc001001d, G, G, P, G),	/* TOP_MEM2 */
	ROW(0xc001001f, 0xc001001f, G, G, P, F),	/* NB_CFG */
	ROW(0xc0010020, 0xc0010020, G, G, G, F),	/* PATCH_LOADER */
	ROW(0xc0010022, 0xc0010022, G, G, P, G),	/* MC_EXC_REDIR */
	ROW(0xc0010030, 0xc0010035, G, G, P, G),	/* processor name */
	ROW(0xc0010044, 0xc001004c, G, G, P, P),	/* MCi_CTL_MASK */
	ROW(0xc0010055, 0xc0010055, G, G, P, F),	/* INT_PENDING_MSG */
	ROW(0xc0010058, 0xc0010058, G, G, P, G),	/* MMIO_CONF_BASE */
	ROW(0xc0010061, 0xc0010061, G, G, P, G),	/* PSTATE_LIMIT */
	ROW(0xc0010062, 0xc0010062, G, G, P, P),	/* PSTATE_CTL */
	ROW(0xc0010063, 0xc001006b, G, G, P, G),	/* PSTATE_STATUS, PSTATE_DEF */
	ROW(0xc0010070, 0xc0010071, G, G, P, G),	/* COFVID_CTL/STATUS */
	ROW(0xc0010073, 0xc0010074, G, G, P, G),	/* CSTATE_ADDRESS, CPU_WATCHDOG */
	ROW(0xc0010114, 0xc0010115, G, G, P, G),	/* VM_CR, IGNNE */
	ROW(0xc0010117, 0xc0010117, G, G, E, E),	/* VM_HSAVE_PA */
	ROW(0xc001011a, 0xc001011a, G, G, P, G),	/* LOCAL_SMI_STATUS */
	ROW(0xc0010131, 0xc0010131, P, G, P, G),	/* SEV_STATUS */
	ROW(0xc0010132, 0xc0010134, G, G, P, G),	/* RMP_BASE, RMP_END, GUEST_TSC_FREQ */
	ROW(0xc0010140, 0xc0010141, P, G, P, F),	/* OSVW_ID_LENGTH, OSVW_STATUS */
	ROW(0xc0010200, 0xc001020b, G, G, P, P),	/* PERF_CTL0-5, PERF_CTR0-5 */
	ROW(0xc0010230, 0xc001023b, G, G, P, P),	/* L3 PMC */
	ROW(0xc0010240, 0xc001024f, G, G, P, P),	/* NB/DF PMC */
	ROW(0xc0010280, 0xc0010281, G, G, P, G),	/* PTSC */
	ROW(0xc0010290, 0xc0010296, G, G, P, G),	/* PMGT_*, CSTATE_CONFIG */
	ROW(0xc0010299, 0xc001029b, G, G, P, G),	/* RAPL_UNIT, CORE_ENERGY, PKG_ENERGY */
	ROW(0xc00102b0, 0xc00102b4, G, G, P, P),	/* CPPC */
	ROW(0xc00102f0, 0xc00102f1, G, G, P, F),	/* PPIN_CTL, PPIN */
	ROW(0xc0010300, 0xc001031f, G, G, P, P),	/* LASTBRANCH_FROM/TO */
	ROW(0xc0010400, 0xc001047f, G, G, P, P),	/* SMCA MCi_CTL_MASK */
	ROW(0xc0011000, 0xc0011018, G, G, P, F),	/* CPUID overrides */
	ROW(0xc0011019, 0xc001101b, G, G, P, P),	/* DR1-3 address masks */
	ROW(0xc001101c, 0xc001101f, G, G, P, F),	/* core configuration */
	ROW(0xc0011020, 0xc0011023, G, G, P, P),	/* LS_CFG, IC_CFG, DC_CFG, TW_CFG */
	ROW(0xc0011024, 0xc0011026, G, G, P, F),	/* core configuration */
	ROW(0xc0011027, 0xc001102c, G, G, P, P),	/* DR0 address mask, FP_CFG, DE_CFG, BU_CFG2 */
	ROW(0xc001102d, 0xc001102d, G, G, P, F),	/* LS_CFG2 */
	ROW(0xc001102e, 0xc001102e, G, G, P, P),	/* BP_CFG */
	ROW(0xc001102f, 0xc001102f, G, G, P, F),	/* reserved */
	ROW(0xc0011030, 0xc001103d, G, G, P, P),	/* IBS */
	ROW(0xc001103e, 0xc00110e2, G, G, P, F),	/* core configuration */
	ROW(0xc00110e3, 0xc00110e3, G, G, P, P),	/* SPECTRAL_CHICKEN */
	ROW(0xc00110e4, 0xc00110ff, G, G, P, F),	/* core configuration */
};

static const struct vmsr_row default_row = ROW(0, 0xffffffff, G, G, G, G);

/*
 * A CPU in x2APIC mode: everything that only concerns the own APIC goes to hardware; what chooses a
 * destination (ICR, which has no row here) or a delivery mode (LVT) does not.
 */
static const struct vmsr_row native_x2apic[] = {
	ROW(0x800, 0x82e, P, P, P, P),
	ROW(0x82f, 0x82f, P, E, P, E),
	ROW(0x831, 0x831, P, P, P, P),
	ROW(0x832, 0x837, P, E, P, E),
	ROW(0x838, 0x83f, P, P, P, P),
};

const struct vmsr_row *vmsr_lookup(u32 msr)
{
	unsigned int low = 0, high = ARRAY_SIZE(rows);

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (msr < rows[middle].first)
			high = middle;
		else if (msr > rows[middle].last)
			low = middle + 1;
		else
			return &rows[middle];
	}
	return &default_row;
}

/* AMD APM vol. 2, 15.11: three ranges of 0x2000 MSRs; the last quarter is reserved. */
static const u32 range_base[] = { 0, 0xc0000000, 0xc0010000 };
#define SVM_RANGE_MSRS	0x2000
#define SVM_BITMAP_SIZE	0x2000

static void permit_row(u8 *map, u32 base, enum vmsr_role role, const struct vmsr_row *row)
{
	u32 bit, write;

	for (bit = 2 * (row->first - base); bit < 2 * (row->last + 1 - base); bit += 2)
		for (write = 0; write <= 1; write++)
			if (row->answer[role][write] == VMSR_PASS)
				map[bit / 8] &= ~(1u << (bit % 8 + write));
}

static void permit_rows(u8 *map, u32 base, enum vmsr_role role, const struct vmsr_row *row,
			unsigned int count)
{
	for (; count; row++, count--)
		if (row->first - base < SVM_RANGE_MSRS)
			permit_row(map, base, role, row);
}

void vmsr_fill_svm_bitmap(enum vmsr_role role, bool x2apic, u8 *bitmap)
{
	unsigned int range;

	memset(bitmap, 0xff, SVM_BITMAP_SIZE);
	for (range = 0; range < ARRAY_SIZE(range_base); range++)
		permit_rows(bitmap + range * SVM_RANGE_MSRS / 4, range_base[range], role, rows,
			    ARRAY_SIZE(rows));
	if (x2apic)
		permit_rows(bitmap, 0, role, native_x2apic, ARRAY_SIZE(native_x2apic));
}

static enum vdev_result hardware(const struct vmsr_ops *ops, u32 msr, bool is_write, u64 *value)
{
	bool done = is_write ? ops->hw_write(msr, *value) : ops->hw_read(msr, value);

	return done ? VDEV_OK : VDEV_GP;
}

static enum vdev_result write_masked(const struct vmsr_ops *ops, u32 msr, u64 mask, u64 value)
{
	u64 old;

	if (!ops->hw_read(msr, &old))
		return VDEV_GP;
	value = (old & ~mask) | (value & mask);
	return hardware(ops, msr, true, &value);
}

enum vdev_result vmsr_access(struct vcpu *v, const struct vmsr_ops *ops, u32 msr, bool is_write,
			     u64 *value)
{
	enum vmsr_role role = cell_is_root(v->pcpu->cell) ? VMSR_ROLE_ROOT : VMSR_ROLE_CELL;
	const struct vmsr_row *row = vmsr_lookup(msr);

	switch (row->answer[role][is_write]) {
	case VMSR_PASS:
		return hardware(ops, msr, is_write, value);
	case VMSR_EMULATE:
		return is_write && row->mask ? write_masked(ops, msr, row->mask, *value)
					     : ops->emulate(v, msr, is_write, value);
	case VMSR_FIXED:
		if (!is_write)
			*value = row->fixed;
		return VDEV_OK;
	default:
		return VDEV_GP;
	}
}
