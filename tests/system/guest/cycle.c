// SPDX-License-Identifier: GPL-2.0
/*
 * cycle: the life of a cell, or of the hypervisor, many times over, by the ioctls alone; runs inside the emulated machine.
 *
 *	cycle cells TIMES CONFIG IMAGE NAME	create, load at 0, start, destroy
 *	cycle enable TIMES CONFIG		enable, disable
 *	cycle time TIMES SYSTEM CONFIG IMAGE NAME ONLINE-FILE
 *						all of it and, with the hypervisor off, CPU offline and online
 *
 * "time" prints the median of each as "cycle: WHAT NANOSECONDS", and "cycle: root_stop_max TICKS", the longest that the hypervisor kept a
 * CPU of Linux from running (include/jailhouse/status.h).
 *
 * Ends with 0 if every request succeeded, else with a line that says which did not. The command's own start takes longer than a
 * request, and nothing of it is to be seen here.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <jailhouse/hypercall.h>
#include <jailhouse/image.h>
#include <jailhouse/ioctl.h>

#define ROOM		0x100000UL
#define MAX_TIMES	64

bool jailhouse_use_vmmcall;	/* of the ABI header of x86; no hypercall is made here */

/* struct file - its whole content */
struct file {
	unsigned char bytes[ROOM];
	size_t size;
};

/* struct life - the arguments of a cell's requests */
struct life {
	struct jailhouse_cell_create create;
	struct {
		struct jailhouse_cell_load head;
		struct jailhouse_preload_image image;
	} load;
	struct jailhouse_cell_id id;
};

static struct file config, image, sys_config;
static int device;

static int read_file(struct file *file, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, file->bytes, ROOM);

	if (size <= 0) {
		printf("cycle: cannot read %s\n", path);
		return -1;
	}
	file->size = size;
	return close(fd);
}

static int request(const char *what, unsigned long number, void *argument)
{
	if (!ioctl(device, number, argument))
		return 0;
	printf("cycle: %s: %s\n", what, strerror(errno));
	return -1;
}

static void prepare_life(struct life *life, const char *name)
{
	memset(life, 0, sizeof(*life));
	life->create.config_address = (uintptr_t)config.bytes;
	life->create.config_size = config.size;
	life->id.id = JAILHOUSE_CELL_ID_UNUSED;
	strncpy(life->id.name, name, sizeof(life->id.name) - 1);
	life->load.head.cell_id = life->id;
	life->load.head.num_preload_images = 1;
	life->load.image.source_address = (uintptr_t)image.bytes;
	life->load.image.size = image.size;
}

static int live(struct life *life)
{
	if (request("create", JAILHOUSE_CELL_CREATE, &life->create) || request("load", JAILHOUSE_CELL_LOAD, &life->load) ||
	    request("start", JAILHOUSE_CELL_START, &life->id))
		return -1;
	return request("destroy", JAILHOUSE_CELL_DESTROY, &life->id);
}

static int cycle_cells(int times, const char *name)
{
	struct life life;
	int n;

	prepare_life(&life, name);
	for (n = 0; n < times; n++) {
		if (live(&life))
			return 1;
	}
	return 0;
}

static int cycle_enable(int times)
{
	int n;

	for (n = 0; n < times; n++) {
		if (request("enable", JAILHOUSE_ENABLE, config.bytes) || request("disable", JAILHOUSE_DISABLE, NULL))
			return 1;
	}
	return 0;
}

/* --- how long it takes ---------------------------------------------------------------------------- */

enum step { ENABLE, CREATE, LOAD, START, DESTROY, DISABLE, OFFLINE, ONLINE, STEPS };

static const char *const step_names[STEPS] = { "enable", "create", "load", "start", "destroy", "disable", "cpu_offline", "cpu_online" };
static uint64_t times[STEPS][MAX_TIMES];
static const char *online_file;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int switch_cpu(bool on)
{
	int fd = open(online_file, O_WRONLY), err = fd < 0 || write(fd, on ? "1" : "0", 1) != 1;

	if (err)
		printf("cycle: %s: %s\n", online_file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static int make(enum step step, struct life *life)
{
	switch (step) {
	case ENABLE:
		return request("enable", JAILHOUSE_ENABLE, sys_config.bytes);
	case CREATE:
		return request("create", JAILHOUSE_CELL_CREATE, &life->create);
	case LOAD:
		return request("load", JAILHOUSE_CELL_LOAD, &life->load);
	case START:
		return request("start", JAILHOUSE_CELL_START, &life->id);
	case DESTROY:
		return request("destroy", JAILHOUSE_CELL_DESTROY, &life->id);
	case DISABLE:
		return request("disable", JAILHOUSE_DISABLE, NULL);
	default:
		return switch_cpu(step == ONLINE);
	}
}

static uint64_t read_root_stop(void)
{
	struct hv_image_header header;
	struct hv_status_page status;
	int fd = open("/sys/devices/jailhouse/core", O_RDONLY);
	bool good = fd >= 0 && pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
		pread(fd, &status, sizeof(status), header.status_offset) == sizeof(status);

	if (fd >= 0)
		close(fd);
	return good ? status.root_stop_max : 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int time_steps(int count, const char *name)
{
	uint64_t start, root_stop = 0;
	struct life life;
	int n, step;

	prepare_life(&life, name);
	for (n = 0; n < count; n++)
		for (step = 0; step < STEPS; step++) {
			if (step == DISABLE && read_root_stop() > root_stop)
				root_stop = read_root_stop();
			start = now_ns();
			if (make(step, &life))
				return 1;
			times[step][n] = now_ns() - start;
		}
	for (step = 0; step < STEPS; step++) {
		qsort(times[step], count, sizeof(times[step][0]), compare);
		printf("cycle: %s %llu\n", step_names[step], (unsigned long long)times[step][count / 2]);
	}
	printf("cycle: root_stop_max %llu\n", (unsigned long long)root_stop);
	return 0;
}

int main(int argc, char **argv)
{
	device = open("/dev/jailhouse", O_RDWR);
	if (device >= 0 && argc == 6 && !strcmp(argv[1], "cells") && !read_file(&config, argv[3]) && !read_file(&image, argv[4]))
		return cycle_cells(atoi(argv[2]), argv[5]);
	if (device >= 0 && argc == 4 && !strcmp(argv[1], "enable") && !read_file(&config, argv[3]))
		return cycle_enable(atoi(argv[2]));
	if (device >= 0 && argc == 8 && !strcmp(argv[1], "time") && atoi(argv[2]) <= MAX_TIMES && !read_file(&sys_config, argv[3]) &&
	    !read_file(&config, argv[4]) && !read_file(&image, argv[5])) {
		online_file = argv[7];
		return time_steps(atoi(argv[2]), argv[6]);
	}
	printf("cycle: usage: see the source\n");
	return 2;
}
