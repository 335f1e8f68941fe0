// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jailhouse/crash_log.h>

#include "explain.h"

static bool facts_add(struct facts *f, char *kind, char *text)
{
	struct fact *larger = realloc(f->fact, (f->count + 1) * sizeof(*larger));

	if (!larger)
		return false;
	f->fact = larger;
	f->fact[f->count++] = (struct fact){ kind, text };
	return true;
}

/* "kind key=value …", or "at=file:line …" without a word before it */
static bool add_words(struct facts *f, char *words)
{
	size_t length = strcspn(words, " ");
	bool is_pair = memchr(words, '=', length) != NULL;
	char *rest = words[length] ? words + length + 1 : words + length;

	if (facts_find(f, "end", 0)) {
		f->more += is_pair;
		return true;
	}
	if (is_pair)
		return facts_add(f, "at", words);
	words[length] = 0;
	length = strlen(words);
	if (length && words[length - 1] == ':')
		words[length - 1] = 0;
	return facts_add(f, words, rest);
}

/* What was noted twice, on the console and in the state of the panic, counts once: the later one. */
static void forget_panic(struct facts *f)
{
	size_t n, kept = 0;

	for (n = 0; n < f->count; n++)
		if (!strcmp(f->fact[n].kind, "log") || !strcmp(f->fact[n].kind, "last-exit"))
			f->fact[kept++] = f->fact[n];
	f->count = kept;
	f->more = 0;
}

static bool read_line(struct facts *f, char *line)
{
	char *found;

	if ((found = strstr(line, "PANIC: ")))
		return add_words(f, found + 7);
	if (!strncmp(line, "EXIT: ", 6))
		return facts_add(f, "last-exit", line + 6);
	if (!strncmp(line, "LOG: panic bytes=0 ", 19))
		return true;
	if (!strncmp(line, "LOG: panic ", 11))
		forget_panic(f);
	if (!strncmp(line, "LOG: ", 5))
		return facts_add(f, "log", line + 5);
	return true;
}

bool facts_read(struct facts *f, char *text)
{
	char *line, *next;

	*f = (struct facts){ NULL, 0, 0 };
	for (line = strtok_r(text, "\r\n", &next); line; line = strtok_r(NULL, "\r\n", &next)) {
		if (!read_line(f, line)) {
			facts_free(f);
			return false;
		}
	}
	return true;
}

void facts_free(struct facts *f)
{
	free(f->fact);
	*f = (struct facts){ NULL, 0, 0 };
}

const struct fact *facts_find(const struct facts *f, const char *kind, size_t n)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (!strcmp(f->fact[i].kind, kind) && n-- == 0)
			return &f->fact[i];
	return NULL;
}

static const char *find_value(const char *text, const char *key)
{
	size_t length = strlen(key);
	const char *p = text;
	bool quoted = false, begin = true;

	for (; *p; p++) {
		if (begin && !quoted && !strncmp(p, key, length) && p[length] == '=')
			return p + length + 1;
		quoted ^= *p == '"';
		begin = *p == ' ';
	}
	return NULL;
}

bool fact_text(const struct fact *fact, const char *key, char *out, size_t size)
{
	const char *value = fact ? find_value(fact->text, key) : NULL;

	out[0] = 0;
	if (!value)
		return false;
	if (*value == '"')
		snprintf(out, size, "%.*s", (int)strcspn(value + 1, "\""), value + 1);
	else
		snprintf(out, size, "%.*s", (int)strcspn(value, " "), value);
	return true;
}

unsigned long long fact_number(const struct fact *fact, const char *key, int base)
{
	char text[64];

	return fact_text(fact, key, text, sizeof(text)) ? strtoull(text, NULL, base) : 0;
}

struct name {
	unsigned long long number;
	const char *name;
};

/* APM vol. 2, appendix C; SDM vol. 3, appendix C */
static const struct name exit_reasons[] = {
	{ 0x41, "debug exception" }, { 0x51, "alignment check" }, { 0x52, "machine check" }, { 0x60, "interrupt" }, { 0x61, "NMI" },
	{ 0x63, "INIT" }, { 0x6f, "RDPMC" }, { 0x72, "CPUID" }, { 0x76, "INVD" }, { 0x78, "HLT" }, { 0x7a, "INVLPGA" },
	{ 0x7b, "port access" }, { 0x7c, "MSR access" }, { 0x7f, "shutdown" }, { 0x80, "VMRUN" }, { 0x81, "hypercall" },
	{ 0x82, "VMLOAD" }, { 0x83, "VMSAVE" }, { 0x84, "STGI" }, { 0x85, "CLGI" }, { 0x86, "SKINIT" }, { 0x89, "WBINVD" },
	{ 0x8d, "XSETBV" }, { 0x400, "nested page fault" }, { ~0ULL, "invalid guest state" },
	{ HV_EXIT_VMX | 0, "exception or NMI" }, { HV_EXIT_VMX | 2, "triple fault" }, { HV_EXIT_VMX | 3, "INIT" },
	{ HV_EXIT_VMX | 4, "SIPI" }, { HV_EXIT_VMX | 10, "CPUID" }, { HV_EXIT_VMX | 12, "HLT" }, { HV_EXIT_VMX | 13, "INVD" },
	{ HV_EXIT_VMX | 15, "RDPMC" }, { HV_EXIT_VMX | 18, "hypercall" }, { HV_EXIT_VMX | 28, "control register" },
	{ HV_EXIT_VMX | 30, "port access" }, { HV_EXIT_VMX | 31, "RDMSR" }, { HV_EXIT_VMX | 32, "WRMSR" },
	{ HV_EXIT_VMX | 33, "invalid guest state" }, { HV_EXIT_VMX | 41, "machine check" }, { HV_EXIT_VMX | 44, "APIC access" },
	{ HV_EXIT_VMX | 48, "EPT violation" }, { HV_EXIT_VMX | 49, "EPT misconfiguration" }, { HV_EXIT_VMX | 52, "preemption timer" },
	{ HV_EXIT_VMX | 54, "WBINVD" }, { HV_EXIT_VMX | 55, "XSETBV" },
};

/* APM vol. 2, 8.2 */
static const struct name exceptions[] = {
	{ 0, "divide error" }, { 1, "debug" }, { 2, "NMI" }, { 3, "breakpoint" }, { 4, "overflow" }, { 5, "bound range" },
	{ 6, "invalid opcode" }, { 7, "device not available" }, { 8, "double fault" }, { 10, "invalid TSS" },
	{ 11, "segment not present" }, { 12, "stack fault" }, { 13, "general protection" }, { 14, "page fault" },
	{ 16, "x87 error" }, { 17, "alignment check" }, { 18, "machine check" }, { 19, "SIMD error" }, { 30, "security exception" },
};

static const char *find_name(const struct name *names, size_t count, unsigned long long number)
{
	size_t n;

	for (n = 0; n < count; n++)
		if (names[n].number == number)
			return names[n].name;
	return NULL;
}

const char *exit_reason_name(unsigned long long reason)
{
	return find_name(exit_reasons, sizeof(exit_reasons) / sizeof(exit_reasons[0]), reason);
}

const char *exception_name(unsigned long long vector)
{
	return find_name(exceptions, sizeof(exceptions) / sizeof(exceptions[0]), vector);
}
