// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/sysfs.c tools/cell_id.c */
/* cflags: -D_GNU_SOURCE -Itools */
/*
 * What the command reads: entries and contents of sysfs, and cells named on its command line. A driver of another version, or a folder
 * that JAILHOUSE_SYSFS names, may hold anything.
 *
 * Held: texts are terminated and of one line; cells and counters come sorted, the total first; a cell that is found by its name has that
 * name; what is taken for a cell's id or name fits the request.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fuzz.h"
#include "cell_id.h"
#include "report.h"
#include "sysfs.h"

int report_error(int error, const char *way_out, const char *what, ...)
{
	(void)error;
	(void)way_out;
	(void)what;
	return 1;
}

static char root[64];

static void make_root(void)
{
	snprintf(root, sizeof(root), "%s/jailhouse-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	FUZZ_CHECK(mkdtemp(root));
	setenv("JAILHOUSE_SYSFS", root, 1);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static void clean(void)
{
	FUZZ_CHECK(!nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS));
}

/* Up to the next zero byte; a name has no slash and is not empty */
static void take_name(struct fuzz_input *in, char *name, size_t size)
{
	size_t n = 0;
	char c;

	while (in->size && (c = (char)fuzz_take(in, 1)) && n < size - 1)
		name[n++] = c == '/' ? '_' : c;
	name[n] = '\0';
}

static void add_file(const char *folder, const char *name, const void *content, size_t size)
{
	char path[1024];
	int fd;

	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return;
	FUZZ_CHECK(write(fd, content, size) == (ssize_t)size);
	close(fd);
}

/* A cell: its name, one counter */
static void add_cell(struct fuzz_input *in)
{
	char entry[32], counter[40] = "vmexits_", folder[256], inner[300];
	size_t size = fuzz_take(in, 1);
	void *content;

	take_name(in, entry, sizeof(entry));
	take_name(in, counter + 8, sizeof(counter) - 8);
	content = fuzz_take_block(in, size);
	if (!*entry || *entry == '.')
		snprintf(entry, sizeof(entry), "1");
	snprintf(folder, sizeof(folder), "%s/cells/%s", root, entry);
	mkdir(folder, 0700);
	add_file(folder, "name", content, size);
	snprintf(inner, sizeof(inner), "%s/statistics", folder);
	mkdir(inner, 0700);
	add_file(inner, counter, content, size);
	add_file(inner, "vmexits_total", "17\n", 3);
	add_file(inner, "cpu3", "", 0);
	free(content);
}

static void check_cell(int id)
{
	char text[SYSFS_TEXT_SIZE], again[SYSFS_TEXT_SIZE];
	struct statistic *list;
	size_t count, n;
	int found, *cpus;

	sysfs_read(id, "name", text, sizeof(text));
	FUZZ_CHECK(strnlen(text, sizeof(text)) < sizeof(text) && !strchr(text, '\n'));
	found = sysfs_find(text);
	FUZZ_CHECK(found >= 0 && found <= id && sysfs_exists(found));
	sysfs_read(found, "name", again, sizeof(again));
	FUZZ_CHECK(!strcmp(text, again));
	list = sysfs_statistics(id, -1, &count);
	for (n = 0; n < count; n++) {
		FUZZ_CHECK(strnlen(list[n].name, sizeof(list[n].name)) < sizeof(list[n].name));
		FUZZ_CHECK(n < 2 || strcmp(list[n - 1].name, list[n].name) <= 0);
	}
	if (count)
		FUZZ_CHECK(!strcmp(list[0].name, "vmexits_total") && list[0].value == 17);
	free(list);
	cpus = sysfs_statistics_cpus(id, &count);
	FUZZ_CHECK(count <= 1 && (!count || cpus[0] == 3));
	free(cpus);
}

static void check_cell_id(struct fuzz_input *in)
{
	char first[64], second[64], *argv[] = { first, second };
	struct jailhouse_cell_id id;
	int taken;

	take_name(in, first, sizeof(first));
	take_name(in, second, sizeof(second));
	if (first[0] == '-')
		strcpy(first, "--name");
	taken = cell_id_parse(&id, 2, argv);
	FUZZ_CHECK(taken == -1 || taken == 1 || taken == 2);
	if (taken <= 0)
		return;
	if (id.id == JAILHOUSE_CELL_ID_UNUSED)
		FUZZ_CHECK(id.name[0] && !id.name[JAILHOUSE_CELL_NAME_MAXLEN] && !strcmp(id.name, argv[taken - 1]));
	else
		FUZZ_CHECK(id.id >= 0 && taken == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char cells[128];
	size_t count, n;
	int *ids;

	make_root();
	snprintf(cells, sizeof(cells), "%s/cells", root);
	mkdir(cells, 0700);
	check_cell_id(&in);
	for (n = 0; n < 4 && in.size; n++)
		add_cell(&in);
	ids = sysfs_cells(&count);
	for (n = 0; n < count; n++) {
		FUZZ_CHECK(ids[n] >= 0 && (n == 0 || ids[n - 1] <= ids[n]));
		check_cell(ids[n]);
	}
	free(ids);
	clean();
	return 0;
}
