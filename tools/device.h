/* SPDX-License-Identifier: GPL-2.0 */
/*
 * device - requests to the driver through /dev/jailhouse. A failure is reported, with the driver's reason, before it is returned.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_DEVICE_H
#define TOOLS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

/** Issue @request (an ioctl number) named @name. Returns the exit status of the command. */
int device_request(unsigned long request, const char *name, void *arg);

/** The device could not be opened, and that was reported. */
#define DEVICE_REPORTED	(-1000000L)

/** Ask the driver @request: its answer, -Exxx (not reported), or DEVICE_REPORTED. */
long device_query(unsigned long request, void *arg);

/**
 * Hand the hypervisor's console to @take in pieces, until there is no more or it returns something else than 0; @follow: until interrupted.
 * Returns the exit status of the command.
 */
int device_console(int follow, int (*take)(void *context, const char *text, size_t size), void *context);

/** Text of the hypervisor's console, which the caller frees; NULL: none, or not permitted. @reported: say why on standard error. */
char *device_console_text(bool reported);

/** Read all of @path; the caller frees the result. NULL: reported. */
void *file_read(const char *path, size_t *size);

#endif /* TOOLS_DEVICE_H */
