/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/* Messages, states, time-outs. Copyright (c) Jailhouse contributors, 2026 */
#include "core_support.h"

#define ID 1

static struct jailhouse_comm_region *comm(u32 id)
{
	return machine_cell(id)->comm;
}

static s64 destroy_once(void)
{
	return machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0);
}

static void start_with_timeout(u64 timeout_us)
{
	struct cell_spec spec = machine_spec(ID);

	spec.timeout = timeout_us;
	start_cell(&spec);
}

/* --- shutdown request --------------------------------------------------------------------- */

static void a_running_cell_is_asked_and_root_does_not_wait(void **state)
{
	start_with_timeout(0);
	comm(ID)->reply_from_cell = 99;
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	assert_int_equal(comm(ID)->reply_from_cell, JAILHOUSE_MSG_NONE);
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(fake_vcpus[0].arch.mode, FAKE_RUNNING);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
}

static void approval_lets_the_operation_proceed(void **state)
{
	start_with_timeout(0);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
	assert_null(machine_cell(ID));
}

static void denial_is_eperm_with_a_refusal_and_the_cell_runs_on(void **state)
{
	static const u32 numbers[] = { JAILHOUSE_HC_CELL_START, JAILHOUSE_HC_CELL_SET_LOADABLE,
				       JAILHOUSE_HC_CELL_DESTROY };
	size_t n;

	start_with_timeout(0);
	for (n = 0; n < ARRAY_SIZE(numbers); n++) {
		assert_int_equal(operate(numbers[n], ID, DENYING), -EPERM);
		assert_int_equal(machine_last_rule(), RULE_SHUTDOWN_DENIED);
		assert_string_equal((const char *)machine.status->refusal.cell_name, "first");
		assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
		assert_int_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
		assert_isolated();
	}
}

static void any_other_answer_is_a_denial(void **state)
{
	start_with_timeout(0);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, CONFUSED), -EPERM);
}

static void a_second_request_after_a_denial_is_asked_anew(void **state)
{
	start_with_timeout(0);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, DENYING), -EPERM);
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	machine_answer(ID, POLITE);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
}

static void ending_while_asked_counts_as_approval(void **state)
{
	static const u32 ends[] = { JAILHOUSE_CELL_SHUT_DOWN, JAILHOUSE_CELL_FAILED,
				    JAILHOUSE_CELL_FAILED_COMM_REV };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(ends); n++) {
		start_with_timeout(0);
		assert_int_equal(destroy_once(), -EAGAIN);
		comm(ID)->cell_state = ends[n];
		assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	}
}

static void a_cell_that_has_ended_is_not_asked(void **state)
{
	static const u32 ends[] = { JAILHOUSE_CELL_SHUT_DOWN, JAILHOUSE_CELL_FAILED,
				    JAILHOUSE_CELL_FAILED_COMM_REV };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(ends); n++) {
		start_with_timeout(0);
		comm(ID)->cell_state = ends[n];
		assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
		assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_NONE);
		assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	}
}

static void a_passive_cell_is_not_asked(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.flags = JAILHOUSE_CELL_PASSIVE_COMMREG;
	start_cell(&spec);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_NONE);
}

/* --- time --------------------------------------------------------------------------------- */

static void silence_ends_in_a_stopped_failed_cell_after_the_configured_microseconds(void **state)
{
	start_with_timeout(5000);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_START, ID, 0), -EAGAIN);
	fake_advance_time(4900);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_START, ID, 0), -EAGAIN);
	fake_advance_time(200);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0),
			 0);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	assert_non_null(strstr(machine_console(), "did not answer"));
}

static void the_state_is_failed_when_nobody_comes_back_for_the_answer(void **state)
{
	struct cell_spec second = machine_spec(2);

	start_with_timeout(5000);
	assert_int_equal(destroy_once(), -EAGAIN);
	fake_advance_time(10000);
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_FAILED);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	assert_int_equal(comm(ID)->cell_state, JAILHOUSE_CELL_FAILED);
}

static void timeout_zero_means_ten_seconds(void **state)
{
	start_with_timeout(0);
	assert_int_equal(destroy_once(), -EAGAIN);
	fake_advance_time(9990000);
	assert_int_equal(destroy_once(), -EAGAIN);
	fake_advance_time(10000);
	destroy_once();
	/* past the request, on to scrubbing */
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_SHUT_DOWN);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
}

