// SPDX-License-Identifier: GPL-2.0
/*
 * vmsr - what cells and root may do with model-specific registers: one table over all ranges
 *
 * A cell is denied by default. Root keeps what a stock Linux needs to go on working (frequency,
 * energy, thermal, performance counters, machine checks, reading resctrl) and never gets what would
 * reach cells, memory or the hypervisor. A register that neither column names answers #GP, as it
 * does where it does not exist: Linux probes with rdmsr_safe(). "Ignored" writes are those that a
 * stock Linux makes unconditionally, for instance when a CPU comes back online.
 *
 * docs/MSR-POLICY.md is this table, rendered.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/vdev.h>
#include <common/lib/string.h>

#define P	VMSR_PASS
#define E	VMSR_EMULATE
#define F	VMSR_FIXED
#define G	VMSR_GP

/* columns: range, cell's read and write, root's read and write, name, reason, manual */
#define RANGE(first_, last_, cell_read, cell_write, root_read, root_write, name_, reason_,	\
	      manual_, ...)									\
	{											\
		.first = (first_), .last = (last_),						\
		.answer = { { cell_read, cell_write }, { root_read, root_write } },		\
		.name = (name_), .reason = (reason_), .manual = (manual_), __VA_ARGS__		\
	}
#define ROW(msr, ...)	RANGE(msr, msr, __VA_ARGS__)

#define HWCR_MC_STATUS_WRITE	(1ULL << 18)
#define HWCR_CPB_DISABLE	(1ULL << 25)
#define HWCR_IRPERF		(1ULL << 30)
#define HWCR_CPUID_USER_DISABLE	(1ULL << 35)
#define MISC_ENABLE_FAST_STRING	(1ULL << 0)
#define MISC_ENABLE_NO_TURBO	(1ULL << 38)
#define MTRR_CAP_WC		0x400
#define MTRR_ENABLED_WB		0x806
#define TSC_RATIO_ONE		0x100000000ULL

