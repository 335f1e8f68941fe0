// SPDX-License-Identifier: GPL-2.0
/*
 * The hypervisor's virtual console. The ring is written by the hypervisor at any time; a reader
 * copies first and looks afterwards which part of the copy was overtaken meanwhile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "vconsole.h"

#define PIECE		4096
#define POLL_INTERVAL	(HZ / 10)

/*
 * @lock guards all of it. @ring is the hypervisor's, or @kept with the text of the run that is
 * over.
 * @run counts the runs; @seen is the head that was last announced to waiters.
 */
static struct {
	struct mutex lock;
	const struct hv_console_ring *ring;
	struct hv_console_ring *kept;
	bool live, permitted;
	u64 run, seen;
} console = { .lock = __MUTEX_INITIALIZER(console.lock) };

static DECLARE_WAIT_QUEUE_HEAD(readers);

int vconsole_start(const struct hv_console_ring *ring, bool permitted)
{
	struct hv_console_ring *kept = vzalloc(sizeof(*kept));

	if (!kept)
		return -ENOMEM;
	mutex_lock(&console.lock);
	vfree(console.kept);
	console.kept = kept;
	console.ring = ring;
	console.live = true;
	console.permitted = permitted;
	console.run++;
	mutex_unlock(&console.lock);
	return 0;
}

void vconsole_stop(void)
{
	mutex_lock(&console.lock);
	memcpy(console.kept, console.ring, sizeof(*console.kept));
	console.ring = console.kept;
	console.live = false;
	mutex_unlock(&console.lock);
	wake_up_interruptible(&readers);
}

void vconsole_exit(void)
{
	vfree(console.kept);
}

static u64 ring_head(const struct hv_console_ring *ring)
{
	u64 head = READ_ONCE(ring->head);

	/* Pairs with the hypervisor's barrier between content and head. */
	smp_rmb();
	return head;
}

/* The hypervisor writes a byte before it counts it: the place of the one at @head may hold it already. */
static u64 ring_oldest(const struct hv_console_ring *ring)
{
	u64 head = ring_head(ring);

	return head >= HV_CONSOLE_CONTENT_SIZE ? head - (HV_CONSOLE_CONTENT_SIZE - 1) : 0;
}

/*
 * Copy up to @size bytes from *@position on; *@position is moved up to what is still there. Returns
 * the number of bytes.
 */
static size_t ring_copy(const struct hv_console_ring *ring, u64 *position, char *buf, size_t size)
{
	u64 oldest, from;
	size_t i, n;

	*position = max(*position, ring_oldest(ring));
	from = *position;
	n = min_t(u64, size, ring_head(ring) - from);
	for (i = 0; i < n; i++)
		buf[i] = READ_ONCE(ring->content[(from + i) % HV_CONSOLE_CONTENT_SIZE]);
	/* The head is read again only after the content. */
	smp_rmb();
	oldest = ring_oldest(ring);
	if (oldest <= from)
		return n;
	*position = min(oldest, from + n);
	memmove(buf, buf + (*position - from), n - (*position - from));
	return n - (*position - from);
}

void vconsole_poll_ring(void)
{
	bool news = false;

	mutex_lock(&console.lock);
	if (console.live && ring_head(console.ring) != console.seen) {
		console.seen = ring_head(console.ring);
		news = true;
	}
	mutex_unlock(&console.lock);
	if (news)
		wake_up_interruptible(&readers);
}

void vconsole_reader_init(struct vconsole_reader *reader)
{
	memset(reader, 0, sizeof(*reader));
	mutex_init(&reader->lock);
}

static void reader_note_missed(struct vconsole_reader *reader, u64 bytes)
{
	reader->note_length = scnprintf(reader->note, sizeof(reader->note),
					"%s<missed %llu bytes of console log>\n",
					reader->mid_line ? "\n" : "", bytes);
	reader->note_position = 0;
}

