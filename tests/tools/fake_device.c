// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded under the jailhouse command: answers its ioctls in place of the driver, and writes down what was asked.
 *
 * FAKE_LOG: file for one line per request. FAKE_ERRNO: what requests fail with (0), with FAKE_FAILS this one alone. FAKE_REFUSAL: file with a struct
 * jailhouse_refusal for JAILHOUSE_GET_REFUSAL; without it that request is unknown, as to an older driver.
 * FAKE_READ_ERRNO: what read() fails with.
 * FAKE_SECONDS: how long a request takes.
 * FAKE_VERIFY: file with the struct jailhouse_verify that JAILHOUSE_VERIFY gives.
 * FAKE_LAST_LOG: file that JAILHOUSE_LAST_LOG hands out.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <jailhouse/ioctl.h>

static void log_hex(FILE *log, const void *data, size_t size)
{
	const unsigned char *p = data;

	fputc(' ', log);
	while (size--)
		fprintf(log, "%02x", *p++);
}

static void log_id(FILE *log, const struct jailhouse_cell_id *id)
{
	fprintf(log, " id=%d name=%s", id->id, id->name);
}

static void log_load(FILE *log, const struct jailhouse_cell_load *load)
{
	__u32 n;

	log_id(log, &load->cell_id);
	for (n = 0; n < load->num_preload_images; n++) {
		const struct jailhouse_preload_image *i = &load->image[n];

		fprintf(log, " image@0x%llx", (unsigned long long)i->target_address);
		log_hex(log, (const void *)(uintptr_t)i->source_address, i->size);
	}
}

static void log_request(unsigned long request, const void *arg)
{
	const struct jailhouse_cell_create *create = arg;
	const struct jailhouse_last_log *last = arg;
	FILE *log = fopen(getenv("FAKE_LOG"), "a");

	fprintf(log, "0x%08lx", request);
	switch (request) {
	case JAILHOUSE_ENABLE:
		log_hex(log, arg, 8);
		break;
	case JAILHOUSE_CELL_CREATE:
		log_hex(log, (const void *)(uintptr_t)create->config_address, create->config_size);
		break;
	case JAILHOUSE_CELL_LOAD:
		log_load(log, arg);
		break;
	case JAILHOUSE_LAST_LOG:
		fprintf(log, " 0x%llx+0x%llx", (unsigned long long)last->phys_start, (unsigned long long)last->size);
		break;
	case JAILHOUSE_CELL_START:
	case JAILHOUSE_CELL_DESTROY:
		log_id(log, arg);
		break;
	}
	fputc('\n', log);
	fclose(log);
}

static int get_refusal(struct jailhouse_refusal *r)
{
	const char *path = getenv("FAKE_REFUSAL");
	FILE *f = path ? fopen(path, "r") : NULL;
	int status = -1;

	errno = EINVAL;
	if (!f)
		return -1;
	if (fread(r, sizeof(*r), 1, f) == 1)
		status = 0;
	fclose(f);
	return status;
}

ssize_t read(int fd, void *buffer, size_t size)
{
	const char *error = getenv("FAKE_READ_ERRNO");

	if (!error)
		return syscall(SYS_read, fd, buffer, size);
	errno = atoi(error);
	return -1;
}

static int get_verify(struct jailhouse_verify *result)
{
	FILE *f = fopen(getenv("FAKE_VERIFY"), "r");
	size_t n = fread(result, sizeof(*result), 1, f);

	fclose(f);
	return n == 1 ? 0 : -1;
}

static int get_last_log(const struct jailhouse_last_log *request)
{
	FILE *f = fopen(getenv("FAKE_LAST_LOG"), "r");
	size_t n = fread((void *)(uintptr_t)request->buffer, 1, request->buffer_size, f);

	fclose(f);
	errno = ENODATA;
	return n ? (int)n : -1;
}

static int error_of(unsigned long request)
{
	const char *error = getenv("FAKE_ERRNO"), *failing = getenv("FAKE_FAILS");

	return error && (!failing || strtoul(failing, NULL, 0) == request) ? atoi(error) : 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	(void)fd;
	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	if (request == JAILHOUSE_GET_REFUSAL)
		return get_refusal(arg);
	log_request(request, arg);
	if (getenv("FAKE_SECONDS"))
		sleep((unsigned int)atoi(getenv("FAKE_SECONDS")));
	if (request == JAILHOUSE_LAST_LOG && getenv("FAKE_LAST_LOG"))
		return get_last_log(arg);
	if (request == JAILHOUSE_VERIFY && getenv("FAKE_VERIFY"))
		return get_verify(arg);
	errno = error_of(request);
	return errno ? -1 : 0;
}
