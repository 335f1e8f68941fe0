// SPDX-License-Identifier: GPL-2.0
/*
 * console --last
 *
 * Where the hypervisor's memory is, only its configuration knows. Without one, each part of memory that the kernel's command line keeps
 * from Linux (memmap=SIZE$START) is looked at.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <jailhouse/crash_log.h>
#include <jailhouse/ioctl.h>
#include <common/config/config.h>

#include "command.h"
#include "config/source.h"
#include "device.h"
#include "raw_log.h"
#include "report.h"

#define MAX_REGIONS	16
#define MAX_RAW_SIZE	(sizeof(struct hv_crash_log) + sizeof(struct hv_console_ring) + HV_MAX_CPUS * sizeof(struct hv_exit_ring))

struct region { __u64 start, size; };

static const char *command_line_path(void)
{
	const char *path = getenv("JAILHOUSE_CMDLINE");

	return path ? path : "/proc/cmdline";
}

static __u64 unit(char **p)
{
	switch (**p) {
	case 'k': case 'K':
		return (*p)++, 1ULL << 10;
	case 'm': case 'M':
		return (*p)++, 1ULL << 20;
	case 'g': case 'G':
		return (*p)++, 1ULL << 30;
	}
	return 1;
}

/* "82M$0x3a000000", up to a comma or the end; false: another kind of memmap= */
static bool parse_reserved(char *text, struct region *r)
{
	char *p;

	r->size = strtoull(text, &p, 0);
	r->size *= unit(&p);
	if (*p++ != '$')
		return false;
	r->start = strtoull(p, &p, 0);
	r->start *= unit(&p);
	return r->size && !*p;
}

static size_t regions_of(char *line, struct region *regions)
{
	char *word, *part, *words, *parts;
	size_t count = 0;

	for (word = strtok_r(line, " \n", &words); word; word = strtok_r(NULL, " \n", &words)) {
		if (strncmp(word, "memmap=", 7))
			continue;
		for (part = strtok_r(word + 7, ",", &parts); part && count < MAX_REGIONS; part = strtok_r(NULL, ",", &parts))
			count += parse_reserved(part, &regions[count]);
	}
	return count;
}

static size_t reserved_regions(struct region *regions)
{
	char line[4096];
	FILE *f = fopen(command_line_path(), "re");
	size_t count = 0;

	if (f && fgets(line, sizeof(line), f))
		count = regions_of(line, regions);
	if (f)
		fclose(f);
	return count;
}

static bool configured_region(const char *path, struct region *r)
{
	struct jailhouse_refusal refusal;
	struct system_view view;
	size_t size;
	void *config = config_read(path, &size);
	int err;

	*r = (struct region){ 0, 0 };

	if (!config)
		return false;
	err = system_view_init(&view, config, size, &refusal);
	if (err)
		report_refusal("JAILHOUSE_LAST_LOG", -err, &refusal);
	else
		*r = (struct region){ view.system->hypervisor_memory.phys_start, view.system->hypervisor_memory.size };
	free(config);
	return !err;
}

static int last_error(int error)
{
	switch (error) {
	case ENODATA:
		return report_error(0, "A log lies where the configuration, or memmap= on the kernel's command line, places the hypervisor.",
				    "There is no log of an earlier run");
	case EBUSY:
		return report_error(error, "A log survives only in memory that is reserved at boot (memmap=): what was taken offline at run time "
				    "belongs to the next kernel again.", "Linux uses the hypervisor's memory, so it holds no log");
	case ENXIO:
		return report_error(error, "Reserve RAM for the hypervisor at boot (memmap=) and name it in the configuration.",
				    "The hypervisor's memory is not RAM that was reserved at boot");
	case ENOTTY:
	case EINVAL:
		return report_error(error, "Load the driver that belongs to this command.", "The driver keeps no logs");
	}
	return report_error(error, error == EPERM ? "Run the command as root." : NULL, "JAILHOUSE_LAST_LOG");
}

/* Size of the log in @buffer, or -Exxx */
static long fetch(const struct region *r, void *buffer)
{
	struct jailhouse_last_log request = {
		.phys_start = r->start, .size = r->size, .buffer = (__u64)(unsigned long)buffer, .buffer_size = MAX_RAW_SIZE,
	};

	return device_query(JAILHOUSE_LAST_LOG, &request);
}

/* The newest first: what lies in memory, then what the driver kept of it. */
static long fetch_somewhere(void *buffer)
{
	struct region regions[MAX_REGIONS], kept = { 0, 0 };
	size_t count = reserved_regions(regions), n;
	long size = -ENODATA;

	for (n = 0; n < count && size <= 0; n++)
		size = fetch(&regions[n], buffer);
	return size > 0 || (size != -ENODATA && size != -EBUSY && size != -ENXIO) ? size : fetch(&kept, buffer);
}

static int show(const void *log, size_t size, bool raw)
{
	const char *wrong = raw_log_check(log, size);

	if (wrong)
		return report_error(0, NULL, "The log cannot be read: %s", wrong);
	if (raw)
		fwrite(log, 1, size, stdout);
	else
		raw_log_print(stdout, log);
	return fflush(stdout) ? report_error(errno, NULL, "standard output") : EXIT_SUCCESS;
}

int console_last(const char *config, bool raw)
{
	struct region region;
	void *buffer;
	long size;
	int status;

	if (config && !configured_region(config, &region))
		return EXIT_ERROR;
	buffer = calloc(1, MAX_RAW_SIZE);
	if (!buffer)
		return report_error(ENOMEM, NULL, "jailhouse console");
	size = config ? fetch(&region, buffer) : fetch_somewhere(buffer);
	if (size == DEVICE_REPORTED)
		status = EXIT_ERROR;
	else
		status = size < 0 ? last_error((int)-size) : show(buffer, (size_t)size, raw);
	free(buffer);
	return status;
}
