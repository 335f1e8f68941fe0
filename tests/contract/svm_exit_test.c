// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/arch/x86/entry/svm_exit.c hypervisor/arch/x86/entry/exit.c hypervisor/arch/x86/hal/kick.c tests/contract/x86_exit_stubs.c */
/* cflags: -Ihypervisor -include tests/contract/x86_machine.h -idirafter hypervisor/arch/x86/include */
/*
 * NMIs on SVM: which of them are kicks and which are root's own. The CPU is modelled with one NMI that waits behind GIF=0.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <arch/contract.h>
#include <hv/cpu_ctrl.h>
#include <hv/fault.h>
#include <hv/log.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <virt/svm.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

void svm_handle_exit(struct vcpu *v);

#define SECOND_US	1000000

struct machine machine;
bool x86_has_gif = true;
static struct percpu p;
static struct pcpu pcpu;
static struct cell root, cell;

static struct {
	u64 now_us, handling_us;
	unsigned int sent;
	bool waits;			/* an NMI, behind GIF=0 or until the guest is left */
	bool announced_late;
} model;

/* --- what is beneath and beside ------------------------------------------------------------------------------------------------ */

void machine_die(const char *why, u64 what)
{
	fail_msg("the CPU refuses: %s %llx", why, (unsigned long long)what);
	abort();
}

u64 arch_time_us(void)
{
	return model.now_us;
}

static void send_ipi(u32 hw_id, u32 icr)
{
	assert_int_equal(icr, 0x4400);
	model.sent++;
	model.waits = true;
}

static void take_nmi(void)
{
	if (model.announced_late)
		pcpu.arch.kick_pending = 1;
	model.announced_late = false;
	if (model.waits)
		x86_note_nmi(&p.vcpu);
	model.waits = false;
}

enum cpu_action cpu_ctrl_process(struct vcpu *v)
{
	model.now_us += model.handling_us;
	return CPU_RUN;
}

void svm_inject(struct vcpu *v, unsigned int vector, int error_code)
{
	assert_int_equal(vector, X86_VEC_NMI);
	svm_vmcb(v)->eventinj = vector | VMCB_EVENT_NMI | VMCB_EVENT_VALID;
}

void svm_skip(struct vcpu *v, unsigned int length) { }
void svm_advance(struct vcpu *v, unsigned int length) { }
void svm_guest_paging(struct vcpu *v, struct x86_paging *paging) { }
unsigned int svm_fetched(struct vcpu *v, u8 *bytes) { return 0; }
bool svm_own_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value) { return false; }
void log_printf(const char *fmt, ...) { }
enum fault_verdict guest_fault(struct vcpu *v, const struct fault *f) { return FAULT_STOPPED; }
enum vdev_result vlapic_mmio(struct vcpu *v, const struct apic_ops *apic, u32 reg, bool is_write, u32 *value) { return VDEV_OK; }
enum vdev_result vlapic_msr(struct vcpu *v, const struct apic_ops *apic, u32 msr, bool is_write, u64 *value) { return VDEV_GP; }
enum vdev_result vlapic_base_msr(struct vcpu *v, u64 hw, bool is_write, u64 *value) { return VDEV_GP; }
enum vdev_result mmio_dispatch(struct vcpu *v, struct mmio_access *a) { return VDEV_OK; }

static int setup(void **state)
{
	static const struct apic_ops apic = { .send_ipi = send_ipi };

	memset(&machine, 0, sizeof(machine));
	memset(&model, 0, sizeof(model));
	memset(&p, 0, sizeof(p));
	machine.local = &p;
	machine.on_stgi = take_nmi;
	model.now_us = 5 * SECOND_US;
	root.id = 0;
	cell.id = 1;
	pcpu = (struct pcpu){ .id = 2, .cell = &root };
	p.vcpu.pcpu = &pcpu;
	p.apic = &apic;
	return 0;
}

/* The guest is left for the NMI that waits. True: it has got one of its own; its handler is over then. */
static bool guest_gets_it(void)
{
	struct vmcb *vmcb = svm_vmcb(&p.vcpu);
	bool injected;

	assert_true(model.waits);
	vmcb->exitcode = VMEXIT_NMI;
	vmcb->exitintinfo = 0;
	svm_handle_exit(&p.vcpu);
	injected = vmcb->eventinj & VMCB_EVENT_VALID;
	vmcb->exitcode = VMEXIT_IRET;
	svm_handle_exit(&p.vcpu);
	return injected;
}

static bool guest_gets_nmi(void)
{
	model.waits = true;
	return guest_gets_it();
}

static void kick_again(void)
{
	model.now_us += 2000;
	arch_cpu_kick_again(&pcpu);
}

/* A kick that was sent again is taken; nothing of it waits. */
static void take_repeated_kick(void)
{
	arch_cpu_kick(&pcpu);
	kick_again();
	assert_false(guest_gets_it());
}

/* --- tests ----------------------------------------------------------------------------------------------------------------------- */

