// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tests/fuzz/no_tree.c tools/config/place.c tools/config/draft.c tools/machine/iomem.c tools/machine/memory.c
 * common/config/view.c common/config/rules.c */
/* cflags: -D_GNU_SOURCE -Itools -Wno-unused-function */
/*
 * What "enable" keeps below /run until "disable", and "cell create" reads: the RAM for cells, and the blocks of memory that were taken offline. One
 * byte of flags; then the text of a note, its length before it, or numbers to be noted; then a cell that asks for addresses, beside another.
 *
 * Held: what is noted is read back the same, and nothing once it is forgotten. Whatever a note says, its ranges do not wrap; a cell gets addresses
 * in one of them, aligned, apart from its own other memory and from the other cell's, and has no request left; or nothing of it is changed, and
 * that is told. Of blocks nothing is written but "online" to a block's own file, once for each number, and the note is gone then.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fuzz.h"

static char run_folder[64], blocks_note[128];
static unsigned int told, writes;
static unsigned int noted[64], num_noted;

/* --- the machine's files, for tools/offline.c ------------------------------------------------------------------------------------ */

static const char *note_in_folder(const char *path)
{
	FUZZ_CHECK(!strcmp(path, "/run/jailhouse-offline-memory"));
	return blocks_note;
}

static FILE *open_note(const char *path, const char *mode)
{
	return fopen(note_in_folder(path), mode);
}

static int remove_note(const char *path)
{
	return unlink(note_in_folder(path));
}

static int open_block(const char *path, int flags)
{
	unsigned int block;
	char again[96];

	FUZZ_CHECK(sscanf(path, "/sys/devices/system/memory/memory%u/state", &block) == 1);
	snprintf(again, sizeof(again), "/sys/devices/system/memory/memory%u/state", block);
	FUZZ_CHECK(!strcmp(path, again));
	if (num_noted)
		FUZZ_CHECK(writes < num_noted && noted[writes] == block);
	return open("/dev/null", flags);
}

static ssize_t write_block(const void *data, size_t size)
{
	FUZZ_CHECK(size == 6 && !memcmp(data, "online", 6));
	writes++;
	return (ssize_t)size;
}

#define fopen(path, mode)	open_note(path, mode)
#define unlink(path)		remove_note(path)
#define open(path, flags)	open_block(path, flags)
#define write(fd, data, size)	write_block(data, size)
#include "../../tools/offline.c"
#undef fopen
#undef unlink
#undef open
#undef write
#include "../../tools/placing.c"

bool report_json;

int report_error(int error, const char *way_out, const char *what, ...)
{
	FUZZ_CHECK(way_out && *what);
	told++;
	return EXIT_ERROR;
}

int report_refusal(const char *path, int error, const struct jailhouse_refusal *r)
{
	told++;
	return EXIT_ERROR;
}

struct tree *tree_open(const char *path)
{
	return NULL;
}

void tree_close(struct tree *t)
{
}

void progress_begin(const char *what)
{
}

void progress_step(unsigned long done, unsigned long total)
{
}

void progress_end(void)
{
}

/* --- the cells ------------------------------------------------------------------------------------------------------------------- */

static void *other_cell;
static size_t other_size;

bool sysfs_exists(int id)
{
	return !id;
}

int *sysfs_cells(size_t *count)
{
	*count = 1;
	return calloc(1, sizeof(int));
}

void *sysfs_config(int id, size_t *size)
{
	void *copy = malloc(other_size);

	memcpy(copy, other_cell, other_size);
	*size = other_size;
	return copy;
}

int source_view(struct draft *d, const void *binary, size_t size, const char *path, struct jailhouse_refusal *r)
{
	struct cell_view v;
	int err = cell_view_init(&v, binary, size, r);

	if (!err)
		draft_from_view(d, &v, NULL, path);
	return err;
}

/* Files of configurations are read elsewhere. */
void *file_read(const char *path, size_t *size)
{
	abort();
}

bool source_is_text(const void *data, size_t size)
{
	abort();
}

bool source_take(struct source *s, const char *path, void *data, size_t size)
{
	abort();
}

void source_free(struct source *s)
{
	abort();
}

