// SPDX-License-Identifier: GPL-2.0
/*
 * svm_probe: executes each SVM instruction once in root's kernel mode and logs which exception it raised. Never stays loaded.
 *
 *	svm_probe: vmrun vector 6
 *
 * "none" in place of "vector N": it was executed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <asm/asm.h>

/* All of them take their operand in RAX; the fix-up writes the vector to EAX. */
#define PROBE(name)									\
	do {										\
		unsigned long eax = virt_to_phys(page);					\
		u32 hit = 1;								\
		asm volatile("1: " name "\n\t"						\
			     "xor %1, %1\n"						\
			     "2:\n\t"							\
			     _ASM_EXTABLE_FAULT(1b, 2b)					\
			     : "+a" (eax), "+r" (hit) : "c" (0) : "memory", "cc");	\
		report(name, hit, eax);							\
	} while (0)

static void report(const char *name, bool hit, unsigned long vector)
{
	if (hit)
		pr_info("svm_probe: %s vector %lu\n", name, vector);
	else
		pr_info("svm_probe: %s none\n", name);
}

static int __init svm_probe_init(void)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	/* If they are executed after all: nothing but the page changes, and interrupts come back. */
	PROBE("vmsave");
	PROBE("vmload");
	PROBE("vmrun");
	PROBE("clgi");
	PROBE("stgi");
	PROBE("invlpga");
	free_page((unsigned long)page);
	return -EAGAIN;
}
module_init(svm_probe_init);

MODULE_DESCRIPTION("SVM instructions in root");
MODULE_LICENSE("GPL");
