/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hypervisor's virtual console, read through /dev/jailhouse.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_VCONSOLE_H
#define DRIVER_VCONSOLE_H

#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <jailhouse/image.h>

#define VCONSOLE_NOTE_SIZE	64

/**
 * struct vconsole_reader - one open file's place in the console
 * @run:	the run of the hypervisor that @position belongs to, 0: none yet
 * @note:	"<missed …>", as far as it has not been read yet
 * @mid_line:	the last byte delivered was not a line's end
 */
struct vconsole_reader {
	struct mutex lock;
	u64 run;
	u64 position;
	bool mid_line;
	char note[VCONSOLE_NOTE_SIZE];
	size_t note_length, note_position;
};

/**
 * A run of the hypervisor begins: readers see @ring. @permitted: the system configuration allows to
 * read it. Returns 0 or -ENOMEM.
 */
int __must_check vconsole_start(const struct hv_console_ring *ring, bool permitted);

/** The run is over: its text is kept for readers until the next one. */
void vconsole_stop(void);

/** Wake up readers if there is news. */
void vconsole_poll_ring(void);

void vconsole_reader_init(struct vconsole_reader *reader);
ssize_t vconsole_read(struct vconsole_reader *reader, char __user *buf, size_t count,
		      bool nonblocking);
__poll_t vconsole_poll(struct vconsole_reader *reader, struct file *file,
		       struct poll_table_struct *wait);

/**
 * The newest text, at most @size bytes, into @buf. Returns their number, 0 when not enabled, or
 * -EPERM.
 */
ssize_t vconsole_tail(char *buf, size_t size);

void vconsole_exit(void);

#endif /* DRIVER_VCONSOLE_H */
