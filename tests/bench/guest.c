// SPDX-License-Identifier: GPL-2.0
/*
 * First and only process of the emulated machine in which the bench runs: no shell, no input,
 * so that two boots are the same to the last instruction. It plays the life of a cell, times
 * the ioctls, and powers off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Prints lines "bench: NAME NUMBER" on the console. The ioctls in nanoseconds, each the median
 * of ROUNDS, for the small cell. In ticks of the TSC, from the hypervisor's status page, the
 * longest that one of root's CPUs was stopped by an ioctl: root_stop_IOCTL for the small cell, and in a machine with more memory ("large"
 * in the kernel's command line) root_stop_large_IOCTL for a large one, root_stop_large_4k_IOCTL for that in 4 KiB pages,
 * root_stop_many_IOCTL for one of many pieces; and the greatest of them, root_stop_max. (The page keeps a maximum: an ioctl that stopped
 * root no longer than those before it has 0.)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <jailhouse/hypercall.h>
#include <jailhouse/image.h>
#include <jailhouse/ioctl.h>

#define ROUNDS		3
#define NOT_TIMED	(-1)
#define SYSFS		"/sys/devices/jailhouse/"
#define WAIT_MS		20000
#define POLL_MS		5

bool jailhouse_use_vmmcall;	/* of the ABI header; no hypercall is made here */

struct blob {
	void *data;
	size_t size;
};

enum timed { ENABLE, CREATE, LOAD, START, DESTROY, DISABLE, TIMED_COUNT };

static const char *const timed_names[TIMED_COUNT] = {
	"ioctl_enable", "ioctl_cell_create", "ioctl_cell_load",
	"ioctl_cell_start", "ioctl_cell_destroy", "ioctl_disable",
};

enum cell_kind { SMALL, LARGE, LARGE_4K, MANY, CELL_KINDS };

static const char *const kind_names[CELL_KINDS] = { "", "large_", "large_4k_", "many_" };

static uint64_t times[TIMED_COUNT][ROUNDS];
static uint64_t stops[CELL_KINDS][TIMED_COUNT];
static enum cell_kind kind;		/* of the cell that is played now */
static uint64_t known_stop;		/* what the status page said last */
static int device;

/* The end of process 1 is a panic: say why, and switch the machine off. */
static void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void __attribute__((noreturn)) end(const char *what, const char *which)
{
	if (what)
		printf("bench: failed: %s %s: %s\n", what, which, strerror(errno));
	else
		printf("bench: end\n");
	fflush(stdout);
	/* an emulator may end with the machine, and with what its serial port has not sent yet */
	tcdrain(STDOUT_FILENO);
	sleep_ms(20);
	reboot(RB_POWER_OFF);
	while (1)
		pause();
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* --- files ---------------------------------------------------------------------------------- */

static struct blob read_file(const char *path)
{
	struct blob b = { 0 };
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		end("read", path);
	b.data = malloc(st.st_size);
	b.size = st.st_size;
	if (!b.data || read(fd, b.data, b.size) != (ssize_t)b.size)
		end("read", path);
	close(fd);
	return b;
}

static void read_core(uint64_t offset, void *to, size_t size)
{
	int fd = open(SYSFS "core", O_RDONLY);

	if (fd < 0 || pread(fd, to, size, offset) != (ssize_t)size)
		end("read", SYSFS "core");
	close(fd);
}

static uint64_t read_root_stop(void)
{
	struct hv_image_header header;
	struct hv_status_page status;

	read_core(0, &header, sizeof(header));
	read_core(header.status_offset, &status, sizeof(status));
	return status.root_stop_max;
}

static void set_up_linux(void)
{
	int console;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/ttyS0", O_RDWR);
	dup2(console, 1);
	dup2(console, 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static void insert_module(const char *parameters)
{
	int fd = open("/jailhouse.ko", O_RDONLY | O_CLOEXEC);

	if (syscall(SYS_finit_module, fd, parameters, 0))
		end("insert", "/jailhouse.ko");
	close(fd);
	device = open("/dev/jailhouse", O_RDWR);
	if (device < 0)
		end("open", "/dev/jailhouse");
}

/* --- the life of a cell --------------------------------------------------------------------- */

static void note_stop(enum timed what)
{
	uint64_t stop = read_root_stop();

	if (stop > known_stop && stop > stops[kind][what])
		stops[kind][what] = stop;
	known_stop = stop;
}

static void timed_ioctl(enum timed what, int round, unsigned long request, void *argument)
{
	uint64_t start = now_ns();
	int err = ioctl(device, request, argument);
	uint64_t passed = now_ns() - start;

	if (err < 0)
		end("ioctl", timed_names[what]);
	if (round >= 0)
		times[what][round] = passed;
	if (what != DISABLE)
		note_stop(what);
}

static struct jailhouse_cell_id named(const char *name)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	strncpy(id.name, name, sizeof(id.name) - 1);
	return id;
}

static void create(int round, const struct blob *config)
{
	struct jailhouse_cell_create arg = {
		.config_address = (uintptr_t)config->data, .config_size = config->size,
	};

	timed_ioctl(CREATE, round, JAILHOUSE_CELL_CREATE, &arg);
}

static void load(int round, const char *name, const struct blob *image)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image;
	} arg = {
		.load = { .cell_id = named(name), .num_preload_images = 1 },
		.image = { .source_address = (uintptr_t)image->data, .size = image->size },
	};

	timed_ioctl(LOAD, round, JAILHOUSE_CELL_LOAD, &arg);
}

