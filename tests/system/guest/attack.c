// SPDX-License-Identifier: GPL-2.0
/*
 * attack: loads and starts an attacker in its cell, once for each parameter string, and looks after each what became of it and of the
 * others; runs inside the emulated machine.
 *
 *	attack CELL IMAGE PARAMETERS...
 *
 * One line for each start:
 *
 *	attack STATE victim untouched|hurt|silent|absent beats N root untouched|hurt hypervisor lives|dead: PARAMETERS
 *
 * STATE: the cell's at its end, or "running" if it did not come to one within GIVE_UP seconds (environment). Victim: what the cell of tests/inmates/canary publishes,
 * after two more beats. Root: 4 MiB of this process, filled before the first start. Hypervisor: a call of it from root.
 * Exit status: 0 if every line could be written, whatever it says.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jailhouse/ioctl.h>
#include <tests/inmates/lib/heartbeat.h>

#define SYSFS		"/sys/devices/jailhouse/"
#define PARAMETERS_AT	0x1000
#define POLL_US		2000
#define STATE_TIME_S	60	/* of a slow emulator */
#define BEAT_TIME_S	20
#define BEATS		2
#define ROOT_WORDS	(4UL * 1024 * 1024 / sizeof(uint64_t))

static const volatile struct heartbeat *heartbeat;
static volatile uint64_t *roots;

static int fail(const char *what)
{
	printf("attack: %s: %s\n", what, strerror(errno));
	return -1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- who must not notice ------------------------------------------------------------------------------------------------- */

static uint64_t pattern(unsigned long n)
{
	return (n + 1) * 0x9e3779b97f4a7c15ULL;
}

static int fill_roots(void)
{
	unsigned long n;

	roots = mmap(NULL, ROOT_WORDS * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (roots == MAP_FAILED)
		return fail("memory");
	for (n = 0; n < ROOT_WORDS; n++)
		roots[n] = pattern(n);
	return 0;
}

static const char *look_at_root(void)
{
	unsigned long n;

	for (n = 0; n < ROOT_WORDS; n++)
		if (roots[n] != pattern(n))
			return "hurt";
	return "untouched";
}

static int open_heartbeat(void)
{
	int fd = open("/dev/mem", O_RDONLY);
	void *page;

	if (fd < 0)
		return fail("/dev/mem");
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, HEARTBEAT_PHYS);
	close(fd);
	if (page == MAP_FAILED)
		return fail("the victim's page");
	heartbeat = page;
	return 0;
}

static const char *look_at_victim(void)
{
	unsigned int first = heartbeat->beats;
	double end = now() + BEAT_TIME_S;

	if (heartbeat->magic != HEARTBEAT_MAGIC)
		return "absent";
	while (heartbeat->beats - first < BEATS) {
		if (now() > end)
			return "silent";
		usleep(POLL_US);
	}
	return heartbeat->corrupted || heartbeat->device_errors || heartbeat->stray ? "hurt" : "untouched";
}

static int read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (got < 0)
		return -1;
	text[got] = 0;
	text[strcspn(text, "\n")] = 0;
	return 0;
}

/* The file's content is the answer to a hypercall. */
static const char *look_at_hypervisor(void)
{
	char text[32];

	return !read_text(SYSFS "mem_pool_used", text, sizeof(text)) && strtoul(text, NULL, 0) ? "lives" : "dead";
}

/* --- the attacker -------------------------------------------------------------------------------------------------------- */

struct attacker {
	int fd;
	struct jailhouse_cell_id id;
	char state_path[80];
	void *image;
	size_t image_size;
};

static int find_cell(struct attacker *a, const char *name)
{
	char path[80], text[64];
	int id;

	for (id = 1; id < 64; id++) {
		snprintf(path, sizeof(path), SYSFS "cells/%d/name", id);
		if (read_text(path, text, sizeof(text)) || strcmp(text, name))
			continue;
		a->id.id = id;
		snprintf(a->state_path, sizeof(a->state_path), SYSFS "cells/%d/state", id);
		return 0;
	}
	errno = ENOENT;
	return fail(name);
}

static int read_image(struct attacker *a, const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return fail(path);
	a->image_size = (size_t)st.st_size;
	a->image = malloc(a->image_size);
	if (!a->image || read(fd, a->image, a->image_size) != st.st_size)
		return fail(path);
	close(fd);
	return 0;
}

static int load_and_start(struct attacker *a, const char *parameters)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image[2];
	} request = {
		.load = { .cell_id = a->id, .num_preload_images = 2 },
		.image = {
			{ .source_address = (uintptr_t)a->image, .size = a->image_size },
			{ .source_address = (uintptr_t)parameters, .size = strlen(parameters) + 1, .target_address = PARAMETERS_AT },
		},
	};

	if (ioctl(a->fd, JAILHOUSE_CELL_LOAD, &request))
		return fail("load");
	return ioctl(a->fd, JAILHOUSE_CELL_START, &a->id) ? fail("start") : 0;
}

static void wait_for_end(const struct attacker *a, char *state, size_t size)
{
	const char *give_up = getenv("GIVE_UP");
	double end = now() + (give_up ? atof(give_up) : STATE_TIME_S);

	do {
		if (read_text(a->state_path, state, size) || (strncmp(state, "running", 7) && strcmp(state, "unknown")))
			return;
		usleep(POLL_US);
	} while (now() < end);
}

static int attack(struct attacker *a, const char *parameters)
{
	char state[32] = "";
	const char *victim;

	if (load_and_start(a, parameters))
		return -1;
	wait_for_end(a, state, sizeof(state));
	victim = look_at_victim();
	printf("attack %s victim %s beats %u root %s hypervisor %s: %s\n", state, victim, heartbeat->beats, look_at_root(),
	       look_at_hypervisor(), parameters);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct attacker a = { .fd = open("/dev/jailhouse", O_RDWR) };
	int n;

	if (argc < 4) {
		printf("usage: attack CELL IMAGE PARAMETERS...\n");
		return 1;
	}
	if (a.fd < 0)
		return fail("/dev/jailhouse") ? 1 : 0;
	if (find_cell(&a, argv[1]) || read_image(&a, argv[2]) || fill_roots() || open_heartbeat())
		return 1;
	for (n = 3; n < argc; n++)
		if (attack(&a, argv[n]))
			return 1;
	return 0;
}