/* Ascending, without overlap; the default is the last row. */
static const struct vmsr_row rows[] = {
	/* --- 0 – 0x1fff --- */
	RANGE(0x0, 0x1, G, G, P, G, "P5_MC_ADDR/TYPE", "machine check, old names", "SDM 4, 2.1"),
	ROW(0x10, P, G, P, F, "TSC",
	    "a write would move the hypervisor's clock and that of later owners", "APM2 13.2.4"),
	ROW(0x17, G, G, P, G, "PLATFORM_ID", "microcode identification", "SDM 4, 2.1"),
	ROW(0x1b, E, E, P, E, "APIC_BASE",
	    "neither address nor mode may change; cells may ask for the x2APIC interface",
	    "APM2 16.3.1"),
	ROW(0x2a, G, G, P, G, "EBL_CR_POWERON", "power-on configuration", "SDM 4, 2.1"),
	ROW(0x33, G, G, P, F, "TEST_CTRL", "split-lock detection is a setting of the core",
	    "SDM 4, 2.1"),
	RANGE(0x34, 0x35, G, G, P, G, "SMI_COUNT, CORE_THREAD_COUNT", "information", "SDM 4, 2.1"),
	ROW(0x3a, G, G, P, G, "FEATURE_CONTROL", "locks and unlocks virtualization", "SDM 4, 2.1"),
	ROW(0x3b, P, F, P, F, "TSC_ADJUST", "a write would move the TSC", "SDM 3B 18.17.3"),
	ROW(0x48, P, P, P, P, "SPEC_CTRL", "own core only; cleared on a change of owner",
	    "APM2 3.2.9"),
	ROW(0x49, G, P, G, P, "PRED_CMD", "own core only, write only", "APM2 3.2.9"),
	RANGE(0x4e, 0x4f, G, G, P, F, "PPIN_CTL, PPIN", "serial number", "SDM 4, 2.16"),
	ROW(0x79, G, G, G, F, "BIOS_UPDT_TRIG", "microcode runs below the hypervisor",
	    "SDM 3A 10.11.6"),
	ROW(0x8b, P, G, P, F, "PATCH_LEVEL", "microcode revision; Intel's readers write 0 first",
	    "APM2 15.34"),
	RANGE(0x8c, 0x8f, G, G, P, G, "SGXLEPUBKEYHASH", "enclaves are not offered", "SDM 4, 2.1"),
	RANGE(0x9b, 0x9e, G, G, G, G, "SMM_MONITOR_CTL, SMBASE", "system management mode",
	      "SDM 4, 2.1"),
	RANGE(0xc1, 0xc8, G, G, P, P, "PMC0-7", "counters of the own CPU", "SDM 3B 20.2"),
	ROW(0xce, G, G, P, G, "PLATFORM_INFO", "frequency information", "SDM 4, 2.1"),
	ROW(0xcf, G, G, P, G, "CORE_CAPABILITIES", "information", "SDM 4, 2.1"),
	ROW(0xe1, G, G, P, P, "UMWAIT_CONTROL", "own CPU", "SDM 4, 2.1"),
	RANGE(0xe2, 0xe4, G, G, P, G, "PKG_CST_CONFIG, PMG_IO_CAPTURE",
	      "idle states of the package", "SDM 4, 2.1"),
	RANGE(0xe7, 0xe8, P, G, P, F, "MPERF, APERF", "frequency feedback of the own CPU",
	      "APM2 17.3"),
	ROW(0xfe, F, F, P, G, "MTRRCAP",
	    "cells have no MTRRs: nested paging decides on memory types", "APM2 7.7.1",
	    .fixed = MTRR_CAP_WC),
	ROW(0x10a, P, G, P, G, "ARCH_CAPABILITIES", "information", "SDM 4, 2.1"),
	ROW(0x10b, G, P, G, P, "FLUSH_CMD", "own core only, write only", "SDM 4, 2.1"),
	ROW(0x122, G, G, P, P, "TSX_CTRL", "own core", "SDM 4, 2.1"),
	ROW(0x123, G, G, P, P, "MCU_OPT_CTRL", "own core", "SDM 4, 2.1"),
	ROW(0x13c, G, G, P, G, "FEATURE_CONFIG", "AES lock", "SDM 4, 2.1"),
	ROW(0x140, G, G, P, P, "MISC_FEATURES_ENABLES", "CPUID faulting of the own CPU",
	    "SDM 4, 2.1"),
	RANGE(0x174, 0x176, P, P, P, P, "SYSENTER_CS/ESP/EIP", "guest state", "APM2 6.1.2"),
	ROW(0x179, F, F, P, G, "MCG_CAP", "cells have no machine-check banks", "APM2 9.3.1"),
	ROW(0x17a, F, F, P, P, "MCG_STATUS", "machine checks are root's", "APM2 9.3.1"),
	ROW(0x17b, F, F, P, P, "MCG_CTL", "machine checks are root's", "APM2 9.3.1"),
	RANGE(0x180, 0x18f, G, G, P, P, "PERFEVTSEL0-7, MCG_MISC", "counters of the own CPU",
	      "SDM 3B 20.2"),
	RANGE(0x198, 0x199, G, G, P, P, "PERF_STATUS, PERF_CTL", "frequency", "SDM 4, 2.1"),
	RANGE(0x19a, 0x19d, G, G, P, P, "CLOCK_MODULATION, THERM_*",
	      "thermal; the interrupt goes through a filtered LVT", "SDM 4, 2.1"),
	ROW(0x1a0, F, F, P, E, "MISC_ENABLE", "root may switch turbo only", "SDM 4, 2.1",
	    .fixed = MISC_ENABLE_FAST_STRING, .mask = MISC_ENABLE_NO_TURBO),
	ROW(0x1a2, G, G, P, G, "TEMPERATURE_TARGET", "thermal", "SDM 4, 2.1"),
	ROW(0x1a4, G, G, P, G, "MISC_FEATURE_CONTROL",
	    "prefetchers are shared with a sibling thread", "SDM 4, 2.1"),
	RANGE(0x1a6, 0x1a7, G, G, P, P, "OFFCORE_RSP", "counters of the own CPU", "SDM 3B 20.3"),
	RANGE(0x1aa, 0x1af, G, G, P, G, "MISC_PWR_MGMT, TURBO_RATIO_LIMIT", "frequency information",
	      "SDM 4, 2.1"),
	RANGE(0x1b0, 0x1b2, G, G, P, P, "ENERGY_PERF_BIAS, PACKAGE_THERM_*", "energy, thermal",
	      "SDM 4, 2.1"),
	RANGE(0x1c4, 0x1c5, G, G, P, P, "XFD, XFD_ERR", "own CPU", "SDM 4, 2.1"),
	RANGE(0x1c8, 0x1c9, G, G, P, P, "LBR_SELECT, LBR_TOS", "branch records of the own CPU",
	      "SDM 4, 2.1"),
	ROW(0x1d9, F, F, P, P, "DEBUGCTL",
	    "cells: shared with the hypervisor without LBR virtualization", "APM2 13.1.1.6"),
	RANGE(0x1db, 0x1de, G, G, P, F, "LAST_BRANCH/INT_*", "own CPU", "APM2 13.1.1.7"),
	ROW(0x1fc, G, G, P, G, "POWER_CTL", "idle states of the package", "SDM 4, 2.1"),
	RANGE(0x200, 0x26f, F, F, P, F, "MTRR ranges",
	      "memory types of everybody; Linux writes back what it read", "APM2 7.7.2"),
	ROW(0x277, E, E, E, E, "PAT", "guest's own with nested paging; reserved types are #GP",
	    "APM2 7.8, 15.25.2"),
	RANGE(0x280, 0x29f, G, G, P, P, "MC0-31_CTL2", "machine checks are root's", "SDM 4, 2.1"),
	ROW(0x2ff, F, F, P, F, "MTRR_DEF_TYPE",
	    "Linux disables and enables around its own update when a CPU comes online",
	    "APM2 7.7.2", .fixed = MTRR_ENABLED_WB),
	RANGE(0x309, 0x30c, G, G, P, P, "FIXED_CTR", "counters of the own CPU", "SDM 3B 20.2"),
	ROW(0x329, G, G, P, P, "PERF_METRICS", "counters of the own CPU", "SDM 3B 20.3"),
	ROW(0x345, G, G, P, G, "PERF_CAPABILITIES", "information", "SDM 4, 2.1"),
	RANGE(0x38d, 0x397, G, G, P, P, "FIXED_CTR_CTRL, PERF_GLOBAL_*", "counters of the own CPU",
	      "SDM 3B 20.2"),
	ROW(0x3f1, G, G, P, P, "PEBS_ENABLE", "records go through the own page tables",
	    "SDM 3B 20.3"),
	RANGE(0x3f2, 0x3ff, G, G, P, P, "PEBS_*, residency counters", "energy", "SDM 4, 2.1"),
	RANGE(0x400, 0x47f, G, G, P, P, "MCi_CTL/STATUS/ADDR/MISC", "machine checks are root's",
	      "APM2 9.3.2"),
	RANGE(0x480, 0x493, G, G, P, G, "VMX capabilities", "information", "SDM 3D A"),
	RANGE(0x4c1, 0x4c8, G, G, P, P, "A_PMC0-7", "counters of the own CPU", "SDM 3B 20.2"),
	RANGE(0x560, 0x58f, G, G, G, G, "RTIT_*", "processor trace writes to physical memory",
	      "SDM 3C 33.2"),
	ROW(0x600, G, G, P, P, "DS_AREA", "records go through the own page tables",
	    "SDM 3B 18.4.9"),
	RANGE(0x601, 0x67f, G, G, P, P, "RAPL, residency, uncore ratio", "energy", "SDM 3B 15.10"),
	RANGE(0x680, 0x69f, G, G, P, P, "LASTBRANCH_FROM", "branch records of the own CPU",
	      "SDM 4, 2.1"),
	RANGE(0x6a0, 0x6a8, G, G, P, P, "U_CET, S_CET, PLx_SSP",
	      "guest state; not offered to cells yet", "APM2 18.6"),
	RANGE(0x6c0, 0x6df, G, G, P, P, "LASTBRANCH_TO", "branch records of the own CPU",
	      "SDM 4, 2.1"),
	ROW(0x6e0, P, P, P, P, "TSC_DEADLINE", "timer of the own APIC", "SDM 3A 11.5.4.1"),
	RANGE(0x770, 0x777, G, G, P, P, "HWP", "frequency", "SDM 3B 15.4"),
	RANGE(0x800, 0x83f, E, E, E, E, "x2APIC",
	      "destinations and delivery modes are filtered; emulated on xAPIC", "APM2 16.11"),
	RANGE(0x840, 0x841, G, G, E, G, "x2APIC, extended features", "sampling and thresholds of root",
	      "APM2 16.11"),
	RANGE(0x842, 0x84f, G, G, G, G, "x2APIC, rest", "not used by Linux", "APM2 16.11"),
	RANGE(0x850, 0x853, G, G, E, E, "x2APIC, extended LVT", "delivery mode is filtered",
	      "APM2 16.11"),
	RANGE(0x854, 0x8ff, G, G, G, G, "x2APIC, rest", "does not exist", "APM2 16.11"),
	ROW(0xc80, G, G, P, G, "DEBUG_INTERFACE", "silicon debug", "SDM 4, 2.1"),
	RANGE(0xc81, 0xc82, G, G, P, F, "L3/L2_QOS_CFG", "shared caches", "APM2 19.4.3"),
	ROW(0xc8d, G, G, P, P, "QM_EVTSEL", "chooses what QM_CTR reads", "APM2 19.3.3"),
	ROW(0xc8e, G, G, P, G, "QM_CTR", "monitoring", "APM2 19.3.3"),
	ROW(0xc8f, G, G, P, F, "PQR_ASSOC", "shared caches; Linux writes 0 when a CPU comes online",
	    "APM2 19.4"),
	RANGE(0xc90, 0xd8f, G, G, P, F, "L3/L2/MBA masks",
	      "shared caches; Linux writes the defaults", "APM2 19.4"),
	ROW(0xd90, G, G, P, P, "BNDCFGS", "guest state", "SDM 4, 2.1"),
	ROW(0xda0, P, P, P, P, "XSS", "guest state; cleared on a change of owner", "APM2 18.13"),
	RANGE(0xdc0, 0xddf, G, G, P, P, "LASTBRANCH_INFO", "branch records of the own CPU",
	      "SDM 4, 2.1"),

	/* --- 0xc0000000 – 0xc0001fff --- */
	ROW(0xc0000080, E, E, E, E, "EFER", "SVME is the hypervisor's; root sees the value it had",
	    "APM2 3.1.7, 15.4"),
	RANGE(0xc0000081, 0xc0000084, P, P, P, P, "STAR, LSTAR, CSTAR, SFMASK", "guest state",
	      "APM2 6.1.1"),
	RANGE(0xc00000e7, 0xc00000e9, P, G, P, G, "MPERF_RO, APERF_RO, IRPERF",
	      "frequency feedback of the own CPU", "APM2 17.3"),
	RANGE(0xc0000100, 0xc0000102, P, P, P, P, "FS_BASE, GS_BASE, KERNEL_GS_BASE", "guest state",
	      "APM2 4.5.3"),
	ROW(0xc0000103, P, P, P, P, "TSC_AUX", "own CPU", "APM2 13.2.4"),
	ROW(0xc0000104, G, G, F, F, "TSC_RATIO",
	    "scales the TSC of guests, thus of every cell; kvm_amd writes 1.0", "APM2 15.30.5",
	    .fixed = TSC_RATIO_ONE),
	ROW(0xc0000108, G, G, P, G, "PREFETCH_CONTROL",
	    "prefetchers are shared with a sibling thread", "APM2 3.2.11"),
	RANGE(0xc000010e, 0xc000010f, G, G, P, P, "LBR_SELECT, DBG_EXTN_CFG",
	      "branch records of the own CPU", "APM2 13.1.1.8"),
	RANGE(0xc0000200, 0xc000020f, G, G, P, F, "L3QOS_BW_CONTROL",
	      "shared memory bandwidth; Linux writes the defaults", "APM2 19.4.2"),
	RANGE(0xc0000280, 0xc000028f, G, G, P, F, "L3QOS_SLOWBW_CONTROL", "shared memory bandwidth",
	      "APM2 19.4.2"),
	RANGE(0xc0000300, 0xc0000303, G, G, P, P, "PERF_CNTR_GLOBAL_*", "counters of the own CPU",
	      "APM2 13.2.1.4"),
	RANGE(0xc00003fd, 0xc0000403, G, G, P, F, "L3_QOS_EXT_CFG, QOS_EVT_CFG",
	      "monitoring of shared caches", "APM2 19.3.3"),
	ROW(0xc0000410, G, G, P, P, "MCA_INTR_CFG",
	    "machine checks are root's; the interrupt goes through a filtered LVT", "APM2 9.3.3"),
	RANGE(0xc0002000, 0xc0002fff, G, G, P, P, "SMCA banks", "machine checks are root's",
	      "APM2 9.3.3"),

	/* --- 0xc0010000 – 0xc0011fff --- */
	RANGE(0xc0010000, 0xc0010007, G, G, P, P, "PERF_CTL0-3, PERF_CTR0-3",
	      "counters of the own CPU", "APM2 13.2.1"),
	ROW(0xc0010010, G, G, P, G, "SYSCFG", "memory map and encryption", "APM2 7.9.1, 7.10"),
	ROW(0xc0010015, G, G, P, E, "HWCR",
	    "root may write McStatusWrEn, CpbDis, IRPerfEn, CpuidUserDis", "APM2 3.2.10",
	    .mask = HWCR_MC_STATUS_WRITE | HWCR_CPB_DISABLE | HWCR_IRPERF |
		    HWCR_CPUID_USER_DISABLE),
	RANGE(0xc0010016, 0xc0010019, G, G, P, G, "IORR", "redirects memory", "APM2 7.9.2"),
	ROW(0xc001001a, G, G, P, G, "TOP_MEM", "redirects memory", "APM2 7.9.3"),
	ROW(0xc001001d, G, G, P, G, "TOP_MEM2", "redirects memory", "APM2 7.9.3"),
	ROW(0xc001001f, G, G, P, F, "NB_CFG",
	    "shared; Linux sets extended port access when a CPU comes online", "BKDG 10h"),
	ROW(0xc0010020, G, G, G, F, "PATCH_LOADER",
	    "microcode runs below the hypervisor; Linux tries when a CPU comes online",
	    "APM2 15.34"),
	ROW(0xc0010022, G, G, P, G, "MC_EXC_REDIR", "turns machine checks into SMIs", "PPR 17h"),
	RANGE(0xc0010030, 0xc0010035, G, G, P, G, "processor name", "information", "APM3 E.4.2"),
	RANGE(0xc0010044, 0xc001004c, G, G, P, P, "MCi_CTL_MASK", "machine checks are root's",
	      "BKDG 15h"),
	RANGE(0xc0010050, 0xc0010054, G, G, G, G, "SMI_ON_IO_TRAP", "system management mode",
	      "APM2 10"),
	ROW(0xc0010055, G, G, P, F, "INT_PENDING_MSG", "idle state C1E; Linux reads it",
	    "BKDG 10h"),
	ROW(0xc0010056, G, G, G, G, "SMI_TRIGGER_IO", "system management mode", "APM2 10"),
	ROW(0xc0010058, G, G, P, G, "MMIO_CONF_BASE", "location of PCI configuration space",
	    "PPR 17h"),
	ROW(0xc0010061, G, G, P, G, "PSTATE_LIMIT", "frequency", "APM2 17.1"),
	ROW(0xc0010062, G, G, P, P, "PSTATE_CTL", "frequency", "APM2 17.1"),
	RANGE(0xc0010063, 0xc001006b, G, G, P, G, "PSTATE_STATUS, PSTATE_DEF",
	      "voltages are shared", "APM2 17.1"),
	RANGE(0xc0010070, 0xc0010071, G, G, P, G, "COFVID_CTL/STATUS", "frequency", "BKDG 15h"),
	RANGE(0xc0010073, 0xc0010074, G, G, P, G, "CSTATE_ADDRESS, CPU_WATCHDOG",
	      "idle states, machine checks by time-out", "PPR 17h"),
	RANGE(0xc0010111, 0xc0010113, G, G, G, G, "SMM_BASE, SMM_ADDR, SMM_MASK",
	      "system management mode", "APM2 10.2"),
	ROW(0xc0010114, G, G, P, G, "VM_CR", "disables SVM, blocks INIT", "APM2 15.30.1"),
	ROW(0xc0010115, G, G, P, G, "IGNNE", "signal of the processor", "APM2 15.30.2"),
	ROW(0xc0010116, G, G, G, G, "SMM_CTL", "system management mode", "APM2 15.30.3"),
	ROW(0xc0010117, G, G, E, E, "VM_HSAVE_PA",
	    "the hypervisor's host state; root sees what it wrote", "APM2 15.30.4"),
	RANGE(0xc0010118, 0xc0010119, G, G, G, G, "SVM_KEY, SMM_KEY", "unlock SVM and SMM",
	      "APM2 15.31"),
	ROW(0xc001011a, G, G, P, G, "LOCAL_SMI_STATUS", "information", "APM2 10"),
	ROW(0xc001011b, G, G, G, G, "AVIC_DOORBELL", "interrupts any CPU", "APM2 15.29.6.2"),
	ROW(0xc0010130, G, G, G, G, "SEV_ES_GHCB", "root is no encrypted guest", "APM2 15.35"),
	ROW(0xc0010131, P, G, P, G, "SEV_STATUS", "information: no encrypted guest",
	    "APM2 15.34.10"),
	RANGE(0xc0010132, 0xc0010134, G, G, P, G, "RMP_BASE, RMP_END, GUEST_TSC_FREQ",
	      "ownership of memory", "APM2 15.36.4"),
	RANGE(0xc0010140, 0xc0010141, P, G, P, F, "OSVW_ID_LENGTH, OSVW_STATUS",
	      "errata known to the firmware", "APM2 Appendix E"),
	RANGE(0xc0010200, 0xc001020b, G, G, P, P, "PERF_CTL0-5, PERF_CTR0-5",
	      "counters of the own CPU", "APM2 13.2.1"),
	RANGE(0xc0010230, 0xc001023b, G, G, P, P, "L3 PMC", "counters", "PPR 17h"),
	RANGE(0xc0010240, 0xc001024f, G, G, P, P, "NB/DF PMC", "counters", "BKDG 15h, PPR 17h"),
	RANGE(0xc0010280, 0xc0010281, G, G, P, G, "PTSC", "time stamp", "BKDG 15h"),
	RANGE(0xc0010290, 0xc0010296, G, G, P, G, "PMGT_*, CSTATE_CONFIG", "energy", "PPR 17h"),
	RANGE(0xc0010299, 0xc001029b, G, G, P, G, "RAPL_UNIT, CORE_ENERGY, PKG_ENERGY", "energy",
	      "PPR 17h"),
	RANGE(0xc00102b0, 0xc00102b4, G, G, P, P, "CPPC", "frequency", "PPR 19h"),
	RANGE(0xc00102f0, 0xc00102f1, G, G, P, F, "PPIN_CTL, PPIN", "serial number", "PPR 17h"),
	RANGE(0xc0010300, 0xc001031f, G, G, P, P, "LASTBRANCH_FROM/TO",
	      "branch records of the own CPU", "APM2 13.1.1.8"),
	RANGE(0xc0010400, 0xc001047f, G, G, P, P, "SMCA MCi_CTL_MASK", "machine checks are root's",
	      "PPR 17h"),
	RANGE(0xc0011000, 0xc0011018, G, G, P, F, "CPUID overrides",
	      "Linux corrects them when a CPU comes online", "PPR 17h"),
	RANGE(0xc0011019, 0xc001101b, G, G, P, P, "DR1-3 address masks",
	      "breakpoints of the own CPU; cleared on a change of owner", "PPR 17h"),
	RANGE(0xc001101c, 0xc001101f, G, G, P, F, "core configuration", "own core", "PPR 17h"),
	ROW(0xc0011020, G, G, P, P, "LS_CFG", "own core; speculative store bypass of older parts",
	    "PPR 17h"),
	RANGE(0xc0011021, 0xc0011023, G, G, P, P, "IC_CFG, DC_CFG, TW_CFG", "own core; errata",
	      "BKDG 15h"),
	RANGE(0xc0011024, 0xc0011026, G, G, P, F, "core configuration", "own core", "PPR 17h"),
	ROW(0xc0011027, G, G, P, P, "DR0 address mask",
	    "breakpoints of the own CPU; cleared on a change of owner", "PPR 17h"),
	RANGE(0xc0011028, 0xc001102c, G, G, P, P, "FP_CFG, DE_CFG, BU_CFG2",
	      "own core; errata, serializing LFENCE", "PPR 17h"),
	ROW(0xc001102d, G, G, P, F, "LS_CFG2", "own core", "PPR 17h"),
	ROW(0xc001102e, G, G, P, P, "BP_CFG", "own core; errata", "PPR 19h"),
	ROW(0xc001102f, G, G, P, F, "reserved", "own core", "PPR 17h"),
	RANGE(0xc0011030, 0xc001103d, G, G, P, P, "IBS",
	      "sampling of the own CPU; the interrupt goes through a filtered LVT", "APM2 13.3"),
	RANGE(0xc001103e, 0xc00110e2, G, G, P, F, "core configuration", "own core", "PPR 17h"),
	ROW(0xc00110e3, G, G, P, P, "SPECTRAL_CHICKEN", "own core; errata", "PPR 17h"),
	RANGE(0xc00110e4, 0xc00110ff, G, G, P, F, "core configuration", "own core", "PPR 17h"),

	RANGE(0, 0xffffffff, G, G, G, G, "others", "denied by default", ""),
};

