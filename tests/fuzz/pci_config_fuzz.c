// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/machine/pci.c tests/fuzz/no_tree.c */
/* cflags: -D_GNU_SOURCE */
/*
 * Configuration space of a device and the text of its resources: the first byte chooses how much of the rest is which.
 *
 * Held: capabilities come in order, none reaches into another or out of its space; MSI vectors are a power of two up to 32; each has a name. A table
 * of MSI-X lies in a BAR. What is to say that access control is on, or off, is read from a PCI Express function that shows all of its space.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <tools/machine/pci.h>

static void check_caps(const struct pci_function *f)
{
	uint32_t last = 64;
	char name[24];
	unsigned int n;

	FUZZ_CHECK(f->num_caps <= PCI_MAX_CAPS);
	for (n = 0; n < f->num_caps; n++) {
		const struct pci_cap *c = &f->cap[n];

		FUZZ_CHECK(c->start >= last);
		last = c->start + (uint32_t)c->length;
		FUZZ_CHECK(last <= (c->start < 256 ? 256 : 4096));
		FUZZ_CHECK(!(c->id & PCI_EXTENDED) == (c->start < 256));
		pci_cap_name(c->id, name, sizeof(name));
		FUZZ_CHECK(name[0]);
	}
}

static void check_bars(const struct pci_function *f)
{
	unsigned int n;

	for (n = 0; n < PCI_BARS; n++)
		FUZZ_CHECK(!f->bar[n].size || f->bar[n].start + f->bar[n].size - 1 >= f->bar[n].start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { 4096, 256, 64, 63 };
	struct fuzz_input in = { data, size };
	struct pci_function f = { 0 };
	size_t config_size = sizes[fuzz_take(&in, 1) & 3];
	uint8_t *config = fuzz_take_block(&in, config_size);
	size_t text_size = in.size;
	char *text = fuzz_take_block(&in, text_size + 1);

	if (pci_parse_config(config, config_size, &f)) {
		FUZZ_CHECK(f.msi_vectors <= 32 && !(f.msi_vectors & (f.msi_vectors - 1)) && f.msix_vectors <= 2048);
		FUZZ_CHECK(f.msix_bar < PCI_BARS);
		FUZZ_CHECK((f.acs != PCI_ACS_ON && f.acs != PCI_ACS_OFF) || (f.express_type >= 0 && config_size == 4096));
		FUZZ_CHECK(f.acs != PCI_ACS_NONE || config_size == 4096 || (config_size == 256 && f.express_type < 0));
	}
	check_caps(&f);
	pci_parse_resources(text, &f);
	check_bars(&f);
	FUZZ_CHECK(pci_class_name(f.class));
	free(text);
	free(config);
	return 0;
}
