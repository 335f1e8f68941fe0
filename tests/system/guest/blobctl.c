// SPDX-License-Identifier: GPL-2.0
/*
 * blobctl: hands a configuration, changed at will, to the driver's ioctl as it is, without the tool's own checks; runs inside
 * the emulated machine.
 *
 *	blobctl enable|create FILE [size=BYTES] [cut=BYTES] [OFFSET=HEXBYTES]...
 *	blobctl ioctl NUMBER			an ioctl with argument 0
 *	blobctl enable32|create32 FILE …	the same as a 32-bit program asks: its system call, its numbers and pointers
 *
 * OFFSET=HEXBYTES overwrites bytes, cut= shortens or extends (with zeroes) the blob, size= is the size claimed in the
 * ioctl. The blob ends at the end of a page that is followed by an unmapped one: reading beyond it is -EFAULT.
 * Prints the outcome: the errno's name-less number and, if refused, rule, objects and values of the refusal.
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
#include <unistd.h>

#include <jailhouse/ioctl.h>

#define ROOM	0x10000UL	/* most bytes of a blob */

struct blob {
	uint8_t bytes[ROOM];
	size_t length;
	unsigned int claimed;	/* size told to the driver */
};

static int read_blob(struct blob *blob, const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return -1;
	blob->length = fread(blob->bytes, 1, ROOM, file);
	blob->claimed = blob->length;
	fclose(file);
	return 0;
}

static int overwrite(struct blob *blob, size_t offset, const char *hex)
{
	unsigned int byte;

	for (; hex[0] && hex[1]; hex += 2, offset++) {
		if (offset >= ROOM || sscanf(hex, "%2x", &byte) != 1)
			return -1;
		blob->bytes[offset] = byte;
	}
	return 0;
}

static int change(struct blob *blob, const char *text)
{
	const char *value = strchr(text, '=');

	if (!value++)
		return -1;
	if (!strncmp(text, "size=", 5)) {
		blob->claimed = strtoul(value, NULL, 0);
		return 0;
	}
	if (!strncmp(text, "cut=", 4)) {
		blob->length = strtoul(value, NULL, 0);
		blob->claimed = blob->length;
		return blob->length <= ROOM ? 0 : -1;
	}
	return overwrite(blob, strtoul(text, NULL, 0), value);
}

/* A copy whose last byte is the last of a mapped page. */
static void *place_before_hole(const struct blob *blob)
{
	uint8_t *area = mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || munmap(area + ROOM, 4096))
		return NULL;
	return memcpy(area + ROOM - blob->length, blob->bytes, blob->length);
}

static void print_refusal(int fd)
{
	struct jailhouse_refusal refusal = { 0 };

	if (ioctl(fd, JAILHOUSE_GET_REFUSAL, &refusal)) {
		printf("no refusal: %s\n", strerror(errno));
		return;
	}
	printf("rule %u error %d object %u[%u] other %u[%u] values %llx %llx %llx %llx\n", refusal.rule, refusal.error,
	       refusal.object, refusal.index, refusal.other_object, refusal.other_index,
	       (unsigned long long)refusal.value[0], (unsigned long long)refusal.value[1],
	       (unsigned long long)refusal.value[2], (unsigned long long)refusal.value[3]);
}

static int report(int fd, int result)
{
	int error = result < 0 ? errno : 0;

	printf("errno %d (%s)\n", error, error ? strerror(error) : "accepted");
	if (error)
		print_refusal(fd);
	return error != 0;
}

/* What a program built for i386 does: system call 54, through the gate that only such programs use. */
static int ioctl32(int fd, unsigned int number, const void *argument)
{
	long result;

	__asm__ volatile("int $0x80" : "=a" (result)
			 : "a" (54L), "b" ((long)fd), "c" ((long)number), "d" (argument) : "memory", "r8", "r9", "r10", "r11");
	if ((int)result >= 0)
		return result;
	errno = -(int)result;
	return -1;
}

#define ENABLE32	_IOW(0, 0, uint32_t)	/* a pointer of four bytes */

static int hand_over32(int fd, const char *operation, const struct blob *blob)
{
	static struct jailhouse_cell_create create;
	void *place = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (place == MAP_FAILED)
		return -1;
	memcpy(place, blob->bytes, blob->length);
	if (!strcmp(operation, "enable32"))
		return report(fd, ioctl32(fd, ENABLE32, place));
	create.config_size = blob->claimed;
	create.config_address = (uintptr_t)place;
	memcpy((char *)place + ROOM - sizeof(create), &create, sizeof(create));
	return report(fd, ioctl32(fd, JAILHOUSE_CELL_CREATE, (char *)place + ROOM - sizeof(create)));
}

static int hand_over(int fd, const char *operation, const struct blob *blob)
{
	struct jailhouse_cell_create create = { .config_size = blob->claimed };
	void *place = place_before_hole(blob);

	if (!place)
		return -1;
	if (!strcmp(operation, "enable"))
		return report(fd, ioctl(fd, JAILHOUSE_ENABLE, place));
	create.config_address = (uintptr_t)place;
	return report(fd, ioctl(fd, JAILHOUSE_CELL_CREATE, &create));
}

/* --- requests that no honest program makes ------------------------------------------------------ */

#define MANY_IMAGES 100000

static int endless_name(int fd)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	memset(id.name, 'x', sizeof(id.name));
	return ioctl(fd, JAILHOUSE_CELL_START, &id);
}

static int load(int fd, uint32_t count, uint64_t source, uint64_t target)
{
	static struct { struct jailhouse_cell_load head; struct jailhouse_preload_image image; } request;

	request.head.cell_id.id = JAILHOUSE_CELL_ID_UNUSED;
	strcpy(request.head.cell_id.name, "apic-demo");
	request.head.num_preload_images = count;
	request.image = (struct jailhouse_preload_image){ .source_address = source, .size = 4096, .target_address = target };
	return ioctl(fd, JAILHOUSE_CELL_LOAD, &request);
}

static int as_nobody(int fd)
{
	return setuid(65534) ? -1 : ioctl(fd, JAILHOUSE_DISABLE);
}

static int dishonest(int fd, const char *what)
{
	if (!strcmp(what, "name"))
		return endless_name(fd);
	if (!strcmp(what, "images"))
		return load(fd, MANY_IMAGES, 0, 0);
	if (!strcmp(what, "source"))
		return load(fd, 1, 0x1000, 0);
	if (!strcmp(what, "target"))
		return load(fd, 1, (uintptr_t)what & ~4095UL, 0x7f000000);
	return as_nobody(fd);
}

int main(int argc, char **argv)
{
	static struct blob blob;
	int fd = open("/dev/jailhouse", O_RDWR);
	int i;

	if (fd < 0 || argc < 3) {
		printf("blobctl: %s\n", fd < 0 ? "no /dev/jailhouse" : "usage: see the source");
		return 2;
	}
	if (!strcmp(argv[1], "dishonest"))
		return report(fd, dishonest(fd, argv[2]));
	if (!strcmp(argv[1], "ioctl"))
		return report(fd, ioctl(fd, strtoul(argv[2], NULL, 0), 0));
	if (read_blob(&blob, argv[2])) {
		printf("blobctl: cannot read %s\n", argv[2]);
		return 2;
	}
	for (i = 3; i < argc; i++) {
		if (change(&blob, argv[i])) {
			printf("blobctl: what is '%s'?\n", argv[i]);
			return 2;
		}
	}
	if (strstr(argv[1], "32"))
		return hand_over32(fd, argv[1], &blob);
	return hand_over(fd, argv[1], &blob);
}
