/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pci - functions of a machine as a configuration describes them: BARs, interrupts, capabilities (PCI Local Bus specification 3.0,
 * chapter 6; PCI Express base specification 5.0, chapter 7). Configuration space is bytes from nowhere.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_PCI_H
#define TOOLS_MACHINE_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

#define PCI_MAX_CAPS	64
#define PCI_BARS	6

/** struct pci_cap - @id: with PCI_EXTENDED if so; @length: bytes; @write: a driver writes there */
struct pci_cap {
	uint16_t id, start, length;
	bool write;
};

#define PCI_EXTENDED	0x8000

/* Kinds of PCI Express ports (7.5.3.2) that are told apart */
#define PCI_EXPRESS_ROOT_PORT	4
#define PCI_EXPRESS_UPSTREAM	5
#define PCI_EXPRESS_DOWNSTREAM	6

/**
 * enum pci_acs - does a function hand all that it and its neighbours send to each other to the IOMMU (Access Control Services, PCI Express base
 * specification 5.0, 6.12)? It has none; has them switched off, or one of them; on. Unseen: not enough of its configuration space could be read.
 */
enum pci_acs { PCI_ACS_NONE, PCI_ACS_OFF, PCI_ACS_ON, PCI_ACS_UNSEEN };

struct pci_bar {
	uint64_t start, size;	/* size 0: none */
	bool io, wide;
};

/** struct pci_function - what a configuration has to say about it */
struct pci_function {
	unsigned int domain;
	uint16_t bdf;
	bool bridge, virtual;	/* virtual: one that SR-IOV has made */
	unsigned int secondary;	/* of a bridge: the bus behind it, 0: not known */
	int express_type;	/* PCI_EXPRESS_*, or another kind of PCI Express device; -1: none */
	enum pci_acs acs;
	int group;		/* Linux's IOMMU group, -1: it has none */
	uint32_t class;
	char driver[32];
	int irq;		/* Linux's number of its pin, 0: none */
	struct pci_bar bar[PCI_BARS];
	unsigned int msi_vectors, msix_vectors;
	bool msi_64, msi_maskable;
	unsigned int msix_bar;
	uint32_t msix_offset;
	unsigned int num_caps;
	struct pci_cap cap[PCI_MAX_CAPS];
};

/** Read @size bytes of configuration space. False: too few, or there is no device. */
bool pci_parse_config(const uint8_t *config, size_t size, struct pci_function *f);

/** By its class: bridges do nothing of their own, and no cell gets one. */
static inline bool pci_is_bridge(const struct pci_function *f)
{
	return f->class >> 16 == 6;
}

/** Is there a table of MSI-X that fills pages of its own? What does not cannot be kept from the rest of its BAR. */
bool pci_msix_apart(const struct pci_function *f);

/** Read sysfs's "resource": a line for each BAR. */
void pci_parse_resources(const char *text, struct pci_function *f);

/** All functions of the machine, which the caller frees. @unread: how many were left out because they could not be read. */
struct pci_function *pci_read_all(const struct tree *t, size_t *count, size_t *unread);

/** "msi", "ext_err", or a number, as the text format has it */
void pci_cap_name(uint16_t id, char *buf, size_t size);

/** What the class says that it is, in a word or two */
const char *pci_class_name(uint32_t class);

#endif /* TOOLS_MACHINE_PCI_H */
