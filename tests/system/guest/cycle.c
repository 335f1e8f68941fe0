// SPDX-License-Identifier: GPL-2.0
/*
 * cycle: the life of a cell, or of the hypervisor, many times over, by the ioctls alone; runs inside the emulated machine.
 *
 *	cycle cells TIMES CONFIG IMAGE NAME	create, load at 0, start, destroy
 *	cycle enable TIMES CONFIG		enable, disable
 *
 * Ends with 0 if every request succeeded, else with a line that says which did not. The command's own start takes longer than a
 * request, and nothing of it is to be seen here.
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
#include <unistd.h>

#include <jailhouse/ioctl.h>

#define ROOM	0x100000UL

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

static struct file config, image;
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

int main(int argc, char **argv)
{
	device = open("/dev/jailhouse", O_RDWR);
	if (device >= 0 && argc == 6 && !strcmp(argv[1], "cells") && !read_file(&config, argv[3]) && !read_file(&image, argv[4]))
		return cycle_cells(atoi(argv[2]), argv[5]);
	if (device >= 0 && argc == 4 && !strcmp(argv[1], "enable") && !read_file(&config, argv[3]))
		return cycle_enable(atoi(argv[2]));
	printf("cycle: usage: see the source\n");
	return 2;
}
