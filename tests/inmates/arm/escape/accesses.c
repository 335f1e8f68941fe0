// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Accesses whose syndrome does not describe the registers (ARM DDI 0406, B3.13.6), in A32 and T32, to registers that are emulated; and tables of
 * stage 1 where they must not be.
 *
 * The hypervisor reads the instruction and decodes it. Completed are loads and stores of words, bytes and halfwords with an immediate
 * offset and write-back, pairs (LDRD, STRD) and lists (LDM, STM, PUSH, POP), as far as the device takes an access of that size: with the
 * value that the base has then. Everything else ends the CPU: a base that another register moves (A5.3), exclusive accesses (A3.4), lists with
 * PC or of user mode (B9.3.5), RFE and SRS, FP and SIMD (A7.5 to A7.7), and what is not aligned or crosses a page.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <escape/escape.h>

#define GICD_IPRIORITYR	0x400
#define FPEXC_EN	(1U << 30)

void sync_code(void *code)
{
	CP15_WRITE(code, 0, c7, c11, 1);	/* DCCMVAU */
	asm volatile("dsb ish" : : : "memory");
	CP15_WRITE(code, 0, c7, c5, 1);		/* ICIMVAU */
	CP15_WRITE(0, 0, c7, c5, 6);		/* BPIALL */
	asm volatile("dsb ish; isb" : : : "memory");
}

static void forget_translations(void)
{
	CP15_WRITE(0, 0, c8, c7, 0);		/* TLBIALL */
	asm volatile("dsb ish; isb" : : : "memory");
}

/* r0: an address, r1 and r2: 0; r4, r5 and LR may change. Returns what r0 is then. */
typedef u32 access_fn(u32 address, u32 zero, u32 also_zero);

#define ACCESS(name, state, body)						\
	access_fn access_##name;						\
	asm(".pushsection .text\n"						\
	    "	.syntax	unified\n"						\
	    "	.arch	armv7ve\n"						\
	    "	.fpu	neon-vfpv4\n"						\
	    "	" state "\n"							\
	    "	.balign	4\n"							\
	    "	.globl	access_" #name "\n"					\
	    "	.type	access_" #name ", %function\n"				\
	    "access_" #name ":\n"						\
	    "	push	{r4, r5, r6, lr}\n"					\
	    "	mov	r6, sp\n"						\
	    body "\n"								\
	    "	mov	sp, r6\n"						\
	    "	pop	{r4, r5, r6, pc}\n"					\
	    "	.ltorg\n"							\
	    "	.arm\n"								\
	    ".popsection")
#define ARM(name, body)		ACCESS(name, ".arm", body)
#define THUMB(name, body)	ACCESS(name, ".thumb\n	.thumb_func", body)
/* An attempt with the address @reg of the distributor; @value: offset that the base has afterwards */
#define AT(name, reg)								\
	static void name(void *arg)						\
	{									\
		value = access_##name((u32)gicd(reg), 0, 0) - (u32)gicd(0);	\
	}

/* --- completed --- */

ARM(writeback_gic, "ldr r1, [r0], #4");
ARM(preindex_gic, "ldr r1, [r0, #-4]!");
ARM(unprivileged_gic, "ldrt r1, [r0], #4");
ARM(signed_byte_gic, "ldrsb r1, [r0], #1");
ARM(pair_gic, "ldrd r4, r5, [r0], #8");
ARM(pair_store_gic, "mov r4, #0; mov r5, #0; strd r4, r5, [r0, #4]!");
ARM(list_gic, "ldmia r0!, {r1, r4, lr}");
ARM(list_store_gic, "stmdb r0!, {r1, r2}");
ARM(push_gic, "mov sp, r0; mov lr, #0; push {r1, r2, lr}; mov r0, sp");
THUMB(thumb_writeback_gic, "ldr r1, [r0], #4");
THUMB(thumb_byte_gic, "ldrb r1, [r0, #-1]!");
THUMB(thumb_pair_gic, "ldrd r4, r5, [r0], #8");
THUMB(thumb_list_gic, "ldmia r0!, {r1, r2}");
THUMB(thumb_wide_list_gic, "ldmdb.w r0!, {r4, lr}");
THUMB(thumb_push_gic, "mov sp, r0; mov lr, #0; push {r1, r2, lr}; mov r0, sp");
/* of the block's two turns the first is not taken, and what follows it is not in it */
THUMB(thumb_condition_gic, "cmp r1, r2; ite ne; ldrne r1, [r0], #8; ldreq r1, [r0], #4; add r0, r0, #1");

