/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cpu_ctrl - how one CPU makes another do something: post a request, kick, wait.
 */
#ifndef HV_CPU_CTRL_H
#define HV_CPU_CTRL_H

#include <hv/vcpu.h>

/** Post @req and kick; does not wait. */
void cpu_post(struct pcpu *target, enum cpu_request req);
/**
 * For a @target that the caller has suspended: replaces requests that @req overrides; handled when
 * it resumes.
 */
void cpu_command(struct pcpu *target, enum cpu_request req);
/** Nested; returns when the target waits in cpu_ctrl_process(). Never on the own CPU. */
void cpu_suspend(struct pcpu *target);
void cpu_resume(struct pcpu *target);

/** Is there anything for @cpu to do? Who waits in an exit for something that may not come goes on. */
static inline bool cpu_is_called(const struct pcpu *cpu)
{
	return !cpu->leaving && (READ_ONCE(cpu->ctrl.requests) || READ_ONCE(cpu->ctrl.suspend_count));
}

enum cpu_action {
	CPU_RUN,		/* enter the guest (or the park page when pcpu->parked) */
	CPU_LEAVE,		/* call arch leave: back to Linux */
};

/**
 * Handle all posted requests; waits while suspended. Called by entry code on its own CPU at every
 * kick and before a vcpu is entered for the first time. Cheap when nothing is posted.
 */
enum cpu_action cpu_ctrl_process(struct vcpu *vcpu);
/**
 * One look at the mailbox without waiting; true: look again soon (suspended, or more to scrub).
 * cpu_ctrl_process() is a loop around it.
 */
bool cpu_ctrl_step(struct vcpu *vcpu);

#endif /* HV_CPU_CTRL_H */
