/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * The core with the real subsystems on the fake machine's devices: each PCI function, pin and port
 * has one owner, seen through what guests use.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../unit/core_support.h"
#include <hv/ownership.h>
#include <hv/x86/vdev.h>

#define PCI_COMMAND		4
#define PCI_COMMAND_MASTER	4
#define ENTRY_MASKED		0x10000
#define RANDOM_STEPS		3000

static const struct subsys_ops *const real_subsystems[] = {
	&subsys_ioapic,	 &subsys_pci,	    &subsys_iommu, &subsys_subpage,
	&subsys_testdev, &machine_recorder, NULL,
};

static int boot_with_devices(void **state)
{
	machine_subsystems = real_subsystems;
	fake_fill_permissions = vpio_fill_bitmap;
	machine_boot();
	return 0;
}

static struct cell_spec device_spec(u32 id)
{
	struct cell_spec spec = machine_spec(id);

	spec.pins = 1 << (3 + id);
	spec.functions = 1 << id;
	spec.ports = (struct jailhouse_pio){ 0x2f8 + 0x10 * id, 8 };
	return spec;
}

/* --- what a cell sees --------------------------------------------------------------------- */

static struct vcpu *any_cpu_of(const struct cell *c)
{
	return &fake_vcpus[cell_next_cpu(c, 0)];
}

static bool sees_function(const struct cell *c, u32 n)
{
	u32 by_call = 0;
	struct mmio_access by_memory = { .addr = gpa(MMCONFIG_BASE + ((u64)FAKE_PCI_BDF(n) << 12)),
					 .size = 2 };
	enum vdev_result result = mmio_dispatch(any_cpu_of(c), &by_memory);

	assert_int_equal(vpci_cfg_access(any_cpu_of(c), FAKE_PCI_BDF(n), 0, 2, false, &by_call),
			 VDEV_OK);
	if (result == VDEV_OK)
		assert_int_equal(by_memory.value, by_call);
	return by_call == 0x1234;
}

static enum vdev_result ioapic_access(const struct cell *c, u32 offset, bool is_write, u64 *value)
{
	struct mmio_access a = { .addr = gpa(FAKE_IOAPIC_ADDRESS + offset),
				 .size = 4,
				 .is_write = is_write,
				 .value = *value };
	enum vdev_result result = mmio_dispatch(any_cpu_of(c), &a);

	*value = a.value;
	return result;
}

static enum vdev_result pin_access(const struct cell *c, u32 pin, bool high, bool is_write,
				   u64 *value)
{
	u64 index = 0x10 + 2 * pin + high;
	enum vdev_result result = ioapic_access(c, 0, true, &index);

	return result == VDEV_OK ? ioapic_access(c, 0x10, is_write, value) : result;
}

/* Entries are never all zero for their owner in these tests: the vector tells. */
static bool sees_pin(const struct cell *c, u32 pin)
{
	u64 value = 0;

	return pin_access(c, pin, false, false, &value) == VDEV_OK && value != 0;
}

static bool may_use_port(const struct cell *c, u32 port)
{
	return !(c->arch.permissions[port / 8] >> (port % 8) & 1);
}

/* --- clauses ------------------------------------------------------------------------------ */

static u64 function_number(u32 n)
{
	return FAKE_PCI_BDF(n);
}

static u64 same_number(u32 n)
{
	return n;
}

static bool config_has_function(const struct cell *c, u32 n)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++)
		if (c->view.pci_devices[i].bdf == FAKE_PCI_BDF(n))
			return true;
	return false;
}

static bool config_has_pin(const struct cell *c, u32 pin)
{
	return c->view.num_irqchips && c->view.irqchips[0].pin_bitmap[0] >> pin & 1;
}

static bool config_has_port(const struct cell *c, u32 port)
{
	return c->view.num_pio && port >= c->view.pio[0].base &&
	       port - c->view.pio[0].base < c->view.pio[0].length;
}

/** struct kind - one kind of device: who should have number n, who does */
static const struct {
	const char *name;
	u32 first, last;
	bool (*configured)(const struct cell *c, u32 n);
	bool (*seen)(const struct cell *c, u32 n);
	enum owned_kind ledger;
	u64 (*number)(u32 n);
} kinds[] = {
	{ "PCI function", 0, FAKE_PCI_FUNCTIONS - 1, config_has_function, sees_function, OWNED_PCI,
	  function_number },
	{ "pin", 0, FAKE_IOAPIC_PINS - 1, config_has_pin, sees_pin, OWNED_PIN, same_number },
	{ "port", ROOT_PORT_BASE, ROOT_PORT_BASE + 0x180, config_has_port, may_use_port, OWNED_PORT,
	  same_number },
};

static void assert_ledger_names(const struct cell *owner, u32 kind, u32 n)
{
	struct owned_extent e =
		ownership_at(&machine, kinds[kind].ledger, kinds[kind].number(n));

	if (ownership_cell(&machine, __builtin_ctz(e.owners)) != owner || e.owners & (e.owners - 1))
		fail_msg("the ledger gives %s %u to the cells 0x%x, it is cell %u's",
			 kinds[kind].name, n, e.owners, owner->id);
}

