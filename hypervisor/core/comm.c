// SPDX-License-Identifier: GPL-2.0
/*
 * comm - communication page. Protocol: hypervisor clears the reply, then posts the message; the
 * cell clears the message, then replies.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/comm.h>
#include <arch/contract.h>
#include <common/lib/string.h>

#define DEFAULT_TIMEOUT_US	10000000
/*
 * How long a shutdown request waits for the answer to an informational message before it overwrites
 * it.
 */
#define INFO_TIMEOUT_US		100000

/* The words that both sides write: aligned, though the struct is packed. */
#define comm_word(c, field)                                                                        \
	((u32 *)((u8 *)(c)->comm + offsetof(struct jailhouse_comm_region, field)))

static u32 comm_read(const u32 *word)
{
	/* acquire: pairs with the cell's barrier between its answer and what it did before */
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void comm_write(u32 *word, u32 value)
{
	/* release: pairs with the cell's read; reply before message, page before state */
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static bool is_passive(const struct cell *c)
{
	return c->config->flags & JAILHOUSE_CELL_PASSIVE_COMMREG;
}

static bool is_terminal(u32 state)
{
	return state == JAILHOUSE_CELL_SHUT_DOWN || state == JAILHOUSE_CELL_FAILED ||
	       state == JAILHOUSE_CELL_FAILED_COMM_REV;
}

static void remember_end(struct cell *c, u32 state)
{
	WRITE_ONCE(c->hv_state, state);
	WRITE_ONCE(c->sys->status_stale, true);
}

/* One look at the cell's word, as far as it counts; its end is remembered. */
static u32 believe(struct cell *c, u32 word)
{
	if (cell_is_root(c) || READ_ONCE(c->hv_state) != JAILHOUSE_CELL_RUNNING)
		return c->hv_state;
	if (is_terminal(word))
		remember_end(c, word);
	else if (word != JAILHOUSE_CELL_RUNNING_LOCKED || is_passive(c))
		return JAILHOUSE_CELL_RUNNING;
	return word;
}

u32 comm_cell_state(struct cell *c)
{
	return believe(c, comm_read(comm_word(c, cell_state)));
}

int comm_reported_state(struct cell *c)
{
	u32 word = comm_read(comm_word(c, cell_state));
	u32 state = believe(c, word);

	if (state == JAILHOUSE_CELL_RUNNING && !cell_is_root(c) &&
	    word > JAILHOUSE_CELL_FAILED_COMM_REV)
		return -HV_EINVAL;
	return state;
}

void comm_set_state(struct cell *c, u32 state)
{
	WRITE_ONCE(c->hv_state, state);
	comm_write(comm_word(c, cell_state), state);
}

/* The cell's flags about the console are its uppermost bits. */
#define CONSOLE_FLAGS_SHIFT 30
_Static_assert(JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED >> CONSOLE_FLAGS_SHIFT == JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED &&
	       JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE >> CONSOLE_FLAGS_SHIFT == JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE, "bits of the interfaces");

static void fill_page(struct cell *c)
{
	struct jailhouse_comm_region *comm = c->comm;

	memset(comm, 0, PAGE_SIZE);
	memcpy(comm->signature, COMM_REGION_MAGIC, sizeof(comm->signature));
	comm->revision = COMM_REGION_ABI_REVISION;
	comm->flags = c->config->flags >> CONSOLE_FLAGS_SHIFT;
	comm->console = c->config->console;
	comm->pci_mmconfig_base = c->sys->config->platform_info.pci_mmconfig_base;
	arch_comm_fill(c, comm);
}

/*
 * Under the lock of those that look at the state from other cells: an end seen before the start is
 * not remembered after it.
 */
void comm_start(struct cell *c)
{
	spin_lock(&c->sys->status_lock);
	fill_page(c);
	comm_set_state(c, JAILHOUSE_CELL_RUNNING);
	spin_unlock(&c->sys->status_lock);
	c->info_deadline_us = 0;
}

static void post_message(struct cell *c, u32 message)
{
	comm_write(comm_word(c, reply_from_cell), JAILHOUSE_MSG_NONE);
	comm_write(comm_word(c, msg_to_cell), message);
}

/*
 * Its late answer to the informational message could be taken for one to the request, and its
 * clearing of the message could wipe out the request: let it finish first.
 */
static bool info_unanswered(struct cell *c)
{
	if (!c->info_deadline_us || comm_read(comm_word(c, reply_from_cell)) != JAILHOUSE_MSG_NONE)
		return false;
	return arch_time_us() < c->info_deadline_us;
}

static enum comm_answer read_answer(struct cell *c)
{
	switch (comm_read(comm_word(c, reply_from_cell))) {
	case JAILHOUSE_MSG_NONE:
		return COMM_WAIT;
	case JAILHOUSE_MSG_REQUEST_APPROVED:
		return COMM_APPROVED;
	default:
		return COMM_DENIED;
	}
}

static enum comm_answer post_or_read(struct cell *c)
{
	if (c->request_posted)
		return read_answer(c);
	if (info_unanswered(c))
		return COMM_WAIT;
	c->info_deadline_us = 0;
	post_message(c, JAILHOUSE_MSG_SHUTDOWN_REQUEST);
	c->request_posted = true;
	return COMM_WAIT;
}

enum comm_answer comm_request_shutdown(struct cell *c)
{
	enum comm_answer answer;

	if (is_passive(c) || is_terminal(comm_cell_state(c)))
		return COMM_APPROVED;
	if (c->pending != CELL_PENDING_REPLY)
		c->deadline_us = arch_time_us() + (c->config->msg_reply_timeout ?: DEFAULT_TIMEOUT_US);
	answer = post_or_read(c);
	if (answer == COMM_WAIT && arch_time_us() >= c->deadline_us)
		return COMM_TIMEOUT;
	return answer;
}

void comm_post_reconfig(struct system *s, const struct cell *except)
{
	struct cell *c;

	for (c = s->cells; c; c = c->next) {
		if (c == except || cell_is_root(c) || is_passive(c) ||
		    is_terminal(comm_cell_state(c)))
			continue;
		post_message(c, JAILHOUSE_MSG_RECONFIG_COMPLETED);
		c->info_deadline_us = arch_time_us() + INFO_TIMEOUT_US;
	}
}