static void kicks_are_ours_and_other_nmis_are_roots(void **state)
{
	arch_cpu_kick(&pcpu);
	arch_cpu_kick(&pcpu);
	arch_cpu_kick_again(&pcpu);
	assert_int_equal(model.sent, 1);
	assert_false(guest_gets_it());
	assert_true(guest_gets_nmi());
	pcpu.parked = true;
	assert_false(guest_gets_nmi());
	pcpu.parked = false;
	pcpu.cell = &cell;
	assert_false(guest_gets_nmi());
}

static void a_kick_is_sent_again_only_if_it_may_be_lost(void **state)
{
	kick_again();
	assert_int_equal(model.sent, 0);
	arch_cpu_kick(&pcpu);
	model.now_us -= 3;	/* another CPU's clock */
	arch_cpu_kick_again(&pcpu);
	assert_int_equal(model.sent, 1);
	kick_again();
	assert_int_equal(model.sent, 2);
}

/* An APIC that was off between announcement and sending, or after sending: one comes, or two. */
static void a_kick_that_an_apic_may_have_lost_is_sent_again_at_once(void **state)
{
	x86_resend_kick(&pcpu);
	assert_int_equal(model.sent, 0);
	pcpu.arch.kick_pending = 1;
	x86_resend_kick(&pcpu);
	assert_int_equal(model.sent, 1);
	assert_false(guest_gets_it());
	assert_false(guest_gets_nmi());
}

static void two_nmis_in_the_second_after_a_repeated_kick_are_its_own(void **state)
{
	take_repeated_kick();
	assert_false(guest_gets_nmi());
	model.now_us += SECOND_US - 1;
	assert_false(guest_gets_nmi());
	assert_true(guest_gets_nmi());
}

static void later_ones_are_roots(void **state)
{
	take_repeated_kick();
	model.now_us += SECOND_US;
	assert_true(guest_gets_nmi());
}

/* Profiling sends hundreds in a second. */
static void a_late_one_does_not_make_the_second_longer(void **state)
{
	take_repeated_kick();
	model.now_us += SECOND_US * 6 / 10;
	assert_false(guest_gets_nmi());
	model.now_us += SECOND_US * 6 / 10;
	assert_true(guest_gets_nmi());
}

static void a_later_kick_that_is_not_repeated_begins_no_second(void **state)
{
	take_repeated_kick();
	model.now_us += 10ULL * SECOND_US;
	arch_cpu_kick(&pcpu);
	assert_false(guest_gets_it());
	assert_true(guest_gets_nmi());
}

static void the_second_begins_when_the_kick_has_been_handled(void **state)
{
	model.handling_us = 3 * SECOND_US;
	take_repeated_kick();
	model.handling_us = 0;
	assert_false(guest_gets_nmi());
}

/* An NMI in the middle of handling, where they come in at any time. */
static void a_late_one_that_comes_at_once_is_known_too(void **state)
{
	arch_cpu_kick(&pcpu);
	kick_again();
	x86_note_nmi(&p.vcpu);
	x86_note_nmi(&p.vcpu);
	assert_false(p.vcpu.arch.nmi_waits);
}

/* What a cell does with its CPUs (they may start each other without an end) costs root two at most. */
static void many_repeats_in_a_cell_cost_its_next_owner_two(void **state)
{
	pcpu.cell = &cell;
	for (unsigned int i = 0; i < 1000; i++) {
		arch_cpu_kick(&pcpu);
		kick_again();
		kick_again();
		assert_false(guest_gets_it());
	}
	pcpu.cell = &root;
	assert_false(guest_gets_nmi());
	assert_false(guest_gets_nmi());
	assert_true(guest_gets_nmi());
}

/* The kicker has announced, and not sent yet, when an NMI of root's is taken: two come, and one of them is root's. */
static void a_kick_that_is_announced_in_the_middle_of_roots_own_takes_none_and_adds_none(void **state)
{
	unsigned int got;

	model.announced_late = true;
	got = guest_gets_nmi();
	got += guest_gets_nmi();
	assert_int_equal(got, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(kicks_are_ours_and_other_nmis_are_roots, setup),
		cmocka_unit_test_setup(a_kick_is_sent_again_only_if_it_may_be_lost, setup),
		cmocka_unit_test_setup(a_kick_that_an_apic_may_have_lost_is_sent_again_at_once, setup),
		cmocka_unit_test_setup(two_nmis_in_the_second_after_a_repeated_kick_are_its_own, setup),
		cmocka_unit_test_setup(later_ones_are_roots, setup),
		cmocka_unit_test_setup(a_late_one_does_not_make_the_second_longer, setup),
		cmocka_unit_test_setup(a_later_kick_that_is_not_repeated_begins_no_second, setup),
		cmocka_unit_test_setup(the_second_begins_when_the_kick_has_been_handled, setup),
		cmocka_unit_test_setup(a_late_one_that_comes_at_once_is_known_too, setup),
		cmocka_unit_test_setup(many_repeats_in_a_cell_cost_its_next_owner_two, setup),
		cmocka_unit_test_setup(a_kick_that_is_announced_in_the_middle_of_roots_own_takes_none_and_adds_none, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