static void assert_one_owner(u32 kind, u32 n)
{
	const struct cell *c, *owner = machine.root;

	for (c = machine.root->next; c; c = c->next)
		if (kinds[kind].configured(c, n))
			owner = c;
	assert_ledger_names(owner, kind, n);
	for (c = machine.cells; c; c = c->next)
		if (kinds[kind].seen(c, n) != (c == owner))
			fail_msg("%s %u is cell %u's, but cell %u %s it", kinds[kind].name, n,
				 owner->id, c->id, c == owner ? "does not have" : "reaches");
}

static void assert_devices_have_one_owner(void)
{
	u32 kind, n;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		for (n = kinds[kind].first; n <= kinds[kind].last; n++)
			assert_one_owner(kind, n);
}

static int check_devices_afterwards(void **state)
{
	assert_isolated();
	assert_devices_have_one_owner();
	return 0;
}

/* --- tests -------------------------------------------------------------------------------- */

static void a_cell_gets_its_devices_and_root_loses_them(void **state)
{
	struct cell_spec spec = device_spec(1);

	assert_int_equal(machine_create(&spec), 0);
	assert_true(sees_function(machine_cell(1), 1));
	assert_false(sees_function(machine.root, 1));
	assert_true(sees_pin(machine_cell(1), 4));
	assert_false(sees_pin(machine.root, 4));
	assert_true(may_use_port(machine_cell(1), 0x308));
	assert_false(may_use_port(machine.root, 0x308));
	assert_true(may_use_port(machine.root, 0x310));
}