/*
 * A CPU in x2APIC mode: everything that only concerns the own APIC goes to hardware; what chooses a
 * destination or a delivery mode does not. Same order as above.
 */
static const struct vmsr_row native_x2apic[] = {
	RANGE(0x800, 0x82e, P, P, P, P, "x2APIC", "own APIC", "APM2 16.11"),
	ROW(0x82f, P, E, P, E, "LVT CMCI", "delivery mode is filtered", "SDM 3A 11.5.1"),
	ROW(0x830, E, E, E, E, "ICR", "destination is filtered", "APM2 16.13"),
	ROW(0x831, P, P, P, P, "reserved", "does not exist", "APM2 16.11"),
	RANGE(0x832, 0x837, P, E, P, E, "LVT", "delivery mode is filtered", "APM2 16.4"),
	RANGE(0x838, 0x83f, P, P, P, P, "timer, SELF_IPI", "own APIC", "APM2 16.11"),
};

const struct vmsr_row *vmsr_table(unsigned int *count)
{
	*count = ARRAY_SIZE(rows);
	return rows;
}

static const struct vmsr_row *find_row(const struct vmsr_row *table, unsigned int count, u32 msr)
{
	unsigned int low = 0, high = count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (msr < table[middle].first)
			high = middle;
		else if (msr > table[middle].last)
			low = middle + 1;
		else
			return &table[middle];
	}
	return NULL;
}

