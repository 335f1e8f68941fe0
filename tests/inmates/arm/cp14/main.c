// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * cp14: what is not in CP15 and belongs to a CPU: debug control and ThumbEE by CP14, and the configuration of its private interrupts
 *
 * A cell finds nothing there that another owner has left, does not make private interrupts edge-triggered that others may share, and cannot lock the debug registers: under the lock halting debug can be switched on
 * (ARM ARM, MDSCR_EL1.HDE, which is DBGDSCRext.HDBGen), and a CPU that halts answers nobody. At last it fills all of it for the
 * next one to find.
 *
 *	cp14: NAME is VALUE
 *	cp14: N registers looked at, M are not clean, lock LOCK
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define CP14_READ(op1, crn, crm, op2) ({									\
	u32 _value;												\
	asm volatile("mrc p14, " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r" (_value) : : "memory");		\
	_value;													\
})
#define CP14_WRITE(value, op1, crn, crm, op2) \
	asm volatile("mcr p14, " #op1 ", %0, " #crn ", " #crm ", " #op2 : : "r" ((u32)(value)) : "memory")

#define DBGDSCR_MDBGEN	(1U << 15)
#define DBGOSLSR_OSLK	(1U << 1)
#define LOCK_KEY	0xc5acce55U
#define GICD_ICFGR1	0x0c04

static unsigned int looked, unclean;

static void look(const char *name, u32 value)
{
	looked++;
	if (!value)
		return;
	unclean++;
	printk("cp14: %s is %x\n", name, value);
}

static u32 try_to_lock(void)
{
	u32 locked;

	CP14_WRITE(LOCK_KEY, 0, c1, c0, 4);	/* DBGOSLAR */
	isb();
	locked = CP14_READ(0, c1, c1, 4) & DBGOSLSR_OSLK;
	CP14_WRITE(0, 0, c1, c0, 4);
	CP14_WRITE(1, 0, c1, c3, 4);		/* DBGOSDLR */
	isb();
	locked |= CP14_READ(0, c1, c3, 4);
	CP14_WRITE(0, 0, c1, c3, 4);
	return locked;
}

void inmate_main(void)
{
	u8 *gicd = (u8 *)(unsigned long)comm_region->gicd_base;
	u32 *ppi_config = (u32 *)(gicd + GICD_ICFGR1), config;

	map_range(gicd, PAGE_SIZE, MAP_UNCACHED);
	look("DBGDSCR", CP14_READ(0, c0, c2, 2) & DBGDSCR_MDBGEN);
	look("DBGVCR", CP14_READ(0, c0, c7, 0));
	look("TEECR", CP14_READ(6, c0, c0, 0));
	look("TEEHBR", CP14_READ(6, c1, c0, 0));
	config = mmio_read32(ppi_config);
	mmio_write32(ppi_config, ~config);
	look("change of ICFGR1", config ^ mmio_read32(ppi_config));
	printk("cp14: %u registers looked at, %u are not clean, lock %x\n", looked, unclean, try_to_lock());
	CP14_WRITE(DBGDSCR_MDBGEN, 0, c0, c2, 2);
	CP14_WRITE(1, 6, c0, c0, 0);
	CP14_WRITE(0xdeadbeec, 6, c1, c0, 0);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