static __u64 take_size(struct fuzz_input *in)
{
	const __u64 n = fuzz_take(in, 1);

	return (n & 0xf) << (4 * (n >> 4));
}

/* @asking: of some regions the address is asked for. */
static void *take_cell(struct fuzz_input *in, bool asking, size_t *size)
{
	struct jailhouse_memory m = { .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE };
	struct draft d;
	unsigned int n, count = 1 + fuzz_take(in, 1) % 5, what;
	void *binary;

	draft_init(&d);
	memcpy(d.system.root_cell.signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(d.system.root_cell.signature));
	d.system.root_cell.architecture = JAILHOUSE_X86;
	d.system.root_cell.revision = JAILHOUSE_CONFIG_REVISION;
	for (n = 0; n < count; n++) {
		what = fuzz_take(in, 1);
		m.size = take_size(in);
		m.virt_start = take_size(in);
		m.phys_start = asking && what & 1 ? 0 : take_size(in) + take_size(in);
		m.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | (what & 2 ? JAILHOUSE_MEM_COMM_REGION : 0);
		draft_add(&d, DRAFT_MEMORY, &m, (struct origin){ .label = NULL });
		if (asking && what & 1)
			place_ask(&d, n, what & 4 ? 0x1000ULL << (what >> 4) : 0);
	}
	binary = draft_binary(&d, size);
	draft_free(&d);
	return binary;
}

static bool meets(const struct jailhouse_memory *a, const struct jailhouse_memory *b)
{
	const __u64 last_a = a->phys_start + a->size - 1, last_b = b->phys_start + b->size - 1;

	return a->size && b->size && !((a->flags | b->flags) & JAILHOUSE_MEM_COMM_REGION) && a->phys_start <= last_b && b->phys_start <= last_a;
}

static bool wraps(const struct jailhouse_memory *m)
{
	return m->size && m->phys_start + m->size - 1 < m->phys_start;
}

static void check_apart(const struct jailhouse_memory *m, const struct draft *d, const struct jailhouse_memory *self)
{
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++) {
		const struct jailhouse_memory *other = draft_at(d, DRAFT_MEMORY, n);

		if (other != self && !wraps(other))
			FUZZ_CHECK(!meets(m, other));
	}
}

static void check_in_pool(const struct jailhouse_memory *m, const struct spans *pool)
{
	unsigned int n;

	for (n = 0; n < pool->count; n++) {
		if (m->phys_start >= pool->item[n].start && m->size && m->size - 1 <= pool->item[n].end - m->phys_start && m->phys_start <= pool->item[n].end)
			return;
	}
	FUZZ_CHECK(!"in the pool");
}

/* @before: the same cell, when it asked; @beside: the other one */
static void check_placed(const struct draft *before, const struct draft *after, const struct draft *beside, const struct spans *pool)
{
	unsigned int n;
	__u64 align;

	FUZZ_CHECK(!place_wanted(after) && before->array[DRAFT_MEMORY].count == after->array[DRAFT_MEMORY].count);
	for (n = 0; n < after->array[DRAFT_MEMORY].count; n++) {
		const struct jailhouse_memory *m = draft_at(after, DRAFT_MEMORY, n), *old = draft_at(before, DRAFT_MEMORY, n);

		FUZZ_CHECK(m->size == old->size && m->virt_start == old->virt_start && m->flags == old->flags);
		if (!place_asked(before, n, &align)) {
			FUZZ_CHECK(m->phys_start == old->phys_start);
			continue;
		}
		FUZZ_CHECK(!(m->phys_start & ((align ? align : 0x1000) - 1)));
		check_in_pool(m, pool);
		check_apart(m, after, m);
		check_apart(m, beside, NULL);
	}
}

static void look(struct draft *d, const void *config, size_t size)
{
	struct jailhouse_refusal r;

	draft_init(d);
	FUZZ_CHECK(!source_view(d, config, size, "", &r));
}