static void destroy_returns_every_device(void **state)
{
	struct machine_image before = oracle_image(&machine), after;
	struct cell_spec spec = device_spec(1);

	start_cell(&spec);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 1, POLITE), 0);
	assert_true(sees_function(machine.root, 1));
	assert_true(sees_pin(machine.root, 4));
	assert_true(may_use_port(machine.root, 0x308));
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void a_device_changes_hands_with_bus_mastering_off(void **state)
{
	struct cell_spec spec = device_spec(1);

	arch_pci_cfg_write(FAKE_PCI_BDF(1), PCI_COMMAND, 2, PCI_COMMAND_MASTER | 3);
	arch_pci_cfg_write(FAKE_PCI_BDF(2), PCI_COMMAND, 2, PCI_COMMAND_MASTER | 3);
	assert_int_equal(machine_create(&spec), 0);
	assert_false(arch_pci_cfg_read(FAKE_PCI_BDF(1), PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	assert_true(arch_pci_cfg_read(FAKE_PCI_BDF(2), PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	arch_pci_cfg_write(FAKE_PCI_BDF(1), PCI_COMMAND, 2, PCI_COMMAND_MASTER | 3);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_false(arch_pci_cfg_read(FAKE_PCI_BDF(1), PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
}

static void a_stopped_cells_device_cannot_write_while_its_memory_is_cleared(void **state)
{
	struct cell_spec spec = device_spec(1);

	start_cell(&spec);
	arch_pci_cfg_write(FAKE_PCI_BDF(1), PCI_COMMAND, 2, PCI_COMMAND_MASTER | 3);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_DESTROY, 1, 0),
			 -EAGAIN);
	assert_true(scrub_active(machine_cell(1)));
	assert_false(arch_pci_cfg_read(FAKE_PCI_BDF(1), PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
}

static void roots_interrupt_to_a_cpu_is_masked_while_a_cell_has_that_cpu(void **state)
{
	struct cell_spec spec = machine_spec(1);
	u64 low = 0x31, high = machine.pcpus[1].hw_id << 24;

	assert_int_equal(pin_access(machine.root, 9, true, true, &high), VDEV_OK);
	assert_int_equal(pin_access(machine.root, 9, false, true, &low), VDEV_OK);
	assert_false(fake_ioapic_entry(9) & ENTRY_MASKED);
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_ioapic_entry(9) & ENTRY_MASKED);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(fake_ioapic_entry(9), 0x31 | machine.pcpus[1].hw_id << 56);
}

static void a_cell_cannot_aim_its_pin_at_anothers_cpu(void **state)
{
	struct cell_spec spec = device_spec(1);
	u64 low = 0x31, high = machine.pcpus[0].hw_id << 24;

	start_cell(&spec);
	assert_int_equal(pin_access(machine_cell(1), 4, true, true, &high), VDEV_OK);
	assert_int_equal(pin_access(machine_cell(1), 4, false, true, &low), VDEV_DENIED);
	assert_true(fake_ioapic_entry(4) & ENTRY_MASKED);
}

static void requests_for_anothers_devices_are_refused(void **state)
{
	static const u32 rules[] = { RULE_PCI_IN_USE, RULE_IRQCHIP_PIN_IN_USE, RULE_PIO_IN_USE };
	struct cell_spec first = device_spec(1), second;
	size_t n;

	assert_int_equal(machine_create(&first), 0);
	for (n = 0; n < ARRAY_SIZE(rules); n++) {
		second = device_spec(2);
		if (n == 0)
			second.functions |= first.functions;
		else if (n == 1)
			second.pins |= first.pins;
		else
			second.ports.base = first.ports.base + 7;
		assert_true(machine_create(&second) < 0);
		assert_int_equal(machine_last_rule(), rules[n]);
	}
}

static void create_with_devices_fails_cleanly_at_every_allocation(void **state)
{
	struct cell_spec spec = device_spec(1);
	struct machine_image before = oracle_image(&machine), after;
	u32 nth;

	for (nth = 1; ; nth++) {
		machine.pool.fail_in = nth;
		if (!machine_create(&spec))
			break;
		after = oracle_image(&machine);
		assert_memory_equal(&before, &after, sizeof(before));
		assert_devices_have_one_owner();
	}
	machine.pool.fail_in = 0;
	assert_true(nth > 6);
}

static void a_subsystem_that_refuses_undoes_those_before_it(void **state)
{
	struct cell_spec spec = device_spec(1);
	struct machine_image before = oracle_image(&machine), after;

	test_subsystem.prepare_error_in = 1;
	assert_int_equal(machine_create(&spec), -ERANGE);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void disable_releases_devices(void **state)
{
	system_shutdown(&machine);
	assert_int_equal(machine.subsystems_up, 0);
	assert_int_equal(test_subsystem.shutdown, 1);
}

static u64 random_state = 7;

static u64 random_below(u64 limit)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % limit;
}

static void random_create(void)
{
	struct cell_spec spec = machine_spec(1 + random_below(3));

	spec.pins = random_below(4) ? 1U << random_below(24) : (u32)random_below(1 << 24);
	spec.functions = random_below(3) ? 1U << random_below(4) : 0;
	spec.ports = (struct jailhouse_pio){ 0x200 + random_below(0x100), random_below(0x20) };
	spec.flags = random_below(2) ? JAILHOUSE_CELL_PASSIVE_COMMREG : 0;
	spec.timeout = 2000;
	machine_create(&spec);
}

static void random_operation(void)
{
	static const u32 numbers[] = { JAILHOUSE_HC_CELL_START, JAILHOUSE_HC_CELL_DESTROY,
				       JAILHOUSE_HC_CELL_DESTROY };

	machine_call(0, numbers[random_below(3)], 1 + random_below(3), 0);
	fake_advance_time(1000);
}

/* A guest does with its devices what it may, and tries what it may not. */
static void random_access(void)
{
	const struct cell *c = machine_cell(random_below(4));
	u64 value = random_below(1 << 17);
	u32 command = random_below(8), pin = random_below(FAKE_IOAPIC_PINS);

	if (!c)
		return;
	pin_access(c, pin, random_below(2), true, &value);
	vpci_cfg_access(any_cpu_of(c), FAKE_PCI_BDF(random_below(FAKE_PCI_FUNCTIONS)), PCI_COMMAND,
			2, true, &command);
}

/* An unmasked entry in hardware aims at a CPU of the pin's owner. */
static void assert_interrupts_stay_inside(void)
{
	const struct cell *c, *owner;
	u32 pin;

	for (pin = 0; pin < FAKE_IOAPIC_PINS; pin++) {
		u64 entry = fake_ioapic_entry(pin);
		struct pcpu *target = system_cpu_by_hw_id(&machine, entry >> 56);

		owner = machine.root;
		for (c = machine.root->next; c; c = c->next)
			if (config_has_pin(c, pin))
				owner = c;
		if (!(entry & ENTRY_MASKED) && !(entry & 0x800) && target && target->cell != owner)
			fail_msg("pin %u of cell %u interrupts CPU %u of cell %u", pin, owner->id,
				 target->id, target->cell->id);
	}
}

static void devices_have_one_owner_after_every_step_of_a_random_life(void **state)
{
	u32 step, created = 0;

	for (step = 0; step < RANDOM_STEPS; step++) {
		u32 cells = machine.cell_count;

		switch (random_below(4)) {
		case 0:
			random_create();
			break;
		case 1:
			random_operation();
			break;
		default:
			random_access();
		}
		created += machine.cell_count > cells;
		fake_run_cpus(100);
		assert_interrupts_stay_inside();
		if (step % 8 == 0)
			assert_devices_have_one_owner();
	}
	assert_true(created > 50);
}

#undef TEST
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, boot_with_devices, check_devices_afterwards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cell_gets_its_devices_and_root_loses_them),
		TEST(destroy_returns_every_device),
		TEST(a_device_changes_hands_with_bus_mastering_off),
		TEST(a_stopped_cells_device_cannot_write_while_its_memory_is_cleared),
		TEST(roots_interrupt_to_a_cpu_is_masked_while_a_cell_has_that_cpu),
		TEST(a_cell_cannot_aim_its_pin_at_anothers_cpu),
		TEST(requests_for_anothers_devices_are_refused),
		TEST(create_with_devices_fails_cleanly_at_every_allocation),
		TEST(a_subsystem_that_refuses_undoes_those_before_it),
		cmocka_unit_test_setup(disable_releases_devices, boot_with_devices),
		TEST(devices_have_one_owner_after_every_step_of_a_random_life),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
