// SPDX-License-Identifier: GPL-2.0
/*
 * blobfuzz: configurations with random damage, handed to the driver's ioctls; runs as root inside the emulated machine.
 *
 *	blobfuzz create|enable SEED COUNT SECONDS FILE...
 *
 * Each blob is either refused with a rule, that is with a sentence, and has changed nothing, or it is accepted, an image is loaded with
 * a request as random, and the cell is destroyed, or the hypervisor disabled, again; then all is as before. Ends after COUNT blobs or
 * SECONDS, with status 0 and a line of counts, or at the first blob that is neither, which it describes.
 *
 * What would take Linux its own memory away, or lead the hypervisor's console astray, is left alone in a system: root may do that to itself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <jailhouse/cell-config.h>
#include <jailhouse/ioctl.h>

#define ROOM		0x10000UL	/* most bytes of a blob */
#define MAX_FILES	16
#define MAX_CHANGES	6
#define MAX_RULES	1000
#define TRIES_TO_DISABLE 10

#define COM1		0x3f8
#define COM1_PORTS	8
#define COM1_PIN	4

struct blob {
	uint8_t bytes[ROOM];
	size_t length;
	uint32_t claimed;
	const char *file;
	char changes[512];	/* for people */
};

static struct blob files[MAX_FILES];
static int file_count, device;
static bool systems;
static uint64_t state;
static unsigned int refused, accepted, loaded;
static bool seen[MAX_RULES];

static uint64_t below(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

/* --- what must be as before --------------------------------------------------------------------- */

struct shape { char text[600]; };

static void add_file(struct shape *s, const char *path)
{
	size_t used = strlen(s->text);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, s->text + used, sizeof(s->text) - used - 1);

	s->text[used + (n > 0 ? n : 0)] = 0;
	if (fd >= 0)
		close(fd);
}

static struct shape look(void)
{
	struct shape s = { "" };
	DIR *cells = opendir("/sys/devices/jailhouse/cells");
	struct dirent *entry;
	int count = 0;

	add_file(&s, "/sys/devices/system/cpu/online");
	add_file(&s, "/sys/devices/jailhouse/enabled");
	add_file(&s, "/sys/devices/jailhouse/mem_pool_used");
	while (cells && (entry = readdir(cells)))
		count += entry->d_name[0] != '.';
	if (cells)
		closedir(cells);
	snprintf(s.text + strlen(s.text), sizeof(s.text) - strlen(s.text), "%d cells", count);
	return s;
}

/* --- damage ------------------------------------------------------------------------------------- */

static bool is_spared(const struct blob *b, size_t offset, size_t size)
{
	const struct jailhouse_system *system = (const void *)b->bytes;
	size_t console = offsetof(struct jailhouse_system, debug_console);
	size_t memory = sizeof(*system) + system->root_cell.cpu_set_size;
	size_t end = memory + system->root_cell.num_memory_regions * sizeof(struct jailhouse_memory);

	if (!systems)
		return false;
	/* the counts, too: they say where the regions are */
	return (offset < console + sizeof(system->debug_console) && offset + size > console) ||
	       (offset < end && offset + size > memory) ||
	       (offset < sizeof(*system) && offset + size > offsetof(struct jailhouse_system, root_cell.cpu_set_size));
}

static uint64_t interesting(const struct blob *b)
{
	static const uint64_t values[] = {
		0, 1, 0xfff, 0x1000, 0x1001, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, 0x3a000000, 0x3f000000,
		0xfee00000, 0xfec00000, 0x7ffffffffffff000, 0x8000000000000000, 0xfffffffffffff000, 0xffffffffffffffff,
	};
	uint64_t other;

	if (below(3))
		return values[below(sizeof(values) / sizeof(values[0]))];
	memcpy(&other, b->bytes + below(b->length - 8), 8);
	return other + below(3) - 1;
}

static void put(struct blob *b, size_t offset, const void *data, size_t size)
{
	size_t used = strlen(b->changes), n;

	if (is_spared(b, offset, size) || offset + size > b->length)
		return;
	memmove(b->bytes + offset, data, size);
	used += snprintf(b->changes + used, sizeof(b->changes) - used, " %zu=", offset);
	for (n = 0; n < size && used < sizeof(b->changes); n++)
		used += snprintf(b->changes + used, sizeof(b->changes) - used, "%02x", b->bytes[offset + n]);
}

