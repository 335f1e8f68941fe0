/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Inmate library, the part that is the same on every architecture. Programs include <inmate.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_COMMON_H
#define INMATE_COMMON_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <jailhouse/types.h>
#include <jailhouse/hypercall.h>
#include <jailhouse/pci_defs.h>

typedef __s8 s8;
typedef __u8 u8;
typedef __s16 s16;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;

#define NS_PER_USEC	1000UL
#define NS_PER_MSEC	1000000UL
#define NS_PER_SEC	1000000000UL

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#define __printf(fmt, args)	__attribute__((format(printf, fmt, args)))

/** What hypervisor and cell share; checked before the program starts. */
extern struct jailhouse_comm_region *comm_region;

/** The program. When it returns, the CPU stops. */
void inmate_main(void);

/* --- output ------------------------------------------------------------------------------------------------------ */

/** Print to the cell's console. %c %s %d %u %x %X %p %%, flags 0 and -, width, l and ll. Lines of several CPUs do not mix. */
void printk(const char *fmt, ...) __printf(1, 2);

/* --- memory ------------------------------------------------------------------------------------------------------ */

/**
 * Next byte that alloc() hands out; starts behind the image. A program may move it to memory that it has mapped.
 */
extern unsigned long heap_pos;

/**
 * Take @size bytes at a multiple of @align (a power of two). There is no free(). The communication region and the page
 * behind it are stepped over. The caller knows how much RAM its cell has.
 */
void *alloc(unsigned long size, unsigned long align);
void *zalloc(unsigned long size, unsigned long align);

void *memset(void *s, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
int memcmp(const void *s1, const void *s2, size_t n);
size_t strlen(const char *s);
int strcmp(const char *s1, const char *s2);
int strncmp(const char *s1, const char *s2, size_t n);
int strncasecmp(const char *s1, const char *s2, size_t n);

enum map_type { MAP_CACHED, MAP_UNCACHED };

/** Map [start, start + size) one to one. Granularity is the architecture's large page; RAM below 2 MiB is mapped already. */
void map_range(void *start, unsigned long size, enum map_type map_type);

/* --- parameters: what the loader wrote into the command line buffer ----------------------------------------------- */

/** Give the program a command line buffer of @size bytes in place of the default one of 256 bytes. */
#define CMDLINE_BUFFER(size) \
	char cmdline[size] __attribute__((section(".cmdline"))) = { 0 }

extern char cmdline[];

/** Copy the value of @param, or @default_value, to @value_buffer (at most @buffer_size - 1 characters). Returns @value_buffer. */
const char *cmdline_parse_str(const char *param, char *value_buffer, unsigned long buffer_size, const char *default_value);
/** Decimal with optional sign, or 0x…; malformed or absent: @default_value. */
long long cmdline_parse_int(const char *param, long long default_value);
/** "true", "1…" or no value: true; "false", "0…": false; otherwise @default_value. */
bool cmdline_parse_bool(const char *param, bool default_value);

/* --- interrupts -------------------------------------------------------------------------------------------------- */

typedef void (*irq_handler_t)(unsigned int irq);

/** Prepare this CPU for interrupts; @handler runs, interrupts off, for each one and the library acknowledges it afterwards. */
void irq_init(irq_handler_t handler);
/** Let @irq through to the handler. x86: @irq is the vector, 32 to 63. */
void irq_enable(unsigned int irq);
static inline void enable_irqs(void);
static inline void disable_irqs(void);

/* --- PCI --------------------------------------------------------------------------------------------------------- */

#define PCI_CFG_VENDOR_ID	0x00
#define PCI_CFG_DEVICE_ID	0x02
#define PCI_CFG_COMMAND		0x04
# define PCI_CMD_IO		(1 << 0)
# define PCI_CMD_MEM		(1 << 1)
# define PCI_CMD_MASTER		(1 << 2)
# define PCI_CMD_INTX_OFF	(1 << 10)
#define PCI_CFG_STATUS		0x06
# define PCI_STS_INT		(1 << 3)
# define PCI_STS_CAPS		(1 << 4)
#define PCI_CFG_BAR		0x10
#define PCI_CFG_CAP_PTR		0x34

#define PCI_ID_ANY		0xffff

/** Needed once before the other functions. Returns 0. */
int pci_init(void);
u32 pci_read_config(u16 bdf, unsigned int addr, unsigned int size);
void pci_write_config(u16 bdf, unsigned int addr, u32 value, unsigned int size);
/** First function at or after @start_bdf with these ids (PCI_ID_ANY matches all). Returns its BDF, or -1. */
int pci_find_device(u16 vendor, u16 device, u16 start_bdf);
/** Configuration offset of capability @cap, or -1. */
int pci_find_cap(u16 bdf, u16 cap);
void pci_msi_set_vector(u16 bdf, unsigned int vector);
void pci_msix_set_vector(u16 bdf, unsigned int vector, u32 index);

/* --- time and control -------------------------------------------------------------------------------------------- */

/** Wait. From 1 ms on the CPU halts meanwhile, as long as the program does not use the timer itself. */
void delay_us(unsigned long microsecs);

/** Interrupts off, halt for ever. */
void __attribute__((noreturn)) stop(void);

#endif /* INMATE_COMMON_H */