static size_t reader_take_note(struct vconsole_reader *reader, char *buf, size_t size)
{
	size_t n = min(size, reader->note_length - reader->note_position);

	memcpy(buf, reader->note + reader->note_position, n);
	reader->note_position += n;
	return n;
}

static void reader_follow_run(struct vconsole_reader *reader)
{
	if (reader->run == console.run)
		return;
	reader->run = console.run;
	reader->position = 0;
}

/*
 * Move on by up to @size bytes into @buf. Returns the number, 0: nothing new. Needs reader->lock
 * and console.lock.
 */
static size_t reader_advance(struct vconsole_reader *reader, char *buf, size_t size)
{
	u64 position;
	size_t n = reader_take_note(reader, buf, size);

	if (n)
		return n;
	reader_follow_run(reader);
	position = reader->position;
	n = ring_copy(console.ring, &position, buf, size);
	if (position == reader->position) {
		reader->position += n;
		return n;
	}
	/* What was copied is fetched again, behind the note. */
	reader_note_missed(reader, position - reader->position);
	reader->position = position;
	return reader_take_note(reader, buf, size);
}

/* Returns the number of bytes, -EPERM, or -EAGAIN if there is nothing to wait for. */
static ssize_t reader_fetch(struct vconsole_reader *reader, char *buf, size_t size)
{
	ssize_t n;

	mutex_lock(&console.lock);
	if (!console.ring)
		n = -EAGAIN;
	else if (!console.permitted)
		n = -EPERM;
	else
		n = reader_advance(reader, buf, size);
	mutex_unlock(&console.lock);
	if (n > 0)
		reader->mid_line = buf[n - 1] != '\n';
	return n;
}

static ssize_t read_once(struct vconsole_reader *reader, char __user *to, size_t count, char *piece)
{
	ssize_t n;

	if (mutex_lock_interruptible(&reader->lock))
		return -EINTR;
	n = reader_fetch(reader, piece, min_t(size_t, count, PIECE));
	mutex_unlock(&reader->lock);
	if (n > 0 && copy_to_user(to, piece, n))
		return -EFAULT;
	return n;
}

static bool reader_has_news(struct vconsole_reader *reader)
{
	bool news;

	mutex_lock(&console.lock);
	news = console.ring &&
	       (reader->run != console.run || reader->note_position < reader->note_length ||
		reader->position != ring_head(console.ring));
	mutex_unlock(&console.lock);
	return news;
}

static ssize_t read_or_wait(struct vconsole_reader *reader, char __user *buf, size_t count,
			    bool nonblocking, char *piece)
{
	ssize_t n;

	for (;;) {
		n = read_once(reader, buf, count, piece);
		if (nonblocking || (n != 0 && n != -EAGAIN))
			return n;
		if (wait_event_interruptible_timeout(readers, reader_has_news(reader),
						     POLL_INTERVAL) < 0)
			return -EINTR;
	}
}

ssize_t vconsole_read(struct vconsole_reader *reader, char __user *buf, size_t count,
		      bool nonblocking)
{
	char *piece;
	ssize_t n;

	if (!count)
		return 0;
	piece = kmalloc(PIECE, GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	n = read_or_wait(reader, buf, count, nonblocking, piece);
	kfree(piece);
	return n;
}

__poll_t vconsole_poll(struct vconsole_reader *reader, struct file *file,
		       struct poll_table_struct *wait)
{
	poll_wait(file, &readers, wait);
	return reader_has_news(reader) ? EPOLLIN | EPOLLRDNORM : 0;
}

ssize_t vconsole_tail(char *buf, size_t size)
{
	ssize_t n = 0;
	u64 position;

	mutex_lock(&console.lock);
	if (console.live && !console.permitted) {
		n = -EPERM;
	} else if (console.live) {
		position = ring_head(console.ring);
		position -= min_t(u64, position, size);
		n = ring_copy(console.ring, &position, buf, size);
	}
	mutex_unlock(&console.lock);
	return n;
}