static void start(int round, const char *name)
{
	struct jailhouse_cell_id id = named(name);

	timed_ioctl(START, round, JAILHOUSE_CELL_START, &id);
}

static void destroy(int round, const char *name)
{
	struct jailhouse_cell_id id = named(name);

	timed_ioctl(DESTROY, round, JAILHOUSE_CELL_DESTROY, &id);
}

/* Cell 1 is the only one besides root. */
static void wait_for_end_of_cell(void)
{
	char state[32];
	int fd, n;

	for (int i = 0; i < WAIT_MS / POLL_MS; i++) {
		fd = open(SYSFS "cells/1/state", O_RDONLY);
		n = read(fd, state, sizeof(state) - 1);
		close(fd);
		if (fd < 0 || n < 0)
			end("read", "state of the cell");
		state[n] = 0;
		if (strncmp(state, "running", 7))
			return;
		sleep_ms(POLL_MS);
	}
	errno = ETIMEDOUT;
	end("wait for", "the end of the cell");
}

static void run(int round, const struct blob *config, const char *name, const struct blob *image, bool to_its_end)
{
	create(round, config);
	load(round, name, image);
	start(round, name);
	if (to_its_end)
		wait_for_end_of_cell();
}

/* --- results -------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void print_stops(enum cell_kind from, enum cell_kind to)
{
	uint64_t stop, max = 0;

	for (enum cell_kind k = from; k <= to; k++) {
		for (int what = CREATE; what <= DESTROY; what++) {
			stop = stops[k][what];
			printf("bench: root_stop_%s%s %llu\n", kind_names[k],
			       timed_names[what] + strlen("ioctl_"), (unsigned long long)stop);
			if (stop > max)
				max = stop;
		}
	}
	printf("bench: root_stop_max %llu\n", (unsigned long long)max);
}

static void print_times(void)
{
	for (int what = 0; what < TIMED_COUNT; what++) {
		qsort(times[what], ROUNDS, sizeof(times[what][0]), compare);
		printf("bench: %s %llu\n", timed_names[what],
		       (unsigned long long)times[what][ROUNDS / 2]);
	}
}

/* A round of NOT_TIMED counts for the stops of root only. */
static void play_round(int round, const struct blob *system, const struct blob *config,
		       const char *name, const struct blob *image, bool to_its_end)
{
	known_stop = 0;
	timed_ioctl(ENABLE, round, JAILHOUSE_ENABLE, system->data);
	run(round, config, name, image, to_its_end);
	destroy(round, name);
	timed_ioctl(DISABLE, round, JAILHOUSE_DISABLE, NULL);
}

/* The kernel hands on what it does not know of its command line. */
static bool has_argument(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

/* The cell's program is told nothing: it is stopped before it comes to its end. */
static void play_large(enum cell_kind which, const char *file, const char *name, const struct blob *image)
{
	struct blob system = read_file("/bench-system.cell"), config = read_file(file);

	kind = which;
	play_round(NOT_TIMED, &system, &config, name, image, false);
}

/*
 * "quick": the cell's figures alone; "stays": these, of a cell whose CPUs cannot come back (configs/x86/bochs-x86-x2apic.c); "mitigated": with
 * what each CPU chooses to do against leaks by speculation.
 */
int main(int argc, char **argv)
{
	struct blob system, small, image;

	set_up_linux();
	system = read_file("/system.cell");
	small = read_file("/bench.cell");
	image = read_file("/bench.bin");
	insert_module(has_argument(argc, argv, "mitigated") ? "mitigations=auto" : "mitigations=off");
	if (has_argument(argc, argv, "large")) {
		play_large(LARGE, "/bench-large.cell", "bench-large", &image);
		play_large(LARGE_4K, "/bench-large-4k.cell", "bench-4k", &image);
		play_large(MANY, "/bench-many.cell", "bench-many", &image);
		print_stops(LARGE, MANY);
		end(NULL, NULL);
	}
	if (has_argument(argc, argv, "stays")) {
		timed_ioctl(ENABLE, 0, JAILHOUSE_ENABLE, system.data);
		run(0, &small, "bench", &image, true);
		end(NULL, NULL);
	}
	if (has_argument(argc, argv, "quick")) {
		play_round(0, &system, &small, "bench", &image, true);
		end(NULL, NULL);
	}
	for (int round = 0; round < ROUNDS; round++)
		play_round(round, &system, &small, "bench", &image, round == 0);
	print_times();
	print_stops(SMALL, SMALL);
	end(NULL, NULL);
}
