// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <common/config/config.h>

#include "config/source.h"
#include "device.h"
#include "offline.h"
#include "placing.h"
#include "report.h"
#include "sysfs.h"

/* --- the note ---------------------------------------------------------------------------------------------------------------- */

/* Another device than the driver's stands for another machine, of which this one's /run knows nothing. */
static void note_path(char *path, size_t size)
{
	const char *folder = getenv("JAILHOUSE_RUN");

	if (!folder && getenv("JAILHOUSE_DEVICE"))
		*path = '\0';
	else
		snprintf(path, size, "%s/jailhouse-pool", folder ? folder : "/run");
}

/* Without a note, cells need addresses: that is said when one has none. */
static void note_pool(const struct spans *pool)
{
	char path[PATH_MAX];
	unsigned int n;
	FILE *f;

	note_path(path, sizeof(path));
	f = fopen(path, "we");
	for (n = 0; f && n < pool->count; n++)
		fprintf(f, "0x%llx 0x%llx\n", (unsigned long long)pool->item[n].start, (unsigned long long)pool->item[n].end);
	if (f)
		fclose(f);
}

static void read_pool(struct spans *pool)
{
	char path[PATH_MAX];
	uint64_t start, end;
	FILE *f;

	note_path(path, sizeof(path));
	f = fopen(path, "re");
	while (f && fscanf(f, "%" SCNx64 " %" SCNx64, &start, &end) == 2 && end >= start)
		spans_add(pool, start, end - start + 1);
	if (f)
		fclose(f);
}

void placing_forget(void)
{
	char path[PATH_MAX];

	note_path(path, sizeof(path));
	unlink(path);
}

/* --- systems ----------------------------------------------------------------------------------------------------------------- */

static void replace_binary(void **config, size_t *size, const struct draft *d)
{
	free(*config);
	*config = draft_binary(d, size);
}

static int place(struct placing *p, struct draft *d, bool is_on)
{
	int status;

	if (!place_wanted(d))
		return is_on ? EXIT_SUCCESS : offline_for_system(p->config, p->size);
	status = is_on ? !place_system_somewhere(d) : offline_place_system(d);
	if (is_on || !status)
		replace_binary(&p->config, &p->size, d);
	return is_on ? EXIT_SUCCESS : status;
}

/*
 * The driver learns the size of the configuration from the configuration itself and cannot see where the file ends, so the
 * counts are compared with the size here, by the same rule. Everything else is left to the driver.
 */
static int check_size(const void *config, size_t size)
{
	struct jailhouse_refusal refusal;
	struct system_view view;
	int err = system_view_init(&view, config, size, &refusal);

	return err ? report_refusal("JAILHOUSE_ENABLE", -err, &refusal) : EXIT_SUCCESS;
}

int placing_system(struct placing *p, const char *path, bool is_on)
{
	struct source s;
	void *data;
	int status;

	*p = (struct placing){ NULL };
	data = file_read(path, &p->size);
	if (!data)
		return EXIT_ERROR;
	if (!source_is_text(data, p->size)) {
		status = check_size(data, p->size);
		if (status) {
			free(data);
			return status;
		}
	}
	status = source_take(&s, path, data, p->size) ? EXIT_SUCCESS : EXIT_ERROR;
	p->config = s.binary;
	p->size = s.size;
	s.binary = NULL;
	if (!status)
		status = check_size(p->config, p->size);
	if (!status)
		status = place(p, &s.draft, is_on);
	if (!status)
		place_pool(&s.draft, &p->pool);
	source_free(&s);
	return status;
}

void placing_done(const struct placing *p)
{
	if (p->pool.count)
		note_pool(&p->pool);
	else
		placing_forget();
}

void placing_free(struct placing *p)
{
	free(p->config);
	spans_free(&p->pool);
}

/* --- cells ------------------------------------------------------------------------------------------------------------------- */

/* Memory of the cells that are there. */
static void add_live_cells(struct spans *taken)
{
	struct jailhouse_refusal refusal;
	size_t count, n, size;
	int *ids = sysfs_cells(&count);
	struct draft d;
	void *blob;

	for (n = 0; n < count; n++) {
		blob = sysfs_config(ids[n], &size);
		draft_init(&d);
		if (blob && !source_view(&d, blob, size, "", &refusal))
			place_taken(&d, taken);
		draft_free(&d);
		free(blob);
	}
	free(ids);
}

static int find_addresses(struct draft *d)
{
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	int status = EXIT_SUCCESS;
	__u64 missing;

	if (sysfs_exists(0))
		read_pool(&pool);
	else
		place_pool_guess(NULL, &pool);	/* nothing is enabled: the driver says so */
	add_live_cells(&taken);
	if (!pool.count)
		status = report_error(0, "Enable a system whose text names memory \"RAM for cells\", or give the cell an address (phys).",
				      "it is not known which memory is for cells");
	else if (!place_cell(d, &pool, &taken, &missing))
		status = report_error(ENOSPC, "Destroy a cell, ask for less, or enable the system with more \"RAM for cells\".",
				      "no %llu KiB together are free in the RAM for cells", (unsigned long long)missing >> 10);
	spans_free(&pool);
	spans_free(&taken);
	return status;
}

/* False: it asks for nothing, or is not understood, which the driver will say better. */
static bool asks(struct draft *d, const void *config, size_t size)
{
	struct jailhouse_refusal refusal;

	draft_init(d);
	return !source_view(d, config, size, "", &refusal) && place_wanted(d);
}

int placing_cell(void **config, size_t *size)
{
	int status = EXIT_SUCCESS;
	struct draft d;

	if (asks(&d, *config, *size) && !d.is_system) {
		status = find_addresses(&d);
		if (!status)
			replace_binary(config, size, &d);
	}
	draft_free(&d);
	return status;
}

static void guess(struct placing_guess *g, struct draft *d)
{
	__u64 missing;

	if (d->is_system) {
		place_system_somewhere(d);
		spans_free(&g->pool);
		place_pool_guess(d, &g->pool);
		return;
	}
	if (!g->pool.count)
		place_pool_guess(NULL, &g->pool);
	place_cell(d, &g->pool, &g->taken, &missing);
	place_taken(d, &g->taken);
}

void *placing_read(struct placing_guess *g, const char *path, size_t *size)
{
	void *config = file_read(path, size), *text;
	struct jailhouse_refusal refusal;
	struct source s;
	struct draft d;

	if (!config)
		return NULL;
	if (!source_is_text(config, *size)) {
		draft_init(&d);
		if (!source_view(&d, config, *size, path, &refusal)) {
			guess(g, &d);
			replace_binary(&config, size, &d);
		}
		draft_free(&d);
		return config;
	}
	text = config;
	config = NULL;
	if (source_take(&s, path, text, *size)) {
		guess(g, &s.draft);
		config = draft_binary(&s.draft, size);
	}
	source_free(&s);
	return config;
}

void placing_guess_free(struct placing_guess *g)
{
	spans_free(&g->pool);
	spans_free(&g->taken);
}