static void check_cell(struct fuzz_input *in, const struct spans *pool)
{
	struct draft before, after, beside;
	size_t size, old_size;
	void *config = take_cell(in, true, &size), *old = malloc(size);
	int status;

	other_cell = take_cell(in, false, &other_size);
	memcpy(old, config, size);
	old_size = size;
	look(&before, old, size);
	look(&beside, other_cell, other_size);
	told = 0;
	status = placing_cell(&config, &size);
	FUZZ_CHECK(!status == !told);
	if (status || !place_wanted(&before)) {
		FUZZ_CHECK(size == old_size && !memcmp(config, old, size));
	} else {
		look(&after, config, size);
		check_placed(&before, &after, &beside, pool);
		draft_free(&after);
	}
	draft_free(&before);
	draft_free(&beside);
	free(config);
	free(old);
	free(other_cell);
}

/* --- the notes ------------------------------------------------------------------------------------------------------------------- */

static void put_note(const char *path, const void *content, size_t size)
{
	FILE *f = fopen(path, "wb");

	FUZZ_CHECK(f && fwrite(content, 1, size, f) == size);
	fclose(f);
}

static void pool_path(char *path, size_t size)
{
	snprintf(path, size, "%s/jailhouse-pool", run_folder);
}

/* Each range is the next two numbers of the text, in order; all addresses there are would be no range. */
static void check_pool(const struct spans *pool, const char *text)
{
	unsigned int n = 0;
	uint64_t start, end;
	int used;

	for (; n < pool->count; text += used) {
		FUZZ_CHECK(sscanf(text, "%" SCNx64 " %" SCNx64 "%n", &start, &end, &used) == 2 && start <= end);
		if (!(end - start + 1))
			continue;
		FUZZ_CHECK(pool->item[n].start == start && pool->item[n].end == end);
		n++;
	}
}

/* Numbers are noted, and read back. */
static void note_numbers(struct fuzz_input *in, struct spans *pool)
{
	struct placing p = { NULL, 0, { NULL, 0 } };
	unsigned int n, count = fuzz_take(in, 1) % 9;

	for (n = 0; n < count; n++) {
		const __u64 start = fuzz_take(in, 8), size = fuzz_take(in, 8);

		spans_add(&p.pool, start, size);
		noted[num_noted++] = (unsigned int)start;
		FUZZ_CHECK(note((unsigned int)start));
	}
	placing_done(&p);
	read_pool(pool);
	FUZZ_CHECK(pool->count == p.pool.count);
	for (n = 0; n < pool->count; n++)
		FUZZ_CHECK(pool->item[n].start == p.pool.item[n].start && pool->item[n].end == p.pool.item[n].end);
	placing_free(&p);
}

static void take_text(struct fuzz_input *in, struct spans *pool)
{
	const size_t length = fuzz_take(in, 2), size = length < in->size ? length : in->size;
	char path[128], *text;

	pool_path(path, sizeof(path));
	put_note(path, in->data, size);
	put_note(blocks_note, in->data, size);
	text = calloc(1, size + 1);
	memcpy(text, in->data, size);
	in->data += size;
	in->size -= size;
	read_pool(pool);
	check_pool(pool, text);
	free(text);
}

static void check_forgotten(void)
{
	struct spans none = { NULL, 0 };

	offline_give_back();
	FUZZ_CHECK(!num_noted || writes == num_noted);
	FUZZ_CHECK(access(blocks_note, F_OK));
	writes = 0;
	offline_give_back();
	FUZZ_CHECK(!writes);
	placing_forget();
	read_pool(&none);
	FUZZ_CHECK(!none.count);
}

static void make_folder(void)
{
	snprintf(run_folder, sizeof(run_folder), "%s/jailhouse-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	FUZZ_CHECK(mkdtemp(run_folder));
	snprintf(blocks_note, sizeof(blocks_note), "%s/offline", run_folder);
	setenv("JAILHOUSE_RUN", run_folder, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct spans pool = { NULL, 0 };
	const unsigned int flags = fuzz_take(&in, 1);

	num_noted = writes = 0;
	make_folder();
	if (flags & 1)
		take_text(&in, &pool);
	else
		note_numbers(&in, &pool);
	check_cell(&in, &pool);
	check_forgotten();
	spans_free(&pool);
	FUZZ_CHECK(!rmdir(run_folder));
	return 0;
}