AT(writeback_gic, GICD_ISENABLER)
AT(preindex_gic, GICD_ISENABLER + 4)
AT(unprivileged_gic, GICD_ISENABLER)
AT(signed_byte_gic, GICD_IPRIORITYR)
AT(pair_gic, GICD_ISENABLER)
/* not at an odd word, which QEMU 10 takes for unaligned in device memory */
AT(pair_store_gic, GICD_ISENABLER + 4)
AT(list_gic, GICD_ISENABLER)
AT(list_store_gic, GICD_ISENABLER + 12)
AT(push_gic, GICD_ISENABLER + 16)
AT(thumb_writeback_gic, GICD_ISENABLER)
AT(thumb_byte_gic, GICD_IPRIORITYR + 1)
AT(thumb_pair_gic, GICD_ISENABLER)
AT(thumb_list_gic, GICD_ISENABLER)
AT(thumb_wide_list_gic, GICD_ISENABLER + 12)
AT(thumb_push_gic, GICD_ISENABLER + 16)
AT(thumb_condition_gic, GICD_ISENABLER)

/* --- not completed --- */

ARM(register_writeback_gic, "ldr r1, [r0], r2");
ARM(exclusive_gic, "ldrex r1, [r0]");
ARM(exclusive_store_gic, "ldrex r1, [r0]; strex r1, r2, [r0]");
ARM(exclusive_pair_gic, "ldrexd r4, r5, [r0]");
ARM(list_with_pc_gic, "ldmia r0, {r4, pc}");
ARM(list_of_user_mode_gic, "ldmia r0, {r4, r5}^");
ARM(list_over_the_page_gic, "ldmia r0, {r4, r5}");
ARM(return_from_gic, "rfeia r0");
ARM(return_state_gic, "mov sp, r0; srsdb sp!, #0x13");
ARM(vector_gic, "vldr d0, [r0]");
ARM(vector_store_gic, "vstr s0, [r0]");
ARM(vector_list_gic, "vldmia r0!, {d0-d3}");
ARM(element_gic, "vld1.32 {d0[0]}, [r0]");
THUMB(thumb_exclusive_gic, "ldrex r1, [r0]");
THUMB(thumb_vector_gic, "vldr d0, [r0]");
THUMB(thumb_list_with_pc_gic, "mov sp, r0; pop {r4, pc}");
ARM(swap_gic, ".inst 0xe1001091");	/* SWP r1, r1, [r0] */
THUMB(thumb_read_root, "ldr r1, [r0]");
THUMB(thumb_pair_root, "ldrd r4, r5, [r0]");

AT(register_writeback_gic, GICD_ISENABLER)
AT(exclusive_gic, GICD_ISENABLER)
AT(exclusive_store_gic, GICD_ISENABLER)
AT(exclusive_pair_gic, GICD_ISENABLER)
AT(list_with_pc_gic, GICD_ISENABLER)
AT(list_of_user_mode_gic, GICD_ISENABLER)
AT(list_over_the_page_gic, PAGE_SIZE - 4)
AT(return_from_gic, GICD_ISENABLER)
AT(return_state_gic, GICD_ISENABLER + 16)
AT(thumb_exclusive_gic, GICD_ISENABLER)
AT(thumb_list_with_pc_gic, GICD_ISENABLER)
AT(swap_gic, GICD_ISENABLER)

static void enable_fp(void)
{
	write_sysreg(cpacr_el1, 0xf << 20);
	isb();
	asm volatile(".fpu vfpv4\n\tvmsr fpexc, %0" : : "r" (FPEXC_EN) : "memory");
}

#define VECTOR_AT(name)								\
	static void name(void *arg)						\
	{									\
		enable_fp();							\
		value = access_##name((u32)gicd(GICD_ISENABLER), 0, 0);		\
	}
VECTOR_AT(vector_gic)
VECTOR_AT(vector_store_gic)
VECTOR_AT(vector_list_gic)
VECTOR_AT(element_gic)
VECTOR_AT(thumb_vector_gic)

static void thumb_read_root(void *arg)
{
	map_range((void *)ROOT_MEMORY, 8, MAP_CACHED);
	value = access_thumb_read_root(ROOT_MEMORY, 0, 0);
}

static void thumb_pair_root(void *arg)
{
	map_range((void *)ROOT_MEMORY, 8, MAP_CACHED);
	value = access_thumb_pair_root(ROOT_MEMORY, 0, 0);
}

static void thumb_execute_root(void *arg)
{
	map_range((void *)ROOT_MEMORY, 8, MAP_CACHED);
	((void (*)(void))(ROOT_MEMORY | 1))();
}

/* The first half of a long instruction is the last one of RAM. */
static void thumb_execute_over_the_end(void *arg)
{
	u16 *last = (u16 *)RAM_END - 1;

	mmio_write16(last, 0xf3af);	/* NOP.W */
	sync_code(last);
	((void (*)(void))((u32)last | 1))();
}

static void unaligned_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	value = mmio_read32(gicd(GICD_ISENABLER + 1));
}

