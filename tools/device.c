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
#include "progress.h"
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

static const char *words_for(unsigned long request)
{
	switch (request) {
	case JAILHOUSE_ENABLE:
		return "Entering the hypervisor on all CPUs";
	case JAILHOUSE_DISABLE:
		return "Taking all cells back and leaving the hypervisor";
	case JAILHOUSE_CELL_CREATE:
		return "Taking CPUs, devices and memory from Linux, and clearing the memory";
	case JAILHOUSE_CELL_LOAD:
		return "Stopping the cell and copying its images";
	case JAILHOUSE_CELL_START:
		return "Starting the cell";
	case JAILHOUSE_CELL_DESTROY:
		return "Stopping the cell, clearing its memory and giving everything back";
	default:
		return "Waiting for the driver";
	}
}

/* 0, or errno */
static int request_with_progress(int fd, unsigned long request, void *arg)
{
	int error;

	progress_begin(words_for(request));
	error = ioctl(fd, request, arg) < 0 ? errno : 0;
	progress_end();
	return error;
}

int device_request(unsigned long request, const char *name, void *arg)
{
	struct jailhouse_refusal refusal;
	int fd = device_open(0), status = EXIT_SUCCESS, error;

	if (fd < 0)
		return EXIT_ERROR;
	error = request_with_progress(fd, request, arg);
	if (error) {
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

int device_console(int follow, int (*take)(void *context, const char *text, size_t size), void *context)
{
	int fd = device_open(follow ? 0 : O_NONBLOCK), status = EXIT_SUCCESS;
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return EXIT_ERROR;
	while (status == EXIT_SUCCESS) {
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			status = take(context, buf, (size_t)n);
		else if (n < 0 && errno != EINTR)
			status = console_error(errno);
		else if (!follow)
			break;
	}
	close(fd);
	return status;
}

/* Without a message, where the text is only for more detail */
static int open_quietly(void)
{
	return open(device_path(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Zero bytes become blanks: it is text from here on. False: @file is NULL, or reading failed with errno. */
static bool copy_text(int fd, FILE *file)
{
	char buf[4096];
	ssize_t n = -1, i;

	while (file && (n = read(fd, buf, sizeof(buf))) > 0) {
		for (i = 0; i < n; i++)
			buf[i] = buf[i] ? buf[i] : ' ';
		fwrite(buf, 1, (size_t)n, file);
	}
	return file && n == 0;
}

char *device_console_text(bool reported)
{
	int fd = reported ? device_open(O_NONBLOCK) : open_quietly();
	char *text = NULL;
	size_t size;
	FILE *file;
	bool done;
	int error;

	if (fd < 0)
		return NULL;
	file = open_memstream(&text, &size);
	done = copy_text(fd, file);
	error = errno;
	if (file)
		fclose(file);
	close(fd);
	if (done)
		return text;
	free(text);
	if (reported)
		console_error(error);
	return NULL;
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
