// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpuid.h"
#include "cpus.h"

/* --- numbers ----------------------------------------------------------------------------------------------------------------- */

static bool add_range(struct cpu_numbers *out, unsigned long first, unsigned long last)
{
	if (first > last || last >= CPUS_MAX)
		return false;
	if (out->count && out->cpu[out->count - 1] >= first)
		return false;
	while (first <= last)
		out->cpu[out->count++] = (unsigned int)first++;
	return true;
}

bool cpus_parse(const char *text, struct cpu_numbers *out)
{
	char *end;

	out->count = 0;
	while (isdigit((unsigned char)*text)) {
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoul(end + 1, &end, 10);
		if (!add_range(out, first, last))
			return false;
		if (*end != ',')
			return *end == '\0';
		text = end + 1;
	}
	return false;
}

void cpus_format(const struct cpu_numbers *cpus, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int n, last;

	buf[0] = '\0';
	for (n = 0; n < cpus->count && used < size; n = last + 1) {
		for (last = n; last + 1 < cpus->count && cpus->cpu[last + 1] == cpus->cpu[last] + 1; )
			last++;
		used += (size_t)snprintf(buf + used, size - used, n == last ? "%s%u" : "%s%u-%u", n ? "," : "", cpus->cpu[n], cpus->cpu[last]);
	}
}

bool cpus_contain(const struct cpu_numbers *cpus, unsigned int cpu)
{
	unsigned int n;

	for (n = 0; n < cpus->count; n++) {
		if (cpus->cpu[n] == cpu)
			return true;
	}
	return false;
}

bool cpus_read(const struct tree *t, const char *which, struct cpu_numbers *out)
{
	char line[4096];

	out->count = 0;
	return tree_line(t, line, sizeof(line), "sys/devices/system/cpu/%s", which) && cpus_parse(line, out);
}

/* --- CPUID and registers of a collected machine ------------------------------------------------------------------------------ */

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : "";
}

static bool cpuid_collected(const struct tree *t, unsigned int cpu, uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	char *all = tree_read(t, NULL, "jailhouse/cpuid");
	const char *line;
	unsigned int c;
	uint32_t l, s;
	bool found = false;

	for (line = all; line && *line && !found; line = next_line(line)) {
		if (sscanf(line, "%u %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32,
			   &c, &l, &s, &r[0], &r[1], &r[2], &r[3]) == 7)
			found = c == cpu && l == leaf && s == sub;
	}
	free(all);
	return found;
}

static bool msr_collected(const struct tree *t, unsigned int cpu, uint32_t msr, uint64_t *value)
{
	char *all = tree_read(t, NULL, "jailhouse/msr");
	const char *line;
	unsigned int c;
	uint32_t m;
	bool found = false;

	for (line = all; line && *line && !found; line = next_line(line)) {
		if (sscanf(line, "%u %" SCNx32 " %" SCNx64, &c, &m, value) == 3)
			found = c == cpu && m == msr;
	}
	errno = all ? EIO : ENXIO;
	free(all);
	return found;
}

/* --- those of the running one ------------------------------------------------------------------------------------------------ */

static bool cpuid_live(unsigned int cpu, uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	cpu_set_t before, one;
	bool done;

	if (sched_getaffinity(0, sizeof(before), &before))
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return false;
	done = cpuid_here(leaf, sub, r);
	sched_setaffinity(0, sizeof(before), &before);
	return done;
}

static bool msr_live(unsigned int cpu, uint32_t msr, uint64_t *value)
{
	char path[64];
	int fd, error;
	ssize_t n;

	snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		errno = errno == ENOENT ? ENXIO : EACCES;
		return false;
	}
	n = pread(fd, value, sizeof(*value), msr);
	error = n < 0 && errno == EPERM ? EACCES : EIO;
	close(fd);
	errno = error;
	return n == sizeof(*value);
}

bool cpus_cpuid(const struct tree *t, unsigned int cpu, uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	return tree_is_live(t) ? cpuid_live(cpu, leaf, sub, r) : cpuid_collected(t, cpu, leaf, sub, r);
}

bool cpus_msr(const struct tree *t, unsigned int cpu, uint32_t msr, uint64_t *value)
{
	return tree_is_live(t) ? msr_live(cpu, msr, value) : msr_collected(t, cpu, msr, value);
}