static void damage(struct blob *b)
{
	uint64_t value = interesting(b);
	size_t offset = below(b->length - 8), from = below(b->length - 56);

	switch (below(systems ? 12 : 14)) {
	case 0 ... 2:
		value = b->bytes[offset] ^ 1 << below(8);
		put(b, offset, &value, 1);
		break;
	case 3 ... 4:
		put(b, offset, &value, 1 << below(2));
		break;
	case 5 ... 7:
		put(b, offset & ~3UL, &value, 4);
		break;
	case 8 ... 10:
		put(b, offset & ~3UL, &value, 8);
		break;
	case 11:	/* an entry of an array over another one */
		put(b, offset & ~3UL, b->bytes + (from & ~3UL), (size_t[]){ 4, 8, 32, 56 }[below(4)]);
		break;
	case 12:
		b->claimed = b->length = 8 + below(b->length - 8);
		snprintf(b->changes + strlen(b->changes), sizeof(b->changes) - strlen(b->changes), " cut=%zu", b->length);
		break;
	default:
		b->claimed = value;
		snprintf(b->changes + strlen(b->changes), sizeof(b->changes) - strlen(b->changes), " size=%u", b->claimed);
	}
}

/*
 * Linux's console, COM1, stays with Linux: to a cell this program gives neither its ports nor its pin, and a system lists them. What is said
 * while they are somebody else's is lost, and so is an interrupt: its edge comes once, and the driver would wait for it for ever.
 * Counts that lead out of the blob are refused anyway.
 */
static bool takes_console(const struct blob *b)
{
	const struct jailhouse_cell_desc *cell = systems ? &((const struct jailhouse_system *)b->bytes)->root_cell : (const void *)b->bytes;
	uint64_t chips = (const uint8_t *)cell - b->bytes + sizeof(*cell) + cell->cpu_set_size +
			 cell->num_memory_regions * (uint64_t)sizeof(struct jailhouse_memory) +
			 cell->num_cache_regions * (uint64_t)sizeof(struct jailhouse_cache);
	uint64_t ports = chips + cell->num_irqchips * (uint64_t)sizeof(struct jailhouse_irqchip);
	uint64_t end = ports + cell->num_pio_regions * (uint64_t)sizeof(struct jailhouse_pio);
	bool pin = false, any_port = false, all_ports = false;
	const struct jailhouse_irqchip *chip;
	const struct jailhouse_pio *p;

	if (end > b->length)
		return false;
	for (chip = (const void *)(b->bytes + chips); (const uint8_t *)chip < b->bytes + ports; chip++)
		pin |= chip->pin_bitmap[0] >> COM1_PIN & 1;
	for (p = (const void *)(b->bytes + ports); (const uint8_t *)p < b->bytes + end; p++) {
		any_port |= p->base < COM1 + COM1_PORTS && p->base + p->length > COM1;
		all_ports |= p->base <= COM1 && p->base + p->length >= COM1 + COM1_PORTS;
	}
	return systems ? !pin || !all_ports : pin || any_port;
}

static struct blob *next_blob(void)
{
	static struct blob b;
	unsigned int n;

	do {
		n = 1 + below(MAX_CHANGES);
		memcpy(&b, &files[below(file_count)], sizeof(b));
		while (n-- > 0 && b.length > 64)
			damage(&b);
	} while (!b.changes[0] || takes_console(&b));
	return &b;
}

/* --- one blob ----------------------------------------------------------------------------------- */

static void describe(const struct blob *b, const char *how)
{
	printf("%s: %s%s\n", how, b->file, b->changes);
	fflush(stdout);
}

static int broken(const struct blob *b, const char *what, int error)
{
	describe(b, "BROKEN");
	printf("%s (%s)\n", what, strerror(error));
	return 1;
}

/* The blob ends where a page ends that none follows. */
static void *place(const struct blob *b)
{
	static uint8_t *area;

	if (!area) {
		area = mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(area + ROOM, 4096);
	}
	return memcpy(area + ROOM - b->length, b->bytes, b->length);
}

