// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c common/config/rules.c */
/* cflags: -Itests/fuzz/kernel -Idriver -DCONFIG_X86 -Wno-unused-function -Wno-sign-compare */
/*
 * The firmware file as the driver loads it: header against file and against the memory that the configuration names; and what lies in
 * that memory from a run before.
 *
 * Held: nothing is read outside of the file or written outside of the memory; what a header that passed points to lies in the image,
 * and the entry in the file; nothing is loaded into what keeps nothing; a refusal has a sentence.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../../driver/image.c"
#define within last_log_within
#include "../../driver/last_log.c"
#undef within
#include "fuzz.h"
#include <unit/common_judge.h>

#define HV_PHYS	0x3a000000ULL

void (*kernel_race)(void);
static struct firmware file;
static void *memory;
static u64 memory_size;
static struct resource claimed;
static bool claim_gives_none, memory_is_none;

int request_firmware(const struct firmware **fw, const char *name, struct device *dev)
{
	*fw = &file;
	return file.size ? 0 : -ENOENT;
}

void release_firmware(const struct firmware *fw)
{
	FUZZ_CHECK(fw == &file);
}

u32 mitigations_flags(void)
{
	return 0;
}

void *memremap(u64 start, u64 size, unsigned long flags)
{
	FUZZ_CHECK(start == HV_PHYS && size == memory_size);
	return memory;
}

void memunmap(void *mem)
{
	FUZZ_CHECK(mem == memory);
}

int region_intersects(u64 start, u64 size, unsigned long flags, unsigned long desc)
{
	return REGION_DISJOINT;
}

bool arch_firmware_says_ram(u64 start, u64 size)
{
	return true;
}

bool arch_header_is_sane(const struct hv_image_header *h)
{
	return h->link_base == HV_LINK_BASE_X86;
}

void arch_header_fill(struct hv_image_header *h, const struct jailhouse_system *config)
{
	h->tsc_khz = config->platform_info.x86.tsc_khz;
	h->apic_khz = config->platform_info.x86.apic_khz;
}

/* All of it, once it is complete */
void arch_publish_memory(void *mem, size_t size)
{
	FUZZ_CHECK(mem == memory && size == memory_size);
}

void arch_write_back(void *mem, size_t size)
{
	FUZZ_CHECK(mem >= memory && (u8 *)mem + size <= (u8 *)memory + memory_size);
	if (memory_is_none)
		memset(mem, 0xff, size);
}

int memory_claim(u64 start, u64 size, struct resource **claim)
{
	*claim = claim_gives_none ? NULL : &claimed;
	return 0;
}

void memory_release(struct resource *claim)
{
	FUZZ_CHECK(!claim || claim == &claimed);
}

int refuse_as(struct jailhouse_refusal *why, enum jailhouse_rule rule, int err, enum jailhouse_object object, u16 index, u64 value0,
	      u64 value1, u64 value2)
{
	refusal_init(why, rule);
	why->error = err;
	why->object = object;
	why->index = index;
	why->value[0] = value0;
	why->value[1] = value1;
	why->value[2] = value2;
	return err;
}

int refuse(struct jailhouse_refusal *why, enum jailhouse_rule rule, enum jailhouse_object object, u16 index, u64 value0, u64 value1,
	   u64 value2)
{
	int err = refusal_init(why, rule);

	return refuse_as(why, rule, err, object, index, value0, value1, value2);
}

static void check_loaded(const struct image *img)
{
	const struct hv_image_header *h = &img->header;

	FUZZ_CHECK(h->core_size <= memory_size && file.size <= h->core_size);
	FUZZ_CHECK(h->entry < file.size);
	FUZZ_CHECK((u8 *)(image_console(img) + 1) <= (u8 *)memory + h->core_size && (void *)image_console(img) >= memory);
	FUZZ_CHECK((u8 *)(image_status(img) + 1) <= (u8 *)memory + h->core_size && (void *)image_status(img) >= memory);
	FUZZ_CHECK(h->hv_phys == HV_PHYS && h->hv_size == memory_size);
	FUZZ_CHECK(!memcmp(memory, h, sizeof(*h)));
}

