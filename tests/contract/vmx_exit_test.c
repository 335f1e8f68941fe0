// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/arch/x86/entry/vmx_exit.c hypervisor/virt/vmx_check.c tests/contract/x86_exit_stubs.c */
/* cflags: -Ihypervisor -include tests/contract/x86_machine.h -idirafter hypervisor/arch/x86/include */
/*
 * What is VMX about an exit: the VMCS is memory, what lies below and beside is noted.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <hv/cpu_ctrl.h>
#include <hv/fault.h>
#include <hv/log.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <virt/vmx.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

void vmx_handle_exit(struct vcpu *v);

struct machine machine;
static struct percpu p;
static struct pcpu pcpu;
static struct cell root, cell;

static struct {
	char log[256];
	struct fault fault;
	unsigned int faults, vector, injected;
	int error_code;
} noted;

/* --- what is beneath and beside ------------------------------------------------------------------------------------------------ */

void machine_die(const char *why, u64 what)
{
	fail_msg("the CPU refuses: %s %llx", why, (unsigned long long)what);
	abort();
}

u64 vmx_read(u64 field)
{
	if (field >= MODEL_FIELDS || !machine.written[field])
		machine_die("VMREAD of a field that nobody wrote", field);
	return machine.field[field];
}

void vmx_write(u64 field, u64 value)
{
	machine.field[field] = value;
	machine.written[field] = true;
}

void log_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(noted.log, sizeof(noted.log), fmt, ap);
	va_end(ap);
}

enum fault_verdict guest_fault(struct vcpu *v, const struct fault *f)
{
	noted.fault = *f;
	noted.faults++;
	return FAULT_STOPPED;
}

void vmx_inject(struct vcpu *v, unsigned int vector, int error_code)
{
	noted.vector = vector;
	noted.error_code = error_code;
	noted.injected++;
}

void vmx_advance(struct vcpu *v, unsigned int length)
{
	vmwrite(GUEST_RIP, vmread(GUEST_RIP) + length);
}

u64 vmx_linear_rip(struct vcpu *v) { return vmread(GUEST_RIP); }
void vmx_deliver_nmi(struct vcpu *v) { v->arch.nmi_waits = false; }
void vmx_force_exit(struct percpu *cpu) { }
void vmx_end_forced_exit(struct percpu *cpu) { }
void vmx_unblock_nmis(void) { }
void vmx_guest_paging(struct vcpu *v, struct x86_paging *paging) { }
enum cpu_action cpu_ctrl_process(struct vcpu *v) { return CPU_RUN; }
enum vdev_result x86_common_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value) { return VDEV_GP; }
enum vdev_result x86_dispatch_memory(struct vcpu *v, struct mmio_access *a) { return VDEV_OK; }
bool x86_pat_is_valid(u64 pat) { return true; }
void x86_count_msr(struct vcpu *v, u32 msr) { }
void x86_expect_late_kicks(struct pcpu *self) { }
void x86_note_nmi(struct vcpu *v) { }

/* --- a guest in 64-bit mode ------------------------------------------------------------------------------------------------------ */

static void segments(void)
{
	for (enum vmcs_segment n = VMCS_ES; n <= VMCS_TR; n++) {
		vmwrite(GUEST_SEGMENT(GUEST_SELECTOR, n), 0);
		vmwrite(GUEST_SEGMENT(GUEST_LIMIT, n), 0xffff);
		vmwrite(GUEST_SEGMENT(GUEST_BASE, n), 0);
		vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, n), RIGHTS_UNUSABLE);
	}
	vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS), 0x209b);
	vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_SS), 0x93);
	vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_TR), 0x8b);
}

static int setup(void **state)
{
	static const struct { enum vmcs_field field; u64 value; } fields[] = {
		{ EXIT_QUALIFICATION, 0 }, { EXIT_INSN_LENGTH, 0 }, { EXIT_EVENT, 0 }, { IDT_VECTORING, 0 }, { INSTRUCTION_ERROR, 0 },
		{ GUEST_PHYSICAL_ADDRESS, 0 }, { ENTRY_EVENT, 0 }, { ENTRY_CONTROLS, ENTRY_IA32E }, { VMCS_LINK_POINTER, ~0UL },
		{ GUEST_CR0, 0x80050033 }, { GUEST_CR3, 0x1000 }, { GUEST_CR4, 0x26f0 }, { CR0_MASK, 0 }, { CR0_SHADOW, 0 },
		{ CR4_MASK, X86_CR4_VMXE }, { CR4_SHADOW, 0 }, { GUEST_EFER, 0xd01 }, { GUEST_PAT, 0x0007040600070406 },
		{ GUEST_DEBUGCTL, 0 }, { GUEST_DR7, 0x400 }, { GUEST_RSP, 0x8000 }, { GUEST_RIP, 0x1000 }, { GUEST_RFLAGS, 0x2 },
		{ GUEST_GDTR_BASE, 0 }, { GUEST_GDTR_LIMIT, 0xff }, { GUEST_IDTR_BASE, 0 }, { GUEST_IDTR_LIMIT, 0xfff },
		{ GUEST_SYSENTER_CS, 0 }, { GUEST_SYSENTER_ESP, 0 }, { GUEST_SYSENTER_EIP, 0 }, { GUEST_INTERRUPTIBILITY, 0 },
		{ GUEST_ACTIVITY, ACTIVITY_ACTIVE }, { GUEST_PENDING_DEBUG, 0 },
	};

	memset(&machine, 0, sizeof(machine));
	memset(&noted, 0, sizeof(noted));
	memset(&p, 0, sizeof(p));
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++)
		vmwrite(fields[i].field, fields[i].value);
	segments();
	root.id = 0;
	cell.id = 1;
	pcpu = (struct pcpu){ .id = 2, .cell = &cell };
	p.vcpu.pcpu = &pcpu;
	return 0;
}

