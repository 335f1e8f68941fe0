// SPDX-License-Identifier: GPL-2.0
/*
 * iommu - model IOMMU and the DMA of the model's PCI functions. Like the TLB of the model CPUs it
 * keeps what it once knew, a device's domain and each translation, until that domain is flushed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <hv/iommu.h>
#include <hv/x86/vdev.h>
#include <string.h>

#define PCI_COMMAND		4
#define PCI_COMMAND_MASTER	4

struct fake_iommu fake_iommu;

void fake_iommu_reset(void);

void fake_iommu_reset(void)
{
	memset(&fake_iommu, 0, sizeof(fake_iommu));
}

/* --- the unit ----------------------------------------------------------------------------- */

static const struct pt_format *model_format(void)
{
	return &pt_fake;
}

static int model_init(struct system *s)
{
	return fake_iommu.absent ? -HV_ENODEV : 0;
}

static struct fake_domain *domain_of(const struct cell *c)
{
	u32 n;

	for (n = 0; n < FAKE_DOMAINS; n++)
		if (fake_iommu.domains[n].cell == c)
			return &fake_iommu.domains[n];
	return NULL;
}

/* Takes a page, as the context entries of real units do. */
static int model_domain_prepare(struct cell *c)
{
	struct fake_domain *d = domain_of(NULL);

	if (!d)
		return -HV_ENOMEM;
	d->page = page_alloc(&c->sys->pool, 1);
	if (!d->page)
		return -HV_ENOMEM;
	d->cell = c;
	return 0;
}

static void model_domain_abort(struct cell *c)
{
	struct fake_domain *d = domain_of(c);

	page_free(&c->sys->pool, d->page, 1);
	*d = (struct fake_domain){ .cell = NULL };
}

static struct fake_dma_device *device_at(u32 device)
{
	u32 n;

	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		if (device == FAKE_PCI_BDF(n))
			return &fake_iommu.devices[n];
	return NULL;
}

static void model_attach(struct cell *c, u32 device)
{
	struct fake_dma_device *d = device_at(device);

	if (d && d->attached)
		fake_broken("device attached to two domains", device);
	if (d)
		d->attached = domain_of(c);
}

static void model_detach(struct cell *c, u32 device)
{
	struct fake_dma_device *d = device_at(device);

	if (d && d->attached != domain_of(c))
		fake_broken("device detached from a domain that it is not in", device);
	if (d)
		d->attached = NULL;
}

static void model_flush(struct cell *c)
{
	const struct fake_domain *d = domain_of(c);
	u32 n;

	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		if (fake_iommu.devices[n].cached == d)
			fake_iommu.devices[n].cached = NULL;
	for (n = 0; n < FAKE_IOTLB_ENTRIES; n++)
		if (fake_iommu.iotlb[n].domain == d)
			fake_iommu.iotlb[n] = (struct fake_iotlb_entry){ .domain = NULL };
}

static void model_start(struct system *s)
{
	fake_iommu.on = true;
}

static void model_poll_faults(struct system *s)
{
}

static void model_shutdown(struct system *s)
{
	fake_iommu.on = false;
}

const struct iommu_ops iommu_model = {
	.name = "model",
	.isolates = true,
	.format = model_format,
	.init = model_init,
	.domain_prepare = model_domain_prepare,
	.domain_abort = model_domain_abort,
	.start = model_start,
	.attach = model_attach,
	.detach = model_detach,
	.flush = model_flush,
	.poll_faults = model_poll_faults,
	.shutdown = model_shutdown,
};

/* --- DMA ---------------------------------------------------------------------------------- */

static bool fill_iotlb(u32 function, struct fake_iotlb_entry *e, u64 page)
{
	struct fake_dma_device *d = &fake_iommu.devices[function];
	u64 pa, size;
	u32 flags;

	if (!d->cached)
		d->cached = d->attached;
	if (!d->cached)
		return false;
	if (!d->cached->cell)
		fake_broken("device uses a domain that is gone", function);
	if (!pt_lookup(&d->cached->cell->dma, page << PAGE_SHIFT, &pa, &flags, &size))
		return false;
	*e = (struct fake_iotlb_entry){ .domain = d->cached,
					.function = function,
					.iova_page = page,
					.hpa_page = pa >> PAGE_SHIFT,
					.flags = flags,
					.size = size };
	return true;
}

static bool translate(u32 function, u64 iova, u32 right, u64 *hpa)
{
	u64 page = iova >> PAGE_SHIFT;
	struct fake_iotlb_entry *e = &fake_iommu.iotlb[(page * FAKE_PCI_FUNCTIONS + function) %
						       FAKE_IOTLB_ENTRIES];

	if ((!e->domain || e->function != function || e->iova_page != page) &&
	    !fill_iotlb(function, e, page))
		return false;
	if (!(e->flags & right))
		return false;
	*hpa = e->hpa_page << PAGE_SHIFT | (iova & ~PAGE_MASK);
	return true;
}

bool fake_dma(u32 function, u64 iova, u32 right, u64 *hpa)
{
	if (!(arch_pci_cfg_read(FAKE_PCI_BDF(function), PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
		return false;
	if (fake_iommu.on)
		return translate(function, iova, right, hpa);
	*hpa = iova;
	return true;
}

bool fake_dma_write8(u32 function, u64 iova, u8 value)
{
	u64 hpa;

	if (!fake_dma(function, iova, PT_WRITE, &hpa) || hpa >= FAKE_RAM_SIZE)
		return false;
	*fake_ram(hpa) = value;
	return true;
}

bool fake_dma_read8(u32 function, u64 iova, u8 *value)
{
	u64 hpa;

	if (!fake_dma(function, iova, PT_READ, &hpa) || hpa >= FAKE_RAM_SIZE)
		return false;
	*value = *fake_ram(hpa);
	return true;
}
