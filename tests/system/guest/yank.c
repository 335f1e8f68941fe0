// SPDX-License-Identifier: GPL-2.0
/*
 * yank: a program, or a request, that ends in the middle; runs inside the emulated machine.
 *
 *	yank kill MICROSECONDS COMMAND [ARGUMENT]...	SIGKILL after that time
 *	yank signal MICROSECONDS COMMAND [ARGUMENT]...	SIGTERM after that time
 *	yank close MICROSECONDS create FILE		the file descriptor is closed while another thread's ioctl uses it
 *	yank close MICROSECONDS destroy NAME
 *
 * The time counts from the moment when the program is about to begin. Ends with 0 once the program has ended, whatever its result;
 * prints how long that took after the signal, so that a test can see that nothing hung.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jailhouse/ioctl.h>

/* struct request - what the thread asks for */
struct request {
	int fd;
	unsigned long number;
	void *argument;
	int error;
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int yank_program(int signal, unsigned int microseconds, char **command)
{
	long long start;
	int status;
	pid_t child = fork();

	if (child < 0)
		return 2;
	if (!child) {
		execvp(command[0], command);
		_exit(127);
	}
	usleep(microseconds);
	start = now_ms();
	kill(child, signal);
	if (waitpid(child, &status, 0) != child)
		return 2;
	printf("%s, %lld ms after the signal\n", WIFSIGNALED(status) ? "killed" : "ended", now_ms() - start);
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? 2 : 0;
}

static void *make_request(void *argument)
{
	struct request *r = argument;

	r->error = ioctl(r->fd, r->number, r->argument) ? errno : 0;
	return NULL;
}

static int fill_create(struct request *r, const char *path)
{
	static struct jailhouse_cell_create create;
	static unsigned char blob[0x10000];
	FILE *file = fopen(path, "rb");

	if (!file)
		return -1;
	create.config_size = fread(blob, 1, sizeof(blob), file);
	create.config_address = (uintptr_t)blob;
	fclose(file);
	r->number = JAILHOUSE_CELL_CREATE;
	r->argument = &create;
	return 0;
}

static void fill_destroy(struct request *r, const char *name)
{
	static struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	strncpy(id.name, name, sizeof(id.name) - 1);
	r->number = JAILHOUSE_CELL_DESTROY;
	r->argument = &id;
}

static int yank_descriptor(unsigned int microseconds, char **what)
{
	struct request request = { .fd = open("/dev/jailhouse", O_RDWR) };
	pthread_t thread;

	if (request.fd < 0)
		return 2;
	if (!strcmp(what[0], "destroy"))
		fill_destroy(&request, what[1]);
	else if (fill_create(&request, what[1]))
		return 2;
	if (pthread_create(&thread, NULL, make_request, &request))
		return 2;
	usleep(microseconds);
	close(request.fd);
	pthread_join(thread, NULL);
	printf("request ended with %d (%s)\n", request.error, strerror(request.error));
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int microseconds = argc > 3 ? strtoul(argv[2], NULL, 0) : 0;

	if (argc > 3 && !strcmp(argv[1], "kill"))
		return yank_program(SIGKILL, microseconds, argv + 3);
	if (argc > 3 && !strcmp(argv[1], "signal"))
		return yank_program(SIGTERM, microseconds, argv + 3);
	if (argc > 4 && !strcmp(argv[1], "close"))
		return yank_descriptor(microseconds, argv + 3);
	printf("yank: usage: see the source\n");
	return 2;
}