static void unaligned_device(void *arg)
{
	map_range((void *)(u32)comm_region->console.address, PAGE_SIZE, MAP_CACHED);
	value = mmio_read32((void *)(u32)(comm_region->console.address + PAGE_SIZE - 2));
}

static void byte_of_enable(void *arg)
{
	value = mmio_read8(gicd(GICD_ISENABLER + 4));
}

static void clean_line_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	CP15_WRITE(gicd(GICD_ISENABLER), 0, c7, c14, 1);	/* DCCIMVAC */
	asm volatile("dsb sy" : : : "memory");
	value = 1;
}

static void execute_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	((void (*)(void))gicd(0))();
}

/* --- stage 1 --- */

static void table_in_gic(void *arg)
{
	write_sysreg(ttbr0_el1, comm_region->gicd_base);
	forget_translations();
	value = 1;
}

static void table_in_root(void *arg)
{
	write_sysreg(ttbr0_el1, ROOT_MEMORY);
	forget_translations();
	value = 1;
}

/*
 * Code runs behind tables of its own, one of which it changes: where it is now the CPU's TLB alone knows. The access that follows has no
 * complete syndrome, so the hypervisor looks for the instruction.
 */
#define ALIAS		0xc0000000U
#define CODE		0x40000U	/* where NO_DEVICE is in its block of 2 MiB; not used otherwise */
#define TABLE		3U
#define BLOCK		(1U | 3U << 8 | 1U << 10)

asm(".pushsection .text\n"
    "	.syntax	unified\n"
    "	.arm\n"
    "code_without_way:\n"
    "	str	r1, [r0]\n"
    "	dsb	ishst\n"
    "	ldrd	r0, r1, [r2]\n"
    "	bx	lr\n"
    ".popsection");
extern u32 code_without_way[];

static void lose_the_way(bool table, u32 value_of_entry)
{
	static u64 level2[512] __attribute__((aligned(4096)));
	u64 *top = (u64 *)(u32)read_sysreg(ttbr0_el1);
	void (*alias)(u64 *, u32, void *) = (void *)(CODE + ALIAS);
	unsigned int n;

	for (n = 0; n < 4; n++)
		((u32 *)CODE)[n] = code_without_way[n];
	sync_code((void *)CODE);
	level2[0] = BLOCK;
	top[ALIAS >> 30] = (u32)level2 | TABLE;
	asm volatile("dsb ish; isb" : : : "memory");
	alias(table ? &top[ALIAS >> 30] : level2, value_of_entry, gicd(GICD_ISENABLER));
	value = 1;
}

static void way_through_no_device(void *arg)
{
	lose_the_way(true, NO_DEVICE | TABLE);
}

static void way_to_no_device(void *arg)
{
	lose_the_way(false, (NO_DEVICE & HUGE_PAGE_MASK) | BLOCK);
}

const struct attempt access_attempts[] = {
	ATTEMPT(writeback_gic), ATTEMPT(preindex_gic), ATTEMPT(unprivileged_gic), ATTEMPT(signed_byte_gic), ATTEMPT(pair_gic),
	ATTEMPT(pair_store_gic), ATTEMPT(list_gic), ATTEMPT(list_store_gic), ATTEMPT(push_gic), ATTEMPT(thumb_writeback_gic),
	ATTEMPT(thumb_byte_gic), ATTEMPT(thumb_pair_gic), ATTEMPT(thumb_list_gic), ATTEMPT(thumb_wide_list_gic), ATTEMPT(thumb_push_gic),
	ATTEMPT(thumb_condition_gic), ATTEMPT(register_writeback_gic), ATTEMPT(exclusive_gic), ATTEMPT(exclusive_store_gic),
	ATTEMPT(exclusive_pair_gic), ATTEMPT(list_with_pc_gic), ATTEMPT(list_of_user_mode_gic), ATTEMPT(list_over_the_page_gic),
	ATTEMPT(return_from_gic), ATTEMPT(return_state_gic), ATTEMPT(vector_gic), ATTEMPT(vector_store_gic), ATTEMPT(vector_list_gic),
	ATTEMPT(element_gic), ATTEMPT(thumb_exclusive_gic), ATTEMPT(thumb_vector_gic), ATTEMPT(thumb_list_with_pc_gic), ATTEMPT(swap_gic),
	ATTEMPT(thumb_read_root), ATTEMPT(thumb_pair_root), ATTEMPT(thumb_execute_root), ATTEMPT(thumb_execute_over_the_end),
	ATTEMPT(unaligned_gic), ATTEMPT(unaligned_device), ATTEMPT(byte_of_enable), ATTEMPT(clean_line_gic), ATTEMPT(execute_gic),
	ATTEMPT(table_in_gic), ATTEMPT(table_in_root), ATTEMPT(way_through_no_device), ATTEMPT(way_to_no_device), NO_MORE,
};