static void load_at_random(int id)
{
	static uint8_t image[0x3000];
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image[3];
	} request = { .load = { .cell_id = { .id = id }, .num_preload_images = below(4) } };
	unsigned int n;

	for (n = 0; n < 3; n++)
		request.image[n] = (struct jailhouse_preload_image){
			.source_address = below(8) ? (uintptr_t)image : state,
			.size = below(4) ? below(sizeof(image)) : state,
			.target_address = below(2) ? below(0x2000) : state >> below(64),
		};
	loaded += !ioctl(device, JAILHOUSE_CELL_LOAD, &request);
}

static int hand_over(const struct blob *b)
{
	struct jailhouse_cell_create create = { .config_address = (uintptr_t)place(b), .config_size = b->claimed };

	return systems ? ioctl(device, JAILHOUSE_ENABLE, place(b)) : ioctl(device, JAILHOUSE_CELL_CREATE, &create);
}

/* In a slow machine a CPU may come too late, which is a refusal: whoever is busy is asked again. */
static int disable(void)
{
	int n, err = -1;

	for (n = 0; err && n < TRIES_TO_DISABLE; n++) {
		if (n)
			sleep(1);
		err = ioctl(device, JAILHOUSE_DISABLE);
		if (err && errno != EBUSY)
			break;
	}
	return err;
}

static int undo(int id)
{
	struct jailhouse_cell_id cell = { .id = id };

	if (systems)
		return disable();
	load_at_random(id);
	return ioctl(device, JAILHOUSE_CELL_DESTROY, &cell);
}

/* Cells are called by the lowest free id; while the hypervisor is off there is none. */
static int lowest_free_id(void)
{
	char path[64];
	int id = 0;

	do
		snprintf(path, sizeof(path), "/sys/devices/jailhouse/cells/%d", ++id);
	while (!access(path, F_OK));
	return id;
}

static int try_blob(const struct blob *b)
{
	struct jailhouse_refusal why = { 0 };
	struct shape before = look(), after;
	int id = systems ? 0 : lowest_free_id();

	if (!hand_over(b)) {
		describe(b, "accepted");
		accepted++;
		if (undo(id))
			return broken(b, "accepted, and cannot be undone", errno);
	} else {
		int error = errno;

		refused++;
		if (ioctl(device, JAILHOUSE_GET_REFUSAL, &why) && error != EFAULT)
			return broken(b, "refused without a sentence", error);
		if (why.rule < MAX_RULES)
			seen[why.rule] = true;
	}
	after = look();
	if (strcmp(before.text, after.text)) {
		printf("before: %s\nafter: %s\n", before.text, after.text);
		return broken(b, "something has changed", 0);
	}
	return 0;
}

/* --- the run ------------------------------------------------------------------------------------ */

static int read_file(const char *path)
{
	struct blob *b = &files[file_count];
	FILE *file = fopen(path, "rb");

	if (!file || file_count == MAX_FILES)
		return -1;
	b->length = fread(b->bytes, 1, ROOM, file);
	b->claimed = b->length;
	b->file = path;
	fclose(file);
	file_count++;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int n, rules = 0;
	time_t end;
	int i;

	device = open("/dev/jailhouse", O_RDWR);
	for (i = 5; i < argc && !read_file(argv[i]); i++)
		;
	if (device < 0 || argc < 6 || i < argc) {
		printf("blobfuzz: %s\n", device < 0 ? "no /dev/jailhouse" : "usage: see the source");
		return 2;
	}
	systems = !strcmp(argv[1], "enable");
	state = strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15ULL + 1;
	end = time(NULL) + atol(argv[4]);
	for (n = 0; n < strtoul(argv[3], NULL, 0) && time(NULL) < end; n++)
		if (try_blob(next_blob()))
			break;
	for (i = 1; i < MAX_RULES; i++)
		rules += seen[i];
	printf("blobfuzz: %s seed %s: %u refused by %u rules, %u accepted, %u images loaded\n", argv[1], argv[2], refused, rules, accepted,
	       loaded);
	return refused + accepted == 0 || n < refused + accepted;
}
