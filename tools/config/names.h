/* SPDX-License-Identifier: GPL-2.0 */
/*
 * names - the words of the text format for the numbers of the binary, and the members of its structs for "raw".
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_NAMES_H
#define TOOLS_CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <jailhouse/types.h>

/** struct name - of a table that ends with a name NULL */
struct name {
	const char *name;
	__u64 value;
};

extern const struct name arch_names[], cell_flag_names[], system_flag_names[], memory_flag_names[], role_names[];
extern const struct name console_type_names[], console_mode_names[], port_names[], apic_names[], iommu_type_names[];
extern const struct name cache_type_names[], cache_flag_names[], pci_type_names[], cap_names[], ext_cap_names[];
extern const struct name virtio_names[];

/** The name of @value, or NULL. */
const char *name_of(const struct name *table, __u64 value);
bool name_find(const struct name *table, const char *name, __u64 *value);
/** All names of a table, for people: "a, b, c". */
void name_list(const struct name *table, char *buf, size_t size);
/** The name that looks like @name, or NULL. */
const char *name_like(const struct name *table, const char *name);

/** Roles of memory */
enum role { ROLE_NONE, ROLE_RAM, ROLE_LOADABLE, ROLE_ROM, ROLE_MMIO, ROLE_COMM, ROLE_SHARED, ROLE_IVSHMEM };

/** The flags that @role stands for */
__u64 role_flags(enum role role);

/**
 * struct field - a member of a packed struct
 * @bytes:	of each of its @count elements; more than 8: only as hexadecimal digits
 */
struct field {
	const char *name;
	unsigned int offset, bytes, count;
	bool digits;
};

/* Each ends with a name NULL. cell_fields: of the descriptor; platform_fields: from struct jailhouse_system on */
extern const struct field cell_fields[], memory_fields[], console_fields[], cache_fields[], irqchip_fields[], pio_fields[];
extern const struct field pci_fields[], cap_fields[], iommu_fields[], platform_fields[], system_fields[];

#endif /* TOOLS_CONFIG_NAMES_H */
