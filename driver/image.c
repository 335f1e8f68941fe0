// SPDX-License-Identifier: GPL-2.0
/*
 * The hypervisor's image in its memory. The firmware file is untrusted until its header has passed:
 * every offset in it is later used to call or to read.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <jailhouse/crash_log.h>

#include "arch.h"
#include "image.h"
#include "last_log.h"
#include "memory.h"
#include "mitigations.h"
#include "refusal.h"

#define FIRMWARE_NAME	"jailhouse.bin"

static int firmware_get(const struct firmware **fw, struct device *dev,
			struct jailhouse_refusal *why)
{
	int err = request_firmware(fw, FIRMWARE_NAME, dev);

	if (!err)
		return 0;
	return refuse_as(why, RULE_FIRMWARE_MISSING, err, JAILHOUSE_OBJ_HYPERVISOR, 0, -err, 0, 0);
}

static int refuse_firmware(struct jailhouse_refusal *why, enum jailhouse_rule rule, u64 value0,
			   u64 value1)
{
	return refuse(why, rule, JAILHOUSE_OBJ_HYPERVISOR, 0, value0, value1, 0);
}

/* Range and MiB, rounded up, as the kernel parameter wants them */
static int refuse_memory(struct jailhouse_refusal *why, enum jailhouse_rule rule,
			 const struct jailhouse_memory *mem)
{
	return refuse(why, rule, JAILHOUSE_OBJ_HYPERVISOR, 0, mem->phys_start,
		      mem->phys_start + mem->size - 1, DIV_ROUND_UP_ULL(mem->size, SZ_1M));
}

static bool within(u64 offset, u64 size, u64 limit)
{
	u64 end;

	return !check_add_overflow(offset, size, &end) && end <= limit;
}

/* Are sizes and offsets such that nothing outside of the image is ever read or called? */
static bool header_is_sane(const struct hv_image_header *h, size_t file_size)
{
	return arch_header_is_sane(h) && IS_ALIGNED(h->core_size, PAGE_SIZE) &&
	       IS_ALIGNED(h->percpu_size, PAGE_SIZE) && file_size <= h->core_size &&
	       within(h->entry, 1, file_size) && IS_ALIGNED(h->console_offset, PAGE_SIZE) &&
	       h->console_size >= sizeof(struct hv_console_ring) &&
	       within(h->console_offset, h->console_size, h->core_size) &&
	       IS_ALIGNED(h->status_offset, PAGE_SIZE) &&
	       within(h->status_offset, sizeof(struct hv_status_page), h->core_size) &&
	       IS_ALIGNED(h->log_offset, PAGE_SIZE) &&
	       within(h->log_offset, sizeof(struct hv_crash_log), h->core_size);
}

static int header_check(const struct firmware *fw, struct jailhouse_refusal *why)
{
	const struct hv_image_header *h = (const void *)fw->data;

	if (fw->size < sizeof(*h) || memcmp(h->signature, HV_IMAGE_SIGNATURE, sizeof(h->signature)))
		return refuse_firmware(why, RULE_FIRMWARE_INVALID, fw->size, sizeof(*h));
	if (h->version != HV_IMAGE_VERSION)
		return refuse_firmware(why, RULE_FIRMWARE_VERSION, h->version, HV_IMAGE_VERSION);
	if (h->architecture != DRIVER_ARCHITECTURE)
		return refuse_firmware(why, RULE_FIRMWARE_INVALID, h->architecture, DRIVER_ARCHITECTURE);
	if (!header_is_sane(h, fw->size))
		return refuse_firmware(why, RULE_FIRMWARE_INVALID, fw->size, h->core_size);
	return 0;
}

/* core, per-CPU areas and configuration; the rest is the page pool */
static int layout_check(const struct hv_image_header *h, const struct system_view *config, u32 cpus,
			struct jailhouse_refusal *why)
{
	u64 size = config->system->hypervisor_memory.size;
	u64 needed;

