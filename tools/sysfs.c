// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

#define SYSFS	"/sys/devices/jailhouse"
/* No configuration is larger: CONFIG_MAX_SYSTEM_SIZE */
#define MAX_CONFIG	0x40000

static const char *sysfs_root(void)
{
	const char *root = getenv("JAILHOUSE_SYSFS");

	return root ? root : SYSFS;
}

static int compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* "17" behind @prefix; -1 for any other name */
static int parse_number(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);
	char *end;
	long n;

	if (strncmp(name, prefix, len) || !isdigit((unsigned char)name[len]))
		return -1;
	errno = 0;
	n = strtol(name + len, &end, 10);
	return *end || errno || n > INT_MAX ? -1 : (int)n;
}

/* Numbers of all entries of @path that are called @prefix<number>, ascending */
static int *list_numbers(const char *path, const char *prefix, size_t *count)
{
	DIR *dir = opendir(path);
	int *numbers = NULL, *larger;
	struct dirent *entry;

	*count = 0;
	while (dir && (entry = readdir(dir))) {
		int n = parse_number(entry->d_name, prefix);

		if (n < 0)
			continue;
		larger = realloc(numbers, (*count + 1) * sizeof(*numbers));
		if (!larger)
			break;
		numbers = larger;
		numbers[(*count)++] = n;
	}
	if (dir)
		closedir(dir);
	if (*count)
		qsort(numbers, *count, sizeof(*numbers), compare_ints);
	return numbers;
}

static void read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	buf[0] = '\0';
	if (!f)
		return;
	if (!fgets(buf, (int)size, f))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
}

int *sysfs_cells(size_t *count)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/cells", sysfs_root());
	return list_numbers(path, "", count);
}

void sysfs_read(int id, const char *name, char *buf, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/cells/%d/%s", sysfs_root(), id, name);
	read_line(path, buf, size);
}

bool sysfs_is_live(void)
{
	return !getenv("JAILHOUSE_SYSFS");
}

void *sysfs_config(int id, size_t *size)
{
	char path[PATH_MAX];
	void *config = malloc(MAX_CONFIG);
	FILE *f;

	snprintf(path, sizeof(path), "%s/cells/%d/config", sysfs_root(), id);
	f = fopen(path, "re");
	*size = f && config ? fread(config, 1, MAX_CONFIG, f) : 0;
	if (f)
		fclose(f);
	if (*size)
		return config;
	free(config);
	return NULL;
}

int sysfs_find(const char *name)
{
	char text[SYSFS_TEXT_SIZE];
	size_t count, n;
	int *ids = sysfs_cells(&count), found = -1;

	for (n = 0; n < count && found < 0; n++) {
		sysfs_read(ids[n], "name", text, sizeof(text));
		if (!strcmp(text, name))
			found = ids[n];
	}
	free(ids);
	return found;
}

bool sysfs_exists(int id)
{
	size_t count, n;
	int *ids = sysfs_cells(&count);
	bool found = false;

	for (n = 0; n < count && !found; n++)
		found = ids[n] == id;
	free(ids);
	return found;
}

static void statistics_path(char *path, size_t size, int id, int cpu)
{
	if (cpu < 0)
		snprintf(path, size, "%s/cells/%d/statistics", sysfs_root(), id);
	else
		snprintf(path, size, "%s/cells/%d/statistics/cpu%d", sysfs_root(), id, cpu);
}

/* The total leads; the rest is in the order of names, which does not change from reading to reading. */
static int compare_statistics(const void *a, const void *b)
{
	const struct statistic *x = a, *y = b;
	int x_total = !strcmp(x->name, "vmexits_total"), y_total = !strcmp(y->name, "vmexits_total");

	return x_total != y_total ? y_total - x_total : strcmp(x->name, y->name);
}

static void read_statistic(struct statistic *s, const char *folder, const char *name)
{
	char path[PATH_MAX + 256], text[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	read_line(path, text, sizeof(text));
	snprintf(s->name, sizeof(s->name), "%.63s", name);
	s->value = strtoull(text, NULL, 10);
}

struct statistic *sysfs_statistics(int id, int cpu, size_t *count)
{
	struct statistic *list = NULL, *larger;
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	*count = 0;
	statistics_path(path, sizeof(path), id, cpu);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "vmexits_", 8))
			continue;
		larger = realloc(list, (*count + 1) * sizeof(*list));
		if (!larger)
			break;
		list = larger;
		read_statistic(&list[(*count)++], path, entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (*count)
		qsort(list, *count, sizeof(*list), compare_statistics);
	return list;
}

int *sysfs_statistics_cpus(int id, size_t *count)
{
	char path[PATH_MAX];

	statistics_path(path, sizeof(path), id, -1);
	return list_numbers(path, "cpu", count);
}
