// SPDX-License-Identifier: GPL-2.0
/*
 * status - the status page: refusals as data and the state of every cell. Everything below
 * status_lock.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/iommu.h>
#include <hv/log.h>
#include <common/config/rules.h>
#include <common/lib/string.h>


/*
 * Words of the packed page that root reads while they change; the page is aligned, and so are they.
 */
#define status_word(page, field) ((u32 *)((char *)(page) + offsetof(struct hv_status_page, field)))

int refuse(struct system *s, const struct jailhouse_refusal *r)
{
	struct hv_status_page *page = s->status;
	u32 *seq = status_word(page, refusal_seq);

	status_init(s);
	spin_lock(&s->status_lock);
	WRITE_ONCE(*seq, *seq + 1);
	/* odd before the data: pairs with the reader's first look */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	page->refusal = *r;
	__atomic_store_n(seq, *seq + 1, __ATOMIC_RELEASE);
	spin_unlock(&s->status_lock);

	/* the sentence is the command's and the driver's: they get the page */
	log_printf("refused by rule %u, error %d, values 0x%llx 0x%llx 0x%llx\n", r->rule, r->error, r->value[0],
		   r->value[1], r->value[2]);
	return r->error;
}

int refuse_about(struct system *s, u32 rule, const struct refusal_about *about)
{
	const struct cell *c = about->cell, *other = about->other;
	struct jailhouse_refusal r;

	refusal_init(&r, rule);
	r.object = about->object;
	r.index = about->index;
	memcpy(r.value, about->value, sizeof(about->value));
	if (c) {
		/* the new one has no number so far */
		r.cell = system_find_cell(s, c->id) == c ? (s32)c->id : -1;
		memcpy(r.cell_name, c->config->name, sizeof(r.cell_name) - 1);
	}
	if (other) {
		r.other_cell = other->id;
		memcpy(r.other_name, other->config->name, sizeof(r.other_name) - 1);
	}
	return refuse(s, &r);
}

static u32 failed_cpus(const struct cell *c)
{
	u32 cpu, count = 0;

	cell_for_each_cpu(cpu, c)
		count += c->sys->pcpus[cpu].failed;
	return count;
}

static void describe_cell(struct jailhouse_status_cell *out, struct cell *c)
{
	out->id = c->id;
	out->state = comm_cell_state(c);
	out->failed_cpus = failed_cpus(c);
	out->flags = iommu_cell_flags(c) | (c->loadable ? JAILHOUSE_STATUS_LOADABLE : 0);
}

void status_update(struct system *s)
{
	struct hv_status_page *page = s->status;
	struct cell *c;
	u32 slot = 0;

	spin_lock(&s->status_lock);
	/* first: what is noticed meanwhile makes it stale again */
	WRITE_ONCE(s->status_stale, false);
	for (c = s->cells; c && slot < JAILHOUSE_STATUS_MAX_CELLS; c = c->next)
		describe_cell(&page->cells[slot++], c);
	for (; slot < JAILHOUSE_STATUS_MAX_CELLS; slot++)
		page->cells[slot] = (struct jailhouse_status_cell){ .id = -1 };
	/* States before their announcement: pairs with the driver's read of the generation. */
	__atomic_store_n(status_word(page, generation), page->generation + 1, __ATOMIC_RELEASE);
	spin_unlock(&s->status_lock);
}

void status_refresh(struct system *s)
{
	if (READ_ONCE(s->status_stale))
		status_update(s);
}

void status_root_stopped(struct system *s, u64 cycles)
{
	u64 *max = (u64 *)((char *)s->status + offsetof(struct hv_status_page, root_stop_max));
	u64 old = READ_ONCE(*max);

	/* a failed exchange has read the value of the CPU that was faster */
	while (old < cycles && !__atomic_compare_exchange_n(max, &old, cycles, false,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/* Whoever refuses first, before or in system_init(), sets it up. */
void status_init(struct system *s)
{
	struct hv_status_page *page = s->status;

	if (page->magic == JAILHOUSE_STATUS_MAGIC)
		return;
	memset(page, 0, sizeof(*page));
	page->magic = JAILHOUSE_STATUS_MAGIC;
	page->size = sizeof(*page);
}
