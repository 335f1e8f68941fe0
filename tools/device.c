// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <jailhouse/ioctl.h>

#include <common/config/rules.h>
#include "device.h"
#include "report.h"

#define DEVICE	"/dev/jailhouse"

static const char *device_path(void)
{
	const char *path = getenv("JAILHOUSE_DEVICE");

	return path ? path : DEVICE;
}

static const char *open_way_out(int error)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return "The driver is not loaded: use \"modprobe jailhouse\" or \"insmod jailhouse.ko\" first.";
	case EACCES:
	case EPERM:
		return "Run the command as root.";
	}
	return NULL;
}

/* -1: reported */
static int device_open(int flags)
{
	int fd = open(device_path(), O_RDWR | O_CLOEXEC | flags);

	/* The console may be readable for more people than requests are. */
	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = open(device_path(), O_RDONLY | O_CLOEXEC | flags);
	if (fd < 0)
		report_error(errno, open_way_out(errno), "%s", device_path());
	return fd;
}

/* An older driver does not know the question: then there is no reason. */
static void get_refusal(int fd, struct jailhouse_refusal *refusal)
{
	if (ioctl(fd, JAILHOUSE_GET_REFUSAL, refusal) < 0)
		memset(refusal, 0, sizeof(*refusal));
}

int device_request(unsigned long request, const char *name, void *arg)
{
	struct jailhouse_refusal refusal;
	int fd = device_open(0), status = EXIT_SUCCESS;

	if (fd < 0)
		return EXIT_ERROR;
	if (ioctl(fd, request, arg) < 0) {
		int error = errno;

		get_refusal(fd, &refusal);
		status = report_refusal(name, error, &refusal);
	}
	close(fd);
	return status;
}

long device_query(unsigned long request, void *arg)
{
	int fd = device_open(0);
	long answer;

	if (fd < 0)
		return DEVICE_REPORTED;
	answer = ioctl(fd, request, arg);
	if (answer < 0)
		answer = -errno;
	close(fd);
	return answer;
}

static int console_error(int error)
{
	struct jailhouse_refusal refusal;

	if (error == EAGAIN)
		return report_error(0, "Use \"jailhouse enable\" first.",
				    "Jailhouse is not enabled, and there is no log of an earlier run");
	if (error == EPERM) {
		refusal_init(&refusal, RULE_CONSOLE_FORBIDDEN);
		return report_refusal("console", error, &refusal);
	}
	return report_error(error, NULL, "%s", device_path());
}

static int write_all(const char *buf, size_t size)
{
	while (size) {
		ssize_t n = write(STDOUT_FILENO, buf, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return report_error(errno, NULL, "standard output");
		buf += n;
		size -= (size_t)n;
	}
	return EXIT_SUCCESS;
}

int device_console(int follow)
{
	int fd = device_open(follow ? 0 : O_NONBLOCK), status = EXIT_SUCCESS;
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return EXIT_ERROR;
	while (status == EXIT_SUCCESS) {
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			status = write_all(buf, (size_t)n);
		else if (n < 0 && errno != EINTR)
			status = console_error(errno);
		else if (!follow)
			break;
	}
	close(fd);
	return status;
}

/* A growing buffer serves files and pipes alike. */
static void *read_to_end(int fd, size_t *size)
{
	size_t room = 65536, used = 0;
	char *buf = malloc(room), *larger;
	ssize_t n = 1;

	while (buf && n > 0) {
		if (used == room) {
			larger = realloc(buf, room *= 2);
			if (!larger)
				break;
			buf = larger;
		}
		n = read(fd, buf + used, room - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (n == 0) {
		*size = used;
		return buf;
	}
	free(buf);
	return NULL;
}

void *file_read(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *content = NULL;

	if (fd >= 0) {
		content = read_to_end(fd, size);
		if (!content && !errno)
			errno = ENOMEM;
	}
	if (!content)
		report_error(errno, errno == ENOENT ? "Check the path of the file." : NULL, "%s", path);
	if (fd >= 0)
		close(fd);
	return content;
}