const struct vmsr_row *vmsr_lookup(u32 msr)
{
	const struct vmsr_row *row = find_row(rows, ARRAY_SIZE(rows) - 1, msr);

	return row ? row : &rows[ARRAY_SIZE(rows) - 1];
}

/* AMD APM vol. 2, 15.11: three ranges of 0x2000 MSRs; the last quarter is reserved. */
static const u32 svm_range_base[] = { 0, 0xc0000000, 0xc0010000 };
#define SVM_RANGE_MSRS	0x2000
#define SVM_BITMAP_SIZE	0x2000

static void permit(u8 *bitmap, unsigned int index, bool write)
{
	unsigned int bit = index * 2 + write;

	bitmap[bit / 8] &= ~(1u << (bit % 8));
}

static void permit_row(u8 *bitmap, enum vmsr_role role, const struct vmsr_row *row,
		       unsigned int range)
{
	u32 base = svm_range_base[range], msr;

	if (row->last < base || row->first > base + SVM_RANGE_MSRS - 1)
		return;
	if (row->answer[role].read != VMSR_PASS && row->answer[role].write != VMSR_PASS)
		return;
	for (msr = row->first; msr <= row->last && msr < base + SVM_RANGE_MSRS; msr++) {
		unsigned int index = range * SVM_RANGE_MSRS + (msr - base);

		if (row->answer[role].read == VMSR_PASS)
			permit(bitmap, index, false);
		if (row->answer[role].write == VMSR_PASS)
			permit(bitmap, index, true);
	}
}

