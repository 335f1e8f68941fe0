// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdarg.h>
#include "file_tree.h"

#define MOST_FILES	64
#define PATH_SIZE	128

struct file {
	char path[PATH_SIZE];
	const uint8_t *content;
	size_t size;
};

struct tree {
	struct file file[MOST_FILES];
	size_t count;
};

#define BUS	"sys/bus/pci/devices/0000:"
#define MEMORY	"sys/devices/system/memory/"

/* What is named by a byte: only added to at the end, as kept inputs have the numbers */
static const char *const usual[] = {
	"proc/iomem", "proc/ioports", "proc/cmdline", "proc/cpuinfo", "proc/interrupts", "proc/tty/driver/serial", "jailhouse/cpuid", "jailhouse/msr",
	"jailhouse/machine", "sys/devices/system/cpu/online", "sys/devices/system/cpu/present", "sys/firmware/acpi/tables/APIC",
	"sys/firmware/acpi/tables/MCFG", "sys/firmware/acpi/tables/FACP", "sys/firmware/acpi/tables/DMAR", "sys/firmware/acpi/tables/IVRS",
	"sys/firmware/fdt", BUS "00:00.0/config", BUS "00:00.0/resource", BUS "00:04.0/config", BUS "00:04.0/resource", BUS "00:04.0/irq",
	BUS "00:04.0/driver", BUS "00:04.0/iommu_group", BUS "00:1c.0/config", BUS "00:1c.0/resource", BUS "01:00.0/config", BUS "01:00.0/resource",
	BUS "01:00.0/iommu_group", BUS "01:00.0/physfn", MEMORY "block_size_bytes", MEMORY "memory4/state", MEMORY "memory4/removable",
	MEMORY "memory4/valid_zones", MEMORY "memory5/state", MEMORY "memory6/state", "sys/kernel/security/lockdown", "sys/module/kvm_intel/refcnt",
	"sys/module/kvm_intel/initstate", "sys/class/iommu/dmar0/name", "sys/kernel/debug/kvm/1-2/x",
};

#define USUAL	(sizeof(usual) / sizeof(usual[0]))

static struct tree the_tree;

static void take_path(struct fuzz_input *in, char *path)
{
	const unsigned int which = fuzz_take(in, 1);
	size_t n = 0;
	char c;

	if (which != 0xff) {
		snprintf(path, PATH_SIZE, "%s", usual[which % USUAL]);
		return;
	}
	while (in->size && (c = (char)fuzz_take(in, 1)) && n < PATH_SIZE - 1)
		path[n++] = c;
	path[n] = '\0';
}

const struct tree *file_tree(struct fuzz_input *in)
{
	struct tree *t = &the_tree;

	for (t->count = 0; in->size && t->count < MOST_FILES; t->count++) {
		struct file *f = &t->file[t->count];

		take_path(in, f->path);
		f->size = fuzz_take(in, 2);
		f->size = f->size < in->size ? f->size : in->size;
		f->content = in->data;
		in->data += f->size;
		in->size -= f->size;
	}
	return t;
}

/* --- as tools/machine/tree.h says ------------------------------------------------------------------------------------------------ */

#define FORMAT_PATH(path, format)				\
	do {							\
		va_list ap;					\
		va_start(ap, format);				\
		vsnprintf(path, sizeof(path), format, ap);	\
		va_end(ap);					\
	} while (0)

static const struct file *find(const struct tree *t, const char *path)
{
	size_t n;

	for (n = 0; n < t->count; n++) {
		if (!strcmp(t->file[n].path, path))
			return &t->file[n];
	}
	errno = ENOENT;
	return NULL;
}

static char *copy(const struct file *f)
{
	char *content = malloc(f->size + 1);

	memcpy(content, f->content, f->size);
	content[f->size] = '\0';
	return content;
}

bool tree_is_live(const struct tree *t)
{
	return false;
}

const char *tree_name(const struct tree *t)
{
	return "a machine";
}

char *tree_read(const struct tree *t, size_t *size, const char *format, ...)
{
	const struct file *f;
	char path[512];

	FORMAT_PATH(path, format);
	f = find(t, path);
	if (f && size)
		*size = f->size;
	return f ? copy(f) : NULL;
}

bool tree_line(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	char path[512], *content;
	const struct file *f;

	FORMAT_PATH(path, format);
	buf[0] = '\0';
	f = find(t, path);
	if (!f)
		return false;
	content = copy(f);
	snprintf(buf, size, "%.*s", (int)strcspn(content, "\n"), content);
	free(content);
	return true;
}

bool tree_has(const struct tree *t, const char *format, ...)
{
	char path[512];
	size_t n;

	FORMAT_PATH(path, format);
	for (n = 0; n < t->count; n++) {
		if (!strncmp(t->file[n].path, path, strlen(path)) && strchr("/", t->file[n].path[strlen(path)]))
			return true;
	}
	return false;
}

/* A link is a file whose content is where it points to. */
void tree_link(const struct tree *t, char *buf, size_t size, const char *format, ...)
{
	char path[512], *content, *last;
	const struct file *f;

	FORMAT_PATH(path, format);
	buf[0] = '\0';
	f = find(t, path);
	if (!f)
		return;
	content = copy(f);
	last = strrchr(content, '/');
	snprintf(buf, size, "%s", last ? last + 1 : content);
	free(content);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_in(char *const *names, size_t count, const char *name)
{
	while (count) {
		if (!strcmp(names[--count], name))
			return true;
	}
	return false;
}

char **tree_list(const struct tree *t, size_t *count, const char *format, ...)
{
	char path[512], name[PATH_SIZE], **names = calloc(MOST_FILES, sizeof(*names));
	size_t n, length;

	FORMAT_PATH(path, format);
	length = strlen(path);
	*count = 0;
	for (n = 0; n < t->count; n++) {
		const char *rest = t->file[n].path + length;

		if (strncmp(t->file[n].path, path, length) || *rest != '/')
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(rest + 1, "/"), rest + 1);
		if (*name && *name != '.' && !is_in(names, *count, name))
			names[(*count)++] = strdup(name);
	}
	qsort(names, *count, sizeof(*names), by_name);
	return names;
}

void tree_free_list(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}