static void leave_guest(u32 reason)
{
	vmwrite(EXIT_REASON, reason);
	vmx_handle_exit(&p.vcpu);
}

/* --- entries that fail ----------------------------------------------------------------------------------------------------------- */

static void a_failed_entry_tells_error_and_field(void **state)
{
	static const struct { enum vmcs_field field; u64 value; const char *name; } wrong[] = {
		{ GUEST_RFLAGS, 0, "RFLAGS" }, { GUEST_RIP, 1UL << 62, "RIP" }, { GUEST_SEGMENT(GUEST_RIGHTS, VMCS_TR), 0x89, "TR (not a busy TSS)" },
	};
	char expected[200];

	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		setup(state);
		vmwrite(wrong[i].field, wrong[i].value);
		vmwrite(INSTRUCTION_ERROR, 7);
		vmwrite(EXIT_QUALIFICATION, 2);
		leave_guest(VMX_ENTRY_FAILED | VMX_INVALID_GUEST);
		snprintf(expected, sizeof(expected),
			 "CPU 2: VM entry failed, reason 33, qualification 2, VM-instruction error 7, wrong guest state: %s", wrong[i].name);
		assert_memory_equal(noted.log, expected, strlen(expected));
		assert_true(noted.faults == 1 && noted.fault.fatal && noted.fault.kind == FAULT_EXIT && noted.fault.address == 33);
	}
}

static void a_failed_entry_whose_reason_is_not_found_says_so(void **state)
{
	leave_guest(VMX_ENTRY_FAILED | 34);
	assert_non_null(strstr(noted.log, "reason 34"));
	assert_non_null(strstr(noted.log, "wrong guest state: not found"));
	assert_int_equal(noted.faults, 1);
}

/* --- exceptions and events --------------------------------------------------------------------------------------------------------- */

static void exception(u32 vector, u32 type)
{
	vmwrite(EXIT_EVENT, EVENT_VALID | type << 8 | vector);
	vmwrite(EXIT_INSN_LENGTH, 1);
	leave_guest(VMX_EXCEPTION_NMI);
}

static void int1_is_a_trap_and_a_breakpoint_is_none(void **state)
{
	exception(X86_VEC_DB, EVENT_INT1);
	assert_true(noted.injected == 1 && noted.vector == X86_VEC_DB && noted.error_code < 0);
	assert_int_equal(vmread(GUEST_RIP), 0x1001);
	exception(X86_VEC_DB, EVENT_EXCEPTION);
	assert_int_equal(noted.injected, 2);
	assert_int_equal(vmread(GUEST_RIP), 0x1001);
}

static void debug_registers_show_what_happened(void **state)
{
	machine.now.dr6 = 0xffff0ff1;
	vmwrite(GUEST_DR7, 0x2400);
	vmwrite(EXIT_QUALIFICATION, 0x4002);
	exception(X86_VEC_DB, EVENT_EXCEPTION);
	assert_int_equal(machine.now.dr6, 0xffff4ff2);
	assert_int_equal(vmread(GUEST_DR7), 0x400);
	/* a bus lock and a transaction are 1 in the exit, 0 in the register, and 1 again with the next one */
	vmwrite(EXIT_QUALIFICATION, 0x10800);
	exception(X86_VEC_DB, EVENT_EXCEPTION);
	assert_int_equal(machine.now.dr6, 0xfffe47f0);
	vmwrite(EXIT_QUALIFICATION, 0x1);
	exception(X86_VEC_DB, EVENT_EXCEPTION);
	assert_int_equal(machine.now.dr6, 0xffff4ff1);
}

static void an_alignment_check_has_its_error_code(void **state)
{
	exception(X86_VEC_AC, EVENT_EXCEPTION);
	assert_true(noted.vector == X86_VEC_AC && noted.error_code == 0);
}

static void a_machine_check_of_a_cell_ends_it_and_one_of_root_is_its_own(void **state)
{
	exception(X86_VEC_MC, EVENT_EXCEPTION);
	assert_true(noted.faults == 1 && noted.fault.kind == FAULT_MACHINE_CHECK && !noted.injected);
	pcpu.cell = &root;
	exception(X86_VEC_MC, EVENT_EXCEPTION);
	assert_true(noted.faults == 1 && noted.vector == X86_VEC_MC);
}