static void the_largest_timeout_is_an_hour(void **state)
{
	start_with_timeout(CONFIG_MAX_REPLY_TIMEOUT_US);
	assert_int_equal(destroy_once(), -EAGAIN);
	fake_advance_time(3599000000ULL);
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
}

/* --- information -------------------------------------------------------------------------- */

static void other_cells_hear_of_create_and_destroy(void **state)
{
	struct cell_spec second = machine_spec(2);

	start_with_timeout(0);
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
	assert_int_equal(comm(2)->msg_to_cell, JAILHOUSE_MSG_NONE);
	machine_answer(ID, POLITE);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), 0);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
}

static void a_late_answer_to_information_is_not_taken_for_one_to_the_request(void **state)
{
	struct cell_spec second = machine_spec(2);

	start_with_timeout(0);
	assert_int_equal(machine_create(&second), 0);
	/* the cell has read the information, and answers only after the request was made */
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_RECONFIG_COMPLETED);
	jailhouse_send_reply_from_cell(comm(ID), JAILHOUSE_MSG_RECEIVED);
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
}

static void unanswered_information_delays_the_request_only_shortly(void **state)
{
	struct cell_spec second = machine_spec(2);

	start_with_timeout(0);
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(destroy_once(), -EAGAIN);
	fake_advance_time(101000);
	assert_int_equal(destroy_once(), -EAGAIN);
	assert_int_equal(comm(ID)->msg_to_cell, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
}

/* --- states ------------------------------------------------------------------------------- */

static void an_end_that_the_cell_has_shown_is_final(void **state)
{
	start_with_timeout(0);
	comm(ID)->cell_state = JAILHOUSE_CELL_FAILED_COMM_REV;
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_FAILED_COMM_REV);
	comm(ID)->cell_state = JAILHOUSE_CELL_RUNNING;
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_FAILED_COMM_REV);
	assert_int_equal(machine.status->cells[1].state, JAILHOUSE_CELL_FAILED_COMM_REV);
}

static void the_cells_word_does_not_count_before_it_was_started(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	assert_int_equal(machine_create(&spec), 0);
	comm(ID)->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_SHUT_DOWN);
}

static void a_word_that_is_no_state_is_einval_for_the_reader_and_running_for_us(void **state)
{
	start_with_timeout(0);
	comm(ID)->cell_state = 0x4711;
	assert_int_equal(state_of(ID), -EINVAL);
	assert_int_equal(comm_cell_state(machine_cell(ID)), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
}

static void a_change_of_state_is_announced(void **state)
{
	u32 generation;

	start_with_timeout(0);
	generation = machine.status->generation;
	comm(ID)->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	state_of(ID);
	assert_true(machine.status->generation != generation);
	generation = machine.status->generation;
	state_of(ID);
	assert_int_equal(machine.status->generation, generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_running_cell_is_asked_and_root_does_not_wait),
		TEST(approval_lets_the_operation_proceed),
		TEST(denial_is_eperm_with_a_refusal_and_the_cell_runs_on),
		TEST(any_other_answer_is_a_denial),
		TEST(a_second_request_after_a_denial_is_asked_anew),
		TEST(ending_while_asked_counts_as_approval),
		TEST(a_cell_that_has_ended_is_not_asked),
		TEST(a_passive_cell_is_not_asked),
		TEST(silence_ends_in_a_stopped_failed_cell_after_the_configured_microseconds),
		TEST(the_state_is_failed_when_nobody_comes_back_for_the_answer),
		TEST(timeout_zero_means_ten_seconds),
		TEST(the_largest_timeout_is_an_hour),
		TEST(other_cells_hear_of_create_and_destroy),
		TEST(a_late_answer_to_information_is_not_taken_for_one_to_the_request),
		TEST(unanswered_information_delays_the_request_only_shortly),
		TEST(an_end_that_the_cell_has_shown_is_final),
		TEST(the_cells_word_does_not_count_before_it_was_started),
		TEST(a_word_that_is_no_state_is_einval_for_the_reader_and_running_for_us),
		TEST(a_change_of_state_is_announced),
	};

	return cmocka_run_group_tests_name("core_messages", tests, NULL, NULL);
}
