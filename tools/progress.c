// SPDX-License-Identifier: GPL-2.0
/*
 * A thread of its own writes: a signal could end a wait in the kernel early.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"
#include "report.h"

#define ERASE_LINE	"\r\033[K"

static struct {
	pthread_t thread;
	pthread_mutex_t lock;		/* guards @ended, @done and @total */
	pthread_cond_t end;
	bool running, ended;
	const char *what;
	unsigned long done, total;	/* @total 0: not known */
} progress = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void print_line(unsigned int seconds)
{
	if (progress.total)
		fprintf(stderr, ERASE_LINE "%s: %lu %%, %u s", progress.what, 100 * progress.done / progress.total, seconds);
	else
		fprintf(stderr, ERASE_LINE "%s: %u s", progress.what, seconds);
}

/* Nothing is shown in the first second: most is done by then. */
static void *show(void *unused)
{
	struct timespec next;
	unsigned int seconds = 0;

	(void)unused;
	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&progress.lock);
	for (;;) {
		next.tv_sec++;
		while (!progress.ended && !pthread_cond_timedwait(&progress.end, &progress.lock, &next))
			;
		if (progress.ended)
			break;
		print_line(++seconds);
	}
	pthread_mutex_unlock(&progress.lock);
	if (seconds)
		fputs(ERASE_LINE, stderr);
	return NULL;
}

/* Signals are the main thread's. */
static bool start_thread(void)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = !pthread_create(&progress.thread, NULL, show, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

void progress_begin(const char *what)
{
	pthread_condattr_t attributes;

	if (report_json || !isatty(STDERR_FILENO))
		return;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&progress.end, &attributes);
	pthread_condattr_destroy(&attributes);
	progress.what = what;
	progress.ended = false;
	progress.done = progress.total = 0;
	progress.running = start_thread();
}

void progress_step(unsigned long done, unsigned long total)
{
	pthread_mutex_lock(&progress.lock);
	progress.done = done < total ? done : total;
	progress.total = total;
	pthread_mutex_unlock(&progress.lock);
}

void progress_end(void)
{
	if (!progress.running)
		return;
	pthread_mutex_lock(&progress.lock);
	progress.ended = true;
	pthread_cond_signal(&progress.end);
	pthread_mutex_unlock(&progress.lock);
	pthread_join(progress.thread, NULL);
	progress.running = false;
}