/* SDM 28.2.4: of events that an exit interrupted, those of instructions come again by themselves. */
static void an_event_that_was_under_way_is_delivered_again(void **state)
{
	vmwrite(IDT_VECTORING, EVENT_VALID | 0x31);
	leave_guest(VMX_WBINVD);
	assert_int_equal(vmread(ENTRY_EVENT), EVENT_VALID | 0x31);
	vmwrite(ENTRY_EVENT, 0);
	vmwrite(IDT_VECTORING, EVENT_VALID | EVENT_SOFTWARE << 8 | 0x80);
	leave_guest(VMX_WBINVD);
	assert_int_equal(vmread(ENTRY_EVENT), 0);
}

static void guest_writes_cr4(u64 value)
{
	p.vcpu.arch.regs.r[X86_RBX] = value;
	vmwrite(EXIT_QUALIFICATION, X86_RBX << 8 | 4);
	leave_guest(VMX_CR_ACCESS);
}

/* SDM 26.3: the instruction comes again, and does not exit when what we keep is as the shadow says. */
static void a_cell_switches_machine_checks_in_its_shadow_alone(void **state)
{
	vmwrite(CR4_MASK, X86_CR4_VMXE | X86_CR4_MCE);
	vmwrite(GUEST_CR4, X86_CR4_VMXE | X86_CR4_MCE);
	guest_writes_cr4(0x6f0);
	assert_int_equal(vmread(CR4_SHADOW), X86_CR4_MCE);
	guest_writes_cr4(0x6b0);
	assert_int_equal(vmread(CR4_SHADOW), 0);
	assert_true(vmread(GUEST_CR4) == (X86_CR4_VMXE | X86_CR4_MCE) && vmread(GUEST_RIP) == 0x1000 && !noted.injected);
	guest_writes_cr4(0x6f0 | X86_CR4_VMXE);
	assert_true(noted.injected == 1 && noted.vector == X86_VEC_GP && !vmread(CR4_SHADOW));
}

/* --- instructions -------------------------------------------------------------------------------------------------------------------- */

static void a_cell_has_no_vmx(void **state)
{
	vmwrite(CR4_SHADOW, X86_CR4_VMXE);
	for (u32 reason = VMX_VMCLEAR; reason <= VMX_VMXON; reason++) {
		noted.injected = 0;
		leave_guest(reason);
		assert_true(noted.injected == 1 && noted.vector == X86_VEC_UD);
	}
	assert_false(p.vcpu.arch.in_vmx);
}

static void root_believes_to_be_in_vmx_operation(void **state)
{
	pcpu.cell = &root;
	vmwrite(CR4_SHADOW, X86_CR4_VMXE);
	vmwrite(EXIT_INSN_LENGTH, 4);
	leave_guest(VMX_VMXON);
	assert_true(p.vcpu.arch.in_vmx && !(vmread(GUEST_RFLAGS) & X86_RFLAGS_CF) && vmread(GUEST_RIP) == 0x1004);
	leave_guest(VMX_VMCLEAR);
	assert_true(vmread(GUEST_RFLAGS) & X86_RFLAGS_CF);
	leave_guest(VMX_VMXOFF);
	assert_true(!p.vcpu.arch.in_vmx && !(vmread(GUEST_RFLAGS) & X86_RFLAGS_CF));
	leave_guest(VMX_VMXOFF);
	assert_int_equal(noted.vector, X86_VEC_UD);
}

static void what_nobody_asked_for_stops_the_cpu(void **state)
{
	leave_guest(VMX_TASK_SWITCH);
	assert_true(noted.faults == 1 && noted.fault.kind == FAULT_EXIT && noted.fault.address == VMX_TASK_SWITCH && noted.fault.fatal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_failed_entry_tells_error_and_field, setup),
		cmocka_unit_test_setup(a_failed_entry_whose_reason_is_not_found_says_so, setup),
		cmocka_unit_test_setup(int1_is_a_trap_and_a_breakpoint_is_none, setup),
		cmocka_unit_test_setup(debug_registers_show_what_happened, setup),
		cmocka_unit_test_setup(an_alignment_check_has_its_error_code, setup),
		cmocka_unit_test_setup(a_machine_check_of_a_cell_ends_it_and_one_of_root_is_its_own, setup),
		cmocka_unit_test_setup(an_event_that_was_under_way_is_delivered_again, setup),
		cmocka_unit_test_setup(a_cell_switches_machine_checks_in_its_shadow_alone, setup),
		cmocka_unit_test_setup(a_cell_has_no_vmx, setup),
		cmocka_unit_test_setup(root_believes_to_be_in_vmx_operation, setup),
		cmocka_unit_test_setup(what_nobody_asked_for_stops_the_cpu, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