	if (check_mul_overflow(h->percpu_size, (u64)cpus, &needed) ||
	    check_add_overflow(needed, h->core_size, &needed) ||
	    check_add_overflow(needed, (u64)PAGE_ALIGN(config->size), &needed) || needed >= size)
		return refuse_firmware(why, RULE_HV_MEMORY_SMALL, size, needed);
	return 0;
}

static int memory_get(struct image *img, const struct jailhouse_memory *mem,
		      struct jailhouse_refusal *why)
{
	int err = memory_claim(mem->phys_start, mem->size, &img->claim);

	if (err)
		return refuse_memory(why, RULE_HV_MEMORY_NOT_RESERVED, mem);
	img->mem = memremap(mem->phys_start, mem->size, MEMREMAP_WB);
	if (img->mem)
		return 0;
	memory_release(img->claim);
	img->claim = NULL;
	return refuse_memory(why, RULE_HV_MEMORY_MAP, mem);
}

static void memory_put(struct image *img)
{
	memunmap(img->mem);
	img->mem = NULL;
	memory_release(img->claim);
	img->claim = NULL;
}

/* A CPU that runs from memory that is none is lost. Asked is what lies behind the caches, and not for ~0, which is what nobody answers with. */
static bool memory_keeps(void *mem, u64 size)
{
	u64 at;

	for (at = 0; at < size; at += PAGE_SIZE) {
		WRITE_ONCE(*(u64 *)(mem + at), ~at - 1);
		arch_write_back(mem + at, sizeof(u64));
	}
	for (at = 0; at < size; at += PAGE_SIZE) {
		if (READ_ONCE(*(u64 *)(mem + at)) != ~at - 1)
			return false;
	}
	return true;
}

static void header_fill(struct hv_image_header *h, const struct jailhouse_system *system, u32 cpus,
			u32 online_cpus)
{
	h->hv_phys = system->hypervisor_memory.phys_start;
	h->hv_size = system->hypervisor_memory.size;
	h->max_cpus = cpus;
	h->online_cpus = online_cpus;
	arch_header_fill(h, system);
	h->flags = mitigations_flags();
}

/* Everything that is not written is zero: bss, per-CPU areas and pool. */
static void memory_fill(struct image *img, const struct firmware *fw,
			const struct system_view *config)
{
	const struct hv_image_header *h = &img->header;
	u64 config_offset = h->core_size + h->percpu_size * h->max_cpus;

	memset(img->mem, 0, h->hv_size);
	memcpy(img->mem, fw->data, fw->size);
	memcpy(img->mem, h, sizeof(*h));
	memcpy(img->mem + config_offset, config->system, config->size);
	arch_publish_memory(img->mem, h->hv_size);
}

static int image_place(struct image *img, const struct firmware *fw,
		       const struct system_view *config, u32 cpus, u32 online_cpus,
		       struct jailhouse_refusal *why)
{
	int err = header_check(fw, why);

	if (err)
		return err;
	memcpy(&img->header, fw->data, sizeof(img->header));
	err = layout_check(&img->header, config, cpus, why);
	if (err)
		return err;
	header_fill(&img->header, config->system, cpus, online_cpus);
	err = memory_get(img, &config->system->hypervisor_memory, why);
	if (err)
		return err;
	/* Memory that was taken offline has been Linux's since: what looks like a log there is not one. */
	img->header.generation = img->claim ? last_log_keep(img->mem, img->header.hv_phys,
							    img->header.hv_size) : 1;
	if (!memory_keeps(img->mem, img->header.hv_size)) {
		memory_put(img);
		return refuse_memory(why, RULE_HV_MEMORY_NO_RAM, &config->system->hypervisor_memory);
	}
	memory_fill(img, fw, config);
	return 0;
}

int image_load(struct image *img, struct device *dev, const struct system_view *config, u32 cpus,
	       u32 online_cpus, struct jailhouse_refusal *why)
{
	const struct firmware *fw;
	int err = firmware_get(&fw, dev, why);

	if (err)
		return err;
	err = image_place(img, fw, config, cpus, online_cpus, why);
	release_firmware(fw);
	return err;
}

void image_unload(struct image *img)
{
	last_log_end(img->mem, img->header.log_offset);
	memory_put(img);
}