void vmsr_fill_svm_bitmap(enum vmsr_role role, bool x2apic, u8 *bitmap)
{
	unsigned int i, range;

	memset(bitmap, 0xff, SVM_BITMAP_SIZE);
	for (range = 0; range < ARRAY_SIZE(svm_range_base); range++)
		for (i = 0; i < ARRAY_SIZE(rows) - 1; i++)
			permit_row(bitmap, role, &rows[i], range);
	for (i = 0; x2apic && i < ARRAY_SIZE(native_x2apic); i++)
		permit_row(bitmap, role, &native_x2apic[i], 0);
}

static enum vdev_result read_hardware(const struct vmsr_ops *ops, u32 msr, u64 *value)
{
	return ops->hw_read(msr, value) ? VDEV_OK : VDEV_GP;
}

static enum vdev_result write_hardware(const struct vmsr_ops *ops, u32 msr, u64 value)
{
	return ops->hw_write(msr, value) ? VDEV_OK : VDEV_GP;
}

static enum vdev_result write_masked(const struct vmsr_ops *ops, const struct vmsr_row *row,
				     u32 msr, u64 value)
{
	u64 old;

	if (!ops->hw_read(msr, &old))
		return VDEV_GP;
	return write_hardware(ops, msr, (old & ~row->mask) | (value & row->mask));
}