/* Fields that are compared first are made good more often than not. */
static void make_header(struct fuzz_input *in, u8 *header, u8 flags)
{
	struct hv_image_header *h = (void *)header;

	if (flags & 1)
		memcpy(h->signature, HV_IMAGE_SIGNATURE, sizeof(h->signature));
	if (flags & 2)
		h->version = HV_IMAGE_VERSION;
	if (flags & 4)
		h->architecture = JAILHOUSE_X86;
	if (flags & 8)
		h->link_base = HV_LINK_BASE_X86;
	if (flags & 16) {
		h->core_size = (u64)fuzz_take(in, 1) * PAGE_SIZE;
		h->percpu_size = (u64)fuzz_take(in, 1) * PAGE_SIZE;
		h->console_offset = (u64)fuzz_take(in, 1) * PAGE_SIZE;
		h->console_size = sizeof(struct hv_console_ring) + (s64)(int8_t)fuzz_take(in, 1);
		h->status_offset = (u64)fuzz_take(in, 1) * PAGE_SIZE;
		h->log_offset = (u64)fuzz_take(in, 1) * PAGE_SIZE;
		h->entry = fuzz_take(in, 2);
	}
}

/* A log of a run before, nearly good */
static void make_old_log(struct fuzz_input *in, u8 flags)
{
	struct hv_image_header *h = memory;
	struct hv_crash_log *log;
	u64 offset = (u64)(fuzz_take(in, 1) & 0x3f) * PAGE_SIZE;

	memcpy(h->signature, HV_IMAGE_SIGNATURE, sizeof(h->signature));
	h->version = HV_IMAGE_VERSION;
	h->log_offset = flags & 1 ? offset : fuzz_take(in, 8);
	if (offset + sizeof(*log) > memory_size)
		return;
	log = memory + offset;
	log->magic = HV_CRASH_LOG_MAGIC;
	log->version = HV_CRASH_LOG_VERSION;
	log->max_cpus = fuzz_take(in, 2);
	log->generation = 7;
	log->hv_phys = HV_PHYS;
	log->console_offset = flags & 2 ? fuzz_take(in, 1) * PAGE_SIZE : fuzz_take(in, 8);
	log->exits_offset = flags & 4 ? fuzz_take(in, 2) : fuzz_take(in, 8);
	log->exits_stride = flags & 8 ? fuzz_take(in, 2) : fuzz_take(in, 8);
	log->check = hv_fnv1a(HV_FNV1A_START, log, offsetof(struct hv_crash_log, check)) + (flags >> 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 flags = fuzz_take(&in, 1), log_flags = fuzz_take(&in, 1);
	u32 cpus = fuzz_take(&in, 1);
	struct jailhouse_system *system = calloc(1, sizeof(*system));
	struct system_view config = { .system = system, .size = sizeof(*system) };
	struct jailhouse_refusal why;
	struct image img = { 0 };
	u8 *content;
	int err;

	memory_size = (fuzz_take(&in, 1) + 1) * PAGE_SIZE;
	memory = calloc(1, memory_size);
	claim_gives_none = flags & 0x80;
	memory_is_none = log_flags & 0x40;
	make_old_log(&in, log_flags);
	file.size = flags & 0x40 ? sizeof(struct hv_image_header) + fuzz_take(&in, 2) : fuzz_take(&in, 1);
	content = calloc(1, file.size + !file.size);
	file.data = content;
	if (file.size >= sizeof(struct hv_image_header))
		make_header(&in, content, flags);
	while (in.size > 2 && file.size) {
		size_t at = fuzz_take(&in, 1) % file.size;

		content[at] = fuzz_take(&in, 1);
	}
	system->hypervisor_memory.phys_start = HV_PHYS;
	system->hypervisor_memory.size = memory_size;
	err = image_load(&img, NULL, &config, cpus, cpus, &why);
	FUZZ_CHECK(err || !memory_is_none);
	if (err)
		judge_refusal(err, &why);
	else
		check_loaded(&img);
	if (!err)
		image_unload(&img);
	last_log_exit();
	free(memory);
	free(content);
	free(system);
	return 0;
}