static enum vdev_result msr_read(struct vcpu *v, const struct vmsr_ops *ops,
				 const struct vmsr_row *row, enum vmsr_role role, u32 msr,
				 u64 *value)
{
	switch (row->answer[role].read) {
	case VMSR_PASS:
		return read_hardware(ops, msr, value);
	case VMSR_EMULATE:
		return ops->read(v, msr, value);
	case VMSR_FIXED:
		*value = row->fixed;
		return VDEV_OK;
	default:
		return VDEV_GP;
	}
}

static enum vdev_result msr_write(struct vcpu *v, const struct vmsr_ops *ops,
				  const struct vmsr_row *row, enum vmsr_role role, u32 msr,
				  u64 value)
{
	switch (row->answer[role].write) {
	case VMSR_PASS:
		return write_hardware(ops, msr, value);
	case VMSR_EMULATE:
		return row->mask ? write_masked(ops, row, msr, value) : ops->write(v, msr, value);
	case VMSR_FIXED:
		return VDEV_OK;
	default:
		return VDEV_GP;
	}
}

enum vdev_result vmsr_access(struct vcpu *v, const struct vmsr_ops *ops, u32 msr, bool is_write,
			     u64 *value)
{
	enum vmsr_role role = cell_is_root(v->pcpu->cell) ? VMSR_ROLE_ROOT : VMSR_ROLE_CELL;
	const struct vmsr_row *row = vmsr_lookup(msr);

	return is_write ? msr_write(v, ops, row, role, msr, *value)
			: msr_read(v, ops, row, role, msr, value);
}
